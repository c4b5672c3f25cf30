package emulator_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"hubspoke/internal/emulator"
	"hubspoke/internal/runner"
)

// built is the folder of what command builds.
var built string

// command is `estate`, built.
var command = sync.OnceValues(func() (_ string, err error) {
	if built, err = os.MkdirTemp("", "estate-"); err != nil {
		return "", err
	}
	path := filepath.Join(built, "estate")
	if output, err := exec.Command("go", "build", "-o", path, "./cmd/estate").CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, output)
	}
	return path, nil
})

// run is a run of `estate`, or of Terraform, that goes on beside the test.
type run struct {
	*exec.Cmd
	out said
}

// said is what a program has said so far.
type said struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *said) Write(text []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(text)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// saying waits until a run has said something.
func (r *run) saying(t *testing.T, what string) {
	t.Helper()
	for deadline := time.Now().Add(3 * time.Minute); !strings.Contains(r.out.String(), what); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it does not come to %q:\n%s", what, lastOf(r.out.String()))
		}
	}
}

// begun starts a program in a process group of its own, with the credentials of who deploys a step.
func (d *deployment) begun(who string, program string, arguments ...string) *run {
	d.t.Helper()
	if err := d.Become(who); err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(d.orphans)
	return beside(d.t, nil, program, arguments...)
}

// beside starts a program in a process group of its own, which reads from a file, or nothing.
func beside(t *testing.T, in *os.File, program string, arguments ...string) *run {
	t.Helper()
	r := &run{Cmd: exec.Command(program, arguments...)}
	if in != nil {
		r.Stdin = in
	}
	r.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	r.Stdout, r.Stderr = &r.out, &r.out
	if err := r.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Kill(-r.Process.Pid, syscall.SIGKILL) })
	return r
}

// orphans ends the providers of a Terraform that was killed, which do not notice that. Where there is no /proc they stay.
func (d *deployment) orphans() {
	folders, _ := filepath.Glob("/proc/[0-9]*/cwd")
	for _, folder := range folders {
		works, err := os.Readlink(folder)
		if process, _ := strconv.Atoi(filepath.Base(filepath.Dir(folder))); err == nil && process > 0 && strings.HasPrefix(works, d.Dir+string(filepath.Separator)) {
			syscall.Kill(process, syscall.SIGKILL)
		}
	}
}

// deploying is `estate deploy` of stacks, which asks nobody.
func (d *deployment) deploying(stacks ...string) *run {
	d.t.Helper()
	return d.begun("workflow", must(command())(d.t), append([]string{"deploy", "--auto-approve", "--outdir", d.Dir, "--parallel", "2"}, stacks...)...)
}

// terraform runs Terraform in the folder of a stack, with the credentials of who deploys it.
func (d *deployment) terraform(stack string, arguments ...string) string {
	d.t.Helper()
	if err := d.Become(d.only(stack)[0].Who); err != nil {
		d.t.Fatal(err)
	}
	c := exec.Command("terraform", arguments...)
	c.Dir = filepath.Join(d.Dir, "stacks", stack)
	output, err := c.CombinedOutput()
	if err != nil {
		d.t.Fatalf("terraform %s: %v\n%s", strings.Join(arguments, " "), err, output)
	}
	return string(output)
}

// slow makes AWS take its time for a policy of a repository, which is made meanwhile, as others are.
func (d *deployment) slow(seconds float64) {
	d.t.Helper()
	d.ordered(emulator.Fault{Kind: "slow", Service: "ecr", Operation: "PutLifecyclePolicy", Seconds: seconds, Count: 1})
}

// interrupted: Ctrl-C and SIGTERM end a deployment in the middle of a stack. Terraform ends what it is making, writes its
// state and releases it; the next deployment makes the rest, and nothing twice.
func interrupted(t *testing.T, d *deployment) {
	for name, signal := range map[string]syscall.Signal{"small/interrupted": syscall.SIGINT, "small/terminated": syscall.SIGTERM} {
		d.revise(d.repository(name))
		d.slow(10)
		r := d.deploying(registry)
		d.happened(t)
		if err := r.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		err := r.Wait()
		if r.ProcessState.ExitCode() != 1 || !strings.Contains(r.out.String(), "interrupted: nothing more is begun") {
			t.Errorf("%s: %v\n%s", signal, err, lastOf(r.out.String()))
		}
		if !strings.Contains(r.out.String(), "while it was applied: plan it again") {
			t.Errorf("%s: it does not say what is left\n%s", signal, lastOf(r.out.String()))
		}
		once(t, d)
		d.finished(registry)
		once(t, d)
	}
}

