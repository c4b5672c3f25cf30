package test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hubspoke/internal/replacement"
	"hubspoke/internal/tf"
	"hubspoke/proof/stackjson"
)

// What becomes of a resource whose attributes that force replacement have changed.
const (
	// besideOld is a new resource that is there before the old one goes.
	besideOld = "a new one beside the old"
	// afterOld is a new resource once the old one is gone.
	afterOld = "a new one after the old"
	// planFails is a resource that holds data: Terraform refuses to replace it.
	planFails = "refused by Terraform"
	// applyFails is a resource that AWS would not change.
	applyFails = "refused by AWS"
	// goes is a resource that is in no stack any more.
	goes = "gone"
)

// fate is what becomes of a resource that exists.
type fate struct {
	// Stack and Resource say which it is, and Attribute what has changed; "" if it is gone.
	Stack, Resource, Attribute string
	// What is one of the constants above.
	What string
}

func (f fate) String() string {
	if f.Attribute == "" {
		return fmt.Sprintf("%s %s: %s", f.Stack, f.Resource, f.What)
	}
	return fmt.Sprintf("%s %s %s: %s", f.Stack, f.Resource, f.Attribute, f.What)
}

// fates are what becomes of the resources that do not stay, when an estate that is
// deployed becomes another one.
func fates(t *testing.T, before, after *synthesis) []fate {
	t.Helper()
	var all []fate
	for _, s := range before.stacks {
		now := map[string]stackjson.Resource{}
		if changed := after.stack(s.Name); changed != nil {
			for _, r := range changed.Resources() {
				now[r.Address()] = r
			}
		}
		for _, was := range s.Resources() {
			is, ok := now[was.Address()]
			switch {
			case was.Data:
			case !ok:
				all = append(all, fate{s.Name, was.Address(), "", goes})
			default:
				for _, attribute := range changedAttributes(was.Body, is.Body) {
					what, known := fateOf(was, attribute)
					if !known {
						t.Errorf("%s %s: nobody has tried what becomes of it when %s changes: docs/decisions/removal.md says how to, and internal/replacement/table.json is where it goes", s.Name, was.Address(), attribute)
					} else if what != "" {
						all = append(all, fate{s.Name, was.Address(), attribute, what})
					}
				}
			}
		}
	}
	return all
}

// fateOf is what becomes of a resource when that attribute changes, "" if it is changed
// in place; false if nobody knows.
func fateOf(r stackjson.Resource, attribute string) (string, bool) {
	switch replacement.EffectOf(r.Type, attribute) {
	case replacement.Refused:
		return applyFails, true
	case replacement.Updates:
		return "", true
	case replacement.Replaces:
		lifecycle, _ := r.Body["lifecycle"].(map[string]any)
		switch {
		case lifecycle["prevent_destroy"] == true:
			return planFails, true
		case lifecycle["create_before_destroy"] == true:
			return besideOld, true
		}
		return afterOld, true
	}
	return "", false
}

// metaArguments are those by which Terraform itself goes.
var metaArguments = []string{"connection", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioner"}

// changedAttributes are the paths of arguments that differ, sorted.
func changedAttributes(before, after map[string]any) []string {
	was, is := map[string][]any{}, map[string][]any{}
	flatten("", before, was)
	flatten("", after, is)
	changed := map[string]bool{}
	for _, values := range []map[string][]any{was, is} {
		for path := range values {
			if !cmp.Equal(was[path], is[path]) {
				changed[path] = true
			}
		}
	}
	return tf.Keys(changed)
}

// flatten collects the values of a block by path, those of several blocks in a list.
func flatten(path string, value any, into map[string][]any) {
	switch v := value.(type) {
	case map[string]any:
		for key, item := range v {
			if path == "" && (key == "//" || slices.Contains(metaArguments, key)) {
				continue
			}
			flatten(strings.TrimPrefix(path+"."+key, "."), item, into)
		}
	case []any:
		for _, item := range v {
			flatten(path, item, into)
		}
	default:
		into[path] = append(into[path], value)
	}
}
