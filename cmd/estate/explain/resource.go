package explain

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"hubspoke/cmd/estate/answer"
	"hubspoke/estate"
	"hubspoke/internal/yamldoc"
	"hubspoke/proof/stackjson"
	"hubspoke/stacks"
)

// ErrNoResource says that nothing which was synthesized has the address.
var ErrNoResource = errors.New("no resource")

// found is a resource with its stack.
type found struct {
	stack    *stackjson.Stack
	resource stackjson.Resource
}

func (f found) address() string { return f.stack.Name + "/" + f.resource.Address() }

// lookUp finds a resource by `<stack>/<address>`, or by the address alone if no other stack
// has it too.
func lookUp(all []*stackjson.Stack, address string) (found, error) {
	var matches []found
	var known []string
	for _, s := range all {
		for _, r := range s.Resources() {
			f := found{s, r}
			known = append(known, f.address(), r.Address())
			if f.address() == address || r.Address() == address {
				matches = append(matches, f)
			}
		}
	}
	switch len(matches) {
	case 0:
		return found{}, fmt.Errorf("%w %s was synthesized%s", ErrNoResource, address, yamldoc.Suggest(address, known))
	case 1:
		return matches[0], nil
	}
	var names []string
	for _, m := range matches {
		names = append(names, m.address())
	}
	return found{}, fmt.Errorf("several resources have this address: say which of %s", strings.Join(names, ", "))
}

// Resource says where a synthesized resource is from: its stack and account, what it refers
// to and what refers to it, and the keys that make it.
func (q Question) Resource(ctx context.Context, e *estate.Estate, synthesized []*stackjson.Stack, address string) (*answer.Resource, error) {
	f, err := lookUp(synthesized, address)
	if err != nil {
		return nil, err
	}
	r := &answer.Resource{Address: f.address()}
	for _, s := range stacks.Of(e) {
		if s.Name == f.stack.Name {
			r.Account, r.Package = s.Account, s.Kind.Package()
			r.Region = e.Account(s.Account).Region
		}
	}
	r.Constructs = constructsOf(f.resource)
	r.RefersTo, r.ReferredBy = references(synthesized, f)
	if q.App == nil {
		return r, nil
	}
	return r, q.causes(ctx, r, f)
}

// reference is what an expression begins with: a resource, a data source, or the output of
// another stack.
var reference = regexp.MustCompile(`\b(data\.)?[a-z][a-z0-9_]*\.[a-zA-Z_][\w-]*(\.outputs\.[\w-]+)?`)

// expressions are what the texts in a value refer to.
func expressions(value any) map[string]bool {
	names := map[string]bool{}
	stackjson.Strings(value, func(_, text string) {
		if !strings.Contains(text, "${") {
			return
		}
		for _, name := range reference.FindAllString(text, -1) {
			names[name] = true
		}
	})
	return names
}

// references are the resources that one refers to, and those that refer to it, also by way
// of an output that another stack reads.
func references(all []*stackjson.Stack, f found) (to, by []string) {
	mine := expressions(f.resource.Body)
	toSet, bySet := map[string]bool{}, map[string]bool{}
	outputs := map[string]bool{}
	for name, value := range f.stack.Outputs() {
		if expressions(value)[f.resource.Address()] {
			outputs[name] = true
		}
	}
	for _, s := range all {
		for _, r := range s.Resources() {
			other := found{s, r}
			uses := expressions(r.Body)
			switch {
			case s == f.stack && mine[r.Address()]:
				toSet[other.address()] = true
			case s != f.stack && readsOutput(mine, f.stack, s, outputsOf(s, r)):
				toSet[other.address()] = true
			}
			switch {
			case s == f.stack && r.Address() != f.resource.Address() && uses[f.resource.Address()]:
				bySet[other.address()] = true
			case s != f.stack && readsOutput(uses, s, f.stack, outputs):
				bySet[other.address()] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(toSet)), slices.Sorted(maps.Keys(bySet))
}

// outputsOf are the outputs of a stack that a resource is in.
func outputsOf(s *stackjson.Stack, r stackjson.Resource) map[string]bool {
	names := map[string]bool{}
	for name, value := range s.Outputs() {
		if expressions(value)[r.Address()] {
			names[name] = true
		}
	}
	return names
}

// readsOutput says whether expressions in one stack use one of the outputs of another.
func readsOutput(uses map[string]bool, reader, producer *stackjson.Stack, outputs map[string]bool) bool {
	if len(outputs) == 0 {
		return false
	}
	for use := range uses {
		state, output, ok := strings.Cut(strings.TrimPrefix(use, "data.terraform_remote_state."), ".outputs.")
		if ok && outputs[output] && strings.HasPrefix(use, "data.terraform_remote_state.") && reader.ReadsFrom(state, producer) {
			return true
		}
	}
	return false
}

// constructsOf are the folders whose Go makes resources of the type, where the source is at hand.
func constructsOf(r stackjson.Resource) []string {
	binding := strings.ReplaceAll(strings.TrimPrefix(r.Type, "aws_"), "_", "")
	if r.Data {
		binding = "dataaws" + binding
	}
	files, _ := filepath.Glob("*/*/*.go")
	folders := map[string]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err == nil && !strings.HasSuffix(file, "_test.go") && strings.Contains(string(text), "/v19/"+binding+`"`) {
			folders[filepath.ToSlash(filepath.Dir(file))] = true
		}
	}
	return slices.Sorted(maps.Keys(folders))
}

// candidate is a key with a value that the estate takes in place of its own.
type candidate struct {
	change
	document *document
	// likely is higher for keys that are tried earlier.
	likely int
}

// sameKey says that two candidates are values of one key.
func (c candidate) sameKey(o candidate) bool {
	return c.file == o.file && slices.Equal(c.path, o.path)
}

// causes finds the keys which the resource depends on. Keys are changed together, as many
// as the estate takes at once: where the resource stays as it is, none of them makes it,
// and where it does not, each half is tried.
func (q Question) causes(ctx context.Context, r *answer.Resource, f found) error {
	all, err := documents(q.Dir)
	if err != nil {
		return err
	}
	base, err := q.synthesize(ctx, nil, all)
	if err != nil {
		return err
	}
	if _, ok := base[r.Address]; !ok {
		return fmt.Errorf("%s is not what the estate makes now: run `make synth`", r.Address)
	}
	candidates, refused := q.candidates(all, r, f)
	s := &search{question: q, all: all, base: base, address: r.Address, left: q.Tries}
	if q.Begun != nil {
		q.Begun(q.Tries)
	}
	for len(candidates) > 0 {
		var together []candidate
		candidates = slices.DeleteFunc(candidates, func(c candidate) bool {
			return slices.ContainsFunc(s.causes, func(known cause) bool { return known.sameKey(c) })
		})
		if together, candidates = q.together(all, candidates); len(together) == 0 {
			break
		}
		if err := s.look(ctx, together); err != nil {
			return err
		}
	}
	for _, c := range s.causes {
		n, line := at(c.document.root, c.path)
		r.MadeBy = append(r.MadeBy, answer.Cause{
			File: filepath.Join(q.Dir, c.file), Line: line, Path: joined(c.path), Value: shown(n), Effect: c.effect, Tried: c.says,
		})
	}
	slices.SortFunc(r.MadeBy, func(a, b answer.Cause) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Path, b.Path))
	})
	r.Untried = append(refused, s.untried...)
	return nil
}

