package planjson

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	tfjson "github.com/hashicorp/terraform-json"
	"github.com/zclconf/go-cty/cty"

	"hubspoke/proof/stackjson"
)

// scope is where an expression stands: in a resource, whose modules and keys it may name.
type scope struct {
	*plan
	at    address
	depth int
}

// whole is every instance of a resource, before an attribute is taken of it.
type whole struct{ instances []address }

func (s scope) unknown(format string, args ...any) any {
	where := s.at.String()
	if s.at.kind == "" {
		where = "an output"
	}
	return stackjson.Unknown{Why: where + ": " + fmt.Sprintf(format, args...) + "; " + remedy}
}

// argument is what an argument that the plan does not know will be. The source, where it
// is there, says so exactly. Without it, one plain reference is one: an expression that
// holds nothing else can only be that value, where an id is wanted.
func (s scope) argument(name string, e *tfjson.Expression, w *written) any {
	if w != nil && w.expression != nil {
		return s.settled(s.value(w.expression))
	}
	refs := longest(e.References)
	if len(refs) != 1 {
		return s.unknown("%s comes of several references (%s), and how is in the source alone: lay the plan beside its *.tf files", name, strings.Join(refs, ", "))
	}
	t, problems := hclsyntax.ParseTraversalAbs([]byte(refs[0]), "", hcl.InitialPos)
	if problems.HasErrors() || !wantsID(name) && s.at.kind != "" {
		return s.unknown("%s comes of %s, and how is in the source alone: lay the plan beside its *.tf files", name, refs[0])
	}
	value := s.traversal(t)
	if _, ok := value.(stackjson.Reference); ok && strings.HasSuffix(name, "s") && s.at.kind != "" {
		return []any{value}
	}
	return s.settled(value)
}

// settled is a value in which every resource has been asked for an attribute.
func (s scope) settled(value any) any {
	switch v := value.(type) {
	case whole, one, called:
		return s.unknown("which attribute of which instance is meant is not known: lay the plan beside its *.tf files")
	case []any:
		for i := range v {
			v[i] = s.settled(v[i])
		}
	case map[string]any:
		for key := range v {
			v[key] = s.settled(v[key])
		}
	}
	return value
}

// wantsID says whether an argument of that name holds ids, which nobody makes of others.
func wantsID(name string) bool {
	for _, suffix := range []string{"_id", "_ids", "_arn", "_arns", "security_groups", "subnets", "network_interface", "instance"} {
		if strings.HasSuffix(name, suffix) {
			return true
		}
	}
	return false
}

// longest are the references without those that are the beginning of another: Terraform
// lists aws_vpc.main.id and aws_vpc.main.
func longest(refs []string) []string {
	var kept []string
	for _, ref := range refs {
		begins := func(other string) bool {
			return len(other) > len(ref) && strings.HasPrefix(other, ref) && (other[len(ref)] == '.' || other[len(ref)] == '[')
		}
		if !slices.ContainsFunc(refs, begins) && !slices.Contains(kept, ref) {
			kept = append(kept, ref)
		}
	}
	return kept
}

// value is what an expression of the source comes to.
func (s scope) value(e hclsyntax.Expression) any {
	s.steps++
	if s.depth++; s.depth > deepest || s.steps > mostSteps {
		return s.unknown("a chain of references is too long")
	}
	switch e := e.(type) {
	case *hclsyntax.ParenthesesExpr:
		return s.value(e.Expression)
	case *hclsyntax.TemplateWrapExpr:
		return s.value(e.Wrapped)
	case *hclsyntax.LiteralValueExpr:
		return literal(e.Val)
	case *hclsyntax.TemplateExpr:
		if e.IsStringLiteral() {
			text, _ := e.Value(nil)
			return escape(literal(text))
		}
	case *hclsyntax.ScopeTraversalExpr:
		return s.traversal(e.Traversal)
	case *hclsyntax.RelativeTraversalExpr:
		return s.follow(s.value(e.Source), e.Traversal)
	case *hclsyntax.IndexExpr:
		return s.indexed(s.value(e.Collection), s.value(e.Key))
	case *hclsyntax.TupleConsExpr:
		list := make([]any, len(e.Exprs))
		for i, item := range e.Exprs {
			list[i] = s.value(item)
		}
		return list
	case *hclsyntax.ObjectConsExpr:
		all := map[string]any{}
		for _, item := range e.Items {
			key, problems := item.KeyExpr.Value(nil)
			name, ok := literal(key).(string)
			if problems.HasErrors() || !ok {
				return s.unknown("an object whose keys are reckoned is not followed")
			}
			all[name] = s.value(item.ValueExpr)
		}
		return all
	case *hclsyntax.SplatExpr:
		return s.splat(e)
	case *hclsyntax.ForExpr:
		return s.each(e)
	case *hclsyntax.FunctionCallExpr:
		return s.call(e)
	}
	return s.unknown("an expression of this kind is not followed (%T)", e)
}

