package invariant

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"hubspoke/proof/finding"
)

// firewallMistakes are what a firewall in the egress VPC does with packets, in an otherwise
// good network.
var firewallMistakes = []struct {
	name   string
	change func(estate)
	want   string
}{
	{"a firewall stands in the way to the internet", func(estate) {}, ""},
	// HOME_NET.
	{"HOME_NET lacks a VPC that is led through", func(e estate) { e.homeNet("10.2.0.0/16") }, "firewall-home-net"},
	{"HOME_NET has a part of the VPC in which nobody sends", func(e estate) { e.homeNet("10.1.0.0/20") }, "firewall-home-net"},
	{"HOME_NET has the subnets of the VPC that send, in parts", func(e estate) { e.homeNet("10.1.17.0/24", "2001:db8::/32", "10.1.16.0/25", "10.1.16.128/25") }, ""},
	{"HOME_NET is wider than the VPC", func(e estate) { e.homeNet("10.0.0.0/8") }, ""},
	{"HOME_NET refers to the range", func(e estate) {
		e.stack("hub")["locals"] = map[string]any{"one": "10.1.0.0/16"}
		e.homeNet("${local.one}")
	}, ""},
	{"HOME_NET is left at the firewall's VPC", func(e estate) { delete(e.policy(), "policy_variables") }, "firewall-home-net"},
	{"HOME_NET is written as blocks", func(e estate) {
		e.policy()["policy_variables"] = []any{map[string]any{"rule_variables": []any{map[string]any{"key": "HOME_NET", "ip_set": []any{map[string]any{"definition": []any{"10.1.0.0/16"}}}}}}}
	}, ""},
	{"a range of HOME_NET cannot be read", func(e estate) { e.homeNet("10.2.0.0/16", `${cidrsubnet("10.0.0.0/8", 8, 1)}`) }, "firewall-home-net"},
	{"HOME_NET lacks a VPC, and no group goes by it", func(e estate) {
		e.homeNet("10.2.0.0/16")
		e.groups("allowed")
		e.rules("allowed", `drop ip any any -> any any (sid:1;)`)
	}, ""},
	{"HOME_NET lacks a VPC, and a group goes by EXTERNAL_NET", func(e estate) {
		e.homeNet("10.2.0.0/16")
		e.groups("allowed")
		e.rules("allowed", `pass tls any any -> $EXTERNAL_NET any (tls.sni; content:"a.example"; sid:1;)`)
	}, "firewall-home-net"},
	{"HOME_NET lacks a VPC, and a rule that is a block goes by it", func(e estate) {
		e.homeNet("10.2.0.0/16")
		e.groups("allowed")
		e.source("allowed", "stateful_rule", `[{"action": "DROP", "header": [{"protocol": "TCP", "source": "$HOME_NET", "source_port": "ANY", "direction": "FORWARD", "destination": "ANY", "destination_port": "25"}], "rule_option": [{"keyword": "sid", "settings": ["1"]}]}]`)
	}, "firewall-home-net"},
	{"HOME_NET lacks a VPC, and the only group that goes by it has its own", func(e estate) {
		e.homeNet("10.2.0.0/16")
		e.groups("allowed")
		e.variables("allowed", map[string]string{"HOME_NET": "10.1.0.0/16", "EXTERNAL_NET": "0.0.0.0/0"})
	}, ""},
	{"HOME_NET lacks a VPC, and the only group cannot be read", func(e estate) {
		e.homeNet("10.2.0.0/16")
		e.groups()
		e.refer(1, "arn:aws:network-firewall:ap-southeast-3:999999999999:stateful-rulegroup/theirs")
	}, "firewall-home-net"},
	{"a group has a HOME_NET of its own without EXTERNAL_NET", func(e estate) { e.variables("allowed", map[string]string{"HOME_NET": "10.1.0.0/16"}) }, "firewall-home-net?"},
	{"a group has both of its own", func(e estate) {
		e.variables("allowed", map[string]string{"HOME_NET": "10.1.0.0/16", "EXTERNAL_NET": "0.0.0.0/0"})
	}, ""},
	{"HOME_NET lacks a VPC that leaves by a NAT gateway of its own", func(e estate) {
		e.homeNet("10.1.0.0/16") // and not 10.2.0.0/16, which two has
	}, ""},

	// What comes to the rules.
	{"packets that no stateless rule decides about pass", func(e estate) { e.policy()["stateless_default_actions"] = []any{"aws:pass"} }, "firewall-bypassed"},
	{"fragments pass, and are counted", func(e estate) {
		e.policy()["stateless_fragment_default_actions"] = []any{"counted", "aws:pass"}
	}, "firewall-bypassed"},
	{"fragments are dropped", func(e estate) { e.policy()["stateless_fragment_default_actions"] = []any{"aws:drop"} }, ""},

	// What is dropped.
	{"nothing is dropped by default", func(e estate) {
		e.policy()["stateful_default_actions"] = []any{"aws:alert_established_app_layer_to_server"}
	}, "firewall-only-watches?"},
	{"there are no default actions", func(e estate) { delete(e.policy(), "stateful_default_actions") }, "firewall-only-watches?"},
	{"the last rule drops everything", func(e estate) {
		delete(e.policy(), "stateful_default_actions")
		e.rules("allowed", "pass tls $HOME_NET any -> $EXTERNAL_NET any (tls.sni; content:\"a.example\"; sid:1;)\ndrop ip any any -> any any (msg:\"the rest\"; flow:to_server; sid:2;)\n")
	}, ""},
	{"the last rules drop all TCP and UDP that goes out", func(e estate) {
		delete(e.policy(), "stateful_default_actions")
		e.rules("allowed", "reject tcp $HOME_NET any -> any any (flow:to_server, established; sid:1;)\ndrop udp $HOME_NET any -> $EXTERNAL_NET any (sid:2;)\n")
	}, ""},
	{"the last rule drops all TCP alone", func(e estate) {
		delete(e.policy(), "stateful_default_actions")
		e.rules("allowed", "drop tcp $HOME_NET any -> any any (sid:1;)\n")
	}, "firewall-only-watches?"},
	{"the last rule drops some packets", func(e estate) {
		delete(e.policy(), "stateful_default_actions")
		e.rules("allowed", "drop ip any any -> any any (content:\"x\"; sid:1;)\ndrop ip any any -> 10.0.0.0/8 any (sid:2;)\ndrop ip any any -> any any (flow:to_client; sid:3;)\n")
	}, "firewall-only-watches?"},
	{"a block drops everything", func(e estate) {
		delete(e.policy(), "stateful_default_actions")
		e.source("allowed", "stateful_rule", `[{"action": "DROP", "header": [{"protocol": "IP", "source": "ANY", "source_port": "ANY", "direction": "ANY", "destination": "ANY", "destination_port": "ANY"}], "rule_option": [{"keyword": "sid", "settings": ["1"]}]}]`)
	}, ""},
	{"a rule lets everything through, whatever the default", func(e estate) {
		e.rules("allowed", "reject tcp $HOME_NET any -> any 25 (sid:1;)\npass ip any any -> any any (msg:\"for now\"; sid:2;)\n")
	}, "firewall-only-watches?"},
	{"a rule lets everything through that a rule before drops", func(e estate) {
		e.rules("allowed", "drop ip any any -> any any (sid:1;)\npass tcp any any -> any any (sid:2;)\n")
	}, ""},
	{"a rule lets handshakes through alone", func(e estate) {
		e.rules("allowed", "pass tcp $HOME_NET any -> any any (flow:not_established, to_server; sid:1;)\n")
	}, ""},
	{"a rule lets everything through, before one that drops it, in the order of actions", func(e estate) {
		e.byAction()
		e.rules("allowed", "drop ip any any -> any any (sid:1;)\npass tcp any any -> any any (sid:2;)\n")
	}, "firewall-only-watches?"},
	{"a group that may drop everything cannot be read", func(e estate) {
		delete(e.policy(), "stateful_default_actions")
		e.refer(300, "arn:aws:network-firewall:ap-southeast-3:999999999999:stateful-rulegroup/theirs")
	}, ""},
	{"nothing is dropped by default, and groups of AWS are there", func(e estate) {
		delete(e.policy(), "stateful_default_actions")
		e.refer(300, "arn:aws:network-firewall:ap-southeast-3:aws-managed:stateful-rulegroup/MalwareDomainsStrictOrder")
	}, "firewall-only-watches?"},

	// What is logged.
	{"a drop without its alert", func(e estate) {
		e.policy()["stateful_default_actions"] = []any{"aws:drop_established_app_layer_to_server"}
	}, "firewall-silent?"},
	{"a drop with the alert of all packets", func(e estate) {
		e.policy()["stateful_default_actions"] = []any{"aws:drop_established_app_layer", "aws:alert_strict"}
	}, ""},
	{"a firewall without logs", func(e estate) { e.drop("hub/aws_networkfirewall_logging_configuration.egress") }, "firewall-silent?"},
	{"a firewall without a log of alerts", func(e estate) {
		e.swap("hub/aws_networkfirewall_logging_configuration.egress", "ALERT", "FLOW")
	}, "firewall-silent?"},
	{"a logging configuration of a firewall that cannot be told", func(e estate) {
		e.set("hub/aws_networkfirewall_logging_configuration.egress", "firewall_arn", "arn:aws:network-firewall:ap-southeast-3:111111111111:firewall/egress")
	}, ""},

	// What AWS refuses.
	{"a group has another order than the policy", func(e estate) {
		e.swap("hub/aws_networkfirewall_rule_group.allowed", "STRICT_ORDER", "DEFAULT_ACTION_ORDER")
	}, "firewall-order"},
	{"a group says nothing of its order", func(e estate) { delete(e.group("allowed"), "stateful_rule_options") }, "firewall-order"},
	{"a group of AWS has another order than the policy", func(e estate) {
		e.refer(300, "arn:aws:network-firewall:ap-southeast-3:aws-managed:stateful-rulegroup/MalwareDomainsActionOrder")
	}, "firewall-order"},
	{"two groups have one priority", func(e estate) { e.another("second"); e.refer(100, "${aws_networkfirewall_rule_group.second.arn}") }, "firewall-order"},
	{"a group has no priority in strict order", func(e estate) {
		e.another("second")
		e.refer(0, "${aws_networkfirewall_rule_group.second.arn}")
	}, "firewall-order"},
	{"two groups, each with its priority", func(e estate) { e.another("second"); e.refer(101, "${aws_networkfirewall_rule_group.second.arn}") }, ""},
	{"the order of actions, without priorities and default actions", func(e estate) {
		e.byAction()
		e.rules("allowed", "drop ip any any -> any any (sid:1;)")
	}, ""},
	{"the order of actions, with a priority", func(e estate) {
		e.byAction()
		e.policy()["stateful_rule_group_reference"].([]any)[0].(map[string]any)["priority"] = 1.0
		e.rules("allowed", "drop ip any any -> any any (sid:1;)")
	}, "firewall-order"},
	{"the order of actions, with default actions", func(e estate) {
		e.byAction()
		e.policy()["stateful_default_actions"] = []any{"aws:drop_strict", "aws:alert_strict"}
	}, "firewall-order"},
	{"two drops by default", func(e estate) {
		e.policy()["stateful_default_actions"] = []any{"aws:drop_strict", "aws:drop_established", "aws:alert_strict"}
	}, "firewall-order"},
	{"a drop of one kind with the alert of another", func(e estate) {
		e.policy()["stateful_default_actions"] = []any{"aws:drop_established", "aws:alert_established", "aws:alert_established_app_layer"}
	}, "firewall-order"},
	{"a drop with two alerts that go together", func(e estate) {
		e.policy()["stateful_default_actions"] = []any{"aws:drop_established", "aws:alert_established", "aws:alert_strict"}
	}, ""},

	// Lists of names.
	{"a list of allowed names comes before rules that let names through", func(e estate) {
		e.list("names", `"TLS_SNI"`)
		e.refer(50, "${aws_networkfirewall_rule_group.names.arn}")
	}, "firewall-domain-list?"},
	{"a list of allowed names comes before another", func(e estate) {
		e.list("names", `"TLS_SNI", "HTTP_HOST"`)
		e.list("more", `"HTTP_HOST"`)
		e.groups("names")
		e.refer(200, "${aws_networkfirewall_rule_group.more.arn}")
	}, "firewall-domain-list?"},
	{"a list of allowed names comes last", func(e estate) {
		e.list("names", `"TLS_SNI"`)
		e.refer(200, "${aws_networkfirewall_rule_group.names.arn}")
	}, ""},
	{"a list of names for TLS comes before one for HTTP", func(e estate) {
		e.list("names", `"TLS_SNI"`)
		e.list("more", `"HTTP_HOST"`)
		e.groups("names")
		e.refer(200, "${aws_networkfirewall_rule_group.more.arn}")
	}, ""},
	{"a list of forbidden names comes first", func(e estate) {
		e.list("names", `"TLS_SNI"`)
		e.swap("hub/aws_networkfirewall_rule_group.names", "ALLOWLIST", "DENYLIST")
		e.refer(50, "${aws_networkfirewall_rule_group.names.arn}")
	}, ""},
	{"two lists of allowed names are for different VPCs", func(e estate) {
		for name, home := range map[string]string{"names": "10.1.0.0/16", "more": "10.2.0.0/16"} {
			e.list(name, `"TLS_SNI"`)
			e.variables(name, map[string]string{"HOME_NET": home, "EXTERNAL_NET": "0.0.0.0/0"})
		}
		e.groups("names")
		e.refer(200, "${aws_networkfirewall_rule_group.more.arn}")
	}, ""},
	{"a list of allowed names in the order of actions", func(e estate) {
		e.list("names", `"TLS_SNI"`)
		e.byAction()
		e.swap("hub/aws_networkfirewall_rule_group.names", "STRICT_ORDER", "DEFAULT_ACTION_ORDER")
		e.rules("allowed", "pass tls any any -> any any (tls.sni; content:\"a.example\"; sid:1;)\ndrop ip any any -> any any (sid:2;)")
		e.refer(0, "${aws_networkfirewall_rule_group.names.arn}")
	}, ""},

	// What is made elsewhere.
	{"the policy is made elsewhere", func(e estate) {
		e.set("hub/aws_networkfirewall_firewall.egress", "firewall_policy_arn", "arn:aws:network-firewall:ap-southeast-3:111111111111:firewall-policy/main")
	}, "firewall-policy-elsewhere?"},
	{"the policy is looked up", func(e estate) {
		data, _ := e.stack("hub")["data"].(map[string]any)
		if data == nil {
			data = map[string]any{}
			e.stack("hub")["data"] = data
		}
		data["aws_networkfirewall_firewall_policy"] = map[string]any{"main": map[string]any{"name": "main"}}
		e.set("hub/aws_networkfirewall_firewall.egress", "firewall_policy_arn", "${data.aws_networkfirewall_firewall_policy.main.arn}")
	}, "firewall-policy-elsewhere?"},
}

