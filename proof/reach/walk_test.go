package reach

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"hubspoke/proof/network"
	"hubspoke/proof/packet"
)

// connected is two VPCs on a transit gateway, a and b each with a subnet for
// workloads and one for the attachment in zone a.
type connected struct {
	*plan
	gateway                *network.TransitGateway
	target                 network.Target
	table                  *network.GatewayTable
	a, b, attachA, attachB *network.Subnet
	left, right            *network.Attachment
}

func connect() *connected {
	c := &connected{}
	c.plan, c.a, c.b = two()
	c.attachA = c.subnet(c.a.VPC, "attach_a", "10.1.9.0/28", "a")
	c.attachB = c.subnet(c.b.VPC, "attach_b", "10.2.9.0/28", "a")
	c.gateway, c.target = c.transitGateway()
	c.table = c.gatewayTable(c.gateway, "main")
	c.left = c.attach(c.gateway, "a", c.table, c.attachA)
	c.right = c.attach(c.gateway, "b", c.table, c.attachB)
	c.propagate(c.table, c.left, c.right)
	c.route(c.a, "10.0.0.0/8", c.target)
	c.route(c.b, "10.0.0.0/8", c.target)
	return c
}

func allow(number int, peer string, t packet.Traffic) network.ACLRule {
	return aclRule(number, true, peer, t)
}

func deny(number int, peer string, t packet.Traffic) network.ACLRule {
	return aclRule(number, false, peer, t)
}

var anything = []network.ACLRule{allow(100, "0.0.0.0/0", packet.AnyTraffic)}

func TestNetworkACLsDecideInOrderAndDenyTheRest(t *testing.T) {
	p, a, _ := two()
	b := p.subnet(a.VPC, "b", "10.1.1.0/24", "a")
	acl := p.acl(a.VPC, "b", b)
	acl.Egress = anything
	acl.Ingress = []network.ACLRule{
		allow(10, "10.1.0.0/25", tcp(443, 443)), deny(20, "10.1.0.0/24", tcp(443, 443)),
		allow(30, "10.1.0.0/16", tcp(0, 1000)),
	}
	https := Query{From: Place{Interface: p.instance(a, "10.1.0.5")}, To: workload(b), Packets: port(443)}
	check(t, p, https, "always", "")
	https.From = Place{Interface: p.instance(a, "10.1.0.200")}
	r := check(t, p, https, "never", "network ACL b: ingress rule 20 denies")
	if rule := r.Blocked()[0].Path; rule[len(rule)-1].Kind != ACLHop {
		t.Errorf("decided by %v", rule)
	}
	https.Packets = port(22)
	check(t, p, https, "always", "")
	https.Packets = port(2222)
	check(t, p, https, "never", "ingress rule * denies")
}

func TestNetworkACLsDoNotRememberConnections(t *testing.T) {
	p, a, _ := two()
	b := p.subnet(a.VPC, "b", "10.1.1.0/24", "a")
	acl := p.acl(a.VPC, "b", b)
	acl.Ingress = anything
	q := Query{From: workload(a), To: workload(b), Packets: port(443)}
	r := check(t, p, q, "forward", "network ACL b: egress rule * denies")
	if !r.Blocked()[0].Return {
		t.Error("it is not the answer that is blocked")
	}
	if got := r.Blocked()[0].Packets; !got.Contains(r.Sent) || !r.Sent.Contains(got) {
		t.Errorf("blocked is %s, not what was sent: %s", got, r.Sent)
	}
	ping := Query{From: workload(a), To: workload(b), Packets: packet.Set{packet.All.With(packet.Protocol, packet.One(packet.ICMP))}}
	check(t, p, ping, "always", "")
	acl.Egress = []network.ACLRule{allow(1, "10.1.0.0/24", tcp(1024, 65535))}
	check(t, p, q, "always", "")
	acl.Egress = []network.ACLRule{allow(1, "10.1.0.0/24", tcp(32768, 65535))}
	check(t, p, q, "forward", "egress rule * denies")
	q.SourcePorts = packet.Range{Low: 32768, High: 60999}
	check(t, p, q, "always", "")
}

func TestNetworkACLsDoNotMatterWithinASubnet(t *testing.T) {
	p, a, _ := two()
	p.acl(a.VPC, "a", a)
	check(t, p, Query{From: workload(a), To: workload(a)}, "always", "")
}

