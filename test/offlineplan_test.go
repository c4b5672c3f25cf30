package test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	tfjson "github.com/hashicorp/terraform-json"

	"hubspoke/internal/offlineplan"
	"hubspoke/internal/review"
	"hubspoke/proof/stackjson"
)

// The provider decides what is replaced, and its schema does not say. A stack that is as it was
// changes nothing; another name replaces a repository, and what is of it.
func TestAPlanWithoutAnAccountKnowsWhatIsReplaced(t *testing.T) {
	terraformFor(t)
	t.Setenv("XDG_CACHE_HOME", t.TempDir()) // states that are made up by other code are no proof of this
	before := synthesized(t, "piksel")
	after := mutated(t, before, "hub-registry", "aws_ecr_repository", "piksel_odc", func(body map[string]any) {
		body["name"], body["image_tag_mutability"] = "piksel/other", "MUTABLE"
	})
	texts := func(e *synthesis) []*stackjson.Stack {
		var all []*stackjson.Stack
		for _, s := range e.stacks {
			copied := *s
			copied.Text = []byte(compact(s.JSON))
			all = append(all, &copied)
		}
		return all
	}
	planner, err := offlineplan.New(t.Context(), texts(before), texts(after), before.Accounts[before.EntryAccount()], "aws")
	if err != nil {
		t.Fatal(err)
	}
	defer planner.Close()
	plans, failed := planner.Changed(t.Context(), []string{"hub-registry"})
	for name, err := range failed {
		t.Fatalf("%s: %.600s", name, err)
	}
	var got []string
	for _, r := range review.PlanOf("hub-registry", plans["hub-registry"]).Resources {
		got = append(got, fmt.Sprintf("%s %s", r.Effect, r.Address))
	}
	slices.Sort(got)
	want := []string{"replace aws_ecr_lifecycle_policy.piksel_odc", "replace aws_ecr_repository.piksel_odc", "replace aws_ecr_repository_policy.piksel_odc"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// A review without Terraform has no schema, and a list of what is sensitive instead.
func TestTheListOfSensitiveArgumentsIsThatOfTheProvider(t *testing.T) {
	installation := terraformFor(t)
	schemas, err := installation.Schemas(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	var visit func(kind, path string, b *tfjson.SchemaBlock)
	visit = func(kind, path string, b *tfjson.SchemaBlock) {
		for name, a := range b.Attributes {
			if a.Sensitive && (a.Optional || a.Required) {
				want = append(want, kind+" "+path+name)
			}
		}
		for name, nested := range b.NestedBlocks {
			visit(kind, path+name+".", nested.Block)
		}
	}
	for _, provider := range schemas.Schemas {
		for kind, s := range provider.ResourceSchemas {
			visit(kind, "", s.Block)
		}
	}
	slices.Sort(want)
	text, err := os.ReadFile("../internal/review/sensitive.txt")
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Fields(strings.ReplaceAll(string(text), " ", "\x00")); len(want) == 0 || !slices.Equal(got, fields(want)) {
		t.Errorf("internal/review/sensitive.txt has %d arguments, and the provider %d: write it anew", len(got), len(want))
	}
}

func fields(lines []string) []string {
	var all []string
	for _, line := range lines {
		all = append(all, strings.ReplaceAll(line, " ", "\x00"))
	}
	return all
}
