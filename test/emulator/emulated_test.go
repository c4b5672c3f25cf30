// Package emulator_test deploys whole estates on an emulator of AWS, with Terraform and the real
// provider: what one stack writes the next one reads, nothing is left to change afterwards, and what
// goes wrong half-way is mended by the next deployment.
//
// `go test` deploys the small estate that `estate new` writes, and with EMULATE_ALL=1, which is
// `make emulate-all`, every estate of the project.
package emulator_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"hubspoke/estate"
	"hubspoke/internal/emulator"
	"hubspoke/internal/runner"
	"hubspoke/internal/scaffold"
)

// project is the folder of the project, which TestMain goes to.
const project = "."

func TestMain(m *testing.M) {
	if err := os.Chdir("../.."); err != nil {
		panic(err)
	}
	status := m.Run()
	os.RemoveAll(built)
	os.Exit(status)
}

// needed skips a test on a machine without Terraform, Python or moto, and fails it where REQUIRE_TERRAFORM
// says that they have to be there.
func needed(t *testing.T) {
	t.Helper()
	_, python := emulator.Python(t.Context())
	_, terraform := runner.Find()
	if err := errors.Join(python, terraform); err != nil {
		if os.Getenv("REQUIRE_TERRAFORM") != "" {
			t.Fatalf("%v (REQUIRE_TERRAFORM is set)", err)
		}
		t.Skip(err)
	}
}

// all skips a test that takes long, unless all of them are asked for.
func all(t *testing.T) {
	t.Helper()
	if os.Getenv("EMULATE_ALL") == "" {
		t.Skip("takes minutes: EMULATE_ALL=1, or make emulate-all")
	}
}

// deployment is an estate on an emulator, under test.
type deployment struct {
	*emulator.Deployment
	t *testing.T
	// estate is the folder of the estate's files, a copy that tests change.
	estate string
	// named are the stacks that it is about, with those that they read; empty for all.
	named []string
	steps []emulator.Step
	out   *bytes.Buffer
	// strays are what earlier parts have left in AWS, and in no state.
	strays []string
	// without is the folder of the estate's files before the last spoke came.
	without string
}

// started starts an emulator for the estate in a folder, of which it takes a copy. Nothing is deployed yet.
func started(t *testing.T, folder string, edits ...edit) *deployment {
	t.Helper()
	needed(t)
	// What the environment is, Become changes.
	for _, name := range environment {
		value, set := os.LookupEnv(name)
		t.Setenv(name, value) // so that it is as before when the test has ended
		if !set {
			os.Unsetenv(name)
		}
	}
	d := &deployment{t: t, estate: filepath.Join(t.TempDir(), filepath.Base(folder)), out: &bytes.Buffer{}}
	if err := os.CopyFS(d.estate, os.DirFS(folder)); err != nil {
		t.Fatal(err)
	}
	d.rewrite(edits)
	log, err := os.Create(filepath.Join(t.TempDir(), "emulator.log"))
	if err != nil {
		t.Fatal(err)
	}
	e := d.load()
	aws, err := emulator.Start(t.Context(), project, emulator.WorldOf(e), log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		aws.Stop()
		log.Close()
		if text, _ := os.ReadFile(log.Name()); t.Failed() && len(text) > 0 {
			t.Logf("what the emulator could not do:\n%s", text)
		}
	})
	if d.Deployment, err = aws.Deploy(t.Context(), e, d.synthesized(), t.TempDir(), d.out); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	if d.steps, err = d.Steps(); err != nil {
		t.Fatal(err)
	}
	return d
}

// environment are the variables that Become sets.
var environment = []string{
	"AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3_CONTROL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_DEFAULT_REGION",
	"AWS_EC2_METADATA_DISABLED", "AWS_PROFILE", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE",
	"HTTP_PROXY", "NO_PROXY", "http_proxy", "no_proxy", "GOGC", "TF_PLUGIN_CACHE_DIR", "TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE",
	"TF_REATTACH_PROVIDERS",
}

// run is a part of the test, which begins from where the one before it has ended.
func (d *deployment) run(name string, part func(*testing.T, *deployment)) {
	whole := d.t
	whole.Run(name, func(t *testing.T) {
		d.t = t
		begun := processorTime()
		defer func() {
			d.t = whole
			t.Logf("%.0f s of processor time, without the emulator's", (processorTime() - begun).Seconds())
		}()
		part(t, d)
	})
}

// processorTime is what the programs have taken that this one has started, and that have ended.
func processorTime() time.Duration {
	var used syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_CHILDREN, &used) != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// later is a part that takes long, and is left out unless all are asked for.
func (d *deployment) later(name string, part func(*testing.T, *deployment)) {
	d.run(name, func(t *testing.T, d *deployment) {
		all(t)
		part(t, d)
	})
}

func (d *deployment) load() *estate.Estate {
	d.t.Helper()
	e, err := estate.Load(d.estate)
	if err != nil {
		d.t.Fatal(err)
	}
	return e
}

