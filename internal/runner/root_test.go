package runner

import (
	"encoding/json"
	"io"
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

func TestALockThatIsLeftIsTakenAwayAsIsSaid(t *testing.T) {
	const said = "╷\n│ Error: Error acquiring the state lock\n│ \n│ Lock Info:\n│   ID:        8b2f4d9e-0000-4000-8000-000000000001\n│   Path:      states/one.tfstate\n╵"
	root := pretend(t, map[string]string{"apply": "printf '%s' '" + said + "' >&2; exit 1"})
	err := root.Apply(t.Context(), io.Discard)
	if want := "terraform -chdir=" + root.dir + " force-unlock 8b2f4d9e-0000-4000-8000-000000000001"; err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("it does not say %q: %v", want, err)
	}
	event, _ := json.Marshal(map[string]any{"type": "diagnostic", "diagnostic": map[string]any{
		"severity": "error", "summary": "Error acquiring the state lock", "detail": "Lock Info:\n  ID:        7\n  Path:      one",
	}})
	root = pretend(t, map[string]string{"plan": "printf '%s\\n' '" + string(event) + "'; exit 1"})
	if _, err := root.Plan(t.Context(), false); err == nil || !strings.HasSuffix(err.Error(), "force-unlock 7") {
		t.Error(err)
	}
}
