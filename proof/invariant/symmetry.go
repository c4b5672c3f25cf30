package invariant

import (
	"fmt"
	"slices"
	"strings"

	"hubspoke/proof/config"
	"hubspoke/proof/network"
	"hubspoke/proof/packet"
	"hubspoke/proof/reach"
)

// What is found here.
var (
	asymmetricPath = catalogue.Add("asymmetric-path",
		"Packets and their answers take different ways: other attachments, peerings or firewalls. A firewall that keeps "+
			"track of connections sees half of each and drops the rest.",
		"Route both directions alike. If the way leads through firewalls of several zones in one VPC, set "+
			"`appliance_mode_support` of that VPC's attachment to `enable`.")
)

// checkSymmetry checks that answers come back through the attachments, peering
// connections and firewalls that the packets went through. A firewall that sees one
// direction drops the rest of the connection:
// https://docs.aws.amazon.com/network-firewall/latest/developerguide/asymmetric-routing.html
//
// Two VPCs that one thing connects have no choice, and are not asked about; nor is what
// lies outside of AWS where nothing stands in the way there.
func (k *checker) checkSymmetry(analysis *reach.Analysis) {
	w := ways{analysis: analysis, firewalls: map[*network.VPC]bool{}, used: map[*network.Subnet]bool{}}
	for _, i := range k.Interfaces {
		w.used[i.Subnet] = true
	}
	for _, v := range k.VPCs {
		if guarded(v) {
			w.firewalls[v] = true
		}
	}
	several := k.connections()
	detours := len(w.firewalls) > 0 || slices.ContainsFunc(k.TransitGateways, detoured)
	subnets := map[*network.VPC][]*network.Subnet{}
	for _, v := range k.VPCs {
		subnets[v] = w.representatives(v)
	}
	for i, a := range k.VPCs {
		if w.firewalls[a] {
			inhabited := slices.DeleteFunc(slices.Clone(a.Subnets), func(s *network.Subnet) bool { return !w.used[s] })
			k.checkWays(w, workloads(inhabited), workloads(inhabited))
		}
		for _, b := range k.VPCs[:i] {
			if detours || several[pair{a, b}]+several[pair{b, a}] > 1 {
				k.checkWays(w, workloads(subnets[b]), workloads(subnets[a]))
			}
		}
		if detours {
			k.checkWays(w, workloads(subnets[a]), beyond)
		}
	}
}

// beyond is what lies outside of AWS.
var beyond = []reach.Place{{Internet: true}, {OnPremises: true}}

func workloads(subnets []*network.Subnet) []reach.Place {
	var all []reach.Place
	for _, s := range subnets {
		all = append(all, reach.Place{Subnet: s})
	}
	return all
}

type pair struct{ a, b *network.VPC }

// connections counts what connects two VPCs by itself: peering connections and
// transit gateways.
func (k *checker) connections() map[pair]int {
	count := map[pair]int{}
	for _, p := range k.Peerings {
		count[pair{p.Requester, p.Accepter}]++
	}
	for _, g := range k.TransitGateways {
		for i, a := range g.Attachments {
			for _, b := range g.Attachments[:i] {
				if a.VPC != nil && b.VPC != nil && a.VPC != b.VPC {
					count[pair{a.VPC, b.VPC}]++
				}
			}
		}
	}
	return count
}

// guarded says whether the VPC has routes through a firewall or a gateway load
// balancer.
func guarded(v *network.VPC) bool {
	return slices.ContainsFunc(v.Tables, func(t *network.RouteTable) bool {
		return slices.ContainsFunc(t.Routes, func(r *network.Route) bool {
			return r.Target.Endpoint != nil && r.Target.Endpoint.Inspects()
		})
	})
}

// detoured says whether a table of the gateway sends a VPC what is not the VPC's own,
// for it to hand on.
func detoured(g *network.TransitGateway) bool {
	return slices.ContainsFunc(g.Attachments, func(a *network.Attachment) bool {
		return slices.ContainsFunc(tables(g), func(t *network.GatewayTable) bool { return transits(t, a) })
	})
}

// ways finds the ways between subnets.
type ways struct {
	analysis  *reach.Analysis
	firewalls map[*network.VPC]bool    // VPCs with routes through one
	used      map[*network.Subnet]bool // subnets with interfaces
}

