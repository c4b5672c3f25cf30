package invariant

import (
	"fmt"

	"hubspoke/proof/config"
	"hubspoke/proof/stackjson"
)

// document are the statements of a policy that the data source aws_iam_policy_document writes;
// ok is false if the value is not one.
//
// https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/data-sources/iam_policy_document
func document(value any) (all []statement, ok bool, err error) {
	ref, _ := value.(config.Ref)
	if ref.Resource == nil || !ref.Resource.Data || ref.Resource.Type != "aws_iam_policy_document" || ref.Attribute != "json" && ref.Attribute != "minified_json" {
		return nil, false, nil
	}
	for _, others := range []string{"source_policy_documents", "override_policy_documents", "source_json", "override_json"} {
		if ref.Resource.Argument(others) != nil {
			return nil, true, fmt.Errorf("%s is made of others: write its statements out", ref.Resource)
		}
	}
	for _, item := range stackjson.List(ref.Resource.Argument("statement")) {
		body, ok := item.(map[string]any)
		if !ok {
			return nil, true, fmt.Errorf("a statement of %s is not known", ref.Resource)
		}
		all = append(all, documented(body))
	}
	return all, true, nil
}

// documented is a statement as a block of the data source writes it.
func documented(body map[string]any) statement {
	operators := map[string]any{}
	for _, item := range stackjson.List(body["condition"]) {
		c, _ := item.(map[string]any)
		test, _ := c["test"].(string)
		variable, _ := c["variable"].(string)
		keys, _ := operators[test].(map[string]any)
		if keys == nil {
			keys = map[string]any{}
			operators[test] = keys
		}
		keys[variable] = append(stackjson.List(keys[variable]), stackjson.List(c["values"])...)
	}
	s := statement{
		allows: body["effect"] == nil || body["effect"] == "Allow", others: body["not_principals"] != nil,
		principals: map[string][]any{}, actions: stackjson.List(body["actions"]), resources: stackjson.List(body["resources"]),
		arns: principalARNs(operators), conditions: conditions(operators), conditioned: len(operators) > 0, onARN: onARN(operators),
		exempt: map[string][]any{}, notActions: stackjson.List(body["not_actions"]),
	}
	for _, item := range stackjson.List(body["not_principals"]) {
		p, _ := item.(map[string]any)
		kind, _ := p["type"].(string)
		s.exempt[kind] = append(s.exempt[kind], stackjson.List(p["identifiers"])...)
	}
	for _, item := range stackjson.List(body["principals"]) {
		p, _ := item.(map[string]any)
		kind, _ := p["type"].(string)
		if kind == "*" {
			kind = "AWS"
		}
		s.principals[kind] = append(s.principals[kind], stackjson.List(p["identifiers"])...)
	}
	return s
}
