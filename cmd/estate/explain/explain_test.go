package explain

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"hubspoke/cmd/estate/answer"
	"hubspoke/estate"
	"hubspoke/internal/scaffold"
	"hubspoke/proof/stackjson"
)

// TestMain is also a program that synthesizes, for tests of what is looked for: each
// resource of its one stack is made of the keys of dev.yaml that the test names.
func TestMain(m *testing.M) {
	if of := os.Getenv("MADE_OF"); of != "" && os.Getenv("CDKTF_OUTDIR") != "" {
		if err := synthesizeLike(of); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// synthesizeLike writes a resource for each entry, `name=key+key`. Without its first key,
// or with `none` in it, a resource is not there.
func synthesizeLike(of string) error {
	resources := map[string]any{}
	for _, entry := range strings.Fields(of) {
		name, keys, _ := strings.Cut(entry, "=")
		body := map[string]any{}
		for _, key := range strings.Split(keys, "+") {
			file, path, _ := strings.Cut(key, ":")
			text, err := os.ReadFile(filepath.Join(os.Getenv("ESTATE"), file))
			if err != nil {
				return err
			}
			root, err := parsed(text)
			if err != nil {
				return err
			}
			if n, _ := at(root, split(path)); n != nil {
				body[key] = shown(n)
			}
		}
		if first, _, _ := strings.Cut(keys, "+"); body[first] != nil && body[first] != "none" {
			resources[name] = body
		}
	}
	text, err := json.Marshal(map[string]any{"resource": map[string]any{"aws_thing": resources}})
	if err != nil {
		return err
	}
	dir := filepath.Join(os.Getenv("CDKTF_OUTDIR"), "stacks", "dev-network")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, stackjson.File), text, 0o644)
}

