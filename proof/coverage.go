package proof

import (
	"fmt"
	"slices"
	"strings"

	"hubspoke/proof/config"
	"hubspoke/proof/finding"
	"hubspoke/proof/intent"
	"hubspoke/proof/network"
	"hubspoke/proof/packet"
	"hubspoke/proof/reach"
)

var notPromised = catalogue.Add("not-promised",
	"Packets get from one VPC to another, to the internet or to what is on-premises, or from there into a VPC, and no intent "+
		"speaks of it: no `allow`, `only` or `egress` wants it, and no `deny` without a port forbids it. What nobody "+
		"has thought of is not known to be meant. Between VPCs, one `allow` or `only` speaks of the two; to and from what is "+
		"outside of VPCs every tier is looked at by itself, but for subnets of attachments alone on the way from on-premises; and a tier that reaches, or is reached by, another VPC must be in some intent.",
	"Say what is meant: `allow` or `only` if it is, `deny` if it is not, and then take the route away. "+
		"`estate prove --matrix` shows who reaches whom, and what of it is spoken of.")

var transitInhabited = catalogue.Add("transit-inhabited",
	"A VPC that is said to hand on what others send, such as an egress VPC, holds a network interface of its own. It is on the "+
		"way of everybody's packets, and routes lead from it to all who use it; no intent about workloads speaks of it by `*`.",
	"Move it to a VPC for workloads. If the VPC is one, it is not said to be a transit VPC.")

// end is the subnets of a VPC with the same tier, or what is outside of VPCs.
type end struct {
	vpc    *network.VPC
	name   string
	places []place
	// idle says that it is in a VPC which hands on what others send, and holds nothing.
	idle bool
	// passage says that its subnets are those of a transit gateway's attachment, and hold nothing else.
	passage bool
}

// onPremises is the name of the end that is outside of AWS, but not on the internet.
const onPremises = string(intent.PartyOnPremises)

// passage says whether a subnet is a transit gateway's, and nothing else is in it.
func (p *Proof) passage(s *network.Subnet) bool {
	attached := slices.ContainsFunc(p.network.TransitGateways, func(g *network.TransitGateway) bool {
		return slices.ContainsFunc(g.Attachments, func(a *network.Attachment) bool { return slices.Contains(a.Subnets, s) })
	})
	return attached && !slices.ContainsFunc(p.network.Interfaces, func(i *network.Interface) bool { return i.Subnet == s })
}

// group is what ends are gathered by: their VPC, or what is outside.
func (p *Proof) group(e end) string {
	if e.vpc == nil {
		return e.name
	}
	return p.called(e.vpc)
}

// allEnds are all ends between which packets may go, the VPCs' in the order of the model.
func (p *Proof) allEnds() []end {
	var all []end
	for _, v := range p.network.VPCs {
		at := map[string]int{}
		for _, s := range v.Subnets {
			i, ok := at[s.Tier]
			if !ok {
				i = len(all)
				at[s.Tier] = i
				all = append(all, end{vpc: v, name: p.called(v) + "." + s.Tier, idle: p.idle(v), passage: true})
			}
			all[i].passage = all[i].passage && p.passage(s)
			all[i].places = append(all[i].places, p.workload(s))
		}
	}
	all = append(all, end{name: "internet", places: []place{internetPlace}})
	if p.hasOnPremises() {
		all = append(all, end{name: onPremises, places: []place{{Place: reach.Place{OnPremises: true}, party: "on-premises"}}})
	}
	return all
}

// spoken says of two ends how much of what passes between them intents speak of.
type spoken struct {
	whole bool
	parts packet.Set // by addresses
	lines []int
}

