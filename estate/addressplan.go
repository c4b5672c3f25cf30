package estate

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"

	"hubspoke/internal/subnet"
)

// attachmentPrefix is the size that AWS recommends for attachment subnets:
// https://docs.aws.amazon.com/vpc/latest/tgw/tgw-best-design-practices.html
const attachmentPrefix = 28

// The sizes that a VPC, and a private subnet with its reserved addresses, can
// have, as prefix lengths:
// https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
const (
	minVPC     = 16
	maxVPC     = 28
	maxPrivate = 26
)

// reservedPerSubnet is the number of addresses that AWS keeps in every subnet:
// https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
const reservedPerSubnet = 5

// Slot is the place of one tier in one zone of a VPC, whether or not the VPC
// uses that zone.
type Slot struct {
	// VPC is the name of the VPC's account.
	VPC string `json:"vpc"`
	// Tier is the kind of subnet.
	Tier subnet.Tier `json:"tier"`
	// Zone is the zone id.
	Zone string `json:"zone"`
	// CIDR is the subnet's address range.
	CIDR netip.Prefix `json:"cidr"`
	// Hosts is the number of addresses that AWS leaves to use.
	Hosts int `json:"hosts"`
	// Used says that the subnet is made; otherwise its range is kept free.
	Used bool `json:"used"`
	// Existing is the id of a subnet that is there already. Its range is not known before a plan: CIDR is invalid.
	Existing string `json:"existing,omitempty"`
}

// AddressPlan returns every slot of a VPC, used or reserved, in the order of
// their addresses.
//
// The VPC is cut into blocks of the private prefix length. The first block holds
// the small tiers, each with eight slots one behind the other, so that every zone
// that a region may ever have finds room; the following blocks are the private
// slots. A slot is found from the VPC's range, the prefix lengths and the zone
// alone: what else the VPC uses moves nothing.
//
// Subnets that the network names one by one take the place of all that: they are
// the plan, and all of them are used.
//
// A zone of the estate without room is an error, whether or not the VPC uses it;
// other zones of the region have slots as far as there is room. The network's
// range and prefix lengths must be valid on their own.
func (e *Estate) AddressPlan(vpc string, n Network) ([]Slot, error) {
	if n.Explicit() {
		return e.namedSubnets(vpc, n), nil
	}
	blocks, err := n.blocks()
	if err != nil {
		return nil, err
	}
	used := e.UsedZones(n)
	var plan []Slot
	for i, zone := range regionZones[e.Region] {
		for _, b := range blocks {
			cidr, ok := nth(b.start, b.prefixLength, i)
			if !ok || !n.CIDR.Contains(cidr.Addr()) {
				if slices.Contains(e.Zones, zone) {
					return nil, fmt.Errorf("there is no room for the %s /%d of zone %s", b.tier, b.prefixLength, zone)
				}
				continue
			}
			plan = append(plan, Slot{
				VPC: vpc, Tier: b.tier, Zone: zone, CIDR: cidr,
				Hosts: 1<<(32-b.prefixLength) - reservedPerSubnet,
				Used:  slices.Contains(used, zone) && (b.tier != subnet.Database || n.DatabaseSubnets) && (b.tier != subnet.Public || !n.PrivateOnly),
			})
		}
	}
	slices.SortFunc(plan, func(a, b Slot) int { return a.CIDR.Addr().Compare(b.CIDR.Addr()) })
	return plan, nil
}

// Subnets returns the used slots of one tier, in the order of zones.
func Subnets(plan []Slot, tier subnet.Tier) []Slot {
	var subnets []Slot
	for _, s := range plan {
		if s.Tier == tier && s.Used {
			subnets = append(subnets, s)
		}
	}
	return subnets
}

// block is where the slots of one tier begin.
type block struct {
	tier         subnet.Tier
	start        netip.Addr
	prefixLength int
}

