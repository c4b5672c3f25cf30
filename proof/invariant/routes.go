package invariant

import (
	"maps"
	"net/netip"
	"slices"
	"strings"

	"hubspoke/proof/config"
	"hubspoke/proof/network"
	"hubspoke/proof/packet"
)

// What is found here.
var (
	routeNotModelled = catalogue.Add("route-not-modelled",
		"A route leads to what the model does not know, such as a network interface, a local gateway, or a connection "+
			"that no stack here makes and that may lead to several places. Intents about packets that take the route are "+
			"unproven.",
		"If an intent depends on it, lead the route to what a stack here makes. Otherwise look at this way by hand; once "+
			"it is deployed, VPC Reachability Analyzer can.")
	routeToNowhere = catalogue.Add("route-to-nowhere",
		"A route leads to what is not there, or to what does not go on from there: a gateway of another VPC, a target "+
			"that no stack makes, a transit gateway whose route table has no route for the destination or drops it. AWS "+
			"refuses the route, shows it as a blackhole, or drops the packets in silence: clients run into timeouts. A note "+
			"if an attachment that is made elsewhere may announce the destination.",
		"Correct the target. If it is a transit gateway, propagate the attachment that has the destination to the route "+
			"table of the sender's attachment. If nobody needs the way, remove the route.")
	routesInTwoForms = catalogue.Add("routes-in-two-forms",
		"A route table has routes within `aws_route_table` and routes in `aws_route`. Terraform takes the list within for "+
			"complete: each apply removes the routes of the other form, and connections break until the next one.",
		"Write all routes in one form. An empty `route` is a form too: leave the argument out if the routes are "+
			"resources.")
	routeTwice = catalogue.Add("route-twice",
		"A route table, of a VPC or of a transit gateway, has two routes for one destination. AWS takes one of them "+
			"(RouteAlreadyExists) and refuses the other.",
		"Remove one of them. What is meant for a part of the range needs a longer prefix.")
	routeWithoutAttachment = catalogue.Add("route-without-attachment",
		"A route of a VPC leads to a transit gateway to which the VPC is not attached. AWS refuses it "+
			"(InvalidTransitGatewayID.NotFound), even if the gateway is shared with the account.",
		"Attach the VPC (`aws_ec2_transit_gateway_vpc_attachment`), and let the route depend on the attachment; or remove "+
			"the route.")
	zoneWithoutAttachment = catalogue.Add("zone-without-attachment",
		"Subnets of an availability zone have routes to a transit gateway, and the VPC's attachment has no subnet in that "+
			"zone. The gateway is out of reach from there: packets are dropped.",
		"Add a subnet of the zone to `subnet_ids` of the attachment. AWS takes one for each zone, and recommends a /28 "+
			"for it alone.")
	unevenTier = catalogue.Add("uneven-tier",
		"Subnets of one tier, whose resources' names differ in nothing but the zone, have different routes or network "+
			"ACLs, or some have a tag by which controllers choose subnets and others have not. What works in one zone does not in another, which shows when a workload moves there or a zone fails.",
		"Give all zones of the tier the same routes, the same ACL and the same of those tags; each may have its own NAT gateway or firewall "+
			"endpoint. If the subnets are to differ, give them the names of two tiers.")
	natWithoutUse = catalogue.Add("nat-without-use",
		"No route leads to a NAT gateway, which costs by the hour all the same.",
		"Route `0.0.0.0/0` of the private subnets to it, or remove it with its Elastic IP address.")
	natWithoutAddress = catalogue.Add("nat-without-address",
		"A public NAT gateway has no Elastic IP address, or a private one has one. AWS refuses either "+
			"(MissingParameter, InvalidParameter).",
		"Give a public NAT gateway the `allocation_id` of an `aws_eip` of its own; leave it out if `connectivity_type` is "+
			"`private`.")
	addressTwice = catalogue.Add("address-twice",
		"An Elastic IP address is given to two things: NAT gateways, instances, load balancers. AWS refuses the second one "+
			"(Resource.AlreadyAssociated), or takes the address from the first, which is then without a way to the internet.",
		"Make an `aws_eip` for each, and name it in one place.")
	natWithoutInternet = catalogue.Add("nat-without-internet",
		"A public NAT gateway is in a subnet whose route table has no route for `0.0.0.0/0` to an internet gateway. It "+
			"takes packets, and they get no further.",
		"Put it into a public subnet. If it is for other private networks, set `connectivity_type` to `private`.")
)

