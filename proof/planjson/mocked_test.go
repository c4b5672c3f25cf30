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

// Locals that each name the one before twice come to an end.
func TestLocalsThatGrowComeToAnEnd(t *testing.T) {
	dir := t.TempDir()
	const text = `resource "aws_route" "a" {
  route_table_id = local.a
}

locals {
  a = [local.a, local.a]
}`
	if err := os.WriteFile(filepath.Join(dir, "main.tf"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := Mocked("root", dir, []byte(`{"resource_changes": [{"address": "aws_route.a", "mode": "managed", "type": "aws_route", "name": "a",
		"change": {"actions": ["create"], "after": {}, "after_unknown": {"route_table_id": true}}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if s.Planned[0].Body["route_table_id"] == nil {
		t.Error("nothing is said of what is not known")
	}
}
