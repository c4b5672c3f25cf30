// Package ipv4 is about address ranges of IPv4.
package ipv4

import (
	"net/netip"
	"slices"
)

// PrivateSpace is the private address space of RFC 1918.
func PrivateSpace() []netip.Prefix {
	return []netip.Prefix{
		netip.MustParsePrefix("10.0.0.0/8"),
		netip.MustParsePrefix("172.16.0.0/12"),
		netip.MustParsePrefix("192.168.0.0/16"),
	}
}

// Inside says that one of some ranges holds all of a range.
func Inside(p netip.Prefix, ranges []netip.Prefix) bool {
	return slices.ContainsFunc(ranges, func(r netip.Prefix) bool { return r.Bits() <= p.Bits() && r.Contains(p.Addr()) })
}
