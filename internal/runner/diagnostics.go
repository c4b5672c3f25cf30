package runner

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
)

// A log is what is used of Terraform's machine-readable output.
type log struct {
	diagnostics []tfjson.Diagnostic
	changes     Changes
	// counted says that Terraform has told the changes, which it does at the end of every plan.
	counted bool
	// deleted and replaced are the addresses of what a plan would delete, for good or to make it anew.
	deleted, replaced []string
}

// Changes is how many resources a plan would add, change and destroy. One that it
// would replace is among the first and the last.
type Changes struct {
	Add     int `json:"add"`
	Change  int `json:"change"`
	Destroy int `json:"remove"`
}

// String is Terraform's own way to say it.
func (c Changes) String() string {
	return fmt.Sprintf("%d to add, %d to change, %d to destroy", c.Add, c.Change, c.Destroy)
}

// read reads Terraform's machine-readable output, one event on each line:
// https://developer.hashicorp.com/terraform/internals/machine-readable-ui
func read(events *bytes.Buffer) log {
	var l log
	for line := range bytes.Lines(events.Bytes()) {
		var event struct {
			Type       string             `json:"type"`
			Diagnostic *tfjson.Diagnostic `json:"diagnostic"`
			Changes    Changes            `json:"changes"`
			Change     struct {
				Resource struct {
					Address string `json:"addr"`
				} `json:"resource"`
				Action string `json:"action"`
			} `json:"change"`
		}
		if json.Unmarshal(line, &event) != nil {
			continue
		}
		if event.Diagnostic != nil {
			l.diagnostics = append(l.diagnostics, *event.Diagnostic)
		}
		switch address := event.Change.Resource.Address; {
		case event.Type == "change_summary":
			l.changes, l.counted = event.Changes, true
		case event.Type == "planned_change" && event.Change.Action == "delete":
			l.deleted = append(l.deleted, address)
		case event.Type == "planned_change" && event.Change.Action == "replace":
			l.replaced = append(l.replaced, address)
		}
	}
	return l
}

// errUncounted is the error of a plan that says not what it would change, or in words
// that are not read here. Nobody should approve it for one that changes nothing.
var errUncounted = errors.New("terraform plan: it ended well, and its output has no summary of changes")

// validation reads the answer of `terraform validate`.
func validation(output *bytes.Buffer) []tfjson.Diagnostic {
	var answer tfjson.ValidateOutput
	if err := json.Unmarshal(output.Bytes(), &answer); err != nil {
		return nil // the exit status says what there is to say
	}
	return answer.Diagnostics
}

// diagnosed is the error that says all that Terraform complains of, warnings too.
func diagnosed(diagnostics []tfjson.Diagnostic) error {
	var problems []error
	for _, d := range diagnostics {
		var text strings.Builder
		fmt.Fprintf(&text, "  %s: %s", d.Severity, d.Summary)
		if d.Snippet != nil && d.Snippet.Context != nil {
			fmt.Fprintf(&text, "\n    in %s", *d.Snippet.Context)
		}
		if d.Snippet != nil && d.Snippet.Code != "" {
			fmt.Fprintf(&text, "\n    %s", strings.TrimSpace(d.Snippet.Code))
		}
		if d.Detail != "" {
			fmt.Fprintf(&text, "\n    %s", strings.ReplaceAll(strings.TrimSpace(d.Detail), "\n", "\n    "))
		}
		problems = append(problems, errors.New(text.String()))
	}
	return errors.Join(problems...)
}
