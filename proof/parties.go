package proof

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"hubspoke/proof/config"
	"hubspoke/proof/intent"
	"hubspoke/proof/network"
	"hubspoke/proof/packet"
	"hubspoke/proof/reach"
)

// place is an end of a connection under the name by which people know it.
type place struct {
	reach.Place
	// party is the name, zone the zone that it is in, if any.
	party, zone string
}

// name is what people call the place.
func (p place) name() string {
	if p.zone == "" {
		return p.party
	}
	return p.party + " in " + p.zone
}

// where is what a place is a part or a kind of: network interfaces, the workloads
// of a subnet, or one of the places without a subnet.
type where struct {
	iface   *network.Interface
	subnet  *network.Subnet
	outside string           // `internet`, `on-premises` or a service
	handed  *config.Resource // an API or an endpoint service
}

func (p place) where() where {
	outside := p.Service
	if p.Internet {
		outside = "internet"
	} else if p.OnPremises {
		outside = "on-premises"
	}
	var handed *config.Resource
	if p.API != nil {
		handed = p.API.Resource
	} else if p.EndpointService != nil {
		handed = p.EndpointService.Resource
	}
	return where{p.Interface, p.Subnet, outside, handed}
}

// same says whether two places are the same, down to addresses and groups.
func (p *place) same(q *place) bool {
	// Nearly all are of different subnets.
	return p.Subnet == q.Subnet && p.Interface == q.Interface && p.where() == q.where() && slices.Equal(p.Addresses, q.Addresses) && slices.Equal(p.Groups, q.Groups)
}

// subnet is where the place is, nil outside of VPCs.
func (p *place) subnet() *network.Subnet {
	if p.Interface != nil {
		return p.Interface.Subnet
	}
	return p.Subnet
}

// places are all places that the names of parties stand for. A name that stands
// for none is an error.
func (p *Proof) places(parties intent.Parties) ([]place, error) {
	var lists [][]place
	number := 0
	for _, text := range parties {
		party, err := p.names.Party(text)
		if err != nil {
			return nil, err
		}
		found, ok := p.found[text]
		if !ok {
			found = p.find(party)
			p.found[text] = found
		}
		if p.demanding && party.Account == "*" {
			found = slices.DeleteFunc(slices.Clone(found), func(f place) bool { return p.transit[f.subnet().VPC] })
		}
		if len(found) == 0 {
			return nil, fmt.Errorf("%s matches nothing: %s", text, p.suggestions(party))
		}
		lists = append(lists, found)
		number += len(found)
	}
	all, seen := make([]place, 0, number), make(map[where]bool, number)
	for i := range lists {
		for j := range lists[i] {
			f := &lists[i][j]
			at := f.where()
			if !seen[at] || !slices.ContainsFunc(all, func(p place) bool { return p.same(f) }) {
				seen[at] = true
				all = append(all, *f)
			}
		}
	}
	return all, nil
}

// find are the places of one party.
func (p *Proof) find(party intent.Party) []place {
	switch party.Kind {
	case intent.PartyInternet:
		return []place{{Place: reach.Place{Internet: true}, party: "internet"}}
	case intent.PartyOnPremises:
		if !p.hasOnPremises() {
			return nil
		}
		return []place{{Place: reach.Place{OnPremises: true}, party: "on-premises"}}
	case intent.PartyService:
		return []place{{Place: reach.Place{Service: party.Name}, party: party.Name}}
	case intent.PartyRange:
		return p.rangePlaces(party)
	case intent.PartyAccount, intent.PartyTier:
		match := func(s *network.Subnet) bool {
			return p.belongs(s.VPC, party.Account) && (party.Kind == intent.PartyAccount || s.Tier == party.Name)
		}
		places := append(p.workloads(match), p.withAddresses(match)...)
		if len(places) == 0 && party.Name == string(intent.PartyAPI) {
			return p.handedPlaces(intent.Party{Kind: intent.PartyAPI, Account: party.Account})
		}
		return places
	case intent.PartyGroup:
		return p.groupPlaces(party)
	case intent.PartyResolver:
		return p.resolvers(party)
	case intent.PartyAPI, intent.PartyEndpointService:
		return p.handedPlaces(party)
	}
	var places []place
	for _, i := range p.network.Interfaces {
		if p.belongs(i.VPC, party.Account) && i.Kind == interfaceKinds[party.Kind] && (party.Name == "" || i.Name == party.Name) {
			places = append(places, p.interfacePlace(i))
		}
	}
	return places
}

