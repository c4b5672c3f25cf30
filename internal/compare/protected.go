package compare

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"hubspoke/internal/replacement"
)

// protected are the changes that AWS refuses as long as an argument of the resource itself
// forbids them. Terraform plans them all the same, and fails in the middle of an apply.
func (c *comparison) protected(name string) []Finding {
	findings := c.heldByVPNs(name)
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

// undeletable are the resources of a stack that is gone which AWS deletes only once an
// argument of theirs says so.
func (c *comparison) undeletable(name string) []Finding {
	var findings []Finding
	for _, a := range slices.Sorted(maps.Keys(c.was[name].resources)) {
		r := c.was[name].resources[a]
		if p := replacement.Protections(r.Type); p.Deletion != "" && r.Body[p.Deletion] == true {
			findings = append(findings, Finding{Kind: Stopped, Stack: name, Address: a,
				Why:    fmt.Sprintf("AWS deletes it only once %s is false", p.Deletion),
				Advice: "deploy it with " + p.Off + " before"})
		}
	}
	return findings
}

// heldByVPNs are changes of a transit gateway that AWS refuses while it has attachments of
// VPNs or of Direct Connect.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyTransitGatewayOptions.html
func (c *comparison) heldByVPNs(name string) []Finding {
	var findings []Finding
	for _, a := range slices.Sorted(maps.Keys(c.was[name].resources)) {
		old, now := c.was[name].resources[a], c.is[name].resources[a]
		if old.Type != "aws_ec2_transit_gateway" || now.Body == nil || text(old.Body["amazon_side_asn"]) == text(now.Body["amazon_side_asn"]) {
			continue
		}
		for _, other := range slices.Sorted(maps.Keys(c.was)) {
			if c.was[other].has("aws_vpn_connection", "aws_dx_gateway_association") {
				findings = append(findings, Finding{Kind: Stopped, Stack: name, Address: a,
					Why:    "amazon_side_asn changes, and AWS changes it only while no VPN and no Direct Connect gateway is attached, as " + other + " has them",
					Advice: "put it back, or take these out before"})
				break
			}
		}
	}
	return findings
}

// has says that a stack makes a resource of one of some types.
func (s *stack) has(types ...string) bool {
	for _, r := range s.resources {
		if slices.Contains(types, r.Type) {
			return true
		}
	}
	return false
}

// held are the resources that Terraform would delete before it changes others, which name them
// and stay. AWS refuses that. Those with create_before_destroy go last: Terraform has that from
// the state if they are gone, and from their block if they are replaced.
// https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle#create_before_destroy
func (c *comparison) held(name string) []Finding {
	var findings []Finding
	for _, a := range slices.Sorted(maps.Keys(c.was[name].resources)) {
		old := c.was[name].resources[a]
		now, stays := c.is[name].resources[a]
		hold := replacement.Holds(old.Type)
		var goes bool
		if stays {
			goes = c.replaced[name][a] != nil && lifecycle(now.Body, "create_before_destroy") != true
		} else {
			goes = c.deletes(name, a) && lifecycle(old.Body, "create_before_destroy") != true
		}
		if !goes || len(hold.By) == 0 {
			continue
		}
		if by := c.holders(name, a, hold.By); len(by) > 0 {
			findings = append(findings, Finding{Kind: Held, Stack: name, Address: a, Advice: hold.Instead,
				Why: fmt.Sprintf("AWS deletes it once nothing names it, and %s does until it is changed, which Terraform does afterwards", strings.Join(by, ", "))})
		}
	}
	return findings
}

// holders are the resources of some types that name one before, and neither go nor are replaced.
func (c *comparison) holders(name, held string, types []string) []string {
	var all []string
	for _, a := range slices.Sorted(maps.Keys(c.was[name].resources)) {
		r := c.was[name].resources[a]
		_, stays := c.is[name].resources[a]
		if stays && c.replaced[name][a] == nil && slices.Contains(types, r.Type) && slices.Contains(c.was[name].references(r.Body), held) {
			all = append(all, a)
		}
	}
	return all
}
