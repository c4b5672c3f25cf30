package invariant

import (
	"cmp"
	"net/netip"
	"slices"

	"hubspoke/proof/config"
	"hubspoke/proof/network"
	"hubspoke/proof/packet"
)

// What is found here.
var (
	defaultTables = catalogue.Add("default-tables",
		"A transit gateway associates new attachments with its default route table, or propagates them to it. Whoever may "+
			"attach a VPC then reaches all others there, and no line of any stack says so.",
		"Set `default_route_table_association` and `default_route_table_propagation` to `disable`, and give each "+
			"attachment a route table by name.")
	unevenBlackholes = catalogue.Add("uneven-blackholes",
		"A route table of a transit gateway stops a range by a blackhole, and another table of it has no route for that "+
			"very range. What is to be stopped gets through by a wider route for those who use the other table.",
		"Add the blackhole to the table that is named (`aws_ec2_transit_gateway_route` with `blackhole`), or remove it "+
			"from all.")
	attachmentWithoutTable = catalogue.Add("attachment-without-table",
		"An attachment is associated with no route table of its transit gateway. The gateway drops all that comes from "+
			"it. A note if it is a VPN or Direct Connect that no table leads to either: it stands by.",
		"Associate it with the route table that says where it may send "+
			"(`aws_ec2_transit_gateway_route_table_association`).")
	foreignTable = catalogue.Add("foreign-table",
		"An attachment is associated with a route table of another transit gateway than its own. AWS refuses that.",
		"Associate it with a table of its own gateway, or attach the VPC to the other one.")
	defaultTableUsed = catalogue.Add("default-table-used",
		"An attachment is associated with the default route table of its transit gateway, where everything else is that "+
			"attaches without saying otherwise. Nothing separates it from them.",
		"Associate it with a route table made for it, and set `transit_gateway_default_route_table_association` to false: "+
			"on the attachment or, if another account owns the gateway, on the accepter there.")
	attachmentSubnet = catalogue.Add("attachment-subnet",
		"An attachment names subnets that AWS does not take together: it takes one in each availability zone, all in the "+
			"attached VPC.",
		"Leave one subnet for each zone in `subnet_ids`.")
	tableWithoutAttachment = catalogue.Add("table-without-attachment",
		"A route table of a transit gateway is associated with no attachment: its routes and propagations decide nothing.",
		"Associate the attachments that it was made for, or remove it.")
	foreignAttachment = catalogue.Add("foreign-attachment",
		"A route or a propagation in a transit gateway's route table names an attachment of another gateway. AWS refuses "+
			"it.",
		"Name an attachment of the same gateway. What is attached to another one is reached by a peering of the two "+
			"gateways, which the model does not know.")
	propagationWithoutEffect = catalogue.Add("propagation-without-effect",
		"A propagation adds a route for a range that has a static route in the same table. The static one wins, so that "+
			"packets go where it leads, or into its blackhole, and not to the attachment that is propagated.",
		"Remove whichever of the two is not meant.")
	transitEnds = catalogue.Add("transit-ends",
		"A static route of a transit gateway sends a range to a VPC that does not have the addresses itself, and a subnet "+
			"of the attachment there has no route for them either. The packets end there.",
		"Give the route tables of the attachment's subnets a route for the range, to the firewall, NAT gateway or peering "+
			"that is to take it; or remove the gateway's route.")
	missingReturnRoute = catalogue.Add("missing-return-route",
		"Packets get from one VPC to another, and the answers do not come back: a route table of the transit gateway, or "+
			"those of the other VPC, have no route for the sender's range, or for a part of it only. Connections hang until "+
			"they time out.",
		"If the two are not to talk, take the way there away: it is a leak, and a way back would open it further. If they "+
			"are, add the way back: propagate the sender's attachment to the table that is named, give that table static routes for what is behind a VPN, or give the other VPC's route "+
			"tables a route for the sender's range.")
	wrongTable = catalogue.Add("wrong-table",
		"An attachment is associated with a route table of its transit gateway that does not lead to those who lead to it, "+
			"while a table that does exactly that is associated with nobody. The two were probably confused: it reaches "+
			"others than it is reached by, or is not answered.",
		"Associate it with the table that is named. If the other table is meant, remove the one without attachments, and "+
			"propagate the attachment to the tables of those that it reaches.")
	peeringNotAccepted = catalogue.Add("peering-not-accepted",
		"A VPC peering connection is requested, and nothing accepts it. It stays `pending-acceptance` until it expires "+
			"after seven days, and its routes carry nothing.",
		"Add an `aws_vpc_peering_connection_accepter` with `auto_accept`, made in the accepter's account and region. "+
			"Within one account and region, `auto_accept` of the connection itself will do.")
	peeringWithoutRoute = catalogue.Add("peering-without-route",
		"No route of either VPC leads through a peering connection: it connects nothing.",
		"Add a route for the other VPC's range on both sides, or remove the peering.")
)

