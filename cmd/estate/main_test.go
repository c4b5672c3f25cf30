package main

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/rogpeppe/go-internal/testscript"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"hubspoke/cmd/estate/answer"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"estate": main})
}

func TestCommands(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("ROOT", root)
			env.Setenv("STACKS", filepath.Join(env.WorkDir, "synthesized"))
			// Scripts have no home. Go compiles into the cache of whoever tests.
			if cache, err := exec.Command("go", "env", "GOCACHE").Output(); err == nil {
				env.Setenv("GOCACHE", strings.TrimSpace(string(cache)))
			}
			return prepare(root, env.WorkDir)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"status": status, "copytree": copyTree, "replace": replace, "answers": answers},
	})
}

// prepare copies piksel and the schemas, and the stacks that piksel was last reviewed
// with into the folder that CDKTF would write.
func prepare(root, dir string) error {
	for from, to := range map[string]string{"piksel": "piksel", "schema": "environments/schema"} {
		if err := os.CopyFS(filepath.Join(dir, to), os.DirFS(filepath.Join(root, "environments", from))); err != nil {
			return err
		}
	}
	reviewed, err := filepath.Glob(filepath.Join(root, "test", "testdata", "golden", "piksel", "*.json"))
	if err != nil {
		return err
	}
	for _, file := range reviewed {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		folder := filepath.Join(dir, "synthesized", "stacks", strings.TrimSuffix(filepath.Base(file), ".json"))
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(folder, "cdk.tf.json"), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// status runs a command that must exit with the status.
func status(ts *testscript.TestScript, negated bool, args []string) {
	want, err := strconv.Atoi(args[0])
	if err != nil || negated {
		ts.Fatalf("usage: status number command...")
	}
	err = ts.Exec(args[1], args[2:]...)
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != want {
		ts.Fatalf("want status %d: %v", want, err)
	}
}

// copyTree copies a folder.
func copyTree(ts *testscript.TestScript, negated bool, args []string) {
	if negated || len(args) != 2 {
		ts.Fatalf("usage: copytree from to")
	}
	ts.Check(os.CopyFS(ts.MkAbs(args[1]), os.DirFS(ts.MkAbs(args[0]))))
}

// replace replaces a text in files, each of which has it.
func replace(ts *testscript.TestScript, negated bool, args []string) {
	if negated || len(args) < 3 {
		ts.Fatalf("usage: replace old new file...")
	}
	for _, file := range args[2:] {
		before := ts.ReadFile(file)
		after := strings.ReplaceAll(before, args[0], args[1])
		if after == before {
			ts.Fatalf("%s has no %q", file, args[0])
		}
		ts.Check(os.WriteFile(ts.MkAbs(file), []byte(after), 0o644))
	}
}

// answers checks that the last command answered as a schema of docs/schema says, with a
// failure if it is negated.
func answers(ts *testscript.TestScript, negated bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: answers schema")
	}
	var answered any
	decoder := json.NewDecoder(strings.NewReader(ts.ReadFile("stdout")))
	ts.Check(decoder.Decode(&answered))
	if decoder.More() {
		ts.Fatalf("there is more than one answer")
	}
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join(ts.Getenv("ROOT"), "docs", "schema", args[0]+".schema.json"))
	ts.Check(err)
	if err := schema.Validate(answered); err != nil {
		ts.Fatalf("%v", err)
	}
	head := answered.(map[string]any)
	if head["schema_version"] != float64(answer.Version) || head["command"] == "" {
		ts.Fatalf("the head is %v, %v", head["schema_version"], head["command"])
	}
	if _, failed := head["errors"]; failed != negated {
		ts.Fatalf("failed: %v, want %v", failed, negated)
	}
}

// Every answer is checked by some script.
func TestEveryAnswerIsChecked(t *testing.T) {
	scripts, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	checked := map[string]bool{"plan": true} // by TestOneStackIsPlannedWithoutAnAccount, where Terraform is
	for _, script := range scripts {
		text, err := os.ReadFile(script)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?m)^answers ([a-z-]+)$`).FindAllStringSubmatch(string(text), -1) {
			checked[m[1]] = true
		}
	}
	for name := range answer.Commands {
		if !checked[name] {
			t.Errorf("no script checks what %s answers", name)
		}
	}
}

// A command that answers people alone is of no use to programs.
func TestEveryCommandAnswersInJSON(t *testing.T) {
	parser, err := newParser()
	if err != nil {
		t.Fatal(err)
	}
	for _, leaf := range parser.Model.Leaves(true) {
		switch strings.TrimPrefix(leaf.FullPath(), "estate ") {
		case "completion": // it answers a shell
			continue
		case "emulate": // it shows an estate to people; deploy, which it stands for, answers programs
			continue
		case "pipeline changed", "pipeline record", "pipeline beyond": // they answer the steps of a workflow
			continue
		}
		if !slices.ContainsFunc(leaf.Flags, func(f *kong.Flag) bool { return f.Name == "json" }) {
			t.Errorf("estate %s has no --json", leaf.FullPath())
		}
	}
}

// The tool answers in milliseconds, because it does not start CDKTF's kernel.
func TestTheToolDoesNotNeedCDKTF(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(out), "hubspoke/estate") {
		t.Fatalf("the list of dependencies does not hold hubspoke/estate:\n%s", out)
	}
	for _, dependency := range strings.Fields(string(out)) {
		if strings.Contains(dependency, "jsii") || strings.Contains(dependency, "cdktf") {
			t.Errorf("depends on %s", dependency)
		}
	}
}
