package invariant

import (
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"hubspoke/internal/proof/config"
)

// statement is a statement of a policy, as far as it says who may do something.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
type statement struct {
	allows     bool
	principals map[string][]any // by kind (AWS, Service, Federated), texts and Refs
	arns       []string         // the patterns of aws:PrincipalArn, of a condition that must hold
}

// checkPrincipals checks that whom a policy lets in exists: AWS refuses a policy
// that names a role that does not, and a condition that names one lets nobody in.
func (k *checker) checkPrincipals() {
	roles := k.roles()
	for _, s := range k.config.Stacks {
		for _, r := range s.Resources {
			if r.Data {
				continue
			}
			for _, argument := range []string{"assume_role_policy", "policy"} {
				if r.Argument(argument) == nil {
					continue
				}
				statements, err := readPolicy(r.Argument(argument))
				if err != nil && argument == "assume_role_policy" {
					k.note("policy-not-read", about(r), "whom %s trusts is not known: %v", r, err)
				}
				for _, statement := range statements {
					k.checkStatement(r, statement, roles)
				}
			}
		}
	}
}

// roles are the ARNs of the roles and users that the stacks make, as patterns:
// the end of a name may be AWS's to choose.
func (k *checker) roles() []string {
	var arns []string
	for _, kind := range []string{"role", "user"} {
		for _, r := range k.config.All("aws_iam_" + kind) {
			name, _ := r.Argument("name").(string)
			if name == "" {
				prefix, _ := r.Argument("name_prefix").(string)
				name = prefix + "*"
			}
			folder, _ := r.Argument("path").(string)
			arns = append(arns, fmt.Sprintf("arn:aws:iam::%s:%s/%s%s", r.Account, kind, strings.TrimPrefix(folder, "/"), name))
		}
	}
	return arns
}

// exists says whether a pattern of an ARN can be one of the roles. Roles of IAM
// Identity Center and those that services make for themselves have paths that AWS
// reserves, and are not for a stack to make.
func exists(arn string, roles []string) bool {
	for _, reserved := range []string{":role/aws-reserved/", ":role/aws-service-role/"} {
		if strings.Contains(arn, reserved) {
			return true
		}
	}
	return slices.ContainsFunc(roles, func(role string) bool {
		return matches(arn, role) || matches(role, arn)
	})
}

// matches compares as ArnLike and StringLike do: * is any text, ? a character.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
func matches(pattern, text string) bool {
	expression := strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(regexp.QuoteMeta(pattern))
	ok, err := regexp.MatchString("^"+expression+"$", text)
	return ok && err == nil
}

func (k *checker) checkStatement(r *config.Resource, s statement, roles []string) {
	if !s.allows {
		return
	}
	for _, principal := range s.principals["AWS"] {
		if text, ok := principal.(string); ok {
			k.checkAWSPrincipal(r, text, s.arns, roles)
		}
	}
	for _, principal := range s.principals["Federated"] {
		if text, ok := principal.(string); ok {
			k.checkFederated(r, text)
		}
	}
	for _, principal := range s.principals["Service"] {
		if text, ok := principal.(string); ok && !strings.HasSuffix(text, ".amazonaws.com") && !strings.HasSuffix(text, ".amazonaws.com.cn") {
			k.error("unknown-principal", about(r), "%s lets in the service %q: AWS's services are named like ec2.amazonaws.com", r, text)
		}
	}
}

func (k *checker) checkAWSPrincipal(r *config.Resource, principal string, conditions, roles []string) {
	account := principal
	if strings.HasPrefix(principal, "arn:") {
		account = accountOf(principal)
	}
	here := slices.Contains(k.config.Accounts(), account)
	if here && strings.Contains(principal, ":role/") && !exists(principal, roles) {
		k.error("unknown-principal", about(r), "%s lets in %s, which no stack here makes: AWS refuses a principal that does not exist; "+
			"make it first, or let in the account with a condition on aws:PrincipalArn", r, principal)
		return
	}
	var missing []string
	for _, arn := range conditions {
		if slices.Contains(k.config.Accounts(), accountOf(arn)) && !exists(arn, roles) {
			missing = append(missing, arn)
		}
	}
	switch {
	case len(missing) == 0:
	case len(missing) == len(conditions):
		k.error("nobody-admitted", about(r), "%s lets in only %s, which no stack here makes: nobody can use it; make the role, or correct the name",
			r, strings.Join(missing, " and "))
	default:
		k.note("unknown-principal", about(r), "%s lets in %s, which no stack here makes", r, strings.Join(missing, " and "))
	}
}

// checkFederated checks that a provider of identities that is named by its ARN
// is there.
func (k *checker) checkFederated(r *config.Resource, principal string) {
	if !slices.Contains(k.config.Accounts(), accountOf(principal)) {
		return
	}
	_, name, ok := strings.Cut(principal, ":oidc-provider/")
	if !ok {
		return
	}
	for _, provider := range k.config.All("aws_iam_openid_connect_provider") {
		url, known := provider.Argument("url").(string)
		if provider.Account == accountOf(principal) && known && strings.TrimPrefix(url, "https://") == name {
			return
		}
	}
	k.error("unknown-principal", about(r), "%s lets in identities of %s, and no stack here makes that provider in the account %s: make it, or correct the ARN",
		r, principal, accountOf(principal))
}

