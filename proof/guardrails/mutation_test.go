package guardrails

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// A change is made to the stacks. It panics if there is nothing to change.
type change func(stacks)

const (
	guards  = "organization-guardrails resource aws_organizations_policy "
	attach  = "organization-guardrails resource aws_organizations_policy_attachment "
	orgs    = "organization resource "
	exempts = "ArnNotLike aws:PrincipalArn"
)

// at is what is at a path such as `prod-app resource aws_vpc main`.
func (s stacks) at(path string) map[string]any {
	var object any = map[string]any(s[strings.Fields(path)[0]])
	for _, key := range strings.Fields(path)[1:] {
		object = object.(map[string]any)[key]
	}
	return object.(map[string]any)
}

// put sets what is at a path, which may be new, to JSON.
func put(path, value string) change {
	var parsed any
	if err := json.Unmarshal([]byte(value), &parsed); err != nil {
		panic(err)
	}
	return func(s stacks) {
		keys := strings.Fields(path)
		if len(keys) == 1 {
			s[path] = parsed.(map[string]any)
			return
		}
		object := s[keys[0]]
		for _, key := range keys[1 : len(keys)-1] {
			if object[key] == nil {
				object[key] = map[string]any{}
			}
			object = object[key].(map[string]any)
		}
		object[keys[len(keys)-1]] = parsed
	}
}

func drop(path string) change {
	return func(s stacks) {
		i := strings.LastIndex(path, " ")
		parent, key := s.at(path[:i]), path[i+1:]
		if parent[key] == nil {
			panic("there is nothing at " + path)
		}
		delete(parent, key)
	}
}

func all(changes ...change) change {
	return func(s stacks) {
		for _, c := range changes {
			c(s)
		}
	}
}

// statement changes a statement of a policy; nil removes it.
func statement(policy, sid string, f func(map[string]any)) change {
	return func(s stacks) {
		p := s.at(guards + policy)
		var document map[string]any
		if err := json.Unmarshal([]byte(p["content"].(string)), &document); err != nil {
			panic(err)
		}
		list := document["Statement"].([]any)
		i := slices.IndexFunc(list, func(item any) bool { return item.(map[string]any)["Sid"] == sid })
		if i < 0 {
			panic("there is no statement " + sid)
		}
		if f == nil {
			list = slices.Delete(list, i, i+1)
		} else {
			f(list[i].(map[string]any))
		}
		document["Statement"] = list
		text, _ := json.Marshal(document)
		p["content"] = string(text)
	}
}

// added adds a statement to a policy.
func added(policy, value string) change {
	return func(s stacks) {
		p := s.at(guards + policy)
		p["content"] = strings.TrimSuffix(strings.TrimSuffix(p["content"].(string), "}"), "]") + "," + value + "]}"
	}
}

// set sets an element of a statement to JSON.
func set(policy, sid, element, value string) change {
	return statement(policy, sid, func(s map[string]any) {
		var parsed any
		if err := json.Unmarshal([]byte(value), &parsed); err != nil {
			panic(err)
		}
		s[element] = parsed
	})
}

// without takes texts out of a list of a statement, `with` puts one in, in an element or below a condition.
func without(policy, sid, element string, texts ...string) change {
	return lists(policy, sid, element, func(list []any) []any {
		shorter := slices.DeleteFunc(list, func(item any) bool {
			return slices.ContainsFunc(texts, func(t string) bool { return strings.Contains(item.(string), t) })
		})
		if len(shorter) == len(list) {
			panic("there is no " + texts[0])
		}
		return shorter
	})
}

func with(policy, sid, element, text string) change {
	return lists(policy, sid, element, func(list []any) []any { return append(list, text) })
}

func spelt(policy, sid, element, text, other string) change {
	return lists(policy, sid, element, func(list []any) []any {
		i := slices.Index(list, any(text))
		list[i] = other
		return list
	})
}

func lists(policy, sid, element string, f func([]any) []any) change {
	return statement(policy, sid, func(s map[string]any) {
		keys := strings.Fields(element)
		if len(keys) > 1 {
			s = s["Condition"].(map[string]any)
		}
		for _, key := range keys[:len(keys)-1] {
			s = s[key].(map[string]any)
		}
		s[keys[len(keys)-1]] = f(s[keys[len(keys)-1]].([]any))
	})
}

