package main

import (
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
	Keep     bool     `help:"Leave the emulator running, and say how to ask it, until this command is interrupted."`
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
	untold := interruptedOnce(ctx, stop)
	err = c.deploy(ctx, out, d)
	untold()
	if missing := unable(log.Name()); len(missing) > 0 {
		fmt.Fprintf(out, "\nthe emulator cannot do:\n  %s\nWhy, %s says.\n", strings.Join(missing, "\n  "), log.Name())
	}
	if c.Keep && ctx.Err() == nil {
		if err != nil {
			fmt.Fprintf(out, "\nnot all of it is deployed: %v\n", err)
			err = exit(1)
		}
		if waiting := c.wait(ctx, out, d, log.Name()); waiting != nil {
			return waiting
		}
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

// deploy takes the steps, and says how that went.
func (c emulateCommand) deploy(ctx context.Context, out io.Writer, d *emulator.Deployment) error {
	steps, err := d.Steps(c.Stacks...)
	if err != nil {
		return err
	}
	begun := time.Now()
	for i, step := range steps {
		fmt.Fprintf(out, "\nstep %d of %d, by %s: %s\n", i+1, len(steps), step.Who, strings.Join(step.Stacks, ", "))
		if err := d.Apply(ctx, steps[i:i+1]); err != nil {
			return err
		}
	}
	fmt.Fprintf(out, "\ndeployed on the emulator, in %s\n", time.Since(begun).Round(time.Second))
	return nil
}

// wait says how to look at what is there, and does nothing until it is interrupted.
func (c emulateCommand) wait(ctx context.Context, out io.Writer, d *emulator.Deployment, log string) error {
	environment, profiles, err := d.Terminal()
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "\nThe emulator runs until Ctrl-C. In another terminal:\n\n")
	for _, line := range exports(environment) {
		fmt.Fprintf(out, "  %s\n", line)
	}
	fmt.Fprintln(out, "  aws sts get-caller-identity")
	if len(profiles) > 0 {
		fmt.Fprintf(out, "  aws ec2 describe-vpcs --profile %s\n", strings.Join(profiles, "   # or "))
	}
	fmt.Fprintf(out, "\nThe stacks are in %s. What the emulator could not do is in %s.\n", d.Dir, log)
	<-ctx.Done()
	return nil
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
