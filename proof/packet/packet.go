// Package packet computes with sets of IPv4 packets: which packets a rule lets
// through, a route takes, or a path delivers. Sets are exact; nothing is sampled.
package packet

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strings"
)

// A Field is a part of a packet's header that networks decide by.
type Field int

// The fields of a packet.
const (
	Source Field = iota
	Destination
	Protocol
	// SourcePort is the port of TCP and UDP, and 0 to 65535 for all else.
	SourcePort
	// DestinationPort is the port of TCP and UDP. For ICMP it is the type in the
	// upper eight bits and the code in the lower ones, and for all else 0 to 65535.
	DestinationPort
	fields
)

// Protocol numbers: https://www.iana.org/assignments/protocol-numbers
const (
	ICMP = 1
	TCP  = 6
	UDP  = 17
)

// Range is the numbers from Low to High, both included. An address is the number
// that its four bytes make.
type Range struct{ Low, High uint32 }

// One is the range of a single number.
func One(n uint32) Range { return Range{n, n} }

// Ports, Protocols and Addresses are the ranges of everything.
var (
	Ports     = Range{0, math.MaxUint16}
	Protocols = Range{0, math.MaxUint8}
	Addresses = Range{0, math.MaxUint32}
)

func (r Range) intersect(s Range) (Range, bool) {
	r = Range{max(r.Low, s.Low), min(r.High, s.High)}
	return r, r.Low <= r.High
}

func (r Range) contains(s Range) bool { return r.Low <= s.Low && s.High <= r.High }

// Prefix is the range of the prefix's addresses. The prefix must be one of IPv4.
func Prefix(p netip.Prefix) Range {
	low := Address(p.Masked().Addr())
	return Range{low, low + uint32(uint64(1)<<(32-p.Bits())-1)}
}

// Address is the number of an IPv4 address.
func Address(a netip.Addr) uint32 {
	bytes := a.As4()
	return binary.BigEndian.Uint32(bytes[:])
}

// Addr is the address with that number.
func Addr(n uint32) netip.Addr {
	var bytes [4]byte
	binary.BigEndian.PutUint32(bytes[:], n)
	return netip.AddrFrom4(bytes)
}

// A Box is the packets whose every field is in a range.
type Box [fields]Range

// All is every packet.
var All = Box{Source: Addresses, Destination: Addresses, Protocol: Protocols, SourcePort: Ports, DestinationPort: Ports}

// With returns the box with another range for a field.
func (b Box) With(f Field, r Range) Box {
	b[f] = r
	return b
}

func (b Box) intersect(c Box) (Box, bool) {
	// Most boxes differ in where they go.
	if b[Destination].High < c[Destination].Low || c[Destination].High < b[Destination].Low {
		return Box{}, false
	}
	for f := range b {
		r, ok := b[f].intersect(c[f])
		if !ok {
			return Box{}, false
		}
		b[f] = r
	}
	return b, true
}

func (b Box) contains(c Box) bool {
	for f := range b {
		if !b[f].contains(c[f]) {
			return false
		}
	}
	return true
}

// subtract appends to boxes what is in b and not in c.
func (b Box) subtract(c Box, boxes []Box) []Box {
	if _, ok := b.intersect(c); !ok {
		return append(boxes, b)
	}
	// Cut off what lies beside c, field after field. What is left lies in c.
	for f := range b {
		if b[f].Low < c[f].Low {
			boxes = append(boxes, b.With(Field(f), Range{b[f].Low, c[f].Low - 1}))
			b[f].Low = c[f].Low
		}
		if b[f].High > c[f].High {
			boxes = append(boxes, b.With(Field(f), Range{c[f].High + 1, b[f].High}))
			b[f].High = c[f].High
		}
	}
	return boxes
}

// A Set is a set of packets: boxes that do not overlap. Its zero value is the
// empty set. Sets are not changed once made, and may share boxes.
type Set []Box

// Of is the set of the packets in any of the boxes.
func Of(boxes ...Box) Set {
	var s Set
	for _, b := range boxes {
		s = s.Union(Set{b})
	}
	return s
}

// Empty says whether there is no packet in the set.
func (s Set) Empty() bool { return len(s) == 0 }

// few is how many boxes most sets have at most. What is made of them step by step is
// made in room for so many, and only the last of it is kept.
const few = 16

// kept is a set of its own.
func (s Set) kept() Set {
	if len(s) == 0 {
		return nil
	}
	return slices.Clone(s)
}

// Intersect is the packets in both sets.
func (s Set) Intersect(t Set) Set {
	var room [few]Box
	both := Set(room[:0])
	for _, b := range s {
		for _, c := range t {
			if d, ok := b.intersect(c); ok {
				both = append(both, d)
			}
		}
	}
	return both.kept()
}

// Subtract is the packets of s that are not in t.
func (s Set) Subtract(t Set) Set {
	if !slices.ContainsFunc(t, s.overlaps) {
		return s
	}
	var room [2][few]Box
	rest, next := append(Set(room[0][:0]), s...), Set(room[1][:0])
	for _, c := range t {
		if !rest.overlaps(c) {
			continue
		}
		next = next[:0]
		for _, b := range rest {
			next = b.subtract(c, next)
		}
		rest, next = next, rest
	}
	return rest.kept()
}

func (s Set) overlaps(c Box) bool {
	for _, b := range s {
		if _, ok := b.intersect(c); ok {
			return true
		}
	}
	return false
}

// Union is the packets in either set.
func (s Set) Union(t Set) Set {
	if len(t) == 0 {
		return s
	}
	if len(s) == 0 {
		return t
	}
	return slices.Concat(s, t.Subtract(s))
}

// Contains says whether all of t's packets are in s.
func (s Set) Contains(t Set) bool { return t.Subtract(s).Empty() }

