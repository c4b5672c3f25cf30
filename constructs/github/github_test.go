package github

import (
	"strings"
	"testing"

	"hubspoke/internal/arn"
	"hubspoke/internal/workflow"
)

func TestTrustNamesAudienceAndSubject(t *testing.T) {
	for _, test := range []struct {
		name      string
		workflows workflow.Runs
		want      string
	}{
		{
			"a branch",
			workflow.Runs{Repository: "octo-org/app", Refs: []string{"refs/heads/main"}},
			`{"StringEquals":{"token.actions.githubusercontent.com:aud":["sts.amazonaws.com"],"token.actions.githubusercontent.com:sub":["repo:octo-org/app:ref:refs/heads/main"]}}`,
		},
		{
			"a pattern of tags",
			workflow.Runs{Repository: "octo-org/app", Refs: []string{"refs/tags/v*"}},
			`{"StringEquals":{"token.actions.githubusercontent.com:aud":["sts.amazonaws.com"]},"StringLike":{"token.actions.githubusercontent.com:sub":["repo:octo-org/app:ref:refs/tags/v*"]}}`,
		},
		{
			"pull requests of a repository with immutable subjects",
			workflow.Runs{Repository: "octo-org@12/app@34", PullRequests: true},
			`{"StringEquals":{"token.actions.githubusercontent.com:aud":["sts.amazonaws.com"],"token.actions.githubusercontent.com:sub":["repo:octo-org@12/app@34:pull_request"]}}`,
		},
		{
			"an environment",
			workflow.Runs{Repository: "octo-org/app", Environments: []string{"production: eu"}},
			`{"StringEquals":{"token.actions.githubusercontent.com:aud":["sts.amazonaws.com"],"token.actions.githubusercontent.com:sub":["repo:octo-org/app:environment:production%3A eu"]}}`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			document, err := Trust(arn.Account{Partition: "aws", Number: "111111111111"}, test.workflows)
			if err != nil {
				t.Fatal(err)
			}
			if want := `"Condition":` + test.want; !strings.Contains(*document, want) {
				t.Errorf("got  %s\nwant %s", *document, want)
			}
			if want := `"Federated":["arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com"]`; !strings.Contains(*document, want) {
				t.Errorf("got  %s\nwant %s", *document, want)
			}
		})
	}
}

func TestTrustRefusesMoreThanOneRepository(t *testing.T) {
	for _, repository := range []string{"", "*", "octo-org/*", "octo-org/app*", "octo-org@*/app@*", "octo-org@12/app", "octo-org/app@34", "octo-org", "octo-org/app:ref:refs/heads/main", "octo-org/ap?"} {
		if document, err := Trust(arn.Account{Partition: "aws", Number: "111111111111"}, workflow.Runs{Repository: repository, PullRequests: true}); err == nil {
			t.Errorf("%q: got %s", repository, *document)
		}
	}
}

func TestTrustRefusesNobodyAndNoReference(t *testing.T) {
	for _, workflows := range []workflow.Runs{
		{Repository: "octo-org/app"},
		{Repository: "octo-org/app", Refs: []string{"*"}},
		{Repository: "octo-org/app", Refs: []string{"main"}},
		{Repository: "octo-org/app", Environments: []string{"prod-*"}},
	} {
		if document, err := Trust(arn.Account{Partition: "aws", Number: "111111111111"}, workflows); err == nil {
			t.Errorf("%+v: got %s", workflows, *document)
		}
	}
}
