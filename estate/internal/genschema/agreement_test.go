package main

import (
	"encoding"
	"fmt"
	"maps"
	"net/netip"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"

	"hubspoke/estate"
	"hubspoke/internal/yamldoc"
	"hubspoke/proof/intent"
)

// What an editor refuses by the JSON Schema, decoding refuses, and the other way round:
// for documents that are right, and for the same with something else in some places.
func TestSchemaAndDecoderAgree(t *testing.T) {
	t.Chdir("../..")
	for name, content := range files {
		if current(t, name); t.Failed() {
			return // the two differ by what has just been written
		}
		t.Run(name, func(t *testing.T) {
			compiler := jsonschema.NewCompiler()
			compiler.AssertFormat()
			schema, err := compiler.Compile(path(name))
			if err != nil {
				t.Fatal(err)
			}
			taken, refused := 0, 0
			rapid.Check(t, func(rt *rapid.T) {
				of := reflect.TypeOf(content)
				if right := (drawing{T: rt}).draw(of, yamldoc.Rules{}); schema.Validate(right) != nil {
					rt.Fatalf("a document that is right by the tags is refused: %v", schema.Validate(right))
				}
				// A large document has hardly ever all of its counts within the rules: half are right before they are changed.
				document := drawing{rt, rapid.Bool().Draw(rt, "beyond")}.draw(of, yamldoc.Rules{})
				if err := disagreement(schema, content, document); err != "" {
					rt.Fatal(err)
				}
				for range rapid.IntRange(5, 30).Draw(rt, "changes") {
					document = change(rt, document)
					text, err := yaml.Marshal(document)
					if err != nil {
						rt.Fatal(err)
					}
					if yamldoc.Decode("", text, reflect.New(reflect.TypeOf(content)).Interface()).Errors == nil {
						taken++
					} else {
						refused++
					}
					if err := disagreement(schema, content, document); err != "" {
						rt.Fatal(err)
					}
				}
			})
			if taken < 10 || refused < 10 {
				t.Errorf("of the changed documents %d are right and %d wrong: this test has lost its subject", taken, refused)
			}
		})
	}
}

// disagreement says in what the schema and the decoder differ about a document, or "".
func disagreement(schema *jsonschema.Schema, content, document any) string {
	text, err := yaml.Marshal(document)
	if err != nil {
		return err.Error()
	}
	decoded := yamldoc.Decode("file", text, reflect.New(reflect.TypeOf(content)).Interface())
	refusal := schema.Validate(document)
	switch {
	case refusal == nil && len(decoded.Errors) > 0:
		return fmt.Sprintf("the schema takes what the decoder refuses: %v\n%s", decoded.Errors, text)
	case refusal != nil && len(decoded.Errors) == 0:
		return fmt.Sprintf("the decoder takes what the schema refuses: %v\n%s", refusal, text)
	}
	return ""
}

// drawing draws values as JSON has them.
type drawing struct {
	*rapid.T
	// beyond lets counts and numbers lie one beyond what the rules allow.
	beyond bool
}

// between draws a number between two limits; 0 is none.
func (t drawing) between(least, most, usual int) int {
	from, to := least, least+usual
	if most > 0 {
		to = most
	}
	if !t.beyond || rapid.IntRange(0, 3).Draw(t.T, "within") > 0 {
		return rapid.IntRange(from, min(to, from+usual)).Draw(t.T, "number")
	}
	return max(0, rapid.SampledFrom([]int{from - 1, from, to, to + 1}).Draw(t.T, "limit"))
}

