package dns

import (
	"slices"
	"testing"

	"hubspoke/proof/config"
	"hubspoke/proof/network"
	"hubspoke/proof/packet"
)

const apiName = "api.ecr.ap-southeast-3.amazonaws.com"

func TestACentralEndpointAnswersWhereItsZoneIsAssociated(t *testing.T) {
	e := newWorld()
	hub, dev, prod := e.vpc("hub", "10.0.0.0/16"), e.vpc("dev", "10.1.0.0/16"), e.vpc("prod", "10.2.0.0/16")
	end, _ := e.central(hub, "ecr.api", dev)
	for _, v := range []*network.VPC{hub, dev} {
		a := Resolve(e.Model, v, apiName)
		expect(t, a, "endpoint hub/aws_vpc_endpoint.ecr_api")
		if a.To.Endpoint != end || len(a.To.Interfaces) != 2 || a.To.Addresses[0] != packet.Prefix(hub.Subnets[0].CIDR) {
			t.Errorf("got %+v", a.To)
		}
	}
	a := Resolve(e.Model, prod, apiName)
	expect(t, a, "public addresses of ecr.api")
	if a.To.Addresses[0] != network.OtherServices {
		t.Errorf("got %v", a.To.Addresses)
	}
}

func TestAWildcardAnswersForAllNamesThatDoNotExist(t *testing.T) {
	e := newWorld()
	hub := e.vpc("hub", "10.0.0.0/16")
	z := e.zone("corp.test", hub)
	e.record(z, "*.corp.test", "A", host(1))
	e.record(z, "named.corp.test", "A", host(2))
	e.record(z, "text.corp.test", "TXT", "x")
	e.record(z, "deep.empty.corp.test", "A", host(3))
	for name, want := range map[string]string{
		"any.corp.test":        host(1),
		"a.b.c.corp.test":      host(1),
		"*.corp.test":          host(1),
		"NAMED.corp.test.":     host(2),
		"x.named.corp.test":    "not found", // its closest ancestor exists, and has no wildcard
		"text.corp.test":       "not found", // it exists, without an address
		"empty.corp.test":      "not found", // a name below it exists
		"x.empty.corp.test":    "not found",
		"deep.empty.corp.test": host(3),
		"corp.test":            "not found",
		"othercorp.test":       "public addresses",
	} {
		expect(t, Resolve(e.Model, hub, name), want)
	}
}

func TestTheMostSpecificZoneAnswersAndHidesPublicNames(t *testing.T) {
	e := newWorld()
	hub := e.vpc("hub", "10.0.0.0/16")
	e.record(e.zone("corp.test", hub), "a.dev.corp.test", "A", host(1))
	e.record(e.zone("dev.corp.test", hub), "b.dev.corp.test", "A", host(2))
	expect(t, Resolve(e.Model, hub, "b.dev.corp.test"), host(2))
	expect(t, Resolve(e.Model, hub, "a.dev.corp.test"), "not found")
}

func TestTwoZonesOfOneNameLeaveTheAnswerUnknown(t *testing.T) {
	e := newWorld()
	hub := e.vpc("hub", "10.0.0.0/16")
	e.record(e.zone("corp.test", hub), "a.corp.test", "A", host(1))
	e.zone("corp.test", hub)
	expect(t, Resolve(e.Model, hub, "a.corp.test"), "unknown")
}

