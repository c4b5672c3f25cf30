// Package house checks the shape of the project itself: who may import whom, and
// how its code is documented.
package house

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"
)

// module is the path that the imports of our own packages begin with.
const module = "hubspoke/"

// rule says what the packages of a place may import of ours. Both sides are
// packages, or places when they end in a slash. The first rule whose place matches
// decides, so the narrow ones come first.
type rule struct {
	place   string
	imports []string
}

// rules are the arrows of the house, from top to bottom. Arrows point down alone:
// no place is imported by one below it.
var rules = []rule{
	{"cmd/", []string{"estate/", "stacks/", "proof/", "internal/"}},
	{"test/", []string{"estate/", "constructs/", "stacks/", "proof/", "internal/"}},

	{"stacks/", []string{"stacks/", "constructs/", "estate/", "internal/"}},

	// What faces neither users nor AWS, but knows the estate.
	{"internal/base/", []string{"constructs/", "estate/", "internal/"}},
	{"internal/gitops/", []string{"estate/", "internal/"}},
	{"internal/estateproof/", []string{"estate/", "proof/", "internal/"}},
	{"internal/synth/", []string{"estate/", "internal/"}},
	{"internal/scaffold/", []string{"estate/", "internal/"}},
	{"internal/runner/", []string{"proof/stackjson/", "internal/"}},

	// A construct knows AWS, and no estate.
	{"constructs/", []string{"constructs/", "internal/"}},
	// An estate knows its promises, and not how they are proven.
	{"estate/", []string{"estate/", "proof/intent/", "internal/"}},
	// The proof is of anybody's Terraform, and knows neither estates nor stacks.
	{"proof/", []string{"proof/", "internal/"}},

	// The rest of internal/ is plumbing that anybody may use.
	{"internal/", []string{"internal/"}},
}

// below says whether a package is a place, or lies in it.
func below(pkg, place string) bool { return strings.HasPrefix(pkg+"/", place) }

// forbidden says why a package may not import another, or "".
func forbidden(from, to string) string {
	for _, r := range rules {
		if !below(from, r.place) {
			continue
		}
		for _, allowed := range r.imports {
			if below(to, allowed) {
				return ""
			}
		}
		return fmt.Sprintf("%s imports %s: packages of %s import %s alone", from, to, r.place, strings.Join(r.imports, ", "))
	}
	return fmt.Sprintf("%s is in no place that the rules of this test name", from)
}

// A reader who knows which way the arrows point finds every cause below its effect.
func TestArrowsPointDown(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}}{{range .Imports}} {{.}}{{end}}{{range .TestImports}} test:{{.}}{{end}}`, module+"...").Output()
	if err != nil {
		t.Fatal(err)
	}
	packages := 0
	for _, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		from, imports, _ := strings.Cut(line, " ")
		from, ours := strings.CutPrefix(from, module)
		if !ours {
			continue // main, which may import all.
		}
		packages++
		for _, to := range strings.Fields(imports) {
			// Tests may look at what stands above them: a proof's at real estates.
			if to, ours := strings.CutPrefix(to, module); ours {
				if why := forbidden(from, to); why != "" {
					t.Error(why)
				}
			}
		}
	}
	if packages < 50 {
		t.Errorf("go list found %d packages of ours: too few to be all", packages)
	}
}

func TestAnArrowThatPointsUpIsFound(t *testing.T) {
	for _, arrow := range [][2]string{
		{"constructs/vpc", "estate"}, {"constructs/vpc", "stacks/hubdns"}, {"estate", "constructs/vpc"}, {"estate", "proof"},
		{"estate/cluster", "stacks"}, {"proof", "estate"}, {"proof/dns", "stacks"}, {"internal/tf", "estate"},
		{"internal/synth", "stacks"}, {"internal/base", "stacks/estatevpc"}, {"elsewhere", "internal/tf"},
	} {
		if forbidden(arrow[0], arrow[1]) == "" {
			t.Errorf("%s may import %s", arrow[0], arrow[1])
		}
	}
	for _, arrow := range [][2]string{
		{"stacks/hubdns", "constructs/zones"}, {"stacks", "estate"}, {"estate", "proof/intent"}, {"proof", "proof/dns"}, {"constructs/vpc", "internal/tf"},
	} {
		if why := forbidden(arrow[0], arrow[1]); why != "" {
			t.Error(why)
		}
	}
}
