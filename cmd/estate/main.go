// Estate checks, shows and deploys an estate. It reads YAML, and what synthesis wrote;
// CDKTF is not needed, and AWS only to deploy.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"text/tabwriter"

	"github.com/alecthomas/kong"

	"hubspoke/estate"
	"hubspoke/internal/order"
	"hubspoke/internal/runner"
	"hubspoke/internal/scaffold"
	"hubspoke/internal/words"
	"hubspoke/stacks"
)

type commands struct {
	New newCommand  `cmd:"" help:"Write a small estate of your own."`
	Add addCommands `cmd:"" help:"Add to an estate."`

	Adopt adoptCommand `cmd:"" help:"Print the files of an estate that takes over an AWS organisation which exists, from what the AWS CLI says of it; without a folder, the commands that write that."`

	Check         checkCommand    `cmd:"" help:"Say everything that is wrong with an estate and, with --against, what a change of it would lose or replace, and the order to deploy it in."`
	PlanAddresses planCommand     `cmd:"" help:"Print every subnet of an estate, made or kept free."`
	Stacks        stacksCommand   `cmd:"" help:"Print the names of the stacks in an order in which they can be deployed. Those that only people deploy are left out: bootstrap and, in an organisation, organization and what is in its management account, or in an account from which people get into that one."`
	Prove         proveCommand    `cmd:"" help:"Prove what an estate promises about its network from what was synthesized. Exits with 0 if all is proven, 1 if something is violated, 2 if something is not proven or not readable. Asked a --query, it exits with 0 if all of it is delivered and answered, 1 if some of it is not, 2 if that is not known."`
	Cost          costCommand     `cmd:"" help:"Say what an estate costs a month in fixed charges, per account and item, from what was synthesized and a dated table of prices."`
	Validate      validateCommand `cmd:"" help:"Run terraform validate over the stacks that were synthesized."`
	Scan          scanCommand     `cmd:"" help:"Have an independent scanner, trivy, judge what was synthesized, if it is on the PATH. Exits with 1 if it finds something that the project does not except."`
	Deploy        deployCommand   `cmd:"" help:"Plan the stacks that were synthesized, show the plans, ask, and apply them, in the order in which they read one another."`
	Destroy       destroyCommand  `cmd:"" help:"Plan to destroy stacks, show the plans, ask, and destroy them, those first that read the others."`
	Emulate       emulateCommand  `cmd:"" help:"Deploy the stacks that were synthesized on an emulator of AWS on this machine, moto, in the steps in which they are deployed for real. Needs Python and no account."`
	Version       versionCommand  `cmd:"" help:"Print what this was built from, and the versions that it synthesizes for."`
}

const description = "Checks, shows and deploys an estate: a folder of YAML that describes a company's AWS network."

// welcome is for who calls the command without saying what for.
const welcome = description + `

Begin with an estate that is there, piksel. This needs no AWS account:

  go run ./cmd/estate check             is its YAML right?
  go run ./cmd/estate plan-addresses    which subnets has it, and which are kept free?
  make synth                            write its Terraform, to cdktf.out
  go run ./cmd/estate prove             does its network do what it promises?

ESTATE=artos in the environment chooses another, ESTATE=path/to/folder one of your own: README.md
says how to write that, and how to deploy it. All commands: go run ./cmd/estate --help
`

func main() {
	if len(os.Args) == 1 {
		fmt.Print(welcome)
		return
	}
	command := kong.Parse(new(commands),
		kong.Name("estate"),
		kong.Description(description),
		kong.UsageOnError(),
		kong.BindTo(os.Stdout, (*io.Writer)(nil)),
	)
	// Not kong's own way to fail, which would put a prefix before the first of
	// many errors.
	if err := command.Run(); err != nil {
		os.Exit(report(err))
	}
}

// report says what went wrong, and returns the exit status.
func report(err error) int {
	var status exit
	if errors.As(err, &status) {
		return int(status)
	}
	fmt.Fprintln(os.Stderr, err)
	var nothing unreadable
	if errors.As(err, &nothing) {
		return 2
	}
	return 1
}