func TestRecordsLeadOnToOtherNamesAndResources(t *testing.T) {
	e := newWorld()
	hub, dev := e.vpc("hub", "10.0.0.0/16"), e.vpc("dev", "10.1.0.0/16")
	z := e.zone("corp.test", hub, dev)
	lb := e.resource("hub", "aws_lb", "inside")
	e.add(lb, hub, network.LoadBalancer)
	facing := e.resource("hub", "aws_lb", "outside")
	for _, i := range e.add(facing, hub, network.LoadBalancer) {
		i.Public = true
	}
	db := e.resource("dev", "aws_db_instance", "main")
	for _, i := range e.add(db, dev, network.DatabaseInstance) {
		i.Public = true
	}
	name := func(r *config.Resource) config.Ref { return config.Ref{Resource: r, Attribute: "dns_name"} }
	e.record(z, "a.corp.test", "A", host(1), host(2))
	e.record(z, "one.corp.test", "CNAME", "two.corp.test.")
	e.record(z, "two.corp.test", "CNAME", "a.corp.test")
	e.record(z, "loop.corp.test", "CNAME", "pool.corp.test")
	e.record(z, "pool.corp.test", "CNAME", "loop.corp.test")
	e.record(z, "public.corp.test", "CNAME", "www.elsewhere.test")
	e.record(z, "sts.corp.test", "CNAME", "sts.ap-southeast-3.amazonaws.com")
	e.record(z, "lb.corp.test", "CNAME", name(lb))
	e.record(z, "db.corp.test", "CNAME", config.Ref{Resource: db, Attribute: "address"})
	e.record(z, "v6.corp.test", "AAAA", "2001:db8::1")
	e.record(z, "child.corp.test", "NS", "ns.elsewhere.test")
	e.alias(z, "facing.corp.test", config.Text{Parts: []any{"dualstack.", name(facing), ""}})
	alias := e.alias(z, "alias.corp.test", "a.corp.test")
	e.alias(z, "by-reference.corp.test", config.Ref{Resource: alias.Resource, Attribute: "fqdn"})
	e.alias(z, "self.corp.test", "self.corp.test")
	e.alias(z, "function.corp.test", config.Unknown{Why: "the function lower is not evaluated"})
	both := host(1) + ", " + host(2)
	for name, want := range map[string]string{
		"one.corp.test": both, "alias.corp.test": both, "by-reference.corp.test": both,
		"loop.corp.test":     "failed",
		"self.corp.test":     "failed",
		"public.corp.test":   "internet",
		"sts.corp.test":      "public addresses of sts",
		"lb.corp.test":       "interfaces of hub/aws_lb.inside",
		"facing.corp.test":   "internet",
		"db.corp.test":       "internet", // a public database's name leads to private addresses in its own VPC alone
		"v6.corp.test":       "unknown",
		"x.child.corp.test":  "unknown",
		"function.corp.test": "unknown",
	} {
		expect(t, Resolve(e.Model, hub, name), want)
	}
	expect(t, Resolve(e.Model, dev, "db.corp.test"), "interfaces of dev/aws_db_instance.main")
}

func TestAddressesThatAnInterfaceHasNameIt(t *testing.T) {
	e := newWorld()
	hub := e.vpc("hub", "10.0.0.0/16")
	inbound := e.resolver(hub, true, "10.0.0.20", "10.0.1.20")
	e.record(e.zone("corp.test", hub), "dns.corp.test", "A", "10.0.0.20")
	to := Resolve(e.Model, hub, "dns.corp.test").To
	if to.Kind != Addresses || len(to.Interfaces) != 1 || to.Interfaces[0] != inbound.Interfaces[0] {
		t.Errorf("got %+v", to)
	}
}

func TestPrivateDNSOfAnEndpointMakesAZoneInItsVPC(t *testing.T) {
	e := newWorld()
	hub, dev := e.vpc("hub", "10.0.0.0/16"), e.vpc("dev", "10.1.0.0/16")
	e.endpoint(hub, "ecr.dkr", true)
	e.endpoint(hub, "eks", true)
	e.endpoint(hub, "s3", true)
	for name, want := range map[string]string{
		"111111111111.dkr.ecr.ap-southeast-3.amazonaws.com": "endpoint hub/aws_vpc_endpoint.ecr_dkr",
		"eks.ap-southeast-3.amazonaws.com":                  "endpoint hub/aws_vpc_endpoint.eks",
		"dkr.ecr.ap-southeast-3.amazonaws.com":              "not found", // the wildcard alone
		"s3.ap-southeast-3.amazonaws.com":                   "unknown",
		"oidc.eks.ap-southeast-3.amazonaws.com":             "not found", // hidden by the endpoint's zone
		apiName:                                             "public addresses of ecr.api",
	} {
		expect(t, Resolve(e.Model, hub, name), want)
	}
	expect(t, Resolve(e.Model, dev, "oidc.eks.ap-southeast-3.amazonaws.com"), "public addresses of oidc.eks")

	hub.DNSHostnames = false
	expect(t, Resolve(e.Model, hub, "eks.ap-southeast-3.amazonaws.com"), "unknown")
	hub.DNSSupport = false
	expect(t, Resolve(e.Model, hub, "eks.ap-southeast-3.amazonaws.com"), "silent")
}