// tables are a transit gateway's route tables, the default one last if it is used.
func tables(g *network.TransitGateway) []*network.GatewayTable {
	all := slices.Clone(g.Tables)
	if g.Default != nil && (len(associated(g.Default)) > 0 || len(g.Default.Routes)+len(g.Default.Propagations) > 0) {
		all = append(all, g.Default)
	}
	return all
}

// tableName is the table's resource or, for a default table, its gateway's.
func tableName(t *network.GatewayTable) string {
	if t.Resource == nil {
		return "the default route table of " + t.Gateway.Resource.String()
	}
	return t.Resource.String()
}

// tableResource is what a finding about the table is about.
func tableResource(t *network.GatewayTable) *config.Resource {
	return cmp.Or(t.Resource, t.Gateway.Resource)
}

// associated are the attachments whose packets meet the table.
func associated(t *network.GatewayTable) []*network.Attachment {
	var all []*network.Attachment
	for _, a := range t.Gateway.Attachments {
		if a.Table == t {
			all = append(all, a)
		}
	}
	return all
}

// reached are the attachments that the table's routes and propagations name.
func reached(t *network.GatewayTable) []*network.Attachment {
	var all []*network.Attachment
	seen := map[*network.Attachment]bool{nil: true} // of a blackhole
	add := func(a *network.Attachment) {
		if !seen[a] {
			seen[a] = true
			all = append(all, a)
		}
	}
	for _, p := range t.Propagations {
		add(p.Attachment)
	}
	for _, r := range t.Routes {
		add(r.Attachment)
	}
	return all
}

// entry is a route of a transit gateway's table, static or propagated.
type entry struct {
	to       packet.Range
	static   bool
	out      *network.Attachment // nil for a blackhole
	resource *config.Resource
}

func entries(t *network.GatewayTable) []entry {
	var all []entry
	for _, r := range t.Routes {
		e := entry{to: r.Destination, static: true, resource: r.Resource}
		if !r.Blackhole {
			e.out = r.Attachment
		}
		all = append(all, e)
	}
	for _, p := range t.Propagations {
		for _, to := range ranges(p.Attachment) {
			all = append(all, entry{to: to, out: p.Attachment, resource: p.Resource})
		}
	}
	return all
}

// ranges are the addresses behind an attachment, as far as they are known.
func ranges(a *network.Attachment) []packet.Range {
	if a.VPC == nil {
		return a.External
	}
	return vpcRanges(a.VPC)
}

func vpcRanges(v *network.VPC) []packet.Range {
	var all []packet.Range
	for _, p := range v.CIDRs {
		all = append(all, packet.Prefix(p))
	}
	return all
}

// choice is where a table sends a part of a range. The entry is nil for nowhere.
type choice struct {
	part  packet.Range
	entry *entry
}

// choose says where the table sends the addresses of a range: by the longest
// prefix, and among those of one length by a static route first.
// https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html#tgw-route-evaluation-overview
func choose(all []entry, to packet.Range) []choice {
	// Within two neighbouring bounds all addresses meet the same routes.
	bounds := []uint64{uint64(to.Low), uint64(to.High) + 1}
	for _, e := range all {
		for _, bound := range []uint64{uint64(e.to.Low), uint64(e.to.High) + 1} {
			if bound > uint64(to.Low) && bound <= uint64(to.High) {
				bounds = append(bounds, bound)
			}
		}
	}
	slices.Sort(bounds)
	bounds = slices.Compact(bounds)
	var choices []choice
	for i, low := range bounds[:len(bounds)-1] {
		c := choice{part: packet.Range{Low: uint32(low), High: uint32(bounds[i+1] - 1)}}
		for j, e := range all {
			if contains(e.to, c.part) && (c.entry == nil || better(e, *c.entry)) {
				c.entry = &all[j]
			}
		}
		choices = append(choices, c)
	}
	return choices
}

