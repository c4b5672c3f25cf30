package picture

import (
	"slices"

	"hubspoke/proof/config"
	"hubspoke/proof/network"
)

// chipsOf are the chips of the kinds of network interfaces. Endpoints are notes of their VPC: there
// are many, and the same in every zone.
var chipsOf = map[network.InterfaceKind]ChipKind{
	network.Instance:         Instance,
	network.Nodes:            Nodes,
	network.ControlPlane:     ControlPlane,
	network.DatabaseInstance: Database,
	network.LoadBalancer:     LoadBalancer,
	network.Function:         Function,
	network.ConnectEndpoint:  Connect,
	network.OtherInterface:   Interface,
}

// chipOrder is the order of chips in a subnet: what leads out of it first.
var chipOrder = []ChipKind{NAT, Firewall, Appliance, DNSIn, DNSOut, LoadBalancer, ControlPlane, Nodes, Database, Instance, Function, Connect, Interface}

// fillSubnets puts into subnets what stands in them.
func (r *reader) fillSubnets() {
	// Those that no route leads to are not in the model, and are paid for all the same.
	for _, nat := range r.proof.Configuration().All("aws_nat_gateway") {
		ref, _ := nat.Argument("subnet_id").(config.Ref)
		for s, cell := range r.subnets {
			if s.Resource == ref.Resource {
				cell.add(NAT, nat)
			}
		}
	}
	for _, v := range r.model.VPCs {
		for _, e := range v.Endpoints {
			if kind := map[network.EndpointType]ChipKind{network.FirewallEndpoint: Firewall, network.GatewayLoadBalancerEndpoint: Appliance}[e.Type]; kind != "" {
				for _, s := range e.Subnets {
					r.subnets[s].add(kind, e.Resource)
				}
			}
		}
	}
	for _, e := range r.model.ResolverEndpoints {
		kind := DNSOut
		if e.Inbound {
			kind = DNSIn
		}
		for _, i := range e.Interfaces {
			r.subnets[i.Subnet].add(kind, e.Resource)
		}
	}
	for _, i := range r.model.Interfaces {
		if kind := chipsOf[i.Kind]; kind != "" {
			r.subnets[i.Subnet].add(kind, i.Resource)
		}
	}
	for _, cell := range r.subnets {
		slices.SortStableFunc(cell.Chips, func(a, b *Chip) int { return slices.Index(chipOrder, a.Kind) - slices.Index(chipOrder, b.Kind) })
	}
}

// add puts a thing into a subnet. Things of one kind are one chip.
func (s *Subnet) add(kind ChipKind, resource *config.Resource) {
	if s == nil {
		return // of a VPC that is not in the picture
	}
	at := slices.IndexFunc(s.Chips, func(c *Chip) bool { return c.Kind == kind })
	if at < 0 {
		at = len(s.Chips)
		s.Chips = append(s.Chips, &Chip{Kind: kind})
	}
	if c := s.Chips[at]; !slices.Contains(c.Resources, resource.String()) {
		c.Resources = append(c.Resources, resource.String())
	}
}