// edit replaces a text in a file of the estate, which has to be there once.
type edit struct{ file, old, new string }

func (d *deployment) rewrite(edits []edit) {
	d.t.Helper()
	for _, e := range edits {
		path := filepath.Join(d.estate, e.file)
		text, err := os.ReadFile(path)
		if err != nil {
			d.t.Fatal(err)
		}
		if strings.Count(string(text), e.old) != 1 {
			d.t.Fatalf("%s has not the text %q once", e.file, e.old)
		}
		if err := os.WriteFile(path, []byte(strings.Replace(string(text), e.old, e.new, 1)), 0o644); err != nil {
			d.t.Fatal(err)
		}
	}
}

// synthesized is a folder with the Terraform of the estate, as `make synth` writes it.
func (d *deployment) synthesized() string {
	d.t.Helper()
	outdir := d.t.TempDir()
	d.synthesizedTo(outdir)
	return outdir
}

func (d *deployment) synthesizedTo(outdir string) {
	d.t.Helper()
	command := exec.Command("go", "run", ".")
	command.Dir = project
	command.Env = slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, "STATE_BACKEND=") || strings.HasPrefix(v, "DEPLOY_ROLE=")
	})
	command.Env = append(command.Env, "ESTATE="+d.estate, "CDKTF_OUTDIR="+outdir, "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION=20")
	if output, err := command.CombinedOutput(); err != nil {
		d.t.Fatalf("%v\n%s", err, output)
	}
}

// revise changes the estate's files, and synthesizes them anew.
func (d *deployment) revise(edits ...edit) {
	d.t.Helper()
	d.rewrite(edits)
	d.resynthesize()
}

func (d *deployment) resynthesize() {
	d.t.Helper()
	if err := d.Update(d.load(), d.synthesized()); err != nil {
		d.t.Fatal(err)
	}
	var err error
	if d.steps, err = d.Steps(d.named...); err != nil {
		d.t.Fatal(err)
	}
}

// apply deploys everything.
func (d *deployment) apply() {
	d.t.Helper()
	d.out.Reset()
	if err := d.Apply(d.t.Context(), d.steps); err != nil {
		d.t.Fatalf("%v\n%s", err, lastOf(d.out.String()))
	}
}

// lastOf is what says why a deployment failed: its last lines.
func lastOf(output string) string {
	lines := strings.Split(output, "\n")
	return strings.Join(lines[max(0, len(lines)-120):], "\n")
}

func (d *deployment) changes() []emulator.Change {
	d.t.Helper()
	changes, err := d.Changes(d.t.Context(), d.steps)
	if err != nil {
		d.t.Fatal(err)
	}
	return changes
}

// ids are the ids of all resources that Terraform has made, by stack and address.
func (d *deployment) ids() map[string]string {
	d.t.Helper()
	ids, err := d.IDs(d.t.Context(), d.steps)
	if err != nil {
		d.t.Fatal(err)
	}
	return ids
}

// kept says which of the ids that were there before are no longer.
func kept(t *testing.T, before, after map[string]string) {
	t.Helper()
	for address, id := range before {
		if now, there := after[address]; !there || now != id {
			t.Errorf("%s was %q, and is %q", address, id, now)
		}
	}
}

// small is the estate that `estate new` writes: a hub with a network, and one spoke.
func small(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "small")
	draft, err := scaffold.New(scaffold.Options{Dir: dir, Region: "eu-central-1", Spokes: []string{"dev"}, Repository: "small-platform/infrastructure"})
	if err != nil {
		t.Fatal(err)
	}
	if err := draft.Write(); err != nil {
		t.Fatal(err)
	}
	return dir
}

// ours is the folder of one of the project's estates: one that shows what the project does, or one that is there for tests.
func ours(name string) string {
	folder := filepath.Join(project, "environments", name)
	if _, err := os.Stat(folder); err != nil {
		return filepath.Join(project, "test", "testdata", "estates", name)
	}
	return folder
}

// stackOf are the names of the deployment's stacks of a kind, "network" for instance.
func (d *deployment) stacksOf(kind string) []string {
	var names []string
	for _, s := range d.steps {
		for _, name := range s.Stacks {
			if strings.HasSuffix(name, "-"+kind) {
				names = append(names, name)
			}
		}
	}
	return names
}

// only is the step of those who deploy a stack, with no other stack.
func (d *deployment) only(stack string) []emulator.Step {
	d.t.Helper()
	for _, s := range d.steps {
		if slices.Contains(s.Stacks, stack) {
			return []emulator.Step{{Who: s.Who, Stacks: []string{stack}}}
		}
	}
	d.t.Fatalf("there is no stack %s", stack)
	return nil
}

// applied deploys one stack, and returns what went wrong.
func (d *deployment) applied(ctx context.Context, stack string) error {
	d.out.Reset()
	return d.Apply(ctx, d.only(stack))
}