// https://docs.aws.amazon.com/vpc/latest/tgw/tgw-nacls.html
func TestAttachmentSubnetsACLsSeeWhatEntersAndLeavesTheVPC(t *testing.T) {
	c := connect()
	q := Query{From: workload(c.a), To: workload(c.b), Packets: port(443)}
	check(t, c.plan, q, "always", "")
	acl := c.acl(c.a.VPC, "attach_a", c.attachA)
	acl.Ingress = []network.ACLRule{allow(1, "10.1.0.0/24", tcp(443, 443))}
	acl.Egress = []network.ACLRule{allow(1, "10.1.0.0/24", tcp(1024, 65535))}
	check(t, c.plan, q, "always", "")
	acl.Ingress = nil
	check(t, c.plan, q, "never", "network ACL attach_a: ingress rule * denies")
	acl.Ingress, acl.Egress = anything, nil
	check(t, c.plan, q, "forward", "network ACL attach_a: egress rule * denies")
}

// https://docs.aws.amazon.com/vpc/latest/tgw/tgw-nacls.html
func TestAnACLOfBothWorkloadsAndAttachmentIsAskedTwiceOutAndNeverIn(t *testing.T) {
	p, a, b := two()
	g, target := p.transitGateway()
	table := p.gatewayTable(g, "main")
	p.propagate(table, p.attach(g, "a", table, a), p.attach(g, "b", table, b))
	p.route(a, "10.0.0.0/8", target)
	p.route(b, "10.0.0.0/8", target)
	q := Query{From: workload(a), To: workload(b), Packets: port(443)}
	acl := p.acl(a.VPC, "a", a)
	acl.Egress = []network.ACLRule{allow(1, "10.2.0.0/16", packet.AnyTraffic)}
	check(t, p, q, "never", "network ACL a: ingress rule * denies")
	acl.Ingress = []network.ACLRule{allow(1, "10.1.0.0/24", packet.AnyTraffic)}
	check(t, p, q, "always", "")
	// The receiver's ACL is not asked for what comes in, but for the answers.
	closed := p.acl(b.VPC, "b", b)
	check(t, p, q, "forward", "network ACL b: egress rule * denies")
	closed.Egress, closed.Ingress = anything, []network.ACLRule{allow(1, "10.2.0.0/24", packet.AnyTraffic)}
	check(t, p, q, "always", "")
}

func TestTheLongestPrefixWins(t *testing.T) {
	c := connect()
	q := Query{From: workload(c.a), To: workload(c.b), Packets: port(443)}
	c.route(c.a, "10.2.0.0/16", network.Target{Unknown: "the target does not exist"})
	check(t, c.plan, q, "unknown", "the target does not exist")
	c.route(c.a, "10.2.0.0/24", c.target)
	check(t, c.plan, q, "always", "")
	c.gatewayRoute(c.table, "10.2.0.0/17", nil)
	check(t, c.plan, q, "never", "blackhole 10.2.0.0/17")
	c.gatewayRoute(c.table, "10.2.0.0/20", c.right)
	check(t, c.plan, q, "always", "")
}

func TestAStaticRouteBeatsAPropagatedOne(t *testing.T) {
	c := connect()
	c.gatewayRoute(c.table, "10.2.0.0/16", nil)
	check(t, c.plan, Query{From: workload(c.a), To: workload(c.b)}, "never", "blackhole")
}

func TestAMoreSpecificRouteThanLocalLeadsThroughAFirewall(t *testing.T) {
	p, a, _ := two()
	b := p.subnet(a.VPC, "b", "10.1.1.0/24", "a")
	f := p.subnet(a.VPC, "f", "10.1.2.0/24", "a")
	target := p.firewall(f)
	p.route(a, "10.1.1.0/24", target)
	q := Query{From: workload(a), To: workload(b), Packets: port(443)}
	r := check(t, p, q, "always", "")
	if got := texts(r.Paths()[0].Forward); !strings.Contains(got, "firewall behind it") {
		t.Errorf("the way is\n%s", got)
	}
	if got := r.Asymmetries(); len(got) != 1 || !got[0].Packets.Contains(r.Sent) {
		t.Errorf("the answers go around the firewall, and that is found: %v", got)
	}
	p.route(b, "10.1.0.0/24", target)
	if got := check(t, p, q, "always", "").Asymmetries(); len(got) != 0 {
		t.Errorf("the answers pass the firewall too, but: %v", got)
	}
	p.route(f, "10.1.1.0/24", target)
	check(t, p, q, "never", "circle")
}

