package compare

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// sections are the kinds of findings in the order in which they are written, each with
// its title and what to do.
var sections = []struct {
	kind          Kind
	title, advice string
}{
	{Lost, "would be lost", "put back what made them; or let them stay in AWS, where nobody looks after them, by `retire` in estate.yaml"},
	{Left, "would be left behind", "destroy these stacks first, in the order below, from what was synthesized before; then, or to leave it all in AWS, say `retire` in estate.yaml"},
	{Stopped, "would fail, because prevent_destroy stops the replacement", ""},
	{Replaced, "would be replaced, with others on it", ""},
	{Held, "would fail, because AWS deletes nothing that others use", ""},
	{Unreachable, "would fail, because Terraform does not know the way there any more", ""},
	{Clash, "would be deleted and made again under another address", ""},
	{SwitchedOff, "would be switched off in all accounts of the organisation", "put it under services or policy_types in organization.yaml, unless nobody uses it: people have locked themselves out of all accounts by taking one away"},
	{Elsewhere, "would be looked for where it is not", "put it back: Terraform has what it knows in states, and what is elsewhere is another estate, with a bucket of states of its own"},
	{Weaker, "protects less than before", "nothing of this fails: have somebody agree to it who did not write it"},
	{Delegated, "would be administered by another account", "first destroy what the old account administers, from what was synthesized before, then deploy organization, and the rest after it: docs/organization.md has the commands (Another administrator)"},
	{Forgotten, "will stay in AWS, without Terraform", ""},
	{Deleted, "will be deleted", ""},
	{Remade, "will be replaced: away for some minutes, and nothing is lost", ""},
}

// Advice is what to do about findings of the kind, unless one says so itself; "" for none.
func (k Kind) Advice() string {
	for _, s := range sections {
		if s.kind == k {
			return s.advice
		}
	}
	return ""
}

// Text writes the comparison for people. The folder is that of the earlier output, for
// the commands that take it.
func (c *Comparison) Text(out io.Writer, folder string) error {
	w := &writer{out: out}
	if len(c.Changed) == 0 {
		w.line("no stack changes")
		return w.err
	}
	w.line("%s: %s", changes(len(c.Changed)), strings.Join(c.Changed, ", "))
	for _, s := range sections {
		c.section(w, s.kind, s.title, s.advice)
	}
	c.entries(w)
	c.order(w, folder)
	return w.err
}

func changes(n int) string {
	if n == 1 {
		return "1 stack changes"
	}
	return fmt.Sprintf("%d stacks change", n)
}

// section writes the findings of a kind. Of those that follow from others it writes how
// many there are.
func (c *Comparison) section(w *writer, kind Kind, title, advice string) {
	var lines, advices []string
	for _, f := range c.Findings {
		if f.Kind != kind || f.Follows != "" && kind != Stopped {
			continue
		}
		line := "  " + f.Where() + ": " + f.Why
		if with := c.followers(f); with != "" {
			line += "; with it " + with
		}
		lines = append(lines, line)
		if f.Advice != "" {
			advices = append(advices, f.Advice)
		}
	}
	if len(lines) == 0 {
		return
	}
	w.line("\n%s:\n%s", title, strings.Join(lines, "\n"))
	if advice != "" {
		advices = append(advices, advice)
	}
	for _, a := range unique(advices) {
		w.line("  → %s", a)
	}
}

// followers says how many resources are replaced for the sake of one, by stack.
func (c *Comparison) followers(f Finding) string {
	n := map[string]int{}
	for _, other := range c.Findings {
		if other.Follows == f.Where() {
			n[other.Stack]++
		}
	}
	var parts []string
	for _, stack := range slices.Sorted(maps.Keys(n)) {
		parts = append(parts, fmt.Sprintf("%d in %s", n[stack], stack))
	}
	return strings.Join(parts, ", ")
}

