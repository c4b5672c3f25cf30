package house

import (
	"go/ast"
	"testing"
)

func TestEveryExportedNameSaysWhatItIs(t *testing.T) {
	tree := source(t)
	for _, f := range tree.files {
		if f.test() {
			continue
		}
		for _, d := range f.Decls {
			for _, bare := range uncommented(d) {
				t.Errorf("%s: %s has no comment", tree.at(bare), bare.Name)
			}
		}
	}
}

// uncommented are the exported names of a declaration that nothing is said about.
// What stands above a group is said about all of it.
func uncommented(d ast.Decl) []*ast.Ident {
	var bare []*ast.Ident
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Doc == nil && d.Name.IsExported() && !wellKnown(d) && (d.Recv == nil || ast.IsExported(receiver(d))) {
			bare = append(bare, d.Name)
		}
	case *ast.GenDecl:
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				if s.Name.IsExported() && s.Doc == nil && d.Doc == nil {
					bare = append(bare, s.Name)
				}
			case *ast.ValueSpec:
				for _, name := range s.Names {
					if name.IsExported() && s.Doc == nil && s.Comment == nil && d.Doc == nil {
						bare = append(bare, name)
					}
				}
			}
		}
	}
	return bare
}

// wellKnown says that a method is of an interface whose meaning every reader of Go
// knows, fmt.Stringer or error.
func wellKnown(d *ast.FuncDecl) bool {
	return d.Recv != nil && (d.Name.Name == "String" || d.Name.Name == "Error")
}

// receiver is the name of the type that a method belongs to.
func receiver(d *ast.FuncDecl) string {
	t := d.Recv.List[0].Type
	for {
		switch e := t.(type) {
		case *ast.StarExpr:
			t = e.X
		case *ast.IndexExpr:
			t = e.X
		case *ast.IndexListExpr:
			t = e.X
		case *ast.Ident:
			return e.Name
		default:
			return ""
		}
	}
}

// longest is how many lines a function may have, from its name to its last brace:
// what fits on a screen. A longer one is several, each named after what it makes.
const longest = 70

func TestEveryFunctionFitsOnAScreen(t *testing.T) {
	tree := source(t)
	for _, f := range tree.files {
		for _, d := range f.Decls {
			d, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			if lines := tree.Position(d.End()).Line - tree.Position(d.Pos()).Line + 1; lines > longest {
				t.Errorf("%s: %s has %d lines, and %d fit on a screen", tree.at(d), d.Name.Name, lines, longest)
			}
		}
	}
}
