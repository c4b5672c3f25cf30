package reach

import (
	"fmt"

	"hubspoke/proof/config"
	"hubspoke/proof/network"
	"hubspoke/proof/packet"
)

// Hop is a stage of a path: what a packet passes, or what stops it.
type Hop struct {
	Kind HopKind
	// Resource is what the packet meets, such as a route table. It is nil where no
	// resource describes it, such as a main route table.
	Resource *config.Resource
	// Rule is the resource that decides in it, such as a route. It is nil where none
	// does, as for the local route, and may be the same as Resource.
	Rule *config.Resource
	Text string
}

func (h Hop) String() string { return h.Text }

// HopKind is what a hop is.
type HopKind string

// The kinds of hops.
const (
	SubnetHop          HopKind = "subnet"
	GroupHop           HopKind = "security-group"
	ACLHop             HopKind = "network-acl"
	RouteTableHop      HopKind = "route-table"
	TransitGatewayHop  HopKind = "transit-gateway"
	AttachmentHop      HopKind = "transit-gateway-attachment"
	GatewayTableHop    HopKind = "transit-gateway-route-table"
	NATHop             HopKind = "nat-gateway"
	InternetGatewayHop HopKind = "internet-gateway"
	VPNGatewayHop      HopKind = "vpn-gateway"
	PeeringHop         HopKind = "peering"
	EndpointHop        HopKind = "gateway-endpoint"
	FirewallHop        HopKind = "firewall-endpoint"
	// Relays, which open connections of their own.
	APIHop             HopKind = "api"
	BalancerHop        HopKind = "load-balancer"
	PrivateEndpointHop HopKind = "private-endpoint"
)

// step is a hop as walked, in the terms of the model. Texts are made only for what
// someone reads.
type step struct {
	kind         HopKind
	subnet       *network.Subnet
	acl          direction
	table        *network.RouteTable
	route        *network.Route // nil: no route
	gateway      *config.Resource
	attachment   *network.Attachment
	leaving      bool // the transit gateway by the attachment
	gatewayTable *network.GatewayTable
	gatewayRoute gatewayRoute // zero: no route
	nat          *network.NATGateway
	peering      *network.Peering
	endpoint     *network.Endpoint
	id           string // of a gateway that no stack here makes
}

// trail is the way that packets came, the last step first. Trails share their
// beginnings.
type trail struct {
	step     step
	previous *trail
}

func (t *trail) add(s step) *trail { return &trail{s, t} }

// visited says whether packets with the same source were in the subnet before:
// from there on, everything would happen again.
func (t *trail) visited(s *network.Subnet, nat *network.NATGateway) bool {
	for ; t != nil; t = t.previous {
		if t.step.kind == SubnetHop && t.step.subnet == s && t.step.nat == nat {
			return true
		}
	}
	return false
}

// steps are the steps from the beginning.
func (t *trail) steps() []step {
	if t == nil {
		return nil
	}
	return append(t.previous.steps(), t.step)
}

// hops describes the way of a packet of the flow. The packet is given in the terms
// of each of the flow's stages.
func (t *trail) hops(stages []packet.Box) []Hop {
	var hops []Hop
	for _, s := range t.steps() {
		hops = append(hops, s.hop(stages[0]))
		if s.kind == NATHop && len(stages) > 1 {
			stages = stages[1:]
		}
	}
	return hops
}

// hops describes the way of one of the flow's packets.
func (f flow) hops() []Hop { return f.trail.hops(f.example()) }

// example is one of the flow's packets, as it is in each stage.
func (f flow) example() []packet.Box {
	var examples []packet.Box
	var match packet.Set
	for i, s := range f.stages() {
		packets := s.packets
		if i > 0 {
			packets = packets.Intersect(match)
		}
		one := first(packets)
		match = keys(packet.Set{one})
		examples = append(examples, one)
	}
	return examples
}

// first is the lowest packet of a set's first box.
func first(s packet.Set) packet.Box {
	b := s[0]
	for f := range b {
		b[f].High = b[f].Low
	}
	return b
}

// matches says whether the one packet is in the box.
func matches(b, one packet.Box) bool { return !(packet.Set{b}).Intersect(packet.Set{one}).Empty() }

