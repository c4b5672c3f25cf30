package reach

import (
	"fmt"
	"slices"
	"strings"

	"hubspoke/proof/network"
	"hubspoke/proof/packet"
)

// Handed is what relays do with the connections of a place: from an API, or to what is
// behind an endpoint service. The packets that arrive are those of the last relay.
type Handed struct {
	// Always are the packets that are opened at the receiver's whatever AWS chooses, as far
	// as their ports go, and Ever says that some may come by a choice.
	Always packet.Set
	Ever   bool
	// Private says that whatever arrives passes the endpoint of an endpoint service.
	Private bool
	// Unknown is why it cannot be told, "" if it can.
	Unknown string
	// Why says what stops it, if anything does. Path leads to where that is, or to the end.
	Why  string
	Path []Hop
}

// IsHanded says whether packets between two places are about relays alone.
func IsHanded(from, to Place) bool {
	return from.API != nil || from.EndpointService != nil || to.API != nil || to.EndpointService != nil
}

// MayHand finds out whether anything at all comes from a place to another, of which
// [IsHanded] holds.
func (a *Analysis) MayHand(q Query) Handed {
	if why := unhandled(q); why != "" {
		return Handed{Unknown: why}
	}
	packets := q.Packets
	if packets == nil {
		packets = packet.Set{packet.All}
	}
	if q.To.API != nil {
		var ever, unknown bool
		if !packets.Intersect(https).Empty() && !slices.Contains(q.From.Past, q.To.API) {
			ever, unknown = a.calls(q.From, q.To.API)
			for _, c := range a.carriers(q) { // to one of its endpoints, by another relay
				if c.relay.API == q.To.API && c.previous != nil {
					ever, unknown = ever || !c.unsure, unknown || c.unsure
				}
			}
		}
		h := Handed{Ever: ever, Why: q.To.API.Closed, Path: []Hop{apiHop(q.To.API)}}
		if unknown && !ever {
			h.Unknown = "whether " + name(q.To.API.Resource) + " is called from there is not known"
		}
		return h
	}
	h := Handed{Why: "nothing that is reached from there leads on to it"}
	for _, c := range a.carriers(q) {
		ever, unknown := false, false
		if q.To.EndpointService == nil {
			ever, unknown = c.delivers(a, q.To, packets)
		} else if c.serves(q.To.EndpointService) && (c.way == nil || !packets.Intersect(toTCP(packet.One(c.way.Port))).Empty()) {
			ever, unknown = !c.unsure, c.unsure
		}
		switch {
		case ever:
			return Handed{Ever: true, Path: c.hops()}
		case unknown:
			h.Unknown, h.Path = name(c.relay.Resource)+" may lead there: what it does with connections is not known", c.hops()
		}
	}
	return h
}

// unhandled is why nothing is said about two places, "" if something is.
func unhandled(q Query) string {
	switch {
	case q.From.EndpointService != nil && (q.To.Internet || q.To.Service != "" || q.To.API != nil || q.To.EndpointService != nil || q.To.OnPremises):
		return "what targets of " + name(q.From.EndpointService.Resource) + " call is not looked at"
	case q.From.API != nil && q.From.API.Unknown != "":
		return name(q.From.API.Resource) + ": " + q.From.API.Unknown
	case q.From.API != nil && (q.To.Internet || q.To.Service != "" || q.To.API != nil || q.To.OnPremises):
		return "what an API calls past its links is not looked at"
	}
	return ""
}

// serves says whether what comes to a carrier comes to the load balancers of a service.
func (c *carrier) serves(s *network.EndpointService) bool {
	return serves(c.relay, s)
}

func serves(r *network.Relay, s *network.EndpointService) bool {
	return r.Service == s || slices.ContainsFunc(r.From, func(i *network.Interface) bool { return slices.Contains(s.Balancers, i) })
}

func (c *carrier) hops() []Hop {
	if c == nil {
		return nil
	}
	return append(c.previous.hops(), relayHop(c.relay, c.way))
}

// Hand finds out what comes from a place to another whatever AWS chooses, of which
// [IsHanded] holds.
func (a *Analysis) Hand(q Query) Handed {
	if why := unhandled(q); why != "" {
		return Handed{Unknown: why}
	}
	if q.To.API != nil {
		return a.call(q)
	}
	best := Handed{Why: "no relay that is reached from there leads to it"}
	if api := q.From.API; api != nil {
		best = Handed{Why: "no route of it leads there", Path: []Hop{apiHop(api)}}
	}
	if q.From.EndpointService != nil {
		best = Handed{Why: "its load balancer is not known to lead there"}
	}
	for i := range a.network.Relays {
		relay := &a.network.Relays[i]
		begins := q.From.begins(relay)
		if q.From.relays() && !begins || relay.API != nil && !begins {
			continue
		}
		for _, way := range ways(relay) {
			one := Handed{}
			if !begins {
				if way == nil || q.To.EndpointService == nil || !serves(relay, q.To.EndpointService) {
					continue
				}
				one = a.legs([]Place{q.From}, packet.One(way.Port), relay.From, q.SourcePorts)
				if why := a.refused([]Place{q.From}, relay, packet.One(way.Port)); why != "" {
					one.Why = why
				}
			}
			if one.Why == "" && one.Unknown == "" {
				one = one.then(a.hand(q, relay, way, nil))
			}
			if !one.Always.Empty() {
				return one
			}
			if len(one.Path) > len(best.Path) || best.Path == nil {
				best = one
			}
		}
	}
	return best
}

