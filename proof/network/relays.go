package network

import (
	"net/netip"
	"slices"
	"strings"

	"hubspoke/proof/config"
	"hubspoke/proof/packet"
)

// makeRelays finds what opens connections for others, and where that leads as far as the
// stacks say so. What they do not say may lead anywhere.
func (b *builder) makeRelays() {
	balancers := map[*config.Resource]*Relay{}
	for _, i := range b.Interfaces {
		// A gateway load balancer hands packets to a firewall, and gets them back.
		if i.Kind == LoadBalancer && i.Resource.Argument("load_balancer_type") != "gateway" {
			if balancers[i.Resource] == nil {
				balancers[i.Resource] = &Relay{Resource: i.Resource}
			}
			r := balancers[i.Resource]
			r.From, r.To = append(r.From, i), append(r.To, i)
		}
	}
	for _, kind := range []string{"aws_lb", "aws_alb", "aws_elb"} {
		for _, r := range b.config.All(kind) {
			if relay := balancers[r]; relay != nil {
				relay.Ways, relay.Known = b.waysOf(relay)
				b.Relays = append(b.Relays, *relay)
			}
		}
	}
	for _, service := range b.EndpointServices {
		in := blockOf(service.Resource, &b.Unknown)
		for _, r := range in.refs("network_load_balancer_arns", "arn", "id") {
			if balancers[r] == nil {
				in.note("the load balancer %s is not known", r)
				continue
			}
			service.Balancers = append(service.Balancers, balancers[r].From...)
			for _, v := range b.VPCs {
				for _, e := range v.Endpoints {
					if relay := b.throughEndpoint(service, balancers[r], e); relay != nil {
						b.Relays = append(b.Relays, *relay)
					}
				}
			}
		}
	}
	b.makeAPIs(balancers)
	b.makeRESTAPIs(balancers)
}

// throughEndpoint is the relay from an endpoint to a load balancer of its service, nil if
// it carries nothing there.
func (b *builder) throughEndpoint(service *EndpointService, balancer *Relay, e *Endpoint) *Relay {
	if e.Type != InterfaceEndpoint || !mayServe(service.Resource, e) {
		return nil
	}
	relay := &Relay{Resource: e.Resource, Service: service, From: b.interfacesOf(e.Resource), To: balancer.To, Ways: balancer.Ways, Known: balancer.Known}
	if name, ok := e.Resource.Argument("service_name").(config.Ref); !ok || name.Resource != service.Resource {
		relay.Known = false // it may be another service's
	} else if !service.Admits(e) || !service.Accepts(e) {
		return nil
	}
	relay.Admitted = admitted(balancer)
	return relay
}

// Admits says whether the service lets the endpoint's account in.
// https://docs.aws.amazon.com/vpc/latest/privatelink/configure-endpoint-service.html#add-remove-permissions
func (s *EndpointService) Admits(e *Endpoint) bool {
	return e.Resource.Account == s.Resource.Account || slices.ContainsFunc(s.Principals, func(principal string) bool {
		return Principal(principal, e.Resource.Account)
	})
}

// Principal says whether a principal of an endpoint service is in an account.
func Principal(principal, account string) bool {
	return principal == "*" || config.AccountOf(principal) == account
}

// Accepts says whether the endpoint's connection is accepted, or needs not be. Within an
// account, an endpoint can accept itself.
// https://docs.aws.amazon.com/vpc/latest/privatelink/configure-endpoint-service.html#accept-reject-connection-requests
func (s *EndpointService) Accepts(e *Endpoint) bool {
	self := e.Resource.Account == s.Resource.Account && e.Resource.Argument("auto_accept") == true
	return !s.AcceptanceRequired || self || slices.Contains(s.Accepted, config.Ref{Resource: e.Resource, Attribute: "id"})
}

// admitted is what groups of a load balancer let in of what comes by PrivateLink, which has
// the addresses of who connects to the endpoint; nil where its groups do not apply. A rule
// that names a group does not match, since members of that are in another VPC.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html
func admitted(balancer *Relay) *packet.Set {
	if balancer.Resource.Argument("enforce_security_group_inbound_rules_on_private_link_traffic") == "off" {
		return nil
	}
	var admitted packet.Set
	for _, i := range balancer.From {
		if len(i.Groups) == 0 || slices.ContainsFunc(i.Groups, func(g *Group) bool { return len(g.Unknown) > 0 }) {
			return nil
		}
		for _, g := range i.Groups {
			for _, rule := range g.Ingress {
				for _, peer := range rule.Peers {
					admitted = append(admitted, rule.Traffic.Box().With(packet.Source, peer))
				}
			}
		}
	}
	return &admitted
}

func (b *builder) interfacesOf(r *config.Resource) []*Interface {
	return slices.DeleteFunc(slices.Clone(b.Interfaces), func(i *Interface) bool { return i.Resource != r })
}

// mayServe says whether the endpoint is one of the service: for certain by a
// reference, and perhaps by a name that AWS gives.
func mayServe(service *config.Resource, e *Endpoint) bool {
	switch name := e.Resource.Argument("service_name").(type) {
	case config.Ref:
		return name.Resource == service || name.Resource.Type != service.Type
	case string:
		return strings.Contains(name, ".vpce.") || strings.Contains(name, "vpce-svc-")
	}
	return true
}

// withAddress is what has an address of a VPC: the interface of which that is known, else
// whatever is in the subnet. ok is false if no subnet has it.
func (b *builder) withAddress(v *VPC, a netip.Addr) (at Backend, ok bool) {
	for _, i := range b.Interfaces {
		if own, fixed := i.Address(); fixed && own == a && i.VPC == v {
			return Backend{Interfaces: []*Interface{i}}, true
		}
	}
	for _, s := range v.Subnets {
		if s.CIDR.Contains(a) {
			return Backend{Subnet: s, Address: a}, true
		}
	}
	return Backend{}, false
}
