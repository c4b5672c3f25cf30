package test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"hubspoke/internal/gitops"
	"hubspoke/internal/tf"
	"hubspoke/proof/stackjson"
	"hubspoke/stacks"
)

func TestEveryPolicyAdmitsOnlyWhomItNames(t *testing.T) {
	eachStack(t, badPolicies)
}

func TestEverySecurityGroupHasAMember(t *testing.T) {
	eachEstate(t, func(t *testing.T, e *synthesis) {
		for _, s := range e.stacks {
			for _, problem := range idleGroups(s, e.stacks...) {
				if name, _, _ := strings.Cut(problem, " "); carriedByIngress(t, e, s, name) {
					continue
				}
				t.Errorf("%s: %s", s.Name, problem)
			}
		}
	})
}

func TestNoSecurityGroupAdmitsTheInternet(t *testing.T) {
	eachStack(t, openGroups)
}

func TestWhatHoldsDataIsHardToLose(t *testing.T) {
	eachStack(t, easyToLose)
}

func eachStack(t *testing.T, check func(*stackjson.Stack) []string) {
	eachEstate(t, func(t *testing.T, e *synthesis) {
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

var oneRepository = regexp.MustCompile(`^repo:[\w.-]+/[\w.-]+:|^repo:[\w.-]+@[0-9]+/[\w.-]+@[0-9]+:`)

// interfaceTypes are the resources whose network interfaces a security group can
// guard.
var interfaceTypes = []string{
	"aws_apigatewayv2_vpc_link",
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

// idleGroups are the groups that nothing with an interface carries: neither in
// their own stack nor, if their id is an output, in another one.
func idleGroups(s *stackjson.Stack, others ...*stackjson.Stack) []string {
	used := map[string]bool{}
	carried(s, groupReference, func(group string) { used[group] = true })
	for _, other := range others {
		output := regexp.MustCompile(`\bdata\.terraform_remote_state\.` + tf.Name(s.Name) + `\.outputs\.(\w+)`)
		carried(other, output, func(name string) {
			stackjson.Strings(s.Outputs()[name], func(path, text string) {
				for _, m := range groupReference.FindAllStringSubmatch(text, -1) {
					used[m[1]] = true
				}
			})
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

// carriedByIngress says that an Ingress of the estate's bundles gives the group with
// that address to a load balancer, which the controller in the cluster makes. It
// finds the group by its Name tag.
func carriedByIngress(t *testing.T, e *synthesis, s *stackjson.Stack, address string) bool {
	for _, r := range s.Resources() {
		tags, _ := r.Body["tags"].(map[string]any)
		if r.Address() != address || tags["Name"] == nil {
			continue
		}
		for name, text := range tree(t, e.outdir) {
			if strings.HasPrefix(name, gitops.Dir+"/") && strings.Contains(text, fmt.Sprintf("alb.ingress.kubernetes.io/security-groups: %s\n", tags["Name"])) {
				return true
			}
		}
	}
	return false
}

// carried calls visit with what reference finds in the stack's resources that
// have interfaces.
func carried(s *stackjson.Stack, reference *regexp.Regexp, visit func(string)) {
	for _, r := range s.Resources() {
		if !slices.Contains(interfaceTypes, r.Type) {
			continue
		}
		stackjson.Strings(r.Body, func(path, text string) {
			for _, m := range reference.FindAllStringSubmatch(text, -1) {
				visit(m[1])
			}
		})
	}
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
	"aws_identitystore_group", // whom people put into it
	"aws_kms_key",
	"aws_organizations_account",
	"aws_organizations_organization",
	"aws_organizations_organizational_unit",
	"aws_rds_cluster",
	"aws_route53_zone",
	"aws_s3_bucket",
	"aws_secretsmanager_secret",
}

// What can be made anew must not stop a plan that takes it away.
func TestAReadReplicaCanBeTakenAway(t *testing.T) {
	seen := 0
	eachStack(t, func(s *stackjson.Stack) []string {
		var problems []string
		for _, r := range s.Resources() {
			if r.Type != "aws_db_instance" || r.Body["replicate_source_db"] == nil {
				continue
			}
			seen++
			if lifecycle, _ := r.Body["lifecycle"].(map[string]any); lifecycle["prevent_destroy"] == true {
				problems = append(problems, r.Address()+" cannot be replaced")
			}
		}
		return problems
	})
	if seen == 0 {
		t.Error("no estate has a read replica")
	}
}

func easyToLose(s *stackjson.Stack) []string {
	var problems []string
	for _, r := range s.Resources() {
		lifecycle, _ := r.Body["lifecycle"].(map[string]any)
		if !r.Data && slices.Contains(statefulTypes, r.Type) && lifecycle["prevent_destroy"] != true && !replaceable(r) {
			problems = append(problems, r.Address()+" can be destroyed by a plan: it needs prevent_destroy")
		}
	}
	return problems
}

// replaceable are resources of those types that hold nothing of their own: the
// zone of a central endpoint is one alias record, a probe writes the same lines again a
// quarter of an hour later, a read replica is a copy of its primary, and a secret that may
// go at once has a password that Terraform sets again.
func replaceable(r stackjson.Resource) bool {
	return r.Type == "aws_db_instance" && r.Body["replicate_source_db"] != nil ||
		r.Type == "aws_route53_zone" && strings.HasPrefix(r.Name, "endpoint_") ||
		r.Type == "aws_secretsmanager_secret" && r.Body["recovery_window_in_days"] == 0.0 ||
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

// Who writes a stack's state decides what the next apply does. A pull request runs
// code that nobody has reviewed, so no role that it can come to may do that.
func TestNoPullRequestWritesState(t *testing.T) {
	eachStack(t, pullRequestProblems)
}

// pullRequestProblems follows the stack's roles from those that workflows of pull
// requests assume, by what their own policies and the next role's trust policy say.
// It compares the names of roles alone, and hears no Deny: it may see too much, but
// not too little.
func pullRequestProblems(s *stackjson.Stack) []string {
	roles := rolesOf(s)
	var states []string
	for _, text := range policyResources(roles) {
		if strings.HasSuffix(text, ".tfstate") && !strings.Contains(text, "*") {
			states = append(states, text)
		}
	}
	var reached []*role
	for _, r := range roles {
		if strings.Contains(r.trust, ":pull_request") {
			reached = append(reached, r)
		}
	}
	var problems []string
	for i := 0; i < len(reached); i++ {
		r := reached[i]
		for _, managed := range r.managed {
			if !strings.HasSuffix(managed, ":aws:policy/ReadOnlyAccess") {
				problems = append(problems, fmt.Sprintf("pull requests come to %s, which has %s", r.id, managed))
			}
		}
		for _, state := range states {
			if r.may("s3:PutObject", state) {
				problems = append(problems, fmt.Sprintf("pull requests come to %s, which writes %s", r.id, state))
			}
		}
		for _, next := range roles {
			if !slices.Contains(reached, next) && r.mayAssume(next) {
				reached = append(reached, next)
			}
		}
	}
	return problems
}

// role is an IAM role of a stack with its policies.
type role struct {
	id, name, trust  string
	admits, policies []statement
	managed          []string
}

func rolesOf(s *stackjson.Stack) []*role {
	var roles []*role
	text := func(r stackjson.Resource, key string) string {
		value, _ := r.Body[key].(string)
		return value
	}
	statements := func(text string) []statement {
		var document struct{ Statement []statement }
		if err := json.Unmarshal([]byte(unquoteReferences(text)), &document); err != nil {
			return []statement{{Effect: "Allow", Action: values{"*"}, Resource: values{"*"}}}
		}
		return document.Statement
	}
	of := func(r stackjson.Resource) *role {
		for _, role := range roles {
			if text(r, "role") == "${aws_iam_role."+role.id+".name}" {
				return role
			}
		}
		return &role{}
	}
	// Resources are sorted by type: a role comes before its policies.
	for _, r := range s.Resources() {
		switch r.Type {
		case "aws_iam_role":
			trust := text(r, "assume_role_policy")
			roles = append(roles, &role{id: r.Name, name: text(r, "name"), trust: trust, admits: statements(trust)})
		case "aws_iam_role_policy":
			of(r).policies = append(of(r).policies, statements(text(r, "policy"))...)
		case "aws_iam_role_policy_attachment":
			of(r).managed = append(of(r).managed, text(r, "policy_arn"))
		}
	}
	return roles
}

func policyResources(roles []*role) []string {
	var all []string
	for _, r := range roles {
		for _, s := range r.policies {
			all = append(all, s.Resource...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func (r *role) may(action, resource string) bool {
	return slices.ContainsFunc(r.policies, func(s statement) bool {
		return s.Effect == "Allow" && matchesAny(s.Action, action) && matchesAny(s.Resource, resource)
	})
}

func (r *role) mayAssume(next *role) bool {
	sends := slices.ContainsFunc(r.policies, func(s statement) bool {
		return s.Effect == "Allow" && matchesAny(s.Action, "sts:AssumeRole") && matchesAny(roleNames(s.Resource), next.name)
	})
	return sends && slices.ContainsFunc(next.admits, func(s statement) bool {
		principals := slices.Concat(s.Principal.AWS, s.Condition["ArnLike"]["aws:PrincipalArn"])
		return s.Effect == "Allow" && matchesAny(roleNames(principals), r.name)
	})
}

// roleNames are what ARNs, or patterns of them, say after `role/`; `*` is any role.
func roleNames(arns values) values {
	var names values
	for _, arn := range arns {
		if _, name, ok := strings.Cut(arn, ":role/"); ok {
			names = append(names, name)
		} else if arn == "*" {
			names = append(names, arn)
		}
	}
	return names
}

func matchesAny(patterns values, text string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		expression := strings.NewReplacer(`\*`, `.*`, `\?`, `.`).Replace(regexp.QuoteMeta(pattern))
		return regexp.MustCompile("^(?i:" + expression + ")$").MatchString(text)
	})
}

// The tests above are worth what they see when the bootstrap changes.
func TestPullRequestsThatWriteStateAreSeen(t *testing.T) {
	e := synthesized(t, "piksel")
	good := string(e.stack("bootstrap").Text)
	for name, changes := range map[string][]string{
		"the apply role admits pull requests":    {":ref:refs/heads/main", ":pull_request"},
		"the plan-state role puts states":        {`[\"s3:GetObject\"]`, `[\"s3:Get*\",\"s3:Put*\"]`},
		"the plan role is an administrator":      {"policy/ReadOnlyAccess", "policy/AdministratorAccess"},
		"CI plans with the state role":           {e.StateRole("*"), "*", e.PlanStateRole("*"), e.StateRole("*"), e.RoleARN("hub", e.CIApplyRole()), e.RoleARN("hub", e.CIPlanRole())},
		"every CI role assumes every state role": {e.PlanStateRole("*"), e.Project + "-*", e.RoleARN("hub", e.CIApplyRole()), e.RoleARN("hub", e.Project+"-ci-*")},
	} {
		s := &stackjson.Stack{Name: "bootstrap", Text: []byte(strings.NewReplacer(changes...).Replace(good))}
		if err := json.Unmarshal(s.Text, &s.JSON); err != nil {
			t.Fatal(err)
		}
		if pullRequestProblems(s) == nil {
			t.Errorf("%s: not seen", name)
		}
	}
}

func TestAPlanActsWithRolesThatOnlyRead(t *testing.T) {
	t.Setenv("DEPLOY_ROLE", "plan")
	e := synthesize(t, estates["piksel"], filepath.Join(t.TempDir(), "plan"))
	for _, listed := range e.list {
		if listed.Kind == stacks.Bootstrap {
			continue
		}
		s, found := e.stack(listed.Name), 0
		stackjson.Strings(map[string]any{"terraform": s.JSON["terraform"], "provider": s.JSON["provider"], "data": s.JSON["data"]}, func(path, text string) {
			if !strings.HasSuffix(path, "role_arn") {
				return
			}
			found++
			if _, name, _ := strings.Cut(text, ":role/"); name != e.PlanRole() && name != e.PlanStateRole(listed.Account) {
				t.Errorf("%s: %s is %s", s.Name, path, text)
			}
		})
		if found < 2 {
			t.Errorf("%s: assumes %d roles, want one for its provider and one for its state", s.Name, found)
		}
	}
}
