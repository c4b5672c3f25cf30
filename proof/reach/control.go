package reach

import (
	"slices"

	"hubspoke/proof/config"
	"hubspoke/proof/network"
	"hubspoke/proof/packet"
)

// ControlKind is a layer of a network that can stop packets by itself.
type ControlKind string

// The kinds of controls, in the order in which packets meet them.
const (
	SenderACL     ControlKind = "network ACL of the sender"
	SenderRoutes  ControlKind = "routes of the sender"
	GatewayRoutes ControlKind = "routes of gateways"
	ReceiverACL   ControlKind = "network ACL of the receiver"
	ReceiverGroup ControlKind = "security groups of the receiver"
	NoPublicRoute ControlKind = "no route to an internet gateway"
)

// Control is something that keeps every packet of a sender from a receiver, even if all else
// let it pass.
type Control struct {
	Kind ControlKind
	// Resource is what does it, nil for several and for what is not there.
	Resource *config.Resource
}

// Controls are what keeps the packets of a subnet's workloads from those of another VPC's
// subnet, each looked at by itself. Two networks that stop the same packets may differ in how
// many things would have to be wrong before one passes.
func (a *Analysis) Controls(from, to *network.Subnet) []Control {
	sources, destinations := packet.Prefix(from.CIDR), packet.Prefix(to.CIDR)
	crossing := packet.Set{packet.All.With(packet.Source, sources).With(packet.Destination, destinations)}
	var all []Control
	if from.ACL != nil && a.allowed(direction{from.ACL, true}).Intersect(crossing).Empty() {
		all = append(all, Control{SenderACL, from.ACL.Resource})
	}
	if from.Table != nil && !a.leadsInside(from.Table, crossing) {
		all = append(all, Control{SenderRoutes, from.Table.Resource})
	}
	if s := a.separated(from.VPC, to.VPC); !s.Joined && s.Unknown == "" {
		all = append(all, Control{Kind: GatewayRoutes})
	}
	return append(all, a.receiving(to, sources, crossing, from.VPC)...)
}

// ControlsOfInternet are what keeps packets from the internet from the workloads of a subnet.
func (a *Analysis) ControlsOfInternet(to *network.Subnet) []Control {
	var all []Control
	if !PublicSubnet(to) {
		all = append(all, Control{Kind: NoPublicRoute})
	}
	var public packet.Set
	for _, r := range network.Internet {
		public = public.Union(packet.Set{packet.All.With(packet.Source, r)})
	}
	in := func(rule []packet.Range) bool {
		return slices.ContainsFunc(rule, func(r packet.Range) bool { return slices.ContainsFunc(network.Internet, r.Overlaps) })
	}
	if to.ACL != nil && a.allowed(direction{to.ACL, false}).Intersect(public).Empty() {
		all = append(all, Control{ReceiverACL, to.ACL.Resource})
	}
	if !a.admitted(to.VPC, func(r network.GroupRule) bool { return in(r.Peers) }) {
		all = append(all, Control{Kind: ReceiverGroup})
	}
	return all
}

// receiving are the controls in front of a subnet.
func (a *Analysis) receiving(to *network.Subnet, sources packet.Range, crossing packet.Set, sender *network.VPC) []Control {
	var all []Control
	if to.ACL != nil && a.allowed(direction{to.ACL, false}).Intersect(crossing).Empty() {
		all = append(all, Control{ReceiverACL, to.ACL.Resource})
	}
	admits := func(r network.GroupRule) bool {
		return r.Group != nil && r.Group.VPC == sender || slices.ContainsFunc(r.Peers, sources.Overlaps)
	}
	if !a.admitted(to.VPC, admits) {
		all = append(all, Control{Kind: ReceiverGroup})
	}
	return all
}

// admitted says whether a group of the VPC has such a rule. What is not known of a group may
// be one.
func (a *Analysis) admitted(v *network.VPC, admits func(network.GroupRule) bool) bool {
	for _, g := range a.network.Groups {
		if g.VPC == v && (len(g.Unknown) > 0 || slices.ContainsFunc(g.Ingress, admits)) {
			return true
		}
	}
	return false
}

// leadsInside says whether a table takes packets to another network, and not to the internet
// or nowhere.
func (a *Analysis) leadsInside(t *network.RouteTable, packets packet.Set) bool {
	if len(t.Unknown) > 0 {
		return true
	}
	for _, r := range a.routing(t).routes {
		target := r.route.Target
		if target.NAT == nil && target.InternetGateway == nil && !r.packets.Intersect(packets).Empty() {
			return true
		}
	}
	return false
}

// separated is [Analysis.Separated], found once for two VPCs.
func (a *Analysis) separated(from, to *network.VPC) Separation {
	key := [2]*network.VPC{from, to}
	if s, ok := a.separations[key]; ok {
		return s
	}
	s := a.Separated(from, to)
	if a.separations == nil {
		a.separations = map[[2]*network.VPC]Separation{}
	}
	a.separations[key] = s
	return s
}
