package packet

// Overlaps says whether a number is in both ranges.
func (r Range) Overlaps(s Range) bool {
	_, ok := r.intersect(s)
	return ok
}

// Common is the numbers in both lists of ranges.
func Common(a, b []Range) []Range {
	var both []Range
	for _, r := range a {
		for _, s := range b {
			if t, ok := r.intersect(s); ok {
				both = append(both, t)
			}
		}
	}
	return both
}

// Without is the numbers of the ranges that are not in gone.
func Without(ranges []Range, gone Range) []Range {
	var left []Range
	for _, r := range ranges {
		if !r.Overlaps(gone) {
			left = append(left, r)
			continue
		}
		if r.Low < gone.Low {
			left = append(left, Range{Low: r.Low, High: gone.Low - 1})
		}
		if gone.High < r.High {
			left = append(left, Range{Low: gone.High + 1, High: r.High})
		}
	}
	return left
}
