package invariant

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"hubspoke/proof/config"
	"hubspoke/proof/stackjson"
)

// statement is a statement of a policy.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
type statement struct {
	allows     bool
	principals map[string][]any // by kind (AWS, Service, Federated), texts and Refs
	others     bool             // all that are not named, by NotPrincipal
	arns       []string         // the patterns of aws:PrincipalArn, of a condition that must hold
	// conditions are the values of conditions that must hold, by key in lower case.
	conditions map[string][]string
	// conditioned says that there are conditions, and onARN that they are on aws:PrincipalArn alone.
	conditioned, onARN bool
	exempt             map[string][]any // those that NotPrincipal names, by kind
	actions            []any            // texts
	notActions         []any            // texts
	resources          []any            // texts and Refs
}

// readPolicy reads a policy document, in which AWS may have parts to say.
func readPolicy(value any) ([]statement, error) {
	if all, ok, err := document(value); ok {
		return all, err
	}
	text, holes, err := config.WithHoles(value)
	if err != nil {
		return nil, err
	}
	var document struct {
		Statement any // one, or a list
	}
	if err := json.Unmarshal([]byte(text), &document); err != nil {
		return nil, fmt.Errorf("it is not a policy document: %w", err)
	}
	var all []statement
	for _, item := range stackjson.List(document.Statement) {
		body, _ := item.(map[string]any)
		operators, _ := body["Condition"].(map[string]any)
		all = append(all, statement{
			conditioned: len(operators) > 0, onARN: onARN(operators),
			exempt: principals(body["NotPrincipal"], holes), notActions: stackjson.List(body["NotAction"]),
			allows:     body["Effect"] == "Allow",
			principals: principals(body["Principal"], holes),
			others:     body["NotPrincipal"] != nil,
			conditions: conditions(body["Condition"]),
			arns:       principalARNs(body["Condition"]),
			actions:    stackjson.List(body["Action"]),
			resources:  whole(body["Resource"], holes),
		})
	}
	return all, nil
}

// policyOf is a resource's argument that holds a policy.
type policyOf struct {
	resource *config.Resource
	argument string
}

// reading is what came of reading a policy.
type reading struct {
	statements []statement
	err        error
}

// policy reads a resource's policy, once: parsing is most of what checking costs.
func (k *checker) policy(r *config.Resource, argument string) ([]statement, error) {
	key := policyOf{r, argument}
	read, ok := k.policies[key]
	if !ok {
		read.statements, read.err = readPolicy(r.Argument(argument))
		k.policies[key] = read
	}
	return read.statements, read.err
}

// principals are whom a statement names, by kind.
func principals(value any, holes map[string]any) map[string][]any {
	if value == "*" {
		return map[string][]any{"AWS": {"*"}}
	}
	kinds, _ := value.(map[string]any)
	named := map[string][]any{}
	for kind, value := range kinds {
		named[kind] = whole(value, holes)
	}
	return named
}

// whole are the texts of a list, and the Refs that stand for a whole text. A text
// of which AWS will say a part is Unknown.
func whole(value any, holes map[string]any) []any {
	var all []any
	for _, item := range stackjson.List(value) {
		text, ok := item.(string)
		switch {
		case ok && holes[text] != nil:
			all = append(all, holes[text])
		case ok && !strings.ContainsFunc(text, func(r rune) bool { return holes[string(r)] != nil }):
			all = append(all, text)
		default:
			all = append(all, config.Unknown{Why: "a part of the text is not known"})
		}
	}
	return all
}

// conditions are the values of the conditions that hold for some values alone, by key: not
// of those that deny values, that hold where there is none, or for any value.
func conditions(value any) map[string][]string {
	all := map[string][]string{}
	operators, _ := value.(map[string]any)
	for operator, keys := range operators {
		if strings.Contains(operator, "Not") || strings.HasSuffix(operator, "IfExists") || operator == "Null" || strings.HasPrefix(operator, "ForAllValues:") {
			continue
		}
		byKey, _ := keys.(map[string]any)
		for key, values := range byKey {
			key = strings.ToLower(key)
			if slices.ContainsFunc(stackjson.List(values), anything) {
				continue
			}
			for _, item := range stackjson.List(values) {
				if text, ok := item.(string); ok {
					all[key] = append(all[key], text)
				}
			}
		}
	}
	return all
}

// anything says whether a value of a condition is true of any text.
func anything(value any) bool {
	text, ok := value.(string)
	return ok && strings.Trim(text, "*") == ""
}

// onARN says whether there is one condition, on the principal's ARN.
func onARN(operators map[string]any) bool {
	count, found := 0, len(principalARNs(operators)) > 0
	for _, keys := range operators {
		byKey, _ := keys.(map[string]any)
		count += len(byKey)
	}
	return found && count == 1
}

// principalARNs are the patterns that the principal's ARN must match.
func principalARNs(value any) []string {
	var patterns []string
	operators, _ := value.(map[string]any)
	for _, operator := range []string{"ArnLike", "ArnEquals", "StringLike", "StringEquals"} {
		keys, _ := operators[operator].(map[string]any)
		for key, values := range keys {
			if !strings.EqualFold(key, "aws:PrincipalArn") {
				continue
			}
			for _, item := range stackjson.List(values) {
				if text, ok := item.(string); ok {
					patterns = append(patterns, text)
				}
			}
		}
	}
	return patterns
}
