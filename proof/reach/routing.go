package reach

import (
	"cmp"
	"slices"

	"hubspoke/proof/network"
	"hubspoke/proof/packet"
)

// routing is a route table as sets: which route takes which packets. Every packet
// is taken by one route or none; by several only where AWS may choose.
type routing[R comparable] struct {
	routes []routed[R]
	// none is what no route takes.
	none packet.Set
}

type routed[R comparable] struct {
	route   R
	packets packet.Set
}

// candidate is a destination of a route. Smaller ranges come first, and then
// those of a lower rank.
type candidate[R comparable] struct {
	route       R
	destination packet.Range
	rank        int
}

func (c candidate[R]) compare(d candidate[R]) int {
	size := func(r packet.Range) uint32 { return r.High - r.Low }
	return cmp.Or(cmp.Compare(size(c.destination), size(d.destination)), cmp.Compare(c.rank, d.rank))
}

// route puts candidates in order: the longest prefix wins.
func route[R comparable](candidates []candidate[R]) *routing[R] {
	slices.SortStableFunc(candidates, candidate[R].compare)
	left := []packet.Range{packet.Addresses}
	taken := map[R][]packet.Range{}
	var order []R // of the routes in taken
	for len(candidates) > 0 {
		equals := 1
		for equals < len(candidates) && candidates[0].compare(candidates[equals]) == 0 {
			equals++
		}
		rest := left
		for _, c := range candidates[:equals] {
			if _, ok := taken[c.route]; !ok {
				order = append(order, c.route)
			}
			taken[c.route] = append(taken[c.route], packet.Common(left, []packet.Range{c.destination})...)
			rest = packet.Without(rest, c.destination)
		}
		left, candidates = rest, candidates[equals:]
	}
	r := &routing[R]{none: destinedTo(left)}
	for _, route := range order {
		if ranges := disjoint(taken[route]); len(ranges) > 0 {
			r.routes = append(r.routes, routed[R]{route, destinedTo(ranges)})
		}
	}
	return r
}

// local is the route of every table to the VPC's own ranges, which has no resource.
var local = &network.Route{Text: "local", Target: network.Target{Local: true}}

// routing of a VPC's route table: the longest prefix wins, whether local or not,
// and a route for exactly the VPC's range replaces the local one.
// https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html
// https://docs.aws.amazon.com/vpc/latest/userguide/RouteTables.html#route-table-routes
func (a *Analysis) routing(t *network.RouteTable) *routing[*network.Route] {
	if r, ok := a.routes[t]; ok {
		return r
	}
	const replaced, own = 0, 1
	var candidates []candidate[*network.Route]
	for _, r := range t.Routes {
		for _, destination := range r.Destinations {
			candidates = append(candidates, candidate[*network.Route]{r, destination, replaced})
		}
	}
	for _, cidr := range t.VPC.CIDRs {
		candidates = append(candidates, candidate[*network.Route]{local, packet.Prefix(cidr), own})
	}
	r := route(candidates)
	a.routes[t] = r
	return r
}

// gatewayRouting is a transit gateway's route table as sets.
type gatewayRouting struct {
	*routing[gatewayRoute]
	// unknown says why the table is not known, if it is not.
	unknown string
}

// gatewayRoute is a static route, or one that an attachment propagates.
type gatewayRoute struct {
	static      *network.GatewayRoute
	propagation *network.Propagation
}

// attachment is where the route leads, nil for a blackhole.
func (r gatewayRoute) attachment() *network.Attachment {
	switch {
	case r.propagation != nil:
		return r.propagation.Attachment
	case r.static.Blackhole:
		return nil
	}
	return r.static.Attachment
}

// gatewayRouting of a table: the longest prefix wins, then static routes.
// https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html#tgw-route-evaluation-overview
func (a *Analysis) gatewayRouting(t *network.GatewayTable) *gatewayRouting {
	if r, ok := a.tables[t]; ok {
		return r
	}
	const static, propagated = 0, 1
	result := &gatewayRouting{}
	var candidates []candidate[gatewayRoute]
	for i := range t.Routes {
		r := &t.Routes[i]
		candidates = append(candidates, candidate[gatewayRoute]{gatewayRoute{static: r}, r.Destination, static})
	}
	for i := range t.Propagations {
		p := &t.Propagations[i]
		ranges := p.Attachment.External
		if p.Attachment.VPC != nil {
			for _, cidr := range p.Attachment.VPC.CIDRs {
				ranges = append(ranges, packet.Prefix(cidr))
			}
		} else if len(ranges) == 0 {
			result.unknown = "what " + name(p.Attachment.Resource) + " announces is not known"
		}
		for _, r := range ranges {
			candidates = append(candidates, candidate[gatewayRoute]{gatewayRoute{propagation: p}, r, propagated})
		}
	}
	if len(t.Unknown) > 0 {
		result.unknown = t.Unknown[0].String()
	}
	result.routing = route(candidates)
	a.tables[t] = result
	return result
}

// direction is one side of a network ACL.
type direction struct {
	acl    *network.ACL
	egress bool
}

func (d direction) rules() []network.ACLRule {
	if d.egress {
		return d.acl.Egress
	}
	return d.acl.Ingress
}

// box is the packets that a rule is about.
func (d direction) box(r network.ACLRule) packet.Box {
	peer := packet.Source
	if d.egress {
		peer = packet.Destination
	}
	return r.Traffic.Box().With(peer, r.Peer)
}

// allowed is the packets that the rules let through: the first rule that matches
// decides, and what no rule matches is denied.
// https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html
func (a *Analysis) allowed(d direction) packet.Set {
	if s, ok := a.acls[d]; ok {
		return s
	}
	var allowed packet.Set
	d.each(func(r *network.ACLRule, taken packet.Set) {
		if r != nil && r.Allow {
			allowed = allowed.Union(taken)
		}
	})
	allowed = allowed.Simplify()
	a.acls[d] = allowed
	return allowed
}

// each calls do with every rule and the packets that it decides about, and with
// nil and those that no rule matches.
func (d direction) each(do func(r *network.ACLRule, taken packet.Set)) {
	left := packet.Set{packet.All}
	for i, r := range d.rules() {
		match := packet.Set{d.box(r)}
		do(&d.rules()[i], left.Intersect(match))
		left = left.Subtract(match)
	}
	do(nil, left)
}
