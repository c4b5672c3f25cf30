package reach

import (
	"slices"

	"hubspoke/proof/network"
	"hubspoke/proof/packet"
)

// relayed adds to the result what others may carry for the sender, in connections of
// their own. Which they do is decided by what they are told to, which the model does not
// know: nothing that they might carry is proven to stay out.
func (r *Result) relayed() {
	r.exposed()
	to := r.query.To
	if !r.Forward.Empty() || r.Sent.Empty() || to.Internet || to.Service != "" {
		return
	}
	left := slices.Clone(r.analysis.network.Relays)
	reached := []Place{r.query.From}
	for len(reached) > 0 {
		from := reached[0]
		reached = reached[1:]
		for i := 0; i < len(left); i++ {
			relay := left[i]
			if !r.reaches(from, relay.From) {
				continue
			}
			left = slices.Delete(left, i, i+1)
			i--
			for _, exit := range relay.To {
				if exit != to.Interface && r.analysis.carries(Query{From: Place{Interface: exit}, To: to, Packets: r.query.Packets}) {
					r.doubt(r.Sent, name(relay.Resource)+" opens connections for others, and reaches the receiver: whether it does for the sender is not known")
					return
				}
				reached = append(reached, Place{Interface: exit})
			}
		}
	}
}

// mayRelay says whether anything may come to the place past the sender's own ways.
func (a *Analysis) mayRelay(to *Place) bool {
	return len(a.network.Relays) > 0 || to.Interface != nil && len(to.Interface.Exposed) > 0
}

// reaches says whether the sender reaches any of the interfaces. It does so for itself
// in no way that matters.
func (r *Result) reaches(from Place, interfaces []*network.Interface) bool {
	return slices.ContainsFunc(interfaces, func(i *network.Interface) bool {
		return i != from.Interface && i != r.query.To.Interface && r.analysis.carries(Query{From: from, To: Place{Interface: i}, SourcePorts: r.query.SourcePorts})
	})
}

// carries says whether any packet may arrive without a relay.
func (a *Analysis) carries(q Query) bool {
	r := &Result{analysis: a, query: q}
	r.direct()
	r.exposed()
	return !r.Forward.Empty() || !r.Unknown.Empty()
}

var https = packet.Set{packet.All.With(packet.Protocol, packet.One(packet.TCP)).With(packet.DestinationPort, packet.One(443))}

// exposed is what may come to the public endpoint of a cluster: from the internet, and
// from whoever reaches the internet, whose address there is not known.
func (r *Result) exposed() {
	to := r.query.To.Interface
	if to == nil || len(to.Exposed) == 0 {
		return
	}
	packets := r.Sent.Intersect(https)
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
