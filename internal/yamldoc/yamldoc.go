// Package yamldoc decodes YAML strictly into Go structs, and remembers on which line
// everything stood, so that what is checked later is reported there too.
package yamldoc

import (
	"encoding"
	"fmt"
	"net/netip"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

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
	// Warnings are what is not wrong with it yet.
	Warnings Errors
	// failed are the paths whose value could not be read. Nothing is known
	// about what lies at or below them, so validation is silent there.
	failed []string

	// While the file is being read: the groups of keys around the current one,
	// outermost first, and what other files there are.
	levels []level
	beside []Beside
}

// Unreadable is the document of a file of which nothing is known.
func Unreadable(file string, line int, format string, args ...any) *Document {
	d := &Document{File: file}
	d.Reject(line, "", format, args...)
	return d
}

// Unparsed is the document of a file that is no YAML, for what is wrong with its lines.
func Unparsed(file string) *Document { return &Document{File: file} }

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

// Wrong says that something is wrong with the value at path, or with one in it. Unlike
// [Document.Incomplete] it knows of what was found after decoding, too.
func (d *Document) Wrong(path string) bool {
	return d.Incomplete(path) || slices.ContainsFunc(d.Errors, func(e *Error) bool { return within(e.Path, path) })
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

// Decode reads YAML into the struct, or the list of structs, that target points to. It
// is strict: unknown and repeated keys, values of the wrong type, empty strings, and
// whatever breaks the rules of a field's tags (see [Rules]) are errors, all of them
// recorded in the document. A key that belongs in a file beside this one is told so.
func Decode(file string, text []byte, target any, beside ...Beside) *Document {
	root, bad := parse(file, text)
	if bad != nil {
		return bad
	}
	d := &Document{File: file, lines: map[string]int{"": 1}, beside: beside}
	top, v := root.Content[0], reflect.ValueOf(target).Elem()
	if v.Kind() == reflect.Struct && top.Kind != yaml.MappingNode {
		d.Reject(top.Line, "", "want keys and values (`key: value`) at the top of the file, not %s", describe(top))
	} else {
		d.value(top, v, "", &Rules{})
	}
	return d
}

// value reads a node into v, by the rules of its field. The line of its path is known
// already if it has a key, and is otherwise the node's own.
func (d *Document) value(n *yaml.Node, v reflect.Value, path string, rules *Rules) {
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
		d.scalar(n, text, v, path)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		// A section that may be left out: it is there as soon as its key is.
		v.Set(reflect.New(v.Type().Elem()))
		d.value(n, v.Elem(), path, rules)
	case reflect.Struct:
		d.structure(n, v, path)
	case reflect.Map:
		d.mapping(n, v, path, rules)
	case reflect.Slice:
		d.list(n, v, path, rules)
	case reflect.String:
		if enum, ok := v.Interface().(interface{ Values() []string }); ok && isOtherScalar(n) {
			d.Reject(n.Line, path, "want one of %s, not %s", strings.Join(enum.Values(), ", "), describe(n))
		} else if s, ok := d.text(n, path); ok {
			d.wanted(n, v, s, path, rules)
			v.SetString(s)
		}
	case reflect.Int:
		v.SetInt(int64(d.number(n, path, rules)))
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

// isScalar says that a struct stands in a file as a single text.
func isScalar(t reflect.Type) bool {
	return reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

// scalar reads a type that reads itself from text.
func (d *Document) scalar(n *yaml.Node, text encoding.TextUnmarshaler, v reflect.Value, path string) {
	read := d.text
	if _, ok := text.(interface{ AcceptsNumbers() }); ok {
		read = d.textOrNumber
	}
	s, ok := read(n, path)
	if !ok {
		return
	}
	wanted, format := typeName(v.Type())
	if format != nil && !format.Match(s) || text.UnmarshalText([]byte(s)) != nil {
		d.Reject(n.Line, path, "%q is not %s", s, wanted)
	}
}

// entry is a key of a mapping, with what stands behind it.
type entry struct {
	key  string
	line int
	node *yaml.Node
	path string
}

// entries are the keys of a mapping, each once. A key without anything behind it counts
// as an empty mapping.
func (d *Document) entries(n *yaml.Node, path string) []entry {
	if isNull(n) {
		return nil
	}
	if n.Kind != yaml.MappingNode {
		d.Reject(n.Line, path, "want keys and values, not %s", describe(n))
		return nil
	}
	var entries, again []entry
	first := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.Kind != yaml.ScalarNode || key.ShortTag() == "!!merge" || isNull(key) ||
			strings.TrimSpace(key.Value) == "" || key.Anchor != "" || key.Style&yaml.TaggedStyle != 0 {
			d.report(key.Line, path, "a key must be a plain name")
			continue
		}
		e := entry{key.Value, key.Line, value, Child(path, key.Value)}
		if _, twice := first[e.key]; twice {
			again = append(again, e)
			continue
		}
		first[e.key] = e.line
		entries = append(entries, e)
	}
	switch len(again) {
	case 0:
	case 1:
		d.report(again[0].line, again[0].path, "stated twice, first on line %d", first[again[0].key])
	default:
		d.report(again[0].line, again[0].path, "stated twice, first on line %d, like %s: a line above them may be missing, or indented too deep", first[again[0].key], list(again[1:]))
		d.failed = append(d.failed, path)
	}
	return entries
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

// structure reads a mapping into a struct. Unknown keys come first: what they were
// meant to be is not missing.
func (d *Document) structure(n *yaml.Node, v reflect.Value, path string) {
	d.levels = append(d.levels, level{path, v.Type()})
	defer func() { d.levels = d.levels[:len(d.levels)-1] }()

	o := objectOf(v.Type())
	required := o.required()
	if isNull(n) && len(required) > 0 {
		d.Reject(d.Line(path), path, "nothing stands here: it needs %s", join(required, "and"))
		return
	}
	var known, unknown []entry
	for _, e := range d.entries(n, path) {
		if o.find(e.key) != nil {
			d.lines[e.path] = e.line
			known = append(known, e)
		} else {
			unknown = append(unknown, e)
		}
	}
	d.unknown(unknown, path, d.lacking(required, path))
	for _, e := range known {
		f := o.find(e.key)
		d.value(e.node, v.Field(f.index), e.path, &f.rules)
	}
	if OneKey(v.Type()) && len(unknown) == 0 && len(known) != 1 {
		d.Reject(d.Line(path), path, "want exactly one of %s, not %d of them", join(o.keys, "and"), len(known))
	}
	for _, key := range required {
		if at := Child(path, key); !d.Has(at) && !d.Incomplete(at) {
			d.Reject(d.Line(path), at, "missing%s", o.find(key).rules.suchAs(key))
		}
	}
}

// OneKey says that a group of a type has exactly one of its keys, which the type says by
// a method of that name.
func OneKey(t reflect.Type) bool {
	_, ok := reflect.Zero(t).Interface().(interface{ OneKey() })
	return ok
}

// lacking are those of some keys that a group has not.
func (d *Document) lacking(keys []string, path string) []string {
	return slices.DeleteFunc(slices.Clone(keys), func(key string) bool { return d.Has(Child(path, key)) })
}

func (d *Document) mapping(n *yaml.Node, v reflect.Value, path string, rules *Rules) {
	v.Set(reflect.MakeMap(v.Type()))
	values, rejected := rules.ofValues(), 0
	for _, e := range d.placed(d.entries(n, path), v.Type().Elem(), path) {
		element := reflect.New(v.Type().Elem()).Elem()
		d.lines[e.path] = e.line
		if rules.Keys != nil {
			problem := rules.Keys.Problem(e.key)
			if problem != "" && rules.Keys.Values != nil {
				// What there are no others of is often a key of another group, and so is what stands behind it.
				d.Reject(e.line, e.path, "%s", problem)
				rejected++
				continue
			}
			if problem != "" {
				d.report(e.line, e.path, "%s", problem)
			}
		}
		d.value(e.node, element, e.path, values)
		v.SetMapIndex(reflect.ValueOf(e.key), element)
	}
	if d.Broken(path) {
		return
	}
	if problem := rules.countProblem(v.Len()+rejected, rules.MinProperties, rules.MaxProperties); problem != "" {
		d.Reject(d.Line(path), path, "%s", problem)
	}
}

func (d *Document) list(n *yaml.Node, v reflect.Value, path string, rules *Rules) {
	_, single := v.Interface().(interface{ OneOrMore() })
	if single && n.Kind == yaml.ScalarNode {
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		d.value(n, v.Index(0), Index(path, 0), rules.ofItems())
		return
	}
	if single && n.Kind == yaml.SequenceNode && len(n.Content) == 0 {
		d.Reject(d.Line(path), path, "names nothing: want 1 or more")
		return
	}
	if n.Kind != yaml.SequenceNode {
		d.Reject(n.Line, path, "want a list, not %s", describe(n))
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content)))
	first, items := map[any]int{}, rules.ofItems()
	for i, item := range n.Content {
		at := Index(path, i)
		d.value(item, v.Index(i), at, items)
		if !rules.UniqueItems || d.Broken(at) {
			continue
		}
		value := v.Index(i).Interface()
		if line, twice := first[value]; twice {
			d.Reject(item.Line, at, "%q is named twice, first on line %d", item.Value, line)
		} else {
			first[value] = item.Line
		}
	}
	if problem := rules.countProblem(v.Len(), rules.MinItems, rules.MaxItems); problem != "" {
		d.Reject(d.Line(path), path, "%s", problem)
	}
}

// text is the value of a scalar that must be a string.
func (d *Document) text(n *yaml.Node, path string) (string, bool) {
	switch {
	case n.Kind != yaml.ScalarNode || isNull(n):
		d.Reject(n.Line, path, "want a text, not %s", describe(n))
	case isOtherScalar(n):
		d.Reject(n.Line, path, "want a text, not %s: put it in quotes", describe(n))
	case strings.TrimSpace(n.Value) == "":
		d.Reject(n.Line, path, "empty: give it a value, or leave the key out")
	default:
		return n.Value, true
	}
	return "", false
}

// isOtherScalar says that a node is a number or a truth value, which quotes make a text.
func isOtherScalar(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && slices.Contains([]string{"!!int", "!!float", "!!bool"}, n.ShortTag())
}

// textOrNumber is the value of a scalar for which a number is as good.
func (d *Document) textOrNumber(n *yaml.Node, path string) (string, bool) {
	if n.Kind == yaml.ScalarNode && n.ShortTag() == "!!int" {
		return n.Value, true
	}
	return d.text(n, path)
}

// number is the value of a scalar that must be a whole number. No number of a schema
// has a meaning below 1, and 0 would pass for one that was left out.
func (d *Document) number(n *yaml.Node, path string, rules *Rules) int {
	i, err := strconv.Atoi(n.Value)
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!int" || err != nil || strconv.Itoa(i) != n.Value {
		d.Reject(n.Line, path, "want a whole number, not %s", describe(n))
		return 0
	}
	if problem := rules.numberProblem(i); problem != "" {
		d.Reject(n.Line, path, "%s", problem)
		return 0
	}
	return i
}

// wanted checks a text against what its type, or the format of its field, allows.
func (d *Document) wanted(n *yaml.Node, v reflect.Value, s, path string, rules *Rules) {
	enum, ok := v.Interface().(interface{ Values() []string })
	if ok && !slices.Contains(enum.Values(), s) {
		d.Reject(n.Line, path, "%q is not one of %s%s", s, strings.Join(enum.Values(), ", "), Suggest(s, enum.Values()))
	}
	if rules.Format == nil {
		return
	}
	if problem := rules.Format.Problem(s); problem != "" {
		d.Reject(n.Line, path, "%s", problem)
	}
}

// Described is implemented by types of a schema that read themselves from text, and
// say in messages what they want: "a date like 2026-11-21".
type Described interface{ Wanted() string }

// typeName says what a text was wanted to be, with its format if the type itself takes
// more than that.
func typeName(t reflect.Type) (string, *Format) {
	if described, ok := reflect.New(t).Interface().(Described); ok {
		return described.Wanted(), nil
	}
	if t == reflect.TypeFor[netip.Addr]() {
		return Address.Wanted, Address
	}
	return AddressRange.Wanted, AddressRange
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