func TestNATLetsPrivateSubnetsOutAndNothingIn(t *testing.T) {
	p, a, _ := two()
	public := p.subnet(a.VPC, "public", "10.1.1.0/24", "a")
	p.route(public, "0.0.0.0/0", p.internetGateway(a.VPC))
	p.route(a, "0.0.0.0/0", p.nat(public, true))
	out := Query{From: workload(a), To: Place{Internet: true}, Packets: port(443)}
	r := check(t, p, out, "always", "")
	path := r.Paths()[0]
	if got := texts(path.Forward); !strings.HasSuffix(got, "NAT gateway public\nsubnet public (10.1.1.0/24)\nroute table public: route 0.0.0.0/0\ninternet gateway a") {
		t.Errorf("the way out is\n%s", got)
	}
	if got := texts(path.Return); got != strings.Join([]string{
		"internet gateway a", "subnet public (10.1.1.0/24)", "NAT gateway public",
		"subnet public (10.1.1.0/24)", "route table public: route local", "subnet a (10.1.0.0/24)",
	}, "\n") {
		t.Errorf("the way back is\n%s", got)
	}
	if got := r.Asymmetries(); len(got) > 0 {
		t.Errorf("asymmetric: %v", got)
	}
	check(t, p, Query{From: Place{Internet: true}, To: workload(a)}, "never", "the receiver has no public address")
	protocol50 := packet.Set{packet.All.With(packet.Protocol, packet.One(50))}
	check(t, p, Query{From: workload(a), To: Place{Internet: true}, Packets: protocol50}, "never", "TCP, UDP and ICMP alone")
}

func TestAnswersToANATGatewayPassTheACLsOfItsSubnet(t *testing.T) {
	p, a, _ := two()
	public := p.subnet(a.VPC, "public", "10.1.1.0/24", "a")
	p.route(public, "0.0.0.0/0", p.internetGateway(a.VPC))
	p.route(a, "0.0.0.0/0", p.nat(public, true))
	acl := p.acl(a.VPC, "public", public)
	acl.Egress = anything
	fromInside := allow(1, "10.1.0.0/16", packet.AnyTraffic)
	acl.Ingress = []network.ACLRule{fromInside, allow(2, "0.0.0.0/0", tcp(1024, 65535))}
	out := Query{From: workload(a), To: Place{Internet: true}, Packets: port(443)}
	check(t, p, out, "always", "")
	// The gateway's port may be any, whatever the sender's is.
	acl.Ingress = []network.ACLRule{fromInside, allow(2, "0.0.0.0/0", tcp(32768, 65535))}
	check(t, p, out, "ever", "network ACL public: ingress rule * denies")
	acl.Ingress = []network.ACLRule{fromInside}
	check(t, p, out, "forward", "ingress rule * denies")
	private := p.acl(a.VPC, "private", a)
	private.Egress = anything
	acl.Ingress = anything
	check(t, p, out, "forward", "network ACL private: ingress rule * denies")
}

func TestOnlyPublicAddressesUseTheInternetGateway(t *testing.T) {
	p, a, _ := two()
	p.route(a, "0.0.0.0/0", p.internetGateway(a.VPC))
	q := Query{From: workload(a), To: Place{Internet: true}, Packets: port(443)}
	check(t, p, q, "always", "")
	check(t, p, Query{From: Place{Internet: true}, To: workload(a), Packets: port(443)}, "always", "")
	i := p.instance(a, "10.1.0.5")
	check(t, p, Query{From: Place{Interface: i}, To: Place{Internet: true}}, "never", "no public address")
	i.Public = true
	check(t, p, Query{From: Place{Interface: i}, To: Place{Internet: true}}, "always", "")
	_, b := a, p.VPCs[1].Subnets[0]
	check(t, p, Query{From: workload(a), To: workload(b)}, "never", "no route to private addresses")
	check(t, p, Query{From: Place{Internet: true}, To: workload(b)}, "never", "the VPC has no internet gateway")
}