func better(a, b entry) bool {
	if size(a.to) != size(b.to) {
		return size(a.to) < size(b.to)
	}
	return a.static && !b.static
}

func size(r packet.Range) uint32 { return r.High - r.Low }
func contains(outer, inner packet.Range) bool {
	return outer.Low <= inner.Low && inner.High <= outer.High
}
func withinVPC(r packet.Range, v *network.VPC) bool {
	return slices.ContainsFunc(vpcRanges(v), func(own packet.Range) bool { return contains(own, r) })
}

// delivers says whether the table sends any address of the ranges out of an
// attachment, and whether it sends all of them there.
func delivers(t *network.GatewayTable, to []packet.Range, out *network.Attachment) (some, all bool) {
	all = len(to) > 0
	routes := entries(t)
	for _, r := range to {
		for _, c := range choose(routes, r) {
			if c.entry != nil && c.entry.out == out {
				some = true
			} else {
				all = false
			}
		}
	}
	return some, all
}

// checkTransitGateways checks each transit gateway by itself.
func (k *checker) checkTransitGateways() {
	for _, g := range k.TransitGateways {
		if g.DefaultAssociation || g.DefaultPropagation {
			k.Note(defaultTables, about(g.Resource),
				"%s puts every new attachment into its default route table: whoever attaches can talk; disable default association and propagation", g.Resource)
		}
		for _, a := range g.Attachments {
			k.checkAttachment(a)
		}
		for _, t := range tables(g) {
			k.checkGatewayTable(t)
		}
		k.checkBlackholes(g)
	}
}

// checkBlackholes checks that what one table of a gateway stops, the others stop too, unless
// they have another route for the same range. A blackhole for a VPC's own range, or for a
// part of one, is meant for those of one table.
func (k *checker) checkBlackholes(g *network.TransitGateway) {
	for _, t := range tables(g) {
		for _, blackhole := range t.Routes {
			own := func(a *network.Attachment) bool { return a.VPC != nil && withinVPC(blackhole.Destination, a.VPC) }
			if !blackhole.Blackhole || slices.ContainsFunc(g.Attachments, own) {
				continue
			}
			for _, other := range tables(g) {
				if len(other.Unknown) == 0 && len(associated(other)) > 0 && !decides(other, blackhole.Destination) && k.needs(other, blackhole.Destination) {
					k.Violation(unevenBlackholes, about(tableResource(other), blackhole.Resource),
						"%s stops packets to %s, and %s does not: add the blackhole there too, or remove it from all tables",
						blackhole.Resource, blackhole.Text, tableName(other))
				}
			}
		}
	}
}

// needs says whether a table needs a blackhole that another one has: if it sends some of the
// range by a wider route; or if somebody has addresses in it, and those who use the table
// send of their own. What only hands on (a VPC with a firewall or a NAT gateway, to whose
// table others come) or is on-premises gets answers by the longer prefixes of the VPCs, which
// win over a blackhole.
func (k *checker) needs(t *network.GatewayTable, r packet.Range) bool {
	for _, c := range choose(entries(t), r) {
		if c.entry != nil && c.entry.out != nil && !contains(r, c.entry.to) {
			return true
		}
	}
	used := slices.ContainsFunc(k.VPCs, func(v *network.VPC) bool { return slices.ContainsFunc(vpcRanges(v), r.Overlaps) }) ||
		slices.ContainsFunc(t.Gateway.Attachments, func(a *network.Attachment) bool { return slices.ContainsFunc(a.External, r.Overlaps) })
	return used && slices.ContainsFunc(associated(t), func(a *network.Attachment) bool { return a.VPC != nil && !k.handsOn(a) })
}

// handsOn says whether an attachment's VPC takes packets of others to somewhere else, and has
// nothing in it that sends by itself.
func (k *checker) handsOn(a *network.Attachment) bool {
	through := slices.ContainsFunc(tables(a.Gateway), func(t *network.GatewayTable) bool { return transits(t, a) })
	return through && !slices.ContainsFunc(k.Interfaces, func(i *network.Interface) bool { return i.VPC == a.VPC })
}

