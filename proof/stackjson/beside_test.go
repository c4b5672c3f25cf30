package stackjson

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestOverridesReplaceWhatTerraformReplaces(t *testing.T) {
	const base = `{
		"terraform": {"required_providers": {"aws": {"source": "hashicorp/aws"}, "random": {"source": "hashicorp/random"}}, "backend": {"s3": {"bucket": "b", "key": "k"}}},
		"provider": {"aws": [{"region": "a", "allowed_account_ids": ["111111111111"]}, {"alias": "b", "region": "b"}]},
		"variable": {"v": {"default": "x", "type": "string"}},
		"locals": {"a": {"x": 1}, "b": 2},
		"resource": {"aws_security_group": {"g": {"ingress": [{"protocol": "tcp"}, {"protocol": "udp"}], "lifecycle": {"prevent_destroy": true, "ignore_changes": ["name"]},
			"dynamic": {"egress": {"for_each": [1]}}}}}}`
	stack := func(path string, value any) map[string]any {
		all := map[string]any{path: value}
		return all
	}
	tests := []struct {
		name, override string
		want           map[string]any // of the whole, the parts that are asked for
	}{
		{"nested blocks are replaced, all of them", `{"resource": {"aws_security_group": {"g": {"ingress": {"protocol": "icmp"}}}}}`,
			stack("resource", map[string]any{"aws_security_group": map[string]any{"g": map[string]any{
				"ingress": map[string]any{"protocol": "icmp"}, "lifecycle": map[string]any{"prevent_destroy": true, "ignore_changes": []any{"name"}},
				"dynamic": []any{map[string]any{"egress": map[string]any{"for_each": []any{1.0}}}}}}})},
		{"blocks replace dynamic ones", `{"resource": {"aws_security_group": {"g": {"egress": []}}}}`,
			stack("resource", map[string]any{"aws_security_group": map[string]any{"g": map[string]any{
				"ingress": []any{map[string]any{"protocol": "tcp"}, map[string]any{"protocol": "udp"}}, "egress": []any{},
				"lifecycle": map[string]any{"prevent_destroy": true, "ignore_changes": []any{"name"}}}}})},
		{"dynamic blocks replace others", `{"resource": {"aws_security_group": {"g": {"dynamic": {"ingress": {"for_each": []}}}}}}`,
			stack("resource", map[string]any{"aws_security_group": map[string]any{"g": map[string]any{
				"lifecycle": map[string]any{"prevent_destroy": true, "ignore_changes": []any{"name"}},
				"dynamic":   []any{map[string]any{"egress": map[string]any{"for_each": []any{1.0}}}, map[string]any{"ingress": map[string]any{"for_each": []any{}}}}}}})},
		{"what lifecycle says is merged", `{"resource": {"aws_security_group": {"g": {"ingress": [], "egress": [], "lifecycle": {"ignore_changes": ["ingress"]}}}}}`,
			stack("resource", map[string]any{"aws_security_group": map[string]any{"g": map[string]any{
				"ingress": []any{}, "egress": []any{}, "lifecycle": map[string]any{"prevent_destroy": true, "ignore_changes": []any{"ingress"}}}}})},
		{"a local is replaced as a whole", `{"locals": {"a": {"y": 2}}}`, stack("locals", map[string]any{"a": map[string]any{"y": 2.0}, "b": 2.0})},
		{"a variable's default alone", `{"variable": {"v": {"default": "y"}}}`, stack("variable", map[string]any{"v": map[string]any{"default": "y", "type": "string"}})},
		{"a provider of that alias", `{"provider": {"aws": {"alias": "b", "region": "c"}}}`, stack("provider", map[string]any{"aws": []any{
			map[string]any{"region": "a", "allowed_account_ids": []any{"111111111111"}}, map[string]any{"alias": "b", "region": "c"}}})},
		{"the default provider", `{"provider": {"aws": {"region": "c"}}}`, stack("provider", map[string]any{"aws": []any{
			map[string]any{"region": "c", "allowed_account_ids": []any{"111111111111"}}, map[string]any{"alias": "b", "region": "b"}}})},
		{"another backend", `{"terraform": {"backend": {"local": {"path": "p"}}}}`, stack("terraform", map[string]any{
			"required_providers": map[string]any{"aws": map[string]any{"source": "hashicorp/aws"}, "random": map[string]any{"source": "hashicorp/random"}},
			"backend":            map[string]any{"local": map[string]any{"path": "p"}}})},
		{"a provider's source alone, and a cloud", `{"terraform": {"required_providers": {"aws": {"source": "x/aws"}}, "cloud": {"organization": "o"}}}`, stack("terraform", map[string]any{
			"required_providers": map[string]any{"aws": map[string]any{"source": "x/aws"}, "random": map[string]any{"source": "hashicorp/random"}},
			"cloud":              map[string]any{"organization": "o"}})},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, name := range []string{"override.tf.json", "a_override.tf.json"} {
				stacks, err := Read(write(t, map[string]string{"hub/main.tf.json": base, "hub/" + name: test.override}))
				if err != nil {
					t.Fatal(err)
				}
				for key, want := range test.want {
					if diff := cmp.Diff(want, stacks[0].JSON[key]); diff != "" {
						t.Errorf("%s: %s", name, diff)
					}
				}
			}
		})
	}
}

