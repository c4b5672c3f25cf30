package test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	tfjson "github.com/hashicorp/terraform-json"

	"hubspoke/internal/runner"
)

// Tests plan with providers whose schemas are kept. A plan of two accounts is the same where Terraform starts the provider itself.
func TestAPlanIsTheSameWithoutKeptSchemas(t *testing.T) {
	installation := terraformFor(t)
	e := synthesized(t, "piksel")
	aws := withStates(t, e)
	environment := aws.Environment(e.Accounts[e.EntryAccount()])
	folder, err := installation.Scratch(e.stack("dev-link"), environment)
	if err != nil {
		t.Fatal(err)
	}
	if err := folder.Init(t.Context()); err != nil {
		t.Fatal(err)
	}
	got, err := folder.PlanJSON(t.Context())
	if err != nil {
		t.Fatal(err)
	}

	for name, value := range installation.Environment() {
		environment[name] = value
	}
	copyFile(t, installation.LockFile(), filepath.Join(folder.Path, filepath.Base(installation.LockFile())))
	terraform := func(args ...string) []byte {
		command := exec.Command("terraform", args...)
		command.Dir, command.Stderr, command.Env = folder.Path, os.Stderr, os.Environ()
		for name, value := range environment {
			command.Env = append(command.Env, name+"="+value)
		}
		output, err := command.Output()
		if err != nil {
			t.Fatalf("terraform %v: %v\n%s", args, err, output)
		}
		return output
	}
	terraform("init", "-input=false")
	terraform("plan", "-input=false", "-out="+runner.PlanFile)
	var want tfjson.Plan
	if err := want.UnmarshalJSON(terraform("show", "-json", runner.PlanFile)); err != nil {
		t.Fatal(err)
	}
	for _, plan := range []*tfjson.Plan{got, &want} {
		plan.Timestamp, plan.RelevantAttributes = "", nil // the one is when it was, the other in no order
	}
	if diff := cmp.Diff(compact(&want), compact(got)); diff != "" {
		t.Errorf("the plan is another (-by itself +kept):\n%s", diff)
	}
}
