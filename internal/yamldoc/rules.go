package yamldoc

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

// Rules are what the tags of a field ask of its value. The keywords of the tag
// `jsonschema` mean what JSON Schema means by them; the other tags have a keyword, or a
// format, in their name:
//
//	Zones []string `yaml:"zones" jsonschema:"required,minItems=2,uniqueItems=true" format:"zone" why:"a subnet group needs two"`
//	Days  int      `yaml:"days"  jsonschema:"maximum=35" default:"14" example:"30"`
//
// They are the only place where such a rule stands: decoding enforces them, and the
// JSON Schema is made from them.
type Rules struct {
	// Required says that the key must be there.
	Required bool
	// Minimum and Maximum limit a number. 0 is no limit, except that every number is 1 or more, unless Zero is set.
	Minimum, Maximum int
	// Zero says that a number may be 0: the tag has `minimum=0`. Its field is a pointer, for otherwise 0 would be as if the file left it out.
	Zero bool
	// MinItems and MaxItems limit a list, or each list of a map; 0 is no limit.
	MinItems, MaxItems int
	// UniqueItems says that a list names nothing twice.
	UniqueItems bool
	// MinProperties and MaxProperties limit a map; 0 is no limit.
	MinProperties, MaxProperties int
	// Format is that of a text, of the items of a list, or of the values of a map; nil if there is none.
	Format *Format
	// Keys is the format of the keys of a map; nil if there is none.
	Keys *Format
	// Why is the reason for a limit, which ends the message of whoever breaks it.
	Why string
	// Default is what a value is that the file leaves out, as the file would state it; "" if nothing says so.
	Default string
	// Example is what an editor shows, as the file would state it.
	Example string
}

// suchAs says how a key that is missing may be written, as far as its tags have an example.
func (r Rules) suchAs(key string) string {
	example := r.Example
	if example == "" && r.Format != nil {
		example = r.Format.Example
	}
	if example == "" {
		return ""
	}
	return fmt.Sprintf(": write one, such as %s: %s", key, example)
}

// RulesOf reads the tags of a field. It panics if one of them says what is not known
// here, so that there is no rule which nothing enforces.
func RulesOf(f reflect.StructField) Rules {
	r := Rules{
		Format:  formatNamed(f.Tag.Get("format")),
		Keys:    formatNamed(f.Tag.Get("keys")),
		Why:     f.Tag.Get("why"),
		Default: f.Tag.Get("default"),
		Example: f.Tag.Get("example"),
	}
	limits := map[string]*int{
		"minimum": &r.Minimum, "maximum": &r.Maximum,
		"minItems": &r.MinItems, "maxItems": &r.MaxItems,
		"minProperties": &r.MinProperties, "maxProperties": &r.MaxProperties,
	}
	for _, keyword := range strings.FieldsFunc(f.Tag.Get("jsonschema"), func(c rune) bool { return c == ',' }) {
		name, value, _ := strings.Cut(keyword, "=")
		number, err := strconv.Atoi(value)
		switch {
		case keyword == "required":
			r.Required = true
		case keyword == "uniqueItems=true":
			r.UniqueItems = true
		case keyword == "minimum=0" && f.Type.Kind() == reflect.Pointer:
			r.Zero = true
		case limits[name] != nil && err == nil:
			*limits[name] = number
		default:
			panic(fmt.Sprintf("yamldoc: %s.%s has a tag that nothing enforces: %s", f.Type, f.Name, keyword))
		}
	}
	return r
}

// ofItems are the rules of a list's items.
func (r *Rules) ofItems() *Rules { return &Rules{Format: r.Format} }

// ofValues are the rules of a map's values.
func (r *Rules) ofValues() *Rules {
	return &Rules{Format: r.Format, MinItems: r.MinItems, MaxItems: r.MaxItems, UniqueItems: r.UniqueItems, Why: r.Why}
}

// because ends the message of a limit with its reason.
func (r *Rules) because() string {
	if r.Why == "" {
		return ""
	}
	return ": " + r.Why
}

// Least is the smallest number that there may be.
func (r *Rules) Least() int {
	if r.Zero {
		return 0
	}
	return max(1, r.Minimum)
}

// numberProblem says what is wrong with a number, or "".
func (r *Rules) numberProblem(i int) string {
	least := r.Least()
	switch {
	case r.Format != nil && i >= least:
		return r.Format.numberProblem(i)
	case i >= least && (r.Maximum == 0 || i <= r.Maximum):
		return ""
	case r.Maximum == 0:
		return fmt.Sprintf("want a number of %d or more, not %d%s", least, i, r.because())
	}
	return fmt.Sprintf("want a number from %d to %d, not %d%s", least, r.Maximum, i, r.because())
}