func init() {
	for _, test := range firewallMistakes {
		change := test.change
		test.name, test.change = "egress: "+test.name, func(e estate) { e.guardedEgress(); change(e) }
		mistakes = append(mistakes, test)
	}
	mistakes = append(mistakes, []struct {
		name   string
		change func(estate)
		want   string
	}{
		{"a firewall in the VPC itself has a HOME_NET without it", func(e estate) {
			e.outward(map[string]string{"1": "1", "2": "2"})
			e.police("one", "main")
			e.policyOf("one", "main")["policy_variables"] = variables(map[string]string{"HOME_NET": "10.2.0.0/16"})
		}, "firewall-home-net firewall-zone?"},
		{"a firewall in the VPC itself", func(e estate) {
			e.outward(map[string]string{"1": "1", "2": "1"})
			e.set("one/aws_networkfirewall_firewall.main", "subnet_mapping", []any{map[string]any{"subnet_id": "${aws_subnet.firewall_apse3_az1.id}"}})
			e.police("one", "main")
			delete(e.policyOf("one", "main"), "policy_variables")
		}, ""},
	}...)
}

// guardedEgress adds to the egress VPC a firewall that everything passes which one has for
// the internet, and what comes back. Two leaves by a NAT gateway of its own.
func (e estate) guardedEgress() {
	e.egress()
	const name = "egress_firewall_apse3_az1"
	e.add("hub/aws_subnet."+name, `{"vpc_id": "${aws_vpc.egress.id}", "cidr_block": "10.255.0.32/28", "availability_zone_id": "apse3-az1"}`)
	e.add("hub/aws_route_table."+name, `{"vpc_id": "${aws_vpc.egress.id}"}`)
	e.add("hub/aws_route_table_association."+name, `{"subnet_id": "${aws_subnet.`+name+`.id}", "route_table_id": "${aws_route_table.`+name+`.id}"}`)
	e.add("hub/aws_networkfirewall_firewall.egress", `{"name": "egress", "vpc_id": "${aws_vpc.egress.id}", "subnet_mapping": [{"subnet_id": "${aws_subnet.`+name+`.id}"}]}`)
	for table, to := range map[string]string{"public": "10.0.0.0/8", "attachment": "0.0.0.0/0"} {
		e.add("hub/aws_route.egress_"+table+"_guarded", `{"route_table_id": "${aws_route_table.egress_`+table+`_apse3_az1.id}", "destination_cidr_block": "`+to+`",
			"vpc_endpoint_id": "${one([for s in aws_networkfirewall_firewall.egress.firewall_status[0].sync_states : s.attachment[0].endpoint_id if s.attachment[0].subnet_id == aws_subnet.`+name+`.id])}"}`)
	}
	e.swap("hub/aws_route.egress_on", "egress_attachment_apse3_az1", name)
	e.swap("hub/aws_route.egress_back", "egress_public_apse3_az1", name)
	e.add("hub/aws_networkfirewall_logging_configuration.egress", `{"firewall_arn": "${aws_networkfirewall_firewall.egress.arn}", "logging_configuration": [{"log_destination_config": [
		{"log_type": "ALERT", "log_destination_type": "S3", "log_destination": {"bucketName": "alerts"}}]}]}`)
	e.police("hub", "egress")
}

