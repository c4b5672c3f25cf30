package stackjson

import (
	"encoding/json"
	"slices"
	"unicode/utf8"
)

// decode is the JSON value that the text is, as encoding/json decodes it. It is false if
// the text is none, holds a key twice in an object, or is out of the ordinary in another
// way: then slower decoders say what it is, and what is wrong with it.
//
// Stacks are alike, and what is alike in them is kept once, in texts. Of an estate of a
// hundred spokes that is nine tenths of the memory that texts take.
func decode(text []byte, texts texts) (any, bool) {
	// Of text that is not UTF-8, encoding/json makes some that is.
	if !utf8.Valid(text) {
		return nil, false
	}
	d := decoder{text: text, texts: texts}
	value, ok := d.value(0)
	return value, ok && d.next() == 0 && d.at == len(text)
}

// texts are the texts that were decoded, as values.
type texts map[string]any

func (t texts) of(text []byte) any {
	if value, ok := t[string(text)]; ok {
		return value
	}
	kept := string(text)
	t[kept] = kept
	return t[kept]
}

// nested is deeper than any stack, and less than what encoding/json refuses.
const nested = 1000

type decoder struct {
	text  []byte
	at    int
	texts texts
}

// next skips white space and returns the byte after it, 0 at the end.
func (d *decoder) next() byte {
	for ; d.at < len(d.text); d.at++ {
		switch c := d.text[d.at]; c {
		case ' ', '\t', '\n', '\r':
		default:
			return c
		}
	}
	return 0
}

// skip goes past the byte if it is next.
func (d *decoder) skip(c byte) bool {
	if d.next() != c {
		return false
	}
	d.at++
	return true
}

func (d *decoder) value(depth int) (any, bool) {
	switch c := d.next(); {
	case depth > nested:
		return nil, false
	case c == '{':
		return d.object(depth)
	case c == '[':
		return d.list(depth)
	case c == '"':
		return d.string()
	}
	return d.literal()
}

func (d *decoder) object(depth int) (any, bool) {
	d.at++
	object := map[string]any{}
	if d.skip('}') {
		return object, true
	}
	for {
		if d.next() != '"' {
			return nil, false
		}
		key, ok := d.string()
		if !ok || !d.skip(':') {
			return nil, false
		}
		value, ok := d.value(depth + 1)
		if !ok {
			return nil, false
		}
		members := len(object)
		object[key.(string)] = value
		switch {
		case len(object) == members:
			return nil, false
		case d.skip('}'):
			return object, true
		case !d.skip(','):
			return nil, false
		}
	}
}

func (d *decoder) list(depth int) (any, bool) {
	d.at++
	list := []any{}
	if d.skip(']') {
		return list, true
	}
	for {
		value, ok := d.value(depth + 1)
		if !ok {
			return nil, false
		}
		list = append(list, value)
		switch {
		case d.skip(']'):
			return slices.Clip(list), true
		case !d.skip(','):
			return nil, false
		}
	}
}

func (d *decoder) string() (any, bool) {
	from := d.at
	escaped := false
	for i := from + 1; i < len(d.text); i++ {
		switch c := d.text[i]; {
		case c == '"':
			d.at = i + 1
			if !escaped {
				return d.texts.of(d.text[from+1 : i]), true
			}
			var text string
			if json.Unmarshal(d.text[from:d.at], &text) != nil {
				return nil, false
			}
			return d.texts.of([]byte(text)), true
		case c == '\\':
			escaped = true
			i++
		case c < ' ':
			return nil, false
		}
	}
	return nil, false
}

// literal is a number, a truth value or null.
func (d *decoder) literal() (any, bool) {
	from := d.at
	for d.at < len(d.text) && ('a' <= d.text[d.at] && d.text[d.at] <= 'z' || '0' <= d.text[d.at] && d.text[d.at] <= '9' ||
		d.text[d.at] == '-' || d.text[d.at] == '+' || d.text[d.at] == '.' || d.text[d.at] == 'E') {
		d.at++
	}
	switch literal := string(d.text[from:d.at]); literal {
	case "null":
		return nil, true
	case "true":
		return true, true
	case "false":
		return false, true
	default:
		var number any
		err := json.Unmarshal([]byte(literal), &number)
		return number, err == nil
	}
}