// call follows the few functions that change nothing of a list of resources.
func (s scope) call(e *hclsyntax.FunctionCallExpr) any {
	if endpoint, ok := s.firewallEndpoint(e); ok {
		return endpoint
	}
	if len(e.Args) == 1 && !e.ExpandFinal {
		switch value := s.value(e.Args[0]); e.Name {
		case "values", "tolist", "toset":
			if w, ok := value.(whole); ok && e.Name == "values" {
				return w
			}
			if list, ok := value.([]any); ok && e.Name != "values" {
				return list
			}
		case "one":
			if list, ok := value.([]any); ok && len(list) == 1 {
				return list[0]
			}
		}
	}
	return s.unknown("the function %s is not followed", e.Name)
}

// splat is an attribute of every instance: aws_subnet.private[*].id.
func (s scope) splat(e *hclsyntax.SplatExpr) any {
	source := s.value(e.Source)
	relative, ok := e.Each.(*hclsyntax.RelativeTraversalExpr)
	if !ok {
		return s.unknown("a splat of this kind is not followed")
	}
	return s.all(source, relative.Traversal)
}

// each is `[for s in aws_subnet.private : s.id]`, or the object
// `{ for k, v in module.vpc : k => v.id }`.
func (s scope) each(e *hclsyntax.ForExpr) any {
	item, ok := e.ValExpr.(*hclsyntax.ScopeTraversalExpr)
	if !ok || e.CondExpr != nil || e.Group || item.Traversal.RootName() != e.ValVar {
		return s.unknown("a for expression of this kind is not followed")
	}
	source := s.items(s.value(e.CollExpr))
	if e.KeyExpr == nil {
		return s.all(source, item.Traversal[1:])
	}
	key, ok := e.KeyExpr.(*hclsyntax.ScopeTraversalExpr)
	if !ok || len(key.Traversal) != 1 || e.KeyVar == "" || key.Traversal.RootName() != e.KeyVar {
		return s.unknown("a for expression of this kind is not followed")
	}
	all := map[string]any{}
	switch v := source.(type) {
	case whole:
		for _, instance := range v.instances {
			if k, ok := instance.key.(string); ok {
				all[k] = s.attribute(instance, item.Traversal[1:])
			}
		}
	case calls:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			all[k] = s.follow(v[k], item.Traversal[1:])
		}
	case stackjson.Unknown:
		return v
	default:
		return s.unknown("what is listed is not known")
	}
	return all
}

// calls are the instances of a module that is called with for_each, by their keys.
type calls map[string]called

// items are the instances of a module, and anything else as it is.
func (s scope) items(value any) any {
	c, ok := value.(called)
	if !ok || len(c.reference) != 2 {
		return value
	}
	name, ok := c.reference[1].(hcl.TraverseAttr)
	if !ok {
		return value
	}
	all := calls{}
	for _, key := range s.modules[address{modules: s.at.modules, kind: "module", name: name.Name}.base()] {
		k, ok := key.(string)
		if !ok {
			return value
		}
		all[k] = called{append(slices.Clone(c.reference), hcl.TraverseIndex{Key: cty.StringVal(k)})}
	}
	return all
}

