package main

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
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
			return nil
		},
	})
}

// The tool answers in milliseconds, because it does not start CDKTF's kernel.
func TestTheToolDoesNotNeedCDKTF(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(out), "hubspoke/environments") {
		t.Fatalf("the list of dependencies does not hold hubspoke/environments:\n%s", out)
	}
	for _, dependency := range strings.Fields(string(out)) {
		if strings.Contains(dependency, "jsii") || strings.Contains(dependency, "cdktf") {
			t.Errorf("depends on %s", dependency)
		}
	}
}
