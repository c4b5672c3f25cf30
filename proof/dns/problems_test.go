package dns

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"hubspoke/proof/config"
	"hubspoke/proof/finding"
	"hubspoke/proof/network"
	"hubspoke/proof/stackjson"
)

// problemTest has a network with the problem, and one that differs in what would be
// right.
type problemTest struct {
	code, wrong string // a part of the text
	note        bool
	with        func(*world)
	without     func(*world)
}

var problemTests = []problemTest{
	{
		code: "dns-firewall-blocks-endpoint", wrong: "blocks api.ecr.ap-southeast-3.amazonaws.com in dev/aws_vpc.main, where it leads to hub/aws_vpc_endpoint.ecr_api",
		with: func(e *world) {
			hub, dev := e.vpc("hub", "10.0.0.0/16"), e.vpc("dev", "10.1.0.0/16")
			e.central(hub, "ecr.api", dev)
			e.names(dev, blocks("*"))
		},
		without: func(e *world) {
			hub, dev := e.vpc("hub", "10.0.0.0/16"), e.vpc("dev", "10.1.0.0/16")
			e.central(hub, "ecr.api", dev)
			e.names(dev, trusts(apiName), blocks("*"))
		},
	}, {
		code: "uneven-dns-firewall", wrong: "prod/aws_vpc.main has no association with hub/aws_route53_resolver_firewall_rule_group.main, which is associated with 2 other VPCs",
		with: func(e *world) {
			hub, dev, prod := e.vpc("hub", "10.0.0.0/16"), e.vpc("dev", "10.1.0.0/16"), e.vpc("prod", "10.2.0.0/16")
			e.zone("corp.test", hub, dev, prod)
			group := e.resource("hub", "aws_route53_resolver_firewall_rule_group", "main")
			hub.NameGroups, dev.NameGroups = about(group), about(group)
		},
		without: func(e *world) {
			hub, dev, egress := e.vpc("hub", "10.0.0.0/16"), e.vpc("dev", "10.1.0.0/16"), e.vpc("prod", "10.2.0.0/16")
			e.zone("corp.test", hub, dev)
			egress.DHCP = nil // nothing resolves names there
			group := e.resource("hub", "aws_route53_resolver_firewall_rule_group", "main")
			hub.NameGroups, dev.NameGroups = about(group), about(group)
		},
	}, {
		code: "uneven-dns-firewall", wrong: "names that it blocks are found in this VPC", note: true,
		with: func(e *world) {
			hub, dev, prod := e.vpc("hub", "10.0.0.0/16"), e.vpc("dev", "10.1.0.0/16"), e.vpc("prod", "10.2.0.0/16")
			e.zone("corp.test", hub, dev, prod)
			group := e.resource("hub", "aws_route53_resolver_firewall_rule_group", "main")
			hub.NameGroups, dev.NameGroups = about(group), about(group)
			prod.NameGroups = about(e.resource("prod", "aws_route53_resolver_firewall_rule_group", "own"))
		},
		without: func(e *world) {
			hub, dev := e.vpc("hub", "10.0.0.0/16"), e.vpc("dev", "10.1.0.0/16")
			e.zone("corp.test", hub, dev)
			group := e.resource("hub", "aws_route53_resolver_firewall_rule_group", "main")
			hub.NameGroups = about(group) // a group of one VPC is that VPC's own
		},
	},
	{
		code: "zone-without-vpc", wrong: "zone.corp.test (corp.test) is associated with no VPC",
		with:    func(e *world) { e.zone("corp.test") },
		without: func(e *world) { e.zone("corp.test", e.vpc("hub", "10.0.0.0/16")) },
	}, {
		code: "zone-not-associated", wrong: "lets dev/aws_vpc.main be associated",
		with: func(e *world) {
			z := e.zone("corp.test", e.vpc("hub", "10.0.0.0/16"), e.vpc("dev", "10.1.0.0/16"))
			z.Associations = z.Associations[:1]
		},
		without: func(e *world) { e.zone("corp.test", e.vpc("hub", "10.0.0.0/16"), e.vpc("dev", "10.1.0.0/16")) },
	}, {
		code: "zone-not-authorized", wrong: "account 111111111111 needs an aws_route53_vpc_association_authorization",
		with: func(e *world) {
			e.zone("corp.test", e.vpc("hub", "10.0.0.0/16"), e.vpc("dev", "10.1.0.0/16")).Authorizations = nil
		},
		without: func(e *world) { e.zone("corp.test", e.vpc("hub", "10.0.0.0/16"), e.vpc("dev", "10.1.0.0/16")) },
	}, {
		code: "zone-associated-by-other-account", wrong: "only the VPC's account, 222222222222, may do that",
		with: func(e *world) {
			z := e.zone("corp.test", e.vpc("hub", "10.0.0.0/16"), e.vpc("dev", "10.1.0.0/16"))
			z.Associations[1].Resource = z.Resource
		},
		without: func(e *world) { e.zone("corp.test", e.vpc("hub", "10.0.0.0/16"), e.vpc("dev", "10.1.0.0/16")) },
	}, {
		code: "public-zone-associated", wrong: "only a private zone answers in VPCs",
		with:    func(e *world) { e.zone("corp.test", e.vpc("hub", "10.0.0.0/16")).Private = false },
		without: func(e *world) { e.zone("corp.test", e.vpc("hub", "10.0.0.0/16")) },
	}, {
		code: "zones-of-one-name", wrong: "are both called corp.test",
		with: func(e *world) {
			v := e.vpc("hub", "10.0.0.0/16")
			e.zone("corp.test", v)
			e.zone("corp.test", v)
		},
		without: func(e *world) {
			e.zone("corp.test", e.vpc("hub", "10.0.0.0/16"))
			e.zone("corp.test", e.vpc("dev", "10.1.0.0/16"))
		},
	}, {
		code: "record-hidden", wrong: "a.dev.corp.test) does not answer in hub/aws_vpc.main",
		with: func(e *world) {
			v := e.vpc("hub", "10.0.0.0/16")
			e.record(e.zone("corp.test", v), "a.dev.corp.test", "A", host(1))
			e.zone("dev.corp.test", v)
		},
		without: func(e *world) {
			v := e.vpc("hub", "10.0.0.0/16")
			e.record(e.zone("corp.test", v), "a.corp.test", "A", host(1))
			e.zone("dev.corp.test", v)
		},
	}, {
		code: "record-overridden", wrong: "has a record of its own for the name", note: true,
		with: func(e *world) {
			v := e.vpc("hub", "10.0.0.0/16")
			e.record(e.zone("corp.test", v), "a.dev.corp.test", "A", host(1))
			e.record(e.zone("dev.corp.test", v), "a.dev.corp.test", "A", host(2))
		},
		without: func(e *world) {
			e.record(e.zone("corp.test", e.vpc("hub", "10.0.0.0/16")), "a.dev.corp.test", "A", host(1))
			e.record(e.zone("dev.corp.test", e.vpc("dev", "10.1.0.0/16")), "a.dev.corp.test", "A", host(2))
		},
	}, {
		code: "rule-hides-zone", wrong: "a rule comes before a zone of the same name", note: true,
		with: func(e *world) {
			v := e.vpc("hub", "10.0.0.0/16")
			e.zone("corp.test", v)
			e.rule("corp.test", e.resolver(v, false), []string{"192.168.0.53"}, v)
		},
		without: func(e *world) {
			v := e.vpc("hub", "10.0.0.0/16")
			e.zone("a.corp.test", v)
			e.rule("corp.test", e.resolver(v, false), []string{"192.168.0.53"}, v)
		},
	}, {
		code: "dns-attributes-off", wrong: "zone.corp.test needs enable_dns_support and enable_dns_hostnames in hub/aws_vpc.main",
		with: func(e *world) {
			v := e.vpc("hub", "10.0.0.0/16")
			v.DNSHostnames = false
			e.zone("corp.test", v)
		},
		without: func(e *world) { e.vpc("hub", "10.0.0.0/16").DNSHostnames = false },
	}, {
		code: "dns-attributes-off", wrong: "private DNS of hub/aws_vpc_endpoint.sts needs enable_dns_support",
		with: func(e *world) {
			v := e.vpc("hub", "10.0.0.0/16")
			v.DNSSupport = false
			e.endpoint(v, "sts", true)
		},
		without: func(e *world) { e.endpoint(e.vpc("hub", "10.0.0.0/16"), "sts", true) },
	}, {
		code: "record-leads-nowhere", wrong: "leads nowhere in hub/aws_vpc.main: zone hub/aws_route53_zone.corp.test has no record for b.corp.test",
		with: func(e *world) {
			e.record(e.zone("corp.test", e.vpc("hub", "10.0.0.0/16")), "a.corp.test", "CNAME", "b.corp.test")
		},
		without: func(e *world) {
			e.record(e.zone("corp.test", e.vpc("hub", "10.0.0.0/16")), "a.corp.test", "CNAME", "b.elsewhere.test")
		},
	}, {
		code: "record-leads-nowhere", wrong: "leads nowhere: dev: there is no aws_lb.gone",
		with: func(e *world) {
			e.alias(e.zone("corp.test", e.vpc("hub", "10.0.0.0/16")), "a.corp.test", config.Unknown{Why: "dev: there is no aws_lb.gone"})
		},
		without: func(e *world) {
			lb := e.resource("hub", "aws_lb", "main")
			v := e.vpc("hub", "10.0.0.0/16")
			e.add(lb, v, network.LoadBalancer)
			e.alias(e.zone("corp.test", v), "a.corp.test", config.Ref{Resource: lb, Attribute: "dns_name"})
		},
	}, {
		code: "record-leads-nowhere", wrong: "which is not associated with dev/aws_vpc.main",
		with: func(e *world) {
			hub, dev := e.vpc("hub", "10.0.0.0/16"), e.vpc("dev", "10.1.0.0/16")
			e.record(e.zone("corp.test", hub, dev), "a.corp.test", "CNAME", "b.other.test")
			e.record(e.zone("other.test", hub), "b.other.test", "A", host(1))
		},
		without: func(e *world) {
			hub, dev := e.vpc("hub", "10.0.0.0/16"), e.vpc("dev", "10.1.0.0/16")
			e.record(e.zone("corp.test", hub, dev), "a.corp.test", "CNAME", "b.other.test")
			e.record(e.zone("other.test", hub, dev), "b.other.test", "A", host(1))
		},
	}, {
		code: "endpoint-without-name", wrong: "no zone leads api.ecr.ap-southeast-3.amazonaws.com to it",
		with:    func(e *world) { e.endpoint(e.vpc("hub", "10.0.0.0/16"), "ecr.api", false) },
		without: func(e *world) { e.central(e.vpc("hub", "10.0.0.0/16"), "ecr.api") },
	}, {
		code: "endpoint-without-name", wrong: "no zone leads *.dkr.ecr.ap-southeast-3.amazonaws.com to it",
		with: func(e *world) {
			_, z := e.central(e.vpc("hub", "10.0.0.0/16"), "ecr.dkr")
			z.Records[0].Name = z.Name // the apex alone
		},
		without: func(e *world) { e.endpoint(e.vpc("hub", "10.0.0.0/16"), "ecr.dkr", true) },
	}, {
		code: "private-dns-conflict", wrong: "turn private DNS off or take the zone away",
		with: func(e *world) {
			v := e.vpc("hub", "10.0.0.0/16")
			e.endpoint(v, "sts", true)
			e.zone("sts.ap-southeast-3.amazonaws.com", v)
		},
		without: func(e *world) {
			e.endpoint(e.vpc("hub", "10.0.0.0/16"), "sts", true)
			e.zone("sts.ap-southeast-3.amazonaws.com", e.vpc("dev", "10.1.0.0/16"))
		},
	}, {
		code: "private-dns-conflict", wrong: "where only one of them can",
		with: func(e *world) {
			v := e.vpc("hub", "10.0.0.0/16")
			e.endpoint(v, "sts", true)
			e.endpoint(v, "sts", true).Resource.Name = "again"
		},
		without: func(e *world) {
			v := e.vpc("hub", "10.0.0.0/16")
			e.endpoint(v, "sts", true)
			e.endpoint(v, "ec2", true)
		},
	}, {
		code: "dhcp-other-view", wrong: "clients in dev/aws_vpc.main may ask 10.0.0.20, and then see names as hub/aws_vpc.main does", note: true,
		with:    func(e *world) { e.dhcp(inboundAndDev(e), "AmazonProvidedDNS", "10.0.0.20") },
		without: func(e *world) { e.dhcp(inboundAndDev(e), "AmazonProvidedDNS") },
	}, {
		code: "dhcp-foreign-server", wrong: "may ask 192.168.0.53, which is not in the configuration", note: true,
		with:    func(e *world) { e.dhcp(inboundAndDev(e), "AmazonProvidedDNS", "192.168.0.53") },
		without: func(e *world) { e.dhcp(inboundAndDev(e), "AmazonProvidedDNS") },
	}, {
		code: "dhcp-unreached", wrong: "no name server of dev/aws_vpc.main answers it",
		with:    func(e *world) { e.dhcp(inboundAndDev(e), "10.0.1.20") },
		without: func(e *world) { e.dhcp(inboundAndDev(e), "10.0.1.20", "10.0.0.20") },
	}, {
		code: "dhcp-unreached", wrong: "no name server of dev/aws_vpc.main answers it",
		with: func(e *world) {
			v := inboundAndDev(e)
			v.DNSSupport = false
			e.dhcp(v, "AmazonProvidedDNS")
		},
		without: func(e *world) { e.dhcp(inboundAndDev(e), "AmazonProvidedDNS") },
	}, {
		code: "dhcp-nobody", wrong: "asks 10.0.0.99, an address in",
		with:    func(e *world) { e.dhcp(inboundAndDev(e), "AmazonProvidedDNS", "10.0.0.99") },
		without: func(e *world) { e.dhcp(inboundAndDev(e), "AmazonProvidedDNS", "10.0.0.20") },
	}, {
		code: "rule-loop", wrong: "sends queries for corp.test from hub/aws_vpc.main back to where they come from",
		with: func(e *world) {
			v := e.vpc("hub", "10.0.0.0/16")
			e.resolver(v, true, "10.0.0.20", "10.0.1.20")
			e.rule("corp.test", e.resolver(v, false), []string{"10.0.0.20"}, v)
		},
		without: func(e *world) {
			hub, dev := e.vpc("hub", "10.0.0.0/16"), e.vpc("dev", "10.1.0.0/16")
			e.resolver(hub, true, "10.0.0.20", "10.0.1.20")
			e.rule("corp.test", e.resolver(hub, false), []string{"10.0.0.20"}, dev)
		},
	}, {
		code: "rule-loop", wrong: "sends queries for all names from dev/aws_vpc.main back",
		with: func(e *world) {
			hub, dev := e.vpc("hub", "10.0.0.0/16"), e.vpc("dev", "10.1.0.0/16")
			e.resolver(hub, true, "10.0.0.20", "10.0.1.20")
			e.resolver(dev, true, "10.1.0.20", "10.1.1.20")
			out := e.resolver(hub, false)
			e.rule("", out, []string{"192.168.0.53", "10.0.0.20"}, dev)
			e.rule("invalid", out, []string{"10.1.0.20"}, hub)
		},
		without: func(e *world) {
			// A zone ends the way back.
			hub, dev := e.vpc("hub", "10.0.0.0/16"), e.vpc("dev", "10.1.0.0/16")
			e.resolver(hub, true, "10.0.0.20", "10.0.1.20")
			e.resolver(dev, true, "10.1.0.20", "10.1.1.20")
			out := e.resolver(hub, false)
			e.rule("corp.test", out, []string{"10.0.0.20"}, dev)
			e.rule("test", out, []string{"10.1.0.20"}, hub)
			e.zone("corp.test", hub)
		},
	}, {
		code: "rule-target-unreached", wrong: "forwards to 10.0.1.20, which hub/aws_route53_resolver_endpoint.outbound does not reach",
		with: func(e *world) {
			dev := inboundAndDev(e)
			e.rule("corp.test", e.resolver(e.VPCs[0], false), []string{"10.0.1.20"}, dev)
		},
		without: func(e *world) {
			dev := inboundAndDev(e)
			e.rule("corp.test", e.resolver(e.VPCs[0], false), []string{"10.0.0.20"}, dev)
		},
	}, {
		code: "rule-target-elsewhere", wrong: "forwards to 192.168.0.53, which is in no VPC here", note: true,
		with: func(e *world) {
			dev := inboundAndDev(e)
			e.rule("corp.test", e.resolver(e.VPCs[0], false), []string{"192.168.0.53"}, dev)
		},
		without: func(e *world) {
			dev := inboundAndDev(e)
			e.rule("corp.test", e.resolver(e.VPCs[0], false), []string{"10.0.0.20"}, dev)
		},
	}, {
		code: "resolver-endpoint-one-address", wrong: "has 1 address",
		with: func(e *world) {
			r := e.resolver(e.vpc("hub", "10.0.0.0/16"), true, "10.0.0.20")
			r.Interfaces = r.Interfaces[:1]
		},
		without: func(e *world) { e.resolver(e.vpc("hub", "10.0.0.0/16"), true, "10.0.0.20", "10.0.1.20") },
	}, {
		code: "resolver-endpoint-one-zone", wrong: "has all its addresses in apse3-az1",
		with: func(e *world) {
			r := e.resolver(e.vpc("hub", "10.0.0.0/16"), true, "10.0.0.20", "10.0.1.20")
			r.Interfaces[1].Subnet = r.Interfaces[0].Subnet
		},
		without: func(e *world) { e.resolver(e.vpc("hub", "10.0.0.0/16"), true, "10.0.0.20", "10.0.1.20") },
	}, {
		code: "cluster-needs-amazon-dns", wrong: "has private access, which needs AmazonProvidedDNS",
		with: func(e *world) {
			dev := inboundAndDev(e)
			e.add(cluster(true, true), dev, network.ControlPlane)
			e.dhcp(dev, "10.0.0.20")
		},
		without: func(e *world) {
			dev := inboundAndDev(e)
			e.add(cluster(true, true), dev, network.ControlPlane)
			e.dhcp(dev, "10.0.0.20", "AmazonProvidedDNS")
		},
	},
}

