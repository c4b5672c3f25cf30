package cluster

import (
	"maps"
	"slices"
	"strings"

	"hubspoke/internal/arn"
	"hubspoke/internal/controllerpolicy"
	"hubspoke/internal/policy"
)

// Grants are what a workload gets beside the permissions that its identity spells out.
type Grants struct {
	// RecordRole is the ARN of the role in the hub by which it writes records; "" if it writes none.
	RecordRole string
	// Account is the cluster's account, which secrets are in that are named without an ARN.
	Account arn.Account
	// Secrets are the names of the account's secrets that it reads, whose key is the estate's.
	Secrets []string
	// Images are the ARNs of the repositories that identities with `pull_images` read.
	Images []string
}

// Statements are what the role of a workload may do, beside its managed policies.
func (i Identity) Statements(g Grants) []policy.Statement {
	var statements []policy.Statement
	if g.RecordRole != "" {
		statements = append(statements, controllerpolicy.ExternalDNS(g.RecordRole)...)
	}
	if i.PullImages {
		statements = append(statements, controllerpolicy.PullImages(g.Images...)...)
	}
	if secrets := slices.Concat(slices.Collect(maps.Values(i.SecretFiles)), g.Secrets); len(secrets) > 0 {
		statements = append(statements, controllerpolicy.MountSecrets(g.Account, secrets))
	}
	if len(g.Secrets) > 0 {
		statements = append(statements, controllerpolicy.DecryptSecrets(g.Account, g.Secrets))
	}
	for _, permission := range slices.Sorted(maps.Keys(i.Allow)) {
		statements = append(statements, policy.Statement{
			Sid:      sid(permission),
			Action:   slices.Sorted(slices.Values(i.Allow[permission].Actions)),
			Resource: slices.Sorted(slices.Values(i.Allow[permission].Resources)),
		})
	}
	return statements
}

// sid is a statement's name, of letters and digits alone, which no statement has
// that the estate does not name: `read-data` becomes `AllowReadData`.
func sid(name string) string {
	var b strings.Builder
	b.WriteString("Allow")
	for _, word := range strings.Split(name, "-") {
		if word != "" {
			b.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return b.String()
}

// PolicyKey is a key for a managed policy that makes a Terraform name: its path and
// name, and the account if it is not AWS's.
func PolicyKey(arn string) string {
	_, account, _ := strings.Cut(arn, ":iam::")
	key := strings.TrimPrefix(strings.Replace(account, ":policy/", "/", 1), "aws/")
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("+=,@", r) {
			return '_'
		}
		return r
	}, key)
}