// candidates are all keys of the files that can have another value, the likely ones first,
// and those that cannot.
func (q Question) candidates(all []*document, r *answer.Resource, f found) (list []candidate, refused []string) {
	text, _ := json.Marshal(f.resource.Body)
	body := string(text) + " " + r.Address
	for _, d := range all {
		if d.kind == "intents" {
			continue
		}
		for _, path := range d.leaves() {
			others := q.others(all, d, path)
			if len(others) == 0 {
				refused = append(refused, d.name+":"+joined(path)+": the estate takes no other value that was thought of")
				continue
			}
			likely := 0
			if strings.TrimSuffix(d.name, ".yaml") == r.Account {
				likely += 2
			}
			if n, _ := at(d.root, path); n != nil && n.Value != "" && strings.Contains(body, n.Value) {
				likely += 2
			}
			for _, step := range path {
				if strings.Contains(body, step) {
					likely++
				}
			}
			for _, c := range others {
				list = append(list, candidate{c, d, likely})
			}
		}
	}
	slices.SortStableFunc(list, func(a, b candidate) int { return cmp.Compare(b.likely, a.likely) })
	return list, refused
}

// others are other values of a key that the estate takes by themselves: one, or three of a
// key that takes few, of which one may leave the resource as it is and another not.
func (q Question) others(all []*document, d *document, path []string) []change {
	s, err := q.Schemas.find(d.kind, path)
	if err != nil {
		return nil
	}
	most := 1
	if len(s.values()) > 0 {
		most = 3
	}
	var taken []change
	for _, c := range alternatives(d, path, s) {
		if len(taken) < most && legal(q.Dir, all, []change{c}) == nil {
			taken = append(taken, c)
		}
	}
	return taken
}

// together are the first of the candidates and those that the estate takes beside it, as
// far as they come to fifty, and the rest. Of a key one value is tried at a time.
func (q Question) together(all []*document, candidates []candidate) (batch, rest []candidate) {
	const size = 50
	for i, c := range candidates {
		if len(batch) == size {
			return batch, append(rest, candidates[i:]...)
		}
		if !slices.ContainsFunc(batch, c.sameKey) && legal(q.Dir, all, changesOf(append(slices.Clone(batch), c))) == nil {
			batch = append(batch, c)
		} else {
			rest = append(rest, c)
		}
	}
	return batch, rest
}

func changesOf(candidates []candidate) []change {
	var all []change
	for _, c := range candidates {
		all = append(all, c.change)
	}
	return all
}

// search looks for what makes one resource.
type search struct {
	question Question
	all      []*document
	base     Content
	address  string
	// left is how many syntheses it may still take.
	left    int
	causes  []cause
	untried []string
}

type cause struct {
	candidate
	effect string
}

// look tries candidates together and, if the resource is not what it was, each half.
func (s *search) look(ctx context.Context, together []candidate) error {
	if s.left == 0 {
		for _, c := range together {
			s.untried = append(s.untried, c.file+":"+joined(c.path)+": not tried any more: --tries allows for more")
		}
		return nil
	}
	s.left--
	content, err := s.question.synthesize(ctx, changesOf(together), s.all)
	if err != nil {
		return err
	}
	now, there := content[s.address]
	switch {
	case there && now == s.base[s.address]:
		return nil
	case len(together) == 1 && there:
		s.causes = append(s.causes, cause{together[0], "changes"})
		return nil
	case len(together) == 1:
		s.causes = append(s.causes, cause{together[0], "removes"})
		return nil
	}
	half := len(together) / 2
	for _, part := range [][]candidate{together[:half], together[half:]} {
		if legal(s.question.Dir, s.all, changesOf(part)) == nil {
			if err := s.look(ctx, part); err != nil {
				return err
			}
			continue
		}
		for _, c := range part { // what only the other half makes legal
			if err := s.look(ctx, []candidate{c}); err != nil {
				return err
			}
		}
	}
	return nil
}