func (s scope) all(source any, rest hcl.Traversal) any {
	var list []any
	switch v := source.(type) {
	case whole:
		for _, instance := range v.instances {
			list = append(list, s.attribute(instance, rest))
		}
	case one:
		list = append(list, s.attribute(v.address, rest))
	case calls:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			list = append(list, s.follow(v[k], rest))
		}
	case []any:
		for _, item := range v {
			list = append(list, s.follow(item, rest))
		}
	case stackjson.Unknown:
		return v
	default:
		return s.unknown("what is listed is not known")
	}
	return list
}

// traversal is what a reference names.
func (s scope) traversal(t hcl.Traversal) any {
	s.steps++
	if s.depth++; s.depth > deepest || s.steps > mostSteps {
		return s.unknown("a chain of references is too long")
	}
	second := ""
	if len(t) > 1 {
		if attr, ok := t[1].(hcl.TraverseAttr); ok {
			second = attr.Name
		}
	}
	switch t.RootName() {
	case "count", "each":
		if (second == "index" || second == "key") && len(t) == 2 && s.at.key != nil {
			return s.at.key
		}
	case "var":
		return s.follow(s.input(second), t[min(2, len(t)):])
	case "local":
		if e := s.source.local(s.moduleFolder(s.at.modules), second); e != nil {
			return s.follow(s.value(e), t[2:])
		}
		return s.unknown("local.%s is in the source alone: lay the plan beside its *.tf files", second)
	case "module":
		return s.moduleOutput(t)
	case "path", "terraform", "self":
	default:
		return s.reference(t)
	}
	return s.unknown("%s is not followed", t.RootName()+"."+second)
}

// input is what the call of the scope's module says of a variable.
func (s scope) input(name string) any {
	n := len(s.at.modules)
	if n == 0 {
		return s.unknown("the variable %s is not followed", name)
	}
	call, outer := s.at.modules[n-1], s
	outer.at = address{modules: s.at.modules[:n-1], kind: "module", name: call.name, key: call.key}
	m := s.module(outer.at.modules)
	if m == nil || m.ModuleCalls[call.name] == nil {
		return s.unknown("the call of module %s is not in the plan", call.name)
	}
	e := m.ModuleCalls[call.name].Expressions[name]
	if value, ok := constant(e); ok {
		return escape(value)
	}
	if e == nil || e.ExpressionData == nil {
		return s.unknown("the variable %s has its default", name)
	}
	return outer.passed(e, s.source.input(s.moduleFolder(outer.at.modules), call.name, name))
}

// passed is what goes in or out of a module.
func (s scope) passed(e *tfjson.Expression, w *written) any {
	if w != nil && w.expression != nil {
		return s.value(w.expression)
	}
	if refs := longest(e.References); len(refs) == 1 {
		if t, problems := hclsyntax.ParseTraversalAbs([]byte(refs[0]), "", hcl.InitialPos); !problems.HasErrors() {
			switch value := s.traversal(t).(type) {
			case whole, one, called:
			default:
				return value
			}
		}
	}
	return s.unknown("what goes through a module comes of %s, and how is in the source alone: lay the plan beside its *.tf files", strings.Join(longest(e.References), ", "))
}

// moduleOutput is what module.vpc.id names.
func (s scope) moduleOutput(t hcl.Traversal) any {
	call, ok := t[min(1, len(t)-1)].(hcl.TraverseAttr)
	if !ok {
		return s.unknown("a module of this kind is not followed")
	}
	rest := t[2:]
	inner := step{name: call.Name}
	if len(rest) > 0 {
		if index, ok := rest[0].(hcl.TraverseIndex); ok {
			inner.key, rest = literal(index.Key), rest[1:]
		}
	}
	if len(rest) == 0 {
		return called{t}
	}
	base := address{modules: s.at.modules, kind: "module", name: call.Name}.base()
	if !slices.Contains(s.modules[base], inner.key) && len(s.modules[base]) > 0 {
		return s.unknown("which instance of module.%s is meant is not known", call.Name)
	}
	output, ok := hcl.TraverseAttr{}, false
	if len(rest) > 0 {
		output, ok = rest[0].(hcl.TraverseAttr)
	}
	m := s.module(append(slices.Clone(s.at.modules), inner))
	if !ok || m == nil || m.Outputs[output.Name] == nil || m.Outputs[output.Name].Expression == nil || m.Outputs[output.Name].Expression.ExpressionData == nil {
		return s.unknown("module.%s is not followed", call.Name)
	}
	in := s
	in.at = address{modules: append(slices.Clone(s.at.modules), inner)}
	e := m.Outputs[output.Name].Expression
	if value, ok := constant(e); ok {
		return s.follow(escape(value), rest[1:])
	}
	return s.follow(in.passed(e, s.source.output(s.moduleFolder(in.at.modules), output.Name)), rest[1:])
}

