package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"

	"hubspoke/cmd/estate/sarif"
	"hubspoke/estate"
	"hubspoke/internal/estateproof"
	"hubspoke/internal/offlineplan"
	"hubspoke/internal/review"
	"hubspoke/internal/synth"
	"hubspoke/stacks"
)

// twoStates are the flags by which two states of an estate are named.
type twoStates struct {
	Estate string `arg:"" optional:"" env:"ESTATE" help:"A folder under environments/, by name, or any folder, by path. Default: piksel."`
	Before string `placeholder:"FOLDER" help:"What was synthesized before the change: an earlier cdktf.out."`
	After  string `placeholder:"FOLDER" help:"What was synthesized after it. Default: cdktf.out, or CDKTF_OUTDIR."`
	Base   string `placeholder:"REVISION" help:"Instead of the two: synthesize the estate as it is, and as it was at this revision of Git, into folders that are removed afterwards."`

	EstateBefore string `placeholder:"FOLDER" help:"With --before: the estate's files as they were. Default: names and intents are taken to be those of now."`
}

type reviewCommand struct {
	twoStates
	Plan   bool     `help:"Plan the stacks that change with Terraform and the real provider, without an account, against states that are made up: what is replaced is certain then."`
	Plans  []string `placeholder:"FILE" help:"Plans as terraform show -json prints them, each called after its stack: dev-network.json. May be said several times."`
	Format string   `enum:"text,markdown,json,sarif" default:"text" help:"How to write it: text, markdown (a comment on a pull request, of 65,000 characters at most), json, or sarif, for code scanning. Default: text."`
	jsonFlag
	FailOn string `enum:"dangerous,opened,none" default:"dangerous" help:"What to exit with 1 for: dangerous, opened (that, and anything that reaches what it did not reach before) or none. Default: dangerous."`
}

func (c reviewCommand) Run(out io.Writer) error {
	plans := map[string]*review.Planned{}
	for _, pattern := range c.Plans {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			return unreadable{fmt.Errorf("--plans: there is no file %s", pattern)}
		}
		for _, file := range files {
			stack, planned, err := review.ReadPlan(file)
			if err != nil {
				return unreadable{err}
			}
			plans[stack] = planned
		}
	}
	if c.Plan && len(c.Plans) > 0 {
		return unreadable{errors.New("--plan makes plans, and --plans reads those of a pipeline: say one of them")}
	}
	options := review.Options{Plans: plans}
	if c.Plan {
		options.Plan = offline
	}
	r, err := c.review(options)
	if err != nil {
		return unreadable{err}
	}
	if c.JSON {
		c.Format = "json"
	}
	write := map[string]func(io.Writer) error{"text": r.Text, "markdown": r.Markdown, "json": r.JSON, "sarif": func(out io.Writer) error { return c.sarif(out, r) }}[c.Format]
	if err := write(out); err != nil {
		return unreadable{err}
	}
	if r.Fails(review.FailOn(c.FailOn)) {
		return exit(1)
	}
	return nil
}

// sarif writes a review for code scanning, at files of the estate as it is now.
func (c reviewCommand) sarif(out io.Writer, r *review.Review) error {
	dir := estate.Find(c.Estate)
	e, err := estate.Load(dir)
	if err != nil {
		return err
	}
	return sarif.Write(out, reviewedSARIF(r, dir, accountFiles(dir, e)))
}

type diffCommand struct {
	twoStates
	jsonFlag
}

func (c diffCommand) Run(out io.Writer) error {
	r, err := c.review(review.Options{})
	if err != nil {
		return unreadable{err}
	}
	if c.JSON {
		err = r.ReachabilityJSON(out)
	} else {
		err = r.Diff(out)
	}
	if err != nil {
		return unreadable{err}
	}
	return nil
}

