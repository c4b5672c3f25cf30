// Package reach computes which packets reach which place of a network, forth and
// back, on the model of package network and with sets of packets: exact on the
// model, nothing is sampled.
//
// What is walked: network ACLs, route tables with longest-prefix routing, transit
// gateways with their route tables and zones, peering, NAT, internet and virtual
// private gateways, gateway endpoints, endpoints of firewalls, and security groups
// at the two ends. What a firewall behind an endpoint does with a packet is not
// modelled: it is taken to pass it on. Nor is that connections are limited in time
// or number, what an endpoint's policy says, or what a network outside of AWS
// does: what arrives there is answered.
//
// Where AWS may choose, such as the zone in which a transit gateway hands a packet
// over, all choices are walked. A packet is *always* delivered if no choice stops
// it, and *ever* delivered if one of them delivers it: what must be possible needs
// always, what must not happen needs never.
package reach

import (
	"slices"

	"hubspoke/proof/network"
	"hubspoke/proof/packet"
)

// Analysis answers questions about a network. It remembers what it has computed,
// and is not safe for use by several goroutines.
type Analysis struct {
	network *network.Model

	floods map[start]*Flood
	routes map[*network.RouteTable]*routing[*network.Route]
	tables map[*network.GatewayTable]*gatewayRouting
	acls   map[direction]packet.Set
	groups map[groupDirection]*groupRules
	ranges map[*network.Subnet]packet.Range
	joined map[gatewayVPC]*network.Attachment
	// arrived says of floods where they arrive.
	arrived map[*Flood]*arrivals
	// lastCarried is who was asked about last.
	lastCarried *carriedFrom
	// separations are whether gateways keep two VPCs apart, for [Analysis.Controls].
	separations map[[2]*network.VPC]Separation
}

// Of is an analysis of the network, which must not change any more.
func Of(n *network.Model) *Analysis {
	a := &Analysis{
		network: n,
		floods:  map[start]*Flood{},
		routes:  map[*network.RouteTable]*routing[*network.Route]{},
		tables:  map[*network.GatewayTable]*gatewayRouting{},
		acls:    map[direction]packet.Set{},
		groups:  map[groupDirection]*groupRules{},
		ranges:  map[*network.Subnet]packet.Range{},
		joined:  map[gatewayVPC]*network.Attachment{},
		arrived: map[*Flood]*arrivals{},
	}
	for _, gateway := range n.TransitGateways {
		for _, attachment := range gateway.Attachments {
			if attachment.VPC != nil {
				a.joined[gatewayVPC{gateway, attachment.VPC}] = attachment
			}
		}
	}
	return a
}

type gatewayVPC struct {
	gateway *network.TransitGateway
	vpc     *network.VPC
}

// Place is an end of a connection. Exactly one of Interface, Subnet, Internet,
// Service, OnPremises, API and EndpointService is set.
type Place struct {
	// Interface is a known interface, with its addresses and groups.
	Interface *network.Interface
	// Subnet is any workload that may run in a subnet. It has a public address if
	// the subnet is public, that is if its table has a route to an internet gateway.
	//
	// It may hold any groups of its VPC: *ever* takes those that let the most
	// through, *always* takes none that a rule of the other end asks for.
	Subnet *network.Subnet
	// Without are groups that the workload of a subnet does not hold.
	Without []*network.Group
	// Groups are those that the workload of a subnet holds, if it is known to hold
	// these alone.
	Groups []*network.Group
	// Internet is what has a public address, without the services of AWS.
	Internet bool
	// Service is a service of AWS at its public addresses, through a gateway endpoint
	// or the internet: `s3`. An interface endpoint is an Interface.
	Service string
	// OnPremises is what is behind VPNs, Direct Connect, virtual private gateways and
	// connections that no stack here makes, at addresses that no VPC has.
	OnPremises bool
	// API is an API of API Gateway, and EndpointService what is behind an endpoint service:
	// only relays lead from the one, and to the other: see [Analysis.Handed].
	API             *network.API
	EndpointService *network.EndpointService
	// Past and PastServices are APIs and endpoint services by which the place sends nothing:
	// what comes by those is theirs.
	Past         []*network.API
	PastServices []*network.EndpointService
	// Addresses narrow the place down, where they are set.
	Addresses []packet.Range
}

