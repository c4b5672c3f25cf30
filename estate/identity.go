package estate

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"slices"

	"hubspoke/estate/organization"
	"hubspoke/internal/quota"
	"hubspoke/internal/yamldoc"
)

// IdentityRegion is the region in which a person enabled IAM Identity Center.
func (e *Estate) IdentityRegion() string {
	if e.Org.Identity.Region != "" {
		return e.Org.Identity.Region
	}
	return e.Region
}

// HasIdentity says that the estate says who of its people may do what.
func (e *Estate) HasIdentity() bool { return e.Org != nil && e.Org.Identity != nil }

// Assignments are who has which permission set in which account. Accounts that have no
// number yet have none.
func (e *Estate) Assignments() []organization.Assignment { return e.Org.Assigned(e.AccountNames()) }

// HasPeopleInManagement says that somebody has a permission set in the management account.
func (e *Estate) HasPeopleInManagement() bool {
	if !e.HasIdentity() {
		return false
	}
	for _, a := range e.Assignments() {
		if a.Account == ManagementAccount {
			return true
		}
	}
	return false
}

// loadInlinePolicies reads the files of the permission sets that name one.
func (e *Estate) loadInlinePolicies(files fs.FS, dir string) {
	if !e.HasIdentity() {
		return
	}
	for _, name := range sortedKeys(e.Org.Identity.PermissionSets) {
		at := e.org.Section("identity").Key("permission_sets", name, "inline")
		set := e.Org.Identity.PermissionSets[name]
		if set.Inline == "" || at.Broken() {
			continue
		}
		text, d := readNamed(files, dir, set.Inline, at)
		if d == nil {
			continue
		}
		set.InlineText = inlinePolicy(d, text)
		e.Org.Identity.PermissionSets[name] = set
		e.policies = append(e.policies, d)
	}
}

// inlinePolicy is a policy of an identity without white space, if it is one.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
func inlinePolicy(d *yamldoc.Document, text []byte) string {
	var policy struct {
		Version   string
		Statement json.RawMessage
	}
	if err := json.Unmarshal(text, &policy); err != nil {
		line := 1
		if syntax, ok := err.(*json.SyntaxError); ok {
			line += bytes.Count(text[:syntax.Offset], []byte("\n"))
		}
		d.Reject(line, "", "not a policy in JSON: %v", err)
		return ""
	}
	if policy.Version == "" || len(policy.Statement) == 0 {
		d.Reject(1, "", "not a policy: it has no Version, or no Statement")
	}
	for i, line := range bytes.Split(text, []byte("\n")) {
		if bytes.Contains(line, []byte(`"Principal"`)) || bytes.Contains(line, []byte(`"NotPrincipal"`)) {
			d.Reject(i+1, "", "a permission set's policy names no principal: it is that of those who have the set")
		}
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, text); err != nil {
		return "" // it has been read before
	}
	if size := compact.Len(); size > quota.PermissionSetInline.Default {
		d.Reject(1, "", "%d characters without white space, and Identity Center takes %d: make it a policy of the accounts, and name that under customer_policies", size, quota.PermissionSetInline.Default)
	}
	return compact.String()
}

// validateIdentity checks who may do what against the accounts that there are.
func (e *Estate) validateIdentity() {
	if !e.HasIdentity() {
		return
	}
	const at = "identity"
	s := e.org.Section(at)
	i := e.Org.Identity
	i.Validate(s, e.Org, e.AccountNames())
	if at := s.Key("region"); i.Region != "" && !at.Broken() && validateRegion(at, i.Region) && !e.org.Broken("guardrails.regions") && !slices.Contains(e.GuardrailRegions(), i.Region) {
		at.Errorf("guardrails.regions denies %s: nobody could administer IAM Identity Center there; name it there too", i.Region)
	}
	if e.Accounts[i.Account] == NewAccount {
		s.Key("account").Warnf("%s has no number yet: nobody gets a permission set before estate.yaml has it", i.Account)
	}
	e.warnOfWaysIntoManagement(s)
	for _, group := range sortedKeys(i.Assignments) {
		for _, set := range sortedKeys(i.Assignments[group]) {
			targets := s.Key("assignments", group, set, "accounts")
			for n, account := range i.Assignments[group][set].Accounts {
				e.validateAccount(e.org, targets.Item(n).Path(), account)
			}
		}
	}
}

// warnOfWaysIntoManagement says who gets into the management account by way of the account that
// administers Identity Center: whoever may do anything there puts themselves into a group.
func (e *Estate) warnOfWaysIntoManagement(s yamldoc.Section) {
	i := e.Org.Identity
	if !e.HasPeopleInManagement() || s.Incomplete() {
		return
	}
	if at := i.Account; e.AppliedByPeople(at) && (at == HubAccount || at == e.Logs.Account || e.Spoke(at) != nil) {
		s.Key("account").Warnf("people alone deploy the stacks of %s, since whoever applies there gets into management: give Identity Center an account that has nothing else", at)
	}
	owners := map[string]bool{}
	for _, a := range e.Assignments() {
		if a.Account == ManagementAccount {
			owners[a.Group] = true
		}
	}
	for _, a := range e.Assignments() {
		if a.Account == i.Account && !owners[a.Group] && i.PermissionSets[a.Set].Administers() {
			s.Key("assignments", a.Group, a.Set).Warnf("who may do anything in %s can put themselves into a group that has a permission set in management: leave %s out, or give it to those who have one there", i.Account, i.Account)
		}
	}
}

// peopleUses are those of IAM Identity Center and of the roles that it makes.
func (e *Estate) peopleUses() []Use {
	if !e.HasIdentity() {
		return nil
	}
	i, at := e.Org.Identity, e.org.Section("identity")
	uses := []Use{{Quota: quota.PermissionSets, Used: len(i.PermissionSets), at: at.Key("permission_sets"), By: "one for each under permission_sets"}}
	in, most := map[string]map[string]bool{}, 0
	for _, a := range e.Assignments() {
		if in[a.Account] == nil {
			in[a.Account] = map[string]bool{}
		}
		in[a.Account][a.Set] = true
		most = max(most, len(in[a.Account]))
	}
	uses = append(uses, Use{Quota: quota.AccountPermissionSets, Used: most, at: at.Key("assignments"), By: "those that somebody has there"})
	for _, name := range sortedKeys(i.PermissionSets) {
		set, of := i.PermissionSets[name], at.Key("permission_sets", name)
		policies := len(set.Policies) + len(set.CustomerPolicies)
		uses = append(uses,
			Use{Quota: quota.PermissionSetPolicies, Used: policies, at: of, By: "policies and customer_policies", Remedy: "put several into one of your own"},
			Use{Quota: quota.RoleManagedPolicies, Used: policies, at: of, By: "the role of the permission set in each account", Remedy: "put several into one of your own"})
	}
	return uses
}