// Restrict is the packets whose field is in the range.
func (s Set) Restrict(f Field, r Range) Set { return s.Intersect(Set{All.With(f, r)}) }

// Rewrite is the set with a field of every packet replaced by any value of the
// range, as an address translation does.
func (s Set) Rewrite(f Field, r Range) Set {
	var boxes []Box
	for _, b := range s {
		boxes = append(boxes, b.With(f, r))
	}
	return Of(boxes...)
}

// Reply is the packets that answer those of the set: addresses and ports change
// places. What answers an ICMP message is another message of any type.
func (s Set) Reply() Set {
	replies := make(Set, 0, len(s))
	var icmp []Box
	for _, b := range s {
		if !b[Protocol].contains(One(ICMP)) {
			replies = append(replies, b.reversed())
			continue
		}
		icmp = append(icmp, b.reversed().With(Protocol, One(ICMP)).With(SourcePort, Ports).With(DestinationPort, Ports))
		for _, other := range b.subtract(All.With(Protocol, One(ICMP)), nil) {
			replies = append(replies, other.reversed())
		}
	}
	// Those of ICMP may have come to overlap.
	return replies.Union(Of(icmp...))
}

func (b Box) reversed() Box {
	b[Source], b[Destination] = b[Destination], b[Source]
	b[SourcePort], b[DestinationPort] = b[DestinationPort], b[SourcePort]
	return b
}

// Simplify returns the same set in fewer boxes where two of them join to one, in
// a fixed order.
func (s Set) Simplify() Set {
	if len(s) < 2 {
		return s
	}
	boxes := slices.Clone(s)
	slices.SortFunc(boxes, compare)
	for joined := true; joined; {
		joined = false
		for i := 0; i < len(boxes) && !joined; i++ {
			for j := i + 1; j < len(boxes); j++ {
				if b, ok := boxes[i].join(boxes[j]); ok {
					boxes[i] = b
					boxes = slices.Delete(boxes, j, j+1)
					joined = true
					break
				}
			}
		}
	}
	slices.SortFunc(boxes, compare)
	return boxes
}

// join makes one box of two that differ in one field, where they touch.
func (b Box) join(c Box) (Box, bool) {
	different := -1
	for f := range b {
		if b[f] != c[f] {
			if different >= 0 {
				return Box{}, false
			}
			different = f
		}
	}
	if different < 0 {
		return b, true
	}
	r, s := b[different], c[different]
	if uint64(r.High)+1 != uint64(s.Low) && uint64(s.High)+1 != uint64(r.Low) {
		return Box{}, false
	}
	return b.With(Field(different), Range{min(r.Low, s.Low), max(r.High, s.High)}), true
}

func compare(b, c Box) int {
	for f := range b {
		if order := cmp.Or(cmp.Compare(b[f].Low, c[f].Low), cmp.Compare(b[f].High, c[f].High)); order != 0 {
			return order
		}
	}
	return 0
}

// Traffic is a protocol with its ports, as rules name it.
type Traffic struct {
	Protocol Range
	// Port is the range of destination ports, or of ICMP types and codes.
	Port Range
}

// AnyTraffic is all protocols and ports.
var AnyTraffic = Traffic{Protocols, Ports}

// Box is the packets of the traffic, between any addresses.
func (t Traffic) Box() Box {
	return All.With(Protocol, t.Protocol).With(DestinationPort, t.Port)
}

func (t Traffic) String() string {
	if t.Protocol == Protocols {
		return "all"
	}
	if t.Protocol.Low != t.Protocol.High {
		return fmt.Sprintf("protocols %d-%d", t.Protocol.Low, t.Protocol.High)
	}
	name := map[uint32]string{ICMP: "icmp", TCP: "tcp", UDP: "udp"}[t.Protocol.Low]
	if name == "" {
		return fmt.Sprintf("protocol %d", t.Protocol.Low)
	}
	switch {
	case t.Port == Ports:
		return name
	case t.Protocol.Low == ICMP:
		return fmt.Sprintf("icmp type %d", t.Port.Low>>8)
	case t.Port.Low == t.Port.High:
		return fmt.Sprintf("%s/%d", name, t.Port.Low)
	}
	return fmt.Sprintf("%s/%d-%d", name, t.Port.Low, t.Port.High)
}

// Traffic is the box's protocol and destination ports.
func (b Box) Traffic() Traffic { return Traffic{b[Protocol], b[DestinationPort]} }

// String reads like `10.1.0.0/16 -> 10.2.0.0/16 tcp/443`.
func (b Box) String() string {
	text := fmt.Sprintf("%s -> %s %s", Between(b[Source]), Between(b[Destination]), b.Traffic())
	if b[SourcePort] != Ports && (b[Protocol] == One(TCP) || b[Protocol] == One(UDP)) {
		text += fmt.Sprintf(" from port %d-%d", b[SourcePort].Low, b[SourcePort].High)
	}
	return text
}

// Between names a range of addresses: a prefix if it is one, else its ends.
func Between(r Range) string {
	if r == Addresses {
		return "0.0.0.0/0"
	}
	size := uint64(r.High) - uint64(r.Low) + 1
	if size == 1 {
		return Addr(r.Low).String()
	}
	if size&(size-1) == 0 && uint64(r.Low)%size == 0 {
		bits := 32
		for n := size; n > 1; n >>= 1 {
			bits--
		}
		return netip.PrefixFrom(Addr(r.Low), bits).String()
	}
	return Addr(r.Low).String() + "-" + Addr(r.High).String()
}

func (s Set) String() string {
	var lines []string
	for _, b := range s.Simplify() {
		lines = append(lines, b.String())
	}
	return strings.Join(lines, "; ")
}
