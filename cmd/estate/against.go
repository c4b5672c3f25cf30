package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"hubspoke/cmd/estate/answer"
	"hubspoke/estate"
	"hubspoke/internal/compare"
	"hubspoke/internal/deploy"
	"hubspoke/internal/synth"
	"hubspoke/proof/stackjson"
)

// compare says what becomes of the estate between what was synthesized before and what
// was synthesized now.
func (c checkCommand) compare(dir string, e *estate.Estate) (*compare.Comparison, error) {
	if same(c.Against, c.Outdir) {
		return nil, fmt.Errorf("--against: %s is what is compared with it: keep a copy before you change the estate, or synthesize another revision elsewhere", c.Against)
	}
	if err := synth.OfAnother(e, c.Outdir); err != nil {
		return nil, fmt.Errorf("%w: run `make synth`", err)
	}
	if err := synth.OfAnother(e, c.Against); err != nil {
		return nil, fmt.Errorf("--against: %w", err)
	}
	if newer := newerThan(dir, filepath.Join(c.Outdir, "manifest.json")); newer != "" {
		return nil, fmt.Errorf("%s has changed since %s was written: run `make synth`", newer, c.Outdir)
	}
	before, err := readOutput(c.Against)
	if err != nil {
		return nil, fmt.Errorf("--against: %w", err)
	}
	after, err := readOutput(c.Outdir)
	if err != nil {
		return nil, fmt.Errorf("%w\nrun `make synth` first", err)
	}
	return compare.Outputs(before, after, e.Retire), nil
}

// refused ends the program with 1 if something should not be deployed as it is.
func refused(c *compare.Comparison) error {
	if c.Refused() {
		return exit(1)
	}
	return nil
}

// compared is a comparison as programs read it.
func compared(c *compare.Comparison) *answer.Comparison {
	a := &answer.Comparison{Refused: c.Refused(), Changed: append([]string{}, c.Changed...), Findings: []answer.Change{}, Steps: []answer.Step{}, Split: c.Split}
	for _, f := range c.Findings {
		advice := f.Advice
		if advice == "" {
			advice = f.Kind.Advice()
		}
		a.Findings = append(a.Findings, answer.Change{
			Kind: string(f.Kind), Refused: f.Kind.Refused(), Stack: f.Stack, Address: f.Address, Why: f.Why, Advice: advice,
			Follows: f.Follows, Retire: f.Retire, RenamedTo: f.RenamedTo,
		})
	}
	for _, s := range c.Steps {
		a.Steps = append(a.Steps, answer.Step{Action: string(s.Action), Stacks: s.Stacks, ByPeople: s.ByPeople, Forget: s.Forget})
	}
	return a
}

// same says that two paths are of one folder.
func same(a, b string) bool {
	first, err := os.Stat(a)
	if err != nil {
		return false
	}
	second, err := os.Stat(b)
	return err == nil && os.SameFile(first, second)
}

// readOutput reads what was synthesized into a folder, with the order in its manifest,
// if it has one.
func readOutput(dir string) (compare.Output, error) {
	all, err := stackjson.Read(dir)
	if err != nil {
		return compare.Output{}, err
	}
	output := compare.Output{Stacks: all, After: map[string][]string{}}
	if _, err := os.Stat(filepath.Join(dir, "manifest.json")); errors.Is(err, os.ErrNotExist) {
		return output, nil
	}
	listed, err := deploy.Read(dir)
	if err != nil {
		return compare.Output{}, err
	}
	for _, s := range listed {
		output.After[s.Name] = s.After
		if s.ByPeople {
			output.ByPeople = append(output.ByPeople, s.Name)
		}
	}
	return output, nil
}
