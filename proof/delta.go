package proof

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"hubspoke/proof/config"
	"hubspoke/proof/network"
	"hubspoke/proof/packet"
	"hubspoke/proof/reach"
	"hubspoke/proof/stackjson"
)

// Delta is how two networks, mostly one before and after a change, differ in who reaches whom.
type Delta struct {
	// Opened and Closed are the packets that arrive in the second alone, and in the first alone.
	Opened []Passage `json:"opened"`
	Closed []Passage `json:"closed"`
	// Doubtful are pairs of which the model could tell before, and cannot any more.
	Doubtful []Passage `json:"doubtful"`
	// Layers are pairs that stay closed, with controls that do not stop them any more, or do so now.
	Layers []Layer `json:"layers"`
}

// Passage is packets between two parties.
type Passage struct {
	From string `json:"from"`
	To   string `json:"to"`
	// Packets are protocols and the receiver's ports: `all`, `tcp/443 udp`.
	Packets string `json:"packets"`
	// Example is the fewest packets that show it, with addresses; "" for relays.
	Example string `json:"example,omitempty"`
	// Because is the stack and the address of the first resource on the way that is not as it was,
	// "" if none is.
	Because string `json:"because,omitempty"`
	// How is what that resource does, or where packets are stopped.
	How string `json:"how,omitempty"`
	// New says of a passage that was opened that one of the parties is new, and of one that
	// was closed that one of them is gone.
	New bool `json:"new_party,omitempty"`
}

// Layer is a pair that is closed in both networks, by other controls.
type Layer struct {
	From string `json:"from"`
	To   string `json:"to"`
	// Lost and Gained are the controls that stop it no more, and those that do so now, each by
	// itself. Left is all that stops it.
	Lost   []string `json:"lost,omitempty"`
	Gained []string `json:"gained,omitempty"`
	Left   []string `json:"left,omitempty"`
	// Because is the resource of the first control that differs, "" if no resource is.
	Because string `json:"because,omitempty"`
	// Before and Now say where packets are stopped.
	Before string `json:"before,omitempty"`
	Now    string `json:"now,omitempty"`
}

// Differ compares what two networks let through: between all tiers, the internet and what is
// on-premises, whatever groups workloads hold; and beyond that for each group and each
// interface that is not as it was, and for endpoint services and APIs.
func Differ(before, after *Proof) *Delta {
	d := &differing{before: before, after: after, was: bodies(before.input.Stacks), is: bodies(after.input.Stacks), result: &Delta{Opened: []Passage{}, Closed: []Passage{}, Doubtful: []Passage{}}}
	d.tiers()
	d.holders()
	d.relays()
	d.layers()
	d.sort()
	return d.result
}

// differing is a comparison under way.
type differing struct {
	before, after *Proof
	// was and is are the resources of each side as text, by stack and address.
	was, is map[string]string
	result  *Delta
	// opened and closed are what is told of pairs of subnets already.
	opened, closed map[[2]string]packet.Set
}

// bodies are resources as text, by stack and address.
func bodies(stacks []*stackjson.Stack) map[string]string {
	all := map[string]string{}
	for _, s := range stacks {
		for _, r := range s.Resources() {
			text, err := json.Marshal(stackjson.Strip(r.Body))
			if err == nil {
				all[s.Name+"/"+r.Address()] = string(text)
			}
		}
	}
	return all
}

// key tells places of two networks apart, by what people would call the same place.
func (p *place) key() string {
	switch {
	case p.Interface != nil:
		return p.Interface.Resource.String() + " " + p.Interface.Subnet.CIDR.String()
	case p.Subnet != nil:
		return p.party + " " + p.Subnet.CIDR.String()
	}
	return p.party
}

// tiers compares all pairs of tiers, and of these with what is outside of VPCs.
func (d *differing) tiers() {
	was, is := byName(d.before.allEnds()), byName(d.after.allEnds())
	d.opened, d.closed = map[[2]string]packet.Set{}, map[[2]string]packet.Set{}
	names := union(was, is)
	for _, from := range names {
		for _, to := range names {
			if from == to && (from == "internet" || from == onPremises) {
				continue
			}
			d.pair(was[from], was[to], is[from], is[to], from, to)
		}
	}
}

func byName(ends []end) map[string]*end {
	all := map[string]*end{}
	for i := range ends {
		if known := all[ends[i].name]; known != nil { // two VPCs of one name
			known.places = append(known.places, ends[i].places...)
			continue
		}
		all[ends[i].name] = &ends[i]
	}
	return all
}

func union[V any](a, b map[string]V) []string {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return slices.Sorted(maps.Keys(all))
}

