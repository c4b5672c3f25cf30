package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hubspoke/cmd/estate/answer"
)

// Programs depend on the schemas, which are made of the types.
func TestSchemasAreThoseOfTheAnswers(t *testing.T) {
	t.Chdir("../..")
	known := map[string]bool{}
	for name := range answer.Commands {
		known[name] = true
		want, err := generate(name)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(path(name)); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not what the types say: go generate ./cmd/estate/answer (%v)", path(name), err)
		}
	}
	files, err := filepath.Glob(path("*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if name := strings.TrimSuffix(filepath.Base(file), ".schema.json"); !known[name] {
			t.Errorf("%s is of no answer", file)
		}
	}
}