// small is an estate that is written for the test, and the schemas of its files.
func small(t *testing.T) (string, Schemas) {
	t.Helper()
	schemas, err := ReadSchemas("", "../../../environments/schema")
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	if err := os.CopyFS(filepath.Join(root, "schema"), os.DirFS("../../../environments/schema")); err != nil {
		t.Fatal(err)
	}
	d, err := scaffold.New(scaffold.Options{Dir: filepath.Join(root, "acme"), Region: "eu-central-1", Spokes: []string{"dev", "prod"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Write(); err != nil {
		t.Fatal(err)
	}
	return d.Dir, schemas
}

// line is the line of a key in a file of the estate.
func line(t *testing.T, dir, file, path string) int {
	t.Helper()
	all, err := documents(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range all {
		if n, line := at(d.root, split(path)); d.name == file && n != nil {
			return line
		}
	}
	t.Fatalf("%s has no %s", file, path)
	return 0
}

// question is one about a small estate, with an App that makes resources of keys.
func question(t *testing.T, madeOf string) Question {
	t.Helper()
	dir, schemas := small(t)
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("MADE_OF", madeOf)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	app, err := appOf(self, func() {})
	if err != nil {
		t.Fatal(err)
	}
	return Question{Dir: dir, Schemas: schemas, App: app, Tries: 200}
}

func TestAResourceIsMadeByTheKeysItIsMadeOf(t *testing.T) {
	q := question(t, "nat=dev.yaml:network.nat+hub.yaml:network.nat+estate.yaml:project other=dev.yaml:network.cidr")
	e, err := estate.Load(q.Dir)
	if err != nil {
		t.Fatal(err)
	}
	s, err := stackjson.Parse("dev-network", "cdk.tf.json", []byte(`{"resource": {"aws_thing": {"nat": {"x": 1}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	r, err := q.Resource(t.Context(), e, []*stackjson.Stack{s}, "aws_thing.nat")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range r.MadeBy {
		got = append(got, fmt.Sprintf("%s:%d %s", filepath.Base(c.File), c.Line, c.Path))
	}
	var want []string
	for _, key := range []string{"dev.yaml:network.nat", "estate.yaml:project", "hub.yaml:network.nat"} {
		file, path, _ := strings.Cut(key, ":")
		want = append(want, fmt.Sprintf("%s:%d %s", file, line(t, q.Dir, file, path), path))
	}
	if !slices.Equal(got, want) {
		t.Errorf("made by %q, want %q", got, want)
	}
	if r.Account != "dev" || r.Package != "stacks/spokenetwork" || r.Region != "eu-central-1" {
		t.Errorf("%+v", r)
	}

	q.Tries = 1
	if r, err = q.Resource(t.Context(), e, []*stackjson.Stack{s}, "dev-network/aws_thing.nat"); err != nil {
		t.Fatal(err)
	}
	if len(r.MadeBy) > 0 || !slices.ContainsFunc(r.Untried, func(s string) bool { return strings.Contains(s, "--tries") }) {
		t.Errorf("one synthesis cannot tell keys apart: %v, %q", r.MadeBy, r.Untried)
	}
}

func TestWhatFollowsFromAKeyIsWhatDiffers(t *testing.T) {
	q := question(t, "nat=dev.yaml:network.nat+estate.yaml:project other=dev.yaml:network.cidr")
	k, err := q.Key(t.Context(), "dev.yaml:network.nat")
	if err != nil {
		t.Fatal(err)
	}
	want := answer.Place{File: filepath.Join(q.Dir, "dev.yaml"), Line: line(t, q.Dir, "dev.yaml", "network.nat"), Value: "single", Tried: "one_per_az", Follows: []string{"dev-network/aws_thing.nat"}}
	if len(k.Places) != 1 || fmt.Sprint(k.Places[0]) != fmt.Sprint(want) {
		t.Errorf("%+v, want %+v", k.Places, want)
	}
	if k.Path != "spoke.network.nat" || k.Default != "single" || !slices.Contains(k.Values, "central") || !strings.Contains(k.Meaning, "NAT") {
		t.Errorf("%+v", k)
	}
	// Of all spokes.
	if k, err = q.Key(t.Context(), "spoke.network.nat"); err != nil || len(k.Places) != 2 {
		t.Errorf("%+v, %v", k, err)
	}
	// With what the estate says of the values that it does not take.
	if k, err = q.Key(t.Context(), "estate.region"); err != nil {
		t.Fatal(err)
	}
	if len(k.Places) != 1 || !k.Required || !strings.HasPrefix(k.Places[0].Untried, "the estate refuses other values: ") {
		t.Errorf("%+v", k)
	}
	// Where it is not written, the value is the default.
	if k, err = q.Key(t.Context(), "dev.network.private_only"); err != nil {
		t.Fatal(err)
	}
	if p := k.Places[0]; p.Value != "default" || p.Line != 0 || k.Default != "false" {
		t.Errorf("%+v", k)
	}
}

func TestAKeyThatThereIsNotIsNamedWithThoseLikeIt(t *testing.T) {
	q := question(t, "a=dev.yaml:segment")
	for text, want := range map[string]string{
		"spoke.network.natt":   "spoke.network has no key natt (did you mean \"nat\"?)",
		"hub.nonsense":         "hub has no key nonsense",
		"nobody.yaml:network":  "has no file nobody.yaml",
		"network.nat":          "begins with none of estate, hub, spoke",
		"":                     "begins with none of",
		"dev.yaml:network[0]x": "has no key",
	} {
		if _, err := q.Key(t.Context(), text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	if _, err := q.Key(t.Context(), "network.nat"); !errors.Is(err, ErrNoKey) {
		t.Error(err)
	}
}

// Lists, names that the estate chooses, and keys with dots in them.
func TestPathsAreReadAsMessagesWriteThem(t *testing.T) {
	for _, path := range []string{"network.cidr", "zones[1]", `registry.repositories["piksel/odc"].lifecycle`} {
		if got := joined(split(path)); got != path {
			t.Errorf("%s became %s", path, got)
		}
	}
	var root yaml.Node
	if err := yaml.Unmarshal([]byte("a:\n  - b: 1\n  - b: 2\n"), &root); err != nil {
		t.Fatal(err)
	}
	if n, line := at(&root, split("a[1].b")); n == nil || n.Value != "2" || line != 3 {
		t.Errorf("%v in line %d", n, line)
	}
}

// What differs between two syntheses is what the real program makes of them.
func TestTheProgramItselfIsAsked(t *testing.T) {
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("node is not on the PATH: synthesis needs it")
	}
	dir, schemas := small(t)
	t.Chdir("../../..")
	app, err := FindApp(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer app.Close()
	q := Question{Dir: dir, Schemas: schemas, App: app}
	k, err := q.Key(t.Context(), "dev.yaml:network.nat")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"dev-network/aws_eip.nat_euc1_az2", "dev-network/aws_nat_gateway.nat_euc1_az2", "dev-network/aws_route.private_euc1_az2_to_internet"}
	if !slices.Equal(k.Places[0].Follows, want) {
		t.Errorf("%q follow, want %q", k.Places[0].Follows, want)
	}
	// The second time nothing is synthesized.
	app.program = filepath.Join(t.TempDir(), "gone")
	if again, err := q.Key(t.Context(), "dev.yaml:network.nat"); err != nil || !slices.Equal(again.Places[0].Follows, want) {
		t.Errorf("what was synthesized is not remembered: %v", err)
	}
}

func TestWhatIsRememberedHasABound(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	for i := range kept + 5 {
		remember(fmt.Sprint(i), Content{"a": "b"})
	}
	entries, err := os.ReadDir(cache())
	if err != nil || len(entries) != kept {
		t.Errorf("%d are kept, want %d (%v)", len(entries), kept, err)
	}
	if remembered(fmt.Sprint(kept+4)) == nil {
		t.Error("the last one is forgotten")
	}
}
