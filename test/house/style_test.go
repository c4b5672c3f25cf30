package house

import (
	"go/ast"
	"go/parser"
	"go/token"
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

func TestAnExportedNameWithoutACommentIsFound(t *testing.T) {
	for text, want := range map[string]int{
		"func F() {}":                              1,
		"// F is one.\nfunc F() {}":                0,
		"type T struct{}":                          1,
		"// T and U are two.\ntype (T int; U int)": 0,
		"const (\n// A is one.\nA = 1\nB = 2\n)":   1,
		"var V = 1 // V is one.":                   0,
		"// T is one.\ntype T int\nfunc (t T) M() {}\nfunc (t T) String() string { return \"\" }": 1,
		"type t int\nfunc (t t) M() {}": 0,
	} {
		f, err := parser.ParseFile(token.NewFileSet(), "x.go", "package x\n"+text, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		got := 0
		for _, d := range f.Decls {
			got += len(uncommented(d))
		}
		if got != want {
			t.Errorf("%s: %d found, want %d", text, got, want)
		}
	}
}
