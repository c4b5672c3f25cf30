// Package house keeps the rules of this code base that a reader would otherwise have
// to check by eye. It reads the source and builds none of it, so it takes no time.
package house

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// module is the path of this module, which its own imports begin with.
const module = "hubspoke"

// file is one Go file of the tree.
type file struct {
	// path is from the root of the tree, with slashes: `constructs/vpc/vpc.go`.
	path string
	*ast.File
}

// folder is the file's package below the root: `constructs/vpc`.
func (f *file) folder() string {
	return strings.TrimSuffix(f.path[:strings.LastIndex("/"+f.path, "/")], "/")
}

// test says that the file is compiled for tests alone.
func (f *file) test() bool { return strings.HasSuffix(f.path, "_test.go") }

// tree is every Go file of the module, tests among them, read once.
type tree struct {
	*token.FileSet
	files []*file
}

// at is where something stands, as compilers write it.
func (t *tree) at(n ast.Node) string {
	p := t.Position(n.Pos())
	return fmt.Sprintf("%s:%d", p.Filename, p.Line)
}

var read = sync.OnceValues(func() (*tree, error) {
	t := &tree{FileSet: token.NewFileSet()}
	root := os.DirFS(filepath.Join("..", ".."))
	err := fs.WalkDir(root, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			name := entry.Name()
			if path != "." && (strings.HasPrefix(name, ".") || name == "node_modules" || name == "testdata" || name == "cdktf.out") {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		source, err := fs.ReadFile(root, path)
		if err != nil {
			return err
		}
		parsed, err := parser.ParseFile(t.FileSet, path, source, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		t.files = append(t.files, &file{path, parsed})
		return nil
	})
	return t, err
})

// source is the tree, or the end of the test.
func source(tb testing.TB) *tree {
	tb.Helper()
	t, err := read()
	if err != nil {
		tb.Fatal(err)
	}
	if len(t.files) < 100 {
		tb.Fatalf("only %d Go files found: the tree is somewhere else", len(t.files))
	}
	return t
}
