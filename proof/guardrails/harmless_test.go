package guardrails

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/quick"

	"hubspoke/proof/config"
	"hubspoke/proof/stackjson"
)

// harmless are changes that break nothing.
var harmless = []struct {
	name   string
	change change
}{
	{"statements in another order", func(s stacks) {
		p := s.at(guards + "boundaries")
		var document map[string][]any
		if err := json.Unmarshal([]byte(strings.Replace(p["content"].(string), `"Version":"2012-10-17",`, "", 1)), &document); err != nil {
			panic(err)
		}
		slices.Reverse(document["Statement"])
		text, _ := json.Marshal(document)
		p["content"] = string(text)
	}},
	{"a Sid less", statement("controls", "KeepWatching", func(s map[string]any) { delete(s, "Sid") })},
	{"an action more", with("controls", "KeepRecording", "Action", "cloudtrail:DeleteEventDataStore")},
	{"actions by a pattern", set("controls", "KeepWatching", "Action", `["guardduty:Delete*", "guardduty:Disassociate*", "guardduty:UpdateDetector", "securityhub:DisableSecurityHub*"]`)},
	{"actions in other capitals", set("boundaries", "StayInTheOrganisation", "Action", `["ORGANIZATIONS:leaveorganization", "Account:closeAccount"]`)},
	{"one action without a list", set("boundaries", "StayInTheOrganisation", "Action", `["account:CloseAccount", "organizations:LeaveOrganization"]`)},
	{"keys of conditions in other capitals", set("boundaries", "NothingByRoot", "Condition", `{"ArnLike": {"AWS:principalARN": "arn:aws:iam::*:root"}, "Null": {"aws:assumedroot": true}}`)},
	{"ArnLike as StringLike", renamed("boundaries", "NothingByRoot", "ArnLike", "StringLike")},
	{"ArnNotLike as ArnNotEquals", renamed("controls", "KeepRecording", "ArnNotLike", "ArnNotEquals")},
	{"an exemption of Identity Center's own roles", with("controls", "KeepItsKeys", exempts, "arn:aws:iam::*:role/aws-service-role/*")},
	{"a policy that repeats another", all(put(guards+"again", `{"name": "again", "content": "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Deny\",\"Action\":\"organizations:LeaveOrganization\",\"Resource\":\"*\"}}"}`),
		put(attach+"again", `{"policy_id": "${aws_organizations_policy.again.id}", "target_id": "${data.terraform_remote_state.organization.outputs.root_id}"}`))},
	{"FullAWSAccess attached by itself", put(attach+"full", `{"policy_id": "p-FullAWSAccess", "target_id": "${data.terraform_remote_state.organization.outputs.unit_ids[\"workloads\"]}"}`)},
	{"attached to an account by its number", put(attach+"no_gpu", `{"policy_id": "${aws_organizations_policy.own_no_gpu.id}", "target_id": "333333333333"}`)},
	{"attached to an account by its resource", all(put("organization output dev", `{"value": "${aws_organizations_account.dev.id}"}`), put(attach+"no_gpu", `{"policy_id": "${aws_organizations_policy.own_no_gpu.id}", "target_id": "${data.terraform_remote_state.organization.outputs.dev}"}`))},
	{"one attachment for the root as many for its units", func(s stacks) {
		drop(attach + "controls_at_root")(s)
		for _, unit := range []string{"security", "infrastructure", "workloads", "suspended"} {
			put(attach+"controls_"+unit, fmt.Sprintf(`{"policy_id": "${aws_organizations_policy.controls.id}", "target_id": "${data.terraform_remote_state.organization.outputs.unit_ids[\"%s\"]}"}`, unit))(s)
		}
	}},
	{"a unit in between", all(put(orgs+"aws_organizations_organizational_unit critical", `{"name": "critical", "parent_id": "${aws_organizations_organizational_unit.workloads_production.id}"}`),
		put(orgs+"aws_organizations_account prod parent_id", `"${aws_organizations_organizational_unit.critical.id}"`))},
	{"another account", put(orgs+"aws_organizations_account qa", `{"name": "qa", "email": "qa@innovate.example", "parent_id": "${aws_organizations_organizational_unit.workloads_production.id}"}`)},
	{"a key that is kept by another alias", added("controls", `{"Sid":"KeepKey","Effect":"Deny","Action":"kms:PutKeyPolicy","Resource":"*","Condition":{"ForAnyValue:StringEquals":{"kms:ResourceAliases":"alias/other"}}}`)},
	{"a template of another size", put("dev-app resource aws_launch_template node instance_type", `"m7g.large"`)},
	{"a database of Aurora's", put("prod-app resource aws_db_instance main", `{"engine": "aurora-postgresql", "instance_class": "db.r8g.large"}`)},
	{"a role more", put("prod-app resource aws_iam_role other", `{"name": "innovate-planner", "assume_role_policy": "{}"}`)},
	{"a policy by a data source", func(s stacks) {
		put("organization-guardrails data aws_iam_policy_document leave", `{"statement": [{"sid": "Stay", "effect": "Deny", "actions": ["organizations:LeaveOrganization", "account:CloseAccount"], "resources": ["*"]}]}`)(s)
		put(guards+"leave", `{"name": "leave", "content": "${data.aws_iam_policy_document.leave.json}"}`)(s)
		put(attach+"leave", `{"policy_id": "${aws_organizations_policy.leave.id}", "target_id": "${data.terraform_remote_state.organization.outputs.root_id}"}`)(s)
		statement("boundaries", "StayInTheOrganisation", nil)(s)
	}},
	{"the organisation's id from its resource", func(s stacks) {
		put("organization output id", `{"value": "${aws_organizations_organization.this.id}"}`)(s)
		set("perimeter", "OnlyTheOrganisation", "Condition", `{"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "${data.terraform_remote_state.organization.outputs.id}", "aws:PrincipalAccount": ["114774131450"]}, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}`)(s)
	}},
	{"a budget for every account", put("management-trail resource aws_budgets_budget organization cost_filter", `[{"name": "LinkedAccount", "values": ["111111111111", "222222222222", "333333333333", "444444444444", "555555555555", "666666666666", "777777777777", "888888888888"]}]`)},
	{"no more regions by name", put("security-services resource aws_securityhub_finding_aggregator this", `{"linking_mode": "ALL_REGIONS"}`)},
	{"a policy of policies that reads", put(orgs+"aws_organizations_resource_policy this", `{"content": "{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::666666666666:root\"},\"Action\":[\"organizations:Describe*\",\"organizations:List*\"],\"Resource\":\"*\"}]}"}`)},
}

