package runner

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"hubspoke/proof/stackjson"
)

// Verdict is what Terraform says of one stack.
type Verdict struct {
	// Stack is its name.
	Stack string
	// Problem is what is wrong with it; nil if nothing is.
	Problem error
	// Took is how long it took.
	Took time.Duration
}

// String is a line, with what is wrong below it.
func (v Verdict) String() string {
	verdict, problem := "ok    ", ""
	if v.Problem != nil {
		verdict, problem = "WRONG ", v.Problem.Error()+"\n"
	}
	return fmt.Sprintf("%s %-24s %4.1fs\n%s", verdict, v.Stack, v.Took.Seconds(), problem)
}

// ValidateAll runs `terraform validate` over every stack in outdir, the folder that
// CDKTF calls cdktf.out, side by side. It calls begun with their number, and told with
// the verdict on each as it is there, never two at a time. It returns their number.
// Nothing in outdir changes.
func ValidateAll(ctx context.Context, outdir string, begun func(int), told func(Verdict)) (int, error) {
	stacks, err := stackjson.Read(outdir)
	if err != nil {
		return 0, fmt.Errorf("%w\nrun `make synth` first", err)
	}
	installation, err := Install(ctx, stacks)
	if err != nil {
		return 0, err
	}
	defer installation.Close()
	begun(len(stacks))
	var (
		mu    sync.Mutex // of told
		group errgroup.Group
	)
	group.SetLimit(runtime.NumCPU())
	for _, s := range stacks {
		group.Go(func() error {
			start := time.Now()
			problem := validateOne(ctx, installation, s)
			mu.Lock()
			defer mu.Unlock()
			told(Verdict{s.Name, problem, time.Since(start)})
			return nil
		})
	}
	return len(stacks), group.Wait()
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
