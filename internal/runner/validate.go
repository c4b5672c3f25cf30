package runner

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"hubspoke/proof/stackjson"
)

// ValidateAll runs `terraform validate` over every stack in outdir, the folder that
// CDKTF calls cdktf.out, side by side, and writes one line for each to out as it is
// done, with what is wrong below it. Nothing in outdir changes.
func ValidateAll(ctx context.Context, outdir string, out io.Writer) error {
	stacks, err := stackjson.Read(outdir)
	if err != nil {
		return fmt.Errorf("%w\nrun `make synth` first", err)
	}
	installation, err := Install(ctx, stacks)
	if err != nil {
		return err
	}
	defer installation.Close()
	if err := installation.Serve(); err != nil {
		return err
	}

	var (
		mu      sync.Mutex // of out and invalid
		invalid int
		group   errgroup.Group
	)
	group.SetLimit(runtime.NumCPU())
	for _, s := range stacks {
		group.Go(func() error {
			start := time.Now()
			problem := validateOne(ctx, installation, s)
			mu.Lock()
			defer mu.Unlock()
			verdict := "ok    "
			if problem != nil {
				verdict = "WRONG "
				invalid++
			}
			fmt.Fprintf(out, "%s %-24s %4.1fs\n", verdict, s.Name, time.Since(start).Seconds())
			if problem != nil {
				fmt.Fprintf(out, "%v\n", problem)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	if invalid > 0 {
		return fmt.Errorf("%d of %d stacks are not valid", invalid, len(stacks))
	}
	return nil
}

func validateOne(ctx context.Context, installation *Installation, s *stackjson.Stack) error {
	folder, err := installation.Scratch(s, nil)
	if err != nil {
		return err
	}
	if err := folder.Init(ctx, "-backend=false"); err != nil {
		return err
	}
	return folder.Validate(ctx)
}
