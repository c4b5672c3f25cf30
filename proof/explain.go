package proof

import (
	"fmt"
	"slices"
	"strings"

	"hubspoke/proof/config"
	"hubspoke/proof/network"
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
	c.Answer += narrow(blocks[0])
}

// narrow says of packets to a private address that go to the internet that no route but the
// default one took them: the one that is meant is missing, or is for a part of the range.
func narrow(b reach.Block) string {
	to := packet.Destination
	if b.Return {
		to = packet.Source
	}
	public := func(box packet.Box) bool { return slices.ContainsFunc(network.Internet, box[to].Overlaps) }
	out := func(h reach.Hop) bool { return h.Kind == reach.NATHop || h.Kind == reach.InternetGatewayHop }
	if slices.ContainsFunc(b.Packets, public) || !slices.ContainsFunc(b.Path, out) {
		return ""
	}
	at := slices.IndexFunc(b.Path, func(h reach.Hop) bool { return h.Kind == reach.RouteTableHop })
	if at < 0 || !strings.HasSuffix(b.Path[at].Text, "route 0.0.0.0/0") {
		return ""
	}
	return fmt.Sprintf("; no route of %s but the one to 0.0.0.0/0 takes it: the route that is meant is missing, or for too small a range", b.Path[at].Resource)
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
