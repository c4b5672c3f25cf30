package deploy

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// estate is a folder of synthesized stacks that need no provider: each has one resource,
// which runs a command, and reads the states of the stacks that it comes after.
type estate struct {
	t   *testing.T
	dir string
}

// stack is what an estate is made of: its commands run when it is made and destroyed,
// besides writing that into the log.
type stack struct {
	after   []string
	made    string
	destroy string
}

func newEstate(t *testing.T, stacks map[string]stack) *estate {
	t.Helper()
	if _, err := exec.LookPath("terraform"); err != nil {
		if os.Getenv("REQUIRE_TERRAFORM") != "" {
			t.Fatal("terraform is not on the PATH (REQUIRE_TERRAFORM is set)")
		}
		t.Skip("terraform is not on the PATH")
	}
	e := &estate{t: t, dir: t.TempDir()}
	t.Setenv("TF_CLI_CONFIG_FILE", os.DevNull)
	t.Setenv("CHECKPOINT_DISABLE", "1")
	t.Setenv("LOG", e.path("log"))
	manifest := map[string]any{}
	for name, s := range stacks {
		manifest[name] = map[string]any{"name": name, "workingDirectory": "stacks/" + name, "dependencies": s.after}
		e.write(name, s, name)
	}
	e.json(e.path("manifest.json"), map[string]any{"stacks": manifest})
	return e
}

func (e *estate) path(name ...string) string {
	return filepath.Join(append([]string{e.dir}, name...)...)
}

// write writes the configuration of a stack, which has the value among its outputs,
// behind those of the stacks that it reads.
func (e *estate) write(name string, s stack, value string) {
	e.t.Helper()
	var values []string
	data := map[string]any{}
	for _, after := range s.after {
		data[strings.ReplaceAll(after, "-", "_")] = map[string]any{"backend": "local", "config": map[string]any{"path": e.path(after + ".tfstate")}}
		values = append(values, fmt.Sprintf("${data.terraform_remote_state.%s.outputs.value}", strings.ReplaceAll(after, "-", "_")))
	}
	run := func(verb, command string) map[string]any {
		return map[string]any{"command": fmt.Sprintf(`echo "%s %s" >> "$LOG"; %s`, verb, name, command)}
	}
	destroy := run("destroy", s.destroy)
	destroy["when"] = "destroy"
	config := map[string]any{
		"terraform": map[string]any{"backend": map[string]any{"local": map[string]any{"path": e.path(name + ".tfstate")}}},
		"resource": map[string]any{"terraform_data": map[string]any{"main": map[string]any{
			"input":       strings.Join(append(values, value), " "),
			"provisioner": []any{map[string]any{"local-exec": run("make", s.made)}, map[string]any{"local-exec": destroy}},
		}}},
		"output": map[string]any{"value": map[string]any{"value": "${terraform_data.main.output}"}},
	}
	if len(data) > 0 {
		config["data"] = map[string]any{"terraform_remote_state": data}
	}
	e.json(e.path("stacks", name, "cdk.tf.json"), config)
}

func (e *estate) json(path string, value any) {
	e.t.Helper()
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		e.t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		e.t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o644); err != nil {
		e.t.Fatal(err)
	}
}

// deploy deploys the stacks of these names, or all, and returns what it wrote.
func (e *estate) deploy(o Options, names ...string) (string, error) {
	e.t.Helper()
	return e.deployUntil(e.t.Context(), o, names...)
}

// deployFrom deploys the stacks from the wave of the named one on.
func (e *estate) deployFrom(name string, o Options) (string, error) {
	e.t.Helper()
	all, err := Read(e.dir)
	if err != nil {
		e.t.Fatal(err)
	}
	left, err := From(all, name)
	if err != nil {
		return "", err
	}
	var out bytes.Buffer
	o.Out, o.Parallel, o.LockTimeout, o.In = &out, 4, "0s", strings.NewReader("")
	err = Run(e.t.Context(), left, o)
	return out.String(), err
}

