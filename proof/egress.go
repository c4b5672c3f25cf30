package proof

import (
	"fmt"
	"slices"
	"strings"

	"hubspoke/proof/intent"
	"hubspoke/proof/packet"
	"hubspoke/proof/reach"
)

// egress proves that whatever reaches the internet passes the waypoints, both ways.
func (p *Proof) egress(e intent.Egress) Result {
	via := make([]string, len(e.Via))
	for i, w := range e.Via {
		via[i] = string(w)
	}
	r := Result{Intent: fmt.Sprintf("egress of %s via %s", but(e.For, e.ForExcept), strings.Join(via, ", ")), Status: Proven}
	from, err := p.meant(e.For, e.ForExcept)
	if err != nil {
		return vacant(r.Intent, err)
	}
	var c collected
	c.collect(from, []place{internetPlace}, func(a, b place) Case { return p.leaves(a, b, e.Via) })
	return c.into(r, "what reaches the internet passes it, and so do the answers")
}

// internetPlace is all of the internet.
var internetPlace = place{Place: reach.Place{Internet: true}, party: "internet"}

// leaves is the case of one place: all of its packets that some choice of AWS lets out,
// from any port and whatever its groups.
func (p *Proof) leaves(from, to place, via []intent.Waypoint) Case {
	answer := p.analysis.Ask(reach.Query{From: from.Place, To: to.Place, SourcePorts: packet.Ports})
	if past, way := detour(answer, via); past != "" {
		return Case{Status: Violated, explain: func(c *Case) {
			c.Answer, c.Packets = "it arrives, but not by "+past, text(way.Packets)
			c.Path, c.Return = hops(way.Forward), hops(way.Return)
		}}
	}
	switch {
	case !answer.Unknown.Empty():
		return Case{Status: Unproven, explain: func(c *Case) { c.undecided(answer) }}
	case answer.Forward.Empty():
		return Case{Status: Proven, explain: func(c *Case) { c.stopped(answer) }}
	}
	return Case{Status: Proven, explain: func(c *Case) { c.delivered(answer, answer.Forward, "it passes") }}
}

// detour is the first waypoint that packets or their answers do not pass, or pass another
// one of where it keeps state, and their way; "" if there is none.
func detour(answer *reach.Result, via []intent.Waypoint) (string, reach.Path) {
	for _, path := range answer.Paths() {
		for _, w := range via {
			there, back := passed(path.Forward, w), passed(path.Return, w)
			slices.Reverse(back)
			switch {
			case len(there) == 0:
				return string(w), path
			case len(path.Return) == 0:
			case len(back) == 0:
				return string(w) + " on the way back", path
			case w == intent.ViaFirewall && !slices.Equal(there, back):
				return "the same " + string(w) + " on the way back, which drops what it has not seen begin", path
			}
		}
	}
	return "", reach.Path{}
}

// passed are the resources by which a way passes a waypoint.
func passed(way []reach.Hop, w intent.Waypoint) []string {
	var names []string
	for _, h := range way {
		if slices.Contains(waypoints[w], h.Kind) {
			names = append(names, resources(h.Resource, nil))
		}
	}
	return names
}
