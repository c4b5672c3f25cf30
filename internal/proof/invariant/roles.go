package invariant

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"hubspoke/internal/proof/config"
)

// identity is a role or a user that a stack makes.
type identity struct {
	*config.Resource
	// arn is a pattern where the end of the name is AWS's to choose.
	arn string
	// trust is who may assume it; nil if it is not known, and for a user.
	trust []statement
	// grants are the roles that its policies let it assume, as texts and Refs.
	grants []any
	// open says that it has policies that are not read here.
	open bool
}

// identities are the roles and users that the stacks make.
func (k *checker) identities() []*identity {
	var all []*identity
	for _, kind := range []string{"role", "user"} {
		for _, r := range k.config.All("aws_iam_" + kind) {
			name, _ := r.Argument("name").(string)
			if name == "" {
				prefix, _ := r.Argument("name_prefix").(string)
				name = prefix + "*"
			}
			folder, _ := r.Argument("path").(string)
			i := &identity{Resource: r}
			i.arn = fmt.Sprintf("arn:aws:iam::%s:%s/%s%s", r.Account, kind, strings.TrimPrefix(folder, "/"), name)
			i.open = r.Argument("inline_policy") != nil || r.Argument("managed_policy_arns") != nil
			if kind == "role" {
				i.trust, _ = readPolicy(r.Argument("assume_role_policy"))
			}
			all = append(all, i)
		}
	}
	k.readGrants(all)
	return all
}

// readGrants finds which roles the policies of roles let them assume.
func (k *checker) readGrants(all []*identity) {
	of := func(r *config.Resource) *identity {
		role := ref(r, "role")
		name, named := r.Argument("role").(string)
		for _, i := range all {
			if i.Type == "aws_iam_role" && (i.Resource == role || named && i.Account == r.Account && i.Argument("name") == name) {
				return i
			}
		}
		return nil
	}
	for _, r := range k.config.All("aws_iam_role_policy") {
		if i := of(r); i != nil {
			i.add(r.Argument("policy"))
		}
	}
	for _, r := range k.config.All("aws_iam_role_policy_attachment") {
		switch i, policy := of(r), ref(r, "policy_arn"); {
		case i == nil:
		case policy != nil:
			i.add(policy.Argument("policy"))
		default:
			i.open = true
		}
	}
}

// add adds what a policy lets the identity assume.
func (i *identity) add(policy any) {
	statements, err := readPolicy(policy)
	i.open = i.open || err != nil
	for _, s := range statements {
		if s.allows && slices.ContainsFunc(s.actions, func(action any) bool {
			text, _ := action.(string)
			return matches(strings.ToLower(text), "sts:assumerole")
		}) {
			i.grants = append(i.grants, s.resources...)
		}
	}
}

// admits says whether the role's trust policy lets another identity in, apart
// from conditions on anything but its ARN.
func (i *identity) admits(other *identity) bool {
	for _, s := range i.trust {
		conditioned := len(s.arns) == 0 || slices.ContainsFunc(s.arns, func(arn string) bool { return matches(arn, other.arn) })
		if s.allows && conditioned && slices.ContainsFunc(s.principals["AWS"], other.is) {
			return true
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
		return p == "*" || p == i.Account || p == "arn:aws:iam::"+i.Account+":root" || matches(i.arn, p)
	}
	return true
}

// may says whether the identity's policies let it assume a role.
func (i *identity) may(role *identity) bool {
	return i.open || slices.ContainsFunc(i.grants, func(grant any) bool {
		switch g := grant.(type) {
		case config.Ref:
			return g.Resource == role.Resource
		case string:
			return matches(g, role.arn) || matches(role.arn, g)
		}
		return true
	})
}

// checkRoles checks that whoever may assume a role is let in by it, and that who
// is let in from another account may assume it: both sides must say so.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
func (k *checker) checkRoles() {
	all := k.identities()
	for _, i := range all {
		for _, grant := range i.grants {
			k.checkGrant(i, grant, all)
		}
		for _, s := range i.trust {
			for _, other := range all {
				named := slices.Contains(s.arns, other.arn) || slices.Contains(s.principals["AWS"], any(other.arn)) ||
					slices.Contains(s.principals["AWS"], any(config.Ref{Resource: other.Resource, Attribute: "arn"}))
				if s.allows && named && other.Account != i.Account && !other.may(i) {
					k.error("role-not-permitted", about(other.Resource, i.Resource),
						"%s lets in %s, whose own policies do not let it assume the role: allow it sts:AssumeRole on %s", i, other, i.arn)
				}
			}
		}
	}
}

// checkGrant checks that a role that another may assume is there, and lets it in.
func (k *checker) checkGrant(i *identity, grant any, all []*identity) {
	var meant []*identity
	text, _ := grant.(string)
	for _, other := range all {
		target, isRef := grant.(config.Ref)
		if isRef && target.Resource == other.Resource || text != "" && text != "*" && other.Type == "aws_iam_role" && matches(text, other.arn) {
			meant = append(meant, other)
		}
	}
	switch {
	case len(meant) == 0 && slices.Contains(k.config.Accounts(), accountOf(text)):
		k.error("unknown-role", about(i.Resource), "%s may assume %s, which no stack here makes: make the role, or correct the name", i, text)
	case len(meant) > 0 && !slices.ContainsFunc(meant, func(role *identity) bool { return role.trust == nil || role.admits(i) }):
		k.error("role-not-admitted", about(i.Resource, meant[0].Resource), "%s may assume %s, which does not let it in: name %s in its trust policy",
			i, meant[0], i.arn)
	}
}

// organizationRoles are the roles that AWS makes in the accounts of an
// organisation, for those who set them up:
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_access.html
// https://docs.aws.amazon.com/controltower/latest/userguide/awscontroltowerexecution.html
var organizationRoles = []string{"OrganizationAccountAccessRole", "AWSControlTowerExecution"}

// checkAssumptions checks that the roles that Terraform assumes are there. Where
// none of them is, they are made elsewhere, and that is all there is to say.
func (k *checker) checkAssumptions() {
	var roles []string
	for _, i := range k.identities() {
		roles = append(roles, i.arn)
	}
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
	for _, arn := range slices.Sorted(maps.Keys(missing)) {
		k.error("unknown-role", about[arn], "%s is assumed by %s, and no stack here makes it, while others of that kind are made: make it, or correct the name",
			arn, strings.Join(missing[arn], ", "))
	}
}
