package planjson

import (
	"testing"

	"hubspoke/proof/config"
	"hubspoke/proof/stackjson"
)

// read reads one root, as it is read among others.
func readOne(t *testing.T, text string) *stackjson.Stack {
	t.Helper()
	s, err := Parse("root", "file.json", "", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	Link([]*stackjson.Stack{s})
	return s
}

// A provider of a plan that does not say its account works where AWS says that its resources are; one of which nothing is known
// works in an account that is not known, unless it is the root's own, and somebody says where the root works.
func TestProvidersOfPlansWorkWhereTheirResourcesAre(t *testing.T) {
	const plan = `{"format_version": "1.2", "planned_values": {"root_module": {"resources": [
		{"address": "aws_vpc.hub", "mode": "managed", "type": "aws_vpc", "name": "hub", "values": {"id": "vpc-0hub", "arn": "arn:aws:ec2:eu-central-1:111111111111:vpc/vpc-0hub"}},
		{"address": "aws_vpc.dev", "mode": "managed", "type": "aws_vpc", "name": "dev", "values": {"id": "vpc-0dev", "arn": "arn:aws:ec2:eu-central-1:222222222222:vpc/vpc-0dev"}},
		{"address": "aws_vpc.first", "mode": "managed", "type": "aws_vpc", "name": "first", "values": {"id": "vpc-01", "owner_id": "333333333333"}},
		{"address": "aws_vpc.second", "mode": "managed", "type": "aws_vpc", "name": "second", "values": {"id": "vpc-02", "owner_id": "444444444444"}},
		{"address": "aws_vpc.third", "mode": "managed", "type": "aws_vpc", "name": "third", "values": {"cidr_block": "10.3.0.0/16"}},
		{"address": "aws_vpc.new", "mode": "managed", "type": "aws_vpc", "name": "new", "values": {"cidr_block": "10.1.0.0/16"}},
		{"address": "aws_vpc.other", "mode": "managed", "type": "aws_vpc", "name": "other", "values": {"cidr_block": "10.2.0.0/16"}},
		{"address": "aws_subnet.other", "mode": "managed", "type": "aws_subnet", "name": "other", "values": {"cidr_block": "10.1.0.0/24", "vpc_id": "vpc-0dev"}}]}},
		"configuration": {"provider_config": {
			"aws": {"name": "aws", "full_name": "registry.terraform.io/hashicorp/aws", "expressions": {"region": {"constant_value": "eu-central-1"}}},
			"aws.dev": {"name": "aws", "full_name": "registry.terraform.io/hashicorp/aws", "alias": "dev", "expressions": {"profile": {"constant_value": "dev"}}},
			"aws.two": {"name": "aws", "full_name": "registry.terraform.io/hashicorp/aws", "alias": "two"},
			"aws.other": {"name": "aws", "full_name": "registry.terraform.io/hashicorp/aws", "alias": "other"}},
			"root_module": {"resources": [
				{"address": "aws_vpc.hub", "mode": "managed", "type": "aws_vpc", "name": "hub", "provider_config_key": "aws"},
				{"address": "aws_vpc.dev", "mode": "managed", "type": "aws_vpc", "name": "dev", "provider_config_key": "aws.dev"},
				{"address": "aws_vpc.first", "mode": "managed", "type": "aws_vpc", "name": "first", "provider_config_key": "aws.two"},
				{"address": "aws_vpc.second", "mode": "managed", "type": "aws_vpc", "name": "second", "provider_config_key": "aws.two"},
				{"address": "aws_vpc.third", "mode": "managed", "type": "aws_vpc", "name": "third", "provider_config_key": "aws.two"},
				{"address": "aws_vpc.new", "mode": "managed", "type": "aws_vpc", "name": "new", "provider_config_key": "aws.dev"},
				{"address": "aws_vpc.other", "mode": "managed", "type": "aws_vpc", "name": "other", "provider_config_key": "aws.other"},
				{"address": "aws_subnet.other", "mode": "managed", "type": "aws_subnet", "name": "other", "provider_config_key": "aws.other"}]}}}`
	want := map[string]string{
		"hub": "111111111111", "dev": "222222222222", "first": "333333333333", "second": "444444444444", "third": "", "new": "222222222222", "other": "",
	}
	s := readOne(t, plan)
	if !s.Place("999999999999") {
		t.Error("the root's provider does not say its account, and the root cannot be placed")
	}
	c := config.Of([]*stackjson.Stack{s})
	for _, r := range c.All("aws_vpc") {
		if r.Account != want[r.Name] {
			t.Errorf("%s is in the account %q, and not %q", r, r.Account, want[r.Name])
		}
	}
	if subnet := c.All("aws_subnet")[0]; subnet.Account != "222222222222" {
		t.Errorf("%s is in the account %q, and not in that of its VPC", subnet, subnet.Account)
	}
}

// What came before a resource of a module, or with count or for_each, is told without keys. It is waited for, whichever it is;
// and of several resources with one name, it is the one that is meant.
func TestWhatCameBeforeIsToldWithoutKeys(t *testing.T) {
	const state = `{"format_version": "1.0", "values": {"root_module": {"child_modules": [{"address": "module.a[\"x\"]", "resources": [
		{"address": "module.a[\"x\"].aws_vpc.main", "mode": "managed", "type": "aws_vpc", "name": "main", "values": {"id": "vpc-0a1", "owner_id": "111111111111"}},
		{"address": "module.a[\"x\"].aws_iam_role.main[0]", "mode": "managed", "type": "aws_iam_role", "name": "main", "index": 0, "values": {"id": "ci", "name": "ci", "arn": "arn:aws:iam::111111111111:role/ci"}},
		{"address": "module.a[\"x\"].aws_iam_role_policy.main", "mode": "managed", "type": "aws_iam_role_policy", "name": "main", "values": {"id": "ci:main", "role": "ci"}, "depends_on": ["module.a.aws_iam_role.main", "module.a.aws_vpc.main", "module.a.aws_vpc.gone"]}]}],
		"resources": [{"address": "aws_iam_role.dev", "mode": "managed", "type": "aws_iam_role", "name": "dev", "values": {"id": "ci", "name": "ci", "arn": "arn:aws:iam::222222222222:role/ci"}}]}}}`
	c := config.Of([]*stackjson.Stack{readOne(t, state)})
	policy, vpc := c.All("aws_iam_role_policy")[0], c.All("aws_vpc")[0]
	if ref, ok := policy.Argument("role").(config.Ref); !ok || ref.String() != `root/module.a["x"].aws_iam_role.main[0].id` {
		t.Errorf("the policy is of %v", policy.Argument("role"))
	}
	if policy.Account != "111111111111" {
		t.Errorf("the policy is in the account %q", policy.Account)
	}
	if policy.Order(vpc) != config.After {
		t.Error("the policy is not known to come after the VPC")
	}
}

// A policy that is a resource of its own is not said twice, and a name is not an id of something else.
func TestPoliciesAreNotSaidTwice(t *testing.T) {
	const state = `{"format_version": "1.0", "values": {"root_module": {"resources": [
		{"address": "aws_sns_topic.main", "mode": "managed", "type": "aws_sns_topic", "name": "main", "values": {"id": "arn:aws:sns:eu-central-1:111111111111:t", "arn": "arn:aws:sns:eu-central-1:111111111111:t", "policy": "{}"}},
		{"address": "aws_sns_topic.own", "mode": "managed", "type": "aws_sns_topic", "name": "own", "values": {"id": "arn:aws:sns:eu-central-1:111111111111:o", "arn": "arn:aws:sns:eu-central-1:111111111111:o", "policy": "{}"}},
		{"address": "aws_sns_topic_policy.main", "mode": "managed", "type": "aws_sns_topic_policy", "name": "main", "values": {"id": "arn:aws:sns:eu-central-1:111111111111:t", "arn": "arn:aws:sns:eu-central-1:111111111111:t", "policy": "{}"}},
		{"address": "aws_s3_bucket.main", "mode": "managed", "type": "aws_s3_bucket", "name": "main", "values": {"id": "b", "arn": "arn:aws:s3:::b", "policy": "{}"}},
		{"address": "aws_s3_bucket_policy.main", "mode": "managed", "type": "aws_s3_bucket_policy", "name": "main", "values": {"id": "b", "bucket": "b", "policy": "{}"}}]}}}`
	c := config.Of([]*stackjson.Stack{readOne(t, state)})
	for _, kind := range []string{"aws_sns_topic", "aws_s3_bucket"} {
		for _, r := range c.All(kind) {
			if said := r.Argument("policy") != nil; said != (r.Name == "own") {
				t.Errorf("%s says its policy: %v", r, said)
			}
		}
	}
}

// A policy that one root attaches to a role by its name is of a role of that root. That of another root is another account's, for all that
// is known: no account is better than a wrong one.
func TestTheNameOfARoleIsNotFollowedIntoAnotherRoot(t *testing.T) {
	const role = `{"format_version": "1.0", "values": {"root_module": {"resources": [
		{"address": "aws_iam_role.main", "mode": "managed", "type": "aws_iam_role", "name": "main", "values": {"id": "admin", "name": "admin", "arn": "arn:aws:iam::111111111111:role/admin"}}]}}}`
	const attached = `{"format_version": "1.0", "values": {"root_module": {"resources": [
		{"address": "aws_iam_role_policy_attachment.main", "mode": "managed", "type": "aws_iam_role_policy_attachment", "name": "main", "values": {"id": "admin-x", "role": "admin", "policy_arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}}]}}}`
	var stacks []*stackjson.Stack
	for name, text := range map[string]string{"one": role, "two": attached} {
		s, err := Parse(name, "file.json", "", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		stacks = append(stacks, s)
	}
	Link(stacks)
	if a := config.Of(stacks).All("aws_iam_role_policy_attachment")[0]; a.Account != "" {
		t.Errorf("%s is in the account %s, of a role that it does not name", a, a.Account)
	}
}