// police gives a firewall a policy with a group of rules.
func (e estate) police(stack, firewall string) {
	e.set(stack+"/aws_networkfirewall_firewall."+firewall, "firewall_policy_arn", "${aws_networkfirewall_firewall_policy."+firewall+".arn}")
	e.add(stack+"/aws_networkfirewall_firewall_policy."+firewall, `{"name": "main", "firewall_policy": [{
		"policy_variables": [{"rule_variables": [{"key": "HOME_NET", "ip_set": [{"definition": ["10.1.0.0/16"]}]}]}],
		"stateless_default_actions": ["aws:forward_to_sfe"], "stateless_fragment_default_actions": ["aws:forward_to_sfe"],
		"stateful_engine_options": [{"rule_order": "STRICT_ORDER"}],
		"stateful_default_actions": ["aws:drop_established_app_layer_to_server", "aws:alert_established_app_layer_to_server"],
		"stateful_rule_group_reference": [{"priority": 100, "resource_arn": "${aws_networkfirewall_rule_group.allowed.arn}"}]}]}`)
	e.add(stack+"/aws_networkfirewall_rule_group.allowed", `{"name": "allowed", "type": "STATEFUL", "capacity": 100, "rule_group": [{
		"rules_source": [{"rules_string": "pass tls $HOME_NET any -> $EXTERNAL_NET any (tls.sni; content:\"a.example\"; startswith; endswith; sid:1;)\n"}],
		"stateful_rule_options": [{"rule_order": "STRICT_ORDER"}]}]}`)
}

