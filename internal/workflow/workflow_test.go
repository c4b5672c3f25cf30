package workflow

import (
	"regexp"
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

func TestSignersAreTheRunsThatMayPush(t *testing.T) {
	const at = "https://github.com/octo-org/octo.repo/.github/workflows/images.yml@"
	byRef := Runs{Repository: "octo-org/octo.repo", Refs: []string{"refs/heads/main", "refs/tags/v*"}}
	numbered := Runs{Repository: "octo-org@12/octo.repo@34", Refs: []string{"refs/heads/main"}}
	byEnvironment := Runs{Repository: "octo-org/octo.repo", Environments: []string{"production"}}
	for _, tt := range []struct {
		runs     Runs
		identity string
		may      bool
	}{
		{byRef, at + "refs/heads/main", true},
		{byRef, at + "refs/tags/v1.2.3", true},
		{byRef, at + "refs/heads/main2", false},
		{byRef, at + "refs/heads/other", false},
		{byRef, at + "refs/pull/7/merge", false},
		{byRef, "https://evil.example/" + at + "refs/heads/main", false},
		{byRef, "https://github.com/octo-org/octoXrepo/.github/workflows/images.yml@refs/heads/main", false},
		{byRef, "https://github.com/other/octo.repo/.github/workflows/images.yml@refs/heads/main", false},
		{byRef, "https://github.com/octo-org/octo.repo/.github/workflows/other.yml@refs/heads/main", false},
		{byRef, at + "refs/heads/main\n" + at, false},
		{numbered, at + "refs/heads/main", true},
		{numbered, "https://github.com/octo-org@12/octo.repo@34/.github/workflows/images.yml@refs/heads/main", false},
		{byEnvironment, at + "refs/heads/anything", true},
		{byEnvironment, at + "refs/tags/v1", true},
		{byEnvironment, at + "refs/pull/7/merge", false},
	} {
		if got := regexp.MustCompile(tt.runs.Signers()).MatchString(tt.identity); got != tt.may {
			t.Errorf("%s: %s: got %v, want %v", tt.runs.Signers(), tt.identity, got, tt.may)
		}
	}
	if got := (Runs{Repository: "octo-org/octo-repo", PullRequests: true}).Signers(); got != "" {
		t.Errorf("pull requests sign: %s", got)
	}
}
