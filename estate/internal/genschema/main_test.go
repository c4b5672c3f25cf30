package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"hubspoke/estate/internal/format"
	"hubspoke/internal/yamldoc"
)

// kind is the schema that describes an estate's file.
func kind(file string) string {
	switch name := strings.TrimSuffix(filepath.Base(file), ".yaml"); name {
	case "estate", "hub", "intents", "organization":
		return name
	}
	return "spoke"
}

// compile reads the committed schema of a kind of file.
func compile(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile(path(name))
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// content is a YAML file as the schema sees it.
func content(t *testing.T, text string) any {
	t.Helper()
	var decoded any
	if err := yaml.Unmarshal([]byte(text), &decoded); err != nil {
		t.Fatal(err)
	}
	encoded, err := json.Marshal(decoded)
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(encoded))
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestCommittedSchemasAreCurrent(t *testing.T) {
	t.Chdir("../..")
	for name := range files {
		current(t, name)
	}
}

// current reports a committed schema that is not what the types say.
func current(t *testing.T, name string) {
	t.Helper()
	want, err := generate(name)
	if err != nil {
		t.Fatal(err)
	}
	if read(t, path(name)) != string(want) {
		t.Errorf("%s is not what the types say: run `make schema`", strings.TrimPrefix(filepath.ToSlash(path(name)), "../"))
	}
}

// Not every validator knows letters by their Unicode property: that of Python does not.
func TestSchemasAreInWordsThatEveryValidatorHas(t *testing.T) {
	t.Chdir("../..")
	for name := range files {
		if strings.Contains(read(t, path(name)), `\\p{`) {
			t.Errorf("%s has a pattern with \\p{…}: give its format a Portable one", path(name))
		}
	}
}

func TestAPortablePatternTakesWhatThePatternTakes(t *testing.T) {
	for _, f := range []*yamldoc.Format{format.TagKey, format.TagValue} {
		for r := rune(0); r < 0x3000; r++ {
			for _, text := range []string{string(r), "a" + string(r), " " + string(r)} {
				takes, portable := f.Pattern.MatchString(text), f.Portable.MatchString(text)
				if takes && !portable || r < 0x80 && takes != portable {
					t.Errorf("%s: %q: %v, and the portable one %v", f.Name, text, takes, portable)
				}
			}
		}
	}
}

func TestEverySchemaKeyIsDescribed(t *testing.T) {
	t.Chdir("../..")
	for name := range files {
		var schema map[string]any
		if err := json.Unmarshal([]byte(read(t, path(name))), &schema); err != nil {
			t.Fatal(err)
		}
		objects := map[string]any{name: schema}
		if defs, ok := schema["$defs"].(map[string]any); ok {
			for def, object := range defs {
				objects[def] = object
			}
		}
		for object, s := range objects {
			s := s.(map[string]any)
			if s["description"] == nil {
				t.Errorf("%s: %s has no description", path(name), object)
			}
			if s["type"] == "array" {
				continue
			}
			if s["additionalProperties"] != false {
				t.Errorf("%s: %s admits unknown keys", path(name), object)
			}
			for key, p := range s["properties"].(map[string]any) {
				text, _ := p.(map[string]any)["description"].(string)
				if !strings.HasPrefix(text, "`"+key+"`") {
					t.Errorf("%s: %s.%s: the description does not begin with the key: %q", path(name), object, key, text)
				}
			}
		}
	}
}

// host finds what would tie a schema to a place.
var host = regexp.MustCompile(`\$id|/work/|/home/|hubspoke`)

func TestSchemasNameNoPlace(t *testing.T) {
	t.Chdir("../..")
	for name := range files {
		if found := host.FindString(read(t, path(name))); found != "" {
			t.Errorf("%s holds %q", path(name), found)
		}
	}
}

func TestEstatesMatchTheirSchema(t *testing.T) {
	t.Chdir("../../../environments")
	found, err := filepath.Glob("*/*.yaml")
	if err != nil || len(found) < 5 {
		t.Fatalf("found %v, %v", found, err)
	}
	for _, file := range found {
		text := read(t, file)
		if err := compile(t, kind(file)).Validate(content(t, text)); err != nil {
			t.Errorf("%s: %v", file, err)
		}
		first, _, _ := strings.Cut(text, "\n")
		if want := "# yaml-language-server: $schema=../schema/" + kind(file) + ".schema.json"; first != want {
			t.Errorf("%s begins with %q, want %q", file, first, want)
		}
	}
}

func TestSchemasRefuseWhatTheLoaderRefuses(t *testing.T) {
	t.Chdir("../../../environments")
	for _, test := range []struct{ file, old, new string }{
		{"piksel/dev.yaml", "az_count: 2", "az_count: 2\n  az_cuont: 3"},
		{"piksel/dev.yaml", "segment: dev", "segments: dev"},
		{"piksel/dev.yaml", "  cidr: 10.1.0.0/16\n", ""},
		{"piksel/dev.yaml", "10.1.0.0/16", "ten"},
		{"piksel/dev.yaml", "az_count: 2", "az_count: 4"},
		{"piksel/dev.yaml", "nat: single", "nat: double"},
		{"piksel/dev.yaml", "probe: true", "probe: always"},
		{"piksel/hub.yaml", "keep_releases: 15", "keep_releases: 0"},
		{"piksel/hub.yaml", "[sts,", "['',"},
		{"piksel/estate.yaml", `"222222222222"`, "222222222222"},
		{"piksel/estate.yaml", `"222222222222"`, `"2222"`},
		{"piksel/estate.yaml", "project: piksel", "project: P"},
		{"piksel/estate.yaml", "[apse3-az1, apse3-az2, apse3-az3]", "[apse3-az1]"},
	} {
		text := read(t, test.file)
		if strings.Count(text, test.old) != 1 {
			t.Fatalf("%s does not hold %q once", test.file, test.old)
		}
		if compile(t, kind(test.file)).Validate(content(t, strings.Replace(text, test.old, test.new, 1))) == nil {
			t.Errorf("%s with %q in place of %q matches the schema", test.file, test.new, test.old)
		}
	}
}
