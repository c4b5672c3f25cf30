package proof

import (
	"fmt"
	"strings"
	"testing"

	"hubspoke/proof/intent"
)

// notEvaluated are expressions whose value the proof does not know, though Terraform may.
var notEvaluated = []string{
	`${element([aws_vpc.main.id], 0)}`,
	`${tolist([aws_vpc.main.id])[0]}`,
	`${one([aws_vpc.main.id])}`,
	`${coalesce(\"\", aws_vpc.main.id)}`,
	`${try(aws_vpc.main.id, \"x\")}`,
	`${1 > 0 ? aws_vpc.main.id : \"x\"}`,
	`${[for x in [aws_vpc.main] : x.id][0]}`,
	`${aws_vpc.main[*].id}`,
	`${var.not_told}`,
	`${data.aws_instance.looked_up.id}`,
	`x-${aws_vpc.main.id}`,
}

// unknownAt puts an expression at the path of a stack in which its names are there.
func unknownAt(path, expression string) change {
	stack := strings.Fields(path)[0]
	return all(put(stack+" variable not_told", `{"type": "string"}`), put(stack+" data aws_instance looked_up", `{}`), put(path, `"`+expression+`"`))
}

// A route to what cannot be evaluated makes unproven what depends on it, and nothing
// violated: not the route, nor what lacks the way that it may be.
func TestARouteToWhatIsNotKnownIsUnproven(t *testing.T) {
	t.Parallel()
	const dev, hub = "dev-network resource aws_route ", "hub-network resource aws_route "
	hubToDev := func(expression string) change {
		c := change(func(stacks) {})
		for _, table := range []string{"private", "public"} {
			for _, zone := range []string{"1", "2", "3"} {
				c = c.then(unknownAt(hub+table+"_apse3_az"+zone+"_to_dev transit_gateway_id", expression))
			}
		}
		return c
	}
	for i, expression := range notEvaluated {
		for name, c := range map[string]change{
			"a zone's transit gateway": unknownAt(dev+"private_apse3_az1_to_hub transit_gateway_id", expression),
			"all routes back":          hubToDev(expression),
			"a NAT gateway":            unknownAt(dev+"private_apse3_az1_to_internet nat_gateway_id", expression),
			"the internet gateway":     unknownAt(dev+"public_apse3_az1_to_internet gateway_id", expression),
			"an interface":             drop(dev + "private_apse3_az1_to_hub transit_gateway_id").then(unknownAt(dev+"private_apse3_az1_to_hub network_interface_id", expression)),
			"a core network":           drop(dev + "private_apse3_az1_to_hub transit_gateway_id").then(unknownAt(dev+"private_apse3_az1_to_hub core_network_arn", expression)),
			"a peering":                drop(dev + "private_apse3_az1_to_hub transit_gateway_id").then(unknownAt(dev+"private_apse3_az1_to_hub vpc_peering_connection_id", expression)),
			"a firewall's endpoint":    drop(dev + "private_apse3_az1_to_hub transit_gateway_id").then(unknownAt(dev+"private_apse3_az1_to_hub vpc_endpoint_id", expression)),
		} {
			if i > 1 && name != "a zone's transit gateway" {
				continue // which function it is does not matter to the rest
			}
			t.Run(name+" "+expression, func(t *testing.T) { unprovenOnly(t, prove(t, c)) })
		}
	}
}

// A route to what may be an internet gateway may make its subnet public.
func TestASubnetThatMayBePublicIsNotProvenPrivate(t *testing.T) {
	t.Parallel()
	const route = "dev-network resource aws_route private_apse3_az1_to_internet "
	private := intent.Intents{{Deny: &intent.Flow{From: intent.Parties{"internet"}, To: intent.Parties{"dev.private"}}}}
	status := func(c change) Status {
		s := read(t)
		c(s)
		in := piksel(t, s)
		in.Intents = private
		return Of(in).Prove().Intents[0].Status
	}
	for _, gateway := range append(notEvaluated[:2:2], "igw-0123456789abcdef0", "${data.aws_internet_gateway.main.id}") {
		c := all(put("dev-network data aws_internet_gateway main", `{}`), drop(route+"nat_gateway_id"), unknownAt(route+"gateway_id", gateway))
		if got := status(c); got != Unproven {
			t.Errorf("with the gateway %s, that the private subnets are apart from the internet is %s", gateway, got)
		}
		if got := status(c.then(drop("dev-network resource aws_internet_gateway"))); got != Unproven {
			t.Errorf("with the gateway %s and no other, it is %s", gateway, got)
		}
	}
	if got := status(unknownAt(route+"nat_gateway_id", notEvaluated[0])); got != Proven {
		t.Errorf("with a NAT gateway that is not known, it is %s", got)
	}
}

// A firewall whose subnets cannot all be read may have an endpoint in any.
func TestAFirewallInSubnetsThatAreNotKnownIsUnproven(t *testing.T) {
	t.Parallel()
	const mapping = "hub-network resource aws_networkfirewall_firewall main subnet_mapping"
	for name, c := range map[string]change{
		"a subnet that is not known":   put(mapping, `[{"subnet_id": "${aws_subnet.firewall_2.id}"}, {"subnet_id": "${aws_subnet.firewall_3.id}"}, {"subnet_id": "${element([aws_subnet.firewall_1.id], 0)}"}]`),
		"a list that is not known":     put(mapping, `"${[for s in [aws_subnet.firewall_1] : {subnet_id = s.id}]}"`),
		"subnets of a dynamic block":   drop(mapping).then(put("hub-network resource aws_networkfirewall_firewall main dynamic", `{"subnet_mapping": {"for_each": ["${aws_subnet.firewall_1.id}"], "content": {"subnet_id": "${subnet_mapping.value}"}}}`)),
		"a VPC that is not known":      put("hub-network resource aws_networkfirewall_firewall main vpc_id", `"${element([aws_vpc.egress.id], 0)}"`),
		"another name in its own loop": endpointIs(strings.ReplaceAll(strings.Replace(firewallIn("1"), "for s in", "for aws_subnet in", 1), " s.", " aws_subnet.")),
	} {
		t.Run(name, func(t *testing.T) { unprovenOnly(t, proveInspected(t, c)) })
	}
}

// unprovenOnly fails unless something is unproven and nothing violated.
func unprovenOnly(t *testing.T, r *Report) {
	t.Helper()
	if r.Status != Unproven {
		t.Errorf("it is %s", r.Status)
	}
	var violated []string
	for _, result := range r.Intents {
		if result.Status == Violated {
			violated = append(violated, fmt.Sprintf("%s: %s", result.Intent, result.Summary))
		}
	}
	for _, f := range r.Invariants {
		if f.Status == Violated {
			violated = append(violated, f.String())
		}
	}
	for _, v := range violated {
		t.Errorf("violated: %s", v)
	}
}
