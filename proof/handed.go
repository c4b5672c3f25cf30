package proof

import (
	"slices"
	"strings"

	"hubspoke/proof/intent"
	"hubspoke/proof/network"
	"hubspoke/proof/packet"
	"hubspoke/proof/reach"
)

// apiPlace is an API of API Gateway, which is in no VPC.
func (p *Proof) apiPlace(api *network.API) place {
	return place{Place: reach.Place{API: api}, party: p.accountOf(api.Resource.Account) + "." + string(intent.PartyAPI) + "." + api.Resource.Name}
}

// accountOf is the name of an account, or its number if it has none.
func (p *Proof) accountOf(number string) string {
	if name := p.accounts[number]; name != "" {
		return name
	}
	return number
}

// handedPlaces are the APIs, or the endpoint services, of a party. They bear their resources'
// names, which have no hyphens in some people's Terraform, and those of their estates have.
func (p *Proof) handedPlaces(party intent.Party) []place {
	meant := func(at place) bool {
		r := at.where().handed
		return (party.Account == "*" || p.accountOf(r.Account) == party.Account) && (party.Name == "" || r.Name == party.Name || r.Name == strings.ReplaceAll(party.Name, "-", "_"))
	}
	var all []place
	if party.Kind == intent.PartyAPI {
		for _, api := range p.network.APIs {
			all = append(all, p.apiPlace(api))
		}
	} else {
		for _, s := range p.network.EndpointServices {
			all = append(all, place{Place: reach.Place{EndpointService: s}, party: p.accountOf(s.Resource.Account) + "." + string(party.Kind) + "." + s.Resource.Name})
		}
	}
	return slices.DeleteFunc(all, func(at place) bool { return !meant(at) })
}

// handed is the case of a sender and a receiver of which relays alone lead from one to the
// other: those that are asked for arrive, by their ports, whatever AWS chooses.
func (p *Proof) handed(q reach.Query, via []intent.Waypoint) Case {
	h := p.analysis.Hand(q)
	c := Case{Status: Violated, Path: hops(h.Path), Answer: "stopped: " + h.Why}
	switch missing := asked(q.Packets).Subtract(h.Always); {
	case h.Unknown != "":
		c.Status, c.Answer = Unproven, h.Unknown
	case h.Always.Empty():
	case len(asked(q.Packets)) > 0 && !missing.Empty():
		c.Answer, c.partly = "what arrives there is "+ports(h.Always)+" alone", !asked(q.Packets).Intersect(h.Always).Empty()
	case slices.ContainsFunc(via, func(w intent.Waypoint) bool { return w != intent.ViaPrivateEndpoint || !h.Private }):
		at := slices.IndexFunc(via, func(w intent.Waypoint) bool { return w != intent.ViaPrivateEndpoint || !h.Private })
		c.Answer = "it arrives, but not by " + string(via[at])
	default:
		c.Status, c.Answer, c.Packets = Proven, "it arrives, in connections of the last of these", ports(h.Always)
	}
	return c
}

// asked are the packets that an intent names by their ports, nil if it names none. A relay
// takes and opens connections on ports of its own, and those are meant then.
func asked(packets packet.Set) packet.Set {
	if slices.ContainsFunc(packets, func(b packet.Box) bool { return b[packet.DestinationPort] == packet.Ports }) {
		return nil
	}
	return packets
}

// ports are packets of relays without their addresses, which are the relays' own.
func ports(packets packet.Set) string {
	return strings.ReplaceAll(text(packets), "0.0.0.0/0 -> 0.0.0.0/0 ", "")
}

// notHanded is the case of a sender and a receiver between whom no relay is to carry anything.
func (p *Proof) notHanded(q reach.Query) Case {
	h := p.analysis.MayHand(q)
	switch {
	case h.Ever:
		return Case{Status: Violated, Answer: "it arrives, in connections of the last of these", Path: hops(h.Path)}
	case h.Unknown != "":
		return Case{Status: Unproven, Answer: h.Unknown, Path: hops(h.Path)}
	}
	return Case{Status: Proven, Answer: "stopped: " + h.Why, Path: hops(h.Path)}
}

// withRelays are senders with the interfaces that pass on what their APIs send, and what comes by
// their endpoint services. What such an interface opens is theirs, if nobody else reaches it:
// that is asked about everybody else.
func (p *Proof) withRelays(from []place) []place {
	all := slices.Clone(from)
	for _, f := range from {
		if f.API == nil && f.EndpointService == nil {
			continue
		}
		for _, i := range p.analysis.Senders(f.Place) {
			if !slices.ContainsFunc(all, func(o place) bool { return o.Interface == i }) {
				all = append(all, p.interfacePlace(i))
			}
		}
	}
	return all
}

// past is a place that sends nothing by the APIs and endpoint services of some senders.
func (p place) past(from []place) place {
	for _, f := range from {
		if f.API != nil {
			p.Past = append(p.Past, f.API)
		}
		if f.EndpointService != nil {
			p.PastServices = append(p.PastServices, f.EndpointService)
		}
	}
	return p
}
