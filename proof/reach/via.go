package reach

import "slices"

// Bypass is packets, or their answers, that do not pass what they should.
type Bypass struct {
	// Back says that the packets pass it and their answers do not.
	Back bool
	// Other says that the answers pass another one of the kind, which has not seen the
	// packets: what keeps track of connections drops them.
	Other bool
	// Forward and Return are the ways of an example.
	Forward, Return []Hop
}

// stateful are the kinds of hops that keep track of connections, where the answers must
// meet the same one: https://docs.aws.amazon.com/network-firewall/latest/developerguide/asymmetric-routing.html
// A NAT gateway does too, and gets the answers by its address.
var stateful = []HopKind{FirewallHop}

// Bypassed finds packets of the result that get where they should without passing a hop
// of the kinds, in any way that AWS may choose, and packets whose answers do. Where what
// they pass keeps track of connections, the answers must pass the same one. It is nil if
// there are none.
func (r *Result) Bypassed(kinds ...HopKind) *Bypass {
	for _, d := range r.record().deliveries {
		if by := d.bypassed(kinds); by != nil {
			return by
		}
	}
	return nil
}

func (d delivery) bypassed(kinds []HopKind) *Bypass {
	is := func(s step) bool { return slices.Contains(kinds, s.kind) }
	whole := d.flow.trail.steps()
	if d.entrance != nil {
		whole = append([]step{*d.entrance}, whole...)
	}
	if !slices.ContainsFunc(whole, is) {
		return &Bypass{Forward: d.path().Forward}
	}
	if slices.Contains(kinds, NATHop) || d.unanswered() {
		return nil // each stage's answers end at its NAT gateway
	}
	// The answers choose a way in each stage by itself: they pass it for certain if in
	// some stage all ways do.
	var past *Bypass
	passed := false
	for i, forward := range d.stageSteps() {
		all := len(d.returns[i]) > 0
		for _, back := range d.returns[i] {
			steps := back.steps()
			if !sameChoice(forward, steps) {
				continue
			}
			if !slices.ContainsFunc(steps, is) {
				all = false
				past = &Bypass{Back: true, Forward: d.path().Forward, Return: back.hops()}
			}
			if slices.ContainsFunc(kinds, func(k HopKind) bool { return slices.Contains(stateful, k) }) && !sameInspection(forward, steps) {
				return &Bypass{Back: true, Other: slices.ContainsFunc(steps, is), Forward: d.path().Forward, Return: back.hops()}
			}
		}
		passed = passed || all
	}
	if passed {
		return nil
	}
	return past
}

// unanswered says whether no packet of the delivery needs an answer.
func (d delivery) unanswered() bool {
	return !slices.ContainsFunc(d.returns, func(ways []wayBack) bool { return len(ways) > 0 })
}

// steps are the steps of the answers, with what they come in by.
func (w wayBack) steps() []step {
	steps := w.flow.trail.steps()
	if w.entrance != nil {
		steps = append([]step{*w.entrance}, steps...)
	}
	return steps
}

func (w wayBack) hops() []Hop { return append(entering(w.entrance), w.flow.hops()...) }

// sameInspection says whether a way and the way back pass the same firewall endpoints, in
// reverse.
func sameInspection(forward, back []step) bool {
	there, home := inspections(forward), inspections(back)
	slices.Reverse(home)
	return slices.Equal(there, home)
}

func inspections(steps []step) []gatewayPassed {
	return slices.DeleteFunc(passed(steps), func(g gatewayPassed) bool { return g.firewall == nil || !g.firewall.Inspects() })
}
