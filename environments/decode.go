package environments

import (
	"encoding"
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/agext/levenshtein"
	"go.yaml.in/yaml/v3"
)

// document is a decoded YAML file that remembers on which line everything
// stood, for validation that comes later.
type document struct {
	file  string
	lines map[string]int // by path
	errs  Errors
	// checking says that the file has been decoded. From then on, what could
	// not be decoded is not complained about again.
	checking bool
}

// errorf records an error at path, or at the nearest enclosing path that the
// file has.
func (d *document) errorf(path, format string, args ...any) {
	if d.checking && d.broken(path) {
		return
	}
	d.errs = append(d.errs, &Error{File: d.file, Line: d.line(path), Path: path, Message: fmt.Sprintf(format, args...)})
}

// broken says that decoding reported the value at path, something around it or
// something in it.
func (d *document) broken(path string) bool {
	for _, e := range d.errs {
		if e.Path == path || within(e.Path, path) || within(path, e.Path) {
			return true
		}
	}
	return false
}

// within says that the path inner lies below outer; everything lies below "".
func within(inner, outer string) bool {
	return outer == "" || strings.HasPrefix(inner, outer) && strings.ContainsAny(inner[len(outer):len(outer)+1], ".[")
}

func (d *document) line(path string) int {
	for {
		if line, ok := d.lines[path]; ok {
			return line
		}
		i := strings.LastIndexAny(path, ".[")
		if i < 0 {
			return 0
		}
		path = path[:i]
	}
}

// has says whether the file states the value at path.
func (d *document) has(path string) bool {
	_, ok := d.lines[path]
	return ok
}

// child is the path of a key below path. Keys that are not plain words are
// quoted, so that paths of domain names stay unambiguous.
func child(path, key string) string {
	if !plainKey.MatchString(key) {
		return fmt.Sprintf("%s[%q]", path, key)
	}
	if path == "" {
		return key
	}
	return path + "." + key
}

