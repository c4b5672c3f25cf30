package planjson

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// StateRead is a data source that reads the state of another root.
type StateRead struct {
	// Address is that of the data source, without the keys of modules.
	Address string
	// State is where the state is, as [StateOf] says it; "" where that cannot be told.
	State string
}

// StateOf is where the state of the root in a folder is: its backend with what tells its
// states apart. It is "" where the source does not say: a partial configuration.
// https://developer.hashicorp.com/terraform/language/backend#partial-configuration
func StateOf(folder string) string {
	s := readSource(folder)
	if s == nil {
		return ""
	}
	for _, b := range s.folder(s.dir).Blocks {
		if b.Type != "terraform" {
			continue
		}
		for _, inner := range b.Body.Blocks {
			if inner.Type != "backend" || len(inner.Labels) != 1 {
				continue
			}
			values := map[string]any{}
			for name, a := range inner.Body.Attributes {
				value, problems := a.Expr.Value(nil)
				if !problems.HasErrors() {
					values[name] = plain(value)
				}
			}
			return stateAt(folder, inner.Labels[0], values)
		}
	}
	return stateAt(folder, "local", nil)
}

// StateReads are the states that the root in a folder reads, in its local modules too.
func StateReads(folder string) []StateRead {
	s := readSource(folder)
	if s == nil {
		return nil
	}
	return s.reads(s.dir, "", 0)
}

func (s *source) reads(folder, within string, depth int) []StateRead {
	body := s.folder(folder)
	if folder == "" || body == nil || depth > deepest {
		return nil
	}
	var all []StateRead
	for _, b := range body.Blocks {
		switch {
		case b.Type == "data" && len(b.Labels) == 2 && b.Labels[0] == "terraform_remote_state":
			all = append(all, StateRead{within + "data.terraform_remote_state." + b.Labels[1], s.stateRead(folder, b.Body)})
		case b.Type == "module" && len(b.Labels) == 1:
			from, _ := constant(expressionsOf(b.Body)["source"])
			path, _ := from.(string)
			all = append(all, s.reads(s.below(folder, path), within+"module."+b.Labels[0]+".", depth+1)...)
		}
	}
	return all
}

// stateRead is the state that a data source reads, "" if that is not written plainly: in
// literals, or locals of literals.
func (s *source) stateRead(folder string, body *hclsyntax.Body) string {
	evaluated := func(e hclsyntax.Expression) any {
		value, problems := e.Value(s.locals(folder))
		if problems.HasErrors() {
			return unwritten{}
		}
		return plain(value)
	}
	argument := func(name string) any {
		if a := body.Attributes[name]; a != nil {
			return evaluated(a.Expr)
		}
		return nil
	}
	if workspace := argument("workspace"); workspace != nil && workspace != "default" {
		return ""
	}
	values := map[string]any{}
	if a := body.Attributes["config"]; a != nil {
		items, ok := a.Expr.(*hclsyntax.ObjectConsExpr)
		if !ok {
			return ""
		}
		for _, item := range items.Items {
			key, problems := item.KeyExpr.Value(nil)
			name, ok := literal(key).(string)
			if problems.HasErrors() || !ok {
				return ""
			}
			values[name] = evaluated(item.ValueExpr)
		}
	}
	backend, _ := argument("backend").(string)
	return stateAt(s.dir, backend, values)
}

// unwritten is a value that does not stand in literals, or locals of literals.
type unwritten struct{}

// stateAt tells states apart: two equal texts are the same state.
func stateAt(folder, backend string, values map[string]any) string {
	text := func(name string) string {
		value, _ := values[name].(string)
		return value
	}
	switch backend {
	case "s3":
		if text("bucket") == "" || text("key") == "" {
			return ""
		}
		return "s3://" + text("bucket") + "/" + text("key")
	case "local":
		path := text("path")
		switch {
		case values["path"] == any(unwritten{}):
			return ""
		case path == "":
			path = "terraform.tfstate"
		}
		if !filepath.IsAbs(path) {
			path = filepath.Join(folder, path)
		}
		return "file:" + path
	}
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if values[name] == any(unwritten{}) {
			return ""
		}
		parts = append(parts, fmt.Sprintf("%s=%v", name, values[name]))
	}
	if len(parts) == 0 {
		return ""
	}
	return backend + ":" + strings.Join(parts, ",")
}

// Folders are the folder of a root and those of its local modules, each once.
func Folders(folder string) []string {
	s := readSource(folder)
	if s == nil {
		return []string{folder}
	}
	var all []string
	var visit func(dir string)
	visit = func(dir string) {
		if dir == "" || slices.Contains(all, dir) {
			return
		}
		all = append(all, dir)
		body := s.folder(dir)
		if body == nil {
			return
		}
		for _, b := range body.Blocks {
			if b.Type == "module" {
				from, _ := constant(expressionsOf(b.Body)["source"])
				path, _ := from.(string)
				visit(s.below(dir, path))
			}
		}
	}
	visit(s.dir)
	return all
}
