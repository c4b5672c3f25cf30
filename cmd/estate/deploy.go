package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"hubspoke/cmd/estate/answer"
	"hubspoke/internal/deploy"
	"hubspoke/internal/runner"
)

type deployCommand struct {
	Stacks   []string `arg:"" optional:"" name:"stack" predictor:"stack" help:"Stacks to deploy. Default: all but those that only people deploy."`
	PlanOnly bool     `help:"Show and save the plans, and apply none."`
	From     string   `placeholder:"STACK" help:"Begin with the wave of this stack, and take those before it to be deployed: to go on where a run has ended."`
	deployFlags
}

type destroyCommand struct {
	Stacks          []string `arg:"" name:"stack" predictor:"stack" help:"Stacks to destroy."`
	LeaveDependants bool     `help:"Destroy them although stacks that come after them, and are not named, still have resources."`
	deployFlags
}

// deployFlags are what deploying and destroying have in common.
type deployFlags struct {
	Outdir      string `default:"cdktf.out" env:"CDKTF_OUTDIR" predictor:"folder" placeholder:"FOLDER" help:"What synthesis wrote. Default: cdktf.out."`
	AutoApprove bool   `help:"Apply what is planned without asking."`
	InOrder     bool   `help:"One stack after the other, in the order in which they are named, and none after one that fails."`
	Parallel    int    `default:"4" help:"How many stacks to plan or to apply at a time. Default: 4."`
	LockTimeout string `default:"0s" placeholder:"5m" help:"How long to wait for a state that is locked. Default: not at all."`
	jsonFlag

	from string // a stack, "" for the beginning
}

func (c deployCommand) Run(out io.Writer) error {
	c.from = c.From
	return c.run(out, c.Stacks, deploy.Options{PlanOnly: c.PlanOnly}, false)
}

func (c destroyCommand) Run(out io.Writer) error {
	return c.run(out, c.Stacks, deploy.Options{Destroy: true}, c.LeaveDependants)
}

func (f deployFlags) run(out io.Writer, names []string, o deploy.Options, leaveDependants bool) error {
	if f.JSON {
		return f.answer(out, names, o, leaveDependants)
	}
	return f.deploy(out, names, o, leaveDependants)
}

// answer does it all with what happens on standard error, and writes in JSON what came of it.
func (f deployFlags) answer(out io.Writer, names []string, o deploy.Options, leaveDependants bool) error {
	done := answer.Deploy{Head: answer.Of("deploy"), Stacks: []answer.Outcome{}}
	if o.Destroy {
		done.Command = "destroy"
	}
	o.Concluded = func(c deploy.Conclusion) {
		done.Stacks = append(done.Stacks, answer.Outcome{Stack: c.Stack, Outcome: c.Outcome, Detail: c.Detail, Seconds: c.Took.Seconds()})
	}
	err := f.deploy(os.Stderr, names, o, leaveDependants)
	if err != nil && !errors.Is(err, deploy.ErrIncomplete) {
		return err
	}
	done.Complete = err == nil
	if writing := answer.Write(out, done); writing != nil || err == nil {
		return writing
	}
	return exit(1)
}

func (f deployFlags) deploy(out io.Writer, names []string, o deploy.Options, leaveDependants bool) error {
	if f.Parallel < 1 {
		return errors.New("--parallel: at least 1")
	}
	all, err := deploy.Read(f.Outdir)
	if err != nil {
		return err
	}
	stacks, err := deploy.Select(all, names)
	if err != nil {
		return err
	}
	if left := deploy.ByPeople(all); len(names) == 0 && len(left) > 0 {
		fmt.Fprintf(out, "left out, since people with a role of the management account deploy them: %s\n", strings.Join(deploy.Names(left), " "))
	}
	if len(names) == 0 && len(stacks) == 0 {
		command := "deploy"
		if o.PlanOnly {
			command = "diff"
		}
		fmt.Fprintf(out, "nothing is left for a pipeline: by somebody who may, make %s STACKS=%q\n", command, strings.Join(deploy.Names(all), " "))
		return nil
	}
	if o.Destroy && !leaveDependants {
		o.Dependants = deploy.Dependants(all, names)
	}
	if f.from != "" {
		if f.InOrder {
			return errors.New("--from is about waves, and --in-order makes none: leave out the stacks that are done")
		}
		if stacks, err = deploy.From(stacks, f.from); err != nil {
			return err
		}
	}
	switch {
	case f.InOrder:
		stacks = deploy.AsNamed(stacks)
	case o.Destroy:
		stacks = deploy.Reversed(stacks)
	}
	for name, value := range runner.RootEnvironment() {
		os.Setenv(name, value)
	}
	o.AutoApprove, o.Parallel, o.LockTimeout = f.AutoApprove, f.Parallel, f.LockTimeout
	o.In, o.Out, o.Typed = os.Stdin, out, isTerminal(os.Stdin)
	ctx, stop := interrupts(context.Background())
	defer stop()
	defer interruptedOnce(ctx, stop)()
	return deploy.Run(ctx, stacks, o)
}

// interruptedOnce says, while Terraform runs, what an interrupt does and what the next one will do. The
// function that it returns ends that.
func interruptedOnce(ctx context.Context, stop func()) func() bool {
	return context.AfterFunc(ctx, func() {
		again := make(chan os.Signal, 1)
		signal.Notify(again, os.Interrupt, syscall.SIGTERM)
		stop()
		fmt.Fprintln(os.Stderr, "\ninterrupted: nothing more is begun; waiting until Terraform has written its state. Once more ends it at once: what it has made may be lost, and the state stays locked.")
		<-again
		signal.Stop(again) // A third one ends this process.
		runner.Abandon()
	})
}

// interrupts is a context that is done when this process is to end, or loses its
// terminal, as it does with an SSH session.
//
// Whoever loses the terminal may be told twice, by the shell and by the kernel, and what
// is written after that fails. Neither ends the process then, and Terraform with it.
func interrupts(parent context.Context) (context.Context, context.CancelFunc) {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	survived := []os.Signal{syscall.SIGPIPE}
	if !signal.Ignored(syscall.SIGHUP) { // as nohup has it
		signals = append(signals, syscall.SIGHUP)
		survived = append(survived, syscall.SIGHUP)
	}
	ctx, stop := signal.NotifyContext(parent, signals...)
	unread := make(chan os.Signal, 1)
	signal.Notify(unread, survived...)
	return ctx, stop
}

// isTerminal says whether a file is a device to type at, and no pipe or file.
func isTerminal(file *os.File) bool {
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
