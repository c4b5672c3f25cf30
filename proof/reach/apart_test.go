package reach

import (
	"testing"

	"pgregory.net/rapid"

	"hubspoke/proof/network"
	"hubspoke/proof/packet"
)

// Where gateways are said to keep two VPCs apart, no packet gets from one to the other,
// though nothing else is in its way.
func TestWhatGatewaysSeparateIsNotReachedWithoutACLs(t *testing.T) {
	var apart, joined int
	rapid.Check(t, func(t *rapid.T) {
		d := drawNetwork(t)
		for _, v := range d.VPCs {
			for _, s := range v.Subnets {
				s.ACL = nil
			}
		}
		if d.chance(2, "a second gateway") {
			d.drawSecondGateway()
		}
		a := Of(&d.Model)
		for _, from := range d.VPCs {
			for _, to := range d.VPCs {
				if from == to || overlap(from, to) {
					continue
				}
				found := a.Separated(from, to)
				if found.Joined {
					joined++
					if len(found.Way) == 0 {
						t.Errorf("a way without hops from %s to %s", from.Resource, to.Resource)
					}
				}
				if found.Joined || found.Unknown != "" {
					continue
				}
				apart++
				for _, s := range from.Subnets {
					for _, r := range to.Subnets {
						result := a.Ask(Query{From: Place{Subnet: s}, To: Place{Subnet: r}, SourcePorts: packet.Ports})
						if !result.Forward.Empty() {
							t.Fatalf("%s and %s are said to be apart, and %s gets through: %v", from.Resource, to.Resource, result.Forward, result.Paths()[0].Forward)
						}
					}
				}
			}
		}
	})
	if apart == 0 || joined == 0 {
		t.Errorf("%d pairs were apart and %d joined, which says nothing", apart, joined)
	}
}

func overlap(v, w *network.VPC) bool {
	for _, a := range v.CIDRs {
		for _, b := range w.CIDRs {
			if a.Overlaps(b) {
				return true
			}
		}
	}
	return false
}

// drawSecondGateway attaches some VPCs to another transit gateway too.
func (d *drawn) drawSecondGateway() {
	g, target := d.transitGateway()
	table := d.gatewayTable(g, "second")
	for _, v := range d.VPCs {
		if d.chance(3, "not attached to the second gateway") {
			continue
		}
		d.attach(g, "second_"+v.Resource.Name, table, v.Subnets[0])
		for _, s := range v.Subnets {
			to := draw(d, "destination", []string{"0.0.0.0/0", "10.1.0.0/26", "10.2.0.0/26", "10.3.0.0/26", "10.2.0.16/28"})
			if !d.routed(s, to) && d.chance(2, "a route to the second gateway") {
				d.route(s, to, target)
			}
		}
	}
	for _, a := range g.Attachments {
		if !d.chance(3, "no propagation") {
			d.propagate(table, a)
		}
	}
	if len(g.Attachments) > 0 && d.chance(2, "a default route") {
		d.gatewayRoute(table, "0.0.0.0/0", draw(d, "egress", g.Attachments))
		d.gatewayRoute(table, "10.0.0.0/8", nil)
	}
}
