package planjson

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hubspoke/proof/stackjson"
)

// mockedFolder is a root with files, mocked with the resources that a test's plan has.
func mockedFolder(t *testing.T, plan string, files map[string]string) *stackjson.Stack {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "root")
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s, err := Mocked("root", dir, []byte(plan))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// What data sources tell is unproven, unless the root says the same or nothing depends on
// how much of it there is.
func TestWhatDataSourcesAreMadeToTell(t *testing.T) {
	const (
		provider = "provider \"aws\" {\n  region = \"eu-central-1\"\n  allowed_account_ids = [\"111111111111\"]\n}\n"
		zones    = "data \"aws_availability_zones\" \"z\" {}\n"
		names    = "data.aws_availability_zones.z.names"
		caller   = "data \"aws_caller_identity\" \"c\" {}\nlocals {\n  a = data.aws_caller_identity.c.account_id\n}\n"
	)
	local := func(value string) string { return "locals {\n  a = " + value + "\n}\n" }
	for _, test := range []struct {
		name    string
		files   map[string]string
		unknown bool
	}{
		{"zones by their number", map[string]string{"main.tf": provider + zones + local("["+names+"[0], slice("+names+", 0, 2)]")}, false},
		{"how many zones there are", map[string]string{"main.tf": provider + zones + local("length("+names+")")}, true},
		{"all zones", map[string]string{"main.tf": provider + zones + local(names)}, true},
		{"zones that are asked in a loop", map[string]string{"main.tf": provider + zones + local("[for z in "+names+" : z]")}, true},
		{"zones of a region that is not known", map[string]string{"main.tf": zones + local(names+"[0]")}, true},
		{"whose account it is", map[string]string{"main.tf": provider + caller}, false},
		{"whose account it is, which nobody says", map[string]string{"main.tf": caller}, true},
		{"an image", map[string]string{"main.tf": "data \"aws_ami\" \"a\" {}\n"}, false},
		{"a VPC", map[string]string{"main.tf": provider + "data \"aws_vpc\" \"a\" {}\n"}, true},
		{"a VPC, in a module", map[string]string{"main.tf": "module \"m\" {\n  source = \"./m\"\n}\n", "m/main.tf": "data \"aws_vpc\" \"a\" {}\n"}, true},
		{"a module of others", map[string]string{"main.tf": "module \"m\" {\n  source = \"terraform-aws-modules/vpc/aws\"\n}\n"}, true},
		{"a module that is here", map[string]string{"main.tf": "module \"m\" {\n  source = \"./m\"\n}\n", "m/main.tf": "locals {}\n"}, false},
		{"JSON beside HCL", map[string]string{"main.tf": "locals {}\n", "more.tf.json": "{}"}, true},
		{"what another provider reads", map[string]string{"main.tf": "data \"http\" \"h\" {}\n"}, false},
	} {
		s := mockedFolder(t, `{"resource_changes": []}`, test.files)
		if (len(s.Unknown) > 0) != test.unknown {
			t.Errorf("%s: unknown: %q", test.name, s.Unknown)
		}
	}
}

// What one root's outputs name is what another finds in its place; a text that was made
// of it, and an output that is not followed, are unknown.
func TestOutputsLeadBackToTheirRoot(t *testing.T) {
	hub := mockedFolder(t, `{
		"resource_changes": [
			{"address": "aws_subnet.a[0]", "mode": "managed", "type": "aws_subnet", "name": "a", "change": {"actions": ["create"], "after": {"cidr_block": "10.0.0.0/24"}, "after_unknown": {"id": true, "arn": true}}},
			{"address": "aws_subnet.a[1]", "mode": "managed", "type": "aws_subnet", "name": "a", "change": {"actions": ["create"], "after": {"cidr_block": "10.0.1.0/24"}, "after_unknown": {"id": true, "arn": true}}}],
		"output_changes": {
			"ids": {"after": [null, null], "after_unknown": [true, true]},
			"all": {"after_unknown": true},
			"mixed": {"after": {"cidr": "10.0.0.0/24"}, "after_unknown": {"id": true}},
			"reckoned": {"after_unknown": true},
			"plain": {"after": "x", "after_unknown": false}}}`, map[string]string{"main.tf": `
resource "aws_subnet" "a" {
  count = 2
}
output "ids" { value = aws_subnet.a[*].id }
output "all" { value = aws_subnet.a[*].arn }
output "mixed" { value = { cidr = aws_subnet.a[0].cidr_block, id = aws_subnet.a[1].id } }
output "reckoned" { value = join("", aws_subnet.a[*].id) }
output "plain" { value = "x" }
`})
	handed := Hand(hub)
	if handed.Outputs["plain"] != "x" || object(handed.Outputs["mixed"])["cidr"] != "10.0.0.0/24" {
		t.Errorf("outputs %v", handed.Outputs)
	}
	ids, arns := handed.Outputs["ids"].([]any), handed.Outputs["all"].([]any)
	second := stackjson.Reference{Address: "aws_subnet.a[1]", Attribute: "id", Stack: "root"}
	s := &stackjson.Stack{Planned: []stackjson.Resource{{Body: map[string]any{
		"one": ids[1], "mixed": object(handed.Outputs["mixed"])["id"], "list": []any{ids[0], "y"},
		"made": "prefix/" + ids[0].(string), "reckoned": handed.Outputs["reckoned"], "other": "z",
	}}}}
	Receive(s, handed.Meant)
	body := s.Planned[0].Body
	if body["one"] != second || body["mixed"] != second || body["other"] != "z" {
		t.Errorf("%v", body)
	}
	if list := body["list"].([]any); list[0] != (stackjson.Reference{Address: "aws_subnet.a[0]", Attribute: "id", Stack: "root"}) || list[1] != "y" {
		t.Errorf("list: %v", list)
	}
	for _, name := range []string{"made", "reckoned"} {
		if _, ok := body[name].(stackjson.Unknown); !ok {
			t.Errorf("%s is %v", name, body[name])
		}
	}
	if arn, _ := arns[0].(string); !strings.HasPrefix(arn, "arn:aws:") {
		t.Errorf("an ARN is %q", arn)
	}
}

// A policy that a data source writes is unknown where it is used.
func TestAMadeUpPolicyIsUnknown(t *testing.T) {
	s := mockedFolder(t, `{"resource_changes": [{"address": "aws_vpc_endpoint.a", "mode": "managed", "type": "aws_vpc_endpoint", "name": "a",
		"change": {"actions": ["create"], "after": {"policy": "{\"Statement\":[],\"Version\":\"made up by estate prove\"}"}, "after_unknown": {}}}]}`, map[string]string{"main.tf": "locals {}\n"})
	if _, ok := s.Planned[0].Body["policy"].(stackjson.Unknown); !ok {
		t.Errorf("policy is %v", s.Planned[0].Body["policy"])
	}
}
