package test

import (
	"strings"
	"testing"

	"hubspoke/internal/estateproof"
	"hubspoke/proof"
	"hubspoke/stacks"
)

// With the hub's resolver among the spokes' name servers, as the design document has it,
// the sentence about other environments' names is not so, and nothing else breaks.
func TestTheHubsResolverShowsTheNamesOfOtherEnvironments(t *testing.T) {
	before := synthesized(t, "piksel")
	for _, order := range []string{"amazon-first", "hub-first"} {
		t.Run(order, func(t *testing.T) {
			after := piksel(t, edit{"estate.yaml", `resolver_order: amazon-only`, "resolver_order: " + order})
			stays(t, before, after)
			report := proof.Of(estateproof.Input(after.Estate, "", stacks.Names(after.list), after.stacks)).Prove()
			shown := 0
			for _, r := range report.Intents {
				// What is blocked is so in the hub's VPC too.
				hidden := strings.Contains(r.Intent, ".piksel.internal from ") && strings.HasSuffix(r.Intent, "-> nothing")
				if hidden && r.Status == proof.Violated {
					shown++
				}
				if want := hidden || r.Intent == "deny dev, staging, prod -> hub.resolver"; want != (r.Status == proof.Violated) || !want && r.Status != proof.Proven {
					t.Errorf("%s: %s: %s", r.Status, r.Intent, r.Summary)
				}
			}
			if shown != 3 {
				t.Errorf("the names of %d environments are shown to the others, want 3", shown)
			}
			for _, f := range report.Invariants {
				if f.Status != proof.Proven {
					t.Errorf("%s: %s: %s", f.Status, f.Kind.Code(), f.Sentence)
				}
			}
		})
	}
}

// AWS does not change a set of DHCP options. The next one is there before the VPC loses
// this one.
func TestNoVPCIsEverWithoutNameServers(t *testing.T) {
	for name := range estates {
		for _, s := range synthesized(t, name).stacks {
			for _, r := range s.Resources() {
				if r.Type != "aws_vpc_dhcp_options" {
					continue
				}
				lifecycle, _ := r.Body["lifecycle"].(map[string]any)
				if lifecycle["create_before_destroy"] != true {
					t.Errorf("%s/%s: %s is destroyed before the next one is made", name, s.Name, r.Address())
				}
			}
		}
	}
}
