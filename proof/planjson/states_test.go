package planjson

import (
	"os"
	"path/filepath"
	"testing"

	"hubspoke/proof/config"
)

// What a plan does not know of another root's state comes from the root that wrote it: by
// the backend that the source or .terraform beside them says, or because somebody says so.
func TestRemoteStatesMeetTheRootsThatWroteThem(t *testing.T) {
	const hub = `{"format_version": "1.0", "values": {"outputs": {"vpc": {"value": "vpc-0hub"}}, "root_module": {"resources": [
		{"address": "aws_vpc.main", "mode": "managed", "type": "aws_vpc", "name": "main", "values": {"id": "vpc-0hub"}}]}}}`
	const dev = `{"format_version": "1.2", "planned_values": {"root_module": {"resources": [
		{"address": "data.terraform_remote_state.network", "mode": "data", "type": "terraform_remote_state", "name": "network", "values": {"backend": "s3", "config": {"bucket": "b", "key": "hub.tfstate"}}},
		{"address": "aws_subnet.a", "mode": "managed", "type": "aws_subnet", "name": "a", "values": {"cidr_block": "10.0.0.0/24"}}]}},
		"resource_changes": [{"address": "aws_subnet.a", "change": {"actions": ["create"], "after_unknown": {"vpc_id": true}}}],
		"configuration": {"root_module": {"resources": [{"address": "aws_subnet.a", "mode": "managed", "type": "aws_subnet", "name": "a",
			"expressions": {"vpc_id": {"references": ["data.terraform_remote_state.network.outputs.vpc", "data.terraform_remote_state.network.outputs", "data.terraform_remote_state.network"]}}}]}}}`
	const noted = `{"version": 3, "backend": {"type": "s3", "config": {"bucket": "b", "key": "hub.tfstate"}}}`
	for name, test := range map[string]struct {
		file, text, says string
		want             bool
	}{
		"nobody says":                   {"", "", "", false},
		"the source":                    {"main.tf", "terraform {\n  backend \"s3\" {\n    bucket = \"b\"\n    key = \"hub.tfstate\"\n  }\n}\n", "", true},
		"the source, of another state":  {"main.tf", "terraform {\n  backend \"s3\" {\n    bucket = \"b\"\n    key = \"other\"\n  }\n}\n", "", false},
		"what terraform init noted":     {".terraform/terraform.tfstate", noted, "", true},
		"the mapping, by the name":      {"", "", "network", true},
		"the mapping, by the key":       {"", "", "hub.tfstate", true},
		"the mapping, of another state": {"", "", "hub", false},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			files := map[string]string{"hub/state.json": hub, "dev/plan.json": dev}
			if test.file != "" {
				files["hub/"+test.file] = test.text
			}
			for file, text := range files {
				path := filepath.Join(dir, file)
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			stacks, err := Read(dir)
			if err != nil {
				t.Fatal(err)
			}
			if test.says != "" && stacks[0].ReadsFrom(test.says, stacks[1]) != test.want {
				t.Errorf("it reads %s: %v", test.says, !test.want)
			}
			c := config.Of(stacks)
			ref, ok := c.All("aws_subnet")[0].Argument("vpc_id").(config.Ref)
			if ok != test.want || ok && ref.String() != "hub/aws_vpc.main.id" {
				t.Errorf("vpc_id is %v", c.All("aws_subnet")[0].Argument("vpc_id"))
			}
		})
	}
}