// relays says whether the place opens connections as relays alone, and begins whether one of
// those is among them.
func (p Place) relays() bool { return p.API != nil || p.EndpointService != nil }

func (p Place) begins(r *network.Relay) bool {
	return p.API != nil && r.API == p.API || p.EndpointService != nil && r.Service == nil && serves(r, p.EndpointService)
}

// call is what comes to an API.
func (a *Analysis) call(q Query) Handed {
	h := Handed{Path: []Hop{apiHop(q.To.API)}}
	switch {
	case q.To.API.Closed != "":
		h.Why = q.To.API.Closed
	case q.To.API.Private && !(q.From.Internet && q.To.API.Anybody):
		h.Why = "it is private, and no endpoint that its policy admits is reached from there"
		if q.From.Internet && q.To.API.MayAnybody || len(q.To.API.MayEntrances) > 0 {
			h.Unknown = "which endpoints the policy of " + name(q.To.API.Resource) + " admits is not known"
		}
		for _, e := range q.To.API.Entrances {
			leg := a.legs([]Place{q.From}, packet.One(443), a.interfacesOf(e), q.SourcePorts)
			if leg.Why == "" && leg.Unknown == "" {
				return Handed{Always: https, Path: append(leg.Path, h.Path...)}
			}
			h.Why, h.Unknown = leg.Why, leg.Unknown
		}
	case q.From.Internet:
		h.Always = https
	default:
		// It is called at its public name, from where that leads.
		answer := a.Ask(Query{From: q.From, To: Place{Internet: true}, Packets: https, SourcePorts: q.SourcePorts})
		if !answer.Sent.Empty() && answer.Sent.Subtract(answer.Always).Empty() {
			h.Always = https
		} else {
			h.Why = "the internet, where it is called, is not reached from there"
		}
	}
	return h
}

// then is what a later part of the way makes of an earlier one.
func (h Handed) then(next Handed) Handed {
	next.Path = append(slices.Clone(h.Path), next.Path...)
	return next
}

// hand follows what a relay makes of connections, by one of its ways.
func (a *Analysis) hand(q Query, relay *network.Relay, way *network.Way, before []*network.Relay) Handed {
	h := Handed{Path: []Hop{relayHop(relay, way)}, Private: relay.Service != nil}
	switch {
	case q.To.EndpointService != nil && way != nil && serves(relay, q.To.EndpointService):
		h.Always = toTCP(packet.One(way.Port))
		return h
	case way == nil:
		h.Unknown = "where " + name(relay.Resource) + " leads is not known"
		return h
	case slices.Contains(before, relay):
		h.Why = "it goes in a circle"
		return h
	}
	// The receiver is one of those that it is told of.
	for _, b := range way.Backends {
		if q.To.Interface == nil || !slices.Contains(b.Interfaces, q.To.Interface) {
			continue
		}
		leg := a.opened(relay, b, []*network.Interface{q.To.Interface})
		leg.Always, leg.Private = toTCP(b.Ports), h.Private
		if leg.Why != "" || leg.Unknown != "" {
			leg.Always = nil
		}
		return h.then(leg)
	}
	// Else each leads on to it.
	if len(way.Backends) == 0 {
		h.Why = "it has no targets"
		return h
	}
	private := true
	var last Handed
	for _, b := range way.Backends {
		if last = a.onward(q, relay, b, append(slices.Clone(before), relay)); last.Always.Empty() {
			return h.then(last)
		}
		private = private && last.Private
	}
	last.Private = h.Private || private
	return h.then(last)
}

