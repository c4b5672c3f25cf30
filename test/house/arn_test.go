package house

import (
	"go/ast"
	"go/token"
	"regexp"
	"testing"
)

// formatted is an ARN that fmt fills in.
var formatted = regexp.MustCompile(`\barn:\S*%`)

// anARN begins or continues one.
var anARN = regexp.MustCompile(`\barn:`)

// An ARN joined by hand forgets the partition, or has a region where its service
// knows none. Patterns of regular expressions are not joined, and tests may say
// what they expect.
func TestARNsAreWrittenByTheirPackageAlone(t *testing.T) {
	tree := source(t)
	for _, f := range tree.files {
		if f.test() || f.folder() == "internal/arn" {
			continue
		}
		for _, where := range handJoined(f.File) {
			t.Errorf("%s: joins an ARN by hand: internal/arn knows partition, region and account", tree.at(where))
		}
	}
}

func handJoined(f *ast.File) []ast.Node {
	var found []ast.Node
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if called, ok := n.Fun.(*ast.SelectorExpr); ok && called.Sel.Name == "MustCompile" {
				return false
			}
		case *ast.BinaryExpr:
			for _, side := range []ast.Expr{n.X, n.Y} {
				if text, ok := side.(*ast.BasicLit); ok && n.Op == token.ADD && anARN.MatchString(text.Value) {
					found = append(found, text)
				}
			}
		case *ast.BasicLit:
			if n.Kind == token.STRING && formatted.MatchString(n.Value) {
				found = append(found, n)
			}
		}
		return true
	})
	return found
}
