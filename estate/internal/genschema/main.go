// Genschema writes the JSON Schema of the estate files, by which editors
// complete and check them, from the Go types that the files are decoded into.
// `go generate ./estate` runs it.
package main

import (
	"encoding/json"
	"log"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/invopop/jsonschema"

	"hubspoke/estate"
	"hubspoke/proof/intent"
)

// files are the schemas with the type of the file that each describes.
var files = map[string]any{
	"estate":  estate.Settings{},
	"hub":     estate.Hub{},
	"spoke":   estate.Spoke{},
	"intents": intent.Intents{},
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
	tighten(s)
	for _, d := range s.Definitions {
		tighten(d)
	}
	if name == "estate" {
		accounts, _ := s.Properties.Get("accounts")
		accounts.AdditionalProperties.Pattern = "^[0-9]{12}$"
	}
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
		return &jsonschema.Schema{Type: "string", Pattern: `^[0-9]{1,3}(\.[0-9]{1,3}){3}/[0-9]{1,2}$`}
	case reflect.TypeFor[netip.Addr]():
		return &jsonschema.Schema{Type: "string", Format: "ipv4", Pattern: `^[0-9]{1,3}(\.[0-9]{1,3}){3}$`}
	case reflect.TypeFor[estate.Date]():
		return &jsonschema.Schema{Type: "string", Format: "date"}
	case reflect.TypeFor[intent.PortRange]():
		return &jsonschema.Schema{OneOf: []*jsonschema.Schema{
			{Type: "integer", Minimum: "0", Maximum: "65535"},
			{Type: "string", Pattern: `^[0-9]{1,5}(-[0-9]{1,5})?$`},
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

// oneOrMore describes a list that may be written as its only item.
func oneOrMore(item reflect.Type) *jsonschema.Schema {
	s := scalar(item)
	if s == nil {
		one := uint64(1)
		s = &jsonschema.Schema{Type: "string", MinLength: &one}
	}
	return &jsonschema.Schema{OneOf: []*jsonschema.Schema{s, {Type: "array", Items: s}}}
}

// describe is the comment of a type or a field, in one line. A field's begins
// with its name, for which the file has another.
func describe(comments map[string]string, t reflect.Type, field string) string {
	key := t.PkgPath() + "." + t.Name()
	if field == "" {
		return strings.Join(strings.Fields(comments[key]), " ")
	}
	text := strings.Join(strings.Fields(comments[key+"."+field]), " ")
	f, _ := t.FieldByName(field)
	if rest, ok := strings.CutPrefix(text, field); ok && strings.HasPrefix(strings.TrimPrefix(rest, ","), " ") {
		return "`" + f.Tag.Get("yaml") + "`" + rest
	}
	return text
}

// tighten says of texts and numbers what holds for all of them: no text is
// empty, and no number below 1 has a meaning.
func tighten(s *jsonschema.Schema) {
	if s == nil {
		return
	}
	if s.Type == "string" && s.Enum == nil && s.Pattern == "" {
		one := uint64(1)
		s.MinLength = &one
	}
	if s.Type == "integer" && s.Minimum == "" {
		s.Minimum = "1"
	}
	tighten(s.Items)
	tighten(s.AdditionalProperties)
	if s.Properties != nil {
		for p := s.Properties.Oldest(); p != nil; p = p.Next() {
			tighten(p.Value)
		}
	}
}

// unescape takes back what encoding/json escapes for HTML.
var unescape = strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&")