// inboundAndDev makes a hub with an inbound endpoint, and returns another VPC.
func inboundAndDev(e *world) *network.VPC {
	e.resolver(e.vpc("hub", "10.0.0.0/16"), true, "10.0.0.20", "10.0.1.20")
	return e.vpc("dev", "10.1.0.0/16")
}

// cluster is a cluster as a configuration describes it.
func cluster(private, public bool) *config.Resource {
	c := config.Of([]*stackjson.Stack{{Name: "dev-eks", JSON: map[string]any{"resource": map[string]any{
		"aws_eks_cluster": map[string]any{
			"main": map[string]any{
				"vpc_config": map[string]any{"endpoint_private_access": private, "endpoint_public_access": public},
			},
			"plain": map[string]any{"vpc_config": []any{map[string]any{}}},
			"odd":   map[string]any{"vpc_config": []any{map[string]any{"endpoint_private_access": "${var.private}"}}},
		},
	}}}})
	return c.All("aws_eks_cluster")[0]
}

func TestEachProblemIsFoundAndItsCureIsNot(t *testing.T) {
	reached := func(f Flow) bool { return f.To.String() != "10.0.1.20" && f.To.String() != "192.168.0.53" }
	for _, test := range problemTests {
		t.Run(test.code, func(t *testing.T) {
			wrong, right := newWorld(), newWorld()
			test.with(wrong)
			test.without(right)
			found := Problems(wrong.Model, reached)
			i := slices.IndexFunc(found, func(f finding.Finding) bool {
				return f.Kind.Code() == test.code && strings.Contains(f.Sentence, test.wrong)
			})
			if i < 0 {
				t.Fatalf("not found: %q among %v", test.wrong, found)
			}
			if found[i].Note() != test.note || len(found[i].Resources) == 0 || slices.Contains(found[i].Resources, nil) {
				t.Errorf("got %+v", found[i])
			}
			for _, p := range Problems(right.Model, reached) {
				if p.Kind.Code() == test.code {
					t.Errorf("found in the network without it: %s", p)
				}
			}
		})
	}
}

