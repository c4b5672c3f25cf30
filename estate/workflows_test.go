package estate

import (
	"strings"
	"testing"
)

// What images are deleted by says what images there should be: each branch and release
// that a lifecycle rule of piksel speaks of has a push role.
func TestEveryTagPrefixOfPikselHasASource(t *testing.T) {
	e, err := Load("../environments/piksel")
	if err != nil {
		t.Fatal(err)
	}
	for name, r := range e.Hub.Registry.Repositories {
		var refs []string
		for _, role := range r.Push {
			refs = append(refs, role.Workflows().Refs...)
		}
		all := strings.Join(refs, " ") + " "
		for _, prefix := range r.Lifecycle.BranchTags {
			if !strings.Contains(all, "refs/heads/"+prefix) {
				t.Errorf("%s: no branch %s pushes: %s", name, prefix, all)
			}
		}
		for _, prefix := range r.Lifecycle.ReleaseTags {
			if !strings.Contains(all, "refs/tags/"+prefix+"* ") {
				t.Errorf("%s: no release %s pushes: %s", name, prefix, all)
			}
		}
	}
}

// Only prefixes that the file states are asked about: a rule of the defaults that finds
// nothing costs nothing.
func TestABranchPrefixThatNobodyPushesIsWarnedAbout(t *testing.T) {
	const want = `registry.repositories["acme/app"].lifecycle.branch_tags: no push role admits a branch that begins with dev: name it under refs, or leave the prefix out`
	for refs, warned := range map[string]bool{
		"ref: refs/heads/main":                        true,
		"refs: [refs/heads/main, refs/tags/dev]":      true,
		"refs: [refs/heads/main, refs/heads/dev]":     false,
		"refs: [refs/heads/main, refs/heads/dev-*]":   false,
		`refs: ["refs/heads/main*", "refs/heads/d*"]`: false,
	} {
		e := loadEdited(t, edit{"hub.yaml", "ref: refs/heads/main", refs}, edit{"hub.yaml", "branch_tags: [main]", "branch_tags: [main, dev]"})
		if got := strings.Contains(e.Warnings.Warning(), want); got != warned {
			t.Errorf("%s: warned %v, want %v:\n%s", refs, got, warned, e.Warnings.Warning())
		}
	}
	if e := loadEdited(t, edit{"hub.yaml", "        branch_tags: [main]\n", ""}); len(e.Warnings) > 0 {
		t.Errorf("of the defaults: %s", e.Warnings.Warning())
	}
}

// Whoever asks for it is told what it does.
func TestDeletingImagesWithAnyTagIsWarnedAbout(t *testing.T) {
	e := loadEdited(t, edit{"hub.yaml", "# Images with other tags stay.", "any_days: 90"})
	const want = `warning: acme/hub.yaml:25: registry.repositories["acme/app"].lifecycle.any_days: images whose tags begin with none of v, main are deleted after 90 days, also those that run somewhere: leave the key out to keep them` + "\n"
	if got := e.Warnings.Warning(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