// decides says whether the table has a route for exactly the range.
func decides(t *network.GatewayTable, r packet.Range) bool {
	if slices.ContainsFunc(t.Routes, func(route network.GatewayRoute) bool { return route.Destination == r }) {
		return true
	}
	return slices.ContainsFunc(t.Propagations, func(p network.Propagation) bool {
		return p.Attachment.VPC != nil && slices.ContainsFunc(p.Attachment.VPC.CIDRs, func(c netip.Prefix) bool { return packet.Prefix(c) == r })
	})
}

// checkAttachment checks that an attachment has a table, and that its subnets are
// what AWS accepts: https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html
func (k *checker) checkAttachment(a *network.Attachment) {
	switch {
	case a.Table == nil && len(a.Gateway.Unknown) > 0: // an association that is not understood may be its own
	case a.Table == nil && a.VPC == nil && !ledTo(a):
		k.Note(attachmentWithoutTable, about(a.Resource, a.Gateway.Resource),
			"%s is associated with no route table, and no table leads to it: it stands by, and carries nothing", a.Resource)
	case a.Table == nil:
		k.Violation(attachmentWithoutTable, about(a.Resource, a.Gateway.Resource),
			"%s is associated with no route table: the gateway drops all that it sends; associate one", a.Resource)
	case a.Table.Gateway != a.Gateway:
		k.Violation(foreignTable, about(a.Association, a.Resource, a.Table.Resource),
			"%s associates %s with a route table of another gateway, %s", a.Association, a.Resource, a.Table.Gateway.Resource)
	case a.Table == a.Gateway.Default:
		k.Note(defaultTableUsed, about(a.Resource), "%s is in the gateway's default route table, with all that attaches without a word", a.Resource)
	}
	zones := map[string]*network.Subnet{}
	for _, s := range a.Subnets {
		if s.VPC != a.VPC {
			k.Violation(attachmentSubnet, about(a.Resource, s.Resource), "%s names %s, which is in another VPC", a.Resource, s.Resource)
		}
		if other := zones[s.Zone]; other != nil {
			k.Violation(attachmentSubnet, about(a.Resource, other.Resource, s.Resource),
				"%s names two subnets of the zone %s, %s and %s: AWS takes one", a.Resource, s.Zone, other.Resource, s.Resource)
		}
		zones[s.Zone] = s
	}
}

// ledTo says whether a table of the gateway leads to an attachment.
func ledTo(a *network.Attachment) bool {
	return slices.ContainsFunc(tables(a.Gateway), func(t *network.GatewayTable) bool { return slices.Contains(reached(t), a) })
}

// checkGatewayTable checks the routes of a transit gateway's table.
func (k *checker) checkGatewayTable(t *network.GatewayTable) {
	if t.Resource != nil && len(associated(t)) == 0 {
		k.Note(tableWithoutAttachment, about(t.Resource), "%s decides nothing: no attachment is associated with it", t.Resource)
	}
	routes := entries(t)
	for i, e := range routes {
		if e.out != nil && e.out.Gateway != t.Gateway {
			k.Violation(foreignAttachment, about(e.resource, e.out.Resource, tableResource(t)),
				"%s leads to %s, which is attached to another gateway than that of %s", e.resource, e.out.Resource, tableName(t))
		}
		for _, other := range routes[:i] {
			switch {
			case other.to != e.to || other.out == e.out:
			case other.static && e.static:
				k.Violation(routeTwice, about(other.resource, e.resource),
					"%s and %s are routes to %s in one table: AWS refuses the second one", other.resource, e.resource, packet.Between(e.to))
			case other.static && e.resource != nil:
				k.Violation(propagationWithoutEffect, about(e.resource, other.resource),
					"%s adds a route to %s that %s overrides: remove one of them", e.resource, packet.Between(e.to), other.resource)
			}
		}
		if e.static && e.out != nil {
			k.checkOnward(t, e)
		}
	}
}

