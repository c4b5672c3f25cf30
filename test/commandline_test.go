package test

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hubspoke/estate"
	"hubspoke/internal/fakeaws"
	"hubspoke/internal/tf"
	"hubspoke/stacks"
)

// CDKTF's own command line is not needed, but it works, in a clone of the project of its
// own, and writes the same bytes.
func TestTheCDKTFCommandLineWorks(t *testing.T) {
	clone := clonedProject(t)
	needCDKTF(t, clone)
	installation := terraformFor(t)
	aws := fakeaws.Start()
	t.Cleanup(aws.Close)
	want := synthesized(t, "piksel")
	environment := maps.Clone(aws.Environment(want.Accounts[estate.HubAccount]))
	maps.Copy(environment, installation.Environment())
	environment["ESTATE"] = "piksel"
	environment["CI"] = "true" // output for machines, without questions

	t.Run("synth", func(t *testing.T) {
		output := command(t, clone, environment, "node_modules/.bin/cdktf", "synth", "--output", "elsewhere")
		if strings.Contains(output, "next:") {
			t.Errorf("the program says what is next, where the command line does:\n%s", output)
		}
		if diff := cmp.Diff(tree(t, want.outdir), tree(t, filepath.Join(clone, "elsewhere"))); diff != "" {
			t.Errorf("cdktf synth writes something else than this test's synthesis (-test +cdktf):\n%s", diff)
		}
	})
	t.Run("list", func(t *testing.T) {
		output := command(t, clone, environment, "node_modules/.bin/cdktf", "list")
		for _, s := range want.stacks {
			if !strings.Contains(output, s.Name) {
				t.Errorf("cdktf list does not name %s:\n%s", s.Name, output)
			}
		}
	})
	t.Run("diff", func(t *testing.T) {
		placeLocalStates(t, want, clone, "dev-network")
		// Where a stack has no lock file, the command line asks Terraform's
		// registry for checksums, mirror or not.
		copyFile(t, installation.LockFile(), filepath.Join(clone, "cdktf.out", "stacks", "dev-network", ".terraform.lock.hcl"))
		environment["STATE_BACKEND"] = "local"
		output := command(t, clone, environment, "node_modules/.bin/cdktf", "diff", "dev-network")
		if plan := fmt.Sprintf("%d to add", resources(want.stack("dev-network"))); !strings.Contains(output, plan) {
			t.Errorf("cdktf diff shows no plan with %s:\n%s", plan, output)
		}
	})
}

// needCDKTF skips a test where the command line, which nothing else needs, is not installed.
func needCDKTF(t *testing.T, clone string) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(clone, "node_modules", ".bin", "cdktf")); err != nil {
		missing(t, "CDKTF's command line is not installed: `make deps` installs it, to compare it with this program")
	}
}

// recorder stands in for Terraform. It writes down where it was called with what,
// and says that all went well.
const recorder = `#!/bin/sh
echo "$(basename "$PWD") $1" >> "$(dirname "$0")/calls"
case "$1" in
version) echo '{"terraform_version":"1.11.4","platform":"linux_amd64","provider_selections":{},"terraform_outdated":false}' ;;
show) echo '{"format_version":"1.2","terraform_version":"1.11.4","resource_changes":[]}' ;;
output) echo '{}' ;;
esac
`

