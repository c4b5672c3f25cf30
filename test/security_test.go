package test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"hubspoke/internal/stackjson"
)

func TestEveryPolicyAdmitsOnlyWhomItNames(t *testing.T) {
	eachStack(t, badPolicies)
}

func TestEverySecurityGroupHasAMember(t *testing.T) {
	eachStack(t, idleGroups)
}

func TestNoSecurityGroupAdmitsTheInternet(t *testing.T) {
	eachStack(t, openGroups)
}

func TestWhatHoldsDataIsHardToLose(t *testing.T) {
	eachStack(t, easyToLose)
}

func eachStack(t *testing.T, check func(*stackjson.Stack) []string) {
	eachEstate(t, func(t *testing.T, e *estate) {
		for _, s := range e.stacks {
			for _, problem := range check(s) {
				t.Errorf("%s: %s", s.Name, problem)
			}
		}
	})
}

// badPolicies looks at every IAM policy in the stack, whatever it belongs to:
// any text that is a JSON document with statements.
func badPolicies(s *stackjson.Stack) []string {
	var problems []string
	for _, r := range s.Resources() {
		if r.Type == "aws_iam_policy_document" {
			problems = append(problems, r.Address()+": policies are written as documents, so that they are checked here")
		}
		stackjson.Strings(r.Body, func(path, text string) {
			if !strings.HasPrefix(strings.TrimSpace(text), "{") || !strings.Contains(text, `"Statement"`) {
				return
			}
			var document struct{ Statement []statement }
			if err := json.Unmarshal([]byte(unquoteReferences(text)), &document); err != nil {
				problems = append(problems, fmt.Sprintf("%s.%s is not a policy: %v", r.Address(), path, err))
				return
			}
			for _, statement := range document.Statement {
				for _, problem := range statement.problems(r.Type) {
					problems = append(problems, fmt.Sprintf("%s.%s: statement %q %s", r.Address(), path, statement.Sid, problem))
				}
			}
		})
	}
	return problems
}

// A reference may hold quotes, `${x.outputs.y["z"]}`, which would end the JSON
// string that it stands in. Terraform resolves it before anyone parses.
var reference = regexp.MustCompile(`\$\{[^{}]*\}`)

