package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"hubspoke/cmd/estate/answer"
	"hubspoke/estate"
	reports "hubspoke/internal/report"
	"hubspoke/internal/report/source"
)

type reportCommand struct {
	Kind   string      `arg:"" predictor:"report" help:"Which report: access, compliance, encryption, incident, logs or reviews."`
	Estate string      `arg:"" optional:"" env:"ESTATE" predictor:"estate" help:"A folder under environments/, by name, or any folder, by path. Default: piksel."`
	Outdir string      `default:"cdktf.out" env:"CDKTF_OUTDIR" aliases:"dir" predictor:"folder" placeholder:"FOLDER" help:"What synthesis wrote. Default: cdktf.out."`
	Format string      `default:"markdown" enum:"markdown,json,text" help:"How to write it: markdown, json or text. Default: markdown."`
	Date   estate.Date `placeholder:"YYYY-MM-DD" help:"Reckon what has an end from this day on, instead of as_of in estate.yaml."`
	jsonFlag
}

// Validate refuses a kind that there is not, and says which there are.
func (c reportCommand) Validate() error {
	if _, ok := reports.Named(c.Kind); ok {
		return nil
	}
	kinds := []string{fmt.Sprintf("there is no report %q: ask for one of these", c.Kind)}
	for _, k := range reports.Kinds {
		kinds = append(kinds, fmt.Sprintf("  %-12s%s", k.Name, k.About))
	}
	return errors.New(strings.Join(kinds, "\n"))
}

func (c reportCommand) Run(out io.Writer) error {
	kind, _ := reports.Named(c.Kind)
	dir := estate.Find(c.Estate)
	e, err := estate.LoadAsOf(dir, c.Date)
	if err != nil {
		return err
	}
	c.JSON = c.JSON || c.Format == "json"
	synthesized, err := synthesizedOf(e, dir, c.Outdir)
	if err != nil {
		return err
	}
	document := kind.Of(source.Of(e, synthesized))
	if c.JSON {
		return answer.Write(out, answer.Report{Head: answer.Of("report"), Document: document})
	}
	return document.Write(out, c.Format)
}
