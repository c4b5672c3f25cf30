package intent

import (
	"slices"
	"strings"
)

// Without is what a promise says of the other parties, where some are not there yet. It is
// not ok if that is nothing, because all senders or all receivers are among them.
func (i Intent) Without(gone func(party string) bool) (rest Intent, ok bool) {
	var left []Parties // of which each has to have somebody
	of := func(parties Parties) Parties {
		parties = slices.DeleteFunc(slices.Clone(parties), gone)
		left = append(left, parties)
		return parties
	}
	except := func(parties Parties) Parties { return slices.DeleteFunc(slices.Clone(parties), gone) }
	for _, flow := range []**Flow{&i.Deny, &i.Allow, &i.Only} {
		if *flow != nil {
			f := **flow
			f.From, f.To, f.FromExcept, f.ToExcept = of(f.From), of(f.To), except(f.FromExcept), except(f.ToExcept)
			*flow = &f
		}
	}
	if i.Resolve != nil {
		r := *i.Resolve
		r.From, r.FromExcept = of(r.From), except(r.FromExcept)
		if r.To != "nothing" && !strings.HasPrefix(r.To, "zone ") {
			of(Parties{r.To})
		}
		i.Resolve = &r
	}
	if i.Closed != nil {
		c := *i.Closed
		c.For, c.ForExcept = of(c.For), except(c.ForExcept)
		i.Closed = &c
	}
	if i.Egress != nil {
		g := *i.Egress
		g.For, g.ForExcept = of(g.For), except(g.ForExcept)
		i.Egress = &g
	}
	return i, !slices.ContainsFunc(left, func(parties Parties) bool { return len(parties) == 0 })
}