// organizationRoles are the roles that AWS makes in the accounts of an
// organisation, for those who set them up:
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_access.html
// https://docs.aws.amazon.com/controltower/latest/userguide/awscontroltowerexecution.html
var organizationRoles = []string{"OrganizationAccountAccessRole", "AWSControlTowerExecution"}

// checkAssumptions checks that the roles that Terraform assumes are there. Where
// none of them is, they are made elsewhere, and that is all there is to say.
func (k *checker) checkAssumptions() {
	roles := k.roles()
	missing := map[string][]string{}
	about := map[string][]*config.Resource{}
	found := false
	for _, s := range k.config.Stacks {
		for _, a := range s.Assumptions() {
			arn, ok := a.Role.(string)
			switch {
			case !ok || slices.Contains(organizationRoles, path.Base(arn)):
			case exists(arn, roles):
				found = true
			case slices.Contains(k.config.Accounts(), accountOf(arn)):
				missing[arn] = append(missing[arn], s.Name+" ("+a.By+")")
				if a.Resource != nil {
					about[arn] = append(about[arn], a.Resource)
				}
			}
		}
	}
	if len(missing) > 0 && !found {
		k.note("roles-made-elsewhere", nil, "no stack here makes the roles that Terraform assumes, such as %s: that they exist, and whom they trust, is not checked",
			slices.Sorted(maps.Keys(missing))[0])
		return
	}
	for arn, by := range missing {
		k.error("unknown-role", about[arn], "%s is assumed by %s, and no stack here makes it, while others of that kind are made: make it, or correct the name",
			arn, strings.Join(by, ", "))
	}
}

// accountOf is the account in an ARN: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
func accountOf(arn string) string {
	if parts := strings.SplitN(arn, ":", 6); len(parts) == 6 {
		return parts[4]
	}
	return ""
}

// readPolicy reads a policy document, in which AWS may have parts to say.
func readPolicy(value any) ([]statement, error) {
	text, holes, err := written(value)
	if err != nil {
		return nil, err
	}
	var document struct {
		Statement oneOrMore
	}
	if err := json.Unmarshal([]byte(text), &document); err != nil {
		return nil, fmt.Errorf("it is not a policy document: %w", err)
	}
	var all []statement
	for _, item := range document.Statement {
		body, _ := item.(map[string]any)
		all = append(all, statement{
			allows:     body["Effect"] == "Allow",
			principals: principals(body["Principal"], holes),
			arns:       principalARNs(body["Condition"]),
		})
	}
	return all, nil
}

// oneOrMore is a list that may be written as its one item.
type oneOrMore []any

// UnmarshalJSON reads either form.
func (l *oneOrMore) UnmarshalJSON(data []byte) error {
	var value any
	if err := json.Unmarshal(data, &value); err != nil {
		return err
	}
	*l = list(value)
	return nil
}

func list(value any) []any {
	switch v := value.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{value}
}

// written is the text with a character of Unicode's private use area in place of
// each part that AWS will say.
func written(value any) (text string, holes map[string]any, err error) {
	switch v := value.(type) {
	case string:
		return v, nil, nil
	case config.Text:
		var b strings.Builder
		holes = map[string]any{}
		for i, part := range v.Parts {
			if literal, ok := part.(string); ok {
				b.WriteString(literal)
				continue
			}
			hole := string(rune(0xE000 + i%0x1900))
			holes[hole] = part
			b.WriteString(hole)
		}
		return b.String(), holes, nil
	}
	return "", nil, fmt.Errorf("%v", value)
}

// principals are whom a statement names, by kind. What AWS will say a part of is
// left out.
func principals(value any, holes map[string]any) map[string][]any {
	if value == "*" {
		return map[string][]any{"AWS": {"*"}}
	}
	kinds, _ := value.(map[string]any)
	named := map[string][]any{}
	for kind, value := range kinds {
		for _, item := range list(value) {
			text, ok := item.(string)
			switch {
			case ok && holes[text] != nil:
				named[kind] = append(named[kind], holes[text])
			case ok && !strings.ContainsFunc(text, func(r rune) bool { return holes[string(r)] != nil }):
				named[kind] = append(named[kind], text)
			}
		}
	}
	return named
}

// principalARNs are the patterns that the principal's ARN must match.
func principalARNs(value any) []string {
	var patterns []string
	operators, _ := value.(map[string]any)
	for _, operator := range []string{"ArnLike", "ArnEquals", "StringLike", "StringEquals"} {
		keys, _ := operators[operator].(map[string]any)
		for key, values := range keys {
			if !strings.EqualFold(key, "aws:PrincipalArn") {
				continue
			}
			for _, item := range list(values) {
				if text, ok := item.(string); ok {
					patterns = append(patterns, text)
				}
			}
		}
	}
	return patterns
}
