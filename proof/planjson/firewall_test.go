package planjson

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hubspoke/proof/config"
	"hubspoke/proof/stackjson"
)

// The source of a firewall with an endpoint in each of two subnets, and the plan to make it.
const (
	firewallSource = `
resource "aws_subnet" "fw" { count = 2 }
resource "aws_networkfirewall_firewall" "main" {
  firewall_policy_arn = aws_networkfirewall_firewall_policy.main.arn
  subnet_mapping { subnet_id = aws_subnet.fw[0].id }
  subnet_mapping { subnet_id = aws_subnet.fw[1].id }
}
resource "aws_route" "on" {
  count           = 2
  vpc_endpoint_id = one([for s in aws_networkfirewall_firewall.main.firewall_status[0].sync_states : s.attachment[0].endpoint_id if s.attachment[0].subnet_id == aws_subnet.fw[count.index].id])
}
resource "aws_networkfirewall_firewall_policy" "main" {
  firewall_policy {
    stateful_rule_group_reference {
      priority     = 30
      resource_arn = aws_networkfirewall_rule_group.last.arn
    }
    stateful_rule_group_reference {
      priority     = 20
      resource_arn = aws_networkfirewall_rule_group.first.arn
    }
    stateful_rule_group_reference {
      priority     = 10
      resource_arn = "arn:managed"
    }
  }
}
resource "aws_networkfirewall_rule_group" "first" {}
resource "aws_networkfirewall_rule_group" "last" {}
`
	firewallPlan = `{"format_version": "1.2", "planned_values": {"root_module": {"resources": [
		{"address": "aws_subnet.fw[0]", "mode": "managed", "type": "aws_subnet", "name": "fw", "index": 0, "values": {}},
		{"address": "aws_subnet.fw[1]", "mode": "managed", "type": "aws_subnet", "name": "fw", "index": 1, "values": {}},
		{"address": "aws_networkfirewall_firewall.main", "mode": "managed", "type": "aws_networkfirewall_firewall", "name": "main", "values": {"subnet_mapping": [{"ip_address_type": "IPV4"}, {"ip_address_type": "IPV4"}]}},
		{"address": "aws_route.on[0]", "mode": "managed", "type": "aws_route", "name": "on", "index": 0, "values": {}},
		{"address": "aws_route.on[1]", "mode": "managed", "type": "aws_route", "name": "on", "index": 1, "values": {}},
		{"address": "aws_networkfirewall_firewall_policy.main", "mode": "managed", "type": "aws_networkfirewall_firewall_policy", "name": "main", "values": {"firewall_policy": [{"stateful_rule_group_reference":
			[{"priority": 10, "resource_arn": "arn:managed"}, {"priority": 20}, {"priority": 30}]}]}},
		{"address": "aws_networkfirewall_rule_group.first", "mode": "managed", "type": "aws_networkfirewall_rule_group", "name": "first", "values": {}},
		{"address": "aws_networkfirewall_rule_group.last", "mode": "managed", "type": "aws_networkfirewall_rule_group", "name": "last", "values": {}}]}},
	"resource_changes": [
		{"address": "aws_networkfirewall_firewall.main", "change": {"actions": ["create"], "after_unknown": {"firewall_policy_arn": true, "firewall_status": true, "subnet_mapping": [{"subnet_id": true}, {"subnet_id": true}]}}},
		{"address": "aws_route.on[0]", "change": {"actions": ["create"], "after_unknown": {"vpc_endpoint_id": true}}},
		{"address": "aws_route.on[1]", "change": {"actions": ["create"], "after_unknown": {"vpc_endpoint_id": true}}},
		{"address": "aws_networkfirewall_firewall_policy.main", "change": {"actions": ["create"], "after_unknown": {"firewall_policy": [{"stateful_rule_group_reference": [{}, {"resource_arn": true}, {"resource_arn": true}]}]}}}],
	"configuration": {"root_module": {"resources": [
		{"address": "aws_subnet.fw", "mode": "managed", "type": "aws_subnet", "name": "fw", "count_expression": {"constant_value": 2}},
		{"address": "aws_networkfirewall_firewall.main", "mode": "managed", "type": "aws_networkfirewall_firewall", "name": "main", "expressions": {
			"firewall_policy_arn": {"references": ["aws_networkfirewall_firewall_policy.main.arn", "aws_networkfirewall_firewall_policy.main"]},
			"subnet_mapping": [{"subnet_id": {"references": ["aws_subnet.fw[0].id", "aws_subnet.fw[0]", "aws_subnet.fw"]}}, {"subnet_id": {"references": ["aws_subnet.fw[1].id", "aws_subnet.fw[1]", "aws_subnet.fw"]}}]}},
		{"address": "aws_route.on", "mode": "managed", "type": "aws_route", "name": "on", "count_expression": {"constant_value": 2}, "expressions": {
			"vpc_endpoint_id": {"references": ["aws_networkfirewall_firewall.main.firewall_status[0].sync_states", "aws_networkfirewall_firewall.main.firewall_status[0]", "aws_networkfirewall_firewall.main.firewall_status", "aws_networkfirewall_firewall.main", "aws_subnet.fw", "count.index"]}}},
		{"address": "aws_networkfirewall_firewall_policy.main", "mode": "managed", "type": "aws_networkfirewall_firewall_policy", "name": "main", "expressions": {"firewall_policy": [{"stateful_rule_group_reference": [
			{"priority": {"constant_value": 30}, "resource_arn": {"references": ["aws_networkfirewall_rule_group.last.arn", "aws_networkfirewall_rule_group.last"]}},
			{"priority": {"constant_value": 20}, "resource_arn": {"references": ["aws_networkfirewall_rule_group.first.arn", "aws_networkfirewall_rule_group.first"]}},
			{"priority": {"constant_value": 10}, "resource_arn": {"constant_value": "arn:managed"}}]}]}},
		{"address": "aws_networkfirewall_rule_group.first", "mode": "managed", "type": "aws_networkfirewall_rule_group", "name": "first"},
		{"address": "aws_networkfirewall_rule_group.last", "mode": "managed", "type": "aws_networkfirewall_rule_group", "name": "last"}]}}}`
)

