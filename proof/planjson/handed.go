package planjson

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"hubspoke/internal/arn"
	"hubspoke/proof/stackjson"
)

// Handed are the outputs of a mocked root as another root reads them from its state: what
// is known as it is, and for what AWS will say a text that is made up and stands for it.
type Handed struct {
	// Outputs are the values, by the names of the outputs.
	Outputs map[string]any
	// Meant is what each made-up text stands for: a reference, or a value that is unknown.
	Meant map[string]any
}

// Hand makes the outputs of a stack that [Mocked] has read.
func Hand(s *stackjson.Stack) Handed {
	var from struct {
		Outputs map[string]struct {
			After   any `json:"after"`
			Unknown any `json:"after_unknown"`
		} `json:"output_changes"`
	}
	h := Handed{map[string]any{}, map[string]any{}}
	if json.Unmarshal(s.Text, &from) != nil {
		return h
	}
	outputs := object(s.JSON["output"])
	for _, name := range slices.Sorted(maps.Keys(from.Outputs)) {
		o := from.Outputs[name]
		h.Outputs[name] = h.value(s.Name, name, o.After, o.Unknown, object(outputs[name])["value"])
	}
	return h
}

// value is an output, or a part of one. followed is where it comes from, as far as the
// source tells. path tells one part from another.
func (h Handed) value(stack, path string, after, unknown, followed any) any {
	switch u := unknown.(type) {
	case bool:
		if !u {
			return after
		}
		return h.madeUp(stack, path, followed)
	case []any:
		known, _ := after.([]any)
		list := make([]any, max(len(u), len(known)))
		for i := range list {
			list[i] = h.value(stack, fmt.Sprintf("%s[%d]", path, i), at(known, i), at(u, i), partOf(followed, i))
		}
		return list
	case map[string]any:
		known, _ := after.(map[string]any)
		all := maps.Clone(known)
		if all == nil {
			all = map[string]any{}
		}
		for key, inner := range u {
			all[key] = h.value(stack, path+"."+key, known[key], inner, partOf(followed, key))
		}
		return all
	}
	return after
}

// madeUp is the text for what is not known, or a list or an object of such texts.
func (h Handed) madeUp(stack, path string, followed any) any {
	switch f := followed.(type) {
	case []any:
		list := make([]any, len(f))
		for i := range f {
			list[i] = h.madeUp(stack, fmt.Sprintf("%s[%d]", path, i), f[i])
		}
		return list
	case map[string]any:
		all := map[string]any{}
		for key := range f {
			all[key] = h.madeUp(stack, path+"."+key, f[key])
		}
		return all
	case stackjson.Reference:
		f.Stack = stack
		text := idFor(stack + "/" + f.Address + "." + f.Attribute)
		if strings.HasSuffix(f.Attribute, "arn") {
			text = mockedARN.ARN("mocked", text)
		}
		h.Meant[text] = f
		return text
	case string:
		return f
	}
	why := fmt.Sprintf("what the output %s of %s comes from is not followed; it is known in a state", path, stack)
	if u, ok := followed.(stackjson.Unknown); ok {
		why = fmt.Sprintf("the output %s of %s: %s", path, stack, u.Why)
	}
	text := idFor(stack + " " + path)
	h.Meant[text] = stackjson.Unknown{Why: why}
	return text
}

// mockedARN is where what has a made-up ARN is. The text that it ends with is what counts.
var mockedARN = arn.Account{Partition: "aws", Region: "eu-central-1", Number: "111111111111"}

// idFor is a text like an id of AWS that nothing else has.
func idFor(what string) string { return fmt.Sprintf("mocked-%x", sha256.Sum256([]byte(what)))[:24] }

// at is an item of a list, nil if it has none.
func at(list []any, i int) any {
	if i < len(list) {
		return list[i]
	}
	return nil
}

// partOf is a part of a value that was followed: what is unknown is so in all its parts.
func partOf(value, key any) any {
	switch v := value.(type) {
	case []any:
		if i, ok := key.(int); ok {
			return at(v, i)
		}
	case map[string]any:
		if k, ok := key.(string); ok {
			return v[k]
		}
	case stackjson.Unknown:
		return v
	}
	return nil
}

// Receive puts what the made-up texts mean in their place, in a stack that was mocked
// with them.
func Receive(s *stackjson.Stack, meant map[string]any) {
	for _, r := range s.Planned {
		for name := range r.Body {
			r.Body[name] = received(r.Body[name], meant)
		}
	}
	for _, output := range object(s.JSON["output"]) {
		if o := object(output); o != nil {
			o["value"] = received(o["value"], meant)
		}
	}
}

func received(value any, meant map[string]any) any {
	switch v := value.(type) {
	case string:
		if m, ok := meant[v]; ok {
			return m
		}
		for text, m := range meant {
			if !strings.Contains(v, text) {
				continue
			}
			if _, ok := m.(stackjson.Unknown); ok {
				return m
			}
			return stackjson.Unknown{Why: "it is made of what another root's mocked state tells; it is known in a state"}
		}
	case []any:
		for i := range v {
			v[i] = received(v[i], meant)
		}
	case map[string]any:
		for key := range v {
			v[key] = received(v[key], meant)
		}
	}
	return value
}