func TestAPrivateNATGatewayHasNoPublicAddress(t *testing.T) {
	p, a, _ := two()
	public := p.subnet(a.VPC, "public", "10.1.1.0/24", "a")
	p.route(public, "0.0.0.0/0", p.internetGateway(a.VPC))
	p.route(a, "0.0.0.0/0", p.nat(public, false))
	check(t, p, Query{From: workload(a), To: Place{Internet: true}, Packets: port(443)}, "never", "no public address")
}

func TestCentralEgressAnswersReturnOverTheTransitGateway(t *testing.T) {
	c := connect()
	public := c.subnet(c.b.VPC, "public", "10.2.1.0/24", "a")
	c.route(public, "0.0.0.0/0", c.internetGateway(c.b.VPC))
	c.route(c.attachB, "0.0.0.0/0", c.nat(public, true))
	c.route(c.a, "0.0.0.0/0", c.target)
	c.gatewayRoute(c.table, "0.0.0.0/0", c.right)
	out := Query{From: workload(c.a), To: Place{Internet: true}, Packets: port(443)}
	check(t, c.plan, out, "forward", "no route to private addresses")
	c.route(public, "10.0.0.0/8", c.target)
	if r := check(t, c.plan, out, "always", ""); len(r.Asymmetries()) > 0 {
		t.Error("asymmetric")
	}
	// Without a NAT gateway the hub's internet gateway does not know the sender.
	c.attachB.Table.Routes = nil
	c.route(c.attachB, "0.0.0.0/0", network.Target{InternetGateway: c.b.VPC.InternetGateway})
	i := c.instance(c.a, "10.1.0.5")
	i.Public = true
	out.From = Place{Interface: i}
	check(t, c.plan, out, "never", "the sender has no public address in this VPC")
}

func TestPeeringIsNotTransitive(t *testing.T) {
	c := connect()
	third := c.subnet(c.vpc("c", "10.3.0.0/16"), "c", "10.3.0.0/24", "a")
	peering := c.peering(c.b.VPC, third.VPC)
	c.route(third, "10.0.0.0/8", peering)
	q := Query{From: workload(c.b), To: workload(third), Packets: port(443)}
	c.route(c.b, "10.3.0.0/16", peering)
	check(t, c.plan, q, "always", "")
	check(t, c.plan, Query{From: workload(third), To: workload(c.a)}, "never", "the ranges of the other VPC alone")
	c.gatewayRoute(c.table, "10.3.0.0/16", c.right)
	c.route(c.attachB, "10.3.0.0/16", peering)
	check(t, c.plan, Query{From: workload(c.a), To: workload(third)}, "never", "from beyond its VPC")
	peering.Peering.Accepted = false
	check(t, c.plan, q, "never", "not accepted")
	peering.Peering.Accepted, peering.Peering.Requester = true, c.a.VPC
	check(t, c.plan, q, "never", "not one of this VPC")
}

func TestAGatewayEndpointServesItsVPCOnly(t *testing.T) {
	c := connect()
	s3 := c.gatewayEndpoint(c.b.VPC, "s3")
	to := Place{Service: "s3"}
	c.route(c.b, "240.0.0.0/24", s3)
	r := check(t, c.plan, Query{From: workload(c.b), To: to, Packets: port(443)}, "always", "")
	if got := r.Paths()[0]; got.Forward[len(got.Forward)-1].Kind != EndpointHop || got.Return[0].Kind != EndpointHop {
		t.Errorf("the way is %v, %v", got.Forward, got.Return)
	}
	check(t, c.plan, Query{From: workload(c.b), To: Place{Internet: true}}, "never", "no route")
	c.route(c.a, "240.0.0.0/24", c.target)
	c.route(c.attachB, "240.0.0.0/24", s3)
	c.gatewayRoute(c.table, "240.0.0.0/24", c.right)
	check(t, c.plan, Query{From: workload(c.a), To: to}, "never", "serves its own VPC only")
	// A NAT gateway's packets are its VPC's.
	nat := c.subnet(c.b.VPC, "nat", "10.2.3.0/24", "a")
	c.attachB.Table.Routes = nil
	c.route(c.attachB, "0.0.0.0/0", c.nat(nat, false))
	c.route(nat, "240.0.0.0/24", s3)
	c.route(nat, "10.0.0.0/8", c.target)
	check(t, c.plan, Query{From: workload(c.a), To: to, Packets: port(443)}, "always", "")
}

