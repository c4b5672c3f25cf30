package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	tfjson "github.com/hashicorp/terraform-json"

	"hubspoke/estate"
	"hubspoke/internal/deploy"
	"hubspoke/internal/order"
	"hubspoke/internal/pipeline"
	"hubspoke/internal/planrecord"
	"hubspoke/stacks"
)

// repositoryFiles are files of the repository that holds the estate.
type repositoryFiles struct {
	Out   string `default:"." placeholder:"FOLDER" help:"The root of the repository that the estate is in. Default: the current folder."`
	Check bool   `help:"Write nothing, and exit with 1 if what is there differs."`
	Force bool   `help:"Replace files too that were not written by this command."`
	jsonFlag
}

func (c repositoryFiles) put(out io.Writer, command string, files pipeline.Files, removed []string) error {
	return pipelineFiles(c).put(out, command, files, removed)
}

// estateInRepository is an estate, as it is called from the root of its repository.
type estateInRepository struct {
	Estate string `arg:"" optional:"" env:"ESTATE" help:"A folder under environments/, by name, or any folder, by path from the root of the repository. Default: piksel."`
}

func (n estateInRepository) load() (*estate.Estate, string, []pipeline.Stack, error) {
	folder := estate.Find(n.Estate)
	e, err := estate.Load(folder)
	if err != nil {
		return nil, "", nil, err
	}
	all, err := pipelineStacks(e)
	return e, filepath.Clean(folder), all, err
}

// pipelineStacks are the stacks of an estate that come after the roles of Terraform, in an
// order in which they can be deployed.
func pipelineStacks(e *estate.Estate) ([]pipeline.Stack, error) {
	all, err := stacks.Order(stacks.Of(e))
	if err != nil {
		return nil, err
	}
	var out []pipeline.Stack
	for _, s := range all {
		if order.BeforeRoles(s.Name) {
			continue
		}
		after := slices.DeleteFunc(s.Earlier(), order.BeforeRoles)
		out = append(out, pipeline.Stack{Name: s.Name, Account: s.Account, After: after, ByPeople: e.AppliedByPeople(s.Account)})
	}
	return out, nil
}

type githubCommand struct {
	estateInRepository
	repositoryFiles
}

func (c githubCommand) Run(out io.Writer) error {
	e, folder, all, err := c.load()
	if err != nil {
		return err
	}
	files, err := pipeline.GitHub(e, folder, all)
	if err != nil {
		return err
	}
	return c.put(out, "github", files, nil)
}

type atlantisCommand struct {
	estateInRepository
	Outdir    string `default:"cdktf.out" placeholder:"FOLDER" help:"Where the synthesized stacks are, from the root of the repository. Default: cdktf.out."`
	Committed bool   `help:"What was synthesized is in the repository: a project is planned where its own JSON changes, and nothing is synthesized before."`
	repositoryFiles
}

func (c atlantisCommand) Run(out io.Writer) error {
	e, folder, all, err := c.load()
	if err != nil {
		return err
	}
	files, err := pipeline.Atlantis(e, folder, c.Outdir, c.Committed, all)
	if err != nil {
		return err
	}
	return c.put(out, "atlantis", files, nil)
}

type terramateCommand struct {
	estateInRepository
	Outdir string `default:"cdktf.out" placeholder:"FOLDER" help:"Where the synthesized stacks are, from the root of the repository. Default: cdktf.out."`
	repositoryFiles
}

func (c terramateCommand) Run(out io.Writer) error {
	e, _, all, err := c.load()
	if err != nil {
		return err
	}
	files, err := pipeline.Terramate(e, c.Outdir, all)
	if err != nil {
		return err
	}
	stale, err := files.Stale(c.Out, pipeline.TerramateStacks)
	if err != nil {
		return err
	}
	if !c.Check {
		for _, path := range stale {
			if err := os.RemoveAll(path); err != nil {
				return err
			}
		}
	}
	return c.put(out, "terramate", files, stale)
}

type changedCommand struct {
	estateInRepository
	Outdir  string `default:"cdktf.out" env:"CDKTF_OUTDIR" placeholder:"FOLDER" help:"What synthesis wrote. Default: cdktf.out."`
	Before  string `placeholder:"FOLDER" help:"What synthesis wrote before the change. Without it all stacks have changed."`
	Readers bool   `help:"Name those too that come after what has changed, since what they read may change."`
	Waves   int    `help:"How many waves the workflow has that is to deploy them: print each wave by itself, without what only people apply. Default: 0, one list of all."`
}

func (c changedCommand) Run(out io.Writer) error {
	_, _, all, err := c.load()
	if err != nil {
		return err
	}
	synthesized, err := deploy.Read(c.Outdir)
	if err != nil {
		return err
	}
	folders := map[string]string{}
	for _, s := range synthesized {
		if !order.BeforeRoles(s.Name) {
			folders[s.Name] = s.Dir
		}
	}
	var chosen []string
	for _, s := range all {
		if folders[s.Name] == "" {
			return fmt.Errorf("%s has no stack %s: run `make synth`", c.Outdir, s.Name)
		}
		chosen = append(chosen, s.Name)
	}
	if c.Before != "" {
		if chosen, err = pipeline.Changed(c.Before, folders); err != nil {
			return err
		}
		if c.Readers {
			chosen = pipeline.WithReaders(all, chosen)
		}
	}
	if c.Waves > 0 {
		for _, s := range all {
			if s.ByPeople && slices.Contains(chosen, s.Name) {
				fmt.Fprintf(os.Stderr, "::warning::people deploy %s, and what comes after it needs that first\n", s.Name)
			}
		}
	}
	return pipeline.WriteOutputs(out, all, chosen, c.Waves)
}

type recordCommand struct{}

func (recordCommand) Run(out io.Writer) error {
	text, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	plan, err := planrecord.Read(text)
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(planrecord.Of(plan))
}

type beyondCommand struct {
	Reviewed string `required:"" placeholder:"FILE" help:"The record of the plan that was reviewed."`
	Plan     string `arg:"" help:"The plan, or the record of it, that is to be applied."`
}

func (c beyondCommand) Run(out io.Writer) error {
	reviewed, err := readRecord(c.Reviewed)
	if err != nil {
		return unreadable{err}
	}
	planned, err := readRecord(c.Plan)
	if err != nil {
		return unreadable{err}
	}
	lines := planrecord.Beyond(reviewed, planned)
	for _, line := range lines {
		fmt.Fprintln(out, line)
	}
	if len(lines) > 0 {
		return exit(1)
	}
	return nil
}

func readRecord(file string) (*tfjson.Plan, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	plan, err := planrecord.Read(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return plan, nil
}
