package test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"

	"hubspoke/estate"
	"hubspoke/internal/gitops"
	"hubspoke/internal/runner"
	"hubspoke/internal/synth"
	"hubspoke/internal/tf"
	"hubspoke/proof/stackjson"
	"hubspoke/stacks"
	"hubspoke/stacks/compose"
)

// How many estates are synthesized, and how many stacks of theirs Terraform is shown. Both
// take seconds, unlike all else here: `-rapid.checks` says how many estates are drawn.
const (
	synthesizedEdits = 8
	validatedStacks  = 3
)

// Whatever is accepted can be synthesized: a rule that can refuse an estate stands where
// it is checked, with file and line, and not where its stacks are made. The estates are
// those under test, with changes that keep to the schema.
func TestWhatIsAcceptedSynthesizes(t *testing.T) {
	schemas := readSchemas(t)
	accepted, refused, synthesized, failed := 0, 0, 0, false
	var sample []*synthesis
	rapid.Check(t, func(rt *rapid.T) {
		d := drawEstate(rt, t, schemas)
		e, err := estate.LoadFS(d.files(), "drawn")
		if err != nil {
			refused++
			return
		}
		accepted++
		dir, err := os.MkdirTemp(scratch, "accepted-")
		if err != nil {
			rt.Fatal(err)
		}
		if err := gitops.Write(e, dir); err != nil {
			rt.Fatalf("accepted, and has no bundle: %v\nchanges: %s", err, strings.Join(d.changes, "; "))
		}
		// Once something has failed, rapid looks for the least that fails.
		if synthesized++; synthesized > synthesizedEdits && !failed {
			return
		}
		if err := synth.Write(e, dir, stacks.ByPeople(e), compose.Write); err != nil {
			failed = true
			rt.Fatalf("accepted, and cannot be synthesized: %v\nchanges: %s", err, strings.Join(d.changes, "; "))
		}
		s := readSynthesis(rt, e, dir)
		for _, stack := range s.stacks {
			if strings.Contains(string(stack.Text), evaluated) {
				failed = true
				rt.Fatalf("accepted, and Terraform would evaluate it in %s\nchanges: %s", stack.Name, strings.Join(d.changes, "; "))
			}
		}
		sample = append(sample, s)
	})
	t.Logf("%d accepted, %d refused", accepted, refused)
	if accepted < 10 || refused < 10 {
		t.Errorf("%d accepted, %d refused: this test has lost its subject", accepted, refused)
	}
	if !t.Failed() {
		validateSome(t, sample)
	}
}

// The hub is deployed first, and the last spoke may go.
func TestAHubWithoutSpokesSynthesizes(t *testing.T) {
	dir := t.TempDir()
	for file, text := range tree(t, estates["mesh"]) {
		if kindOf(file) == "hub" || kindOf(file) == "estate" {
			// A spoke that is not there yet has no names.
			text = strings.Replace(text, "    allow_only: {green: [pypi.org]}\n", "    block: [evil.example]\n", 1)
			write(t, filepath.Join(dir, "alone", file), text)
		}
	}
	synthesize(t, filepath.Join(dir, "alone"), filepath.Join(dir, "out"))
}

func readSynthesis(t *rapid.T, e *estate.Estate, dir string) *synthesis {
	list, err := stacks.Order(stacks.Of(e))
	if err != nil {
		t.Fatal(err)
	}
	read, err := stackjson.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	return &synthesis{Estate: e, outdir: dir, list: list, stacks: read}
}

// validateSome shows Terraform some of the stacks, which it applies with made-up answers
// of AWS.
func validateSome(t *testing.T, sample []*synthesis) {
	installation := terraformFor(t)
	for i, e := range sample[:min(len(sample), validatedStacks)] {
		s := e.stacks[(i*5+len(e.stacks)/2)%len(e.stacks)]
		problems, err := installation.Test(t.Context(), []runner.Case{e.mockedApply(s)})
		if err != nil {
			t.Fatal(err)
		}
		if err := problems[s.Name]; err != nil {
			t.Errorf("%s of an accepted estate cannot be applied: %v", s.Name, err)
		}
	}
}

// drawn is an estate with changes.
type drawn struct {
	*rapid.T
	documents map[string]any
	changes   []string
}

