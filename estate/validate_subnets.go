package estate

import (
	"net/netip"
	"slices"

	"hubspoke/estate/internal/ipv4"
	"hubspoke/internal/subnet"
	"hubspoke/internal/yamldoc"
)

// validateSubnets checks subnets that a network names one by one.
func (e *Estate) validateSubnets(v vpc) {
	n, d := v.network, v.doc
	for _, key := range []string{"az_count", "database_subnets", "prefix_lengths"} {
		if at := yamldoc.Child("network", key); d.Has(at) {
			d.Errorf(at, "this shapes the slots of the address plan, and here every subnet is named: leave it out")
		}
	}
	seen := &namedRanges{}
	for _, tier := range subnet.Tiers() {
		for _, zone := range sortedKeys(n.ranges(tier)) {
			at := yamldoc.Child(yamldoc.Child("network.subnets", string(tier)), zone)
			e.validateSubnetZone(d, at, zone)
			validateSubnetRange(d, at, n.CIDR, tier, n.ranges(tier)[zone], seen)
			if _, ok := n.ids(tier)[zone]; ok {
				d.Errorf(at, "the subnet is there already, as network.existing.%s_subnet_ids says: name its id or a range, not both", tier)
			}
		}
	}
	e.validateTiers(v)
}

// validateTiers checks that the named subnets are those that the network needs.
func (e *Estate) validateTiers(v vpc) {
	n, d := v.network, v.doc
	private := n.privateZones()
	if d.Incomplete("network.subnets") || d.Incomplete("network.existing") {
		return
	}
	switch {
	case len(private) == 0 && n.Existing != nil:
		d.Errorf("network.existing", "what is free in a VPC that is there already is not known here: name network.existing.private_subnet_ids, or ranges under network.subnets.private")
	case len(private) == 0:
		d.Errorf("network.subnets", "name a private subnet: nodes, endpoints and all else that works is in those")
	case len(private) == 1 && !n.PrivateOnly:
		d.Errorf("network.subnets.private", "one zone is no availability, and EKS and RDS subnet groups need two: name a subnet in a second zone")
	}
	if n.PrivateOnly && len(n.Subnets.Public) > 0 {
		d.Errorf("network.subnets.public", "a private-only network has no public subnets: leave them out, or private_only")
	} else if !n.PrivateOnly && len(n.Subnets.Public) == 0 {
		d.Errorf("network", "name network.subnets.public for load balancers and NAT gateways, or set private_only: true if there shall be no way to the internet")
	}
	e.validateGatewaySubnets(v)
}

// validateGatewaySubnets checks the subnets that gateways are in: NAT gateways in
// public ones, the transit gateway in attachment subnets of every zone.
func (e *Estate) validateGatewaySubnets(v vpc) {
	n, d, zones := v.network, v.doc, e.UsedZones(v.network)
	for i, zone := range zones {
		_, public := n.Subnets.Public[zone]
		if !public && len(n.Subnets.Public) > 0 && (n.NAT == NATOnePerAZ || n.NAT == NATSingle && i == 0) {
			d.Errorf("network.subnets.public", "zone %s has no public subnet for its NAT gateway: name one, or set nat: none", zone)
		}
		if _, ok := n.Subnets.Attachment[zone]; !ok && e.HasHubNetwork() {
			d.Errorf("network.subnets", "zone %s has no attachment subnet for the transit gateway: name a /28 under attachment", zone)
		}
	}
	if len(n.Subnets.Attachment) > 0 && !e.HasHubNetwork() {
		d.Errorf("network.subnets.attachment", "these are for the hub's transit gateway, and the hub has no network: leave them out")
	}
}

func (e *Estate) validateSubnetZone(d *yamldoc.Document, at, zone string) {
	if !e.settings.Incomplete("zones") && !slices.Contains(e.Zones, zone) {
		d.Errorf(at, "%q is not one of the zones in estate.yaml: %s", zone, join(e.Zones))
	}
}

