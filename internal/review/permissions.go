package review

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"hubspoke/internal/compare"
	"hubspoke/internal/wildcard"
	"hubspoke/proof/stackjson"
)

// Permission is what a policy permits more, or less, than before.
type Permission struct {
	// Where is the resource, and Argument the one that holds the policy.
	Where    string `json:"where"`
	Argument string `json:"argument"`
	// Widened and Narrowed are grants, each as `who: actions on resources, if conditions`.
	Widened  []string `json:"widened,omitempty"`
	Narrowed []string `json:"narrowed,omitempty"`
	// Dangerous says that somebody may come in who could not before, or that somebody is shut out.
	Dangerous bool `json:"dangerous"`
}

// String says it in a sentence.
func (p Permission) String() string {
	var parts []string
	if len(p.Widened) > 0 {
		parts = append(parts, p.Argument+" permits more: "+some(p.Widened))
	}
	if len(p.Narrowed) > 0 {
		parts = append(parts, p.Argument+" permits less: "+some(p.Narrowed))
	}
	return strings.Join(parts, "; ")
}

// some are the first few of a list.
func some(lines []string) string {
	const few = 3
	if len(lines) > few {
		return fmt.Sprintf("%s, and %d more", strings.Join(lines[:few], "; "), len(lines)-few)
	}
	return strings.Join(lines, "; ")
}

// attachments are the types of resources that give somebody a policy which stands elsewhere,
// each with the arguments that say to whom and which.
var attachments = map[string][2]string{
	"aws_eks_access_policy_association":      {"principal_arn", "policy_arn"},
	"aws_iam_group_policy_attachment":        {"group", "policy_arn"},
	"aws_iam_role_policy_attachment":         {"role", "policy_arn"},
	"aws_iam_user_policy_attachment":         {"user", "policy_arn"},
	"aws_ssoadmin_account_assignment":        {"principal_id", "permission_set_arn"},
	"aws_ssoadmin_managed_policy_attachment": {"permission_set_arn", "managed_policy_arn"},
}

// trusts are the arguments that say who may come in: whoever is named there is somebody new.
var trusts = []string{"assume_role_policy", "policy", "access_policy", "resource_policy"}

// permissions compares all policies of what changes. What is new or gone as a whole brings its
// policies along: of new ones only those are told that admit everybody.
//
// That accounts which join the estate are named wherever its accounts are is no danger, nor is
// what is in them.
func permissions(changes []compare.Change, joined, left []string) []Permission {
	all := []Permission{}
	for _, c := range changes {
		if names, ok := attachments[c.Type]; ok {
			for _, p := range attached(c, names) {
				p.Dangerous = p.Dangerous && !slices.Contains(joined, c.Account)
				all = append(all, p)
			}
			continue
		}
		was, is := documents(c.Was), documents(c.Is)
		for _, argument := range slices.Sorted(maps.Keys(merged(was, is))) {
			before, after := was[argument], is[argument]
			p := Permission{Where: c.Where(), Argument: argument}
			switch {
			case c.Was == nil:
				after = slices.DeleteFunc(slices.Clone(after), func(g grant) bool { return !g.everybody() && !g.everything() })
				p.Widened = lines(after)
				p.Dangerous = slices.ContainsFunc(after, grant.everybody) || len(after) > 0 && !slices.Contains(joined, c.Account)
			case c.Is == nil:
				continue
			default:
				widened := append(missing(after, before, false), missing(before, after, true)...)
				narrowed := append(missing(before, after, false), missing(after, before, true)...)
				p.Widened, p.Narrowed = lines(widened), lines(narrowed)
				known := without(after, joined)
				grown := append(missing(known, before, false), missing(before, known, true)...)
				resource := slices.Contains(trusts, argument) && slices.ContainsFunc(append(slices.Clone(after), before...), func(g grant) bool { return g.principal != "" })
				newcomer := func(g grant) bool { return g.everything() || g.everybody() }
				p.Dangerous = resource && len(grown) > 0 || slices.ContainsFunc(grown, newcomer) ||
					resource && shutsOut(narrowed, after, left)
			}
			if len(p.Widened)+len(p.Narrowed) > 0 {
				all = append(all, p)
			}
		}
	}
	return all
}

// number is the number of an account.
var number = regexp.MustCompile(`\b\d{12}\b`)

