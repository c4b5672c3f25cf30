package access

import (
	"fmt"
	"slices"
	"strings"

	"hubspoke/internal/report/source"
)

// grant is what somebody's policies allow together.
type grant struct {
	admin    bool
	attached []string // AWS's policies, by name
	// reads and writes are services, with whether something is allowed there without a condition.
	reads, writes map[string]bool
	assumes       []string // roles
	denies        []string // the statements that deny
	boundary      string
	problems      []string
}

// administrator are AWS's policies that allow everything.
// https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AdministratorAccess.html
const administrator = "AdministratorAccess"

// policyName is the name of a policy with an ARN.
func policyName(arn string) string { return arn[strings.LastIndex(arn, "/")+1:] }

func (g *grant) attach(arn string) {
	name := policyName(arn)
	g.admin = g.admin || name == administrator
	if !slices.Contains(g.attached, name) {
		g.attached = append(g.attached, name)
	}
	slices.Sort(g.attached)
}

func (g *grant) policy(value any) {
	statements, err := source.Policy(value)
	if err != nil {
		g.problems = append(g.problems, err.Error())
	}
	if g.reads == nil {
		g.reads, g.writes = map[string]bool{}, map[string]bool{}
	}
	for _, s := range statements {
		switch {
		case s.Denies:
			g.denies = append(g.denies, called(s))
		case len(s.NotActions) > 0:
			g.problems = append(g.problems, "everything but "+strings.Join(s.NotActions, ", "))
		default:
			g.allow(s)
		}
	}
}

// called is what a statement is called: its Sid, or its actions.
func called(s source.Statement) string {
	if s.Sid != "" {
		return s.Sid
	}
	return strings.Join(append(s.Actions, s.NotActions...), ", ")
}

func (g *grant) allow(s source.Statement) {
	for _, action := range s.Actions {
		service, verb, _ := strings.Cut(action, ":")
		switch {
		case action == "*":
			// On some resources alone, or on a condition, it is no less than all services.
			if slices.Contains(s.Resources, "*") && len(s.Conditions) == 0 {
				g.admin = true
			}
			g.writes["everything"] = g.writes["everything"] || len(s.Conditions) == 0
		case service == "sts" && slices.Contains(sessions, verb):
			// Comes with what is assumed.
		case service == "sts" && strings.HasPrefix(verb, "Assume"):
			for _, r := range s.Resources {
				if r = policyName(r); !slices.Contains(g.assumes, r) {
					g.assumes = append(g.assumes, r)
				}
			}
		case reads(verb):
			g.reads[service] = g.reads[service] || len(s.Conditions) == 0
		default:
			g.writes[service] = g.writes[service] || len(s.Conditions) == 0
		}
	}
}

// sessions are actions of STS that only say more of a session.
var sessions = []string{"SetSourceIdentity", "TagSession"}

// readers are the words that names of actions begin with which read and change nothing.
var readers = []string{"BatchCheck", "BatchGet", "Check", "Describe", "Get", "Head", "List", "Lookup", "Query", "Scan", "Search", "Select", "View"}

// reads says whether an action only reads. A pattern that could be anything does not.
func reads(verb string) bool {
	return slices.ContainsFunc(readers, func(word string) bool { return strings.HasPrefix(strings.ToLower(verb), strings.ToLower(word)) })
}

// services are the names of services, but for those that another list has, sorted. Where all that
// is allowed has a condition, it is said.
func services(all, but map[string]bool) []string {
	var names []string
	for _, name := range sorted(all) {
		if _, ok := but[name]; ok {
			continue
		}
		if !all[name] {
			name += " (with conditions)"
		}
		names = append(names, name)
	}
	return names
}

// never are the names of what denies.
func (g *grant) never() string { return strings.Join(g.denies, ", ") }

// String is the grant in short, a line for each kind of permission.
func (g *grant) String() string {
	var all []string
	add := func(what string, values []string) {
		if len(values) > 0 {
			all = append(all, what+strings.Join(values, ", "))
		}
	}
	if g.admin {
		all = append(all, "anything")
	}
	attached := slices.DeleteFunc(slices.Clone(g.attached), func(name string) bool { return name == administrator })
	add("AWS's ", attached)
	add("changes ", services(g.writes, nil))
	add("reads ", services(g.reads, g.writes))
	add("assumes ", g.assumes)
	add("never: ", g.denies)
	if g.boundary != "" {
		all = append(all, fmt.Sprintf("within %s", g.boundary))
	}
	add("not known: ", g.problems)
	if len(all) == 0 {
		return "nothing"
	}
	return strings.Join(all, "\n")
}
