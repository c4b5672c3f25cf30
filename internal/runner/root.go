package runner

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
	"regexp"
	"runtime"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-exec/tfexec"
	tfjson "github.com/hashicorp/terraform-json"
)

// PlanFile is the name of a saved plan, in the folder of its stack. It holds values
// that are secret, as a state does.
const PlanFile = "saved.tfplan"

// Root is Terraform in the folder of a synthesized stack, its root module, where the
// stack is deployed from: with the user's own environment and configuration of
// Terraform, with the stack's backend, and with what earlier runs left in .terraform.
type Root struct {
	dir         string
	lockTimeout string
	tf          *tfexec.Terraform
}

// OpenRoot is the program terraform, which [Find] finds, in the folder of a stack.
// Commands wait lockTimeout, a duration such as "5m", for a state that somebody else
// has locked.
func OpenRoot(terraform, dir, lockTimeout string) (*Root, error) {
	tf, err := tfexec.NewTerraform(dir, terraform)
	if err != nil {
		return nil, err
	}
	// An apply that is interrupted waits for the resources that it has begun. To
	// kill it meanwhile, as terraform-exec does after a minute, would lose them. On
	// Windows nothing is interrupted, and nothing killed.
	if runtime.GOOS != "windows" {
		if err := tf.SetWaitDelay(0); err != nil {
			return nil, err
		}
	}
	return &Root{dir: dir, lockTimeout: lockTimeout, tf: tf}, nil
}

// RootEnvironment are the variables that make Terraform in several folders fetch each
// provider once, and take less time. Those that the user has set are not among them.
func RootEnvironment() map[string]string {
	environment := downloads()
	if environment == nil {
		environment = map[string]string{}
	}
	if os.Getenv("GOGC") == "" {
		environment["GOGC"] = collect
	}
	return environment
}

// Init is `terraform init`. Two of them at a time may disturb each other where
// TF_PLUGIN_CACHE_DIR is set:
// https://developer.hashicorp.com/terraform/cli/config/config-file#provider-plugin-cache
//
// It fails where the folder was initialized for another backend, which may be that of
// another estate. Terraform's own advice for that is left out: `-migrate-state` copies
// the state of the one into the place of the other.
// https://developer.hashicorp.com/terraform/cli/commands/init#backend-initialization
func (r *Root) Init(ctx context.Context) error {
	err := r.tf.Init(interruptible(ctx))
	if err != nil && strings.Contains(err.Error(), "Backend configuration changed") {
		err = fmt.Errorf(`the folder was initialized for another estate, or for another backend of this one.
Another estate goes into another folder: set CDKTF_OUTDIR. Or remove what init has left here, which holds no state unless the backend is local: %s
Only if it is the same estate, whose state has moved, run in %s: terraform init -migrate-state`, filepath.Join(r.dir, ".terraform"), r.dir)
	}
	if err != nil && strings.Contains(err.Error(), noCredentials) {
		err = fmt.Errorf("%s\n%w", hintOfCredentials, err)
	}
	return failed("init", err)
}

// Plan is what a saved plan would do.
type Plan struct {
	Changes
	// Deleted and Replaced are the addresses of what it would delete, for good or to make it anew.
	Deleted, Replaced []string
	// Empty says that there is nothing to apply, not even an output.
	Empty bool
	// Text is the plan as Terraform shows it, if it is not empty.
	Text string
	// Warnings are what Terraform warns of besides, nil if there is nothing. That it
	// forgets what the stack asks it to forget is none.
	Warnings error
}

// Plan is `terraform plan`, of what there is to deploy or to destroy. A plan that is
// not empty is saved, for Apply. An error that is [NotReady] says that the stack reads
// what others have not written yet.
func (r *Root) Plan(ctx context.Context, destroy bool) (*Plan, error) {
	ctx = interruptible(ctx)
	if err := Discard(r.dir); err != nil {
		return nil, err
	}
	var events bytes.Buffer
	changed, err := r.tf.PlanJSON(ctx, &events, tfexec.Out(PlanFile), tfexec.Destroy(destroy), tfexec.LockTimeout(r.lockTimeout))
	log := read(&events)
	if err != nil {
		missing, others := missingStates(log.diagnostics)
		if problem := diagnosed(others); problem != nil {
			err = fmt.Errorf("it failed:\n%w", problem)
		}
		err = r.failed("plan", err)
		if len(missing) > 0 {
			err = &NotReady{Missing: missing, Alone: !slices.ContainsFunc(others, serious), err: err}
		}
		return nil, err
	}
	if !log.counted {
		return nil, errors.Join(errUncounted, Discard(r.dir))
	}
	plan := &Plan{
		Changes: log.changes, Deleted: log.deleted, Replaced: log.replaced, Empty: !changed,
		Warnings: diagnosed(slices.DeleteFunc(log.diagnostics, asked)),
	}
	if plan.Empty {
		return plan, Discard(r.dir)
	}
	text, err := r.tf.ShowPlanFileRaw(ctx, PlanFile)
	plan.Text = strings.TrimSpace(text)
	return plan, failed("show", err)
}