func unquoteReferences(text string) string {
	return reference.ReplaceAllStringFunc(text, func(r string) string {
		return strings.NewReplacer(`"`, "", `\`, "").Replace(r)
	})
}

// statement is a statement of an IAM policy.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
type statement struct {
	Sid          string
	Effect       string
	Principal    principal
	NotPrincipal any
	Action       values
	Resource     values
	Condition    map[string]map[string]values
}

type principal struct {
	AWS, Service, Federated values
}

func (p *principal) UnmarshalJSON(text []byte) error {
	if string(text) == `"*"` {
		p.AWS = values{"*"}
		return nil
	}
	type plain principal
	return json.Unmarshal(text, (*plain)(p))
}

// values is one value or a list of them.
type values []string

func (v *values) UnmarshalJSON(text []byte) error {
	var one string
	if json.Unmarshal(text, &one) == nil {
		*v = values{one}
		return nil
	}
	return json.Unmarshal(text, (*[]string)(v))
}

// problems says what is wrong with a statement in a policy of that type of
// resource.
func (s statement) problems(kind string) []string {
	var problems []string
	if s.NotPrincipal != nil {
		problems = append(problems, "has NotPrincipal, which admits everybody else")
	}
	if s.Effect != "Allow" {
		return problems
	}
	if slices.Contains(s.Principal.AWS, "*") && len(s.Condition) == 0 {
		problems = append(problems, "admits everybody without a condition")
	}
	// An endpoint's policy gives nobody a permission. It limits who may use the
	// permissions that they have through the endpoint:
	// https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
	if kind == "aws_vpc_endpoint" {
		return problems
	}
	if slices.Contains(s.Action, "*") && slices.Contains(s.Resource, "*") {
		problems = append(problems, "allows everything on everything")
	}
	if slices.Contains(s.Action, "sts:AssumeRoleWithWebIdentity") {
		problems = append(problems, s.webIdentityProblems()...)
	}
	return problems
}

// webIdentityProblems says what is wrong with trust in an OpenID Connect
// provider. An operator that ends in IfExists, or a ForAllValues, also holds for
// a token without the claim.
// https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws
func (s statement) webIdentityProblems() []string {
	var problems []string
	audience, subject := false, false
	for operator, conditions := range s.Condition {
		for key, claims := range conditions {
			switch {
			case strings.HasSuffix(key, ":aud"):
				audience = audience || operator == "StringEquals"
			case strings.HasSuffix(key, ":sub"):
				subject = subject || operator == "StringEquals" || operator == "StringLike"
				for _, claim := range claims {
					if strings.HasPrefix(key, "token.actions.githubusercontent.com:") && !oneRepository.MatchString(claim) {
						problems = append(problems, fmt.Sprintf("admits %q, which is not one GitHub repository", claim))
					}
				}
			}
		}
	}
	if !audience {
		problems = append(problems, "does not say which audience it trusts")
	}
	if !subject {
		problems = append(problems, "does not say which subject it trusts")
	}
	return problems
}

var oneRepository = regexp.MustCompile(`^repo:[\w.-]+/[\w.-]+:`)

// interfaceTypes are the resources whose network interfaces a security group can
// guard.
var interfaceTypes = []string{
	"aws_db_instance",
	"aws_eks_cluster",
	"aws_instance",
	"aws_lambda_function",
	"aws_launch_template",
	"aws_lb",
	"aws_network_interface",
	"aws_rds_cluster",
	"aws_route53_resolver_endpoint",
	"aws_vpc_endpoint",
}

func idleGroups(s *stackjson.Stack) []string {
	used := map[string]bool{}
	for _, r := range s.Resources() {
		if !slices.Contains(interfaceTypes, r.Type) {
			continue
		}
		stackjson.Strings(r.Body, func(path, text string) {
			for _, m := range groupReference.FindAllStringSubmatch(text, -1) {
				used[m[1]] = true
			}
		})
	}
	var problems []string
	for _, r := range s.Resources() {
		if r.Type == "aws_security_group" && !used[r.Name] {
			problems = append(problems, r.Address()+" guards nothing")
		}
	}
	return problems
}

var groupReference = regexp.MustCompile(`\baws_security_group\.(\w+)\.id\b`)

func openGroups(s *stackjson.Stack) []string {
	var problems []string
	for _, r := range s.Resources() {
		ingress := any(nil)
		switch {
		case r.Type == "aws_security_group" || r.Type == "aws_default_security_group":
			ingress = r.Body["ingress"]
		case r.Type == "aws_vpc_security_group_ingress_rule", r.Type == "aws_security_group_rule" && r.Body["type"] == "ingress":
			ingress = r.Body
		}
		stackjson.Strings(ingress, func(path, text string) {
			if text == "0.0.0.0/0" || text == "::/0" {
				problems = append(problems, r.Address()+" admits "+text)
			}
		})
	}
	return problems
}

// statefulTypes are the resources that hold what nobody can make again.
var statefulTypes = []string{
	"aws_backup_vault",
	"aws_cloudwatch_log_group",
	"aws_db_instance",
	"aws_dynamodb_table",
	"aws_ecr_repository",
	"aws_efs_file_system",
	"aws_kms_key",
	"aws_rds_cluster",
	"aws_route53_zone",
	"aws_s3_bucket",
}

func easyToLose(s *stackjson.Stack) []string {
	var problems []string
	for _, r := range s.Resources() {
		lifecycle, _ := r.Body["lifecycle"].(map[string]any)
		if slices.Contains(statefulTypes, r.Type) && lifecycle["prevent_destroy"] != true && !replaceable(r) {
			problems = append(problems, r.Address()+" can be destroyed by a plan: it needs prevent_destroy")
		}
	}
	return problems
}

// replaceable are resources of those types that hold nothing of their own: the
// zone of a central endpoint is one alias record, and a probe writes the same
// lines again a quarter of an hour later.
func replaceable(r stackjson.Resource) bool {
	return r.Type == "aws_route53_zone" && strings.HasPrefix(r.Name, "endpoint_") ||
		r.Type == "aws_cloudwatch_log_group" && r.Name == "probe"
}

func TestInsecureStacksAreSeen(t *testing.T) {
	policy := func(statement string) map[string]any {
		return map[string]any{"aws_iam_role": map[string]any{"bad": map[string]any{"assume_role_policy": `{"Statement":[` + statement + `]}`}}}
	}
	const github = `"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity","Principal":{"Federated":"${aws_iam_openid_connect_provider.github.arn}"}`
	const audience = `"token.actions.githubusercontent.com:aud":"sts.amazonaws.com"`
	const subject = `"token.actions.githubusercontent.com:sub":`
	resource := func(kind string, body map[string]any) map[string]any {
		return map[string]any{kind: map[string]any{"bad": body}}
	}
	checks := func(resources map[string]any) []string {
		s := &stackjson.Stack{Name: "stack", JSON: map[string]any{"resource": resources}}
		return slices.Concat(badPolicies(s), idleGroups(s), openGroups(s), easyToLose(s))
	}
	for name, resources := range map[string]map[string]any{
		"anyone":          policy(`{"Effect":"Allow","Principal":"*","Action":"s3:GetObject"}`),
		"any AWS account": policy(`{"Effect":"Allow","Principal":{"AWS":["*"]},"Action":["s3:GetObject"]}`),
		"an endpoint for anyone": resource("aws_vpc_endpoint", map[string]any{
			"policy": `{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}`}),
		"everybody but":                  policy(`{"Effect":"Deny","NotPrincipal":{"AWS":"x"},"Action":"*"}`),
		"everything on everything":       policy(`{"Effect":"Allow","Action":"*","Resource":["*"]}`),
		"a policy that is not JSON":      policy(`{`),
		"trust without conditions":       policy(`{` + github + `}`),
		"trust without an audience":      policy(`{` + github + `,"Condition":{"StringEquals":{` + subject + `"repo:o/r:ref:refs/heads/main"}}}`),
		"trust without a subject":        policy(`{` + github + `,"Condition":{"StringEquals":{` + audience + `}}}`),
		"trust in all of an owner":       policy(`{` + github + `,"Condition":{"StringLike":{` + audience + `,` + subject + `"repo:o/*"}}}`),
		"trust in a pattern":             policy(`{` + github + `,"Condition":{"StringEquals":{` + audience + `},"StringLike":{` + subject + `"repo:o/r?:ref:*"}}}`),
		"trust in a subject, if any":     policy(`{` + github + `,"Condition":{"StringEquals":{` + audience + `},"StringEqualsIfExists":{` + subject + `"repo:o/r:x"}}}`),
		"a policy that is not seen":      resource("aws_iam_policy_document", map[string]any{}),
		"a group without a member":       resource("aws_security_group", map[string]any{}),
		"a group open in line":           resource("aws_default_security_group", map[string]any{"ingress": []any{map[string]any{"cidr_blocks": []any{"0.0.0.0/0"}}}}),
		"a group open by a rule":         resource("aws_vpc_security_group_ingress_rule", map[string]any{"cidr_ipv4": "0.0.0.0/0"}),
		"a group open by an older rule":  resource("aws_security_group_rule", map[string]any{"type": "ingress", "ipv6_cidr_blocks": []any{"::/0"}}),
		"a bucket that can be destroyed": resource("aws_s3_bucket", map[string]any{"lifecycle": map[string]any{"prevent_destroy": false}}),
	} {
		if checks(resources) == nil {
			t.Errorf("%s: not seen", name)
		}
	}
	for name, resources := range map[string]map[string]any{
		"an endpoint for an organisation": {"aws_vpc_endpoint": map[string]any{"sts": map[string]any{
			"policy": `{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}}]}`,
		}}},
		"anyone of an organisation": policy(`{"Effect":"Allow","Principal":"*","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}}`),
		"nobody without TLS":        policy(`{"Effect":"Deny","Principal":"*","Action":"s3:*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}`),
		"one branch":                policy(`{` + github + `,"Condition":{"StringEquals":{` + audience + `,` + subject + `"repo:o/r:ref:refs/heads/main"}}}`),
		"a reference with quotes":   policy(`{"Effect":"Allow","Principal":{"AWS":"${data.terraform_remote_state.x.outputs.y["z"]}"},"Action":"sts:AssumeRole"}`),
		"a rule that lets out":      resource("aws_security_group_rule", map[string]any{"type": "egress", "cidr_blocks": []any{"0.0.0.0/0"}}),
		"a group with a member": {
			"aws_security_group": map[string]any{"web": map[string]any{}},
			"aws_instance":       map[string]any{"web": map[string]any{"vpc_security_group_ids": []any{"${aws_security_group.web.id}"}}},
		},
	} {
		if problems := checks(resources); problems != nil {
			t.Errorf("%s: %q", name, problems)
		}
	}
}
