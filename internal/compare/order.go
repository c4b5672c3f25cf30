package compare

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"hubspoke/internal/order"
	"hubspoke/proof/stackjson"
)

// Action is what a step does with its stacks.
type Action string

// The actions of steps.
const (
	// Deploy deploys stacks as they are now.
	Deploy Action = "deploy"
	// Destroy destroys stacks that are gone, from what was synthesized before.
	Destroy Action = "destroy"
)

// Step is a part of a deployment. Its stacks go one after the other.
type Step struct {
	Action Action
	Stacks []string
	// ByPeople says that only people deploy these stacks, who may do what no pipeline may.
	ByPeople bool
	// Forget are, of stacks that are destroyed, the resources that Terraform must forget before, by stack.
	Forget map[string][]string
	// Leaves says that stacks which came after destroyed ones stay, having stopped using them.
	Leaves bool
}

// bootstrap goes after what is destroyed, which needs the roles of its account, and
// before all that is deployed.
const bootstrap = order.Bootstrap

// order is the order in which the stacks that differ can be deployed: one that stops
// using something goes before the one that deletes it, one that begins to use
// something after the one that makes it. Where two want to be first, there is none. Where
// neither does, [comparison.wishes] decide, and else the usual order holds as far as it can.
func (c *comparison) order(changed []string) (steps []Step, split []string, reordered bool) {
	usual := c.usual(changed)
	waits := map[string][]string{}
	for _, producer := range changed {
		for _, consumer := range changed {
			if consumer == producer {
				continue
			}
			stops, starts := c.stops(consumer, producer), c.starts(consumer, producer)
			switch {
			case stops != nil && starts != nil:
				split = append(split, fmt.Sprintf("%s stops using %s and begins to use %s", consumer, stops, starts))
			case stops != nil:
				waits[producer] = append(waits[producer], consumer)
			case starts != nil, consumer == bootstrap && c.is[producer] == nil, producer == bootstrap && c.was[consumer] == nil:
				waits[consumer] = append(waits[consumer], producer)
			}
		}
	}
	if len(split) > 0 {
		return nil, split, true
	}
	sorted, circle := topological(usual, waits)
	if circle == nil {
		sorted = asWished(usual, waits, c.wishes(changed))
	}
	if circle != nil {
		return nil, []string{strings.Join(circle, ", ") + " each use what another of them deletes or makes"}, true
	}
	if slices.Equal(sorted, usual) {
		sorted = c.together(usual)
	} else {
		reordered = true
	}
	steps = c.steps(sorted)
	return steps, nil, reordered || len(steps) > 0 && steps[0].Action == Destroy
}

// byPeople says that only people deploy a stack.
func (c *comparison) byPeople(name string) bool {
	return order.BeforeRoles(name) || slices.Contains(c.people, name)
}

// together is the usual order, in which those whom the same people deploy stand together as far
// as it allows.
func (c *comparison) together(usual []string) []string {
	var sorted []string
	for waiting := slices.Clone(usual); len(waiting) > 0; {
		people, before := c.byPeople(waiting[0]), len(sorted)
		waiting = slices.DeleteFunc(waiting, func(name string) bool {
			waits := func(earlier string) bool {
				return earlier != name && !slices.Contains(sorted, earlier) && c.earlier(name, earlier)
			}
			if c.byPeople(name) != people || slices.ContainsFunc(usual, waits) {
				return false
			}
			sorted = append(sorted, name)
			return true
		})
		if len(sorted) == before { // they wait for each other
			return append(sorted, waiting...)
		}
	}
	return sorted
}

// earlier says that the usual order has one stack before another.
func (c *comparison) earlier(name, earlier string) bool {
	switch gone, other := c.is[name] == nil, c.is[earlier] == nil; {
	case gone != other:
		return other
	case gone:
		return c.was.follows(earlier, name)
	}
	return c.is.follows(name, earlier) || earlier == bootstrap && name != order.Organization && !c.is.follows(bootstrap, name)
}

// asWished sorts names so that each comes after those that it waits for, and after those that
// it should come after, one by one, as far as that leads into no circle.
func asWished(names []string, waits, wishes map[string][]string) []string {
	all := maps.Clone(waits)
	sorted, _ := topological(names, all)
	for _, name := range slices.Sorted(maps.Keys(wishes)) {
		for _, earlier := range wishes[name] {
			before := all[name]
			all[name] = append(slices.Clone(before), earlier)
			if wished, circle := topological(sorted, all); circle == nil {
				sorted = wished
			} else {
				all[name] = before
			}
		}
	}
	return sorted
}

