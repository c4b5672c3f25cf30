// Package explain says what a key of an estate's files does, and which keys make a
// resource. It keeps no table of that: it changes a value in a copy of the estate to
// another one that the estate takes, synthesizes both, and looks at what differs.
package explain

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"hubspoke/cmd/estate/answer"
)

// Question is what is asked of an estate.
type Question struct {
	// Dir is the estate's folder, and Schemas are those of its files.
	Dir     string
	Schemas Schemas
	// App synthesizes it; nil to say what can be said without.
	App *App
	// Tries is how many syntheses a question about a resource may take.
	Tries int
	// Begun is told how many syntheses are to come, and Done of each. Both may be nil.
	Begun func(int)
	Done  func()
}

// ErrNoKey says that a text names no key of an estate's files.
var ErrNoKey = errors.New("no key")

// place is a key in the files of one kind, or in one file.
type place struct {
	kind  string
	path  []string
	files []*document
}

// locate reads `spoke.network.nat`, `dev.network.nat` or `dev.yaml:network.nat`.
func locate(dir, text string, all []*document) (place, error) {
	if file, path, ok := strings.Cut(text, ":"); ok {
		for _, d := range all {
			if d.name == filepath.Base(file) {
				return place{d.kind, split(path), []*document{d}}, nil
			}
		}
		return place{}, fmt.Errorf("%s has no file %s", dir, filepath.Base(file))
	}
	parts := split(text)
	p := place{path: parts[min(1, len(parts)):]}
	for _, d := range all {
		if len(parts) > 0 && strings.TrimSuffix(d.name, ".yaml") == parts[0] {
			p.kind, p.files = d.kind, []*document{d}
		}
	}
	if p.kind != "" {
		return p, nil
	}
	if len(parts) == 0 || !slices.Contains(Kinds, parts[0]) {
		var names []string
		for _, d := range all {
			names = append(names, d.name)
		}
		return place{}, fmt.Errorf("%w: %q begins with none of %s, and with none of the files %s", ErrNoKey, text, strings.Join(Kinds, ", "), strings.Join(names, ", "))
	}
	p.kind = parts[0]
	for _, d := range all {
		if d.kind == p.kind {
			p.files = append(p.files, d)
		}
	}
	return p, nil
}

// Key says what a key means, what it is here, and what follows from it.
func (q Question) Key(ctx context.Context, text string) (*answer.Key, error) {
	all, err := documents(q.Dir)
	if err != nil {
		return nil, err
	}
	p, err := locate(q.Dir, text, all)
	if err != nil {
		return nil, err
	}
	s, err := q.Schemas.find(p.kind, p.path)
	if err != nil {
		return nil, err
	}
	key := &answer.Key{
		Path: strings.TrimSuffix(p.kind+"."+joined(p.path), "."), Meaning: strings.ReplaceAll(s.Description, "\n", " "),
		Type: s.kind(), Required: s.required, Values: s.values(), Below: slices.Sorted(maps.Keys(s.Properties)),
	}
	if s.Default != nil {
		key.Default = fmt.Sprint(s.Default)
	} else {
		key.Default = saidDefault(key.Meaning)
	}
	if q.Begun != nil && q.App != nil {
		q.Begun(len(p.files) + 1)
	}
	for _, d := range p.files {
		place, err := q.tried(ctx, d, p, s, all)
		if err != nil {
			return nil, err
		}
		key.Places = append(key.Places, place)
	}
	return key, nil
}

// marked is a value that a description calls the default.
var marked = regexp.MustCompile("`([^`]+)` \\(default\\)")

// saidDefault is the default that a description says in words, "" if it says none.
func saidDefault(meaning string) string {
	if m := marked.FindStringSubmatch(meaning); m != nil {
		return m[1]
	}
	_, said, _ := strings.Cut(meaning, "Default: ")
	said, _, _ = strings.Cut(said, ". ")
	return strings.TrimSuffix(said, ".")
}

// tried is what the key is in one file, and what follows there from another value.
func (q Question) tried(ctx context.Context, d *document, p place, s *schema, all []*document) (answer.Place, error) {
	found := answer.Place{File: filepath.Join(q.Dir, d.name), Value: "default"}
	if n, line := at(d.root, p.path); n != nil {
		found.Value, found.Line = shown(n), line
	}
	switch {
	case q.App == nil:
		return found, nil
	case d.kind == "intents":
		found.Untried = "intents are proven, and make no resource"
		return found, nil
	case len(p.path) == 0:
		found.Untried = "a whole file: name a key in it"
		return found, nil
	}
	base, err := q.synthesize(ctx, nil, all)
	if err != nil {
		return found, err
	}
	refusal := error(nil)
	tried := 0
	for _, c := range alternatives(d, p.path, s) {
		if err := legal(q.Dir, all, []change{c}); err != nil {
			refusal = cmpFirst(refusal, fmt.Errorf("%s: %w", c.says, err))
			continue
		}
		content, err := q.synthesize(ctx, []change{c}, all)
		if err != nil {
			return found, err
		}
		found.Tried, found.Follows = c.says, differing(base, content)
		if tried++; len(found.Follows) > 0 || tried == 3 {
			return found, nil
		}
	}
	if found.Tried == "" {
		found.Untried = untried(refusal)
	}
	return found, nil
}

func cmpFirst(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

func untried(refusal error) string {
	if refusal == nil {
		return "no other value is known"
	}
	first, _, _ := strings.Cut(refusal.Error(), "\n")
	return "the estate refuses other values: " + first
}

// synthesize synthesizes the estate with changes.
func (q Question) synthesize(ctx context.Context, changes []change, all []*document) (Content, error) {
	texts, err := changed(all, changes)
	if err != nil {
		return nil, err
	}
	if q.Done != nil {
		defer q.Done()
	}
	return q.App.synthesize(ctx, q.Dir, texts)
}
