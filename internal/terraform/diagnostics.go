package terraform

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-exec/tfexec"
	tfjson "github.com/hashicorp/terraform-json"
)

// Validate is `terraform validate`. The error holds Terraform's diagnostics;
// warnings are errors too.
func Validate(ctx context.Context, tf *tfexec.Terraform) error {
	result, err := tf.Validate(ctx)
	if err != nil {
		return err
	}
	return diagnosed(result.Diagnostics)
}

// Test is `terraform test`.
func Test(ctx context.Context, tf *tfexec.Terraform) error {
	var events bytes.Buffer
	err := tf.Test(ctx, &events)
	if problem := diagnosed(read(&events).diagnostics); problem != nil {
		return problem
	}
	return err
}

// Plan is `terraform plan`. It returns the number of resources that the plan
// would add.
func Plan(ctx context.Context, tf *tfexec.Terraform, options ...tfexec.PlanOption) (int, error) {
	var events bytes.Buffer
	_, err := tf.PlanJSON(ctx, &events, options...)
	log := read(&events)
	if problem := diagnosed(log.diagnostics); problem != nil {
		return 0, problem
	}
	return log.added, err
}

type log struct {
	diagnostics []tfjson.Diagnostic
	added       int
}

// read reads Terraform's machine-readable output, one event on each line:
// https://developer.hashicorp.com/terraform/internals/machine-readable-ui
func read(events *bytes.Buffer) log {
	var l log
	lines := bufio.NewScanner(events)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var event struct {
			Type       string             `json:"type"`
			Diagnostic *tfjson.Diagnostic `json:"diagnostic"`
			Changes    struct {
				Add int `json:"add"`
			} `json:"changes"`
		}
		if json.Unmarshal(lines.Bytes(), &event) != nil {
			continue
		}
		if event.Diagnostic != nil {
			l.diagnostics = append(l.diagnostics, *event.Diagnostic)
		}
		if event.Type == "change_summary" {
			l.added = event.Changes.Add
		}
	}
	return l
}

// diagnosed is the error that says all that Terraform complains of.
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
