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

// special are the ranges that no host of the internet has, beside the private ones:
// https://www.iana.org/assignments/iana-ipv4-special-registry/iana-ipv4-special-registry.xhtml
// Those for documentation are not among them: estates under test, and examples, use them.
var special = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"),
	netip.MustParsePrefix("127.0.0.0/8"),
	netip.MustParsePrefix("169.254.0.0/16"),
	netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("224.0.0.0/3"),
}

// Public says that an address may be one of the internet's.
func Public(a netip.Addr) bool {
	one := netip.PrefixFrom(a, a.BitLen())
	return a.Is4() && !Inside(one, PrivateSpace()) && !Inside(one, special)
}