// draw draws a value of a type by the rules of its field.
func (t drawing) draw(of reflect.Type, rules yamldoc.Rules) any {
	if value, ok := t.drawScalar(of, rules); ok {
		return value
	}
	switch of.Kind() {
	case reflect.Pointer:
		return t.draw(of.Elem(), rules)
	case reflect.Struct:
		object := map[string]any{}
		only := -1
		if yamldoc.OneKey(of) {
			keyed := slices.DeleteFunc(reflect.VisibleFields(of), func(f reflect.StructField) bool { return f.Tag.Get("yaml") == "-" })
			only = rapid.SampledFrom(keyed).Draw(t.T, "the one key").Index[0]
		}
		for i := range of.NumField() {
			f := of.Field(i)
			key, rules := f.Tag.Get("yaml"), yamldoc.RulesOf(f)
			if only >= 0 {
				if i == only {
					object[key] = t.draw(f.Type, rules)
				}
				continue
			}
			if key != "-" && (rules.Required || rapid.IntRange(0, 2).Draw(t.T, key+"?") == 0) {
				object[key] = t.draw(f.Type, rules)
			}
		}
		return object
	case reflect.Map:
		object := map[string]any{}
		keys := rules.Keys
		if keys == nil {
			keys = yamldoc.Text
		}
		for range t.between(rules.MinProperties, rules.MaxProperties, 2) {
			object[t.drawText(keys)] = t.draw(of.Elem(), rules)
		}
		return object
	case reflect.Slice:
		var list []any
		_, single := reflect.Zero(of).Interface().(interface{ OneOrMore() })
		if single {
			rules.MinItems = 1
		}
		for range t.between(rules.MinItems, rules.MaxItems, 2) {
			list = append(list, t.draw(of.Elem(), yamldoc.Rules{Format: rules.Format}))
		}
		if single && len(list) == 1 {
			return list[0]
		}
		if rules.UniqueItems && repeats(list) {
			return t.draw(of, rules)
		}
		return append([]any{}, list...)
	}
	panic("the schema has a field of kind " + of.Kind().String())
}

func repeats(list []any) bool {
	seen := map[any]bool{}
	for _, item := range list {
		seen[item] = true
	}
	return len(seen) < len(list)
}

// drawScalar draws a value that is a single one.
func (t drawing) drawScalar(of reflect.Type, rules yamldoc.Rules) (any, bool) {
	if enum, ok := reflect.Zero(of).Interface().(interface{ Values() []string }); ok {
		return rapid.SampledFrom(enum.Values()).Draw(t.T, "value"), true
	}
	switch {
	case of == reflect.TypeFor[netip.Prefix]():
		return t.drawText(yamldoc.AddressRange), true
	case of == reflect.TypeFor[netip.Addr]():
		return t.drawText(yamldoc.Address), true
	case of == reflect.TypeFor[estate.Date]():
		return fmt.Sprintf("20%02d-%02d-%02d", rapid.IntRange(0, 99).Draw(t.T, "year"), rapid.IntRange(1, 12).Draw(t.T, "month"), rapid.IntRange(1, 28).Draw(t.T, "day")), true
	case of == reflect.TypeFor[intent.PortRange]():
		first := rapid.IntRange(0, 65535).Draw(t.T, "first port")
		last := rapid.IntRange(first, 65535).Draw(t.T, "last port")
		if first == last {
			return first, true
		}
		return fmt.Sprintf("%d-%d", first, last), true
	case reflect.PointerTo(of).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()):
		panic("this test cannot draw a " + of.String())
	case of.Kind() == reflect.String && rules.Format != nil:
		return t.drawText(rules.Format), true
	case of.Kind() == reflect.String:
		return t.drawText(yamldoc.Text), true
	case of.Kind() == reflect.Int && rules.Format != nil:
		n, err := strconv.Atoi(rapid.SampledFrom(rules.Format.Values).Draw(t.T, "number"))
		if t.beyond {
			n += rapid.IntRange(0, 1).Draw(t.T, "more")
		}
		return n, err == nil
	case of.Kind() == reflect.Int:
		return t.between(max(1, rules.Minimum), rules.Maximum, 1000), true
	case of.Kind() == reflect.Bool:
		return rapid.Bool().Draw(t.T, "truth"), true
	}
	return nil, false
}

