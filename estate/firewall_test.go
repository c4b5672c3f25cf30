package estate

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"hubspoke/internal/subnet"
)

// withNetworkFirewall gives the hub an egress VPC with a firewall, and lets dev and staging use it.
func withNetworkFirewall(firewall string, edits ...edit) []edit {
	return withEgress("cidr: 10.255.0.0/23, firewall: {"+firewall+"}", edits...)
}

// withRules adds a file of rules to an estate.
func withRules(t *testing.T, rules string, edits ...edit) fstest.MapFS {
	files := edited(t, edits...)
	files["firewall.rules"] = &fstest.MapFile{Data: []byte(rules)}
	return files
}

var badNetworkFirewalls = []struct {
	name  string
	edits []edit
	want  string
}{
	{"no mode", withNetworkFirewall("allow: [.example.com]"), `acme/hub.yaml:6: egress.firewall.mode: missing: write one, such as mode: alert`},
	{"another mode", withNetworkFirewall("mode: block"), `acme/hub.yaml:6: egress.firewall.mode: "block" is not one of enforce, alert`},
	{"an unknown key", withNetworkFirewall("mode: alert, deny: [a.example]"), `acme/hub.yaml:6: egress.firewall.deny: unknown key: those here are allow, allow_for, changeable, inspect, managed_rules, mode, rules`},
	{"nothing is inspected", withNetworkFirewall("mode: alert, inspect: []"), `acme/hub.yaml:6: egress.firewall.inspect: names nothing: want 1 or more: a firewall that inspects nothing is only paid for`},
	{"something else is inspected", withNetworkFirewall("mode: alert, inspect: [dns]"), `acme/hub.yaml:6: egress.firewall.inspect[0]: "dns" is not one of internet, between-segments`},
	{"a wildcard", withNetworkFirewall(`mode: alert, allow: ["*.example.com"]`), `acme/hub.yaml:6: egress.firewall.allow[0]: "*.example.com" is not a domain name in lower case, such as api.example.com for it alone, or .example.com for it and all below`},
	{"a whole top-level domain", withNetworkFirewall(`mode: alert, allow: [.com]`), `acme/hub.yaml:6: egress.firewall.allow[0]: ".com" is not a domain name in lower case, such as api.example.com for it alone, or .example.com for it and all below`},
	{"capitals", withNetworkFirewall(`mode: alert, allow: [Example.com]`), `acme/hub.yaml:6: egress.firewall.allow[0]: "Example.com" is not a domain name in lower case, such as api.example.com for it alone, or .example.com for it and all below`},
	{"an address in place of a URL", withNetworkFirewall(`mode: alert, allow: ["https://example.com"]`), `acme/hub.yaml:6: egress.firewall.allow[0]: "https://example.com" is not a domain name in lower case, such as api.example.com for it alone, or .example.com for it and all below`},
	{"an address as a name", withNetworkFirewall(`mode: alert, allow: [10.0.0.1]`), `acme/hub.yaml:6: egress.firewall.allow[0]: "10.0.0.1" is not a domain name in lower case, such as api.example.com for it alone, or .example.com for it and all below`},
	{"a name twice", withNetworkFirewall(`mode: alert, allow: [example.com, example.com]`), `acme/hub.yaml:6: egress.firewall.allow[1]: "example.com" is named twice, first on line 6`},
	{"for an account that is not there", withNetworkFirewall(`mode: alert, allow_for: {qa: [example.com]}`), `acme/hub.yaml:6: egress.firewall.allow_for.qa: there is no account "qa" in estate.yaml: it has audit, dev, hub, prod`},
	{"for a VPC that leaves by itself", withNetworkFirewall(`mode: alert, allow_for: {prod: [example.com]}`), "acme/hub.yaml:6: egress.firewall.allow_for.prod: the VPC of prod does not reach the internet through the firewall: say `nat: central` in prod.yaml, or leave the line out"},
	{"for an account without a VPC", withNetworkFirewall(`mode: alert, allow_for: {audit: [example.com]}`), `acme/hub.yaml:6: egress.firewall.allow_for.audit: audit has no VPC that would ask for names: leave the line out`},
	{"for an account without names", withNetworkFirewall(`mode: alert, allow_for: {dev: []}`), `acme/hub.yaml:6: egress.firewall.allow_for.dev: names nothing: want 1 or more: an account without names needs no line`},
	{"a managed group that AWS has not", withNetworkFirewall(`mode: alert, managed_rules: [MalwareDomainsStrictOrder]`), `acme/hub.yaml:6: egress.firewall.managed_rules[0]: "MalwareDomainsStrictOrder" is not a rule group that AWS keeps, without StrictOrder at its end: those are ` + strings.Join(sortedKeys(managedRuleGroups), ", ") + ``},
	{"between segments that do not meet", withNetworkFirewall(`mode: alert, inspect: [internet, between-segments]`), `acme/hub.yaml:6: egress.firewall.inspect: between-segments is what spokes of two segments say to each other, and under segments in estate.yaml no segment of a spoke reaches that of another (the hub's, shared, is left out): leave it out`},
	{"names, and the internet left out", withNetworkFirewall(`mode: alert, inspect: [between-segments], allow: [example.com]`, edit{"estate.yaml", "  dev:\n    reaches: [shared]", "  dev:\n    reaches: [shared, prod]"}), `acme/hub.yaml:6: egress.firewall.allow: these are names on the internet, and inspect leaves that out: add internet to it, or leave the names out`},
	{"a file elsewhere", withNetworkFirewall(`mode: alert, rules: ../firewall.rules`), `acme/hub.yaml:6: egress.firewall.rules: "../firewall.rules" is not the name of a file in the estate's folder that ends in .rules`},
	{"a file that is not there", withNetworkFirewall(`mode: alert, rules: firewall.rules`), `acme/hub.yaml:6: egress.firewall.rules: cannot read acme/firewall.rules: it does not exist`},
	{"more names than there is room for", withNetworkFirewall(`mode: alert, allow: [` + manyNames(751) + `]`), `acme/hub.yaml:6: egress.firewall.allow: 751 names, and their rule group has room for 750, for ever: let .example.com stand for all below example.com`},
	{"nothing may leave", withNetworkFirewall("mode: enforce"), `acme/hub.yaml:6: egress.firewall.mode: enforce drops everything: allow and allow_for name nothing, and there are no rules; name what may leave, or say alert`},
	{"empty lists of what may leave", withNetworkFirewall("mode: enforce, allow: [], allow_for: {}"), `acme/hub.yaml:6: egress.firewall.mode: enforce drops everything: allow and allow_for name nothing, and there are no rules; name what may leave, or say alert`},
	{"nobody behind it", withNetworkFirewall(`mode: alert`)[:1], "acme/hub.yaml:6: egress.firewall.inspect: no VPC says `nat: central`, so that nothing passes the firewall on its way to the internet: say it in one, or leave firewall out"},
}