// renames are names that mean something elsewhere.
var renames = []string{"internet", "on-premises", "s3", "ec2", "logs", "nodes", "vpc", "hub-two", "a", "a-name-of-twenty-char"}

func drawEstate(rt *rapid.T, t *testing.T, schemas map[string]schema) *drawn {
	name := rapid.SampledFrom(tf.Keys(estates)).Draw(rt, "estate")
	d := &drawn{T: rt, documents: map[string]any{}}
	texts := tree(t, estates[name])
	if spokes := spokesOf(texts); rapid.IntRange(0, 4).Draw(rt, "rename") == 0 {
		from, to := rapid.SampledFrom(spokes).Draw(rt, "spoke"), rapid.SampledFrom(renames).Draw(rt, "name")
		texts = renamed(texts, from, to)
		d.changes = append(d.changes, fmt.Sprintf("%s: %s is called %s", name, from, to))
	}
	for file, text := range texts {
		if kindOf(file) == "rules" {
			d.documents[file] = text
			continue
		}
		var document any
		if err := yaml.Unmarshal([]byte(text), &document); err != nil {
			rt.Fatal(err)
		}
		if fields, ok := document.(map[string]any); ok {
			if day, ok := fields["as_of"].(time.Time); ok {
				fields["as_of"] = day.Format(time.DateOnly)
			}
		}
		d.documents[file] = document
	}
	for range min(2, rapid.IntRange(0, 4).Draw(rt, "number of changes")+1) {
		file := rapid.SampledFrom(tf.Keys(d.documents)).Draw(rt, "file")
		if s, ok := schemas[kindOf(file)]; ok {
			d.documents[file] = d.change(s, d.documents[file], name+"/"+file, 0)
		}
	}
	return d
}

func kindOf(file string) string {
	name, isYAML := strings.CutSuffix(file, ".yaml")
	switch {
	case !isYAML:
		return "rules"
	case slices.Contains([]string{"estate", "hub", "intents", "organization"}, name):
		return name
	}
	return "spoke"
}

func spokesOf(texts map[string]string) []string {
	var names []string
	for file := range texts {
		if kindOf(file) == "spoke" {
			names = append(names, strings.TrimSuffix(file, ".yaml"))
		}
	}
	slices.Sort(names)
	return names
}

// renamed calls a spoke by another name wherever the whole word stands.
func renamed(texts map[string]string, from, to string) map[string]string {
	word := regexp.MustCompile(`(^|[^a-z0-9-])` + regexp.QuoteMeta(from) + `([^a-z0-9-]|$)`)
	all := map[string]string{}
	for file, text := range texts {
		if file == from+".yaml" {
			file = to + ".yaml"
		}
		// Twice, since neighbours share what is between them.
		for range 2 {
			text = word.ReplaceAllString(text, "${1}"+to+"${2}")
		}
		all[file] = text
	}
	return all
}

func (d *drawn) files() fstest.MapFS {
	files := fstest.MapFS{}
	for file, document := range d.documents {
		text, err := yaml.Marshal(document)
		if err != nil {
			d.Fatal(err)
		}
		if rules, ok := document.(string); ok && kindOf(file) == "rules" {
			text = []byte(rules)
		}
		files[file] = &fstest.MapFile{Data: text}
	}
	return files
}

// schema is a JSON Schema, as far as those of an estate's files go.
type schema struct {
	Ref        string            `json:"$ref"`
	Defs       map[string]schema `json:"$defs"`
	Type       any
	Enum       []any
	Default    any
	Examples   []any
	Pattern    string
	Minimum    *int
	Maximum    *int
	Properties map[string]schema
	Required   []string
	Additional json.RawMessage `json:"additionalProperties"`
	Names      *schema         `json:"propertyNames"`
	Items      *schema
	defs       map[string]schema
}

func readSchemas(t *testing.T) map[string]schema {
	t.Helper()
	all := map[string]schema{}
	for _, kind := range []string{"estate", "hub", "organization", "spoke"} {
		text, err := os.ReadFile(filepath.Join("../environments/schema", kind+".schema.json"))
		if err != nil {
			t.Fatal(err)
		}
		var s schema
		if err := json.Unmarshal(text, &s); err != nil {
			t.Fatal(err)
		}
		s.defs = s.Defs
		all[kind] = s
	}
	return all
}

