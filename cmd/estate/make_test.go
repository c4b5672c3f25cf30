package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// makes is what make would run, from the folder that holds its file.
func makes(t *testing.T, args ...string) (string, error) {
	t.Helper()
	if _, err := exec.LookPath("make"); err != nil {
		t.Skip("make is not on the PATH")
	}
	// Who reads it has its result forgotten when it changes.
	if _, err := os.ReadFile("../../Makefile"); err != nil {
		t.Fatal(err)
	}
	command := exec.Command("make", append([]string{"-C", "../..", "--no-print-directory", "-n"}, args...)...)
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); name != "STACK" && name != "STACKS" && name != "ARGS" && name != "MAKEFLAGS" {
			command.Env = append(command.Env, variable)
		}
	}
	out, err := command.CombinedOutput()
	return string(out), err
}

// What make ignores would be taken for no stack, which means every stack.
func TestMakeTakesStacksByEitherName(t *testing.T) {
	for _, target := range []string{"diff", "deploy", "destroy"} {
		for _, variable := range []string{"STACK", "STACKS"} {
			out, err := makes(t, target, variable+"=hub-logs dev-network")
			if err != nil || !strings.Contains(strings.Join(strings.Fields(out), " ")+" ", " hub-logs dev-network ") {
				t.Errorf("make %s %s=…: %v\n%s", target, variable, err, out)
			}
		}
	}
	// As `estate stacks` prints them.
	if out, err := makes(t, "deploy", "STACKS=hub-logs\ndev-network"); err != nil || !strings.Contains(out, " hub-logs dev-network\n") {
		t.Errorf("make deploy of a name a line: %v\n%s", err, out)
	}
	if out, err := makes(t, "destroy"); err == nil || !strings.Contains(out, "which stacks?") {
		t.Errorf("make destroy of no stack: %v\n%s", err, out)
	}
}

// What comes next is no news where it comes at once.
func TestMakeSaysWhatComesNextAfterSynthesisAlone(t *testing.T) {
	for target, want := range map[string]bool{"synth": true, "diff": false, "deploy": false, "prove": false, "help": false} {
		out, err := makes(t, target)
		if err != nil || strings.Contains(out, "next: make prove") != want {
			t.Errorf("make %s: %v\n%s", target, err, out)
		}
		shell := exec.Command("sh", "-n")
		shell.Stdin = strings.NewReader(out)
		if complaint, err := shell.CombinedOutput(); err != nil {
			t.Errorf("make %s runs what is no command: %v\n%s", target, err, complaint)
		}
	}
}
