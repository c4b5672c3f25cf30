// Estate checks, shows and deploys an estate. It reads YAML, and what synthesis wrote;
// CDKTF is not needed, and AWS only to deploy.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/alecthomas/kong"
	"github.com/willabides/kongplete"

	"hubspoke/cmd/estate/answer"
	"hubspoke/estate"
	"hubspoke/internal/order"
	"hubspoke/internal/runner"
	"hubspoke/internal/scaffold"
	"hubspoke/internal/words"
	"hubspoke/stacks"
)

type commands struct {
	colourFlag

	New newCommand  `cmd:"" help:"Write a small estate of your own."`
	Add addCommands `cmd:"" help:"Add to an estate."`

	Pipeline pipelineCommands `cmd:"" help:"Write the workflows of CI from an estate."`

	Adopt adoptCommand `cmd:"" help:"Print the files of an estate that takes over an AWS organisation which exists, from what the AWS CLI says of it; without a folder, the commands that write that."`

	Check         checkCommand      `cmd:"" help:"Say everything that is wrong with an estate and, with --against, what a change of it would lose or replace, and the order to deploy it in."`
	PlanAddresses planCommand       `cmd:"" help:"Print every subnet of an estate, made or kept free."`
	Stacks        stacksCommand     `cmd:"" help:"Print the names of the stacks in an order in which they can be deployed. Those that only people deploy are left out: bootstrap and, in an organisation, organization and what is in its management account, or in an account from which people get into that one."`
	Prove         proveCommand      `cmd:"" help:"Prove what an estate promises about its network from what was synthesized. Exits with 0 if all is proven, 1 if something is violated, 2 if something is not proven or not readable. Asked a --query, it exits with 0 if all of it is delivered and answered, 1 if some of it is not, 2 if that is not known."`
	Review        reviewCommand     `cmd:"" help:"Say what a change of an estate does to all stacks, for who reviews it: what is dangerous, what it opens and closes, who may do more, what it costs and what becomes of each resource. No AWS account. Exits with 0 if nothing is dangerous, 1 if something is, 2 if something is not readable."`
	Diff          diffCommand       `cmd:"" help:"Say who reaches whom before and after a change of an estate, and by which controls what stays closed is stopped."`
	Plan          planStackCommand  `cmd:"" help:"Plan one stack without an account: with Terraform and the real provider, against a state that is made up."`
	Cost          costCommand       `cmd:"" help:"Say what an estate costs a month in fixed charges, per account and item, from what was synthesized and a dated table of prices."`
	Report        reportCommand     `cmd:"" help:"Report on an estate from what was synthesized: what is encrypted and how, who may do what, which controls are met, where logs are, what to do in an incident, and what to review when."`
	Sessions      sessionsCommand   `cmd:"" help:"Print the commands that say in which accounts somebody has saved preferences of Session Manager before."`
	Picture       pictureCommand    `cmd:"" help:"Draw an estate as it was synthesized: accounts, VPCs, and what connects them."`
	View          viewCommand       `cmd:"" help:"Write a page about an estate, one file that needs no network: its picture, who reaches whom and how, addresses, names, promises, permissions and costs."`
	Validate      validateCommand   `cmd:"" help:"Run terraform validate over the stacks that were synthesized."`
	Scan          scanCommand       `cmd:"" help:"Have an independent scanner, trivy, judge what was synthesized, if it is on the PATH. Exits with 1 if it finds something that the project does not except."`
	HCL           hclCommand        `cmd:"" name:"hcl" help:"Write the stacks that were synthesized in Terraform's native syntax, HCL, each to a folder of its own: the same configuration, to read, to scan or to go on with by hand. Needs no Terraform."`
	Explain       explainCommand    `cmd:"" help:"Say what a key of an estate's files means and what follows from it, or which keys make a resource."`
	Completion    completionCommand `cmd:"" help:"Print what makes a shell complete the commands, flags, estates, stacks and parties."`
	Emulate       emulateCommand    `cmd:"" help:"Deploy the stacks that were synthesized on an emulator of AWS on this machine, moto, in the steps in which they are deployed for real. Needs Python and no account."`
	Deploy        deployCommand     `cmd:"" help:"Plan the stacks that were synthesized, show the plans, ask, and apply them, in the order in which they read one another."`
	Destroy       destroyCommand    `cmd:"" help:"Plan to destroy stacks, show the plans, ask, and destroy them, those first that read the others."`
	Version       versionCommand    `cmd:"" help:"Print what this was built from, and the versions that it synthesizes for."`
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
	if len(os.Args) == 1 && os.Getenv("COMP_LINE") == "" {
		fmt.Print(welcome)
		return
	}
	parser, err := newParser()
	if err != nil {
		panic(err) // the commands' own tags are wrong
	}
	kongplete.Complete(parser, predictors())
	command, err := parser.Parse(os.Args[1:])
	if err != nil {
		refusedArguments(parser, os.Args[1:], err)
	}
	// Not kong's own way to fail, which would put a prefix before the first of
	// many errors.
	if err := command.Run(); err != nil {
		os.Exit(report(command, err))
	}
}

