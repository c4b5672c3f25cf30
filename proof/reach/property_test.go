package reach

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"hubspoke/proof/network"
	"hubspoke/proof/packet"
)

type netipPrefix = netip.Prefix

// The random networks have few addresses, so that rules and packets meet.
var (
	somewhere = []string{
		"0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/26", "10.2.0.0/26", "10.3.0.0/26",
		"10.1.0.0/28", "10.1.0.16/28", "10.2.0.0/28", "10.2.0.16/28", "10.3.0.0/28",
		"10.1.0.4/30", "10.2.0.8/29", "203.0.113.0/24", "172.16.0.0/24", "240.0.0.0/24",
	}
	traffics = []packet.Traffic{
		packet.AnyTraffic, packet.AnyTraffic, tcp(0, 65535), tcp(443, 443), tcp(1024, 65535), tcp(1024, 50000),
		{Protocol: packet.One(packet.UDP), Port: packet.Range{Low: 53, High: 53}},
		{Protocol: packet.One(packet.ICMP), Port: packet.Range{Low: 8 << 8, High: 8<<8 | 255}},
		{Protocol: packet.One(50), Port: packet.Ports},
	}
)

// drawn is a random network and what drawing needs.
type drawn struct {
	*plan
	t       *rapid.T
	groups  []*network.Group
	targets []network.Target
	nats    int
}

func (d *drawn) chance(oneIn int, label string) bool {
	return rapid.IntRange(1, oneIn).Draw(d.t, label) == 1
}

func draw[T any](d *drawn, label string, from []T) T { return rapid.SampledFrom(from).Draw(d.t, label) }

func drawNetwork(t *rapid.T) *drawn {
	d := &drawn{plan: newPlan(), t: t}
	vpcs := rapid.IntRange(1, 3).Draw(t, "VPCs")
	for i := 1; i <= vpcs; i++ {
		d.drawVPC(i)
	}
	d.drawGateways()
	for _, v := range d.VPCs {
		for _, s := range v.Subnets {
			d.drawTable(s)
			for _, egress := range []bool{true, false} {
				if s.ACL != nil {
					d.drawACL(s.ACL, egress)
				}
			}
		}
		for i := range 2 {
			g := d.group(v, fmt.Sprint(v.Resource.Name, i))
			d.groups = append(d.groups, g)
		}
	}
	for _, g := range d.groups {
		g.Ingress, g.Egress = d.drawGroupRules("ingress"), d.drawGroupRules("egress")
		if d.chance(12, "a group is not known") {
			g.Unknown = []network.Unknown{{Why: "a rule is not known"}}
		}
	}
	return d
}

func (d *drawn) drawVPC(i int) {
	cidr := fmt.Sprintf("10.%d.0.0/26", i)
	if i == 3 && d.chance(4, "overlap") {
		cidr = "10.2.0.0/26"
	}
	v := d.vpc(fmt.Sprint("v", i), cidr)
	v.Region = draw(d, "region", []string{"one", "one", "other"})
	base := v.CIDRs[0].Addr().As4()
	for j := range rapid.IntRange(1, 3).Draw(d.t, "subnets") {
		base[3] = byte(16 * j)
		zone := draw(d, "zone", []string{"a", "b"})
		s := d.subnet(v, fmt.Sprintf("v%d%d", i, j), netip.PrefixFrom(netip.AddrFrom4(base), 28).String(), zone)
		if d.chance(2, "acl") {
			d.acl(v, s.Resource.Name, s)
		}
		// Each multiplies what the simulator must try.
		if d.nats < 2 && d.chance(2, "nat") {
			d.targets = append(d.targets, d.nat(s, rapid.Bool().Draw(d.t, "public")))
			d.nats++
		}
		if d.chance(2, "firewall") {
			d.targets = append(d.targets, d.firewall(s))
		}
	}
	d.targets = append(d.targets, d.internetGateway(v), d.gatewayEndpoint(v, "s3"),
		network.Target{OnPremises: d.resource("aws_vpn_gateway", v.Resource.Name)})
}

