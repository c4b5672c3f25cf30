package deploy

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hubspoke/internal/order"
)

// line is stacks that come one after the other, as hub, network and link do, with one
// beside them.
var line = []Stack{
	{Name: "bootstrap", ByPeople: true},
	{Name: "cluster", After: []string{"link"}},
	{Name: "hub"},
	{Name: "link", After: []string{"hub", "network"}},
	{Name: "network", After: []string{"hub"}},
	{Name: "registry"},
}

func wavesOf(t *testing.T, stacks []Stack) string {
	t.Helper()
	waves, err := order.Waves(stacks)
	if err != nil {
		t.Fatal(err)
	}
	var text []string
	for _, wave := range waves {
		text = append(text, strings.Join(Names(wave), " "))
	}
	return strings.Join(text, " | ")
}

func selected(t *testing.T, names ...string) []Stack {
	t.Helper()
	stacks, err := Select(line, names)
	if err != nil {
		t.Fatal(err)
	}
	return stacks
}

func TestAWaveDependsOnEarlierWavesOnly(t *testing.T) {
	if diff := cmp.Diff("hub registry | network | link | cluster", wavesOf(t, selected(t))); diff != "" {
		t.Error(diff)
	}
}

// In an organisation people deploy more than what comes first, and what they deploy is
// read where the stacks are.
func TestWhatPeopleDeployIsReadBesideTheManifest(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"manifest.json": `{"stacks": {"organization": {"name": "organization"}, "management-baseline": {"name": "management-baseline"},
			"dev-baseline": {"name": "dev-baseline", "dependencies": ["management-baseline"]}}}`,
		order.SignatureFile: `{"name": "acme", "by_people": ["management-baseline"]}`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	all, err := Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	stacks, err := Select(all, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := Names(stacks); !slices.Equal(got, []string{"dev-baseline"}) || len(stacks[0].After) > 0 {
		t.Errorf("all are %v", stacks)
	}
	if got := Names(ByPeople(all)); !slices.Equal(got, []string{"management-baseline"}) {
		t.Errorf("people deploy %v", got)
	}
}

func TestBootstrapIsDeployedByNameOnly(t *testing.T) {
	if slices.Contains(Names(selected(t)), order.Bootstrap) {
		t.Error("it is among all")
	}
	if got := Names(selected(t, order.Bootstrap)); !slices.Equal(got, []string{order.Bootstrap}) {
		t.Error(got)
	}
}

func TestStacksKeepTheirOrderWithoutThoseBetween(t *testing.T) {
	if diff := cmp.Diff("hub | cluster", wavesOf(t, selected(t, "cluster", "hub"))); diff != "" {
		t.Error(diff)
	}
}

func TestStacksAreDestroyedInTheOppositeOrder(t *testing.T) {
	if diff := cmp.Diff("registry cluster | link | network | hub", wavesOf(t, Reversed(selected(t, "registry", "hub", "network", "link", "cluster")))); diff != "" {
		t.Error(diff)
	}
}

func TestStacksCanBeDeployedAgainstTheirOrder(t *testing.T) {
	if diff := cmp.Diff("link | hub | network", wavesOf(t, AsNamed(selected(t, "link", "hub", "network")))); diff != "" {
		t.Error(diff)
	}
}

func TestDependantsAreAlsoThoseByWayOfOthers(t *testing.T) {
	for names, want := range map[string]string{
		"network":      "cluster link",
		"network link": "cluster",
		"cluster":      "",
		"registry":     "",
		"bootstrap":    "cluster hub link network registry",
	} {
		var got []string
		for _, s := range Dependants(line, strings.Fields(names)) {
			got = append(got, s.Name)
		}
		if diff := cmp.Diff(want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%s: %s", names, diff)
		}
	}
}

func TestStacksThatAreNotThereAreAllNamed(t *testing.T) {
	_, err := Select(line, []string{"hub", "hubb", "hub", "lnk"})
	for _, want := range []string{`"hubb"`, `"lnk"`, "there are bootstrap, cluster, hub", "hub is named twice"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not say %s: %v", want, err)
		}
	}
}

func TestWithoutSynthesisThereIsNothingToDeploy(t *testing.T) {
	if _, err := Read(t.TempDir()); err == nil || !strings.Contains(err.Error(), "make synth") {
		t.Error(err)
	}
}
