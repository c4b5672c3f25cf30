package emulator_test

import (
	"slices"
	"testing"

	"hubspoke/internal/emulator"
)

// Every estate of the project is deployed as README.md says, and then there is nothing left to do. The proof says of its
// states what it says of what was synthesized. Then it is changed as its owners would.
func TestEstates(t *testing.T) {
	all(t)
	for _, c := range []struct {
		estate string
		first  []edit
		then   func(*deployment)
	}{
		{"artos", nil, func(d *deployment) {
			d.run("a database and a bastion are changed in place", databasesChange)
		}},
		{"piksel", []edit{old}, func(d *deployment) {
			d.run("a zone, a spoke and a repository only add", clustersGrow)
			d.run("a cluster is changed in place", clustersChange)
			d.run("what is destroyed as documented is deployed again", clustersGo)
		}},
		{"privatelink", nil, func(d *deployment) {
			d.run("a service and an API are changed in place", servicesChange)
		}},
		{"mesh", nil, func(d *deployment) {
			d.run("a spoke joins, and only adds", meshGrows)
		}},
		{"options", nil, func(d *deployment) {
			d.run("a range goes another way, and a limit changes in place", optionsChange)
		}},
		{"innovate", nil, func(d *deployment) {
			d.run("the workflow deploys nothing of the organisation", separated)
			d.run("rules of the firewall change in place", filtered)
			d.run("the firewall is changeable where it is said", changeable)
			d.run("a spoke leaves by gateways of its own", decentralized)
			d.run("an account joins", joined)
		}},
	} {
		t.Run(c.estate, func(t *testing.T) {
			d := started(t, ours(c.estate), c.first...)
			d.apply()
			d.run("a second plan has no changes", unchanged)
			d.run("the proof says the same of states", provenAlike)
			if len(d.stacksOf("share")) > 0 {
				d.run("shares and zones are handed over", handedOver)
			}
			c.then(d)
		})
	}
}

// What `make emulate STACKS=…` deploys is the named stacks and what they read, and bootstrap before.
func TestOnlyWhatStacksReadIsDeployed(t *testing.T) {
	d := started(t, small(t))
	steps, err := d.Steps("dev-network")
	if err != nil {
		t.Fatal(err)
	}
	want := []emulator.Step{
		{Who: "administrator", Stacks: []string{"bootstrap"}},
		{Who: "workflow", Stacks: []string{"dev-baseline", "dev-network", "dev-share", "hub-baseline", "hub-dns", "hub-logs", "hub-network"}},
	}
	if !slices.EqualFunc(steps, want, func(a, b emulator.Step) bool { return a.Who == b.Who && slices.Equal(a.Stacks, b.Stacks) }) {
		t.Errorf("the steps are %v, want %v", steps, want)
	}
	if _, err := d.Steps("dev-netwrk"); err == nil {
		t.Error("a stack that is not there is deployed")
	}
}
