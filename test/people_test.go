package test

import (
	"slices"
	"strings"
	"testing"

	"hubspoke/estate"
	"hubspoke/internal/tf"
	"hubspoke/proof/stackjson"
)

// namedOf are the resources of a type in a stack, by name.
func namedOf(s *stackjson.Stack, kind string) map[string]stackjson.Resource {
	named := map[string]stackjson.Resource{}
	for _, r := range s.Resources() {
		if r.Type == kind {
			named[r.Name] = r
		}
	}
	return named
}

// A new account is more assignments and a budget more: nobody else's access is touched.
func TestAnAccountMoreOnlyAddsAccessAndABudget(t *testing.T) {
	before := synthesized(t, "innovate")
	after := edited(t, "innovate",
		edit{"estate.yaml", `  dev: "333333333333"`, "  qa: \"123456789012\"\n$0"},
		edit{"organization.yaml", `workloads/development: \[`, "${0}qa, "},
		edit{"organization.yaml", `    staging: \{budget: 1500\}`, "    qa: {budget: 300}\n$0"},
	)
	for _, name := range []string{"identity-access", "identity-management", "organization-billing"} {
		for _, problem := range shrunk(stackjson.Strip(before.stack(name).JSON), stackjson.Strip(after.stack(name).JSON)) {
			t.Errorf("%s: %s", name, problem)
		}
	}
	const assignment = "aws_ssoadmin_account_assignment"
	was := namedOf(before.stack("identity-access"), assignment)
	var added []string
	for _, name := range tf.Keys(namedOf(after.stack("identity-access"), assignment)) {
		if _, ok := was[name]; !ok {
			added = append(added, name)
		}
	}
	if want := []string{"developers_developer_qa", "platform_AdministratorAccess_qa", "security_investigate_qa"}; !slices.Equal(added, want) {
		t.Errorf("added %v, want %v", added, want)
	}
	if _, ok := namedOf(after.stack("organization-billing"), "aws_budgets_budget")["account_qa"]; !ok {
		t.Error("the new account has no budget")
	}
}

// Who moves an account to another unit changes who may do what in it, and nowhere else.
func TestAnAccountThatMovesChangesAccessToItself(t *testing.T) {
	before := synthesized(t, "innovate")
	after := edited(t, "innovate",
		edit{"organization.yaml", `workloads/production: \[prod\]`, "workloads/production: [prod, staging]"},
		edit{"organization.yaml", `workloads/development: \[staging, dev\]`, "workloads/development: [dev]"},
	)
	was, is := namedOf(before.stack("identity-access"), "aws_ssoadmin_account_assignment"), namedOf(after.stack("identity-access"), "aws_ssoadmin_account_assignment")
	var gone []string
	for _, name := range tf.Keys(was) {
		if _, ok := is[name]; !ok {
			gone = append(gone, name)
		}
	}
	if want := []string{"developers_developer_staging", "platform_AdministratorAccess_staging"}; !slices.Equal(gone, want) || len(is) != len(was)-len(want) {
		t.Errorf("gone are %v of %d, %d are left; want %v", gone, len(was), len(is), want)
	}
}

// Nobody has a permission set before its policies and its boundary, and none of these goes
// while an assignment is still there.
func TestAssignmentsComeAfterAllPolicies(t *testing.T) {
	seen := 0
	eachStack(t, func(s *stackjson.Stack) []string {
		var problems []string
		policies := map[string][]string{}
		for _, r := range s.Resources() {
			if set, ok := r.Body["permission_set_arn"].(string); ok && r.Type != "aws_ssoadmin_account_assignment" {
				policies[set] = append(policies[set], r.Address())
			}
		}
		for _, r := range namedOf(s, "aws_ssoadmin_account_assignment") {
			after, _ := r.Body["depends_on"].([]any)
			for _, address := range policies[r.Body["permission_set_arn"].(string)] {
				seen++
				if !slices.Contains(after, any(address)) {
					problems = append(problems, r.Address()+" does not wait for "+address)
				}
			}
		}
		return problems
	})
	if seen == 0 {
		t.Error("nobody has a permission set: this test has lost its subject")
	}
}