func TestAnEndpointWhoseNamesAreNotKnownMayAnswerWhatIsNotKnown(t *testing.T) {
	e := newWorld()
	hub := e.vpc("hub", "10.0.0.0/16")
	e.endpoint(hub, "com.amazonaws.vpce.ap-southeast-3.vpce-svc-0", true)
	expect(t, Resolve(e.Model, hub, "api.partner.test"), "unknown")
	expect(t, Resolve(e.Model, hub, apiName), "public addresses of ecr.api")
}

func TestServicesOfAnotherRegionAreNotBehindAGatewayEndpoint(t *testing.T) {
	e := newWorld()
	hub := e.vpc("hub", "10.0.0.0/16")
	here := Resolve(e.Model, hub, "bucket.s3.ap-southeast-3.amazonaws.com").To
	there := Resolve(e.Model, hub, "bucket.s3.us-east-1.amazonaws.com").To
	if here.Addresses[0] != network.ServiceRange("s3") || here.Service != "s3" {
		t.Errorf("got %+v", here)
	}
	if there.Addresses[0] == network.ServiceRange("s3") || there.Service != "s3" {
		t.Errorf("got %+v", there)
	}
}

func TestWhatAWSMakesUpCannotBeToldFromTheName(t *testing.T) {
	e := newWorld()
	hub := e.vpc("hub", "10.0.0.0/16")
	for name, want := range map[string]string{
		"x.gr7.ap-southeast-3.eks.amazonaws.com":      "unknown",
		"name-1.elb.ap-southeast-3.amazonaws.com":     "unknown",
		"db.x.ap-southeast-3.rds.amazonaws.com":       "unknown",
		"ip-10-0-0-1.ap-southeast-3.compute.internal": "unknown",
		"1.0.0.10.in-addr.arpa":                       "unknown",
		"rds.ap-southeast-3.amazonaws.com":            "public addresses of rds",
		"sts.amazonaws.com":                           "internet",
		"github.com":                                  "internet",
	} {
		expect(t, Resolve(e.Model, hub, name), want)
	}
}

func TestARuleComesBeforeAZoneOfTheSameNameAndSystemTakesItBack(t *testing.T) {
	e := newWorld()
	hub, dev := e.vpc("hub", "10.0.0.0/16"), e.vpc("dev", "10.1.0.0/16")
	out := e.resolver(hub, false)
	z := e.zone("corp.test", hub, dev)
	e.record(z, "a.corp.test", "A", host(1))
	e.record(z, "a.own.corp.test", "A", host(2))
	inner := e.zone("zone.corp.test", hub, dev)
	e.record(inner, "a.zone.corp.test", "A", host(3))
	e.rule("corp.test", out, []string{"192.168.0.53"}, dev)
	e.rule("own.corp.test", nil, nil, dev)
	expect(t, Resolve(e.Model, hub, "a.corp.test"), host(1))
	expect(t, Resolve(e.Model, dev, "a.corp.test"), "unknown (192.168.0.53 answers for corp.test, and is not in the configuration)")
	expect(t, Resolve(e.Model, dev, "a.own.corp.test"), host(2))
	expect(t, Resolve(e.Model, dev, "a.zone.corp.test"), host(3))
	expect(t, Resolve(e.Model, dev, "www.elsewhere.test"), "internet")
}

func TestForwardingToAnInboundEndpointGivesItsVPCsView(t *testing.T) {
	e := newWorld()
	hub, dev := e.vpc("hub", "10.0.0.0/16"), e.vpc("dev", "10.1.0.0/16")
	e.resolver(hub, true, "10.0.0.20", "10.0.1.20")
	out := e.resolver(dev, false)
	e.record(e.zone("corp.test", hub), "a.corp.test", "A", host(1))
	e.rule("corp.test", out, []string{"10.0.0.20", "10.0.1.20"}, dev)
	a := Resolve(e.Model, dev, "a.corp.test")
	expect(t, a, host(1))
	if len(a.Needs) != 2 || a.Needs[0].Outbound != out || a.Needs[0].To.String() != "10.0.0.20" {
		t.Errorf("needs %+v", a.Needs)
	}
	expectAll(t, Ask(e.Model, dev, "a.corp.test", func(f Flow) bool { return f.To.String() == "10.0.1.20" }), host(1))
	expectAll(t, Ask(e.Model, dev, "a.corp.test", func(Flow) bool { return false }), "failed")
}

