package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"

	"hubspoke/cmd/estate/answer"
	"hubspoke/estate"
	"hubspoke/internal/offlineplan"
	"hubspoke/internal/review"
	"hubspoke/internal/synth"
	"hubspoke/proof/stackjson"
)

type planStackCommand struct {
	Stack  string `arg:"" help:"The stack to plan: dev-network."`
	Estate string `env:"ESTATE" help:"A folder under environments/, by name, or any folder, by path. Default: piksel."`
	Before string `placeholder:"FOLDER" help:"What was synthesized before, and is taken to be deployed: an earlier cdktf.out. Default: nothing is deployed."`
	Outdir string `default:"cdktf.out" env:"CDKTF_OUTDIR" placeholder:"FOLDER" help:"What synthesis wrote. Default: cdktf.out."`
	jsonFlag
}

func (c planStackCommand) Run(out io.Writer) error {
	e, err := estate.Load(estate.Find(c.Estate))
	if err != nil {
		return err
	}
	if err := synth.OfAnother(e, c.Outdir); err != nil {
		return fmt.Errorf("%w: run `make synth`", err)
	}
	after, err := stackjson.Read(c.Outdir)
	if err != nil {
		return fmt.Errorf("%w\nrun `make synth` first", err)
	}
	before := []*stackjson.Stack{}
	if c.Before != "" {
		if before, err = stackjson.Read(c.Before); err != nil {
			return fmt.Errorf("--before: %w", err)
		}
	}
	find := func(all []*stackjson.Stack) *stackjson.Stack {
		if i := slices.IndexFunc(all, func(s *stackjson.Stack) bool { return s.Name == c.Stack }); i >= 0 {
			return all[i]
		}
		return nil
	}
	is := find(after)
	if is == nil {
		return fmt.Errorf("%s has no stack %s: `estate stacks` prints their names", c.Outdir, c.Stack)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	planner, err := offlineplan.New(ctx, before, after, e.Accounts[e.EntryAccount()], e.Account(estate.HubAccount).Partition)
	if err != nil {
		return err
	}
	defer planner.Close()
	plan, err := planner.Plan(ctx, find(before), is)
	if err != nil {
		return fmt.Errorf("%s cannot be planned without an account:\n%w", c.Stack, err)
	}
	planned := review.PlanOf(c.Stack, plan)
	if !c.JSON {
		return planned.Text(out, c.Stack)
	}
	a := answer.Plan{Head: answer.Of("plan"), Stack: c.Stack}
	for _, r := range planned.Resources {
		a.Resources = append(a.Resources, answer.PlannedResource{Address: r.Address, Effect: string(r.Effect), Why: r.Why, Moved: r.Moved})
	}
	return answer.Write(out, a)
}
