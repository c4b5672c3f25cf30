package reach

import "hubspoke/internal/proof/packet"

// common is the numbers in both lists of ranges.
func common(a, b []packet.Range) []packet.Range {
	var both []packet.Range
	for _, r := range a {
		for _, s := range b {
			if low, high := max(r.Low, s.Low), min(r.High, s.High); low <= high {
				both = append(both, packet.Range{Low: low, High: high})
			}
		}
	}
	return both
}

// without is the numbers of the ranges that are not in gone.
func without(ranges []packet.Range, gone packet.Range) []packet.Range {
	var left []packet.Range
	for _, r := range ranges {
		if r.High < gone.Low || gone.High < r.Low {
			left = append(left, r)
			continue
		}
		if r.Low < gone.Low {
			left = append(left, packet.Range{Low: r.Low, High: gone.Low - 1})
		}
		if gone.High < r.High {
			left = append(left, packet.Range{Low: gone.High + 1, High: r.High})
		}
	}
	return left
}

// to is the packets to any of the ranges, which must not overlap.
func to(ranges []packet.Range) packet.Set {
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
			rest = without(rest, s)
		}
		all = append(all, rest...)
	}
	return all
}
