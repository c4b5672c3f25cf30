package access

import (
	"maps"
	"slices"
	"strings"

	"hubspoke/internal/report/document"
	"hubspoke/internal/report/source"
	"hubspoke/proof/config"
)

// edge is that somebody of one account is let in by something in another.
type edge struct {
	from, to string // accounts by name; from is "" outside of the estate
	who      string
	what     string // role, bucket, key
	may      string
}

// edgesOf are those that cross accounts, or come from outside.
func edgesOf(s *source.Source, roles []*role) []edge {
	all := callers(s)
	for _, r := range roles {
		for _, e := range trustOf(s, r) {
			if e.from != e.to {
				e.may = "assumes it"
				all = append(all, e)
			}
		}
	}
	for _, kind := range sorted(resourcePolicies) {
		for _, r := range s.Made(kind) {
			of := resourcePolicies[kind]
			statements, err := source.Policy(r.Argument(of.argument))
			if err != nil {
				continue
			}
			for _, e := range admitted(s, r, statements) {
				if e.from != e.to {
					e.what = of.what + " " + subject(s, r, of)
					all = append(all, e)
				}
			}
		}
	}
	for _, r := range s.Made("aws_vpc_endpoint_service") {
		if principals, ok := r.Argument("allowed_principals").([]any); ok {
			for _, p := range principals {
				e := edge{from: home(s, source.Text(p)), to: s.Account(r.Account), who: s.Principal("AWS", source.Text(p)), what: "endpoint service " + source.Name(r), may: "connects to it"}
				if e.from != e.to {
					all = append(all, e)
				}
			}
		}
	}
	slices.SortStableFunc(all, func(a, b edge) int {
		return slices.Compare([]string{a.to, a.what, a.from, a.who}, []string{b.to, b.what, b.from, b.who})
	})
	return slices.Compact(all)
}

// policyOf is where the policy of a kind of resource stands, and what it is of.
type policyOf struct{ argument, what, of string }

// resourcePolicies are the types whose policies let others in.
var resourcePolicies = map[string]policyOf{
	"aws_api_gateway_rest_api_policy":      {"policy", "API", "rest_api_id"},
	"aws_backup_vault_policy":              {"policy", "backup vault", "backup_vault_name"},
	"aws_ecr_registry_policy":              {"policy", "registry", ""},
	"aws_ecr_repository_creation_template": {"repository_policy", "repositories of the cache", "prefix"},
	"aws_ecr_repository_policy":            {"policy", "repository", "repository"},
	"aws_kms_key":                          {"policy", "key", ""},
	"aws_s3_bucket_policy":                 {"policy", "bucket", "bucket"},
	"aws_secretsmanager_secret_policy":     {"policy", "secret", "secret_arn"},
	"aws_sns_topic_policy":                 {"policy", "topic", "arn"},
	"aws_sqs_queue_policy":                 {"policy", "queue", "queue_url"},
}

func subject(s *source.Source, r *config.Resource, of policyOf) string {
	if of.of != "" {
		return source.Text(r.Argument(of.of))
	}
	if r.Type == "aws_kms_key" {
		return source.Name(r)
	}
	return "of " + s.Account(r.Account)
}

// trustOf are those whom a role's trust policy lets in.
func trustOf(s *source.Source, r *role) []edge {
	all := admitted(s, r.resource, r.trust)
	for i := range all {
		all[i].what = "role " + r.name
	}
	return all
}

// admitted are those whom statements let in.
func admitted(s *source.Source, r *config.Resource, statements []source.Statement) []edge {
	var all []edge
	to := s.Account(r.Account)
	for _, st := range statements {
		if st.Denies {
			continue
		}
		for _, kind := range slices.Sorted(maps.Keys(st.Principals)) {
			for _, p := range st.Principals[kind] {
				for _, e := range one(s, st, kind, p, to) {
					e.to, e.may = to, strings.Join(summary(st.Actions), ", ")
					all = append(all, e)
				}
			}
		}
	}
	return all
}

