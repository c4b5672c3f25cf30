package estate

import (
	"net/netip"
	"slices"

	"hubspoke/internal/subnet"
)

// Explicit says that the network names its subnets one by one, by range or by id.
// Otherwise they follow from the slots of the address plan.
func (n Network) Explicit() bool {
	return n.Existing != nil || len(n.Subnets.Private)+len(n.Subnets.Database)+len(n.Subnets.Public)+len(n.Subnets.Attachment) > 0
}

// ranges are the subnets of a tier that the network names by range, by zone.
func (n Network) ranges(tier subnet.Tier) map[string]netip.Prefix {
	switch tier {
	case subnet.Public:
		return n.Subnets.Public
	case subnet.Private:
		return n.Subnets.Private
	case subnet.Database:
		return n.Subnets.Database
	}
	return n.Subnets.Attachment
}

// ids are the subnets of a tier that are there already, by zone.
func (n Network) ids(tier subnet.Tier) map[string]string {
	switch {
	case n.Existing == nil:
		return nil
	case tier == subnet.Private:
		return n.Existing.PrivateSubnetIDs
	case tier == subnet.Database:
		return n.Existing.DatabaseSubnetIDs
	}
	return nil
}

// zones are those in which the network names a subnet of a tier, sorted by id.
func (n Network) zones(tier subnet.Tier) []string {
	zones := append(sortedKeys(n.ranges(tier)), sortedKeys(n.ids(tier))...)
	slices.Sort(zones)
	return slices.Compact(zones)
}

func (n Network) privateZones() []string { return n.zones(subnet.Private) }

// namedSubnets are the subnets that the network names, by tier and zone: ranges that
// somebody chose have no order, and some are not known.
func (e *Estate) namedSubnets(vpc string, n Network) []Slot {
	var plan []Slot
	for _, tier := range subnet.Tiers() {
		for _, zone := range e.zonesBySlot() {
			if cidr, ok := n.ranges(tier)[zone]; ok {
				plan = append(plan, Slot{VPC: vpc, Tier: tier, Zone: zone, CIDR: cidr, Hosts: hosts(cidr), Used: true})
			} else if id, ok := n.ids(tier)[zone]; ok {
				plan = append(plan, Slot{VPC: vpc, Tier: tier, Zone: zone, Existing: id, Used: true})
			}
		}
	}
	return plan
}

// hosts is the number of addresses that AWS leaves to use in a subnet; 0 if there is
// no such subnet.
func hosts(subnet netip.Prefix) int {
	if !subnet.IsValid() || !subnet.Addr().Is4() {
		return 0
	}
	return max(0, 1<<(32-subnet.Bits())-reservedPerSubnet)
}

// Given are the ids of those subnets of a tier that were there before the estate, in
// the order of their zones, and whether they are all that the tier has.
func (e *Estate) Given(account string, tier subnet.Tier) (ids []string, all bool) {
	subnets := Subnets(e.Plan(account), tier)
	for _, s := range subnets {
		if s.Existing != "" {
			ids = append(ids, s.Existing)
		}
	}
	return ids, len(ids) == len(subnets)
}

// Ranges are the address ranges of a tier's subnets. Where one of them is known
// only when AWS is asked, it is the whole VPC's; none if the tier has no subnets.
func (e *Estate) Ranges(account string, tier subnet.Tier) []netip.Prefix {
	var ranges []netip.Prefix
	for _, s := range Subnets(e.Plan(account), tier) {
		if s.Existing != "" {
			return []netip.Prefix{e.Network(account).CIDR}
		}
		ranges = append(ranges, s.CIDR)
	}
	return ranges
}
