package emulator_test

import (
	"slices"
	"testing"

	"hubspoke/internal/emulator"
)

// Every estate of the project is deployed as README.md says, and then there is nothing left to do. The proof says of its
// states what it says of what was synthesized.
func TestEstates(t *testing.T) {
	all(t)
	for _, name := range []string{"artos", "piksel", "privatelink"} {
		t.Run(name, func(t *testing.T) {
			d := started(t, ours(name))
			d.apply()
			d.run("a second plan has no changes", unchanged)
			d.run("the proof says the same of states", provenAlike)
			if len(d.stacksOf("share")) > 0 {
				d.run("shares and zones are handed over", handedOver)
			}
		})
	}
}

// A repository, a zone and a spoke are added to an estate with clusters: nothing that is there changes its id.
func TestAnEstateWithClustersGrows(t *testing.T) {
	all(t)
	d := started(t, ours("piksel"))
	d.apply()
	before := d.ids()
	d.revise(edit{"dev.yaml", "az_count: 2", "az_count: 3"}, d.repository("piksel/api"))
	for _, c := range d.changes() {
		// EKS gives a node group its subnets for ever: another one is made before it goes.
		if slices.Contains(c.Actions, "delete") && c.Type != "aws_eks_node_group" {
			t.Error(c)
		}
	}
	d.apply()
	after := d.ids()
	for address := range before {
		if address == "dev-eks: aws_eks_node_group.system" {
			delete(before, address)
		}
	}
	kept(t, before, after)
	unchanged(t, d)
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
