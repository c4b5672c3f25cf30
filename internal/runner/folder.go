package runner

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-exec/tfexec"
	tfjson "github.com/hashicorp/terraform-json"

	"hubspoke/proof/stackjson"
)

// Folder is a folder that Terraform runs in.
type Folder struct {
	// Path is where it is.
	Path string

	installation *Installation
	tf           *tfexec.Terraform
	env          map[string]string
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
	return &Folder{Path: dir, installation: i, tf: tf, env: env}, tf.SetEnv(env)
}

// Init is `terraform init`, which sets up the backend. The providers are served or
// come with [Folder.Plan], so that it need not look at them.
func (f *Folder) Init(ctx context.Context, args ...string) error {
	_, err := f.unconfigured(ctx, append([]string{"init", "-no-color", "-input=false"}, args...)...)
	return err
}

// Plan is `terraform plan`. Before it plans, Terraform does all that `terraform validate` does.
// Every plan has a provider process of its own, because a process that others
// configured too could tell something of theirs.
func (f *Folder) Plan(ctx context.Context, options ...tfexec.PlanOption) (Changes, error) {
	if err := f.installation.linkProviders(f.Path); err != nil {
		return Changes{}, err
	}
	var events bytes.Buffer
	_, err := f.tf.PlanJSON(ctx, &events, options...)
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

// Apply is `terraform apply`, or `terraform destroy`, without a question. Like Plan, it
// has a provider process of its own.
func (f *Folder) Apply(ctx context.Context, destroy bool) error {
	if err := f.installation.linkProviders(f.Path); err != nil {
		return err
	}
	if destroy {
		return f.tf.Destroy(ctx)
	}
	return f.tf.Apply(ctx)
}

// Validate is `terraform validate`.
func (f *Folder) Validate(ctx context.Context) error {
	output, err := f.unconfigured(ctx, "validate", "-json")
	return errors.Join(diagnosed(validation(output)), err)
}

// unconfigured runs a command that never configures a provider, and so can share
// running ones.
func (f *Folder) unconfigured(ctx context.Context, args ...string) (*bytes.Buffer, error) {
	command := exec.CommandContext(ctx, f.installation.binary, args...)
	command.Dir = f.Path
	for name, value := range f.env {
		command.Env = append(command.Env, name+"="+value)
	}
	if f.installation.reattach != "" {
		command.Env = append(command.Env, "TF_REATTACH_PROVIDERS="+f.installation.reattach)
	}
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	err := command.Run()
	if err != nil {
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
	output, err := f.unconfigured(ctx, "show", "-json", PlanFile)
	if err != nil {
		return nil, err
	}
	var plan tfjson.Plan
	if err := plan.UnmarshalJSON(output.Bytes()); err != nil {
		return nil, fmt.Errorf("terraform show: %w", err)
	}
	return &plan, nil
}

// Schemas are those of the providers that the stack needs.
func (f *Folder) Schemas(ctx context.Context) (*tfjson.ProviderSchemas, error) {
	output, err := f.unconfigured(ctx, "providers", "schema", "-json")
	if err != nil {
		return nil, err
	}
	var schemas tfjson.ProviderSchemas
	if err := schemas.UnmarshalJSON(output.Bytes()); err != nil {
		return nil, fmt.Errorf("terraform providers schema: %w", err)
	}
	return &schemas, nil
}
