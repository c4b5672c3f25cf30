// Package order puts stacks, of which it knows names alone, into the order in which they
// are deployed. Those who declare stacks, deploy them or compare them stand on it.
package order

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Bootstrap is the name of the stack that only a person deploys: it makes the roles and
// the bucket that all others are deployed with.
const Bootstrap = "bootstrap"

// Organization is the name of the stack of the organisation, which a person deploys before
// that: it makes the accounts.
const Organization = "organization"

// BeforeRoles says that a stack comes before all roles of Terraform, so that only a person
// deploys it, with credentials of their own.
func BeforeRoles(name string) bool { return name == Bootstrap || name == Organization }

// SignatureFile is the file beside the synthesized stacks that has their [Signature].
const SignatureFile = "estate.json"

// Signature says what synthesized stacks are.
type Signature struct {
	// Name is the name of the estate that they are of.
	Name string `json:"name"`
	// ByPeople are the names of further stacks that only people deploy, with roles that let nobody else in.
	ByPeople []string `json:"by_people,omitempty"`
}

// Stack is what has a place in the order.
type Stack interface {
	// ID is the stack's name.
	ID() string
	// Earlier are the names of the stacks that have to be deployed before it.
	Earlier() []string
}

// Waves groups the stacks into those that can be deployed side by side: what a stack
// waits for is all in earlier waves, and each stack is in the first wave that it can be
// in. Within a wave they stand as they were given.
//
// It fails, and says all of it, if two stacks have one name, if one waits for a stack
// that is not there, or if some wait for each other.
func Waves[S Stack](all []S) ([][]S, error) {
	if err := known(all); err != nil {
		return nil, err
	}
	var waves [][]S
	done := map[string]bool{}
	for left := all; len(left) > 0; {
		var wave, later []S
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
			done[s.ID()] = true
		}
		waves, left = append(waves, wave), later
	}
	return waves, nil
}

// known checks that every name is that of one stack.
func known[S Stack](all []S) error {
	var problems []error
	count := map[string]int{}
	for _, s := range all {
		count[s.ID()]++
		if count[s.ID()] == 2 {
			problems = append(problems, fmt.Errorf("two stacks are called %s", s.ID()))
		}
	}
	for _, s := range all {
		for _, name := range s.Earlier() {
			if count[name] == 0 {
				problems = append(problems, fmt.Errorf("the stack %s reads, or comes after, %s, and there is no such stack", s.ID(), name))
			}
		}
	}
	return errors.Join(problems...)
}

// cycle follows stacks that all wait for another of them until one comes again. It
// returns the names from that one to itself, each before the one that it waits for.
func cycle[S Stack](waiting []S) []string {
	var path []string
	for s := waiting[0]; ; {
		if i := slices.Index(path, s.ID()); i >= 0 {
			return append(path[i:], s.ID())
		}
		path = append(path, s.ID())
		i := slices.IndexFunc(waiting, func(other S) bool { return slices.Contains(s.Earlier(), other.ID()) })
		s = waiting[i]
	}
}
