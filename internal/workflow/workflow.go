// Package workflow says by which subjects AWS knows the runs of GitHub Actions workflows:
// what the claim `sub` of their tokens holds, and trust policies compare.
//
// https://docs.github.com/en/actions/reference/security/oidc
package workflow

import "strings"

// Runs are those workflow runs of one repository that may do something.
type Runs struct {
	// Repository is `owner/name`. For a repository that was made, renamed or transferred since 2026-07-15, or that asked for it, GitHub adds the numbers that never change: `owner@<id>/name@<id>`.
	Repository string
	// Refs are the git references, `refs/heads/main` or `refs/tags/v*`.
	Refs []string
	// Environments are the names of GitHub environments, without wildcards. Which references may deploy to one is set in GitHub.
	Environments []string
	// PullRequests admits runs that a pull request started. GitHub gives none of them a token if the pull request is from a fork.
	PullRequests bool
}

// Subjects are what the tokens of these runs have as their subject. A trust policy tells
// upper from lower case in it, and a `*` in a reference stands for any text.
func (r Runs) Subjects() []string {
	var subjects []string
	for _, ref := range r.Refs {
		subjects = append(subjects, "repo:"+r.Repository+":ref:"+ref)
	}
	for _, environment := range r.Environments {
		// GitHub escapes the character that parts the subject.
		subjects = append(subjects, "repo:"+r.Repository+":environment:"+strings.ReplaceAll(environment, ":", "%3A"))
	}
	if r.PullRequests {
		subjects = append(subjects, "repo:"+r.Repository+":pull_request")
	}
	return subjects
}

// PrefixCommand prints what the subjects of a repository's tokens begin with: the form
// with numbers, or the one without.
func (r Runs) PrefixCommand() string {
	owner, name, _ := strings.Cut(r.Repository, "/")
	owner, _, _ = strings.Cut(owner, "@")
	name, _, _ = strings.Cut(name, "@")
	return "gh api repos/" + owner + "/" + name + "/actions/oidc/customization/sub --jq .sub_claim_prefix"
}
