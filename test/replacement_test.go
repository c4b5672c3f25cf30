package test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hubspoke/internal/tf"
	"hubspoke/internal/versions"
	"hubspoke/proof/stackjson"
)

// attributes is testdata/force-new.json: what becomes of a resource when an attribute
// changes. The provider's schema says nothing of it, so it was tried.
type attributes struct {
	// Provider is the version of the provider that was asked, and Source says how.
	Provider string
	Source   string
	// Types are the attributes by type of resource, each by the path that arguments have in
	// Terraform's JSON, without places in lists.
	Types map[string]struct {
		// Replaced are those whose change replaces the resource, Updated those that are changed in place.
		Replaced, Updated []string
		// Refused are those that Terraform would change, and AWS never does, with the reason.
		Refused map[string]string
	}
}

func forceNew(t *testing.T) attributes {
	t.Helper()
	text, err := os.ReadFile("testdata/force-new.json")
	if err != nil {
		t.Fatal(err)
	}
	var a attributes
	if err := json.Unmarshal(text, &a); err != nil {
		t.Fatal(err)
	}
	return a
}

func TestTheTableOfAttributesIsThatOfThePinnedProvider(t *testing.T) {
	if a := forceNew(t); a.Provider != versions.AWSProvider {
		t.Errorf("testdata/force-new.json was made with the provider %s, and stacks require %s: try its attributes again, as its source says", a.Provider, versions.AWSProvider)
	}
}

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
	table := forceNew(t)
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
					what, known := table.fate(was, attribute)
					if !known {
						t.Errorf("%s %s: nobody has tried what becomes of it when %s changes: add it to testdata/force-new.json", s.Name, was.Address(), attribute)
					} else if what != "" {
						all = append(all, fate{s.Name, was.Address(), attribute, what})
					}
				}
			}
		}
	}
	return all
}

// fate is what becomes of a resource when that attribute changes, "" if it is changed in
// place; false if nobody knows.
func (a attributes) fate(r stackjson.Resource, attribute string) (string, bool) {
	known := a.Types[r.Type]
	for path := attribute; path != ""; path = path[:max(0, strings.LastIndex(path, "."))] {
		switch {
		case known.Refused[path] != "":
			return applyFails, true
		case slices.Contains(known.Updated, path):
			return "", true
		case slices.Contains(known.Replaced, path):
			lifecycle, _ := r.Body["lifecycle"].(map[string]any)
			switch {
			case lifecycle["prevent_destroy"] == true:
				return planFails, true
			case lifecycle["create_before_destroy"] == true:
				return besideOld, true
			}
			return afterOld, true
		}
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
