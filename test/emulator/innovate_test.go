package emulator_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hubspoke/internal/emulator"
)

// An organisation whose VPCs reach the internet past a firewall is deployed as docs/organization.md says, by people
// and by its workflow, and then changed as docs/operations.md says.
func TestAnOrganizationBehindAFirewall(t *testing.T) {
	all(t)
	d := started(t, ours("innovate"))
	d.apply()
	d.run("a second plan has no changes", unchanged)
	d.run("the proof says the same of states", provenAlike)
	d.run("the workflow is no administrator of the organisation", separated)
	d.run("rules of the firewall change in place", filtered)
	d.run("the firewall loses a zone only where it is changeable", narrowed)
	d.run("a spoke leaves by gateways of its own", decentralized)
	d.run("an account joins", joined)
}

// separated: what people deploy is behind roles that let no workflow in.
func separated(t *testing.T, d *deployment) {
	for _, s := range d.steps {
		if s.Who != "people" {
			continue
		}
		for _, stack := range s.Stacks {
			_, err := d.Changes(t.Context(), []emulator.Step{{Who: "workflow", Stacks: []string{stack}}})
			if err == nil || !strings.Contains(err.Error(), "not authorized to perform") {
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
	changes := must(d.Changes(t.Context(), d.only("hub-egress")))(t)
	if len(changes) != 2 {
		t.Errorf("two groups of rules are to change, and these do: %v", changes)
	}
	for _, c := range changes {
		if c.Type != "aws_networkfirewall_rule_group" || !c.Actions.Update() {
			t.Error(c)
		}
	}
	d.deploy("hub-egress")
	kept(t, before, d.ids())
	d.settled("hub-egress")
}

// narrowed: AWS refuses to change the subnets of a protected firewall, and half of the change is not made either. Once it is
// changeable, it changes, and is protected again by the next deployment.
func narrowed(t *testing.T, d *deployment) {
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

// settled fails if Terraform would still change something of the stacks.
func (d *deployment) settled(stacks ...string) {
	d.t.Helper()
	for _, stack := range stacks {
		for _, c := range unexcepted(must(d.Changes(d.t.Context(), d.only(stack)))(d.t)) {
			d.t.Error(c)
		}
	}
}
