package compare

import (
	"fmt"
	"maps"
	"slices"

	"hubspoke/internal/replacement"
)

// protected are the changes that AWS refuses as long as an argument of the resource itself
// forbids them. Terraform plans them all the same, and fails in the middle of an apply.
func (c *comparison) protected(name string) []Finding {
	var findings []Finding
	for _, a := range slices.Sorted(maps.Keys(c.was[name].resources)) {
		old := c.was[name].resources[a]
		now, stays := c.is[name].resources[a]
		p := replacement.Protections(old.Type)
		switch {
		case p.Deletion != "" && (!stays && !c.is[name].forgotten()[a] || c.replaced[name][a] != nil) && old.Body[p.Deletion] == true:
			findings = append(findings, Finding{Kind: Stopped, Stack: name, Address: a,
				Why:    fmt.Sprintf("AWS deletes it only once %s is false", p.Deletion),
				Advice: "deploy it with " + p.Off + " before"})
		case stays && p.Change != "" && now.Body[p.Change] == true && text(old.Body[p.Of]) != text(now.Body[p.Of]):
			// The provider sets the protection before it changes what is protected, so that to switch it off in the same apply is enough.
			findings = append(findings, Finding{Kind: Stopped, Stack: name, Address: a,
				Why:    fmt.Sprintf("%s changes, and AWS changes it only while %s is false", p.Of, p.Change),
				Advice: "deploy it with " + p.Off + ", and take that back after"})
		}
	}
	return findings
}

// answered are the stacks that a stack must come after although it makes what they use: it
// leads packets another way, to a transit gateway, and they have the gateway lead answers
// back to its network. Both are deployed already, so that nothing else decides.
func (c *comparison) answered(network string, changed []string) []string {
	if c.was[network] == nil || c.is[network] == nil || !c.leadsToGateway(network) {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(changed), func(link string) bool {
		return link == network || c.was[link] == nil || c.is[link] == nil || !slices.Contains(c.is[link].after, network) ||
			!slices.ContainsFunc(c.made(link), func(a string) bool { return c.is[link].resources[a].Type == propagation })
	})
}

const propagation = "aws_ec2_transit_gateway_route_table_propagation"

// leadsToGateway says that a route of a stack led elsewhere before and leads to a transit
// gateway now.
func (c *comparison) leadsToGateway(name string) bool {
	for a, r := range c.is[name].resources {
		old, was := c.was[name].resources[a]
		if was && r.Type == "aws_route" && r.Body["transit_gateway_id"] != nil && old.Body["transit_gateway_id"] == nil {
			return true
		}
	}
	return false
}
