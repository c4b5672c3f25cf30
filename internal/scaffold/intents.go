package scaffold

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"hubspoke/estate"
	"hubspoke/internal/subnet"
)

// intents adds to intents.yaml what the new spoke promises.
//
// What is promised of the old spoke is promised of the new one. Where the old one is
// one of several spokes in a list, the new one joins the list; where a promise is
// about the old one alone, the new one gets a copy. A fence, which keeps the old one
// from all other spokes, keeps the two from each other as well.
func (r renaming) intents(t *text) error {
	items := t.entries(t.whole())
	if len(items) == 0 || items[0].flow {
		return errors.New("the list stands in brackets")
	}
	fenced, copies := false, ""
	for i, item := range items {
		p, err := r.promise(t, item)
		if err != nil {
			return err
		}
		added, err := p.grow()
		if err != nil {
			return err
		}
		fenced = fenced || p.deny() && (p.fence != nil || p.open)
		copies += added
		// Copies stand behind the group that their originals are in.
		if last := i == len(items)-1; copies != "" && (last || items[i+1].first > item.last+1) {
			if last && !strings.HasSuffix(string(t.bytes), "\n") {
				copies = strings.TrimSuffix(copies, "\n")
			}
			t.edits = append(t.edits, t.behind(item.last, copies))
			copies = ""
		}
	}
	if !r.apart() {
		t.edits = append(t.edits, t.behind(items[len(items)-1].last, fmt.Sprintf("\n# %s and %s reach each other.\n- allow: {from: %s, to: %s, port: 443}\n- allow: {from: %[4]s, to: %[3]s, port: 443}\n",
			r.old, r.new, scalar(r.old+".private"), scalar(r.new+".private"))))
	} else if !fenced {
		by := ""
		if r.estate.HasHubNetwork() {
			by = ", by: transit-gateway"
		}
		old, new := scalar(r.old), scalar(r.new)
		t.edits = append(t.edits, t.behind(items[len(items)-1].last, fmt.Sprintf("\n# %s and %s do not reach each other.\n- deny: {from: %s, to: %s%s}\n- deny: {from: %s, to: %s%s}\n",
			r.old, r.new, old, new, by, new, old, by)))
	}
	return nil
}

// apart says that the two spokes do not exchange traffic.
func (r renaming) apart() bool {
	e, segment := r.estate, r.new
	if !e.HasHubNetwork() {
		return true
	}
	if !r.ownSegment() {
		segment = e.Segment(r.old)
	}
	return !e.Reaches(e.Segment(r.old), segment)
}

// promise is one item of intents.yaml.
type promise struct {
	renaming
	text *text
	item block
	kind string
	// lists are its lists of parties that have the old spoke in them.
	lists []block
	// answers are the edits that rename what DNS is asked for, and what it answers with.
	answers []edit
	// fence is the list of all other spokes that this promise keeps from the old one, if it does.
	fence *block
	// tier is what stands behind each of them: "" or ".private".
	tier string
	// open says that it keeps everyone but some from the old one: `from: "*"` with an
	// exception. Its copy does so for the new one.
	open bool
	// except is the list of those who are excepted, if the old spoke is one.
	except *block
}

func (r renaming) promise(t *text, item block) (promise, error) {
	p := promise{renaming: r, text: t, item: item}
	kinds := t.entries(item)
	if len(kinds) != 1 {
		return p, nil
	}
	p.kind = kinds[0].key.Value
	fields, nothing := map[string]block{}, false
	for _, field := range t.entries(kinds[0]) {
		fields[field.key.Value] = field
		nothing = nothing || p.kind == "resolve" && field.key.Value == "to" && field.value.Value == "nothing"
		if slices.ContainsFunc(scalars(field.value), ofPrivateLink) {
			return p, nil
		}
	}
	for _, key := range []string{"from", "from_except", "to", "to_except", "for", "for_except", "name"} {
		field, ok := fields[key]
		switch {
		case !ok:
		case p.kind == "resolve" && key != "from":
			edits, err := t.renamed(scalars(field.value), p.answer)
			if err != nil {
				return p, err
			}
			p.answers = append(p.answers, edits...)
		case p.speaks(field):
			p.lists = append(p.lists, field)
		}
	}
	for _, key := range []string{"from_except", "to_except", "for_except"} {
		if except, ok := fields[key]; ok && p.speaks(except) {
			p.except = &except
			p.open = p.deny() && key == "from_except" && p.speaks(fields["to"])
		}
	}
	if !p.concerned() || !p.apart() || !p.deny() && !nothing || len(p.lists) > 1 || len(p.lists) == 1 && !p.alone(p.lists[0]) {
		return p, nil
	}
	for _, key := range []string{"from", "to"} {
		if field, ok := fields[key]; ok && (p.deny() || key == "from") && !p.speaks(field) {
			if tier, all := p.allOthers(field); all {
				p.fence, p.tier = &field, tier
			}
		}
	}
	return p, nil
}