// newParser makes the command line.
func newParser() (*kong.Kong, error) {
	return kong.New(new(commands),
		kong.Name("estate"),
		kong.Description(description),
		kong.UsageOnError(),
		kong.BindTo(os.Stdout, (*io.Writer)(nil)),
	)
}

// report says what went wrong, and returns the exit status.
func report(command *kong.Context, err error) int {
	var status exit
	if errors.As(err, &status) {
		return int(status)
	}
	if !asksJSON(command) {
		fmt.Fprintln(os.Stderr, err)
	} else if writing := fail(os.Stdout, named(command), err); writing != nil {
		fmt.Fprintln(os.Stderr, writing)
	}
	var nothing unreadable
	if errors.As(err, &nothing) {
		return 2
	}
	return 1
}

type checkCommand struct {
	Estate string      `arg:"" optional:"" env:"ESTATE" predictor:"estate" help:"A folder under environments/, by name, or any folder, by path. Default: piksel."`
	Date   estate.Date `placeholder:"YYYY-MM-DD" help:"Check what has an end of support against this day, instead of as_of in estate.yaml."`

	Subjects bool `help:"Print the subjects of GitHub's tokens that each role trusts too, and how to find out what a repository sends."`

	Against string `predictor:"folder" placeholder:"FOLDER" help:"Compare what was synthesized with what was synthesized before into this folder, such as the cdktf.out of another revision. Exits with 1 if something would be lost, left behind, or replaced under others."`
	Outdir  string `default:"cdktf.out" env:"CDKTF_OUTDIR" aliases:"dir" predictor:"folder" placeholder:"FOLDER" help:"What synthesis wrote, for --against. Default: cdktf.out."`

	Format string `default:"text" enum:"text,json,sarif" help:"How to say it: text, json (as --json), or sarif for code scanning, without --against. Default: text."`
	jsonFlag
}

