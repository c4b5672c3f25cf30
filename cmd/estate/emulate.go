package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"hubspoke/estate"
	"hubspoke/internal/deploy"
	"hubspoke/internal/emulator"
	"hubspoke/internal/runner"
	"hubspoke/internal/synth"
)

type emulateCommand struct {
	Stacks   []string `arg:"" optional:"" name:"stack" help:"Stacks to deploy, with those that they read. Default: all."`
	Estate   string   `env:"ESTATE" help:"A folder under environments/, by name, or any folder, by path. Default: piksel."`
	Outdir   string   `default:"cdktf.out" env:"CDKTF_OUTDIR" placeholder:"FOLDER" help:"What synthesis wrote. Default: cdktf.out."`
	Keep     bool     `help:"Leave the emulator running until this command is interrupted, say how to ask it, and deploy again on Enter what was synthesized since."`
	Parallel int      `default:"4" help:"How many stacks to plan or to apply at a time. Default: 4."`
}

func (c emulateCommand) Run(out io.Writer) error {
	e, err := estate.Load(estate.Find(c.Estate))
	if err != nil {
		return err
	}
	ctx, stop := interrupts(context.Background())
	defer stop()
	if err := c.check(ctx, e); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "hubspoke-emulated-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	log, err := os.CreateTemp("", "hubspoke-emulator-*.log")
	if err != nil {
		return err
	}
	defer func() {
		log.Close()
		if len(unable(log.Name())) == 0 {
			os.Remove(log.Name())
		}
	}()
	aws, err := emulator.Start(ctx, ".", emulator.WorldOf(e), log)
	if err != nil {
		return err
	}
	defer aws.Stop()
	ctx, cancel := whileItRuns(ctx, aws)
	defer cancel()
	d, err := aws.Deploy(ctx, e, c.Outdir, dir, out)
	if err != nil {
		return err
	}
	defer d.Close()
	d.Parallel = c.Parallel
	run := emulation{c, d, log.Name(), out, stop}
	err = run.deploy(ctx)
	if c.Keep && ctx.Err() == nil {
		return run.keep(ctx, err)
	}
	return err
}

// check says what is wrong with the arguments and the machine, before anything is started.
func (c emulateCommand) check(ctx context.Context, e *estate.Estate) error {
	var problems []error
	if c.Parallel < 1 {
		problems = append(problems, errors.New("--parallel: at least 1"))
	}
	all, err := deploy.Read(c.Outdir)
	if err == nil {
		err = synth.OfAnother(e, c.Outdir)
	}
	if err == nil && len(c.Stacks) > 0 {
		_, err = deploy.Select(all, c.Stacks)
	}
	_, python := emulator.Python(ctx)
	_, terraform := runner.Find()
	return errors.Join(append(problems, err, python, terraform)...)
}

// whileItRuns is a context that is done when the emulator has ended by itself: Terraform would ask it again and again. It is to be
// cancelled before the emulator is stopped.
func whileItRuns(parent context.Context, aws *emulator.Emulator) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(parent)
	go func() {
		select {
		case <-ctx.Done():
		case <-aws.Ended():
			if ctx.Err() == nil {
				fmt.Fprintln(os.Stderr, "the emulator has ended by itself: is there too little memory?")
				cancel()
			}
		}
	}()
	return ctx, cancel
}

// unable are the operations that the emulator was asked for and cannot do, as its log has them.
func unable(log string) []string {
	text, err := os.ReadFile(log)
	if err != nil {
		return nil
	}
	var operations []string
	for line := range strings.Lines(string(text)) {
		if operation, ok := strings.CutPrefix(strings.TrimSpace(line), "--- "); ok {
			operations = append(operations, operation)
		}
	}
	slices.Sort(operations)
	return slices.Compact(operations)
}

// emulation is a deployment on an emulator, and whom it is for.
type emulation struct {
	emulateCommand
	*emulator.Deployment
	log  string
	out  io.Writer
	stop func()
}

// deploy takes the steps, and says how that went.
func (r emulation) deploy(ctx context.Context) error {
	defer interruptedOnce(ctx, r.stop)()
	err := r.steps(ctx)
	if missing := unable(r.log); len(missing) > 0 {
		fmt.Fprintf(r.out, "\nthe emulator cannot do:\n  %s\nWhy, %s says.\n", strings.Join(missing, "\n  "), r.log)
	}
	return err
}

func (r emulation) steps(ctx context.Context) error {
	steps, err := r.Steps(r.Stacks...)
	if err != nil {
		return err
	}
	begun := time.Now()
	for i, step := range steps {
		fmt.Fprintf(r.out, "\nstep %d of %d, by %s: %s\n", i+1, len(steps), step.Who, strings.Join(step.Stacks, ", "))
		if err := r.Apply(ctx, steps[i:i+1]); err != nil {
			return err
		}
	}
	fmt.Fprintf(r.out, "\ndeployed on the emulator, in %s\n", time.Since(begun).Round(time.Second))
	return nil
}

// keep says how to look at what is there, and deploys what was synthesized since whenever somebody says so, until it is
// interrupted. It is told how the deployment before went, and fails if the last one did.
func (r emulation) keep(ctx context.Context, last error) error {
	environment, profiles, err := r.Terminal()
	if err != nil {
		return err
	}
	r.failed(last)
	fmt.Fprintf(r.out, "\nThe emulator runs until Ctrl-C. In another terminal:\n\n")
	for _, line := range exports(environment) {
		fmt.Fprintf(r.out, "  %s\n", line)
	}
	fmt.Fprintln(r.out, "  aws sts get-caller-identity")
	if len(profiles) > 0 {
		fmt.Fprintf(r.out, "  aws ec2 describe-vpcs --profile %s\n", strings.Join(profiles, "   # or "))
	}
	fmt.Fprintf(r.out, "\nThe stacks are in %s. What the emulator could not do is in %s.\n", r.Dir, r.log)
	readsInBackground()
	lines := make(chan struct{})
	go func() {
		for in := bufio.NewScanner(os.Stdin); in.Scan(); {
			lines <- struct{}{}
		}
	}()
	for {
		fmt.Fprintln(r.out, "\nEnter deploys what `make synth` has written since.")
		select {
		case <-ctx.Done():
			if last != nil {
				return exit(1)
			}
			return nil
		case <-lines:
			last = r.again(ctx)
			r.failed(last)
		}
	}
}

func (r emulation) failed(err error) {
	if err != nil {
		fmt.Fprintf(r.out, "\nnot all of it is deployed: %v\n", err)
	}
}

// again deploys the estate as it is now.
func (r emulation) again(ctx context.Context) error {
	e, err := estate.Load(estate.Find(r.Estate))
	if err != nil {
		return err
	}
	if err := synth.OfAnother(e, r.Outdir); err != nil {
		return err
	}
	if err := r.Update(e, r.Outdir); err != nil {
		return err
	}
	return r.deploy(ctx)
}

// exports are the commands that give a shell an environment. All of it: without the proxy, what is asked of S3 Control would go to
// AWS, and with a profile of the user's own the AWS CLI would not find that.
func exports(environment map[string]string) []string {
	var lines []string
	unset := "unset"
	for _, name := range slices.Sorted(maps.Keys(environment)) {
		if value := environment[name]; value != "" {
			lines = append(lines, "export "+name+"="+value)
		} else {
			unset += " " + name
		}
	}
	return append([]string{unset}, lines...)
}
