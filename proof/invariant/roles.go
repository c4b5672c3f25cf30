package invariant

import (
	"maps"
	"path"
	"slices"
	"strings"

	"hubspoke/internal/arn"
	"hubspoke/internal/wildcard"
	"hubspoke/proof/config"
)

// What is found here.
var (
	roleNotPermitted = catalogue.Add("role-not-permitted",
		"A role's trust policy lets in a role or user of another account, whose own policies do not let it assume the "+
			"role. Across accounts both sides must allow it: AssumeRole ends with AccessDenied. Unproven if it is not known in which "+
			"account one of the two is.",
		"Allow whom the role is for `sts:AssumeRole` on its ARN, or take it out of the trust policy.")
	unknownRole = catalogue.Add("unknown-role",
		"A role of one of these accounts is to be assumed, by another role or by Terraform itself, and no stack here "+
			"makes it: AssumeRole ends with AccessDenied, and a stack with that provider or backend cannot be deployed.",
		"Make the role, or correct the account, the path and the name in its ARN.")
	roleNotAdmitted = catalogue.Add("role-not-admitted",
		"A role may assume another one that does not let it in, or that denies it what it allows; or a role denies everybody "+
			"what it allows: AssumeRole ends with AccessDenied.",
		"Name it in the trust policy of the role that is assumed and take it out of what that denies, or take the permission away.")
	roleOfOtherAccount = catalogue.Add("role-of-other-account",
		"A provider, a backend or a read of a state assumes a role of an account that its own `allowed_account_ids` does not "+
			"name, or that `forbidden_account_ids` does. Terraform refuses to work (\"AWS account ID not allowed\").",
		"Correct the account in the role's ARN, or in the list.")
	rolesMadeElsewhere = catalogue.Add("roles-made-elsewhere",
		"Terraform assumes roles, and none of them is made by a stack here. That they exist, and whom they trust, is not "+
			"checked.",
		"Nothing, if others make them. To have them checked, add the stack that does.")
)

// identity is a role or a user that a stack makes.
type identity struct {
	*config.Resource
	// arn is a pattern where the end of the name is AWS's to choose.
	arn string
	// trust is who may assume it; nil if it is not known, and for a user.
	trust []statement
	// grants are the roles that its policies let it assume.
	grants []grant
	// open says that it has policies that are not read here.
	open bool
}

// grant is what a policy lets somebody assume.
type grant struct {
	// role is a text or a Ref.
	role any
	// accounts are patterns of the accounts that a condition leaves of it; nil if there is none.
	accounts []string
}

// within says whether the grant is about an account's roles.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-resourceaccount
func (g grant) within(account string) bool {
	return g.accounts == nil || slices.ContainsFunc(g.accounts, func(pattern string) bool { return wildcard.Matches(pattern, account) })
}

// identities are the roles and users that the stacks make.
type identities struct {
	list       []*identity
	byResource map[*config.Resource]*identity
	byARN      map[string][]*identity
	patterns   []*identity // those whose ARN is a pattern
}

// pattern says whether a text has characters that stand for others.
func pattern(text string) bool { return strings.ContainsAny(text, "*?") }

// iam is the ARN of something of IAM in an account. Stacks do not say their partition.
func iam(account, resource string) string {
	return arn.Account{Partition: "aws", Number: account}.IAM(resource)
}

func (k *checker) readIdentities() identities {
	all := identities{byResource: map[*config.Resource]*identity{}, byARN: map[string][]*identity{}}
	for _, kind := range []string{"role", "user"} {
		for _, r := range k.config.All("aws_iam_" + kind) {
			name, _ := r.Argument("name").(string)
			if name == "" {
				prefix, _ := r.Argument("name_prefix").(string)
				name = prefix + "*"
			}
			folder, _ := r.Argument("path").(string)
			i := &identity{Resource: r}
			i.arn = iam(r.Account, kind+"/"+strings.TrimPrefix(folder, "/")+name)
			i.open = r.Argument("inline_policy") != nil || r.Argument("managed_policy_arns") != nil
			if kind == "role" {
				i.trust, _ = k.policy(r, "assume_role_policy")
			}
			all.add(i)
		}
	}
	k.readGrants(&all)
	return all
}

