package reach

import (
	"slices"
	"strings"

	"hubspoke/proof/network"
	"hubspoke/proof/packet"
)

type groupDirection struct {
	group  *network.Group
	egress bool
}

// groupRules are one side of a security group as sets.
type groupRules struct {
	// ranges is what rules let through that name addresses.
	ranges packet.Set
	// references are the rules that name a group.
	references []groupReference
}

type groupReference struct {
	group   *network.Group
	packets packet.Set
}

func (d groupDirection) rules() []network.GroupRule {
	if d.egress {
		return d.group.Egress
	}
	return d.group.Ingress
}

// boxes are the packets that a rule lets through whoever sends or gets them.
func (d groupDirection) boxes(r network.GroupRule) []packet.Box {
	if r.Group != nil {
		return []packet.Box{r.Traffic.Box()}
	}
	peer := packet.Source
	if d.egress {
		peer = packet.Destination
	}
	var boxes []packet.Box
	for _, p := range r.Peers {
		boxes = append(boxes, r.Traffic.Box().With(peer, p))
	}
	return boxes
}

func (a *Analysis) groupRules(d groupDirection) *groupRules {
	if r, ok := a.groups[d]; ok {
		return r
	}
	r := &groupRules{}
	for _, rule := range d.rules() {
		if rule.Group != nil {
			r.references = append(r.references, groupReference{rule.Group, packet.Of(d.boxes(rule)...)})
		} else {
			r.ranges = r.ranges.Union(packet.Of(d.boxes(rule)...))
		}
	}
	r.ranges = r.ranges.Simplify()
	a.groups[d] = r
	return r
}

// groupCheck is the security groups of both ends of a path.
type groupCheck struct {
	analysis   *Analysis
	from, to   Place
	path       *trail
	translated bool
}

// groupStop is packets that the groups of one end do not let through.
type groupStop struct {
	flow   flow
	egress bool
	groups []*network.Group
	reason string
	// unknown says which rules are not known, of groups that might let them through.
	unknown string
}

// pass lets packets through the groups of both ends. Always tells how to take the
// groups that a workload may hold.
func (c groupCheck) pass(f flow, always bool) (flow, []groupStop) {
	var stops []groupStop
	for _, egress := range []bool{true, false} {
		own, peer := c.from, c.to
		if !egress {
			own, peer = c.to, c.from
		}
		groups := own.holds()
		if len(groups) == 0 || f.empty() {
			continue
		}
		in, out := f.split(c.allowed(groups, peer, egress, always))
		if !out.empty() {
			stops = append(stops, stopBy(groups, egress, out))
		}
		f = in
	}
	return f, stops
}

func stopBy(groups []*network.Group, egress bool, f flow) groupStop {
	s := groupStop{flow: f, egress: egress, groups: groups}
	var names []string
	for _, g := range groups {
		names = append(names, g.Name)
		if len(g.Unknown) > 0 && s.unknown == "" {
			s.unknown = g.Unknown[0].String()
		}
	}
	side := "ingress"
	if egress {
		side = "egress"
	}
	s.reason = "no " + side + " rule of the security groups lets it through: " + strings.Join(names, ", ")
	return s
}

// allowed is what the rules of any of the groups let through.
func (c groupCheck) allowed(groups []*network.Group, peer Place, egress, always bool) packet.Set {
	var allowed packet.Set
	for _, g := range groups {
		rules := c.analysis.groupRules(groupDirection{g, egress})
		allowed = allowed.Union(rules.ranges)
		for _, r := range rules.references {
			if peer.mayHold(r.group, always) && c.references(egress) {
				allowed = allowed.Union(r.packets)
			}
		}
	}
	return allowed
}

// references says whether a rule may name the group of the other end: within a VPC,
// over peering within a region and, for ingress, over transit gateways and attachments
// that support it; not past what stands in between or gives packets another source.
// https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
// https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html
// https://aws.amazon.com/blogs/networking-and-content-delivery/introducing-security-group-referencing-for-aws-transit-gateway
func (c groupCheck) references(egress bool) bool {
	if c.translated {
		return false
	}
	for t := c.path; t != nil; t = t.previous {
		switch t.step.kind {
		case AttachmentHop:
			if egress || !t.step.attachment.Gateway.GroupReferences || t.step.attachment.NoGroupReferences {
				return false
			}
		case PeeringHop:
			if p := t.step.peering; p.Requester.Region != p.Accepter.Region {
				return false
			}
		case FirewallHop:
			return false
		}
	}
	return true
}

// holds are the groups whose rules apply to the place: none where it has none, and
// where it may have any.
func (p Place) holds() []*network.Group {
	if p.Interface != nil {
		return p.Interface.Groups
	}
	return p.Groups
}

// mayHold says whether a rule that names the group matches the place.
func (p Place) mayHold(g *network.Group, always bool) bool {
	switch {
	case p.Interface != nil:
		return slices.Contains(p.Interface.Groups, g)
	case p.Groups != nil:
		return slices.Contains(p.Groups, g)
	case p.Subnet != nil:
		return !always && g.VPC == p.Subnet.VPC && !slices.Contains(p.Without, g)
	}
	return false
}

// hop names the rule that lets the packet through, if own groups matter.
func (c groupCheck) hop(one packet.Box, egress bool) []Hop {
	own, peer := c.from, c.to
	if !egress {
		own, peer = c.to, c.from
	}
	for _, g := range own.holds() {
		d := groupDirection{g, egress}
		for _, r := range d.rules() {
			if r.Group != nil && !(peer.mayHold(r.Group, false) && c.references(egress)) {
				continue
			}
			if slices.ContainsFunc(d.boxes(r), func(b packet.Box) bool { return matches(b, one) }) {
				return []Hop{{Kind: GroupHop, Resource: g.Resource, Rule: r.Resource, Text: d.text(r)}}
			}
		}
	}
	return nil
}

func (d groupDirection) text(r network.GroupRule) string {
	var peers []string
	for _, p := range r.Peers {
		peers = append(peers, packet.Between(p))
	}
	if r.Group != nil {
		peers = []string{"members of " + r.Group.Name}
	}
	if len(peers) > 3 {
		peers = append(peers[:3:3], "…")
	}
	side := "ingress from "
	if d.egress {
		side = "egress to "
	}
	return "security group " + d.group.Name + ": " + side + strings.Join(peers, ", ") + " " + r.Traffic.String()
}
