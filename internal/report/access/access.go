// Package access reports who may do what in an estate: people, machines, and whoever is let in
// from outside, by the policies that its stacks write.
//
// It adds up what is allowed. What guardrails, boundaries and session policies take away again it
// names and does not subtract: `may` in intents.yaml proves that.
package access

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"hubspoke/internal/report/document"
	"hubspoke/internal/report/source"
	"hubspoke/proof/config"
)

// Of is the report on an estate.
func Of(s *source.Source) *document.Document {
	d := &document.Document{
		Title: "Access to " + s.Estate.Name,
		About: []string{
			"Who may do what, by the policies in the synthesized stacks, those from outside first. What is allowed is added up; " +
				"what denies is named beside it. Roles that people made by hand, and who is in which group, are not known here.",
		},
	}
	roles := readRoles(s)
	edges := edgesOf(s, roles)
	outside(d, edges)
	administrators(s, d, roles)
	people(s, d)
	between(d, edges)
	machines(s, d, roles)
	denied(s, d)
	return d
}

// role is a role with all that its policies say.
type role struct {
	resource *config.Resource
	name     string
	trust    []source.Statement
	may      grant
	problem  string // why its trust is not known
}

// readRoles are the roles of all stacks, by account and name.
func readRoles(s *source.Source) []*role {
	var all []*role
	byResource := map[*config.Resource]*role{}
	for _, r := range s.Made("aws_iam_role") {
		trust, err := source.Policy(r.Argument("assume_role_policy"))
		one := &role{resource: r, name: source.Name(r), trust: trust}
		if err != nil {
			one.problem = err.Error()
		}
		byResource[r] = one
		all = append(all, one)
	}
	for _, kind := range []string{"aws_iam_role_policy", "aws_iam_role_policy_attachment"} {
		for _, r := range s.Made(kind) {
			one := byResource[s.Find("aws_iam_role", r.Argument("role"), r)]
			if one == nil {
				continue
			}
			if kind == "aws_iam_role_policy" {
				one.may.policy(r.Argument("policy"))
			} else {
				one.may.attach(source.Text(r.Argument("policy_arn")))
			}
		}
	}
	for _, one := range all {
		if boundary := one.resource.Argument("permissions_boundary"); boundary != nil {
			one.may.boundary = policyName(source.Text(boundary))
		}
	}
	slices.SortStableFunc(all, func(a, b *role) int {
		if c := strings.Compare(s.Account(a.resource.Account), s.Account(b.resource.Account)); c != 0 {
			return c
		}
		return strings.Compare(a.name, b.name)
	})
	return all
}

// trusted is whom a role's trust policy lets in, one by one.
func (r *role) trusted(s *source.Source) []string {
	if r.problem != "" {
		return []string{r.problem}
	}
	var all []string
	for _, e := range trustOf(s, r) {
		if !slices.Contains(all, e.who) {
			all = append(all, e.who)
		}
	}
	return all
}

// administrators is the section on who may do everything.
func administrators(s *source.Source, d *document.Document, roles []*role) {
	section := d.Section("Administrators", "Who may do anything in an account, but for what denies it.").Table("account", "who", "how one becomes it", "never")
	for _, r := range roles {
		if r.may.admin {
			section.Row(s.Account(r.resource.Account), "role "+r.name, strings.Join(r.trusted(s), "\n"), r.may.never())
		}
	}
	for _, set := range sets(s) {
		if set.may.admin {
			for _, a := range set.assigned {
				section.Row(a.account, "permission set "+set.name, a.who, set.may.never())
			}
		}
	}
	for _, r := range s.Made("aws_eks_access_policy_association") {
		if strings.HasSuffix(source.Text(r.Argument("policy_arn")), "/AmazonEKSClusterAdminPolicy") {
			section.Row(s.Account(r.Account), "cluster "+source.Text(r.Argument("cluster_name")), s.Principal("AWS", source.Text(r.Argument("principal_arn"))), "")
		}
	}
	empty(section)
}

// machines is the section on all roles, and what they may.
func machines(s *source.Source, d *document.Document, roles []*role) {
	pods := map[*config.Resource][]string{}
	for _, r := range s.Made("aws_eks_pod_identity_association") {
		if of := s.Find("aws_iam_role", r.Argument("role_arn"), r); of != nil {
			pods[of] = append(pods[of], fmt.Sprintf("pods of %s/%s in %s", source.Text(r.Argument("namespace")), source.Text(r.Argument("service_account")), source.Text(r.Argument("cluster_name"))))
		}
	}
	section := d.Section("Roles", "Who may assume each role, and what it may then.").Table("account", "role", "assumed by", "may")
	for _, r := range roles {
		who := r.trusted(s)
		if names := pods[r.resource]; len(names) > 0 {
			who = names
		}
		section.Row(s.Account(r.resource.Account), r.name, strings.Join(who, "\n"), r.may.String())
	}
	empty(section)
}

// denied is the section on policies of the organisation.
func denied(s *source.Source, d *document.Document) {
	policies := s.Made("aws_organizations_policy")
	if len(policies) == 0 {
		return
	}
	section := d.Section("What guardrails take away", "Policies of the organisation, which bind all of the above but the management account.").Table("policy", "kind", "where", "statements")
	for _, p := range policies {
		var where []string
		for _, a := range s.Made("aws_organizations_policy_attachment") {
			if source.Target(a.Argument("policy_id")) == p {
				where = append(where, target(s, a.Argument("target_id")))
			}
		}
		kind := source.Text(p.Argument("type"))
		if kind == "" {
			kind = "SERVICE_CONTROL_POLICY"
		}
		statements, err := source.Policy(p.Argument("content"))
		var sids []string
		for _, st := range statements {
			sids = append(sids, st.Sid)
		}
		if err != nil {
			sids = []string{err.Error()}
		}
		section.Row(source.Name(p), kind, strings.Join(where, ", "), strings.Join(sids, ", "))
	}
}

// target is a unit or an account of an organisation, as people call it.
func target(s *source.Source, value any) string {
	r := source.Target(value)
	switch {
	case r == nil:
		return s.Account(source.Text(value))
	case r.Type == "aws_organizations_organization":
		return "everywhere"
	case r.Type == "aws_organizations_organizational_unit":
		return "unit " + source.Name(r)
	}
	return source.Name(r)
}

func empty(section *document.Section) {
	if len(section.Rows) == 0 {
		section.Text = append(section.Text, "None.")
	}
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
