package runner

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// pretend is a program in the place of Terraform: each of the commands that it is called
// with runs a line of shell.
func pretend(t *testing.T, commands map[string]string) *Root {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("it is a shell script")
	}
	dir := t.TempDir()
	script := "#!/bin/sh\ncase \"$1\" in\nversion) echo '{\"terraform_version\":\"1.11.4\"}';;\n"
	for name, line := range commands {
		script += name + ") " + line + ";;\n"
	}
	binary := filepath.Join(dir, "terraform")
	if err := os.WriteFile(binary, []byte(script+"esac\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	root, err := OpenRoot(binary, dir, "0s")
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func TestAPlanThatWasNotReadIsNotOffered(t *testing.T) {
	root := pretend(t, map[string]string{"plan": "touch " + PlanFile + "; exit 2"})
	plan, err := root.Plan(t.Context(), false)
	if plan != nil || err == nil || !strings.Contains(err.Error(), "no summary of changes") {
		t.Errorf("plan %+v, error %v", plan, err)
	}
	if _, err := os.Stat(filepath.Join(root.dir, PlanFile)); err == nil {
		t.Error("the plan is left, to be applied")
	}
}

func TestABackendWithoutCredentialsPointsToTheReadme(t *testing.T) {
	root := pretend(t, map[string]string{"init": "echo 'Error: No valid credential sources found' >&2; exit 1"})
	err := root.Init(t.Context())
	if err == nil || !strings.HasPrefix(err.Error(), "terraform init: "+hintOfCredentials) || !strings.Contains(err.Error(), "Error: No valid") {
		t.Error(err)
	}
}
