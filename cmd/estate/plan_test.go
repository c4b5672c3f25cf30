package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hubspoke/cmd/estate/answer"
	"hubspoke/internal/runner"
)

// One stack is planned without an account: as it is for the first time, against what was there
// before, and what is gone from it.
func TestOneStackIsPlannedWithoutAnAccount(t *testing.T) {
	if _, err := runner.Find(); errors.Is(err, runner.ErrNotFound) {
		if os.Getenv("REQUIRE_TERRAFORM") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	if testing.Short() {
		t.Skip("it starts Terraform with the real provider")
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("XDG_CACHE_HOME", t.TempDir()) // a state that other code made up is no proof of this
	before, after := t.TempDir(), t.TempDir()
	for _, dir := range []string{before, after} {
		if err := prepare(root, dir); err != nil {
			t.Fatal(err)
		}
	}
	stack := filepath.Join(after, "synthesized", "stacks", "hub-registry", "cdk.tf.json")
	text, err := os.ReadFile(stack)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(text), `"image_tag_mutability": "`, `"force_delete": true, "image_tag_mutability": "`, 1)
	if changed == string(text) {
		t.Fatal("hub-registry has no image_tag_mutability any more: mend this test")
	}
	if err := os.WriteFile(stack, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	planned := func(c planStackCommand) string {
		t.Helper()
		c.Stack, c.Estate = "hub-registry", filepath.Join(root, "environments", "piksel")
		var out bytes.Buffer
		if err := c.Run(&out); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	var first answer.Plan
	if err := json.Unmarshal([]byte(planned(planStackCommand{Outdir: filepath.Join(before, "synthesized"), jsonFlag: jsonFlag{true}})), &first); err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(first.Resources, func(r answer.PlannedResource) bool { return r.Address == "aws_ecr_repository.piksel_odc" }) {
		t.Errorf("a first plan without a repository: %+v", first)
	}
	for _, r := range first.Resources {
		if r.Effect != "create" {
			t.Errorf("where nothing is deployed, got %+v", r)
		}
	}
	second := planned(planStackCommand{Outdir: filepath.Join(after, "synthesized"), Before: filepath.Join(before, "synthesized")})
	if strings.Count(second, "aws_") != 1 || !strings.Contains(second, "force_delete") {
		t.Errorf("want one change, of force_delete:\n%s", second)
	}
	again := planned(planStackCommand{Outdir: filepath.Join(before, "synthesized"), Before: filepath.Join(before, "synthesized")})
	if again != "hub-registry: no changes\n" {
		t.Errorf("against itself: %s", again)
	}
}

// A stack that is not there is named, before Terraform is looked for.
func TestAPlanOfNoStackSaysWhereStacksAre(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := prepare(root, dir); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", t.TempDir())
	err = planStackCommand{Stack: "dev-nets", Estate: filepath.Join(root, "environments", "piksel"), Outdir: filepath.Join(dir, "synthesized")}.Run(&bytes.Buffer{})
	if err == nil || !strings.Contains(err.Error(), "has no stack dev-nets") || !strings.Contains(err.Error(), "estate stacks") {
		t.Errorf("error %v", err)
	}
}