// policyOf is what a policy says, and policy what that of the egress VPC's firewall says.
func (e estate) policyOf(stack, name string) map[string]any {
	return e.body(stack + "/aws_networkfirewall_firewall_policy." + name)["firewall_policy"].([]any)[0].(map[string]any)
}
func (e estate) policy() map[string]any { return e.policyOf("hub", "egress") }

// group is what a group of rules says.
func (e estate) group(name string) map[string]any {
	return e.body("hub/aws_networkfirewall_rule_group." + name)["rule_group"].([]any)[0].(map[string]any)
}

// variables are blocks of variables, each with a range.
func variables(ranges map[string]string) []any {
	var all []any
	for _, key := range []string{"HOME_NET", "EXTERNAL_NET"} {
		if ranges[key] != "" {
			all = append(all, map[string]any{"key": key, "ip_set": []any{map[string]any{"definition": []any{ranges[key]}}}})
		}
	}
	return []any{map[string]any{"rule_variables": all, "ip_sets": all}}
}

func (e estate) homeNet(ranges ...string) {
	var all []any
	for _, r := range ranges {
		all = append(all, r)
	}
	e.policy()["policy_variables"] = map[string]any{"rule_variables": []any{map[string]any{"key": "HOME_NET", "ip_set": map[string]any{"definition": all}}}}
}

