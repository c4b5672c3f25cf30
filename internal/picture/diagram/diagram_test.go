package diagram_test

import (
	"bytes"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"hubspoke/internal/picture"
	"hubspoke/internal/picture/diagram"
	"hubspoke/internal/picture/picturetest"
	"hubspoke/proof"
)

const golden = "../../../test/testdata/golden"

var languages = []diagram.Language{diagram.Mermaid, diagram.D2, diagram.DOT}

func written(t testing.TB, l diagram.Language, p *proof.Proof) string {
	t.Helper()
	var b bytes.Buffer
	if err := diagram.Write(&b, l, picture.Of("x", p, true)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// edge is a line of a diagram that connects two things.
var edge = regexp.MustCompile(`(?m)^ *[\w.]+ (---|-\.-|--)\|?.*$`)

func TestDiagramsHaveEveryTieOnce(t *testing.T) {
	for _, name := range picturetest.Estates(t, golden) {
		network := picturetest.Proof(t, name, picturetest.Stacks(t, filepath.Join(golden, name)), nil)
		p := picture.Of(name, network, true)
		want := len(p.Ties)
		for _, a := range p.Accounts {
			for _, v := range a.VPCs {
				for _, way := range []string{v.Internet, v.OnPremises} {
					if way != "" {
						want++
					}
				}
			}
		}
		for _, l := range languages {
			if got := len(edge.FindAllString(written(t, l, network), -1)); got != want {
				t.Errorf("%s in %s has %d edges, want %d", name, l, got, want)
			}
		}
	}
}

// label is a text of a diagram in its quotes.
var label = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)

// Whatever names are, the lines of a diagram are those of harmless names, with other texts.
func TestNamesAreTextInDiagrams(t *testing.T) {
	// The order of VPCs is that of their names.
	bare := func(text string) string {
		lines := strings.Split(strings.NewReplacer("vpc1_1", "vpc", "vpc1_2", "vpc").Replace(label.ReplaceAllString(text, `""`)), "\n")
		slices.Sort(lines)
		return strings.Join(lines, "\n")
	}
	for _, l := range languages {
		want := bare(written(t, l, picturetest.Named(t, "harmless")))
		for _, name := range picturetest.Hostile {
			got := written(t, l, picturetest.Named(t, name))
			if bare(got) != want {
				t.Errorf("%s, %q:\n%s", l, name, got)
			}
			if l == diagram.Mermaid && regexp.MustCompile(`<(?:[^b]|b[^r])`).MatchString(got) {
				t.Errorf("%q is markup to Mermaid:\n%s", name, got)
			}
		}
	}
}

func TestAnotherLanguageIsRefused(t *testing.T) {
	if err := diagram.Write(new(bytes.Buffer), "visio", &picture.Picture{}); err == nil || !strings.Contains(err.Error(), "want mermaid, d2 or dot") {
		t.Errorf("got %v", err)
	}
}