func TestOnlyAnInboundEndpointAnswers(t *testing.T) {
	e := newWorld()
	hub, dev := e.vpc("hub", "10.0.0.0/16"), e.vpc("dev", "10.1.0.0/16")
	e.resolver(hub, false, "10.0.0.20")
	e.rule("corp.test", e.resolver(dev, false), []string{"10.0.0.20"}, dev)
	expect(t, Resolve(e.Model, dev, "a.corp.test"), "unknown")
}

func TestAnAliasOfANameElsewhereDoesNotAskTheVPC(t *testing.T) {
	e := newWorld()
	hub := e.vpc("hub", "10.0.0.0/16")
	e.record(e.zone("other.test", hub), "www.other.test", "A", host(1))
	z := e.zone("corp.test", hub)
	e.alias(z, "alias.corp.test", "www.other.test")
	e.record(z, "cname.corp.test", "CNAME", "www.other.test")
	expect(t, Resolve(e.Model, hub, "alias.corp.test"), "internet")
	expect(t, Resolve(e.Model, hub, "cname.corp.test"), host(1))
}

func TestServersThatDisagreeLeaveTheAnswerUnknown(t *testing.T) {
	e := newWorld()
	hub, dev, prod := e.vpc("hub", "10.0.0.0/16"), e.vpc("dev", "10.1.0.0/16"), e.vpc("prod", "10.2.0.0/16")
	e.resolver(hub, true, "10.0.0.20")
	e.resolver(prod, true, "10.2.0.20")
	e.record(e.zone("corp.test", hub), "a.corp.test", "A", host(1))
	e.rule("corp.test", e.resolver(dev, false), []string{"10.0.0.20", "10.2.0.20"}, dev)
	expect(t, Resolve(e.Model, dev, "a.corp.test"), "unknown")
}

func TestARuleThatLeadsBackFails(t *testing.T) {
	e := newWorld()
	hub, dev := e.vpc("hub", "10.0.0.0/16"), e.vpc("dev", "10.1.0.0/16")
	e.resolver(hub, true, "10.0.0.20")
	e.resolver(dev, true, "10.1.0.20")
	out := e.resolver(hub, false)
	e.rule("corp.test", out, []string{"10.0.0.20"}, dev)
	e.rule("a.corp.test", out, []string{"10.1.0.20"}, hub)
	expect(t, Resolve(e.Model, dev, "a.corp.test"), "failed")
	expect(t, Resolve(e.Model, dev, "b.corp.test"), "internet")
}

func TestPublicZonesOfTheConfigurationAnswerEveryone(t *testing.T) {
	e := newWorld()
	hub, dev := e.vpc("hub", "10.0.0.0/16"), e.vpc("dev", "10.1.0.0/16")
	z := e.zone("corp.test")
	z.Private = false
	e.record(z, "www.corp.test", "A", "198.51.100.1")
	e.record(z, "child.corp.test", "NS", "ns.elsewhere.test")
	expect(t, Resolve(e.Model, dev, "www.corp.test"), "198.51.100.1")
	expect(t, Resolve(e.Model, dev, "a.child.corp.test"), "internet")
	expect(t, Resolve(e.Model, dev, "other.corp.test"), "not found")
	e.record(e.zone("corp.test", hub), "www.corp.test", "A", host(1))
	expect(t, Resolve(e.Model, hub, "www.corp.test"), host(1))
	expect(t, Resolve(e.Model, dev, "www.corp.test"), "198.51.100.1")
}

func TestAliasesBetweenPublicZonesEnd(t *testing.T) {
	e := newWorld()
	hub := e.vpc("hub", "10.0.0.0/16")
	for _, names := range [][2]string{{"one.test", "two.test"}, {"two.test", "one.test"}} {
		z := e.zone(names[0])
		z.Private = false
		e.alias(z, names[0], names[1])
	}
	expect(t, Resolve(e.Model, hub, "one.test"), "failed")
}

