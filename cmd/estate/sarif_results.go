package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"hubspoke/cmd/estate/sarif"
	"hubspoke/estate"
	"hubspoke/internal/review"
	"hubspoke/internal/words"
	"hubspoke/proof"
	"hubspoke/stacks"
)

// The rules of what is wrong with an estate's files, and of its intents. Findings are
// rules of their own.
const (
	estateError   = "estate-error"
	estateWarning = "estate-warning"
	intentRule    = "intent-"
	dangerRule    = "dangerous-change"
	openedRule    = "opened"
)

// checkedSARIF writes what is wrong with an estate for code scanning. An error that is not
// about the estate's files is left to the caller.
func checkedSARIF(out io.Writer, wrong error, warnings estate.Errors) error {
	var located estate.Errors
	if wrong != nil && !errors.As(wrong, &located) {
		return wrong
	}
	var results []sarif.Result
	for _, e := range located {
		results = append(results, onLine(estateError, sarif.Error, e))
	}
	for _, e := range warnings {
		results = append(results, onLine(estateWarning, sarif.Warning, e))
	}
	if err := sarif.Write(out, results); err != nil || wrong == nil {
		return err
	}
	return exit(1)
}

func onLine(rule string, level sarif.Level, e *estate.Error) sarif.Result {
	message := e.Message
	if e.Path != "" {
		message = e.Path + ": " + message
	}
	return sarif.Result{Rule: rule, Level: level, Message: message, File: e.File, Line: e.Line}
}

// provedSARIF are the results of a proof: intents at their lines that are not proven, and
// findings at the file of the account whose stack they are about.
func provedSARIF(report *proof.Report, file func(stack string) string) []sarif.Result {
	level := map[proof.Status]sarif.Level{proof.Violated: sarif.Error, proof.Unproven: sarif.Warning, proof.Proven: sarif.Note}
	var results []sarif.Result
	for _, r := range report.Intents {
		if r.Status == proof.Proven {
			continue
		}
		text := r.Intent + ": " + r.Summary
		for _, c := range r.Cases[:min(1, len(r.Cases))] {
			text += ". " + c.Question + ": " + c.Answer
			if more := len(r.Cases) - 1; more > 0 {
				text += ", and " + words.Count(more, "case") + " more"
			}
		}
		results = append(results, sarif.Result{Rule: intentRule + string(r.Status), Level: level[r.Status], Message: text, File: r.File, Line: r.Line})
	}
	for _, f := range report.Invariants {
		one := sarif.Result{Rule: f.Kind.Code(), Help: f.Kind.Meaning() + "\n\n" + f.Kind.Remedy(), Level: level[f.Status], Message: f.Sentence}
		for _, r := range f.Resources {
			one.Resources = append(one.Resources, r.String())
		}
		if len(one.Resources) > 0 {
			stack, _, _ := strings.Cut(one.Resources[0], "/")
			one.File = file(stack)
		}
		results = append(results, one)
	}
	return results
}

// reviewedSARIF are what of a change somebody has to look at: what is dangerous, what it opens, at
// the file of the account that it is in, and promises that are broken, at their lines.
func reviewedSARIF(r *review.Review, dir string, file func(stack string) string) []sarif.Result {
	at := func(where string) string {
		stack, _, _ := strings.Cut(where, "/")
		if path := file(stack); path != "" {
			return path
		}
		return filepath.Join(dir, "estate.yaml") // what is gone from the estate
	}
	var results []sarif.Result
	for _, d := range r.Dangerous {
		text := d.Where + ": " + d.Why
		if d.Advice != "" {
			text += ". " + d.Advice
		}
		results = append(results, sarif.Result{Rule: dangerRule, Level: sarif.Error, Message: text, File: at(d.Where), Resources: []string{d.Where}})
	}
	for _, p := range r.Reachability.Opened {
		text := p.From + " reaches " + p.To + ": " + p.Packets
		one := sarif.Result{Rule: openedRule, Level: sarif.Warning, File: at(p.Because)}
		if p.Because != "" {
			text += ", because of " + p.Because
			one.Resources = []string{p.Because}
		}
		one.Message = text
		results = append(results, one)
	}
	levels := map[string]sarif.Level{"violated": sarif.Error, "unproven": sarif.Warning, "removed": sarif.Warning}
	for _, i := range r.Intents {
		level, told := levels[i.What]
		if i.Weaker {
			level, told = sarif.Warning, true
		}
		if told {
			one := sarif.Result{Rule: intentRule + i.What, Level: level, Message: i.Intent + ": " + i.What, File: i.File, Line: i.Line}
			if one.File == "" || i.What == "removed" { // its line is that of a file as it was
				one.File, one.Line = filepath.Join(dir, "intents.yaml"), 0
			}
			if i.Summary != "" {
				one.Message += ": " + i.Summary
			}
			results = append(results, one)
		}
	}
	return results
}

// accountFiles says in which file of an estate the account of a stack is described; "" for
// a stack that the estate does not have.
func accountFiles(dir string, e *estate.Estate) func(stack string) string {
	accounts := map[string]string{}
	for _, s := range stacks.Of(e) {
		accounts[s.Name] = s.Account
	}
	return func(stack string) string {
		account, ok := accounts[stack]
		if !ok {
			return ""
		}
		for _, name := range []string{account + ".yaml", "organization.yaml"} {
			file := filepath.Join(dir, name)
			if _, err := os.Stat(file); err == nil {
				return file
			}
		}
		return filepath.Join(dir, "estate.yaml")
	}
}
