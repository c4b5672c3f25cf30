package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hubspoke/internal/runner"
)

// Without Terraform, --mock says so, and what there is to do.
func TestMockNeedsTerraform(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := mockRoots([]string{"../../docs/examples/hub-and-spoke"})
	if !errors.Is(err, runner.ErrNotFound) || !strings.Contains(err.Error(), "--terraform") {
		t.Errorf("error %v", err)
	}
}

// Roots are planned after those whose states they read.
func TestRootsAreInTheOrderOfTheirStates(t *testing.T) {
	dir := t.TempDir()
	reading := func(state string) string {
		return "data \"terraform_remote_state\" \"it\" {\n  backend = \"local\"\n  config = { path = \"../" + state + "/terraform.tfstate\" }\n}\n"
	}
	folder := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(path, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(path, "main.tf"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	c, b, a := folder("c", reading("b")), folder("b", reading("a")), folder("a", "locals {}\n")
	roots, err := inOrder([]string{c, b, a})
	if err != nil {
		t.Fatal(err)
	}
	var order []string
	for _, r := range roots {
		order = append(order, filepath.Base(r.dir))
	}
	if !slices.Equal(order, []string{"a", "b", "c"}) {
		t.Errorf("order %q", order)
	}
	for want, dirs := range map[string][]string{
		"in a circle":               {folder("x", reading("y")), folder("y", reading("x"))},
		"is not here: name":         {c, b},
		"name each root once":       {a, a},
		"--mock takes the folder":   {dir},
		"(which is not written pla": {folder("z", "variable \"b\" {}\n"+strings.ReplaceAll(reading("a"), `"../a/terraform.tfstate"`, "var.b")), a},
	} {
		if _, err := inOrder(dirs); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", dirs, err, want)
		}
	}
}

// A copy has the modules beside the root, where the root looks for them, and nothing that
// Terraform has left.
func TestACopyHasTheModulesBesideTheRoot(t *testing.T) {
	from := filepath.Join(t.TempDir(), "from")
	if err := os.CopyFS(from, os.DirFS("../../docs/examples/several-roots")); err != nil {
		t.Fatal(err)
	}
	for _, left := range []string{"hub/.terraform/x", "hub/terraform.tfstate", "hub/tests/a.tftest.hcl"} {
		path := filepath.Join(from, left)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	scratch := t.TempDir()
	dir, err := copied(filepath.Join(from, "hub"), scratch)
	if err != nil {
		t.Fatal(err)
	}
	if !exists(filepath.Join(dir, "main.tf")) || !exists(filepath.Join(dir, "../modules/vpc/main.tf")) {
		t.Error("the root or its module is not there")
	}
	for _, left := range []string{".terraform", "terraform.tfstate", "tests", "../spokes"} {
		if exists(filepath.Join(dir, left)) {
			t.Errorf("%s is there", left)
		}
	}
}
