package house

import (
	"bytes"
	"go/ast"
	"go/printer"
	"regexp"
	"strings"
	"testing"
)

// constructor is what every constructor's declaration looks like. The package
// comment of constructs says what it means.
var constructor = regexp.MustCompile(`^func New(\w*)\(scope constructs\.Construct, id string, config (\w*)Config\) \(\*(\w+\.)?[A-Z]\w*, error\)$`)

func TestWhoKnowsOneConstructKnowsAll(t *testing.T) {
	tree, found := source(t), 0
	for _, f := range tree.files {
		if f.test() || !strings.HasPrefix(f.path, "constructs/") {
			continue
		}
		for _, d := range f.Decls {
			d, ok := d.(*ast.FuncDecl)
			if !ok || d.Recv != nil || !d.Name.IsExported() || !makes(d) {
				continue
			}
			found++
			declared := signature(tree, d)
			if m := constructor.FindStringSubmatch(declared); m == nil || m[1] != m[2] {
				t.Errorf("%s: want func New(scope constructs.Construct, id string, config Config) (*T, error), or the same with NewX and XConfig: %s", tree.at(d), declared)
			}
		}
	}
	if found < 30 {
		t.Errorf("only %d constructors found", found)
	}
}

// makes says that a function gets something to make resources in.
func makes(d *ast.FuncDecl) bool {
	for _, p := range d.Type.Params.List {
		if s, ok := p.Type.(*ast.SelectorExpr); ok && s.Sel.Name == "Construct" {
			return true
		}
	}
	return false
}

// signature is the declaration without comment and body, on one line.
func signature(tree *tree, d *ast.FuncDecl) string {
	var b bytes.Buffer
	if err := printer.Fprint(&b, tree.FileSet, &ast.FuncDecl{Name: d.Name, Type: d.Type}); err != nil {
		return err.Error()
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// A Config is filled in by people who have not read its package.
func TestEveryFieldOfAConstructSaysWhatItIs(t *testing.T) {
	tree := source(t)
	for _, f := range tree.files {
		if f.test() || !strings.HasPrefix(f.path, "constructs/") {
			continue
		}
		ast.Inspect(f.File, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok || !spec.Name.IsExported() {
				return true
			}
			if s, ok := spec.Type.(*ast.StructType); ok {
				for _, name := range silent(tree, s) {
					t.Errorf("%s: %s.%s has no comment", tree.at(name), spec.Name, name.Name)
				}
			}
			return false
		})
	}
}

// silent are the exported fields that neither have a comment nor follow, on the next
// line, one whose comment is about both.
func silent(tree *tree, s *ast.StructType) []*ast.Ident {
	var names []*ast.Ident
	line, said := 0, false
	for _, field := range s.Fields.List {
		at := tree.Position(field.Pos()).Line
		said = field.Doc != nil || field.Comment != nil || said && at == line+1
		for _, name := range field.Names {
			if name.IsExported() && !said {
				names = append(names, name)
			}
		}
		line = tree.Position(field.End()).Line
	}
	return names
}