func (e *estate) deployUntil(ctx context.Context, o Options, names ...string) (string, error) {
	e.t.Helper()
	all, err := Read(e.dir)
	if err != nil {
		e.t.Fatal(err)
	}
	stacks, err := Select(all, names)
	if err != nil {
		e.t.Fatal(err)
	}
	if o.Destroy {
		stacks = Reversed(stacks)
		o.Dependants = Dependants(all, names)
	}
	var out bytes.Buffer
	o.Out, o.Parallel, o.LockTimeout = &out, max(o.Parallel, 4), "0s"
	if o.In == nil {
		o.In = strings.NewReader("")
	}
	err = Run(ctx, stacks, o)
	return out.String(), err
}

// log is what was made and destroyed so far, in order.
func (e *estate) log() []string {
	text, _ := os.ReadFile(e.path("log"))
	return strings.Split(strings.TrimSpace(string(text)), "\n")
}

// output is the output of a stack, in its state.
func (e *estate) output(name string) string {
	e.t.Helper()
	text, err := os.ReadFile(e.path(name + ".tfstate"))
	if err != nil {
		return ""
	}
	var state struct {
		Outputs map[string]struct{ Value string }
	}
	if err := json.Unmarshal(text, &state); err != nil {
		e.t.Fatal(err)
	}
	return state.Outputs["value"].Value
}

// exists says whether a file is there.
func (e *estate) exists(name ...string) bool {
	_, err := os.Stat(e.path(name...))
	return err == nil
}

func says(t *testing.T, out string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(out, want) {
			t.Errorf("it does not say %q:\n%s", want, out)
		}
	}
}

func hub() map[string]stack {
	return map[string]stack{
		"a-hub":     {},
		"a-link":    {after: []string{"a-hub", "a-network"}},
		"a-network": {after: []string{"a-hub"}},
	}
}

func TestStacksAreAppliedInTheOrderInWhichTheyReadOneAnother(t *testing.T) {
	e := newEstate(t, hub())
	out, err := e.deploy(Options{In: strings.NewReader("yes\nyes\nyes\n")})
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if want := []string{"make a-hub", "make a-network", "make a-link"}; !slices.Equal(e.log(), want) {
		t.Errorf("%v, want %v", e.log(), want)
	}
	if got, want := e.output("a-link"), "a-hub a-hub a-network a-link"; got != want {
		t.Errorf("the last stack has read %q, want %q", got, want)
	}
	says(t, out, "wave 3 of 3: a-link", "── a-network: 1 to add, 0 to change, 0 to destroy",
		"# terraform_data.main will be created", "Apply a-link?", "a-link | terraform_data.main: Creating...")
	if e.exists("stacks", "a-hub", "saved.tfplan") {
		t.Error("the plan of an applied stack is left")
	}

	// Nobody is asked where there is nothing to do.
	out, err = e.deploy(Options{})
	if err != nil || strings.Contains(out, "Apply") || len(e.log()) != 3 {
		t.Errorf("%v\n%s", err, out)
	}
	says(t, out, "a-hub: no changes", "unchanged  a-link")
}

