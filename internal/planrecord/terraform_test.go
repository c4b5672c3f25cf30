package planrecord

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Terraform itself plans, and applies a part of it: what is left was reviewed, although by now
// it is known what was not then. Another change was not.
func TestTheRestOfWhatTerraformPlannedWasReviewed(t *testing.T) {
	dir := t.TempDir()
	terraform := terraformIn(t, dir)
	write := func(second string) {
		t.Helper()
		config := `{"variable": {"p": {"default": "hunter2", "sensitive": true}},
			"resource": {"terraform_data": {"first": {"input": "a"}, "second": {"input": ["${terraform_data.first.id}", "` + second + `", "${var.p}"]}}},
			"output": {"id": {"value": "${terraform_data.first.id}"}}}`
		if err := os.WriteFile(filepath.Join(dir, "main.tf.json"), []byte(config), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	plan := func() []byte {
		t.Helper()
		terraform("plan", "-input=false", "-out=saved.tfplan")
		return terraform("show", "-json", "saved.tfplan")
	}
	read := func(text []byte) []string {
		t.Helper()
		p, err := Read(text)
		if err != nil {
			t.Fatal(err)
		}
		var addresses []string
		for _, c := range Of(p).ResourceChanges {
			addresses = append(addresses, c.Address)
		}
		return addresses
	}
	write("b")
	terraform("init", "-input=false")
	reviewed, err := Read(plan())
	if err != nil {
		t.Fatal(err)
	}
	terraform("apply", "-input=false", "-auto-approve", "-target=terraform_data.first")
	rest := plan()
	if got := read(rest); len(got) != 1 || got[0] != "terraform_data.second" {
		t.Fatalf("%v is left", got)
	}
	now, err := Read(rest)
	if err != nil {
		t.Fatal(err)
	}
	if lines := Beyond(reviewed, now); len(lines) > 0 {
		t.Errorf("%v", lines)
	}
	write("c")
	if now, err = Read(plan()); err != nil {
		t.Fatal(err)
	}
	if lines := Beyond(reviewed, now); len(lines) != 1 {
		t.Errorf("another value was reviewed as this one: %v", lines)
	}
}

// terraformIn runs Terraform in a folder, and returns what it prints.
func terraformIn(t *testing.T, dir string) func(arguments ...string) []byte {
	t.Helper()
	if _, err := exec.LookPath("terraform"); err != nil {
		if os.Getenv("REQUIRE_TERRAFORM") != "" {
			t.Fatal("terraform is not on the PATH (REQUIRE_TERRAFORM is set)")
		}
		t.Skip("terraform is not on the PATH")
	}
	t.Setenv("TF_CLI_CONFIG_FILE", os.DevNull)
	t.Setenv("CHECKPOINT_DISABLE", "1")
	return func(arguments ...string) []byte {
		t.Helper()
		command := exec.Command("terraform", arguments...)
		command.Dir = dir
		out, err := command.Output()
		if err != nil {
			t.Fatalf("terraform %v: %v\n%s", arguments, err, out)
		}
		return out
	}
}