// namedRanges are the ranges of a VPC that have been named so far, with where.
type namedRanges struct {
	ranges []netip.Prefix
	paths  []string
}

func validateSubnetRange(d *yamldoc.Document, at string, vpc netip.Prefix, tier subnet.Tier, p netip.Prefix, seen *namedRanges) {
	if !validateCIDR(d, at, p) {
		return
	}
	longest := maxVPC
	if tier == subnet.Private {
		// A private subnet has a /28 of addresses that are given by hand.
		longest = maxPrivate
	}
	switch {
	case p.Bits() < minVPC || p.Bits() > longest:
		d.Errorf(at, "/%d is not a subnet size from /%d to /%d", p.Bits(), minVPC, longest)
	case !ipv4.Inside(p, []netip.Prefix{vpc}):
		d.Errorf(at, "%s lies outside the VPC's range, network.cidr (%s)", p, vpc)
	}
	for i, other := range seen.ranges {
		if p.Overlaps(other) {
			d.Errorf(at, "%s overlaps %s (%s)", p, seen.paths[i], other)
		}
	}
	seen.ranges, seen.paths = append(seen.ranges, p), append(seen.paths, at)
}

// validateExisting checks what is said of a VPC that is there already.
func (e *Estate) validateExisting(s *Spoke) {
	d, x, at := e.spokes[s.Name], s.Network.Existing, "network.existing"
	if x == nil {
		return
	}
	if e.HasHubNetwork() {
		d.Errorf(at, "a VPC that is there already is never changed, and joining the hub's network changes its routes and DHCP options: make a new one")
	}
	if !s.Network.PrivateOnly {
		d.Errorf(at, "ways to the internet are the VPC's own, and not made here: set private_only: true")
	}
	seen := map[string]string{}
	for _, tier := range []subnet.Tier{subnet.Private, subnet.Database} {
		list := yamldoc.Child(at, string(tier)+"_subnet_ids")
		for _, zone := range sortedKeys(s.Network.ids(tier)) {
			at, id := yamldoc.Child(list, zone), s.Network.ids(tier)[zone]
			e.validateSubnetZone(d, at, zone)
			if other, ok := seen[id]; ok {
				d.Errorf(at, "%s is %s already", id, other)
			}
			seen[id] = at
		}
	}
	if len(x.PrivateSubnetIDs) > 0 && len(x.PrivateRouteTableIDs) == 0 && e.HasOwnEndpoints(s.Name) && !d.Incomplete(at) {
		d.Errorf(at, "name the route tables of the private subnets under private_route_table_ids: the endpoint of S3 is a route in them, without which no image can be pulled")
	}
	if s.Probe {
		d.Errorf("probe", "the probe has a fixed address that its subnet reserves, which a VPC that is there already may have given away")
	}
}

// validateRoutes checks the routes to networks beyond the VPC.
func (e *Estate) validateRoutes(s *Spoke) {
	d, n := e.spokes[s.Name], s.Network
	for _, name := range sortedKeys(n.Routes) {
		at, r := yamldoc.Child("network.routes", name), n.Routes[name]
		_, account := e.Accounts[name]
		if account || name == "internet" {
			d.Errorf(at, "the estate has a route of that name itself: choose another one")
		}
		if !validateCIDR(d, yamldoc.Child(at, "cidr"), r.CIDR) {
			continue
		}
		if n.CIDR.IsValid() && r.CIDR.Overlaps(n.CIDR) {
			d.Errorf(yamldoc.Child(at, "cidr"), "%s overlaps the VPC's own range (%s)", r.CIDR, n.CIDR)
		}
		for _, other := range sortedKeys(n.Routes) {
			if other < name && n.Routes[other].CIDR == r.CIDR {
				d.Errorf(yamldoc.Child(at, "cidr"), "%s is where %s leads already", r.CIDR, other)
			}
		}
	}
	if len(n.Routes) > 0 && n.Existing != nil && len(n.Subnets.Private) == 0 {
		d.Errorf("network.routes", "the route tables of subnets that are there already are not changed: write these routes where the tables are made")
	}
}