type checkCommand struct {
	Estate string      `arg:"" optional:"" env:"ESTATE" help:"A folder under environments/, by name, or any folder, by path. Default: piksel."`
	Date   estate.Date `placeholder:"YYYY-MM-DD" help:"Check what has an end of support against this day, instead of as_of in estate.yaml."`

	Subjects bool `help:"Print the subjects of GitHub's tokens that each role trusts too, and how to find out what a repository sends."`

	Against string `placeholder:"FOLDER" help:"Compare what was synthesized with what was synthesized before into this folder, such as the cdktf.out of another revision. Exits with 1 if something would be lost, left behind, or replaced under others."`
	Outdir  string `default:"cdktf.out" env:"CDKTF_OUTDIR" aliases:"dir" placeholder:"FOLDER" help:"What synthesis wrote, for --against. Default: cdktf.out."`
}

func (c checkCommand) Run(out io.Writer) error {
	dir := estate.Find(c.Estate)
	e, err := estate.LoadAsOf(dir, c.Date)
	if err != nil {
		return err
	}
	fmt.Fprint(os.Stderr, append(e.Warnings, scaffold.Leftovers(dir, e)...).Warning())
	all, err := stacks.Order(stacks.Of(e))
	if err != nil {
		return err
	}
	clusters := 0
	for _, s := range e.Spokes {
		if s.Cluster != nil {
			clusters++
		}
	}
	if _, err := fmt.Fprintf(out, "%s: ok: %s, %s, %s, %s\n", dir,
		words.Count(len(e.Accounts), "account"), words.Count(len(e.Spokes), "spoke"), words.Count(clusters, "cluster"), words.Count(len(all), "stack")); err != nil {
		return err
	}
	for _, step := range e.ByHand() {
		fmt.Fprintf(out, "by hand, in the console of the management account: %s\n", step)
	}
	if c.Subjects {
		if err := printSubjects(out, e); err != nil {
			return err
		}
	}
	if c.Against == "" {
		return nil
	}
	return c.compare(out, dir, e)
}

type stacksCommand struct {
	Estate string `arg:"" optional:"" env:"ESTATE" help:"A folder under environments/, by name, or any folder, by path. Default: piksel."`
	By     string `enum:"ci,people" default:"ci" help:"Whose stacks: ci, those that estate deploy deploys; or people, those that only people deploy. Default: ci."`
}

// byPeople asks for what only people deploy.
const byPeople = "people"

func (c stacksCommand) Run(out io.Writer) error {
	e, err := estate.Load(estate.Find(c.Estate))
	if err != nil {
		return err
	}
	all, err := stacks.Order(stacks.Of(e))
	if err != nil {
		return err
	}
	people := stacks.ByPeople(e)
	for _, s := range all {
		if (order.BeforeRoles(s.Name) || slices.Contains(people, s.Name)) == (c.By == byPeople) {
			fmt.Fprintln(out, s.Name)
		}
	}
	return nil
}

type planCommand struct {
	Estate string `arg:"" optional:"" env:"ESTATE" help:"A folder under environments/, by name, or any folder, by path. Default: piksel."`
	JSON   bool   `name:"json" help:"Print a JSON array instead of a table."`
}

func (c planCommand) Run(out io.Writer) error {
	e, err := estate.Load(estate.Find(c.Estate))
	if err != nil {
		return err
	}
	var plan []estate.Slot
	for _, account := range e.NetworkAccounts() {
		plan = append(plan, e.Plan(account)...)
	}
	plan = append(plan, e.EgressPlan()...)
	slices.SortFunc(plan, func(a, b estate.Slot) int { return a.CIDR.Addr().Compare(b.CIDR.Addr()) })
	if c.JSON {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(plan)
	}
	return table(out, plan)
}

func table(out io.Writer, plan []estate.Slot) error {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "VPC\tTIER\tZONE ID\tCIDR\tUSABLE HOSTS\tSTATE")
	for _, s := range plan {
		state := "reserved"
		if s.Used {
			state = "used"
		}
		if s.Existing != "" {
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t\texisting\n", s.VPC, s.Tier, s.Zone, s.Existing)
			continue
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%d\t%s\n", s.VPC, s.Tier, s.Zone, s.CIDR, s.Hosts, state)
	}
	return t.Flush()
}

type validateCommand struct {
	Outdir string `default:"cdktf.out" env:"CDKTF_OUTDIR" placeholder:"FOLDER" help:"What synthesis wrote. Default: cdktf.out."`
}

func (c validateCommand) Run(out io.Writer) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	return runner.ValidateAll(ctx, c.Outdir, out)
}