// firewallPlanned reads that plan, changed, beside its source, changed.
func firewallPlanned(t *testing.T, source, plan *strings.Replacer) *config.Config {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main.tf"), []byte(source.Replace(firewallSource)), 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := Parse("network", "plan.json", dir, []byte(plan.Replace(firewallPlan)))
	if err != nil {
		t.Fatal(err)
	}
	Link([]*stackjson.Stack{s})
	return config.Of([]*stackjson.Stack{s})
}

// groupOf is what the policy says of the group with a priority.
func groupOf(c *config.Config, priority float64) any {
	policies, _ := c.All("aws_networkfirewall_firewall_policy")[0].Argument("firewall_policy").([]any)
	references, _ := policies[0].(map[string]any)["stateful_rule_group_reference"].([]any)
	for _, r := range references {
		if reference := r.(map[string]any); reference["priority"] == priority {
			return reference["resource_arn"]
		}
	}
	return nil
}

// A plan knows a firewall's endpoints, though not their ids, where the source names them by
// their subnets; blocks that are alike but for what is not known; and which of several is
// which by what is written in them.
func TestAPlanTellsWhatAFirewallWillBe(t *testing.T) {
	none := strings.NewReplacer()
	c := firewallPlanned(t, none, none)
	firewall, subnets := c.All("aws_networkfirewall_firewall")[0], c.All("aws_subnet")
	mappings, _ := firewall.Argument("subnet_mapping").([]any)
	for i, r := range c.All("aws_route") {
		if got := r.Argument("vpc_endpoint_id"); got != config.FirewallEndpoint(firewall, subnets[i]) {
			t.Errorf("%s leads to %v", r, got)
		}
		if len(mappings) != 2 || mappings[i].(map[string]any)["subnet_id"] != (config.Ref{Resource: subnets[i], Attribute: "id"}) {
			t.Errorf("the firewall's subnets are %v", mappings)
		}
	}
	groups := c.All("aws_networkfirewall_rule_group")
	for priority, want := range map[float64]any{10: "arn:managed", 20: config.Ref{Resource: groups[0], Attribute: "arn"}, 30: config.Ref{Resource: groups[1], Attribute: "arn"}} {
		if got := groupOf(c, priority); got != want {
			t.Errorf("the group with the priority %v is %v, want %v", priority, got, want)
		}
	}
}

