package house

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
)

// rule says of which places the packages of a place may import. The first rule whose
// place a package lies in decides, so the narrow ones come first.
type rule struct {
	place   string
	imports []string
}

// plumbing is what anybody may use: those packages of internal/ that no narrower rule
// names.
const plumbing = "internal/"

// rules are the arrows of the house, from top to bottom. Arrows point down alone:
// no place is imported by one below it.
var rules = []rule{
	{"cmd/", everything},
	{"test/", everything},

	{"stacks/", []string{"stacks/", "constructs/", "estate/", "internal/base/", plumbing}},

	// What faces neither users nor AWS, but knows the estate.
	{"internal/base/", []string{"constructs/", "estate/", plumbing}},
	{"internal/gitops/", []string{"estate/", plumbing}},
	{"internal/estateproof/", []string{"estate/", "proof/", plumbing}},
	{"internal/synth/", []string{"estate/", "internal/gitops/", plumbing}},
	{"internal/scaffold/", []string{"estate/", plumbing}},
	{"internal/emulator/", []string{"estate/", "internal/deploy/", "internal/runner/", "proof/stackjson/", plumbing}},
	{"internal/adopt/", []string{"estate/", plumbing}},
	{"internal/report/", []string{"internal/report/", "estate/", "proof/", plumbing}},
	{"internal/pipeline/", []string{"estate/", plumbing}},
	{"internal/compare/", []string{"proof/stackjson/", plumbing}},
	{"internal/madeup/", []string{"proof/stackjson/", plumbing}},
	{"internal/offlineplan/", []string{"internal/madeup/", "internal/runner/", "proof/stackjson/", plumbing}},
	{"internal/review/", []string{"internal/compare/", "internal/cost/", "proof/", plumbing}},
	{"internal/runner/", []string{"proof/stackjson/", plumbing}},
	{"internal/cost/", []string{"proof/stackjson/", plumbing}},
	{"internal/picture/", []string{"internal/picture/", "proof/", plumbing}},
	{"internal/view/", []string{"internal/compare/", "internal/picture/", "internal/cost/", "estate/", "proof/", plumbing}},
	{"internal/native/", []string{"proof/stackjson/", plumbing}},
	{"internal/scan/", []string{"internal/native/", "proof/stackjson/", plumbing}},
	{"internal/deploy/", []string{"internal/runner/", "proof/stackjson/", plumbing}},

	// A construct knows AWS, and no estate.
	{"constructs/", []string{"constructs/", plumbing}},
	// An estate knows its promises, and not how they are proven.
	{"estate/", []string{"estate/", "proof/intent/", plumbing}},
	// The proof is of anybody's Terraform, and knows neither estates nor stacks.
	{"proof/", []string{"proof/", plumbing}},

	{plumbing, []string{plumbing}},
}

// everything is for what stands on top.
var everything = []string{""}

// below says whether a package is a place, or lies in it.
func below(pkg, place string) bool { return strings.HasPrefix(pkg+"/", place) }

// ruleOf is the rule that decides about a package.
func ruleOf(pkg string) (rule, bool) {
	for _, r := range rules {
		if below(pkg, r.place) {
			return r, true
		}
	}
	return rule{}, false
}

// forbidden says why a package may not import another, or "".
func forbidden(from, to string) string {
	r, ok := ruleOf(from)
	if !ok {
		return fmt.Sprintf("%s is in no place that the rules of this test name", from)
	}
	for _, allowed := range r.imports {
		if allowed == plumbing {
			if t, _ := ruleOf(to); t.place == plumbing {
				return ""
			}
		} else if below(to, allowed) {
			return ""
		}
	}
	return fmt.Sprintf("%s imports %s: packages of %s import %s alone", from, to, r.place, strings.Join(r.imports, ", "))
}

// A reader who knows which way the arrows point finds every cause below its effect.
// Tests may look at what stands above them, as the proof's do at synthesized estates.
func TestArrowsPointDown(t *testing.T) {
	for _, f := range source(t).files {
		from := f.folder()
		if f.test() || from == "" {
			continue // The program itself may import all.
		}
		for _, spec := range f.Imports {
			path, _ := strconv.Unquote(spec.Path.Value)
			if to, ours := strings.CutPrefix(path, module+"/"); ours {
				if why := forbidden(from, to); why != "" {
					t.Errorf("%s: %s", f.path, why)
				}
			}
		}
	}
}

func TestAnArrowThatPointsUpIsFound(t *testing.T) {
	for _, arrow := range [][2]string{
		{"constructs/vpc", "estate"}, {"constructs/vpc", "stacks/hubdns"}, {"estate", "constructs/vpc"}, {"estate", "proof"},
		{"estate/cluster", "stacks"}, {"proof", "estate"}, {"proof/dns", "stacks"}, {"internal/tf", "estate"}, {"internal/tf", "internal/base"}, {"constructs/vpc", "internal/base"}, {"estate", "internal/gitops"},
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