// stops says what of a producer a consumer used before, does not use any more, and
// would be deleted; nil if there is nothing of the kind.
func (c *comparison) stops(consumer, producer string) *output {
	was, of := c.was[consumer], c.was[producer]
	if was == nil || of == nil {
		return nil
	}
	var still []output
	if now := c.is[consumer]; now != nil {
		still = now.reads
	}
	for _, o := range was.reads {
		if o.stack == producer && !slices.Contains(still, o) && slices.ContainsFunc(of.sources(o), func(a string) bool { return c.deletes(producer, a) }) {
			return &o
		}
	}
	return nil
}

// deletes says that the resource of a stack is gone, and not forgotten.
func (c *comparison) deletes(name, a string) bool {
	now := c.is[name]
	if now == nil {
		return true
	}
	_, stays := now.resources[a]
	return !stays && !now.forgotten()[a]
}

// starts says what of a producer a consumer uses now and the producer did not write
// before; nil if there is nothing of the kind.
func (c *comparison) starts(consumer, producer string) *output {
	now, of := c.is[consumer], c.is[producer]
	if now == nil || of == nil {
		return nil
	}
	was := c.was[producer]
	for _, o := range now.reads {
		if o.stack == producer && of.writes(o) && (was == nil || !was.writes(o)) {
			return &o
		}
	}
	return nil
}

// usual is the order of an ordinary deployment of the stacks; those that are gone come
// first, against it, as they are destroyed.
func (c *comparison) usual(names []string) []string {
	names = slices.Clone(names)
	slices.SortStableFunc(names, func(a, b string) int { return c.rank(a) - c.rank(b) })
	waits := map[string][]string{}
	for _, name := range names {
		for _, other := range names {
			switch {
			case c.is[name] == nil && c.is[other] == nil && c.was.follows(other, name),
				c.is[name] != nil && c.is[other] != nil && c.is.follows(name, other):
				waits[name] = append(waits[name], other)
			}
		}
	}
	sorted, circle := topological(names, waits)
	return append(sorted, circle...)
}

// follows says that a stack is deployed after another, or after one that is, and so on.
func (s side) follows(name, earlier string) bool {
	known := map[string]bool{}
	var visit func(name string) bool
	visit = func(name string) bool {
		if s[name] == nil || known[name] {
			return false
		}
		known[name] = true
		return slices.ContainsFunc(s[name].after, func(next string) bool { return next == earlier || visit(next) })
	}
	return visit(name)
}

// rank keeps destroyed stacks together where nothing else decides, before bootstrap and
// the rest.
func (c *comparison) rank(name string) int {
	switch {
	case c.is[name] == nil:
		return 0
	case name == bootstrap:
		return 1
	}
	return 2
}

// topological sorts names so that each comes after those that it waits for, and as they
// stand where that leaves a choice. It cannot place those of a circle.
func topological(names []string, waits map[string][]string) (sorted, circle []string) {
	waiting := slices.Clone(names)
	for len(waiting) > 0 {
		next := slices.IndexFunc(waiting, func(name string) bool {
			return !slices.ContainsFunc(waits[name], func(other string) bool { return slices.Contains(waiting, other) })
		})
		if next < 0 {
			return sorted, waiting
		}
		sorted = append(sorted, waiting[next])
		waiting = slices.Delete(waiting, next, next+1)
	}
	return sorted, nil
}

// steps are the stacks in their order, those with the same action together.
func (c *comparison) steps(sorted []string) []Step {
	var steps []Step
	for i, name := range sorted {
		action := Deploy
		if c.is[name] == nil {
			action = Destroy
		}
		if i == 0 || steps[len(steps)-1].Action != action || steps[len(steps)-1].ByPeople != c.byPeople(name) || name == bootstrap || sorted[i-1] == bootstrap {
			steps = append(steps, Step{Action: action, ByPeople: c.byPeople(name), Forget: map[string][]string{}})
		}
		last := &steps[len(steps)-1]
		last.Stacks = append(last.Stacks, name)
		for _, a := range slices.Sorted(maps.Keys(c.was.resources(name))) {
			if action == Destroy && hardToLose(c.was[name].resources[a]) {
				last.Forget[name] = append(last.Forget[name], a)
			}
		}
		last.Leaves = action == Destroy && c.leaves(sorted[:i+1])
	}
	return steps
}

// leaves says that a stack which came after a destroyed one is not destroyed as well,
// where those with these names have had their turn.
func (c *comparison) leaves(done []string) bool {
	destroyed := slices.DeleteFunc(slices.Clone(done), func(name string) bool { return c.is[name] != nil })
	for name := range c.was {
		if !slices.Contains(destroyed, name) && slices.ContainsFunc(destroyed, func(earlier string) bool { return c.was.follows(name, earlier) }) {
			return true
		}
	}
	return false
}

// resources are those of a stack, none if it is not there.
func (s side) resources(name string) map[string]stackjson.Resource {
	if s[name] == nil {
		return nil
	}
	return s[name].resources
}