func TestStacksOfAWaveAreAppliedSideBySide(t *testing.T) {
	// Each waits until the other has begun.
	meet := func(mine, other string) stack {
		return stack{made: fmt.Sprintf(`touch "$LOG.%s"; for i in $(seq 300); do if [ -e "$LOG.%s" ]; then exit 0; fi; sleep 0.1; done; exit 1`, mine, other)}
	}
	e := newEstate(t, map[string]stack{"one": meet("one", "two"), "two": meet("two", "one")})
	if out, err := e.deploy(Options{AutoApprove: true}); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestAFailureKeepsBackWhatDependsOnIt(t *testing.T) {
	e := newEstate(t, map[string]stack{
		"bad": {made: "echo it does not work; exit 1"}, "child": {after: []string{"bad"}}, "grandchild": {after: []string{"child"}},
		"good": {}, "other": {after: []string{"good"}},
	})
	out, err := e.deploy(Options{AutoApprove: true})
	if !errors.Is(err, ErrIncomplete) || !strings.Contains(err.Error(), "2 applied, 1 failed, 2 skipped") {
		t.Error(err)
	}
	if e.output("other") != "good other" || slices.Contains(e.log(), "make child") {
		t.Errorf("%v", e.log())
	}
	says(t, out, "bad: cannot be applied", "it does not work", "child: skipped, because bad failed",
		"grandchild: skipped, because child was skipped", "applied  other", "failed   bad")
}

// What was applied is not planned once more, and what was not is neither left out nor applied
// before what it reads.
func TestAnInterruptedDeploymentGoesOnWhereItEnded(t *testing.T) {
	stacks := hub()
	stacks["a-network"] = stack{after: []string{"a-hub"}, made: `[ -e "$LOG.repaired" ] || exit 1`}
	e := newEstate(t, stacks)
	out, err := e.deploy(Options{AutoApprove: true})
	if !errors.Is(err, ErrIncomplete) {
		t.Fatal(err)
	}
	says(t, out, "failed   a-network", "To go on without the waves that are done: make deploy ARGS=--from=a-network")
	if err := os.WriteFile(e.path("log.repaired"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	out, err = e.deployFrom("a-network", Options{AutoApprove: true})
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if strings.Contains(out, "a-hub: planning") || e.output("a-link") != "a-hub a-hub a-network a-link" {
		t.Errorf("%q\n%s", e.output("a-link"), out)
	}
	if strings.Contains(out, "To go on") {
		t.Errorf("nothing is left to go on with:\n%s", out)
	}
	if _, err := e.deployFrom("a-nothing", Options{}); err == nil || !strings.Contains(err.Error(), "--from a-nothing") {
		t.Error(err)
	}
}

func TestOnlyPlanningChangesNothing(t *testing.T) {
	e := newEstate(t, hub())
	out, err := e.deploy(Options{PlanOnly: true})
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	says(t, out, "planned  a-hub", "a-network: cannot be planned yet: it reads outputs of a-hub that are not there yet. Deploy what it reads first.",
		"a-link: cannot be planned yet: it reads outputs of a-hub, a-network that are not there yet")
	if strings.Contains(out, "Error") || e.exists("a-hub.tfstate") || e.exists("log") {
		t.Errorf("something was made, or not explained:\n%s", out)
	}
	if !e.exists("stacks", "a-hub", "saved.tfplan") {
		t.Error("the plan is not saved")
	}
}

// Without credentials, say.
func TestAStackThatFailsAndReadsWhatIsNotThereSaysBoth(t *testing.T) {
	e := newEstate(t, hub())
	e.json(e.path("broken.tfstate"), "no state")
	e.json(e.path("stacks", "a-link", "more.tf.json"), map[string]any{
		"data": map[string]any{"terraform_remote_state": map[string]any{"broken": map[string]any{"backend": "local", "config": map[string]any{"path": e.path("broken.tfstate")}}}},
	})
	out, err := e.deploy(Options{PlanOnly: true}, "a-link")
	if !errors.Is(err, ErrIncomplete) {
		t.Error(err)
	}
	says(t, out, "a-link: cannot be planned\n", "Unsupported state file format",
		"besides, it reads outputs of a-hub, a-network that are not there yet. Deploy what it reads first.", "terraform plan, see above")
	if strings.Contains(out, "Unable to find remote state") {
		t.Errorf("Terraform's own words are left:\n%s", out)
	}
}

// Terraform advises to copy the state, and which of the two it would copy where it does
// not know.
func TestAFolderOfAnotherBackendIsNotMigrated(t *testing.T) {
	e := newEstate(t, map[string]stack{"one": {}})
	if out, err := e.deploy(Options{AutoApprove: true}); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	e.json(e.path("stacks", "one", "cdk.tf.json"), map[string]any{
		"terraform": map[string]any{"backend": map[string]any{"local": map[string]any{"path": e.path("other.tfstate")}}},
	})
	out, err := e.deploy(Options{AutoApprove: true})
	if !errors.Is(err, ErrIncomplete) || e.exists("other.tfstate") {
		t.Error(err)
	}
	says(t, out, "initialized for another estate, or for another backend", "set CDKTF_OUTDIR", filepath.Join("stacks", "one", ".terraform"),
		"Only if it is the same estate", "terraform init, see above")
	if strings.Contains(out, "reconfigure") || strings.Contains(out, "automatic migration") {
		t.Errorf("Terraform's advice is left:\n%s", out)
	}
}

func TestAStackWithoutThoseThatItReadsIsNotDeployed(t *testing.T) {
	e := newEstate(t, hub())
	out, err := e.deploy(Options{AutoApprove: true}, "a-link")
	if !errors.Is(err, ErrIncomplete) {
		t.Error(err)
	}
	says(t, out, "a-link: cannot be planned yet: it reads outputs of a-hub, a-network that are not there yet")
}

// reader is an answer, before which something else happens.
type reader struct {
	before func()
	answer io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	r.before()
	return r.answer.Read(p)
}

func TestAPlanIsAppliedAsItWasShown(t *testing.T) {
	e := newEstate(t, map[string]stack{"one": {}})
	change := func() { e.write("one", stack{}, "something else") }
	if out, err := e.deploy(Options{In: reader{change, strings.NewReader("yes\n")}}); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	if got := e.output("one"); got != "one" {
		t.Errorf("%q is made, and not what was shown", got)
	}
}

func TestWhatAPlanTakesAwayIsNamed(t *testing.T) {
	e := newEstate(t, map[string]stack{"first": {}, "second": {}})
	if output, err := e.deploy(Options{AutoApprove: true}); err != nil || strings.Contains(output, "deletes:") || strings.Contains(output, "replaces:") {
		t.Fatalf("error %v, and something is taken away by what makes all anew:\n%s", err, output)
	}
	for name, resource := range map[string]map[string]any{
		"first":  {"other": map[string]any{}},
		"second": {"main": map[string]any{"triggers_replace": "another"}},
	} {
		e.json(e.path("stacks", name, "cdk.tf.json"), map[string]any{
			"terraform": map[string]any{"backend": map[string]any{"local": map[string]any{"path": e.path(name + ".tfstate")}}},
			"resource":  map[string]any{"terraform_data": resource},
		})
	}
	output, err := e.deploy(Options{PlanOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"\nfirst deletes: terraform_data.main\n", "\nsecond replaces: terraform_data.main\n"} {
		if !strings.Contains(output, want) {
			t.Errorf("the output has no line %q:\n%s", want, output)
		}
	}
}

func TestWhatTerraformWarnsOfIsShownWithThePlan(t *testing.T) {
	e := newEstate(t, map[string]stack{"one": {}})
	e.json(e.path("stacks", "one", "check.tf.json"), map[string]any{"check": map[string]any{"reachable": map[string]any{
		"assert": map[string]any{"condition": "${length(terraform_data.main.input) > 100}", "error_message": "It is not reachable."},
	}}})
	for _, o := range []Options{{PlanOnly: true}, {AutoApprove: true}, {}} {
		out, err := e.deploy(o)
		if err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		says(t, out, "  warning: Check block assertion failed\n", "It is not reachable.")
	}
}

func TestWithoutAYesNothingIsApplied(t *testing.T) {
	for _, answer := range []string{"", "no\n", "y\n", "\n"} {
		e := newEstate(t, map[string]stack{"one": {}, "two": {after: []string{"one"}}})
		out, err := e.deploy(Options{In: strings.NewReader(answer)})
		if !errors.Is(err, ErrIncomplete) || e.exists("log") {
			t.Errorf("%q: %v", answer, err)
		}
		says(t, out, "declined  one", "two: skipped, because one was declined")
		if e.exists("stacks", "one", "saved.tfplan") {
			t.Error("a plan that was declined is left")
		}
	}
}

func TestWhatIsTypedAheadAnswersNoQuestion(t *testing.T) {
	e := newEstate(t, map[string]stack{"one": {made: "sleep 1"}, "two": {after: []string{"one"}}})
	in, typed := io.Pipe()
	go func() {
		// The first of these that is typed after the question answers it. One more
		// is typed while that is done, and then the terminal is closed.
		for !e.exists("log") {
			io.WriteString(typed, "yes\n")
			time.Sleep(20 * time.Millisecond)
		}
		io.WriteString(typed, "yes\n")
		typed.Close()
	}()
	out, err := e.deploy(Options{In: in, Typed: true})
	if !errors.Is(err, ErrIncomplete) || !slices.Equal(e.log(), []string{"make one"}) {
		t.Errorf("%v, and made was %v", err, e.log())
	}
	says(t, out, "applied   one", "declined  two")
}

func TestStacksAreDestroyedBeforeThoseThatTheyRead(t *testing.T) {
	e := newEstate(t, hub())
	if out, err := e.deploy(Options{AutoApprove: true}); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	out, err := e.deploy(Options{Destroy: true, In: strings.NewReader("yes\nyes\nyes\n")}, "a-hub", "a-network", "a-link")
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	if want := []string{"destroy a-link", "destroy a-network", "destroy a-hub"}; !slices.Equal(e.log()[3:], want) {
		t.Errorf("%v, want %v", e.log()[3:], want)
	}
	says(t, out, "── a-link: 0 to add, 0 to change, 1 to destroy", "Destroy a-network?", "destroyed  a-hub")
	out, err = e.deploy(Options{Destroy: true}, "a-link")
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	says(t, out, "empty  a-link")
}

func TestWhatIsStillReadIsNotDestroyed(t *testing.T) {
	stacks := hub()
	stacks["a-link"] = stack{after: []string{"a-hub", "a-network"}, destroy: "exit 1"}
	e := newEstate(t, stacks)
	if out, err := e.deploy(Options{AutoApprove: true}); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	out, err := e.deploy(Options{Destroy: true, AutoApprove: true}, "a-hub", "a-network", "a-link")
	if !errors.Is(err, ErrIncomplete) || e.output("a-network") == "" {
		t.Error(err)
	}
	says(t, out, "failed   a-link", "a-network: skipped, because a-link failed")
}

// That a stack which was never deployed comes after another does not keep that.
func TestWhatStandsKeepsWhatItComesAfter(t *testing.T) {
	stacks := hub()
	stacks["a-planned"] = stack{after: []string{"a-network"}}
	e := newEstate(t, stacks)
	if out, err := e.deploy(Options{AutoApprove: true}, "a-hub", "a-network", "a-link"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	out, err := e.deploy(Options{Destroy: true, AutoApprove: true}, "a-network")
	if err == nil || !strings.Contains(err.Error(), "nothing is destroyed: a-link may use it") || len(e.log()) != 3 {
		t.Errorf("%v: %v\n%s", err, e.log(), out)
	}
	for _, name := range []string{"a-link", "a-network"} {
		if out, err := e.deploy(Options{Destroy: true, AutoApprove: true}, name); err != nil {
			t.Errorf("%s, after which nothing stands: %v\n%s", name, err, out)
		}
	}

	// Where the state cannot be read, something may stand.
	if err := os.WriteFile(e.path("a-link.tfstate"), []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	out, err = e.deploy(Options{Destroy: true, AutoApprove: true}, "a-hub")
	if err == nil || !strings.Contains(err.Error(), "nothing is destroyed: a-link") {
		t.Errorf("%v\n%s", err, out)
	}
	says(t, out, "a-link: nobody knows whether it has resources")
}

func TestAnInterruptLetsTerraformEndAndBeginsNothing(t *testing.T) {
	e := newEstate(t, map[string]stack{
		"first": {}, "long": {after: []string{"first"}, made: `touch "$LOG.begun"; sleep 60`}, "never": {after: []string{"long"}},
	})
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	go func() {
		for !e.exists("log.begun") && ctx.Err() == nil {
			time.Sleep(20 * time.Millisecond)
		}
		interrupt()
	}()
	start := time.Now()
	out, err := e.deployUntil(ctx, Options{AutoApprove: true})
	if !errors.Is(err, ErrIncomplete) || time.Since(start) > 50*time.Second {
		t.Errorf("after %s: %v", time.Since(start), err)
	}
	says(t, out, "long | Interrupt received", "interrupted  long", "interrupted  never", "before it began", "applied      first")
	// Terraform has written the state of what it had begun, and released it.
	if text, err := os.ReadFile(e.path("long.tfstate")); err != nil || !strings.Contains(string(text), "tainted") {
		t.Errorf("%v\n%s", err, text)
	}
	if e.exists(".long.tfstate.lock.info") {
		t.Error("the state is locked")
	}
}

func TestLinesOfStacksStayWhole(t *testing.T) {
	var out bytes.Buffer
	p := &printer{out: &out}
	one, two := p.prefixed("one"), p.prefixed("two")
	io.WriteString(one, "begins ")
	io.WriteString(two, "first\n\nsecond\n")
	io.WriteString(one, "and ends\n")
	if got, want := out.String(), "two | first\ntwo | second\none | begins and ends\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
