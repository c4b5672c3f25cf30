package planjson

import (
	"testing"

	"hubspoke/proof/config"
	"hubspoke/proof/finding"
	"hubspoke/proof/guardrails"
	"hubspoke/proof/stackjson"
)

// A state has ids where units stand in each other and where policies are attached. What is put at the root by a resource whose
// id is the root's does not stand for the root.
func TestStatesTellWhereGuardrailsAre(t *testing.T) {
	organization := stated(t, "organization", `
		{"address": "aws_organizations_organization.this", "mode": "managed", "type": "aws_organizations_organization", "name": "this", "values": {"id": "o-abcdefghij", "arn": "arn:aws:organizations::999999999999:organization/o-abcdefghij", "roots": [{"id": "r-9xyq"}]}},
		{"address": "aws_organizations_organizational_unit.workloads", "mode": "managed", "type": "aws_organizations_organizational_unit", "name": "workloads", "values": {"id": "ou-9xyq-11111111", "name": "workloads", "parent_id": "r-9xyq"}},
		{"address": "aws_organizations_organizational_unit.prod", "mode": "managed", "type": "aws_organizations_organizational_unit", "name": "prod", "values": {"id": "ou-9xyq-22222222", "name": "production", "parent_id": "ou-9xyq-11111111"}},
		{"address": "aws_organizations_account.prod", "mode": "managed", "type": "aws_organizations_account", "name": "prod", "values": {"id": "555555555555", "name": "Production", "parent_id": "ou-9xyq-22222222"}}`)
	rails := stated(t, "guardrails", `
		{"address": "aws_organizations_policy.stay", "mode": "managed", "type": "aws_organizations_policy", "name": "stay", "values": {"id": "p-11111111", "content": "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"organizations:LeaveOrganization\",\"Resource\":\"*\"}]}"}},
		{"address": "aws_organizations_policy_attachment.root", "mode": "managed", "type": "aws_organizations_policy_attachment", "name": "root", "values": {"id": "r-9xyq:p-11111111", "policy_id": "p-11111111", "target_id": "r-9xyq"}},
		{"address": "aws_organizations_policy_attachment.workloads", "mode": "managed", "type": "aws_organizations_policy_attachment", "name": "workloads", "values": {"id": "ou-9xyq-11111111:p-11111111", "policy_id": "p-11111111", "target_id": "ou-9xyq-11111111"}},
		{"address": "aws_organizations_policy_attachment.prod", "mode": "managed", "type": "aws_organizations_policy_attachment", "name": "prod", "values": {"id": "555555555555:p-11111111", "policy_id": "p-11111111", "target_id": "555555555555"}}`)
	services := stated(t, "services", `
		{"address": "aws_securityhub_configuration_policy_association.all", "mode": "managed", "type": "aws_securityhub_configuration_policy_association", "name": "all", "values": {"id": "r-9xyq", "target_id": "r-9xyq", "policy_id": "11111111-2222-3333-4444-555555555555"}},
		{"address": "aws_securityhub_configuration_policy_association.workloads", "mode": "managed", "type": "aws_securityhub_configuration_policy_association", "name": "workloads", "values": {"id": "ou-9xyq-11111111", "target_id": "ou-9xyq-11111111", "policy_id": "11111111-2222-3333-4444-555555555555"}}`)
	all := []*stackjson.Stack{organization, rails, services}
	Link(all)
	o := guardrails.Read(config.Of(all), map[string]string{"555555555555": "shop"})
	if len(o.Doubts) > 0 {
		t.Errorf("what a state tells is not understood: %v", o.Doubts)
	}
	if o.ID != "o-abcdefghij" || o.Management != "999999999999" {
		t.Errorf("the organisation is %s of %s", o.ID, o.Management)
	}
	if len(o.Accounts) != 1 || o.Accounts[0].Name != "shop" || o.Accounts[0].Above.String() != "workloads/production" || !o.Accounts[0].Within(o.Root) {
		t.Errorf("the account is not where its state says: %v", o.Accounts)
	}
	if targets := o.Policies[0].Targets; len(targets) != 3 || targets[0] != o.Accounts[0] || targets[1] != o.Root || targets[2].String() != "workloads" {
		t.Errorf("the policy is attached to %v", targets)
	}
}

// stated reads managed resources as the state of a root.
func stated(t *testing.T, name, resources string) *stackjson.Stack {
	t.Helper()
	s, err := Parse(name, name+".json", "", []byte(`{"format_version": "1.0", "values": {"root_module": {"resources": [`+resources+`]}}}`))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// What has no ARN does not say in a state in which region it is: what could be in another one is no fault. What is not there at
// all is.
func TestAStateDoesNotTellRegions(t *testing.T) {
	const organization = `{"address": "aws_organizations_organization.this", "mode": "managed", "type": "aws_organizations_organization", "name": "this", "values": {"id": "o-abcdefghij", "arn": "arn:aws:organizations::999999999999:organization/o-abcdefghij"}},
		{"address": "aws_organizations_account.security", "mode": "managed", "type": "aws_organizations_account", "name": "security", "values": {"id": "666666666666", "name": "security", "parent_id": "r-9xyq"}}`
	const designation = `, {"address": "aws_securityhub_organization_admin_account.this", "mode": "managed", "type": "aws_securityhub_organization_admin_account", "name": "this", "values": {"id": "666666666666", "admin_account_id": "666666666666"}}`
	const services = `{"address": "aws_securityhub_configuration_policy.all", "mode": "managed", "type": "aws_securityhub_configuration_policy", "name": "all", "values": {"id": "11111111-2222-3333-4444-555555555555", "arn": "arn:aws:securityhub:eu-central-1:666666666666:configuration-policy/11111111-2222-3333-4444-555555555555"}},
		{"address": "aws_securityhub_finding_aggregator.all", "mode": "managed", "type": "aws_securityhub_finding_aggregator", "name": "all", "values": {"linking_mode": "SPECIFIED_REGIONS", "specified_regions": ["us-east-1"]}},
		{"address": "aws_guardduty_organization_configuration.home", "mode": "managed", "type": "aws_guardduty_organization_configuration", "name": "home", "values": {"id": "01", "detector_id": "01"}}`
	for _, c := range []struct {
		organization string
		found        bool
	}{{organization + designation, false}, {organization, true}} {
		all := []*stackjson.Stack{stated(t, "organization", c.organization), stated(t, "services", services)}
		Link(all)
		found := false
		for _, f := range guardrails.Read(config.Of(all), map[string]string{"666666666666": "security"}).Findings(false) {
			code := f.Kind.Code()
			found = found || code == "delegate-not-designated" && f.Status == finding.Violated
			if code == "security-regions-differ" {
				t.Error(f)
			}
		}
		if found != c.found {
			t.Errorf("that nobody is designated is found: %v, want %v", found, c.found)
		}
	}
}