// reference is what the name of a resource leads to, as far as it goes.
func (s scope) reference(t hcl.Traversal) any {
	a, rest, ok := cutAddress(s.at.modules, t)
	if !ok {
		return s.unknown("a reference of this kind is not followed")
	}
	keys := s.instances[a.base()]
	switch {
	case len(keys) == 0:
		return s.unknown("%s is not in the plan", a)
	case a.key != nil && !slices.Contains(keys, a.key):
		return s.unknown("there is no %s", a)
	case a.key == nil && !slices.Contains(keys, nil):
		w := whole{}
		for _, key := range keys {
			instance := a
			instance.key = key
			w.instances = append(w.instances, instance)
		}
		if len(rest) > 0 {
			return s.follow(w, rest)
		}
		return w
	case len(rest) == 0:
		return one{a}
	}
	return s.attribute(a, rest)
}

// attribute is an attribute of one resource.
func (s scope) attribute(a address, rest hcl.Traversal) any {
	path := ""
	for _, step := range rest {
		switch t := step.(type) {
		case hcl.TraverseAttr:
			path = join(path, t.Name)
		case hcl.TraverseIndex:
			path += keyText(literal(t.Key))
		default:
			return s.unknown("a splat within %s is not followed", a)
		}
	}
	if path == "" {
		return s.unknown("all of %s at once is not followed", a)
	}
	return stackjson.Reference{Address: a.String(), Attribute: path}
}

// follow takes steps into a value.
func (s scope) follow(value any, steps hcl.Traversal) any {
	for i, next := range steps {
		switch v := value.(type) {
		case stackjson.Unknown:
			return v
		case stackjson.Reference:
			switch t := next.(type) {
			case hcl.TraverseAttr:
				v.Attribute += "." + t.Name
			case hcl.TraverseIndex:
				v.Attribute += keyText(literal(t.Key))
			default:
				return s.unknown("a splat is not followed")
			}
			value = v
			continue
		case one:
			return s.attribute(v.address, steps[i:])
		case called:
			return s.traversal(append(slices.Clone(v.reference), steps[i:]...))
		case whole:
			if _, key := next.(hcl.TraverseIndex); !key {
				return s.unknown("which of several is meant is not known")
			}
		}
		switch t := next.(type) {
		case hcl.TraverseIndex:
			value = s.indexed(value, literal(t.Key))
		case hcl.TraverseAttr:
			value = s.indexed(value, t.Name)
		default:
			return s.unknown("a splat is not followed")
		}
	}
	return value
}

// indexed is an item of a list, or an instance of a resource.
func (s scope) indexed(value, key any) any {
	switch v := value.(type) {
	case stackjson.Unknown:
		return v
	case whole:
		for _, instance := range v.instances {
			if instance.key == key && key != nil {
				return one{instance}
			}
		}
	case called:
		switch k := key.(type) {
		case string:
			return called{append(slices.Clone(v.reference), hcl.TraverseIndex{Key: cty.StringVal(k)})}
		case float64:
			return called{append(slices.Clone(v.reference), hcl.TraverseIndex{Key: cty.NumberFloatVal(k)})}
		}
	case []any:
		if i, ok := key.(float64); ok && i >= 0 && int(i) < len(v) {
			return v[int(i)]
		}
	case map[string]any:
		if k, ok := key.(string); ok && v[k] != nil {
			return v[k]
		}
	}
	if unknown, ok := key.(stackjson.Unknown); ok {
		return unknown
	}
	return s.unknown("there is nothing at [%v] that could be followed", key)
}

// one is an instance that was named, before an attribute is taken of it.
type one struct{ address }

// called is a module's call, before an output is taken of it.
type called struct{ reference hcl.Traversal }