// checkRoutes checks that every route of a VPC leads somewhere.
func (k *checker) checkRoutes() {
	for _, v := range k.VPCs {
		for _, t := range v.Tables {
			k.checkTable(t)
			for _, r := range t.Routes {
				switch {
				case r.Target.Unknown != "" && r.Target.Unmodelled:
					k.Note(routeNotModelled, about(r.Resource, t.Resource), "%s takes %s out of what is modelled: %s", r.Resource, r.Text, r.Target.Unknown)
				case r.Target.Unknown != "":
					k.Violation(routeToNowhere, about(r.Resource, t.Resource), "%s, to %s, leads nowhere: %s", r.Resource, r.Text, r.Target.Unknown)
				case r.Target.TransitGateway != nil:
					k.checkTransitRoute(v, r)
				case r.Target.Peering != nil && r.Target.Peering.Requester != v && r.Target.Peering.Accepter != v:
					k.Violation(routeToNowhere, about(r.Resource, r.Target.Peering.Resource), "%s leads through %s, which is a peering of other VPCs",
						r.Resource, r.Target.Peering.Resource)
				}
			}
		}
		k.checkZones(v)
	}
}

// checkTable checks that a table has one route for a range, and that its routes are
// written in one of Terraform's forms. The longest prefix decides, so that AWS
// refuses two routes with the same one.
// https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/route_table
func (k *checker) checkTable(t *network.RouteTable) {
	if t.Inline && t.Separate {
		k.Violation(routesInTwoForms, about(t.Resource),
			"%s has routes within it and routes of their own: each apply removes those of the other form; choose one form", t.Resource)
	}
	first := map[any]*network.Route{}
	for _, r := range t.Routes {
		to := destination(r)
		switch other := first[to]; {
		case to == nil:
		case other == nil:
			first[to] = r
		case other.Resource == r.Resource:
			k.Violation(routeTwice, about(r.Resource), "%s has two routes to %s: AWS refuses the second one; remove it", r.Resource, r.Text)
		default:
			k.Violation(routeTwice, about(other.Resource, r.Resource),
				"%s and %s are routes to %s in one table: AWS refuses the second one; remove one of them", other.Resource, r.Resource, r.Text)
		}
	}
}

// destination is what no other route of the table may be for: a range, or a prefix
// list by its id. It is nil where that is not known.
func destination(r *network.Route) any {
	if _, err := netip.ParsePrefix(r.Text); err == nil {
		return r.Text
	}
	if r.Resource.Type != "aws_route" {
		return nil
	}
	switch list := r.Resource.Argument("destination_prefix_list_id").(type) {
	case string, config.Ref:
		return list
	}
	return nil
}

// attachment is the VPC's attachment to the gateway, nil for none.
func attachment(v *network.VPC, g *network.TransitGateway) *network.Attachment {
	for _, a := range g.Attachments {
		if a.VPC == v {
			return a
		}
	}
	return nil
}