// pair compares two ends.
func (d *differing) pair(wasFrom, wasTo, isFrom, isTo *end, from, to string) {
	old, oldUnknown := d.before.between(wasFrom, wasTo)
	now, nowUnknown := d.after.between(isFrom, isTo)
	if len(old) == 0 && len(now) == 0 && oldUnknown == nowUnknown {
		return
	}
	opened, closed := beyond(old, now), beyond(now, old)
	key := [2]string{from, to}
	gone := isFrom == nil || isTo == nil
	made := wasFrom == nil || wasTo == nil
	if !opened.Empty() {
		d.opened[key] = opened
		p := Passage{From: from, To: to, Packets: short(opened), Example: example(opened), New: made}
		d.explainOpened(&p, wasFrom, wasTo, isFrom, isTo, opened)
		d.result.Opened = append(d.result.Opened, p)
	}
	if !closed.Empty() {
		d.closed[key] = closed
		p := Passage{From: from, To: to, Packets: short(closed), Example: example(closed), New: gone}
		d.explainClosed(&p, wasFrom, wasTo, isFrom, isTo, closed)
		d.result.Closed = append(d.result.Closed, p)
	}
	if nowUnknown && !oldUnknown && opened.Empty() {
		d.result.Doubtful = append(d.result.Doubtful, Passage{From: from, To: to})
	}
}

// meeting is what arrives between two places, by their keys.
type meeting map[[2]string]packet.Set

// between is what arrives from one end to another, for each pair of places.
func (p *Proof) between(a, b *end) (meeting, bool) {
	if a == nil || b == nil {
		return nil, false
	}
	var all meeting
	unknown := false
	for i := range a.places {
		from := &a.places[i]
		mayReach := p.analysis.MayReachFrom(from.Place)
		for j := range b.places {
			to := &b.places[j]
			if from.same(to) || !mayReach(&to.Place) {
				continue
			}
			answer := p.analysis.Ask(reach.Query{From: from.Place, To: to.Place, SourcePorts: packet.Ports})
			unknown = unknown || !answer.Unknown.Empty()
			if !answer.Forward.Empty() {
				if all == nil {
					all = meeting{}
				}
				all[[2]string{from.key(), to.key()}] = answer.Forward
			}
		}
	}
	return all, unknown
}

// beyond are the packets of one meeting that are not in another. Between places that only one
// has, the other knows no addresses: what counts then is whether any two places of the ends
// exchange packets of that protocol and port.
func beyond(known, more meeting) packet.Set {
	var found, left packet.Set
	for _, key := range slices.SortedFunc(maps.Keys(more), func(a, b [2]string) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) }) {
		if before, ok := known[key]; ok {
			found = found.Union(more[key].Subtract(before))
		} else {
			left = left.Union(more[key])
		}
	}
	if !left.Empty() {
		var before packet.Set
		for _, key := range slices.SortedFunc(maps.Keys(known), func(a, b [2]string) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) }) {
			before = before.Union(anywhere(known[key]))
		}
		found = found.Union(left.Subtract(before.Simplify()))
	}
	return found.Simplify()
}

// anywhere are packets by protocol and the receiver's port alone.
func anywhere(packets packet.Set) packet.Set {
	var all []packet.Box
	for _, b := range packets {
		box := packet.All.With(packet.Protocol, b[packet.Protocol]).With(packet.DestinationPort, b[packet.DestinationPort])
		if !slices.Contains(all, box) {
			all = append(all, box)
		}
	}
	return packet.Of(all...)
}

// example is the first of some packets, with its ports.
func example(packets packet.Set) string { return text(packets[:1]) }

// explainOpened finds what made packets arrive: the first hop of their way that is not as it
// was or, where none is, what stopped them before.
func (d *differing) explainOpened(p *Passage, wasFrom, wasTo, isFrom, isTo *end, opened packet.Set) {
	if way := d.after.way(isFrom, isTo, opened); way != nil && d.blame(p, way, d.is, d.was) {
		return
	}
	if way := d.before.stop(wasFrom, wasTo, opened); way != nil {
		d.blame(p, way[len(way)-1:], d.was, d.is)
	}
}

// explainClosed finds what packets do not pass any more.
func (d *differing) explainClosed(p *Passage, wasFrom, wasTo, isFrom, isTo *end, closed packet.Set) {
	if way := d.before.way(wasFrom, wasTo, closed); way != nil && d.blame(p, way, d.was, d.is) {
		return
	}
	if way := d.after.stop(isFrom, isTo, closed); way != nil {
		d.blame(p, way[len(way)-1:], d.is, d.was)
	}
}

