package estate

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// withNameRules gives acme DNS Firewall, and makes further edits. Its spokes ask their own
// resolver alone.
func withNameRules(firewall string, edits ...edit) []edit {
	return append([]edit{
		{"estate.yaml", "  resolver_order: amazon-first\n", "  resolver_order: amazon-only\n  firewall: {" + firewall + "}\n"},
	}, edits...)
}

var badNameRules = []struct {
	name  string
	edits []edit
	want  string
}{
	{"no rules", withNameRules("fail_open: true"), `acme/estate.yaml:19: dns.firewall: it has no rules: name domains under block or allow_only, or lists of AWS under managed, or leave it out`},
	{"nothing at all", []edit{{"estate.yaml", "  resolver_order: amazon-first\n", "  firewall:\n"}}, `acme/estate.yaml:18: dns.firewall: it has no rules: name domains under block or allow_only, or lists of AWS under managed, or leave it out`},
	{"a misspelt key", withNameRules("blok: [evil.example]"), `acme/estate.yaml:19: dns.firewall.blok: unknown key (did you mean "block"?)`},
	{"an unknown mode", withNameRules("block: [evil.example], mode: block"), `acme/estate.yaml:19: dns.firewall.mode: "block" is not one of enforce, alert`},
	{"a text for a truth value", withNameRules("block: [evil.example], fail_open: open"), `acme/estate.yaml:19: dns.firewall.fail_open: want true or false, not "open"`},
	{"an asterisk", withNameRules(`block: ["*.evil.example"]`), `acme/estate.yaml:19: dns.firewall.block[0]: "*.evil.example" is not a domain in lower case, without a final dot, and without . or *. before it: it means all names below it too`},
	{"a leading dot", withNameRules(`block: [.evil.example]`), `acme/estate.yaml:19: dns.firewall.block[0]: ".evil.example" is not a domain in lower case, without a final dot, and without . or *. before it: it means all names below it too`},
	{"a final dot, capitals, and an address of a page", withNameRules(`block: [evil.example., Evil.example, "https://evil.example"]`), `
acme/estate.yaml:19: dns.firewall.block[0]: "evil.example." is not a domain in lower case, without a final dot, and without . or *. before it: it means all names below it too
acme/estate.yaml:19: dns.firewall.block[1]: "Evil.example" is not a domain in lower case, without a final dot, and without . or *. before it: it means all names below it too
acme/estate.yaml:19: dns.firewall.block[2]: "https://evil.example" is not a domain in lower case, without a final dot, and without . or *. before it: it means all names below it too
`},
	{"one name twice", withNameRules("block: [evil.example, evil.example]"), `acme/estate.yaml:19: dns.firewall.block[1]: "evil.example" is named twice, first on line 19`},
	{"all of AWS", withNameRules("block: [amazonaws.com]"), `acme/estate.yaml:19: dns.firewall.block[0]: it would block api.ecr.ap-southeast-3.amazonaws.com (the central endpoint of ecr.api), which the VPC of hub needs: name a domain that is not above it`},
	{"a private zone", withNameRules("block: [evil.example, acme.internal]"), `acme/estate.yaml:19: dns.firewall.block[1]: it would block acme.internal (a private zone), which the VPC of hub needs: name a domain that is not above it`},
	{"a top-level domain of a private zone", withNameRules("block: [internal]"), `acme/estate.yaml:19: dns.firewall.block[0]: it would block ap-southeast-3.compute.internal (the names of instances), which the VPC of hub needs: name a domain that is not above it`},
	{"an on-premises domain", withNameRules("block: [corp.example]"), `acme/estate.yaml:19: dns.firewall.block[0]: it would block corp.example (forwarded on-premises), which the VPC of hub needs: name a domain that is not above it`},
	{"an unknown list", withNameRules("managed: {threats: rslvr-fdl-0123}"), `acme/estate.yaml:19: dns.firewall.managed.threats: "threats" is not a domain list that AWS keeps: those are aggregate, botnet, guardduty, malware`},
	{"the name of a list for its id", withNameRules("managed: {malware: AWSManagedDomainsMalwareDomainList}"), "acme/estate.yaml:19: dns.firewall.managed.malware: \"AWSManagedDomainsMalwareDomainList\" is not the id of a domain list, such as rslvr-fdl-0123456789abcdef: `aws route53resolver list-firewall-domain-lists --region <region>` lists them"},
	{"the id of a rule group", withNameRules("managed: {malware: rslvr-frg-0123}"), "acme/estate.yaml:19: dns.firewall.managed.malware: \"rslvr-frg-0123\" is not the id of a domain list, such as rslvr-fdl-0123456789abcdef: `aws route53resolver list-firewall-domain-lists --region <region>` lists them"},
	{"one list twice", withNameRules("managed: {malware: rslvr-fdl-0123, botnet: rslvr-fdl-0123}"), `acme/estate.yaml:19: dns.firewall.managed.malware: rslvr-fdl-0123 is the list of botnet already`},
	{"a spoke that there is not", withNameRules("allow_only: {devv: [pypi.org]}"), `acme/estate.yaml:19: dns.firewall.allow_only.devv: there is no spoke "devv" (did you mean "dev"?)`},
	{"the hub", withNameRules("allow_only: {hub: [pypi.org]}"), `acme/estate.yaml:19: dns.firewall.allow_only.hub: the hub's VPC resolves names for networks on-premises too: name a spoke`},
	{"an account without a VPC", withNameRules("allow_only: {audit: [pypi.org]}"), `acme/estate.yaml:19: dns.firewall.allow_only.audit: there is no spoke "audit"`},
	{"what is blocked is allowed", withNameRules("block: [evil.example], allow_only: {dev: [pypi.org, www.evil.example]}"), `acme/estate.yaml:19: dns.firewall.allow_only.dev[1]: www.evil.example is blocked for all VPCs, by evil.example under block, which comes first: take it out of one of the two`},
	{"a spoke that asks the hub's resolver too", withNameRules("allow_only: {dev: [pypi.org]}", edit{"estate.yaml", "amazon-only\n", "amazon-first\n"}), "acme/estate.yaml:19: dns.firewall.allow_only.dev: dev may ask the hub's inbound resolver, which resolves what the hub's VPC does: with `resolver_order: amazon-only` it asks its own alone"},
	{"DoH is no truth value", []edit{{"estate.yaml", "  resolver_order: amazon-first\n", "  doh: https\n"}}, `acme/estate.yaml:18: dns.doh: want true or false, not "https"`},
}

