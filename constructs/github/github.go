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
	"hubspoke/internal/workflow"
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

// repository is one repository, with its numbers or without: a wildcard would admit those
// of strangers, and GitHub never sends one number alone.
var repository = regexp.MustCompile(`^[A-Za-z0-9_-]+/[A-Za-z0-9._-]+$|^[A-Za-z0-9_-]+@[0-9]+/[A-Za-z0-9._-]+@[0-9]+$`)

// Trust is the trust policy of a role that these workflows may assume through the
// account's provider. Both claims are conditioned: without the subject, every
// repository on GitHub could assume the role.
func Trust(account arn.Account, w workflow.Runs) (*string, error) {
	if !repository.MatchString(w.Repository) {
		return nil, fmt.Errorf("github: %q is not one repository, owner/name or owner@<id>/name@<id>", w.Repository)
	}
	for _, ref := range w.Refs {
		if !strings.HasPrefix(ref, "refs/") {
			return nil, fmt.Errorf("github: %q is not a git reference", ref)
		}
	}
	for _, environment := range w.Environments {
		if environment == "" || strings.ContainsAny(environment, "*?") {
			return nil, fmt.Errorf("github: %q is not one environment", environment)
		}
	}
	subjects := w.Subjects()
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