var plainKey = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*$`)

func index(path string, i int) string { return fmt.Sprintf("%s[%d]", path, i) }

// decode reads YAML into the struct that target points to. It is strict:
// unknown and repeated keys, values of the wrong type, empty strings and missing
// required keys are errors, all of them recorded in the document. A field is
// required if its jsonschema tag says so, which is also what the JSON Schema
// tells editors.
func decode(file string, text []byte, target any) *document {
	d := &document{file: file, lines: map[string]int{}}
	decoder := yaml.NewDecoder(strings.NewReader(string(text)))
	var root yaml.Node
	switch err := decoder.Decode(&root); {
	case errors.Is(err, io.EOF):
		d.errorf("", "the file is empty")
		return d
	case err != nil:
		d.syntaxError(err)
		return d
	}
	var more yaml.Node
	if err := decoder.Decode(&more); err == nil {
		d.errs = append(d.errs, &Error{File: file, Line: more.Line, Message: "a second YAML document: one file holds one document"})
		return d
	} else if !errors.Is(err, io.EOF) {
		d.syntaxError(err)
		return d
	}
	if len(root.Content) != 1 || root.Content[0].Kind != yaml.MappingNode {
		d.errs = append(d.errs, &Error{File: file, Line: 1, Message: "want keys and values (`key: value`) at the top of the file"})
		return d
	}
	d.value(root.Content[0], reflect.ValueOf(target).Elem(), "")
	return d
}

var yamlLine = regexp.MustCompile(`^yaml: line (\d+): (.*)$`)

func (d *document) syntaxError(err error) {
	e := &Error{File: d.file, Message: "not YAML: " + strings.TrimPrefix(err.Error(), "yaml: ")}
	if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
		e.Line, _ = strconv.Atoi(m[1])
		e.Message = "not YAML: " + m[2]
	}
	d.errs = append(d.errs, e)
}

func (d *document) value(n *yaml.Node, v reflect.Value, path string) {
	if path != "" {
		d.lines[path] = n.Line
	}
	if n.Kind == yaml.AliasNode || n.Anchor != "" {
		d.errorf(path, "anchors and aliases (& and *) are not read: write the value out")
		return
	}
	if text, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		if s, ok := d.text(n, path); ok {
			if err := text.UnmarshalText([]byte(s)); err != nil {
				d.errorf(path, "%q is not %s", s, typeName(v.Type()))
			}
		}
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		d.structure(n, v, path)
	case reflect.Map:
		d.mapping(n, v, path)
	case reflect.Slice:
		if n.Kind != yaml.SequenceNode {
			d.errorf(path, "want a list, not %s", describe(n))
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content)))
		for i, item := range n.Content {
			d.value(item, v.Index(i), index(path, i))
		}
	case reflect.String:
		if s, ok := d.text(n, path); ok {
			d.oneOf(v, s, path)
			v.SetString(s)
		}
	case reflect.Int:
		i, err := strconv.Atoi(n.Value)
		if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!int" || err != nil {
			d.errorf(path, "want a whole number, not %s", describe(n))
			return
		}
		// No number of the schema has a meaning below 1, and 0 would pass
		// for one that was left out.
		if i < 1 {
			d.errorf(path, "want a number of 1 or more, not %d", i)
			return
		}
		v.SetInt(int64(i))
	case reflect.Bool:
		if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!bool" {
			d.errorf(path, "want true or false, not %s", describe(n))
			return
		}
		v.SetBool(n.Value == "true" || n.Value == "True" || n.Value == "TRUE")
	default:
		panic("environments: the schema has a field of kind " + v.Kind().String())
	}
}

// entries calls f for each key of a mapping, reporting repeated ones. A key
// without anything behind it counts as an empty mapping.
func (d *document) entries(n *yaml.Node, path string, f func(key, value *yaml.Node, path string)) {
	if n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" {
		return
	}
	if n.Kind != yaml.MappingNode {
		d.errorf(path, "want keys and values, not %s", describe(n))
		return
	}
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.Kind != yaml.ScalarNode || key.ShortTag() == "!!merge" || key.ShortTag() == "!!null" || key.Value == "" {
			d.errs = append(d.errs, &Error{File: d.file, Line: key.Line, Path: path, Message: "a key must be a plain name"})
			continue
		}
		if first, ok := seen[key.Value]; ok {
			d.errs = append(d.errs, &Error{File: d.file, Line: key.Line, Path: child(path, key.Value),
				Message: fmt.Sprintf("stated twice, first on line %d", first)})
			continue
		}
		seen[key.Value] = key.Line
		f(key, value, child(path, key.Value))
	}
}

func (d *document) structure(n *yaml.Node, v reflect.Value, path string) {
	fields := map[string]int{}
	for i := range v.NumField() {
		if name := v.Type().Field(i).Tag.Get("yaml"); name != "-" {
			fields[name] = i
		}
	}
	stated := map[string]bool{}
	d.entries(n, path, func(key, value *yaml.Node, at string) {
		i, ok := fields[key.Value]
		if !ok {
			d.errs = append(d.errs, &Error{File: d.file, Line: key.Line, Path: at, Message: "unknown key" + suggest(key.Value, slices.Sorted(maps.Keys(fields)))})
			return
		}
		stated[key.Value] = true
		d.value(value, v.Field(i), at)
		d.lines[at] = key.Line
	})
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		required := slices.Contains(strings.Split(v.Type().Field(fields[name]).Tag.Get("jsonschema"), ","), "required")
		if required && !stated[name] {
			line := n.Line
			if path == "" {
				line = 1
			}
			d.errs = append(d.errs, &Error{File: d.file, Line: line, Path: child(path, name), Message: "missing"})
		}
	}
}

func (d *document) mapping(n *yaml.Node, v reflect.Value, path string) {
	v.Set(reflect.MakeMap(v.Type()))
	d.entries(n, path, func(key, value *yaml.Node, at string) {
		element := reflect.New(v.Type().Elem()).Elem()
		d.value(value, element, at)
		d.lines[at] = key.Line
		v.SetMapIndex(reflect.ValueOf(key.Value), element)
	})
}

// text is the value of a scalar that must be a string.
func (d *document) text(n *yaml.Node, path string) (string, bool) {
	switch {
	case n.Kind != yaml.ScalarNode || n.ShortTag() == "!!null":
		d.errorf(path, "want a text, not %s", describe(n))
	case n.ShortTag() == "!!int" || n.ShortTag() == "!!float" || n.ShortTag() == "!!bool":
		d.errorf(path, "want a text, not %s: put it in quotes", describe(n))
	case strings.TrimSpace(n.Value) == "":
		d.errorf(path, "empty: give it a value, or leave the key out")
	default:
		return n.Value, true
	}
	return "", false
}

func (d *document) oneOf(v reflect.Value, s, path string) {
	enum, ok := v.Interface().(interface{ Values() []string })
	if !ok || slices.Contains(enum.Values(), s) {
		return
	}
	d.errorf(path, "%q is not one of %s%s", s, strings.Join(enum.Values(), ", "), suggest(s, enum.Values()))
}

// suggest ends a message with the known name that was probably meant.
func suggest(name string, known []string) string {
	best, distance := "", 3
	for _, k := range known {
		if d := levenshtein.Distance(name, k, nil); d < distance && d < len(k) {
			best, distance = k, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" (did you mean %q?)", best)
}

func typeName(t reflect.Type) string {
	switch t.String() {
	case "netip.Prefix":
		return "an address range like 10.1.0.0/16"
	case "netip.Addr":
		return "an IP address like 192.168.0.10"
	}
	return "a " + t.String()
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
