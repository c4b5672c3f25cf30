package proof

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"hubspoke/environments"
	"hubspoke/internal/proof/config"
	"hubspoke/internal/proof/network"
	"hubspoke/internal/proof/packet"
	"hubspoke/internal/proof/reach"
)

// listed is how many cases of a result are listed.
const listed = 10

// ends are the senders and receivers of a flow.
func (p *Proof) ends(f environments.Flow) (from, to []place, err error) {
	if from, err = p.places(f.From); err != nil {
		return nil, nil, err
	}
	to, err = p.places(f.To)
	return from, to, err
}

// packets are those of a flow's protocol and ports.
func packets(f environments.Flow) packet.Set {
	protocol := packet.Protocols
	switch {
	case f.Protocol == environments.ProtocolUDP:
		protocol = packet.One(packet.UDP)
	case f.Protocol == environments.ProtocolICMP:
		protocol = packet.One(packet.ICMP)
	case f.Protocol == environments.ProtocolTCP, f.Protocol == "" && len(f.Port) > 0:
		protocol = packet.One(packet.TCP)
	}
	all := packet.All.With(packet.Protocol, protocol)
	if len(f.Port) == 0 {
		return packet.Set{all}
	}
	var set packet.Set
	for _, ports := range f.Port {
		set = set.Union(packet.Set{all.With(packet.DestinationPort, packet.Range{Low: uint32(ports.First), High: uint32(ports.Last)})})
	}
	return set
}

// deny proves that no packet of a sender arrives at a receiver.
func (p *Proof) deny(f environments.Flow) Result {
	r := Result{Intent: "deny " + describe(f), Status: Proven}
	from, to, err := p.ends(f)
	if err != nil {
		return unreadable(r.Intent, err)
	}
	c := p.collect(from, to, func(a, b place) Case {
		if f.By == environments.ByTransitGateway {
			if c := p.separated(a, b); c.Status != Proven {
				return c
			}
		}
		return p.denied(a, b, packets(f))
	})
	if c.pairs == 0 {
		return unreadable(r.Intent, fmt.Errorf("senders and receivers are the same"))
	}
	if f.By != "" {
		return c.into(r, "no packet arrives, and the transit gateway alone would stop it")
	}
	return c.into(r, "no packet arrives")
}

// denied is the case of one sender and receiver.
func (p *Proof) denied(from, to place, packets packet.Set) Case {
	// Who means harm chooses the port to send from.
	answer := p.analysis.Ask(reach.Query{From: from.Place, To: to.Place, Packets: packets, SourcePorts: packet.Ports})
	c := Case{Status: Proven, Question: from.name + " -> " + to.name}
	switch {
	case !answer.Forward.Empty():
		c.Status = Violated
		c.explain = func(c *Case) { c.delivered(answer, answer.Forward, "it arrives") }
	case !answer.Unknown.Empty():
		c.Status = Unproven
		c.explain = func(c *Case) { c.undecided(answer) }
	default:
		c.explain = func(c *Case) { c.stopped(answer) }
	}
	return c
}

// separated is the case of a transit gateway's route tables alone, for senders and
// receivers in VPCs: that of the sender's attachment must not lead to the
// receiver's, by any route.
func (p *Proof) separated(from, to place) Case {
	c := Case{Status: Proven, Question: from.name + " -> " + to.name}
	if from.subnet() == nil || to.subnet() == nil || from.subnet().VPC == to.subnet().VPC {
		c.Status, c.Answer = Unproven, "a transit gateway separates VPCs, and these are not in two of them"
		return c
	}
	for _, g := range p.network.TransitGateways {
		for _, a := range g.Attachments {
			if a.VPC != from.subnet().VPC || a.Table == nil {
				continue
			}
			if len(a.Table.Unknown) > 0 {
				c.Status, c.Answer = Unproven, a.Table.Unknown[0].String()
				return c
			}
			if route := leads(a.Table, to.subnet()); route != nil {
				c.Status, c.Answer = Violated, "the transit gateway would pass it on"
				c.Path = []Step{{"into the transit gateway by its attachment", a.Resource.String()}, {"a route of its table leads to the receiver's VPC", route.String()}}
				return c
			}
		}
	}
	return c
}

// leads is what makes the table lead to a subnet: a propagation or a route.
func leads(t *network.GatewayTable, to *network.Subnet) *config.Resource {
	for _, propagation := range t.Propagations {
		if propagation.Attachment.VPC == to.VPC {
			return propagation.Resource
		}
	}
	wanted := packet.Prefix(to.CIDR)
	for _, route := range t.Routes {
		overlaps := route.Destination.Low <= wanted.High && wanted.Low <= route.Destination.High
		if route.Attachment != nil && route.Attachment.VPC == to.VPC && overlaps {
			return route.Resource
		}
	}
	return nil
}