func TestFilesWithValuesAreReadInTerraformsOrder(t *testing.T) {
	stacks, err := Read(write(t, map[string]string{
		"stacks/hub/cdk.tf.json":           vpc,
		"stacks/hub/terraform.tfvars":      "a = \"1\"\nb = \"1\"\nc = [1, true, null]\nd = { x = \"${\"y\"}\" }\n",
		"stacks/hub/terraform.tfvars.json": `{"b": "2", "e": "${not.a.template}", "f": "2"}`,
		"stacks/hub/b.auto.tfvars.json":    `{"f": "4"}`,
		"stacks/hub/a.auto.tfvars":         `f = "3"`,
		"stacks/hub/prod.tfvars":           `a = "it is read if a command line says so"`,
		"stacks/dev/cdk.tf.json":           subnet,
	}))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"a": "1", "b": "2", "c": []any{1.0, true, nil}, "d": map[string]any{"x": "y"}, "e": "${not.a.template}", "f": "4"}
	if diff := cmp.Diff(want, stacks[1].Variables); diff != "" || stacks[1].Name != "hub" {
		t.Error(stacks[1].Name, diff)
	}
	if stacks[0].Variables != nil {
		t.Errorf("dev has %v", stacks[0].Variables)
	}
}

func TestFilesThatChangeWhatAStackMeansAreNamed(t *testing.T) {
	layouts := map[string]string{"of CDKTF": "stacks/hub/", "folders": "hub/", "one folder": ""}
	tests := []struct{ name, file, text, want string }{
		{"Terraform in another syntax", "more.tf", `resource "aws_vpc" "b" {}`, "more.tf: this is not JSON"},
		{"what overrides in another syntax", "x_override.tf", "", "x_override.tf: this is not JSON"},
		{"what overrides everything", "override.tf", "", "override.tf: this is not JSON"},
		{"a file of OpenTofu", "main.tofu", "", "main.tofu: OpenTofu reads this"},
		{"OpenTofu's in JSON", "main.tofu.json", "{}", "main.tofu.json: OpenTofu reads this"},
		{"what overrides nothing", "x_override.tf.json", `{"resource": {"aws_vpc": {"gone": {}}}}`, "resource.aws_vpc.gone: there is nothing of that name to override"},
		{"a call among values", "terraform.tfvars", `a = file("x")`, "terraform.tfvars: a is not a value"},
		{"a reference among values", "x.auto.tfvars", `a = var.b`, "x.auto.tfvars: a is not a value"},
		{"blocks among values", "terraform.tfvars", `a {}`, "terraform.tfvars: this cannot be read"},
		{"values that are no object", "x.auto.tfvars.json", `[1]`, "x.auto.tfvars.json:1:"},
	}
	for layout, at := range layouts {
		for _, test := range tests {
			t.Run(test.name+", "+layout, func(t *testing.T) {
				_, err := Read(write(t, map[string]string{at + "main.tf.json": vpc, at + test.file: test.text}))
				if err == nil || !strings.Contains(err.Error(), test.want) {
					t.Errorf("got %v, want %s", err, test.want)
				}
			})
		}
		t.Run("harmless ones, "+layout, func(t *testing.T) {
			stacks, err := Read(write(t, map[string]string{
				at + "main.tf.json": vpc, at + "main.tftest.hcl": "run {}", at + "prod.tfvars": "a = file()", at + ".terraform.lock.hcl": "", at + ".hidden.tf": "",
				at + "terraform.tfstate": "{}", at + "README.md": "", at + "notes.json": "{", at + "mocks.tfmock.hcl": "",
			}))
			if err != nil || len(stacks) != 1 {
				t.Errorf("got %v, %v", stacks, err)
			}
		})
	}
}

