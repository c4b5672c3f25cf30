package reach

import (
	"slices"
	"strings"
	"testing"

	"hubspoke/proof/network"
	"hubspoke/proof/packet"
)

// verdict is what a query comes to, for tests that ask about packets that share one
// fate.
func verdict(r *Result) string {
	switch {
	case r.Sent.Empty():
		return "nothing"
	case !r.Unknown.Empty():
		return "unknown"
	case r.Always.Contains(r.Sent):
		return "always"
	case r.Ever.Contains(r.Sent):
		return "ever"
	case r.Forward.Contains(r.Sent):
		return "forward"
	case r.Forward.Empty() && r.Ever.Empty() && r.Always.Empty():
		return "never"
	}
	return "some"
}

func workload(s *network.Subnet) Place { return Place{Subnet: s} }

func port(n uint32) packet.Set { return packet.Set{tcp(n, n).Box()} }

func texts(hops []Hop) string {
	var all []string
	for _, h := range hops {
		all = append(all, h.Text)
	}
	return strings.Join(all, "\n")
}

// check asks for the verdict, and for the reason why not if there is one.
func check(t *testing.T, p *plan, q Query, want, reason string) *Result {
	t.Helper()
	r := Of(&p.Model).Ask(q)
	if got := verdict(r); got != want {
		t.Errorf("%s, want %s\nsent %s\nalways %s\never %s", got, want, r.Sent, r.Always, r.Ever)
		for _, b := range r.Blocked() {
			t.Logf("blocked (back: %v): %s\n%s\n%s", b.Return, b.Packets, texts(b.Path), b.Reason)
		}
	}
	blocks := r.Blocked()
	if want == "unknown" {
		blocks = r.Unproven()
	}
	if reason != "" && !slices.ContainsFunc(blocks, func(b Block) bool { return strings.Contains(b.Reason+"\n"+texts(b.Path), reason) }) {
		t.Errorf("nothing is blocked because %q", reason)
		for _, b := range blocks {
			t.Logf("blocked (back: %v): %s\n%s\n%s", b.Return, b.Packets, texts(b.Path), b.Reason)
		}
	}
	return r
}

// two is two VPCs with a subnet each in zone a.
func two() (p *plan, a, b *network.Subnet) {
	p = newPlan()
	a = p.subnet(p.vpc("a", "10.1.0.0/16"), "a", "10.1.0.0/24", "a")
	b = p.subnet(p.vpc("b", "10.2.0.0/16"), "b", "10.2.0.0/24", "a")
	return p, a, b
}

func TestSubnetsOfAVPCReachEachOther(t *testing.T) {
	p, a, _ := two()
	other := p.subnet(a.VPC, "other", "10.1.1.0/24", "b")
	check(t, p, Query{From: workload(a), To: workload(other)}, "always", "")
	check(t, p, Query{From: workload(a), To: workload(a)}, "always", "")
}

func TestVPCsDoNotReachEachOtherByThemselves(t *testing.T) {
	p, a, b := two()
	r := check(t, p, Query{From: workload(a), To: workload(b)}, "never", "no route for it")
	if got := r.Blocked()[0]; got.Path[len(got.Path)-1].Kind != RouteTableHop {
		t.Errorf("decided by %v", got.Path)
	}
}

func TestTransitGatewayConnectsVPCs(t *testing.T) {
	p, a, b := two()
	g, target := p.transitGateway()
	table := p.gatewayTable(g, "main")
	left, right := p.attach(g, "a", table, a), p.attach(g, "b", table, b)
	p.route(a, "10.0.0.0/8", target)
	q := Query{From: workload(a), To: workload(b), Packets: port(443)}

	check(t, p, q, "never", "transit gateway has no route")
	p.propagate(table, right)
	check(t, p, q, "forward", "route table has no route for it")
	p.route(b, "10.0.0.0/8", target)
	check(t, p, q, "forward", "transit gateway has no route")
	p.propagate(table, left)
	r := check(t, p, q, "always", "")
	want := strings.Join([]string{
		"subnet a (10.1.0.0/24)",
		"route table a: route 10.0.0.0/8",
		"into the transit gateway by attachment a",
		"transit gateway route table main: route propagated by b",
		"out of the transit gateway by attachment b",
		"subnet b (10.2.0.0/24)",
	}, "\n")
	if got := texts(r.Paths()[0].Forward); got != want {
		t.Errorf("the way there is\n%s\nwant\n%s", got, want)
	}
	if len(r.Asymmetries()) > 0 {
		t.Error("the way is asymmetric")
	}

	p.gatewayRoute(table, "10.2.0.0/16", nil)
	check(t, p, q, "never", "blackhole")
	right.Table = nil
	table.Routes = nil
	check(t, p, q, "forward", "not associated")
	right.Table, right.Subnets = table, []*network.Subnet{p.subnet(b.VPC, "elsewhere", "10.2.9.0/24", "b")}
	check(t, p, q, "forward", "no subnet in the sender's zone, a")
	right.VPC = nil
	check(t, p, Query{From: workload(b), To: workload(a)}, "never", "not attached")
}
