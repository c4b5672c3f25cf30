package emulator

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"hubspoke/estate"
	"hubspoke/internal/deploy"
	"hubspoke/internal/order"
	"hubspoke/internal/provider"
	"hubspoke/internal/runner"
	"hubspoke/proof/stackjson"
)

// Deployment is an estate on an emulator: a copy of what synthesis wrote, in a folder of its own, so
// that nothing of it meets the states of a deployment on AWS.
type Deployment struct {
	*Emulator
	// Dir is the copy.
	Dir string
	// Out is where Terraform's progress goes.
	Out io.Writer
	// Parallel is how many stacks are planned or applied at a time: 4, unless it is changed.
	Parallel int

	estate    *estate.Estate
	providers *runner.Installation
	// bootstrapped says that the bucket of states is there.
	bootstrapped bool
}

// Deploy makes a deployment of an estate whose stacks are in outdir, in the new folder dir. Nothing is
// deployed yet. It is to be closed.
func (e *Emulator) Deploy(ctx context.Context, of *estate.Estate, outdir, dir string, out io.Writer) (*Deployment, error) {
	d := &Deployment{Emulator: e, Dir: filepath.Join(dir, "cdktf.out"), Out: out, Parallel: 4, estate: of}
	stacks, err := stackjson.Read(outdir)
	if err != nil {
		return nil, err
	}
	// They run, so that each of a deployment's hundred commands of Terraform takes a tenth of its time.
	if d.providers, err = runner.Install(ctx, stacks); err != nil {
		return nil, err
	}
	if err := d.Update(of, outdir); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// Close ends the providers.
func (d *Deployment) Close() error { return d.providers.Close() }

// Update takes another revision of the estate, whose new accounts are there before. What Terraform knows of the
// stacks stays.
func (d *Deployment) Update(of *estate.Estate, outdir string) error {
	d.estate = of
	if err := d.post("world", WorldOf(of)); err != nil {
		return err
	}
	stacks, err := deploy.Read(outdir)
	if err != nil {
		return err
	}
	files := []string{"manifest.json", order.SignatureFile}
	for _, s := range stacks {
		relative, err := filepath.Rel(outdir, s.Dir)
		if err != nil {
			return err
		}
		files = append(files, filepath.Join(relative, stackjson.File))
	}
	for _, name := range files {
		text, err := os.ReadFile(filepath.Join(outdir, name))
		if errors.Is(err, fs.ErrNotExist) && name == order.SignatureFile {
			continue
		}
		if err != nil {
			return err
		}
		to := filepath.Join(d.Dir, name)
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(to, text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// administrator is who deploys what comes before all roles: in an organisation a session of a role of its administrators.
const administrator = "administrator"

// A Step is stacks that somebody deploys.
type Step struct {
	// Who deploys them: "administrator", "people" or "workflow", and "state.administrators" where there is no workflow.
	Who string
	// Stacks are their names.
	Stacks []string
}

// Steps are the steps in which README.md says that an estate is deployed, with no more than the stacks
// of these names, and those that they read; without names, all.
func (d *Deployment) Steps(names ...string) ([]Step, error) {
	all, err := deploy.Read(d.Dir)
	if err != nil {
		return nil, err
	}
	wanted, err := withEarlier(all, names)
	if err != nil {
		return nil, err
	}
	var steps []Step
	add := func(who string, is func(deploy.Stack) bool) {
		var chosen []string
		for _, s := range all {
			if slices.Contains(wanted, s.Name) && is(s) {
				chosen = append(chosen, s.Name)
			}
		}
		if len(chosen) > 0 {
			steps = append(steps, Step{who, chosen})
		}
	}
	usual := "workflow"
	if d.estate.GitHub.Repository == "" {
		usual = "state.administrators"
	}
	people := func(s deploy.Stack) bool { return s.ByPeople && !order.BeforeRoles(s.Name) }
	add(administrator, func(s deploy.Stack) bool { return order.BeforeRoles(s.Name) })
	if slices.ContainsFunc(all, people) {
		add(usual, func(s deploy.Stack) bool { return s.Name == "hub-logs" })
		add("people", people)
	}
	done := slices.Concat(stacksOf(steps)...)
	add(usual, func(s deploy.Stack) bool { return !slices.Contains(done, s.Name) })
	return steps, nil
}

func stacksOf(steps []Step) [][]string {
	var names [][]string
	for _, s := range steps {
		names = append(names, s.Stacks)
	}
	return names
}

// withEarlier are the named stacks, and all that they come after, with those that are deployed before any other.
func withEarlier(all []deploy.Stack, names []string) ([]string, error) {
	if len(names) == 0 {
		return deploy.Names(all), nil
	}
	if _, err := deploy.Select(all, names); err != nil {
		return nil, err
	}
	wanted := map[string]bool{}
	var want func(string)
	want = func(name string) {
		for _, s := range all {
			if s.Name == name && !wanted[name] {
				wanted[name] = true
				for _, after := range s.After {
					want(after)
				}
			}
		}
	}
	for _, s := range all {
		if order.BeforeRoles(s.Name) || slices.Contains(names, s.Name) {
			want(s.Name)
		}
	}
	return slices.Sorted(maps.Keys(wanted)), nil
}

// Apply takes the steps, one after the other, as `make deploy` does, without a question.
func (d *Deployment) Apply(ctx context.Context, steps []Step) error {
	for _, step := range steps {
		if err := d.do(ctx, step, deploy.Options{AutoApprove: true}); err != nil {
			return err
		}
		if !d.bootstrapped && slices.Contains(step.Stacks, order.Bootstrap) {
			if err := d.intoBucket(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// Plan plans the stacks of the steps, each by whoever deploys it.
func (d *Deployment) Plan(ctx context.Context, steps []Step) error {
	for _, step := range steps {
		if err := d.do(ctx, step, deploy.Options{PlanOnly: true}); err != nil {
			return err
		}
	}
	return nil
}

// Destroy destroys the stacks of the steps, the last step first.
func (d *Deployment) Destroy(ctx context.Context, steps []Step) error {
	for _, step := range slices.Backward(steps) {
		if err := d.do(ctx, step, deploy.Options{AutoApprove: true, Destroy: true}); err != nil {
			return err
		}
	}
	return nil
}

func (d *Deployment) do(ctx context.Context, step Step, o deploy.Options) error {
	if err := d.Become(step.Who); err != nil {
		return err
	}
	all, err := deploy.Read(d.Dir)
	if err != nil {
		return err
	}
	stacks, err := deploy.Select(all, step.Stacks)
	if err != nil {
		return err
	}
	if err := d.withoutBucket(stacks); err != nil {
		return err
	}
	if o.Destroy {
		stacks = deploy.Reversed(stacks)
	}
	o.Parallel, o.LockTimeout = d.Parallel, "0s"
	o.In, o.Out = strings.NewReader(""), d.Out
	return deploy.Run(ctx, stacks, o)
}

// Become sets the environment of this process, and so of Terraform, to that of who deploys a step.
func (d *Deployment) Become(who string) error {
	credentials, err := d.credentials(who)
	if err != nil {
		return err
	}
	for name, value := range runner.RootEnvironment() {
		os.Setenv(name, value)
	}
	environment := d.Environment(credentials)
	// An endpoint of the user's own for one service, or a setting that ignores all endpoints, would lead to AWS.
	for _, variable := range os.Environ() {
		name, _, _ := strings.Cut(variable, "=")
		if _, ours := environment[name]; !ours && strings.HasPrefix(name, "AWS_") {
			os.Unsetenv(name)
		}
	}
	for name, value := range environment {
		if value == "" {
			os.Unsetenv(name)
		} else {
			os.Setenv(name, value)
		}
	}
	served, err := d.providers.Served(os.Environ(), d.Dir)
	if err != nil {
		return err
	}
	return os.Setenv(provider.Variable, served)
}

// Terminal is the environment of somebody who looks at what is deployed, with the keys of [Emulator.Administrator], and the names of
// profiles of the AWS CLI: one for each other account of the estate, called like it.
func (d *Deployment) Terminal() (map[string]string, []string, error) {
	world := WorldOf(d.estate)
	text, err := os.ReadFile(d.profiles())
	if err != nil {
		return nil, nil, err
	}
	var names []string
	for _, account := range d.estate.AccountNames() {
		_, taken := d.Profiles[account]
		if taken || d.estate.Accounts[account] == world.First {
			continue
		}
		role := d.estate.Account(account).In("").ARN("iam", "role/"+world.Role)
		text = fmt.Appendf(text, "[profile %s]\nrole_arn = %s\ncredential_source = Environment\n", account, role)
		names = append(names, account)
	}
	path := filepath.Join(d.scratch, "terminal")
	environment := d.Environment(d.Administrator)
	environment["AWS_CONFIG_FILE"] = path
	return environment, names, os.WriteFile(path, text, 0o600)
}

func (d *Deployment) credentials(who string) (Credentials, error) {
	switch who {
	case administrator:
		if d.People != (Credentials{}) {
			return d.People, nil
		}
		return d.Administrator, nil
	case "people":
		return d.People, nil
	case "state.administrators":
		if d.Operators == (Credentials{}) {
			return Credentials{}, errors.New("nobody deploys after the bootstrap: github.repository names no workflow, and state.administrators nobody")
		}
		return d.Operators, nil
	}
	runs := d.estate.GitHub.ApplyWorkflows()
	return d.Workflow(d.estate.RoleARN(estate.HubAccount, d.estate.CIApplyRole()), runs.Subjects()[0])
}
