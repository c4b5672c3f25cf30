package reach

import (
	"hubspoke/proof/network"
	"hubspoke/proof/packet"
)

// origin is where the packets of a query start.
type origin struct {
	flood     *Flood
	addresses []packet.Range
	// entrance is the gateway that the packets come in by, if they come from outside.
	entrance *step
	// closed says why nothing comes in there, if so, and unsure why that is not certain.
	closed, unsure string
	// home says whether what arrives at the location comes back to the origin.
	home func(Location) bool
}

// origins are the places where the packets of the query start. There are several
// for what comes from outside of AWS, and none where there is no way in.
func (a *Analysis) origins(q Query) []origin {
	addresses := a.addresses(q.From)
	if s := q.From.subnet(); s != nil {
		return []origin{{
			flood: a.FromSubnet(s, q.From.public()), addresses: addresses,
			home: func(l Location) bool { return l.Subnet == s },
		}}
	}
	var origins []origin
	to := q.To.subnet()
	switch {
	case q.From.Internet && to != nil:
		o := origin{flood: a.FromEdge(to.VPC), addresses: addresses}
		o.home = func(l Location) bool { return l.Kind == OnInternet && l.VPC == to.VPC }
		switch {
		case to.VPC.InternetGateway == nil:
			o.closed = "the VPC has no internet gateway"
		case !q.To.public():
			o.closed = "the receiver has no public address"
		}
		o.unsure = maybePublic(q.To)
		if to.VPC.InternetGateway != nil {
			o.entrance = &step{kind: InternetGatewayHop, gateway: to.VPC.InternetGateway}
		}
		origins = append(origins, o)
	case q.From.OnPremises:
		outside := func(l Location) bool { return l.Kind == Outside }
		if to != nil {
			if entrance := virtualPrivateGateway(to.VPC); entrance != nil {
				origins = append(origins, origin{
					flood: a.FromEdge(to.VPC), addresses: addresses, home: outside, entrance: entrance,
				})
			}
		}
		for _, gateway := range a.network.TransitGateways {
			for _, attachment := range senders(gateway) {
				from := addresses
				if q.From.Addresses == nil {
					from = external(attachment)
				}
				origins = append(origins, origin{flood: a.FromAttachment(attachment), addresses: from, home: outside})
			}
		}
	}
	return origins
}

// maybePublic says why a place may be reached from the internet though no known route
// leads to an internet gateway, "" if it may not.
func maybePublic(p Place) string {
	tables := []*network.RouteTable{p.subnet().Table}
	switch {
	case p.public():
		tables = p.subnet().VPC.Tables
	case p.Interface != nil || tables[0] == nil:
		return ""
	}
	for _, t := range tables {
		for _, r := range t.Routes {
			if r.Target.MaybeInternet {
				return r.Target.Unknown
			}
		}
	}
	return ""
}

// senders are the attachments of a gateway through which what is outside of AWS comes in.
// The gateway takes nothing from one without a route table, such as a VPN that stands by:
// those count if there are no others.
func senders(g *network.TransitGateway) []*network.Attachment {
	var associated, idle []*network.Attachment
	for _, a := range g.Attachments {
		switch {
		case a.VPC != nil:
		case a.Table == nil && len(g.Unknown) == 0:
			idle = append(idle, a)
		default:
			associated = append(associated, a)
		}
	}
	if len(associated) == 0 {
		return idle
	}
	return associated
}

// external are the ranges behind an attachment without a VPC: anything, unless
// routes name them.
func external(a *network.Attachment) []packet.Range {
	if len(a.External) > 0 {
		return a.External
	}
	return []packet.Range{packet.Addresses}
}

// virtualPrivateGateway is the way into the VPC from what is on-premises: its own
// gateway, or what a route of it leads to; nil for none.
func virtualPrivateGateway(v *network.VPC) *step {
	for _, t := range v.Tables {
		for _, r := range t.Routes {
			if r.Target.OnPremises != nil {
				return &step{kind: VPNGatewayHop, gateway: r.Target.OnPremises, id: r.Target.ID}
			}
		}
	}
	if v.VPNGateway != nil {
		return &step{kind: VPNGatewayHop, gateway: v.VPNGateway}
	}
	return nil
}

// sent are the packets of the query that start at the origin.
func (o origin) sent(a *Analysis, q Query) packet.Set {
	ports := q.SourcePorts
	if ports == (packet.Range{}) {
		ports = EphemeralPorts
	}
	asked := make(packet.Set, len(protocols))
	for i, b := range protocols {
		if b[packet.SourcePort] == connections {
			b[packet.SourcePort] = ports
		}
		asked[i] = b
	}
	if q.Packets != nil {
		asked = asked.Intersect(q.Packets)
	}
	var ends packet.Set
	for _, from := range disjoint(o.addresses) {
		for _, to := range disjoint(a.addresses(q.To)) {
			ends = append(ends, packet.All.With(packet.Source, from).With(packet.Destination, to))
		}
	}
	return asked.Intersect(ends)
}

// connections marks the protocols that have connections from a port to another.
var connections = packet.Range{Low: 1, High: 0}

