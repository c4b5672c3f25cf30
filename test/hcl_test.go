package test

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	tfjson "github.com/hashicorp/terraform-json"

	"hubspoke/internal/native"
	"hubspoke/internal/tf"
	"hubspoke/internal/versions"
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

