package main

import (
	"errors"
	"fmt"
	"io"

	"hubspoke/cmd/estate/answer"
	"hubspoke/internal/picture"
	"hubspoke/internal/picture/diagram"
	"hubspoke/internal/picture/layout"
	"hubspoke/internal/picture/svg"
	"hubspoke/proof"
)

type pictureCommand struct {
	Estate string `arg:"" optional:"" env:"ESTATE" help:"A folder under environments/, by name, or any folder, by path. Default: piksel."`
	Outdir string `default:"cdktf.out" env:"CDKTF_OUTDIR" aliases:"dir" placeholder:"FOLDER" help:"What synthesis wrote. Default: cdktf.out."`
	Format string `enum:"svg,mermaid,d2,dot" default:"svg" help:"How to draw: svg, a drawing for light and dark; or mermaid, d2, dot, text that other tools lay out. Default: svg."`
	Out    string `short:"o" placeholder:"FILE" help:"Write it to a file. Default: standard output."`
	jsonFlag
	All bool `help:"Draw every account by itself. Otherwise three or more whose VPCs are the same but for names and addresses are drawn as one."`
}

func (c pictureCommand) Run(out io.Writer) error {
	in, err := proveCommand{Estate: c.Estate, Outdir: c.Outdir}.input()
	if err != nil {
		return err
	}
	p := picture.Of(in.Name, proof.Of(in), c.All)
	if len(p.Accounts) == 0 {
		return fmt.Errorf("%s has no VPC: there is nothing to draw", in.Name)
	}
	write := func(w io.Writer) error { return svg.Write(w, layout.Of(p)) }
	if c.Format != "svg" {
		write = func(w io.Writer) error { return diagram.Write(w, diagram.Language(c.Format), p) }
	}
	if c.Out == "" && c.JSON {
		return errors.New("--json says which file was written: say which, with --out")
	}
	if c.Out == "" {
		return write(out)
	}
	if err := writeFile(c.Out, write); err != nil || !c.JSON {
		return err
	}
	return answer.Write(out, answer.Files{Head: answer.Of("picture"), Files: []string{c.Out}})
}