func TestOneViewOfAnotherVPCIsOneNote(t *testing.T) {
	e := newWorld()
	e.dhcp(inboundAndDev(e), "10.0.0.20", "10.0.1.20", "AmazonProvidedDNS")
	if found := Problems(e.Model, nil); len(found) != 1 {
		t.Errorf("found %v", found)
	}
}

func TestANetworkWithCentralEndpointsAndRulesHasNoProblems(t *testing.T) {
	e := newWorld()
	hub, dev, prod := e.vpc("hub", "10.0.0.0/16"), e.vpc("dev", "10.1.0.0/16"), e.vpc("prod", "10.2.0.0/16")
	for _, service := range []string{"ecr.api", "ecr.dkr", "sts", "eks-auth"} {
		e.central(hub, service, dev, prod)
	}
	e.resolver(hub, true, "10.0.0.20", "10.0.1.20")
	e.rule("office.test", e.resolver(hub, false), []string{"192.168.0.53"}, hub, dev, prod)
	e.record(e.zone("corp.test", hub, dev, prod), "a.corp.test", "CNAME", "www.office.test")
	e.zone("dev.corp.test", hub, dev)
	e.dhcp(dev, "AmazonProvidedDNS")
	if found := Problems(e.Model, func(Flow) bool { return true }); len(found) > 0 {
		t.Errorf("found %v", found)
	}
}