// one are the edges of one principal of a statement: those whom its conditions name, where it is
// a whole account or anybody, and the principal itself elsewhere.
func one(s *source.Source, st source.Statement, kind, principal, to string) []edge {
	if kind == "Service" {
		return []edge{{from: to, who: principal}}
	}
	if kind == "Federated" {
		return tokens(s, st, principal, to)
	}
	named := slices.Concat(st.Condition("aws:PrincipalArn"), st.Condition("aws:PrincipalAccount"), st.Condition("aws:SourceAccount"))
	bounds := s.Bounds(st)
	if len(named) == 0 || !strings.HasSuffix(principal, ":root") && principal != "*" {
		e := edge{from: home(s, principal), who: s.Principal("AWS", principal)}
		if orgs := slices.Concat(st.Condition("aws:PrincipalOrgID"), st.Condition("aws:PrincipalOrgPaths")); principal == "*" && len(orgs) > 0 {
			e.from, e.who = "the organisation", "anybody of "+strings.Join(orgs, ", ")
		} else if principal == "*" && bounds != "" {
			e.who += " (" + bounds + ")"
		}
		if principal == "*" && len(st.Conditions) > 0 && bounds == "" {
			e.who += " (with conditions: " + strings.Join(keys(st), ", ") + ")"
		}
		return []edge{e}
	}
	var all []edge
	for _, n := range named {
		from := home(s, n)
		if account := config.AccountOf(n); account == "*" || account == "" && strings.HasPrefix(n, "arn:") {
			from = "the organisation"
			if len(st.Condition("aws:PrincipalOrgID")) == 0 {
				from = ""
			}
		}
		all = append(all, edge{from: from, who: s.Principal("AWS", n)})
	}
	return all
}

// tokens are the edges of an identity provider: those subjects of its tokens that the statement lets
// in. Tokens of a cluster are those of its own pods, and not from outside.
func tokens(s *source.Source, st source.Statement, principal, to string) []edge {
	name := principal[strings.LastIndex(principal, "/")+1:]
	var from, of string
	for _, r := range s.Made("aws_iam_openid_connect_provider") {
		if cluster := source.Target(r.Argument("url")); cluster != nil && cluster.Type == "aws_eks_cluster" && source.Name(r) == name {
			from, of = s.Account(cluster.Account), " in "+source.Name(cluster)
		}
	}
	var all []edge
	for _, key := range keys(st) {
		if !strings.HasSuffix(strings.ToLower(key), ":sub") {
			continue
		}
		for _, subject := range st.Condition(key) {
			all = append(all, edge{from: from, who: subject + of})
		}
	}
	if len(all) == 0 {
		return []edge{{from: from, who: name + ": any token"}}
	}
	return all
}

func keys(st source.Statement) []string {
	var all []string
	for _, operator := range sorted(st.Conditions) {
		all = append(all, sorted(st.Conditions[operator])...)
	}
	return all
}

// home is the account that a principal is of, "" if it is none of the estate.
func home(s *source.Source, principal string) string {
	number := principal
	if strings.HasPrefix(principal, "arn:") {
		number = config.AccountOf(principal)
	}
	if !s.Own(number) {
		return ""
	}
	return s.Account(number)
}

// summary are actions in short: the services that are read, and those in which something changes.
func summary(actions []string) []string {
	var g grant
	g.reads, g.writes = map[string]bool{}, map[string]bool{}
	g.allow(source.Statement{Actions: actions})
	var all []string
	for _, service := range services(g.writes, nil) {
		all = append(all, "changes "+service)
	}
	for _, service := range services(g.reads, g.writes) {
		all = append(all, "reads "+service)
	}
	return all
}

// outside is the section that comes first.
func outside(d *document.Document, edges []edge) {
	section := d.Section("From outside", "Whom policies and APIs let in who is of no account of the estate. Tokens of GitHub are known by their subjects; how far the network lets callers of an API come, the network proof says.").Table("account", "what", "who", "may")
	for _, e := range edges {
		if e.from == "" {
			section.Row(e.to, e.what, e.who, e.may)
		}
	}
	empty(section)
}

// between is the section on accounts that let one another in.
func between(d *document.Document, edges []edge) {
	section := d.Section("Between accounts", "Whom accounts of the estate let in from others of it.").Table("from", "who", "account", "what", "may")
	for _, e := range edges {
		if e.from != "" {
			section.Row(e.from, e.who, e.to, e.what, e.may)
		}
	}
	empty(section)
}