// protocols are all protocols, those with ports apart.
var protocols = []packet.Box{
	packet.All.With(packet.Protocol, packet.One(packet.TCP)).With(packet.SourcePort, connections),
	packet.All.With(packet.Protocol, packet.One(packet.UDP)).With(packet.SourcePort, connections),
	packet.All.With(packet.Protocol, packet.Range{Low: 0, High: packet.TCP - 1}),
	packet.All.With(packet.Protocol, packet.Range{Low: packet.TCP + 1, High: packet.UDP - 1}),
	packet.All.With(packet.Protocol, packet.Range{Low: packet.UDP + 1, High: packet.Protocols.High}),
}

// answered are the packets of the protocols that do nothing without an answer.
var answered = packet.Set{
	packet.All.With(packet.Protocol, packet.One(packet.TCP)),
	packet.All.With(packet.Protocol, packet.One(packet.UDP)),
}

// delivery is packets that arrive, and the ways of their answers.
type delivery struct {
	flow flow
	// answered are those of which an answer comes back, or that need none.
	answered packet.Set
	entrance *step
	groups   groupCheck
	// returns are, for each stage of the flow, the ways back over it.
	returns [][]wayBack
}

// wayBack is answers on their way over one stage.
type wayBack struct {
	flow     flow
	entrance *step
}

// stop is packets that are stopped, and why.
type stop struct {
	flow     flow
	entrance *step
	// back is set where the flow is of answers.
	back   *answerStage
	group  *groupStop
	reason string
}

// answers is what becomes of the answers to what arrived.
type answers struct {
	// ever is answered by some choice of AWS, or needs no answer.
	ever packet.Set
	// not is what is not always answered.
	not         []packet.Set
	unknown     packet.Set
	returns     [][]wayBack
	stops, gaps []stop
}

// answers follows the answers from where the packets arrived to where they came
// from, NAT gateway by NAT gateway: each takes answers back on itself. Groups do not
// matter, they remember connections; network ACLs and route tables do not.
// https://docs.aws.amazon.com/vpc/latest/userguide/security-group-connection-tracking.html
func (a *Analysis) answers(to Place, s origin, o *Outcome, f flow) answers {
	connected, free := f.split(answered)
	result := answers{ever: connected.original}
	stages := connected.stages()
	result.returns = make([][]wayBack, len(stages))
	for i := len(stages) - 1; i >= 0 && !connected.empty(); i-- {
		var flood *Flood
		var entrance *step
		if i == len(stages)-1 {
			flood, entrance = a.answering(to, o)
		} else {
			flood = a.flood(start{subnet: stages[i+1].gateway.Subnet, handed: true})
		}
		home := s.home
		if gateway := stages[i].gateway; gateway != nil {
			home = func(l Location) bool { return l.Subnet == gateway.Subnet }
		}
		stage := answerStage{
			answers: &result, sent: connected.original, packets: stages[i].packets, index: i, entrance: entrance,
		}
		stage.follow(flood, home)
	}
	result.ever = free.original.Union(result.ever)
	return result
}

// answering is the flood of who answers, and how the answers come in.
func (a *Analysis) answering(to Place, o *Outcome) (*Flood, *step) {
	switch l := o.At; {
	case l.Kind == InSubnet:
		return a.FromSubnet(l.Subnet, to.public()), nil
	case l.Kind == Outside && l.Attachment != nil:
		return a.FromAttachment(l.Attachment), nil
	case l.Kind == AtService:
		return a.FromEdge(l.VPC), &step{kind: EndpointHop, endpoint: l.Endpoint}
	case l.Kind == OnInternet:
		return a.FromEdge(l.VPC), &step{kind: InternetGatewayHop, gateway: l.Gateway}
	default:
		return a.FromEdge(l.VPC), &step{kind: VPNGatewayHop, gateway: l.Gateway}
	}
}

// answerStage is one stage of the way back.
type answerStage struct {
	*answers
	sent     packet.Set // in the sender's terms
	packets  packet.Set // as they are in the stage
	index    int
	entrance *step
}

// follow sorts the answers by whether they come home, untranslated: an answer from
// another address belongs to no connection.
func (s answerStage) follow(flood *Flood, home func(Location) bool) {
	replies := s.packets.Reply()
	missing := replies
	var good packet.Set
	for o, f := range flood.toward(replies) {
		missing = missing.Subtract(f.original)
		if o.kind == arrived && f.translation == nil && home(o.At) {
			good = good.Union(f.original)
			s.returns[s.index] = append(s.returns[s.index], wayBack{f, s.entrance})
			continue
		}
		sent := s.original(f.original)
		s.not = append(s.not, sent)
		back := stop{flow: f, entrance: s.entrance, back: &s, reason: o.reason}
		switch {
		case o.kind == unknown:
			s.unknown = s.unknown.Union(sent)
			s.gaps = append(s.gaps, back)
			continue
		case o.kind == arrived && f.translation != nil:
			back.reason = "the answer leaves by a NAT gateway, so that it comes from another address than it should"
		case o.kind == arrived:
			back.reason = "the answer arrives at " + o.At.String() + " instead"
		}
		s.stops = append(s.stops, back)
	}
	if !missing.Empty() {
		s.not = append(s.not, s.original(missing))
		s.stops = append(s.stops, stop{
			flow: flow{original: missing, seen: missing}, entrance: s.entrance, back: &s, reason: "no answer comes from there",
		})
	}
	s.ever = s.ever.Intersect(s.original(good))
}

// original is what was sent that these answer.
func (s answerStage) original(replies packet.Set) packet.Set {
	packets := replies.Reply()
	if s.index > 0 {
		packets = keys(packets)
	}
	return s.sent.Intersect(packets)
}
