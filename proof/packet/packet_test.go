package packet

import (
	"net/netip"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// The universe is small enough to try every packet: four values of each field, with
// TCP, ICMP and their neighbours among the protocols.
var universe = every()

var values = [fields][]uint32{
	Source:          {0, 1, 2, Addresses.High},
	Destination:     {0, 1, 2, Addresses.High},
	Protocol:        {0, ICMP, 2, TCP},
	SourcePort:      {0, 1, 2, Ports.High},
	DestinationPort: {0, 1, 2, Ports.High},
}

func every() []Box {
	all := []Box{{}}
	for f := range fields {
		var next []Box
		for _, b := range all {
			for _, v := range values[f] {
				next = append(next, b.With(f, One(v)))
			}
		}
		all = next
	}
	return all
}

func drawBox(t *rapid.T) Box {
	var b Box
	for f := range fields {
		low := rapid.IntRange(0, 3).Draw(t, "low")
		high := rapid.IntRange(low, 3).Draw(t, "high")
		b[f] = Range{values[f][low], values[f][high]}
	}
	return b
}

// drawSet draws boxes, and says of a packet whether it is in any of them.
func drawSet(t *rapid.T) (Set, func(Box) bool) {
	boxes := rapid.SliceOfN(rapid.Custom(drawBox), 0, 4).Draw(t, "boxes")
	return Of(boxes...), func(p Box) bool {
		return slices.ContainsFunc(boxes, func(b Box) bool { return b.contains(p) })
	}
}

// agree checks a set against a packet-by-packet answer, and that its boxes do not
// overlap.
func agree(t *rapid.T, what string, s Set, want func(Box) bool) {
	for _, p := range universe {
		holding := 0
		for _, b := range s {
			if b.contains(p) {
				holding++
			}
		}
		if holding > 1 || (holding == 1) != want(p) {
			t.Fatalf("%s: %v is in %d boxes, want %v: %s", what, p, holding, want(p), s)
		}
	}
}

func TestSetsAreWhatTheirPacketsSay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, inS := drawSet(t)
		u, inU := drawSet(t)
		agree(t, "of", s, inS)
		agree(t, "union", s.Union(u), func(p Box) bool { return inS(p) || inU(p) })
		agree(t, "intersection", s.Intersect(u), func(p Box) bool { return inS(p) && inU(p) })
		agree(t, "difference", s.Subtract(u), func(p Box) bool { return inS(p) && !inU(p) })
		agree(t, "simplified", s.Simplify(), inS)
		f, r := Field(rapid.IntRange(0, int(fields)-1).Draw(t, "field")), drawBox(t)
		agree(t, "restricted", s.Restrict(f, r[f]), func(p Box) bool { return inS(p) && r[f].contains(p[f]) })
		agree(t, "rewritten", s.Rewrite(f, r[f]), func(p Box) bool {
			return r[f].contains(p[f]) && slices.ContainsFunc(values[f], func(v uint32) bool { return inS(p.With(f, One(v))) })
		})
		if s.Contains(u) != s.Union(u).Subtract(s).Empty() {
			t.Fatal("a set contains what it does not gain by union")
		}
	})
}

func TestRepliesTurnPacketsAround(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, inS := drawSet(t)
		agree(t, "reply", s.Reply(), func(p Box) bool {
			asked := p.With(Source, p[Destination]).With(Destination, p[Source]).
				With(SourcePort, p[DestinationPort]).With(DestinationPort, p[SourcePort])
			if p[Protocol] != One(ICMP) {
				return inS(asked)
			}
			// Any message answers any other.
			return slices.ContainsFunc(universe, func(q Box) bool {
				same := asked.With(SourcePort, q[SourcePort]).With(DestinationPort, q[DestinationPort])
				return same == q && inS(q)
			})
		})
	})
}

func TestRangesAreNamedAsPrefixesWhereTheyAre(t *testing.T) {
	for text, want := range map[string]Range{
		"0.0.0.0/0":           Addresses,
		"10.0.0.0/8":          {10 << 24, 11<<24 - 1},
		"10.0.0.1":            One(10<<24 + 1),
		"10.0.0.1-10.0.0.2":   {10<<24 + 1, 10<<24 + 2},
		"255.255.255.254/31":  {Addresses.High - 1, Addresses.High},
		"0.0.0.0-255.0.0.255": {0, 255<<24 + 255},
	} {
		if got := Between(want); got != text {
			t.Errorf("%v is named %s, want %s", want, got, text)
		}
		if p, err := netip.ParsePrefix(text); err == nil && Prefix(p) != want {
			t.Errorf("%s is %v, want %v", text, Prefix(p), want)
		}
	}
}

func TestTrafficReadsLikeARule(t *testing.T) {
	for want, traffic := range map[string]Traffic{
		"all":           AnyTraffic,
		"tcp":           {One(TCP), Ports},
		"tcp/443":       {One(TCP), One(443)},
		"udp/1024-2048": {One(UDP), Range{1024, 2048}},
		"icmp type 8":   {One(ICMP), Range{8 << 8, 8<<8 + 255}},
		"protocol 50":   {One(50), Ports},
	} {
		if got := traffic.String(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
