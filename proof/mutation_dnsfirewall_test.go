package proof

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// What dev needs to find its endpoints, and what else it may resolve.
var devNames = []string{
	"ap-southeast-3.amazonaws.com", "*.ap-southeast-3.amazonaws.com", "*.ap-southeast-3.api.aws", "*.piksel.internal", "piksel.internal",
}

// restricted lets dev resolve some names alone, by a group of the hub's at a place after the
// one for all: the allowed names, and then nothing.
func restricted(place, allow, rest int, names ...string) change {
	domains, err := json.Marshal(names)
	if err != nil {
		panic(err)
	}
	rule := func(name, action string, priority int) change {
		return put("hub-dns resource aws_route53_resolver_firewall_rule "+name, fmt.Sprintf(`{"name": %q, "action": %q, "priority": %d,
			"firewall_rule_group_id": "${aws_route53_resolver_firewall_rule_group.names_dev.id}", "firewall_domain_list_id": "${aws_route53_resolver_firewall_domain_list.%s.id}"}`, name, action, priority, name))
	}
	return all(
		put("hub-dns resource aws_route53_resolver_firewall_rule_group names_dev", `{"name": "dev"}`),
		put("hub-dns resource aws_route53_resolver_firewall_domain_list names_dev_allowed", `{"name": "allowed", "domains": `+string(domains)+`}`),
		put("hub-dns resource aws_route53_resolver_firewall_domain_list names_dev_others", `{"name": "others", "domains": ["*"]}`),
		rule("names_dev_allowed", "ALLOW", allow), rule("names_dev_others", "BLOCK", rest),
		put("hub-dns output dev_group_id", `{"value": "${aws_route53_resolver_firewall_rule_group.names_dev.id}"}`),
		put("hub-dns output dev_group_arn", `{"value": "${aws_route53_resolver_firewall_rule_group.names_dev.arn}"}`),
		put("dev-share resource aws_ram_resource_association query_log_allow_only", `{"provider": "aws.hub", "resource_arn": "${data.terraform_remote_state.hub_dns.outputs.dev_group_arn}", "resource_share_arn": "${aws_ram_resource_share.query_log.arn}"}`),
		put("dev-network resource aws_route53_resolver_firewall_rule_group_association names_allow_only", fmt.Sprintf(`{"name": "dev", "priority": %d, "vpc_id": "${aws_vpc.main.id}", "firewall_rule_group_id": "${data.terraform_remote_state.hub_dns.outputs.dev_group_id}"}`, place)),
	)
}

// listed gives the group for all another rule.
func listed(name, action string, priority int, domains string) change {
	return all(
		put("hub-dns resource aws_route53_resolver_firewall_domain_list "+name, `{"name": "`+name+`", "domains": [`+domains+`]}`),
		put("hub-dns resource aws_route53_resolver_firewall_rule "+name, fmt.Sprintf(`{"name": %q, "action": %q, "priority": %d,
			"firewall_rule_group_id": "${aws_route53_resolver_firewall_rule_group.names.id}", "firewall_domain_list_id": "${aws_route53_resolver_firewall_domain_list.%s.id}"}`, name, action, priority, name)))
}

// kept gives the group for all a list that AWS keeps.
func kept(action string, priority int) change {
	return put("hub-dns resource aws_route53_resolver_firewall_rule aggregate", fmt.Sprintf(`{"name": "aggregate", "action": %q, "priority": %d,
		"firewall_rule_group_id": "${aws_route53_resolver_firewall_rule_group.names.id}", "firewall_domain_list_id": "rslvr-fdl-0123456789abcdef"}`, action, priority))
}

const (
	ownNames  = `"*.amazonaws.com", "*.api.aws", "*.piksel.internal", "piksel.internal"`
	blockRule = "hub-dns resource aws_route53_resolver_firewall_rule names_blocked"
	blockList = "hub-dns resource aws_route53_resolver_firewall_domain_list names_blocked"
)

func association(stack string) string {
	return stack + " resource aws_route53_resolver_firewall_rule_group_association names_all"
}