// checkTransitRoute checks that the VPC is attached to the gateway that a route
// leads to, and that the gateway delivers some of what the route sends it.
func (k *checker) checkTransitRoute(v *network.VPC, r *network.Route) {
	a := attachment(v, r.Target.TransitGateway)
	if a == nil && len(v.Unknown)+len(r.Target.TransitGateway.Unknown) > 0 {
		return // the attachment may be one that is not understood
	}
	if a == nil {
		k.Violation(routeWithoutAttachment, about(r.Resource, r.Target.TransitGateway.Resource, v.Resource),
			"%s leads to %s, and %s is not attached to it: attach the VPC, or remove the route",
			r.Resource, r.Target.TransitGateway.Resource, v.Resource)
		return
	}
	if a.Table == nil || a.Table.Gateway != a.Gateway || len(a.Table.Unknown)+len(a.Gateway.Unknown) > 0 {
		return
	}
	stopped, delivered := gatewayDelivers(a, r.Destinations)
	if delivered {
		return
	}
	why := "has no route for it"
	if stopped != nil {
		why = "drops it (" + stopped.String() + ")"
	}
	const text = "%s sends %s to the transit gateway, where %s %s: "
	if anotherHas(a, r.Destinations) {
		k.Violation(routeToNowhere, about(r.Resource, tableResource(a.Table), stopped), text+"propagate the attachment that has it there, or remove the route",
			r.Resource, r.Text, tableName(a.Table), why)
		return
	}
	// What announces routes there, such as a Direct Connect gateway, may be made
	// elsewhere.
	k.Note(routeToNowhere, about(r.Resource, tableResource(a.Table), stopped), text+"it leads nowhere unless an attachment that is made elsewhere announces it",
		r.Resource, r.Text, tableName(a.Table), why)
}

// gatewayDelivers says whether the gateway delivers any of what an attachment sends to the
// ranges, and if not, the blackhole that stops it; nil where no route matches.
func gatewayDelivers(from *network.Attachment, to []packet.Range) (stopped *config.Resource, delivered bool) {
	all := entries(from.Table)
	for _, r := range to {
		for _, c := range choose(all, r) {
			switch {
			case c.entry == nil:
			case c.entry.out == nil:
				stopped = c.entry.resource
			case c.entry.out != from:
				return nil, true
			}
		}
	}
	return stopped, false
}

// anotherHas says whether another attachment of the gateway has any of the ranges.
func anotherHas(from *network.Attachment, to []packet.Range) bool {
	return slices.ContainsFunc(from.Gateway.Attachments, func(a *network.Attachment) bool {
		return a != from && slices.ContainsFunc(ranges(a), func(own packet.Range) bool {
			return slices.ContainsFunc(to, own.Overlaps)
		})
	})
}

// checkZones checks that every zone with a subnet whose table leads to a transit
// gateway has a subnet of the attachment: from another zone the gateway cannot be
// reached. https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html
func (k *checker) checkZones(v *network.VPC) {
	for _, s := range v.Subnets {
		for _, r := range s.Table.Routes {
			g := r.Target.TransitGateway
			if g == nil {
				continue
			}
			a := attachment(v, g)
			if a == nil || a.MoreSubnets || slices.ContainsFunc(a.Subnets, func(own *network.Subnet) bool { return own.Zone == s.Zone }) {
				continue
			}
			k.Violation(zoneWithoutAttachment, about(a.Resource, s.Resource),
				"%s has no subnet in the zone %s, from where %s has routes to the gateway: it cannot be reached from there; attach a subnet of the zone",
				a.Resource, s.Zone, s.Resource)
			break
		}
	}
}

// checkTiers checks that the subnets of a tier have the same routes in all zones.
// Which NAT gateway or firewall endpoint a route leads to may differ: there is one
// for each zone.
func (k *checker) checkTiers() {
	for _, v := range k.VPCs {
		tiers := map[string][]*network.Subnet{}
		for _, s := range v.Subnets {
			tiers[s.Tier] = append(tiers[s.Tier], s)
		}
		for _, name := range slices.Sorted(maps.Keys(tiers)) {
			k.checkTier(name, tiers[name])
			k.checkACLsOfTier(name, tiers[name])
			k.checkTagsOfTier(name, tiers[name])
		}
	}
}