// variables gives a group of rules variables of its own.
func (e estate) variables(group string, ranges map[string]string) {
	e.group(group)["rule_variables"] = variables(ranges)
}

// groups has the policy refer to these groups alone, and refer to one more.
func (e estate) groups(names ...string) {
	e.policy()["stateful_rule_group_reference"] = []any{}
	for i, name := range names {
		e.refer(100+i, "${aws_networkfirewall_rule_group."+name+".arn}")
	}
}

func (e estate) refer(priority int, arn string) {
	reference := map[string]any{"resource_arn": arn}
	if priority != 0 {
		reference["priority"] = float64(priority)
	}
	e.policy()["stateful_rule_group_reference"] = append(e.policy()["stateful_rule_group_reference"].([]any), reference)
}

// source sets where a group has its rules from, and rules their text.
func (e estate) source(group, kind, value string) {
	var parsed any
	if err := json.Unmarshal([]byte(value), &parsed); err != nil {
		panic(err)
	}
	e.group(group)["rules_source"] = []any{map[string]any{kind: parsed}}
}

func (e estate) rules(group, rules string) {
	e.group(group)["rules_source"] = []any{map[string]any{"rules_string": rules}}
}

// list adds a group that is a list of allowed names.
func (e estate) list(name, targets string) {
	e.another(name)
	e.source(name, "rules_source_list", `[{"generated_rules_type": "ALLOWLIST", "target_types": [`+targets+`], "targets": ["b.example"]}]`)
}