// entries are what the estate may say about the findings, as YAML.
func (c *Comparison) entries(w *writer) {
	var retire, renamed []string
	for _, f := range c.Findings {
		if !f.Kind.Refused() {
			continue
		}
		retire = append(retire, f.Retire...)
		if f.RenamedTo != "" {
			renamed = append(renamed, f.Where()+": "+f.RenamedTo)
		}
	}
	if len(renamed) > 0 {
		w.line("\nin estate.yaml, for what is the same under another name:\n  renamed:\n    %s", strings.Join(unique(renamed), "\n    "))
	}
	if len(retire) > 0 {
		w.line("\nin estate.yaml, for what is to stay in AWS without Terraform:\n  retire:\n    - %s", strings.Join(unique(retire), "\n    - "))
	}
}

func unique(lines []string) []string {
	slices.Sort(lines)
	return slices.Compact(lines)
}

// order writes how to deploy.
func (c *Comparison) order(w *writer, folder string) {
	elsewhere := func(f Finding) bool { return f.Kind == Elsewhere }
	stuck := func(f Finding) bool { return f.Kind == Stopped || f.Kind == Replaced }
	switch {
	case slices.ContainsFunc(c.Findings, stuck):
		w.line("\norder: none, as long as what others stand on would be replaced")
		return
	case slices.ContainsFunc(c.Findings, elsewhere):
		w.line("\norder: none, as long as ids are others than those in the states")
		return
	case slices.ContainsFunc(c.Findings, func(f Finding) bool { return f.Kind == Delegated }):
		w.line("\norder: the one for another administrator, as said above")
		return
	case slices.ContainsFunc(c.Findings, func(f Finding) bool { return f.Kind == Held }):
		w.line("\norder: none in one deployment, as said above")
		return
	case len(c.Split) > 0:
		w.line("\nthis cannot be deployed in one go, in any order:")
		for _, why := range c.Split {
			w.line("  %s", why)
		}
		w.line("  → add the new beside the old, and deploy; then take the old away, and deploy that in the order that is printed then")
		return
	case !c.Reordered && !slices.ContainsFunc(c.Steps, func(s Step) bool { return s.ByPeople }):
		w.line("\norder: the usual one, `make deploy`")
		return
	case !c.Reordered:
		w.line("\norder: the usual one")
		c.steps(w, folder)
		return
	}
	w.line("\norder: those that use something go before the stack that deletes it")
	c.steps(w, folder)
}

// steps writes the commands of all steps, with a word about those that no pipeline may take.
func (c *Comparison) steps(w *writer, folder string) {
	pipelines := 0
	for _, s := range c.Steps {
		if !s.ByPeople {
			pipelines++
		}
	}
	for i, s := range c.Steps {
		commands := s.commands(folder)
		switch {
		case s.ByPeople:
			commands = append([]string{"by somebody who may:"}, commands...)
		case !c.Reordered && pipelines == 1:
			commands = []string{"make deploy"}
		}
		w.line("  %d. %s", i+1, strings.Join(commands, "\n     "))
	}
}

// commands are what to type for a step.
func (s Step) commands(folder string) []string {
	names := strings.Join(s.Stacks, " ")
	if s.Action == Deploy {
		if len(s.Stacks) > 1 {
			return []string{fmt.Sprintf("make deploy STACKS=%q ARGS=--in-order", names)}
		}
		return []string{"make deploy STACKS=" + names}
	}
	var commands []string
	for _, stack := range s.Stacks {
		if forget := s.Forget[stack]; len(forget) > 0 {
			terraform := fmt.Sprintf("terraform -chdir=%s/stacks/%s ", folder, stack)
			commands = append(commands, terraform+"init", terraform+"state rm "+strings.Join(forget, " "))
		}
	}
	if s.Leaves {
		names = "--leave-dependants " + names
	}
	return append(commands, fmt.Sprintf("go run ./cmd/estate destroy --outdir %s %s", folder, names))
}

// writer remembers the first error.
type writer struct {
	out io.Writer
	err error
}

func (w *writer) line(format string, args ...any) {
	if w.err == nil {
		_, w.err = fmt.Fprintf(w.out, format+"\n", args...)
	}
}