// coverage is what intents speak of: for each end by its number, and each other.
type coverage struct {
	ends  []end
	cells [][]spoken
	// wanted are pairs of VPCs of which something is wanted between the two, and named
	// the tiers that an intent names: `*` and an account's name do not, since they mean
	// tiers too that nobody has thought of.
	wanted map[vpcPair]bool
	named  map[int]bool
	// welcomed are the VPCs that something is wanted in from on-premises. What comes there
	// passes the subnets of their attachments, which an intent names.
	welcomed map[*network.VPC]bool
	// number is the number of the end that a place is in.
	number map[where]int
}

// covered says whether intents speak of all that passes between two ends.
func (c *coverage) covered(i, j int) bool {
	a, b := c.ends[i], c.ends[j]
	if a.vpc == b.vpc || a.idle || b.idle || c.cells[i][j].whole {
		return true
	}
	return a.vpc != nil && b.vpc != nil && c.wanted[vpcPair{a.vpc, b.vpc}] && c.named[i] && c.named[j] ||
		a.name == onPremises && b.passage && c.named[j] && c.welcomed[b.vpc]
}

// coverage is what all intents speak of. It is found once.
func (p *Proof) coverage() *coverage {
	if p.spoken == nil {
		c := p.silent()
		for _, promise := range p.input.Intents {
			p.speak(c, promise)
		}
		p.spoken = c
	}
	return p.spoken
}

// silent is the coverage of no intent.
func (p *Proof) silent() *coverage {
	c := &coverage{ends: p.allEnds(), wanted: map[vpcPair]bool{}, named: map[int]bool{}, welcomed: map[*network.VPC]bool{}, number: map[where]int{}}
	c.cells = make([][]spoken, len(c.ends))
	for i, e := range c.ends {
		c.cells[i] = make([]spoken, len(c.ends))
		for _, at := range e.places {
			c.number[at.where()] = i
		}
	}
	return c
}

// speak adds what an intent speaks of.
func (p *Proof) speak(c *coverage, promise intent.Intent) {
	from, to := p.spokenOf(promise)
	if len(from) == 0 || len(to) == 0 {
		return
	}
	senders, receivers := gather(c.number, from), gather(c.number, to)
	for i := range gather(c.number, p.spelled(promise)) {
		c.named[i] = true
	}
	for i, a := range senders {
		for j, b := range receivers {
			c.cells[i][j].add(a, b, promise.Line)
			if promise.Deny == nil {
				c.wanted[vpcPair{c.ends[i].vpc, c.ends[j].vpc}] = true
				if c.ends[i].name == onPremises {
					c.welcomed[c.ends[j].vpc] = true
				}
			}
		}
	}
}

// spelled are the places of the parties that an intent names more closely than by their
// account.
func (p *Proof) spelled(i intent.Intent) []place {
	var parties intent.Parties
	for _, f := range []*intent.Flow{i.Allow, i.Only, i.Deny} {
		if f != nil {
			parties = slices.Concat(parties, f.From, f.To)
		}
	}
	if i.Egress != nil {
		parties = append(parties, i.Egress.For...)
	}
	parties = slices.DeleteFunc(parties, func(text string) bool {
		party, err := p.names.Party(text)
		return err != nil || party.Kind == intent.PartyAccount
	})
	places, _ := p.places(parties)
	return places
}

// gather are ranges of addresses by the ends that places are in; nil is all of an end.
func gather(number map[where]int, places []place) map[int][]packet.Range {
	all := map[int][]packet.Range{}
	for _, at := range places {
		w := at.where()
		if s := at.subnet(); s != nil {
			w = where{subnet: s}
		}
		i, ok := number[w]
		if !ok {
			continue
		}
		known, seen := all[i]
		switch {
		// Which addresses a network on-premises has is not in the stacks.
		case at.Addresses == nil || at.OnPremises || seen && known == nil:
			all[i] = nil
		default:
			all[i] = append(known, at.Addresses...)
		}
	}
	return all
}

