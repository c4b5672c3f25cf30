package test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-exec/tfexec"
	tfjson "github.com/hashicorp/terraform-json"

	"hubspoke/internal/native"
	"hubspoke/internal/runner"
	"hubspoke/internal/tf"
	"hubspoke/internal/versions"
	"hubspoke/proof/stackjson"
)

// tableOfBlocks is what is known of the provider's schema where there is no Terraform.
const tableOfBlocks = "../internal/native/blocks.txt"

// The table says what the provider's schema says of every type that a stack of an estate under
// test has, and of no other.
func TestTheTableOfBlocksIsTheProviders(t *testing.T) {
	installation := terraformFor(t)
	const provider = `terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "` + versions.AWSProvider + `"
    }
  }
}
`
	folder, err := installation.ScratchFiles("schema", map[string][]byte{"terraform.tf": []byte(provider)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	schemas, err := folder.Schemas(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	schema := schemas.Schemas["registry.terraform.io/hashicorp/aws"]
	if schema == nil {
		t.Fatalf("no schema of the provider, but of %v", tf.Keys(schemas.Schemas))
	}
	types := map[string]native.Blocks{"provider aws": blocksOf(schema.ConfigSchema.Block)}
	for _, name := range tf.Keys(estates) {
		for _, s := range synthesized(t, name).stacks {
			for _, r := range s.Resources() {
				switch {
				case r.Type == "terraform_remote_state":
				case r.Data:
					types["data "+r.Type] = blocksOf(schema.DataSourceSchemas[r.Type].Block)
				default:
					types["resource "+r.Type] = blocksOf(schema.ResourceSchemas[r.Type].Block)
				}
			}
		}
	}
	want := native.Table(types)
	if *update {
		if err := os.WriteFile(tableOfBlocks, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(tableOfBlocks)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("the table is not the provider's schema any more; `go test ./test -run %s -update` writes it (-schema +table):\n%s", t.Name(), diff)
	}
}

func blocksOf(schema *tfjson.SchemaBlock) native.Blocks {
	blocks := native.Blocks{}
	for name, block := range schema.NestedBlocks {
		blocks[name] = blocksOf(block.Block)
	}
	return blocks
}

// comparedAsHCL are the stacks that are planned in both syntaxes, by their estates: of those
// that are planned at all as few as have every block of every type of resource that those have.
// That all stacks say the same in both is read, without Terraform, in package native.
func comparedAsHCL(t *testing.T) map[string]map[string]bool {
	t.Helper()
	parts := map[string]map[string]bool{}
	for name, stacks := range planned(t) {
		e := synthesized(t, name)
		for stack := range stacks {
			parts[name+"/"+stack] = blockPaths(e.stack(stack))
		}
	}
	places := fewest(parts)
	if os.Getenv(everyPlan) != "" {
		places = tf.Keys(parts)
	}
	compared := map[string]map[string]bool{}
	for _, place := range places {
		name, stack, _ := strings.Cut(place, "/")
		if compared[name] == nil {
			compared[name] = map[string]bool{}
		}
		compared[name][stack] = true
	}
	return compared
}

// blockPaths are the kinds of blocks that a stack has, and the paths of those in its resources.
func blockPaths(s *stackjson.Stack) map[string]bool {
	paths := map[string]bool{}
	for section := range s.JSON {
		paths[section] = true
	}
	for _, r := range s.Resources() {
		section := "resource"
		if r.Data {
			section = "data"
		}
		blocks, _ := native.Known(section, r.Type)
		addBlockPaths(section+"."+r.Type, blocks, r.Body, paths)
	}
	return paths
}

func addBlockPaths(path string, blocks native.Blocks, body any, paths map[string]bool) {
	arguments, _ := body.(map[string]any)
	for name, inner := range blocks {
		for _, block := range stackjson.List(arguments[name]) {
			paths[path+"."+name] = true
			addBlockPaths(path+"."+name, inner, block, paths)
		}
	}
}

// plansTheSameAsHCL compares the plan that a folder holds with that of the same stack as HCL.
func plansTheSameAsHCL(t *testing.T, installation *runner.Installation, environment map[string]string, s *stackjson.Stack, folder *runner.Folder) {
	t.Helper()
	ctx := t.Context()
	files, err := native.Files(s)
	if err != nil {
		t.Fatal(err)
	}
	inHCL, err := installation.ScratchFiles(s.Name+"-hcl", files, environment)
	if err != nil {
		t.Fatal(err)
	}
	if err := inHCL.Init(ctx); err != nil {
		t.Fatalf("init of the HCL: %v", err)
	}
	if _, err := inHCL.Plan(ctx, tfexec.Out(runner.PlanFile)); err != nil {
		t.Fatalf("the HCL cannot be planned:\n%v", err)
	}
	want, err := folder.Show(ctx)
	if err != nil {
		t.Fatal(err)
	}
	got, err := inHCL.Show(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if len(want.ResourceChanges) == 0 {
		t.Fatal("the plan has no resources")
	}
	if diff := cmp.Diff(planOf(t, want), planOf(t, got)); diff != "" {
		t.Errorf("the HCL plans to something else (-JSON +HCL):\n%s", diff)
	}
}

// planOf is what a plan says will be, as plain data.
func planOf(t *testing.T, plan *tfjson.Plan) any {
	t.Helper()
	text, err := json.Marshal(map[string]any{
		"values": plan.PlannedValues, "changes": plan.ResourceChanges, "drift": plan.ResourceDrift,
		"outputs": plan.OutputChanges, "prior": plan.PriorState,
	})
	if err != nil {
		t.Fatal(err)
	}
	var read any
	if err := json.Unmarshal(text, &read); err != nil {
		t.Fatal(err)
	}
	return inOrder(read)
}

// inOrder is a value in which the policies have their keys in order: AWS compares what they
// mean, and so does the provider.
func inOrder(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for key, child := range v {
			v[key] = inOrder(child)
		}
	case []any:
		for i, child := range v {
			v[i] = inOrder(child)
		}
	case string:
		var policy map[string]any
		if json.Unmarshal([]byte(v), &policy) == nil && policy["Statement"] != nil {
			text, _ := json.Marshal(policy) // It was JSON.
			return string(text)
		}
	}
	return value
}

// Every stack of every estate, as it is written, is as `terraform fmt` would write it.
func TestHCLIsFormattedAsTerraformDoes(t *testing.T) {
	installation := terraformFor(t)
	folder, err := installation.ScratchFiles("fmt", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range tf.Keys(estates) {
		for _, s := range synthesized(t, name).stacks {
			files, err := native.Files(s)
			if err != nil {
				t.Fatal(err)
			}
			for file, text := range files {
				write(t, filepath.Join(folder.Path, name, s.Name, file), string(text))
			}
		}
	}
	write(t, filepath.Join(folder.Path, "unformatted.tf"), "locals {\na=1\n}\n")
	others, err := folder.FormatCheck(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"unformatted.tf"}, others); diff != "" {
		t.Errorf("`terraform fmt` would write other files anew (-want +got):\n%s", diff)
	}
}

// The comparison of plans is worth what it finds.
func TestPlansThatDifferAreFound(t *testing.T) {
	planOfOne := func(policy, name string) any {
		return planOf(t, &tfjson.Plan{ResourceChanges: []*tfjson.ResourceChange{{
			Address: "aws_iam_role.a", Change: &tfjson.Change{After: map[string]any{"assume_role_policy": policy, "name": name}},
		}}})
	}
	const policy = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow"}]}`
	want := planOfOne(policy, "a")
	if diff := cmp.Diff(want, planOfOne(`{"Statement":[{"Effect":"Allow"}],"Version":"2012-10-17"}`, "a")); diff != "" {
		t.Errorf("the order of keys makes a difference:\n%s", diff)
	}
	for _, other := range []any{planOfOne(policy, "b"), planOfOne(strings.Replace(policy, "Allow", "Deny", 1), "a")} {
		if cmp.Equal(want, other) {
			t.Errorf("no difference from %v", other)
		}
	}
}
