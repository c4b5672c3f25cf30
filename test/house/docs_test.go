package house

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// link is a link of Markdown to a page of the tree.
var link = regexp.MustCompile(`\]\(([^)#:\s]+\.md)(?:#[^)]*)?\)`)

// Whoever does not know that a page is there does not look for it.
func TestEveryDecisionIsFoundByALink(t *testing.T) {
	const root = "../.."
	linked := map[string]bool{}
	pages, err := filepath.Glob(root + "/docs/decisions/*.md")
	if err != nil || len(pages) == 0 {
		t.Fatalf("there are no decisions: %v", err)
	}
	docs, err := filepath.Glob(root + "/docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, from := range append(append([]string{root + "/README.md"}, docs...), pages...) {
		text, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			to := filepath.Join(filepath.Dir(from), m[1])
			if _, err := os.Stat(to); err != nil {
				t.Errorf("%s: there is no %s", filepath.ToSlash(strings.TrimPrefix(from, root+"/")), m[1])
			}
			if to != filepath.Clean(from) {
				linked[to] = true
			}
		}
	}
	for _, page := range pages {
		if filepath.Base(page) != "README.md" && !linked[filepath.Clean(page)] {
			t.Errorf("%s: no page links it: add it to docs/decisions/README.md", filepath.Base(page))
		}
	}
}