// ofPrivateLink says that the name of a party is that of what a spoke serves to others, or uses of them. The new
// spoke has none of it, so what is promised of it is promised of nobody else.
func ofPrivateLink(n *yaml.Node) bool {
	_, rest, _ := strings.Cut(n.Value, ".")
	kind, _, named := strings.Cut(rest, ".")
	return named && slices.Contains([]string{"api", "endpoint-service", "load-balancer"}, kind)
}

// concerned says that the promise speaks of the old spoke.
func (p promise) concerned() bool { return len(p.lists)+len(p.answers) > 0 }

func (p promise) deny() bool { return p.kind == "deny" }

// party is what the name of a party becomes.
func (r renaming) party(s string) string {
	if rest, ok := strings.CutPrefix(s, r.old+"."); ok {
		return r.new + "." + r.value(rest)
	}
	return r.word(s)
}

// answer is what a name that DNS is asked for, or what its answer leads to, becomes.
func (r renaming) answer(s string) string {
	if zone := r.value(s); zone != s {
		return zone
	}
	return r.party(s)
}

// speaks says that a list has the old spoke, or something in it.
func (p promise) speaks(list block) bool {
	return slices.ContainsFunc(scalars(list.value), func(n *yaml.Node) bool { return p.party(n.Value) != n.Value })
}

// alone says that a list has nobody but the old spoke.
func (p promise) alone(list block) bool {
	return !slices.ContainsFunc(scalars(list.value), func(n *yaml.Node) bool { return p.party(n.Value) == n.Value })
}

// others says that a list has other spokes too.
func (p promise) others(list block) bool {
	return slices.ContainsFunc(scalars(list.value), func(n *yaml.Node) bool {
		account, _, _ := strings.Cut(n.Value, ".")
		return account != p.old && p.estate.Spoke(account) != nil
	})
}

// allOthers says that a list has all other spokes, or the same tier of each.
func (p promise) allOthers(list block) (tier string, all bool) {
	parties := map[string]bool{}
	for _, n := range scalars(list.value) {
		parties[n.Value] = true
	}
	for _, tier := range []string{"", "." + string(subnet.Private), "." + string(subnet.Public), "." + string(subnet.Database)} {
		missing := slices.ContainsFunc(p.estate.Spokes, func(s *estate.Spoke) bool { return s.Name != p.old && !parties[s.Name+tier] })
		if !missing && len(p.estate.Spokes) > 1 {
			return tier, true
		}
	}
	return "", false
}

// grow makes the promise speak of the new spoke too, and returns its copy for the new
// one if it has one.
func (p promise) grow() (string, error) {
	t := p.text
	if !p.concerned() {
		return "", nil
	}
	if len(p.lists) == 1 && len(p.answers) == 0 && (p.kind == "only" || p.except != nil || p.others(p.lists[0])) {
		var joining []string
		for _, n := range scalars(p.lists[0].value) {
			if name := p.party(n.Value); name != n.Value {
				joining = append(joining, name)
			}
		}
		return "", t.change(t.joined(p.lists[0], joining...))
	}
	edits := slices.Clone(p.answers)
	for _, list := range p.lists {
		if p.open && list.value == p.except.value && !p.apart() {
			// The two reach each other: each is an exception of the other's.
			joined, err := t.joined(list, p.new)
			if err := t.change(joined, err); err != nil {
				return "", err
			}
			edits = append(edits, joined...)
			continue
		}
		renamed, err := t.renamed(scalars(list.value), p.party)
		if err != nil {
			return "", err
		}
		edits = append(edits, renamed...)
	}
	if p.fence != nil {
		if err := t.change(t.joined(*p.fence, p.new+p.tier)); err != nil {
			return "", err
		}
		joined, err := t.joined(*p.fence, p.old+p.tier)
		if err != nil {
			return "", err
		}
		edits = append(edits, joined...)
	}
	return t.part(t.lines[p.item.first], t.lines[p.item.last+1], edits), nil
}