// onward follows one backend of a relay, where that is another relay.
func (a *Analysis) onward(q Query, relay *network.Relay, b network.Backend, before []*network.Relay) Handed {
	if len(b.Interfaces) == 0 {
		return Handed{Why: fmt.Sprintf("no interface of these stacks has the address %s", b.Address)}
	}
	best := Handed{Why: name(b.Resource) + " leads to " + name(b.Interfaces[0].Resource) + ", which does not lead there"}
	for i := range a.network.Relays {
		next := &a.network.Relays[i]
		if slices.ContainsFunc(b.Interfaces, func(i *network.Interface) bool { return !slices.Contains(next.From, i) }) {
			continue
		}
		for _, way := range ways(next) {
			if way != nil && (way.Port < b.Ports.Low || b.Ports.High < way.Port) {
				continue
			}
			one := a.opened(relay, b, b.Interfaces)
			if why := a.refused(exits(relay), next, b.Ports); why != "" {
				one.Why = why
			}
			if one.Why == "" && one.Unknown == "" {
				one = one.then(a.hand(q, next, way, before))
			}
			if !one.Always.Empty() {
				return one
			}
			if len(one.Path) > len(best.Path) {
				best = one
			}
		}
	}
	return best
}

// refused is why groups of the load balancer behind an endpoint do not let in what comes to
// it from some places, "" if they do.
func (a *Analysis) refused(from []Place, endpoint *network.Relay, ports packet.Range) string {
	if endpoint.Admitted == nil {
		return ""
	}
	for _, f := range from {
		for _, source := range a.addresses(f) {
			sent := toTCP(ports).Intersect(packet.Set{packet.All.With(packet.Source, source)})
			if !sent.Subtract(*endpoint.Admitted).Empty() {
				return fmt.Sprintf("the security groups of %s, which apply to what comes by an endpoint, do not admit %s", name(endpoint.To[0].Resource), packet.Between(source))
			}
		}
	}
	return ""
}

// exits are the places where a relay opens connections.
func exits(r *network.Relay) []Place {
	var all []Place
	for _, exit := range r.To {
		all = append(all, Place{Interface: exit})
	}
	return all
}

// opened is the way of what a relay opens, to some of a backend's interfaces.
func (a *Analysis) opened(relay *network.Relay, b network.Backend, to []*network.Interface) Handed {
	return a.legs(exits(relay), b.Ports, to, packet.Range{})
}

// legs is the way from every one of some places to every one of some interfaces, at all of some
// ports.
func (a *Analysis) legs(from []Place, to packet.Range, interfaces []*network.Interface, ports packet.Range) Handed {
	var h Handed
	if len(from) == 0 || len(interfaces) == 0 {
		return Handed{Why: "it has no network interface"}
	}
	for _, f := range from {
		for _, i := range interfaces {
			if f.Interface == i {
				continue
			}
			answer := &Result{analysis: a, recorded: &record{}, query: Query{From: f, To: Place{Interface: i}, Packets: toTCP(to), SourcePorts: ports}}
			answer.direct()
			missing := answer.Sent.Subtract(answer.Always)
			switch {
			case missing.Empty() && !answer.Sent.Empty():
				if paths := answer.Paths(); h.Path == nil && len(paths) > 0 {
					h.Path = paths[0].Forward
				}
				continue
			case !answer.Sent.Empty() && missing.Subtract(answer.Unknown).Empty():
				return Handed{Unknown: "whether it reaches " + name(i.Resource) + " is not known" + reasons(answer.Unproven())}
			}
			stopped := Handed{Why: "it does not reach " + name(i.Resource) + reasons(answer.Blocked())}
			if blocks := answer.Blocked(); len(blocks) > 0 {
				stopped.Path = blocks[0].Path
			}
			return stopped
		}
	}
	return h
}

func reasons(blocks []Block) string {
	if len(blocks) == 0 {
		return ""
	}
	return ": " + blocks[0].Reason
}

// relayHop is a relay as a stage of a path.
func relayHop(r *network.Relay, way *network.Way) Hop {
	h := Hop{Kind: BalancerHop, Resource: r.Resource, Text: "load balancer " + short(r.Resource)}
	switch {
	case r.API != nil:
		h = apiHop(r.API)
	case r.Service != nil:
		h.Kind, h.Text = PrivateEndpointHop, "endpoint "+short(r.Resource)+" of the service "+short(r.Service.Resource)
	}
	if way != nil {
		h.Rule = way.Resource
		h.Text += ", by " + strings.TrimPrefix(way.Resource.Address(), "aws_")
	}
	return h
}

func apiHop(api *network.API) Hop {
	return Hop{Kind: APIHop, Resource: api.Resource, Text: "API " + short(api.Resource)}
}

// Senders are the interfaces that pass on what an API sends, or an endpoint service takes, as
// far as that is known.
func (a *Analysis) Senders(from Place) []*network.Interface {
	var all []*network.Interface
	for _, c := range a.carriers(Query{From: from}) {
		if !c.unsure && c.relay.API == nil { // endpoints of private APIs are everybody's
			all = append(all, c.relay.From...)
		}
		if !c.unsure {
			all = append(all, c.relay.To...)
		}
	}
	return all
}
