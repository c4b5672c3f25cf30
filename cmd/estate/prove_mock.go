package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"

	"hubspoke/internal/runner"
	"hubspoke/proof/planjson"
	"hubspoke/proof/stackjson"
)

// mockRoots plans roots without an account, with providers that are made up. A root that
// reads the state of another is planned after it, with the outputs that the other has.
// Why these are plans, and no applies: docs/decisions/proof-without-account.md
func mockRoots(dirs []string) ([]*stackjson.Stack, error) {
	if len(dirs) == 0 {
		return nil, nil
	}
	if _, err := runner.Find(); err != nil {
		return nil, fmt.Errorf("--mock runs Terraform: %w\nWithout it, prove a plan or a state with --terraform", err)
	}
	roots, err := inOrder(dirs)
	if err != nil {
		return nil, err
	}
	var stacks []*stackjson.Stack
	handed, meant := map[string]planjson.Handed{}, map[string]any{}
	for _, r := range roots {
		s, err := r.plan(handed)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r.name, err)
		}
		planjson.Receive(s, meant)
		outputs := planjson.Hand(s)
		maps.Copy(meant, outputs.Meant)
		handed[r.state] = outputs
		stacks = append(stacks, s)
	}
	return stacks, nil
}

// root is a root that is mocked.
type root struct {
	name, dir string // as it was named, and in full
	state     string
	reads     []planjson.StateRead
}

// inOrder are the roots, each after those whose states it reads.
func inOrder(dirs []string) ([]root, error) {
	var all, ordered []root
	for _, name := range dirs {
		dir, err := filepath.Abs(name)
		if err != nil {
			return nil, err
		}
		if files, _ := filepath.Glob(filepath.Join(dir, "*.tf")); len(files) == 0 {
			return nil, fmt.Errorf("%s has no *.tf files: --mock takes the folder of a root", name)
		}
		r := root{name, dir, planjson.StateOf(dir), planjson.StateReads(dir)}
		for _, o := range all {
			if r.state != "" && r.state == o.state {
				return nil, fmt.Errorf("%s and %s write the same state, %s: name each root once", o.name, name, r.state)
			}
		}
		all = append(all, r)
	}
	for _, r := range all {
		for _, read := range r.reads {
			if read.State == "" || !slices.ContainsFunc(all, func(o root) bool { return o.state == read.State }) {
				return nil, fmt.Errorf("%s: the root whose state %s reads is not here: name its folder with --mock too; its backend and this one's config must say the same place (%s)", r.name, read.Address, orUnknown(read.State))
			}
		}
	}
	done := map[string]bool{}
	for len(ordered) < len(all) {
		before := len(ordered)
		for _, r := range all {
			ready := !slices.ContainsFunc(r.reads, func(read planjson.StateRead) bool { return !done[read.State] })
			if ready && !slices.ContainsFunc(ordered, func(o root) bool { return o.dir == r.dir }) {
				ordered = append(ordered, r)
			}
		}
		for _, r := range ordered {
			done[r.state] = true
		}
		if len(ordered) == before {
			return nil, errors.New("the roots read each other's states in a circle")
		}
	}
	return ordered, nil
}

func orUnknown(state string) string {
	if state == "" {
		return "which is not written plainly, in literals"
	}
	return state
}