// blame notes the first hop whose resource another side does not have, or has otherwise.
func (d *differing) blame(p *Passage, way []reach.Hop, here, there map[string]string) bool {
	for _, h := range way {
		for _, r := range []*config.Resource{h.Rule, h.Resource} {
			if r != nil && here[r.String()] != there[r.String()] {
				p.Because, p.How = r.String(), h.Text
				return true
			}
		}
	}
	return false
}

// way is that of some packets between two ends.
func (p *Proof) way(a, b *end, packets packet.Set) []reach.Hop {
	return p.each(a, b, func(answer *reach.Result) []reach.Hop {
		if answer.Forward.Intersect(packets).Empty() {
			return nil
		}
		for _, path := range answer.Paths() {
			if !path.Packets.Intersect(packets).Empty() {
				return path.Forward
			}
		}
		return nil
	})
}

// stop is the way to where some packets between two ends are stopped.
func (p *Proof) stop(a, b *end, packets packet.Set) []reach.Hop {
	return p.each(a, b, func(answer *reach.Result) []reach.Hop {
		for _, block := range answer.Blocked() {
			if !block.Return && len(block.Path) > 0 && !block.Packets.Intersect(packets).Empty() {
				return block.Path
			}
		}
		return nil
	})
}

// each asks about the places of two ends until there is an answer.
func (p *Proof) each(a, b *end, find func(*reach.Result) []reach.Hop) []reach.Hop {
	if a == nil || b == nil {
		return nil
	}
	for i := range a.places {
		for j := range b.places {
			if a.places[i].same(&b.places[j]) {
				continue
			}
			answer := p.analysis.Ask(reach.Query{From: a.places[i].Place, To: b.places[j].Place, SourcePorts: packet.Ports})
			if way := find(answer); way != nil {
				return way
			}
		}
	}
	return nil
}

// sort puts the results into an order that does not depend on chance.
func (d *differing) sort() {
	by := func(a, b Passage) int { return cmp.Or(strings.Compare(a.From, b.From), strings.Compare(a.To, b.To)) }
	slices.SortStableFunc(d.result.Opened, by)
	slices.SortStableFunc(d.result.Closed, by)
	slices.SortStableFunc(d.result.Doubtful, by)
}

// tierOf is the name of the end that a place lies in.
func (p *Proof) tierOf(at *place) string {
	if s := at.subnet(); s != nil {
		return p.called(s.VPC) + "." + s.Tier
	}
	return at.party
}

// holders compares what groups and interfaces that differ send and receive, as far as that is
// not told of their tiers.
func (d *differing) holders() {
	was, is := d.before.holding(), d.after.holding()
	tiersBefore, tiersAfter := byName(d.before.allEnds()), byName(d.after.allEnds())
	names := union(tiersBefore, tiersAfter)
	for _, name := range union(was, is) {
		old, now := was[name], is[name]
		if old != nil && now != nil && old.signature == now.signature {
			continue
		}
		for _, other := range names {
			d.holder(old.ends(), tiersBefore[other], now.ends(), tiersAfter[other], name, other, true)
			d.holder(old.ends(), tiersBefore[other], now.ends(), tiersAfter[other], name, other, false)
		}
	}
}

// held is a group or an interface as an end, with all that decides about it alone.
type held struct {
	end       end
	signature string
}

func (h *held) ends() *end {
	if h == nil {
		return nil
	}
	return &h.end
}

// holding are all groups and interfaces by their names.
func (p *Proof) holding() map[string]*held {
	all := map[string]*held{}
	add := func(at place, signature string) {
		name := at.party
		if all[name] == nil {
			all[name] = &held{end: end{name: name}}
		}
		all[name].end.places = append(all[name].end.places, at)
		all[name].signature += signature
	}
	for _, g := range p.network.Groups {
		for _, s := range g.VPC.Subnets {
			if held := slices.ContainsFunc(p.network.Interfaces, func(i *network.Interface) bool { return i.Subnet == s && slices.Contains(i.Groups, g) }); held {
				add(place{reach.Place{Subnet: s, Groups: []*network.Group{g}}, p.called(g.VPC) + ".group." + g.Name, s.Zone}, ruleText(g))
			}
		}
	}
	for _, i := range p.network.Interfaces {
		var text strings.Builder
		for _, g := range i.Groups {
			text.WriteString(g.Resource.String() + ruleText(g))
		}
		signature, _ := json.Marshal([]any{i.Public, i.Exposed, text.String()})
		add(p.interfacePlace(i), string(signature))
	}
	return all
}

