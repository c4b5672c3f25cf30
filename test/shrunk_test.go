package test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hubspoke/internal/tf"
)

// shrunk says what of before is not in after any more: objects may gain keys and
// lists may gain elements, and nothing else may differ. A text that holds a JSON
// document is compared as that document.
func shrunk(before, after any) []string { return shrunkAt("", before, after) }

func shrunkAt(path string, before, after any) []string {
	if cmp.Equal(before, after) {
		return nil
	}
	switch b := before.(type) {
	case map[string]any:
		if a, ok := after.(map[string]any); ok {
			return shrunkObject(path, b, a)
		}
	case []any:
		if a, ok := after.([]any); ok {
			return shrunkList(path, b, a)
		}
	case string:
		a, ok := after.(string)
		if !ok {
			break
		}
		if b, a := document(b), document(a); b != nil && a != nil {
			return shrunkAt(path, b, a)
		}
	}
	return []string{fmt.Sprintf("%s changed from %s to %s", path, compact(before), compact(after))}
}

func shrunkObject(path string, before, after map[string]any) []string {
	var problems []string
	for _, key := range tf.Keys(before) {
		value, ok := after[key]
		if !ok {
			problems = append(problems, fmt.Sprintf("%s.%s is gone: %s", path, key, compact(before[key])))
			continue
		}
		problems = append(problems, shrunkAt(path+"."+key, before[key], value)...)
	}
	return problems
}

// shrunkList looks for every element of before in after, each in a place of its
// own and in the same order: first the one that is equal, then one that has
// grown.
func shrunkList(path string, before, after []any) []string {
	var problems []string
	for i, element := range before {
		equal := slices.IndexFunc(after, func(a any) bool { return cmp.Equal(element, a) })
		grown := slices.IndexFunc(after, func(a any) bool { return shrunkAt("", element, a) == nil })
		at := equal
		if at < 0 {
			at = grown
		}
		if at < 0 {
			problems = append(problems, shrunkElement(fmt.Sprintf("%s[%d]", path, i), element, after)...)
			continue
		}
		after = after[at+1:]
	}
	return problems
}

// shrunkElement says what became of an element: of a policy's statement in
// detail, as statements have names.
func shrunkElement(path string, element any, after []any) []string {
	if statement, ok := element.(map[string]any); ok && statement["Sid"] != nil {
		for _, a := range after {
			if other, ok := a.(map[string]any); ok && other["Sid"] == statement["Sid"] {
				return shrunkAt(path, element, a)
			}
		}
	}
	return []string{fmt.Sprintf("%s is gone or changed: %s", path, compact(element))}
}

// document is the object or list in a text that is JSON, or nil.
func document(text string) any {
	var value any
	if trimmed := strings.TrimSpace(text); !strings.HasPrefix(trimmed, "{") && !strings.HasPrefix(trimmed, "[") {
		return nil
	}
	if json.Unmarshal([]byte(unquoteReferences(text)), &value) != nil {
		return nil
	}
	return value
}

func compact(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(text)
}

func TestShrinkingIsSeen(t *testing.T) {
	statement := func(sid string, actions ...any) any {
		return map[string]any{"Sid": sid, "Action": actions}
	}
	text := func(value any) any { return compact(value) }
	for name, test := range map[string]struct {
		before, after any
		shrinks       bool
	}{
		"equal":                    {map[string]any{"a": "b"}, map[string]any{"a": "b"}, false},
		"a key more":               {map[string]any{"a": "b"}, map[string]any{"a": "b", "c": "d"}, false},
		"a key less":               {map[string]any{"a": "b", "c": "d"}, map[string]any{"a": "b"}, true},
		"another value":            {map[string]any{"a": "b"}, map[string]any{"a": "c"}, true},
		"another type":             {map[string]any{"a": "b"}, map[string]any{"a": []any{"b"}}, true},
		"another number":           {map[string]any{"rule_no": 100.0}, map[string]any{"rule_no": 110.0}, true},
		"an element between":       {[]any{"a", "c"}, []any{"a", "b", "c"}, false},
		"an element less":          {[]any{"a", "b"}, []any{"a"}, true},
		"elements in other order":  {[]any{"a", "b"}, []any{"b", "a"}, true},
		"an element twice, then 1": {[]any{"a", "a"}, []any{"a", "b"}, true},
		"a statement more": {
			text(map[string]any{"Statement": []any{statement("One", "x")}}),
			text(map[string]any{"Statement": []any{statement("Zero", "x"), statement("One", "x", "y")}}), false},
		"an action less": {
			text(map[string]any{"Statement": []any{statement("One", "x", "y")}}),
			text(map[string]any{"Statement": []any{statement("One", "x")}}), true},
		// User data, for one: another text may replace the resource.
		"a line more in a text": {"a\nc", "a\nb\nc", true},
	} {
		t.Run(name, func(t *testing.T) {
			if problems := shrunk(test.before, test.after); (len(problems) > 0) != test.shrinks {
				t.Errorf("problems: %q, want some: %v", problems, test.shrinks)
			}
		})
	}
}
