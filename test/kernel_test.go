package test

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"io"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hubspoke/internal/fastkernel"
	"hubspoke/internal/tf"
)

// Every estate, synthesized by the program with the stock kernel and with the fast one. The cache is empty for the
// first estate; the others, and the first one again, find what that left.
func TestTheFastKernelWritesTheSameFiles(t *testing.T) {
	if _, err := exec.LookPath("node"); err != nil {
		missing(t, "node is not on the PATH")
	}
	program := filepath.Join(t.TempDir(), "hubspoke")
	command(t, "..", nil, "go", "build", "-o", program, ".")
	cache, file := t.TempDir(), filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	// run is what the program writes for an estate, and how often it says that the kernel is not fast.
	run := func(name string, more map[string]string) (map[string]string, int) {
		dir, err := filepath.Abs(estates[name])
		if err != nil {
			t.Fatal(err)
		}
		outdir := filepath.Join(t.TempDir(), "out")
		environment := map[string]string{"ESTATE": dir, "CDKTF_OUTDIR": outdir, "NODE_OPTIONS": "", fastkernel.SwitchOff: ""}
		maps.Copy(environment, more)
		printed := command(t, filepath.Dir(program), environment, program)
		if strings.Contains(printed, "Runtime process") {
			t.Errorf("a synthesis that succeeds says that the kernel ended badly:\n%s", printed)
		}
		return tree(t, outdir), strings.Count(printed, "fast kernel:")
	}
	// Between them these have every type of resource that there is.
	types := map[string]map[string]bool{"piksel": {"what people meet first": true}}
	for _, name := range tf.Keys(estates) {
		for _, s := range synthesized(t, name).stacks {
			for _, r := range s.Resources() {
				if types[name] == nil {
					types[name] = map[string]bool{}
				}
				types[name][r.Type] = true
			}
		}
	}
	names := fewest(types)
	stock := map[string]map[string]string{}
	for _, name := range names {
		stock[name], _ = run(name, map[string]string{fastkernel.SwitchOff: "1"})
	}
	for _, name := range append(names, names[0]) {
		got, lines := run(name, map[string]string{"XDG_CACHE_HOME": cache})
		if diff := cmp.Diff(stock[name], got); diff != "" || lines != 0 {
			t.Errorf("%s: %d lines are printed, and something else is written (-stock +fast):\n%s", name, lines, diff)
		}
	}
	if sidecars, err := filepath.Glob(filepath.Join(cache, "hubspoke", "kernel", "*.types*")); err != nil || len(sidecars) != 1 {
		t.Errorf("the cache holds %v instead of one sidecar: the fast kernel was not fast (%v)", sidecars, err)
	}
	got, lines := run("piksel", map[string]string{"XDG_CACHE_HOME": filepath.Join(file, "cache")})
	if diff := cmp.Diff(stock["piksel"], got); diff != "" || lines != 1 {
		t.Errorf("where no cache can be: %d lines are printed, and something else is written (-stock +fast):\n%s", lines, diff)
	}
}

// A kernel that dies is an error, which says what node said and how it ended.
func TestAKernelThatDiesIsAnError(t *testing.T) {
	if _, err := exec.LookPath("node"); err != nil {
		missing(t, "node is not on the PATH")
	}
	dir := t.TempDir()
	program, deadly, outdir := filepath.Join(dir, "hubspoke"), filepath.Join(dir, "deadly.cjs"), filepath.Join(dir, "out")
	command(t, "..", nil, "go", "build", "-o", program, ".")
	write(t, deadly, `
const Module = require("module"), load = Module._load;
Module._load = function (request, ...rest) {
    if (request.includes("s3-bucket")) {
        console.error("the kernel meets its end");
        process.kill(process.pid, "SIGKILL");
    }
    return load.call(this, request, ...rest);
};
`)
	run := exec.Command(program)
	run.Dir = ".."
	run.Env = append(os.Environ(), "ESTATE=piksel", "CDKTF_OUTDIR="+outdir, "NODE_OPTIONS=--require "+deadly)
	printed, _ := run.CombinedOutput()
	if code := run.ProcessState.ExitCode(); code != 1 {
		t.Errorf("exit status %d, want 1", code)
	}
	for _, want := range []string{"the kernel meets its end", "exit status 137", "synthesis of piksel failed"} {
		if !strings.Contains(string(printed), want) {
			t.Errorf("the errors do not say %q:\n%s", want, printed)
		}
	}
	if left, err := os.ReadDir(outdir); err != nil || len(left) > 0 {
		t.Errorf("something is written: %v %v", left, err)
	}
}

var (
	eagerExport = regexp.MustCompile(`(?m)^exports\.(\w+) = require\("(.+)"\);$`)
	lazyExport  = regexp.MustCompile(`(?m)^Object\.defineProperty\(exports, '(\w+)', \{ get: function \(\) \{ return require\('(.+)'\); \} \}\);$`)
)

// What the fast kernel loads in place of the provider's main file exports the same names from the same files.
func TestTheLazyIndexOfTheProviderIsItsMainFile(t *testing.T) {
	module, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/cdktf/cdktf-provider-aws-go/aws/v19").Output()
	if err != nil {
		t.Fatal(err)
	}
	packages, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(module)), "jsii", "*.tgz"))
	if err != nil || len(packages) != 1 {
		t.Fatalf("%v %v", packages, err)
	}
	files := unpack(t, packages[0], "package/lib/index.js", "package/lib/lazy-index.js")
	eager := exports(eagerExport, files["package/lib/index.js"])
	if len(eager) < 1000 || len(eager) != strings.Count(files["package/lib/index.js"], "require(") {
		t.Fatalf("%d exports found in the main file", len(eager))
	}
	if diff := cmp.Diff(eager, exports(lazyExport, files["package/lib/lazy-index.js"])); diff != "" {
		t.Errorf("(-main +lazy)\n%s", diff)
	}
}

// exports are the files of an index by the names under which it exports them.
func exports(pattern *regexp.Regexp, source string) map[string]string {
	found := map[string]string{}
	for _, match := range pattern.FindAllStringSubmatch(source, -1) {
		found[match[1]] = path.Clean(match[2])
	}
	return found
}

// unpack is the content of some files of a compressed archive.
func unpack(t *testing.T, archive string, names ...string) map[string]string {
	t.Helper()
	f, err := os.Open(archive)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	decompressed, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for r := tar.NewReader(decompressed); len(found) < len(names); {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			t.Fatalf("%s has only %v", archive, tf.Keys(found))
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if header.Name == name {
				content, err := io.ReadAll(r)
				if err != nil {
					t.Fatal(err)
				}
				found[name] = string(content)
			}
		}
	}
	return found
}
