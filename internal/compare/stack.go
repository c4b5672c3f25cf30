package compare

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"hubspoke/proof/stackjson"
)

// stack is a stack as it is compared: by the addresses of its resources.
type stack struct {
	*stackjson.Stack
	resources map[string]stackjson.Resource
	// outputs are the resources that each output, or each key of one that is a map, is taken from.
	outputs map[output][]string
	// values are the expressions of these outputs.
	values map[output]string
	// reads are the outputs of other stacks that it refers to, sorted.
	reads []output
	// after are the stacks that are deployed before it.
	after []string
}

// output is a value that a stack writes for others, or reads of another.
type output struct {
	// stack is its producer's name.
	stack string
	name  string
	// key is the key in an output that is a map; "" is all of it.
	key string
}

func (o output) String() string {
	if o.key != "" {
		return o.stack + "." + o.name + "[" + o.key + "]"
	}
	return o.stack + "." + o.name
}

// side is one of the two outputs.
type side map[string]*stack

func sideOf(o Output) side {
	s := side{}
	for _, one := range o.Stacks {
		s[one.Name] = newStack(one)
		s[one.Name].after = append(s[one.Name].after, o.After[one.Name]...)
	}
	return s
}

func newStack(s *stackjson.Stack) *stack {
	made := &stack{Stack: s, resources: map[string]stackjson.Resource{}, outputs: map[output][]string{}, values: map[output]string{}, reads: reads(stackjson.Strip(s.JSON))}
	for _, r := range s.Resources() {
		made.resources[r.Address()] = r
	}
	for _, state := range s.RemoteStates() {
		made.after = append(made.after, producer(state.Name))
	}
	for name, value := range s.Outputs() {
		o := output{stack: s.Name, name: name}
		if keyed, ok := value.(map[string]any); ok {
			for key, value := range keyed {
				o.key = key
				made.outputs[o], made.values[o] = made.references(value), text(value)
			}
			continue
		}
		made.outputs[o], made.values[o] = made.references(value), text(value)
	}
	return made
}

// address is what looks like the address of a resource in an expression.
var address = regexp.MustCompile(`(?:data\.)?[a-z][a-z0-9_]*\.[A-Za-z_][\w-]*`)

// references are the resources of the stack that a value refers to, sorted.
func (s *stack) references(value any) []string {
	var found []string
	stackjson.Strings(value, func(_, text string) {
		for _, match := range address.FindAllString(text, -1) {
			if _, ok := s.resources[match]; ok {
				found = append(found, match)
			}
		}
	})
	slices.Sort(found)
	return slices.Compact(found)
}

// remote is a reference to an output of another stack. Within a text that is JSON its
// quotes are escaped.
var remote = regexp.MustCompile(`data\.terraform_remote_state\.([\w-]+)\.outputs\.([\w-]+)(?:\[\\?"([^"\\]+)\\?"\])?`)

// reads are the outputs of other stacks that a value refers to, sorted.
func reads(value any) []output {
	var found []output
	stackjson.Strings(value, func(_, text string) {
		for _, m := range remote.FindAllStringSubmatch(text, -1) {
			found = append(found, output{stack: producer(m[1]), name: m[2], key: m[3]})
		}
	})
	slices.SortFunc(found, func(a, b output) int { return strings.Compare(a.String(), b.String()) })
	return slices.Compact(found)
}

// producer is the stack whose state a data source reads. A name of Terraform's has an
// underscore where that of a stack has a hyphen.
func producer(source string) string { return strings.ReplaceAll(source, "_", "-") }

// writes says whether the stack writes an output that another reads.
func (s *stack) writes(o output) bool {
	for written := range s.outputs {
		if written.name == o.name && (written.key == o.key || o.key == "" || written.key == "") {
			return true
		}
	}
	return false
}

// sources are the resources of the stack that an output which another reads is taken from.
func (s *stack) sources(o output) []string {
	var all []string
	for written, from := range s.outputs {
		if written.name == o.name && (written.key == o.key || o.key == "" || written.key == "") {
			all = append(all, from...)
		}
	}
	return all
}

// forgotten are the addresses that Terraform is told to forget.
// https://developer.hashicorp.com/terraform/language/block/removed
func (s *stack) forgotten() map[string]bool {
	all := map[string]bool{}
	for _, block := range stackjson.List(s.JSON["removed"]) {
		b := object(block)
		from, _ := b["from"].(string)
		lifecycle := b["lifecycle"]
		if items := stackjson.List(lifecycle); len(items) == 1 {
			lifecycle = items[0]
		}
		if object(lifecycle)["destroy"] == false {
			all[from] = true
		}
	}
	return all
}

// moved are the pairs of addresses that Terraform is told are one thing.
// https://developer.hashicorp.com/terraform/language/block/moved
func (s *stack) moved() map[string]string {
	all := map[string]string{}
	for _, block := range stackjson.List(s.JSON["moved"]) {
		from, _ := object(block)["from"].(string)
		to, _ := object(block)["to"].(string)
		all[from] = to
	}
	return all
}

// renamed is the stack as it would be called with the addresses that things have now.
func (s *stack) renamed(moved map[string]string) *stack {
	current := map[string]string{}
	for from := range s.resources {
		to, steps := from, 0
		for moved[to] != "" && steps < len(moved) {
			to, steps = moved[to], steps+1
		}
		if to != from {
			current[from] = to
		}
	}
	if len(current) == 0 {
		return s
	}
	body, _ := rewritten(stackjson.Strip(s.JSON), current).(map[string]any)
	resources := object(body["resource"])
	for from, to := range current {
		kind, name, _ := strings.Cut(from, ".")
		_, now, _ := strings.Cut(to, ".")
		named := object(resources[kind])
		named[now] = named[name]
		delete(named, name)
	}
	now := newStack(&stackjson.Stack{Name: s.Name, JSON: body})
	now.after = s.after
	return now
}

// rewritten is a copy of a value in which texts refer to resources by other addresses.
func rewritten(value any, current map[string]string) any {
	switch v := value.(type) {
	case string:
		return address.ReplaceAllStringFunc(v, func(a string) string {
			if to, ok := current[a]; ok {
				return to
			}
			return a
		})
	case map[string]any:
		copied := map[string]any{}
		for key, item := range v {
			copied[key] = rewritten(item, current)
		}
		return copied
	case []any:
		copied := make([]any, len(v))
		for i, item := range v {
			copied[i] = rewritten(item, current)
		}
		return copied
	}
	return value
}

// at is the text of an argument of a block; blocks within it may be in lists, and then
// it is that of all of them.
func at(body map[string]any, path string) string {
	values := []any{body}
	for _, name := range strings.Split(path, ".") {
		var inner []any
		for _, value := range values {
			for _, block := range stackjson.List(value) {
				if v, ok := object(block)[name]; ok {
					inner = append(inner, v)
				}
			}
		}
		values = inner
	}
	switch len(values) {
	case 0:
		return ""
	case 1:
		return text(values[0])
	}
	return text(values)
}

func text(value any) string {
	if s, ok := value.(string); ok {
		return s
	}
	encoded, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	return string(encoded)
}

func lifecycle(body map[string]any, argument string) any {
	if items := stackjson.List(body["lifecycle"]); len(items) == 1 {
		return object(items[0])[argument]
	}
	return nil
}

func object(value any) map[string]any {
	o, _ := value.(map[string]any)
	return o
}