// The order of the stacks, which stands in the manifest, is CDKTF's too.
func TestTheCDKTFCommandLineDeploysInOrder(t *testing.T) {
	clone := clonedProject(t)
	needCDKTF(t, clone)
	bin := t.TempDir()
	write(t, filepath.Join(bin, "terraform"), recorder)
	if err := os.Chmod(filepath.Join(bin, "terraform"), 0o755); err != nil {
		t.Fatal(err)
	}
	environment := map[string]string{"ESTATE": "piksel", "CI": "true", "TERRAFORM_BINARY_NAME": filepath.Join(bin, "terraform")}
	calls := func(t *testing.T, verb string, args ...string) []string {
		os.Remove(filepath.Join(bin, "calls"))
		command(t, clone, environment, "node_modules/.bin/cdktf", append([]string{verb, "--auto-approve", "--output", "deployed"}, args...)...)
		text, err := os.ReadFile(filepath.Join(bin, "calls"))
		if err != nil {
			t.Fatal(err)
		}
		var stacks []string
		for line := range strings.Lines(string(text)) {
			if stack, call, _ := strings.Cut(strings.TrimSpace(line), " "); call == "apply" || call == "destroy" {
				stacks = append(stacks, stack)
			}
		}
		return stacks
	}
	e := synthesized(t, "piksel")
	var all []string
	for _, s := range e.list {
		if s.Kind != stacks.Bootstrap {
			all = append(all, s.Name)
		}
	}

	t.Run("all", func(t *testing.T) {
		applied := calls(t, "deploy", all...)
		if len(applied) != len(all) {
			t.Errorf("%d stacks are applied, want each of the %d once: %v", len(applied), len(all), applied)
		}
		for _, s := range e.list {
			for _, read := range s.Reads {
				if slices.Index(applied, read) > slices.Index(applied, s.Name) {
					t.Errorf("%s is applied before %s, which it reads", s.Name, read)
				}
			}
		}
	})
	t.Run("one", func(t *testing.T) {
		if got, want := calls(t, "deploy", "--ignore-missing-stack-dependencies", "dev-network"), []string{"dev-network"}; !slices.Equal(got, want) {
			t.Errorf("%v are applied, want %v", got, want)
		}
		if got, want := calls(t, "destroy", "--ignore-missing-stack-dependencies", "dev-link"), []string{"dev-link"}; !slices.Equal(got, want) {
			t.Errorf("%v are destroyed, want %v", got, want)
		}
	})
}

// placeLocalStates puts the made-up states that a stack reads where it looks for
// them with the local backend: relative to the folder that Terraform runs in.
func placeLocalStates(t *testing.T, e *synthesis, clone, stack string) {
	t.Helper()
	t.Setenv("STATE_BACKEND", "local")
	local := synthesize(t, estates["piksel"], filepath.Join(t.TempDir(), "out"))
	for _, r := range local.stack(stack).RemoteStates() {
		path, _ := r.Config["path"].(string)
		write(t, filepath.Join(clone, "cdktf.out", "stacks", stack, path), string(e.madeUpState(producers(e.stacks)[r.Name])))
	}
}

// The real provider plans what was synthesized, with the S3 backend, as `make diff` does.
// Nothing of AWS is needed for that, nor changed by it.
func TestStacksArePlannedWhereTheyWereWritten(t *testing.T) {
	installation := terraformFor(t)
	e := synthesized(t, "piksel")
	dir := t.TempDir()
	program, outdir := filepath.Join(dir, "estate"), filepath.Join(dir, "cdktf.out")
	command(t, "..", nil, "go", "build", "-o", program, "./cmd/estate")
	copyTree(t, e.outdir, outdir)
	aws := fakeaws.Start()
	t.Cleanup(aws.Close)
	environment := maps.Clone(aws.Environment(e.Accounts[estate.HubAccount]))
	maps.Copy(environment, installation.Environment())
	environment["CDKTF_OUTDIR"] = outdir

	output := command(t, dir, environment, program, "deploy", "--plan-only", "hub-logs", "hub-network")
	for _, want := range []string{
		fmt.Sprintf("── hub-logs: %d to add, 0 to change, 0 to destroy", resources(e.stack("hub-logs"))),
		"hub-network: cannot be planned yet: it reads outputs of hub-baseline, hub-logs that are not there yet",
	} {
		if !strings.Contains(output, want) {
			t.Errorf("it does not say %q:\n%s", want, output)
		}
	}
	for _, request := range aws.Refused() {
		t.Errorf("a plan called AWS: %s", request)
	}
}