// allow proves that every sender reaches every receiver, and that the answers
// come back.
func (p *Proof) allow(f environments.Flow) Result {
	r := Result{Intent: "allow " + describe(f), Status: Proven}
	from, to, err := p.ends(f)
	if err != nil {
		return unreadable(r.Intent, err)
	}
	c := p.collect(from, to, func(a, b place) Case { return p.allowed(a, b, packets(f), f.Via) })
	if c.pairs == 0 {
		return unreadable(r.Intent, fmt.Errorf("senders and receivers are the same"))
	}
	return c.into(r, "every packet arrives, and is answered")
}

func (p *Proof) allowed(from, to place, packets packet.Set, via []environments.Waypoint) Case {
	answer := p.analysis.Ask(reach.Query{From: from.Place, To: to.Place, Packets: packets, SourcePorts: ephemeral(from)})
	c := Case{Status: Proven, Question: from.name + " -> " + to.name}
	missing := answer.Sent.Subtract(answer.Always)
	switch {
	case answer.Sent.Empty():
		c.Status, c.Answer = Unproven, "there are no packets of this kind between the two"
	case !missing.Subtract(answer.Unknown).Empty():
		c.Status = Violated
		c.explain = func(c *Case) { c.stopped(answer) }
	case !missing.Empty():
		c.Status = Unproven
		c.explain = func(c *Case) { c.undecided(answer) }
	default:
		says := "it arrives, and is answered"
		if past := without(answer, via); past != "" {
			c.Status, says = Violated, "it arrives, but not by "+past
		}
		c.explain = func(c *Case) { c.delivered(answer, answer.Always, says) }
	}
	return c
}

// ephemeral are the ports that connections are opened from: those of Linux, Windows
// and IANA for workloads, more for what AWS runs and for those who are behind
// somebody else's NAT.
// https://docs.aws.amazon.com/vpc/latest/userguide/nacl-ephemeral-ports.html
func ephemeral(from place) packet.Range {
	if from.subnet() == nil {
		return reach.EphemeralPorts
	}
	if i := from.Interface; i != nil && (i.Kind == network.LoadBalancer || i.Kind == network.Function) {
		return reach.EphemeralPorts
	}
	return packet.Range{Low: 32768, High: 65535}
}

// without is the first waypoint that a way does not pass.
func without(answer *reach.Result, via []environments.Waypoint) string {
	for _, w := range via {
		for _, path := range answer.Paths() {
			if !slices.ContainsFunc(path.Forward, func(h reach.Hop) bool { return slices.Contains(waypoints[w], h.Kind) }) {
				return string(w)
			}
		}
	}
	return ""
}

// waypoints are the hops that make a way pass a waypoint.
var waypoints = map[environments.Waypoint][]reach.HopKind{
	environments.ViaTransitGateway:  {reach.AttachmentHop},
	environments.ViaNAT:             {reach.NATHop},
	environments.ViaInternetGateway: {reach.InternetGatewayHop},
	environments.ViaGatewayEndpoint: {reach.EndpointHop},
	environments.ViaPeering:         {reach.PeeringHop},
	environments.ViaFirewall:        {reach.FirewallHop},
}

// only proves that the senders reach the receivers, and that nothing else does.
func (p *Proof) only(f environments.Flow) Result {
	r := Result{Intent: "only " + describe(f), Status: Proven}
	from, to, err := p.ends(f)
	if err != nil {
		return unreadable(r.Intent, err)
	}
	c := p.collect(from, to, func(a, b place) Case { return p.allowed(a, b, packets(f), nil) })
	if c.pairs == 0 {
		return unreadable(r.Intent, fmt.Errorf("senders and receivers are the same"))
	}
	all := packets(f)
	if len(f.Port) == 0 && f.Protocol == "" {
		all = packet.Set{packet.All}
	}
	others := p.collect(p.others(from, to), to, func(a, b place) Case { return p.denied(a, b, all) })
	c.pairs += others.pairs
	c.cases = append(c.cases, others.cases...)
	return c.into(r, fmt.Sprintf("these arrive, and nothing from %d other places does", others.pairs/max(len(to), 1)))
}

