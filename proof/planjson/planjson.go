// Package planjson reads what Terraform says about anybody's configuration, whatever
// language it is written in: plans and states, as `terraform show -json` prints them.
// Modules, count and for_each have been expanded by Terraform itself. What comes out is a
// stack like any other, whose values name other resources where AWS will say the value
// (in a plan), or has said it (in a state).
//
// A plan says which values are not known yet, and not what they will be. [Parse] takes
// that from the source beside the plan, where the expression is a plain reference; from
// the references in the plan's own configuration, where there is just one; and says
// [stackjson.Unknown] in any other case.
//
// https://developer.hashicorp.com/terraform/internals/json-format
package planjson

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"

	"hubspoke/proof/stackjson"
)

// Is says whether a text is a plan or a state, in JSON.
func Is(text []byte) bool {
	var head struct {
		FormatVersion string          `json:"format_version"`
		Planned       json.RawMessage `json:"planned_values"`
		Values        json.RawMessage `json:"values"`
	}
	return json.Unmarshal(text, &head) == nil && head.FormatVersion != "" && (head.Planned != nil || head.Values != nil)
}

// Parse reads a plan or a state as the stack of that name. The file's name is for errors.
// Beside is the folder with the HCL that the plan was made of, "" where it is not there.
func Parse(name, file, beside string, text []byte) (*stackjson.Stack, error) {
	var head struct {
		Planned json.RawMessage `json:"planned_values"`
	}
	if err := json.Unmarshal(text, &head); err != nil {
		return nil, fmt.Errorf("%s: this is not valid JSON: %w", file, err)
	}
	s := &stackjson.Stack{Name: name, Text: text, JSON: map[string]any{}, Planned: []stackjson.Resource{}}
	if head.Planned == nil {
		var state tfjson.State
		if err := json.Unmarshal(text, &state); err != nil {
			return nil, fmt.Errorf("%s: this is no state as `terraform show -json` prints it: %w", file, err)
		}
		s.Deployed = true
		readState(s, &state)
		return s, nil
	}
	var plan tfjson.Plan
	if err := json.Unmarshal(text, &plan); err != nil {
		return nil, fmt.Errorf("%s: this is no plan as `terraform show -json` prints it: %w", file, err)
	}
	readPlan(s, &plan, beside)
	return s, nil
}

// readState reads a state: everything in it is known.
func readState(s *stackjson.Stack, state *tfjson.State) {
	if state.Values == nil {
		return
	}
	there := map[string][]any{}
	each(state.Values.RootModule, func(r *tfjson.StateResource) {
		if r.Mode == tfjson.ManagedResourceMode {
			there[keyless(r.Address)] = append(there[keyless(r.Address)], r.Address)
		}
	})
	each(state.Values.RootModule, func(r *tfjson.StateResource) {
		one := resource(r, known(r.AttributeValues))
		one.Listed = listed[r.Type]
		if after := cameAfter(r, there); after != nil {
			one.Body["depends_on"] = after
		}
		s.Planned = append(s.Planned, one)
		if r.DeposedKey != "" {
			s.Unknown = append(s.Unknown, fmt.Sprintf("%s: a former one waits to be destroyed: apply again", r.Address))
		}
	})
	outputs := map[string]any{}
	for name, output := range state.Values.Outputs {
		if output != nil {
			outputs[name] = map[string]any{"value": escape(output.Value)}
		}
	}
	s.JSON["output"] = outputs
	finish(s)
}

// finish puts the resources in order, each address once. A remote state that has been
// read is no part of it: the values that came of it stand where they are used.
func finish(s *stackjson.Stack) {
	reads := map[string]any{}
	for _, r := range s.Planned {
		if r.Data && r.Type == "terraform_remote_state" && r.Body["outputs"] == nil {
			reads[r.Name] = r.Body
		}
	}
	if len(reads) > 0 {
		s.JSON["data"] = map[string]any{"terraform_remote_state": reads}
	}
	s.Planned = slices.DeleteFunc(s.Planned, func(r stackjson.Resource) bool {
		return r.Data && r.Type == "terraform_remote_state" && r.Body["outputs"] != nil
	})
	slices.SortStableFunc(s.Planned, func(a, b stackjson.Resource) int { return strings.Compare(a.Path, b.Path) })
	s.Planned = slices.CompactFunc(s.Planned, func(a, b stackjson.Resource) bool { return a.Path == b.Path })
}

// each visits the resources of a module and of those in it.
func each(m *tfjson.StateModule, visit func(*tfjson.StateResource)) {
	if m == nil {
		return
	}
	for _, r := range m.Resources {
		if r != nil && r.Address != "" {
			visit(r)
		}
	}
	for _, child := range m.ChildModules {
		each(child, visit)
	}
}

// cameAfter are the resources that one came after, by depends_on or by references, as its state says: of those with count or
// for_each all, since a state does not say which. Of those that are there no longer nothing is known.
func cameAfter(r *tfjson.StateResource, there map[string][]any) []any {
	var after []any
	for _, address := range r.DependsOn {
		after = append(after, there[keyless(address)]...)
	}
	return after
}

// keyless is an address without the keys of count and for_each, as a state tells what came before.
func keyless(text string) string {
	at, ok := parseAddress(text)
	if !ok {
		return text
	}
	for i := range at.modules {
		at.modules[i].key = nil
	}
	return at.base()
}

func resource(r *tfjson.StateResource, body map[string]any) stackjson.Resource {
	// Terraform has put the provider's default_tags and the resource's own together.
	if all, ok := body["tags_all"]; ok {
		body["tags"] = all
	}
	if r.Type == "aws_vpc_endpoint" && openPolicy(body["policy"]) {
		delete(body, "policy")
	}
	// People write one of the two, and a state has both. Others are compared by the name.
	if body["availability_zone"] != nil {
		delete(body, "availability_zone_id")
	}
	// A load balancer's subnets are in both; a mapping that gives no address says no more.
	if body["subnets"] != nil && !slices.ContainsFunc(stackjson.List(body["subnet_mapping"]), func(mapping any) bool {
		return !stackjson.Empty(object(mapping)["allocation_id"]) || !stackjson.Empty(object(mapping)["private_ipv4_address"]) || !stackjson.Empty(object(mapping)["ipv6_address"])
	}) {
		delete(body, "subnet_mapping")
	}
	return stackjson.Resource{Type: r.Type, Name: r.Name, Data: r.Mode == tfjson.DataResourceMode, Path: r.Address, Body: body}
}

// known are the values of a resource that are set to something. Plans and states list
// every argument, and an empty one is not set.
func known(values map[string]any) map[string]any {
	body := map[string]any{}
	for name, value := range values {
		if value = escape(value); !stackjson.Empty(value) {
			body[name] = value
		}
	}
	return body
}

// escape makes a text of AWS one that is no template: a policy's ${aws:username}.
func escape(value any) any {
	switch v := value.(type) {
	case string:
		return templates.ReplaceAllString(v, "$1$1{")
	case []any:
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = escape(item)
		}
		return list
	case map[string]any:
		object := map[string]any{}
		for key, item := range v {
			if item = escape(item); item != nil {
				object[key] = item
			}
		}
		return object
	}
	return value
}

var templates = regexp.MustCompile(`([$%])\{`)
