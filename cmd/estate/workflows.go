package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"hubspoke/cmd/estate/answer"
	"hubspoke/estate"
)

// subjects are whom roles trust, as programs read it.
func subjects(e *estate.Estate) []answer.Trust {
	var all []answer.Trust
	trusted := e.TrustedWorkflows()
	for _, role := range slices.Sorted(maps.Keys(trusted)) {
		all = append(all, answer.Trust{Role: role, Subjects: trusted[role].Subjects()})
	}
	return all
}

// printSubjects prints which workflows the roles of an estate trust, by the subject of
// their tokens, and how to find out what GitHub really sends: a subject in the other form
// is refused at the first deployment, and nothing of ours can see it before.
func printSubjects(out io.Writer, e *estate.Estate) error {
	trusted := e.TrustedWorkflows()
	if len(trusted) == 0 {
		return nil
	}
	fmt.Fprintln(out, "\nroles trust workflows by the subject of GitHub's tokens:")
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	commands := map[string]bool{}
	for _, role := range slices.Sorted(maps.Keys(trusted)) {
		for i, subject := range trusted[role].Subjects() {
			fmt.Fprintf(t, "  %s\t%s\n", []string{role, ""}[min(i, 1)], subject)
		}
		commands[trusted[role].PrefixCommand()] = true
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, `repositories that were made, renamed or transferred since 2026-07-15 send repo:owner@<id>/name@<id>:…
what each one sends begins with what this prints; write it so in the estate's files:
  %s
`, strings.Join(slices.Sorted(maps.Keys(commands)), "\n  "))
	return err
}