func TestWhatIsNotUnderstoodLeavesAnswersUnknown(t *testing.T) {
	e := newWorld()
	hub, dev := e.vpc("hub", "10.0.0.0/16"), e.vpc("dev", "10.1.0.0/16")
	z := e.zone("corp.test", hub)
	e.record(z, "a.corp.test", "A", host(1))
	strange := e.record(z, "b.corp.test", "A", host(2))
	z.Unknown = []network.Unknown{{Resource: strange.Resource, Why: "its records are not known"}}
	expect(t, Resolve(e.Model, hub, "a.corp.test"), host(1))
	expect(t, Resolve(e.Model, hub, "b.corp.test"), "unknown")
	expect(t, Resolve(e.Model, dev, "a.corp.test"), "internet")

	// A zone whose VPCs are not known may answer in any.
	z.Unknown = []network.Unknown{{Resource: z.Resource, Why: "vpc is not known"}}
	expect(t, Resolve(e.Model, hub, "a.corp.test"), "unknown")
	expect(t, Resolve(e.Model, dev, "a.corp.test"), "unknown")
	expect(t, Resolve(e.Model, dev, "a.elsewhere.test"), "internet")

	// A zone whose name is not known may be the most specific one.
	z.Name = ""
	e.record(e.zone("known.test", dev), "a.known.test", "A", host(1))
	expect(t, Resolve(e.Model, dev, "a.elsewhere.test"), "unknown")
	expect(t, Resolve(e.Model, dev, "a.known.test"), "unknown")
}

func TestEveryServerThatAClientMayTakeAnswers(t *testing.T) {
	e := newWorld()
	hub, dev := e.vpc("hub", "10.0.0.0/16"), e.vpc("dev", "10.1.0.0/16")
	e.resolver(hub, true, "10.0.0.20", "10.0.1.20")
	e.record(e.zone("dev.test", dev), "a.dev.test", "A", host(1))
	shared := e.zone("hub.test", hub)
	e.record(shared, "a.hub.test", "A", host(2))
	unreached := func(Flow) bool { return false }

	expectAll(t, Ask(e.Model, dev, "a.dev.test", nil), host(1)) // no options: AmazonProvidedDNS
	for _, order := range [][]string{{"AmazonProvidedDNS", "10.0.0.20"}, {"10.0.0.20", "AmazonProvidedDNS"}} {
		e.dhcp(dev, order...)
		own, hubs := slices.Index(order, "AmazonProvidedDNS"), slices.Index(order, "10.0.0.20")
		for name, views := range map[string][2]string{"a.dev.test": {host(1), "internet"}, "a.hub.test": {"internet", host(2)}} {
			want := make([]string, 2)
			want[own], want[hubs] = views[0], views[1]
			expectAll(t, Ask(e.Model, dev, name, nil), want...)
			expectAll(t, Ask(e.Model, dev, name, unreached), views[0])
		}
	}
	e.dhcp(dev, "10.0.0.20")
	expectAll(t, Ask(e.Model, dev, "a.dev.test", unreached), "silent")
	e.dhcp(dev, "192.168.0.53")
	expectAll(t, Ask(e.Model, dev, "a.dev.test", nil), "unknown")
	e.dhcp(dev, "10.1.0.2")
	expectAll(t, Ask(e.Model, dev, "a.dev.test", nil), host(1))
	e.dhcp(dev, "169.254.169.253")
	expectAll(t, Ask(e.Model, dev, "a.dev.test", nil), host(1))
	e.dhcp(dev, "not an address")
	expectAll(t, Ask(e.Model, dev, "a.dev.test", nil), "unknown")
	e.dhcp(dev)
	expectAll(t, Ask(e.Model, dev, "a.dev.test", nil), "unknown")
	expectAll(t, Ask(e.Model, nil, "a.dev.test", nil), "unknown")

	e.dhcp(dev, "AmazonProvidedDNS", "10.0.0.20")
	dev.DNSSupport = false
	answers := Ask(e.Model, dev, "a.hub.test", nil)
	expectAll(t, answers, host(2))
	if a := answers[0]; len(a.Needs) != 1 || a.Needs[0].From != dev || len(a.Needs[0].Traffic()) != 2 || a.Server.Text != "10.0.0.20" {
		t.Errorf("%s needs %+v", a.Server.Text, a.Needs)
	}
}