// checkOnward checks that a static route to a VPC that does not have the
// addresses itself finds a route on, in the tables of the attachment's subnets.
func (k *checker) checkOnward(t *network.GatewayTable, e entry) {
	v := e.out.VPC
	if v == nil || slices.ContainsFunc(vpcRanges(v), func(own packet.Range) bool { return own.Overlaps(e.to) }) {
		return
	}
	for _, s := range e.out.Subnets {
		if len(s.Table.Unknown) == 0 && !slices.ContainsFunc(s.Table.Routes, func(r *network.Route) bool { return covers(r, e.to) }) {
			k.Violation(transitEnds, about(e.resource, s.Resource, s.Table.Resource),
				"%s sends %s to %s, where %s has no route for it: the packets end there; add one, or remove this",
				e.resource, packet.Between(e.to), v.Resource, s.Resource)
		}
	}
}

// covers says whether a route takes some of a range.
func covers(r *network.Route, to packet.Range) bool {
	return slices.ContainsFunc(r.Destinations, func(d packet.Range) bool { return d.Overlaps(to) })
}

// checkTransit checks that what one VPC can send to another through a gateway can
// be answered.
func (k *checker) checkTransit() {
	for _, g := range k.TransitGateways {
		meant := meantTables(g)
		for _, a := range g.Attachments {
			if table := meant[a]; table != nil {
				k.Violation(wrongTable, about(a.Association, a.Resource, tableResource(a.Table), table.Resource),
					"%s associates %s with %s, which does not lead to those who lead to it, and %s does, which nobody uses: associate it with that",
					cmp.Or(a.Association, a.Resource), a.Resource, tableName(a.Table), table.Resource)
			}
			for _, b := range g.Attachments {
				if a != b && a.Table != nil && b.Table != nil && meant[a] == nil && meant[b] == nil {
					k.checkReturn(a, b)
				}
			}
		}
	}
}

// meantTables are the tables that attachments were probably to be associated with, nil for
// those that are where they belong: one that nobody uses, and that leads to just those who
// lead to the attachment, where its own does not.
func meantTables(g *network.TransitGateway) map[*network.Attachment]*network.GatewayTable {
	var spare []*network.GatewayTable
	for _, t := range g.Tables {
		if len(t.Unknown)+len(g.Unknown) > 0 {
			return nil
		}
		if len(t.Routes)+len(t.Propagations) > 0 && len(associated(t)) == 0 {
			spare = append(spare, t)
		}
	}
	if len(spare) == 0 {
		return nil
	}
	meant := map[*network.Attachment]*network.GatewayTable{}
	for _, a := range g.Attachments {
		if a.VPC == nil || a.Table == nil || a.Table.Gateway != g || a.Table == g.Default {
			continue
		}
		if at := slices.IndexFunc(spare, func(t *network.GatewayTable) bool { return answers(t, a) }); at >= 0 && !answers(a.Table, a) {
			meant[a] = spare[at]
		}
	}
	return meant
}

// answers says whether a table leads to just those attachments whose tables lead to a.
func answers(t *network.GatewayTable, a *network.Attachment) bool {
	some := false
	for _, b := range a.Gateway.Attachments {
		if b == a {
			continue
		}
		there := false
		if b.Table != nil {
			there, _ = delivers(b.Table, ranges(a), a)
		}
		if back, _ := delivers(t, ranges(b), b); back != there {
			return false
		}
		some = some || there
	}
	return some
}

// checkReturn checks that if a's table reaches b, then b's table reaches a, and
// so with the tables of their VPCs.
func (k *checker) checkReturn(a, b *network.Attachment) {
	if len(a.Table.Unknown)+len(b.Table.Unknown)+len(a.Gateway.Unknown) > 0 {
		return
	}
	if some, _ := delivers(a.Table, ranges(b), b); !some {
		return
	}
	back, all := delivers(b.Table, ranges(a), a)
	if !all && !transits(b.Table, a) {
		what := "no route"
		if back {
			what = "a route to a part only"
		}
		way, add := wayTo(a.Table, b), "propagate it there"
		if a.VPC == nil {
			add = "add static routes there for what is behind it"
		}
		k.Violation(missingReturnRoute, about(tableResource(b.Table), a.Resource, b.Resource, way),
			"%s reaches %s by %s, but there is %s back: %s does not deliver to %s; if the two are not to talk, remove %s, and if they are, %s",
			a.Resource, b.Resource, way, what, tableName(b.Table), a.Resource, way, add)
		return
	}
	k.checkVPCReturn(a, b)
}

