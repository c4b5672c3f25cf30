package proof

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// roleOf gives dev a role with statements of a trust policy.
func roleOf(statements string) change {
	return put("dev-network resource aws_iam_role extra", fmt.Sprintf(`{"name": "extra", "assume_role_policy": %q}`, `{"Statement": [`+statements+`]}`))
}

// anyone are principals that a condition has to bind.
func anyone(condition string) change {
	return roleOf(`{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Condition": ` + condition + `}`)
}

// byGitHub lets workflows of GitHub in by a condition.
func byGitHub(condition string) change {
	return put("dev-network resource aws_iam_openid_connect_provider github", `{"url": "https://token.actions.githubusercontent.com", "client_id_list": ["sts.amazonaws.com"]}`).then(
		roleOf(`{"Effect": "Allow", "Principal": {"Federated": "${aws_iam_openid_connect_provider.github.arn}"}, "Action": "sts:AssumeRoleWithWebIdentity"` + condition + `}`))
}

// by lets in a provider of identities by its ARN.
func by(arn string) change {
	return roleOf(`{"Effect": "Allow", "Principal": {"Federated": "` + arn + `"}, "Action": "sts:AssumeRoleWithSAML"}`)
}

// denied makes the role that applies to prod deny something first.
func denied(statement string) change {
	return replace("bootstrap resource aws_iam_role apply_prod", `\"Statement\":[`, `\"Statement\":[`+strings.ReplaceAll(`{"Effect": "Deny", `+statement+`},`, `"`, `\"`))
}

const githubs = "token.actions.githubusercontent.com:sub"

// entered are changes in who enters an account from outside, each with a finding of that code.
var entered = []struct {
	name   string
	change change
	caught string
}{
	{"a role of any account", anyone(`{"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/x"}}`), "open-to-everybody"},
	{"a role of any account by ArnLike", anyone(`{"ArnLike": {"aws:PrincipalArn": ["arn:aws:iam::*:role/x"]}}`), "open-to-everybody"},
	{"a role of an account and one of any", anyone(`{"ArnLike": {"aws:PrincipalArn": ["arn:aws:iam::222222222222:role/x", "arn:aws:iam::*:role/x"]}}`), "open-to-everybody"},
	{"a role of an account and anything", anyone(`{"StringLike": {"aws:PrincipalArn": ["arn:aws:iam::222222222222:role/x", "*"]}}`), "open-to-everybody"},
	{"many accounts", anyone(`{"StringLike": {"aws:PrincipalAccount": "2*"}}`), "open-to-everybody"},
	{"any organisation", anyone(`{"StringLike": {"aws:PrincipalOrgID": "o-*"}}`), "open-to-everybody"},
	{"a path in any organisation", anyone(`{"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-*/r-ab12/*"}}`), "open-to-everybody"},
	{"any address", anyone(`{"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}`), "open-to-everybody"},
	{"GitHub without a condition", byGitHub(""), "open-to-everybody"},
	{"GitHub without a subject", byGitHub(`, "Condition": {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}}`), "open-to-everybody"},
	{"any repository", byGitHub(`, "Condition": {"StringLike": {"` + githubs + `": "repo:*"}}`), "open-to-everybody"},
	{"a repository of any owner", byGitHub(`, "Condition": {"StringLike": {"` + githubs + `": "repo:*/app:ref:refs/heads/main"}}`), "open-to-everybody"},
	{"owners of one beginning", byGitHub(`, "Condition": {"StringLike": {"` + githubs + `": ["repo:octo-org/app:*", "repo:octo*/app:*"]}}`), "open-to-everybody"},
	{"a subject if there is one", byGitHub(`, "Condition": {"StringLikeIfExists": {"` + githubs + `": "repo:octo-org/app:*"}}`), "open-to-everybody"},
	{"a directory that no stack makes", by("arn:aws:iam::222222222222:saml-provider/evil"), "unknown-principal"},
	{"a provider that no stack makes", by("arn:aws:iam::222222222222:oidc-provider/evil.example"), "unknown-principal"},
	{"a role denies everybody", denied(`"Principal": "*", "Action": "sts:AssumeRole"`), "role-not-admitted"},
	{"a role denies everybody all of STS", denied(`"Principal": {"AWS": "*"}, "Action": ["sts:*"]`), "role-not-admitted"},
	{"a role denies everybody all but tags", denied(`"Principal": "*", "NotAction": "sts:TagSession"`), "role-not-admitted"},
	{"a role denies the account of those who assume it", denied(`"Principal": {"AWS": "arn:aws:iam::111111111111:root"}, "Action": "sts:Assume*"`), "role-not-admitted"},
	{"a role denies all but somebody else", denied(`"NotPrincipal": {"AWS": "arn:aws:iam::222222222222:root"}, "Action": "sts:AssumeRole"`), "role-not-admitted"},
	{"a role denies the roles of an account", denied(`"Principal": "*", "Action": "sts:AssumeRole", "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111111111111:role/*"}}`), "role-not-admitted"},
	{"a foreign role enters a cluster", put("dev-eks resource aws_eks_access_entry extra", `{"cluster_name": "${aws_eks_cluster.cluster.name}", "principal_arn": "arn:aws:iam::999999999999:role/x"}`), "foreign-account"},
}

