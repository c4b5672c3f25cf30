package config

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"hubspoke/proof/stackjson"
)

// Bounds on what is read, beside those of [stackjson.TooDeep]. No configuration comes near
// them, and beyond them a malformed one could exhaust the stack or the memory.
const (
	deepest = 1000    // steps of a chain of references
	largest = 1 << 20 // bytes and values that a reference comes to
)

// size is how much there is in a value, as far as it is within bounds.
func size(value any) int {
	n := 1
	switch v := value.(type) {
	case string:
		n = len(v)
	case Text:
		for _, part := range v.Parts {
			n += size(part)
		}
	case []any:
		for _, item := range v {
			if n += size(item); n > largest {
				break
			}
		}
	case map[string]any:
		for _, item := range v {
			if n += size(item); n > largest {
				break
			}
		}
	}
	return n
}

// evaluate is what a JSON value of the stack comes to. Where there is nothing to
// evaluate it is the value itself, which is not to be changed.
func (s *Stack) evaluate(value any) any {
	value, _ = s.evaluated(value)
	return value
}

// evaluated says of what a value comes to whether it is another one.
func (s *Stack) evaluated(value any) (_ any, another bool) {
	switch v := value.(type) {
	case string:
		if strings.Contains(v, "${") || strings.Contains(v, "%{") {
			return s.template(v), true
		}
	case stackjson.Reference:
		return s.reference(v), true
	case stackjson.Text:
		parts, _ := s.evaluated([]any(v))
		return Text{parts.([]any)}, true
	case stackjson.Unknown:
		return Unknown{Why: s.Name + ": " + v.Why}, true
	case []any:
		var list []any
		for i, item := range v {
			item, another := s.evaluated(item)
			if another && list == nil {
				list = slices.Clone(v)
			}
			if another {
				list[i] = item
			}
		}
		if list != nil {
			return list, true
		}
	case map[string]any:
		var object map[string]any
		if _, comment := v["//"]; comment {
			object = maps.Clone(v)
			delete(object, "//")
		}
		for key, item := range v {
			if key == "//" {
				continue
			}
			item, another := s.evaluated(item)
			if another && object == nil {
				object = maps.Clone(v)
			}
			if another {
				object[key] = item
			}
		}
		if object != nil {
			return object, true
		}
	}
	return value, false
}

// template is what a string of Terraform's JSON syntax comes to.
func (s *Stack) template(text string) any {
	if value, ok := s.known[text]; ok {
		return value
	}
	if stackjson.TooDeep(text) {
		return Unknown{Why: fmt.Sprintf("%s: %s is nested too deeply to read", s.Name, short(text))}
	}
	expression, problems := parse(text, s.Name)
	if problems.HasErrors() {
		return Unknown{Why: fmt.Sprintf("%s: %s is not a template: %s", s.Name, short(text), problems[0].Summary), broken: true}
	}
	// A reference that leads back to itself is found open.
	if s.open[text] {
		return Unknown{Why: fmt.Sprintf("%s: %s refers to itself", s.Name, short(text)), broken: true}
	}
	if len(s.open) > deepest {
		return Unknown{Why: fmt.Sprintf("%s: %s refers to too long a chain of others", s.Name, short(text))}
	}
	s.open[text] = true
	value := s.expression(expression)
	delete(s.open, text)
	// A few lines that each name the one before twice can grow without bound.
	if size(value) > largest {
		value = Unknown{Why: fmt.Sprintf("%s: %s is too large", s.Name, short(text))}
	}
	s.known[text] = value
	return value
}

// parse parses a template. Most are one reference, such as `${aws_vpc.main.id}`, which
// needs no parser.
func parse(text, where string) (hclsyntax.Expression, hcl.Diagnostics) {
	if t := reference(text); t != nil {
		return &hclsyntax.ScopeTraversalExpr{Traversal: t}, nil
	}
	return hclsyntax.ParseTemplate([]byte(text), where, hcl.InitialPos)
}

// reference is the steps of a template that is a reference by plain names alone, nil if
// it may be anything else.
// https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md#identifiers
func reference(text string) hcl.Traversal {
	inner, opens := strings.CutPrefix(text, "${")
	inner, closes := strings.CutSuffix(inner, "}")
	if !opens || !closes {
		return nil
	}
	var t hcl.Traversal
	for name := range strings.SplitSeq(inner, ".") {
		switch {
		case !plain(name), t == nil && slices.Contains([]string{"true", "false", "null"}, name):
			return nil
		case t == nil:
			t = append(make(hcl.Traversal, 0, 4), hcl.TraverseRoot{Name: name})
		default:
			t = append(t, hcl.TraverseAttr{Name: name})
		}
	}
	return t
}

