package dns

import (
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
		p.checkFirewall(v)
		for _, e := range v.Endpoints {
			if e.Type == network.InterfaceEndpoint {
				p.checkEndpoint(e)
			}
		}
	}
	p.checkUneven()
	for _, r := range n.ResolverRules {
		p.checkRule(r)
	}
	for _, e := range n.ResolverEndpoints {
		p.checkResolverEndpoint(e)
	}
	return p.Sorted()
}

type problems struct {
	finding.List
	network *network.Model
	reached Reached
}

func about(resources ...*config.Resource) []*config.Resource { return resources }
