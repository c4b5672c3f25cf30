package test

import (
	"encoding/json"
	"regexp"
	"testing"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/zclconf/go-cty/cty"

	"hubspoke/proof"
	"hubspoke/proof/planjson"
	"hubspoke/proof/stackjson"
)

// A state has attributes that nobody can write, of every type. What the proof reads it understands with them.
func TestTheProofKnowsWhatAStateSaysOfItself(t *testing.T) {
	installation := terraformFor(t)
	schemas, err := installation.Schemas(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	type resource map[string]any
	var resources []resource
	said := map[string]bool{}
	for kind, s := range schemas.Schemas["registry.terraform.io/hashicorp/aws"].ResourceSchemas {
		values := map[string]any{}
		for name, a := range s.Block.Attributes {
			if value := example(a); value != nil {
				values[name] = value
				said[kind+"."+name] = !a.Optional && !a.Required
			}
		}
		resources = append(resources, resource{
			"address": kind + ".one", "mode": "managed", "type": kind, "name": "one", "provider_name": "registry.terraform.io/hashicorp/aws", "schema_version": 0, "values": values,
		})
	}
	text, err := json.Marshal(map[string]any{"format_version": "1.0", "terraform_version": "1.11.4", "values": map[string]any{"root_module": map[string]any{"resources": resources}}})
	if err != nil {
		t.Fatal(err)
	}
	stack, err := planjson.Parse("all", "all.json", "", text)
	if err != nil {
		t.Fatal(err)
	}
	notRead := regexp.MustCompile(`all/(\w+)\.one: the argument (\w+) is not read`)
	var understood int
	for _, f := range proof.Of(proof.Input{Stacks: []*stackjson.Stack{stack}, Tiers: &proof.Tiers{}}).Prove().Invariants {
		argument := notRead.FindStringSubmatch(f.Sentence)
		if argument == nil {
			understood++
			continue
		}
		if said[argument[1]+"."+argument[2]] {
			t.Errorf("%s.%s is in every state, and not known to say nothing", argument[1], argument[2])
		}
	}
	if len(said) < 1000 || understood == 0 {
		t.Errorf("%d attributes, %d findings", len(said), understood)
	}
}

// example is a value of an attribute's type, nil of one that is made of others.
func example(a *tfjson.SchemaAttribute) any {
	switch a.AttributeType {
	case cty.String:
		return "something"
	case cty.Number:
		return 1
	case cty.Bool:
		return true
	}
	return nil
}
