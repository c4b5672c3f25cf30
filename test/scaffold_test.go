package test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"hubspoke/internal/scaffold"
	"hubspoke/proof/stackjson"
)

// newEstates are what `estate new` is asked for.
var newEstates = map[string]scaffold.Options{
	"one spoke":             {Region: "eu-central-1", Spokes: []string{"dev"}},
	"four spokes":           {Region: "eu-north-1", Spokes: []string{"dev", "test", "staging", "prod"}, Domain: "acme.example.com", Repository: "acme/infrastructure"},
	"zones apart":           {Region: "us-east-1"},
	"two zones":             {Region: "us-west-1", CIDR: "172.16.0.0/12"},
	"little room":           {Region: "eu-west-1", CIDR: "192.168.32.0/19"},
	"clusters":              {Region: "ap-southeast-3", Clusters: true, Domain: "acme.example.com"},
	"standalone":            {Region: "eu-central-1", Standalone: true},
	"standalone, clustered": {Region: "eu-central-1", Standalone: true, Clusters: true, Spokes: []string{"prod"}},
}

func TestANewEstateKeepsItsPromises(t *testing.T) {
	for name, options := range newEstates {
		t.Run(name, func(t *testing.T) {
			options.Dir = filepath.Join(t.TempDir(), "acme")
			promises(t, newEstate(t, options))
		})
	}
}

// newEstate is a new estate, written and synthesized.
func newEstate(t *testing.T, options scaffold.Options) *synthesis {
	t.Helper()
	t.Chdir("..") // whose environments/schema the estate's files name
	draft, err := scaffold.New(options)
	if err != nil {
		t.Fatal(err)
	}
	if err := draft.Write(); err != nil {
		t.Fatal(err)
	}
	return synthesize(t, options.Dir, filepath.Join(t.TempDir(), "out"))
}

func TestAnAddedSpokeKeepsTheOthersPromises(t *testing.T) {
	for _, c := range []struct{ estate, like string }{
		{"piksel", "dev"}, {"piksel", "prod"}, {"artos", "dev"}, {"options", "lab"}, {"options", "apps-one"}, {"mesh", "blue"}, {"mesh", "green"},
	} {
		t.Run(c.estate+" like "+c.like, func(t *testing.T) {
			before := synthesized(t, c.estate)
			dir := filepath.Join(t.TempDir(), c.estate)
			copyTree(t, estates[c.estate], dir)
			grows(t, before, addSpoke(t, dir, c.like))
		})
	}
	for _, name := range []string{"one spoke", "clusters", "standalone"} {
		t.Run(name, func(t *testing.T) {
			options := newEstates[name]
			options.Dir = filepath.Join(t.TempDir(), "acme")
			before := newEstate(t, options)
			grows(t, before, addSpoke(t, options.Dir, before.Spokes[0].Name))
		})
	}
}

// addSpoke adds a spoke qa to an estate, and synthesizes it.
func addSpoke(t *testing.T, dir, like string) *synthesis {
	t.Helper()
	draft, err := scaffold.AddSpoke(scaffold.SpokeOptions{Dir: dir, Name: "qa", Like: like})
	if err != nil {
		t.Fatal(err)
	}
	if err := draft.Write(); err != nil {
		t.Fatal(err)
	}
	return synthesize(t, dir, filepath.Join(t.TempDir(), "out"))
}

// grows checks that an estate with one more spoke promises more, that all of it is
// proven, and that nothing which was there before has changed.
func grows(t *testing.T, before, after *synthesis) {
	t.Helper()
	if got, was := promises(t, after), len(before.Intents); got <= was {
		t.Errorf("%d promises after %d, want more", got, was)
	}
	stays(t, before, after)
	for _, s := range before.stacks {
		for _, problem := range shrunk(stackjson.Strip(s.JSON), stackjson.Strip(after.stack(s.Name).JSON)) {
			t.Errorf("%s: %s", s.Name, problem)
		}
	}
	if after.stack("qa-network") == nil {
		t.Error("there is no stack qa-network")
	}
}

// What docs/first-estate.md says is what people type. It is run as it stands, but for
// make, which first installs what is installed here.
func TestTheFirstEstateIsMadeAsDocumented(t *testing.T) {
	page, err := os.ReadFile("../docs/first-estate.md")
	if err != nil {
		t.Fatal(err)
	}
	var script []string
	for _, block := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(string(page), -1) {
		script = append(script, block[1])
	}
	clone := clonedProject(t)
	copyTree(t, "../cmd", filepath.Join(clone, "cmd"))
	output := command(t, clone, nil, "sh", "-exc", strings.ReplaceAll(strings.Join(script, ""), "make synth", "go run ."))
	for _, want := range []string{
		"environments/acme: ok: 3 accounts, 2 spokes, 0 clusters, 14 stacks",
		"reached  dev.private -> hub.endpoint.sts tcp/443",
		"+  qa: \"444444444444\"",
		"environments/acme: qa is added, with 10.3.0.0/16",
	} {
		if !strings.Contains(output, want) {
			t.Errorf("nothing says %q", want)
		}
	}
	if n := strings.Count(output, "acme: proven"); n != 2 {
		t.Errorf("the estate is proven %d times, want 2", n)
	}
	if t.Failed() {
		t.Log(output)
	}
}
