// Package github lets GitHub Actions workflows act in an account without keys:
// the account's OpenID Connect provider for GitHub, and the trust policies of the
// roles that workflows assume through it.
//
// A trust policy names one repository, and git references, deployment environments or
// pull requests. A job that names an environment has a subject that names no reference:
// it assumes what the environment may, and nothing else.
//
//   - https://docs.github.com/en/actions/reference/security/oidc
//   - https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
package github

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamopenidconnectprovider"

	"hubspoke/internal/arn"
	"hubspoke/internal/policy"
	"hubspoke/internal/tf"
)

const (
	issuer   = "token.actions.githubusercontent.com"
	audience = "sts.amazonaws.com"
)

// Provider is an account's OpenID Connect provider for GitHub. An account has one
// at most.
type Provider struct {
	// ARN is the provider's ARN.
	ARN *string
}

// Config describes the provider.
type Config struct {
	// Name is its tag Name, by which consoles show it. GitHub's URL is its name in IAM.
	Name string
}

// New makes `aws_iam_openid_connect_provider.<id>`. IAM knows the
// authority that signs GitHub's certificate, so there is no thumbprint to keep up
// to date.
func New(scope constructs.Construct, id string, config Config) (*Provider, error) {
	if config.Name == "" {
		return nil, errors.New("provider for GitHub: want a name")
	}
	provider := tf.Named(id, iamopenidconnectprovider.NewIamOpenidConnectProvider(scope, tf.ID("aws_iam_openid_connect_provider", id), &iamopenidconnectprovider.IamOpenidConnectProviderConfig{
		Url:          jsii.String("https://" + issuer),
		ClientIdList: tf.Strings(audience),
		Tags:         tf.Tags(config.Name),
	}))
	return &Provider{ARN: provider.Arn()}, nil
}

// ProviderARN is the ARN of an account's provider, which follows from its URL.
func ProviderARN(account arn.Account) string { return account.IAM("oidc-provider/" + issuer) }

// Workflows are those workflow runs of one repository that may do something.
type Workflows struct {
	// Repository is `owner/name`, or `owner@<id>/name@<id>` for a repository with immutable subject claims, which every repository has that was made, renamed or transferred after June or July 2026:
	// https://github.blog/changelog/2026-04-23-immutable-subject-claims-for-github-actions-oidc-tokens/
	Repository string
	// Refs are the git references, `refs/heads/main` or `refs/tags/v*`.
	Refs []string
	// Environments are the names of GitHub environments, without wildcards. Which references may deploy to one is set in GitHub.
	Environments []string
	// PullRequests admits runs that a pull request started. GitHub gives none of them a token if the pull request is from a fork.
	PullRequests bool
}

// repository is one repository: a wildcard would admit those of strangers.
var repository = regexp.MustCompile(`^[A-Za-z0-9-]+(@[0-9]+)?/[A-Za-z0-9._-]+(@[0-9]+)?$`)

// Trust is the trust policy of a role that these workflows may assume through the
// account's provider. Both claims are conditioned: without the subject, every
// repository on GitHub could assume the role.
func Trust(account arn.Account, w Workflows) (*string, error) {
	if !repository.MatchString(w.Repository) {
		return nil, fmt.Errorf("github: %q is not one repository, owner/name", w.Repository)
	}
	var subjects []string
	for _, ref := range w.Refs {
		if !strings.HasPrefix(ref, "refs/") {
			return nil, fmt.Errorf("github: %q is not a git reference", ref)
		}
		subjects = append(subjects, "repo:"+w.Repository+":ref:"+ref)
	}
	for _, environment := range w.Environments {
		if environment == "" || strings.ContainsAny(environment, "*?") {
			return nil, fmt.Errorf("github: %q is not one environment", environment)
		}
		// GitHub escapes the character that parts the subject.
		subjects = append(subjects, "repo:"+w.Repository+":environment:"+strings.ReplaceAll(environment, ":", "%3A"))
	}
	if w.PullRequests {
		subjects = append(subjects, "repo:"+w.Repository+":pull_request")
	}
	if len(subjects) == 0 {
		return nil, fmt.Errorf("github: no workflow of %s may assume the role", w.Repository)
	}
	return policy.Document(policy.Statement{
		Sid:       "AssumedByWorkflows",
		Principal: policy.Principal{Federated: []string{ProviderARN(account)}},
		Action:    []string{"sts:AssumeRoleWithWebIdentity"},
		Condition: conditions(subjects),
	}), nil
}

func conditions(subjects []string) policy.Condition {
	condition := policy.Condition{"StringEquals": {issuer + ":aud": {audience}}}
	operator := "StringEquals"
	if strings.Contains(strings.Join(subjects, ""), "*") {
		operator = "StringLike"
		condition[operator] = map[string][]string{}
	}
	condition[operator][issuer+":sub"] = subjects
	return condition
}