// wayTo is what makes a table deliver to an attachment: a route or a propagation.
func wayTo(t *network.GatewayTable, to *network.Attachment) *config.Resource {
	routes := entries(t)
	for _, r := range ranges(to) {
		for _, c := range choose(routes, r) {
			if c.entry != nil && c.entry.out == to {
				return c.entry.resource
			}
		}
	}
	return nil
}

// transits says whether the table sends what is not a's own out of a, as to a
// VPC with a firewall. Its own addresses need no way back then.
func transits(t *network.GatewayTable, a *network.Attachment) bool {
	return a.VPC != nil && slices.ContainsFunc(t.Routes, func(r network.GatewayRoute) bool {
		return r.Attachment == a && !withinVPC(r.Destination, a.VPC)
	})
}

// checkVPCReturn checks that where a VPC sends packets to another one through
// the gateway, that one has a route back in some table.
func (k *checker) checkVPCReturn(a, b *network.Attachment) {
	if a.VPC == nil && b.VPC != nil {
		k.checkReturnToOnPremises(a, b)
		return
	}
	if a.VPC == nil || b.VPC == nil || mayRoute(b.VPC, vpcRanges(a.VPC)) || k.handsOn(a) {
		return
	}
	there := routeThrough(a.VPC, a.Gateway, vpcRanges(b.VPC))
	if there == nil || routeThrough(b.VPC, b.Gateway, vpcRanges(a.VPC)) != nil {
		return
	}
	k.Violation(missingReturnRoute, about(there.Resource, b.VPC.Resource),
		"%s leads to %s, but no route table there has a route back to %s: if the two are not to talk, remove it, and if they are, add one",
		there.Resource, b.VPC.Resource, a.VPC.Resource)
}

// routeThrough is a route of the VPC through the gateway to some of the ranges, nil if
// there is none.
func routeThrough(v *network.VPC, g *network.TransitGateway, to []packet.Range) *network.Route {
	for _, t := range v.Tables {
		for _, r := range t.Routes {
			if r.Target.TransitGateway == g && slices.ContainsFunc(to, func(some packet.Range) bool { return covers(r, some) }) {
				return r
			}
		}
	}
	return nil
}

// mayRoute says whether a table of the VPC may have a route to some of the ranges that is not
// known.
func mayRoute(v *network.VPC, to []packet.Range) bool {
	return slices.ContainsFunc(v.Tables, func(t *network.RouteTable) bool { return len(t.Unknown) > 0 || mayTake(t, to) })
}

// mayTake says whether a route for some of the ranges leads to what is not known.
func mayTake(t *network.RouteTable, to []packet.Range) bool {
	return slices.ContainsFunc(t.Routes, func(r *network.Route) bool {
		return r.Target.Unmodelled && slices.ContainsFunc(to, func(one packet.Range) bool { return covers(r, one) })
	})
}

// checkPeerings checks that peerings are accepted, and have routes both ways.
// https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-routing.html
func (k *checker) checkPeerings() {
	for _, p := range k.Peerings {
		if !p.Accepted {
			k.Violation(peeringNotAccepted, about(p.Resource), "%s is requested, and nobody accepts it: add an accepter in the account of %s",
				p.Resource, p.Accepter.Resource)
		}
		there, back := routeThroughPeering(p.Requester, p), routeThroughPeering(p.Accepter, p)
		switch {
		case there == nil && back == nil:
			k.Note(peeringWithoutRoute, about(p.Resource), "%s connects nothing: no route leads through it", p.Resource)
		case there == nil && mayRoute(p.Requester, vpcRanges(p.Accepter)), back == nil && mayRoute(p.Accepter, vpcRanges(p.Requester)):
		case there == nil:
			k.Violation(missingReturnRoute, about(back.Resource, p.Requester.Resource), "%s leads through %s, but %s has no route back",
				back.Resource, p.Resource, p.Requester.Resource)
		case back == nil:
			k.Violation(missingReturnRoute, about(there.Resource, p.Accepter.Resource), "%s leads through %s, but %s has no route back",
				there.Resource, p.Resource, p.Accepter.Resource)
		}
	}
}

// routeThroughPeering is a route of the VPC through the peering.
func routeThroughPeering(v *network.VPC, p *network.Peering) *network.Route {
	for _, t := range v.Tables {
		for _, r := range t.Routes {
			if r.Target.Peering == p {
				return r
			}
		}
	}
	return nil
}
