package emulator_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// verdict is what the proof says of an intent.
type verdict struct {
	Intent string `json:"intent"`
	Status string `json:"status"`
}

// What is deployed keeps the promises that were proven of what was synthesized: the proof reads the states,
// as it reads anybody's Terraform, and says the same of every intent.
func provenAlike(t *testing.T, d *deployment) {
	want := proven(t, d.estate, "--dir", d.Dir)
	if len(want) == 0 {
		t.Fatal("the estate promises nothing")
	}
	states, err := d.States(t.Context(), d.steps)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for stack, state := range states {
		text, err := json.Marshal(state)
		if err != nil {
			t.Fatal(err)
		}
		folder := filepath.Join(dir, stack)
		if err := os.Mkdir(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, "state.json"), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got := proven(t, "--terraform", dir, "--accounts", d.mapping(), "--intents", filepath.Join(d.estate, "intents.yaml"))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("states are proven otherwise than what was synthesized (-synthesized +states):\n%s", diff)
	}
}

// mapping is the file that says what states do not: what accounts are called, and where roots work.
func (d *deployment) mapping() string {
	d.t.Helper()
	e := d.load()
	var text strings.Builder
	text.WriteString("accounts:\n")
	for _, name := range slices.Sorted(maps.Keys(e.Accounts)) {
		fmt.Fprintf(&text, "  %s: %q\n", name, e.Accounts[name])
	}
	// The addresses of subnets begin with their tier.
	text.WriteString("tiers:\n  names:\n")
	tiers := map[string][]string{}
	for address := range d.ids() {
		_, address, _ = strings.Cut(address, ": ")
		if name, ok := strings.CutPrefix(address, "aws_subnet."); ok {
			tier, _, _ := strings.Cut(name, "_")
			tiers[tier] = append(tiers[tier], address)
		}
	}
	for _, tier := range slices.Sorted(maps.Keys(tiers)) {
		slices.Sort(tiers[tier])
		fmt.Fprintf(&text, "    %s: [%s]\n", tier, strings.Join(slices.Compact(tiers[tier]), ", "))
	}
	path := filepath.Join(d.t.TempDir(), "accounts.yaml")
	if err := os.WriteFile(path, []byte(text.String()), 0o644); err != nil {
		d.t.Fatal(err)
	}
	return path
}

// proven runs `estate prove`, and returns what it says of the intents. That some are not proven is no error here.
func proven(t *testing.T, arguments ...string) []verdict {
	t.Helper()
	command := exec.Command("go", append([]string{"run", "./cmd/estate", "prove", "--json"}, arguments...)...)
	command.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "ESTATE=") })
	output, err := command.Output()
	var report struct {
		Intents []verdict `json:"intents"`
	}
	if json.Unmarshal(output, &report) != nil {
		t.Fatalf("%v: %s", err, output)
	}
	return report.Intents
}