func TestBadRulesAboutNamesAreToldWithFileAndLine(t *testing.T) {
	for _, test := range badNameRules {
		t.Run(test.name, func(t *testing.T) {
			_, err := load(edited(t, test.edits...), "acme", "acme")
			if err == nil {
				t.Fatalf("loads, want:\n%s", test.want)
			}
			if got := err.Error(); got != strings.TrimSpace(test.want) {
				t.Errorf("got:\n%s\nwant:\n%s", got, strings.TrimSpace(test.want))
			}
		})
	}
}

func TestRulesAboutNamesThatAreRight(t *testing.T) {
	for _, firewall := range []string{
		"block: [evil.example]",
		"block: [zip]", // a top-level domain
		"block: [tunnel.s3.ap-southeast-3.amazonaws.com]", // one name below a service's
		"block: [bad.pypi.org], allow_only: {dev: [pypi.org]}",
		"allow_only: {dev: []}",
		"managed: {aggregate: rslvr-fdl-0123456789abcdef, botnet: rslvr-fdl-a, guardduty: rslvr-fdl-b, malware: rslvr-fdl-c}",
		"mode: alert, block: [evil.example]",
	} {
		loadEdited(t, withNameRules(firewall)...)
	}
}

// Without a hub's VPC there is nobody who makes rules.
func TestAnEstateWithoutAHubNetworkHasNoRulesAboutNames(t *testing.T) {
	_, err := load(editedFiles(t, lone, edit{"estate.yaml", "", "dns: {firewall: {block: [evil.example]}}\n"}), "lone", "lone")
	if err == nil || !strings.Contains(err.Error(), "dns: zones are made with the hub's VPC") {
		t.Errorf("got %v", err)
	}
}

// AWS's own default is closed, and who reads of it elsewhere expects that here.
func TestDefaultsOfRulesAboutNames(t *testing.T) {
	f := loadEdited(t, withNameRules("block: [evil.example]")...).DNS.Firewall
	if f.Mode != FirewallEnforces || f.FailOpen {
		t.Errorf("got mode %q, fail_open %t", f.Mode, f.FailOpen)
	}
	e := loadEdited(t)
	if e.DNS.Firewall != nil || e.DNS.DoH != nil {
		t.Errorf("an estate that says nothing has %v and %v", e.DNS.Firewall, e.DNS.DoH)
	}
	if e.DNS.Firewall.BlocksForAll() || e.DNS.Firewall.Restricts("dev") {
		t.Error("an estate that says nothing blocks something")
	}
}

// A spoke that resolves few names resolves all by which what it has works.
func TestASpokeAlwaysResolvesWhatItNeeds(t *testing.T) {
	e := loadEdited(t, withNameRules("allow_only: {dev: [pypi.org], prod: []}")...)
	dev, prod := e.AllowedNames("dev"), e.AllowedNames("prod")
	for _, name := range []string{
		"api.ecr.ap-southeast-3.amazonaws.com", "dkr.ecr.ap-southeast-3.amazonaws.com", "sts.ap-southeast-3.amazonaws.com", // central endpoints
		"s3.ap-southeast-3.amazonaws.com", "s3.dualstack.ap-southeast-3.amazonaws.com",
		"ec2.ap-southeast-3.amazonaws.com",  // what nodes call
		"logs.ap-southeast-3.amazonaws.com", // what the probe calls
		"ap-southeast-3.compute.internal", "acme.internal", "corp.example",
	} {
		if !slices.Contains(dev, name) {
			t.Errorf("dev does not resolve %s: %v", name, dev)
		}
	}
	if !slices.Contains(dev, "pypi.org") || !slices.Contains(dev, "dev.acme.internal") {
		t.Errorf("dev does not resolve what it may: %v", dev)
	}
	if slices.Contains(prod, "pypi.org") || slices.Contains(prod, "dev.acme.internal") {
		t.Errorf("prod resolves what is dev's: %v", prod)
	}
	for _, name := range append(dev, prod...) {
		if strings.HasPrefix(name, "*") || name == "" {
			t.Errorf("%q is no name", name)
		}
	}
	if !slices.IsSorted(dev) || len(slices.Compact(slices.Clone(dev))) != len(dev) {
		t.Errorf("not in order, or twice: %v", dev)
	}
}