// renamed gives an operator of a statement's condition another name.
func renamed(policy, sid, operator, other string) change {
	return statement(policy, sid, func(s map[string]any) {
		c := s["Condition"].(map[string]any)
		if c[operator] == nil {
			panic("there is no " + operator)
		}
		c[other] = c[operator]
		delete(c, operator)
	})
}

// conditioned removes an operator of a statement's condition.
func unconditioned(policy, sid, operator string) change {
	return statement(policy, sid, func(s map[string]any) { delete(s["Condition"].(map[string]any), operator) })
}

const (
	regionsOf = "StringNotEquals aws:RequestedRegion"
	denyAll   = `"Effect": "Deny", "Resource": "*"`
)

// faults are changes that break something, each with a word of what is to catch it.
var faults = []struct {
	name   string
	change change
	caught string
}{
	{"apply is not exempt of recording", without("controls", "KeepRecording", exempts, "innovate-apply"), "whoever deploys may"},
	{"apply is not exempt of watching", without("controls", "KeepWatching", exempts, "innovate-apply"), "whoever deploys may"},
	{"apply is not exempt of encryption", without("workloads", "KeepEncryption", exempts, "innovate-apply"), "guardrail-stops-deployment"},
	{"break-glass is not exempt of log groups", without("controls", "KeepLogGroups", exempts, "break-glass"), "whoever deploys may"},
	{"no one is exempt of public access", unconditioned("workloads", "KeepBucketsPrivate", "ArnNotLike"), "guardrail-stops-deployment"},
	{"plan is shut out", added("controls", `{"Sid": "NoLooking", `+denyAll+`, "Action": "ec2:Describe*", "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/innovate-apply"}}}`), "whoever plans may read"},
	{"everybody is exempt", with("controls", "KeepRecording", exempts, "arn:aws:iam::*:role/*"), "recording goes on"},
	{"roles of a kind are exempt", with("controls", "KeepRecording", exempts, "arn:aws:iam::*:role/ops-*"), "guardrail-exemption-open"},
	{"another role is exempt and anybody may make it", with("controls", "KeepWatching", exempts, "arn:aws:iam::*:role/security-automation"), "guardrail-exemption-open"},
	{"a user is exempt", with("controls", "KeepRecording", exempts, "arn:aws:iam::*:user/somebody"), "recording goes on"},
	{"the exempt role is not protected", without("boundaries", "KeepDeployRoles", "Resource", "innovate-apply"), "guardrail-exemption-open"},
	{"break-glass is not protected", without("boundaries", "KeepDeployRoles", "Resource", "break-glass"), "guardrail-exemption-open"},
	{"its trust may be changed", without("boundaries", "KeepDeployRoles", "Action", "UpdateAssumeRolePolicy"), "guardrail-exemption-open"},
	{"it may be made", without("boundaries", "KeepDeployRoles", "Action", "CreateRole"), "guardrail-exemption-open"},
	{"it may be passed on", without("boundaries", "KeepDeployRoles", "Action", "PassRole"), "guardrail-exemption-open"},
	{"roles are protected in a path alone", set("boundaries", "KeepDeployRoles", "Resource", `["arn:aws:iam::*:role/deploy/innovate-*"]`), "guardrail-exemption-open"},
	{"apply may not make roles", set("boundaries", "KeepDeployRoles", "Resource", `["arn:aws:iam::*:role/*"]`), "guardrail-stops-deployment"},
	{"the regions are others", set("boundaries", "OnlyTheseRegions", "Condition", `{"StringNotEquals": {"aws:RequestedRegion": ["eu-central-1", "us-east-1"]}}`), "guardrail-stops-deployment"},
	{"the region of global services is not among them", without("boundaries", "OnlyTheseRegions", regionsOf, "us-east-1"), "guardrail-stops-deployment"},
	{"a region too many", with("boundaries", "OnlyTheseRegions", regionsOf, "eu-west-1"), "other regions"},
	{"regions are denied that are allowed", renamed("boundaries", "OnlyTheseRegions", "StringNotEquals", "StringEquals"), "guardrail-stops-deployment"},
	{"regions as a set of all values", renamed("boundaries", "OnlyTheseRegions", "StringNotEquals", "ForAllValues:StringNotEquals"), "guardrail-condition"},
	{"NotAction forgets iam", all(without("boundaries", "OnlyTheseRegions", "NotAction", "iam:*"), without("boundaries", "OnlyTheseRegions", regionsOf, "us-east-1")), "guardrail-stops-deployment"},
	{"NotAction forgets iam for people", without("boundaries", "OnlyGlobalServicesInTheirRegion", "NotAction", "iam:*"), "people may look"},
	{"NotAction forgets organizations", without("boundaries", "OnlyGlobalServicesInTheirRegion", "NotAction", "organizations:*"), "people may look"},
	{"NotAction forgets route53", without("boundaries", "OnlyGlobalServicesInTheirRegion", "NotAction", "route53:*"), "people may look"},
	{"NotAction forgets cloudfront", without("boundaries", "OnlyGlobalServicesInTheirRegion", "NotAction", "cloudfront:*"), "people may look"},
	{"NotAction forgets the security services", all(without("boundaries", "OnlyGlobalServicesInTheirRegion", "NotAction", "config:*"), unconditioned("boundaries", "OnlyGlobalServicesInTheirRegion", "ArnNotLike")), "guardrail-stops-deployment"},
	{"NotAction has everything", with("boundaries", "OnlyTheseRegions", "NotAction", "*"), "other regions"},
	{"NotAction has a service too many", with("boundaries", "OnlyTheseRegions", "NotAction", "lambda:*"), "other regions"},
	{"root for everybody", unconditioned("boundaries", "NothingByRoot", "ArnLike"), "guardrail-stops-deployment"},
	{"root of one account", set("boundaries", "NothingByRoot", "Condition", `{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::555555555555:root"}}`), "root does nothing"},
	{"root's sessions too", unconditioned("boundaries", "NothingByRoot", "Null"), "sessions of root"},
	{"root only in sessions", set("boundaries", "NothingByRoot", "Condition", `{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}, "Null": {"aws:AssumedRoot": "false"}}`), "root does nothing"},
	{"an ARN with too few parts", set("boundaries", "NothingByRoot", "Condition", `{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::root"}}`), "root does nothing"},
	{"root by a text that is no pattern", set("boundaries", "NothingByRoot", "Condition", `{"StringEquals": {"aws:PrincipalArn": "arn:aws:iam::*:root"}}`), "root does nothing"},
	{"a misspelt action", spelt("controls", "KeepRecording", "Action", "cloudtrail:StopLogging", "cloudtrail:StopLoging"), "recording goes on"},
	{"a misspelt action is found by itself", spelt("controls", "KeepRecording", "Action", "cloudtrail:UpdateTrail", "cloudtrail:UpdateTrails"), "guardrail-unknown-action"},
	{"an operator that is none", renamed("workloads", "KeepEncryption", "ArnNotLike", "ArnNotLikes"), "guardrail-condition"},
	{"instances of whatever version if nobody says", renamed("workloads", "OnlyMetadataVersion2", "NumericLessThan", "NumericLessThanIfExists"), "guardrail-stops-deployment"},
	{"only those who are not exempt", renamed("controls", "KeepWatching", "ArnNotLike", "ArnLike"), "watching goes on"},
	{"a further condition that need not hold", set("controls", "KeepRecording", "Condition", `{"ArnNotLike": {"aws:PrincipalArn": ["arn:aws:iam::*:role/OrganizationAccountAccessRole", "arn:aws:iam::*:role/innovate-apply", "arn:aws:iam::*:role/innovate-break-glass"]}, "Bool": {"aws:MultiFactorAuthPresent": "false"}}`), "recording goes on"},
	{"the statement allows", set("controls", "KeepWatching", "Effect", `"Allow"`), "watching goes on"},
	{"Deny has another resource", set("controls", "KeepRecording", "Resource", `["arn:aws:cloudtrail:*:*:trail/other"]`), "recording goes on"},
	{"Deny has the bucket without objects", without("controls", "KeepTheLogArchive", "Resource", "trail-222222222222/*"), "the archive stays"},
	{"Deny has no resource but others", statement("controls", "KeepWatching", func(s map[string]any) { s["NotResource"] = s["Resource"]; delete(s, "Resource") }), "watching goes on"},
	{"the statement is gone", statement("boundaries", "StayInTheOrganisation", nil), "nobody leaves"},
	{"an attachment moved to another unit", put(attach+"controls_at_root target_id", `"${data.terraform_remote_state.organization.outputs.unit_ids[\"workloads\"]}"`), "recording goes on"},
	{"an attachment is gone", drop(attach + "boundaries_at_root"), "root does nothing"},
	{"backups are protected elsewhere", put(attach+"workloads_backups_in_workloads_production target_id", `"${data.terraform_remote_state.organization.outputs.unit_ids[\"workloads/development\"]}"`), "backups stay"},
	{"an account moved to another unit", put(orgs+"aws_organizations_account prod parent_id", `"${aws_organizations_organizational_unit.workloads_development.id}"`), "backups stay"},
	{"an account moved to where all is denied but for some", put(orgs+"aws_organizations_account dev parent_id", `"${aws_organizations_organizational_unit.suspended.id}"`), "people may look"},
	{"a unit moved out of another", all(put(attach+"controls_at_root target_id", `"${data.terraform_remote_state.organization.outputs.unit_ids[\"workloads\"]}"`), put(orgs+"aws_organizations_organizational_unit workloads_production parent_id", `"${aws_organizations_organization.this.roots[0].id}"`)), "recording goes on"},
	{"the unit is not known", put(orgs+"aws_organizations_account prod parent_id", `"ou-abcd-12345678"`), "guardrail-not-understood"},
	{"a list of what is allowed, in place of all", all(put(guards+"listed", `{"name": "listed", "type": "SERVICE_CONTROL_POLICY", "content": "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"*\"}]}"}`),
		put(attach+"listed", `{"policy_id": "${aws_organizations_policy.listed.id}", "target_id": "${data.terraform_remote_state.organization.outputs.unit_ids[\"workloads/production\"]}"}`)), "whoever deploys may"},
	{"an attachment is destroyed, FullAWSAccess perhaps", put("organization-guardrails removed", `[{"from": "aws_organizations_policy_attachment.full", "lifecycle": {"destroy": true}}]`), "guardrail-not-understood"},
	{"a type is not switched on", put(orgs+"aws_organizations_organization this enabled_policy_types", `["RESOURCE_CONTROL_POLICY", "TAG_POLICY"]`), "guardrail-not-in-force"},
	{"a policy that nobody attaches", put(guards+"more", `{"name": "more", "content": "{\"Statement\":{\"Effect\":\"Deny\",\"Action\":\"s3:DeleteBucket\",\"Resource\":\"*\"}}"}`), "guardrail-not-in-force"},
	{"strangers are let in without web identities being", set("perimeter", "OnlyTheOrganisation", "Action", `["kms:*", "s3:*", "secretsmanager:*", "sqs:*", "sts:*"]`), "providers vouch"},
	{"the organisation is another", set("perimeter", "OnlyTheOrganisation", "Condition", `{"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-zzzzzzzzzz"}, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}`), "whoever deploys may"},
	{"services are strangers", unconditioned("perimeter", "OnlyTheOrganisation", "BoolIfExists"), "services deliver"},
	{"a key that strangers do not have", set("perimeter", "OnlyTheOrganisation", "Condition", `{"StringEquals": {"aws:PrincipalOrgID": "o-stranger000"}}`), "strangers"},
	{"secrets are open", without("perimeter", "OnlyTheOrganisation", "Action", "secretsmanager:*"), "strangers"},
	{"services for whoever", statement("perimeter", "OnlyForTheOrganisation", nil), "services for strangers"},
	{"graphics by a name that is a text", renamed("own_no_gpu", "NoGraphicsProcessors", "StringLike", "StringEquals"), "no graphics in development"},
	{"a template with graphics", put("dev-app resource aws_launch_template node instance_type", `"g5.xlarge"`), "guardrail-stops-deployment"},
	{"a database without encryption", put("prod-app resource aws_db_instance main storage_encrypted", `false`), "guardrail-stops-deployment"},
	{"a database for everybody", put("prod-app resource aws_db_instance main publicly_accessible", `true`), "guardrail-stops-deployment"},
	{"the policy of a key by its alias", added("controls", `{"Sid":"KeepKey","Effect":"Deny","Action":"kms:PutKeyPolicy","Resource":"*","Condition":{"ForAnyValue:StringEquals":{"kms:ResourceAliases":"alias/logs"}}}`), "KeepKey"},
	{"a stack in another region", put("prod-app provider aws", `[{"allowed_account_ids": ["555555555555"], "assume_role": [{"role_arn": "arn:aws:iam::555555555555:role/innovate-apply"}], "region": "eu-west-1"}]`), "guardrail-stops-deployment"},
	{"a stack by another role", put("prod-baseline provider aws", `[{"allowed_account_ids": ["555555555555"], "assume_role": [{"role_arn": "arn:aws:iam::555555555555:role/pipeline"}], "region": "ap-southeast-1"}, {"alias": "us_east_1", "allowed_account_ids": ["555555555555"], "region": "us-east-1"}]`), "guardrail-stops-deployment"},
	{"a stack makes the role that deploys it", put("prod-app resource aws_iam_role flow name", `"innovate-plan"`), "guardrail-stops-deployment"},
	{"a stack in an account that nobody has", put("other-app", `{"provider": {"aws": {"allowed_account_ids": ["123456789012"], "region": "ap-southeast-1"}}, "resource": {"aws_vpc": {"main": {"cidr_block": "10.0.0.0/16"}}}}`), "account-without-home"},
	{"an account twice", put(orgs+"aws_organizations_account production", `{"name": "prod", "email": "other@innovate.example"}`), "account-without-home"},
	{"too many policies", func(s stacks) {
		for _, name := range strings.Fields("a b c d e f g") {
			put(attach+name, `{"policy_id": "${aws_organizations_policy.controls.id}", "target_id": "${data.terraform_remote_state.organization.outputs.root_id}"}`)(s)
		}
	}, "guardrail-quota"},
	{"a policy that is too long", func(s stacks) {
		s.at(guards + "perimeter")["content"] = strings.Replace(s.at(guards + "perimeter")["content"].(string), "{", "{"+strings.Repeat(" ", 5120), 1)
	}, "guardrail-quota"},
	{"a policy of what is not known", put(guards+"controls content", `"${jsonencode(var.policy)}"`), "guardrail-not-understood"},
	{"a service is not trusted", put(orgs+"aws_organizations_organization this aws_service_access_principals", `["cloudtrail.amazonaws.com"]`), "service-not-trusted"},
	{"nobody is designated in a region", drop(orgs + "aws_guardduty_organization_admin_account us_east_1"), "delegate-not-designated"},
	{"somebody else is", put(orgs+"aws_securityhub_organization_admin_account this admin_account_id", `"${aws_organizations_account.hub.id}"`), "delegate-not-designated"},
	{"the stack does not wait for it", drop("security-services data"), "delegate-not-designated"},
	{"no delegate for analyzers", drop(orgs + "aws_organizations_delegated_administrator"), "delegate-not-designated"},
	{"a region that is not gathered", put("security-services resource aws_securityhub_finding_aggregator this specified_regions", `[]`), "security-regions-differ"},
	{"a region that is not watched", drop("security-services resource aws_guardduty_organization_configuration us_east_1"), "security-regions-differ"},
	{"a recorder without a channel", drop("prod-baseline resource aws_config_delivery_channel us_east_1"), "recorder-without-archive"},
	{"a recorder with a bucket of its own", put("prod-baseline resource aws_config_delivery_channel home s3_bucket_name", `"prod-config"`), "recorder-without-archive"},
	{"no budget for an account", put("management-trail resource aws_budgets_budget organization cost_filter", `[{"name": "LinkedAccount", "values": ["555555555555"]}]`), "account-without-budget"},
	{"policies are somebody else's to change", put(orgs+"aws_organizations_resource_policy this", `{"content": "{\"Statement\":[{\"Sid\":\"Security\",\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::666666666666:root\"},\"Action\":\"organizations:*\",\"Resource\":\"*\"}]}"}`), "guardrails-changed-elsewhere"},
	{"CI may everything in management", func(s stacks) {
		r := s.at("bootstrap resource aws_iam_role apply")
		r["assume_role_policy"] = strings.ReplaceAll(r["assume_role_policy"].(string), "999999999999", "111111111111")
	}, "management-from-outside"},
}

func TestEveryFaultIsCaught(t *testing.T) {
	t.Parallel()
	for _, fault := range faults {
		t.Run(fault.name, func(t *testing.T) {
			s := readStacks(t)
			fault.change(s)
			failed := failures(t, s)
			if !slices.ContainsFunc(failed, func(f string) bool { return strings.Contains(f, fault.caught) }) {
				t.Errorf("not caught by %q, but by:\n%s", fault.caught, strings.Join(failed, "\n"))
			}
		})
	}
}