// below is a part of the schema.
func (s schema) below(part schema) schema {
	part.defs = s.defs
	if name, ok := strings.CutPrefix(part.Ref, "#/$defs/"); ok {
		referred := s.defs[name]
		referred.defs = s.defs
		return referred
	}
	return part
}

// entries is the schema of the values of a map whose keys somebody chooses.
func (s schema) entries() (schema, bool) {
	var entry schema
	if len(s.Additional) == 0 || string(s.Additional) == "false" || json.Unmarshal(s.Additional, &entry) != nil {
		return schema{}, false
	}
	return s.below(entry), true
}

// change replaces something at or below a value, adds it, or takes it away.
func (d *drawn) change(s schema, value any, at string, depth int) any {
	object, ok := value.(map[string]any)
	if !ok || depth > 1 && rapid.IntRange(0, 9).Draw(d.T, "here") == 0 {
		d.changes = append(d.changes, at+" is drawn")
		return d.draw(s)
	}
	object = maps.Clone(object)
	keys := tf.Keys(s.Properties)
	entry, isMap := s.entries()
	if isMap {
		keys = append(tf.Keys(object), d.key(s))
	}
	key := rapid.SampledFrom(keys).Draw(d.T, "key")
	part := entry
	if !isMap {
		part = s.below(s.Properties[key])
	}
	at += "." + key
	current, there := object[key]
	switch {
	case there && !slices.Contains(s.Required, key) && rapid.IntRange(0, 5).Draw(d.T, "away") == 0:
		d.changes = append(d.changes, at+" is gone")
		delete(object, key)
	case there:
		object[key] = d.change(part, current, at, depth+1)
	default:
		object[key] = d.draw(part)
		d.changes = append(d.changes, fmt.Sprintf("%s is %v", at, object[key]))
	}
	return object
}

func (d *drawn) key(s schema) string {
	if s.Names != nil && s.Names.Pattern != "" {
		return rapid.StringMatching(s.Names.Pattern).Draw(d.T, "name")
	}
	return rapid.SampledFrom([]string{"one", "two"}).Draw(d.T, "name")
}

// draw draws a value that the schema takes; of numbers also those at a limit.
func (d *drawn) draw(s schema) any {
	if len(s.Examples) > 0 && rapid.Bool().Draw(d.T, "example") {
		return rapid.SampledFrom(s.Examples).Draw(d.T, "of the examples")
	}
	if len(s.Enum) > 0 {
		return rapid.SampledFrom(s.Enum).Draw(d.T, "of the values")
	}
	entry, isMap := s.entries()
	switch {
	case isMap:
		object := map[string]any{}
		for range rapid.IntRange(0, 3).Draw(d.T, "entries") {
			object[d.key(s)] = d.draw(entry)
		}
		return object
	case s.Properties != nil:
		object := map[string]any{}
		for _, key := range tf.Keys(s.Properties) {
			if slices.Contains(s.Required, key) || rapid.IntRange(0, 3).Draw(d.T, key+"?") == 0 {
				object[key] = d.draw(s.below(s.Properties[key]))
			}
		}
		return object
	case s.Items != nil:
		list := []any{}
		for range rapid.IntRange(0, 3).Draw(d.T, "items") {
			list = append(list, d.draw(s.below(*s.Items)))
		}
		return list
	}
	switch fmt.Sprint(s.Type) {
	case "boolean":
		return rapid.Bool().Draw(d.T, "bool")
	case "integer":
		return d.number(s)
	}
	if s.Pattern != "" {
		return rapid.StringMatching(s.Pattern).Draw(d.T, "text")
	}
	return rapid.SampledFrom([]string{evaluated, "10.0.0.0/8", "10.9.0.0/16", "10.200.0.0/24", "a", "example"}).Draw(d.T, "text")
}

// evaluated is a text that Terraform would put something else in the place of.
const evaluated = "${accepted}"

func (d *drawn) number(s schema) int {
	least, most := 1, 100000
	if s.Minimum != nil {
		least = *s.Minimum
	}
	if s.Maximum != nil {
		most = *s.Maximum
	}
	return rapid.SampledFrom([]int{least, least + 1, most, min(most, max(least, 3)), min(most, max(least, 40))}).Draw(d.T, "number")
}
