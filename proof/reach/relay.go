package reach

import (
	"slices"

	"hubspoke/proof/network"
	"hubspoke/proof/packet"
)

// relayed adds to the result what others may carry for the sender, in connections of
// their own: to where the stacks say that they lead, and anywhere where they do not say so.
// That they carry what the sender wants is decided by what runs behind them, which the
// model does not know.
func (r *Result) relayed() {
	r.exposed()
	to := r.query.To
	if !r.Forward.Empty() || r.Sent.Empty() || to.Internet || to.Service != "" {
		return
	}
	for _, c := range r.analysis.carriers(r.query) {
		if ever, unknown := c.delivers(r.analysis, to, r.query.Packets); ever || unknown {
			r.doubt(r.Sent, name(c.relay.Resource)+" opens connections for others, and reaches the receiver: whether it does for the sender is not known")
			return
		}
	}
}

// carrier is a relay that the sender's connections, or those that are opened for it, come to.
type carrier struct {
	relay *network.Relay
	// way is what becomes of them, nil where that is not known.
	way *network.Way
	// unsure says that it is not certain that anything comes there.
	unsure bool
	// previous is the relay that leads there, nil for the sender itself.
	previous *carrier
}

// ways are the ways of a relay; one that is nil if they are not known.
func ways(r *network.Relay) []*network.Way {
	if !r.Known {
		return []*network.Way{nil}
	}
	all := make([]*network.Way, len(r.Ways))
	for i := range r.Ways {
		all[i] = &r.Ways[i]
	}
	return all
}

// carriedFrom are the carriers of a sender, who is mostly asked about with one receiver after
// another.
type carriedFrom struct {
	from  Place
	ports packet.Range
	all   []*carrier
}

// carriers are the relays that anything of the query's sender may come to, each by every
// way of its, and once. The receiver matters to that only if it is of a relay itself.
func (a *Analysis) carriers(q Query) []*carrier {
	ofRelay := q.To.Interface != nil && slices.ContainsFunc(a.network.Relays, func(r network.Relay) bool { return slices.Contains(r.From, q.To.Interface) })
	if ofRelay {
		return a.findCarriers(q)
	}
	if l := a.lastCarried; l == nil || l.ports != q.SourcePorts || !l.from.same(q.From) {
		a.lastCarried = &carriedFrom{q.From, q.SourcePorts, a.findCarriers(q)}
	}
	return a.lastCarried.all
}

// same says whether two places are the same in all that matters.
func (p Place) same(o Place) bool {
	return p.Interface == o.Interface && p.Subnet == o.Subnet && p.Internet == o.Internet && p.Service == o.Service && p.OnPremises == o.OnPremises &&
		p.API == o.API && p.EndpointService == o.EndpointService && slices.Equal(p.Past, o.Past) && slices.Equal(p.PastServices, o.PastServices) &&
		slices.Equal(p.Without, o.Without) && slices.Equal(p.Groups, o.Groups) && (p.Addresses == nil) == (o.Addresses == nil) && slices.Equal(p.Addresses, o.Addresses)
}

func (a *Analysis) findCarriers(q Query) []*carrier {
	type visit struct {
		relay  *network.Relay
		way    *network.Way
		unsure bool
	}
	var found []*carrier
	seen := map[visit]bool{}
	enter := func(previous *carrier, from Place, only *network.Backend, ports packet.Range) {
		for i := range a.network.Relays {
			relay := &a.network.Relays[i]
			if q.From.past(relay) {
				continue
			}
			for _, way := range ways(relay) {
				unsure := way == nil || previous != nil && previous.unsure
				if seen[visit{relay, way, unsure}] || seen[visit{relay, way, false}] {
					continue
				}
				ever, unknown := a.enters(from, q.To, relay, way, only, ports)
				if ever || unknown {
					unsure = unsure || !ever
					seen[visit{relay, way, unsure}] = true
					found = append(found, &carrier{relay, way, unsure, previous})
				}
			}
		}
	}
	enter(nil, q.From, nil, q.SourcePorts)
	for i := 0; i < len(found); i++ {
		c := found[i]
		for _, exit := range c.relay.To {
			if c.way == nil {
				enter(c, Place{Interface: exit}, nil, packet.Range{})
				continue
			}
			for j := range c.way.Backends {
				enter(c, Place{Interface: exit}, &c.way.Backends[j], packet.Range{})
			}
		}
	}
	return found
}

