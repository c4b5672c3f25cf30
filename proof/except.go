package proof

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"hubspoke/proof/intent"
	"hubspoke/proof/network"
	"hubspoke/proof/packet"
)

// but names parties, and those of them that are not meant.
func but(parties, except intent.Parties) string {
	text := strings.Join(parties, ", ")
	if len(except) > 0 {
		text += " but " + strings.Join(except, ", ")
	}
	return text
}

// meant are the places of parties without those that are excepted. An exception that
// changes nothing is an error, and so is one that leaves nobody: the promise would be
// another one than it seems.
func (p *Proof) meant(parties, except intent.Parties) ([]place, error) {
	words := fmt.Sprint(p.demanding, parties, except)
	if known, ok := p.meanings[words]; ok {
		return known.places, known.err
	}
	places, err := p.lookUp(parties, except)
	p.meanings[words] = meaning{places, err}
	return places, err
}

// meaning is what parties turned out to mean.
type meaning struct {
	places []place
	err    error
}

func (p *Proof) lookUp(parties, except intent.Parties) ([]place, error) {
	all, err := p.places(parties)
	if err != nil {
		return nil, err
	}
	for _, text := range except {
		out, err := p.places(intent.Parties{text})
		if err != nil {
			return nil, err
		}
		left, changed := p.excepting(all, out)
		switch {
		case !changed:
			return nil, fmt.Errorf("%s is excepted from %s, which does not mean it", text, strings.Join(parties, ", "))
		// `*` and the party itself except whoever joins later too.
		case len(left) == 0 && !slices.Contains(except, "*") && !slices.Contains(parties, text) &&
			slices.ContainsFunc(parties, func(p string) bool { return strings.HasPrefix(p, "*") }):
			return nil, nobodyElse{but(parties, except)}
		case len(left) == 0:
			return nil, fmt.Errorf("nobody is left of %s", but(parties, except))
		}
		all = left
	}
	return all, nil
}

// nobodyElse says that everyone there is today is excepted. What is forbidden to everyone
// else is kept: it is said for those who join later.
type nobodyElse struct{ parties string }

func (n nobodyElse) Error() string { return "there is nobody yet among " + n.parties }

// vacant is the result of a prohibition whose parties cannot be found, or are not there
// yet.
func vacant(text string, err error) Result {
	if none := (nobodyElse{}); errors.As(err, &none) {
		return Result{Intent: text, Status: Proven, Summary: none.Error()}
	}
	return unreadable(text, err)
}

// needing are the places for which something is demanded. `*` does not mean VPCs there
// that hold no workloads.
func (p *Proof) needing(parties, except intent.Parties) ([]place, error) {
	p.demanding = true
	defer func() { p.demanding = false }()
	return p.meant(parties, except)
}

// excepting are the places without those that are out: a workload of a subnet is out as
// a whole with the subnet; of what is a part of it, the addresses are, and the groups
// that nobody else holds.
func (p *Proof) excepting(all, out []place) (left []place, changed bool) {
	trusted := p.heldBySenders(out)
	for _, o := range all {
		rest, any := withoutPlaces(o, out)
		if !any || slices.ContainsFunc(out, func(e place) bool { return e.holds(o) }) {
			changed = true
			continue
		}
		if o.Interface == nil && o.Subnet != nil && len(o.Groups) == 0 {
			for _, g := range trusted {
				if g.VPC == o.Subnet.VPC && slices.ContainsFunc(out, func(e place) bool { return e.subnet() == o.Subnet }) {
					rest.Without = append(slices.Clone(rest.Without), g)
				}
			}
		}
		changed = changed || len(rest.Without) > len(o.Without) || !slices.Equal(rest.Addresses, o.Addresses)
		left = append(left, rest)
	}
	return left, changed
}

// holds says whether a place is a part of this one: what runs in the subnet that this is
// any workload of, what has an address of the range that this is, or what holds the group
// that this is about.
func (p place) holds(o place) bool {
	if p.Subnet == nil || p.Subnet != o.subnet() {
		return false
	}
	if len(p.Groups) > 0 {
		return o.Interface != nil && !slices.ContainsFunc(p.Groups, func(g *network.Group) bool { return !slices.Contains(o.Interface.Groups, g) })
	}
	if p.Addresses == nil {
		return true
	}
	return o.Interface != nil && slices.ContainsFunc(p.Addresses, func(r packet.Range) bool {
		return r.Low <= o.Interface.Addresses.Low && o.Interface.Addresses.High <= r.High
	})
}
