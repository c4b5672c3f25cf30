package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"hubspoke/cmd/estate/answer"
	"hubspoke/estate"
	"hubspoke/internal/scaffold"
)

type addCommands struct {
	Spoke addSpokeCommand `cmd:"" help:"Add a spoke that is made after another one."`
}

type addSpokeCommand struct {
	Name    string `arg:"" help:"The name of the spoke, and of its account."`
	Estate  string `arg:"" optional:"" env:"ESTATE" predictor:"estate" help:"A folder under environments/, by name, or any folder, by path. Default: piksel."`
	Like    string `required:"" predictor:"account" placeholder:"SPOKE" help:"The spoke to make it after."`
	CIDR    string `name:"cidr" placeholder:"RANGE" help:"The range of its VPC. Default: the first that is free, of the same size."`
	Account string `placeholder:"NUMBER" help:"Its account number; in an estate with organization.yaml also new, for an account that is yet to be made. Default: a placeholder."`
	DryRun  bool   `help:"Print what would change, and change nothing."`
	jsonFlag
}

func (c addSpokeCommand) Run(out io.Writer) error {
	dir := estate.Find(c.Estate)
	d, err := scaffold.AddSpoke(scaffold.SpokeOptions{Dir: dir, Name: c.Name, Like: c.Like, CIDR: c.CIDR, Account: c.Account})
	if err != nil {
		return err
	}
	if c.JSON {
		return c.answer(out, d)
	}
	if c.DryRun {
		_, err := out.Write(d.Diff())
		return err
	}
	if err := d.Write(); err != nil {
		return err
	}
	if slices.Contains(d.Estate.NewAccounts(), c.Name) {
		fmt.Fprintf(out, "%s: %s is added (%s)\n", dir, c.Name, strings.Join(d.Files(), ", "))
		nextSteps(out, d.Notes)
		fmt.Fprintln(out, "before it has stacks, organization makes the account: make deploy STACKS=organization, then write the number that account_numbers shows in place of new")
		return nil
	}
	fmt.Fprintf(out, "%s: %s is added, with %s (%s)\n", dir, c.Name, d.Estate.Spoke(c.Name).Network.CIDR, strings.Join(d.Files(), ", "))
	nextSteps(out, d.Notes)
	fmt.Fprintln(out, "before the rest is deployed, bootstrap makes the roles of the new account: make deploy STACKS=bootstrap")
	return nil
}

// answer writes in JSON what is added, or what would be.
func (c addSpokeCommand) answer(out io.Writer, d *scaffold.Draft) error {
	added := answer.AddSpoke{Head: answer.Of("add spoke"), Estate: d.Dir, Files: d.Files(), Written: !c.DryRun, Notes: d.Notes}
	if !slices.Contains(d.Estate.NewAccounts(), c.Name) {
		added.CIDR = d.Estate.Spoke(c.Name).Network.CIDR.String()
	}
	if c.DryRun {
		added.Diff = string(d.Diff())
	} else if err := d.Write(); err != nil {
		return err
	}
	return answer.Write(out, added)
}
