package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"

	"hubspoke/cmd/estate/answer"
	"hubspoke/internal/scan"
	"hubspoke/proof/stackjson"
)

type scanCommand struct {
	Outdir string `default:"cdktf.out" env:"CDKTF_OUTDIR" predictor:"folder" placeholder:"FOLDER" help:"What synthesis wrote. Default: cdktf.out."`
	jsonFlag
}

func (c scanCommand) Run(out io.Writer) error {
	exceptions, err := scan.Exceptions()
	if err != nil {
		return err
	}
	scanner, err := scan.Find()
	if errors.Is(err, scan.ErrNotFound) {
		if c.JSON {
			return answer.Write(out, answer.Scan{Head: answer.Of("scan"), Findings: []answer.ScanFinding{}})
		}
		_, err = fmt.Fprintf(out, "nothing was scanned: %v\n", err)
		return err
	}
	stacks, err := stackjson.Read(c.Outdir)
	if err != nil {
		return fmt.Errorf("%w\nrun `make synth` first", err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	found, err := scan.Run(ctx, scanner, stacks)
	if err != nil {
		return err
	}
	fresh := slices.DeleteFunc(slices.Clone(found), func(f scan.Finding) bool {
		return slices.ContainsFunc(exceptions, func(e scan.Exception) bool { return e.Excepts(f) })
	})
	if c.JSON {
		if err := answer.Write(out, scanned(len(stacks), found, exceptions)); err != nil {
			return err
		}
	} else {
		for _, f := range fresh {
			fmt.Fprintln(out, f)
		}
		fmt.Fprintf(out, "%d stacks: %d findings, of which %d are excepted in internal/scan/exceptions.yaml\n", len(stacks), len(found), len(found)-len(fresh))
	}
	if len(fresh) > 0 {
		return exit(1)
	}
	return nil
}

// scanned is what a scanner found, as programs read it.
func scanned(stacks int, found []scan.Finding, exceptions []scan.Exception) answer.Scan {
	a := answer.Scan{Head: answer.Of("scan"), Scanned: true, Stacks: stacks, Findings: []answer.ScanFinding{}}
	for _, f := range found {
		one := answer.ScanFinding{Check: f.Check, Severity: f.Severity, Title: f.Title, Stack: f.Stack, Resource: f.Resource}
		if i := slices.IndexFunc(exceptions, func(e scan.Exception) bool { return e.Excepts(f) }); i >= 0 {
			one.Excepted = exceptions[i].Reason
		}
		a.Findings = append(a.Findings, one)
	}
	return a
}
