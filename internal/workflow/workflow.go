// Package workflow says by which subjects AWS knows the runs of GitHub Actions workflows:
// what the claim `sub` of their tokens holds, and trust policies compare.
//
// https://docs.github.com/en/actions/reference/security/oidc
package workflow

import (
	"regexp"
	"slices"
	"strings"
)

// ImagesFile is the file, in a repository's folder .github/workflows, of the workflow that
// builds, signs and pushes its images. The certificates of keyless signatures name it.
const ImagesFile = "images.yml"

// Issuer is who issues the tokens of workflow runs.
const Issuer = "https://token.actions.githubusercontent.com"

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
	return "gh api repos/" + r.Name() + "/actions/oidc/customization/sub --jq .sub_claim_prefix"
}

// Signers is the regular expression, in RE2's syntax, of the identities that the
// certificates of these runs' keyless signatures have, if the runs are of [ImagesFile]: the
// workflow's address at the reference that it ran for. It matches whole identities alone. If
// no run may sign, it is empty, which to a verifier may mean any: do not hand that on.
//
// An identity names the repository as GitHub shows it, without the numbers that subjects of
// tokens have, and it names no environment: if a job's environment is what is trusted, every
// branch and tag may sign. A pull request's merge reference never may.
//
// https://github.com/sigstore/fulcio/blob/main/docs/oidc.md#github
func (r Runs) Signers() string {
	var refs []string
	for _, ref := range r.Refs {
		refs = append(refs, strings.ReplaceAll(regexp.QuoteMeta(ref), `\*`, `.*`)) // as in a trust policy
	}
	if len(r.Environments) > 0 {
		refs = append(refs, "refs/heads/.+", "refs/tags/.+")
	}
	if len(refs) == 0 {
		return ""
	}
	slices.Sort(refs)
	file := "https://github.com/" + r.Name() + "/.github/workflows/" + ImagesFile + "@"
	return "^" + regexp.QuoteMeta(file) + "(" + strings.Join(slices.Compact(refs), "|") + ")$"
}

// Name is the repository's `owner/name`, without numbers.
func (r Runs) Name() string {
	owner, name, _ := strings.Cut(r.Repository, "/")
	owner, _, _ = strings.Cut(owner, "@")
	name, _, _ = strings.Cut(name, "@")
	return owner + "/" + name
}
