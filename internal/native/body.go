package native

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"hubspoke/proof/stackjson"
)

// writer writes blocks, and gathers what it cannot write.
type writer struct {
	bytes.Buffer
	problems []error
}

// scope is what is known of the block that is being written.
type scope struct {
	// path is for errors: `aws_vpc.main.timeouts`.
	path string
	// blocks are the arguments that are blocks.
	blocks Blocks
	// functions says that functions may be called in it, and policies that those in it count
	// by their meaning.
	functions, policies bool
}

func (w *writer) refuse(path string, err error) {
	w.problems = append(w.problems, fmt.Errorf("%s: %w", path, err))
}

// failed is all that could not be written, with the stack that it is in.
func (w *writer) failed(stack string) error {
	var all []error
	for _, problem := range w.problems {
		all = append(all, fmt.Errorf("%s: %w", stack, problem))
	}
	return errors.Join(all...)
}

// block writes a block with its labels. One that follows another has a blank line before it.
func (w *writer) block(in scope, body map[string]any, kind string, labels ...string) {
	if text := w.Bytes(); bytes.HasSuffix(text, []byte("}\n")) {
		w.WriteByte('\n')
	}
	w.WriteString(kind)
	for _, label := range labels {
		w.WriteString(" " + quoted(label))
	}
	w.WriteString(" {\n")
	w.body(in, body)
	w.WriteString("}\n")
}

// body writes the arguments of a block: the provider, the attributes, the blocks, and at the
// end what Terraform is told of the resource, as its style guide has it.
func (w *writer) body(in scope, arguments map[string]any) {
	var attributes, blocks []string
	for name, value := range arguments {
		_, isBlock := in.blocks[name]
		switch {
		case name == "//", value == nil:
		case isBlock:
			blocks = append(blocks, name)
		default:
			attributes = append(attributes, name)
		}
	}
	slices.SortFunc(attributes, byPlace)
	slices.SortFunc(blocks, byPlace)
	last := slices.Index(attributes, "depends_on")
	if last >= 0 {
		attributes = slices.Delete(attributes, last, last+1)
	}
	started := false
	for _, name := range attributes {
		w.attribute(in, name, arguments[name])
		started = true
	}
	for _, name := range blocks {
		for _, body := range stackjson.List(arguments[name]) {
			if started {
				w.WriteByte('\n')
			}
			w.block(scope{in.path + "." + name, in.blocks[name], in.functions, in.policies}, object(body), name)
			started = false // The next block sees the end of this one.
		}
	}
	if last >= 0 {
		if started || len(blocks) > 0 {
			w.WriteByte('\n')
		}
		w.attribute(in, "depends_on", arguments["depends_on"])
	}
}

// places are the arguments that do not stand where the alphabet would have them.
var places = map[string]int{
	"count": -3, "for_each": -3, "provider": -2, "alias": -1, "from": -1,
	"tags": 1, "timeouts": 1, "lifecycle": 2,
}

func byPlace(a, b string) int {
	return cmp.Or(cmp.Compare(places[a], places[b]), strings.Compare(a, b))
}

// names are arguments of Terraform itself, whose texts are no texts but names.
var names = []string{"depends_on", "ignore_changes", "replace_triggered_by", "provider"}

func (w *writer) attribute(in scope, name string, value any) {
	text, err := "", error(nil)
	switch {
	case slices.Contains(names, name), name == "to" && (in.path == "import" || in.path == "moved"), name == "from" && (in.path == "moved" || in.path == "removed"):
		text, err = reference(value)
	case in.functions:
		text, err = expression(value, func(parts []part) (string, bool) {
			return document(parts, in.policies && comparedByMeaning(in.path, name))
		})
	default:
		text, err = expression(value, nil)
	}
	if err != nil {
		w.refuse(in.path+"."+name, err)
		return
	}
	fmt.Fprintf(w, "%s = %s\n", name, text)
}

// comparedByMeaning says of an argument that a policy in it is compared with what AWS has by
// its meaning, so that the order of its keys is of no account.
func comparedByMeaning(path, name string) bool {
	kind, _, _ := strings.Cut(path, ".")
	return strings.Contains(name, "policy") || strings.HasSuffix(kind, "_policy")
}

// reference is a name, or a list of names.
func reference(value any) (string, error) {
	switch v := value.(type) {
	case string:
		return strings.TrimSuffix(strings.TrimPrefix(v, "${"), "}"), nil
	case []any:
		var items []string
		for _, item := range v {
			text, err := reference(item)
			if err != nil {
				return "", err
			}
			items = append(items, text)
		}
		return list(items), nil
	}
	return "", fmt.Errorf("%v is not the name of anything", value)
}

// list is a list of what is written already: on one line, if that is short.
func list(items []string) string {
	line := "[" + strings.Join(items, ", ") + "]"
	if len(items) < 2 || len(line) <= width && !strings.Contains(line, "\n") {
		return line
	}
	return "[\n" + strings.Join(items, ",\n") + ",\n]"
}

// width is how long a list on one line may be.
const width = 100

// mapping is an object of what is written already, in an order.
func mapping(keys []string, values map[string]string) string {
	if len(keys) == 0 {
		return "{}"
	}
	var b strings.Builder
	b.WriteString("{\n")
	for _, key := range keys {
		fmt.Fprintf(&b, "%s = %s\n", key, values[key])
	}
	return b.String() + "}"
}

func sorted(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }
