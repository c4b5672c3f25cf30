package reach

import (
	"testing"

	"hubspoke/proof/network"
	"hubspoke/proof/packet"
)

func everywhere(t packet.Traffic) network.GroupRule { return peers(t, "0.0.0.0/0") }

func TestSecurityGroupsOfBothEndsMustLetThrough(t *testing.T) {
	c := connect()
	sender, receiver := c.group(c.a.VPC, "sender"), c.group(c.b.VPC, "receiver")
	q := Query{
		From:    Place{Interface: c.instance(c.a, "10.1.0.5", sender)},
		To:      Place{Interface: c.instance(c.b, "10.2.0.5", receiver)},
		Packets: port(443),
	}
	check(t, c.plan, q, "never", "no egress rule of the security groups lets it through: sender")
	sender.Egress = []network.GroupRule{peers(tcp(443, 443), "10.2.0.0/24")}
	check(t, c.plan, q, "never", "no ingress rule of the security groups lets it through: receiver")
	receiver.Ingress = []network.GroupRule{peers(tcp(443, 443), "10.1.0.0/29")}
	// Groups remember connections, so that answers need no rules.
	r := check(t, c.plan, q, "always", "")
	forward := r.Paths()[0].Forward
	if forward[0].Text != "security group sender: egress to 10.2.0.0/24 tcp/443" ||
		forward[len(forward)-1].Text != "security group receiver: ingress from 10.1.0.0/29 tcp/443" {
		t.Errorf("the way is\n%s", texts(forward))
	}
	q.Packets = port(80)
	check(t, c.plan, q, "never", "egress")
}

func TestRulesThatNameAGroupHoldWithinAVPC(t *testing.T) {
	p, a, _ := two()
	b := p.subnet(a.VPC, "b", "10.1.1.0/24", "a")
	clients, servers := p.group(a.VPC, "clients"), p.group(a.VPC, "servers")
	clients.Egress = []network.GroupRule{members(servers, tcp(443, 443))}
	servers.Ingress = []network.GroupRule{members(clients, tcp(443, 443))}
	client, server := p.instance(a, "10.1.0.5", clients), p.instance(b, "10.1.1.5", servers)
	q := Query{From: Place{Interface: client}, To: Place{Interface: server}, Packets: port(443)}
	check(t, p, q, "always", "")
	other := p.group(a.VPC, "other")
	other.Egress = []network.GroupRule{everywhere(packet.AnyTraffic)}
	q.From = Place{Interface: p.instance(a, "10.1.0.6", other)}
	check(t, p, q, "never", "ingress")

	// A firewall between them hides who the sender is.
	f := p.subnet(a.VPC, "f", "10.1.2.0/24", "a")
	p.route(a, "10.1.1.0/24", p.firewall(f))
	q.From = Place{Interface: client}
	clients.Egress = append(clients.Egress, everywhere(packet.AnyTraffic))
	check(t, p, q, "never", "ingress")
}

func TestRulesThatNameAGroupAndTransitGateways(t *testing.T) {
	c := connect()
	sender, receiver := c.group(c.a.VPC, "sender"), c.group(c.b.VPC, "receiver")
	sender.Egress = []network.GroupRule{everywhere(packet.AnyTraffic)}
	receiver.Ingress = []network.GroupRule{members(sender, packet.AnyTraffic)}
	q := Query{
		From:    Place{Interface: c.instance(c.a, "10.1.0.5", sender)},
		To:      Place{Interface: c.instance(c.b, "10.2.0.5", receiver)},
		Packets: port(443),
	}
	check(t, c.plan, q, "never", "ingress")
	c.gateway.GroupReferences = true
	check(t, c.plan, q, "always", "")
	attachment := c.gateway.Attachments[0]
	attachment.NoGroupReferences = true
	check(t, c.plan, q, "never", "ingress")
	attachment.NoGroupReferences = false
	sender.Egress = []network.GroupRule{members(receiver, packet.AnyTraffic)}
	check(t, c.plan, q, "never", "egress")
}

func TestRulesThatNameAGroupAndPeering(t *testing.T) {
	p, a, b := two()
	target := p.peering(a.VPC, b.VPC)
	p.route(a, "10.2.0.0/16", target)
	p.route(b, "10.1.0.0/16", target)
	sender, receiver := p.group(a.VPC, "sender"), p.group(b.VPC, "receiver")
	sender.Egress = []network.GroupRule{members(receiver, packet.AnyTraffic)}
	receiver.Ingress = []network.GroupRule{members(sender, packet.AnyTraffic)}
	q := Query{
		From:    Place{Interface: p.instance(a, "10.1.0.5", sender)},
		To:      Place{Interface: p.instance(b, "10.2.0.5", receiver)},
		Packets: port(443),
	}
	check(t, p, q, "always", "")
	b.VPC.Region = "elsewhere"
	check(t, p, q, "never", "egress")
}

func TestAGroupDoesNotPassANATGateway(t *testing.T) {
	p, a, _ := two()
	middle, b := p.subnet(a.VPC, "middle", "10.1.1.0/24", "a"), p.subnet(a.VPC, "b", "10.1.2.0/24", "a")
	p.route(a, "10.1.2.0/24", p.nat(middle, false))
	clients, servers := p.group(a.VPC, "clients"), p.group(a.VPC, "servers")
	clients.Egress = []network.GroupRule{everywhere(packet.AnyTraffic)}
	servers.Ingress = []network.GroupRule{members(clients, packet.AnyTraffic)}
	q := Query{
		From:    Place{Interface: p.instance(a, "10.1.0.5", clients)},
		To:      Place{Interface: p.instance(b, "10.1.2.5", servers)},
		Packets: port(443),
	}
	check(t, p, q, "never", "ingress")
	servers.Ingress = []network.GroupRule{peers(tcp(443, 443), "10.1.1.0/24")}
	check(t, p, q, "always", "")
	servers.Ingress = []network.GroupRule{peers(tcp(443, 443), "10.1.1.0/25")}
	check(t, p, q, "ever", "ingress")
}

func TestAWorkloadMayHoldAnyGroupThatItIsNotSaidToLack(t *testing.T) {
	p, a, _ := two()
	b := p.subnet(a.VPC, "b", "10.1.1.0/24", "a")
	clients, servers := p.group(a.VPC, "clients"), p.group(a.VPC, "servers")
	servers.Ingress = []network.GroupRule{members(clients, packet.AnyTraffic)}
	clients.Egress = []network.GroupRule{everywhere(packet.AnyTraffic)}
	q := Query{From: workload(a), To: Place{Interface: p.instance(b, "10.1.1.5", servers)}, Packets: port(443)}
	check(t, p, q, "ever", "ingress")
	q.From.Without = []*network.Group{clients}
	check(t, p, q, "never", "ingress")
	q.From = Place{Subnet: a, Groups: []*network.Group{clients}}
	check(t, p, q, "always", "")
	clients.Egress = nil
	check(t, p, q, "never", "egress")
}

func TestAGroupThatIsNotKnownDecidesNothing(t *testing.T) {
	p, a, _ := two()
	b := p.subnet(a.VPC, "b", "10.1.1.0/24", "a")
	servers := p.group(a.VPC, "servers")
	servers.Ingress = []network.GroupRule{peers(tcp(443, 443), "10.1.0.0/24")}
	servers.Unknown = []network.Unknown{{Why: "a rule was not understood"}}
	q := Query{From: workload(a), To: Place{Interface: p.instance(b, "10.1.1.5", servers)}, Packets: port(443)}
	check(t, p, q, "always", "")
	q.Packets = port(80)
	check(t, p, q, "unknown", "")
	if r := Of(&p.Model).Ask(q); !r.Ever.Empty() || len(r.Unproven()) != 1 || r.Unproven()[0].Reason != "a rule was not understood" {
		t.Errorf("ever %s, unproven %v", r.Ever, r.Unproven())
	}
}