// enters says whether connections from a place come to a relay by one of its ways: to its
// interfaces, or, of a backend alone, to those of them that are the backend's.
func (a *Analysis) enters(from, receiver Place, relay *network.Relay, way *network.Way, only *network.Backend, ports packet.Range) (ever, unknown bool) {
	switch {
	case from.relays():
		return from.begins(relay), false
	case relay.API != nil && !relay.API.Private && only != nil:
		return false, false
	case relay.API != nil && only == nil:
		return a.calls(from, relay.API)
	case relay.API != nil && relay.API.Closed != "":
		return false, false
	}
	packets := packet.Set{packet.All}
	if way != nil {
		packets = toTCP(packet.One(way.Port))
	}
	if only != nil {
		packets = packets.Intersect(toTCP(only.Ports))
	}
	if relay.Admitted != nil {
		packets = packets.Intersect(*relay.Admitted)
	}
	if packets.Empty() {
		return false, false
	}
	for _, i := range relay.From {
		if i == from.Interface || i == receiver.Interface || only != nil && !only.MayBe(i) {
			continue
		}
		e, u := a.carried(Query{From: from, To: Place{Interface: i}, Packets: packets, SourcePorts: ports})
		ever, unknown = ever || e, unknown || u
	}
	return ever, unknown
}

// calls says whether a place reaches an API: the internet does, and whoever gets there. One
// that is private is reached at its endpoints, and at endpoints that anybody makes, if its policy
// admits those.
func (a *Analysis) calls(from Place, api *network.API) (ever, unknown bool) {
	if api.Closed != "" {
		return false, false
	}
	if api.Private {
		for _, e := range api.Entrances {
			is, may := a.enterable(from, e)
			ever, unknown = ever || is, unknown || may
		}
		for _, e := range api.MayEntrances {
			is, may := a.enterable(from, e)
			unknown = unknown || is || may
		}
		if !api.Anybody && !api.MayAnybody {
			return ever, unknown
		}
		is, may := a.onInternet(from)
		return ever || is && api.Anybody, unknown || is || may
	}
	return a.onInternet(from)
}

// enterable says whether a place reaches an endpoint of AWS.
func (a *Analysis) enterable(from Place, e *network.Endpoint) (ever, unknown bool) {
	for _, i := range a.interfacesOf(e) {
		if i != from.Interface {
			is, may := a.carried(Query{From: from, To: Place{Interface: i}, Packets: https})
			ever, unknown = ever || is, unknown || may
		}
	}
	return ever, unknown
}

// interfacesOf are the interfaces of an endpoint.
func (a *Analysis) interfacesOf(e *network.Endpoint) []*network.Interface {
	return slices.DeleteFunc(slices.Clone(a.network.Interfaces), func(i *network.Interface) bool { return i.Resource != e.Resource })
}

// onInternet says whether a place is on the internet, or gets there.
func (a *Analysis) onInternet(from Place) (ever, unknown bool) {
	switch {
	case from.Internet || from.OnPremises:
		return true, false
	}
	return a.carried(Query{From: from, To: Place{Internet: true}, Packets: https})
}

func toTCP(ports packet.Range) packet.Set {
	return packet.Set{packet.All.With(packet.Protocol, packet.One(packet.TCP)).With(packet.DestinationPort, ports)}
}

// delivers says whether a carrier opens connections to the place, and whether it may.
func (c *carrier) delivers(a *Analysis, to Place, packets packet.Set) (ever, unknown bool) {
	if packets == nil {
		packets = packet.Set{packet.All}
	}
	for _, exit := range c.relay.To {
		if exit == to.Interface {
			continue
		}
		if c.way == nil {
			e, u := a.carried(Query{From: Place{Interface: exit}, To: to, Packets: packets})
			unknown = unknown || e || u
			continue
		}
		for _, b := range c.way.Backends {
			if opened := packets.Intersect(toTCP(b.Ports)); c.told(b, to) && !opened.Empty() {
				e, u := a.carried(Query{From: Place{Interface: exit}, To: to, Packets: opened})
				ever, unknown = ever || e, unknown || u
			}
		}
	}
	if c.unsure {
		return false, ever || unknown
	}
	return ever, unknown
}

