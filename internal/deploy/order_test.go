package deploy

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hubspoke/internal/order"
)

// line is stacks that come one after the other, as hub, network and link do, with one
// beside them.
var line = []Stack{
	{Name: "bootstrap"},
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
		text = append(text, strings.Join(names(wave), " "))
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

func TestBootstrapIsDeployedByNameOnly(t *testing.T) {
	if slices.Contains(names(selected(t)), order.Bootstrap) {
		t.Error("it is among all")
	}
	if got := names(selected(t, order.Bootstrap)); !slices.Equal(got, []string{order.Bootstrap}) {
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
