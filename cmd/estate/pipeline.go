package main

import (
	"fmt"
	"io"
	"strings"

	"hubspoke/cmd/estate/answer"
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
	jsonFlag
}

// put writes the files, or says how those that are there differ, for a command. removed are
// files that are gone from what the command writes.
func (c pipelineFiles) put(out io.Writer, command string, files pipeline.Files, removed []string) error {
	a := answer.Files{Head: answer.Of("pipeline " + command), Removed: removed}
	for _, name := range files.Names() {
		a.Files = append(a.Files, c.Out+"/"+name)
	}
	var err error
	if c.Check {
		a.Difference, err = files.Difference(c.Out)
	} else {
		err = files.Write(c.Out, c.Force)
	}
	if err != nil {
		return err
	}
	if c.JSON {
		err = answer.Write(out, a)
	} else {
		_, err = io.WriteString(out, c.said(a))
	}
	if err == nil && c.Check && (a.Difference != "" || len(removed) > 0) {
		return exit(1)
	}
	return err
}

// said is an answer for people.
func (c pipelineFiles) said(a answer.Files) string {
	var text strings.Builder
	for _, path := range a.Removed {
		if c.Check {
			fmt.Fprintf(&text, "%s is of a stack that is gone\n", path)
			continue
		}
		fmt.Fprintf(&text, "%s: removed, its stack is gone\n", path)
	}
	switch {
	case !c.Check:
		for _, path := range a.Files {
			fmt.Fprintf(&text, "%s: written\n", path)
		}
	case a.Difference == "":
		fmt.Fprintf(&text, "%s: what would be written is there\n", c.Out)
	default:
		text.WriteString(a.Difference)
	}
	return text.String()
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
	return c.put(out, "images", files, nil)
}
