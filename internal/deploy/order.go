package deploy

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"hubspoke/internal/order"
)

// Stack is what deployment knows of a stack.
type Stack struct {
	// Name is its name.
	Name string
	// Dir is the folder that Terraform runs in.
	Dir string
	// After are the names of the stacks that are deployed before it.
	After []string
	// ByPeople says that only people deploy it, with credentials of their own.
	ByPeople bool
}

// ID is the stack's name.
func (s Stack) ID() string { return s.Name }

// Earlier are the names of the stacks that are deployed before it.
func (s Stack) Earlier() []string { return s.After }

// Read reads the stacks that were synthesized into outdir, the folder that CDKTF calls
// cdktf.out, and their order from the manifest there, sorted by name.
func Read(outdir string) ([]Stack, error) {
	const file = "manifest.json"
	text, err := os.ReadFile(filepath.Join(outdir, file))
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("there are no synthesized stacks in %s: run `make synth`", outdir)
	}
	if err != nil {
		return nil, err
	}
	var manifest struct {
		Stacks map[string]struct {
			Name             string   `json:"name"`
			WorkingDirectory string   `json:"workingDirectory"`
			Dependencies     []string `json:"dependencies"`
		} `json:"stacks"`
	}
	if err := json.Unmarshal(text, &manifest); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(outdir, file), err)
	}
	people, err := readByPeople(outdir)
	if err != nil {
		return nil, err
	}
	var stacks []Stack
	for _, s := range manifest.Stacks {
		stacks = append(stacks, Stack{
			Name: s.Name, Dir: filepath.Join(outdir, filepath.FromSlash(s.WorkingDirectory)), After: s.Dependencies,
			ByPeople: order.BeforeRoles(s.Name) || slices.Contains(people, s.Name),
		})
	}
	slices.SortFunc(stacks, func(a, b Stack) int { return strings.Compare(a.Name, b.Name) })
	return stacks, nil
}

// readByPeople reads which stacks only people deploy. What CDKTF's own command line wrote
// does not say so.
func readByPeople(outdir string) ([]string, error) {
	path := filepath.Join(outdir, order.SignatureFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var signature order.Signature
	if err := json.Unmarshal(text, &signature); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return signature.ByPeople, nil
}

// ByPeople are those of the stacks that only people deploy, and that are not deployed
// before all others.
func ByPeople(all []Stack) []Stack {
	return slices.DeleteFunc(slices.Clone(all), func(s Stack) bool { return !s.ByPeople || order.BeforeRoles(s.Name) })
}

// Select is the stacks with these names, in their order; without names all but those
// that only people deploy. Each comes after those of them that it depends on, also by way of
// stacks that are left out.
func Select(all []Stack, names []string) ([]Stack, error) {
	if len(names) == 0 {
		for _, s := range all {
			if !s.ByPeople {
				names = append(names, s.Name)
			}
		}
	}
	byName := map[string]Stack{}
	var known []string
	for _, s := range all {
		byName[s.Name] = s
		known = append(known, s.Name)
	}
	var selected []Stack
	var problems []error
	for i, name := range names {
		s, ok := byName[name]
		switch {
		case !ok:
			problems = append(problems, fmt.Errorf("there is no stack %q; there are %s", name, strings.Join(known, ", ")))
		case slices.Contains(names[:i], name):
			problems = append(problems, fmt.Errorf("%s is named twice", name))
		}
		s.After = slices.DeleteFunc(ancestors(byName, name, nil), func(a string) bool { return !slices.Contains(names, a) })
		selected = append(selected, s)
	}
	return selected, errors.Join(problems...)
}

// ancestors are all stacks that one comes after, added to those that are known.
func ancestors(byName map[string]Stack, name string, known []string) []string {
	for _, after := range byName[name].After {
		if !slices.Contains(known, after) {
			known = ancestors(byName, after, append(known, after))
		}
	}
	return known
}

// Dependants are the stacks that come after some of those with these names, also by way
// of others, and are not named themselves. All others are deployed with what [order.Bootstrap]
// makes.
func Dependants(all []Stack, names []string) []Stack {
	byName := map[string]Stack{}
	for _, s := range all {
		byName[s.Name] = s
	}
	var dependants []Stack
	for _, s := range all {
		earlier := append(ancestors(byName, s.Name, nil), order.Bootstrap)
		if !slices.Contains(names, s.Name) && slices.ContainsFunc(names, func(name string) bool { return slices.Contains(earlier, name) }) {
			dependants = append(dependants, s)
		}
	}
	return dependants
}

// AsNamed gives the stacks the order in which they stand, each after all before it.
func AsNamed(stacks []Stack) []Stack {
	stacks = slices.Clone(stacks)
	for i := range stacks {
		stacks[i].After = nil
		for _, before := range stacks[:i] {
			stacks[i].After = append(stacks[i].After, before.Name)
		}
	}
	return stacks
}

// From leaves out the stacks of the waves before that of the named one, which are taken to be
// deployed: to go on where an earlier run has ended.
func From(stacks []Stack, name string) ([]Stack, error) {
	waves, err := order.Waves(stacks)
	if err != nil {
		return nil, err
	}
	first := slices.IndexFunc(waves, func(wave []Stack) bool {
		return slices.ContainsFunc(wave, func(s Stack) bool { return s.Name == name })
	})
	if first < 0 {
		return nil, fmt.Errorf("--from %s: it is none of the stacks that are deployed: %s", name, strings.Join(Names(stacks), ", "))
	}
	left := slices.Concat(waves[first:]...)
	names := Names(left)
	for i, s := range left {
		left[i].After = slices.DeleteFunc(slices.Clone(s.After), func(after string) bool { return !slices.Contains(names, after) })
	}
	return left, nil
}

// Reversed gives the stacks the opposite order, in which they are destroyed.
func Reversed(stacks []Stack) []Stack {
	reversed := slices.Clone(stacks)
	for i, s := range stacks {
		reversed[i].After = nil
		for _, other := range stacks {
			if slices.Contains(other.After, s.Name) {
				reversed[i].After = append(reversed[i].After, other.Name)
			}
		}
	}
	return reversed
}

// Names are the names of the stacks.
func Names(stacks []Stack) []string {
	var names []string
	for _, s := range stacks {
		names = append(names, s.Name)
	}
	return names
}
