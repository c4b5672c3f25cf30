package compare

import (
	"slices"
	"strings"

	"hubspoke/proof/stackjson"
)

// A network may move from one way to another: from NAT gateways of its own to a transit
// gateway, or back. Nothing of that is an output that one stack writes and another reads,
// and the usual order would leave it without a way for as long as the next stack takes. So
// the stacks that make the new way go before it, and those that take the old one away after.
//
// These are wishes: where they contradict what must be, they are left out.

// The resources by which a transit gateway leads somewhere.
const (
	gatewayRoute = "aws_ec2_transit_gateway_route"
	propagation  = "aws_ec2_transit_gateway_route_table_propagation"
)

// wishes are, for each of the stacks that change, those that should go before it.
func (c *comparison) wishes(changed []string) map[string][]string {
	wishes := map[string][]string{}
	for _, name := range changed {
		joins, leaves := c.moves(name)
		for _, other := range changed {
			switch {
			case other == name:
			case joins && c.was[other] != nil && c.is[other] != nil && (c.propagates(other, name) || c.makes(other, gatewayRoute)):
				wishes[name] = append(wishes[name], other)
			case leaves && (c.drops(other, gatewayRoute, "aws_route") || c.dropsPropagation(other, name)):
				wishes[other] = append(wishes[other], name)
			case c.drops(name, gatewayRoute) && c.makes(other, propagation) && c.was[other] != nil:
				wishes[name] = append(wishes[name], other)
			}
		}
	}
	return wishes
}

// moves says whether routes of a stack that is deployed led elsewhere before and lead to a
// transit gateway now, and whether it is the other way round.
func (c *comparison) moves(name string) (joins, leaves bool) {
	if c.was[name] == nil || c.is[name] == nil {
		return false, false
	}
	for a, now := range c.is[name].resources {
		old, was := c.was[name].resources[a]
		if !was || now.Type != "aws_route" {
			continue
		}
		joins = joins || now.Body["transit_gateway_id"] != nil && old.Body["transit_gateway_id"] == nil
		leaves = leaves || now.Body["transit_gateway_id"] == nil && old.Body["transit_gateway_id"] != nil
	}
	return joins, leaves
}

// propagates says that a stack begins to propagate an attachment of another one.
func (c *comparison) propagates(name, network string) bool {
	return slices.ContainsFunc(c.made(name), func(a string) bool { return isPropagation(c.is[name].resources[a], network) })
}

// dropsPropagation says that a stack propagates an attachment of another one no more.
func (c *comparison) dropsPropagation(name, network string) bool {
	if c.was[name] == nil {
		return false
	}
	for a, r := range c.was[name].resources {
		if isPropagation(r, network) && c.deletes(name, a) {
			return true
		}
	}
	return false
}

func isPropagation(r stackjson.Resource, network string) bool {
	return r.Type == propagation && slices.ContainsFunc(reads(r.Body["transit_gateway_attachment_id"]), func(o output) bool { return o.stack == network })
}

// makes says that a stack which stays makes resources of a type that it did not make before.
func (c *comparison) makes(name, kind string) bool {
	return c.is[name] != nil && slices.ContainsFunc(c.made(name), func(a string) bool { return strings.HasPrefix(a, kind+".") })
}

// drops says that a stack makes resources of some types no more.
func (c *comparison) drops(name string, types ...string) bool {
	if c.was[name] == nil {
		return false
	}
	return slices.ContainsFunc(types, func(kind string) bool {
		for a := range c.was[name].resources {
			if strings.HasPrefix(a, kind+".") && c.deletes(name, a) {
				return true
			}
		}
		return false
	})
}
