// Package stacks says which Terraform stacks an estate has: one for each thing that
// changes and fails on its own. Each kind of stack says in which accounts its stacks
// are, what they read and what they come after; the order is derived from that.
//
// A package below this one makes the stacks of each kind, and compose puts them
// together. This one knows nothing of what they make, and so needs no CDKTF: whoever
// checks, lists, orders or deploys stacks does not link it.
//
// docs/decisions/stack-order.md has the reasons, and what a new kind takes.
package stacks

import (
	"slices"

	"hubspoke/estate"
	"hubspoke/internal/order"
)

// Stack is one Terraform state: what it makes, in which account, and what has to be
// deployed before it.
type Stack struct {
	// Name is the stack's name, `dev-network`, and the last part of its state's key.
	Name string
	// Kind is what the stack makes.
	Kind Kind
	// Account is the name of the account that it makes it in.
	Account string
	// Reads are the names of the stacks whose outputs it reads. The account's state role may read their states.
	Reads []string
	// After are the names of further stacks that are deployed first, for what their resources do and not for their outputs.
	After []string
}

// Of returns the estate's stacks, kind by kind, as the kinds say. [Order] puts them
// in an order in which they can be deployed.
func Of(e *estate.Estate) []Stack {
	all := declared(e, declarations)
	if e.OnlyOrganization() {
		return slices.DeleteFunc(all, func(s Stack) bool { return s.Kind != Organization })
	}
	if len(e.NewAccounts()) == 0 {
		return all
	}
	return withNumbers(e, all)
}

// withNumbers leaves out the stacks of accounts that have no number yet, and those that
// read or come after what is left out.
func withNumbers(e *estate.Estate, all []Stack) []Stack {
	there := map[string]bool{}
	for _, s := range all {
		there[s.Name] = e.HasNumber(s.Account)
	}
	for before := -1; before != len(all); {
		before = len(all)
		all = slices.DeleteFunc(all, func(s Stack) bool {
			if there[s.Name] {
				there[s.Name] = !slices.ContainsFunc(s.Earlier(), func(name string) bool { return !there[name] })
			}
			return !there[s.Name]
		})
	}
	return all
}

// ByPeople are the names of those stacks that people alone deploy, in an account whose
// roles let nobody else in, as [estate.Estate.AppliedByPeople] says; stacks that come before
// all roles are not among them. A plan changes nothing, and so none is people's then.
func ByPeople(e *estate.Estate) []string {
	if e.Role == estate.RolePlan {
		return nil
	}
	var names []string
	for _, s := range Of(e) {
		if e.AppliedByPeople(s.Account) && !order.BeforeRoles(s.Name) {
			names = append(names, s.Name)
		}
	}
	return names
}

func declared(e *estate.Estate, declarations []declaration) []Stack {
	var all []Stack
	for _, d := range declarations {
		for _, s := range d.stacks(e) {
			s.Kind = d.kind
			all = append(all, s)
		}
	}
	return all
}

// Kinds returns all kinds, whether or not an estate has a stack of them.
func Kinds() []Kind {
	var kinds []Kind
	for _, d := range declarations {
		kinds = append(kinds, d.kind)
	}
	return kinds
}

// Names returns the stacks' names.
func Names(all []Stack) []string {
	var names []string
	for _, s := range all {
		names = append(names, s.Name)
	}
	return names
}
