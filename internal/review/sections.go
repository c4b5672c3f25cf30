package review

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"hubspoke/internal/compare"
	"hubspoke/internal/cost"
	"hubspoke/internal/words"
	"hubspoke/proof"
	"hubspoke/proof/stackjson"
)

// intents compares what was proven of each promise. Promises are the same if their words are.
func intents(before, after *proof.Report) ([]Intent, []Finding) {
	all := []Intent{}
	was := map[string]proof.Result{}
	for _, r := range before.Intents {
		was[r.Intent] = r
	}
	is := map[string]bool{}
	for _, r := range after.Intents {
		is[r.Intent] = true
		old, known := was[r.Intent]
		one := Intent{Intent: r.Intent, File: r.File, Line: r.Line, Before: string(old.Status), After: string(r.Status), What: string(r.Status), Summary: r.Summary}
		switch {
		case known && old.Status == r.Status:
			continue
		case !known && r.Status == proof.Proven:
			one.What, one.Summary = "added", ""
		}
		all = append(all, one)
	}
	for _, r := range before.Intents {
		if !is[r.Intent] {
			gone := Intent{Intent: r.Intent, Line: r.Line, Before: string(r.Status), What: "removed"}
			if i := slices.IndexFunc(all, func(i Intent) bool { return i.Before == "" && i.Was == "" && akin(r.Intent, i.Intent) }); i >= 0 {
				all[i].Was, all[i].Before, all[i].Weaker = r.Intent, gone.Before, weaker(r.Intent, all[i].Intent)
				if all[i].What == "added" {
					all[i].What = "changed"
				}
				continue
			}
			all = append(all, gone)
		}
	}
	return all, findings(before, after)
}

// akin says that two promises are of one kind and share an end: the words of one were changed
// into those of the other.
func akin(a, b string) bool {
	first, second, ok := strings.Cut(a, " -> ")
	third, fourth, too := strings.Cut(b, " -> ")
	kind, _, _ := strings.Cut(a, " ")
	other, _, _ := strings.Cut(b, " ")
	return kind == other && ok && too && (first == third || second == fourth)
}

// weaker says that a promise may be less than what it was made of: one that forbids has lost a
// party or a port, or has got an exception.
func weaker(was, is string) bool {
	if strings.HasPrefix(is, "allow ") || strings.HasPrefix(is, "may ") {
		return false
	}
	words := func(text string) []string {
		return strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ',' })
	}
	now := words(is)
	lost := slices.ContainsFunc(words(was), func(w string) bool { return !slices.Contains(now, w) })
	return lost || slices.Contains(now, "but") || strings.Contains(is, "/")
}

// findings are those of one report that the other does not have, by their sentences.
func findings(before, after *proof.Report) []Finding {
	found := []Finding{}
	told := func(r *proof.Report) map[string]bool {
		all := map[string]bool{}
		for _, f := range r.Invariants {
			all[f.Sentence] = true
		}
		return all
	}
	was, is := told(before), told(after)
	for _, f := range after.Invariants {
		if !was[f.Sentence] {
			found = append(found, Finding{Kind: f.Kind.Code(), Sentence: f.Sentence})
		}
	}
	for _, f := range before.Invariants {
		if !is[f.Sentence] {
			found = append(found, Finding{Kind: f.Kind.Code(), Sentence: f.Sentence, Gone: true})
		}
	}
	return found
}

// costs compares fixed charges, by account and item.
func costs(before, after Side) (Cost, error) {
	was, err := cost.Of(before.Output.Stacks, before.Costs)
	if err != nil {
		return Cost{}, err
	}
	is, err := cost.Of(after.Output.Stacks, after.Costs)
	if err != nil {
		return Cost{}, err
	}
	c := Cost{Before: was.Month, After: is.Month, Items: []CostItem{}}
	items := map[[2]string]*CostItem{}
	add := func(r *cost.Report, sign float64) {
		for _, a := range r.Accounts {
			for _, line := range a.Lines {
				key := [2]string{a.Name, line.Item}
				if items[key] == nil {
					items[key] = &CostItem{Account: a.Name, Item: line.Item}
				}
				items[key].Count += sign * line.Count
				items[key].Month += sign * line.Month
				items[key].Unpriced = items[key].Unpriced || line.Price == nil
			}
		}
	}
	add(was, -1)
	add(is, 1)
	for _, key := range slices.SortedFunc(maps.Keys(items), func(a, b [2]string) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) }) {
		if i := items[key]; i.Count != 0 || math.Abs(i.Month) >= 0.005 {
			c.Items = append(c.Items, *i)
		}
	}
	return c, nil
}

// stacks lists what becomes of resources, by stack and account.
func (r *Review) stacks(changes []compare.Change, after Side, plans map[string]*Planned) {
	names := map[string]string{}
	for name, number := range after.Input.Accounts {
		names[number] = name
	}
	r.Stacks = []Stack{}
	at := map[[2]string]int{}
	find := func(stack, account string) *Stack {
		key := [2]string{stack, cmp.Or(names[account], account)}
		if _, ok := at[key]; !ok {
			at[key] = len(r.Stacks)
			r.Stacks = append(r.Stacks, Stack{Name: key[0], Account: key[1], Resources: []Resource{}, Certain: plans[stack] != nil})
		}
		return &r.Stacks[at[key]]
	}
	account := map[string]string{}
	for _, c := range changes {
		account[c.Where()] = c.Account
		if plans[c.Stack] == nil {
			s := find(c.Stack, c.Account)
			s.add(Resource{Address: c.Address, Effect: c.Effect, Moved: c.Moved, Why: c.Why, Arguments: shownArguments(c)})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(plans)) {
		for _, one := range plans[name].Resources {
			find(name, cmp.Or(account[name+"/"+one.Address], plans[name].Account)).add(one)
		}
	}
	slices.SortStableFunc(r.Stacks, func(a, b Stack) int { return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Name, b.Name)) })
}