// plain says whether a name is an identifier of ASCII characters.
func plain(name string) bool {
	for i, c := range []byte(name) {
		letter := c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !letter && (i == 0 || c != '-' && (c < '0' || c > '9')) {
			return false
		}
	}
	return name != ""
}

func (s *Stack) expression(expression hclsyntax.Expression) any {
	switch e := expression.(type) {
	case *hclsyntax.TemplateWrapExpr:
		return s.expression(e.Wrapped)
	case *hclsyntax.ParenthesesExpr:
		return s.expression(e.Expression)
	case *hclsyntax.TemplateExpr:
		return s.parts(e.Parts)
	case *hclsyntax.LiteralValueExpr:
		return literal(e.Val)
	case *hclsyntax.ScopeTraversalExpr:
		return s.traversal(e.Traversal)
	case *hclsyntax.RelativeTraversalExpr:
		return follow(s.expression(e.Source), e.Traversal, s.Name)
	case *hclsyntax.IndexExpr:
		return index(s.expression(e.Collection), s.expression(e.Key), s.Name)
	case *hclsyntax.TupleConsExpr:
		list := make([]any, len(e.Exprs))
		for i, item := range e.Exprs {
			list[i] = s.expression(item)
		}
		return list
	case *hclsyntax.FunctionCallExpr:
		if endpoint, ok := s.firewallEndpoint(e); ok {
			return endpoint
		}
		return Unknown{Why: fmt.Sprintf("%s: the function %s is not evaluated", s.Name, e.Name)}
	}
	return Unknown{Why: fmt.Sprintf("%s: an expression of this kind is not evaluated (%T)", s.Name, expression)}
}

// parts joins a template's parts. What is not known of one leaves the others
// readable: a policy with a function call in one condition still has principals.
func (s *Stack) parts(parts []hclsyntax.Expression) any {
	var text Text
	literals := ""
	for _, part := range parts {
		switch v := s.expression(part).(type) {
		case Ref, Unknown:
			text.Parts = append(text.Parts, literals, v)
			literals = ""
		case Text:
			text.Parts = append(append(text.Parts, literals), v.Parts...)
			literals = ""
		case nil, []any, map[string]any:
			return Unknown{Why: fmt.Sprintf("%s: a template holds what is not a text", s.Name)}
		case float64:
			literals += strconv.FormatFloat(v, 'f', -1, 64)
		default:
			literals += fmt.Sprint(v)
		}
	}
	if text.Parts == nil {
		return literals
	}
	text.Parts = append(text.Parts, literals)
	return text
}

func literal(value cty.Value) any {
	switch {
	case value.IsNull() || !value.IsKnown():
		return nil
	case value.Type() == cty.String:
		return value.AsString()
	case value.Type() == cty.Bool:
		return value.True()
	case value.Type() == cty.Number:
		number, _ := value.AsBigFloat().Float64()
		return number
	}
	return Unknown{Why: "a literal that is neither text, number nor truth value"}
}

// traversal is what a reference such as aws_vpc.main.id comes to.
func (s *Stack) traversal(t hcl.Traversal) any {
	switch root := t.RootName(); root {
	// What modules, count and for_each make is not read, and the rest is Terraform's
	// own to say.
	case "module", "each", "count", "self", "path", "terraform", "ephemeral":
	case "data":
		if len(t) > 3 && name(t[1]) == "terraform_remote_state" {
			return s.remote(name(t[2]), t[3:])
		}
		if len(t) > 3 {
			return s.attribute("data."+name(t[1])+"."+name(t[2]), t[3:])
		}
	case "var":
		if len(t) > 1 {
			return follow(s.variable(name(t[1])), t[2:], s.Name)
		}
	case "local":
		if len(t) > 1 {
			if local, ok := object(s.source.JSON["locals"])[name(t[1])]; ok {
				return follow(s.evaluate(local), t[2:], s.Name)
			}
			return Unknown{Why: fmt.Sprintf("%s: there is no local.%s", s.Name, name(t[1])), broken: true}
		}
	default:
		if len(t) > 2 {
			return s.attribute(root+"."+name(t[1]), t[2:])
		}
	}
	return Unknown{Why: fmt.Sprintf("%s: the reference %s is not evaluated", s.Name, text(t))}
}