// plan plans a root in a copy: nothing is left behind in it.
func (r root) plan(handed map[string]planjson.Handed) (*stackjson.Stack, error) {
	scratch, err := os.MkdirTemp("", "estate-mock-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(scratch)
	dir, err := copied(r.dir, scratch)
	if err != nil {
		return nil, err
	}
	if err := os.Mkdir(filepath.Join(dir, "tests"), 0o755); err != nil {
		return nil, err
	}
	test, err := json.Marshal(r.test(handed))
	if err != nil {
		return nil, err
	}
	const file = "tests/mock.tftest.json"
	if err := os.WriteFile(filepath.Join(dir, file), test, 0o644); err != nil {
		return nil, err
	}
	if out, err := inFolder(dir, "init", "-backend=false", "-input=false", "-no-color"); err != nil {
		return nil, fmt.Errorf("terraform init fails, %w\n%s", err, unboxed(out))
	}
	out, err := inFolder(dir, "test", "-json", "-verbose", "-filter="+file)
	plan, problems := mocked(out)
	switch {
	case len(problems) > 0:
		return nil, fmt.Errorf("it cannot be planned with a provider that is made up:\n%s", strings.Join(problems, "\n"))
	case plan == nil:
		return nil, fmt.Errorf("terraform test tells no plan: %w\n%s", errors.Join(err, errors.New("Terraform 1.7 or newer is needed")), unboxed(out))
	}
	return planjson.Mocked(filepath.Base(r.dir), r.dir, plan)
}

// test is the test file: providers that are made up, what data sources tell, and the
// states of other roots.
// https://developer.hashicorp.com/terraform/language/tests/mocking
func (r root) test(handed map[string]planjson.Handed) map[string]any {
	var providers, overrides []any
	for _, p := range planjson.Providers(r.dir) {
		provider, data := map[string]any{}, map[string]any{}
		if p.Alias != "" {
			provider["alias"] = p.Alias
		}
		for kind, values := range p.Told {
			data[kind] = map[string]any{"defaults": values}
		}
		provider["mock_data"] = data
		providers = append(providers, provider)
	}
	test := map[string]any{
		"mock_provider": map[string]any{"aws": providers},
		"run":           map[string]any{"plan": map[string]any{"command": "plan"}},
	}
	for _, read := range r.reads {
		overrides = append(overrides, map[string]any{"target": read.Address, "values": map[string]any{"outputs": handed[read.State].Outputs}})
	}
	if overrides != nil {
		test["override_data"] = overrides
	}
	return test
}

// copied copies a root and its local modules, which may be beside it, so that they lie to
// each other as they did. The root's own tests, its state and its providers stay behind.
func copied(dir, scratch string) (string, error) {
	folders := planjson.Folders(dir)
	above := dir
	for slices.ContainsFunc(folders, func(f string) bool { return !within(above, f) }) && above != filepath.Dir(above) {
		above = filepath.Dir(above)
	}
	// The root keeps its name, which the stack has.
	place := func(folder string) string {
		path, err := filepath.Rel(filepath.Dir(above), folder)
		if err != nil {
			path = filepath.Base(folder)
		}
		return filepath.Join(scratch, path)
	}
	var kept []string
	for _, folder := range folders {
		if slices.ContainsFunc(kept, func(k string) bool { return within(k, folder) }) {
			continue
		}
		kept = append(kept, folder)
		if err := copyFolder(folder, place(folder)); err != nil {
			return "", err
		}
	}
	return place(dir), os.RemoveAll(filepath.Join(place(dir), "tests"))
}

func within(dir, folder string) bool {
	return folder == dir || strings.HasPrefix(folder, strings.TrimSuffix(dir, string(filepath.Separator))+string(filepath.Separator))
}

func copyFolder(from, to string) error {
	return filepath.WalkDir(from, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, inside := d.Name(), strings.TrimPrefix(path, from)
		switch {
		case d.IsDir() && (name == ".terraform" || name == ".git"):
			return filepath.SkipDir
		case d.IsDir():
			return os.MkdirAll(filepath.Join(to, inside), 0o755)
		case strings.Contains(name, ".tfstate") || strings.Contains(name, ".tftest."):
			return nil
		}
		text, err := os.ReadFile(path)
		if info, statErr := os.Stat(path); statErr != nil || info.IsDir() {
			return statErr // a link to a folder
		}
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, inside), text, 0o644)
	})
}

// inFolder runs Terraform with nothing of the user's that would lead it elsewhere.
func inFolder(dir string, args ...string) ([]byte, error) {
	command := exec.Command("terraform", args...)
	command.Dir = dir
	for _, variable := range os.Environ() {
		name, _, _ := strings.Cut(variable, "=")
		if !strings.HasPrefix(name, "TF_CLI_ARGS") && !slices.Contains([]string{"TF_DATA_DIR", "TF_WORKSPACE", "TF_LOG"}, name) {
			command.Env = append(command.Env, variable)
		}
	}
	for name, value := range runner.RootEnvironment() {
		command.Env = append(command.Env, name+"="+value)
	}
	return command.CombinedOutput()
}

// unboxed is what Terraform prints for people, without the lines around it.
func unboxed(out []byte) string {
	return strings.TrimSpace(strings.NewReplacer("╷", "", "│ ", "", "│", "", "╵", "").Replace(string(out)))
}

// mocked is the plan in what `terraform test -json -verbose` prints, and what went wrong.
func mocked(output []byte) (plan []byte, problems []string) {
	lines := bufio.NewScanner(bytes.NewReader(output))
	lines.Buffer(nil, 1<<30)
	for lines.Scan() {
		var event struct {
			Plan       map[string]json.RawMessage `json:"test_plan"`
			Diagnostic *tfjson.Diagnostic
		}
		if json.Unmarshal(lines.Bytes(), &event) != nil {
			continue
		}
		if d := event.Diagnostic; d != nil && d.Severity == tfjson.DiagnosticSeverityError {
			problems = append(problems, problem(d))
		}
		if event.Plan != nil {
			delete(event.Plan, "provider_schemas")
			plan, _ = json.Marshal(event.Plan)
		}
	}
	return plan, problems
}

// problem is an error of Terraform, with its place.
func problem(d *tfjson.Diagnostic) string {
	place := d.Address
	if d.Range != nil {
		place = fmt.Sprintf("%s:%d", d.Range.Filename, d.Range.Start.Line)
	}
	if d.Summary == "No value for required variable" {
		// Terraform's own advice is about tests.
		return place + ": a variable has no value: give it one in terraform.tfvars in the folder, or in the environment, as TF_VAR_" + variable(d)
	}
	text := strings.TrimPrefix(fmt.Sprintf("%s: %s: %s", place, d.Summary, d.Detail), ": ")
	return strings.TrimSpace(strings.Join(strings.Fields(text), " "))
}

// variable is the name of the variable that an error is about.
func variable(d *tfjson.Diagnostic) string {
	if _, rest, ok := strings.Cut(d.Detail, "required variable \""); ok {
		name, _, _ := strings.Cut(rest, "\"")
		return name
	}
	return "NAME"
}
