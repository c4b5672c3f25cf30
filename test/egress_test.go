package test

import (
	"slices"
	"strings"
	"testing"

	"hubspoke/internal/subnet"
	"hubspoke/internal/tf"
)

// central gives piksel an egress VPC, and lets dev and staging use it.
func central(edits ...edit) []edit {
	return append([]edit{
		{"hub.yaml", `\ntransit_gateway:`, "\negress:\n  cidr: 10.255.0.0/23\n$0"},
		{"dev.yaml", `nat: single`, `nat: central`},
		{"staging.yaml", `nat: single`, `nat: central`},
	}, edits...)
}

// The seed's sentence is that no workload account has a NAT gateway of its own.
func TestCentralVPCsHaveNoNATGateway(t *testing.T) {
	e := piksel(t, central()...)
	for _, account := range []string{"dev", "staging"} {
		for _, kind := range []string{"aws_nat_gateway", "aws_eip"} {
			if n := count(e, account+"-network", kind); n != 0 {
				t.Errorf("%s has %d resources %s", account, n, kind)
			}
		}
	}
	if got, want := count(e, "hub-egress", "aws_nat_gateway"), len(e.EgressZones()); got != want || got < 2 {
		t.Errorf("the egress VPC has %d NAT gateways, want %d, one in each zone", got, want)
	}
	for _, stack := range []string{"dev-network", "staging-network"} {
		if !slices.Contains(e.listed(stack).Earlier(), "hub-egress") {
			t.Errorf("%s is not deployed after hub-egress: its default route would lead nowhere", stack)
		}
	}
	if slices.Contains(e.listed("prod-network").Earlier(), "hub-egress") {
		t.Error("prod has NAT gateways of its own, and waits for hub-egress")
	}
}

// Whoever changes over keeps every address but those of its own NAT gateways, and the
// default route changes in place.
func TestChangingOverToCentralEgressKeepsTheRest(t *testing.T) {
	before, after := synthesized(t, "piksel"), piksel(t, central()...)
	for _, s := range before.stacks {
		now := map[string]bool{}
		for _, r := range after.stack(s.Name).Resources() {
			now[r.Address()] = true
		}
		for _, r := range s.Resources() {
			own := strings.HasPrefix(r.Address(), "aws_nat_gateway.") || strings.HasPrefix(r.Address(), "aws_eip.")
			if !now[r.Address()] && !own {
				t.Errorf("%s: %s is gone", s.Name, r.Address())
			}
		}
	}
	for _, r := range after.stack("dev-network").Resources() {
		if r.Type == "aws_route" && strings.HasPrefix(r.Name, "private_") && strings.HasSuffix(r.Name, "_to_internet") {
			if r.Body["transit_gateway_id"] == nil || r.Body["nat_gateway_id"] != nil {
				t.Errorf("%s does not lead to the transit gateway: %v", r.Address(), r.Body)
			}
		}
	}
}

// One more VPC that shares the way out, or one more zone, adds to it and moves nothing.
func TestCentralEgressGrowsInPlace(t *testing.T) {
	before := piksel(t, central()...)
	for name, edits := range map[string][]edit{
		"one more VPC":       {{"prod.yaml", `nat: single|nat: one_per_az`, `nat: central`}},
		"the hub's VPC":      {{"hub.yaml", `nat: single`, `nat: central`}},
		"one more zone":      {{"dev.yaml", `az_count: 2`, `az_count: 3`}},
		"more zones by name": {{"hub.yaml", `cidr: 10\.255\.0\.0/23`, "$0\n  az_count: 3"}},
	} {
		t.Run(name, func(t *testing.T) {
			after := piksel(t, central(edits...)...)
			now := map[string]bool{}
			for _, r := range after.stack("hub-egress").Resources() {
				now[r.Address()] = true
			}
			for _, r := range before.stack("hub-egress").Resources() {
				if !now[r.Address()] {
					t.Errorf("%s is gone", r.Address())
				}
			}
		})
	}
}

// Every zone's packets leave by the zone's own NAT gateway, so that a zone that fails
// takes no other with it, and none pays for crossing.
func TestEveryZoneOfTheEgressVPCHasItsOwnWay(t *testing.T) {
	e := piksel(t, central()...)
	egress := e.stack("hub-egress")
	routes := egress.JSON["resource"].(map[string]any)["aws_route"].(map[string]any)
	for _, zone := range e.EgressZones() {
		z := tf.Name(zone)
		out := routes[string(subnet.Attachment)+"_"+z+"_to_internet"].(map[string]any)
		if want := "${aws_nat_gateway.nat_" + z + ".id}"; out["nat_gateway_id"] != want {
			t.Errorf("what comes in %s leaves by %v, want %s", zone, out["nat_gateway_id"], want)
		}
	}
}

// What docs/decisions/egress.md says of intents is so: with the egress VPC let into the
// fences, everything is proven, and nobody has to speak of it.
func TestAnEstateWithCentralEgressIsProven(t *testing.T) {
	e := piksel(t, central(
		edit{"intents.yaml", `from_except: \[hub, dev\]`, "from_except: [hub, dev, egress]"},
		edit{"intents.yaml", `from_except: \[hub, staging\]`, "from_except: [hub, staging, egress]"},
		edit{"intents.yaml", `- egress: \{for: "\*"`, "- egress: {for: [dev.private, staging.private], via: [transit-gateway, nat-gateway]}\n$0"},
	)...)
	promises(t, e)
}