// unheard: Ctrl-C comes while AWS answers. The provider listens no longer, and what AWS has made is in no state.
func unheard(t *testing.T, d *deployment) {
	d.revise(d.repository("small/unheard"))
	d.ordered(emulator.Fault{Kind: "late", Service: "ecr", Operation: "CreateRepository", Seconds: 30, Count: 1})
	r := d.deploying(registry)
	d.happened(t)
	r.interrupted(t)
	r.Wait()
	d.met()
	d.recovered(t, "small/unheard")
}

// abandoned: a second Ctrl-C ends Terraform at once, here while the bucket keeps it waiting with its state. That stays locked,
// and what was made is in no state.
func abandoned(t *testing.T, d *deployment) {
	d.revise(d.repository("small/abandoned"))
	state := "PUT /" + d.load().State.Bucket + "/" + d.load().StateKey(registry)
	d.ordered(
		emulator.Fault{Kind: "slow", Service: "ecr", Operation: "PutLifecyclePolicy", Seconds: 40, Count: 1},
		emulator.Fault{Kind: "refused", Service: "s3", Operation: state, Seconds: 40, Count: 1},
	)
	r := d.deploying(registry)
	for _, left := range []int{1, 0} {
		d.waiting(t, left)
		r.interrupted(t)
	}
	r.Wait()
	if r.ProcessState.ExitCode() != 1 || !strings.Contains(r.out.String(), "Terraform was killed: the state stays locked") {
		t.Errorf("it has not ended by the second interrupt: %s\n%s", r.ProcessState, lastOf(r.out.String()))
	}
	d.unlocked(t)
	d.recovered(t, "small/abandoned")
}

