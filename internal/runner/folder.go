package runner

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-exec/tfexec"
	tfjson "github.com/hashicorp/terraform-json"

	"hubspoke/internal/provider"
	"hubspoke/proof/stackjson"
)

// Folder is a folder that Terraform runs in.
type Folder struct {
	// Path is where it is.
	Path string

	installation *Installation
	tf           *tfexec.Terraform
	env          map[string]string
	// served has the providers answer, once the folder has its files.
	served func() (string, error)
}

// Scratch makes a folder that holds one stack. The environment is added to that
// of this process, of which nothing that configures AWS or Terraform's own
// behaviour is left.
func (i *Installation) Scratch(s *stackjson.Stack, environment map[string]string) (*Folder, error) {
	return i.ScratchFiles(s.Name, map[string][]byte{stackjson.File: s.Text}, environment)
}

// ScratchFiles is [Installation.Scratch] for a configuration of other files, by their names.
func (i *Installation) ScratchFiles(name string, files map[string][]byte, environment map[string]string) (*Folder, error) {
	dir, err := os.MkdirTemp(i.home, name+"-")
	if err != nil {
		return nil, err
	}
	for file, text := range files {
		if err := os.WriteFile(filepath.Join(dir, file), text, 0o644); err != nil {
			return nil, err
		}
	}
	return i.folder(dir, i.Environment(), environment)
}

func (i *Installation) folder(dir string, environments ...map[string]string) (*Folder, error) {
	tf, err := tfexec.NewTerraform(dir, i.binary)
	if err != nil {
		return nil, err
	}
	env := map[string]string{}
	for _, variable := range os.Environ() {
		if name, value, _ := strings.Cut(variable, "="); !strings.HasPrefix(name, "AWS_") && name != "TF_DATA_DIR" {
			env[name] = value
		}
	}
	// Terraform warns of a configuration file that is not there.
	if !exists(env["TF_CLI_CONFIG_FILE"]) {
		delete(env, "TF_CLI_CONFIG_FILE")
	}
	env = tfexec.CleanEnv(env)
	if env["GOGC"] == "" {
		env["GOGC"] = collect
	}
	for _, e := range environments {
		maps.Copy(env, e)
	}
	f := &Folder{Path: dir, installation: i, tf: tf, env: env}
	f.served = sync.OnceValues(func() (string, error) { return i.Served(f.environment(), dir) })
	return f, tf.SetEnv(env)
}

func (f *Folder) environment() []string {
	var all []string
	for name, value := range f.env {
		all = append(all, name+"="+value)
	}
	return all
}

// providers is the option that has terraform-exec use the providers that run.
func (f *Folder) providers() (*tfexec.ReattachOption, error) {
	served, err := f.served()
	if err != nil {
		return nil, err
	}
	var info tfexec.ReattachInfo
	err = json.Unmarshal([]byte(served), &info)
	return tfexec.Reattach(info), err
}

// Init is `terraform init`, which sets up the backend. The providers run, so that it need not look for them.
func (f *Folder) Init(ctx context.Context, args ...string) error {
	_, err := f.run(ctx, append([]string{"init", "-no-color", "-input=false"}, args...)...)
	return err
}

// Plan is `terraform plan`. Before it plans, Terraform does all that `terraform validate` does.
func (f *Folder) Plan(ctx context.Context, options ...tfexec.PlanOption) (Changes, error) {
	providers, err := f.providers()
	if err != nil {
		return Changes{}, err
	}
	var events bytes.Buffer
	_, err = f.tf.PlanJSON(ctx, &events, append(options, providers)...)
	log := read(&events)
	if problem := diagnosed(slices.DeleteFunc(log.diagnostics, asked)); problem != nil {
		return Changes{}, problem
	}
	if err == nil && !log.counted {
		err = errUncounted
	}
	return log.changes, err
}

// asked says that a warning is of what the stack asks for: that Terraform forgets
// something.
func asked(d tfjson.Diagnostic) bool {
	return d.Severity == tfjson.DiagnosticSeverityWarning && d.Summary == "Some objects will no longer be managed by Terraform"
}

// FormatCheck are the files that `terraform fmt` would write otherwise, in the folder and
// those below.
func (f *Folder) FormatCheck(ctx context.Context) ([]string, error) {
	_, files, err := f.tf.FormatCheck(ctx, tfexec.Recursive(true))
	return files, err
}

// Apply is `terraform apply`, or `terraform destroy`, without a question.
func (f *Folder) Apply(ctx context.Context, destroy bool) error {
	providers, err := f.providers()
	if err != nil {
		return err
	}
	if destroy {
		return f.tf.Destroy(ctx, providers)
	}
	return f.tf.Apply(ctx, providers)
}

// Validate is `terraform validate`.
func (f *Folder) Validate(ctx context.Context) error {
	output, err := f.run(ctx, "validate", "-json")
	return errors.Join(diagnosed(validation(output)), err)
}

// run runs a command that terraform-exec has not, or has without its output.
func (f *Folder) run(ctx context.Context, args ...string) (*bytes.Buffer, error) {
	served, err := f.served()
	if err != nil {
		return nil, err
	}
	command := exec.CommandContext(ctx, f.installation.binary, args...)
	command.Dir = f.Path
	command.Env = append(f.environment(), provider.Variable+"="+served)
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if err = command.Run(); err != nil {
		err = fmt.Errorf("terraform %s: %w\n%s", args[0], err, &stderr)
	}
	return &stdout, err
}

// PlanJSON is `terraform plan` as `terraform show -json` prints it.
func (f *Folder) PlanJSON(ctx context.Context, options ...tfexec.PlanOption) (*tfjson.Plan, error) {
	if _, err := f.Plan(ctx, append(options, tfexec.Out(PlanFile))...); err != nil {
		return nil, err
	}
	return f.Show(ctx)
}

// Show is what `terraform show -json` says of the plan that was saved as [PlanFile].
func (f *Folder) Show(ctx context.Context) (*tfjson.Plan, error) {
	output, err := f.run(ctx, "show", "-json", PlanFile)
	if err != nil {
		return nil, err
	}
	var plan tfjson.Plan
	if err := plan.UnmarshalJSON(output.Bytes()); err != nil {
		return nil, fmt.Errorf("terraform show: %w", err)
	}
	return &plan, nil
}

// Schemas are those of the providers that the stack needs, with the types that the installation's stacks have.
func (f *Folder) Schemas(ctx context.Context) (*tfjson.ProviderSchemas, error) {
	output, err := f.run(ctx, "providers", "schema", "-json")
	if err != nil {
		return nil, err
	}
	var schemas tfjson.ProviderSchemas
	if err := schemas.UnmarshalJSON(output.Bytes()); err != nil {
		return nil, fmt.Errorf("terraform providers schema: %w", err)
	}
	return &schemas, nil
}

// Schemas are those of the installed providers, with all types that there are.
func (i *Installation) Schemas(ctx context.Context) (*tfjson.ProviderSchemas, error) {
	f, err := i.folder(i.home, i.Environment())
	if err != nil {
		return nil, err
	}
	f.served = func() (string, error) { return i.served(f.environment(), nil) }
	return f.Schemas(ctx)
}