// representatives are subnets of the VPC, one of those whose packets take the same
// ways. Firewalls have an endpoint in each zone, so that with them zones differ. In
// their VPCs, a subnet counts only if something is known to be there: those of the
// attachment, of the firewall and of NAT gateways lie on the way, and have none.
func (w ways) representatives(v *network.VPC) []*network.Subnet {
	var all []*network.Subnet
	seen := map[string]bool{}
	for _, s := range v.Subnets {
		if w.firewalls[v] && !w.used[s] {
			continue
		}
		var does []string
		for _, r := range s.Table.Routes {
			does = append(does, r.Text+" to "+kind(r.Target))
		}
		slices.Sort(does)
		key := fmt.Sprintf("%p %s", s.ACL, strings.Join(does, ", "))
		if len(w.firewalls) > 0 {
			key += " in " + s.Zone
		}
		if !seen[key] {
			seen[key] = true
			all = append(all, s)
		}
	}
	return all
}

// checkWays checks the ways between places: those of two VPCs, or of one and what lies
// outside. One example is enough.
func (k *checker) checkWays(w ways, from, to []reach.Place) {
	for _, a := range from {
		for _, b := range to {
			if a.Subnet == b.Subnet {
				continue
			}
			// The ways of one direction are those of the other, turned round, but where it
			// matters who begins: at NAT gateways, and with what is not connected in one.
			for _, q := range [][2]reach.Place{{a, b}, {b, a}} {
				found, connected := w.asymmetry(q[0], q[1])
				if found != nil {
					k.asymmetric(q[0], q[1], found)
					return
				}
				if connected && b.Subnet != nil {
					break
				}
			}
		}
	}
}

// asymmetric records that answers come back another way, and where the ways part.
func (k *checker) asymmetric(from, to reach.Place, found *reach.Asymmetry) {
	there, passed := passes(found.Forward)
	back, passedBack := passes(found.Return)
	resources := append(append(append(resourcesOf(from), resourcesOf(to)...), passed...), passedBack...)
	k.Violation(asymmetricPath, about(resources...),
		"%s reaches %s %s, and the answers come back %s%s: a firewall on the way would see half of the connection; route both directions alike",
		placeName(from), placeName(to), there, back, turn(found.Return))
}

func resourcesOf(p reach.Place) []*config.Resource {
	if p.Subnet == nil {
		return nil
	}
	return []*config.Resource{p.Subnet.Resource}
}

func placeName(p reach.Place) string {
	switch {
	case p.Internet:
		return "the internet"
	case p.OnPremises:
		return "what is on-premises"
	}
	return p.Subnet.Resource.String()
}

// turn names the route that leads answers to a firewall's endpoint, "" if none does.
func turn(way []reach.Hop) string {
	route := ""
	for _, h := range way {
		switch {
		case h.Kind == reach.RouteTableHop && h.Rule != nil:
			route = h.Rule.String()
		case h.Kind == reach.FirewallHop && route != "":
			return ", where " + route + " leads them to the " + strings.TrimSuffix(h.Text, unlooked)
		}
	}
	return ""
}

// unlooked is how the text of a firewall's hop ends.
const unlooked = ", whose rules are not looked at"

// connections are asked about TCP alone: which way a packet goes depends on its
// addresses only.
var connections = packet.Set{packet.All.With(packet.Protocol, packet.One(packet.TCP))}

// asymmetry is packets from one place to another whose answers come back another
// way, nil if there are none. If none are delivered, the two are not connected.
func (w ways) asymmetry(from, to reach.Place) (found *reach.Asymmetry, connected bool) {
	r := w.analysis.Ask(reach.Query{From: from, To: to, Packets: connections})
	if r.Ever.Empty() {
		return nil, false
	}
	if all := r.Asymmetries(); len(all) > 0 {
		return &all[0], true
	}
	return nil, true
}

// passes names what a way passes between the subnets.
func passes(way []reach.Hop) (text string, passed []*config.Resource) {
	kinds := []reach.HopKind{reach.AttachmentHop, reach.PeeringHop, reach.FirewallHop, reach.EndpointHop, reach.InternetGatewayHop, reach.VPNGatewayHop}
	for _, hop := range way {
		if slices.Contains(kinds, hop.Kind) && hop.Resource != nil {
			passed = append(passed, hop.Resource)
		}
	}
	if len(passed) == 0 {
		return "directly", nil
	}
	return "through " + names(passed), passed
}