func (k *checker) checkTier(tier string, subnets []*network.Subnet) {
	routes := map[string]map[string]*network.Route{} // by what they do, by subnet
	for _, s := range subnets {
		if len(s.Table.Unknown) > 0 {
			return
		}
		for _, r := range s.Table.Routes {
			does := span(r) + " to " + kind(r.Target)
			if routes[does] == nil {
				routes[does] = map[string]*network.Route{}
			}
			routes[does][s.Resource.String()] = r
		}
	}
	for _, does := range slices.Sorted(maps.Keys(routes)) {
		var lacking []*network.Subnet
		var example *network.Route
		for _, s := range subnets {
			if r := routes[does][s.Resource.String()]; r != nil {
				example = r
			} else {
				lacking = append(lacking, s)
			}
		}
		lacking = slices.DeleteFunc(lacking, func(s *network.Subnet) bool { return mayDo(s.Table, example) })
		if len(lacking) > 0 {
			var without []*config.Resource
			for _, s := range lacking {
				without = append(without, s.Resource)
			}
			k.Violation(unevenTier, append(about(without...), example.Resource),
				"the route for %s (%s) is missing from the table of %s, which is of the same tier (%s): the zones differ; add it, or remove it from all",
				does, example.Resource, names(without), tier)
		}
	}
}

// span is what a route is for, however it is written: a prefix list that holds one range is
// a route for that range.
func span(r *network.Route) string {
	if e := r.Target.Endpoint; len(r.Destinations) != 1 || e != nil && !e.Inspects() {
		return r.Text
	}
	return packet.Between(r.Destinations[0])
}

// mayDo says whether a table may do what another's route does: it has a route for the
// same, and where one of the two leads is not known.
func mayDo(t *network.RouteTable, r *network.Route) bool {
	return slices.ContainsFunc(t.Routes, func(other *network.Route) bool {
		return span(other) == span(r) && (unknown(other.Target) || unknown(r.Target))
	})
}

// unknown says of a target that it may be any: two that go by ids are two.
func unknown(t network.Target) bool { return t.Unmodelled && t.ID == "" }

// checkACLsOfTier checks that one network ACL guards all subnets of a tier.
func (k *checker) checkACLsOfTier(tier string, subnets []*network.Subnet) {
	guard := func(s *network.Subnet) string {
		if s.ACL == nil {
			return "the VPC's default network ACL"
		}
		return s.ACL.Resource.String()
	}
	for _, s := range subnets[1:] {
		if s.ACL != subnets[0].ACL && !unknownACL(s) && !unknownACL(subnets[0]) {
			k.Violation(unevenTier, about(s.Resource, subnets[0].Resource),
				"%s guards %s, but %s guards %s, which is of the same tier (%s): the zones differ; give both the same one",
				guard(s), s.Resource, guard(subnets[0]), subnets[0].Resource, tier)
		}
	}
}

func unknownACL(s *network.Subnet) bool {
	return s.ACL != nil && len(s.ACL.Unknown) > 0 || len(s.VPC.Unknown) > 0
}

// kind says where a route leads, but for what each zone has its own of.
func kind(t network.Target) string {
	switch {
	case t.InternetGateway != nil:
		return "the internet gateway"
	case t.NAT != nil && t.NAT.Public:
		return "a NAT gateway"
	case t.NAT != nil:
		return "a private NAT gateway"
	case t.TransitGateway != nil:
		return t.TransitGateway.Resource.String()
	case t.Peering != nil:
		return t.Peering.Resource.String()
	case t.Endpoint != nil && t.Endpoint.Inspects():
		return "a firewall endpoint"
	case t.Endpoint != nil:
		return t.Endpoint.Resource.String()
	case t.ID != "":
		return t.ID
	case t.OnPremises != nil:
		return t.OnPremises.String()
	case t.Local:
		return "the VPC itself"
	}
	return "what is not known"
}

