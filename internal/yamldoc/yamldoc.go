// Package yamldoc decodes YAML strictly into Go structs, and remembers on which line
// everything stood, so that what is checked later is reported there too.
package yamldoc

import (
	"bytes"
	"encoding"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/netip"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/agext/levenshtein"
	"go.yaml.in/yaml/v3"
)

// Document is a decoded YAML file that remembers on which line everything
// stood, for validation that comes later.
type Document struct {
	// File is the path of the file as the user gave it.
	File  string
	lines map[string]int // by path
	// Errors are what is wrong with the file.
	Errors Errors
	// failed are the paths whose value could not be read. Nothing is known
	// about what lies at or below them, so validation is silent there.
	failed []string
}

// Unreadable is the document of a file of which nothing is known.
func Unreadable(file string, line int, format string, args ...any) *Document {
	d := &Document{File: file}
	d.Reject(line, "", format, args...)
	return d
}

// Errorf records that the value at path is wrong, unless decoding has rejected
// it already. The line is that of the path, or of the nearest enclosing path
// that the file has.
func (d *Document) Errorf(path, format string, args ...any) {
	if !d.Broken(path) {
		d.report(d.Line(path), path, format, args...)
	}
}

// Reject records that the value at path could not be read.
func (d *Document) Reject(line int, path, format string, args ...any) {
	d.report(line, path, format, args...)
	d.failed = append(d.failed, path)
}

// At makes a message about the value at path.
func (d *Document) At(path, format string, args ...any) *Error {
	return &Error{File: d.File, Line: d.Line(path), Path: path, Message: fmt.Sprintf(format, args...)}
}

func (d *Document) report(line int, path, format string, args ...any) {
	d.Errors = append(d.Errors, &Error{File: d.File, Line: line, Path: path, Message: fmt.Sprintf(format, args...)})
}

// Broken says that the value at path, or one around it, could not be read.
func (d *Document) Broken(path string) bool {
	return slices.ContainsFunc(d.failed, func(f string) bool { return within(path, f) })
}

// Incomplete says that the value at path, or one around or in it, could not be
// read.
func (d *Document) Incomplete(path string) bool {
	return d.Broken(path) || slices.ContainsFunc(d.failed, func(f string) bool { return within(f, path) })
}

// within says that the path inner is outer or lies below it; everything lies
// below "".
func within(inner, outer string) bool {
	rest, ok := strings.CutPrefix(inner, outer)
	return ok && (outer == "" || rest == "" || rest[0] == '.' || rest[0] == '[')
}

// Line is the line of a path, or of the nearest one around it that the file has.
func (d *Document) Line(path string) int {
	for path != "" {
		if line, ok := d.lines[path]; ok {
			return line
		}
		path = path[:max(strings.LastIndexAny(path, ".["), 0)]
	}
	return d.lines[""]
}

// Has says whether the file states the value at path.
func (d *Document) Has(path string) bool {
	_, ok := d.lines[path]
	return ok
}

// Child is the path of a key below path. Keys that are not plain words are
// quoted, so that paths of domain names stay unambiguous.
func Child(path, key string) string {
	if !plainKey.MatchString(key) {
		return fmt.Sprintf("%s[%q]", path, key)
	}
	if path == "" {
		return key
	}
	return path + "." + key
}

