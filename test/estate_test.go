// Package test proves, without an AWS account, what every synthesized stack of
// every estate must be. Its tests know nothing of single resources: a new stack,
// a new kind of resource or a new estate is checked without a line here.
package test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/aws/jsii-runtime-go"

	"hubspoke/estate"
	"hubspoke/internal/fastkernel"
	"hubspoke/internal/synth"
	"hubspoke/internal/tf"
	"hubspoke/proof/stackjson"
	"hubspoke/stacks"
	"hubspoke/stacks/compose"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata/golden")

// estates are the folders of the estates under test, by name. The fixtures turn
// on what the real ones leave off.
var estates = map[string]string{
	"artos":       "../environments/artos",
	"innovate":    "../environments/innovate",
	"piksel":      "../environments/piksel",
	"privatelink": "../environments/privatelink",
	"options":     "testdata/estates/options",
	"mesh":        "testdata/estates/mesh",
	// An organisation, adopted, in a region that accounts have on request alone.
	"organization": "testdata/estates/organization",
}

// synthesis is an estate as synthesized.
type synthesis struct {
	*estate.Estate
	outdir string
	// list are the estate's stacks as it should have them, in an order of deployment.
	list []stacks.Stack
	// stacks are those that were synthesized.
	stacks []*stackjson.Stack
}

// listed is the stack with that name, which the estate must have.
func (e *synthesis) listed(name string) stacks.Stack {
	return e.list[slices.IndexFunc(e.list, func(s stacks.Stack) bool { return s.Name == name })]
}

// stack is the stack with that name.
func (e *synthesis) stack(name string) *stackjson.Stack {
	for _, s := range e.stacks {
		if s.Name == name {
			return s
		}
	}
	return nil
}

// jsii is one node process for all of this package, and not safe for goroutines.
// So every test that synthesizes runs on its own, and the estates of most tests
// are synthesized once.
var (
	scratch string
	cache   = map[string]*synthesis{}
)

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	flag.Parse()
	os.Unsetenv("STATE_BACKEND")
	os.Unsetenv("DEPLOY_ROLE")
	var err error
	if scratch, err = os.MkdirTemp("", "hubspoke-test-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(scratch)
	fastkernel.SilenceNode()
	fastkernel.Enable()
	defer jsii.Close()
	defer closeTerraform()
	defer func() { os.RemoveAll(toolFolder) }()
	return m.Run()
}

// synthesized is one of the estates under test. Tests must not change it.
func synthesized(t *testing.T, name string) *synthesis {
	t.Helper()
	if e, ok := cache[name]; ok {
		return e
	}
	cache[name] = synthesize(t, estates[name], filepath.Join(scratch, name))
	return cache[name]
}

// synthesize synthesizes any estate into a folder.
func synthesize(t *testing.T, dir, outdir string) *synthesis {
	t.Helper()
	loaded, err := estate.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	list, err := stacks.Order(stacks.Of(loaded))
	if err != nil {
		t.Fatal(err)
	}
	if err := synth.Write(loaded, outdir, stacks.ByPeople(loaded), compose.Write); err != nil {
		t.Fatal(err)
	}
	synthesized, err := stackjson.Read(outdir)
	if err != nil {
		t.Fatal(err)
	}
	return &synthesis{Estate: loaded, outdir: outdir, list: list, stacks: synthesized}
}

// eachEstate runs a test for every estate under test.
func eachEstate(t *testing.T, test func(t *testing.T, e *synthesis)) {
	for _, name := range tf.Keys(estates) {
		t.Run(name, func(t *testing.T) { test(t, synthesized(t, name)) })
	}
}

// report makes every problem an error of the test.
func report(t *testing.T, problems []string) {
	t.Helper()
	for _, p := range problems {
		t.Error(p)
	}
}