// Query asks which packets come from a place to another.
type Query struct {
	From, To Place
	// Packets narrow the question down; nil are all packets. What is not from From's
	// addresses to To's is left out.
	Packets packet.Set
	// SourcePorts are the ports that the sender opens connections of TCP and UDP
	// from. The zero value is 1024 to 65535.
	SourcePorts packet.Range
}

// EphemeralPorts are the ports that connections are opened from, by the widest
// range in use: https://docs.aws.amazon.com/vpc/latest/userguide/nacl-ephemeral-ports.html
var EphemeralPorts = packet.Range{Low: 1024, High: 65535}

// Result is the answer to a query. All sets are in the sender's terms, as before
// any translation of addresses.
type Result struct {
	// Sent is what the query asks about.
	Sent packet.Set
	// Always is delivered whatever AWS chooses, and answered. TCP and UDP need an
	// answer, other protocols do not.
	Always packet.Set
	// Ever is delivered and answered by some choice of AWS.
	Ever packet.Set
	// Forward is delivered by some choice of AWS, answered or not: what a prohibition
	// is about.
	Forward packet.Set
	// Unknown are packets of which the model cannot tell. Those in Forward are
	// delivered by some choice nevertheless.
	Unknown packet.Set

	analysis *Analysis
	query    Query
	// recorded is what explains the answer. Most answers are never explained, so that
	// it is made when asked for, by asking again.
	recorded *record
}

// record is what a query came across.
type record struct {
	deliveries  []delivery
	stops, gaps []stop
}

func (r *record) deliver(d delivery) {
	if r != nil {
		r.deliveries = append(r.deliveries, d)
	}
}

func (r *record) stop(s ...stop) {
	if r != nil {
		r.stops = append(r.stops, s...)
	}
}

func (r *record) gap(s ...stop) {
	if r != nil {
		r.gaps = append(r.gaps, s...)
	}
}

// record is what the result's query came across.
func (r *Result) record() *record {
	if r.recorded == nil {
		r.recorded = &record{}
		again := &Result{analysis: r.analysis, query: r.query, recorded: r.recorded}
		again.ask()
	}
	return r.recorded
}

// Ask answers a query.
func (a *Analysis) Ask(q Query) *Result {
	r := &Result{analysis: a, query: q}
	r.ask()
	return r
}

// AskWays answers a query of which the ways are looked at in any case: they are kept as
// they are found.
func (a *Analysis) AskWays(q Query) *Result {
	r := &Result{analysis: a, query: q, recorded: &record{}}
	r.ask()
	return r
}

func (r *Result) ask() {
	r.direct()
	r.relayed()
}

// direct answers without what others carry for the sender.
func (r *Result) direct() {
	for _, s := range r.analysis.origins(r.query) {
		sent := s.sent(r.analysis, r.query)
		if sent.Empty() {
			continue
		}
		r.Sent = r.Sent.Union(sent)
		// Networks outside of AWS know by which of their connections they reach what.
		r.Always = r.Always.Union(r.follow(s, sent))
	}
	r.Ever, r.Forward, r.Unknown = r.Ever.Simplify(), r.Forward.Simplify(), r.Unknown.Simplify()
	r.Always = r.Always.Simplify()
}

// follow adds to the result what becomes of the packets that are sent from one
// origin, and returns those that are always delivered.
func (r *Result) follow(s origin, sent packet.Set) packet.Set {
	switch {
	case s.closed != "" && s.unsure != "":
		r.recorded.gap(stop{flow: flow{original: sent, seen: sent}, entrance: s.entrance, reason: s.unsure})
		r.Unknown = r.Unknown.Union(sent)
		return nil
	case s.closed != "":
		r.recorded.stop(stop{flow: flow{original: sent, seen: sent}, entrance: s.entrance, reason: s.closed})
		return nil
	}
	var delivered packet.Set
	var not []packet.Set
	for o, f := range s.flood.toward(sent) {
		switch {
		case o.kind == dropped:
			r.recorded.stop(stop{flow: f, entrance: s.entrance, reason: o.reason})
			not = append(not, f.original)
		case o.kind == unknown:
			r.recorded.gap(stop{flow: f, entrance: s.entrance, reason: o.reason})
			r.Unknown = r.Unknown.Union(f.original)
			not = append(not, f.original)
		case !r.query.To.at(o.At):
			r.recorded.stop(stop{flow: f, entrance: s.entrance, reason: "it arrives at " + o.At.String() + " instead"})
			not = append(not, f.original)
		default:
			delivered = delivered.Union(f.original)
			not = append(not, r.arrive(s, o, f)...)
		}
	}
	for _, n := range not {
		delivered = delivered.Subtract(n)
	}
	return delivered
}