// others are all places that packets may come from, but for the senders and the
// receivers themselves.
func (p *Proof) others(from, to []place) []place {
	trusted := p.held(from)
	var all []place
	for _, i := range p.network.Interfaces {
		if i.Kind != network.EndpointAddress {
			all = append(all, p.known(i))
		}
	}
	for _, w := range p.workloads(func(*network.Subnet) bool { return true }) {
		w.Without = trusted
		all = append(all, w)
	}
	all = append(all, place{reach.Place{Internet: true}, "internet"})
	if p.hasOnPremises() {
		all = append(all, place{reach.Place{OnPremises: true}, "on-premises"})
	}
	return slices.DeleteFunc(all, func(o place) bool {
		return slices.ContainsFunc(from, o.same) || slices.ContainsFunc(to, o.same)
	})
}

// held are the groups that the senders alone hold. A workload that no stack makes
// may hold any other group.
func (p *Proof) held(from []place) []*network.Group {
	var groups []*network.Group
	for _, f := range from {
		groups = append(groups, f.Groups...)
		if f.Interface != nil {
			groups = append(groups, f.Interface.Groups...)
		}
	}
	return slices.DeleteFunc(groups, func(g *network.Group) bool {
		return slices.ContainsFunc(p.network.Interfaces, func(i *network.Interface) bool {
			return slices.Contains(i.Groups, g) && !slices.ContainsFunc(from, func(f place) bool {
				return f.Interface == i || slices.Contains(f.Groups, g)
			})
		})
	})
}

// collected are the cases of all pairs.
type collected struct {
	pairs int
	cases []Case
}

// collect asks about every pair of different places.
func (p *Proof) collect(from, to []place, ask func(a, b place) Case) collected {
	var c collected
	for _, a := range from {
		for _, b := range to {
			if !a.same(b) {
				c.pairs++
				c.cases = append(c.cases, ask(a, b))
			}
		}
	}
	return c
}

// into puts the cases that decide into the result.
func (c collected) into(r Result, proven string) Result {
	var failing []Case
	for _, one := range c.cases {
		r.Status = worse(r.Status, one.Status)
		if one.Status != Proven {
			failing = append(failing, one)
		}
	}
	if r.Status == Proven {
		r.Summary = fmt.Sprintf("%s: %s", plural(c.pairs, "pair"), proven)
		r.Cases = []Case{telling(c.cases)}
		return r
	}
	// What is violated comes before what is unproven.
	slices.SortStableFunc(failing, func(a, b Case) int { return strings.Compare(string(b.Status), string(a.Status)) })
	r.Summary = fmt.Sprintf("%d of %s fail", len(failing), plural(c.pairs, "pair"))
	r.Cases = alike(failing)
	if len(r.Cases) > listed {
		r.Summary += fmt.Sprintf(", in %d ways, of which these are the first %d", len(r.Cases), listed)
		r.Cases = r.Cases[:listed]
	}
	return r
}

// telling is the case with the longest way, which shows the most, among those that
// differ in more than zones.
func telling(cases []Case) Case {
	var best Case
	seen := map[string]bool{}
	for _, c := range cases {
		if kind := inZone.ReplaceAllString(c.Question, ""); !seen[kind] && len(seen) < listed {
			seen[kind] = true
			if c = c.explained(); best.Question == "" || len(c.Path) > len(best.Path) {
				best = c
			}
		}
	}
	return best
}

// alike leaves one case of those that have the same answer and differ in nothing
// but zones.
func alike(cases []Case) []Case {
	var different []Case
	at := map[string]int{}
	for _, c := range cases {
		c = c.explained()
		key := inZone.ReplaceAllString(c.Question, "") + c.Answer
		if i, ok := at[key]; ok {
			different[i].Alike++
			continue
		}
		at[key] = len(different)
		different = append(different, c)
	}
	return different
}

// inZone is the end of a place's name.
var inZone = regexp.MustCompile(` in [a-z0-9-]+`)

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// describe is a flow in one line.
func describe(f environments.Flow) string {
	text := strings.Join(f.From, ", ") + " -> " + strings.Join(f.To, ", ")
	var ports []string
	for _, port := range f.Port {
		name, _ := port.MarshalText()
		ports = append(ports, string(name))
	}
	protocol := string(f.Protocol)
	if protocol == "" && len(ports) > 0 {
		protocol = "tcp"
	}
	if len(ports) > 0 {
		protocol += "/" + strings.Join(ports, ",")
	}
	if protocol != "" {
		text += " " + protocol
	}
	for _, w := range f.Via {
		text += " via " + string(w)
	}
	if f.By != "" {
		text += " by " + string(f.By)
	}
	return text
}
