package planjson

import (
	"encoding/json"
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	tfjson "github.com/hashicorp/terraform-json"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"hubspoke/proof/stackjson"
)

// Mocked reads the plan that `terraform test -json -verbose` prints of a run, as the stack
// of that name. It has no configuration, which is made from the source in the folder.
func Mocked(name, folder string, testPlan []byte) (*stackjson.Stack, error) {
	var from struct {
		Changes []*tfjson.ResourceChange `json:"resource_changes"`
	}
	if err := json.Unmarshal(testPlan, &from); err != nil {
		return nil, fmt.Errorf("%s: this is no plan of a test: %w", folder, err)
	}
	read := readSource(folder)
	if read == nil {
		return nil, fmt.Errorf("%s: its *.tf files cannot be read, or there are overrides among them", folder)
	}
	plan := &tfjson.Plan{ResourceChanges: from.Changes, PlannedValues: &tfjson.StateValues{RootModule: &tfjson.StateModule{}}}
	for _, change := range from.Changes {
		if change == nil || change.Change == nil {
			continue
		}
		if after, ok := change.Change.After.(map[string]any); ok {
			plan.PlannedValues.RootModule.Resources = append(plan.PlannedValues.RootModule.Resources, &tfjson.StateResource{
				Address: change.Address, Mode: change.Mode, Type: change.Type, Name: change.Name, AttributeValues: after,
			})
		}
	}
	plan.Config = &tfjson.Config{RootModule: read.module(folder, 0), ProviderConfigs: read.providerConfigs()}
	s := &stackjson.Stack{Name: name, Text: testPlan, JSON: map[string]any{}, Planned: []stackjson.Resource{}}
	readPlan(s, plan, folder)
	Receive(s, map[string]any{madeUpVersion: stackjson.Unknown{Why: "what a data source writes into a policy is made up; " + remedy}})
	read.noteMadeUp(s, plan.Config.RootModule, read.dir, "", read.providerConfigs())
	return s, nil
}

// providerConfigs are the AWS providers of the root.
func (s *source) providerConfigs() map[string]*tfjson.ProviderConfig {
	all := map[string]*tfjson.ProviderConfig{}
	if s == nil {
		return all
	}
	for _, b := range s.folder(s.dir).Blocks {
		if b.Type != "provider" || len(b.Labels) != 1 || b.Labels[0] != "aws" {
			continue
		}
		key, expressions := "aws", expressionsOf(b.Body)
		if alias, ok := constant(expressions["alias"]); ok {
			if text, ok := alias.(string); ok {
				key += "." + text
			}
		}
		all[key] = &tfjson.ProviderConfig{Name: "aws", Expressions: expressions}
	}
	return all
}

// module is the configuration of a folder, as a plan would have it.
func (s *source) module(folder string, depth int) *tfjson.ConfigModule {
	m := &tfjson.ConfigModule{Outputs: map[string]*tfjson.ConfigOutput{}, ModuleCalls: map[string]*tfjson.ModuleCall{}}
	body := s.folder(folder)
	if folder == "" || body == nil || depth > deepest {
		return m
	}
	for _, b := range body.Blocks {
		expressions := expressionsOf(b.Body)
		switch {
		case (b.Type == "resource" || b.Type == "data") && len(b.Labels) == 2:
			r := &tfjson.ConfigResource{Mode: tfjson.ManagedResourceMode, Type: b.Labels[0], Name: b.Labels[1], Expressions: expressions}
			if b.Type == "data" {
				r.Mode = tfjson.DataResourceMode
			}
			if a := b.Body.Attributes["provider"]; a != nil {
				if t, problems := hcl.AbsTraversalForExpr(a.Expr); !problems.HasErrors() && len(t) == 2 {
					if alias, ok := t[1].(hcl.TraverseAttr); ok {
						r.ProviderConfigKey = t.RootName() + "." + alias.Name
					}
				}
			}
			for _, inner := range b.Body.Blocks {
				if inner.Type == "provisioner" && len(inner.Labels) == 1 {
					r.Provisioners = append(r.Provisioners, &tfjson.ConfigProvisioner{Type: inner.Labels[0]})
				}
			}
			m.Resources = append(m.Resources, r)
		case b.Type == "output" && len(b.Labels) == 1:
			m.Outputs[b.Labels[0]] = &tfjson.ConfigOutput{Expression: expressions["value"]}
		case b.Type == "module" && len(b.Labels) == 1:
			call := &tfjson.ModuleCall{Expressions: expressions}
			if from, ok := constant(expressions["source"]); ok {
				call.Source, _ = from.(string)
			}
			call.Module = s.module(s.below(folder, call.Source), depth+1)
			m.ModuleCalls[b.Labels[0]] = call
		}
	}
	return m
}

// expressionsOf are the arguments and blocks of a body, as a plan would have them.
func expressionsOf(body *hclsyntax.Body) map[string]*tfjson.Expression {
	all := map[string]*tfjson.Expression{}
	for name, a := range body.Attributes {
		data := &tfjson.ExpressionData{}
		for _, t := range a.Expr.Variables() {
			data.References = append(data.References, t.RootName())
		}
		if value, problems := a.Expr.Value(nil); len(data.References) == 0 && !problems.HasErrors() {
			data.ConstantValue = plain(value)
		} else if len(data.References) == 0 {
			data.References = []string{"a function"}
		}
		all[name] = &tfjson.Expression{ExpressionData: data}
	}
	for _, b := range body.Blocks {
		if all[b.Type] == nil {
			all[b.Type] = &tfjson.Expression{ExpressionData: &tfjson.ExpressionData{}}
		}
		all[b.Type].NestedBlocks = append(all[b.Type].NestedBlocks, expressionsOf(b.Body))
	}
	return all
}

// plain is a value of HCL as JSON has it.
func plain(value cty.Value) any {
	text, err := ctyjson.Marshal(value, value.Type())
	var out any
	if err != nil || json.Unmarshal(text, &out) != nil {
		return nil
	}
	return out
}
