package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// Organization is what the synthesis of an organisation costs, with the fast kernel.
type Organization struct {
	// More is how many accounts it has beside those of innovate.
	More   int      `json:"more_accounts"`
	Median Sample   `json:"median"`
	Runs   []Sample `json:"runs"`
	// Ratio is what each account costs that the organisation before has not, against each of
	// those that the first has beside innovate's: 1 where time is linear. 0 where there is none before.
	Ratio float64 `json:"ratio"`
}

// maxAccounts is more than AWS gives most organisations.
const maxAccounts = 900

// organizationTemplate is the estate that organisations are generated from.
const organizationTemplate = "environments/innovate"

// generateOrganization writes innovate into dir, with more accounts in one of its units.
// They have no network: what an organisation has most of are such.
func generateOrganization(dir string, more int) error {
	if err := os.CopyFS(dir, os.DirFS(organizationTemplate)); err != nil {
		return err
	}
	var numbers, names strings.Builder
	for i := range more {
		fmt.Fprintf(&numbers, "  team-%03d: \"%012d\"\n", i, 600000000000+i)
		fmt.Fprintf(&names, "team-%03d, ", i)
	}
	for _, edit := range []struct{ file, before, text string }{
		{"estate.yaml", "  dev: \"", numbers.String()},
		{"organization.yaml", "staging, dev]", names.String()},
	} {
		path := filepath.Join(dir, edit.file)
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if !strings.Contains(string(text), edit.before) {
			return fmt.Errorf("%s/%s has no %s any more: mend the generator", organizationTemplate, edit.file, edit.before)
		}
		if err := os.WriteFile(path, []byte(strings.Replace(string(text), edit.before, edit.text+edit.before, 1)), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// measureOrganizations measures innovate and the organisations in turn.
func measureOrganizations(ctx context.Context, s settings, scratch string) ([]Organization, error) {
	if len(s.accounts) == 0 {
		return nil, nil
	}
	program := filepath.Join(scratch, "hubspoke")
	if err := build(ctx, program, "."); err != nil {
		return nil, err
	}
	all := []Organization{{}}
	for _, more := range s.accounts {
		all = append(all, Organization{More: more})
	}
	for run := range s.runs + 1 {
		for i := range all {
			dir := filepath.Join(scratch, fmt.Sprintf("organization-%d", all[i].More))
			if run == 0 {
				if err := generateOrganization(dir, all[i].More); err != nil {
					return nil, err
				}
			}
			sample, err := measure(ctx, task{estate: dir, command: []string{program}}, dir+".out", "")
			if err != nil {
				return nil, err
			}
			if run > 0 {
				all[i].Runs = append(all[i].Runs, sample)
			}
		}
	}
	for i := range all {
		all[i].Median = medians(all[i].Runs)
	}
	compareAccounts(all)
	return all, nil
}

// compareAccounts says of each organisation but the first two what its accounts cost.
func compareAccounts(all []Organization) {
	each := func(from, to Organization) float64 {
		return ratio(to.Median.Seconds-from.Median.Seconds, float64(to.More-from.More))
	}
	for i := 2; i < len(all); i++ {
		all[i].Ratio = ratio(each(all[i-1], all[i]), each(all[0], all[1]))
	}
}

func printOrganizations(out io.Writer, all []Organization) {
	if len(all) == 0 {
		return
	}
	fmt.Fprintf(out, "\nOrganisations: innovate with more accounts; the ratio is that of each account more to each of the first\n\n")
	fmt.Fprintf(out, "%13s %9s %9s %6s\n", "more accounts", "time", "memory", "ratio")
	for _, o := range all {
		fmt.Fprintf(out, "%13d %8.2fs %9s %6.2f\n", o.More, o.Median.Seconds, memory(o.Median.MB), o.Ratio)
	}
}