func (all *identities) add(i *identity) {
	all.list = append(all.list, i)
	all.byResource[i.Resource] = i
	all.byARN[i.arn] = append(all.byARN[i.arn], i)
	if pattern(i.arn) {
		all.patterns = append(all.patterns, i)
	}
}

// matching are those whose ARN matches a pattern, in their order.
func (all *identities) matching(arn string) []*identity {
	if !pattern(arn) {
		return all.byARN[arn]
	}
	var found []*identity
	for _, i := range all.list {
		if wildcard.Matches(arn, i.arn) {
			found = append(found, i)
		}
	}
	return found
}

// readGrants finds which roles the policies of roles and users let them assume.
func (k *checker) readGrants(all *identities) {
	type key struct{ kind, account, name string }
	byName := map[key]*identity{}
	for _, i := range all.list {
		if name, ok := i.Argument("name").(string); ok && byName[key{i.Type, i.Account, name}] == nil {
			byName[key{i.Type, i.Account, name}] = i
		}
	}
	of := func(r *config.Resource, argument string) *identity {
		kind := "aws_iam_" + argument
		if name, ok := r.Argument(argument).(string); ok {
			return byName[key{kind, r.Account, name}]
		}
		if i := all.byResource[ref(r, argument)]; i != nil && i.Type == kind {
			return i
		}
		return nil
	}
	for _, kind := range []string{"role", "user"} {
		for _, r := range k.config.All("aws_iam_" + kind + "_policy") {
			if i := of(r, kind); i != nil {
				i.add(k.policy(r, "policy"))
			} else {
				all.doubt(r, kind)
			}
		}
		for _, r := range k.config.All("aws_iam_" + kind + "_policy_attachment") {
			if i := of(r, kind); i != nil {
				k.attach(i, r)
			} else {
				all.doubt(r, kind)
			}
		}
	}
	for _, r := range k.config.All("aws_iam_user_group_membership") {
		if i := of(r, "user"); i != nil {
			k.readGroups(i, r)
		}
	}
}

// doubt notes that a policy is of a role or a user of that name in an account that is not known, as a state may leave it.
func (all *identities) doubt(policy *config.Resource, kind string) {
	for _, i := range all.list {
		named := i.Type == "aws_iam_"+kind && i.Argument("name") == policy.Argument(kind)
		i.open = i.open || named && policy.Account == ""
	}
}

// attach adds what a policy that is attached lets the identity assume. What is in one that
// AWS manages is not known here.
func (k *checker) attach(i *identity, attachment *config.Resource) {
	if policy := ref(attachment, "policy_arn"); policy != nil {
		i.add(k.policy(policy, "policy"))
		return
	}
	i.open = true
}

// readGroups adds what the policies of a user's groups let the user assume.
func (k *checker) readGroups(i *identity, membership *config.Resource) {
	groups, _ := membership.Argument("groups").([]any)
	for _, value := range groups {
		group := k.group(value, membership.Account)
		i.open = i.open || group == nil // It is made elsewhere.
		for _, r := range k.config.All("aws_iam_group_policy") {
			if group != nil && k.group(r.Argument("group"), r.Account) == group {
				i.add(k.policy(r, "policy"))
			}
		}
		for _, r := range k.config.All("aws_iam_group_policy_attachment") {
			if group != nil && k.group(r.Argument("group"), r.Account) == group {
				k.attach(i, r)
			}
		}
	}
}

// group is the group of an account that a value names; nil if no stack makes it.
func (k *checker) group(value any, account string) *config.Resource {
	if target, ok := value.(config.Ref); ok {
		return target.Resource
	}
	for _, r := range k.config.All("aws_iam_group") {
		if name, ok := value.(string); ok && r.Account == account && r.Argument("name") == name {
			return r
		}
	}
	return nil
}