// killed ends Terraform without a chance to write its state or to release it, after it has made something.
func killed(t *testing.T, d *deployment) {
	d.revise(d.repository("small/killed"))
	if err := d.Plan(t.Context(), d.only(registry)); err != nil {
		t.Fatal(err)
	}
	d.slow(60)
	r := d.begun("workflow", "terraform", "-chdir="+filepath.Join(d.Dir, "stacks", registry), "apply", "-input=false", runner.PlanFile)
	d.happened(t)
	// With its provider, which would go on.
	if err := syscall.Kill(-r.Process.Pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	r.Wait()
	d.unlocked(t)
	d.recovered(t, "small/killed")
}

// unlocking is how a deployment says that a lock is taken away.
var unlocking = regexp.MustCompile(`terraform -chdir=(\S+) force-unlock ([0-9a-f-]{36})`)

// unlocked takes the lock away that a deployment which was killed has left, as the next one says.
func (d *deployment) unlocked(t *testing.T) {
	t.Helper()
	err := d.applied(t.Context(), registry)
	how := unlocking.FindStringSubmatch(d.out.String())
	if err == nil || how == nil || how[1] != filepath.Join(d.Dir, "stacks", registry) {
		t.Fatalf("it does not say how to take the lock away: %v\n%s", err, lastOf(d.out.String()))
	}
	d.terraform(registry, "force-unlock", "-force", how[2])
}

// recovered goes on after a deployment that has made a repository which is in no state: the name is taken, and what has it is
// taken into the state.
func (d *deployment) recovered(t *testing.T, repository string) {
	t.Helper()
	if unknown, _ := d.found(); !slices.Contains(unknown, "aws_ecr_repository "+repository) {
		t.Errorf("%s is not made, or is in a state", repository)
	}
	if err := d.applied(t.Context(), registry); err == nil || !strings.Contains(d.out.String(), "AlreadyExists") {
		t.Fatalf("%v\n%s", err, lastOf(d.out.String()))
	}
	d.imported(registry, "aws_ecr_repository", "name", repository)
	d.finished(registry)
	once(t, d)
}

// together: two deployments of the whole estate at a time. Whatever each of them does, states and AWS agree at the end, and
// whoever deploys then has little or nothing left to do.
func together(t *testing.T, d *deployment) {
	d.revise(d.repository("small/together"), edit{"dev.yaml", "nat: single", "nat: one_per_az"})
	one, other := d.deploying("--lock-timeout=5m"), d.deploying("--lock-timeout=5m")
	errs := []error{one.Wait(), other.Wait()}
	if errs[0] != nil && errs[1] != nil {
		t.Errorf("both have failed:\n%s\n\n%s", lastOf(one.out.String()), lastOf(other.out.String()))
	}
	for _, r := range []*run{one, other} {
		for line := range strings.Lines(r.out.String()) {
			if strings.Contains(line, "Error:") && !strings.Contains(line, "Saved plan is stale") {
				t.Errorf("a deployment fails by %s\n%s", line, lastOf(r.out.String()))
			}
		}
	}
	d.apply()
	unchanged(t, d)
	once(t, d)
}

// An emulator that is interrupted while it deploys, once or twice, ends Terraform and itself, and leaves no file.
func TestAnInterruptedEmulatorLeavesNothing(t *testing.T) {
	all(t)
	for name, interrupts := range map[string]int{"once": 1, "twice": 2} {
		t.Run(name, func(t *testing.T) {
			r := keeping(t, registry)
			r.saying(t, "bootstrap | aws_s3_bucket.state: Creating...")
			r.interrupted(t)
			if interrupts == 2 {
				r.saying(t, "interrupted: nothing more is begun")
				r.interrupted(t)
			}
			if err := r.Wait(); r.ProcessState.ExitCode() != 1 || !strings.Contains(r.out.String(), "interrupted  bootstrap") {
				t.Errorf("%v\n%s", err, lastOf(r.out.String()))
			}
			r.gone(t)
		})
	}
}

// A terminal beside an emulator that is kept asks that one, as is printed: with its keys, and in the other accounts by profiles.
func TestTheTerminalBesideAKeptEmulator(t *testing.T) {
	all(t)
	needed(t)
	r := keeping(t, "bootstrap")
	r.saying(t, "Enter deploys what `make synth` has written since.")
	said := r.out.String()
	var printed string
	for line := range strings.Lines(said[strings.Index(said, "In another terminal:"):]) {
		if command := strings.TrimSpace(line); strings.HasPrefix(command, "export ") || strings.HasPrefix(command, "unset ") {
			printed += command + "\n"
		}
	}
	for profile, account := range map[string]string{"None": "111111111111", "'dev'": "222222222222"} {
		// The AWS CLI's own library, which moto brings.
		ask := `python3 -c "import boto3; print(boto3.Session(profile_name=` + profile + `).client('sts').get_caller_identity()['Account'])"`
		shell := exec.Command("sh", "-c", printed+ask)
		// What a user may have set leads nowhere.
		shell.Env = append(os.Environ(), "AWS_PROFILE=somebodys", "AWS_DEFAULT_REGION=us-gov-west-1", "http_proxy=http://127.0.0.1:1", "HTTP_PROXY=http://127.0.0.1:1", "no_proxy=")
		if got, err := shell.CombinedOutput(); err != nil || strings.TrimSpace(string(got)) != account {
			t.Errorf("profile %s is in account %s, want %s: %v", profile, got, account, err)
		}
	}
	if !strings.Contains(said, "--profile dev") {
		t.Errorf("it does not name the profiles:\n%s", lastOf(said))
	}
	// What has changed since is deployed when somebody says so.
	r.estate.rewrite([]edit{{"estate.yaml", "small-platform/infrastructure", "small-platform/network"}})
	r.estate.synthesizedTo(r.outdir)
	fmt.Fprintln(r.in)
	r.saying(t, "0 to add, 2 to change, 0 to destroy\n\ndeployed on the emulator")
	r.interrupted(t)
	if err := r.Wait(); err != nil {
		t.Errorf("%v\n%s", err, lastOf(r.out.String()))
	}
	r.gone(t)
}

// keptEmulator is one that is kept, with the small estate.
type keptEmulator struct {
	*run
	estate          *deployment
	outdir, scratch string
	in              io.Writer
}

// keeping is `estate emulate --keep` of stacks of the small estate, whose temporary files are in a folder of their own.
func keeping(t *testing.T, stacks ...string) keptEmulator {
	t.Helper()
	d := &deployment{t: t, estate: small(t)}
	outdir, program := d.synthesized(), must(command())(t)
	// A provider's socket is there, whose path may have 107 bytes: https://man7.org/linux/man-pages/man7/unix.7.html
	scratch, err := os.MkdirTemp("", "kept-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(scratch) })
	in, typed, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		typed.Close()
	})
	t.Setenv("TMPDIR", scratch)
	r := beside(t, in, program, append([]string{"emulate", "--estate", d.estate, "--outdir", outdir, "--keep"}, stacks...)...)
	return keptEmulator{r, d, outdir, scratch, typed}
}

func (r *run) interrupted(t *testing.T) {
	t.Helper()
	if err := r.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
}

// gone fails if one that has ended has left a process in its group, or a file in its folder.
func (r keptEmulator) gone(t *testing.T) {
	t.Helper()
	if syscall.Kill(-r.Process.Pid, 0) == nil {
		t.Error("something of it still runs")
	}
	left, err := filepath.Glob(filepath.Join(r.scratch, "hubspoke-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("%v is left: %v", left, err)
	}
}
