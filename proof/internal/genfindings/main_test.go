package main

import (
	"os"
	"testing"

	"hubspoke/proof"
)

func TestTheTableOfFindingsIsCurrent(t *testing.T) {
	t.Chdir("../..")
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != table(proof.Kinds()) {
		t.Error("docs/findings.md is not what the catalogues say: run `go generate ./proof`")
	}
}