func TestTheTransitGatewayMayChooseAZone(t *testing.T) {
	c := connect()
	inB := c.subnet(c.b.VPC, "attach_b_b", "10.2.9.16/28", "b")
	c.right.Subnets = append(c.right.Subnets, inB)
	q := Query{From: workload(c.a), To: workload(c.b), Packets: port(443)}
	c.acl(c.b.VPC, "closed", inB)
	check(t, c.plan, q, "always", "")
	c.right.Appliance = true
	check(t, c.plan, q, "ever", "network ACL closed")
	c.right.Appliance = false
	// Neither of the receiver's zones is the sender's.
	c.attachB.Zone, c.b.Zone, inB.Zone = "c", "c", "b"
	check(t, c.plan, q, "ever", "network ACL closed")
}

func TestApplianceModeKeepsFirewallsSymmetric(t *testing.T) {
	c := connect()
	c.b.Zone, c.attachB.Zone = "b", "b"
	inspection := c.vpc("inspection", "10.9.0.0/16")
	var attach []*network.Subnet
	for i, zone := range []string{"a", "b"} {
		s := c.subnet(inspection, "attach_"+zone, netip.AddrFrom4([4]byte{10, 9, byte(i), 0}).String()+"/28", zone)
		f := c.subnet(inspection, "firewall_"+zone, netip.AddrFrom4([4]byte{10, 9, byte(i), 16}).String()+"/28", zone)
		c.route(s, "0.0.0.0/0", c.firewall(f))
		c.route(f, "0.0.0.0/0", c.target)
		attach = append(attach, s)
	}
	after := c.gatewayTable(c.gateway, "after")
	middle := c.attach(c.gateway, "inspection", after, attach...)
	c.propagate(after, c.left, c.right)
	c.table.Propagations = nil
	c.gatewayRoute(c.table, "0.0.0.0/0", middle)
	q := Query{From: workload(c.a), To: workload(c.b), Packets: port(443)}
	r := check(t, c.plan, q, "always", "")
	if got := r.Asymmetries(); len(got) != 1 {
		t.Errorf("each direction passes the firewall of its sender's zone: %v", got)
	}
	middle.Appliance = true
	if got := check(t, c.plan, q, "always", "").Asymmetries(); len(got) != 0 {
		t.Errorf("appliance mode, but %v", got)
	}
}

func TestOnPremisesComesInByItsAttachment(t *testing.T) {
	c := connect()
	outside := c.attach(c.gateway, "vpn", nil)
	outside.External = []packet.Range{ranged("172.16.0.0/16")}
	c.gatewayRoute(c.table, "172.16.0.0/16", outside)
	in := Query{From: Place{OnPremises: true}, To: workload(c.a), Packets: port(443)}
	check(t, c.plan, in, "never", "not associated")
	outside.Table = c.table
	check(t, c.plan, in, "forward", "no route for it")
	c.route(c.a, "172.16.0.0/12", c.target)
	check(t, c.plan, in, "always", "")
	check(t, c.plan, Query{From: workload(c.a), To: Place{OnPremises: true, Addresses: outside.External}}, "always", "")
}

func TestAVirtualPrivateGatewayServesItsVPCOnly(t *testing.T) {
	c := connect()
	vpn := network.Target{OnPremises: c.resource("aws_vpn_gateway", "main")}
	home := []packet.Range{ranged("172.16.0.0/16")}
	to := Place{OnPremises: true, Addresses: home}
	c.route(c.b, "172.16.0.0/16", vpn)
	check(t, c.plan, Query{From: workload(c.b), To: to}, "always", "")
	check(t, c.plan, Query{From: to, To: workload(c.b)}, "always", "")
	check(t, c.plan, Query{From: to, To: workload(c.a)}, "nothing", "")
	// A gateway that no route leads to lets packets in nevertheless.
	c.a.VPC.VPNGateway = vpn.OnPremises
	check(t, c.plan, Query{From: to, To: workload(c.a)}, "forward", "")
	c.a.VPC.VPNGateway = nil
	c.route(c.attachB, "172.16.0.0/16", vpn)
	c.route(c.a, "172.16.0.0/16", c.target)
	c.gatewayRoute(c.table, "172.16.0.0/16", c.right)
	check(t, c.plan, Query{From: workload(c.a), To: to}, "never", "from beyond its VPC")
}

