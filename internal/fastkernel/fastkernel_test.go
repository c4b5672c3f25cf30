package fastkernel

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// needNode skips a test where there is no node, unless the environment promises everything that tests need.
func needNode(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("node"); err != nil {
		if os.Getenv("REQUIRE_TERRAFORM") != "" {
			t.Fatal("node is not on the PATH: install Node.js 20 or newer")
		}
		t.Skip("node is not on the PATH: install Node.js 20 or newer to run this test")
	}
}

func TestTheScriptIsFastOrStock(t *testing.T) {
	needNode(t)
	t.Log("see preload.test.cjs")
	if out, err := exec.Command("node", "--test", "preload.test.cjs").CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestNodeFindsTheScriptWhateverItsFolderIsCalled(t *testing.T) {
	needNode(t)
	for _, folder := range []string{"plain", "with spaces", `with "quotes"`, `with \ backslash`, "with'apostrophe"} {
		script := filepath.Join(t.TempDir(), folder, "script.cjs")
		if err := os.MkdirAll(filepath.Dir(script), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(script, []byte(`console.log("loaded", process.title);`), 0o644); err != nil {
			t.Fatal(err)
		}
		node := exec.Command("node", "-e", "")
		node.Env = append(os.Environ(), "NODE_OPTIONS="+withPreload("--title=mine", script))
		if out, err := node.CombinedOutput(); err != nil || string(out) != "loaded mine\n" {
			t.Errorf("%s: %v\n%s", script, err, out)
		}
	}
}

func TestTheScriptIsAddedOnce(t *testing.T) {
	once := withPreload("--title=mine", "/a b/preload.cjs")
	if twice := withPreload(once, "/a b/preload.cjs"); twice != once {
		t.Errorf("%s", twice)
	}
}

// cacheFolder is the user's cache folder for one test.
func cacheFolder(t *testing.T, dir string) {
	t.Helper()
	for _, name := range []string{"XDG_CACHE_HOME", "HOME", "LocalAppData"} {
		t.Setenv(name, dir)
	}
	t.Setenv(SwitchOff, "")
}

// unset removes a variable for one test.
func unset(t *testing.T, name string) {
	t.Helper()
	t.Setenv(name, "")
	os.Unsetenv(name)
}

func TestEnablingKeepsTheOptionsOfTheUser(t *testing.T) {
	cacheFolder(t, t.TempDir())
	t.Setenv("NODE_OPTIONS", "--title=mine")
	Enable()
	Enable()
	got := os.Getenv("NODE_OPTIONS")
	if !strings.HasPrefix(got, "--title=mine ") || strings.Count(got, "--require") != 1 {
		t.Errorf("NODE_OPTIONS are %s", got)
	}
}

// jsii-runtime-go gives node more memory, unless there are NODE_OPTIONS already.
func TestEnablingKeepsTheDefaultOptionsOfJsii(t *testing.T) {
	cacheFolder(t, t.TempDir())
	unset(t, "NODE_OPTIONS")
	Enable()
	if got := os.Getenv("NODE_OPTIONS"); !strings.HasPrefix(got, "--max-old-space-size=4069 --require ") {
		t.Errorf("NODE_OPTIONS are %s", got)
	}
}

func TestSwitchedOffNothingChanges(t *testing.T) {
	dir := t.TempDir()
	cacheFolder(t, dir)
	t.Setenv(SwitchOff, "1")
	unset(t, "NODE_OPTIONS")
	Enable()
	if got, set := os.LookupEnv("NODE_OPTIONS"); set {
		t.Errorf("NODE_OPTIONS are %s", got)
	}
	if made, err := os.ReadDir(dir); err != nil || len(made) > 0 {
		t.Errorf("%v %v", made, err)
	}
}

func TestWithoutACacheFolderTheKernelIsStock(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for what, dir := range map[string]string{"none": "", "below a file": filepath.Join(file, "cache")} {
		t.Run(what, func(t *testing.T) {
			cacheFolder(t, dir)
			unset(t, "NODE_OPTIONS")
			printed := stderrOf(t, Enable)
			if got, set := os.LookupEnv("NODE_OPTIONS"); set {
				t.Errorf("NODE_OPTIONS are %s", got)
			}
			if strings.Count(printed, "\n") != 1 || !strings.HasPrefix(printed, "fast kernel: ") {
				t.Errorf("not one line:\n%s", printed)
			}
		})
	}
}

// stderrOf is what f prints to standard error.
func stderrOf(t *testing.T, f func()) string {
	t.Helper()
	file, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	stderr := os.Stderr
	defer func() { os.Stderr = stderr }()
	os.Stderr = file
	f()
	printed, err := os.ReadFile(file.Name())
	if err != nil {
		t.Fatal(err)
	}
	return string(printed)
}

func TestADamagedScriptIsWrittenAnew(t *testing.T) {
	cacheFolder(t, t.TempDir())
	script, err := install()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(script, preload[:100], 0o600); err != nil {
		t.Fatal(err)
	}
	if again, err := install(); err != nil || again != script {
		t.Fatalf("%s %v", again, err)
	}
	if got, err := os.ReadFile(script); err != nil || string(got) != string(preload) {
		t.Errorf("%v", err)
	}
	left, err := os.ReadDir(filepath.Dir(script))
	if err != nil || len(left) != 1 {
		t.Errorf("%v %v", left, err)
	}
}