func (d *drawn) drawGateways() {
	g, target := d.transitGateway()
	g.GroupReferences = rapid.Bool().Draw(d.t, "group references")
	d.targets = append(d.targets, target, target, target)
	tables := []*network.GatewayTable{d.gatewayTable(g, "one"), d.gatewayTable(g, "two"), nil}
	for _, v := range d.VPCs {
		byZone := map[string]*network.Subnet{}
		for _, s := range v.Subnets {
			if d.chance(4, "no attachment subnet") {
				continue
			}
			byZone[s.Zone] = s
		}
		var subnets []*network.Subnet
		for _, zone := range []string{"a", "b"} {
			if byZone[zone] != nil {
				subnets = append(subnets, byZone[zone])
			}
		}
		if len(subnets) > 0 {
			a := d.attach(g, v.Resource.Name, draw(d, "association", tables), subnets...)
			a.Appliance = d.chance(3, "appliance mode")
		}
	}
	outside := d.attach(g, "outside", draw(d, "association", tables))
	outside.External = []packet.Range{ranged("172.16.0.0/24")}
	for _, t := range tables[:2] {
		for _, a := range g.Attachments {
			if !d.chance(3, "no propagation") {
				d.propagate(t, a)
			}
		}
		for range rapid.IntRange(0, 2).Draw(d.t, "static routes") {
			destination := draw(d, "destination", somewhere)
			same := func(r network.GatewayRoute) bool { return r.Text == destination }
			if !slices.ContainsFunc(t.Routes, same) {
				d.gatewayRoute(t, destination, draw(d, "target", append(g.Attachments, nil)))
			}
		}
		if d.chance(12, "a gateway table is not known") {
			t.Unknown = []network.Unknown{{Why: "a route is not known"}}
		}
	}
	if len(d.VPCs) > 1 {
		peering := d.peering(d.VPCs[0], d.VPCs[1])
		peering.Peering.Accepted = !d.chance(6, "not accepted")
		d.targets = append(d.targets, peering, peering)
	}
}

// drawTable draws routes, at most one to a destination as AWS has it. Most begin
// with those that networks have, so that packets come far.
func (d *drawn) drawTable(s *network.Subnet) {
	var mine, usual []network.Target
	for _, target := range d.targets {
		switch {
		case target.NAT != nil && target.NAT.Subnet.VPC != s.VPC,
			target.Endpoint != nil && target.Endpoint.VPC != s.VPC,
			target.InternetGateway != nil && target.InternetGateway != s.VPC.InternetGateway:
			if !d.chance(20, "foreign target") {
				continue
			}
		}
		mine = append(mine, target)
		if target.NAT != nil || target.InternetGateway != nil {
			usual = append(usual, target)
		}
		if target.TransitGateway != nil && s.Table.Routes == nil && !d.chance(4, "no route to the transit gateway") {
			d.route(s, "10.0.0.0/8", target)
		}
		if target.Peering != nil && d.chance(2, "peered") {
			for _, v := range []*network.VPC{target.Peering.Requester, target.Peering.Accepter} {
				if v != s.VPC && !d.routed(s, v.CIDRs[0].String()) {
					d.route(s, v.CIDRs[0].String(), target)
				}
			}
		}
		if target.Endpoint != nil && target.Endpoint.Service == "s3" && !d.routed(s, "240.0.0.0/24") && d.chance(2, "s3") {
			d.route(s, "240.0.0.0/24", target)
		}
	}
	if len(usual) > 0 && !d.chance(3, "no way out") {
		d.route(s, "0.0.0.0/0", draw(d, "way out", usual))
	}
	for range rapid.IntRange(0, 4).Draw(d.t, "routes") {
		destination := draw(d, "destination", somewhere)
		if d.routed(s, destination) {
			continue
		}
		target := draw(d, "target", mine)
		if d.chance(20, "unknown target") {
			target = network.Target{Unknown: "it is not known"}
		}
		d.route(s, destination, target)
	}
	if d.chance(25, "a table is not known") {
		s.Table.Unknown = []network.Unknown{{Why: "a route is not known"}}
	}
}

func (d *drawn) routed(s *network.Subnet, destination string) bool {
	return slices.ContainsFunc(s.Table.Routes, func(r *network.Route) bool { return r.Text == destination })
}

func (d *drawn) drawACL(a *network.ACL, egress bool) {
	var rules []network.ACLRule
	for i := range rapid.IntRange(0, 4).Draw(d.t, "rules") {
		rules = append(rules, aclRule(i, !d.chance(3, "deny"), draw(d, "peer", somewhere), draw(d, "traffic", traffics)))
	}
	if !d.chance(3, "deny the rest") {
		rules = append(rules, aclRule(100, true, "0.0.0.0/0", packet.AnyTraffic))
	}
	if egress {
		a.Egress = rules
	} else {
		a.Ingress = rules
	}
}

func (d *drawn) drawGroupRules(label string) []network.GroupRule {
	var rules []network.GroupRule
	for range rapid.IntRange(0, 3).Draw(d.t, label) {
		t := draw(d, "traffic", traffics)
		if rapid.Bool().Draw(d.t, "a group") {
			rules = append(rules, members(draw(d, "group", d.groups), t))
		} else {
			rules = append(rules, peers(t, draw(d, "peer", somewhere), draw(d, "peer", somewhere)))
		}
	}
	return rules
}

func (d *drawn) drawSubnet(label string) *network.Subnet {
	var all []*network.Subnet
	for _, v := range d.VPCs {
		all = append(all, v.Subnets...)
	}
	return draw(d, label, all)
}

// drawEnd is a workload or an interface.
func (d *drawn) drawEnd(label string) Place {
	s := d.drawSubnet(label)
	var groups []*network.Group
	for _, g := range d.groups {
		if g.VPC == s.VPC && rapid.Bool().Draw(d.t, "holds") {
			groups = append(groups, g)
		}
	}
	switch rapid.IntRange(0, 3).Draw(d.t, "kind of end") {
	case 0:
		return Place{Subnet: s}
	case 1:
		return Place{Subnet: s, Without: groups}
	case 2:
		if len(groups) > 0 {
			return Place{Subnet: s, Groups: groups}
		}
	}
	i := d.instance(s, packet.Addr(packet.Prefix(s.CIDR).Low+5).String(), groups...)
	i.Public = rapid.Bool().Draw(d.t, "public")
	return Place{Interface: i}
}

