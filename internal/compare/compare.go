// Package compare says what becomes of an estate between two synthesized outputs: what
// would be lost or replaced, what would be deleted and made again under another address,
// and in which order the stacks can be deployed. It reads Terraform JSON alone, and
// needs neither AWS nor Terraform. So it takes for granted that what is deployed is what
// the earlier output says; a plan knows better.
package compare

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"hubspoke/internal/replacement"
	"hubspoke/internal/words"
	"hubspoke/proof/stackjson"
)

// Kind is what would become of a resource, or of a stack.
type Kind string

// The kinds of findings. [Kind.Refused] says which should stop a change.
const (
	// Lost is what a plan would delete although it was to be hard to lose: prevent_destroy goes with its block.
	Lost Kind = "lost"
	// Left is a stack that is gone, whose resources stay in AWS and are in no plan any more.
	Left Kind = "left behind"
	// Stopped is a replacement that prevent_destroy stops, or a change that the resource is protected against, in the middle of a deployment.
	Stopped Kind = "stopped"
	// Replaced is the replacement of what others stand on.
	Replaced Kind = "replaced"
	// Clash is what would be deleted and made again under another address, in an order that nobody decides: AWS has room for one of them.
	Clash Kind = "clash"
	// SwitchedOff is a service that the organisation would not trust any more, or a kind of policies that would be off: in all of its accounts, at once.
	SwitchedOff Kind = "switched off"
	// Elsewhere is what Terraform has in a state by one id, and the estate says is another, without a word in a plan.
	Elsewhere Kind = "elsewhere"
	// Weaker is what would forbid, watch or keep less than before. It may be meant.
	Weaker Kind = "weaker"
	// Delegated is a service of the organisation that another account would administer: AWS knows one at a time, and what the old one made stays in it.
	Delegated Kind = "delegated"
	// Held is what would be deleted, or replaced, while others that stay still name it: AWS refuses that, and two deployments are the way.
	Held Kind = "held"
	// Unreachable is what would be deleted, or forgotten, in an account or a region that the stack has no provider for any more: its plan fails.
	Unreachable Kind = "unreachable"
	// Forgotten is what stays in AWS because the estate says so.
	Forgotten Kind = "forgotten"
	// Deleted is what others may have stood on, and is meant to go: the subnets of a zone, the address of a gateway.
	Deleted Kind = "deleted"
	// Remade is the replacement of what can be made again.
	Remade Kind = "remade"
)

// Refused says that a change with such a finding should not be deployed as it is.
func (k Kind) Refused() bool {
	return !slices.Contains([]Kind{Forgotten, Unreachable, Deleted, Remade, Weaker}, k)
}

// Finding is what would become of one resource, or of one stack.
type Finding struct {
	Kind  Kind
	Stack string
	// Address is the resource's address, as it is now if it is still there; "" if the finding is about the stack.
	Address string
	// Why says what makes it so.
	Why string
	// Advice says what to do instead, if that is not said of all findings of the kind.
	Advice string
	// Follows is the resource, `<stack>/<address>`, that would be replaced first and this one for its sake; "" if nothing else is the reason.
	Follows string
	// Retire are the entries of the estate's list `retire` that make Terraform forget it.
	Retire []string
	// RenamedTo is the name that makes the two addresses one, in the estate's map `renamed`; "" if none would.
	RenamedTo string
}

// Where is the stack and the address, as the estate's `retire` and `renamed` have them.
func (f Finding) Where() string {
	if f.Address == "" {
		return f.Stack
	}
	return f.Stack + "/" + f.Address
}

// Comparison is what becomes of the estate.
type Comparison struct {
	// Findings are sorted by stack and address.
	Findings []Finding
	// Changed are the names of the stacks that differ, new ones and gone ones among them, sorted.
	Changed []string
	// Steps are how to deploy the change. There are none if it has no order: see Split.
	Steps []Step
	// Split says, for each pair of stacks of which each would have to come first, why.
	Split []string
	// Reordered says that the steps are not those of an ordinary deployment.
	Reordered bool
}

// Refused says that something should not be deployed as it is.
func (c *Comparison) Refused() bool {
	return len(c.Split) > 0 || slices.ContainsFunc(c.Findings, func(f Finding) bool { return f.Kind.Refused() })
}

// Output is what was synthesized.
type Output struct {
	Stacks []*stackjson.Stack
	// After are, for each stack, the names of those that are deployed before it, in addition to those that it reads.
	After map[string][]string
	// ByPeople are the names of the stacks that only people deploy, beside those that come before all others.
	ByPeople []string
}

// Outputs compares what was synthesized before with what was synthesized after. Stacks
// of which the estate says that they are retired may be gone.
func Outputs(before, after Output, retired []string) *Comparison {
	was, is := sideOf(before), sideOf(after)
	for name, s := range was {
		if now, ok := is[name]; ok {
			was[name] = s.renamed(now.moved())
		}
	}
	c := &comparison{was: was, is: is, people: slices.Concat(before.ByPeople, after.ByPeople), replaced: map[string]map[string]*cause{}}
	c.replacements()
	var findings []Finding
	for _, name := range slices.Sorted(maps.Keys(was)) {
		if is[name] == nil {
			findings = append(findings, c.left(name, retired)...)
			findings = append(findings, c.undeletable(name)...)
			continue
		}
		findings = append(findings, c.lost(name)...)
		held := c.held(name)
		findings = append(findings, slices.DeleteFunc(c.remade(name), func(f Finding) bool {
			return slices.ContainsFunc(held, func(h Finding) bool { return h.Address == f.Address })
		})...)
		findings = append(findings, held...)
		findings = append(findings, c.protected(name)...)
		findings = append(findings, c.unreachable(name)...)
		findings = append(findings, c.switchedOff(name)...)
		findings = append(findings, c.elsewhere(name)...)
		findings = append(findings, c.weaker(name)...)
		findings = append(findings, c.delegated(name)...)
		inUse, renamed := c.inUse(name), map[string]string{}
		for _, f := range inUse {
			kind, _, _ := strings.Cut(f.Address, ".")
			renamed[f.Address] = kind + "." + f.RenamedTo
		}
		findings = append(findings, inUse...)
		findings = append(findings, c.clashes(name, renamed)...)
		findings = append(findings, c.addresses(name)...)
	}
	slices.SortStableFunc(findings, func(a, b Finding) int {
		return cmp.Or(strings.Compare(a.Stack, b.Stack), strings.Compare(a.Address, b.Address), strings.Compare(a.Why, b.Why))
	})
	result := &Comparison{Findings: findings, Changed: c.changed()}
	result.Steps, result.Split, result.Reordered = c.order(result.Changed)
	return result
}

