package stacks

import (
	"cmp"
	"slices"

	"hubspoke/internal/order"
)

// Order returns the stacks in an order in which they can be deployed one by one: wave
// by wave, and by name within each. It fails as [Waves] does.
func Order(all []Stack) ([]Stack, error) {
	waves, err := Waves(all)
	return slices.Concat(waves...), err
}

// Waves groups the stacks into those that can be deployed side by side, as
// [order.Waves] does. Within a wave they are sorted by name.
//
// All the stacks of an estate belong in it. It fails, and says all of it, if two have
// one name, if one reads or comes after a stack that is not there, or if some wait for
// each other.
func Waves(all []Stack) ([][]Stack, error) {
	return order.Waves(slices.SortedFunc(slices.Values(all), func(a, b Stack) int { return cmp.Compare(a.Name, b.Name) }))
}

// ID is the stack's name.
func (s Stack) ID() string { return s.Name }

// Earlier are the names of the stacks that have to be deployed before this one.
func (s Stack) Earlier() []string { return slices.Concat(s.Reads, s.After) }
