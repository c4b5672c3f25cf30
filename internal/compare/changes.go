package compare

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"hubspoke/internal/replacement"
	"hubspoke/proof/stackjson"
)

// Effect is what a plan would do with a resource.
type Effect string

// The effects, as far as they follow from Terraform JSON.
const (
	Create  Effect = "create"
	Update  Effect = "change"
	Replace Effect = "replace"
	Delete  Effect = "destroy"
	// Forget leaves it in AWS, and out of Terraform.
	Forget Effect = "forget"
)

// Change is what becomes of one managed resource.
type Change struct {
	Stack, Address, Type string
	// Account is the number of the account that it is in, "" where the provider does not say.
	Account string
	Effect  Effect
	// Moved is the address that it had, "" if that is the same.
	Moved string
	// Arguments are those that differ, of what is changed or replaced.
	Arguments []Argument
	// Why says what replaces it.
	Why string
	// Follows is the resource, `<stack>/<address>`, for whose sake it is replaced, "" for none.
	Follows string
	// Kept says that prevent_destroy keeps it, or kept it, from being destroyed.
	Kept bool
	// Foundation says that others stand on it.
	Foundation bool
	// Was and Is are its block before and after, nil where it has none.
	Was, Is map[string]any
}

// Where is the stack and the address.
func (c Change) Where() string { return c.Stack + "/" + c.Address }

// Argument is an argument that differs. Values may be secret: who shows them decides which.
type Argument struct {
	// Path is the argument's name, those of nested blocks joined with dots and with an index
	// where there are several.
	Path string
	// Before and After are the values as JSON has them, texts without quotes, "" for none.
	Before, After string
}

// Changes are what becomes of all resources between two outputs, sorted by stack and address.
// Which arguments replace a resource is taken from a table of what was tried.
func Changes(before, after Output, retired []string) []Change {
	was, is := sideOf(before), sideOf(after)
	moved := map[string]map[string]string{}
	for name, s := range was {
		if now, ok := is[name]; ok {
			moved[name] = map[string]string{}
			for from, to := range now.moved() {
				moved[name][to] = from
			}
			was[name] = s.renamed(now.moved())
		}
	}
	c := &comparison{was: was, is: is, replaced: map[string]map[string]*cause{}}
	c.replacements()
	var all []Change
	names := slices.Sorted(maps.Keys(was))
	for name := range is {
		if was[name] == nil {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		addresses := slices.Concat(slices.Collect(maps.Keys(was.resources(name))), slices.Collect(maps.Keys(is.resources(name))))
		slices.Sort(addresses)
		for _, a := range slices.Compact(addresses) {
			old, had := was.resources(name)[a]
			now, has := is.resources(name)[a]
			if old.Data || now.Data {
				continue
			}
			one := Change{Stack: name, Address: a, Was: old.Body, Is: now.Body}
			switch {
			case !had:
				one.Effect = Create
			case !has && (is[name] == nil && slices.Contains(retired, name) || is[name] != nil && is[name].forgotten()[a]):
				one.Effect = Forget
			case !has:
				one.Effect = Delete
			default:
				one.Arguments = c.arguments(old, now)
				one.Effect, one.Moved = Update, moved[name][a]
				if why := c.replaced[name][a]; why != nil {
					one.Effect, one.Why, one.Follows = Replace, why.String(), c.root(why)
				} else if len(one.Arguments) == 0 && one.Moved == "" {
					continue
				}
			}
			r, s := now, is[name]
			if !has {
				r, s = old, was[name]
			}
			one.Type = r.Type
			one.Account, _ = s.MadeIn(r)
			one.Kept = hardToLose(old) || hardToLose(now)
			one.Foundation = replacement.Foundation(r.Type) != ""
			all = append(all, one)
		}
	}
	return all
}

// arguments are those that differ between two blocks. What only refers to another name of the
// same value does not.
func (c *comparison) arguments(old, now stackjson.Resource) []Argument {
	var all []Argument
	ignored := stackjson.List(lifecycle(now.Body, "ignore_changes"))
	for _, name := range union(old.Body, now.Body) {
		if name == "//" || name == "depends_on" || name == "lifecycle" || name == "provider" || slices.Contains(ignored, any(name)) || slices.Contains(ignored, any("all")) {
			continue
		}
		all = append(all, c.differ(name, old.Body[name], now.Body[name])...)
	}
	if was, is := lifecycle(old.Body, "prevent_destroy"), lifecycle(now.Body, "prevent_destroy"); was != is {
		all = append(all, Argument{"lifecycle.prevent_destroy", textOf(was), textOf(is)})
	}
	if was, is := textOf(lifecycle(old.Body, "ignore_changes")), textOf(lifecycle(now.Body, "ignore_changes")); was != is {
		all = append(all, Argument{"lifecycle.ignore_changes", was, is})
	}
	return all
}

// Text is a value as [Argument] has it: a text without quotes, all else as JSON has it, "" for none.
func Text(value any) string { return textOf(value) }

// differ compares two values, as deep as they are alike.
func (c *comparison) differ(path string, old, now any) []Argument {
	if before, after := textOf(old), textOf(now); before == after || c.was.expanded(before) == c.is.expanded(after) {
		return nil
	}
	was, wasObject := old.(map[string]any)
	is, isObject := now.(map[string]any)
	if wasObject && isObject {
		var all []Argument
		for _, key := range union(was, is) {
			all = append(all, c.differ(path+"."+key, was[key], is[key])...)
		}
		return all
	}
	first, wasList := old.([]any)
	second, isList := now.([]any)
	if wasList && isList && len(first) == len(second) {
		var all []Argument
		for i := range first {
			all = append(all, c.differ(fmt.Sprintf("%s[%d]", path, i), first[i], second[i])...)
		}
		return all
	}
	return []Argument{{strings.TrimSuffix(path, "[0]"), textOf(old), textOf(now)}}
}

func textOf(value any) string {
	if value == nil {
		return ""
	}
	return text(value)
}

func union(a, b map[string]any) []string {
	keys := slices.Concat(slices.Collect(maps.Keys(a)), slices.Collect(maps.Keys(b)))
	slices.Sort(keys)
	return slices.Compact(keys)
}
