package reach

import (
	"hubspoke/proof/config"
	"hubspoke/proof/packet"
)

// Path is a way that packets take, with all hops of one of them.
type Path struct {
	// Packets take this way, in the sender's terms, and Answered are those of them that
	// get an answer, or need none.
	Packets, Answered packet.Set
	// Example is the packet that the hops are those of, one that is answered if there is
	// any. Return is empty if there is none, or none is needed.
	Example         packet.Box
	Forward, Return []Hop
}

// Block is packets that are stopped, and what stops them first.
type Block struct {
	// Packets are in the sender's terms.
	Packets packet.Set
	// Path leads to the hop that decides, which is the last.
	Path   []Hop
	Reason string
	// Return says that it is the answers that are stopped, on the Path from the
	// receiver on.
	Return bool
}

// Paths are the ways that packets take to the receiver, answered or not, one for each
// way forward. The way back is one of those that the answers to the example may take.
func (r *Result) Paths() []Path {
	var paths []Path
	for _, d := range r.record().deliveries {
		paths = append(paths, d.path())
	}
	return paths
}

func (d delivery) path() Path {
	p := Path{Packets: d.flow.original.Simplify(), Answered: d.answered.Simplify()}
	stages := d.flow.example()
	if !d.answered.Empty() {
		stages = d.flow.keep(d.answered).example()
	}
	p.Example = stages[0]
	// The example's answers must come back by one of the ways known.
	back := make([]*wayBack, len(d.returns))
	for i, ways := range d.returns {
		for j := range ways {
			one := ways[j].flow.keep(packet.Set{stages[i]}.Reply())
			if len(answered.Intersect(packet.Set{stages[i]})) > 0 && !one.original.Empty() {
				back[i] = &wayBack{one, ways[j].entrance}
				break
			}
		}
	}
	p.Forward = append(p.Forward, entering(d.entrance)...)
	p.Forward = append(p.Forward, d.groups.hop(stages[0], true)...)
	p.Forward = append(p.Forward, d.flow.trail.hops(stages)...)
	p.Forward = append(p.Forward, d.groups.hop(stages[len(stages)-1], false)...)
	for i := len(back) - 1; i >= 0; i-- {
		if back[i] == nil {
			continue
		}
		p.Return = append(p.Return, entering(back[i].entrance)...)
		p.Return = append(p.Return, back[i].flow.hops()...)
		if gateway := d.flow.stages()[i].gateway; gateway != nil {
			p.Return = append(p.Return, step{kind: NATHop, nat: gateway}.hop(packet.Box{}))
		}
	}
	return p
}

func entering(s *step) []Hop {
	if s == nil {
		return nil
	}
	return []Hop{s.hop(packet.Box{})}
}

// Blocked are the packets that are not always delivered or not always answered, by
// what stops them.
func (r *Result) Blocked() []Block { return blocks(r.record().stops) }

// Unproven are the packets of which the model cannot tell, by what is not known.
func (r *Result) Unproven() []Block { return blocks(r.record().gaps) }

func blocks(stops []stop) []Block {
	var all []Block
	for _, s := range stops {
		all = append(all, s.blocks()...)
	}
	return all
}

// blocks is one block, or one for each rule of an ACL that denies.
func (s stop) blocks() []Block {
	if s.group != nil {
		b := s.block(s.flow)
		h := Hop{Kind: GroupHop, Resource: s.group.groups[0].Resource, Text: s.group.reason}
		if near := s.group.near(); len(near) > 0 {
			h.Rule = near[0]
			h.Text += ", only for other peers: " + name(near[0])
			b.Reason += ", only for other peers: " + name(near[0])
		}
		b.Path = append(b.Path, h)
		return []Block{b}
	}
	if s.reason != deniedByACL {
		return []Block{s.block(s.flow)}
	}
	var all []Block
	d := s.flow.trail.step.acl
	for _, part := range s.flow.byRule(d) {
		all = append(all, s.block(part))
	}
	return all
}

// near are the rules of the groups that are about the packets, but for their peers: one of
// them names a wrong range, prefix list or group. A rule about everything is none of those.
func (s groupStop) near() []*config.Resource {
	var near []*config.Resource
	for _, g := range s.groups {
		rules := g.Ingress
		if s.egress {
			rules = g.Egress
		}
		for _, r := range rules {
			if r.Traffic != packet.AnyTraffic && !s.flow.seen.Intersect(packet.Set{r.Traffic.Box()}).Empty() {
				near = append(near, r.Resource)
			}
		}
	}
	return near
}

// byRule divides a flow by the rules of an ACL that deny it.
func (f flow) byRule(d direction) []flow {
	var parts []flow
	left := f.seen
	for _, r := range d.rules() {
		match := packet.Set{d.box(r)}
		if part := f.narrow(left.Intersect(match)); !r.Allow && !part.empty() {
			parts = append(parts, part)
		}
		left = left.Subtract(match)
	}
	if part := f.narrow(left); !part.empty() {
		parts = append(parts, part)
	}
	return parts
}

func (s stop) block(f flow) Block {
	b := Block{Packets: f.original, Return: s.back != nil, Reason: s.reason}
	if s.back != nil {
		b.Packets = s.back.original(f.original)
	}
	b.Packets = b.Packets.Simplify()
	b.Path = append(entering(s.entrance), f.hops()...)
	return b
}
