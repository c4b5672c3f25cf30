package reach

import (
	"slices"

	"hubspoke/proof/network"
	"hubspoke/proof/packet"
)

// Separation says whether the routing of gateways keeps a VPC's packets from another
// VPC, whatever network ACLs and security groups say, and whatever the VPCs' own tables
// send into transit gateways.
type Separation struct {
	// Joined says that a way leads there. Unknown says why that cannot be told, "" if
	// it can.
	Joined  bool
	Unknown string
	// Way is the way, or where it is lost sight of.
	Way []Hop
}

// Separated looks for a way by gateways from a VPC to another: from the tables of the
// sender's attachments, by the longest prefix, with their blackholes, to the receiver's
// attachment; by way of other VPCs too, which may hand packets back into any gateway
// that they are attached to; and by peering connections that a route of the sender's
// leads to. A peering connection carries nothing for others, unless a NAT gateway of
// theirs makes it their own.
func (a *Analysis) Separated(from, to *network.VPC) Separation {
	s := &separation{analysis: a, to: to, seen: map[*network.Attachment][]packet.Range{}}
	var all []packet.Range
	for _, p := range to.CIDRs {
		all = append(all, packet.Prefix(p))
	}
	s.visit(from, disjoint(all), nil, true)
	for len(s.open) > 0 && !s.result.Joined {
		next := s.open[0]
		s.open = s.open[1:]
		s.pass(next)
	}
	return s.result
}

// separation is a search under way.
type separation struct {
	analysis *Analysis
	to       *network.VPC
	open     []crossing
	seen     map[*network.Attachment][]packet.Range // what was followed from where
	result   Separation
}

// crossing is packets to some addresses that come into a gateway by an attachment.
type crossing struct {
	from   *network.Attachment
	ranges []packet.Range
	trail  *trail
}

// lost notes where it cannot be told. A way that is found weighs more.
func (s *separation) lost(why string, t *trail) {
	if s.result.Unknown == "" && !s.result.Joined {
		s.result.Unknown, s.result.Way = why, t.hops([]packet.Box{{}})
	}
}

func (s *separation) joined(t *trail) {
	s.result = Separation{Joined: true, Way: t.hops([]packet.Box{{}})}
}

// visit looks at what a VPC can do with packets to the ranges.
func (s *separation) visit(v *network.VPC, ranges []packet.Range, t *trail, own bool) {
	if len(v.Unknown) > 0 {
		s.lost(v.Unknown[0].String(), t)
	}
	for _, gateway := range s.analysis.network.TransitGateways {
		if len(gateway.Unknown) > 0 && s.analysis.joined[gatewayVPC{gateway, v}] != nil {
			s.lost(gateway.Unknown[0].String(), t)
		}
		for _, attachment := range gateway.Attachments {
			if attachment.VPC == v {
				s.enter(attachment, ranges, t)
			}
		}
	}
	for _, table := range tablesInUse(v) {
		s.routes(v, table, ranges, t, own || translates(v))
	}
}

// tablesInUse are the VPC's route tables, its main one among them.
func tablesInUse(v *network.VPC) []*network.RouteTable {
	tables := slices.Clone(v.Tables)
	if v.Main != nil && !slices.Contains(tables, v.Main) {
		tables = append(tables, v.Main)
	}
	return tables
}

// translates says whether packets may get an address of the VPC's own in it.
func translates(v *network.VPC) bool {
	return slices.ContainsFunc(v.Tables, func(t *network.RouteTable) bool {
		return slices.ContainsFunc(t.Routes, func(r *network.Route) bool { return r.Target.NAT != nil })
	})
}

// routes follows the routes of a VPC's table that do not lead into a transit gateway.
func (s *separation) routes(v *network.VPC, table *network.RouteTable, ranges []packet.Range, t *trail, own bool) {
	if len(table.Unknown) > 0 {
		s.lost(table.Unknown[0].String(), t)
		return
	}
	for _, r := range s.analysis.routing(table).routes {
		if !takes(r.packets, ranges) {
			continue
		}
		at := t.add(step{kind: RouteTableHop, table: table, route: r.route})
		switch target := r.route.Target; {
		case target.Unknown != "" && target.Unmodelled:
			s.lost(target.Unknown, at)
		case target.OnPremises != nil && own:
			at = at.add(step{kind: VPNGatewayHop, gateway: target.OnPremises, id: target.ID})
			s.lost("what is behind it may hand packets on to "+name(s.to.Resource), at)
		case target.Peering != nil && own:
			at = at.add(step{kind: PeeringHop, peering: target.Peering})
			switch other, ours := otherSide(target.Peering, v); {
			case !ours:
			case other == s.to:
				s.joined(at)
			case other == nil:
				s.lost("the other VPC of the peering connection is not known", at)
			}
		}
	}
}

// otherSide is the VPC at the other end of a peering connection of the VPC's.
func otherSide(p *network.Peering, v *network.VPC) (other *network.VPC, ours bool) {
	switch v {
	case p.Requester:
		return p.Accepter, true
	case p.Accepter:
		return p.Requester, true
	}
	return nil, false
}

// takes says whether any of the ranges is among a route's destinations.
func takes(packets packet.Set, ranges []packet.Range) bool {
	return slices.ContainsFunc(packets, func(b packet.Box) bool {
		return slices.ContainsFunc(ranges, b[packet.Destination].Overlaps)
	})
}

// enter lets packets into a gateway, as far as they did not come by that attachment
// before.
func (s *separation) enter(by *network.Attachment, ranges []packet.Range, t *trail) {
	left := slices.Clone(ranges)
	for _, r := range s.seen[by] {
		left = packet.Without(left, r)
	}
	if len(left) == 0 {
		return
	}
	s.seen[by] = append(s.seen[by], left...)
	s.open = append(s.open, crossing{by, left, t.add(step{kind: AttachmentHop, attachment: by})})
}

// pass follows what a gateway does with packets.
func (s *separation) pass(c crossing) {
	if c.from.Table == nil {
		return
	}
	routing := s.analysis.gatewayRouting(c.from.Table)
	if routing.unknown != "" {
		s.lost(routing.unknown, c.trail)
		return
	}
	for _, r := range routing.towards(c.ranges) {
		out := r.route.attachment()
		if out == nil {
			continue // a blackhole
		}
		at := c.trail.add(step{kind: GatewayTableHop, gatewayTable: c.from.Table, gatewayRoute: r.route}).
			add(step{kind: AttachmentHop, attachment: out, leaving: true})
		switch {
		case out.VPC == s.to:
			s.joined(at)
			return
		case out.VPC == nil:
			s.lost("what is behind "+name(out.Resource)+" may hand packets on to "+name(s.to.Resource), at)
		default:
			s.visit(out.VPC, r.ranges, at, false)
		}
		if s.result.Joined {
			return
		}
	}
}

// taken is what of some ranges a route takes.
type taken struct {
	route  gatewayRoute
	ranges []packet.Range
}

// towards are the routes that take some of the ranges, each with what it takes.
func (r *gatewayRouting) towards(ranges []packet.Range) []taken {
	var all []taken
	for _, one := range r.routes {
		var part []packet.Range
		for _, b := range one.packets {
			part = append(part, packet.Common(ranges, []packet.Range{b[packet.Destination]})...)
		}
		if len(part) > 0 {
			all = append(all, taken{one.route, part})
		}
	}
	return all
}
