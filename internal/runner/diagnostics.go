package runner

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
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

// diagnosed is the error that says all that Terraform complains of, warnings too. What it
// says of several things in the same words is said once, with all of their names: without
// credentials that is each provider configuration.
func diagnosed(diagnostics []tfjson.Diagnostic) error {
	var texts []string
	places := map[string][]string{}
	for _, d := range diagnostics {
		text := told(d)
		if !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
		if p := place(d); p != "" && !slices.Contains(places[text], p) {
			places[text] = append(places[text], p)
		}
	}
	var problems []error
	for _, text := range texts {
		first, rest, _ := strings.Cut(text, "\n")
		if in := places[text]; len(in) > 0 {
			slices.Sort(in)
			first += "\n    in " + strings.Join(in, ", ")
		}
		if rest != "" {
			first += "\n" + rest
		}
		problems = append(problems, errors.New(first))
	}
	return errors.Join(problems...)
}

// noCredentials is what the AWS provider and the S3 backend say of each.
const noCredentials = "No valid credential sources found"

// hintOfCredentials says where that is explained.
const hintOfCredentials = `no AWS credentials: see README.md, "Deploy for real"`

// told is a diagnostic without the place of it. Where JSON has no more to show than a
// bracket, that is left out.
func told(d tfjson.Diagnostic) string {
	var text strings.Builder
	fmt.Fprintf(&text, "  %s: %s", d.Severity, strings.ReplaceAll(d.Summary, "\n", " "))
	if strings.Contains(d.Summary, noCredentials) {
		fmt.Fprintf(&text, "\n    %s", hintOfCredentials)
	}
	if d.Snippet != nil && strings.Trim(d.Snippet.Code, "{}[](), \t\r\n") != "" {
		fmt.Fprintf(&text, "\n    %s", strings.TrimSpace(d.Snippet.Code))
	}
	if d.Detail != "" {
		fmt.Fprintf(&text, "\n    %s", strings.ReplaceAll(strings.TrimSpace(d.Detail), "\n", "\n    "))
	}
	return text.String()
}

// providerAddress is the address of a provider configuration, in which the context has
// no more than a number. The alias is the name of an account.
var providerAddress = regexp.MustCompile(`^provider\["(?:.*/)?([\w-]+)"\](\.[\w-]+)?$`)

// place is what a diagnostic is about, empty if it does not say.
func place(d tfjson.Diagnostic) string {
	if provider := providerAddress.FindStringSubmatch(d.Address); provider != nil {
		return "provider." + provider[1] + provider[2]
	}
	if d.Snippet != nil && d.Snippet.Context != nil {
		return *d.Snippet.Context
	}
	return ""
}
