package main

import (
	"fmt"
	"io"

	"hubspoke/estate"
	"hubspoke/internal/pipeline"
)

type pipelineCommands struct {
	Images imagesCommand `cmd:"" help:"Write, for each GitHub repository that pushes images, the workflow that builds, scans, signs and pushes them and moves their digests in the repositories that clusters follow."`

	GitHub    githubCommand    `cmd:"" name:"github" help:"Write the workflows that review a change, deploy what is merged wave by wave, and look for drift."`
	Atlantis  atlantisCommand  `cmd:"" help:"Write the projects of an estate for Atlantis, in their order, and what its server needs."`
	Terramate terramateCommand `cmd:"" help:"Write the stacks of an estate for Terramate, with their order and tags."`

	Changed changedCommand `cmd:"" help:"Print which stacks a workflow has to plan, as outputs of a step of GitHub Actions."`
	Record  recordCommand  `cmd:"" help:"Read a plan, as terraform show -json prints it, and print what of it may be kept: its changes, without sensitive values."`
	Beyond  beyondCommand  `cmd:"" help:"Say what a plan does that was not reviewed, by the record of the plan that was. Exits with 1 if it does something."`
}

// pipelineFiles are where a pipeline's files go, and if.
type pipelineFiles struct {
	Out   string `default:"pipelines" placeholder:"FOLDER" help:"The folder to write to. Default: pipelines."`
	Check bool   `help:"Write nothing, and exit with 1 if what is there differs."`
	Force bool   `help:"Replace files too that were not written by this command."`
}

// put writes the files, or says how those that are there differ.
func (c pipelineFiles) put(out io.Writer, files pipeline.Files) error {
	if !c.Check {
		if err := files.Write(c.Out, c.Force); err != nil {
			return err
		}
		for _, name := range files.Names() {
			fmt.Fprintf(out, "%s/%s: written\n", c.Out, name)
		}
		return nil
	}
	difference, err := files.Difference(c.Out)
	if err != nil {
		return err
	}
	if difference == "" {
		_, err := fmt.Fprintf(out, "%s: what would be written is there\n", c.Out)
		return err
	}
	if _, err := io.WriteString(out, difference); err != nil {
		return err
	}
	return exit(1)
}

type imagesCommand struct {
	Estate string `arg:"" optional:"" env:"ESTATE" help:"A folder under environments/, by name, or any folder, by path. Default: piksel."`
	pipelineFiles
}

func (c imagesCommand) Run(out io.Writer) error {
	e, err := estate.Load(estate.Find(c.Estate))
	if err != nil {
		return err
	}
	files, err := pipeline.Images(e)
	if err != nil {
		return err
	}
	return c.put(out, files)
}
