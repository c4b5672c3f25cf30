package dns

import (
	"fmt"

	"hubspoke/proof/config"
	"hubspoke/proof/finding"
	"hubspoke/proof/network"
)

// Kinds are the kinds of findings that [Problems] can have.
func Kinds() []finding.Kind { return catalogue.Kinds() }

var catalogue finding.Catalogue

// Problems are what is wrong with names whatever anyone wants of them, in a fixed
// order. Whether servers are reached is left out where reached is nil.
func Problems(n *network.Model, reached Reached) []finding.Finding {
	p := &problems{network: n, reached: reached}
	for _, z := range n.Zones {
		p.checkAssociations(z)
		p.checkRecords(z)
	}
	for _, v := range n.VPCs {
		p.checkZones(v)
		p.checkAttributes(v)
		p.checkServers(v)
		for _, e := range v.Endpoints {
			if e.Type == network.InterfaceEndpoint {
				p.checkEndpoint(e)
			}
		}
	}
	for _, r := range n.ResolverRules {
		p.checkRule(r)
	}
	for _, e := range n.ResolverEndpoints {
		p.checkResolverEndpoint(e)
	}
	return finding.Sorted(p.found)
}

type problems struct {
	network *network.Model
	reached Reached
	found   []finding.Finding
}

func (p *problems) problem(kind finding.Kind, about []*config.Resource, format string, args ...any) {
	p.report(kind, finding.Violated, about, format, args...)
}

// note reports what may be meant: it works, in a way that surprises.
func (p *problems) note(kind finding.Kind, about []*config.Resource, format string, args ...any) {
	p.report(kind, finding.Proven, about, format, args...)
}

func (p *problems) report(kind finding.Kind, status finding.Status, about []*config.Resource, format string, args ...any) {
	p.found = append(p.found, finding.Finding{Kind: kind, Status: status, Sentence: fmt.Sprintf(format, args...), Resources: about})
}

func about(resources ...*config.Resource) []*config.Resource { return resources }