func manyNames(n int) string {
	var names []string
	for i := range n {
		names = append(names, fmt.Sprintf("n%d.example.com", i))
	}
	return strings.Join(names, ", ")
}

func TestBadNetworkFirewallsAreToldWithFileAndLine(t *testing.T) {
	for _, test := range badNetworkFirewalls {
		t.Run(test.name, func(t *testing.T) {
			_, err := load(edited(t, test.edits...), "acme", "acme")
			if err == nil {
				t.Fatalf("loads, want:\n%s", test.want)
			}
			if got := err.Error(); got != test.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, test.want)
			}
		})
	}
}

func TestBadRulesAreToldWithFileAndLine(t *testing.T) {
	for name, test := range map[string]struct{ rules, want string }{
		"no rules":                  {"# nothing yet\n", "acme/hub.yaml:6: egress.firewall.rules: acme/firewall.rules has no rules: AWS takes no empty rule group; write one, or leave the key out"},
		"addresses and ports alone": {"pass tls any any -> any any (sid:1;)\npass tcp $HOME_NET any -> any 443 (msg:\"x\"; sid:2;)\n", "acme/firewall.rules:2: a rule about addresses and ports alone decides with the first packet of a connection, before any rule that stands above it and knows a request: add flow:to_server"},
		"several":                   {"\ndrop tcp any any -> any 25 (priority:1; sid:1;)\npass tcp any any -> any 26\n", "acme/firewall.rules:2: priority has no meaning in strict order, and AWS refuses it: the order of the lines decides\nacme/firewall.rules:3: no options in round brackets: want `action protocol source port -> destination port (msg:\"…\"; …; sid:1;)`"},
		"too many":                  {numbered(OwnRulesCapacity + 1), "acme/firewall.rules:1001: 1001 rules, and their group has room for 1000, for ever: leave some out"},
		"no text":                   {"\x00\xff", "acme/firewall.rules:1: it has bytes that are no UTF-8: write the rule in ASCII, and other bytes of a content as |c3 a4|"},
		"a long file":               {numbered(300) + strings.Repeat(`alert tcp any any -> any any (flow:to_server; msg:"`+strings.Repeat("x", 8000)+"\"; sid:99999;)\n", 1), ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := load(withRules(t, test.rules, withNetworkFirewall("mode: alert, rules: firewall.rules")...), "acme", "acme")
			got := ""
			if err != nil {
				got = err.Error()
			}
			if got != test.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, test.want)
			}
		})
	}
}

func numbered(n int) string {
	var rules strings.Builder
	for i := range n {
		fmt.Fprintf(&rules, "drop tcp any any -> any %d (flow:to_server; sid:%d;)\n", i+1, i+1)
	}
	return rules.String()
}

