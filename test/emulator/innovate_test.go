package emulator_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hubspoke/internal/emulator"
)

// separated: what people deploy is behind roles that let no workflow in.
func separated(t *testing.T, d *deployment) {
	for _, s := range d.steps {
		if s.Who != "people" {
			continue
		}
		for _, stack := range s.Stacks {
			_, err := d.Changes(t.Context(), []emulator.Step{{Who: "workflow", Stacks: []string{stack}}})
			if err == nil || !strings.Contains(err.Error(), "AccessDenied") {
				t.Errorf("the workflow plans %s: %v", stack, err)
			}
		}
		return
	}
	t.Error("people deploy nothing")
}

// filtered: another rule and another name in a list are another revision of the same groups, which the same policy of the
// same firewall has.
func filtered(t *testing.T, d *deployment) {
	before := d.ids()
	d.revise(
		edit{"firewall.rules", "203.0.113.40 22 (msg:\"files for the partner\"; flow:to_server; sid:1000001; rev:1;)", "203.0.113.41 22 (msg:\"files for the partner\"; flow:to_server; sid:1000001; rev:2;)"},
		edit{"hub.yaml", "      - cdn.amazonlinux.com\n", "      - cdn.amazonlinux.com\n      - .example.com\n"},
	)
	if changes := d.updated(t, before, "hub-egress", "aws_networkfirewall_rule_group"); len(changes) != 2 {
		t.Errorf("two groups of rules are to change, and these do: %v", changes)
	}
}

// changeable: a firewall lets its subnets be changed, and itself be deleted, only in the deployments that say so. It is
// the same firewall all the while.
func changeable(t *testing.T, d *deployment) {
	d.revise(edit{"hub.yaml", "  firewall:\n", "  firewall:\n    changeable: true\n"})
	before := d.ids()
	d.deploy("hub-egress")
	kept(t, before, d.ids())
	d.settled("hub-egress")
	d.revise(edit{"hub.yaml", "    changeable: true\n", ""})
	d.deploy("hub-egress")
	kept(t, before, d.ids())
	d.settled("hub-egress")
}

// decentralized: a spoke gets NAT gateways of its own before the ways by the hub go. Its default routes change in place.
func decentralized(t *testing.T, d *deployment) {
	before := d.ids()
	d.revise(edit{"staging.yaml", "nat: central", "nat: single"})
	for _, c := range must(d.Changes(t.Context(), d.only("staging-network")))(t) {
		if slices.Contains(c.Actions, "delete") {
			t.Error(c)
		}
	}
	d.deploy("staging-network", "hub-egress", "staging-link")
	after := d.ids()
	for address := range before {
		if stack, _, _ := strings.Cut(address, ":"); after[address] == "" && stack != "hub-egress" && stack != "staging-link" {
			t.Errorf("%s is no longer there", address)
		}
	}
	d.settled("staging-network", "hub-egress", "staging-link")
}

// joined: an account that was invited gets its place, its roles and its network, and what was there keeps its id.
func joined(t *testing.T, d *deployment) {
	before := d.ids()
	text, err := os.ReadFile(filepath.Join(d.estate, "dev.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	qa := strings.NewReplacer("segment: dev", "segment: qa", "10.1.0.0/16", "10.4.0.0/16").Replace(string(text))
	if err := os.WriteFile(filepath.Join(d.estate, "qa.yaml"), []byte(qa), 0o644); err != nil {
		t.Fatal(err)
	}
	d.revise(
		edit{"estate.yaml", "  prod: \"555555555555\"\n", "  prod: \"555555555555\"\n  qa: \"121212121212\"\n"},
		edit{"estate.yaml", "  prod:\n    reaches: [shared]\n", "  prod:\n    reaches: [shared]\n  qa:\n    reaches: [shared]\n"},
		edit{"estate.yaml", "visible_to: [hub, dev, staging, prod]", "visible_to: [hub, dev, staging, prod, qa]"},
		edit{"organization.yaml", "workloads/development: [staging, dev]", "workloads/development: [staging, dev, qa]"},
	)
	d.apply()
	after := d.ids()
	kept(t, before, after)
	if after["organization: aws_organizations_account.qa"] != "121212121212" || after["qa-network: aws_vpc.main"] == "" {
		t.Error("the account has no place in the organisation, or no network")
	}
	unchanged(t, d)
}

// deploy deploys stacks, one after the other.
func (d *deployment) deploy(stacks ...string) {
	d.t.Helper()
	for _, stack := range stacks {
		if err := d.applied(d.t.Context(), stack); err != nil {
			d.t.Fatalf("%v\n%s", err, lastOf(d.out.String()))
		}
	}
}

// updated deploys a stack, in which nothing but resources of a type changes, in place, and returns what that was. Nothing of it is
// left to do then, and all that was there before has its id.
func (d *deployment) updated(t *testing.T, before map[string]string, stack, kind string) []emulator.Change {
	t.Helper()
	changes := must(d.Changes(t.Context(), d.only(stack)))(t)
	for _, c := range changes {
		if c.Type != kind || !c.Actions.Update() {
			t.Error(c)
		}
	}
	d.deploy(stack)
	kept(t, before, d.ids())
	d.settled(stack)
	return changes
}

// settled fails if Terraform would still change something of the stacks.
func (d *deployment) settled(stacks ...string) {
	d.t.Helper()
	for _, stack := range stacks {
		for _, c := range must(d.Changes(d.t.Context(), d.only(stack)))(d.t) {
			d.t.Error(c)
		}
	}
}
