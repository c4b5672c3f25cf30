package test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hubspoke/internal/estateproof"
	"hubspoke/internal/scaffold"
	"hubspoke/proof"
	"hubspoke/stacks"
)

// A spoke that joins piksel and reaches prod is outside of the fence, whether `estate add`
// wrote its promises or nobody did, until somebody lets it in.
func TestANewSpokeIsOutsideOfTheFence(t *testing.T) {
	const fence = "deny * but hub, prod -> prod by transit-gateway"
	old, err := os.ReadFile("../environments/piksel/intents.yaml")
	if err != nil {
		t.Fatal(err)
	}
	let := func(text string) string {
		text = strings.Replace(text, "from_except: [hub, prod], to: prod", "from_except: [hub, prod, qa], to: prod", 1)
		return strings.Replace(text, "from_except: [hub, qa], to: qa", "from_except: [hub, qa, prod], to: qa", 1) +
			"- allow: {from: qa.private, to: prod.private, port: 443}\n- allow: {from: prod.private, to: qa.private, port: 443}\n"
	}
	for _, test := range []struct {
		name    string
		prod    bool // the new spoke's segment reaches prod
		intents func(added string) string
		caught  bool
	}{
		{"nobody wrote its promises", true, func(string) string { return string(old) }, true},
		{"its promises are like dev's", true, func(added string) string { return added }, true},
		{"it reaches what is shared alone", false, func(added string) string { return added }, false},
		{"somebody lets it in", true, let, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "piksel")
			copyTree(t, estates["piksel"], dir)
			draft, err := scaffold.AddSpoke(scaffold.SpokeOptions{Dir: dir, Name: "qa", Like: "dev"})
			if err != nil {
				t.Fatal(err)
			}
			if err := draft.Write(); err != nil {
				t.Fatal(err)
			}
			if test.prod {
				changeFile(t, filepath.Join(dir, "estate.yaml"), func(text string) string {
					before, after, _ := strings.Cut(text, "  qa:\n")
					return before + "  qa:\n" + strings.Replace(after, "[shared]", "[shared, prod]", 1)
				})
			}
			changeFile(t, filepath.Join(dir, "intents.yaml"), test.intents)
			e := synthesize(t, dir, filepath.Join(t.TempDir(), "out"))
			r := proof.Of(estateproof.Input(e.Estate, "", stacks.Names(e.list), e.stacks)).Prove()
			caught := slices.ContainsFunc(r.Intents, func(i proof.Result) bool { return i.Intent == fence && i.Status == proof.Violated })
			if caught != test.caught {
				t.Errorf("caught is %t: %s", caught, r.Status)
			}
			if !test.caught && !test.prod && r.Status != proof.Proven {
				t.Errorf("%s: %v", r.Status, r.Invariants)
			}
		})
	}
}

func changeFile(t *testing.T, file string, change func(string) string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(change(string(text))), 0o644); err != nil {
		t.Fatal(err)
	}
}
