package network

import (
	"slices"
	"strings"

	"hubspoke/proof/config"
)

// targetArguments are the arguments of a route that name its target:
// https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/route
var targetArguments = []string{"gateway_id", "nat_gateway_id", "transit_gateway_id", "vpc_peering_connection_id", "vpc_endpoint_id"}

// targetIDs are the beginnings of the ids of targets. One that no stack here makes may
// well exist.
var targetIDs = []string{"igw-", "nat-", "vpce-", "pcx-", "tgw-", "vgw-"}

// noTarget is what [builder.lostTarget] says, and whether it may be an internet gateway:
// that is what gateway_id names.
func (b *builder) noTarget(in block) Target {
	t := b.lostTarget(in)
	t.MaybeInternet = t.Unmodelled && in.isSet("gateway_id")
	return t
}

// lostTarget is the target of a route that leads to nothing in the model: to what cannot
// be evaluated, to what somebody else makes, or to what is not there.
func (b *builder) lostTarget(in block) Target {
	for _, name := range targetArguments {
		switch v := in.get(name).(type) {
		case config.Unknown:
			if !v.Refused() {
				return Target{Unknown: "the target of the route is not known: " + v.Why, Unmodelled: true}
			}
		case config.Text:
			return Target{Unknown: "the target of the route is not known: " + v.String(), Unmodelled: true}
		case string:
			if slices.ContainsFunc(targetIDs, func(prefix string) bool { return strings.HasPrefix(v, prefix) }) {
				return Target{Unknown: "the target of the route, " + v + ", is made by no stack here: supply the stack that makes it", Unmodelled: true}
			}
		case config.Ref:
			return b.targetOf(v)
		}
	}
	return Target{Unknown: "the target of the route does not exist in any stack"}
}

// targetOf is the target of a route to a resource that is no way out in the model.
func (b *builder) targetOf(ref config.Ref) Target {
	switch r := ref.Resource; {
	case r.Data:
		return Target{Unknown: "the target of the route, " + r.String() + ", is looked up: what it leads to is not known", Unmodelled: true}
	case b.unreadFirewalls[r]:
		return Target{Unknown: "the target of the route is not known: in which subnets " + r.String() + " has endpoints cannot be read", Unmodelled: true}
	case strings.HasPrefix(ref.Attribute, firewallEndpointIDs):
		return Target{Unknown: r.String() + " has no endpoint in that subnet: its subnet_mapping does not name it"}
	case r.Type == "aws_networkfirewall_firewall":
		return Target{Unknown: "the target of the route is not known: the endpoint of " + r.String() + " in a subnet is read in one form alone", Unmodelled: true}
	}
	return Target{Unknown: "the target of the route does not exist in any stack"}
}

// firewallEndpointIDs is how ids of [config.FirewallEndpoint] begin.
const firewallEndpointIDs = "firewall_status[0].sync_states["