func (d *drawn) drawTo() Place {
	switch rapid.IntRange(0, 6).Draw(d.t, "to") {
	case 0:
		return Place{Internet: true}
	case 1:
		return Place{Service: "s3"}
	case 2:
		return Place{OnPremises: true}
	}
	return d.drawEnd("to")
}

// edges are the numbers at and beside the ends of what somewhere and traffics name.
func edges(ranges []packet.Range, within packet.Range) []uint32 {
	numbers := []uint32{within.Low, within.High}
	for _, r := range ranges {
		numbers = append(numbers, r.Low-1, r.Low, r.High, r.High+1)
	}
	slices.Sort(numbers)
	numbers = slices.Compact(numbers)
	return slices.DeleteFunc(numbers, func(n uint32) bool { return !in(within, n) })
}

func somewheres() []packet.Range {
	var all []packet.Range
	for _, text := range somewhere {
		all = append(all, ranged(text))
	}
	return all
}

func ports() []packet.Range {
	var all []packet.Range
	for _, t := range traffics {
		all = append(all, t.Port)
	}
	return all
}

func (d *drawn) simulator() *simulator {
	return &simulator{
		network: &d.Model,
		sources: func(s *network.Subnet) []uint32 { return edges(somewheres(), packet.Prefix(s.CIDR)) },
		ports:   edges(ports(), EphemeralPorts),
	}
}

func (d *drawn) drawHeader(from, to []packet.Range) header {
	h := header{
		source:          draw(d, "source", edges(somewheres(), draw(d, "from", from))),
		destination:     draw(d, "destination", edges(somewheres(), draw(d, "to", to))),
		protocol:        draw(d, "protocol", []uint32{packet.TCP, packet.TCP, packet.UDP, packet.ICMP, 50}),
		sourcePort:      draw(d, "source port", edges(ports(), EphemeralPorts)),
		destinationPort: draw(d, "port", edges(ports(), packet.Ports)),
	}
	return h
}

func (r *Result) of(h header) answer {
	s := h.set()
	return answer{r.Always.Contains(s), r.Ever.Contains(s), r.Forward.Contains(s), r.Unknown.Contains(s)}
}

func TestSetsAgreeWithSinglePackets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawNetwork(t)
		from, to := d.drawEnd("from"), d.drawTo()
		switch rapid.IntRange(0, 5).Draw(t, "from outside") {
		case 0:
			from, to = Place{Internet: true}, d.drawEnd("to")
		case 1:
			from = Place{OnPremises: true}
		}
		a := Of(&d.Model)
		r := a.Ask(Query{From: from, To: to})
		m := d.simulator()
		for range 20 {
			h := d.drawHeader(a.addresses(from), a.addresses(to))
			if !r.Sent.Contains(h.set()) && from.subnet() != nil {
				t.Fatalf("%v is not in what is asked about: %v", h, r.Sent)
			}
			want := m.ask(from, to, h)
			if got := r.of(h); got != want {
				t.Errorf("%s: sets say %+v, single packets %+v", h.set(), got, want)
			}
		}
		if !r.Ever.Contains(r.Always) || !r.Forward.Contains(r.Ever) || !r.Sent.Contains(r.Forward) {
			t.Error("always is not part of ever, or ever not of forward")
		}
		explained(t, r)
	})
}

// explained checks that there is a path for all that arrives, and a reason for all
// that does not always.
func explained(t *rapid.T, r *Result) {
	var arrives, reasons packet.Set
	for _, p := range r.Paths() {
		arrives = arrives.Union(p.Packets)
		if !p.Packets.Contains(packet.Set{p.Example}) || len(p.Forward) == 0 {
			t.Errorf("%v is no example of %s", p.Example, p.Packets)
		}
	}
	if !arrives.Contains(r.Forward) || !r.Forward.Contains(arrives) {
		t.Errorf("paths for %s, of %s", arrives, r.Forward)
	}
	for _, b := range append(r.Blocked(), r.Unproven()...) {
		reasons = reasons.Union(b.Packets)
		if b.Reason == "" {
			t.Errorf("%s is blocked without a reason", b.Packets)
		}
	}
	if !reasons.Contains(r.Sent.Subtract(r.Always)) || !r.Sent.Contains(reasons) {
		t.Errorf("no reason for %s, or too many: %s", r.Sent.Subtract(r.Always).Subtract(reasons), reasons.Subtract(r.Sent))
	}
	for _, a := range r.Asymmetries() {
		if !r.Ever.Contains(a.Packets) {
			t.Errorf("asymmetric, but not answered: %s", a.Packets.Subtract(r.Ever))
		}
	}
}
