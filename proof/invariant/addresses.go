package invariant

import (
	"net/netip"
	"slices"

	"hubspoke/proof/config"
	"hubspoke/proof/network"
)

// What is found here.
var (
	overlappingVPCs = catalogue.Add("overlapping-vpcs",
		"Two VPCs that a transit gateway or a peering connects have addresses in common. AWS refuses such a peering; a "+
			"transit gateway has a route to one of the two; and within each VPC the `local` route wins, so that the other "+
			"one's addresses are never reached.",
		"Give one of them another range, while it is empty: a VPC's first range cannot be changed. If both are in use, "+
			"take the connection away, and connect the two services that have to talk by PrivateLink.")
	subnetOutsideVPC = catalogue.Add("subnet-outside-vpc",
		"A subnet's range is not within those of its VPC. AWS refuses it (InvalidSubnet.Range).",
		"Choose a range within the VPC's that no other subnet has, or add a range to the VPC by "+
			"`aws_vpc_ipv4_cidr_block_association`.")
	overlappingSubnets = catalogue.Add("overlapping-subnets",
		"Two subnets of a VPC have addresses in common. AWS refuses the one that is made second (InvalidSubnet.Conflict).",
		"Choose another range for one of them. The range of a subnet that is there cannot be changed: Terraform replaces "+
			"the subnet, which fails while anything is in it.")
	subnetWithoutTable = catalogue.Add("subnet-without-table",
		"A subnet is associated with no route table and uses the VPC's main one, which often has the local route alone. "+
			"Violated if other subnets of the VPC are associated, so that this one was probably forgotten; a note if none is.",
		"Associate the subnet with the table that it is to use (`aws_route_table_association`), even if that is the main "+
			"one.")
)

// checkAddresses checks that VPCs that can talk have addresses of their own, and
// that a VPC's subnets divide its addresses.
func (k *checker) checkAddresses() {
	k.eachPair(func(a, b *network.VPC, by *config.Resource) {
		for _, p := range a.CIDRs {
			for _, q := range b.CIDRs {
				if p.Overlaps(q) {
					k.Violation(overlappingVPCs, about(a.Resource, b.Resource, by),
						"%s (%s) overlaps %s (%s), and %s connects them: a packet could mean either; give one of them another range",
						a.Resource, p, b.Resource, q, by)
				}
			}
		}
	})
	for _, v := range k.VPCs {
		for i, s := range v.Subnets {
			if !within(v.CIDRs, s.CIDR) {
				k.Violation(subnetOutsideVPC, about(s.Resource, v.Resource), "%s (%s) is outside of %s: choose a range within %v",
					s.Resource, s.CIDR, v.Resource, v.CIDRs)
			}
			for _, other := range v.Subnets[:i] {
				if other.CIDR.Overlaps(s.CIDR) {
					k.Violation(overlappingSubnets, about(other.Resource, s.Resource), "%s (%s) overlaps %s (%s): AWS refuses the second one",
						other.Resource, other.CIDR, s.Resource, s.CIDR)
				}
			}
		}
	}
}

func within(ranges []netip.Prefix, p netip.Prefix) bool {
	return slices.ContainsFunc(ranges, func(r netip.Prefix) bool { return r.Bits() <= p.Bits() && r.Contains(p.Addr()) })
}

// eachPair calls visit for every two VPCs that something connects, once for each.
// Two VPCs that a third one reaches through one table count: it could not tell
// them apart.
func (k *checker) eachPair(visit func(a, b *network.VPC, by *config.Resource)) {
	for _, p := range k.Peerings {
		if p.Requester != p.Accepter {
			visit(p.Requester, p.Accepter, p.Resource)
		}
	}
	type pair struct{ a, b *network.VPC }
	seen := map[pair]bool{}
	for _, g := range k.TransitGateways {
		for _, t := range tables(g) {
			reached := reached(t)
			met := slices.Concat(reached, associated(t))
			led := map[*network.Attachment]bool{}
			for _, a := range reached {
				led[a] = true
			}
			for i, x := range met {
				for _, y := range met[:i] {
					a, b := x.VPC, y.VPC
					// Two members of one table that does not reach either cannot talk.
					if a == nil || b == nil || a == b || !led[x] && !led[y] {
						continue
					}
					if seen[pair{a, b}] || seen[pair{b, a}] {
						continue
					}
					seen[pair{a, b}] = true
					visit(b, a, g.Resource)
				}
			}
		}
	}
}

// checkSubnets checks that every subnet says which route table it uses.
// https://docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html
func (k *checker) checkSubnets() {
	explicit := map[*config.Resource]bool{}
	for _, r := range k.config.All("aws_route_table_association") {
		explicit[ref(r, "subnet_id")] = true
	}
	for _, v := range k.VPCs {
		for _, s := range v.Subnets {
			switch {
			case explicit[s.Resource]:
			case s.Table.Resource == nil && len(s.Table.Unknown) > 0: // one that is not understood may be its own
			case slices.ContainsFunc(v.Subnets, func(other *network.Subnet) bool { return explicit[other.Resource] }):
				k.Violation(subnetWithoutTable, about(s.Resource),
					"%s has no route table of its own, while other subnets of the VPC do: it uses the VPC's main table; associate one", s.Resource)
			default:
				k.Note(subnetWithoutTable, about(s.Resource), "%s uses the VPC's main route table: associate one that says so", s.Resource)
			}
		}
	}
}