// Apply is `terraform apply` of the plan that Plan has saved. Terraform's progress goes
// to out, line by line.
func (r *Root) Apply(ctx context.Context, out io.Writer) error {
	r.tf.SetStdout(out)
	defer r.tf.SetStdout(io.Discard)
	return r.failed("apply", r.tf.Apply(interruptible(ctx), tfexec.DirOrPlan(PlanFile), tfexec.LockTimeout(r.lockTimeout)))
}

// Resources is how many resources there are in the state of the stack. What it only
// reads, its data sources, does not count.
func (r *Root) Resources(ctx context.Context) (int, error) {
	resources, err := r.resources(ctx)
	return len(resources), err
}

// IDs are the ids of the resources in the state of the stack, by their addresses. It asks no provider.
func (r *Root) IDs(ctx context.Context) (map[string]string, error) {
	resources, err := r.resources(ctx)
	ids := map[string]string{}
	for _, resource := range resources {
		for _, instance := range resource.Instances {
			address := resource.Type + "." + resource.Name
			if instance.Deposed != "" {
				address += " (deposed " + instance.Deposed + ")"
			}
			ids[address], _ = instance.Attributes["id"].(string)
		}
	}
	return ids, err
}

// resource is one in a state, as far as it is used:
// https://developer.hashicorp.com/terraform/cli/commands/state/pull
type resource struct {
	Mode      string `json:"mode"`
	Type      string `json:"type"`
	Name      string `json:"name"`
	Instances []struct {
		Deposed    string         `json:"deposed"`
		Attributes map[string]any `json:"attributes"`
	} `json:"instances"`
}

// resources are those in the state of the stack, without data sources.
func (r *Root) resources(ctx context.Context) ([]resource, error) {
	text, err := r.tf.StatePull(interruptible(ctx))
	if err != nil {
		return nil, failed("state pull", err)
	}
	if strings.TrimSpace(text) == "" {
		return nil, nil // there is no state
	}
	var state struct {
		Resources []resource `json:"resources"`
	}
	if err := json.Unmarshal([]byte(text), &state); err != nil {
		return nil, failed("state pull", err)
	}
	return slices.DeleteFunc(state.Resources, func(r resource) bool { return r.Mode != "managed" }), nil
}

// Discard removes a saved plan, if there is one.
func Discard(dir string) error {
	err := os.Remove(filepath.Join(dir, PlanFile))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

// FailedError is the error of one of Terraform's commands.
type FailedError struct {
	// Command is the command, such as "init".
	Command string
	err     error
}

func (e *FailedError) Error() string { return fmt.Sprintf("terraform %s: %v", e.Command, e.err) }

// Unwrap returns what went wrong.
func (e *FailedError) Unwrap() error { return e.err }

// ErrKilled is the error of a command that was interrupted, and that something killed before it had ended.
var ErrKilled = errors.New("Terraform was killed")

// failed says which of Terraform's commands failed. The error of one that was
// interrupted has no text of its own if Terraform had ended well.
func failed(command string, err error) error {
	var ended *exec.ExitError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled) && errors.As(err, &ended) && !ended.Exited():
		err = ErrKilled
	case errors.Is(err, context.Canceled):
		err = context.Canceled
	}
	return &FailedError{command, err}
}

// NotReady is the error of a plan that reads states of other stacks which are not
// there, or do not have yet what is read of them.
type NotReady struct {
	// Missing are the names of the data sources that read them.
	Missing []string
	// Alone says that nothing else is wrong. What else is, the error says.
	Alone bool
	err   error
}

func (e *NotReady) Error() string { return e.err.Error() }

// Unwrap returns the error of Terraform.
func (e *NotReady) Unwrap() error { return e.err }

// remoteState is how a message names the data source that reads a state.
var remoteState = regexp.MustCompile(`data\.terraform_remote_state\.([\w-]+)`)

// missingStates are the remote states that are missing, sorted, and what else Terraform
// complains of.
func missingStates(diagnostics []tfjson.Diagnostic) (missing []string, others []tfjson.Diagnostic) {
	for _, d := range diagnostics {
		name := missingState(d)
		switch {
		case name == "":
			others = append(others, d)
		case !slices.Contains(missing, name):
			missing = append(missing, name)
		}
	}
	slices.Sort(missing)
	return missing, others
}

// missingState is the remote state that an error says is missing, or empty.
func missingState(d tfjson.Diagnostic) string {
	if !serious(d) || d.Summary != "Unable to find remote state" && d.Summary != "Unsupported attribute" {
		return ""
	}
	text := d.Address
	if d.Snippet != nil {
		for _, v := range d.Snippet.Values {
			text += " " + v.Traversal
		}
	}
	if reads := remoteState.FindStringSubmatch(text); reads != nil {
		return reads[1]
	}
	return ""
}

// serious says that a diagnostic is no warning.
func serious(d tfjson.Diagnostic) bool { return d.Severity == tfjson.DiagnosticSeverityError }

// Planned is the plan that [Root.Plan] has saved, as data.
func (r *Root) Planned(ctx context.Context) (*tfjson.Plan, error) {
	plan, err := r.tf.ShowPlanFile(interruptible(ctx), PlanFile)
	return plan, failed("show", err)
}

// State is the state of the stack as `terraform show -json` prints it:
// https://developer.hashicorp.com/terraform/internals/json-format#state-representation
func (r *Root) State(ctx context.Context) (*tfjson.State, error) {
	state, err := r.tf.Show(interruptible(ctx))
	return state, failed("show", err)
}
