// Genschema writes the JSON Schemas of what commands answer with --json, from the Go types
// of the answers. `go generate ./cmd/estate/answer` runs it.
package main

import (
	"bytes"
	"encoding"
	"log"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"

	"github.com/invopop/jsonschema"

	"hubspoke/cmd/estate/answer"
	"hubspoke/internal/report/document"
	"hubspoke/proof/finding"
)

// main expects to run in the folder cmd/estate/answer/.
func main() {
	log.SetFlags(0)
	for name := range answer.Commands {
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
	return filepath.Join("..", "..", "..", "docs", "schema", name+".schema.json")
}

// sources are the packages of the answers, with their folders from cmd/estate/answer/.
var sources = []string{"cmd/estate/answer", "estate", "internal/cost", "internal/report/document", "proof", "proof/finding"}

// generate makes the schema of a command's answer: what it answers, or a failure.
func generate(name string) ([]byte, error) {
	comments, err := comments()
	if err != nil {
		return nil, err
	}
	r := &jsonschema.Reflector{Anonymous: true, Mapper: mapped}
	r.LookupComment = func(t reflect.Type, field string) string { return comment(comments, t, field) }

	good, bad := r.ReflectFromType(reflect.TypeOf(answer.Commands[name])), r.ReflectFromType(reflect.TypeFor[answer.Failure]())
	for key, definition := range bad.Definitions {
		good.Definitions[key] = definition
	}
	whole := &jsonschema.Schema{
		Version: good.Version, Definitions: good.Definitions,
		Description: "What `estate " + strings.ReplaceAll(name, "-spoke", " spoke") + "` answers with --json.",
		AnyOf:       []*jsonschema.Schema{{Ref: good.Ref}, {Ref: bad.Ref}},
	}
	var text bytes.Buffer
	if err := answer.Write(&text, whole); err != nil {
		return nil, err
	}
	return text.Bytes(), nil
}

// comments are what the sources say, by package, type and field.
var comments = sync.OnceValues(func() (map[string]string, error) {
	r := &jsonschema.Reflector{}
	for _, folder := range sources {
		if err := r.AddGoComments("hubspoke/"+folder, filepath.Join("..", "..", "..", folder), jsonschema.WithFullComment()); err != nil {
			return nil, err
		}
	}
	// They are found by folders as they were given.
	found := map[string]string{}
	for key, comment := range r.CommentMap {
		found[strings.ReplaceAll(key, "/../../..", "")] = strings.Join(strings.Fields(comment), " ")
	}
	return found, nil
})

// comment is what the source says of a type or a field.
func comment(comments map[string]string, t reflect.Type, field string) string {
	key := t.PkgPath() + "." + t.Name()
	if field != "" {
		key += "." + field
	}
	for known, text := range comments {
		if known == key || strings.HasSuffix(known, "/"+strings.TrimPrefix(key, "hubspoke/")) {
			return named(text, t, field)
		}
	}
	return ""
}

// named is a comment that begins with the key, where the source has the name of a field.
func named(text string, t reflect.Type, field string) string {
	f, ok := t.FieldByName(field)
	if !ok {
		return text
	}
	key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	if rest, found := strings.CutPrefix(text, field+" "); found && key != "" {
		return "`" + key + "` " + rest
	}
	return text
}

// mapped describes the types that write themselves.
func mapped(t reflect.Type) *jsonschema.Schema {
	switch t {
	case reflect.TypeFor[finding.Status]():
		return &jsonschema.Schema{Type: "string", Enum: []any{"proven", "unproven", "violated"}}
	case reflect.TypeFor[netip.Prefix]():
		return &jsonschema.Schema{Type: "string", Description: "An address range, empty where it is not known."}
	case reflect.TypeFor[document.Section]():
		return section()
	}
	if marshaler := reflect.TypeFor[encoding.TextMarshaler](); t.Implements(marshaler) || reflect.PointerTo(t).Implements(marshaler) {
		return &jsonschema.Schema{Type: "string"}
	}
	return nil
}

// section is a section of a report. Its rows have the columns that it says itself.
func section() *jsonschema.Schema {
	text := &jsonschema.Schema{Type: "string"}
	properties := jsonschema.NewProperties()
	properties.Set("title", text)
	properties.Set("text", &jsonschema.Schema{Type: "array", Items: text})
	properties.Set("rows", &jsonschema.Schema{Type: "array", Items: &jsonschema.Schema{Type: "object", AdditionalProperties: text}})
	step := jsonschema.NewProperties()
	step.Set("text", text)
	step.Set("account", text)
	step.Set("commands", &jsonschema.Schema{Type: "array", Items: text})
	properties.Set("steps", &jsonschema.Schema{Type: "array", Items: &jsonschema.Schema{Type: "object", Properties: step, Required: []string{"text"}, AdditionalProperties: jsonschema.FalseSchema}})
	return &jsonschema.Schema{Type: "object", Properties: properties, Required: []string{"title"}, AdditionalProperties: jsonschema.FalseSchema}
}
