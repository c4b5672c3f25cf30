// Package scan has an independent scanner judge the synthesized stacks, and knows which of
// its findings are right as they are, each with the reason.
//
// The scanner is Trivy, if it is on the PATH: https://trivy.dev. It judges Terraform's own
// language: of Terraform JSON it takes nested blocks for attributes, and finds fault with
// what is there. So the stacks are written in that language first.
package scan

import (
	"bytes"
	"cmp"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"hubspoke/internal/native"
	"hubspoke/proof/stackjson"
)

// ErrNotFound says that there is no scanner on the PATH.
var ErrNotFound = errors.New("trivy is not on the PATH: https://trivy.dev/latest/getting-started/installation/")

// Find is the path of the scanner, or [ErrNotFound].
func Find() (string, error) {
	scanner, err := exec.LookPath("trivy")
	if err != nil {
		return "", ErrNotFound
	}
	return scanner, nil
}

// Finding is something that the scanner does not like.
type Finding struct {
	// Check is the scanner's own name of the check, `AWS-0104`.
	Check string
	// Severity is LOW, MEDIUM, HIGH or CRITICAL, and Title says what is wrong.
	Severity, Title string
	// Stack and Resource are where: `dev-eks`, `aws_security_group.nodes`.
	Stack, Resource string
}

func (f Finding) String() string {
	return fmt.Sprintf("%s %s %s/%s: %s", f.Severity, f.Check, f.Stack, f.Resource, f.Title)
}

// Exception is a finding that is right as it is.
type Exception struct {
	// Check is the scanner's name of the check.
	Check string `yaml:"check"`
	// Resource is the address of the resource, in any stack. `*` stands for any characters.
	Resource string `yaml:"resource"`
	// Reason says why.
	Reason string `yaml:"reason"`
}

//go:embed exceptions.yaml
var exceptions []byte

// Exceptions are those of the project.
func Exceptions() ([]Exception, error) { return parse(exceptions) }

func parse(text []byte) ([]Exception, error) {
	var list []Exception
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&list); err != nil {
		return nil, fmt.Errorf("exceptions.yaml: %w", err)
	}
	for i, e := range list {
		if e.Check == "" || e.Resource == "" || len(e.Reason) < 20 {
			return nil, fmt.Errorf("exceptions.yaml: exception %d: want a check, a resource and a reason", i+1)
		}
		if _, err := path.Match(e.Resource, ""); err != nil {
			return nil, fmt.Errorf("exceptions.yaml: %s: %w", e.Resource, err)
		}
	}
	return list, nil
}

// Excepts says that the finding is the exception's.
func (e Exception) Excepts(f Finding) bool {
	match, _ := path.Match(e.Resource, f.Resource)
	return e.Check == f.Check && match
}

// Run returns what the scanner finds in the stacks, in their order.
func Run(ctx context.Context, scanner string, stacks []*stackjson.Stack) ([]Finding, error) {
	dir, err := os.MkdirTemp("", "hubspoke-scan-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	for _, s := range stacks {
		text, err := native.Resources(s)
		if err != nil {
			return nil, err
		}
		folder := filepath.Join(dir, s.Name)
		if err := os.Mkdir(folder, 0o700); err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(folder, "main.tf"), text, 0o600); err != nil {
			return nil, err
		}
	}
	// The checks that the scanner brings with it: newer ones from the network would make
	// the answer depend on the day.
	command := exec.CommandContext(ctx, scanner, "config", "--skip-check-update", "--quiet", "--format", "json", dir)
	var problems bytes.Buffer
	command.Stderr = &problems
	out, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", scanner, err, strings.TrimSpace(problems.String()))
	}
	return findings(out)
}

// findings reads the scanner's report. Its checks were called AVD-AWS-0104 in versions
// that called them otherwise as well, and AWS-0104 since.
func findings(report []byte) ([]Finding, error) {
	var read struct {
		Results []struct {
			Target            string
			Misconfigurations []struct {
				ID, AVDID, Title, Severity string
				CauseMetadata              struct{ Resource string }
			}
		}
	}
	if err := json.Unmarshal(report, &read); err != nil {
		return nil, fmt.Errorf("the scanner's report: %w", err)
	}
	var all []Finding
	for _, result := range read.Results {
		for _, m := range result.Misconfigurations {
			all = append(all, Finding{
				Check:    strings.TrimPrefix(cmp.Or(m.AVDID, m.ID), "AVD-"),
				Severity: m.Severity,
				Title:    m.Title,
				Stack:    filepath.Base(filepath.Dir(result.Target)),
				Resource: m.CauseMetadata.Resource,
			})
		}
	}
	slices.SortFunc(all, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Stack, b.Stack), cmp.Compare(a.Resource, b.Resource), cmp.Compare(a.Check, b.Check))
	})
	return all, nil
}