// shutsOut says that what a policy of a resource permits no more was permitted to an account, or
// to somebody whom it does not let in any more at all: what they run there stops. Accounts that
// have left the estate are meant to.
func shutsOut(narrowed, after []grant, left []string) bool {
	return slices.ContainsFunc(narrowed, func(g grant) bool {
		if g.deny {
			return false
		}
		var named []string
		if g.also {
			for _, values := range g.conditions {
				named = append(named, number.FindAllString(strings.Join(values, " "), -1)...)
			}
		}
		if !slices.ContainsFunc(after, func(o grant) bool { return o.principal == g.principal }) {
			accounts := number.FindAllString(g.principal, -1)
			if len(accounts) == 0 {
				return true
			}
			named = append(named, accounts...)
		}
		return slices.ContainsFunc(named, func(who string) bool { return !slices.Contains(left, who) })
	})
}

// attached are policies that are given, or taken away, as a whole.
func attached(c compare.Change, names [2]string) []Permission {
	said := func(body map[string]any) string {
		return fmt.Sprintf("%s: %s", plain(fmt.Sprint(body[names[0]])), plain(fmt.Sprint(body[names[1]])))
	}
	admin := func(body map[string]any) bool {
		return strings.Contains(fmt.Sprint(body[names[1]]), "Admin") || strings.Contains(fmt.Sprint(body[names[1]]), "PowerUser")
	}
	p := Permission{Where: c.Where(), Argument: names[1]}
	switch {
	case c.Was == nil:
		if !admin(c.Is) {
			return nil
		}
		p.Widened, p.Dangerous = []string{said(c.Is)}, true
	case c.Is == nil:
		p.Narrowed = []string{said(c.Was)}
	case said(c.Was) != said(c.Is):
		p.Widened, p.Narrowed, p.Dangerous = []string{said(c.Is)}, []string{said(c.Was)}, admin(c.Is)
	default:
		return nil
	}
	return []Permission{p}
}