var plainKey = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*$`)

// Index is the path of an item of a list.
func Index(path string, i int) string { return fmt.Sprintf("%s[%d]", path, i) }

// Decode reads YAML into the struct that target points to. It is strict:
// unknown and repeated keys, values of the wrong type, empty strings and missing
// required keys are errors, all of them recorded in the document. A field is
// required if its jsonschema tag says so, which is also what the JSON Schema
// tells editors.
func Decode(file string, text []byte, target any) *Document {
	if line := notUTF8(text); line > 0 {
		return Unreadable(file, line, "not UTF-8 text")
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var root, more yaml.Node
	switch err := decoder.Decode(&root); {
	case errors.Is(err, io.EOF):
		return Unreadable(file, 0, "the file is empty")
	case err != nil:
		return notYAML(file, err)
	}
	d := &Document{File: file, lines: map[string]int{"": 1}}
	if err := decoder.Decode(&more); err == nil {
		d.Reject(more.Line, "", "a second YAML document: one file holds one document")
		return d
	} else if !errors.Is(err, io.EOF) {
		return notYAML(file, err)
	}
	top, v := root.Content[0], reflect.ValueOf(target).Elem()
	if v.Kind() == reflect.Struct && top.Kind != yaml.MappingNode {
		d.Reject(top.Line, "", "want keys and values (`key: value`) at the top of the file, not %s", describe(top))
	} else {
		d.value(top, v, "")
	}
	return d
}

var (
	yamlLine = regexp.MustCompile(`^line (\d+): `)
	// parserError finds the errors whose lines the library counts from 0, and
	// leaves out if they are 0.
	parserError = regexp.MustCompile(`^(did not find expected (node content|key|'-' indicator|',' or|<)|found (undefined tag handle|duplicate %|incompatible))`)
)

// notYAML is the document of a file with a syntax error.
func notYAML(file string, err error) *Document {
	message, line := strings.TrimPrefix(err.Error(), "yaml: "), 0
	if m := yamlLine.FindStringSubmatch(message); m != nil {
		message = message[len(m[0]):]
		line, _ = strconv.Atoi(m[1])
	}
	if parserError.MatchString(message) {
		line++
	}
	return Unreadable(file, line, "not YAML: %s", message)
}

// notUTF8 is the line of the first byte that is not UTF-8 text, or 0.
func notUTF8(text []byte) int {
	for i, line := range bytes.Split(text, []byte("\n")) {
		if !utf8.Valid(line) {
			return i + 1
		}
	}
	return 0
}

// value reads a node into v. The line of its path is known already if it has a
// key, and is otherwise the node's own.
func (d *Document) value(n *yaml.Node, v reflect.Value, path string) {
	if _, ok := d.lines[path]; !ok {
		d.lines[path] = n.Line
	}
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		d.Reject(n.Line, path, "anchors and aliases (& and *) are not read: write the value out")
		return
	case n.Style&yaml.TaggedStyle != 0:
		d.Reject(n.Line, path, "tags (%s) are not read: write the value without", n.Tag)
		return
	}
	if text, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		read := d.text
		if _, ok := text.(interface{ AcceptsNumbers() }); ok {
			read = d.textOrNumber
		}
		if s, ok := read(n, path); ok && text.UnmarshalText([]byte(s)) != nil {
			d.Reject(n.Line, path, "%q is not %s", s, typeName(v.Type()))
		}
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		// A section that may be left out: it is there as soon as its key is.
		v.Set(reflect.New(v.Type().Elem()))
		d.value(n, v.Elem(), path)
	case reflect.Struct:
		d.structure(n, v, path)
	case reflect.Map:
		d.mapping(n, v, path)
	case reflect.Slice:
		d.list(n, v, path)
	case reflect.String:
		if s, ok := d.text(n, path); ok {
			d.oneOf(n, v, s, path)
			v.SetString(s)
		}
	case reflect.Int:
		v.SetInt(int64(d.number(n, path)))
	case reflect.Bool:
		if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!bool" {
			d.Reject(n.Line, path, "want true or false, not %s", describe(n))
			return
		}
		v.SetBool(strings.EqualFold(n.Value, "true"))
	default:
		panic("yamldoc: the schema has a field of kind " + v.Kind().String())
	}
}

// entries calls f for each key of a mapping, reporting repeated ones. A key
// without anything behind it counts as an empty mapping.
func (d *Document) entries(n *yaml.Node, path string, f func(key, value *yaml.Node, path string)) {
	if n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" {
		return
	}
	if n.Kind != yaml.MappingNode {
		d.Reject(n.Line, path, "want keys and values, not %s", describe(n))
		return
	}
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.Kind != yaml.ScalarNode || key.ShortTag() == "!!merge" || key.ShortTag() == "!!null" ||
			strings.TrimSpace(key.Value) == "" || key.Anchor != "" || key.Style&yaml.TaggedStyle != 0 {
			d.report(key.Line, path, "a key must be a plain name")
			continue
		}
		at := Child(path, key.Value)
		if first, ok := seen[key.Value]; ok {
			d.report(key.Line, at, "stated twice, first on line %d", first)
			continue
		}
		seen[key.Value] = key.Line
		f(key, value, at)
	}
}

func (d *Document) structure(n *yaml.Node, v reflect.Value, path string) {
	fields := map[string]int{}
	for i := range v.NumField() {
		if name := v.Type().Field(i).Tag.Get("yaml"); name != "-" {
			fields[name] = i
		}
	}
	names := slices.Sorted(maps.Keys(fields))
	d.entries(n, path, func(key, value *yaml.Node, at string) {
		i, ok := fields[key.Value]
		if !ok {
			d.report(key.Line, at, "unknown key%s", Suggest(key.Value, names))
			// What was meant is neither missing nor known.
			if meant := Nearest(key.Value, names); meant != "" {
				d.failed = append(d.failed, Child(path, meant))
			}
			return
		}
		d.lines[at] = key.Line
		d.value(value, v.Field(i), at)
	})
	for _, name := range names {
		required := slices.Contains(strings.Split(v.Type().Field(fields[name]).Tag.Get("jsonschema"), ","), "required")
		if at := Child(path, name); required && !d.Has(at) && !d.Broken(at) {
			d.Reject(d.Line(path), at, "missing")
		}
	}
}

func (d *Document) mapping(n *yaml.Node, v reflect.Value, path string) {
	v.Set(reflect.MakeMap(v.Type()))
	d.entries(n, path, func(key, value *yaml.Node, at string) {
		element := reflect.New(v.Type().Elem()).Elem()
		d.lines[at] = key.Line
		d.value(value, element, at)
		v.SetMapIndex(reflect.ValueOf(key.Value), element)
	})
}

func (d *Document) list(n *yaml.Node, v reflect.Value, path string) {
	if _, ok := v.Interface().(interface{ OneOrMore() }); ok && n.Kind == yaml.ScalarNode {
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		d.value(n, v.Index(0), Index(path, 0))
		return
	}
	if n.Kind != yaml.SequenceNode {
		d.Reject(n.Line, path, "want a list, not %s", describe(n))
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content)))
	for i, item := range n.Content {
		d.value(item, v.Index(i), Index(path, i))
	}
}

// text is the value of a scalar that must be a string.
func (d *Document) text(n *yaml.Node, path string) (string, bool) {
	switch {
	case n.Kind != yaml.ScalarNode || n.ShortTag() == "!!null":
		d.Reject(n.Line, path, "want a text, not %s", describe(n))
	case n.ShortTag() == "!!int" || n.ShortTag() == "!!float" || n.ShortTag() == "!!bool":
		d.Reject(n.Line, path, "want a text, not %s: put it in quotes", describe(n))
	case strings.TrimSpace(n.Value) == "":
		d.Reject(n.Line, path, "empty: give it a value, or leave the key out")
	default:
		return n.Value, true
	}
	return "", false
}

// textOrNumber is the value of a scalar for which a number is as good.
func (d *Document) textOrNumber(n *yaml.Node, path string) (string, bool) {
	if n.Kind == yaml.ScalarNode && n.ShortTag() == "!!int" {
		return n.Value, true
	}
	return d.text(n, path)
}

// number is the value of a scalar that must be a whole number. No number of the
// schema has a meaning below 1, and 0 would pass for one that was left out.
func (d *Document) number(n *yaml.Node, path string) int {
	i, err := strconv.Atoi(n.Value)
	switch {
	case n.Kind != yaml.ScalarNode || n.ShortTag() != "!!int" || err != nil || strconv.Itoa(i) != n.Value:
		d.Reject(n.Line, path, "want a whole number, not %s", describe(n))
		return 0
	case i < 1:
		d.Reject(n.Line, path, "want a number of 1 or more, not %d", i)
		return 0
	}
	return i
}

func (d *Document) oneOf(n *yaml.Node, v reflect.Value, s, path string) {
	enum, ok := v.Interface().(interface{ Values() []string })
	if ok && !slices.Contains(enum.Values(), s) {
		d.Reject(n.Line, path, "%q is not one of %s%s", s, strings.Join(enum.Values(), ", "), Suggest(s, enum.Values()))
	}
}

// Suggest ends a message with the known name that was probably meant.
func Suggest(name string, known []string) string {
	if meant := Nearest(name, known); meant != "" {
		return fmt.Sprintf(" (did you mean %q?)", meant)
	}
	return ""
}

// Nearest is the known name that is at most two typing errors away, fewer if it
// is short; "" if there is none.
func Nearest(name string, known []string) string {
	best, least := "", 3
	for _, k := range known {
		if d := levenshtein.Distance(name, k, nil); d < least && 2*d <= len(k) {
			best, least = k, d
		}
	}
	return best
}

// Described is implemented by types of a schema that read themselves from text, and
// say in messages what they want: "a date like 2026-11-21".
type Described interface{ Wanted() string }

// typeName says what a text was wanted to be.
func typeName(t reflect.Type) string {
	if described, ok := reflect.New(t).Interface().(Described); ok {
		return described.Wanted()
	}
	if t == reflect.TypeFor[netip.Addr]() {
		return "an IP address like 192.168.0.10"
	}
	return "an address range like 10.1.0.0/16"
}

// describe names what the file has where something else was wanted.
func describe(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "keys and values"
	case yaml.SequenceNode:
		return "a list"
	}
	switch n.ShortTag() {
	case "!!null":
		return "nothing"
	case "!!int", "!!float":
		return "the number " + n.Value
	case "!!bool":
		return "the truth value " + n.Value
	}
	return fmt.Sprintf("%q", n.Value)
}
