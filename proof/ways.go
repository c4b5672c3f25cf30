package proof

import (
	"cmp"
	"slices"
	"strings"

	"hubspoke/proof/reach"
)

// Way is what becomes of packets from one end of the matrix by tiers to another.
type Way struct {
	From string `json:"from"`
	To   string `json:"to"`
	// Arrives is the way of packets that arrive, between the first two zones where any do; nil if none do.
	Arrives *Case `json:"arrives,omitempty"`
	// Stopped is what stops others, or what keeps the model from telling; nil if nothing does.
	Stopped *Case `json:"stopped,omitempty"`
}

// Ends are the names of the rows of the matrix by tiers.
func (p *Proof) Ends() []string {
	var all []string
	for _, e := range p.coverage().ends {
		if !slices.Contains(all, e.name) {
			all = append(all, e.name)
		}
	}
	return all
}

// Way says what becomes of packets between two ends of the matrix by tiers, by their names. It is
// false if there are no such ends.
func (p *Proof) Way(from, to string) (Way, bool) {
	c := p.coverage()
	i := slices.IndexFunc(c.ends, func(e end) bool { return e.name == from })
	j := slices.IndexFunc(c.ends, func(e end) bool { return e.name == to })
	if i < 0 || j < 0 {
		return Way{}, false
	}
	way := Way{From: from, To: to}
	for _, a := range c.ends[i].places {
		for _, b := range c.ends[j].places {
			if a.same(&b) {
				continue
			}
			answer := p.analysis.Ask(reach.Query{From: a.Place, To: b.Place, SourcePorts: ephemeral(a)})
			arrives, stopped := p.told(answer, a.name()+" -> "+b.name())
			if way.Stopped == nil || arrives != nil {
				way.Stopped = stopped
			}
			if way.Arrives = arrives; arrives != nil {
				return way, true
			}
		}
	}
	return way, true
}

// told explains what of an answer arrives, and what does not.
func (p *Proof) told(answer *reach.Result, question string) (arrives, stopped *Case) {
	if !answer.Forward.Empty() {
		arrives = &Case{Status: Proven, Question: question}
		packets := answer.Forward
		says := "it arrives"
		if !answer.Ever.Empty() {
			packets, says = answer.Ever, "it arrives, and is answered"
		}
		arrives.delivered(answer, packets, says)
		if answer.Sent.Subtract(answer.Always).Empty() {
			return arrives, nil
		}
	}
	stopped = &Case{Status: Violated, Question: question}
	if len(answer.Blocked()) == 0 && !answer.Unknown.Empty() {
		stopped.Status = Unproven
		stopped.undecided(answer)
	} else {
		stopped.stopped(answer)
	}
	return arrives, stopped
}

// Lookup is what clients in a VPC get for a name.
type Lookup struct {
	VPC  string `json:"vpc"`
	Name string `json:"name"`
	// Server is who answers: empty for the VPC's own resolver.
	Server string `json:"server,omitempty"`
	Answer string `json:"answer"`
	Path   []Step `json:"path,omitempty"`
}

// Lookups are the answers that VPCs get, each from each name server that it is told of.
func (p *Proof) Lookups(names []string) []Lookup {
	var all []Lookup
	for _, v := range p.network.VPCs {
		for _, name := range names {
			for _, a := range p.ask(v, name) {
				all = append(all, Lookup{p.called(v), name, a.Server.Text, a.To.String(), namePath(a)})
			}
		}
	}
	return all
}

// KnownNames are the names of the records of all zones, and those of which intents speak. Where
// a record is for all names below another, one below it stands for those.
func (p *Proof) KnownNames() []string {
	var names []string
	for _, z := range p.network.Zones {
		for _, r := range z.Records {
			if slices.Contains([]string{"A", "AAAA", "CNAME"}, cmp.Or(r.Type, "A")) {
				names = append(names, strings.Replace(r.Name, "*.", "any.", 1))
			}
		}
	}
	for _, i := range p.input.Intents {
		if i.Resolve != nil {
			names = append(names, i.Resolve.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