func TestAClustersNameDependsOnWhoAsks(t *testing.T) {
	for _, test := range []struct {
		private, public bool
		inside, outside Kind
	}{
		{private: true, public: true, inside: Interface, outside: Internet},
		{private: true, public: false, inside: Interface, outside: Interface},
		{private: false, public: true, inside: Internet, outside: Internet},
	} {
		e := newWorld()
		hub, dev := e.vpc("hub", "10.0.0.0/16"), e.vpc("dev", "10.1.0.0/16")
		r := cluster(test.private, test.public)
		e.add(r, dev, network.ControlPlane)
		name := config.Ref{Resource: r, Attribute: "endpoint"}
		for v, want := range map[*network.VPC]Kind{hub: test.outside, dev: test.inside} {
			if got := ResolveAttribute(e.Model, v, name).To; got.Kind != want {
				t.Errorf("%+v in %s: got %s, want %s", test, v.Resource, got, want)
			}
		}
	}
}

func TestAClusterIsPublicUnlessItSaysOtherwise(t *testing.T) {
	for name, want := range map[string]Kind{"plain": Internet, "odd": Unknown} {
		e := newWorld()
		dev := e.vpc("dev", "10.1.0.0/16")
		all := cluster(true, false).Stack.Resources
		r := all[slices.IndexFunc(all, func(r *config.Resource) bool { return r.Name == name })]
		e.add(r, dev, network.ControlPlane)
		if got := ResolveAttribute(e.Model, dev, config.Ref{Resource: r, Attribute: "endpoint"}).To; got.Kind != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

func TestWhatIsNotWrongIsNoProblem(t *testing.T) {
	for name, build := range map[string]func(*world){
		"an account that no provider states": func(e *world) {
			z := e.zone("corp.test", e.vpc("hub", "10.0.0.0/16"), e.vpc("dev", "10.1.0.0/16"))
			z.Authorizations, z.Resource.Account = nil, ""
		},
		"a delegation to the more specific zone": func(e *world) {
			v := e.vpc("hub", "10.0.0.0/16")
			e.record(e.zone("corp.test", v), "dev.corp.test", "NS", "ns.elsewhere.test")
			e.zone("dev.corp.test", v)
		},
		"an S3 endpoint that is used by its own names": func(e *world) { e.endpoint(e.vpc("hub", "10.0.0.0/16"), "s3", false) },
	} {
		e := newWorld()
		build(e)
		if found := Problems(e.Model, nil); len(found) > 0 {
			t.Errorf("%s: found %v", name, found)
		}
	}
}

func TestARuleThatLeadsIntoALoopIsNotPartOfIt(t *testing.T) {
	e := newWorld()
	hub, dev, prod := e.vpc("hub", "10.0.0.0/16"), e.vpc("dev", "10.1.0.0/16"), e.vpc("prod", "10.2.0.0/16")
	e.resolver(hub, true, "10.0.0.20", "10.0.1.20")
	e.resolver(dev, true, "10.1.0.20", "10.1.1.20")
	out := e.resolver(hub, false)
	e.rule("corp.test", out, []string{"10.0.0.20"}, dev, prod)
	e.rule("corp.test", out, []string{"10.1.0.20"}, hub)
	var from []string
	for _, p := range Problems(e.Model, nil) {
		if p.Kind.Code() == "rule-loop" {
			from = append(from, strings.Split(p.Sentence, " from ")[1][:3])
		}
	}
	if want := []string{"dev", "hub"}; !slices.Equal(from, want) {
		t.Errorf("loops from %v, want %v", from, want)
	}
}

func TestProblemsComeInOneOrder(t *testing.T) {
	e := newWorld()
	for _, test := range problemTests {
		test.with(e)
	}
	first := fmt.Sprint(Problems(e.Model, nil))
	slices.Reverse(e.Zones)
	if again := fmt.Sprint(Problems(e.Model, nil)); again != first {
		t.Errorf("got %s\nthen %s", first, again)
	}
}

func BenchmarkProblemsOfAHundredSpokes(b *testing.B) {
	e := newWorld()
	vpcs := []*network.VPC{e.vpc("hub", "10.0.0.0/16")}
	for i := range 100 {
		name := fmt.Sprintf("spoke%d", i)
		vpcs = append(vpcs, e.vpc(name, fmt.Sprintf("10.%d.0.0/16", i+1)))
	}
	for _, service := range []string{"ecr.api", "ecr.dkr", "sts", "eks-auth", "ec2", "logs", "sqs", "ssm", "ssmmessages", "ec2messages"} {
		e.central(vpcs[0], service, vpcs[1:]...)
	}
	for b.Loop() {
		if found := Problems(e.Model, nil); len(found) > 0 {
			b.Fatal(found)
		}
	}
}

func TestEveryKindOfFindingIsMadeByATest(t *testing.T) {
	for _, k := range Kinds() {
		if !slices.ContainsFunc(problemTests, func(test problemTest) bool { return test.code == k.Code() }) {
			t.Errorf("no network has the problem %s", k.Code())
		}
	}
}