func TestAnAddressWithoutASubnetIsNowhere(t *testing.T) {
	c := connect()
	flood := Of(&c.Model).FromSubnet(c.a, false)
	found := slices.ContainsFunc(flood.Outcomes, func(o *Outcome) bool {
		return o.Reason() == "no subnet has the address" && o.Packets().Contains(packet.Set{
			packet.All.With(packet.Source, ranged("10.1.0.0/24")).With(packet.Destination, ranged("10.2.200.0/24")),
		})
	})
	if !found {
		t.Error("10.2.200.0/24 is somewhere")
	}
}

func TestWhatIsNotKnownIsUnknownAndNotFine(t *testing.T) {
	why := []network.Unknown{{Why: "it was not understood"}}
	for name, spoil := range map[string]func(*connected){
		"route table":         func(c *connected) { c.a.Table.Unknown = why },
		"network ACL":         func(c *connected) { c.acl(c.a.VPC, "a", c.a).Unknown = why },
		"VPC":                 func(c *connected) { c.b.VPC.Unknown = why },
		"transit gateway":     func(c *connected) { c.gateway.Unknown = why },
		"gateway route table": func(c *connected) { c.table.Unknown = why },
		"target":              func(c *connected) { c.route(c.a, "10.2.0.0/24", network.Target{Unknown: "it was not understood"}) },
		"the way back":        func(c *connected) { c.b.Table.Unknown = why },
	} {
		t.Run(name, func(t *testing.T) {
			c := connect()
			spoil(c)
			r := check(t, c.plan, Query{From: workload(c.a), To: workload(c.b), Packets: port(443)}, "unknown", "it was not understood")
			if !r.Always.Empty() {
				t.Errorf("always delivered: %s", r.Always)
			}
		})
	}
}

func TestEveryPacketHasAnOutcome(t *testing.T) {
	c := connect()
	sent := packet.Set{packet.All.With(packet.Source, ranged("10.1.0.0/24"))}
	var found packet.Set
	for _, o := range Of(&c.Model).FromSubnet(c.a, false).Outcomes {
		found = found.Union(o.Packets())
	}
	if !found.Contains(sent) || !sent.Contains(found) {
		t.Errorf("outcomes of %s", found)
	}
}

// Twelve VPCs in a row, each with three zones to choose from: half a million ways.
func TestATangleOfChoicesIsUnknownAndEnds(t *testing.T) {
	p := newPlan()
	g, target := p.transitGateway()
	var first *network.Subnet
	var previous *network.GatewayTable
	for i := range 13 {
		v := p.vpc(fmt.Sprint("v", i), fmt.Sprintf("10.%d.0.0/16", i))
		var subnets []*network.Subnet
		for z := range 3 {
			s := p.subnet(v, fmt.Sprintf("v%d%d", i, z), fmt.Sprintf("10.%d.%d.0/24", i, z), fmt.Sprint(z))
			p.route(s, "0.0.0.0/0", target)
			subnets = append(subnets, s)
		}
		table := p.gatewayTable(g, v.Resource.Name)
		a := p.attach(g, v.Resource.Name, table, subnets...)
		a.Appliance = true
		if first == nil {
			first = subnets[0]
		} else {
			p.gatewayRoute(previous, "0.0.0.0/0", a)
		}
		previous = table
	}
	q := Query{From: workload(first), To: Place{Internet: true}}
	r := Of(&p.Model).Ask(q)
	if r.Unknown.Empty() || !r.Always.Empty() {
		t.Errorf("unknown %s, always %s", r.Unknown, r.Always)
	}
}

func TestWhatArrivesWithoutAnAnswerHasAPath(t *testing.T) {
	c := connect()
	c.b.Table.Routes = nil
	paths := check(t, c.plan, Query{From: workload(c.a), To: workload(c.b), Packets: port(443)}, "forward", "no route for it").Paths()
	if len(paths) != 1 || len(paths[0].Forward) == 0 || len(paths[0].Return) != 0 || !paths[0].Answered.Empty() {
		t.Errorf("paths %v", paths)
	}
}
