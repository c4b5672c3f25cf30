package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"hubspoke/proof/planjson"
	"hubspoke/proof/stackjson"
)

// mockTest plans a root with a provider that is made up, so that no account is needed.
// https://developer.hashicorp.com/terraform/language/tests/mocking
const mockTest = `mock_provider "aws" {}

run "plan" {
  command = plan
}
`

// mock plans a root without an account, in a copy: nothing is left behind in it.
func mock(dir string) (*stackjson.Stack, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if _, err := exec.LookPath("terraform"); err != nil {
		return nil, errors.New("--mock runs Terraform, and there is none on the PATH: install it, or prove a plan with --terraform")
	}
	scratch, err := os.MkdirTemp("", "estate-mock-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(scratch)
	// The folder keeps its name, which the stack has. Modules beside it are not copied.
	root := filepath.Join(scratch, filepath.Base(dir))
	if err := os.CopyFS(root, os.DirFS(dir)); err != nil {
		return nil, err
	}
	// The root's own tests and its state are not for this, nor is its backend.
	for _, name := range []string{"tests", ".terraform", "terraform.tfstate"} {
		if err := os.RemoveAll(filepath.Join(root, name)); err != nil {
			return nil, err
		}
	}
	if err := os.Mkdir(filepath.Join(root, "tests"), 0o755); err != nil {
		return nil, err
	}
	var mocks strings.Builder
	for _, alias := range planjson.Aliases(dir) {
		fmt.Fprintf(&mocks, "mock_provider \"aws\" {\n  alias = %q\n}\n\n", alias)
	}
	if err := os.WriteFile(filepath.Join(root, "tests", "mock.tftest.hcl"), []byte(mocks.String()+mockTest), 0o644); err != nil {
		return nil, err
	}
	if out, err := inFolder(root, "init", "-backend=false", "-input=false", "-no-color"); err != nil {
		return nil, fmt.Errorf("%s: terraform init: %w\n%s", dir, err, out)
	}
	out, err := inFolder(root, "test", "-json", "-verbose", "-filter=tests/mock.tftest.hcl")
	plan, problems := mocked(out)
	if plan == nil {
		return nil, fmt.Errorf("%s: a plan with a made-up provider fails, %w:\n%s", dir, errors.Join(err, errors.New("and this is why")), strings.Join(problems, "\n"))
	}
	return planjson.Mocked(filepath.Base(dir), dir, plan)
}

func inFolder(dir string, args ...string) ([]byte, error) {
	command := exec.Command("terraform", args...)
	command.Dir = dir
	return command.CombinedOutput()
}

// mocked is the plan in what `terraform test -json -verbose` prints, and what went wrong.
func mocked(output []byte) (plan []byte, problems []string) {
	lines := bufio.NewScanner(bytes.NewReader(output))
	lines.Buffer(nil, 1<<30)
	for lines.Scan() {
		var event struct {
			Plan       map[string]json.RawMessage `json:"test_plan"`
			Diagnostic *struct{ Severity, Summary, Detail, Address string }
		}
		if json.Unmarshal(lines.Bytes(), &event) != nil {
			continue
		}
		if d := event.Diagnostic; d != nil && d.Severity == "error" {
			problems = append(problems, strings.TrimSpace(fmt.Sprintf("%s %s: %s", d.Address, d.Summary, d.Detail)))
		}
		if event.Plan != nil {
			delete(event.Plan, "provider_schemas")
			plan, _ = json.Marshal(event.Plan)
		}
	}
	return plan, problems
}
