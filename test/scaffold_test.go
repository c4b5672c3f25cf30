package test

import (
	"path/filepath"
	"testing"

	"hubspoke/internal/scaffold"
	"hubspoke/proof"
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

// promises checks that all that an estate promises is proven, and says how much it is.
func promises(t *testing.T, e *synthesis) int {
	t.Helper()
	report := proof.Of(e.Estate, e.stacks).Prove("intents.yaml")
	for _, r := range report.Intents {
		if r.Status != proof.Proven {
			t.Errorf("intents.yaml:%d: %s: %s: %s\n%+v", r.Line, r.Status, r.Intent, r.Summary, r.Cases)
		}
	}
	for _, f := range report.Invariants {
		if f.Status != proof.Proven {
			t.Errorf("%s: %s: %s", f.Status, f.Code, f.Sentence)
		}
	}
	return len(report.Intents)
}