// ruleText is all rules of a group.
func ruleText(g *network.Group) string {
	var lines []string
	for _, rules := range [][]network.GroupRule{g.Ingress, g.Egress} {
		for _, r := range rules {
			peer := ""
			if r.Group != nil {
				peer = r.Group.Resource.String()
			}
			text, _ := json.Marshal([]any{r.Peers, peer, r.Traffic})
			lines = append(lines, string(text))
		}
		slices.Sort(lines)
		lines = append(lines, ";")
	}
	return strings.Join(lines, "")
}

// holder compares what a holder exchanges with a tier.
func (d *differing) holder(old, oldTier, now, nowTier *end, name, other string, sends bool) {
	from, to := name, other
	wasFrom, wasTo, isFrom, isTo := old, oldTier, now, nowTier
	if !sends {
		from, to = other, name
		wasFrom, wasTo, isFrom, isTo = oldTier, old, nowTier, now
	}
	before, _ := d.before.between(wasFrom, wasTo)
	after, _ := d.after.between(isFrom, isTo)
	told := func(p *Proof, holder *end, known map[[2]string]packet.Set) packet.Set {
		var all packet.Set
		if holder == nil {
			return nil
		}
		for i := range holder.places {
			tier := p.tierOf(&holder.places[i])
			key := [2]string{tier, other}
			if !sends {
				key = [2]string{other, tier}
			}
			all = all.Union(anywhere(known[key]))
		}
		return all.Simplify()
	}
	if opened := beyond(before, after).Subtract(told(d.after, now, d.opened)); !opened.Empty() {
		p := Passage{From: from, To: to, Packets: short(opened), Example: example(opened), New: old == nil || wasFrom == nil || wasTo == nil}
		if p.New && old == nil && d.coveredByTier(d.after, now, nowTier, sends, opened) {
			return // any workload there could do that before: it is in no new position
		}
		d.explainOpened(&p, wasFrom, wasTo, isFrom, isTo, opened)
		d.result.Opened = append(d.result.Opened, p)
	}
	if closed := beyond(after, before).Subtract(told(d.before, old, d.closed)); !closed.Empty() && now != nil && nowTier != nil {
		p := Passage{From: from, To: to, Packets: short(closed), Example: example(closed)}
		d.explainClosed(&p, wasFrom, wasTo, isFrom, isTo, closed)
		d.result.Closed = append(d.result.Closed, p)
	}
}

// coveredByTier says whether workloads of a new holder's tiers exchange such packets in both
// networks, whatever groups they hold.
func (d *differing) coveredByTier(p *Proof, holder, other *end, sends bool, packets packet.Set) bool {
	ends := byName(p.allEnds())
	for i := range holder.places {
		tier := ends[p.tierOf(&holder.places[i])]
		from, to := tier, other
		if !sends {
			from, to = other, tier
		}
		met, _ := p.between(from, to)
		var all packet.Set
		for _, one := range met {
			all = all.Union(anywhere(one))
		}
		if !packets.Subtract(all.Simplify()).Empty() {
			return false
		}
	}
	return true
}

// relays compares who reaches endpoint services, and APIs.
func (d *differing) relays() {
	was, is := d.before.handing(), d.after.handing()
	for _, key := range union(was, is) {
		from, to, _ := strings.Cut(key, " -> ")
		p := Passage{From: from, To: to, Packets: is[key]}
		switch old, now := was[key], is[key]; {
		case old == "" && now != "":
			d.result.Opened = append(d.result.Opened, p)
		case old != "" && now == "":
			p.Packets = old
			d.result.Closed = append(d.result.Closed, p)
		}
	}
}

// handing is what may arrive at APIs and endpoint services by relays, by `from -> to`.
func (p *Proof) handing() map[string]string {
	all := map[string]string{}
	services := p.handedPlaces(anyService)
	apis := p.handedPlaces(anyAPI)
	if len(services)+len(apis) == 0 {
		return all
	}
	for _, e := range p.allEnds() {
		for _, to := range slices.Concat(services, apis) {
			for _, from := range e.places {
				if h := p.analysis.MayHand(reach.Query{From: from.Place, To: to.Place, SourcePorts: packet.Ports}); h.Ever {
					all[e.name+" -> "+to.party] = "by a relay"
				}
			}
		}
	}
	for _, from := range apis {
		for _, to := range services {
			if h := p.analysis.MayHand(reach.Query{From: from.Place, To: to.Place, SourcePorts: packet.Ports}); h.Ever {
				all[from.party+" -> "+to.party] = "by a relay"
			}
		}
	}
	return all
}
