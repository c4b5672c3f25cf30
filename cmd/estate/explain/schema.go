package explain

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"hubspoke/internal/yamldoc"
)

// Kinds are the kinds of files of an estate, each with a schema of that name.
var Kinds = []string{"estate", "hub", "spoke", "intents", "organization"}

// schema is what a JSON Schema says of one key.
type schema struct {
	Ref                  string             `json:"$ref"`
	Defs                 map[string]*schema `json:"$defs"`
	Properties           map[string]*schema `json:"properties"`
	AdditionalProperties json.RawMessage    `json:"additionalProperties"`
	Items                *schema            `json:"items"`
	Required             []string           `json:"required"`
	Type                 any                `json:"type"`
	Description          string             `json:"description"`
	Default              any                `json:"default"`
	Enum                 []any              `json:"enum"`
	Examples             []any              `json:"examples"`
	Minimum, Maximum     *float64
	OneOf                []*schema `json:"oneOf"`
	AnyOf                []*schema `json:"anyOf"`

	// required says that the file, or the section, is refused without the key.
	required bool
}

// Schemas are the schemas of an estate's files, by kind.
type Schemas map[string]*schema

// ReadSchemas reads the schemas that belong to an estate: those that its files name or,
// if they name none, those in one of the other folders.
func ReadSchemas(dir string, others ...string) (Schemas, error) {
	folders := append([]string{named(dir)}, others...)
	for _, folder := range folders {
		all, err := readFrom(folder)
		if folder == "" || errors.Is(err, fs.ErrNotExist) {
			continue
		}
		return all, err
	}
	return nil, fmt.Errorf("there is no schema of the estate's files: it is looked for where %s says `$schema=`, and in %s", filepath.Join(dir, "estate.yaml"), strings.Join(others, ", "))
}

// named is the folder of schemas that estate.yaml names for editors, "" if it is none.
func named(dir string) string {
	text, err := os.ReadFile(filepath.Join(dir, "estate.yaml"))
	if err != nil {
		return ""
	}
	_, rest, found := strings.Cut(string(text), "$schema=")
	if !found {
		return ""
	}
	path, _, _ := strings.Cut(rest, "\n")
	return filepath.Dir(filepath.Join(dir, filepath.FromSlash(strings.TrimSpace(path))))
}

func readFrom(folder string) (Schemas, error) {
	all := Schemas{}
	for _, kind := range Kinds {
		path := filepath.Join(folder, kind+".schema.json")
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		var s schema
		if err := json.Unmarshal(text, &s); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		all[kind] = &s
	}
	return all, nil
}

// Keys are all keys of all kinds, `spoke.network.nat`, for completion. Names that an
// estate chooses are left out.
func (all Schemas) Keys() []string {
	var keys []string
	var walk func(root, s *schema, path string, depth int)
	walk = func(root, s *schema, path string, depth int) {
		for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
			keys = append(keys, path+"."+name)
			if depth < 6 {
				walk(root, root.resolve(s.Properties[name]), path+"."+name, depth+1)
			}
		}
	}
	for _, kind := range Kinds {
		if s := all[kind]; s != nil {
			walk(s, s, kind, 0)
		}
	}
	return keys
}

// resolve follows references, keeping what is said beside them.
func (s *schema) resolve(at *schema) *schema {
	for at.Ref != "" {
		target := *s.Defs[strings.TrimPrefix(at.Ref, "#/$defs/")]
		if at.Description != "" {
			target.Description = at.Description
		}
		if at.Default != nil {
			target.Default = at.Default
		}
		target.required = at.required
		at = &target
	}
	return at
}

// find is what the schema of a kind says of a path.
func (all Schemas) find(kind string, path []string) (*schema, error) {
	root := all[kind]
	at := root
	for i, step := range path {
		next, known := at.child(step)
		if next == nil {
			where := strings.Join(append([]string{kind}, path[:i]...), ".")
			return nil, fmt.Errorf("%s has no key %s%s", where, step, yamldoc.Suggest(step, known))
		}
		at = root.resolve(next)
	}
	return at, nil
}

// child is the schema of a key, of a name that the estate chooses, or of an item.
func (s *schema) child(step string) (*schema, []string) {
	if p, ok := s.Properties[step]; ok {
		p := *p
		p.required = slices.Contains(s.Required, step)
		return &p, nil
	}
	if s.Items != nil && isIndex(step) {
		return s.Items, nil
	}
	var named schema
	if len(s.AdditionalProperties) > 0 && s.AdditionalProperties[0] == '{' && json.Unmarshal(s.AdditionalProperties, &named) == nil {
		return &named, nil
	}
	for _, one := range slices.Concat(s.OneOf, s.AnyOf) {
		if found, _ := one.child(step); found != nil {
			return found, nil
		}
	}
	return nil, slices.Sorted(maps.Keys(s.Properties))
}

func isIndex(step string) bool {
	return step != "" && strings.Trim(step, "0123456789") == ""
}

// kind is the type in words.
func (s *schema) kind() string {
	switch t := s.Type.(type) {
	case string:
		if t == "array" && s.Items != nil {
			return "list"
		}
		return map[string]string{"object": "section", "string": "text", "integer": "number"}[t] + map[bool]string{true: "yes or no"}[t == "boolean"]
	case []any:
		for _, one := range t {
			if one != "null" {
				return (&schema{Type: one, Items: s.Items}).kind()
			}
		}
	}
	if len(s.OneOf) > 0 {
		return s.OneOf[0].kind() + ", or a list"
	}
	if len(s.Enum) > 0 {
		return "text"
	}
	return "anything"
}

// values are those that the key takes, if they are few.
func (s *schema) values() []string {
	var all []string
	for _, v := range s.Enum {
		all = append(all, fmt.Sprint(v))
	}
	if s.kind() == "yes or no" {
		all = []string{"true", "false"}
	}
	if s.Minimum != nil && s.Maximum != nil && *s.Maximum-*s.Minimum <= 12 {
		for n := *s.Minimum; n <= *s.Maximum; n++ {
			all = append(all, fmt.Sprint(n))
		}
	}
	return all
}
