package scan

import (
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"hubspoke/proof/stackjson"
)

// golden are the reviewed stacks of all estates under test.
func golden(t *testing.T) []*stackjson.Stack {
	t.Helper()
	files, err := filepath.Glob("../../test/testdata/golden/*/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	var stacks []*stackjson.Stack
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		s, err := stackjson.Parse(file, file, text)
		if err != nil {
			t.Fatal(err)
		}
		stacks = append(stacks, s)
	}
	return stacks
}

// Whoever adds an argument that holds objects says whether it is a block, and what is
// written is Terraform's language.
func TestEveryStackCanBeWrittenInTerraformsLanguage(t *testing.T) {
	for _, s := range golden(t) {
		text, err := terraform(s)
		if err != nil {
			t.Error(err)
			continue
		}
		file, problems := hclsyntax.ParseConfig(text, s.Name, hcl.InitialPos)
		if problems.HasErrors() {
			t.Errorf("%s: %v", s.Name, problems)
			continue
		}
		want := 0
		for _, r := range s.Resources() {
			if !r.Data {
				want++
			}
		}
		if got := len(file.Body.(*hclsyntax.Body).Blocks); got != want {
			t.Errorf("%s: %d blocks, want %d", s.Name, got, want)
		}
	}
}

func TestJSONIsWrittenAsTerraformReadsIt(t *testing.T) {
	s, err := stackjson.Parse("one", "one.json", []byte(`{"resource": {"aws_instance": {"a": {
		"provider": "aws.hub", "depends_on": ["aws_vpc.main"], "user_data": "say \"$${no}\" to ${aws_vpc.main.tags[\"Name\"]}\n",
		"tags": {"a.b": "${aws_vpc.main.id}"}, "launch_template": {"version": 1}, "ebs": [{"encrypted": true}, {"encrypted": false}]}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	text, err := terraform(s)
	if err != nil {
		t.Fatal(err)
	}
	want := `resource "aws_instance" "a" { depends_on = [aws_vpc.main] ebs { encrypted = true } ebs { encrypted = false } launch_template { version = 1 } ` +
		`provider = aws.hub tags = { "a.b" = "${aws_vpc.main.id}" } user_data = "say \"$${no}\" to ${aws_vpc.main.tags["Name"]}\n" }`
	if got := strings.Join(strings.Fields(string(text)), " "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestAnArgumentThatNobodyKnowsIsNotGuessedAt(t *testing.T) {
	s, err := stackjson.Parse("one", "one.json", []byte(`{"resource": {"aws_instance": {"a": {"novelty": {"b": 1}}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := terraform(s); err == nil || !strings.Contains(err.Error(), "one: aws_instance.a: novelty holds objects: say in internal/scan/hcl.go") {
		t.Errorf("got %v", err)
	}
}

// An exception for a resource that is not there any more is left over.
func TestEveryExceptionIsAboutSomething(t *testing.T) {
	list, err := Exceptions()
	if err != nil {
		t.Fatal(err)
	}
	stacks := golden(t)
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