// another adds a group with a rule that lets nothing through.
func (e estate) another(name string) {
	e.add("hub/aws_networkfirewall_rule_group."+name, `{"name": "`+name+`", "type": "STATEFUL", "capacity": 100, "rule_group": [{
		"rules_source": [{"rules_string": "reject tcp $HOME_NET any -> $EXTERNAL_NET 25 (sid:9;)\n"}], "stateful_rule_options": [{"rule_order": "STRICT_ORDER"}]}]}`)
}

// byAction has the policy and its group read rules in the order of actions.
func (e estate) byAction() {
	delete(e.policy(), "stateful_engine_options")
	delete(e.policy(), "stateful_default_actions")
	e.groups()
	e.refer(0, "${aws_networkfirewall_rule_group.allowed.arn}")
	delete(e.group("allowed"), "stateful_rule_options")
}

// Whoever reads that HOME_NET lacks something is told what to add, and where.
func TestAMissingRangeOfHomeNetIsNamed(t *testing.T) {
	e := read(t)
	e.guardedEgress()
	e.homeNet("10.2.0.0/16")
	findings := e.check()
	i := slices.IndexFunc(findings, func(f finding.Finding) bool { return f.Kind == firewallHomeNet })
	if i < 0 {
		t.Fatal("nothing is found")
	}
	for _, want := range []string{"hub/aws_networkfirewall_firewall_policy.egress", "one/aws_vpc.main", "10.1.16.0/24", "hub/aws_networkfirewall_firewall.egress"} {
		if !strings.Contains(findings[i].Sentence, want) {
			t.Errorf("%q does not name %s", findings[i].Sentence, want)
		}
	}
}

// Whatever stands in a policy, a group or a logging configuration, something is said of it
// or nothing, and the same each time.
func TestOddPoliciesOfFirewallsAreRead(t *testing.T) {
	kinds := []string{"aws_networkfirewall_firewall_policy", "aws_networkfirewall_rule_group", "aws_networkfirewall_logging_configuration", "aws_networkfirewall_firewall"}
	pristine := read(t)
	pristine.guardedEgress()
	pristine.list("names", `"TLS_SNI"`)
	pristine.variables("names", map[string]string{"HOME_NET": "10.1.0.0/16"})
	pristine.source("allowed", "stateful_rule", `[{"action": "PASS", "header": [{"protocol": "TCP", "source": "ANY", "source_port": "ANY", "direction": "ANY", "destination": "ANY", "destination_port": "ANY"}], "rule_option": [{"keyword": "sid", "settings": ["1"]}]}]`)
	pristine.refer(50, "${aws_networkfirewall_rule_group.names.arn}")
	for _, kind := range kinds {
		for i, p := range places(pristine.resources("hub", kind), nil) {
			was := p.get()
			for j := range 3 {
				p.set(odd[(3*i+j)%len(odd)])
				if a, b := sentences(pristine.check()), sentences(pristine.check()); !slices.Equal(a, b) {
					t.Errorf("what is found depends on chance: %q, %q", a, b)
				}
			}
			p.set(was)
		}
	}
}