func TestWhoLooksForANameAsksServersThatNobodyNamed(t *testing.T) {
	e := newWorld()
	hub, dev := e.vpc("hub", "10.0.0.0/16"), e.vpc("dev", "10.1.0.0/16")
	inbound := e.resolver(hub, true, "10.0.0.20", "10.0.1.20")
	e.resolver(hub, false)
	e.record(e.zone("dev.test", dev), "a.dev.test", "A", host(1))
	e.record(e.zone("hub.test", hub), "a.hub.test", "A", host(2))
	unreached := func(Flow) bool { return false }

	answers := AskAll(e.Model, dev, "a.hub.test", nil)
	expectAll(t, answers, "internet", host(2))
	if a := answers[1]; a.Server.Inbound != inbound || len(a.Needs) != 1 || a.Needs[0].To.IsValid() {
		t.Errorf("%+v was asked, by way of %+v", a.Server, a.Needs)
	}
	expectAll(t, AskAll(e.Model, dev, "a.hub.test", unreached), "internet")

	// A list without it does not take the VPC's own resolver away.
	e.dhcp(dev, "10.0.0.20", "10.0.1.20")
	expectAll(t, AskAll(e.Model, dev, "a.dev.test", nil), "internet", "internet", host(1))
	dev.DNSSupport = false
	expectAll(t, AskAll(e.Model, dev, "a.dev.test", nil), "internet", "internet")
	// The list names an address that is not reached; the endpoint has another one.
	e.dhcp(dev, "10.0.0.20")
	expectAll(t, AskAll(e.Model, dev, "a.hub.test", func(f Flow) bool { return f.To.String() != "10.0.0.20" }), "silent", host(2))
	expectAll(t, AskAll(e.Model, nil, "a.hub.test", nil), "unknown")
}

func TestOddNamesAreNotNames(t *testing.T) {
	e := newWorld()
	hub := e.vpc("hub", "10.0.0.0/16")
	for _, name := range []string{"", ".", "..", "a..b", " ", "ä.test", string(make([]byte, 300)), "a\x00b"} {
		expect(t, Resolve(e.Model, hub, name), "unknown")
	}
	if to := Resolve(e.Model, nil, "a.test").To; to.Kind != Unknown {
		t.Errorf("got %v", to)
	}
	if to := ResolveAttribute(e.Model, nil, config.Ref{}).To; to.Kind != Unknown {
		t.Errorf("got %v", to)
	}
}

func FuzzResolve(f *testing.F) {
	e := newWorld()
	hub, dev := e.vpc("hub", "10.0.0.0/16"), e.vpc("dev", "10.1.0.0/16")
	e.resolver(hub, true, "10.0.0.20", "10.0.1.20")
	e.central(hub, "ecr.dkr", dev)
	e.endpoint(dev, "sts", true)
	e.rule("", e.resolver(dev, false), []string{"10.0.0.20"}, dev)
	z := e.zone("corp.test", hub, dev)
	e.record(z, "*.corp.test", "CNAME", "x.corp.test")
	for _, seed := range []string{"a.corp.test", "*.corp.test", "corp.test.", apiName, ".", "amazonaws.com", "..amazonaws.com",
		".efs.ap-southeast-3.amazonaws.com", "elb.ap-southeast-3.amazonaws.com"} {
		f.Add(seed, "corp.test")
	}
	f.Fuzz(func(t *testing.T, name, zone string) {
		z.Name = zone
		for _, v := range e.VPCs {
			a := Resolve(e.Model, v, name)
			if a.To.Kind == "" || a.To.Kind != Unknown && a.To.Kind != NotFound && a.To.Kind != Failed && len(a.To.Addresses) == 0 {
				t.Errorf("%q: %+v", name, a.To)
			}
			if again := Resolve(e.Model, v, name); !again.To.Same(a.To) {
				t.Errorf("%q: %v, then %v", name, a.To, again.To)
			}
		}
	})
}
