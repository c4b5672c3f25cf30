package stackjson

import (
	"fmt"
	"slices"
	"strings"
)

// merger adds a file to a stack as Terraform does: blocks of one name may stand
// anywhere, and each once.
// https://developer.hashicorp.com/terraform/language/syntax/json
type merger struct {
	file      string
	into      map[string]any
	overrides bool
	problems  []error
}

func (m *merger) problem(path, format string, args ...any) {
	m.problems = append(m.problems, fmt.Errorf("%s: %s: %s", m.file, path, fmt.Sprintf(format, args...)))
}

// labels is how many names the blocks of a section have.
var labels = map[string]int{
	"resource": 2, "data": 2, "ephemeral": 2, "output": 1, "variable": 1, "module": 1, "provider": 1, "check": 1, "terraform": 0, "locals": 0,
}

func (m *merger) section(key string, value any) {
	depth, known := labels[key]
	switch {
	case key == "//" || value == nil:
	case !known:
		m.into[key] = append(List(m.into[key]), List(value)...)
	default:
		m.labelled(key, key, value, depth, m.into)
	}
}

// labelled adds blocks with so many labels still to come, below key.
func (m *merger) labelled(path, key string, value any, depth int, into map[string]any) {
	if depth == 0 {
		m.block(path, key, value, into)
		return
	}
	below, ok := into[key].(map[string]any)
	if !ok {
		below = map[string]any{}
		into[key] = below
	}
	for _, block := range m.objects(path, value) {
		for _, label := range keys(block) {
			if label != "//" {
				m.labelled(path+"."+label, label, block[label], depth-1, below)
			}
		}
	}
}

// block adds the body of a block. A provider may have several, with an alias each.
func (m *merger) block(path, key string, value any, into map[string]any) {
	section, _, _ := strings.Cut(path, ".")
	bodies := m.objects(path, value)
	switch {
	case section == "provider":
		m.provider(path, key, value, bodies, into)
	case len(bodies) == 0:
		into[key] = map[string]any{}
	case section == "terraform":
		for _, body := range bodies {
			m.settings(path, body, into, key)
		}
	case section == "locals":
		for _, body := range bodies {
			m.locals(path, body, into, key)
		}
	default:
		for _, body := range bodies {
			old, ok := into[key].(map[string]any)
			switch {
			case !ok && m.overrides:
				m.problem(path, "there is nothing of that name to override")
			case !ok:
				into[key] = body
			case m.overrides:
				override(old, body)
			default:
				m.problem(path, "it is there twice in the stack: each has its own name")
			}
		}
	}
}

// provider adds configurations of a provider. One that overrides is of the same alias.
func (m *merger) provider(path, key string, value any, bodies []map[string]any, into map[string]any) {
	switch {
	case m.overrides:
		for _, body := range bodies {
			alias, _ := body["alias"].(string)
			same := func(other any) bool {
				old, ok := other.(map[string]any)
				written, _ := old["alias"].(string)
				return ok && written == alias
			}
			all := List(into[key])
			if i := slices.IndexFunc(all, same); i >= 0 {
				override(object(all[i]), body)
			} else {
				m.problem(path, "there is no configuration of that alias to override")
			}
		}
	case into[key] == nil:
		into[key] = value
	default:
		all := List(into[key])
		for _, body := range bodies {
			all = append(all, body)
		}
		into[key] = all
	}
}

// override replaces the arguments of a block by those of another. Nested blocks replace
// all of their name, however they were written; those of `lifecycle` are merged.
// https://developer.hashicorp.com/terraform/language/files/override#merging-behavior
func override(old, body map[string]any) {
	for _, argument := range keys(body) {
		switch argument {
		case "lifecycle":
			merged := map[string]any{}
			for _, block := range slices.Concat(List(old[argument]), List(body[argument])) {
				for _, name := range keys(object(block)) {
					merged[name] = object(block)[name]
				}
			}
			old[argument] = merged
		case "dynamic":
			for _, block := range List(body[argument]) {
				for _, name := range keys(object(block)) {
					delete(old, name)
				}
			}
			old[argument] = slices.Concat(without(old[argument], body[argument]), List(body[argument]))
		default:
			old[argument] = body[argument]
			if left := without(old["dynamic"], map[string]any{argument: nil}); len(left) > 0 {
				old["dynamic"] = left
			} else {
				delete(old, "dynamic")
			}
		}
	}
}

// without are the dynamic blocks that make none of the names that others make.
func without(blocks, others any) []any {
	var left []any
	for _, block := range List(blocks) {
		kept := map[string]any{}
		for _, name := range keys(object(block)) {
			if !slices.ContainsFunc(List(others), func(other any) bool { _, ok := object(other)[name]; return ok }) {
				kept[name] = object(block)[name]
			}
		}
		if len(kept) > 0 {
			left = append(left, kept)
		}
	}
	return left
}

// locals adds the values of a block of locals.
func (m *merger) locals(path string, body map[string]any, into map[string]any, key string) {
	old, ok := into[key].(map[string]any)
	if !ok {
		old = map[string]any{}
		into[key] = old
	}
	for _, name := range keys(body) {
		_, there := old[name]
		switch {
		case there && !m.overrides && name != "//":
			m.problem(path+"."+name, "it is there twice in the stack")
		case !there && m.overrides && name != "//":
			m.problem(path+"."+name, "there is nothing of that name to override")
		default:
			old[name] = body[name]
		}
	}
}

// settings adds the arguments of a block `terraform`, which may stand in several places.
// Providers are named one by one; where the state is kept is said once, and what overrides
// it says it anew.
func (m *merger) settings(path string, body map[string]any, into map[string]any, key string) {
	old, ok := into[key].(map[string]any)
	if !ok {
		into[key] = body
		return
	}
	for _, argument := range keys(body) {
		inner, both := body[argument].(map[string]any)
		_, was := old[argument].(map[string]any)
		keeps := argument == "backend" || argument == "cloud"
		switch {
		case m.overrides && keeps && path == "terraform":
			delete(old, "backend")
			delete(old, "cloud")
			old[argument] = body[argument]
		case both && was && path == "terraform" && !keeps:
			m.settings(path+"."+argument, inner, old, argument)
		case old[argument] == nil || m.overrides || argument == "//":
			old[argument] = body[argument]
		default:
			m.problem(path+"."+argument, "it is there twice in the stack")
		}
	}
}

// objects are the objects of a value that is one or a list of them.
func (m *merger) objects(path string, value any) []map[string]any {
	var all []map[string]any
	for _, item := range List(value) {
		if o, ok := item.(map[string]any); ok {
			all = append(all, o)
		} else {
			m.problem(path, "an object is wanted here, and this is %s", kind(item))
		}
	}
	return all
}

func kind(value any) string {
	switch value.(type) {
	case nil:
		return "null"
	case string:
		return "a text"
	case float64:
		return "a number"
	case bool:
		return "a truth value"
	case []any:
		return "a list"
	}
	return "an object"
}
