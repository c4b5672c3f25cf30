package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"hubspoke/internal/yamldoc"
)

// property is a key of a schema.
type property struct {
	// pointer is where the schema says it: `spoke.schema.json#/$defs/Network/properties/nat`.
	pointer     string
	key         string
	Description string `json:"description"`
	Default     any    `json:"default"`
	Examples    []any  `json:"examples"`
}

// object is a group of keys of a schema.
type object struct {
	Description string                     `json:"description"`
	Properties  map[string]json.RawMessage `json:"properties"`
}

// objects are the groups of a schema, by where the schema says them.
func objects(t *testing.T, name string) map[string]object {
	t.Helper()
	var schema struct {
		object
		Definitions map[string]object `json:"$defs"`
	}
	if err := json.Unmarshal([]byte(read(t, path(name))), &schema); err != nil {
		t.Fatal(err)
	}
	all := map[string]object{path(name) + "#": schema.object}
	for definition, o := range schema.Definitions {
		all[path(name)+"#/$defs/"+definition] = o
	}
	return all
}

// properties are all keys of all schemas.
func properties(t *testing.T) []property {
	t.Helper()
	t.Chdir("../..")
	var all []property
	for name := range files {
		for pointer, o := range objects(t, name) {
			for key, text := range o.Properties {
				p := property{pointer: pointer + "/properties/" + key, key: key}
				decoder := json.NewDecoder(bytes.NewReader(text))
				decoder.UseNumber()
				if err := decoder.Decode(&p); err != nil {
					t.Fatal(err)
				}
				all = append(all, p)
			}
		}
	}
	if len(all) < 150 {
		t.Fatalf("the schemas have %d keys", len(all))
	}
	return all
}

// literal is a default that a comment states as a file would: a number, a truth value, or
// words in backticks. What follows from another key, or has a part that differs, is none.
var literal = regexp.MustCompile("Default: ((?:`[^`<]+`(?:, )?)+|[0-9]+|true|false)(?:[.,]|$| \\([0-9])")

func TestDefaultsAreThoseOfTheComments(t *testing.T) {
	keys := map[string]bool{}
	all := properties(t)
	for _, p := range all {
		keys[p.key] = true
	}
	for _, p := range all {
		m := literal.FindStringSubmatch(p.Description)
		switch {
		case p.Default == nil && m != nil && !keys[strings.Trim(m[1], "`")]:
			t.Errorf("%s: the comment states a default, and the schema none: %s", p.pointer, p.Description)
		case p.Default == nil:
		case !strings.Contains(p.Description, "Default: "+inWords(p.Default)) && !strings.Contains(p.Description, inWords(p.Default)+" (default"):
			t.Errorf("%s: the default is %s, and the comment says: %s", p.pointer, inWords(p.Default), p.Description)
		}
	}
}

// inWords is a default as a comment states it.
func inWords(value any) string {
	switch v := value.(type) {
	case string:
		return "`" + v + "`"
	case []any:
		var items []string
		for _, item := range v {
			items = append(items, inWords(item))
		}
		return strings.Join(items, ", ")
	}
	return fmt.Sprint(value)
}