// remote follows a reference to the stack that it reads.
func (s *Stack) remote(reader string, rest hcl.Traversal) any {
	r := s.byAddress["data.terraform_remote_state."+reader]
	if r == nil {
		return Unknown{Why: fmt.Sprintf("%s: there is no data source terraform_remote_state.%s", s.Name, reader), broken: true}
	}
	at, ok := s.states[reader]
	if !ok {
		at = s.remoteState(s.source.RemoteState(reader))
		s.states[reader] = at
	}
	producer := s.config.byState[at]
	if producer == nil {
		return Unknown{Why: fmt.Sprintf("%s: the stack whose state terraform_remote_state.%s reads is not here", s.Name, reader)}
	}
	if len(rest) < 2 || name(rest[0]) != "outputs" {
		return Unknown{Why: fmt.Sprintf("%s: all outputs of %s at once are not evaluated", s.Name, producer.Name)}
	}
	output, ok := producer.outputs[name(rest[1])]
	if otherwise, has := object(r.body["defaults"])[name(rest[1])]; has && output == nil {
		return follow(s.evaluate(otherwise), rest[2:], s.Name)
	}
	if !ok {
		return Unknown{Why: fmt.Sprintf("%s: %s has no output %s", s.Name, producer.Name, name(rest[1])), broken: true}
	}
	return follow(producer.evaluate(output), rest[2:], s.Name)
}

// attribute is a resource's argument where it is set to something, and else a
// reference to what AWS will say.
func (s *Stack) attribute(address string, path hcl.Traversal) any {
	r := s.byAddress[address]
	if r == nil {
		return Unknown{Why: fmt.Sprintf("%s: there is no %s", s.Name, address), broken: true}
	}
	if argument, ok := r.body[name(path[0])]; ok && argument != nil && name(path[0]) != "id" {
		if s.open[r.String()+name(path[0])] {
			return Unknown{Why: fmt.Sprintf("%s: %s refers to itself", s.Name, r.Address()), broken: true}
		}
		s.open[r.String()+name(path[0])] = true
		defer delete(s.open, r.String()+name(path[0]))
		value := follow(r.Argument(name(path[0])), path[1:], s.Name)
		// AWS adds attributes of its own to the arguments of a block.
		if unknown, ok := value.(Unknown); value != nil && (!ok || !unknown.absent) {
			return value
		}
	}
	return Ref{r, strings.TrimPrefix(text(path), ".")}
}

// follow takes steps into a value.
func follow(value any, steps hcl.Traversal, where string) any {
	for _, step := range steps {
		switch t := step.(type) {
		case hcl.TraverseAttr:
			value = index(value, t.Name, where)
		case hcl.TraverseIndex:
			value = index(value, literal(t.Key), where)
		default:
			return Unknown{Why: fmt.Sprintf("%s: a splat is not evaluated", where)}
		}
	}
	return value
}

func index(value, key any, where string) any {
	switch v := value.(type) {
	case Unknown:
		return v
	case map[string]any:
		if k, ok := key.(string); ok {
			if item, ok := v[k]; ok {
				return item
			}
		}
		// A block that may be written once is an object or a list of one.
		if key == 0.0 {
			return v
		}
	case []any:
		if k, ok := key.(float64); ok && k >= 0 && int(k) < len(v) {
			return v[int(k)]
		}
		if k, ok := key.(string); ok && len(v) == 1 {
			return index(v[0], k, where)
		}
	case Ref:
		switch k := key.(type) {
		case string:
			return Ref{v.Resource, v.Attribute + "." + k}
		case float64:
			return Ref{v.Resource, fmt.Sprintf("%s[%d]", v.Attribute, int(k))}
		}
	}
	if u, ok := key.(Unknown); ok {
		return u
	}
	return Unknown{Why: fmt.Sprintf("%s: there is nothing at [%v]", where, key), absent: true}
}

// name is a step's name.
func name(step hcl.Traverser) string {
	switch t := step.(type) {
	case hcl.TraverseRoot:
		return t.Name
	case hcl.TraverseAttr:
		return t.Name
	case hcl.TraverseIndex:
		if key, ok := literal(t.Key).(string); ok {
			return key
		}
	}
	return ""
}

// text writes a traversal as in the configuration.
func text(t hcl.Traversal) string {
	var b strings.Builder
	for _, step := range t {
		switch step := step.(type) {
		case hcl.TraverseRoot:
			b.WriteString(step.Name)
		case hcl.TraverseAttr:
			b.WriteString("." + step.Name)
		case hcl.TraverseIndex:
			if key, ok := literal(step.Key).(string); ok {
				fmt.Fprintf(&b, "[%q]", key)
			} else {
				fmt.Fprintf(&b, "[%v]", literal(step.Key))
			}
		case hcl.TraverseSplat:
			b.WriteString("[*]")
		}
	}
	return b.String()
}

func short(text string) string {
	if len(text) > 60 {
		return text[:60] + "…"
	}
	return text
}
