package proof

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"hubspoke/internal/words"
	"hubspoke/proof/intent"
	"hubspoke/proof/network"
	"hubspoke/proof/packet"
	"hubspoke/proof/reach"
)

var (
	anyService = intent.Party{Kind: intent.PartyEndpointService, Account: "*"}
	anyAPI     = intent.Party{Kind: intent.PartyAPI, Account: "*"}
)

// layers compares what stops the packets that arrive in neither network.
func (d *differing) layers() {
	was, is := byName(d.before.allEnds()), byName(d.after.allEnds())
	changed := map[string]bool{}
	for name, e := range is {
		changed[name] = was[name] != nil && e.vpc != nil && d.before.local(was[name]) != d.after.local(e)
	}
	joined := d.joined(was, is)
	var found []Layer
	for _, from := range union(was, is) {
		for _, to := range union(was, is) {
			a, b, c, e := was[from], was[to], is[from], is[to]
			if a == nil || b == nil || c == nil || e == nil || e.vpc == nil || c.vpc == e.vpc || c.idle || e.idle || c.passage || e.passage {
				continue
			}
			differ := changed[from] || changed[to] || c.vpc != nil && joined[[2]string{d.after.called(c.vpc), d.after.called(e.vpc)}]
			if !differ || from != "internet" && c.vpc == nil || !d.stillClosed(a, b, c, e) {
				continue
			}
			if l, ok := d.layer(from, to, a, b, c, e); ok {
				found = append(found, l)
			}
		}
	}
	d.result.Layers = gathered(found)
}

// local is what decides at the two ends of a tier alone: network ACLs, routes, and groups of
// its VPC.
func (p *Proof) local(e *end) string {
	var parts []any
	for i := range e.places {
		s := e.places[i].Subnet
		if s.ACL != nil {
			parts = append(parts, rulesOf(s.ACL.Ingress), rulesOf(s.ACL.Egress))
		}
		if s.Table != nil {
			for _, r := range s.Table.Routes {
				parts = append(parts, r.Destinations, r.Target.NAT != nil, r.Target.InternetGateway != nil)
			}
		}
	}
	for _, g := range p.network.Groups {
		if g.VPC == e.vpc {
			parts = append(parts, ruleText(g))
		}
	}
	text, _ := json.Marshal(parts)
	return string(text)
}

func rulesOf(rules []network.ACLRule) []any {
	var all []any
	for _, r := range rules {
		all = append(all, []any{r.Number, r.Allow, r.Peer, r.Traffic})
	}
	return all
}

// joined are the pairs of VPCs, by name, between which gateways' routes are not what they were.
func (d *differing) joined(was, is map[string]*end) map[[2]string]bool {
	vpcs := func(p *Proof, ends map[string]*end) map[string]*network.VPC {
		all := map[string]*network.VPC{}
		for _, e := range ends {
			if e.vpc != nil {
				all[p.called(e.vpc)] = e.vpc
			}
		}
		return all
	}
	old, now := vpcs(d.before, was), vpcs(d.after, is)
	all := map[[2]string]bool{}
	for from := range now {
		for to := range now {
			if from == to || old[from] == nil || old[to] == nil {
				continue
			}
			before, after := d.before.analysis.Separated(old[from], old[to]), d.after.analysis.Separated(now[from], now[to])
			if before.Joined != after.Joined || before.Unknown != after.Unknown {
				all[[2]string{from, to}] = true
			}
		}
	}
	return all
}

// stillClosed says that nothing arrives between two ends in either network, and that this is known.
func (d *differing) stillClosed(a, b, c, e *end) bool {
	old, doubt := d.before.between(a, b)
	if len(old) > 0 || doubt {
		return false
	}
	now, doubt := d.after.between(c, e)
	return len(now) == 0 && !doubt
}

