package access

import (
	"strings"
	"testing"

	"hubspoke/internal/report/reporttest"
)

// A policy that lets in more than before shows, in the section where it is looked for.
func TestWhomAPolicyLetsInIsSeen(t *testing.T) {
	for name, test := range map[string]struct {
		estate string
		change reporttest.Change
		in     string
		want   string
	}{
		"another company's account": {"piksel", reporttest.Change{Stack: "hub-registry", From: `arn:aws:iam::222222222222:root`, To: `arn:aws:iam::123123123123:root`}, "From outside", "| hub | repository piksel/odc | account 123123123123 | reads ecr |"},
		"anybody":                   {"piksel", reporttest.Change{Stack: "dev-eks", From: `\"Principal\":{\"Service\":[\"events.amazonaws.com\"]}`, To: `\"Principal\":\"*\"`}, "From outside", "| dev | queue"},
		"any token":                 {"piksel", reporttest.Change{Stack: "hub-registry", From: `token.actions.githubusercontent.com:sub`, To: `token.actions.githubusercontent.com:ref`}, "From outside", "role piksel-push-odc | token.actions.githubusercontent.com: any token"},
		"another branch":            {"piksel", reporttest.Change{Stack: "bootstrap", From: `ref:refs/heads/main`, To: `ref:refs/heads/any`}, "From outside", "role piksel-ci-apply | repo:piksel-ina/piksel-infra:ref:refs/heads/any"},
		"a new administrator":       {"piksel", reporttest.Change{Stack: "dev-eks", From: "policy/AmazonEKSWorkerNodePolicy", To: "policy/AdministratorAccess"}, "Administrators", "| dev | role piksel-dev-nodes |"},
		"administrator by action":   {"piksel", reporttest.Change{Stack: "dev-network", From: `\"Action\":[\"logs:DescribeLogGroups\"],\"Resource\":[\"*\"]`, To: `\"Action\":\"*\",\"Resource\":\"*\"`}, "Administrators", "| dev | role piksel-dev-flow-logs |"},
		"a neighbour":               {"piksel", reporttest.Change{Stack: "hub-dns", From: `arn:aws:iam::222222222222:role/piksel-dev-external-dns`, To: `arn:aws:iam::444444444444:role/piksel-dev-external-dns`}, "Between accounts", "| prod | role/piksel-dev-external-dns of prod | hub | role piksel-dev-external-dns | assumes it |"},
		"a permission set":          {"innovate", reporttest.Change{Stack: "identity-access", From: "policy/ReadOnlyAccess", To: "policy/AdministratorAccess"}, "Administrators", "| dev | permission set developer | group developers |"},
		"another's pods":            {"piksel", reporttest.Change{Stack: "dev-eks", From: `"namespace": "external-dns"`, To: `"namespace": "default"`}, "Roles", "pods of default/external-dns in piksel-dev"},
		"an open route":             {"privatelink", reporttest.Change{Stack: "gateway-api", From: `"authorization_type": "JWT"`, To: `"authorization_type": "NONE"`}, "From outside", "anybody who reaches it | calls"},
		"another boundary":          {"innovate", reporttest.Change{Stack: "identity-access", From: "policy/PowerUserAccess", To: "policy/Other"}, "People", "within Other"},
	} {
		if before := reporttest.Section(t, Of(reporttest.Reviewed(t, test.estate)), test.in); strings.Contains(before, test.want) {
			t.Errorf("%s: is there before the change:\n%s", name, before)
		}
		if after := reporttest.Section(t, Of(reporttest.Reviewed(t, test.estate, test.change)), test.in); !strings.Contains(after, test.want) {
			t.Errorf("%s: %q is not in\n%s", name, test.want, after)
		}
	}
}

// A cluster's own pods are not from outside, whatever way they have to their role.
func TestPodsAreNotFromOutside(t *testing.T) {
	s := reporttest.Reviewed(t, "piksel")
	if got := reporttest.Section(t, Of(s), "From outside"); strings.Contains(got, "serviceaccount") || strings.Contains(got, "any token") {
		t.Errorf("pods are from outside:\n%s", got)
	}
	if got := reporttest.Section(t, Of(s), "Roles"); !strings.Contains(got, "system:serviceaccount:") {
		t.Errorf("the role of service accounts does not say whose it is:\n%s", got)
	}
}

func TestActionsAreReadsOrChanges(t *testing.T) {
	for action, want := range map[string]string{
		"s3:GetObject": "reads s3", "s3:PutObject": "changes s3", "ec2:Describe*": "reads ec2", "ec2:*": "changes ec2", "kms:Decrypt": "changes kms",
		"ecr:BatchGetImage": "reads ecr", "ecr:BatchImportUpstreamImage": "changes ecr", "iam:PassRole": "changes iam",
	} {
		if got := strings.Join(summary([]string{action}), ", "); got != want {
			t.Errorf("%s: %q, want %q", action, got, want)
		}
	}
}

// An API without an authorizer lets in anybody, one with tokens those of an issuer, one with keys who has one.
func TestCallersOfAPIsAreFromOutside(t *testing.T) {
	s := reporttest.Made(t, `"aws_apigatewayv2_api": {"a": {"name": "shop"}}, "aws_apigatewayv2_authorizer": {"j": {"jwt_configuration": {"issuer": "https://id.example.com"}}},
		"aws_apigatewayv2_route": {
			"open": {"api_id": "${aws_apigatewayv2_api.a.id}", "route_key": "GET /open"},
			"token": {"api_id": "${aws_apigatewayv2_api.a.id}", "route_key": "GET /token", "authorization_type": "JWT", "authorizer_id": "${aws_apigatewayv2_authorizer.j.id}"},
			"signed": {"api_id": "${aws_apigatewayv2_api.a.id}", "route_key": "GET /signed", "authorization_type": "AWS_IAM"}},
		"aws_api_gateway_rest_api": {"r": {"name": "rest"}}, "aws_api_gateway_method": {
			"open": {"rest_api_id": "${aws_api_gateway_rest_api.r.id}", "http_method": "GET", "authorization": "NONE"},
			"key": {"rest_api_id": "${aws_api_gateway_rest_api.r.id}", "http_method": "POST", "authorization": "NONE", "api_key_required": true},
			"signed": {"rest_api_id": "${aws_api_gateway_rest_api.r.id}", "http_method": "PUT", "authorization": "AWS_IAM"}}`)
	got := reporttest.Section(t, Of(s), "From outside")
	for _, want := range []string{
		"| dev | API shop | anybody who reaches it | calls GET /open |", "| dev | API shop | whoever has a token of id.example.com | calls GET /token |",
		"| dev | API rest | anybody who reaches it | calls GET |", "| dev | API rest | whoever has a key of it | calls POST |",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
	if strings.Contains(got, "signed") || strings.Contains(got, "PUT") {
		t.Errorf("callers with credentials of AWS are from outside:\n%s", got)
	}
}
