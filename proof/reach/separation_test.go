package reach

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"hubspoke/proof/network"
	"hubspoke/proof/packet"
)

// crosses says whether routes of gateways lead a packet for one address from a VPC to
// another, and whether that cannot be told, one table after the other.
func (m *simulator) crosses(from, to *network.VPC, address uint32) (joined, unknown bool) {
	open, seen := []*network.VPC{from}, []*network.VPC{from}
	var entered []*network.Attachment
	for ; len(open) > 0; open = open[1:] {
		at := open[0]
		masked := at == from || slices.ContainsFunc(at.Tables, func(t *network.RouteTable) bool {
			return slices.ContainsFunc(t.Routes, func(r *network.Route) bool { return r.Target.NAT != nil })
		})
		for _, t := range append(slices.Clone(at.Tables), at.Main) {
			if len(t.Unknown) > 0 {
				unknown = true
				continue
			}
			target, found := m.lookUp(&network.Subnet{VPC: at, Table: t}, address)
			if !found || !masked {
				continue
			}
			if p := target.Peering; p != nil && (p.Requester == to && p.Accepter == at || p.Accepter == to && p.Requester == at) {
				joined = true
			}
			unknown = unknown || target.OnPremises != nil
		}
		for _, g := range m.network.TransitGateways {
			for _, a := range g.Attachments {
				if a.VPC != at || a.Table == nil || slices.Contains(entered, a) {
					continue
				}
				entered = append(entered, a)
				if len(a.Table.Unknown) > 0 {
					unknown = true
					continue
				}
				for _, out := range chosen(a.Table, address) {
					switch {
					case out == nil:
					case out.VPC == nil:
						unknown = true
					case out.VPC == to:
						joined = true
					case !slices.Contains(seen, out.VPC):
						seen, open = append(seen, out.VPC), append(open, out.VPC)
					}
				}
			}
		}
	}
	return joined, unknown
}

// Whole ranges fare as each of their addresses does.
func TestSeparationAgreesWithSingleAddresses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawNetwork(t)
		from, to := d.drawSubnet("from").VPC, d.drawSubnet("to").VPC
		if from == to {
			return
		}
		var joined, unknown bool
		for _, address := range edges(somewheres(), packet.Prefix(to.CIDRs[0])) {
			one, lost := d.simulator().crosses(from, to, address)
			joined, unknown = joined || one, unknown || lost
		}
		got := Of(&d.Model).Separated(from, to)
		if got.Joined != joined || !joined && (got.Unknown != "") != unknown {
			t.Errorf("ranges say %+v, single addresses %t %t", got, joined, unknown)
		}
		if (got.Joined || got.Unknown != "") && len(got.Way) == 0 && got.Unknown == "" {
			t.Error("there is a way, and nobody says which")
		}
	})
}

// What is said about a way past firewalls is so in its example, and where nothing is said,
// every example passes them both ways.
func TestWhatABypassSaysIsSoForItsExample(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawNetwork(t)
		from, to := d.drawEnd("from"), d.drawTo()
		r := Of(&d.Model).Ask(Query{From: from, To: to})
		by := r.Bypassed(FirewallHop)
		met := func(way []Hop) []string {
			var all []string
			for _, h := range way {
				if h.Kind == FirewallHop {
					all = append(all, h.Resource.Name)
				}
			}
			return all
		}
		if by == nil {
			for _, p := range r.Paths() {
				if len(met(p.Forward)) == 0 {
					t.Errorf("a path passes no firewall: %v", p.Forward)
				}
				if home := met(p.Return); len(p.Return) > 0 && len(home) == 0 {
					t.Errorf("answers pass no firewall: %v", p.Return)
				}
			}
			return
		}
		if there := met(by.Forward); !by.Back && len(there) > 0 {
			t.Errorf("it is said to pass no firewall, and passes %v", there)
		}
		if by.Back && !by.Other && len(met(by.Return)) > 0 {
			t.Errorf("the answers are said to pass no firewall, and pass %v", met(by.Return))
		}
	})
}
