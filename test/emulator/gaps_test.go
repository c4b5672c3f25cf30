package emulator_test

import (
	"os/exec"
	"path/filepath"
	"testing"

	"hubspoke/internal/emulator"
)

// Every filler answers operations that AWS has: one that is misspelt would never be asked, and moto be asked instead.
func TestFillersAnswerOperations(t *testing.T) {
	needed(t)
	python := must(emulator.Python(t.Context()))(t)
	if wrong, err := exec.Command(python, filepath.Join(project, filepath.FromSlash(emulator.Folder), "check.py")).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, wrong)
	}
}
