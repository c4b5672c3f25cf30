package view

import (
	"maps"
	"reflect"
	"slices"

	"hubspoke/proof"
	"hubspoke/proof/stackjson"
)

// Change is what is different from a network as it was.
type Change struct {
	// Flows are the pairs of VPCs between which other packets pass than before.
	Flows []Flow `json:"flows"`
	// Stacks are those whose resources are others.
	Stacks []StackChange `json:"stacks"`
}

// Flow is what passes from one VPC to another, before and after: "" for nothing.
type Flow struct {
	From   string `json:"from"`
	To     string `json:"to"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// StackChange is the addresses of resources that a stack has more, no more, or with other arguments.
type StackChange struct {
	Stack   string   `json:"stack"`
	Added   []string `json:"added"`
	Removed []string `json:"removed"`
	Changed []string `json:"changed"`
}

// Earlier is a network as it was: what was synthesized then, and its proof.
type Earlier struct {
	Stacks []*stackjson.Stack
	Proof  *proof.Proof
}

// Compare says what is different between two networks.
func Compare(before, after Earlier) *Change {
	return &Change{Flows: flows(before.Proof.Matrix(false), after.Proof.Matrix(false)), Stacks: stacks(before.Stacks, after.Stacks)}
}

func flows(before, after *proof.Matrix) []Flow {
	all := map[[2]string]*Flow{}
	at := func(c proof.Cell) *Flow {
		key := [2]string{c.From, c.To}
		if all[key] == nil {
			all[key] = &Flow{From: c.From, To: c.To}
		}
		return all[key]
	}
	for _, c := range before.Cells {
		at(c).Before = passing(c)
	}
	for _, c := range after.Cells {
		at(c).After = passing(c)
	}
	var changed []Flow
	for _, from := range slices.Sorted(maps.Keys(ends(before, after))) {
		for _, to := range slices.Sorted(maps.Keys(ends(before, after))) {
			if f := all[[2]string{from, to}]; f != nil && f.Before != f.After {
				changed = append(changed, *f)
			}
		}
	}
	return changed
}

func ends(before, after *proof.Matrix) map[string]bool {
	all := map[string]bool{}
	for _, end := range slices.Concat(before.Ends, after.Ends) {
		all[end] = true
	}
	return all
}

// passing is what passes a cell, in words.
func passing(c proof.Cell) string {
	switch {
	case c.Unknown && c.Packets == "":
		return "cannot be told"
	case c.Unknown:
		return c.Packets + ", and some cannot be told"
	}
	return c.Packets
}

func stacks(before, after []*stackjson.Stack) []StackChange {
	old, fresh := resources(before), resources(after)
	var all []StackChange
	for _, stack := range slices.Sorted(maps.Keys(named(old, fresh))) {
		c := StackChange{Stack: stack}
		for _, address := range slices.Sorted(maps.Keys(named(old[stack], fresh[stack]))) {
			was, had := old[stack][address]
			is, has := fresh[stack][address]
			switch {
			case !had:
				c.Added = append(c.Added, address)
			case !has:
				c.Removed = append(c.Removed, address)
			case !reflect.DeepEqual(was, is):
				c.Changed = append(c.Changed, address)
			}
		}
		if len(c.Added)+len(c.Removed)+len(c.Changed) > 0 {
			all = append(all, c)
		}
	}
	return all
}

// resources are the arguments of those of each stack, by address.
func resources(stacks []*stackjson.Stack) map[string]map[string]map[string]any {
	all := map[string]map[string]map[string]any{}
	for _, s := range stacks {
		all[s.Name] = map[string]map[string]any{}
		for _, r := range s.Resources() {
			all[s.Name][r.Address()] = r.Body
		}
	}
	return all
}

func named[V any](a, b map[string]V) map[string]bool {
	all := map[string]bool{}
	for _, m := range []map[string]V{a, b} {
		for name := range m {
			all[name] = true
		}
	}
	return all
}
