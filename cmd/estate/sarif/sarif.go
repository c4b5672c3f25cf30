// Package sarif writes what is wrong in the format of static analysis, SARIF 2.1.0, which
// code scanning shows beside the lines of a pull request:
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
package sarif

import (
	"cmp"
	"io"
	"net/url"
	"path/filepath"

	"github.com/owenrumney/go-sarif/v3/pkg/report"
	format "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
)

// Level is how bad a result is.
type Level string

// The levels, as SARIF calls them.
const (
	Error   Level = "error"
	Warning Level = "warning"
	Note    Level = "note"
)

// Result is one thing to show.
type Result struct {
	// Rule is its kind, and Help says what the kind means and what to do, in Markdown.
	Rule, Help string
	Level      Level
	// Message says what is wrong.
	Message string
	// File and Line are where it is shown. Without a line it is shown at the first one.
	File string
	Line int
	// Resources are the addresses that it is about.
	Resources []string
}

// Write writes the results.
func Write(out io.Writer, results []Result) error {
	run := format.NewRunWithInformationURI("estate", "https://developer.hashicorp.com/terraform/cdktf")
	for _, r := range results {
		rule := run.AddRule(r.Rule).WithDescription(r.Rule)
		if r.Help != "" {
			rule.WithMarkdownHelp(r.Help).Help.Text = &r.Help
		}
		result := run.CreateResultForRule(r.Rule).WithLevel(string(r.Level)).WithMessage(format.NewTextMessage(r.Message))
		location := format.NewLocation()
		if r.File != "" {
			file := url.URL{Path: filepath.ToSlash(filepath.Clean(r.File))}
			line := max(r.Line, 1)
			location.WithPhysicalLocation(format.NewPhysicalLocation().
				WithArtifactLocation(format.NewSimpleArtifactLocation(file.String())).
				WithRegion(format.NewSimpleRegion(line, line)))
		}
		for _, address := range r.Resources {
			location.AddLogicalLocation(format.NewLogicalLocation().WithFullyQualifiedName(address).WithKind("resource"))
		}
		if r.File != "" || len(r.Resources) > 0 {
			result.AddLocation(location)
		}
	}
	document := report.NewV210Report()
	document.AddRun(run)
	return cmp.Or(document.Validate(), document.PrettyWrite(out))
}
