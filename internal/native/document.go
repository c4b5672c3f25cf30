package native

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// The bounds of what stands for an interpolation while a document is read: runes that nobody
// else may use.
const opening, closing = "\ue000", "\ue001"

// document is a text that is JSON, as a call of jsonencode with the object, if Terraform then has
// the same: the very same bytes; or, where byMeaning says that this will do, a policy with the
// same meaning. That function sorts keys.
//
// https://developer.hashicorp.com/terraform/language/functions/jsonencode
func document(parts []part, byMeaning bool) (string, bool) {
	text, ok := placeheld(parts)
	if !ok {
		return "", false
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	read, err := readDocument(d)
	if err != nil {
		return "", false
	}
	if _, err := d.Token(); err != io.EOF {
		return "", false
	}
	o, isObject := read.(ordered)
	_, isPolicy := o.values["Statement"]
	if !(byMeaning && isObject && isPolicy) && !encodesTo(text, read) {
		return "", false
	}
	return "jsonencode(" + written(read, parts) + ")", true
}

// placeheld is a template with something that stands for each interpolation, if it could be a
// document of more than one line.
func placeheld(parts []part) (string, bool) {
	var b strings.Builder
	for i, p := range parts {
		switch {
		case !p.interpolated && strings.ContainsAny(p.text, opening+closing), p.interpolated && !strings.HasPrefix(p.text, "${"),
			p.interpolated && (strings.HasPrefix(p.text, "${~") || strings.HasSuffix(p.text, "~}")):
			return "", false
		case p.interpolated:
			b.WriteString(opening + strconv.Itoa(i) + closing)
		default:
			b.WriteString(strings.NewReplacer("$${", "${", "%%{", "%{").Replace(p.text))
		}
	}
	text := b.String()
	return text, strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[")
}

// encodesTo says that jsonencode makes of what was read from a text that text again.
func encodesTo(text string, read any) bool {
	if !determined(read) {
		return false
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var value any
	if d.Decode(&value) != nil {
		return false
	}
	encoded, err := json.Marshal(value)
	return err == nil && bytes.Equal(encoded, []byte(text))
}

// canonical is a number as jsonencode writes it.
var canonical = regexp.MustCompile(`^(0|-?[1-9][0-9]*|-?(0|[1-9][0-9]*)\.[0-9]*[1-9])$`)

// determined says that the order of all keys is known, since none of them has an interpolation,
// and that numbers are written as they would be.
func determined(value any) bool {
	switch v := value.(type) {
	case ordered:
		for _, name := range v.keys {
			if strings.Contains(name, opening) || !determined(v.values[name]) {
				return false
			}
		}
	case json.Number:
		return canonical.MatchString(v.String())
	case []any:
		return !slices.ContainsFunc(v, func(item any) bool { return !determined(item) })
	}
	return true
}

// ordered is an object whose keys have the order in which they were read.
type ordered struct {
	keys   []string
	values map[string]any
}

func readDocument(d *json.Decoder) (any, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('{'):
		o := ordered{values: map[string]any{}}
		for d.More() {
			name, err := d.Token()
			if err != nil {
				return nil, err
			}
			key := name.(string)
			if _, there := o.values[key]; there {
				return nil, fmt.Errorf("%s stands twice", key)
			}
			o.keys = append(o.keys, key)
			if o.values[key], err = readDocument(d); err != nil {
				return nil, err
			}
		}
		_, err := d.Token()
		return o, err
	case json.Delim('['):
		items := []any{}
		for d.More() {
			item, err := readDocument(d)
			if err != nil {
				return nil, err
			}
			items = append(items, item)
		}
		_, err := d.Token()
		return items, err
	}
	return token, nil
}

// written is a value of a document as an expression.
func written(value any, parts []part) string {
	switch v := value.(type) {
	case ordered:
		var keys []string
		values := map[string]string{}
		for _, name := range v.keys {
			k := key(restored(name, parts))
			keys = append(keys, k)
			values[k] = written(v.values[name], parts)
		}
		return mapping(keys, values)
	case []any:
		items := make([]string, len(v))
		for i, item := range v {
			items[i] = written(item, parts)
		}
		return list(items)
	case string:
		return textOf(restored(v, parts))
	}
	text, _ := json.Marshal(value) // A number, a bool or null.
	return string(text)
}

// textual are references to what is a text in AWS, whatever else is known of it.
var textual = regexp.MustCompile(`^[A-Za-z0-9_.-]+(\.|_)(arn|arns|arn_suffix|id|ids|name|names|url)(\["[^"]*"\]|\[\d+\])?$`)

// textOf is a text of a document. A reference alone in quotes is a text there whatever it
// refers to, but in native syntax it is what it refers to.
func textOf(parts []part) string {
	inner, ok := whole(parts)
	switch {
	case !ok:
		return quotedParts(parts)
	case textual.MatchString(inner):
		return inner
	}
	return "tostring(" + inner + ")"
}

// restored is a text of a document with its interpolations.
func restored(text string, parts []part) []part {
	var all []part
	literal := func(text string) {
		if text != "" {
			all = append(all, part{strings.NewReplacer("${", "$${", "%{", "%%{").Replace(text), false})
		}
	}
	for {
		before, rest, found := strings.Cut(text, opening)
		literal(before)
		if !found {
			return slices.Clip(all)
		}
		number, after, _ := strings.Cut(rest, closing)
		i, _ := strconv.Atoi(number) // It was written by placeheld.
		all = append(all, parts[i])
		text = after
	}
}
