package view

import (
	"slices"
	"strings"

	"hubspoke/internal/cost"
	"hubspoke/internal/picture"
	"hubspoke/proof"
	"hubspoke/proof/finding"
)

// data is what the page's script has.
type data struct {
	Name     string            `json:"name"`
	Status   proof.Status      `json:"status"`
	Counts   []proof.Count     `json:"counts"`
	Intents  []proof.Result    `json:"intents"`
	Findings []finding.Finding `json:"findings"`
	// VPCs is who reaches whom by VPCs. Tiers is the same by tiers, nil where that is too much.
	VPCs  *proof.Matrix `json:"vpcs"`
	Tiers *proof.Matrix `json:"tiers"`
	// Texts are the texts that Ways refer to by their numbers.
	Texts []string `json:"texts"`
	Ways  []way    `json:"ways"`
	// Left are the ends that have no ways: there are too many, and they are like others.
	Left    int          `json:"left"`
	Ranges  []string     `json:"ranges"`
	Slots   []Slot       `json:"slots"`
	Lookups []lookup     `json:"lookups"`
	Unasked int          `json:"unasked"`
	Costs   *cost.Report `json:"costs"`
	Change  *Change      `json:"change"`
}

// way is a [proof.Way] whose texts are numbers of those of the page, since they are much the
// same.
type way struct {
	From    int     `json:"f"`
	To      int     `json:"t"`
	Arrives *caseOf `json:"a,omitempty"`
	Stopped *caseOf `json:"s,omitempty"`
}

type caseOf struct {
	Status   int      `json:"st"`
	Question int      `json:"q"`
	Answer   int      `json:"a"`
	Packets  int      `json:"p"`
	Path     [][2]int `json:"w,omitempty"`
	Return   [][2]int `json:"r,omitempty"`
}

// lookup is a [proof.Lookup] with numbers of texts.
type lookup struct {
	VPC    int      `json:"v"`
	Name   int      `json:"n"`
	Server int      `json:"s"`
	Answer int      `json:"a"`
	Path   [][2]int `json:"w,omitempty"`
}

const (
	// mostTiers is how many tiers a matrix of them has: more are not looked through.
	mostTiers = 60
	// mostEnds is how many ends have ways between them.
	mostEnds = 40
	// mostLookups is how many answers the page has.
	mostLookups = 6000
)

// texts numbers texts.
type texts struct {
	all    []string
	number map[string]int
}

func (t *texts) of(text string) int {
	n, ok := t.number[text]
	if !ok {
		n = len(t.all)
		t.number[text] = n
		t.all = append(t.all, text)
	}
	return n
}

func (t *texts) steps(steps []proof.Step) [][2]int {
	var all [][2]int
	for _, s := range steps {
		all = append(all, [2]int{t.of(s.Text), t.of(s.Resource)})
	}
	return all
}

func (t *texts) caseOf(c *proof.Case) *caseOf {
	if c == nil {
		return nil
	}
	return &caseOf{t.of(string(c.Status)), t.of(c.Question), t.of(c.Answer), t.of(c.Packets), t.steps(c.Path), t.steps(c.Return)}
}

func dataOf(in Input, drawn *picture.Picture) data {
	report := in.Proof.Prove()
	d := data{
		Name: in.Name, Status: report.Status, Counts: report.Model, Intents: report.Intents, Findings: report.Invariants,
		VPCs: in.Proof.Matrix(false), Ranges: in.Ranges, Slots: in.Slots, Costs: in.Costs,
	}
	t := &texts{number: map[string]int{}}
	ends := in.Proof.Ends()
	if len(ends) <= mostTiers {
		d.Tiers = in.Proof.Matrix(true)
	}
	shown := told(ends, drawn)
	d.Left = len(ends) - len(shown)
	for _, from := range shown {
		for _, to := range shown {
			if w, ok := in.Proof.Way(from, to); ok && (w.Arrives != nil || w.Stopped != nil) {
				d.Ways = append(d.Ways, way{t.of(from), t.of(to), t.caseOf(w.Arrives), t.caseOf(w.Stopped)})
			}
		}
	}
	d.lookup(in.Proof, drawn, t)
	if in.Before != nil {
		d.Change = Compare(*in.Before, Earlier{in.Stacks, in.Proof})
	}
	d.Texts = t.all
	return d
}

// told are the ends with ways: all or, where there are many, those of the VPCs that are drawn, and
// of one more that is like them, between which there is a way too.
func told(ends []string, drawn *picture.Picture) []string {
	if len(ends) <= mostEnds {
		return ends
	}
	vpcs := map[string]bool{}
	for _, a := range drawn.Accounts {
		for _, v := range a.VPCs {
			vpcs[v.Name] = true
		}
		if len(a.Like) > 0 {
			vpcs[a.Like[0]] = true
		}
	}
	shown := slices.DeleteFunc(slices.Clone(ends), func(end string) bool {
		vpc, _, inside := strings.Cut(end, ".")
		return inside && !vpcs[vpc]
	})
	if len(shown) > mostEnds {
		// What is outside of VPCs stands last, and is of more use than any of them.
		outside := slices.IndexFunc(shown, func(end string) bool { return !strings.Contains(end, ".") })
		if outside < 0 {
			outside = len(shown)
		}
		rest := shown[outside:]
		shown = append(slices.Clone(shown[:min(outside, mostEnds-len(rest))]), rest...)
	}
	return shown
}

// lookup asks for the names that are known, in each VPC.
func (d *data) lookup(p *proof.Proof, drawn *picture.Picture, t *texts) {
	names := p.KnownNames()
	if vpcs := len(p.Network().VPCs); vpcs > 0 && len(names)*vpcs > mostLookups {
		d.Unasked = len(names) - mostLookups/vpcs
		names = names[:mostLookups/vpcs]
	}
	for _, l := range p.Lookups(names) {
		d.Lookups = append(d.Lookups, lookup{t.of(l.VPC), t.of(l.Name), t.of(l.Server), t.of(l.Answer), t.steps(l.Path)})
	}
}
