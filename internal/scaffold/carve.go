package scaffold

import (
	"encoding/binary"
	"math/bits"
	"net/netip"
	"slices"

	"hubspoke/estate"
)

// notForClusters are the zones in which EKS takes no subnets of a cluster:
// https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
var notForClusters = []string{"cac1-az3", "use1-az3", "usw1-az2"}

// zonesOf are the zones of a region that a new estate uses: three of those that take
// clusters, if there are so many, in the order of their slots.
func zonesOf(region string) []string {
	zones := slices.DeleteFunc(estate.RegionZones(region), func(z string) bool { return slices.Contains(notForClusters, z) })
	return zones[:min(3, len(zones))]
}

// The sizes that a VPC of an estate has, as prefix lengths. The largest is AWS's own
// limit: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
const largestVPC, smallestVPC = 16, 28

// carving is how an address space is cut into VPCs of one size.
type carving struct {
	vpcs    []netip.Prefix
	lengths estate.PrefixLengths
}

// carve cuts n VPCs out of an address space, one behind the other: as large as can
// be while as many again would fit, for spokes to come; if that leaves too little for
// the zones, as large as can be. It returns false, and the prefix length of the least
// space in which so many VPCs fit, if there is no room.
func carve(space netip.Prefix, region string, zones []string, n int) (c carving, least int, ok bool) {
	shape := &estate.Estate{Settings: estate.Settings{Region: region, Zones: zones}}
	for _, number := range []int{2 * n, n} {
		length := max(largestVPC, space.Bits()+bits.Len(uint(number-1)))
		if length > smallestVPC {
			continue
		}
		if c.lengths, ok = shape.LargestSubnets(netip.PrefixFrom(space.Addr(), length)); !ok {
			continue
		}
		for i := range n {
			c.vpcs = append(c.vpcs, nth(space.Addr(), length, i))
		}
		return c, 0, true
	}
	smallest := smallestVPC
	for ; smallest > largestVPC; smallest-- {
		if _, fits := shape.LargestSubnets(netip.PrefixFrom(space.Addr(), smallest)); fits {
			break
		}
	}
	return carving{}, smallest - bits.Len(uint(n-1)), false
}

// nth is the i-th range of a size, counted from an address.
func nth(from netip.Addr, length, i int) netip.Prefix {
	return netip.PrefixFrom(address(number(from)+uint32(i)<<(32-length)), length)
}

// free is the first range of a size within the spaces that overlaps none of the taken
// ones; false if there is none.
func free(spaces, taken []netip.Prefix, length int) (netip.Prefix, bool) {
	for _, space := range slices.SortedFunc(slices.Values(spaces), netip.Prefix.Compare) {
		for i := 0; length >= space.Bits() && i < 1<<(length-space.Bits()); i++ {
			p := nth(space.Masked().Addr(), length, i)
			if !slices.ContainsFunc(taken, p.Overlaps) {
				return p, true
			}
		}
	}
	return netip.Prefix{}, false
}

// moved is a range within one VPC as it lies in another VPC of the same size.
func moved(p, from, to netip.Prefix) netip.Prefix {
	return netip.PrefixFrom(address(number(p.Addr())-number(from.Addr())+number(to.Addr())), p.Bits())
}

func number(a netip.Addr) uint32 { b := a.As4(); return binary.BigEndian.Uint32(b[:]) }

func address(n uint32) netip.Addr {
	var b [4]byte
	binary.BigEndian.PutUint32(b[:], n)
	return netip.AddrFrom4(b)
}
