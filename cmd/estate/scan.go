package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"

	"hubspoke/internal/scan"
	"hubspoke/proof/stackjson"
)

type scanCommand struct {
	Outdir string `default:"cdktf.out" env:"CDKTF_OUTDIR" placeholder:"FOLDER" help:"What synthesis wrote. Default: cdktf.out."`
}

func (c scanCommand) Run(out io.Writer) error {
	exceptions, err := scan.Exceptions()
	if err != nil {
		return err
	}
	scanner, err := scan.Find()
	if errors.Is(err, scan.ErrNotFound) {
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
	for _, f := range fresh {
		fmt.Fprintln(out, f)
	}
	fmt.Fprintf(out, "%d stacks: %d findings, of which %d are excepted in internal/scan/exceptions.yaml\n", len(stacks), len(found), len(found)-len(fresh))
	if len(fresh) > 0 {
		return exit(1)
	}
	return nil
}
