package estate

import (
	"maps"
	"slices"
	"strings"

	"hubspoke/internal/controllerpolicy"
	"hubspoke/internal/policy"
)

// Permissions are what the estate says that a workload of a spoke may do, beside its
// managed policies. One that writes records in the hub's zones has a role there, which
// admits this one.
func (e *Estate) Permissions(spoke, workload string) []policy.Statement {
	s := e.Spoke(spoke)
	identity := s.Cluster.Identities[workload]
	var statements []policy.Statement
	if _, ok := s.RecordRoles[workload]; ok {
		statements = append(statements, controllerpolicy.ExternalDNS(e.RoleARN(HubAccount, e.RecordRole(spoke, workload)))...)
	}
	if identity.PullImages {
		statements = append(statements, controllerpolicy.PullImages(e.Account(HubAccount).ARN("ecr", "repository/*"))...)
	}
	if len(identity.SecretFiles) > 0 {
		statements = append(statements, controllerpolicy.MountSecrets(e.Account(spoke), slices.Collect(maps.Values(identity.SecretFiles))))
	}
	for _, permission := range sortedKeys(identity.Allow) {
		statements = append(statements, policy.Statement{
			Sid:      sid(permission),
			Action:   slices.Sorted(slices.Values(identity.Allow[permission].Actions)),
			Resource: slices.Sorted(slices.Values(identity.Allow[permission].Resources)),
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

// DeployTrust are the ARNs of the roles of the hub that may assume the deploy roles of
// every account: some of those of CI, if there are any, and the administrators'.
func (e *Estate) DeployTrust(ciRoles ...string) []string {
	var principals []string
	if e.GitHub.Repository != "" {
		for _, name := range ciRoles {
			principals = append(principals, e.RoleARN(HubAccount, name))
		}
	}
	return append(principals, e.State.Administrators...)
}
