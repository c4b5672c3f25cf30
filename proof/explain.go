package proof

import (
	"strings"

	"hubspoke/proof/config"
	"hubspoke/proof/packet"
	"hubspoke/proof/reach"
)

// delivered explains packets that arrive, by the first way that some of them take.
func (c *Case) delivered(answer *reach.Result, packets packet.Set, says string) {
	c.Answer, c.Packets = says, text(packets)
	for _, path := range answer.Paths() {
		if path.Packets.Intersect(packets).Empty() {
			continue
		}
		c.Path, c.Return = hops(path.Forward), hops(path.Return)
		if path.Answered.Empty() {
			c.Answer += ", though nothing comes back"
		}
		return
	}
}

// stopped explains packets that do not arrive, or are not answered, by the first
// hop that decides.
func (c *Case) stopped(answer *reach.Result) {
	blocks := answer.Blocked()
	if len(blocks) == 0 {
		c.Answer = "there are no packets between the two"
		return
	}
	c.by(blocks[0])
	if blocks[0].Return {
		c.Answer = "it arrives, but the answer is stopped: " + blocks[0].Reason
	} else {
		c.Answer = "stopped: " + blocks[0].Reason
	}
}

// undecided explains packets of which the model cannot tell.
func (c *Case) undecided(answer *reach.Result) {
	c.Answer = "cannot be told"
	if blocks := answer.Unproven(); len(blocks) > 0 {
		c.by(blocks[0])
		c.Answer += ": " + blocks[0].Reason
	}
}

func (c *Case) by(b reach.Block) {
	c.Packets = text(b.Packets)
	if b.Return {
		c.Return = hops(b.Path)
	} else {
		c.Path = hops(b.Path)
	}
}

// text names packets. The ports that senders open connections from are left out
// unless they matter.
func text(packets packet.Set) string {
	var boxes []packet.Box
	for _, b := range packets {
		if ports := b[packet.SourcePort]; ports.Low <= 32768 && ports.High == packet.Ports.High {
			b[packet.SourcePort] = packet.Ports
		}
		boxes = append(boxes, b)
	}
	return packet.Of(boxes...).String()
}

// hops are the stages of a way, each with what makes it so.
func hops(path []reach.Hop) []Step {
	var steps []Step
	for _, h := range path {
		steps = append(steps, Step{Text: h.Text, Resource: resources(h.Resource, h.Rule)})
	}
	return steps
}

// resources names what a packet meets, and what decides in it.
func resources(met, decides *config.Resource) string {
	var names []string
	for _, r := range []*config.Resource{met, decides} {
		if r != nil && (len(names) == 0 || names[0] != r.String()) {
			names = append(names, r.String())
		}
	}
	return strings.Join(names, ", ")
}
