package reach

import (
	"fmt"
	"testing"

	"hubspoke/proof/network"
	"hubspoke/proof/packet"
)

// organisation is a hub and spokes with six subnets each, in two zones: public with
// an internet gateway and NAT, private, and attachment, with network ACLs. Spokes
// reach the hub; in a mesh each other too.
func organisation(spokes int, mesh bool) *plan {
	p := newPlan()
	g, target := p.transitGateway()
	var attachments []*network.Attachment
	hubTable, spokeTable := p.gatewayTable(g, "hub"), p.gatewayTable(g, "spokes")
	for i := range spokes + 1 {
		v := p.vpc(fmt.Sprint("v", i), fmt.Sprintf("10.%d.0.0/16", i))
		table := spokeTable
		if i == 0 {
			table = hubTable
		}
		igw, s3 := p.internetGateway(v), p.gatewayEndpoint(v, "s3")
		acl := p.acl(v, v.Resource.Name)
		acl.Ingress = []network.ACLRule{
			allow(100, "10.0.0.0/8", packet.AnyTraffic), deny(110, "0.0.0.0/0", tcp(3389, 3389)),
			allow(120, "0.0.0.0/0", tcp(1024, 65535)), allow(130, "0.0.0.0/0", tcp(443, 443)),
		}
		acl.Egress = anything
		var attach []*network.Subnet
		for z, zone := range []string{"a", "b"} {
			make := func(tier string, n int) *network.Subnet {
				s := p.subnet(v, fmt.Sprintf("v%d_%s_%s", i, tier, zone), fmt.Sprintf("10.%d.%d.0/24", i, 10*n+z), zone)
				p.route(s, "10.0.0.0/8", target)
				return s
			}
			public, private := make("public", 0), make("private", 1)
			attach = append(attach, make("attach", 2))
			public.ACL, private.ACL = acl, acl
			p.route(public, "0.0.0.0/0", igw)
			p.route(private, "0.0.0.0/0", p.nat(public, true))
			p.route(private, "240.0.0.0/24", s3)
		}
		attachments = append(attachments, p.attach(g, v.Resource.Name, table, attach...))
	}
	p.propagate(hubTable, attachments...)
	p.propagate(spokeTable, attachments[0])
	if mesh {
		p.propagate(spokeTable, attachments[1:]...)
	}
	return p
}

func askAll(p *plan) (reached int) {
	a := Of(&p.Model)
	var all []*network.Subnet
	for _, v := range p.VPCs {
		all = append(all, v.Subnets...)
	}
	for _, from := range all {
		for _, to := range all {
			if r := a.Ask(Query{From: workload(from), To: workload(to), Packets: port(443)}); !r.Always.Empty() {
				reached++
			}
		}
	}
	return reached
}

// BenchmarkAllPairs asks for every pair of 606 subnets, 367236 queries, with all that
// must be computed for the first time.
func BenchmarkAllPairs(b *testing.B) {
	for name, mesh := range map[string]bool{"segments": false, "mesh": true} {
		b.Run(name, func(b *testing.B) {
			p := organisation(100, mesh)
			reached := 0
			for b.Loop() {
				reached = askAll(p)
			}
			b.ReportMetric(float64(reached), "reached")
		})
	}
}

func TestSpokesReachTheHubAndNotEachOther(t *testing.T) {
	// Seven VPCs of six subnets: within each 36 pairs, and 36 each way between the
	// hub and every spoke.
	if got, want := askAll(organisation(6, false)), 7*36+2*6*36; got != want {
		t.Errorf("%d pairs reach each other, want %d", got, want)
	}
	if got, want := askAll(organisation(6, true)), 49*36; got != want {
		t.Errorf("%d pairs reach each other in a mesh, want %d", got, want)
	}
}
