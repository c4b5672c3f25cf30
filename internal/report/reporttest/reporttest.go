// Package reporttest gives tests of reports the estates that were reviewed, and stacks of their own.
package reporttest

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"hubspoke/estate"
	"hubspoke/internal/report/document"
	"hubspoke/internal/report/source"
	"hubspoke/proof/stackjson"
)

// Estates are those whose reviewed stacks reports are tried on.
var Estates = []string{"artos", "innovate", "mesh", "options", "organization", "piksel", "privatelink"}

// root is the folder of the module.
func root(t testing.TB) string {
	t.Helper()
	_, file, _, ok := runtime.Caller(0)
	if !ok {
		t.Fatal("this test does not know where it is")
	}
	return filepath.Join(filepath.Dir(file), "../../..")
}

// Stacks are the reviewed stacks of an estate. Each change is made to their text, by the
// name of the stack, before they are read: it has to change something.
func Stacks(t testing.TB, name string, changes ...Change) []*stackjson.Stack {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root(t), "test/testdata/golden", name, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no reviewed stacks of %s: %v", name, err)
	}
	var all []*stackjson.Stack
	changed := make([]bool, len(changes))
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		stack := strings.TrimSuffix(filepath.Base(file), ".json")
		for i, c := range changes {
			if c.Stack == "" || c.Stack == stack {
				with := strings.ReplaceAll(string(text), c.From, c.To)
				changed[i] = changed[i] || with != string(text)
				text = []byte(with)
			}
		}
		s, err := stackjson.Parse(stack, file, text)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	for i, c := range changes {
		if !changed[i] {
			t.Fatalf("%s: nothing in %q reads %s", name, c.Stack, c.From)
		}
	}
	return all
}

// Change is a change of reviewed stacks: a text in place of another.
type Change struct {
	// Stack is the stack's name, "" for all.
	Stack string
	// From and To are the texts.
	From, To string
}

// Reviewed is the source of a reviewed estate, with changes to its stacks.
func Reviewed(t testing.TB, name string, changes ...Change) *source.Source {
	t.Helper()
	return source.Of(Estate(t, name), Stacks(t, name, changes...))
}

// Estate is an estate under test.
func Estate(t testing.TB, name string) *estate.Estate {
	t.Helper()
	dir := filepath.Join(root(t), "environments", name)
	if _, err := os.Stat(dir); err != nil {
		dir = filepath.Join(root(t), "test/testdata/estates", name)
	}
	e, err := estate.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// provider places what a stack of a test makes.
const provider = `"provider": {"aws": [{"region": "ap-southeast-3", "allowed_account_ids": ["222222222222"]}]}`

// Made is the source of piksel with one stack, which makes some resources: the inside of `resource`.
func Made(t testing.TB, resources string) *source.Source {
	t.Helper()
	s, err := stackjson.Parse("one", "one.json", []byte(`{`+provider+`, "resource": {`+resources+`}}`))
	if err != nil {
		t.Fatal(err)
	}
	return source.Of(Estate(t, "piksel"), []*stackjson.Stack{s})
}

// Section is a section of a report as Markdown, with one space between its words.
func Section(t testing.TB, d *document.Document, title string) string {
	t.Helper()
	var out bytes.Buffer
	if err := d.Write(&out, "markdown"); err != nil {
		t.Fatal(err)
	}
	_, after, ok := strings.Cut(out.String(), "\n## "+title+"\n")
	if !ok {
		t.Fatalf("there is no section %s", title)
	}
	before, _, _ := strings.Cut(after, "\n## ")
	return strings.Join(strings.Fields(before), " ")
}
