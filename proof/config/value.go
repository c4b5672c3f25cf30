package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A value is what an argument of a resource comes to before anything is
// deployed: nil, a string, a bool, a float64, a []any or a map[string]any as in
// JSON, or where AWS decides, one of [Ref], [Text] and [Unknown].

// Ref is an attribute that is known once its resource exists, such as the id of
// a VPC. Two equal Refs are the same value.
type Ref struct {
	Resource *Resource
	// Attribute is the attribute's path: `id`, `dns_entry[0].dns_name`.
	Attribute string
}

func (r Ref) String() string { return r.Resource.String() + "." + r.Attribute }

// Text is a string with references in it, such as a policy. Its parts are
// strings, Refs and Unknowns.
type Text struct{ Parts []any }

// String is the text with the references' names, and why a part is not known, in
// braces.
func (t Text) String() string {
	var b strings.Builder
	for _, part := range t.Parts {
		if literal, ok := part.(string); ok {
			b.WriteString(literal)
		} else {
			fmt.Fprintf(&b, "{%s}", part)
		}
	}
	return b.String()
}

// Each calls visit for every part of a value that has no parts itself, in a fixed
// order: texts, numbers, Refs, Unknowns.
func Each(value any, visit func(leaf any)) {
	switch v := value.(type) {
	case Text:
		for _, part := range v.Parts {
			Each(part, visit)
		}
	case []any:
		for _, item := range v {
			Each(item, visit)
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			Each(v[key], visit)
		}
	default:
		visit(value)
	}
}

// Unknown is a value that cannot be told from the configuration.
type Unknown struct {
	// Why is a sentence for people.
	Why string
	// absent says that it is not there, rather than hard to tell.
	absent bool
	// broken says that Terraform would refuse it too.
	broken bool
}

func (u Unknown) String() string { return u.Why }

// Refused says that Terraform would refuse it: it is not there, or refers to itself.
func (u Unknown) Refused() bool { return u.broken || u.absent }

// WithHoles is the text of a value with a character of Unicode's private use area in place of
// each part that AWS will say.
func WithHoles(value any) (text string, holes map[string]any, err error) {
	switch v := value.(type) {
	case string:
		return v, nil, nil
	case Text:
		var b strings.Builder
		holes = map[string]any{}
		for i, part := range v.Parts {
			if literal, ok := part.(string); ok {
				b.WriteString(literal)
				continue
			}
			hole := string(rune(0xE000 + i%0x1900))
			holes[hole] = part
			b.WriteString(hole)
		}
		return b.String(), holes, nil
	}
	return "", nil, fmt.Errorf("%v", value)
}