// countProblem says what is wrong with a number of items or keys, or "".
func (r *Rules) countProblem(n, least, most int) string {
	switch {
	case n < least && n == 0:
		return fmt.Sprintf("names nothing: want %d or more%s", least, r.because())
	case n < least:
		return fmt.Sprintf("want %d or more, not %d%s", least, n, r.because())
	case most > 0 && n > most:
		return fmt.Sprintf("want at most %d, not %d%s", most, n, r.because())
	}
	return ""
}

// field is a key that a file may state.
type field struct {
	key   string
	index int
	rules Rules
	// value is what the default says; invalid if there is none.
	value reflect.Value
}

// object is a struct as a file states it: its fields by key, sorted.
type object struct {
	fields []field
	keys   []string
}

// objects are those of the types that have been seen, since reading tags takes time.
var objects sync.Map // of reflect.Type to *object

func objectOf(t reflect.Type) *object {
	if known, ok := objects.Load(t); ok {
		return known.(*object)
	}
	o := &object{}
	for i := range t.NumField() {
		f := t.Field(i)
		if key := f.Tag.Get("yaml"); key != "" && key != "-" {
			o.fields = append(o.fields, field{key: key, index: i, rules: RulesOf(f)})
		}
	}
	slices.SortFunc(o.fields, func(a, b field) int { return strings.Compare(a.key, b.key) })
	for i := range o.fields {
		f := &o.fields[i]
		o.keys = append(o.keys, f.key)
		if f.rules.Default != "" {
			f.value = f.rules.stated(t.Field(f.index), f.rules.Default)
		}
	}
	objects.Store(t, o)
	return o
}

// required are the keys that must be there.
func (o *object) required() []string {
	var keys []string
	for _, f := range o.fields {
		if f.rules.Required {
			keys = append(keys, f.key)
		}
	}
	return keys
}

// find is the field with a key, or nil.
func (o *object) find(key string) *field {
	if i, ok := slices.BinarySearch(o.keys, key); ok {
		return &o.fields[i]
	}
	return nil
}

// stated is the value that a tag states for a field. It panics if the file could not
// state that.
func (r *Rules) stated(f reflect.StructField, text string) reflect.Value {
	var n yaml.Node
	v, d := reflect.New(f.Type).Elem(), &Document{lines: map[string]int{}}
	if err := yaml.Unmarshal([]byte(text), &n); err != nil {
		panic(fmt.Sprintf("yamldoc: a tag of %s: %v", f.Name, err))
	}
	d.value(n.Content[0], v, "", r)
	if len(d.Errors) > 0 {
		panic(fmt.Sprintf("yamldoc: a tag of %s: %v", f.Name, d.Errors))
	}
	return v
}

// ApplyDefaults gives each field of the struct that target points to, and of the
// structs in it, the default that its tag states, unless it has a value. A list or a map
// with nothing in it counts as one that has none, and so do 0 and false.
func ApplyDefaults(target any) { applyDefaults(reflect.ValueOf(target).Elem()) }

func applyDefaults(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			applyDefaults(v.Elem())
		}
	case reflect.Map:
		if !holdsObjects(v.Type().Elem()) {
			return
		}
		for _, key := range v.MapKeys() {
			element := reflect.New(v.Type().Elem()).Elem()
			element.Set(v.MapIndex(key))
			applyDefaults(element)
			v.SetMapIndex(key, element)
		}
	case reflect.Struct:
		if isScalar(v.Type()) {
			return
		}
		for _, f := range objectOf(v.Type()).fields {
			at := v.Field(f.index)
			if f.value.IsValid() && isEmpty(at) {
				setCopy(at, f.value)
			}
			applyDefaults(at)
		}
	}
}

// holdsObjects says that the values of a type can hold fields with defaults.
func holdsObjects(t reflect.Type) bool {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	return t.Kind() == reflect.Struct && !isScalar(t)
}

func isEmpty(v reflect.Value) bool {
	if v.Kind() == reflect.Slice || v.Kind() == reflect.Map {
		return v.Len() == 0
	}
	return v.IsZero()
}

// setCopy sets v to a value that others get too, and might sort.
func setCopy(v, value reflect.Value) {
	switch value.Kind() {
	case reflect.Slice:
		list := reflect.MakeSlice(value.Type(), value.Len(), value.Len())
		reflect.Copy(list, value)
		value = list
	case reflect.Pointer:
		own := reflect.New(value.Type().Elem())
		own.Elem().Set(value.Elem())
		value = own
	}
	v.Set(value)
}