// Synthesis ends with what was written.
func TestSynthesisSaysWhatItWrote(t *testing.T) {
	program, outdir := filepath.Join(t.TempDir(), "hubspoke"), filepath.Join(t.TempDir(), "out")
	command(t, "..", nil, "go", "build", "-o", program, ".")
	printed := command(t, "..", map[string]string{"ESTATE": "artos", "CDKTF_OUTDIR": outdir}, program)
	bundles, err := os.ReadDir(filepath.Join(outdir, "gitops"))
	if err != nil {
		t.Fatal(err)
	}
	what := fmt.Sprintf("wrote %d stacks and %d bundle", len(synthesized(t, "artos").stacks), len(bundles))
	for _, want := range []string{what, " to " + outdir + " in "} {
		if !strings.Contains(printed, want) {
			t.Errorf("it does not say %q:\n%s", want, printed)
		}
	}
}

// A wrong estate says all that is wrong, ends with 1, and leaves the last good
// output as it was.
func TestAWrongEstateChangesNothing(t *testing.T) {
	program := filepath.Join(t.TempDir(), "hubspoke")
	command(t, "..", nil, "go", "build", "-o", program, ".")
	dir := t.TempDir()
	copyTree(t, estates["piksel"], filepath.Join(dir, "environments", "piksel"))
	before := tree(t, synthesized(t, "piksel").outdir)
	copyTree(t, synthesized(t, "piksel").outdir, filepath.Join(dir, "cdktf.out"))

	dev := filepath.Join(dir, "environments", "piksel", "dev.yaml")
	text, err := os.ReadFile(dev)
	if err != nil {
		t.Fatal(err)
	}
	wrong := strings.NewReplacer("10.1.0.0/16", "10.0.0.0/16", "nat: single", "nat: triple").Replace(string(text))
	write(t, dev, wrong)

	run := exec.Command(program)
	run.Dir = dir
	run.Env = append(os.Environ(), "ESTATE=piksel", "CDKTF_OUTDIR=")
	var stderr bytes.Buffer
	run.Stderr = &stderr
	run.Run()
	if code := run.ProcessState.ExitCode(); code != 1 {
		t.Errorf("exit status %d, want 1\n%s", code, &stderr)
	}
	for _, want := range []string{"10.0.0.0/16 overlaps", `"triple"`, "dev.yaml:"} {
		if !strings.Contains(stderr.String(), want) {
			t.Errorf("the errors do not speak of %s:\n%s", want, &stderr)
		}
	}
	if diff := cmp.Diff(before, tree(t, filepath.Join(dir, "cdktf.out"))); diff != "" {
		t.Errorf("the last good output changed:\n%s", diff)
	}
}

// clonedProject is what the program is made from, in a folder of its own: one for
// all tests, because Go compiles a copy in another place anew. The npm packages,
// which take long to install, are only linked.
func clonedProject(t *testing.T) string {
	t.Helper()
	clone := filepath.Join(scratch, "clone")
	if _, err := os.Stat(clone); err == nil {
		return clone
	}
	for _, dir := range []string{"constructs", "environments", "estate", "internal", "proof", "stacks"} {
		copyTree(t, filepath.Join("..", dir), filepath.Join(clone, dir))
	}
	for _, file := range []string{"cdktf.json", "go.mod", "go.sum", "main.go", "package.json"} {
		copyFile(t, filepath.Join("..", file), filepath.Join(clone, file))
	}
	packages, err := filepath.Abs("../node_modules")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(packages, filepath.Join(clone, "node_modules")); err != nil {
		t.Fatal(err)
	}
	return clone
}

// command runs a program and returns what it prints. Variables of this process's
// environment that choose an estate or a backend do not reach it.
func command(t *testing.T, dir string, environment map[string]string, name string, args ...string) string {
	t.Helper()
	run := exec.CommandContext(t.Context(), name, args...)
	run.Dir = dir
	run.Env = slices.DeleteFunc(os.Environ(), func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		return slices.Contains([]string{"ESTATE", "STATE_BACKEND", "DEPLOY_ROLE"}, name) ||
			strings.HasPrefix(name, "CDKTF_") || strings.HasPrefix(name, "AWS_") || strings.HasPrefix(name, "TF_")
	})
	run.Env = append(run.Env, "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION=20")
	for _, key := range tf.Keys(environment) {
		run.Env = append(run.Env, key+"="+environment[key])
	}
	output, err := run.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, output)
	}
	return string(output)
}
