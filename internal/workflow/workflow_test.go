package workflow

import (
	"slices"
	"testing"
)

// The forms are those that GitHub documents for repositories made before and since
// 2026-07-15: https://docs.github.com/en/actions/reference/security/oidc
func TestSubjectsHaveTheFormThatTheRepositorySends(t *testing.T) {
	for repository, want := range map[string][]string{
		"octo-org/octo-repo":               {"repo:octo-org/octo-repo:ref:refs/heads/main", "repo:octo-org/octo-repo:pull_request"},
		"octo-org@123456/octo-repo@456789": {"repo:octo-org@123456/octo-repo@456789:ref:refs/heads/main", "repo:octo-org@123456/octo-repo@456789:pull_request"},
	} {
		r := Runs{Repository: repository, Refs: []string{"refs/heads/main"}, PullRequests: true}
		if got := r.Subjects(); !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		if got, want := r.PrefixCommand(), "gh api repos/octo-org/octo-repo/actions/oidc/customization/sub --jq .sub_claim_prefix"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