func (s *Stack) add(one Resource) {
	s.Resources = append(s.Resources, one)
	s.count(one.Effect)
}

func (c *Counts) count(e compare.Effect) {
	switch e {
	case compare.Create:
		c.Create++
	case compare.Update:
		c.Change++
	case compare.Replace:
		c.Replace++
	case compare.Delete:
		c.Destroy++
	case compare.Forget:
		c.Forget++
	}
}

func (r *Review) drift(plans map[string]*Planned) {
	for _, name := range slices.Sorted(maps.Keys(plans)) {
		r.Drift = append(r.Drift, plans[name].Drift...)
	}
}

// headline counts.
func (r *Review) headline(c *compare.Comparison) {
	accounts := map[string]bool{}
	stacks := map[string]bool{}
	for _, name := range c.Changed {
		stacks[name] = true
	}
	for _, s := range r.Stacks {
		accounts[s.Account], stacks[s.Name] = true, true
		r.Headline.Create += s.Create
		r.Headline.Change += s.Change
		r.Headline.Replace += s.Replace
		r.Headline.Destroy += s.Destroy
		r.Headline.Forget += s.Forget
	}
	r.Headline.Accounts, r.Headline.Stacks = len(accounts), len(stacks)
	r.Headline.Opened, r.Headline.Closed = len(r.Reachability.Opened), len(r.Reachability.Closed)
	r.Headline.Month = math.Round((r.Cost.After-r.Cost.Before)*100) / 100
}

// order says how to deploy, where it is not the usual way.
func (r *Review) order(c *compare.Comparison) {
	for _, why := range c.Split {
		r.Order = append(r.Order, "cannot be deployed in one go: "+why)
	}
	if !c.Reordered || len(c.Split) > 0 {
		return
	}
	for _, s := range c.Steps {
		verb := string(s.Action)
		if s.ByPeople {
			verb += ", by people,"
		}
		r.Order = append(r.Order, verb+" "+strings.Join(s.Stacks, ", "))
	}
}

// readers are outputs that a stack had and has no more, although another stack read them
// before: until that one is deployed, its plans fail.
func readers(before, after compare.Output) []string {
	now := map[string]*stackjson.Stack{}
	for _, s := range after.Stacks {
		now[s.Name] = s
	}
	var all []string
	for _, s := range before.Stacks {
		still := now[s.Name]
		for _, name := range slices.Sorted(maps.Keys(s.Outputs())) {
			if still != nil {
				if _, ok := still.Outputs()[name]; ok {
					continue
				}
			}
			for _, reader := range before.Stacks {
				if reads(reader, s.Name, name) {
					order := reader.Name + " first, then " + s.Name
					if now[reader.Name] == nil || reads(now[reader.Name], s.Name, name) {
						order = "destroy " + reader.Name + " first"
						if now[reader.Name] != nil {
							order = reader.Name + " still reads it"
						}
					}
					all = append(all, fmt.Sprintf("%s loses its output %s, which %s reads as it is deployed: %s", s.Name, name, reader.Name, order))
				}
			}
		}
	}
	return all
}

// reads says that a stack refers to another's output.
func reads(s *stackjson.Stack, producer, output string) bool {
	reference := "data.terraform_remote_state." + strings.ReplaceAll(producer, "-", "_") + ".outputs." + output
	found := false
	stackjson.Strings(s.JSON, func(_, text string) {
		for at := strings.Index(text, reference); at >= 0 && !found; {
			rest := text[at+len(reference):]
			if rest == "" || !strings.ContainsAny(rest[:1], "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") {
				found = true
			}
			next := strings.Index(rest, reference)
			if next < 0 {
				break
			}
			at += len(reference) + next
		}
	})
	return found
}

// limits are what this review does not know.
func (r *Review) limits(o Options) {
	if len(o.Plans) == 0 {
		r.NotLookedAt = append(r.NotLookedAt, "what is deployed: it is taken to be what was synthesized before, and no plan was made (--plan)",
			"replacements for certain: they are those of a table of arguments that were tried")
	} else {
		r.NotLookedAt = append(r.NotLookedAt, "stacks without a plan: of those, replacements are those of a table of arguments that were tried")
	}
	if o.Guessed {
		r.NotLookedAt = append(r.NotLookedAt, "names and intents as they were before: they are those of now (--estate-before, or --base)")
	}
	r.NotLookedAt = append(r.NotLookedAt, "charges by use; what runs inside clusters; policies of IAM beyond their own statements")
	if n := len(r.Reachability.Doubtful); n > 0 {
		r.NotLookedAt = append(r.NotLookedAt, words.Count(n, "pair")+" of which the model cannot tell any more who reaches whom")
	}
}