func TestTheFolderItselfIsAStackBesideThoseBelow(t *testing.T) {
	dir := write(t, map[string]string{"network/main.tf.json": vpc, "network/dev/main.tf.json": subnet, "elsewhere/qa/main.tf.json": subnet})
	if err := os.Symlink(filepath.Join(dir, "elsewhere", "qa"), filepath.Join(dir, "network", "linked")); err != nil {
		t.Skip(err)
	}
	stacks, err := Read(filepath.Join(dir, "network"))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]string{"network": {"aws_vpc.main"}, "dev": {"aws_subnet.a"}, "linked": {"aws_subnet.a"}}
	if diff := cmp.Diff(want, addresses(stacks)); diff != "" {
		t.Error(diff)
	}
}

// FuzzVariables reads values from files of any content.
func FuzzVariables(f *testing.F) {
	f.Add("a = [1, { b = null }]\n")
	f.Add(`{"a": [1, {"b": null}]}`)
	f.Add("a = <<X\n${1}\nX\n")
	f.Add("a = 1e999999999\n")
	f.Add("a = [for x in [1]: x]\nb = 1/0\n")
	f.Fuzz(func(_ *testing.T, text string) {
		_, _ = ParseVariables("terraform.tfvars", []byte(text))
		_, _ = ParseVariables("terraform.tfvars.json", []byte(text))
	})
}

// FuzzOverrides merges a file of any content into another.
func FuzzOverrides(f *testing.F) {
	f.Add(`{"resource": {"a": {"b": {"c": 1, "dynamic": {"d": {}}}}}, "provider": {"aws": [{"alias": []}, 1]}}`,
		`{"resource": {"a": {"b": {"d": 1, "lifecycle": [1, {"e": 2}], "dynamic": [3, {"c": {}}]}}}, "provider": {"aws": {"alias": []}}}`)
	f.Add(`{"terraform": {"backend": {"s3": {}}, "required_providers": [1]}, "locals": {"a": 1}}`, `{"terraform": [{"cloud": 1}, {"backend": 2}], "locals": {"a": {}}}`)
	f.Fuzz(func(_ *testing.T, main, override string) {
		s, err := Parse("s", "main.tf.json", []byte(main))
		var content any
		if err != nil || json.Unmarshal([]byte(override), &content) != nil {
			return
		}
		m := &merger{file: "override.tf.json", into: s.JSON, overrides: true}
		for _, block := range m.objects("the file", content) {
			for _, key := range keys(block) {
				m.section(key, block[key])
			}
		}
		s.Resources()
		s.RemoteStates()
		s.Aliases()
	})
}