// interfaceKinds are the kinds of interfaces by the words of intents.
var interfaceKinds = map[intent.PartyKind]network.InterfaceKind{
	intent.PartyNodes:        network.Nodes,
	intent.PartyControlPlane: network.ControlPlane,
	intent.PartyInstance:     network.Instance,
	intent.PartyEndpoint:     network.EndpointAddress,
	intent.PartyResolver:     network.ResolverAddress,
	intent.PartyDatabase:     network.DatabaseInstance,
	intent.PartyLoadBalancer: network.LoadBalancer,
}

// account is the name of the VPC's account, or its number if it has none.
func (p *Proof) account(v *network.VPC) string {
	if name := p.accounts[v.Account]; name != "" {
		return name
	}
	return v.Account
}

// partyWords are the words of intents by the kinds of interfaces.
var partyWords = invert(interfaceKinds)

func invert(kinds map[intent.PartyKind]network.InterfaceKind) map[network.InterfaceKind]string {
	words := map[network.InterfaceKind]string{}
	for word, kind := range kinds {
		words[kind] = string(word)
	}
	return words
}

// interfacePlace is an interface that a stack makes.
func (p *Proof) interfacePlace(i *network.Interface) place {
	word := partyWords[i.Kind]
	if word == "" {
		word = string(i.Kind)
	}
	return place{reach.Place{Interface: i}, p.called(i.VPC) + "." + word + "." + i.Name, i.Subnet.Zone}
}

// workload is any workload of a subnet.
func (p *Proof) workload(s *network.Subnet) place {
	return place{reach.Place{Subnet: s}, p.called(s.VPC) + "." + s.Tier, s.Zone}
}

// workloads are the workloads of all subnets that match.
func (p *Proof) workloads(match func(*network.Subnet) bool) []place {
	var places []place
	for _, v := range p.network.VPCs {
		for _, s := range v.Subnets {
			if match(s) {
				places = append(places, p.workload(s))
			}
		}
	}
	return places
}

// withAddresses are what has a public address in a subnet without a route to an internet
// gateway. The gateway hands on what comes to such an address, though no answer finds its
// way back: any workload of that subnet, which has none, says nothing about it.
func (p *Proof) withAddresses(match func(*network.Subnet) bool) []place {
	var places []place
	for _, i := range p.network.Interfaces {
		if i.Public && match(i.Subnet) && !reach.PublicSubnet(i.Subnet) {
			places = append(places, p.interfacePlace(i))
		}
	}
	return places
}

// resolvers are the addresses of inbound resolver endpoints, or of the endpoint
// with the name.
func (p *Proof) resolvers(party intent.Party) []place {
	var places []place
	for _, e := range p.network.ResolverEndpoints {
		if party.Name == "" && !e.Inbound || party.Name != "" && party.Name != e.Resource.Name {
			continue
		}
		for _, i := range e.Interfaces {
			if p.belongs(i.VPC, party.Account) {
				places = append(places, p.interfacePlace(i))
			}
		}
	}
	return places
}

// groupPlaces are workloads that hold a group and no other, in the subnets where it is
// known to be in use or, if it is in use nowhere, in all of its VPC; and what is
// known to hold it, with all its groups.
func (p *Proof) groupPlaces(party intent.Party) []place {
	var places []place
	for _, g := range p.network.Groups {
		if !p.belongs(g.VPC, party.Account) || g.Name != party.Name {
			continue
		}
		used := map[*network.Subnet]bool{}
		for _, i := range p.network.Interfaces {
			if slices.Contains(i.Groups, g) {
				used[i.Subnet] = true
				places = append(places, p.interfacePlace(i))
			}
		}
		for _, s := range g.VPC.Subnets {
			if used[s] || len(used) == 0 {
				places = append(places, place{
					reach.Place{Subnet: s, Groups: []*network.Group{g}},
					p.called(g.VPC) + ".group." + g.Name, s.Zone,
				})
			}
		}
	}
	return places
}

