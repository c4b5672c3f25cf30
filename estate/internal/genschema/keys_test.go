package main

import (
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// keysOf are the keys that a file of a type may have, `Network.az_count`: each with the
// type of its section, since a section is the same wherever it stands.
func keysOf(t reflect.Type, into map[string]bool) {
	t = section(t)
	if t.Kind() != reflect.Struct {
		return
	}
	for i := range t.NumField() {
		f := t.Field(i)
		if key := f.Tag.Get("yaml"); key != "" && key != "-" && !into[t.Name()+"."+key] {
			into[t.Name()+"."+key] = true
			keysOf(f.Type, into)
		}
	}
}

// section is the type of what stands in a list, a map or behind a pointer.
func section(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	return t
}

// strike takes the keys that a document of a type has from those that none has.
func strike(n *yaml.Node, t reflect.Type, from map[string]bool) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case n.Kind == yaml.SequenceNode && t.Kind() == reflect.Slice:
		for _, item := range n.Content {
			strike(item, t.Elem(), from)
		}
	case n.Kind == yaml.MappingNode:
		for i := 0; i < len(n.Content); i += 2 {
			if t.Kind() == reflect.Map {
				strike(n.Content[i+1], t.Elem(), from)
				continue
			}
			for j := range t.NumField() {
				if f := t.Field(j); f.Tag.Get("yaml") == n.Content[i].Value {
					delete(from, t.Name()+"."+n.Content[i].Value)
					strike(n.Content[i+1], f.Type, from)
				}
			}
		}
	}
}

// elsewhere are the keys of networks and bastions that no estate under test can have
// beside its others, each with the test that gives it to one and looks at the outcome.
var elsewhere = map[string]string{
	"Bastion.instance_type":   "TestWhatExistsStaysWhenAnEstateChanges",
	"Network.endpoints":       "TestAddingToAPrivateNetworkMovesNothing",
	"SubnetRanges.attachment": "TestNamingTheSlotsChangesNothing",
	"SubnetRanges.public":     "TestNamingTheSlotsChangesNothing",
}

// A key that no estate under test has is one of which nothing shows that it has an
// effect: it moves no golden file.
func TestAnEstateUnderTestHasEveryKey(t *testing.T) {
	unused := map[string]bool{}
	for _, content := range files {
		keysOf(reflect.TypeOf(content), unused)
	}
	for _, pattern := range []string{"../../../environments/*/*.yaml", "../../../test/testdata/estates/*/*.yaml"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: there are none: %v", pattern, err)
		}
		for _, file := range found {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			content, ok := files[strings.TrimSuffix(filepath.Base(file), ".yaml")]
			if !ok {
				content = files["spoke"]
			}
			var document yaml.Node
			if err := yaml.Unmarshal(text, &document); err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			strike(document.Content[0], reflect.TypeOf(content), unused)
		}
	}
	for key := range elsewhere {
		if !unused[key] {
			t.Errorf("%s: an estate under test has this key: remove it from elsewhere", key)
		}
		delete(unused, key)
	}
	for _, key := range slices.Sorted(maps.Keys(unused)) {
		t.Errorf("%s: no estate under test has this key: add it to test/testdata/estates/options", key)
	}
}
