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
	tfjson "github.com/hashicorp/terraform-json"

	"hubspoke/estate"
)

// What is deployed keeps the promises that were proven of what was synthesized: the proof reads the states,
// as it reads anybody's Terraform, and says the same of everything: intents, findings and notes, what there is, who reaches whom.
// Cases are left out: they are examples, with the addresses that AWS has given to interfaces, and the names of zones for their ids.
func provenAlike(t *testing.T, d *deployment) {
	want := proven(t, d.estate, "--dir", d.Dir)
	if len(want.Intents) == 0 {
		t.Fatal("the estate promises nothing")
	}
	states, err := d.States(t.Context(), d.steps)
	if err != nil {
		t.Fatal(err)
	}
	of := func() answer {
		return proven(t, "--terraform", written(t, states), "--accounts", d.mapping(), "--intents", filepath.Join(d.estate, "intents.yaml"))
	}
	if diff := cmp.Diff(want, of()); diff != "" {
		t.Errorf("states are proven otherwise than what was synthesized (-synthesized +states):\n%s", diff)
	}
	if without(states, "aws_ram_resource_share_accepter") && !of().finds("share-not-accepted") {
		t.Error("in states nobody accepts shares, and that is not found")
	}
}

// answer is what the proof says, but for examples.
type answer struct {
	Status  string `json:"status"`
	Model   any    `json:"model"`
	Intents []struct {
		Intent  string `json:"intent"`
		Line    int    `json:"line"`
		Status  string `json:"status"`
		Summary string `json:"summary"`
	} `json:"intents"`
	Invariants []struct {
		Code      string   `json:"code"`
		Status    string   `json:"status"`
		Sentence  string   `json:"sentence"`
		Resources []string `json:"resources"`
	} `json:"invariants"`
	Matrix any `json:"matrix"`
}

// finds says whether there is a finding of a code.
func (a answer) finds(code string) bool {
	for _, f := range a.Invariants {
		if f.Code == code {
			return true
		}
	}
	return false
}

// written is a folder with states, as `terraform show -json` prints them.
func written(t *testing.T, states map[string]*tfjson.State) string {
	t.Helper()
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
	return dir
}

// without takes the resources of a type out of states, and says whether there were any.
func without(states map[string]*tfjson.State, kind string) bool {
	found := false
	for _, state := range states {
		if state.Values == nil {
			continue
		}
		root := state.Values.RootModule
		root.Resources = slices.DeleteFunc(root.Resources, func(r *tfjson.StateResource) bool {
			found = found || r.Type == kind
			return r.Type == kind
		})
	}
	return found
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
	if e.Hub.Egress != nil {
		fmt.Fprintf(&text, "vpcs:\n  %s: {address: hub-egress/aws_vpc.main, transit: true}\n", estate.EgressVPC)
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

// proven runs `estate prove`. That something is not proven is no error here.
func proven(t *testing.T, arguments ...string) answer {
	t.Helper()
	command := exec.Command("go", append([]string{"run", "./cmd/estate", "prove", "--json"}, arguments...)...)
	command.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "ESTATE=") })
	output, err := command.Output()
	var report answer
	if json.Unmarshal(output, &report) != nil || report.Status == "" {
		t.Fatalf("%v: %s", err, output)
	}
	return report
}
