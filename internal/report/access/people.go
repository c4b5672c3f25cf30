package access

import (
	"slices"
	"strings"

	"hubspoke/internal/report/document"
	"hubspoke/internal/report/source"
	"hubspoke/proof/config"
)

// set is a permission set of IAM Identity Center, with who has it where.
type set struct {
	name     string
	hours    string
	may      grant
	assigned []assignment
}

type assignment struct{ account, who string }

func sets(s *source.Source) []*set {
	var all []*set
	byResource := map[*config.Resource]*set{}
	for _, r := range s.Made("aws_ssoadmin_permission_set") {
		one := &set{name: source.Name(r), hours: strings.TrimPrefix(source.Text(r.Argument("session_duration")), "PT")}
		byResource[r] = one
		all = append(all, one)
	}
	of := func(r *config.Resource) *set { return byResource[source.Target(r.Argument("permission_set_arn"))] }
	for _, r := range s.Made("aws_ssoadmin_managed_policy_attachment", "aws_ssoadmin_customer_managed_policy_attachment", "aws_ssoadmin_permission_set_inline_policy", "aws_ssoadmin_permissions_boundary_attachment", "aws_ssoadmin_account_assignment") {
		one := of(r)
		if one == nil {
			continue
		}
		switch r.Type {
		case "aws_ssoadmin_managed_policy_attachment":
			one.may.attach(source.Text(r.Argument("managed_policy_arn")))
		case "aws_ssoadmin_customer_managed_policy_attachment":
			one.may.problems = append(one.may.problems, "the account's own policy "+source.Text(source.Block(r, "customer_managed_policy_reference")["name"]))
		case "aws_ssoadmin_permission_set_inline_policy":
			one.may.policy(r.Argument("inline_policy"))
		case "aws_ssoadmin_permissions_boundary_attachment":
			one.may.boundary = boundary(r)
		default:
			one.assigned = append(one.assigned, assignment{s.Account(source.Text(r.Argument("target_id"))), principal(r)})
		}
	}
	for _, one := range all {
		slices.SortStableFunc(one.assigned, func(a, b assignment) int { return strings.Compare(a.account+a.who, b.account+b.who) })
	}
	return all
}

func boundary(r *config.Resource) string {
	body := source.Block(r, "permissions_boundary")
	if arn := source.Text(body["managed_policy_arn"]); arn != "" {
		return policyName(arn)
	}
	return source.Text(source.First(body["customer_managed_policy_reference"])["name"])
}

// principal is the group or user of an assignment. A group that Identity Center gets from elsewhere
// is looked up by its name.
func principal(r *config.Resource) string {
	kind := strings.ToLower(source.Text(r.Argument("principal_type")))
	of := source.Target(r.Argument("principal_id"))
	if of == nil {
		return kind + " " + source.Text(r.Argument("principal_id"))
	}
	if of.Data {
		if unique := source.First(source.First(of.Argument("alternate_identifier"))["unique_attribute"]); unique["attribute_value"] != nil {
			return kind + " " + source.Text(unique["attribute_value"])
		}
	}
	return kind + " " + source.Name(of)
}

// people is the section on people: permission sets, entries of clusters, and users.
func people(s *source.Source, d *document.Document) {
	section := d.Section("People", "Who is in a group, and who has a role that people made by hand, AWS knows and this report does not.").Table("account", "who", "as", "for", "may")
	for _, one := range sets(s) {
		for _, a := range one.assigned {
			section.Row(a.account, a.who, "permission set "+one.name, strings.ToLower(one.hours), one.may.String())
		}
	}
	for _, r := range s.Made("aws_eks_access_policy_association") {
		section.Row(s.Account(r.Account), s.Principal("AWS", source.Text(r.Argument("principal_arn"))), "entry of the cluster "+source.Text(r.Argument("cluster_name")), "",
			policyName(source.Text(r.Argument("policy_arn")))+scope(r))
	}
	for _, r := range s.Made("aws_iam_user") {
		var may grant
		for _, m := range s.Made("aws_iam_user_group_membership") {
			if s.Find("aws_iam_user", m.Argument("user"), m) != r {
				continue
			}
			for _, p := range s.Made("aws_iam_group_policy") {
				if groups, ok := m.Argument("groups").([]any); ok && slices.ContainsFunc(groups, func(g any) bool { return source.Text(g) == source.Text(p.Argument("group")) }) {
					may.policy(p.Argument("policy"))
				}
			}
		}
		section.Row(s.Account(r.Account), "whoever has its password", "IAM user "+source.Name(r), "", may.String())
	}
	empty(section)
}

// scope are the namespaces that an entry of a cluster is for.
func scope(r *config.Resource) string {
	body := source.Block(r, "access_scope")
	if body["type"] != "namespace" {
		return ""
	}
	var names []string
	if list, ok := body["namespaces"].([]any); ok {
		for _, n := range list {
			names = append(names, source.Text(n))
		}
	}
	return " in " + strings.Join(names, ", ")
}