// review reviews the change from one state to the other.
func (c twoStates) review(options review.Options) (*review.Review, error) {
	if (c.Base == "") == (c.Before == "") {
		return nil, errors.New("what was there before? --before FOLDER, an earlier cdktf.out, or --base REVISION, such as origin/main")
	}
	dir := estate.Find(c.Estate)
	if c.Base == "" {
		after := c.After
		if after == "" {
			after = "cdktf.out"
			if set := os.Getenv("CDKTF_OUTDIR"); set != "" {
				after = set
			}
		}
		old := c.EstateBefore
		if old == "" {
			old, options.Guessed = dir, true
		}
		return reviewOf(old, c.Before, dir, after, options)
	}
	if c.After != "" || c.EstateBefore != "" {
		return nil, errors.New("--base synthesizes both states: leave --after and --estate-before out")
	}
	scratch, err := os.MkdirTemp("", "hubspoke-review-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(scratch)
	// The program may be in a folder of the clone.
	prefix, err := exec.Command("git", "rev-parse", "--show-prefix").Output()
	if err != nil {
		return nil, fmt.Errorf("--base: this is no clone of Git: %w", err)
	}
	old, err := checkedOut(c.Base, dir, scratch)
	if err != nil {
		return nil, err
	}
	defer removeWorktree(scratch)
	before, after := filepath.Join(scratch, "before"), filepath.Join(scratch, "after")
	if err := synthesizeAt(filepath.Join(scratch, "base", strings.TrimSpace(string(prefix))), old, before); err != nil {
		return nil, fmt.Errorf("%s as it was at %s: %w", c.Estate, c.Base, err)
	}
	if err := synthesizeAt(".", dir, after); err != nil {
		return nil, err
	}
	return reviewOf(old, before, dir, after, options)
}

// checkedOut is the folder of the estate at a revision, in a work tree of its own: what is
// changed and not committed does not matter.
func checkedOut(revision, dir, scratch string) (string, error) {
	top, err := exec.Command("git", "rev-parse", "--show-toplevel").Output()
	if err != nil {
		return "", fmt.Errorf("--base: this is no clone of Git: %w", err)
	}
	where, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	if where, err = filepath.EvalSymlinks(where); err != nil {
		return "", err
	}
	relative, err := filepath.Rel(strings.TrimSpace(string(top)), where)
	if err != nil || strings.HasPrefix(relative, "..") {
		return "", fmt.Errorf("--base: %s is not in this clone of Git; synthesize both states, and say --before and --after", dir)
	}
	tree := filepath.Join(scratch, "base")
	// A revision is no option, whatever it looks like; and a commit is neither.
	commit, err := exec.Command("git", "rev-parse", "--verify", "--quiet", "--end-of-options", revision+"^{commit}").Output()
	if err != nil {
		return "", fmt.Errorf("--base: Git knows no revision %s here: fetch it first", revision)
	}
	if text, err := exec.Command("git", "worktree", "add", "--quiet", "--detach", tree, strings.TrimSpace(string(commit))).CombinedOutput(); err != nil {
		return "", fmt.Errorf("--base: %s", strings.TrimSpace(string(text)))
	}
	return filepath.Join(tree, relative), nil
}

// removeWorktree takes the work tree away again, and what Git has noted of it.
func removeWorktree(scratch string) {
	_ = exec.Command("git", "worktree", "remove", "--force", filepath.Join(scratch, "base")).Run()
}

// synthesizeAt synthesizes an estate with the program in a folder: that of the revision, whose
// code may have written other stacks than today's.
func synthesizeAt(program, dir, outdir string) error {
	where, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	run := exec.Command("go", "run", ".")
	run.Dir = program
	run.Env = append(os.Environ(), "ESTATE="+where, "CDKTF_OUTDIR="+outdir)
	if text, err := run.CombinedOutput(); err != nil {
		return fmt.Errorf("cannot be synthesized: %w\n%s", err, strings.TrimSpace(string(text)))
	}
	return nil
}

// reviewOf reviews the change between two estates and what was synthesized of them.
func reviewOf(oldDir, before, newDir, after string, options review.Options) (*review.Review, error) {
	old, err := estate.Load(oldDir)
	if err != nil {
		return nil, fmt.Errorf("before: %w", err)
	}
	now, err := estate.Load(newDir)
	if err != nil {
		return nil, err
	}
	was, err := sideOf(old, oldDir, before, nameOf(old, now, before))
	if err != nil {
		return nil, fmt.Errorf("before: %w", err)
	}
	is, err := sideOf(now, newDir, after, now)
	if err != nil {
		return nil, fmt.Errorf("%w\nrun `make synth` first", err)
	}
	// Who has gone is called what it was called.
	names := maps.Clone(was.Input.Accounts)
	maps.Copy(names, is.Input.Accounts)
	is.Input.Accounts = names
	return review.Of(was, is, options)
}

// nameOf is the estate that what was synthesized before is called after. Files that somebody
// kept are in a folder of any name: those of the same project are the estate of now, as it was.
func nameOf(old, now *estate.Estate, before string) *estate.Estate {
	if synth.OfAnother(old, before) != nil && old.Project == now.Project {
		return now
	}
	return old
}

// sideOf is an estate and what was synthesized of it, which has the name of named.
func sideOf(e *estate.Estate, dir, outdir string, named *estate.Estate) (review.Side, error) {
	if err := synth.OfAnother(named, outdir); err != nil {
		return review.Side{}, err
	}
	output, err := readOutput(outdir)
	if err != nil {
		return review.Side{}, err
	}
	var names []string
	for _, s := range output.Stacks {
		names = append(names, s.Name)
	}
	in := estateproof.Input(e, dir, stacks.Names(stacks.Of(e)), output.Stacks)
	in.Expected.Stacks = names
	return review.Side{Output: output, Input: in, Costs: costOptions(e), Present: e.Accounts, Entry: e.Accounts[e.EntryAccount()], Partition: e.Account(estate.HubAccount).Partition, Retired: e.Retire}, nil
}

// offline plans stacks without an account.
func offline(before, after review.Side, names []string) (map[string]*review.Planned, map[string]error, error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	planner, err := offlineplan.New(ctx, before.Output.Stacks, after.Output.Stacks, after.Entry, after.Partition)
	if err != nil {
		return nil, nil, err
	}
	defer planner.Close()
	plans, failed := planner.Changed(ctx, names)
	planned := map[string]*review.Planned{}
	for name, plan := range plans {
		planned[name] = review.PlanOf(name, plan)
	}
	return planned, failed, ctx.Err()
}
