package emulator_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
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
	told := func(a answer) answer { return a }
	if d.load().IsOrganization() {
		told = answer.deployedBySomebody
	}
	want := told(proven(t, d.estate, "--dir", d.Dir))
	if len(want.Intents) == 0 {
		t.Fatal("the estate promises nothing")
	}
	states, err := d.States(t.Context(), d.steps)
	if err != nil {
		t.Fatal(err)
	}
	of := func() answer {
		return told(proven(t, "--terraform", written(t, states), "--accounts", d.mapping(), "--intents", filepath.Join(d.estate, "intents.yaml")))
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
	Status     string      `json:"status"`
	Model      any         `json:"model"`
	Intents    []intent    `json:"intents"`
	Invariants []invariant `json:"invariants"`
	Matrix     any         `json:"matrix"`
}

type intent struct {
	Intent  string `json:"intent"`
	Line    int    `json:"line"`
	Status  string `json:"status"`
	Summary string `json:"summary"`
}

type invariant struct {
	Code      string   `json:"code"`
	Status    string   `json:"status"`
	Sentence  string   `json:"sentence"`
	Resources []string `json:"resources"`
}

// deployedBySomebody leaves out what is about who deploys, which no state tells: what the roles for that may do, and whether stacks read
// each other before. What is not known of it is no status of the whole.
func (a answer) deployedBySomebody() answer {
	a.Status = ""
	a.Intents = slices.DeleteFunc(a.Intents, func(i intent) bool { return deploys.MatchString(i.Intent) })
	a.Invariants = slices.DeleteFunc(a.Invariants, func(f invariant) bool {
		return slices.Contains([]string{"delegate-not-designated", "guardrail-stops-deployment"}, f.Code)
	})
	return a
}

// deploys are intents about deploying, and planning before that: "may apply: deploy in *".
var deploys = regexp.MustCompile(`^may .*: (deploy|read) in `)

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
	if e.IsOrganization() {
		text.WriteString("roles:\n")
		for _, word := range slices.Sorted(maps.Keys(e.RoleWords())) {
			fmt.Fprintf(&text, "  %s: %s\n", word, e.RoleWords()[word])
		}
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