// rangePlaces are the places with addresses of a range: parts of subnets, of the
// internet, and of what is on-premises.
func (p *Proof) rangePlaces(party intent.Party) []place {
	wanted := packet.Prefix(party.Range)
	at := []packet.Range{wanted}
	var places []place
	for _, w := range p.workloads(func(s *network.Subnet) bool { return s.CIDR.Overlaps(party.Range) }) {
		w.Addresses, w.party = at, party.Text+" at "+w.party
		places = append(places, w)
	}
	if slices.ContainsFunc(network.Internet, wanted.Overlaps) {
		places = append(places, place{Place: reach.Place{Internet: true, Addresses: at}, party: party.Text})
	}
	// What is neither in a VPC nor public can only be on-premises.
	outside := at
	for _, r := range network.Internet {
		outside = packet.Without(outside, r)
	}
	for _, v := range p.network.VPCs {
		for _, cidr := range v.CIDRs {
			outside = packet.Without(outside, packet.Prefix(cidr))
		}
	}
	if len(outside) > 0 && p.hasOnPremises() {
		places = append(places, place{Place: reach.Place{OnPremises: true, Addresses: at}, party: party.Text + " on-premises"})
	}
	return places
}

// hasOnPremises says whether anything leads out of AWS but to the internet.
func (p *Proof) hasOnPremises() bool {
	if len(p.config.All("aws_vpn_gateway")) > 0 {
		return true
	}
	for _, g := range p.network.TransitGateways {
		if slices.ContainsFunc(g.Attachments, func(a *network.Attachment) bool { return a.VPC == nil }) {
			return true
		}
	}
	for _, v := range p.network.VPCs {
		if v.VPNGateway != nil {
			return true
		}
		for _, t := range v.Tables {
			if slices.ContainsFunc(t.Routes, func(r *network.Route) bool { return r.Target.OnPremises != nil }) {
				return true
			}
		}
	}
	return false
}

// suggestions says what a party could have been.
func (p *Proof) suggestions(party intent.Party) string {
	found := map[string]bool{}
	what := "those there are"
	switch party.Kind {
	case intent.PartyOnPremises:
		return "no VPN, Direct Connect or virtual private gateway is in the stacks"
	case intent.PartyTier, intent.PartyAccount:
		what = "the tiers there are"
		for _, v := range p.network.VPCs {
			for _, s := range v.Subnets {
				if p.belongs(v, party.Account) {
					found[s.Tier] = true
				}
			}
		}
	case intent.PartyGroup:
		what = "the groups there are"
		for _, g := range p.network.Groups {
			if p.belongs(g.VPC, party.Account) {
				found[g.Name] = true
			}
		}
	case intent.PartyResolver:
		for _, e := range p.network.ResolverEndpoints {
			if !e.Inbound && e.VPC != nil && p.belongs(e.VPC, party.Account) {
				return e.Resource.String() + " is there, and is outbound: an inbound endpoint answers queries"
			}
			if e.VPC != nil && p.belongs(e.VPC, party.Account) {
				found[e.Resource.Name] = true
			}
		}
	case intent.PartyAPI, intent.PartyEndpointService:
		for _, at := range p.handedPlaces(intent.Party{Kind: party.Kind, Account: party.Account}) {
			found[at.where().handed.Name] = true
		}
	default:
		for _, i := range p.network.Interfaces {
			if p.belongs(i.VPC, party.Account) && i.Kind == interfaceKinds[party.Kind] {
				found[i.Name] = true
			}
		}
	}
	if len(found) == 0 {
		return "no stack here makes one"
	}
	return what + ": " + strings.Join(slices.Sorted(maps.Keys(found)), ", ")
}