// comparison is what is known while outputs are compared.
type comparison struct {
	was, is side
	// people are the names of stacks that only people deploy.
	people []string
	// replaced are the resources that a plan would replace, by stack and address, and why.
	replaced map[string]map[string]*cause
}

// changed are the stacks that differ in more than in the state that they keep.
func (c *comparison) changed() []string {
	var names []string
	for name, s := range c.was {
		now := c.is[name]
		if now == nil || s.content() != now.content() || len(c.replaced[name]) > 0 {
			names = append(names, name)
		}
	}
	for name := range c.is {
		if c.was[name] == nil {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// content is a stack's JSON as text, without what is said of addresses alone. An estate
// may keep its moves after they are done.
func (s *stack) content() string {
	stripped, _ := stackjson.Strip(s.JSON).(map[string]any)
	delete(stripped, "moved")
	return text(stripped)
}

// gone are the managed resources of a stack that a plan would delete, or forget, and
// not replace; sorted.
func (c *comparison) gone(name string) []string {
	var all []string
	for a, r := range c.was[name].resources {
		if r.Data {
			continue
		}
		if now := c.is[name]; now != nil {
			if _, ok := now.resources[a]; ok {
				continue
			}
		}
		all = append(all, a)
	}
	slices.Sort(all)
	return all
}

// made are the managed resources that a stack has now and had not before, sorted.
func (c *comparison) made(name string) []string {
	var all []string
	for a, r := range c.is[name].resources {
		if _, ok := c.was[name].resources[a]; !ok && !r.Data {
			all = append(all, a)
		}
	}
	slices.Sort(all)
	return all
}

// left is a stack that is not there any more.
func (c *comparison) left(name string, retired []string) []Finding {
	all := c.gone(name)
	if len(all) == 0 {
		return nil
	}
	var kept []string
	for _, a := range all {
		if hardToLose(c.was[name].resources[a]) {
			kept = append(kept, a)
		}
	}
	f := Finding{Kind: Left, Stack: name, Retire: []string{name}, Why: fmt.Sprintf("it made %s, which stay in AWS and are in no plan any more", words.Count(len(all), "resource"))}
	if len(kept) > 0 {
		f.Why += fmt.Sprintf("; %s kept from being destroyed: %s", words.Count(len(kept), "is", "are"), strings.Join(kept, ", "))
	}
	if slices.Contains(retired, name) {
		f.Kind = Forgotten
	}
	return []Finding{f}
}

// lost are the resources that were to be hard to lose, or that others stood on, and are
// gone.
func (c *comparison) lost(name string) []Finding {
	var findings []Finding
	forgotten := c.is[name].forgotten()
	gone := c.gone(name)
	for _, a := range gone {
		r := c.was[name].resources[a]
		f := Finding{Kind: Lost, Stack: name, Address: a, Retire: []string{name + "/" + a}}
		switch {
		case forgotten[a]:
			f.Kind, f.Retire, f.Why = Forgotten, nil, "it stays in AWS, and Terraform knows it no more"
		case !hardToLose(r) && replacement.Foundation(r.Type) == "":
			continue
		case !hardToLose(r):
			f.Kind, f.Retire, f.Why = Deleted, nil, "the estate does not make it any more"
		default:
			f.Why = "its block is gone, and prevent_destroy with it: a plan would delete it"
			for _, part := range gone {
				if replacement.Configures(c.was[name].resources[part].Type, r.Type) && slices.Contains(c.was[name].references(c.was[name].resources[part].Body), a) {
					f.Retire = append(f.Retire, name+"/"+part)
				}
			}
			f.RenamedTo = c.successor(name, a)
		}
		findings = append(findings, f)
	}
	return findings
}

// successor is the name of the one resource of the type that the stack has now in
// place of one that is gone, if there is only one of each and Terraform can make the one
// of the other in place.
func (c *comparison) successor(name, gone string) string {
	if c.was[name].resources[gone].Type == "aws_vpc_endpoint_service" {
		return "" // what it is of has another name, and AWS deletes no load balancer of a service
	}
	was, is := c.was[name].resources, c.is[name].resources
	of := func(addresses []string, of map[string]stackjson.Resource) []string {
		return slices.DeleteFunc(addresses, func(a string) bool { return of[a].Type != was[gone].Type })
	}
	if before, after := of(c.gone(name), was), of(c.made(name), is); len(before) == 1 && len(after) == 1 {
		if to := is[after[0]]; c.replaces(c.is[name], was[gone], to) == nil {
			return to.Name
		}
	}
	return ""
}

func hardToLose(r stackjson.Resource) bool { return lifecycle(r.Body, "prevent_destroy") == true }
