package intent

import (
	"fmt"
	"slices"
	"strings"

	"hubspoke/internal/yamldoc"
)

// consistent finds promises that are made twice, and such that contradict each other by
// their words: what is allowed between two names and denied between the same two cannot
// both hold. What contradicts itself by what the names stand for is found by the proof.
func (v validator) consistent(all Intents) {
	first := map[string]int{}
	for i, one := range all {
		path := yamldoc.Index("", i)
		words := one.words()
		if earlier, twice := first[words]; twice && words != "" {
			v.document.Errorf(path, "says the same as the promise on line %d", v.document.Line(yamldoc.Index("", earlier)))
			continue
		}
		first[words] = i
		for j, other := range all[:i] {
			if from, to, both := contradict(one, other); both {
				v.document.Errorf(path, "contradicts the promise on line %d: packets from %s to %s may not be stopped and arrive", v.document.Line(yamldoc.Index("", j)), from, to)
				break
			}
		}
	}
}

// words are what an intent says, whatever the order of its lists; "" for one without
// content.
func (i Intent) words() string {
	sorted := func(p Parties) string { return strings.Join(slices.Sorted(slices.Values(p)), ",") }
	flow := func(kind string, f *Flow) string {
		return fmt.Sprint(kind, " ", sorted(f.From), "|", sorted(f.FromExcept), "|", sorted(f.To), "|", sorted(f.ToExcept), "|",
			f.Port, f.protocol(), f.Via, f.By)
	}
	switch {
	case i.Deny != nil:
		return flow("deny", i.Deny)
	case i.Allow != nil:
		return flow("allow", i.Allow)
	case i.Only != nil:
		return flow("only", i.Only)
	case i.Resolve != nil:
		return fmt.Sprint("resolve ", sorted(i.Resolve.From), "|", sorted(i.Resolve.FromExcept), "|", i.Resolve.Name, "|", i.Resolve.To)
	case i.Closed != nil:
		return fmt.Sprint("closed ", sorted(i.Closed.For), "|", sorted(i.Closed.ForExcept), "|", sorted(i.Closed.Services))
	case i.Egress != nil:
		return fmt.Sprint("egress ", sorted(i.Egress.For), "|", sorted(i.Egress.ForExcept), "|", i.Egress.Via)
	case i.May != nil:
		return i.May.words("may")
	case i.Forbid != nil:
		return i.Forbid.words("forbid")
	}
	return ""
}

// protocol is the flow's protocol, with its default.
func (f *Flow) protocol() Protocol {
	switch {
	case f.Protocol != "":
		return f.Protocol
	case len(f.Port) > 0:
		return ProtocolTCP
	}
	return ProtocolAll
}

// contradict says whether one of two intents denies what the other one demands, and
// between which two names. Exceptions may take the names out, so that nothing is said of
// flows that have any.
func contradict(a, b Intent) (from, to string, both bool) {
	denied, demanded := a.Deny, b.demanded()
	if denied == nil {
		denied, demanded = b.Deny, a.demanded()
	}
	if denied == nil || demanded == nil || !denied.meets(demanded) ||
		len(denied.FromExcept)+len(denied.ToExcept)+len(demanded.FromExcept)+len(demanded.ToExcept) > 0 {
		return "", "", false
	}
	for _, from := range denied.From {
		for _, to := range denied.To {
			// Of a place and itself, nothing is asked.
			if from != to && slices.Contains(demanded.From, from) && slices.Contains(demanded.To, to) {
				return from, to, true
			}
		}
	}
	return "", "", false
}

// demanded is the flow that an intent wants to arrive, nil if it wants none to.
func (i Intent) demanded() *Flow {
	if i.Allow != nil {
		return i.Allow
	}
	return i.Only
}

// meets says whether two flows have packets in common, by protocol and port.
func (f *Flow) meets(g *Flow) bool {
	p, q := f.protocol(), g.protocol()
	if p != q && p != ProtocolAll && q != ProtocolAll {
		return false
	}
	if len(f.Port) == 0 || len(g.Port) == 0 {
		return true
	}
	return slices.ContainsFunc(f.Port, func(a PortRange) bool {
		return slices.ContainsFunc(g.Port, func(b PortRange) bool { return a.First <= b.Last && b.First <= a.Last })
	})
}
