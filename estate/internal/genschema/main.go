// Genschema writes the JSON Schema of the estate files, by which editors
// complete and check them, from the Go types that the files are decoded into.
// `go generate ./estate` runs it.
package main

import (
	"cmp"
	"encoding/json"
	"log"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"

	"github.com/invopop/jsonschema"
	"go.yaml.in/yaml/v3"

	"hubspoke/estate"
	"hubspoke/estate/organization"
	"hubspoke/internal/yamldoc"
	"hubspoke/proof/intent"
)

// files are the schemas with the type of the file that each describes.
var files = map[string]any{
	"estate":       estate.Settings{},
	"hub":          estate.Hub{},
	"spoke":        estate.Spoke{},
	"intents":      intent.Intents{},
	"organization": organization.Config{},
}

// main expects to run in the folder estate/.
func main() {
	log.SetFlags(0)
	for name := range files {
		text, err := generate(name)
		if err == nil {
			err = os.WriteFile(path(name), text, 0o644)
		}
		if err != nil {
			log.Fatal(err)
		}
	}
}

func path(name string) string {
	return filepath.Join("..", "environments", "schema", name+".schema.json")
}

// generate makes the schema of a kind of file. The descriptions are the types'
// comments, so the sources must be in the working directory.
func generate(name string) ([]byte, error) {
	r := &jsonschema.Reflector{
		Anonymous:                  true,
		ExpandedStruct:             true,
		FieldNameTag:               "yaml",
		RequiredFromJSONSchemaTags: true,
		Mapper:                     scalar,
	}
	for _, folder := range []string{".", "../proof/intent"} {
		if err := r.AddGoComments("hubspoke/estate", folder, jsonschema.WithFullComment()); err != nil {
			return nil, err
		}
	}
	comments := r.CommentMap
	r.CommentMap = nil
	r.LookupComment = func(t reflect.Type, field string) string { return describe(comments, t, field) }

	s := r.Reflect(files[name])
	refine(s, reflect.TypeOf(files[name]), &s.Definitions)
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return nil, err
	}
	return []byte(unescape.Replace(string(text)) + "\n"), nil
}

// scalar describes the types that stand in a file as a single text.
func scalar(t reflect.Type) *jsonschema.Schema {
	switch t {
	case reflect.TypeFor[netip.Prefix]():
		return text(yamldoc.AddressRange)
	case reflect.TypeFor[netip.Addr]():
		return text(yamldoc.Address)
	case reflect.TypeFor[estate.Date]():
		return &jsonschema.Schema{Type: "string", Format: "date"}
	case reflect.TypeFor[intent.PortRange]():
		return &jsonschema.Schema{OneOf: []*jsonschema.Schema{
			{Type: "integer", Minimum: "0", Maximum: "65535"},
			{Type: "string", Pattern: `^` + port + `(-` + port + `)?$`},
		}}
	case reflect.TypeFor[intent.Parties](), reflect.TypeFor[intent.Ports](), reflect.TypeFor[intent.Waypoints]():
		return oneOrMore(t.Elem())
	}
	enum, ok := reflect.Zero(t).Interface().(interface{ Values() []string })
	if !ok {
		return nil
	}
	s := &jsonschema.Schema{Type: "string"}
	for _, v := range enum.Values() {
		s.Enum = append(s.Enum, v)
	}
	return s
}

// port is a number from 0 to 65535.
const port = `0*([0-9]{1,4}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])`

// oneOrMore describes a list that may be written as its only item.
func oneOrMore(item reflect.Type) *jsonschema.Schema {
	s := scalar(item)
	if s == nil {
		s = text(yamldoc.Text)
	}
	return &jsonschema.Schema{OneOf: []*jsonschema.Schema{s, {Type: "array", Items: s, MinItems: limit(1)}}}
}

// text describes a text of a format.
func text(f *yamldoc.Format) *jsonschema.Schema {
	s := &jsonschema.Schema{Type: "string"}
	constrain(s, f)
	return s
}

// constrain says of a text, or of a number, what its format asks.
func constrain(s *jsonschema.Schema, f *yamldoc.Format) {
	if f.Pattern != nil {
		s.Pattern = cmp.Or(f.Portable, f.Pattern).String()
	}
	if f.Suggested != nil {
		some := &jsonschema.Schema{}
		for _, v := range f.Suggested {
			some.Enum = append(some.Enum, v)
		}
		s.AnyOf, s.Pattern = []*jsonschema.Schema{some, {Pattern: s.Pattern}}, ""
	}
	if f.Except != nil {
		s.Not = &jsonschema.Schema{Pattern: f.Except.String()}
	}
	s.MinLength, s.MaxLength = limit(f.MinLength), limit(f.MaxLength)
	for _, v := range f.Values {
		s.Enum = append(s.Enum, stated(v, s.Type == "string"))
	}
	if f.Example != "" {
		s.Examples = []any{f.Example}
	}
}

