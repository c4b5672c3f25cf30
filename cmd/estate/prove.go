package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"hubspoke/cmd/estate/answer"
	"hubspoke/cmd/estate/sarif"
	"hubspoke/estate"
	"hubspoke/internal/estateproof"
	"hubspoke/internal/synth"
	"hubspoke/proof"
	"hubspoke/proof/stackjson"
	"hubspoke/stacks"
)

type proveCommand struct {
	Estate string  `arg:"" optional:"" env:"ESTATE" predictor:"estate" help:"A folder under environments/, by name, or any folder, by path. Default: piksel."`
	Outdir string  `default:"cdktf.out" env:"CDKTF_OUTDIR" aliases:"dir" predictor:"folder" placeholder:"FOLDER" help:"What synthesis wrote. Default: cdktf.out."`
	Query  *string `predictor:"query" placeholder:"'FROM -> TO PORT'" help:"Answer one question instead: 'dev.private -> prod.private tcp/5432'."`
	All    bool    `help:"Show the paths of what is proven too, and notes."`
	Matrix bool    `help:"Show who reaches whom instead, by VPCs."`
	Tiers  bool    `help:"With --matrix: by the tiers of VPCs."`
	Brief  bool    `hidden:"" help:"What is the default."`
	Format string  `default:"text" enum:"text,json,sarif" help:"How to write the report: text, json (as --json), or sarif for code scanning. Default: text."`
	jsonFlag
	JUnit string `name:"junit" placeholder:"FILE" help:"Write the report as JUnit test results too."`

	Terraform []string `placeholder:"FOLDER" help:"Prove anybody's Terraform instead of an estate: a plan or a state as terraform show -json prints it, a folder with one, a folder of such folders, or one of Terraform JSON. May be said several times. See docs/prove-your-own.md."`
	Mock      []string `placeholder:"FOLDER" help:"Like --terraform, of a folder with a root in HCL: plan it without an account, with a provider that is made up. Needs Terraform."`
	Accounts  string   `placeholder:"FILE" help:"With --terraform or --mock: the names of accounts and VPCs, the rule for tiers, and what else plans do not say. See docs/prove-your-own.md."`
	Intents   string   `placeholder:"FILE" help:"With --terraform or --mock: what the network promises. Default: the one intents.yaml in the folders."`
}

func (c proveCommand) Run(out io.Writer) error {
	c.JSON = c.JSON || c.Format == "json"
	in, err := c.input()
	if err != nil {
		return unreadable{err}
	}
	report, err := c.report(proof.Of(in))
	if err != nil {
		return unreadable{err}
	}
	if c.JUnit != "" {
		if err := writeFile(c.JUnit, report.JUnit); err != nil {
			return unreadable{err}
		}
	}
	switch {
	case c.Format == "sarif":
		err = sarif.Write(out, provedSARIF(report, c.files()))
	case c.JSON:
		err = answer.Write(out, answer.Prove{Head: answer.Of("prove"), Report: report})
	case report.Matrix != nil:
		err = report.Matrix.Text(out)
	default:
		err = report.Text(out, !c.All)
	}
	if err != nil {
		return unreadable{err}
	}
	if report.Status != proof.Proven {
		return exit(report.Status.ExitCode())
	}
	return nil
}

// input is what there is to prove: an estate, or anybody's Terraform.
func (c proveCommand) input() (proof.Input, error) {
	if len(c.Terraform)+len(c.Mock) > 0 {
		return c.roots()
	}
	if c.Accounts != "" || c.Intents != "" {
		return proof.Input{}, errors.New("--accounts and --intents belong to --terraform and --mock: an estate has its own")
	}
	dir := estate.Find(c.Estate)
	e, err := estate.Load(dir)
	if err != nil {
		return proof.Input{}, err
	}
	synthesized, err := synthesizedOf(e, dir, c.Outdir)
	if err != nil {
		return proof.Input{}, err
	}
	if e.OnlyOrganization() {
		fmt.Fprintln(os.Stderr, "warning: the estate has no stack but organization yet: what intents.yaml promises waits for the others, and is not checked. `make check` says what is missing")
	}
	for _, s := range synthesized {
		s.Bare()
	}
	return estateproof.Input(e, dir, stacks.Names(stacks.Of(e)), synthesized), nil
}

func (c proveCommand) report(p *proof.Proof) (*proof.Report, error) {
	if c.Query != nil {
		return p.Ask(*c.Query)
	}
	report := p.Prove()
	if c.JSON || c.Matrix {
		report.Matrix = p.Matrix(c.Tiers)
	}
	return report, nil
}

// files say where findings about a stack are shown; nowhere, if there is no estate.
func (c proveCommand) files() func(stack string) string {
	dir := estate.Find(c.Estate)
	if e, err := estate.Load(dir); err == nil && len(c.Terraform)+len(c.Mock) == 0 {
		return accountFiles(dir, e)
	}
	return func(string) string { return "" }
}

// synthesizedOf are the stacks that were synthesized of an estate, which is in dir. It warns
// where the estate's files have changed since.
func synthesizedOf(e *estate.Estate, dir, outdir string) ([]*stackjson.Stack, error) {
	if err := synth.OfAnother(e, outdir); err != nil {
		return nil, fmt.Errorf("%w: run `make synth`", err)
	}
	if newer := newerThan(dir, filepath.Join(outdir, "manifest.json")); newer != "" {
		fmt.Fprintf(os.Stderr, "warning: %s has changed since %s was written: run `make synth`\n", newer, outdir)
	}
	synthesized, err := stackjson.Read(outdir)
	if err != nil {
		return nil, fmt.Errorf("%w\nrun `make synth` first", err)
	}
	return synthesized, nil
}

// newerThan is a file of the estate that changed after synthesis ended, "" if there
// is none or nobody knows when that was. Intents are not synthesized.
func newerThan(dir, manifest string) string {
	written, err := os.Stat(manifest)
	if err != nil {
		return ""
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*.yaml"))
	for _, file := range files {
		if info, err := os.Stat(file); err == nil && filepath.Base(file) != "intents.yaml" && info.ModTime().After(written.ModTime()) {
			return file
		}
	}
	return ""
}

func writeFile(path string, write func(io.Writer) error) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := write(file); err != nil {
		file.Close()
		return err
	}
	return file.Close()
}

// exit ends the program with a code, when all there is to say has been said.
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// unreadable ends the program as if nothing could be proven, which is the case.
type unreadable struct{ error }