// layer compares the controls between two ends.
func (d *differing) layer(from, to string, a, b, c, e *end) (Layer, bool) {
	was, wasAt := d.before.controls(a, b)
	is, isAt := d.after.controls(c, e)
	l := Layer{From: from, To: to, Lost: lacking(was, is), Gained: lacking(is, was), Left: is}
	if len(l.Lost)+len(l.Gained) == 0 {
		return l, false
	}
	for _, name := range slices.Concat(l.Lost, l.Gained) {
		if l.Because = cmp.Or(wasAt[name], isAt[name]); l.Because != "" {
			break
		}
	}
	l.Before, l.Now = d.before.stopped(a, b), d.after.stopped(c, e)
	if l.Before == l.Now {
		l.Before, l.Now = "", ""
	}
	return l, true
}

// lacking are the texts of a list that another does not have.
func lacking(list, other []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(other, s) })
}

// controls are what keeps all packets of one end from all places of another: those that every
// pair of places has. The resource of each is told by its name.
func (p *Proof) controls(a, b *end) (names []string, resources map[string]string) {
	resources = map[string]string{}
	count, pairs := map[string]int{}, 0
	var order []string
	for i := range a.places {
		for j := range b.places {
			var found []reach.Control
			if a.vpc == nil {
				found = p.analysis.ControlsOfInternet(b.places[j].Subnet)
			} else {
				found = p.analysis.Controls(a.places[i].Subnet, b.places[j].Subnet)
			}
			pairs++
			for _, c := range found {
				name := string(c.Kind)
				if count[name] == 0 {
					order = append(order, name)
				}
				count[name]++
				if c.Resource != nil && resources[name] == "" {
					resources[name] = c.Resource.String()
				}
			}
		}
	}
	return slices.DeleteFunc(order, func(name string) bool { return count[name] < pairs }), resources
}

// stopped says where packets between two ends are stopped.
func (p *Proof) stopped(a, b *end) string {
	answer := p.analysis.Ask(reach.Query{From: a.places[0].Place, To: b.places[0].Place, SourcePorts: packet.Ports})
	blocks := answer.Blocked()
	if len(blocks) == 0 {
		return ""
	}
	var passed []string
	for _, h := range blocks[0].Path {
		if h.Kind == reach.NATHop || h.Kind == reach.InternetGatewayHop {
			passed = append(passed, h.Text)
		}
	}
	if len(passed) > 0 {
		return fmt.Sprintf("%s, after %s", blocks[0].Reason, strings.Join(passed, " and "))
	}
	return blocks[0].Reason
}

// gathered joins the tiers of two VPCs that lose and gain the same. Of those, the one with the
// fewest controls left stands for all.
func gathered(layers []Layer) []Layer {
	at := map[string]int{}
	all := []Layer{}
	for _, l := range layers {
		from, sender, _ := strings.Cut(l.From, ".")
		to, receiver, _ := strings.Cut(l.To, ".")
		text, _ := json.Marshal([]any{from, to, l.Lost, l.Gained})
		i, ok := at[string(text)]
		if !ok {
			at[string(text)] = len(all)
			all = append(all, l)
			continue
		}
		known := &all[i]
		if len(l.Left) < len(known.Left) {
			known.Left = l.Left
		}
		known.From, known.To = withTier(known.From, sender), withTier(known.To, receiver)
		if known.Before == "" {
			known.Before, known.Now = l.Before, l.Now
		}
	}
	return all
}

// withTier adds a tier to a list such as `dev.private, public`.
func withTier(list, tier string) string {
	_, tiers, _ := strings.Cut(list, ".")
	if tier == "" || slices.Contains(strings.Split(tiers, ", "), tier) {
		return list
	}
	return list + ", " + tier
}

// String says what became of the controls in a sentence.
func (l Layer) String() string {
	var parts []string
	if len(l.Lost) > 0 {
		parts = append(parts, "no longer stopped by "+strings.Join(l.Lost, ", "))
	}
	if len(l.Gained) > 0 {
		parts = append(parts, "now also stopped by "+strings.Join(l.Gained, ", "))
	}
	left := "nothing by itself"
	if len(l.Left) > 0 {
		left = words.Count(len(l.Left), "control") + " left: " + strings.Join(l.Left, ", ")
	}
	return strings.Join(append(parts, left), "; ")
}