var unguarded = []struct {
	name   string
	change change
	caught string
}{
	{"a spoke is without the group", drop(association("dev-network")), "uneven-dns-firewall"},
	{"a spoke is without the group, and its names are found", drop(association("dev-network")), "resolve dns.google"},
	{"the hub is without the group", drop(association("hub-dns")), "uneven-dns-firewall"},
	{"the group is of no VPC that there is", put(association("dev-network")+" vpc_id", `"vpc-0123456789abcdef0"`), "not-understood"},
	{"the rule reports", put(blockRule+" action", `"ALERT"`), "resolve dns.google"},
	{"the rule allows", put(blockRule+" action", `"ALLOW"`), "resolve dns.google"},
	{"the rule is about mail alone", put(blockRule+" q_type", `"MX"`), "resolve dns.google"},
	{"the rule gives another answer", put(blockRule+" block_response", `"OVERRIDE"`), "resolve dns.google"},
	{"names below are not in the list", replace(blockList, `"*.zip.",`, ""), "resolve a.long.name.below.zip"},
	{"a name itself is not in the list", replace(blockList, `"dns.google.",`, ""), "resolve dns.google"},
	{"a rule before it allows all", listed("everything", "ALLOW", 50, `"*"`), "resolve dns.google"},
	{"the spoke's own group allows all, and comes first", restricted(500, 100, 200, "*"), "resolve dns.google"},
	{"a spoke's list has no endpoints", restricted(2000, 100, 200, "*.piksel.internal", "piksel.internal"), "dns-firewall-blocks-endpoint"},
	{"a spoke's list has no S3", restricted(2000, 100, 200, append(slices.Clone(devNames[2:]), "*.dkr.ecr.ap-southeast-3.amazonaws.com", "api.ecr.ap-southeast-3.amazonaws.com")...), "closed"},
	{"a spoke's list has no private zones", restricted(2000, 100, 200, devNames[:3]...), "resolve dev.piksel.internal"},
	{"a spoke's rules change places", restricted(2000, 200, 100, devNames...), "dns-firewall-blocks-endpoint"},
	{"a list blocks what all need", listed("region", "BLOCK", 200, `"*.ap-southeast-3.amazonaws.com"`), "dns-firewall-blocks-endpoint"},
	{"a list of AWS comes before the estate's own names", all(kept("BLOCK", 200), listed("own", "ALLOW", 300, ownNames)), "closed"},
	{"a list of AWS comes alone", kept("BLOCK", 200), "resolve piksel.internal"},
	{"a list of AWS reports what is blocked after it", kept("ALERT", 50), "resolve dns.google"},
	{"the group is not shared", drop("dev-share resource aws_ram_resource_association query_log_dns_firewall"), "not-shared"},
	{"nobody is admitted by HTTPS", drop("hub-network resource aws_vpc_security_group_ingress_rule inbound_https_from_hub"), "port-not-admitted"},
	{"spokes are admitted by HTTPS", put("hub-network resource aws_vpc_security_group_ingress_rule inbound_https_from_hub cidr_ipv4", `"10.0.0.0/8"`), "deny dev, staging, prod -> hub.resolver"},
}

var guarded = []struct {
	name   string
	change change
}{
	{"another place of the group", put(association("dev-network")+" priority", `300`)},
	{"another place of the rule", put(blockRule+" priority", `7`)},
	{"another answer without an address", put(blockRule+" block_response", `"NODATA"`)},
	{"a failure that is closed", put("dev-network resource aws_route53_resolver_firewall_config names firewall_fail_open", `"DISABLED"`)},
	{"protection of the association", put(association("dev-network")+" mutation_protection", `"ENABLED"`)},
	{"a domain more", replace(blockList, `"*.zip.",`, `"*.zip.","evil.example","*.evil.example",`)},
	{"the list in another order and in capitals", replace(blockList, `"dns.google."`, `"DNS.Google"`)},
	{"a rule that allows all, after it", listed("everything", "ALLOW", 5000, `"*"`)},
	{"a rule that reports all, after it", listed("everything", "ALERT", 5000, `"*"`)},
	{"a spoke's list that has what it needs", restricted(2000, 100, 200, devNames...)},
	{"a spoke's list that allows a blocked name, after the group for all", restricted(2000, 100, 200, append(slices.Clone(devNames), "dns.google")...)},
	{"a spoke's list that allows all", restricted(2000, 100, 200, "*")},
	{"a list of AWS after the estate's own names", all(kept("BLOCK", 300), listed("own", "ALLOW", 200, ownNames))},
	{"a list of AWS that reports", kept("ALERT", 300)},
	{"the protocols in another order", put("hub-network resource aws_route53_resolver_endpoint inbound protocols", `["DoH", "Do53"]`)},
	{"HTTPS is off", put("hub-network resource aws_route53_resolver_endpoint inbound protocols", `["Do53"]`)},
}

func TestFlawsOfTheRulesAboutNamesAreCaught(t *testing.T) {
	t.Parallel()
	for _, test := range unguarded {
		t.Run(test.name, func(t *testing.T) {
			failed := failures(prove(t, test.change))
			if !slices.ContainsFunc(failed, func(f string) bool { return strings.HasPrefix(f, test.caught) }) {
				t.Errorf("not caught by %q:\n%s", test.caught, strings.Join(failed, "\n"))
			}
		})
	}
}

func TestSoundRulesAboutNamesAreNotFlagged(t *testing.T) {
	t.Parallel()
	for _, test := range guarded {
		t.Run(test.name, func(t *testing.T) {
			for _, f := range failures(prove(t, test.change)) {
				t.Errorf("flagged: %s", f)
			}
		})
	}
}

// A VPC that only hands on what others send needs no rules about names, since nobody there
// asks for one. Who means it, names it.
func TestWhereNobodyAsksNoRulesAreMissed(t *testing.T) {
	for _, test := range []struct {
		name    string
		transit bool
		from    string
		fails   bool
	}{
		{"it holds workloads", false, "*", true},
		{"it only hands on", true, "*", false},
		{"it only hands on, and is meant", true, "egress", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			egress := theEgress
			egress.Transit = test.transit
			r := Of(twoInHub(t, theHubs, egress)).intent(resolves(test.from, "dns.google", nothing))
			fails := slices.ContainsFunc(r.Cases, func(c Case) bool { return c.Status != Proven && strings.Contains(c.Question, "egress") })
			if fails != test.fails || (r.Status == Proven) == test.fails {
				t.Errorf("%s: %+v", r.Status, r.Cases)
			}
		})
	}
}
