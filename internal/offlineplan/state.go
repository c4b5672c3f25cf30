package offlineplan

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/zclconf/go-cty/cty"

	"hubspoke/internal/arn"
	"hubspoke/internal/madeup"
)

// state is what Terraform might know of a stack that is deployed.
type state struct {
	outputs   map[string]any
	instances map[string]*instance
}

// instance is a resource as a state has it.
type instance struct {
	Kind, Name, Provider string
	Index                any
	Version              uint64
	Attributes           map[string]any
}

// settle takes from a plan what a resource would be after it, and makes up what AWS alone
// knows. It says whether anything is not as the state had it.
func (s *state) settle(plan *tfjson.Plan, schemas *tfjson.ProviderSchemas, at arn.Account) bool {
	providers := map[string]string{}
	for _, r := range configured(plan) {
		providers[r.Address] = r.ProviderConfigKey
	}
	moved := false
	for _, c := range plan.ResourceChanges {
		after, ok := c.Change.After.(map[string]any)
		if c.Mode != tfjson.ManagedResourceMode || !ok {
			continue
		}
		schema := schemas.Schemas[c.ProviderName]
		if schema == nil || schema.ResourceSchemas[c.Type] == nil {
			continue
		}
		block := schema.ResourceSchemas[c.Type]
		known := s.instances[c.Address]
		if known == nil {
			known = &instance{Kind: c.Type, Name: c.Name, Index: c.Index, Version: block.Version, Provider: providerIn(c.ProviderName, providers[base(c.Address)]), Attributes: map[string]any{}}
			s.instances[c.Address] = known
		}
		unknown, _ := c.Change.AfterUnknown.(map[string]any)
		filled := map[string]any{}
		f := filling{at: at, kind: c.Type, name: c.Address}
		for name, value := range after {
			filled[name] = value
		}
		f.block(block.Block, filled, unknown, known.Attributes)
		if !c.Change.Actions.NoOp() && !same(known.Attributes, filled) {
			moved = true
		}
		known.Attributes = filled
	}
	return moved
}

// configured are the resources of a plan's configuration.
func configured(plan *tfjson.Plan) []*tfjson.ConfigResource {
	if plan.Config == nil || plan.Config.RootModule == nil {
		return nil
	}
	return plan.Config.RootModule.Resources
}

// base is an address without an index.
func base(address string) string {
	before, _, _ := strings.Cut(address, "[")
	return before
}

// providerIn is how a state names a provider's configuration.
func providerIn(name, key string) string {
	text := `provider["` + name + `"]`
	if _, alias, ok := strings.Cut(key, "."); ok {
		text += "." + alias
	}
	return text
}

func same(a, b map[string]any) bool {
	first, _ := json.Marshal(a)
	second, _ := json.Marshal(b)
	return string(first) == string(second)
}

// filling makes up values.
type filling struct {
	at         arn.Account
	kind, name string
}

// block fills what is unknown in a block, with what a state had before where it had something.
func (f filling) block(b *tfjson.SchemaBlock, values, unknown, before map[string]any) {
	for name, mark := range unknown {
		if a := b.Attributes[name]; a != nil {
			t := a.AttributeType
			if a.AttributeNestedType != nil {
				continue
			}
			if all, _ := mark.(bool); all {
				if old, ok := before[name]; ok && old != nil {
					values[name] = old
				} else {
					values[name] = f.value(t, name)
				}
			} else if old, ok := before[name]; ok && old != nil && values[name] == nil {
				values[name] = old
			} else {
				values[name] = f.partly(t, name, values[name], mark)
			}
			continue
		}
		nested := b.NestedBlocks[name]
		if nested == nil {
			continue
		}
		marks, _ := mark.([]any)
		list, _ := values[name].([]any)
		olds, _ := before[name].([]any)
		for i := range list {
			inner, ok := list[i].(map[string]any)
			if !ok || i >= len(marks) {
				continue
			}
			within, _ := marks[i].(map[string]any)
			var old map[string]any
			if i < len(olds) {
				old, _ = olds[i].(map[string]any)
			}
			f.block(nested.Block, inner, within, old)
		}
	}
}

// partly fills the unknown parts of a value.
func (f filling) partly(t cty.Type, name string, value, mark any) any {
	if all, ok := mark.(bool); ok {
		if all {
			return f.value(t, name)
		}
		return value
	}
	switch marks := mark.(type) {
	case []any:
		list, _ := value.([]any)
		for i := range marks {
			element := cty.String
			if t.IsCollectionType() {
				element = t.ElementType()
			}
			if i >= len(list) {
				list = append(list, nil)
			}
			list[i] = f.partly(element, name, list[i], marks[i])
		}
		return list
	case map[string]any:
		object, _ := value.(map[string]any)
		if object == nil {
			object = map[string]any{}
		}
		for key, m := range marks {
			element := cty.String
			switch {
			case t.IsObjectType() && t.HasAttribute(key):
				element = t.AttributeType(key)
			case t.IsMapType():
				element = t.ElementType()
			}
			object[key] = f.partly(element, key, object[key], m)
		}
		return object
	}
	return value
}

// value is a made-up value of a type. Lists of objects have an element, since references name
// its parts.
func (f filling) value(t cty.Type, name string) any {
	switch {
	case t == cty.String:
		return madeup.Value(f.at, f.kind, f.name, name)
	case t == cty.Number:
		return 1
	case t == cty.Bool:
		return false
	case t.IsObjectType():
		all := map[string]any{}
		for key, inner := range t.AttributeTypes() {
			all[key] = f.value(inner, key)
		}
		return all
	case (t.IsListType() || t.IsSetType()) && name == "name_servers":
		return madeup.Value(f.at, f.kind, f.name, name)
	case (t.IsListType() || t.IsSetType()) && t.ElementType().IsObjectType():
		return []any{f.value(t.ElementType(), name)}
	case t.IsMapType():
		return map[string]any{}
	}
	return []any{}
}

// file is the state as a state file.
func (s *state) file() ([]byte, error) {
	type resource struct {
		Mode      string           `json:"mode"`
		Type      string           `json:"type"`
		Name      string           `json:"name"`
		Provider  string           `json:"provider"`
		Instances []map[string]any `json:"instances"`
	}
	addresses := make([]string, 0, len(s.instances))
	for a := range s.instances {
		addresses = append(addresses, a)
	}
	slices.SortFunc(addresses, func(a, b string) int { return cmp.Or(cmp.Compare(base(a), base(b)), cmp.Compare(a, b)) })
	all := []*resource{}
	last := ""
	for _, a := range addresses {
		i := s.instances[a]
		if base(a) != last {
			last = base(a)
			all = append(all, &resource{Mode: "managed", Type: i.Kind, Name: i.Name, Provider: i.Provider})
		}
		one := map[string]any{"schema_version": i.Version, "attributes": i.Attributes}
		if i.Index != nil {
			one["index_key"] = i.Index
		}
		all[len(all)-1].Instances = append(all[len(all)-1].Instances, one)
	}
	outputs := map[string]any{}
	for name, value := range s.outputs {
		outputs[name] = map[string]any{"value": value, "type": madeup.TypeOf(value)}
	}
	return json.Marshal(map[string]any{"version": 4, "terraform_version": "1.11.0", "serial": 1, "lineage": "made-up", "outputs": outputs, "resources": all})
}
