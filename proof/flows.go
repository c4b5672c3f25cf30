package proof

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"hubspoke/internal/words"
	"hubspoke/proof/finding"
	"hubspoke/proof/intent"
	"hubspoke/proof/network"
	"hubspoke/proof/packet"
	"hubspoke/proof/reach"
)

// maxCases is how many cases of a result are listed.
const maxCases = 10

// ends are the senders and receivers that a flow keeps apart.
func (p *Proof) ends(f intent.Flow) (from, to []place, err error) {
	return p.endsBy(f, p.meant)
}

// joined are the senders and receivers that a flow lets meet.
func (p *Proof) joined(f intent.Flow) (from, to []place, err error) {
	return p.endsBy(f, p.needing)
}

func (p *Proof) endsBy(f intent.Flow, find func(parties, except intent.Parties) ([]place, error)) (from, to []place, err error) {
	if from, err = find(f.From, f.FromExcept); err != nil {
		return nil, nil, err
	}
	to, err = find(f.To, f.ToExcept)
	return from, to, err
}

// packets are those of a flow's protocol and ports.
func packets(f intent.Flow) packet.Set {
	protocol := packet.Protocols
	switch {
	case f.Protocol == intent.ProtocolUDP:
		protocol = packet.One(packet.UDP)
	case f.Protocol == intent.ProtocolICMP:
		protocol = packet.One(packet.ICMP)
	case f.Protocol == intent.ProtocolTCP, f.Protocol == "" && len(f.Port) > 0:
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
func (p *Proof) deny(f intent.Flow) Result {
	r := Result{Intent: "deny " + describe(f), Status: Proven}
	from, to, err := p.ends(f)
	if err != nil {
		return vacant(r.Intent, err)
	}
	all, proven := packets(f), "no packet arrives"
	if f.By != "" {
		proven = "no packet arrives, and the transit gateway alone would stop it"
	}
	c := collected{certain: p.apart(f.By)}
	c.collect(from, to, func(a, b place) Case {
		if f.By == intent.ByTransitGateway {
			if one := p.separated(a, b); one.Status != Proven {
				return one
			}
		}
		return p.denied(a, b, all)
	})
	return c.into(r, proven)
}

// denied is the case of one sender and receiver.
func (p *Proof) denied(from, to place, packets packet.Set) Case {
	// Who means harm chooses the port to send from.
	query := reach.Query{From: from.Place, To: to.Place, Packets: packets, SourcePorts: packet.Ports}
	if reach.IsHanded(from.Place, to.Place) {
		return p.notHanded(query)
	}
	if !p.analysis.MayReach(from.Place, to.Place) {
		return Case{Status: Proven, explain: func(c *Case) { c.stopped(p.analysis.Ask(query)) }}
	}
	answer := p.analysis.Ask(query)
	switch {
	case answer.Sent.Empty():
		return Case{Status: Unproven, Answer: nothingBetween}
	case !answer.Forward.Empty():
		return Case{Status: Violated, explain: func(c *Case) { c.delivered(answer, answer.Forward, "it arrives") }}
	case !answer.Unknown.Empty():
		return Case{Status: Unproven, explain: func(c *Case) { c.undecided(answer) }}
	}
	return Case{Status: Proven, explain: func(c *Case) { c.stopped(answer) }}
}

// apart says of a sender to which receivers nothing comes, so far as that is known
// without asking about the two.
func (p *Proof) apart(by intent.Layer) func(from *place) func(to *place) bool {
	return func(from *place) func(to *place) bool {
		mayReach := p.analysis.MayReachFrom(from.Place)
		if by != intent.ByTransitGateway {
			return func(to *place) bool { return !mayReach(&to.Place) }
		}
		// The receivers of a VPC mostly come one after the other.
		var last *network.VPC
		var separated bool
		return func(to *place) bool {
			if mayReach(&to.Place) || to.subnet() == nil {
				return false
			}
			if v := to.subnet().VPC; v != last {
				last, separated = v, p.separated(*from, *to).Status == Proven
			}
			return separated
		}
	}
}

const nothingBetween = "there are no packets of this kind between the two"

// allow proves that every sender reaches every receiver, and that the answers
// come back.
func (p *Proof) allow(f intent.Flow) Result {
	r := Result{Intent: "allow " + describe(f), Status: Proven}
	from, to, err := p.joined(f)
	if err != nil {
		return unreadable(r.Intent, err)
	}
	var c collected
	c.collect(from, to, func(a, b place) Case { return p.allowed(a, b, packets(f), f.Via) })
	return c.into(r, "every packet arrives, and is answered")
}

func (p *Proof) allowed(from, to place, packets packet.Set, via []intent.Waypoint) Case {
	query := reach.Query{From: from.Place, To: to.Place, Packets: packets, SourcePorts: ephemeral(from)}
	if reach.IsHanded(from.Place, to.Place) {
		return p.handed(query, via)
	}
	ask := p.analysis.Ask
	if len(via) > 0 {
		ask = p.analysis.AskWays
	}
	answer := ask(query)
	missing := answer.Sent.Subtract(answer.Always)
	switch {
	case answer.Sent.Empty():
		return Case{Status: Unproven, Answer: nothingBetween}
	case !missing.Subtract(answer.Unknown).Empty():
		return Case{Status: Violated, partly: !answer.Ever.Empty(), explain: func(c *Case) { c.stopped(answer) }}
	case !missing.Empty():
		return Case{Status: Unproven, explain: func(c *Case) { c.undecided(answer) }}
	}
	if past := without(answer, via); past != nil {
		return Case{Status: Violated, explain: func(c *Case) { c.past(past, answer.Always) }}
	}
	return Case{Status: Proven, explain: func(c *Case) { c.delivered(answer, answer.Always, "it arrives, and is answered") }}
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

// detour is packets that do not pass a waypoint.
type detour struct {
	waypoint intent.Waypoint
	*reach.Bypass
}

// without is the first waypoint that some packets do not pass, or their answers; nil if
// there is none.
func without(answer *reach.Result, via []intent.Waypoint) *detour {
	for _, w := range via {
		if past := answer.Bypassed(waypoints[w]...); past != nil {
			return &detour{w, past}
		}
	}
	return nil
}

// past explains packets that arrive past a waypoint.
func (c *Case) past(d *detour, packets packet.Set) {
	c.Packets, c.Path, c.Return = text(packets), hops(d.Forward), hops(d.Return)
	switch {
	case d.Other:
		there, back := passed(d.Forward, d.waypoint), passed(d.Return, d.waypoint)
		c.Answer = "it arrives through " + there + ", but the answers come back through " + back +
			": another " + string(d.waypoint) + ", which has not seen the packets, drops them"
	case d.Back:
		c.Answer = "it arrives, but not by " + string(d.waypoint) + " on the way back"
	default:
		c.Answer = "it arrives, but not by " + string(d.waypoint)
	}
}

// passed names the hops of a way that are of a waypoint's kinds.
func passed(way []reach.Hop, w intent.Waypoint) string {
	var all []string
	for _, h := range way {
		if slices.Contains(waypoints[w], h.Kind) {
			name, _, _ := strings.Cut(h.Text, ", whose rules")
			all = append(all, name)
		}
	}
	return strings.Join(all, " and ")
}

// waypoints are the hops that make a way pass a waypoint.
var waypoints = map[intent.Waypoint][]reach.HopKind{
	intent.ViaTransitGateway:  {reach.AttachmentHop},
	intent.ViaNAT:             {reach.NATHop},
	intent.ViaInternetGateway: {reach.InternetGatewayHop},
	intent.ViaGatewayEndpoint: {reach.EndpointHop},
	intent.ViaPeering:         {reach.PeeringHop},
	intent.ViaFirewall:        {reach.FirewallHop},
	intent.ViaPrivateEndpoint: {reach.PrivateEndpointHop},
}

// only proves that the senders reach the receivers, and that nothing else does.
func (p *Proof) only(f intent.Flow) Result {
	r := Result{Intent: "only " + describe(f), Status: Proven}
	from, to, err := p.joined(f)
	if err != nil {
		return unreadable(r.Intent, err)
	}
	var c collected
	c.collect(from, to, func(a, b place) Case { return p.allowed(a, b, packets(f), nil) })
	others := p.others(from, to)
	c.certain = p.apart("")
	c.collect(others, to, func(a, b place) Case { return p.denied(a, b, packets(f)) })
	return c.into(r, fmt.Sprintf("these arrive, and nothing from %d other places does", len(others)))
}

// others are all places that packets may come from, but for the senders and the
// receivers themselves.
func (p *Proof) others(from, to []place) []place {
	from = p.withRelays(from)
	trusted := p.heldBySenders(from)
	var all []place
	for _, api := range p.network.APIs {
		if api.Closed == "" {
			all = append(all, p.apiPlace(api))
		}
	}
	for _, i := range p.network.Interfaces {
		if i.Kind != network.EndpointAddress && !sends(from, i) {
			all = append(all, p.interfacePlace(i))
		}
	}
	for _, w := range p.workloads(func(*network.Subnet) bool { return true }) {
		w.Without = trusted
		all = append(all, w)
	}
	all = append(all, place{Place: reach.Place{Internet: true}, party: "internet"})
	if p.hasOnPremises() {
		all = append(all, place{Place: reach.Place{OnPremises: true}, party: "on-premises"})
	}
	var others []place
	for _, o := range all {
		o = o.past(from)
		receives := slices.ContainsFunc(to, func(t place) bool { return t.where() == o.where() && t.Addresses == nil })
		if rest, any := withoutSenders(o, from); any && !receives {
			others = append(others, rest)
		}
	}
	return others
}

// sends says whether an interface is one of the senders, or holds the group by which
// senders are named.
func sends(from []place, i *network.Interface) bool {
	return slices.ContainsFunc(from, func(f place) bool {
		return f.Interface == i || slices.ContainsFunc(f.Groups, func(g *network.Group) bool { return slices.Contains(i.Groups, g) })
	})
}

// withoutPlaces is what is left of a place without the others that are in it.
func withoutPlaces(o place, out []place) (rest place, any bool) {
	for _, f := range out {
		if f.where() != o.where() || len(f.Groups) > 0 {
			continue
		}
		if f.Addresses == nil {
			return o, false
		}
		if o.Addresses == nil {
			o.Addresses = []packet.Range{packet.Addresses}
		}
		for _, r := range f.Addresses {
			o.Addresses = packet.Without(o.Addresses, r)
		}
		if len(o.Addresses) == 0 {
			return o, false
		}
	}
	return o, true
}

// withoutSenders is what is left of a place without the senders that are in it.
func withoutSenders(o place, from []place) (rest place, any bool) {
	rest, any = withoutPlaces(o, from)
	if len(rest.Addresses) != len(o.Addresses) || !slices.Equal(rest.Addresses, o.Addresses) {
		rest.party = strings.TrimSuffix(rest.party, besides) + besides
	}
	return rest, any
}

// besides says of a place that the senders in it are left out.
const besides = " but for the senders"

// heldBySenders are the groups that the senders alone hold. A workload that no stack makes
// may hold any other group.
func (p *Proof) heldBySenders(from []place) []*network.Group {
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

// collected are the cases of all pairs, as far as they are of use: those that fail,
// and of the others some that differ in more than zones.
type collected struct {
	pairs   int
	failing []Case
	samples []Case
	seen    map[[2]string]bool
	// certain, if there is one, says of a sender for which receivers the case is known
	// to be proven. Nothing more is asked about those, unless they are of use.
	certain func(from *place) func(to *place) bool
}

// collect asks about every pair of different places.
func (c *collected) collect(from, to []place, ask func(a, b place) Case) {
	certain := func(*place) bool { return false }
	for i := range from {
		a := &from[i]
		if c.certain != nil {
			certain = c.certain(a)
		}
		for j := range to {
			switch b := &to[j]; {
			case a.same(b):
			case c.shown([2]string{a.party, b.party}) && certain(b):
				c.pairs++
			default:
				c.add(a.party, b.party, ask(*a, *b), func() string { return a.name() + " -> " + b.name() })
			}
		}
	}
}

// shown says whether another proven case of the kind would be of no use.
func (c *collected) shown(kind [2]string) bool { return len(c.samples) >= maxCases || c.seen[kind] }

// add adds the case of two parties.
func (c *collected) add(from, to string, one Case, question func() string) {
	c.pairs++
	one.kind = [2]string{from, to}
	switch {
	case one.Status != Proven:
		one.Question = question()
		c.failing = append(c.failing, one)
	case !c.shown(one.kind):
		if c.seen == nil {
			c.seen = map[[2]string]bool{}
		}
		c.seen[one.kind] = true
		one.Question = question()
		c.samples = append(c.samples, one)
	}
}

// into puts the cases that decide into the result.
func (c collected) into(r Result, proven string) Result {
	if c.pairs == 0 {
		return unreadable(r.Intent, errors.New("senders and receivers are the same"))
	}
	for _, one := range c.failing {
		r.Status = finding.Worse(r.Status, one.Status)
	}
	if r.Status == Proven {
		r.Summary = fmt.Sprintf("%s: %s", words.Count(c.pairs, "pair"), proven)
		r.Cases = []Case{telling(c.samples)}
		return r
	}
	// What is violated comes before what is unproven.
	slices.SortStableFunc(c.failing, func(a, b Case) int { return strings.Compare(string(b.Status), string(a.Status)) })
	r.Partly = len(c.failing) < c.pairs || slices.ContainsFunc(c.failing, func(c Case) bool { return c.partly })
	r.Summary = fmt.Sprintf("%d of %s fail", len(c.failing), words.Count(c.pairs, "pair"))
	if r.Asked {
		r.Summary = fmt.Sprintf("%d of %s reached, as far as every packet counts", c.pairs-len(c.failing), words.Count(c.pairs, "pair"))
	}
	r.Cases = alike(c.failing)
	if len(r.Cases) > maxCases {
		r.Summary += fmt.Sprintf(", in %d ways, of which these are the first %d", len(r.Cases), maxCases)
		r.Cases = r.Cases[:maxCases]
	}
	return r
}

// telling is the case with the longest way, which shows the most.
func telling(cases []Case) Case {
	var best Case
	for _, c := range cases {
		if c = c.explained(); best.Question == "" || len(c.Path) > len(best.Path) {
			best = c
		}
	}
	return best
}

// alike leaves one case of those that have the same answer and differ in nothing
// but zones.
func alike(cases []Case) []Case {
	type way struct {
		kind   [2]string
		answer string
	}
	var different []Case
	at := map[way]int{}
	for _, c := range cases {
		c = c.explained()
		if i, ok := at[way{c.kind, c.Answer}]; ok {
			different[i].Alike++
			continue
		}
		at[way{c.kind, c.Answer}] = len(different)
		different = append(different, c)
	}
	return different
}

// describe is a flow in one line.
func describe(f intent.Flow) string {
	text := but(f.From, f.FromExcept) + " -> " + but(f.To, f.ToExcept)
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