// welcome are changes of the same kind that let in whom they should.
var welcome = []struct {
	name   string
	change change
}{
	{"a role of an account of the estate", anyone(`{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::222222222222:role/*"}}`)},
	{"an organisation's path", anyone(`{"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-1234567890/r-ab12/*"}}`)},
	{"a repository", byGitHub(`, "Condition": {"StringLike": {"` + githubs + `": "repo:octo-org/app:*"}}`)},
	{"all repositories of an owner", byGitHub(`, "Condition": {"StringLike": {"` + githubs + `": "repo:octo-org/*"}}`)},
	{"a directory that a stack makes", put("dev-network resource aws_iam_saml_provider corp", `{"name": "corp", "saml_metadata_document": "x"}`).then(by("arn:aws:iam::222222222222:saml-provider/corp"))},
	{"a role denies another account", denied(`"Principal": {"AWS": "arn:aws:iam::222222222222:root"}, "Action": "sts:AssumeRole"`)},
	{"a role denies everybody tags", denied(`"Principal": "*", "Action": "sts:TagSession"`)},
	{"a role denies whoever comes without TLS", denied(`"Principal": "*", "Action": "sts:AssumeRole", "Condition": {"Bool": {"aws:SecureTransport": "false"}}`)},
	{"a role of the estate enters a cluster", put("dev-eks resource aws_eks_access_entry extra", `{"cluster_name": "${aws_eks_cluster.cluster.name}", "principal_arn": "arn:aws:iam::222222222222:role/x"}`)},
}

// scheduled gives dev a schedule with a target, started a state machine with a state's
// resource, and targeted a rule's target.
func scheduled(arn string) change {
	return put("dev-network resource aws_scheduler_schedule extra", `{"name": "x", "schedule_expression": "rate(1 day)", "flexible_time_window": [{"mode": "OFF"}], "target": [{"arn": "`+arn+`", "role_arn": "arn:aws:iam::222222222222:role/x", "input": "{}"}]}`)
}

func started(resource string) change {
	return put("dev-network resource aws_sfn_state_machine extra", fmt.Sprintf(`{"name": "x", "role_arn": "arn:aws:iam::222222222222:role/x", "definition": %q}`,
		`{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "`+resource+`", "End": true}}}`))
}

func targeted(arn string) change {
	return put("dev-network resource aws_cloudwatch_event_target extra", `{"rule": "x", "arn": "`+arn+`"}`)
}

// with says what catches a change.
func (c change) with(code string) struct {
	change change
	caught string
} {
	return struct {
		change change
		caught string
	}{c, code}
}

// ofRegion gives the VPCs of a zone a region.
func ofRegion(region string) func([]any) []any {
	return func(vpcs []any) []any {
		for _, vpc := range vpcs {
			vpc.(map[string]any)["vpc_region"] = region
		}
		return vpcs
	}
}

// given shares the gateway with an organisation or a unit of one.
func given(name, to string) change {
	return put("dev-share resource aws_ram_principal_association "+name, `{"provider": "aws.hub", "principal": "arn:aws:organizations::999999999999:`+to+`", "resource_share_arn": "${aws_ram_resource_share.network.arn}"}`)
}

const hosted = "hub-dns resource aws_route53_zone endpoint_ec2"

