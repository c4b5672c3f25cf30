package stackjson

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// write writes files to a new folder, which it returns.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// addresses are the stacks' resources, by stack.
func addresses(stacks []*Stack) map[string][]string {
	all := map[string][]string{}
	for _, s := range stacks {
		all[s.Name] = []string{}
		for _, r := range s.Resources() {
			all[s.Name] = append(all[s.Name], r.Address())
		}
	}
	return all
}

const (
	vpc    = `{"resource": {"aws_vpc": {"main": {"cidr_block": "10.0.0.0/16"}}}}`
	subnet = `{"resource": {"aws_subnet": {"a": {"cidr_block": "10.0.0.0/24"}}}}`
)

func TestStacksAreFoundWhereverTheyAre(t *testing.T) {
	tests := []struct {
		name  string
		files map[string]string
		want  map[string][]string
	}{
		{"where CDKTF writes them, and nowhere else",
			map[string]string{"stacks/hub/cdk.tf.json": vpc, "stacks/dev/cdk.tf.json": subnet, "gitops/x.tf.json": vpc, "manifest.json": "{}"},
			map[string][]string{"hub": {"aws_vpc.main"}, "dev": {"aws_subnet.a"}}},
		{"in folders",
			map[string]string{"hub/main.tf.json": vpc, "dev/main.tf.json": subnet, "notes/readme.md": "", ".terraform/modules/x.tf.json": vpc},
			map[string][]string{"hub": {"aws_vpc.main"}, "dev": {"aws_subnet.a"}}},
		{"with several files",
			map[string]string{"hub/a.tf.json": vpc, "hub/b.tf.json": subnet},
			map[string][]string{"hub": {"aws_subnet.a", "aws_vpc.main"}}},
		{"with blocks in lists",
			map[string]string{"hub/a.tf.json": `[{"resource": [{"aws_vpc": [{"main": [{}]}, {"other": {}}]}]}, {"//": "a comment"}]`},
			map[string][]string{"hub": {"aws_vpc.main", "aws_vpc.other"}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			stacks, err := Read(write(t, test.files))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, addresses(stacks)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAFolderOfFilesIsOneStack(t *testing.T) {
	dir := write(t, map[string]string{"network/main.tf.json": vpc})
	t.Chdir(filepath.Join(dir, "network"))
	stacks, err := Read(".")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string][]string{"network": {"aws_vpc.main"}}, addresses(stacks)); diff != "" {
		t.Error(diff)
	}
}

func TestFilesAreMergedAsTerraformDoes(t *testing.T) {
	stacks, err := Read(write(t, map[string]string{
		"hub/a.tf.json": `{"provider": {"aws": {"region": "a"}}, "terraform": {"required_version": "1"}, "locals": {"a": 1},
			"resource": {"aws_vpc": {"main": {"cidr_block": "10.0.0.0/16", "tags": {"a": "b"}}}}}`,
		"hub/b.tf.json":        `{"provider": {"aws": [{"alias": "b"}]}, "terraform": {"backend": {"s3": {"key": "k"}}}, "locals": {"b": 2}}`,
		"hub/override.tf.json": `{"resource": {"aws_vpc": {"main": {"cidr_block": "10.1.0.0/16"}}}, "locals": {"a": 3}}`,
	}))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"provider":  map[string]any{"aws": []any{map[string]any{"region": "a"}, map[string]any{"alias": "b"}}},
		"terraform": map[string]any{"required_version": "1", "backend": map[string]any{"s3": map[string]any{"key": "k"}}},
		"locals":    map[string]any{"a": 3.0, "b": 2.0},
		"resource":  map[string]any{"aws_vpc": map[string]any{"main": map[string]any{"cidr_block": "10.1.0.0/16", "tags": map[string]any{"a": "b"}}}},
	}
	if diff := cmp.Diff(want, stacks[0].JSON); diff != "" {
		t.Error(diff)
	}
}

func TestEverythingThatCannotBeReadIsReportedAtOnce(t *testing.T) {
	tests := []struct {
		name  string
		files map[string]string
		want  []string // parts of the error, one a line
	}{
		{"nothing is there", nil, []string{"there are no synthesized stacks in "}},
		{"two files are malformed", map[string]string{
			"stacks/a/cdk.tf.json": "{\n  \"resource\": {,\n}}",
			"stacks/b/cdk.tf.json": vpc,
			"stacks/c/cdk.tf.json": `{"resource"`,
		}, []string{"a/cdk.tf.json:2:16: this is not valid JSON: invalid character ','", "c/cdk.tf.json:1:11: this is not valid JSON: unexpected end"}},
		{"a file is empty", map[string]string{"a/x.tf.json": ""}, []string{"a/x.tf.json:1:1: this is not valid JSON: unexpected end"}},
		{"a number is too large", map[string]string{"a/x.tf.json": "{\"locals\":\n{\"a\": 1e999}}"}, []string{"a/x.tf.json:2:"}},
		{"objects are wanted", map[string]string{"a/x.tf.json": `{"resource": {"aws_vpc": 5, "aws_subnet": {"a": "b"}}, "output": [[]]}`}, []string{
			"a/x.tf.json: output: an object is wanted here, and this is a list",
			"a/x.tf.json: resource.aws_subnet.a: an object is wanted here, and this is a text",
			"a/x.tf.json: resource.aws_vpc: an object is wanted here, and this is a number",
		}},
		{"the file is a list of texts", map[string]string{"a/x.tf.json": `["resource"]`}, []string{"a/x.tf.json: the file: an object is wanted here, and this is a text"}},
		{"a resource is there twice", map[string]string{"a/x.tf.json": vpc, "a/y.tf.json": vpc}, []string{"a/y.tf.json: resource.aws_vpc.main: it is there twice"}},
		{"a local is there twice", map[string]string{"a/x.tf.json": `{"locals": {"a": 1}}`, "a/y.tf.json": `{"locals": {"a": 1}}`}, []string{"a/y.tf.json: locals.a: it is there twice"}},
		{"a key is there twice", map[string]string{"a/x.tf.json": `{"resource": {"aws_vpc": {"a": {}, "a": {}}}}`}, []string{`a/x.tf.json: duplicate field "resource.aws_vpc.a"`}},
		{"a file is not JSON", map[string]string{"a/x.tf.json": vpc, "a/y.tf": ""}, []string{"a/y.tf: this is not JSON, and nothing else is read: write it as y.tf.json"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Read(write(t, test.files))
			if err == nil {
				t.Fatal("there is no error")
			}
			lines := strings.Split(err.Error(), "\n")
			if len(lines) != len(test.want) {
				t.Fatalf("the error has %d lines, want %d:\n%v", len(lines), len(test.want), err)
			}
			for i, want := range test.want {
				if !strings.Contains(lines[i], want) {
					t.Errorf("line %d is\n%s\nwant\n%s", i+1, lines[i], want)
				}
			}
		})
	}
}

func TestAFolderThatIsNotThereIsAnError(t *testing.T) {
	if _, err := Read(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("there is no error")
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{vpc, subnet, `[{"resource": [{"aws_vpc": [{"main": [{}]}]}]}]`, `{"provider": {"aws": [{"alias": "x"}]}}`,
		`{"terraform": [{"backend": {"s3": {}}}, {"backend": {"local": 4}}]}`, `{"output": null}`, `{"data": {"terraform_remote_state": {"a": 1}}}`, "\xff"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := Parse("stack", "file", text)
		if err == nil && !json.Valid(text) {
			t.Error("what is not JSON was read")
		}
		s.Resources()
		s.Outputs()
		s.RemoteStates()
		s.Backend()
		s.Aliases()
		Strings(s.JSON, func(string, string) {})
	})
}