// blocks lays out a VPC. New tiers go to the end of small, because a tier's
// place is found from those before it.
func (n Network) blocks() ([]block, error) {
	small := []block{
		{tier: subnet.Public, prefixLength: n.PrefixLengths.Public},
		{tier: subnet.Database, prefixLength: n.PrefixLengths.Database},
		{tier: subnet.Attachment, prefixLength: attachmentPrefix},
	}
	private := block{tier: subnet.Private, prefixLength: n.PrefixLengths.Private}
	for _, b := range append(slices.Clone(small), private) {
		if b.prefixLength < n.CIDR.Bits() {
			return nil, fmt.Errorf("a %s /%d does not fit", b.tier, b.prefixLength)
		}
	}
	first := netip.PrefixFrom(n.CIDR.Addr(), private.prefixLength)
	next := first.Addr()
	for i := range small {
		size := small[i].prefixLength - slotBits
		next = alignUp(next, size)
		small[i].start = next
		if !first.Contains(next) || !first.Contains(last(netip.PrefixFrom(next, size))) {
			return nil, fmt.Errorf("the first private /%d, which holds %d slots of each small tier, has no room for the %s /%d",
				private.prefixLength, maxZones, small[i].tier, small[i].prefixLength)
		}
		next = last(netip.PrefixFrom(next, size)).Next()
	}
	private.start = last(first).Next()
	return append(small, private), nil
}

// LargestSubnets are the prefix lengths with which a VPC of that range has room for
// all the estate's zones, those with the largest private subnets; false if there are
// none.
func (e *Estate) LargestSubnets(cidr netip.Prefix) (PrefixLengths, bool) {
	const shortest, longest = 24, 28
	for private := cidr.Bits() + 1; private <= maxPrivate; private++ {
		for small := shortest; small <= longest; small++ {
			lengths := PrefixLengths{Public: small, Private: private, Database: small}
			if _, err := e.AddressPlan("", Network{CIDR: cidr, PrefixLengths: lengths}); err == nil {
				return lengths, true
			}
		}
	}
	return PrefixLengths{}, false
}

// fitting says with which prefix lengths the VPC would have room for its tiers:
// those with the largest private subnets, or those of the smallest VPC that has
// any.
func (e *Estate) fitting(n Network) string {
	for bits := n.CIDR.Bits(); bits >= minVPC; bits-- {
		l, ok := e.LargestSubnets(netip.PrefixFrom(n.CIDR.Addr(), bits).Masked())
		if !ok {
			continue
		}
		lengths := fmt.Sprintf("prefix_lengths of public: %d, private: %d, database: %d would fit", l.Public, l.Private, l.Database)
		if bits < n.CIDR.Bits() {
			return fmt.Sprintf("it takes a /%d, where %s", bits, lengths)
		}
		return lengths
	}
	return "no VPC has room for so many zones"
}

// nth returns the i-th range of that prefix length, counted from start; false
// if the address space ends before it.
func nth(start netip.Addr, prefixLength, i int) (netip.Prefix, bool) {
	n := uint64(number(start)) + uint64(i)<<(32-prefixLength)
	return netip.PrefixFrom(address(uint32(n)), prefixLength), n <= 0xffffffff
}

// The addresses of a private subnet that are given to things by hand. They lie
// in the subnet's second /28, which is reserved so that AWS hands none of them
// out by itself.
const (
	fixedBlock       = 16
	fixedBlockPrefix = 28
	inboundHost      = 20
	probeHost        = 21
)

// FixedAddresses is the part of a private subnet whose addresses are given by
// hand:
// https://docs.aws.amazon.com/vpc/latest/userguide/subnet-cidr-reservation.html
func FixedAddresses(subnet netip.Prefix) netip.Prefix {
	return netip.PrefixFrom(host(subnet, fixedBlock), fixedBlockPrefix)
}

// InboundAddress is the inbound resolver endpoint's address in a private subnet
// of the hub.
func InboundAddress(subnet netip.Prefix) netip.Addr { return host(subnet, inboundHost) }

// ProbeAddress is the probe's address in a private subnet.
func ProbeAddress(subnet netip.Prefix) netip.Addr { return host(subnet, probeHost) }

// host returns the i-th address of a subnet, counted from its first.
func host(subnet netip.Prefix, i int) netip.Addr {
	return address(number(subnet.Addr()) + uint32(i))
}

// last is the highest address of a range.
func last(p netip.Prefix) netip.Addr {
	return address(number(p.Addr()) | uint32(1<<(32-p.Bits())-1))
}

// alignUp is the lowest address from a on at which a range of that prefix length
// can begin.
func alignUp(a netip.Addr, prefixLength int) netip.Addr {
	p := netip.PrefixFrom(a, prefixLength).Masked()
	if p.Addr() == a {
		return a
	}
	return last(p).Next()
}

func number(a netip.Addr) uint32 { b := a.As4(); return binary.BigEndian.Uint32(b[:]) }

func address(n uint32) netip.Addr {
	var b [4]byte
	binary.BigEndian.PutUint32(b[:], n)
	return netip.AddrFrom4(b)
}