func init() {
	for name, test := range map[string]struct {
		change change
		caught string
	}{
		"a zone does not ignore associations":     drop(hosted + " lifecycle").with("zone-vpcs-in-two-forms"),
		"a zone ignores something else":           put(hosted+" lifecycle", `{"ignore_changes": ["comment"]}`).with("zone-vpcs-in-two-forms"),
		"a zone is of another region":             edit(hosted+" vpc", ofRegion("us-east-1")).with("zone-vpc-of-other-region"),
		"an association is of another region":     put("dev-link resource aws_route53_zone_association endpoint_ecr_api vpc_region", `"us-east-1"`).with("zone-vpc-of-other-region"),
		"an authorization is of another region":   put("dev-link resource aws_route53_vpc_association_authorization endpoint_ecr_api vpc_region", `"us-east-1"`).with("zone-vpc-of-other-region"),
		"a state is read in another region":       put("dev-link data terraform_remote_state dev_network config region", `"us-east-1"`).with("missing-stack"),
		"two organisations are given something":   all(given("one", "organization/o-1234567890"), given("two", "organization/o-0987654321")).with("foreign-account"),
		"a unit of another organisation is":       all(given("one", "organization/o-1234567890"), given("two", "ou/o-0987654321/ou-ab12-12345678")).with("foreign-account"),
		"an organisation that no condition names": all(given("one", "organization/o-1234567890"), anyone(`{"StringEquals": {"aws:PrincipalOrgID": "o-0987654321"}}`)).with("foreign-account"),
	} {
		entered = append(entered, struct {
			name   string
			change change
			caught string
		}{name, test.change, test.caught})
	}
	for name, c := range map[string]change{
		"a schedule opens a group":        scheduled("arn:aws:scheduler:::aws-sdk:ec2:authorizeSecurityGroupIngress"),
		"a schedule shares":               scheduled("arn:aws:scheduler:::aws-sdk:ram:associateResourceShare"),
		"a schedule runs an automation":   scheduled("arn:aws:scheduler:::aws-sdk:ssm:startAutomationExecution"),
		"a state machine makes a route":   started("arn:aws:states:::aws-sdk:ec2:createRoute"),
		"a state machine is encoded":      put("dev-network resource aws_sfn_state_machine extra", `{"definition": "${jsonencode({States = {A = {Resource = \"arn:aws:states:::aws-sdk:ec2:createRoute\"}}})}"}`),
		"a state machine makes a stack":   started("arn:aws:states:::aws-sdk:cloudformation:createStack.sync"),
		"a state machine is not known":    started("${file(\"x\")}"),
		"an event runs an automation":     targeted("arn:aws:ssm:ap-southeast-3:222222222222:automation-definition/AWS-DisablePublicAccessForSecurityGroup"),
		"an event runs a stack's own one": put("dev-network resource aws_ssm_document extra", `{"name": "x", "document_type": "Automation", "content": "{}"}`).then(targeted("${aws_ssm_document.extra.arn}")),
	} {
		entered = append(entered, struct {
			name   string
			change change
			caught string
		}{name, c, "not-understood"})
	}
	for name, c := range map[string]change{
		"a zone ignores more changes":                       put(hosted+" lifecycle", `[{"ignore_changes": ["comment", "${vpc}"]}]`),
		"a zone is of its VPC's region":                     edit(hosted+" vpc", ofRegion("ap-southeast-3")),
		"an association is of its VPC's region":             put("dev-link resource aws_route53_zone_association endpoint_ecr_api vpc_region", `"ap-southeast-3"`),
		"one organisation is given something twice":         all(given("one", "organization/o-1234567890"), given("two", "ou/o-1234567890/ou-ab12-12345678")),
		"the organisation that a condition names":           all(given("one", "organization/o-1234567890"), anyone(`{"StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}}`)),
		"a state is read in the region that its reader has": drop("dev-link data terraform_remote_state dev_network config region"),
		"a schedule calls a function":                       scheduled("arn:aws:lambda:ap-southeast-3:222222222222:function:x"),
		"a schedule sends a message":                        scheduled("arn:aws:scheduler:::aws-sdk:sqs:sendMessage"),
		"a schedule reads":                                  scheduled("arn:aws:scheduler:::aws-sdk:ec2:describeInstances"),
		"a state machine calls a function":                  started("arn:aws:states:::lambda:invoke"),
		"a state machine writes an item":                    started("arn:aws:states:::aws-sdk:dynamodb:putItem"),
		"an event calls a function":                         targeted("arn:aws:lambda:ap-southeast-3:222222222222:function:x"),
	} {
		welcome = append(welcome, struct {
			name   string
			change change
		}{name, c})
	}
}

func TestWhoEntersIsCaught(t *testing.T) {
	for _, test := range entered {
		t.Run(test.name, func(t *testing.T) {
			failed := failures(prove(t, test.change))
			if !slices.ContainsFunc(failed, func(f string) bool { return strings.HasPrefix(f, test.caught) }) {
				t.Errorf("not caught by %q:\n%s", test.caught, strings.Join(failed, "\n"))
			}
		})
	}
}

func TestWhoIsWelcomeIsNotFlagged(t *testing.T) {
	for _, test := range welcome {
		t.Run(test.name, func(t *testing.T) {
			for _, f := range failures(prove(t, test.change)) {
				t.Errorf("flagged: %s", f)
			}
		})
	}
}