func TestFirewallWarnings(t *testing.T) {
	for name, test := range map[string]struct {
		edits []edit
		want  string
	}{
		"a name below another":        {withNetworkFirewall("mode: alert, allow: [.example.com, api.example.com]"), "acme/hub.yaml:6: egress.firewall.allow[1]: api.example.com is allowed by .example.com already: leave it out"},
		"a name that everyone has":    {withNetworkFirewall("mode: alert, allow: [example.com], allow_for: {dev: [example.com]}"), "acme/hub.yaml:6: egress.firewall.allow_for.dev[0]: example.com is allowed by example.com already: leave it out"},
		"what a VPC asks for itself":  {withNetworkFirewall("mode: alert, allow: [.ap-southeast-3.amazonaws.com]"), "acme/hub.yaml:6: egress.firewall.allow_for: the VPC of dev asks the internet for route53.amazonaws.com (who writes records), and neither allow nor allow_for.dev has them: name them, or make sure that rules let them pass"},
		"a name that is blocked":      {withNetworkFirewall("mode: alert, allow: [api.evil.example]", edit{"estate.yaml", "  public_zones:", "  firewall: {block: [evil.example]}\n  public_zones:"}), "acme/hub.yaml:6: egress.firewall.allow[0]: no VPC resolves it: dns.firewall.block in estate.yaml has evil.example"},
		"a name that is not resolved": {withNetworkFirewall("mode: alert, allow_for: {dev: [.pypi.org]}", edit{"estate.yaml", "  resolver_order: amazon-first", "  resolver_order: amazon-only\n  firewall: {allow_only: {dev: [crates.io]}}"}), "acme/hub.yaml:6: egress.firewall.allow_for.dev[0]: dev does not resolve it: dns.firewall.allow_only.dev in estate.yaml has not pypi.org"},
		"more groups than fit easily": {withNetworkFirewall("mode: alert, allow: [example.com], managed_rules: [AttackInfrastructure, ThreatSignaturesPhishing, ThreatSignaturesMalwareMobile]"), "firewall-policy-rules"},
	} {
		t.Run(name, func(t *testing.T) {
			e := loadEdited(t, test.edits...)
			if got := e.Warnings.Error(); !strings.Contains(got, test.want) {
				t.Errorf("got:\n%s\nwant:\n%s", got, test.want)
			}
		})
	}
	if e := loadEdited(t, withNetworkFirewall("mode: enforce, allow: [.amazonaws.com, other.example.org], allow_for: {dev: [a.example.net]}")...); strings.Contains(e.Warnings.Error(), "firewall") {
		t.Errorf("names that are all needed are warned about: %v", e.Warnings)
	}
}

// Whose packets a firewall sees, and whose it does not.
func TestWhoIsBehindTheFirewall(t *testing.T) {
	meeting := edit{"estate.yaml", "  dev:\n    reaches: [shared]", "  dev:\n    reaches: [shared, prod]"}
	for name, test := range map[string]struct {
		edits        []edit
		behind, home string
		devPeers     string
	}{
		"no firewall":        {withEgress("cidr: 10.255.0.0/23"), "[dev]", "[]", "[]"},
		"the internet":       {withNetworkFirewall("mode: alert"), "[dev]", "[10.1.0.0/16]", "[]"},
		"segments that meet": {withNetworkFirewall("mode: alert", meeting), "[dev]", "[10.1.0.0/16]", "[]"},
		"between them too":   {withNetworkFirewall("mode: alert, inspect: [internet, between-segments]", meeting), "[dev prod]", "[10.1.0.0/16 10.2.0.0/16]", "[prod]"},
		"between them alone": {withNetworkFirewall("mode: alert, inspect: [between-segments]", meeting), "[dev prod]", "[10.1.0.0/16 10.2.0.0/16]", "[prod]"},
	} {
		t.Run(name, func(t *testing.T) {
			e := loadEdited(t, test.edits...)
			if got := fmt.Sprint(e.BehindEgress()); got != test.behind {
				t.Errorf("behind it are %s, want %s", got, test.behind)
			}
			if got := fmt.Sprint(e.HomeNetworks()); got != test.home {
				t.Errorf("HOME_NET is %s, want %s", got, test.home)
			}
			if got := fmt.Sprint(e.InspectedPeers("dev")); got != test.devPeers {
				t.Errorf("dev's peers through it are %s, want %s", got, test.devPeers)
			}
			if slices.Contains(e.InspectedPeers("dev"), HubAccount) {
				t.Error("the hub's endpoints are behind the firewall")
			}
			firewall := len(Subnets(e.EgressPlan(), subnet.Firewall))
			if want := len(e.EgressZones()); (firewall == want) != (e.firewall() != nil) {
				t.Errorf("%d firewall subnets in %d zones", firewall, want)
			}
		})
	}
}