// past says whether what the place sends by a relay is not its own.
func (p Place) past(r *network.Relay) bool {
	return r.API != nil && slices.Contains(p.Past, r.API) ||
		slices.ContainsFunc(p.PastServices, func(s *network.EndpointService) bool { return serves(r, s) })
}

// told says whether a backend of the carrier's may be at the place. Of the workloads that may
// run in a subnet, it is one of those that do, unless it comes through an endpoint service:
// that is offered to whom it admits and accepts, and is a party by itself.
func (c *carrier) told(b network.Backend, to Place) bool {
	if to.Interface != nil {
		return b.MayBe(to.Interface)
	}
	if to.Subnet == nil {
		return false
	}
	if b.Subnet == to.Subnet {
		return to.Addresses == nil || slices.ContainsFunc(to.Addresses, packet.One(packet.Address(b.Address)).Overlaps)
	}
	if b.Group != nil && slices.Contains(to.Groups, b.Group) {
		return true
	}
	if to.Addresses == nil && (len(to.Groups) > 0 || c.offered()) {
		return false
	}
	return slices.ContainsFunc(b.Interfaces, func(i *network.Interface) bool {
		if to.Addresses == nil {
			return i.Subnet == to.Subnet && i.Kind != network.EndpointAddress && i.Kind != network.LoadBalancer
		}
		return i.Subnet == to.Subnet && slices.ContainsFunc(to.Addresses, i.Addresses.Overlaps)
	})
}

// offered says whether what comes to the carrier has passed an endpoint of an endpoint service.
func (c *carrier) offered() bool {
	return c != nil && (c.relay.Service != nil || c.previous.offered())
}

// mayRelay says whether anything may come to the place past the sender's own ways.
func (a *Analysis) mayRelay(to *Place) bool {
	return len(a.network.Relays) > 0 || to.Interface != nil && len(to.Interface.Exposed) > 0
}

// carries says whether any packet may arrive without a relay.
func (a *Analysis) carries(q Query) bool {
	ever, unknown := a.carried(q)
	return ever || unknown
}

// carried says whether any packet arrives without a relay, and whether any may.
func (a *Analysis) carried(q Query) (ever, unknown bool) {
	r := &Result{analysis: a, query: q}
	r.direct()
	r.exposed()
	return !r.Forward.Empty(), !r.Unknown.Empty()
}

var https = toTCP(packet.One(443))

// exposed is what may come to the public endpoint of a cluster, or by one of AWS's services: from the internet, and
// from whoever reaches the internet, whose address there is not known.
func (r *Result) exposed() {
	to := r.query.To.Interface
	if to == nil || len(to.Exposed) == 0 {
		return
	}
	packets := r.Sent.Intersect(https)
	if to.Kind == network.LoadBalancer { // by the link of a REST API, to whichever listener
		packets = r.Sent.Intersect(toTCP(packet.Ports))
	}
	if r.query.From.Internet {
		var from packet.Set
		for _, e := range disjoint(to.Exposed) {
			from = append(from, packet.All.With(packet.Source, e))
		}
		packets = packets.Intersect(from)
	} else if to.Kind == network.ConnectEndpoint {
		// People come by it, wherever they sit: what they are let do is IAM's, and not the network's.
		return
	} else if !r.query.From.OnPremises && !r.analysis.carries(Query{From: r.query.From, To: Place{Internet: true}, Packets: https}) {
		return
	}
	r.doubt(packets, name(to.Resource)+" has a public endpoint, by which these come in past the VPC")
}

// doubt adds packets of which the model cannot tell.
func (r *Result) doubt(packets packet.Set, why string) {
	if packets.Empty() {
		return
	}
	r.Unknown = r.Unknown.Union(packets).Simplify()
	r.recorded.gap(stop{flow: flow{original: packets, seen: packets}, reason: why})
}
