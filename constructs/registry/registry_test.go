package registry

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"hubspoke/internal/arn"
)

func TestEachTagPrefixHasARuleOfItsOwn(t *testing.T) {
	document := Lifecycle{
		KeepReleases: 15, ReleaseTags: []string{"v", "release-"},
		BranchDays: 45, BranchTags: []string{"dev", "main"},
		UntaggedDays: 7, AnyDays: 60,
	}.document()
	var policy struct{ Rules []rule }
	if err := json.Unmarshal([]byte(*document), &policy); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range policy.Rules {
		s := r.Selection
		got = append(got, fmt.Sprintf("%d %s %v %s %d %s %s", r.Priority, s.TagStatus, s.TagPrefixList, s.CountType, s.CountNumber, s.CountUnit, r.Action.Type))
	}
	want := []string{
		"1 tagged [v] imageCountMoreThan 15  expire",
		"2 tagged [release-] imageCountMoreThan 15  expire",
		"3 tagged [dev] sinceImagePushed 45 days expire",
		"4 tagged [main] sinceImagePushed 45 days expire",
		"5 untagged [] sinceImagePushed 7 days expire",
		"6 any [] sinceImagePushed 60 days expire",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// ECR does not know which images run, so an image that no rule speaks of stays.
func TestOtherTagsStayUnlessTheEstateSaysOtherwise(t *testing.T) {
	document := Lifecycle{KeepReleases: 15, ReleaseTags: []string{"v"}, UntaggedDays: 7}.document()
	if strings.Contains(*document, `"any"`) {
		t.Errorf("images with any tag are deleted: %s", *document)
	}
}

// What refers to an image has no tag, and is deleted with it.
func TestNoRuleSpeaksOfSignatures(t *testing.T) {
	document := Lifecycle{KeepReleases: 15, ReleaseTags: []string{"v"}, UntaggedDays: 7, AnyDays: 60, KeepSignatures: true}.document()
	var policy struct{ Rules []rule }
	if err := json.Unmarshal([]byte(*document), &policy); err != nil {
		t.Fatal(err)
	}
	if len(policy.Rules) != 2 || !slices.Equal(policy.Rules[1].Selection.TagPatterns, []string{"*"}) {
		t.Errorf("got %s, want releases, and everything else with a tag", *document)
	}
	for _, r := range policy.Rules {
		if r.Selection.TagStatus != "tagged" {
			t.Errorf("%q would delete signatures", r.Description)
		}
	}
}

func TestOnlyPushRolesPush(t *testing.T) {
	config := Config{Account: arn.Account{Partition: "aws", Region: "ap-southeast-3", Number: "111111111111"}, Readers: []string{"222222222222"}}
	repository := Repository{Push: map[string]PushRole{"odc": {Name: "piksel-push-odc"}}}
	role := []string{"arn:aws:iam::111111111111:role/piksel-push-odc"}
	for _, s := range config.repositoryStatements(repository) {
		writes := slices.Contains(s.Action, "ecr:PutImage")
		switch {
		case s.Effect == "Deny" && (!writes || !slices.Equal(s.Principal.AWS, []string{"arn:aws:iam::111111111111:root"}) || !slices.Equal(s.Condition["ArnNotEquals"]["aws:PrincipalArn"], role)):
			t.Errorf("%s does not refuse everybody of the account but %v: %+v", s.Sid, role, s)
		case s.Effect != "Deny" && writes && !slices.Equal(s.Condition["ArnEquals"]["aws:PrincipalArn"], role):
			t.Errorf("%s lets others push: %+v", s.Sid, s)
		case s.Principal.Anyone:
			t.Errorf("%s is about anyone", s.Sid)
		case s.Effect != "Deny" && slices.Contains(s.Principal.AWS, "arn:aws:iam::222222222222:root") && slices.ContainsFunc(s.Action, func(a string) bool { return slices.Contains(writeActions, a) }):
			t.Errorf("%s lets another account push", s.Sid)
		}
	}
	if n := len(config.repositoryStatements(repository)); n != 3 {
		t.Errorf("got %d statements, want pull, push and the refusal", n)
	}
}

func TestARepositoryThatNobodyElseUsesHasNoPolicy(t *testing.T) {
	if s := (Config{Account: arn.Account{Partition: "aws", Number: "111111111111"}}).repositoryStatements(Repository{}); len(s) != 0 {
		t.Errorf("got %+v", s)
	}
}
