package planjson

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hubspoke/proof/config"
	"hubspoke/proof/stackjson"
)

// state is a state with resources.
func state(resources string) []byte {
	return []byte(`{"format_version": "1.0", "values": {"root_module": {"resources": [` + resources + `]}}}`)
}

func parsed(t *testing.T, name, resources string) *stackjson.Stack {
	t.Helper()
	s, err := Parse(name, name, "", state(resources))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Ids lead back to the resources that have them, across roots, and to no other.
func TestIDsLeadBackToResources(t *testing.T) {
	hub := parsed(t, "hub", `
		{"address": "aws_vpc.main", "mode": "managed", "type": "aws_vpc", "name": "main", "values": {"id": "vpc-01", "owner_id": "111111111111", "default_route_table_id": "rtb-01"}},
		{"address": "aws_vpc_endpoint.s3", "mode": "managed", "type": "aws_vpc_endpoint", "name": "s3", "values": {"id": "vpce-1", "vpc_id": "vpc-01"}},
		{"address": "aws_vpc_endpoint_policy.s3", "mode": "managed", "type": "aws_vpc_endpoint_policy", "name": "s3", "values": {"id": "vpce-1", "vpc_endpoint_id": "vpce-1"}},
		{"address": "aws_iam_role.a", "mode": "managed", "type": "aws_iam_role", "name": "a", "values": {"id": "worker", "name": "worker"}}`)
	dev := parsed(t, "dev", `
		{"address": "module.net.aws_subnet.a[0]", "mode": "managed", "type": "aws_subnet", "name": "a", "index": 0,
			"values": {"id": "subnet-1", "vpc_id": "vpc-01", "cidr_block": "10.0.0.0/24", "tags": {"Name": "worker"}, "ipv6_cidr_block": "", "timeouts": null}},
		{"address": "aws_route.a", "mode": "managed", "type": "aws_route", "name": "a", "values": {"route_table_id": "rtb-01", "vpc_endpoint_id": "vpce-1", "gateway_id": "igw-foreign"}}`)
	stacks := []*stackjson.Stack{hub, dev}
	Link(stacks)
	c := config.Of(stacks)
	got := map[string]any{}
	for _, s := range c.Stacks {
		for _, r := range s.Resources {
			for _, name := range r.Arguments() {
				if ref, ok := r.Argument(name).(config.Ref); ok {
					got[r.String()+"."+name] = ref.String()
				}
			}
		}
	}
	want := map[string]any{
		"hub/aws_vpc_endpoint.s3.vpc_id":                 "hub/aws_vpc.main.id",
		"hub/aws_vpc_endpoint_policy.s3.vpc_endpoint_id": "hub/aws_vpc_endpoint.s3.id",
		"dev/module.net.aws_subnet.a[0].vpc_id":          "hub/aws_vpc.main.id",
		"dev/aws_route.a.route_table_id":                 "hub/aws_vpc.main.default_route_table_id",
		"dev/aws_route.a.vpc_endpoint_id":                "hub/aws_vpc_endpoint.s3.id",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if account := c.All("aws_vpc")[0].Account; account != "111111111111" {
		t.Errorf("the VPC's account is %q", account)
	}
}

// A state tells the endpoints of a network firewall by their subnets, whatever their order.
func TestAFirewallsEndpointLeadsBackToItsSubnet(t *testing.T) {
	attachment := func(n string) string {
		return `{"availability_zone": "eu-central-1` + n + `", "attachment": [{"endpoint_id": "vpce-` + n + `", "subnet_id": "subnet-` + n + `"}]}`
	}
	network := parsed(t, "network", `
		{"address": "aws_subnet.fw[0]", "mode": "managed", "type": "aws_subnet", "name": "fw", "index": 0, "values": {"id": "subnet-a"}},
		{"address": "aws_subnet.fw[1]", "mode": "managed", "type": "aws_subnet", "name": "fw", "index": 1, "values": {"id": "subnet-b"}}`)
	firewall := parsed(t, "firewall", `
		{"address": "module.fw.aws_networkfirewall_firewall.this[0]", "mode": "managed", "type": "aws_networkfirewall_firewall", "name": "this", "index": 0, "values": {"id": "arn:fw", "arn": "arn:fw",
			"firewall_status": [{"sync_states": [`+attachment("b")+`, `+attachment("a")+`, `+attachment("c")+`]}]}},
		{"address": "aws_route.a", "mode": "managed", "type": "aws_route", "name": "a", "values": {"vpc_endpoint_id": "vpce-a"}},
		{"address": "aws_route.b", "mode": "managed", "type": "aws_route", "name": "b", "values": {"vpc_endpoint_id": "vpce-b"}},
		{"address": "aws_route.c", "mode": "managed", "type": "aws_route", "name": "c", "values": {"vpc_endpoint_id": "vpce-c"}}`)
	stacks := []*stackjson.Stack{network, firewall}
	Link(stacks)
	c := config.Of(stacks)
	of, subnets := c.All("aws_networkfirewall_firewall")[0], c.All("aws_subnet")
	want := []any{config.FirewallEndpoint(of, subnets[0]), config.FirewallEndpoint(of, subnets[1]), "vpce-c"}
	for i, r := range c.All("aws_route") {
		if got := r.Argument("vpc_endpoint_id"); got != want[i] {
			t.Errorf("%s leads to %v, want %v", r, got, want[i])
		}
	}
}

// An id that two resources have is nobody's.
// A state has the launch template of an instance by its id, in a block, also where it was named.
func TestAnIDInABlockLeadsBackToWhatTheBlockIsNamedAfter(t *testing.T) {
	s := parsed(t, "dev", `
		{"address": "aws_launch_template.probe", "mode": "managed", "type": "aws_launch_template", "name": "probe", "values": {"id": "lt-0abc", "name": "dev-probe"}},
		{"address": "aws_instance.probe", "mode": "managed", "type": "aws_instance", "name": "probe", "values": {"id": "i-0abc", "launch_template": [{"id": "lt-0abc", "name": "dev-probe", "version": "$Latest"}]}},
		{"address": "aws_s3_bucket_lifecycle_configuration.logs", "mode": "managed", "type": "aws_s3_bucket_lifecycle_configuration", "name": "logs", "values": {"id": "logs", "rule": [{"id": "expire"}]}}`)
	Link([]*stackjson.Stack{s})
	c := config.Of([]*stackjson.Stack{s})
	template := c.All("aws_instance")[0].Argument("launch_template").([]any)[0].(map[string]any)
	if ref, ok := template["id"].(config.Ref); !ok || ref.String() != "dev/aws_launch_template.probe.id" {
		t.Errorf("the launch template is %v", template["id"])
	}
	if rule := c.All("aws_s3_bucket_lifecycle_configuration")[0].Argument("rule").([]any)[0].(map[string]any); rule["id"] != "expire" {
		t.Errorf("the rule is %v", rule["id"])
	}
}

// An alias record has the DNS name of an endpoint, which is no id.
func TestAnAliasLeadsBackToTheEndpoint(t *testing.T) {
	hub := parsed(t, "hub", `
		{"address": "aws_vpc_endpoint.sts", "mode": "managed", "type": "aws_vpc_endpoint", "name": "sts", "values": {"id": "vpce-1", "dns_entry": [{"dns_name": "vpce-1.sts.vpce.example", "hosted_zone_id": "Z1"}]}}`)
	dns := parsed(t, "dns", `
		{"address": "aws_route53_record.sts", "mode": "managed", "type": "aws_route53_record", "name": "sts", "values": {"id": "r", "name": "sts", "alias": [{"name": "vpce-1.sts.vpce.example", "zone_id": "Z1"}]}}`)
	stacks := []*stackjson.Stack{hub, dns}
	Link(stacks)
	alias := config.Of(stacks).All("aws_route53_record")[0].Argument("alias").([]any)[0].(map[string]any)
	if ref, ok := alias["name"].(config.Ref); !ok || ref.String() != "hub/aws_vpc_endpoint.sts.dns_entry[0].dns_name" {
		t.Errorf("the alias leads to %v", alias["name"])
	}
}

// What waits for what is in a state too, where neither references nor blocks are.
func TestAStateSaysWhatAResourceCameAfter(t *testing.T) {
	s := parsed(t, "link", `
		{"address": "aws_route53_vpc_association_authorization.a", "mode": "managed", "type": "aws_route53_vpc_association_authorization", "name": "a", "values": {"id": "Z1:vpc-1"}},
		{"address": "aws_route53_zone_association.a", "mode": "managed", "type": "aws_route53_zone_association", "name": "a", "values": {"id": "Z1:vpc-1:eu-central-1"},
			"depends_on": ["aws_route53_vpc_association_authorization.a"]}`)
	c := config.Of([]*stackjson.Stack{s})
	if c.All("aws_route53_zone_association")[0].Order(c.All("aws_route53_vpc_association_authorization")[0]) != config.After {
		t.Error("the association does not come after the authorization")
	}
}

func TestAnIDOfTwoIsNobodys(t *testing.T) {
	s := parsed(t, "hub", `
		{"address": "aws_vpc.a", "mode": "managed", "type": "aws_vpc", "name": "a", "values": {"id": "same"}},
		{"address": "aws_vpc.b", "mode": "managed", "type": "aws_vpc", "name": "b", "values": {"id": "same"}},
		{"address": "aws_subnet.a", "mode": "managed", "type": "aws_subnet", "name": "a", "values": {"id": "subnet-1", "vpc_id": "same"}}`)
	Link([]*stackjson.Stack{s})
	if got := config.Of([]*stackjson.Stack{s}).All("aws_subnet")[0].Argument("vpc_id"); got != "same" {
		t.Errorf("vpc_id is %v", got)
	}
}

// What AWS writes in a text is no template.
func TestTextsOfAWSAreNoTemplates(t *testing.T) {
	s := parsed(t, "hub", `{"address": "aws_iam_policy.a", "mode": "managed", "type": "aws_iam_policy", "name": "a", "values": {"policy": "home/${aws:username} %{x}"}}`)
	if got := config.Of([]*stackjson.Stack{s}).All("aws_iam_policy")[0].Argument("policy"); got != "home/${aws:username} %{x}" {
		t.Errorf("policy is %v", got)
	}
}

func FuzzPlan(f *testing.F) {
	text, err := os.ReadFile("../../docs/examples/hub-and-spoke/plan.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(`{"format_version": "1.2", "planned_values": {"root_module": {"resources": [{"address": "aws_vpc.a", "values": {}}]}},
		"resource_changes": [{"address": "aws_vpc.a", "change": {"after_unknown": {"x_id": true}}}],
		"configuration": {"root_module": {"resources": [{"type": "aws_vpc", "name": "a", "expressions": {"x_id": {"references": ["module.m.x", "module.m"]}}}],
		"module_calls": {"m": {"module": {"outputs": {"x": {"expression": {"references": ["var.x"]}}}}, "expressions": {"x": {"references": ["module.m.x"]}}}}}}}`))
	f.Fuzz(func(t *testing.T, text []byte) { readable(text) })
}

func FuzzState(f *testing.F) {
	f.Add(state(`{"address": "aws_vpc.a[0]", "type": "aws_vpc", "name": "a", "values": {"id": "vpc-1", "arn": "arn:aws:ec2:r:111111111111:vpc/a", "vpc_id": ["vpc-1"]}}`))
	f.Fuzz(func(t *testing.T, text []byte) { readable(text) })
}

// readable reads a text and evaluates all of it.
func readable(text []byte) {
	s, err := Parse("x", "x", "", text)
	if err != nil {
		return
	}
	Link([]*stackjson.Stack{s})
	c := config.Of([]*stackjson.Stack{s})
	c.Broken()
	for _, r := range c.Stacks[0].Resources {
		r.References()
		r.Tags()
	}
}