// The delegated administrator can give nobody anything in the management account, and would
// fail; only a stack of that account does.
func TestOnlyManagementGivesAccessToItself(t *testing.T) {
	e := synthesized(t, "innovate")
	for name, in := range map[string]bool{"identity-access": false, "identity-management": true} {
		for _, r := range namedOf(e.stack(name), "aws_ssoadmin_account_assignment") {
			if got := r.Body["target_id"] == e.Accounts[estate.ManagementAccount]; got != in {
				t.Errorf("%s: %s is about the account %v", name, r.Address(), r.Body["target_id"])
			}
		}
	}
	if e.listed("identity-management").Account != estate.ManagementAccount || e.listed("identity-access").Account != "identity" {
		t.Error("the stacks stand in the wrong accounts")
	}
}

// Groups of an identity provider are looked up, once, and the rest stays as it is.
func TestExternalGroupsAreLookedUp(t *testing.T) {
	installation := terraformFor(t)
	e := edited(t, "innovate",
		edit{"organization.yaml", `  account: identity\n`, "$0  groups: external\n  region: ap-southeast-2\n"},
		edit{"organization.yaml", `boundary: PowerUserAccess`, "customer_boundary: boundary\n      customer_policies: [developer]"})
	s := e.stack("identity-access")
	if len(namedOf(s, "aws_identitystore_group")) != 3 || strings.Contains(string(s.Text), `"display_name"`) {
		t.Error("groups are made, and not looked up")
	}
	aws := withStates(t, e)
	plan(t, installation, aws, e, s, false)
	plan(t, installation, aws, e, e.stack("identity-management"), false)
	for _, request := range aws.Refused() {
		t.Errorf("a plan called AWS: %s", request)
	}
}

// What stops an account waits for a person, is attached to nothing by Terraform, and AWS
// Budgets may attach nothing else, and to nothing else.
func TestAnAccountIsStoppedByAPersonAlone(t *testing.T) {
	e := edited(t, "innovate",
		edit{"organization.yaml", `  budget: 10000\n`, "$0  alarm: 15000\n  cost_tags: [Project, 'cost center']\n  anomaly: {above: 50, monitor: 'arn:aws:ce::999999999999:anomalymonitor/01234567-89ab-cdef-0123-456789abcdef'}\n"})
	s := e.stack("organization-billing")
	actions := namedOf(s, "aws_budgets_budget_action")
	if len(actions) != 1 || actions["account_dev"].Body["approval_model"] != "MANUAL" {
		t.Errorf("actions %v", actions)
	}
	for _, other := range e.stacks {
		for _, r := range namedOf(other, "aws_organizations_policy_attachment") {
			if strings.Contains(r.Name, "stop") {
				t.Errorf("%s: %s stops an account for good", other.Name, r.Address())
			}
		}
	}
	text := namedOf(s, "aws_iam_role_policy")["budget_actions"].Body["policy"].(string)
	if want := `"Resource":["${aws_organizations_policy.stop.arn}","arn:aws:organizations::999999999999:account/o-abcdefghij/333333333333"]`; !strings.Contains(text, want) {
		t.Errorf("AWS Budgets may attach %s, want %s", text, want)
	}
	if len(namedOf(s, "aws_ce_anomaly_monitor")) != 0 {
		t.Error("a second monitor of services is made")
	}
	if got := tf.Keys(namedOf(s, "aws_ce_cost_allocation_tag")); !slices.Equal(got, []string{"Project", "cost_center"}) {
		t.Errorf("tags %v", got)
	}
}

// The metric of charges is in one region, whatever the estate's own is.
func TestTheAlarmOfChargesIsWhereItsMetricIs(t *testing.T) {
	s := synthesized(t, "innovate").stack("organization-billing")
	for _, kind := range []string{"aws_cloudwatch_metric_alarm", "aws_sns_topic", "aws_sns_topic_policy", "aws_sns_topic_subscription", "aws_kms_key", "aws_kms_alias"} {
		all := namedOf(s, kind)
		if len(all) == 0 {
			t.Errorf("there is no %s", kind)
		}
		for _, r := range all {
			if r.Body["provider"] != "aws.management_us_east_1" {
				t.Errorf("%s acts with %v", r.Address(), r.Body["provider"])
			}
		}
	}
}