func (s *spoken) add(from, to []packet.Range, line int) {
	if !slices.Contains(s.lines, line) {
		s.lines = append(s.lines, line)
	}
	if from == nil && to == nil {
		s.whole = true
		return
	}
	everywhere := []packet.Range{packet.Addresses}
	if from == nil {
		from = everywhere
	}
	if to == nil {
		to = everywhere
	}
	for _, a := range from {
		for _, b := range to {
			s.parts = s.parts.Union(packet.Set{packet.All.With(packet.Source, a).With(packet.Destination, b)})
		}
	}
}

// spokenOf are the senders and receivers of which an intent speaks. What is denied for
// some ports alone leaves open what is meant for the others; and what is denied for a part
// of a tier, for the rest of it.
func (p *Proof) spokenOf(i intent.Intent) (from, to []place) {
	var err error
	switch {
	case i.Allow != nil:
		from, to, err = p.joined(*i.Allow)
	case i.Only != nil:
		from, to, err = p.joined(*i.Only)
	case i.Egress != nil:
		from, err = p.meant(i.Egress.For, i.Egress.ForExcept)
		to = []place{internetPlace}
	case i.Deny != nil && len(i.Deny.Port) == 0 && (i.Deny.Protocol == "" || i.Deny.Protocol == intent.ProtocolAll):
		from, to, err = p.ends(*i.Deny)
		part := func(at place) bool { return at.Interface != nil || len(at.Groups)+len(at.Without) > 0 }
		from, to = dropping(from, part), dropping(to, part)
	}
	if err != nil {
		return nil, nil
	}
	return from, to
}

// dropping are the places but for some. Mostly that is all of them, and nothing is copied.
func dropping(places []place, drop func(place) bool) []place {
	if !slices.ContainsFunc(places, drop) {
		return places
	}
	return slices.DeleteFunc(slices.Clone(places), drop)
}

// findUnspoken finds who reaches whom without any intent that speaks of it, gathered by
// who it is. Nothing is violated by it; that what nobody has thought of is meant is not
// proven.
func (p *Proof) findUnspoken(found *finding.List) {
	c := p.coverage()
	by := map[string]*silence{}
	var order []string
	for i, a := range c.ends {
		for j, b := range c.ends {
			if c.covered(i, j) {
				continue
			}
			forward, unknown := p.passes(a, b, c.cells[i][j].parts, false)
			if forward.Empty() && !unknown {
				continue
			}
			name := p.group(a)
			if by[name] == nil {
				by[name] = &silence{}
				order = append(order, name)
			}
			by[name].add(a, b, name+" -> "+p.group(b), forward)
		}
	}
	for _, name := range order {
		s := by[name]
		if len(s.reached) > 0 {
			found.Doubt(notPromised, s.vpcs, "%s reaches what no intent speaks of: %s; say in an intent that it may or must not", name, some(s.reached))
		}
		if len(s.doubts) > 0 {
			found.Doubt(notPromised, s.vpcs, "whether %s reaches these cannot be told, and no intent speaks of it: %s", name, some(s.doubts))
		}
	}
}

// silence is what no intent says of somebody.
type silence struct {
	vpcs            []*config.Resource
	reached, doubts []string
	seen            map[string]bool // pairs of VPCs that are told
}

// add adds a pair of ends. Of two VPCs one pair of tiers stands for all.
func (s *silence) add(a, b end, vpcs string, forward packet.Set) {
	for _, v := range []*network.VPC{a.vpc, b.vpc} {
		if v != nil && !slices.Contains(s.vpcs, v.Resource) {
			s.vpcs = append(s.vpcs, v.Resource)
		}
	}
	if a.vpc != nil && b.vpc != nil {
		key := fmt.Sprint(vpcs, forward.Empty())
		if s.seen[key] {
			return
		}
		if s.seen == nil {
			s.seen = map[string]bool{}
		}
		s.seen[key] = true
	}
	text := a.name + " -> " + b.name
	if forward.Empty() {
		s.doubts = append(s.doubts, text)
	} else {
		s.reached = append(s.reached, text+" ("+short(forward)+")")
	}
}