// A probe asks the APIs of its account, where there is a way to them.
func TestTheNamesOfAPIsThatAProbeAsksAreResolved(t *testing.T) {
	for _, test := range []struct {
		name  string
		edits []edit
		want  bool
	}{
		{"a probe with a way out", []edit{{"dev.yaml", "  nat: none\n", "  nat: single\n"}}, true},
		{"a probe without", nil, false},
		{"no probe", []edit{{"dev.yaml", "  nat: none\n", "  nat: single\n"}, {"dev.yaml", "probe: true\n", ""}}, false},
	} {
		e := loadEdited(t, withNameRules("allow_only: {dev: [pypi.org]}", append(withAPI(), test.edits...)...)...)
		if got := slices.Contains(e.AllowedNames("dev"), "api.acme.example"); got != test.want {
			t.Errorf("%s: dev resolves its API: %v, want %v", test.name, got, test.want)
		}
	}
}

// What a spoke gets later, its list gets with it.
func TestAClusterAndADatabaseAreResolved(t *testing.T) {
	cluster := "cluster: {gitops: flux, bundle: {repository: ssh://git@git.example.com:22/bundles.git}}\ndatabase: {}\n"
	e := loadEdited(t, withNameRules("allow_only: {prod: []}", edit{"prod.yaml", "", cluster})...)
	for _, name := range []string{"ap-southeast-3.eks.amazonaws.com", "ap-southeast-3.rds.amazonaws.com", "sqs.ap-southeast-3.amazonaws.com", "git.example.com", "route53.amazonaws.com"} {
		if !slices.Contains(e.AllowedNames("prod"), name) {
			t.Errorf("prod does not resolve %s", name)
		}
	}
}

func TestTheHostOfARepository(t *testing.T) {
	for repository, want := range map[string]string{
		"https://github.com/piksel-ina/piksel-gitops": "github.com",
		"https://user:token@git.example.com:8443/x":   "git.example.com",
		"ssh://git@example.com/bundles.git":           "example.com",
		"git@github.com:example/gitops.git":           "github.com",
		"HTTPS://GitHub.com/x":                        "github.com",
		"https://192.168.0.10/x":                      "",
		"https://[2001:db8::1]/x":                     "",
		"/srv/git/x.git":                              "",
		"":                                            "",
	} {
		if got := repositoryHost(repository); got != want {
			t.Errorf("%s: got %q, want %q", repository, got, want)
		}
	}
}

// The names of the estate's own stand before AWS's lists, for all VPCs together.
func TestOwnNamesAreThoseOfAllVPCs(t *testing.T) {
	own := loadEdited(t, withNameRules("managed: {malware: rslvr-fdl-0123}")...).OwnNames()
	for _, name := range []string{"dev.acme.internal", "acme.internal", "corp.example", "sts.ap-southeast-3.amazonaws.com"} {
		if !slices.Contains(own, name) {
			t.Errorf("%s is not among %v", name, own)
		}
	}
}

// A domain list is sent in one request.
func TestALongListOfNamesIsRefusedBeforeAWSDoesIt(t *testing.T) {
	names := func(n int) string {
		var all []string
		for i := range n {
			all = append(all, fmt.Sprintf("n%d.example", i))
		}
		return "block: [" + strings.Join(all, ", ") + "]"
	}
	_, err := load(edited(t, withNameRules(names(501))...), "acme", "acme")
	const want = "acme/estate.yaml:19: dns.firewall.block: 1002 of 1000 domains of a list of DNS Firewall in one request are used (two for each name): AWS gives nobody more: name a domain above several of them"
	if err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
	if e := loadEdited(t, withNameRules(names(500))...); !strings.Contains(e.Warnings.Error(), "1000 of 1000 domains") {
		t.Errorf("a full list is not warned about: %v", e.Warnings)
	}
}

func FuzzNameRules(f *testing.F) {
	for _, test := range badNameRules {
		f.Add(string(edited(f, test.edits...)["estate.yaml"].Data))
	}
	f.Fuzz(func(t *testing.T, estate string) {
		files := edited(t, edit{"estate.yaml", acme["estate.yaml"], estate + " "})
		e, err := load(files, "acme", "acme")
		if err != nil {
			checkErrors(t, err, files)
			return
		}
		use(e)
		for _, s := range e.Spokes {
			if e.DNS.Firewall.Restricts(s.Name) && len(e.AllowedNames(s.Name)) == 0 {
				t.Errorf("%s resolves nothing", s.Name)
			}
		}
	})
}
