package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

var update = flag.Bool("update", false, "rewrite docs/cli.md")

const cliPage = "../../docs/cli.md"

// begun is where the part of the page begins that is made of the commands.
const begun = "\n## Commands\n"

// The page has every command with its arguments and flags, as --help says them.
func TestThePageOfCommandsIsWhole(t *testing.T) {
	page, err := os.ReadFile(cliPage)
	if err != nil {
		t.Fatal(err)
	}
	prose, _, found := strings.Cut(string(page), begun)
	if !found {
		t.Fatalf("docs/cli.md has no %q", begun)
	}
	want := prose + begun + described(t)
	if *update {
		if err := os.WriteFile(cliPage, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(page, []byte(want)) && !*update {
		t.Error("docs/cli.md is not what the commands say: go test ./cmd/estate -run TestThePageOfCommandsIsWhole -update")
	}
}

// described is the commands as Markdown.
func described(t *testing.T) string {
	parser, err := newParser()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, leaf := range parser.Model.Leaves(true) {
		fmt.Fprintf(&b, "\n### %s\n\n%s\n\n", leaf.FullPath(), leaf.Help)
		fmt.Fprintf(&b, "```\n%s\n```\n", strings.TrimSpace(leaf.Summary()))
		rows := ""
		for _, p := range leaf.Positional {
			rows += row(p.Summary(), p.Help, p.Tag)
		}
		for _, f := range leaf.Flags {
			if !f.Hidden {
				rows += row(f.String(), f.Help, f.Tag)
			}
		}
		if rows != "" {
			fmt.Fprintf(&b, "\n| | |\n|---|---|\n%s", rows)
		}
	}
	return b.String()
}

func row(name, help string, tag *kong.Tag) string {
	if len(tag.Envs) > 0 {
		help += " In the environment: `" + strings.Join(tag.Envs, "`, `") + "`."
	}
	return fmt.Sprintf("| `%s` | %s |\n", strings.ReplaceAll(name, "|", `\|`), strings.NewReplacer("|", `\|`, "\n", " ").Replace(help))
}

// What --help says of a command or a flag is a sentence.
func TestHelpIsMadeOfSentences(t *testing.T) {
	parser, err := newParser()
	if err != nil {
		t.Fatal(err)
	}
	sentence := func(what, help string) {
		if help == "" || !strings.HasSuffix(help, ".") || strings.ToUpper(help[:1]) != help[:1] {
			t.Errorf("%s: %q is no sentence", what, help)
		}
	}
	for _, leaf := range parser.Model.Leaves(true) {
		sentence(leaf.FullPath(), leaf.Help)
		for _, p := range leaf.Positional {
			sentence(leaf.FullPath()+" "+p.Name, p.Help)
		}
		for _, f := range leaf.Flags {
			sentence(leaf.FullPath()+" --"+f.Name, f.Help)
		}
	}
}
