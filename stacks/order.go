package stacks

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Order returns the stacks in an order in which they can be deployed one by one: wave
// by wave, and by name within each. It fails as [Waves] does.
func Order(all []Stack) ([]Stack, error) {
	waves, err := Waves(all)
	return slices.Concat(waves...), err
}

// Waves groups the stacks into those that can be deployed side by side: what the
// stacks of a wave read and come after is all in earlier waves, and each stack is in
// the first wave that it can be in. Within a wave they are sorted by name.
//
// All the stacks of an estate belong in it. It fails, and says all of it, if two have
// one name, if one reads or comes after a stack that is not there, or if some wait for
// each other.
func Waves(all []Stack) ([][]Stack, error) {
	if err := known(all); err != nil {
		return nil, err
	}
	var waves [][]Stack
	done := map[string]bool{}
	left := slices.SortedFunc(slices.Values(all), func(a, b Stack) int { return cmp.Compare(a.Name, b.Name) })
	for len(left) > 0 {
		var wave, later []Stack
		for _, s := range left {
			if slices.ContainsFunc(s.Earlier(), func(name string) bool { return !done[name] }) {
				later = append(later, s)
			} else {
				wave = append(wave, s)
			}
		}
		if len(wave) == 0 {
			return nil, fmt.Errorf("stacks wait for each other, and none can be deployed first: %s", strings.Join(cycle(later), " → "))
		}
		for _, s := range wave {
			done[s.Name] = true
		}
		waves, left = append(waves, wave), later
	}
	return waves, nil
}

// Earlier are the names of the stacks that have to be deployed before this one.
func (s Stack) Earlier() []string { return slices.Concat(s.Reads, s.After) }

// known checks that every name is that of one stack.
func known(all []Stack) error {
	var problems []error
	count := map[string]int{}
	for _, s := range all {
		count[s.Name]++
		if count[s.Name] == 2 {
			problems = append(problems, fmt.Errorf("two stacks are called %s", s.Name))
		}
	}
	for _, s := range all {
		for _, name := range s.Earlier() {
			if count[name] == 0 {
				problems = append(problems, fmt.Errorf("the stack %s reads, or comes after, %s, and there is no such stack", s.Name, name))
			}
		}
	}
	return errors.Join(problems...)
}

// cycle follows stacks that all wait for another of them until one comes again. It
// returns the names from that one to itself, each before the one that it waits for.
func cycle(waiting []Stack) []string {
	var path []string
	for s := waiting[0]; ; {
		if i := slices.Index(path, s.Name); i >= 0 {
			return append(path[i:], s.Name)
		}
		path = append(path, s.Name)
		i := slices.IndexFunc(waiting, func(other Stack) bool { return slices.Contains(s.Earlier(), other.Name) })
		s = waiting[i]
	}
}