// checkNATs checks that a public NAT gateway has a way to the internet, and some
// use. https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html
func (k *checker) checkNATs() {
	k.checkAddressUses()
	used := map[*config.Resource]bool{}
	for _, v := range k.VPCs {
		for _, t := range v.Tables {
			for _, r := range t.Routes {
				if n := r.Target.NAT; n != nil {
					used[n.Resource] = true
					if n.Subnet.VPC != v {
						k.Violation(routeToNowhere, about(r.Resource, n.Resource), "%s leads to %s, which is in another VPC", r.Resource, n.Resource)
					}
				}
			}
		}
	}
	for _, r := range k.config.All("aws_nat_gateway") {
		if !used[r] {
			k.Note(natWithoutUse, about(r), "%s is paid for, and no route leads to it", r)
		}
		k.checkNATAddress(r)
		s := k.subnets[ref(r, "subnet_id")]
		if s == nil || r.Argument("connectivity_type") == "private" || len(s.Table.Unknown) > 0 || mayTake(s.Table, []packet.Range{packet.Addresses}) {
			continue
		}
		if !outward(s.Table) {
			k.Violation(natWithoutInternet, about(r, s.Resource, s.Table.Resource),
				"%s is in %s, whose table has no route for 0.0.0.0/0 to an internet gateway: it reaches nothing; put it into a public subnet", r, s.Resource)
		}
	}
}

// outward says whether the routes of a table lead all addresses to an internet gateway, be it
// one for 0.0.0.0/0 or several for its parts.
func outward(t *network.RouteTable) bool {
	left := []packet.Range{packet.Addresses}
	for _, r := range t.Routes {
		if r.Target.InternetGateway == nil {
			continue
		}
		for _, d := range r.Destinations {
			left = packet.Without(left, d)
		}
	}
	return len(left) == 0
}

// checkNATAddress checks that a public NAT gateway has an Elastic IP address, and a private
// one none. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNatGateway.html
func (k *checker) checkNATAddress(r *config.Resource) {
	address := r.Argument("allocation_id")
	private := r.Argument("connectivity_type") == "private"
	switch given := address != nil && address != ""; {
	case private && given:
		k.Violation(natWithoutAddress, about(r), "%s is private, and has an Elastic IP address: AWS refuses it; leave out allocation_id, or make it public", r)
	case !private && !given:
		k.Violation(natWithoutAddress, about(r), "%s is public, and has no Elastic IP address: AWS refuses it; give it an aws_eip as allocation_id", r)
	}
}

// addressUses are the arguments that give an Elastic IP address to something. Lists and
// blocks are looked through.
var addressUses = map[string]string{
	"aws_nat_gateway": "allocation_id", "aws_eip_association": "allocation_id", "aws_lb": "subnet_mapping", "aws_alb": "subnet_mapping",
	"aws_networkfirewall_firewall": "subnet_mapping", "aws_redshift_cluster": "elastic_ip",
}

// checkAddressUses checks that an Elastic IP address is given to one thing: AWS refuses the
// second (Resource.AlreadyAssociated), or takes it from the first.
// https://docs.aws.amazon.com/vpc/latest/userguide/vpc-eips.html
func (k *checker) checkAddressUses() {
	used := map[any]*config.Resource{} // by the resource, or by the id of one that no stack makes
	use := func(address any, by *config.Resource) {
		if first := used[address]; first != nil && first != by {
			k.Violation(addressTwice, about(first, by), "%v is given to %s and to %s: an address belongs to one; give each its own", address, first, by)
		}
		used[address] = by
	}
	for _, s := range k.config.Stacks {
		for _, r := range s.Resources {
			if r.Data {
				continue
			}
			if r.Type == "aws_eip" && (r.Argument("instance") != nil || r.Argument("network_interface") != nil) {
				use(r, r)
			}
			for _, name := range []string{addressUses[r.Type], "secondary_allocation_ids"} {
				if name == "" || name == "secondary_allocation_ids" && r.Type != "aws_nat_gateway" {
					continue
				}
				config.Each(r.Argument(name), func(leaf any) {
					if to, ok := leaf.(config.Ref); ok && to.Resource.Type == "aws_eip" {
						use(to.Resource, r)
					}
					if id, ok := leaf.(string); ok && strings.HasPrefix(id, "eipalloc-") {
						use(id, r)
					}
				})
			}
		}
	}
}
