package dns

import (
	"slices"
	"strings"

	"hubspoke/internal/awsservice"
	"hubspoke/proof/config"
	"hubspoke/proof/network"
)

// What is found here.
var (
	firewallBlocksEndpoint = catalogue.Add("dns-firewall-blocks-endpoint",
		"Rules of DNS Firewall block the name of a service in a VPC that would find the service's endpoint by it: an "+
			"interface endpoint of its own or of another VPC, or its gateway endpoint. What calls the service there fails.",
		"Allow the name in a rule before the one that blocks it: of a lower `priority` in its group, or in a group whose "+
			"association has a lower one.")
	unevenFirewall = catalogue.Add("uneven-dns-firewall",
		"A rule group of DNS Firewall is associated with two VPCs or more, and not with another one in which names are "+
			"resolved. Violated if that one has no rule group at all: whoever is kept from a name elsewhere finds it there.",
		"Associate the group with the VPC too (`aws_route53_resolver_firewall_rule_group_association`, in the VPC's "+
			"account). Nothing, if the VPC has rules of its own on purpose.")
)

// checkFirewall checks that the rules of a VPC leave it the endpoints that it would find
// without them.
func (p *problems) checkFirewall(v *network.VPC) {
	if len(v.NameRules) == 0 {
		return
	}
	for _, service := range p.services(v) {
		for _, name := range service.names {
			// Any name shows what a wildcard does.
			name = strings.Replace(name, "*", "111111111111", 1)
			to, by := p.blocked(v, name)
			if by != nil && (to.Endpoint == service.endpoint || to.Kind == Service && service.gateway()) {
				p.Violation(firewallBlocksEndpoint, about(by, v.Resource, service.endpoint.Resource),
					"%s blocks %s in %s, where it leads to %s: allow it in a rule before that one", by, name, v.Resource, service.endpoint.Resource)
				break // one name is enough
			}
		}
	}
}

// endpointNames are an endpoint, and the names by which clients know its service.
type endpointNames struct {
	endpoint *network.Endpoint
	names    []string
}

func (e endpointNames) gateway() bool { return e.endpoint.Type == network.GatewayEndpoint }

// services are the endpoints that a VPC may find: its own gateway endpoints, and interface
// endpoints of any VPC.
func (p *problems) services(v *network.VPC) []endpointNames {
	var all []endpointNames
	q := begin(p.network, nil)
	for _, owner := range p.network.VPCs {
		for _, e := range owner.Endpoints {
			switch {
			case e.Type == network.InterfaceEndpoint:
				if names, ok := q.privateNames(e); ok {
					all = append(all, endpointNames{e, names})
				}
			case e.Type == network.GatewayEndpoint && owner == v:
				all = append(all, endpointNames{e, awsservice.Names(e.Service, v.Region)})
			}
		}
	}
	return all
}

// blocked is what a name would lead to, and the rule that blocks it; nil if none does.
func (p *problems) blocked(v *network.VPC, name string) (Target, *config.Resource) {
	answer := Resolve(p.network, v, name)
	if answer.To.Kind != NotFound {
		return Target{}, nil
	}
	for _, s := range answer.By {
		if s.Resource != nil && s.Resource.Type == "aws_route53_resolver_firewall_rule" {
			return p.unfiltered(v, name), s.Resource
		}
	}
	return Target{}, nil
}

// unfiltered is what a name leads to without DNS Firewall.
func (p *problems) unfiltered(v *network.VPC, name string) Target {
	q := begin(p.network, nil)
	q.unfiltered = true
	return q.answer(v, name, func(q *query, name string) Target { return q.vpcResolver(v, name) }).To
}

// checkUneven finds VPCs that lack a rule group which several others have.
func (p *problems) checkUneven() {
	users := map[*config.Resource]int{}
	var groups []*config.Resource
	for _, v := range p.network.VPCs {
		for _, g := range v.NameGroups {
			if users[g]++; !slices.Contains(groups, g) {
				groups = append(groups, g)
			}
		}
	}
	for _, g := range groups {
		for _, v := range p.network.VPCs {
			if users[g] < 2 || slices.Contains(v.NameGroups, g) || !p.resolves(v) {
				continue
			}
			// What is associated with it may be this one.
			if slices.ContainsFunc(v.NameRules, func(r network.NameRule) bool { return r.Whole }) {
				continue
			}
			say := p.Note
			if len(v.NameGroups) == 0 {
				say = p.Violation
			}
			say(unevenFirewall, about(v.Resource, g), "%s has no association with %s, which is associated with %d other VPCs: associate it there too, or names that it blocks are found in this VPC",
				v.Resource, g, users[g])
		}
	}
}

// resolves says whether names are resolved in a VPC, as far as that shows: by what was done
// so that they are. A VPC that only hands on what others send has none of it.
func (p *problems) resolves(v *network.VPC) bool {
	return v.DNSSupport && (v.DHCP != nil ||
		slices.ContainsFunc(v.Endpoints, func(e *network.Endpoint) bool { return e.Type == network.InterfaceEndpoint }) ||
		slices.ContainsFunc(p.network.Zones, func(z *network.Zone) bool { return z.Private && associated(z, v) }) ||
		slices.ContainsFunc(p.network.ResolverRules, func(r *network.ResolverRule) bool {
			return slices.ContainsFunc(r.Associations, func(a network.RuleAssociation) bool { return a.VPC == v })
		}))
}
