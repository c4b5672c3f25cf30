package guardrails

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"hubspoke/proof/config"
	"hubspoke/proof/stackjson"
)

// Statement is a statement of a policy.
type Statement struct {
	Policy *Policy
	// Name is the statement's Sid, or its number where it has none.
	Name string

	denies                                       bool
	actions, notActions, resources, notResources []string // actions in lower case
	written                                      []string // actions as they are written
	conditions                                   []condition
	narrow                                       bool // about some principals alone, which policies of organisations are not
}

// String names the statement with its policy: `controls/KeepRecording`.
func (s *Statement) String() string { return s.Policy.Name + "/" + s.Name }

// readStatements reads the text of a policy of service or resource control. Parts that
// AWS will say are holes in its patterns, unless they are the organisation's id.
func (o *Organization) readStatements(p *Policy, content any) error {
	text, err := o.written(content)
	if err != nil {
		return err
	}
	var document struct {
		Statement any // one, or a list
	}
	if err := json.Unmarshal([]byte(text), &document); err != nil {
		return fmt.Errorf("it is not JSON: %w", err)
	}
	for i, item := range stackjson.List(document.Statement) {
		body, ok := item.(map[string]any)
		if !ok {
			return fmt.Errorf("statement %d is not one", i+1)
		}
		p.Statements = append(p.Statements, read(p, i, body))
	}
	if len(p.Statements) == 0 {
		return fmt.Errorf("it has no statements")
	}
	return nil
}

func read(p *Policy, i int, body map[string]any) *Statement {
	s := &Statement{
		Policy: p, Name: fmt.Sprintf("statement %d", i+1), denies: body["Effect"] == "Deny",
		actions: lower(texts(body["Action"])), notActions: lower(texts(body["NotAction"])),
		resources: texts(body["Resource"]), notResources: texts(body["NotResource"]),
		written: append(texts(body["Action"]), texts(body["NotAction"])...),
		narrow:  body["Principal"] != nil && body["Principal"] != "*" || body["NotPrincipal"] != nil,
	}
	if name, ok := body["Sid"].(string); ok && name != "" {
		s.Name = name
	}
	operators, _ := body["Condition"].(map[string]any)
	for _, operator := range slices.Sorted(maps.Keys(operators)) {
		keys, _ := operators[operator].(map[string]any)
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			s.conditions = append(s.conditions, newCondition(operator, key, texts(keys[key])))
		}
	}
	return s
}

// texts are the values of one, or of a list, as texts.
func texts(value any) []string {
	var all []string
	for _, item := range stackjson.List(value) {
		all = append(all, fmt.Sprint(item))
	}
	return all
}

func lower(all []string) []string {
	for i := range all {
		all[i] = strings.ToLower(all[i])
	}
	return all
}

// written is the text of a policy.
func (o *Organization) written(value any) (string, error) {
	switch v := value.(type) {
	case string:
		return v, nil
	case config.Text:
		var b strings.Builder
		for _, part := range v.Parts {
			switch part := part.(type) {
			case string:
				b.WriteString(part)
			case config.Ref:
				b.WriteString(o.known(part))
			default:
				b.WriteString(hole)
			}
		}
		return b.String(), nil
	case config.Ref:
		if v.Resource != nil && v.Resource.Data && v.Resource.Type == "aws_iam_policy_document" {
			return o.document(v.Resource)
		}
	}
	return "", fmt.Errorf("what it says is not known: %v", value)
}

// known is what a reference comes to: the id of the organisation, and what is not known.
func (o *Organization) known(ref config.Ref) string {
	if ref.Resource != nil && ref.Resource.Type == organizationType && ref.Attribute == "id" {
		return o.ID
	}
	return hole
}

// document is the policy that the data source aws_iam_policy_document writes.
// https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/data-sources/iam_policy_document
func (o *Organization) document(r *config.Resource) (string, error) {
	for _, others := range []string{"source_policy_documents", "override_policy_documents"} {
		if r.Argument(others) != nil {
			return "", fmt.Errorf("%s is made of others", r)
		}
	}
	var statements []any
	for _, item := range stackjson.List(r.Argument("statement")) {
		block, _ := item.(map[string]any)
		body := map[string]any{"Effect": "Allow"}
		for argument, element := range map[string]string{
			"sid": "Sid", "effect": "Effect", "actions": "Action", "not_actions": "NotAction", "resources": "Resource", "not_resources": "NotResource",
		} {
			if block[argument] != nil {
				body[element] = o.plain(block[argument])
			}
		}
		if block["principals"] != nil {
			body["Principal"] = "*"
			for _, p := range stackjson.List(block["principals"]) {
				if named, _ := p.(map[string]any); !slices.Equal(texts(named["identifiers"]), []string{"*"}) {
					body["NotPrincipal"] = "?"
				}
			}
		}
		operators := map[string]any{}
		for _, c := range stackjson.List(block["condition"]) {
			c, _ := c.(map[string]any)
			test, variable := fmt.Sprint(c["test"]), fmt.Sprint(c["variable"])
			keys, _ := operators[test].(map[string]any)
			if keys == nil {
				keys = map[string]any{}
				operators[test] = keys
			}
			keys[variable] = append(stackjson.List(keys[variable]), stackjson.List(o.plain(c["values"]))...)
		}
		body["Condition"] = operators
		statements = append(statements, body)
	}
	text, err := json.Marshal(map[string]any{"Statement": statements})
	return string(text), err
}

// plain is a value of texts in which what AWS will say is a hole.
func (o *Organization) plain(value any) any {
	switch v := value.(type) {
	case []any:
		var list []any
		for _, item := range v {
			list = append(list, o.plain(item))
		}
		return list
	case config.Text:
		text, _ := o.written(v)
		return text
	case config.Ref:
		return o.known(v)
	case config.Unknown:
		return hole
	}
	return value
}
