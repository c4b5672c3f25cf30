package planjson

import (
	"os"
	"path/filepath"
	"testing"
)

// What a mocked data source tells is made up, and nothing is proven with it.
func TestMadeUpDataIsNotUnderstood(t *testing.T) {
	for source, want := range map[string]int{
		`data "aws_subnets" "all" {}`:             1,
		`data "aws_caller_identity" "current" {}`: 0,
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "main.tf"), []byte(source), 0o644); err != nil {
			t.Fatal(err)
		}
		s, err := Mocked("root", dir, []byte(`{"resource_changes": []}`))
		if err != nil {
			t.Fatal(err)
		}
		if len(s.Unknown) != want {
			t.Errorf("%s: %q", source, s.Unknown)
		}
	}
}
