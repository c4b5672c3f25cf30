package source

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"hubspoke/internal/wildcard"
	"hubspoke/proof/config"
	"hubspoke/proof/stackjson"
)

// Statement is a statement of a policy, with references as the names of what they refer to.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
type Statement struct {
	// Sid is what the statement calls itself, "" if it does not.
	Sid string
	// Denies says that it denies, and does not allow.
	Denies bool
	// Principals are whom it speaks of, by kind (AWS, Service, Federated): `*` under AWS is anybody.
	Principals map[string][]string
	// NotPrincipals says that it speaks of all but some.
	NotPrincipals bool
	// Actions are the actions that it speaks of.
	Actions []string
	// NotActions are those that it does not speak of, where it speaks of all others.
	NotActions []string
	// Resources are the ARNs that it speaks of.
	Resources []string
	// Conditions are the values of its conditions, by operator and key.
	Conditions map[string]map[string][]string
}

// Policy are the statements of an argument that holds a policy. A policy that is not known
// before it is deployed is an error.
func Policy(value any) ([]Statement, error) {
	text, holes, err := config.WithHoles(value)
	if err != nil {
		return nil, fmt.Errorf("the policy is not known: %w", err)
	}
	var document struct{ Statement any }
	if err := json.Unmarshal([]byte(text), &document); err != nil {
		return nil, fmt.Errorf("this is no policy: %w", err)
	}
	var fill []string
	for hole, value := range holes {
		fill = append(fill, hole, Text(value))
	}
	read := reader{strings.NewReplacer(fill...)}
	var all []Statement
	for _, body := range Blocks(document.Statement) {
		sid, _ := body["Sid"].(string)
		s := Statement{
			Sid: sid, Denies: body["Effect"] == "Deny",
			NotPrincipals: body["NotPrincipal"] != nil,
			Principals:    map[string][]string{},
			Actions:       read.texts(body["Action"]), NotActions: read.texts(body["NotAction"]), Resources: read.texts(body["Resource"]),
			Conditions: map[string]map[string][]string{},
		}
		if text, ok := body["Principal"].(string); ok {
			s.Principals["AWS"] = []string{text}
		}
		for kind, value := range object(body["Principal"]) {
			s.Principals[kind] = read.texts(value)
		}
		for operator, keys := range object(body["Condition"]) {
			s.Conditions[operator] = map[string][]string{}
			for key, values := range object(keys) {
				s.Conditions[operator][read.holes.Replace(key)] = read.texts(values)
			}
		}
		all = append(all, s)
	}
	return all, nil
}

type reader struct{ holes *strings.Replacer }

func (r reader) texts(value any) []string {
	var all []string
	for _, item := range stackjson.List(value) {
		all = append(all, r.holes.Replace(fmt.Sprint(item)))
	}
	return all
}

func object(value any) map[string]any {
	body, _ := value.(map[string]any)
	return body
}

// Condition are the values of the conditions on a key that have to hold, whatever operator
// compares them. Operators that deny values, or let who has none pass, are left out.
func (s Statement) Condition(key string) []string {
	var all []string
	for _, operator := range slices.Sorted(maps.Keys(s.Conditions)) {
		if strings.Contains(operator, "Not") || strings.HasSuffix(operator, "IfExists") || operator == "Null" {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(s.Conditions[operator])) {
			if strings.EqualFold(name, key) {
				all = append(all, s.Conditions[operator][name]...)
			}
		}
	}
	return all
}

// Has says whether one of the statement's actions, which may be patterns, covers an action.
func (s Statement) Has(action string) bool {
	return slices.ContainsFunc(s.Actions, func(pattern string) bool { return wildcard.Matches(strings.ToLower(pattern), strings.ToLower(action)) })
}

// OnlyTLS says whether a policy denies all requests that do not come over TLS.
func OnlyTLS(statements []Statement) bool {
	return slices.ContainsFunc(statements, func(s Statement) bool {
		return s.Denies && slices.Contains(s.Principals["AWS"], "*") && slices.Contains(s.Condition("aws:SecureTransport"), "false")
	})
}

// Principal is a principal as people read it: accounts of the estate have their names.
func (s *Source) Principal(kind, text string) string {
	switch {
	case kind != "AWS":
		return text
	case text == "*":
		return "anybody"
	case !strings.HasPrefix(text, "arn:"):
		return s.Account(text)
	}
	account := config.AccountOf(text)
	_, name, _ := strings.Cut(text, ":"+account+":")
	if name == "root" {
		return "account " + s.Account(account)
	}
	return name + " of " + s.Account(account)
}

// Bounds is whom a statement's conditions let in, as people read it, "" if they do not say.
func (s *Source) Bounds(statement Statement) string {
	var all []string
	for _, key := range []string{"aws:PrincipalArn", "aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:SourceArn", "aws:SourceAccount", "aws:ResourceOrgID"} {
		for _, value := range statement.Condition(key) {
			if key == "aws:PrincipalArn" {
				value = s.Principal("AWS", value)
			}
			if key == "aws:SourceAccount" {
				value = "account " + s.Account(value)
			}
			if !slices.Contains(all, value) {
				all = append(all, value)
			}
		}
	}
	return strings.Join(all, ", ")
}

// Allowed is whom the statements let do one of some actions, in short: principals, and what
// conditions say of them.
func (s *Source) Allowed(statements []Statement, actions ...string) []string {
	var all []string
	for _, statement := range statements {
		if statement.Denies || !slices.ContainsFunc(actions, statement.Has) {
			continue
		}
		bounds := s.Bounds(statement)
		for _, kind := range slices.Sorted(maps.Keys(statement.Principals)) {
			for _, text := range statement.Principals[kind] {
				who := s.Principal(kind, text)
				if bounds != "" {
					who += " (" + bounds + ")"
				}
				if !slices.Contains(all, who) {
					all = append(all, who)
				}
			}
		}
	}
	return all
}