// drawText draws a text of a format.
func (t drawing) drawText(f *yamldoc.Format) string {
	if f.Values != nil {
		return rapid.SampledFrom(f.Values).Draw(t.T, f.Name)
	}
	if f == yamldoc.Text {
		return rapid.StringMatching(`[a-zA-Z0-9 ./:*-]*[a-z][a-zA-Z0-9 ./:*-]*`).Draw(t.T, f.Name)
	}
	return rapid.StringMatching(unnamed.ReplaceAllString(f.Pattern.String(), "(")).Filter(f.Match).Draw(t.T, f.Name)
}

// unnamed finds what rapid does not read: the names of groups.
var unnamed = regexp.MustCompile(`\(\?<[a-z]+>`)

// others are what stands in a place where something else was. Whole numbers that JSON
// writes with a point, ports that count down, and numbers larger than any computer's are
// not among them: the two differ about those, and nobody means them.
var others = []any{
	nil, true, false, 0, -1, 1, 2, 15, 27, 99, 101, 70000, 1000000, 2.5,
	"", " ", "x", "X", "a b", "-", "é", "日本", "true", "null", "~", "12", "2026-02-30", "2026-02-28", "s3", "none", "latest", "*",
	"10.0.0.0/8", "10.0.0.0/33", "10.0.0.256/8", "010.0.0.0/8", "fd00::/8", "10.0.0.1", "fd00::1", "111111111111", "1.35", "17.7",
	"arn:aws:iam::111111111111:role/x", "s3:GetObject", "refs/heads/main", "a.example", "A.example", "a.example.", "v", "443", "70000", "1-2",
	strings.Repeat("a", 31), strings.Repeat("a", 300),
}

// change puts something else in one place of a document: another value, one more or one
// less, the same twice, another key.
func change(t *rapid.T, document any) any {
	places := placesIn(document)
	if len(places) == 0 {
		return rapid.SampledFrom(others).Draw(t, "everything")
	}
	at := rapid.SampledFrom(places).Draw(t, "place")
	other := func() any {
		switch rapid.IntRange(0, 9).Draw(t, "kind") {
		case 0:
			return map[string]any{}
		case 1:
			return []any{}
		}
		return rapid.SampledFrom(others).Draw(t, "other")
	}
	document = at(document, func(parent any, key any) any {
		switch parent := parent.(type) {
		case map[string]any:
			switch rapid.IntRange(0, 4).Draw(t, "change") {
			case 0:
				delete(parent, key.(string))
			case 1:
				parent[rapid.SampledFrom([]string{"", " ", "x", "X", "nat", "a.b", "a b", "é", "name", strings.Repeat("a", 31)}).Draw(t, "key")] = parent[key.(string)]
			default:
				parent[key.(string)] = other()
			}
			return parent
		case []any:
			switch rapid.IntRange(0, 4).Draw(t, "change") {
			case 0:
				return slices.Delete(parent, key.(int), key.(int)+1)
			case 1:
				return append(parent, parent[key.(int)])
			case 2:
				return append(parent, other())
			default:
				parent[key.(int)] = other()
			}
			return parent
		}
		return parent
	})
	return document
}

// place changes a document at one place: it calls f with what holds the place, and its key.
type place func(document any, f func(parent, key any) any) any

// placesIn are the places of a document.
func placesIn(document any) []place {
	var places []place
	below := func(key any, value any, set func(parent, value any)) {
		places = append(places, func(document any, f func(parent, key any) any) any { return f(document, key) })
		for _, inner := range placesIn(value) {
			places = append(places, func(document any, f func(parent, key any) any) any {
				set(document, inner(value, f))
				return document
			})
		}
	}
	switch d := document.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(d)) {
			below(key, d[key], func(parent, value any) { parent.(map[string]any)[key] = value })
		}
	case []any:
		for i := range d {
			below(i, d[i], func(parent, value any) { parent.([]any)[i] = value })
		}
	}
	return places
}
