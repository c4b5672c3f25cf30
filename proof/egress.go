package proof

import (
	"fmt"
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
	answer := p.analysis.AskWays(reach.Query{From: from.Place, To: to.Place, SourcePorts: packet.Ports})
	if past := without(answer, via); past != nil {
		return Case{Status: Violated, explain: func(c *Case) { c.past(past, answer.Forward) }}
	}
	switch {
	case !answer.Unknown.Empty():
		return Case{Status: Unproven, explain: func(c *Case) { c.undecided(answer) }}
	case answer.Forward.Empty():
		return Case{Status: Proven, explain: func(c *Case) { c.stopped(answer) }}
	}
	return Case{Status: Proven, explain: func(c *Case) { c.delivered(answer, answer.Forward, "it passes") }}
}