// limit is a keyword's value; nil if there is none.
func limit(n int) *uint64 {
	if n == 0 {
		return nil
	}
	u := uint64(n)
	return &u
}

// stated is what a tag states, as YAML or as the text that it is.
func stated(text string, asText bool) any {
	if asText {
		return text
	}
	var v any
	if err := yaml.Unmarshal([]byte(text), &v); err != nil {
		log.Fatalf("a tag states %s: %v", text, err)
	}
	return v
}

// describe is the comment of a type or a field, in one line and without the name that only
// the code has: a field's is that of its key, and a type has none.
func describe(comments map[string]string, t reflect.Type, field string) string {
	key := t.PkgPath() + "." + t.Name()
	if field == "" {
		text := strings.Join(strings.Fields(comments[key]), " ")
		text = strings.TrimPrefix(text, t.Name()+" ")
		for _, verb := range []string{"is ", "are "} {
			text = strings.TrimPrefix(text, verb)
		}
		if first, _, _ := strings.Cut(text, " "); strings.HasSuffix(first, ".yaml:") || text == "" {
			return text
		}
		return strings.ToUpper(text[:1]) + text[1:]
	}
	text := strings.Join(strings.Fields(comments[key+"."+field]), " ")
	f, _ := t.FieldByName(field)
	if rest, ok := strings.CutPrefix(text, field); ok && strings.HasPrefix(strings.TrimPrefix(rest, ","), " ") {
		return "`" + f.Tag.Get("yaml") + "`" + rest
	}
	return text
}

// refine says of a file's or a section's keys, and of those of the sections below, what
// their tags ask and state.
func refine(s *jsonschema.Schema, t reflect.Type, definitions *jsonschema.Definitions) {
	for t.Kind() != reflect.Struct {
		if t.Kind() == reflect.Slice && s.Items != nil {
			s = s.Items
		}
		t = t.Elem()
	}
	if s.Ref != "" {
		s = (*definitions)[strings.TrimPrefix(s.Ref, "#/$defs/")]
	}
	if s.Extras != nil {
		return // seen already
	}
	s.Extras = map[string]any{}
	for i := range t.NumField() {
		f := t.Field(i)
		key := f.Tag.Get("yaml")
		if key == "-" {
			continue
		}
		p, _ := s.Properties.Get(key)
		rules := yamldoc.RulesOf(f)
		value(p, f.Type, rules, definitions)
		asText := f.Type.Kind() == reflect.String && scalar(f.Type) == nil
		if rules.Default != "" {
			p.Default = stated(rules.Default, false)
		}
		if rules.Example != "" {
			p.Examples = []any{stated(rules.Example, asText || p.Type == "string")}
		}
	}
	switch {
	case yamldoc.OneKey(t):
		s.MinProperties, s.MaxProperties = limit(1), limit(1)
	case len(s.Required) == 0 && s.Version == "":
		orNothing(s)
	}
}

// orNothing lets a key stand without anything behind it, which states an empty section.
func orNothing(s *jsonschema.Schema) {
	s.Type = ""
	if s.Extras == nil {
		s.Extras = map[string]any{}
	}
	s.Extras["type"] = []string{"object", "null"}
}

// value says of a value what the rules of its field ask.
func value(s *jsonschema.Schema, t reflect.Type, rules yamldoc.Rules, definitions *jsonschema.Definitions) {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if _, single := reflect.Zero(t).Interface().(interface{ OneOrMore() }); single {
		return // scalar has described it
	}
	switch {
	case t.Kind() == reflect.Slice:
		s.MinItems, s.MaxItems, s.UniqueItems = limit(rules.MinItems), limit(rules.MaxItems), rules.UniqueItems
		value(s.Items, t.Elem(), yamldoc.Rules{Format: rules.Format}, definitions)
	case t.Kind() == reflect.Map:
		s.MinProperties, s.MaxProperties = limit(rules.MinProperties), limit(rules.MaxProperties)
		s.PropertyNames = &jsonschema.Schema{}
		constrain(s.PropertyNames, cmp.Or(rules.Keys, yamldoc.Text))
		value(s.AdditionalProperties, t.Elem(), rules, definitions)
		if rules.MinProperties == 0 {
			orNothing(s)
		}
	case t.Kind() == reflect.Int:
		s.Minimum = json.Number(strconv.Itoa(rules.Least()))
		if rules.Maximum > 0 {
			s.Maximum = json.Number(strconv.Itoa(rules.Maximum))
		}
		if rules.Format != nil {
			constrain(s, rules.Format)
		}
	case scalar(t) != nil || t.Kind() == reflect.Bool:
	case t.Kind() == reflect.String:
		constrain(s, cmp.Or(rules.Format, yamldoc.Text))
	case t.Kind() == reflect.Struct:
		refine(s, t, definitions)
	}
}

// unescape takes back what encoding/json escapes for HTML.
var unescape = strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&")