func TestHarmlessChangesRaiseNoAlarm(t *testing.T) {
	t.Parallel()
	for _, test := range harmless {
		t.Run(test.name, func(t *testing.T) {
			s := readStacks(t)
			test.change(s)
			for _, failed := range failures(t, s) {
				t.Error(failed)
			}
		})
	}
}

// What covers and overlap say of patterns is so of texts.
func TestPatternsAreOfTexts(t *testing.T) {
	of := func(seed []byte, alphabet string) string {
		var text []byte
		for _, b := range seed {
			if len(text) < 6 {
				text = append(text, alphabet[int(b)%len(alphabet)])
			}
		}
		return string(text)
	}
	if err := quick.Check(func(a, b, c []byte) bool {
		p, q, text := of(a, "ab*?"), of(b, "ab*?"), of(c, "ab")
		inP, inQ := covers(p, text), covers(q, text)
		return (!covers(p, q) || !inQ || inP) && (!inP || !inQ || overlap(p, q)) && (!covers(p, q) || relation(p, q) == Yes) && overlap(p, q) == overlap(q, p)
	}, &quick.Config{MaxCount: 20000}); err != nil {
		t.Error(err)
	}
}

func TestConditions(t *testing.T) {
	several := Context{"aws:tagkeys": Is("Team", "Cost"), "aws:principalarn": Is("arn:aws:iam::111111111111:role/apply"), "gone": absent, "n": Is("3"), "aws:sourceip": Is("10.1.2.3"), "aws:principalaccount": Is("111111111111")}
	for _, test := range []struct {
		operator, key string
		values        []string
		want          Answer
	}{
		{"StringEquals", "gone", []string{"x"}, No},
		{"StringNotEquals", "gone", []string{"x"}, Yes},
		{"StringEqualsIfExists", "gone", []string{"x"}, Yes},
		{"ForAllValues:StringEquals", "gone", []string{"x"}, Yes},
		{"ForAnyValue:StringEquals", "gone", []string{"x"}, No},
		{"ForAnyValue:StringNotEquals", "gone", []string{"x"}, No},
		{"Null", "gone", []string{"true"}, Yes},
		{"Null", "n", []string{"true"}, No},
		{"Null", "who-knows", []string{"true"}, Maybe},
		{"StringEquals", "who-knows", []string{"x"}, Maybe},
		{"ForAllValues:StringEquals", "aws:TagKeys", []string{"Team", "Cost"}, Yes},
		{"ForAllValues:StringEquals", "aws:TagKeys", []string{"Team"}, No},
		{"ForAnyValue:StringEquals", "aws:TagKeys", []string{"Team"}, Yes},
		{"ForAnyValue:StringNotEquals", "aws:TagKeys", []string{"Team"}, Yes},
		{"ArnLike", "aws:PrincipalArn", []string{"arn:aws:iam::*:role/*"}, Yes},
		{"ArnLike", "aws:PrincipalArn", []string{"arn:*role/apply"}, No},
		{"StringLike", "aws:PrincipalArn", []string{"arn:*role/apply"}, Yes},
		{"ArnEquals", "aws:PrincipalArn", []string{"arn:aws:iam::${aws:PrincipalAccount}:role/apply"}, Yes},
		{"ArnEquals", "aws:PrincipalArn", []string{"arn:aws:iam::111111111111:role/${aws:PrincipalTag/role}"}, Maybe},
		{"StringEquals", "aws:PrincipalArn", []string{"arn:aws:iam::*:role/apply"}, No},
		{"NumericLessThan", "n", []string{"3"}, No},
		{"NumericLessThanEquals", "n", []string{"3.0"}, Yes},
		{"NumericGreaterThanEquals", "n", []string{"4"}, No},
		{"IpAddress", "aws:SourceIp", []string{"10.1.0.0/16"}, Yes},
		{"NotIpAddress", "aws:SourceIp", []string{"10.1.0.0/16"}, No},
		{"StringLikes", "n", []string{"3"}, Maybe},
	} {
		if got := newCondition(test.operator, test.key, test.values).holds(several); got != test.want {
			t.Errorf("%s %s %v: %v, want %v", test.operator, test.key, test.values, got, test.want)
		}
	}
}

// A hundred accounts take not much more than ten times what ten take:
//
//	go test ./proof/guardrails -bench Accounts
func BenchmarkAccounts(b *testing.B) {
	for _, number := range []int{10, 100} {
		b.Run(fmt.Sprint(number), func(b *testing.B) {
			s := readStacks(b)
			for i := range number - 8 {
				name := fmt.Sprintf("account-%d", i)
				put(orgs+"aws_organizations_account "+name, `{"name": "`+name+`", "parent_id": "${aws_organizations_organizational_unit.workloads_production.id}"}`)(s)
			}
			var list []*stackjson.Stack
			for name, content := range s {
				list = append(list, &stackjson.Stack{Name: name, JSON: content})
			}
			for b.Loop() {
				o := Read(config.Of(list), names)
				for _, p := range promises {
					p.Roles, p.In = roleWords, o.Accounts
					o.Check(p.Promise)
				}
				o.Findings(false)
			}
		})
	}
}
