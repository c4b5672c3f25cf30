package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"hubspoke/cmd/estate/answer"
	"hubspoke/estate"
	"hubspoke/internal/cost"
)

type costCommand struct {
	Estate string `arg:"" optional:"" env:"ESTATE" predictor:"estate" help:"A folder under environments/, by name, or any folder, by path. Default: piksel."`
	Outdir string `default:"cdktf.out" env:"CDKTF_OUTDIR" aliases:"dir" predictor:"folder" placeholder:"FOLDER" help:"What synthesis wrote. Default: cdktf.out."`
	Prices bool   `help:"Print the table of prices instead, with the date and the source of each."`
	jsonFlag
}

func (c costCommand) Run(out io.Writer) error {
	if c.Prices {
		return printPrices(out, c.JSON)
	}
	dir := estate.Find(c.Estate)
	e, err := estate.Load(dir)
	if err != nil {
		return err
	}
	synthesized, err := synthesizedOf(e, dir, c.Outdir)
	if err != nil {
		return err
	}
	report, err := cost.Of(synthesized, costOptions(e))
	if err != nil {
		return err
	}
	if c.JSON {
		return answer.Write(out, answer.Cost{Head: answer.Of("cost"), Report: report})
	}
	return report.Text(out)
}

// costOptions are what the estate knows of its costs, on the day of its review.
func costOptions(e *estate.Estate) cost.Options {
	names := map[string]string{}
	for name, number := range e.Accounts {
		names[number] = name
	}
	return cost.Options{
		Accounts:   names,
		Extended:   e.InExtendedSupport,
		OnPremises: len(e.OnPremises.CIDRs) > 0,
		OnePayer:   e.OnePayer(),
	}
}

func printPrices(out io.Writer, asJSON bool) error {
	prices, err := cost.Prices()
	if err != nil {
		return err
	}
	if asJSON {
		return answer.Write(out, answer.Prices{Head: answer.Of("cost"), Prices: prices})
	}
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "ITEM\tREGION\tUSD\tPER\tOF\tVERIFIED\tSOURCE")
	for _, p := range prices {
		per := map[bool]string{true: "hour", false: "month"}[p.Hourly]
		verified := map[bool]string{true: "yes", false: "no"}[p.Verified]
		fmt.Fprintf(t, "%s\t%s\t%g\t%s\t%s\t%s\t%s\n", p.Item, p.Region, p.USD, per, p.Date, verified, p.Source)
	}
	return t.Flush()
}