func merged(a, b map[string][]grant) map[string][]grant {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// grant is what a statement says of one principal, one action and one resource.
type grant struct {
	deny                        bool
	principal, action, resource string
	// conditions are `operator key` → values, sorted.
	conditions map[string][]string
	// also says that the conditions are values which are added to others.
	also bool
}

// documents are the policies in a block, by the argument that holds each.
func documents(body map[string]any) map[string][]grant {
	all := map[string][]grant{}
	stackjson.Strings(body, func(at, text string) {
		if strings.HasPrefix(at, "//") || !strings.HasPrefix(strings.TrimSpace(text), "{") || !strings.Contains(text, `"Statement"`) {
			return
		}
		var document struct{ Statement any }
		if json.Unmarshal([]byte(text), &document) != nil {
			return
		}
		grants := []grant{}
		for _, s := range stackjson.List(document.Statement) {
			if statement, ok := s.(map[string]any); ok {
				grants = append(grants, grantsOf(statement)...)
			}
		}
		all[strings.TrimPrefix(at, ".")] = grants
	})
	return all
}

// grantsOf takes a statement apart.
func grantsOf(s map[string]any) []grant {
	part := func(positive string) []string {
		if v, ok := s[positive]; ok {
			return texts(v)
		}
		if v, ok := s["Not"+positive]; ok {
			return []string{"all but " + strings.Join(texts(v), ", ")}
		}
		return []string{""}
	}
	principals := []string{""}
	for _, key := range []string{"Principal", "NotPrincipal"} {
		if v, ok := s[key]; ok {
			principals = principalsOf(v, key == "NotPrincipal")
		}
	}
	conditions := map[string][]string{}
	operators, _ := s["Condition"].(map[string]any)
	for operator, keys := range operators {
		values, _ := keys.(map[string]any)
		for key, v := range values {
			conditions[operator+" "+key] = texts(v)
		}
	}
	var all []grant
	for _, p := range principals {
		for _, a := range part("Action") {
			for _, r := range part("Resource") {
				all = append(all, grant{deny: s["Effect"] == "Deny", principal: p, action: a, resource: r, conditions: conditions})
			}
		}
	}
	return all
}

func principalsOf(value any, not bool) []string {
	var all []string
	switch v := value.(type) {
	case string:
		all = append(all, v)
	case map[string]any:
		for _, kind := range slices.Sorted(maps.Keys(v)) {
			for _, one := range texts(v[kind]) {
				if one != "*" {
					one = strings.TrimSuffix(strings.TrimPrefix(one, "arn:aws:iam::"), ":root")
				}
				all = append(all, one)
			}
		}
	}
	if not {
		return []string{"all but " + strings.Join(all, ", ")}
	}
	return all
}

func texts(value any) []string {
	var all []string
	for _, v := range stackjson.List(value) {
		all = append(all, fmt.Sprint(v))
	}
	slices.Sort(all)
	return all
}

// missing are grants of a list that another does not cover: of what is denied, or what is permitted.
// Where only values of a condition are more than in another, those alone are told.
func missing(grants, others []grant, deny bool) []grant {
	var all []grant
	for _, g := range grants {
		if g.deny == deny && !slices.ContainsFunc(others, func(o grant) bool { return o.covers(g) }) {
			all = append(all, g.beyond(others))
		}
	}
	return all
}

// beyond is the grant with those values of its conditions alone that a grant of the same to the
// same does not have.
func (g grant) beyond(others []grant) grant {
	for _, o := range others {
		if o.deny != g.deny || o.principal != g.principal || o.action != g.action || o.resource != g.resource || len(o.conditions) != len(g.conditions) {
			continue
		}
		more := map[string][]string{}
		for key, values := range g.conditions {
			known, ok := o.conditions[key]
			if !ok || strings.Contains(key, "Not") {
				return g
			}
			if added := slices.DeleteFunc(slices.Clone(values), func(v string) bool { return slices.Contains(known, v) }); len(added) > 0 {
				more[key] = added
			}
		}
		g.conditions, g.also = more, true
		return g
	}
	return g
}

// without are grants in which nobody speaks of some accounts.
func without(grants []grant, accounts []string) []grant {
	speaks := func(text string) bool {
		return slices.ContainsFunc(accounts, func(number string) bool { return strings.Contains(text, number) })
	}
	var all []grant
	for _, g := range grants {
		if speaks(g.principal) || speaks(g.resource) {
			continue
		}
		conditions, empty := map[string][]string{}, false
		for key, values := range g.conditions {
			conditions[key] = slices.DeleteFunc(slices.Clone(values), speaks)
			empty = empty || len(conditions[key]) == 0
		}
		if !empty {
			g.conditions = conditions
			all = append(all, g)
		}
	}
	return all
}

// covers says that whatever another grant is about, this one is about as well.
func (g grant) covers(o grant) bool {
	if g.deny != o.deny || !matches(g.principal, o.principal) || !matches(strings.ToLower(g.action), strings.ToLower(o.action)) || !matches(g.resource, o.resource) {
		return false
	}
	for key, values := range g.conditions {
		others, ok := o.conditions[key]
		operator, _, _ := strings.Cut(key, " ")
		switch {
		case !ok:
			return false
		// Of what must not be, more values are narrower.
		case strings.Contains(operator, "Not"):
			if slices.ContainsFunc(values, func(v string) bool { return !slices.Contains(others, v) }) {
				return false
			}
		case slices.ContainsFunc(others, func(v string) bool {
			return !slices.ContainsFunc(values, func(p string) bool { return p == v || strings.HasSuffix(operator, "Like") && matches(p, v) })
		}):
			return false
		}
	}
	return true
}

// matches says that a pattern of a policy matches a text, which may be a pattern itself.
func matches(pattern, text string) bool {
	if pattern == text || pattern == "*" {
		return true
	}
	if strings.HasPrefix(pattern, "all but ") || strings.HasPrefix(text, "all but ") || !strings.ContainsAny(pattern, "*?") {
		return false
	}
	return wildcard.Matches(pattern, text)
}

// everybody says that anyone at all is let in.
func (g grant) everybody() bool { return !g.deny && g.principal == "*" && len(g.conditions) == 0 }

// everything says that all may be done with all.
func (g grant) everything() bool {
	return !g.deny && (g.action == "*" || strings.HasPrefix(g.action, "all but ") || strings.HasPrefix(g.action, "iam:") && strings.HasSuffix(g.action, "*")) && g.resource == "*"
}

// lines say grants, with the actions of one principal and resource together.
func lines(grants []grant) []string {
	type alike struct {
		deny, also                bool
		principal, resource, rest string
	}
	at := map[alike][]string{}
	var order []alike
	for _, g := range grants {
		var conditions []string
		for _, key := range slices.Sorted(maps.Keys(g.conditions)) {
			conditions = append(conditions, key+" "+strings.Join(g.conditions[key], " or "))
		}
		key := alike{g.deny, g.also, g.principal, g.resource, strings.Join(conditions, " and ")}
		if at[key] == nil {
			order = append(order, key)
		}
		at[key] = append(at[key], g.action)
	}
	var all []string
	for _, key := range order {
		text := strings.Join(at[key], ", ")
		if key.deny {
			text = "denied " + text
		}
		if key.principal != "" {
			text = key.principal + ": " + text
		}
		if key.resource != "" && key.resource != "*" {
			text += " on " + key.resource
		}
		if key.rest != "" {
			text += map[bool]string{true: ", also if ", false: ", if "}[key.also] + key.rest
		}
		all = append(all, plain(text))
	}
	return all
}

// plain is a text without the marks of Terraform's references.
func plain(text string) string {
	return strings.NewReplacer("${", "", "}", "").Replace(text)
}