// idle says whether a VPC hands on what others send, and holds nothing that sends or
// receives by itself: what passes it is theirs, and intents speak of them.
func (p *Proof) idle(v *network.VPC) bool {
	return v != nil && p.transit[v] && len(p.residents(v)) == 0
}

// residents are what holds network interfaces in a VPC, but for gateways and firewalls.
func (p *Proof) residents(v *network.VPC) []*config.Resource {
	var all []*config.Resource
	for _, i := range p.network.Interfaces {
		if i.VPC == v && !slices.Contains(all, i.Resource) {
			all = append(all, i.Resource)
		}
	}
	return all
}

// findResidents finds what lives in a VPC that is said to hold no workloads.
func (p *Proof) findResidents(found *finding.List) {
	for _, v := range p.network.VPCs {
		if all := p.residents(v); p.transit[v] && len(all) > 0 {
			found.Violation(transitInhabited, append(all, v.Resource), "%s is said to hand on what others send, and to hold no workloads, and %s is in it: "+
				"move it to another VPC, or say that this one holds workloads", p.called(v), all[0])
		}
	}
}

// some are the first few of a list.
func some(list []string) string {
	const few = 8
	if len(list) > few {
		return fmt.Sprintf("%s and %d more", strings.Join(list[:few], ", "), len(list)-few)
	}
	return strings.Join(list, ", ")
}

// passes are packets that get from one end to another by some choice of AWS, whatever
// groups and ports: all of them, or those of the first pair of places that any pass
// between. Those of the spoken set are left out.
func (p *Proof) passes(a, b end, without packet.Set, all bool) (forward packet.Set, unknown bool) {
	var packets packet.Set
	if !without.Empty() {
		packets = packet.Set{packet.All}.Subtract(without)
		if packets.Empty() {
			return nil, false // to a query, no packets are all
		}
	}
	for _, from := range a.places {
		for _, to := range b.places {
			if !p.analysis.MayReach(from.Place, to.Place) {
				continue
			}
			answer := p.analysis.Ask(reach.Query{From: from.Place, To: to.Place, Packets: packets, SourcePorts: packet.Ports})
			forward = forward.Union(answer.Forward)
			unknown = unknown || !answer.Unknown.Empty()
			if !all && !forward.Empty() {
				return forward, unknown
			}
		}
	}
	return forward, unknown
}

// short are the protocols and receivers' ports of packets.
func short(packets packet.Set) string {
	var words []string
	for _, protocol := range []struct {
		number uint32
		name   string
	}{{packet.TCP, "tcp"}, {packet.UDP, "udp"}, {packet.ICMP, "icmp"}} {
		var ports []packet.Range
		for _, b := range packets.Restrict(packet.Protocol, packet.One(protocol.number)) {
			ports = append(ports, b[packet.DestinationPort])
		}
		if len(ports) > 0 {
			words = append(words, protocol.name+portList(ports, protocol.number == packet.ICMP))
		}
	}
	switch {
	case strings.Join(words, " ") == "tcp udp icmp":
		return "all"
	case len(words) == 0 && !packets.Empty():
		return "other protocols"
	}
	return strings.Join(words, " ")
}

// portList is ports behind a slash, "" for all of them.
func portList(ports []packet.Range, none bool) string {
	slices.SortFunc(ports, func(a, b packet.Range) int { return int(int64(a.Low) - int64(b.Low)) })
	merged := ports[:1]
	for _, r := range ports[1:] {
		last := &merged[len(merged)-1]
		if r.Low <= last.High+1 {
			last.High = max(last.High, r.High)
		} else {
			merged = append(merged, r)
		}
	}
	if none || merged[0] == packet.Ports {
		return ""
	}
	var words []string
	for i, r := range merged {
		if i == 3 {
			words = append(words, "…")
			break
		}
		text := fmt.Sprint(r.Low)
		if r.High > r.Low {
			text += fmt.Sprint("-", r.High)
		}
		words = append(words, text)
	}
	return "/" + strings.Join(words, ",")
}
