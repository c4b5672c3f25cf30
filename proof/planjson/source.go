package planjson

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	tfjson "github.com/hashicorp/terraform-json"
	"github.com/zclconf/go-cty/cty"
)

// source is the HCL that a plan was made of. Where it lies beside the plan, it says what
// the plan's configuration does not: which operators stand around a reference. A nil
// source says nothing.
type source struct {
	dir     string
	folders map[string]*hclsyntax.Body // all blocks of a folder; nil if it has none
}

// written is an argument as it is written, or the blocks of a name.
type written struct {
	expression hclsyntax.Expression
	blocks     []*hclsyntax.Body
	// dynamic says that some of the blocks are dynamic.
	dynamic bool
}

func readSource(dir string) *source {
	s := &source{dir: dir, folders: map[string]*hclsyntax.Body{}}
	if dir == "" || s.folder(dir) == nil {
		return nil
	}
	return s
}

func (s *source) root() string {
	if s == nil {
		return ""
	}
	return s.dir
}

// folder reads the files of a folder; nil if there is nothing to read, or something that
// cannot be read.
func (s *source) folder(dir string) *hclsyntax.Body {
	if body, ok := s.folders[dir]; ok {
		return body
	}
	s.folders[dir] = nil
	files, _ := filepath.Glob(filepath.Join(dir, "*.tf"))
	if others, _ := filepath.Glob(filepath.Join(dir, "*override.tf*")); len(others) > 0 || len(files) == 0 {
		return nil
	}
	all := &hclsyntax.Body{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil
		}
		parsed, problems := hclsyntax.ParseConfig(text, file, hcl.InitialPos)
		body, ok := parsed.Body.(*hclsyntax.Body)
		if problems.HasErrors() || !ok {
			return nil
		}
		all.Blocks = append(all.Blocks, body.Blocks...)
	}
	s.folders[dir] = all
	return all
}

// below is the folder of a module with a local source, "" for any other.
func (s *source) below(dir, from string) string {
	if !strings.HasPrefix(from, "./") && !strings.HasPrefix(from, "../") {
		return ""
	}
	return filepath.Join(dir, from)
}

// block is the block of a type with labels, nil if the source does not have it.
func (s *source) block(dir, kind string, labels ...string) *hclsyntax.Body {
	if s == nil || dir == "" || s.folder(dir) == nil {
		return nil
	}
	for _, b := range s.folder(dir).Blocks {
		if b.Type == kind && strings.Join(b.Labels, ".") == strings.Join(labels, ".") {
			return b.Body
		}
	}
	return nil
}

func (s *source) resource(dir string, c *tfjson.ConfigResource) *hclsyntax.Body {
	kind := "resource"
	if c.Mode == tfjson.DataResourceMode {
		kind = "data"
	}
	return s.block(dir, kind, c.Type, c.Name)
}

// has says whether the resource's source is there.
func (s *source) has(dir string, c *tfjson.ConfigResource) bool { return s.resource(dir, c) != nil }

// argument is an argument as it is written, nil if that is not known. dynamic says that
// blocks of the name are dynamic.
func (s *source) argument(dir string, c *tfjson.ConfigResource, name string) (w *written, dynamic bool) {
	body := s.resource(dir, c)
	if body == nil {
		return nil, false
	}
	for _, b := range body.Blocks {
		if b.Type == "dynamic" && len(b.Labels) > 0 && b.Labels[0] == name {
			return nil, true
		}
	}
	return writtenIn(body, name), false
}

func writtenIn(body *hclsyntax.Body, name string) *written {
	w := &written{}
	if a := body.Attributes[name]; a != nil {
		w.expression = a.Expr
	}
	for _, b := range body.Blocks {
		switch {
		case b.Type == name:
			w.blocks = append(w.blocks, b.Body)
		case b.Type == "dynamic" && len(b.Labels) > 0 && b.Labels[0] == name:
			w.dynamic = true
		}
	}
	return w
}

// block is one of so many blocks, nil if there are not as many.
func (w *written) block(i, of int) *written {
	if w == nil || len(w.blocks) != of {
		return nil
	}
	return &written{blocks: w.blocks[i : i+1]}
}

// in is an argument in the one block.
func (w *written) in(name string) *written {
	if w == nil || len(w.blocks) != 1 {
		return nil
	}
	return writtenIn(w.blocks[0], name)
}

// output is the value of a module's output.
func (s *source) output(dir, name string) *written {
	if body := s.block(dir, "output", name); body != nil {
		return writtenIn(body, "value")
	}
	return nil
}

// input is what a module call says of a variable.
func (s *source) input(dir, call, name string) *written {
	if body := s.block(dir, "module", call); body != nil {
		return writtenIn(body, name)
	}
	return nil
}

// local is the expression of a local value.
func (s *source) local(dir, name string) hclsyntax.Expression {
	if s == nil || dir == "" || s.folder(dir) == nil {
		return nil
	}
	for _, b := range s.folder(dir).Blocks {
		if a := b.Body.Attributes[name]; b.Type == "locals" && a != nil {
			return a.Expr
		}
	}
	return nil
}

// literal is a key or a literal of HCL: a text, a number or nil.
func literal(value cty.Value) any {
	switch {
	case value.IsNull() || !value.IsKnown():
		return nil
	case value.Type() == cty.String:
		return value.AsString()
	case value.Type() == cty.Number:
		number, _ := value.AsBigFloat().Float64()
		return number
	}
	return nil
}