// Where the order of blocks decides and a plan does not tell it, or an expression may come to
// something else, nothing is guessed.
func TestAPlanIsNotGuessedAt(t *testing.T) {
	endpoint := func(c *config.Config) any { return c.All("aws_route")[0].Argument("vpc_endpoint_id") }
	mapping := func(c *config.Config) any {
		return c.All("aws_networkfirewall_firewall")[0].Argument("subnet_mapping")
	}
	references := func(c *config.Config) any {
		policies, _ := c.All("aws_networkfirewall_firewall_policy")[0].Argument("firewall_policy").([]any)
		return policies[0].(map[string]any)["stateful_rule_group_reference"]
	}
	for _, test := range []struct {
		name         string
		source, plan []string
		what         func(*config.Config) any
	}{
		{"the endpoints of all other subnets", []string{"== aws_subnet.fw", "!= aws_subnet.fw"}, nil, endpoint},
		{"another attribute of the attachment", []string{".endpoint_id if", ".status if"}, nil, endpoint},
		{"the second attachment", []string{"s.attachment[0].endpoint_id", "s.attachment[1].endpoint_id"}, nil, endpoint},
		{"the endpoint in a zone", []string{"s.attachment[0].subnet_id == aws_subnet.fw[count.index].id", `s.availability_zone == "eu-central-1a"`}, nil, endpoint},
		{"a subnet is compared with itself", []string{"== aws_subnet.fw[count.index].id", "== s.attachment[0].subnet_id"}, nil, endpoint},
		{"something else of the firewall", []string{"firewall_status[0].sync_states", "firewall_status[0].capacity"}, nil, endpoint},
		{"another resource than a subnet", []string{"== aws_subnet.fw[count.index].id", "== aws_networkfirewall_rule_group.last.id"}, nil, endpoint},
		{"subnets of two kinds of addresses", nil, []string{`[{"ip_address_type": "IPV4"}, {"ip_address_type": "IPV4"}]`, `[{"ip_address_type": "DUALSTACK"}, {"ip_address_type": "IPV4"}]`}, mapping},
		{"more subnets than are written", nil, []string{`[{"ip_address_type": "IPV4"}, `, `[{"ip_address_type": "IPV4"}, {"ip_address_type": "IPV4"}, `}, mapping},
		{"groups with one priority", nil, []string{`{"priority": 20}`, `{"priority": 30}`, `"priority": {"constant_value": 20}`, `"priority": {"constant_value": 30}`}, references},
		{"a group more than is written", nil, []string{`{"priority": 20}`, `{"priority": 20}, {"priority": 21}`}, references},
		{"a dynamic group among others", []string{"    stateful_rule_group_reference {\n      priority     = 30", "    dynamic \"stateful_rule_group_reference\" {\n      for_each = []\n    }\n    stateful_rule_group_reference {\n      priority     = 30"}, nil, references},
	} {
		got := test.what(firewallPlanned(t, strings.NewReplacer(test.source...), strings.NewReplacer(test.plan...)))
		if _, ok := got.(config.Unknown); !ok {
			t.Errorf("%s: it is %v, which nobody can know", test.name, got)
		}
	}
}
