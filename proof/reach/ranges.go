package reach

import "hubspoke/proof/packet"

// destinedTo is the packets to any of the ranges, which must not overlap.
func destinedTo(ranges []packet.Range) packet.Set {
	set := make(packet.Set, len(ranges))
	for i, r := range ranges {
		set[i] = packet.All.With(packet.Destination, r)
	}
	return set
}

// disjoint is the same numbers in ranges that do not overlap.
func disjoint(ranges []packet.Range) []packet.Range {
	if len(ranges) < 2 {
		return ranges
	}
	var all []packet.Range
	for _, r := range ranges {
		rest := []packet.Range{r}
		for _, s := range all {
			rest = packet.Without(rest, s)
		}
		all = append(all, rest...)
	}
	return all
}
