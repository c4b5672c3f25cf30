package scan

import (
	"path"
	"slices"
	"testing"

	"hubspoke/proof/stackjson"
	"hubspoke/proof/stackjson/stacktest"
)

// An exception for a resource that is not there any more is left over.
func TestEveryExceptionIsAboutSomething(t *testing.T) {
	list, err := Exceptions()
	if err != nil {
		t.Fatal(err)
	}
	stacks := stacktest.Golden(t, "../../test/testdata/golden")
	for _, e := range list {
		if !slices.ContainsFunc(stacks, func(s *stackjson.Stack) bool {
			return slices.ContainsFunc(s.Resources(), func(r stackjson.Resource) bool {
				match, _ := path.Match(e.Resource, r.Address())
				return match
			})
		}) {
			t.Errorf("no estate has %s, which %s is excepted for", e.Resource, e.Check)
		}
	}
}

func TestAnExceptionSaysWhatForAndWhy(t *testing.T) {
	for _, text := range []string{
		"- {check: A, resource: b.c}", "- {check: A, reason: because it is so and not otherwise}", "- {resource: b.c, reason: because it is so and not otherwise}",
		"- {check: A, resource: 'b.[', reason: because it is so and not otherwise}", "- {check: A, resource: b.c, why: because it is so and not otherwise}",
	} {
		if list, err := parse([]byte(text)); err == nil {
			t.Errorf("%s is taken for %+v", text, list)
		}
	}
	e := Exception{Check: "AWS-0104", Resource: "aws_a.*_nodes"}
	for finding, want := range map[Finding]bool{
		{Check: "AWS-0104", Resource: "aws_a.system_nodes"}: true,
		{Check: "AWS-0105", Resource: "aws_a.system_nodes"}: false,
		{Check: "AWS-0104", Resource: "aws_a.nodes"}:        false,
	} {
		if e.Excepts(finding) != want {
			t.Errorf("%+v: %v", finding, !want)
		}
	}
}

// Trivy has called its checks by two names, and calls them by another one now.
func TestReportsOfOldAndNewScannersAreRead(t *testing.T) {
	got, err := findings([]byte(`{"Results": [{"Target": "b/main.tf", "Misconfigurations": [
		{"ID": "s3-bucket-logging", "AVDID": "AVD-AWS-0089", "Title": "Logging", "Severity": "LOW", "CauseMetadata": {"Resource": "aws_s3_bucket.b"}}]},
		{"Target": "a/main.tf", "Misconfigurations": [{"ID": "AWS-0131", "Title": "Volume", "Severity": "HIGH", "CauseMetadata": {"Resource": "aws_instance.a"}}]}, {"Target": "."}]}`))
	want := []Finding{{"AWS-0131", "HIGH", "Volume", "a", "aws_instance.a"}, {"AWS-0089", "LOW", "Logging", "b", "aws_s3_bucket.b"}}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := findings([]byte("nothing")); err == nil {
		t.Error("what is no report is read")
	}
}
