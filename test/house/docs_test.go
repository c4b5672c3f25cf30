package house

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
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
			t.Errorf("%s: no page links it", filepath.Base(page))
		}
	}
}

// The index of decisions has each under its own title, in the order of the alphabet.
func TestTheIndexOfDecisionsIsWhole(t *testing.T) {
	pages, err := filepath.Glob("../../docs/decisions/*.md")
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, page := range pages {
		if filepath.Base(page) == "README.md" {
			continue
		}
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		title, _, _ := strings.Cut(string(text), "\n")
		want = append(want, "- ["+strings.TrimPrefix(title, "# ")+"]("+filepath.Base(page)+")")
	}
	slices.SortFunc(want, func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) })
	index, err := os.ReadFile("../../docs/decisions/README.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(string(index), "\n\n"+strings.Join(want, "\n")+"\n") {
		t.Errorf("docs/decisions/README.md ends with another list than\n%s", strings.Join(want, "\n"))
	}
}

// anchor is a link of Markdown to a heading, of its own page or of another one.
var anchor = regexp.MustCompile(`\]\(([^)#:\s]*\.md)?#([^)]+)\)`)

// A link to a heading that has another name by now leads to the top of a page.
func TestLinksToHeadingsLeadThere(t *testing.T) {
	const root = "../.."
	pages, err := filepath.Glob(root + "/docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	decisions, err := filepath.Glob(root + "/docs/decisions/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, from := range append(append([]string{root + "/README.md"}, pages...), decisions...) {
		text, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range anchor.FindAllStringSubmatch(string(text), -1) {
			to := from
			if m[1] != "" {
				to = filepath.Join(filepath.Dir(from), m[1])
			}
			if page, err := os.ReadFile(to); err == nil && !hasHeading(string(page), m[2]) {
				t.Errorf("%s: %s has no heading #%s", strings.TrimPrefix(from, root+"/"), filepath.Base(to), m[2])
			}
		}
	}
}

// hasHeading says that a page has an anchor of that name, or a heading with a name as GitHub makes
// it: lower case, without punctuation, and with a hyphen for each space.
func hasHeading(page, name string) bool {
	if strings.Contains(page, `<a id="`+name+`"></a>`) {
		return true
	}
	for _, line := range strings.Split(page, "\n") {
		heading := strings.TrimLeft(line, "#")
		if heading == line || !strings.HasPrefix(heading, " ") {
			continue
		}
		id := strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' || r == '_':
				return unicode.ToLower(r)
			}
			return -1
		}, strings.TrimSpace(heading))
		if id == name {
			return true
		}
	}
	return false
}
