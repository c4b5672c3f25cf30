package main

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"hubspoke/estate"
	"hubspoke/stacks"
)

// yamlBlocks are what a section of the guide of the organisation has people write.
func yamlBlocks(t *testing.T, heading string) []string {
	t.Helper()
	guide, err := os.ReadFile("../../docs/organization.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(guide), "\n## "+heading+"\n")
	if !found {
		t.Fatalf("docs/organization.md has no section %q", heading)
	}
	section, _, _ = strings.Cut(section, "\n## ")
	var blocks []string
	for _, m := range regexp.MustCompile("(?s)\n   ```yaml\n(.*?)\n   ```\n").FindAllStringSubmatch(section, -1) {
		blocks = append(blocks, strings.ReplaceAll("\n"+m[1], "\n   ", "\n")[1:]+"\n")
	}
	return blocks
}

// Whoever follows the guide from an empty management account has the stacks that it speaks
// of after each step, and no error in between.
func TestTheGuideLeadsFromAnEmptyManagementAccountToTheEnd(t *testing.T) {
	blocks := yamlBlocks(t, "From an empty management account")
	if len(blocks) != 3 {
		t.Fatalf("the guide has %d files and parts of files to write, and this test knows 3", len(blocks))
	}
	accounts, organization, state := blocks[0], blocks[1], blocks[2]
	root := t.TempDir()
	if err := os.CopyFS(filepath.Join(root, "schema"), os.DirFS("../../environments/schema")); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(root, "acme")
	if err := (newCommand{Name: dir, Region: "eu-central-1", Spokes: []string{"dev", "prod"}}).Run(io.Discard); err != nil {
		t.Fatal(err)
	}
	file := func(name string) string {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	instead := func(section, by string) {
		text := file("estate.yaml")
		after := regexp.MustCompile(`(?m)^`+section+`:\n(  .*\n)+`).ReplaceAllLiteralString(text, by)
		if after == text {
			t.Fatalf("estate.yaml has no %s:\n%s", section, text)
		}
		write("estate.yaml", after)
	}
	made := func() []string {
		e, err := estate.Load(dir)
		if err != nil {
			t.Fatal(err)
		}
		return stacks.Names(stacks.Of(e))
	}

	instead("accounts", accounts)
	write("organization.yaml", organization)
	if got := made(); !slices.Equal(got, []string{"organization"}) {
		t.Errorf("before the first deployment there are %q, and the guide deploys organization alone", got)
	}

	numbers := strings.NewReplacer("hub: new", `hub: "111111111111"`, "log-archive: new", `log-archive: "222222222222"`, "dev: new", `dev: "333333333333"`, "prod: new", `prod: "444444444444"`)
	write("estate.yaml", numbers.Replace(file("estate.yaml")))
	write("organization.yaml", "id: o-abcdefghij\n"+organization)
	instead("state", state)
	early := made()
	for _, name := range []string{"organization", "bootstrap", "hub-logs", "management-baseline", "prod-link"} {
		if !slices.Contains(early, name) {
			t.Errorf("with numbers there is no %s: %q", name, early)
		}
	}

	instead("state", state+"  bootstrap_in_bucket: true\n")
	all := made()
	for _, name := range append(early, "organization-guardrails") {
		if !slices.Contains(all, name) {
			t.Errorf("with the states in the bucket there is no %s: %q", name, all)
		}
	}
}

// What people deploy waits for nothing that is not deployed before: the guide, and README.md,
// name hub-logs alone.
func TestPeoplesStacksWaitForHubLogsAlone(t *testing.T) {
	for _, dir := range []string{"../../environments/innovate", "../../test/testdata/estates/organization"} {
		e, err := estate.Load(dir)
		if err != nil {
			t.Fatal(err)
		}
		before := map[string][]string{}
		for _, s := range stacks.Of(e) {
			before[s.Name] = append(slices.Clone(s.Reads), s.After...)
		}
		people := append(stacks.ByPeople(e), "organization", "bootstrap")
		for _, name := range people {
			for _, earlier := range before[name] {
				if earlier != "hub-logs" && !slices.Contains(people, earlier) {
					t.Errorf("%s: %s is deployed by people, and comes after %s, which is not", e.Name, name, earlier)
				}
			}
		}
		if len(before["hub-logs"]) > 0 {
			t.Errorf("%s: hub-logs comes after %q", e.Name, before["hub-logs"])
		}
	}
}