// add adds what a policy lets the identity assume.
func (i *identity) add(statements []statement, err error) {
	i.open = i.open || err != nil
	for _, s := range statements {
		if s.allows && slices.ContainsFunc(s.actions, func(action any) bool {
			text, _ := action.(string)
			return wildcard.Matches(strings.ToLower(text), "sts:assumerole")
		}) {
			for _, role := range s.resources {
				i.grants = append(i.grants, grant{role, s.conditions["aws:resourceaccount"]})
			}
		}
	}
}

// admits says whether the role's trust policy lets another identity in, apart
// from conditions on anything but its ARN.
func (i *identity) admits(other *identity) bool {
	for _, s := range i.trust {
		let := len(s.arns) == 0 || slices.ContainsFunc(s.arns, func(arn string) bool { return wildcard.Matches(arn, other.arn) })
		if s.allows && let && s.assumes("sts:assumerole") && slices.ContainsFunc(s.principals["AWS"], other.is) {
			return !i.refuses(other)
		}
	}
	return false
}

// is says whether a principal means the identity, by itself or as one of its
// account.
func (i *identity) is(principal any) bool {
	switch p := principal.(type) {
	case config.Ref:
		return p.Resource == i.Resource
	case string:
		return p == "*" || p == i.Account || p == iam(i.Account, "root") || wildcard.Matches(i.arn, p)
	}
	return true
}

// may says whether the identity's policies let it assume a role.
func (i *identity) may(role *identity) bool {
	return i.open || slices.ContainsFunc(i.grants, func(g grant) bool {
		switch r := g.role.(type) {
		case config.Ref:
			return r.Resource == role.Resource
		case string:
			return g.within(role.Account) && (wildcard.Matches(r, role.arn) || wildcard.Matches(role.arn, r))
		}
		return true
	})
}

// checkRoles checks that whoever may assume a role is let in by it, and that who
// is let in from another account may assume it: both sides must say so.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
func (k *checker) checkRoles() {
	for _, i := range k.identities.list {
		k.checkRefusals(i)
		for _, g := range i.grants {
			k.checkGrant(i, g)
		}
		for _, s := range i.trust {
			for _, other := range k.identities.named(s) {
				switch {
				case !s.allows || other.Account == i.Account || other.may(i):
				case !foreign(other.Resource, i.Resource):
					k.Doubt(roleNotPermitted, about(other.Resource, i.Resource), "%s lets in %s, whose own policies do not let it assume the role, and whether both are in one account is not known: %s",
						i, other, sayAccount)
				default:
					k.Violation(roleNotPermitted, about(other.Resource, i.Resource),
						"%s lets in %s, whose own policies do not let it assume the role: allow it sts:AssumeRole on %s", i, other, i.arn)
				}
			}
		}
	}
}

// named are those that a statement names by themselves.
func (all *identities) named(s statement) []*identity {
	var found []*identity
	for _, arn := range s.arns {
		found = append(found, all.byARN[arn]...)
	}
	for _, principal := range s.principals["AWS"] {
		switch p := principal.(type) {
		case string:
			found = append(found, all.byARN[p]...)
		case config.Ref:
			if i := all.byResource[p.Resource]; i != nil && p.Attribute == "arn" {
				found = append(found, i)
			}
		}
	}
	return found
}

// meant are those that a policy lets somebody assume.
func (all *identities) meant(g grant) []*identity {
	switch role := g.role.(type) {
	case config.Ref:
		if i := all.byResource[role.Resource]; i != nil {
			return []*identity{i}
		}
	case string:
		if role != "*" {
			return slices.DeleteFunc(slices.Clone(all.matching(role)), func(i *identity) bool { return i.Type != "aws_iam_role" || !g.within(i.Account) })
		}
	}
	return nil
}