// arrive lets what comes to the right place through the groups of both ends and
// follows the answers. It returns what is not always delivered.
func (r *Result) arrive(s origin, o *Outcome, f flow) []packet.Set {
	var not []packet.Set
	check := groupCheck{analysis: r.analysis, from: r.query.From, to: r.query.To, path: f.trail, translated: f.translation != nil}
	always, stopped := check.pass(f, true)
	for _, g := range stopped {
		r.recorded.stop(stop{flow: g.flow, entrance: s.entrance, group: &g, reason: g.reason})
		not = append(not, g.flow.original)
	}
	ever := always
	if len(stopped) > 0 {
		ever, stopped = check.pass(f, false)
		for _, g := range stopped {
			if g.unknown != "" {
				r.recorded.gap(stop{flow: g.flow, entrance: s.entrance, group: &g, reason: g.unknown})
				r.Unknown = r.Unknown.Union(g.flow.original)
			}
		}
	}
	if ever.original.Empty() {
		return not
	}
	r.Forward = r.Forward.Union(ever.original)
	back := r.analysis.answers(r.query.To, s, o, ever)
	r.recorded.stop(back.stops...)
	r.recorded.gap(back.gaps...)
	r.Unknown = r.Unknown.Union(back.unknown)
	r.Ever = r.Ever.Union(back.ever)
	r.recorded.deliver(delivery{flow: ever, answered: back.ever, entrance: s.entrance, groups: check, returns: back.returns})
	return append(not, back.not...)
}

// at says whether what arrives at the location is at the place.
func (p Place) at(l Location) bool {
	switch {
	case p.Interface != nil:
		return l.Subnet == p.Interface.Subnet
	case p.Subnet != nil:
		return l.Subnet == p.Subnet
	case p.Internet:
		return l.Kind == OnInternet
	case p.Service != "":
		return l.Kind == OnInternet || l.Kind == AtService && l.Endpoint.Service == p.Service
	case p.OnPremises:
		return l.Kind == Outside
	}
	return false
}

// subnet is where the place is, nil outside of VPCs.
func (p Place) subnet() *network.Subnet {
	if p.Interface != nil {
		return p.Interface.Subnet
	}
	return p.Subnet
}

// public says whether the place has a public address.
func (p Place) public() bool {
	if p.Interface != nil {
		return p.Interface.Public
	}
	return p.Subnet != nil && PublicSubnet(p.Subnet)
}

// PublicSubnet says whether the subnet's route table has a route to an internet
// gateway: https://docs.aws.amazon.com/vpc/latest/userguide/configure-subnets.html#subnet-types
func PublicSubnet(s *network.Subnet) bool {
	return s.Table != nil && slices.ContainsFunc(s.Table.Routes, func(r *network.Route) bool {
		return r.Target.InternetGateway != nil
	})
}

// ranges are the addresses of the place.
func (a *Analysis) addresses(p Place) []packet.Range {
	var ranges []packet.Range
	switch {
	case p.Interface != nil:
		ranges = []packet.Range{p.Interface.Addresses}
	case p.Subnet != nil:
		ranges = []packet.Range{a.cidr(p.Subnet)}
	case p.Internet:
		ranges = internet
	case p.Service != "":
		ranges = []packet.Range{network.ServiceRange(p.Service)}
	case p.OnPremises:
		ranges = a.outside()
	}
	if p.Addresses != nil {
		ranges = packet.Common(ranges, p.Addresses)
	}
	return ranges
}

// outside are the addresses that no VPC has: a network that is connected with VPCs
// has its own, and what pretends to another's is not modelled.
func (a *Analysis) outside() []packet.Range {
	ranges := []packet.Range{packet.Addresses}
	for _, v := range a.network.VPCs {
		for _, cidr := range v.CIDRs {
			ranges = packet.Without(ranges, packet.Prefix(cidr))
		}
	}
	return ranges
}

// internet is the public addresses but for those that stand for services.
var internet = packet.Without(network.Internet, packet.Range{Low: 0xf0000000, High: packet.Addresses.High})

// cidr is the subnet's range.
func (a *Analysis) cidr(s *network.Subnet) packet.Range {
	r, ok := a.ranges[s]
	if !ok {
		r = packet.Prefix(s.CIDR)
		a.ranges[s] = r
	}
	return r
}
