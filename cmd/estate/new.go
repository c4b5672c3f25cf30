package main

import (
	"fmt"
	"io"
	"path/filepath"

	"hubspoke/cmd/estate/answer"
	"hubspoke/estate"
	"hubspoke/internal/scaffold"
)

type newCommand struct {
	Name       string            `arg:"" help:"The folder to write: one under environments/, by name, or any, by path."`
	Region     string            `placeholder:"REGION" help:"The AWS region, such as eu-central-1."`
	Spokes     []string          `placeholder:"NAMES" help:"The accounts for workloads, with commas between. Default: dev,prod."`
	CIDR       string            `name:"cidr" placeholder:"RANGE" help:"The private addresses to cut all VPCs from. Default: 10.0.0.0/8, which gives each a /16."`
	Accounts   map[string]string `mapsep:"," placeholder:"hub=NUMBER,dev=NUMBER" help:"Account numbers. Default: placeholders."`
	Project    string            `placeholder:"NAME" help:"What all names in AWS begin with. Default: the name of the folder."`
	Domain     string            `placeholder:"DOMAIN" help:"A public zone to make in the hub. Default: none."`
	GitHub     string            `name:"github" placeholder:"OWNER/NAME" help:"The repository whose workflows deploy the estate. Default: none."`
	Clusters   bool              `help:"Give each spoke an EKS cluster."`
	Standalone bool              `help:"Leave the hub without a network: every spoke stands alone."`
	AsOf       estate.Date       `placeholder:"YYYY-MM-DD" help:"The day of the first review. Default: today."`
	jsonFlag
}

func (c newCommand) Run(out io.Writer) error {
	dir := estate.Find(c.Name)
	d, err := scaffold.New(scaffold.Options{
		Dir: dir, Project: c.Project, Region: c.Region, Spokes: c.Spokes, CIDR: c.CIDR, Accounts: c.Accounts,
		Repository: c.GitHub, Domain: c.Domain, Clusters: c.Clusters, Standalone: c.Standalone, AsOf: c.AsOf,
	})
	if err != nil {
		return err
	}
	if err := d.Write(); err != nil {
		return err
	}
	if c.JSON {
		return answer.Write(out, answer.New{Head: answer.Of("new"), Estate: dir, Files: d.Files(), Notes: d.Notes})
	}
	fmt.Fprintf(out, "%s: written\n", dir)
	for _, name := range d.Files() {
		fmt.Fprintf(out, "  %-*s  %s\n", width(d.Files()), name, holds(name))
	}
	nextSteps(out, append(d.Notes, "export ESTATE="+c.Name))
	return nil
}

// holds says what a file of a new estate is about.
func holds(name string) string {
	switch name {
	case "estate.yaml":
		return "accounts, addresses, zones, and who talks to whom"
	case "hub.yaml":
		return "what all accounts share"
	case "intents.yaml":
		return "what the network promises"
	}
	return "the account " + name[:len(name)-len(filepath.Ext(name))]
}

func width(names []string) int {
	longest := 0
	for _, name := range names {
		longest = max(longest, len(name))
	}
	return longest
}

// nextSteps says how to go on from an estate that is written.
func nextSteps(out io.Writer, first []string) {
	fmt.Fprintln(out, "next:")
	for _, step := range first {
		fmt.Fprintf(out, "  %s\n", step)
	}
	fmt.Fprint(out, `  go run ./cmd/estate check             # until it has nothing left to say
  go run ./cmd/estate plan-addresses    # every subnet, used or reserved
  make synth                            # the Terraform, into cdktf.out
  go run ./cmd/estate prove             # what intents.yaml promises
`)
}
