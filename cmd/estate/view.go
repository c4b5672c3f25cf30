package main

import (
	"fmt"
	"io"
	"path/filepath"

	"hubspoke/cmd/estate/answer"
	"hubspoke/estate"
	"hubspoke/internal/cost"
	"hubspoke/internal/estateproof"
	"hubspoke/internal/view"
	"hubspoke/proof"
	"hubspoke/proof/stackjson"
	"hubspoke/stacks"
)

type viewCommand struct {
	Estate string `arg:"" optional:"" env:"ESTATE" help:"A folder under environments/, by name, or any folder, by path. Default: piksel."`
	Outdir string `default:"cdktf.out" env:"CDKTF_OUTDIR" aliases:"dir" placeholder:"FOLDER" help:"What synthesis wrote. Default: cdktf.out."`
	Out    string `short:"o" default:"estate.html" placeholder:"FILE" help:"The file to write. Default: estate.html."`
	jsonFlag
	Before string `placeholder:"FOLDER" help:"Show what has changed too, against what was synthesized before into this folder."`
}

func (c viewCommand) Run(out io.Writer) error {
	in, err := proveCommand{Estate: c.Estate, Outdir: c.Outdir}.input()
	if err != nil {
		return err
	}
	dir := estate.Find(c.Estate)
	e, err := estate.Load(dir)
	if err != nil {
		return err
	}
	// The proof's stacks are bare: they say nothing of versions, which costs follow from.
	whole, err := stackjson.Read(c.Outdir)
	if err != nil {
		return err
	}
	page := view.Input{Name: in.Name, Proof: proof.Of(in), Stacks: in.Stacks, Slots: view.SlotsOf(e)}
	for _, r := range e.AddressSpace {
		page.Ranges = append(page.Ranges, r.String())
	}
	if page.Costs, err = cost.Of(whole, costOptions(e)); err != nil {
		return err
	}
	if c.Before != "" {
		before, err := stackjson.Read(c.Before)
		if err != nil {
			return fmt.Errorf("%w\n--before is a folder that synthesis wrote, such as a copy of cdktf.out", err)
		}
		for _, s := range before {
			s.Bare()
		}
		page.Before = &view.Earlier{Stacks: before, Proof: proof.Of(estateproof.Input(e, dir, stacks.Names(stacks.Of(e)), before))}
	}
	if err := writeFile(c.Out, func(w io.Writer) error { return view.Write(w, page) }); err != nil {
		return err
	}
	if c.JSON {
		return answer.Write(out, answer.Files{Head: answer.Of("view"), Files: []string{c.Out}})
	}
	path, err := filepath.Abs(c.Out)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "wrote %s: open it in a browser\n", path)
	return err
}