// Loading fills in what the schema says.
func TestDefaultsAreFilledIn(t *testing.T) {
	t.Chdir("../..")
	checked := 0
	for name, content := range files {
		all := objects(t, name)
		var check func(of reflect.Type)
		check = func(of reflect.Type) {
			for of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice || of.Kind() == reflect.Map {
				of = of.Elem()
			}
			pointer := path(name) + "#/$defs/" + of.Name()
			if of == reflect.TypeOf(content) {
				pointer = path(name) + "#"
			}
			o, ok := all[pointer]
			if !ok || of.Kind() != reflect.Struct {
				return // a scalar, or seen
			}
			delete(all, pointer)
			value := reflect.New(of)
			yamldoc.ApplyDefaults(value.Interface())
			for i := range of.NumField() {
				f := of.Field(i)
				var p property
				if text, ok := o.Properties[f.Tag.Get("yaml")]; ok {
					if err := json.Unmarshal(text, &p); err != nil {
						t.Fatal(err)
					}
				}
				if got := asJSON(t, value.Elem().Field(i).Interface()); p.Default != nil && got != asJSON(t, p.Default) {
					t.Errorf("%s.%s: loading fills in %s, and the schema says %s", pointer, f.Tag.Get("yaml"), got, asJSON(t, p.Default))
				} else if p.Default != nil {
					checked++
				}
				check(f.Type)
			}
		}
		check(reflect.TypeOf(content))
	}
	if checked < 60 {
		t.Errorf("the schemas have %d defaults", checked)
	}
}

func asJSON(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// What an editor offers, the schema takes.
func TestDefaultsAndExamplesAreRight(t *testing.T) {
	examples := 0
	for _, p := range properties(t) {
		schema, err := jsonschema.NewCompiler().Compile(p.pointer)
		if err != nil {
			t.Fatal(err)
		}
		offered := p.Examples
		if p.Default != nil {
			offered = append(slices.Clone(offered), p.Default)
		}
		for _, value := range offered {
			if err := schema.Validate(value); err != nil {
				t.Errorf("%s: %v", p.pointer, err)
			}
		}
		examples += len(p.Examples)
	}
	if examples < 30 {
		t.Errorf("the schemas have %d examples", examples)
	}
}

// properNames are words that look like the names of Go, and are those of products.
var properNames = []string{"GitHub", "PostgreSQL", "NodePool", "GuardDuty", "CloudWatch", "Secrets", "Config", "Inspector", "Security", "Identity", "Shield"}

// identifier finds a word that begins with a capital letter within a sentence.
var identifier = regexp.MustCompile(`[a-z,;:)] ([A-Z][a-z]+[A-Za-z]*)`)

// A description is for who writes YAML, and knows no name of the code.
func TestDescriptionsNameNothingOfTheCode(t *testing.T) {
	names := map[string]bool{}
	var collect func(of reflect.Type)
	collect = func(of reflect.Type) {
		for of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice || of.Kind() == reflect.Map {
			of = of.Elem()
		}
		if of.Name() != "" && strings.HasPrefix(of.PkgPath(), "hubspoke") {
			names[of.Name()] = true
		}
		if of.Kind() != reflect.Struct || !strings.HasPrefix(of.PkgPath(), "hubspoke") {
			return
		}
		for i := range of.NumField() {
			if f := of.Field(i); f.IsExported() {
				names[f.Name] = true
				collect(f.Type)
			}
		}
	}
	for _, content := range files {
		collect(reflect.TypeOf(content))
	}
	if !names["Groups"] || !names["SubnetRanges"] {
		t.Fatal("this test does not find the names of the code")
	}
	leaks := func(text string) []string {
		var found []string
		for _, m := range identifier.FindAllStringSubmatch(strings.ReplaceAll(text, "Route 53", ""), -1) {
			if names[m[1]] && !slices.Contains(properNames, m[1]) {
				found = append(found, m[1])
			}
		}
		return found
	}
	if got := leaks("`policy` is an EKS access policy. Either this or Groups."); !slices.Equal(got, []string{"Groups"}) {
		t.Errorf("the name of a field is not seen: %v", got)
	}
	for _, p := range properties(t) {
		if found := leaks(p.Description); len(found) > 0 {
			t.Errorf("%s names %v: %s", p.pointer, found, p.Description)
		}
	}
	for name := range files {
		for pointer, o := range objects(t, name) {
			first, _, _ := strings.Cut(o.Description, " ")
			if found := leaks(o.Description); len(found) > 0 || names[first] {
				t.Errorf("%s names %v: %s", pointer, append(found, first), o.Description)
			}
		}
	}
}
