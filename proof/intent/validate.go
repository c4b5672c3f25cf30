package intent

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"hubspoke/internal/awsservice"
	"hubspoke/internal/words"
	"hubspoke/internal/yamldoc"
)

// Locate tells each intent the line on which it stands in the document that they were
// decoded from.
func (all Intents) Locate(d *yamldoc.Document) {
	for i := range all {
		all[i].Line = d.Line(yamldoc.Index("", i))
	}
}

// Validate checks what can be told without a network, and reports what is wrong in the
// document that the intents were decoded from.
func (all Intents) Validate(d *yamldoc.Document, names Names) {
	v := validator{document: d, names: names, absent: map[string]*mentions{}}
	v.consistent(all)
	for i, intent := range all {
		path := yamldoc.Index("", i)
		for _, promise := range []struct {
			kind string
			flow *Flow
		}{{"deny", intent.Deny}, {"allow", intent.Allow}, {"only", intent.Only}} {
			if promise.flow != nil {
				v.flow(*promise.flow, promise.kind, yamldoc.Child(path, promise.kind))
			}
		}
		if intent.Resolve != nil {
			v.resolution(*intent.Resolve, yamldoc.Child(path, "resolve"))
		}
		if intent.Closed != nil {
			at := yamldoc.Child(path, "closed")
			v.parties(intent.Closed.For, yamldoc.Child(at, "for"), true)
			v.parties(intent.Closed.ForExcept, yamldoc.Child(at, "for_except"), true)
			v.services(intent.Closed.Services, yamldoc.Child(at, "services"))
		}
		if intent.Egress != nil {
			at := yamldoc.Child(path, "egress")
			v.parties(intent.Egress.For, yamldoc.Child(at, "for"), true)
			v.parties(intent.Egress.ForExcept, yamldoc.Child(at, "for_except"), true)
		}
		if intent.May != nil {
			v.act(*intent.May, "may", yamldoc.Child(path, "may"))
		}
		if intent.Forbid != nil {
			v.act(*intent.Forbid, "forbid", yamldoc.Child(path, "forbid"))
		}
	}
	v.tellAbsent()
}

// validator reports what is wrong with intents in their document.
type validator struct {
	document *yamldoc.Document
	names    Names
	// absent are mentions of what is not there, by what is said of it.
	absent map[string]*mentions
}

// mentions are how often something is mentioned, and where first.
type mentions struct {
	path   string
	number int
}

// tellAbsent says of all that is mentioned and not there, once, where that is first.
func (v validator) tellAbsent() {
	for _, message := range slices.Sorted(maps.Keys(v.absent)) {
		m := v.absent[message]
		more := ""
		if m.number > 1 {
			more = fmt.Sprintf("; %s it too", words.Count(m.number-1, "other promise names", "other promises name"))
		}
		v.document.Errorf(m.path, "%s%s", message, more)
	}
}

func (v validator) flow(f Flow, kind, path string) {
	v.parties(f.From, yamldoc.Child(path, "from"), false)
	v.parties(f.FromExcept, yamldoc.Child(path, "from_except"), false)
	v.parties(f.To, yamldoc.Child(path, "to"), false)
	v.parties(f.ToExcept, yamldoc.Child(path, "to_except"), false)
	protocol := yamldoc.Child(path, "protocol")
	if len(f.Port) > 0 && !v.document.Broken(protocol) && f.Protocol != "" && f.Protocol != ProtocolTCP && f.Protocol != ProtocolUDP {
		v.document.Errorf(yamldoc.Child(path, "port"), "%s has no ports: leave the port out, or say tcp or udp", f.Protocol)
	}
	if len(f.Via) > 0 && kind != "allow" {
		v.document.Errorf(yamldoc.Child(path, "via"), "only allow says which way packets take")
	}
	if f.By != "" && kind != "deny" {
		v.document.Errorf(yamldoc.Child(path, "by"), "only deny says what stops packets")
	}
}

func (v validator) resolution(r Resolution, path string) {
	v.parties(r.From, yamldoc.Child(path, "from"), true)
	v.parties(r.FromExcept, yamldoc.Child(path, "from_except"), true)
	if zone, ok := strings.CutPrefix(r.To, "zone "); ok {
		if v.names.Zones != nil && !slices.Contains(v.names.Zones, zone) {
			v.document.Errorf(yamldoc.Child(path, "to"), "no zone %s is made: those that are, are %s%s", zone,
				strings.Join(v.names.Zones, ", "), yamldoc.Suggest(zone, v.names.Zones))
		}
	} else if r.To != "nothing" {
		v.parties(Parties{r.To}, yamldoc.Child(path, "to"), false)
	}
}

// parties checks the names of parties. Who asks a question of DNS or uses a service is
// in a VPC as a whole: a place.
func (v validator) parties(names Parties, path string, places bool) {
	for i, name := range names {
		p, err := v.names.Party(name)
		var gone absent
		switch {
		case errors.As(err, &gone):
			if m := v.absent[gone.message]; m != nil {
				m.number++
			} else {
				v.absent[gone.message] = &mentions{yamldoc.Index(path, i), 1}
			}
		case err != nil:
			v.document.Errorf(yamldoc.Index(path, i), "%v", err)
		case places && p.Kind != PartyAccount && p.Kind != PartyTier:
			v.document.Errorf(yamldoc.Index(path, i), "%q is neither an account nor a tier of one", name)
		}
	}
}

func (v validator) services(services Parties, path string) {
	known := append(awsservice.All(), "ecr")
	for i, s := range services {
		if !slices.Contains(known, s) {
			v.document.Errorf(yamldoc.Index(path, i), "%q is not an AWS service that is known here%s", s, yamldoc.Suggest(s, known))
		}
	}
}
