// Package stacktest has stacks for tests.
package stacktest

import (
	"os"
	"path/filepath"
	"testing"

	"hubspoke/proof/stackjson"
)

// Golden are the reviewed stacks of all estates under test, which are in a folder for each.
func Golden(t testing.TB, folder string) []*stackjson.Stack {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	var stacks []*stackjson.Stack
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		s, err := stackjson.Parse(file, file, text)
		if err != nil {
			t.Fatal(err)
		}
		stacks = append(stacks, s)
	}
	return stacks
}
