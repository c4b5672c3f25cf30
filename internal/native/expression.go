package native

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"hubspoke/proof/stackjson"
)

// part is a piece of a template: a literal, in which `$${` stands for `${`, or what is
// interpolated, with its `${` and `}`.
type part struct {
	text         string
	interpolated bool
}

// whole is the expression of a template that is nothing but one interpolation.
func whole(parts []part) (string, bool) {
	if len(parts) != 1 || !parts[0].interpolated || !strings.HasPrefix(parts[0].text, "${") {
		return "", false
	}
	inner := strings.TrimSuffix(strings.TrimPrefix(parts[0].text, "${"), "}")
	if strings.HasPrefix(inner, "~") || strings.HasSuffix(inner, "~") {
		return "", false
	}
	if inner = strings.TrimSpace(inner); strings.Contains(inner, "\n") {
		return "(\n" + inner + "\n)", true
	}
	return inner, true
}

// expression is the expression of a value. Every text of Terraform's JSON is a template, keys
// of objects included. Where other is not nil, it has the first word on each.
//
// https://developer.hashicorp.com/terraform/language/syntax/json#expression-mapping
func expression(value any, other func([]part) (string, bool)) (string, error) {
	switch v := value.(type) {
	case string:
		parts, err := split(v)
		if err != nil {
			return "", err
		}
		if other != nil {
			if text, ok := other(parts); ok {
				return text, nil
			}
		}
		return template(parts), nil
	case []any:
		items := make([]string, len(v))
		for i, item := range v {
			text, err := expression(item, other)
			if err != nil {
				return "", err
			}
			items[i] = text
		}
		return list(items), nil
	case map[string]any:
		var keys []string
		values := map[string]string{}
		for _, name := range sorted(v) {
			text, err := expression(v[name], other)
			if err != nil {
				return "", fmt.Errorf("%s: %w", name, err)
			}
			parts, err := split(name)
			if err != nil {
				return "", err
			}
			keys = append(keys, key(parts))
			values[key(parts)] = text
		}
		return mapping(keys, values), nil
	}
	text, err := json.Marshal(value) // A number, a bool or null.
	return string(text), err
}

// split takes a template apart.
func split(text string) ([]part, error) {
	if stackjson.TooDeep(text) {
		return nil, errors.New("this is nested too deeply to read")
	}
	if _, problems := hclsyntax.ParseTemplate([]byte(text), "", hcl.InitialPos); problems.HasErrors() {
		return nil, fmt.Errorf("%q cannot be read: %w", text, problems)
	}
	tokens, problems := hclsyntax.LexTemplate([]byte(text), "", hcl.InitialPos)
	if problems.HasErrors() {
		return nil, fmt.Errorf("%q cannot be read: %w", text, problems)
	}
	var parts []part
	depth, start := 0, 0
	for _, token := range tokens {
		switch token.Type {
		case hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl:
			if depth == 0 {
				start = token.Range.Start.Byte
			}
			depth++
		case hclsyntax.TokenTemplateSeqEnd:
			if depth--; depth == 0 {
				parts = append(parts, part{text[start:token.Range.End.Byte], true})
			}
		case hclsyntax.TokenEOF:
		default:
			if depth > 0 {
				continue
			}
			if last := len(parts) - 1; last >= 0 && !parts[last].interpolated {
				parts[last].text += string(token.Bytes)
			} else {
				parts = append(parts, part{string(token.Bytes), false})
			}
		}
	}
	return parts, nil
}

// template is a template as an expression: one that is one reference as that, a text of
// several lines as a heredoc, and any other in quotes.
func template(parts []part) string {
	if text, ok := whole(parts); ok {
		return text
	}
	if text, ok := heredoc(parts); ok {
		return text
	}
	return quotedParts(parts)
}

func quotedParts(parts []part) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, p := range parts {
		if p.interpolated {
			b.WriteString(p.text)
		} else {
			b.WriteString(escaped(p.text))
		}
	}
	b.WriteByte('"')
	return b.String()
}

// heredoc is a text of several lines as such. It says what it says, without escapes, and always
// ends a line: where the text does not, the function chomp takes that away again.
func heredoc(parts []part) (string, bool) {
	var text strings.Builder
	lines := 0
	for _, p := range parts {
		if !p.interpolated {
			lines += strings.Count(p.text, "\n")
		}
		text.WriteString(p.text)
	}
	if lines == 0 || strings.ContainsFunc(text.String(), func(r rune) bool { return r < ' ' && r != '\n' || r == 0x7f }) {
		return "", false
	}
	marker := "EOT"
	for slices.ContainsFunc(strings.Split(text.String(), "\n"), func(line string) bool { return strings.TrimSpace(line) == marker }) {
		marker += "_"
	}
	last := parts[len(parts)-1]
	switch {
	case strings.HasSuffix(last.text, "\n") && !last.interpolated:
		return "<<" + marker + "\n" + text.String() + marker, true
	case last.interpolated: // It may end a line itself, and chomp would take that.
		return "", false
	}
	return "chomp(<<" + marker + "\n" + text.String() + "\n" + marker + "\n)", true
}

// identifier is a key that needs no quotes, unless it is one of the language's words.
var identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*$`)

// key is a template as the key of an object.
func key(parts []part) string {
	if len(parts) == 1 && !parts[0].interpolated && identifier.MatchString(parts[0].text) &&
		!slices.Contains([]string{"for", "null", "true", "false"}, parts[0].text) {
		return parts[0].text
	}
	return quotedParts(parts)
}

func quoted(text string) string { return `"` + escaped(text) + `"` }

// escaped is a literal without what would end it in quotes. What stands for an interpolation
// that is none, `$${`, is the same there.
func escaped(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