func (s step) hop(one packet.Box) Hop {
	h := Hop{Kind: s.kind}
	switch s.kind {
	case SubnetHop:
		h.Resource = s.subnet.Resource
		h.Text = fmt.Sprintf("subnet %s (%s)", short(s.subnet.Resource), s.subnet.CIDR)
	case ACLHop:
		return s.acl.hop(one)
	case RouteTableHop:
		return s.routeHop()
	case TransitGatewayHop:
		h.Resource, h.Text = s.gateway, "transit gateway "+short(s.gateway)
	case AttachmentHop:
		h.Resource = s.attachment.Resource
		h.Text = "into the transit gateway by attachment " + short(s.attachment.Resource)
		if s.leaving {
			h.Text = "out of the transit gateway by attachment " + short(s.attachment.Resource)
		}
	case GatewayTableHop:
		return s.gatewayRouteHop()
	case NATHop:
		h.Resource, h.Text = s.nat.Resource, "NAT gateway "+short(s.nat.Resource)
	case InternetGatewayHop:
		h.Resource, h.Text = s.gateway, "internet gateway "+short(s.gateway)
	case VPNGatewayHop:
		h.Resource, h.Text = s.gateway, "virtual private gateway "+short(s.gateway)
		if s.id != "" {
			h.Text = s.id + ", which no stack here makes"
		}
	case PeeringHop:
		h.Resource, h.Text = s.peering.Resource, "peering connection "+short(s.peering.Resource)
	case EndpointHop:
		h.Resource, h.Text = s.endpoint.Resource, "gateway endpoint "+short(s.endpoint.Resource)
	case FirewallHop:
		h.Resource = s.endpoint.Resource
		h.Text = "endpoint " + short(s.endpoint.Resource) + " and the firewall behind it, whose rules are not looked at"
		if s.endpoint.Type == network.FirewallEndpoint {
			h.Text = "firewall " + short(s.endpoint.Resource) + " by its endpoint in " + short(s.endpoint.Subnets[0].Resource) + ", whose rules are not looked at"
		}
	}
	return h
}

func (s step) routeHop() Hop {
	h := Hop{Kind: RouteTableHop, Resource: s.table.Resource}
	table := "main route table of " + short(s.table.VPC.Resource)
	if s.table.Resource != nil {
		table = "route table " + short(s.table.Resource)
	}
	if s.route == nil {
		h.Text = table + ": no route"
		return h
	}
	h.Rule = s.route.Resource
	h.Text = table + ": route " + s.route.Text
	return h
}

func (s step) gatewayRouteHop() Hop {
	t := s.gatewayTable
	h := Hop{Kind: GatewayTableHop, Resource: t.Resource}
	table := "default route table of " + short(t.Gateway.Resource)
	if t.Resource != nil {
		table = "transit gateway route table " + short(t.Resource)
	}
	switch r := s.gatewayRoute; {
	case r.static != nil && r.static.Blackhole:
		h.Rule, h.Text = r.static.Resource, table+": blackhole "+r.static.Text
	case r.static != nil:
		h.Rule, h.Text = r.static.Resource, table+": route "+r.static.Text
	case r.propagation != nil:
		h.Rule = r.propagation.Resource
		h.Text = table + ": route propagated by " + short(r.propagation.Attachment.Resource)
	default:
		h.Text = table + ": no route"
	}
	return h
}

// hop names the rule of the ACL that decides about the packet.
func (d direction) hop(one packet.Box) Hop {
	for i, r := range d.rules() {
		if matches(d.box(r), one) {
			return d.ruleHop(&d.rules()[i])
		}
	}
	return d.ruleHop(nil)
}

// ruleHop is the hop for one of the ACL's rules, or nil for none that matches.
func (d direction) ruleHop(r *network.ACLRule) Hop {
	h := Hop{Kind: ACLHop, Resource: d.acl.Resource}
	side := "ingress"
	if d.egress {
		side = "egress"
	}
	verdict, number := "denies", "*"
	if r != nil {
		h.Rule, number = r.Resource, fmt.Sprint(r.Number)
		if r.Allow {
			verdict = "allows"
		}
	}
	h.Text = fmt.Sprintf("network ACL %s: %s rule %s %s", short(d.acl.Resource), side, number, verdict)
	return h
}

// short is a resource's name, for a sentence that says what it is.
func short(r *config.Resource) string {
	if r == nil {
		return "without a resource"
	}
	return r.Name
}

// name is a resource's stack and address.
func name(r *config.Resource) string {
	if r == nil {
		return "what no resource describes"
	}
	return r.String()
}
