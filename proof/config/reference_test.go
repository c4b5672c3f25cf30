package config

import (
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// references are texts of which [reference] may know what they are, and texts that look
// like them.
var references = []string{
	"${aws_vpc.main.id}", "${data.aws_region.here.name}", "${local.a}", "${var.a-b}", "${_a._b.c9}", "${null_resource.a.id}",
	"${a}", "${}", "${.a}", "${a.}", "${a..b}", "${a.0.b}", "${a.0}", "${a[0].b}", "${a.*.b}", "${a.b[*]}", "${ a.b }", "${a. b}",
	"${true.a}", "${null.a}", "${false}", "${a-b.c}", "${-a.b}", "${9.a}", "${1a.b}", "${a.1b}", "${é.a}", "${a.é}", "$${a.b}",
	"${a.b}c", "x${a.b}", "${a.b}${c.d}", "${a.b", "a.b}", "%{if a.b}", "${a.b}\n", "${a\n.b}", "${for.a}", "${if.a}", "${~a.b~}", "${a.b()}",
	"${each.key}", "${a.null}", "${a.true.b}", "${\"a.b\"}", "${a.b # c}", "${a//b}",
}

// checkReference checks that a template that is taken for a reference is one to the
// parser too, the same.
func checkReference(t *testing.T, template string) (taken bool) {
	t.Helper()
	got := reference(template)
	if got == nil {
		return false
	}
	parsed, problems := hclsyntax.ParseTemplate([]byte(template), "x", hcl.InitialPos)
	wrap, ok := parsed.(*hclsyntax.TemplateWrapExpr)
	if problems.HasErrors() || !ok {
		t.Fatalf("%q is taken for %s, and is %T: %v", template, text(got), parsed, problems)
	}
	want, ok := wrap.Wrapped.(*hclsyntax.ScopeTraversalExpr)
	if !ok || len(want.Traversal) != len(got) {
		t.Fatalf("%q is taken for %s, and is %T", template, text(got), wrap.Wrapped)
	}
	for i := range got {
		if name(got[i]) != name(want.Traversal[i]) || text(got[i:i+1]) != text(want.Traversal[i:i+1]) {
			t.Errorf("%q: step %d is %s, want %s", template, i, text(got), text(want.Traversal))
		}
	}
	return true
}

func TestReferencesAreWhatTheParserSays(t *testing.T) {
	taken := 0
	for _, text := range references {
		if checkReference(t, text) {
			taken++
		}
	}
	if taken < 6 {
		t.Errorf("%d are taken for references", taken)
	}
}

func FuzzReferences(f *testing.F) {
	for _, text := range references {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) { checkReference(t, text) })
}