// checkGrant checks that the roles that another may assume are there, and let it in. A
// pattern means the roles that let it in, and all of their names in other accounts: roles of
// one name are made to be assumed alike. A text that names a role without a pattern in its
// name means every role that it matches.
func (k *checker) checkGrant(i *identity, g grant) {
	meant := k.identities.meant(g)
	text, _ := g.role.(string)
	if len(meant) == 0 {
		if account := config.AccountOf(text); k.accounts[account] && g.within(account) {
			k.Violation(unknownRole, about(i.Resource), "%s may assume %s, which no stack here makes: make the role, or correct the name", i, text)
		}
		return
	}
	lets := func(role *identity) bool { return role.trust == nil || role.admits(i) }
	admitted := map[string]bool{}
	for _, role := range meant {
		admitted[path.Base(role.arn)] = admitted[path.Base(role.arn)] || lets(role)
	}
	some := slices.Contains(slices.Collect(maps.Values(admitted)), true)
	for at, role := range meant {
		named := !pattern(path.Base(text)) || admitted[path.Base(role.arn)]
		if !lets(role) && (named || !some && at == 0) {
			k.Violation(roleNotAdmitted, about(i.Resource, role.Resource), "%s may assume %s, which does not let it in: name %s in its trust policy",
				i, role, i.arn)
		}
	}
}

// organizationRoles are the roles that AWS makes in the accounts of an
// organisation, for those who set them up:
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_access.html
// https://docs.aws.amazon.com/controltower/latest/userguide/awscontroltowerexecution.html
var organizationRoles = []string{"OrganizationAccountAccessRole", "AWSControlTowerExecution"}

// checkAssumed checks that a role that Terraform assumes is of an account in which it may work.
// https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs#allowed_account_ids-1
func (k *checker) checkAssumed(s *config.Stack, a config.Assumption) {
	arn, _ := a.Role.(string)
	if ref, ok := a.Role.(config.Ref); ok {
		if i := k.identities.byResource[ref.Resource]; i != nil {
			arn = i.arn
		}
	}
	account := config.AccountOf(arn)
	if account == "" || a.Between {
		return
	}
	if len(a.Allowed) > 0 && !slices.Contains(a.Allowed, account) || slices.Contains(a.Forbidden, account) {
		k.Violation(roleOfOtherAccount, about(a.Resource), "%s of %s assumes %s, and may not work in the account %s: Terraform refuses; correct the role, or the accounts that are allowed",
			a.By, s.Name, arn, account)
	}
}

// checkAssumptions checks that the roles that Terraform assumes are there. Where
// none of them is, they are made elsewhere, and that is all there is to say.
func (k *checker) checkAssumptions() {
	missing := map[string][]string{}
	about := map[string][]*config.Resource{}
	found := false
	for _, s := range k.config.Stacks {
		for _, a := range s.Assumptions() {
			k.checkAssumed(s, a)
			arn, ok := a.Role.(string)
			switch {
			case !ok || slices.Contains(organizationRoles, path.Base(arn)):
			case k.identities.exists(arn):
				found = true
			case k.accounts[config.AccountOf(arn)]:
				missing[arn] = append(missing[arn], s.Name+" ("+a.By+")")
				if a.Resource != nil {
					about[arn] = append(about[arn], a.Resource)
				}
			}
		}
	}
	if len(missing) > 0 && !found {
		k.Note(rolesMadeElsewhere, nil, "no stack here makes the roles that Terraform assumes, such as %s: that they exist, and whom they trust, is not checked",
			slices.Sorted(maps.Keys(missing))[0])
		return
	}
	for _, arn := range slices.Sorted(maps.Keys(missing)) {
		k.Violation(unknownRole, about[arn], "%s is assumed by %s, and no stack here makes it, while others of that kind are made: make it, or correct the name",
			arn, strings.Join(missing[arn], ", "))
	}
}
