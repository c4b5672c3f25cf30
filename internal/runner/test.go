package runner

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"

	tfjson "github.com/hashicorp/terraform-json"

	"hubspoke/proof/stackjson"
)

// Case is a Terraform test of a stack. All providers must be mocked in it.
type Case struct {
	Stack *stackjson.Stack
	// Override is the content of an override file, if there is one:
	// https://developer.hashicorp.com/terraform/language/files/override
	Override []byte
	// Test is the content of the test file, without the stack as the module of
	// its runs.
	Test map[string]any
}

// Test runs all cases in one `terraform test`, so that the schemas of the providers
// are loaded once for all. The answer has an error for every stack whose test did
// not pass, by name. The other error is about Terraform, and not about one of them.
//
// A backend is left out, because in a module Terraform would warn of it, and imports, which
// a module may not have: what they would import is made. Both are proved by [Folder.Init]
// and [Folder.Plan].
func (i *Installation) Test(ctx context.Context, cases []Case) (map[string]error, error) {
	dir, err := os.MkdirTemp(i.home, "test-")
	if err != nil {
		return nil, err
	}
	// Modules are installed for a configuration only, even one without content.
	if err := writeJSON(filepath.Join(dir, "main.tf.json"), map[string]any{}); err != nil {
		return nil, err
	}
	for _, c := range cases {
		if err := c.write(dir); err != nil {
			return nil, err
		}
	}
	f, err := i.folder(dir, i.Environment())
	if err != nil {
		return nil, err
	}
	if err := f.Init(ctx); err != nil {
		return nil, err
	}
	output, err := f.run(ctx, "test", "-json")
	results := readTests(output)
	problems := map[string]error{}
	failed := false
	for _, c := range cases {
		r := results[testFile(c.Stack.Name)]
		if problem := diagnosed(r.diagnostics); problem != nil {
			problems[c.Stack.Name] = problem
		} else if r.status != "pass" {
			problems[c.Stack.Name] = fmt.Errorf("the status of its test is %q, want \"pass\"", r.status)
		}
		failed = failed || problems[c.Stack.Name] != nil
	}
	general := diagnosed(results[""].diagnostics)
	if general == nil && failed {
		err = nil // the exit status says nothing more
	}
	return problems, errors.Join(general, err)
}

func (c Case) write(dir string) error {
	source := path.Join("stacks", c.Stack.Name)
	folder := filepath.Join(dir, filepath.FromSlash(source))
	config := maps.Clone(c.Stack.JSON)
	settings := maps.Clone(c.Stack.Terraform())
	delete(settings, "backend")
	config["terraform"] = settings
	delete(config, "import")
	if err := writeJSON(filepath.Join(folder, stackjson.File), config); err != nil {
		return err
	}
	if c.Override != nil {
		if err := os.WriteFile(filepath.Join(folder, "test_override.tf.json"), c.Override, 0o644); err != nil {
			return err
		}
	}
	test := maps.Clone(c.Test)
	runs := map[string]any{}
	for name, body := range c.Test["run"].(map[string]any) {
		run := maps.Clone(body.(map[string]any))
		run["module"] = map[string]any{"source": "./" + source}
		runs[name] = run
	}
	test["run"] = runs
	return writeJSON(filepath.Join(dir, testFile(c.Stack.Name)), test)
}

// testFile is the path of a stack's test, as Terraform calls it.
func testFile(stack string) string { return path.Join("tests", stack+".tftest.json") }

func writeJSON(path string, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o644)
}

type testResult struct {
	// status is "pass" only if all of a file's runs have passed and what they
	// made is destroyed.
	status      string
	diagnostics []tfjson.Diagnostic
}

// readTests reads the events of `terraform test`, by test file; those of no file
// are under "".
func readTests(events *bytes.Buffer) map[string]testResult {
	results := map[string]testResult{}
	lines := bufio.NewScanner(events)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var event struct {
			TestFile   string             `json:"@testfile"`
			Diagnostic *tfjson.Diagnostic `json:"diagnostic"`
			File       struct {
				Status string `json:"status"`
			} `json:"test_file"`
		}
		if json.Unmarshal(lines.Bytes(), &event) != nil {
			continue
		}
		file := filepath.ToSlash(event.TestFile)
		r := results[file]
		if event.File.Status != "" {
			r.status = event.File.Status
		}
		if event.Diagnostic != nil {
			r.diagnostics = append(r.diagnostics, *event.Diagnostic)
		}
		results[file] = r
	}
	return results
}