func (c checkCommand) Run(out io.Writer) error {
	c.JSON = c.JSON || c.Format == "json"
	dir := estate.Find(c.Estate)
	e, err := estate.LoadAsOf(dir, c.Date)
	if c.Format == "sarif" {
		var warnings estate.Errors
		if err == nil {
			warnings = append(e.Warnings, scaffold.Leftovers(dir, e)...)
		}
		return checkedSARIF(out, err, warnings)
	}
	if err != nil {
		return err
	}
	checked := answer.Check{Head: answer.Of("check"), Estate: dir, Accounts: len(e.Accounts), Spokes: len(e.Spokes), ByHand: e.ByHand()}
	c.warn(&checked.Head, append(e.Warnings, scaffold.Leftovers(dir, e)...))
	all, err := stacks.Order(stacks.Of(e))
	if err != nil {
		return err
	}
	checked.Stacks = len(all)
	for _, s := range e.Spokes {
		if s.Cluster != nil {
			checked.Clusters++
		}
	}
	if c.JSON {
		return c.answer(out, checked, e)
	}
	if _, err := fmt.Fprintf(out, "%s: ok: %s, %s, %s, %s\n", dir,
		words.Count(checked.Accounts, "account"), words.Count(checked.Spokes, "spoke"), words.Count(checked.Clusters, "cluster"), words.Count(checked.Stacks, "stack")); err != nil {
		return err
	}
	for _, step := range checked.ByHand {
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
	comparison, err := c.compare(dir, e)
	if err != nil {
		return err
	}
	if err := comparison.Text(out, c.Against); err != nil {
		return err
	}
	return refused(comparison)
}

// answer writes in JSON what was checked, and what was asked for besides.
func (c checkCommand) answer(out io.Writer, checked answer.Check, e *estate.Estate) error {
	if c.Subjects {
		checked.Subjects = subjects(e)
	}
	if c.Against == "" {
		return answer.Write(out, checked)
	}
	comparison, err := c.compare(checked.Estate, e)
	if err != nil {
		return err
	}
	checked.Comparison = compared(comparison)
	if err := answer.Write(out, checked); err != nil {
		return err
	}
	return refused(comparison)
}

type stacksCommand struct {
	Estate string `arg:"" optional:"" env:"ESTATE" predictor:"estate" help:"A folder under environments/, by name, or any folder, by path. Default: piksel."`
	By     string `enum:"ci,people" default:"ci" help:"Whose stacks: ci, those that estate deploy deploys; or people, those that only people deploy. Default: ci."`
	jsonFlag
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
	if c.JSON {
		return answerStacks(out, e, all)
	}
	people := stacks.ByPeople(e)
	for _, s := range all {
		if (order.BeforeRoles(s.Name) || slices.Contains(people, s.Name)) == (c.By == byPeople) {
			fmt.Fprintln(out, s.Name)
		}
	}
	return nil
}

// answerStacks writes all stacks in JSON, whoever deploys them.
func answerStacks(out io.Writer, e *estate.Estate, all []stacks.Stack) error {
	waves, err := order.Waves(all)
	if err != nil {
		return err
	}
	people := stacks.ByPeople(e)
	list := answer.Stacks{Head: answer.Of("stacks"), Stacks: []answer.Stack{}}
	for _, s := range all {
		one := answer.Stack{Name: s.Name, Account: s.Account, Kind: string(s.Kind), After: append([]string{}, s.Earlier()...), By: "ci"}
		if order.BeforeRoles(s.Name) || slices.Contains(people, s.Name) {
			one.By = byPeople
		}
		one.Wave = 1 + slices.IndexFunc(waves, func(wave []stacks.Stack) bool {
			return slices.ContainsFunc(wave, func(o stacks.Stack) bool { return o.Name == s.Name })
		})
		list.Stacks = append(list.Stacks, one)
	}
	return answer.Write(out, list)
}

type planCommand struct {
	Estate string `arg:"" optional:"" env:"ESTATE" predictor:"estate" help:"A folder under environments/, by name, or any folder, by path. Default: piksel."`
	jsonFlag
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
		return answer.Write(out, answer.Addresses{Head: answer.Of("plan-addresses"), Slots: plan})
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
	Outdir string `default:"cdktf.out" env:"CDKTF_OUTDIR" predictor:"folder" placeholder:"FOLDER" help:"What synthesis wrote. Default: cdktf.out."`
	jsonFlag
}

func (c validateCommand) Run(out io.Writer) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	validated := answer.Validate{Head: answer.Of("validate"), Stacks: []answer.Verdict{}}
	bar := &progress{}
	count, err := runner.ValidateAll(ctx, c.Outdir, func(all int) { bar = progressOf("stacks", all) }, func(v runner.Verdict) {
		defer bar.step()
		validated.Stacks = append(validated.Stacks, answer.Verdict{Stack: v.Stack, Valid: v.Problem == nil, Errors: answer.Problems(v.Problem)})
		if !c.JSON {
			bar.above(func() { fmt.Fprint(out, v) })
		}
	})
	bar.clear()
	if err != nil {
		return err
	}
	invalid := len(slices.DeleteFunc(slices.Clone(validated.Stacks), func(v answer.Verdict) bool { return v.Valid }))
	if c.JSON {
		slices.SortFunc(validated.Stacks, func(a, b answer.Verdict) int { return strings.Compare(a.Stack, b.Stack) })
		validated.Valid = invalid == 0
		if err := answer.Write(out, validated); err != nil || validated.Valid {
			return err
		}
		return exit(1)
	}
	if invalid > 0 {
		return fmt.Errorf("%d of %d stacks are not valid", invalid, count)
	}
	return nil
}
