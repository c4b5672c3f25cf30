package reach

import (
	"iter"

	"hubspoke/proof/config"
	"hubspoke/proof/network"
	"hubspoke/proof/packet"
)

// Flood is what becomes of all packets that could be sent from somewhere, without
// security groups: every packet is in an outcome, and in several where AWS may
// choose.
type Flood struct {
	Outcomes []*Outcome

	byNetwork map[uint32][]*Outcome // by the upper 16 bits of destinations
	wide      []*Outcome
}

// Outcome is what becomes of some packets: they arrive, are dropped, or meet what
// is not known.
type Outcome struct {
	// At is where they arrive, zero where they do not.
	At Location
	// Unknown says that what becomes of them is not known.
	Unknown bool

	kind   outcomeKind
	flow   flow
	reason string
}

type outcomeKind int

const (
	arrived outcomeKind = iota
	dropped
	unknown
)

// Arrived says whether the packets arrive.
func (o *Outcome) Arrived() bool { return o.kind == arrived }

// Packets are the packets as they were sent.
func (o *Outcome) Packets() packet.Set { return o.flow.original }

// Seen are the packets as they are in the end, after translations.
func (o *Outcome) Seen() packet.Set { return o.flow.seen }

// Reason says why the packets do not arrive.
func (o *Outcome) Reason() string { return o.reason }

// Path is the way of the packets. For those that are dropped, the last hop decides.
func (o *Outcome) Path() []Hop { return o.flow.hops() }

// Location is where packets arrive.
type Location struct {
	Kind LocationKind
	// Subnet is set for InSubnet.
	Subnet *network.Subnet
	// Endpoint is set for AtService.
	Endpoint *network.Endpoint
	// Attachment is set Outside, unless VPC's virtual private gateway leads there.
	Attachment *network.Attachment
	// VPC is the one that packets leave, for AtService, OnInternet and Outside.
	VPC *network.VPC
	// Gateway is the internet gateway or the virtual private gateway.
	Gateway *config.Resource
}

// LocationKind is a kind of location.
type LocationKind int

// The kinds of locations.
const (
	Nowhere LocationKind = iota
	InSubnet
	// AtService is behind a gateway endpoint.
	AtService
	OnInternet
	// Outside is on-premises, or another network behind an attachment without a VPC.
	Outside
)

func (l Location) String() string {
	switch l.Kind {
	case InSubnet:
		return name(l.Subnet.Resource)
	case AtService:
		return "the service " + l.Endpoint.Service + " through " + name(l.Endpoint.Resource)
	case OnInternet:
		return "the internet"
	case Outside:
		if l.Attachment != nil {
			return "the network behind " + name(l.Attachment.Resource)
		}
		return "the network behind " + name(l.Gateway)
	}
	return "nowhere"
}

// start is where a flood begins. Exactly one of subnet, edge and attachment is set.
type start struct {
	subnet *network.Subnet
	public bool
	// handed says that packets are handed on by a gateway in the subnet: their source
	// is anywhere.
	handed bool
	// edge is a VPC whose internet or virtual private gateway or gateway endpoint lets
	// packets in.
	edge       *network.VPC
	attachment *network.Attachment
}

// FromSubnet is the flood of a workload in the subnet, with or without a public
// address.
func (a *Analysis) FromSubnet(s *network.Subnet, public bool) *Flood {
	return a.flood(start{subnet: s, public: public})
}

// FromEdge is the flood of what comes into a VPC by its internet gateway, virtual
// private gateway or gateway endpoints. Whether the receivers have public addresses
// is not looked at.
func (a *Analysis) FromEdge(v *network.VPC) *Flood { return a.flood(start{edge: v}) }

// FromAttachment is the flood of what comes to a transit gateway by an attachment,
// from any source.
func (a *Analysis) FromAttachment(at *network.Attachment) *Flood {
	return a.flood(start{attachment: at})
}

func (a *Analysis) flood(s start) *Flood {
	if f, ok := a.floods[s]; ok {
		return f
	}
	w := &walk{analysis: a, flood: &Flood{}}
	everything := packet.Set{packet.All}
	switch {
	case s.subnet != nil && s.handed:
		w.from(s.subnet, flow{original: everything, seen: everything})
	case s.subnet != nil:
		sent := everything.Restrict(packet.Source, a.cidr(s.subnet))
		w.from(s.subnet, flow{original: sent, seen: sent, owner: owner{vpc: s.subnet.VPC, public: s.public}})
	case s.edge != nil:
		w.deliver(s.edge, flow{original: everything, seen: everything})
	case s.attachment != nil:
		w.enterGateway(s.attachment, "", flow{original: everything, seen: everything})
	}
	w.flood.index()
	a.floods[s] = w.flood
	return w.flood
}

// index files outcomes by destination, so that questions about one subnet do not
// look at all.
func (f *Flood) index() {
	const few = 16
	f.byNetwork = map[uint32][]*Outcome{}
	for _, o := range f.Outcomes {
		low, high := span(o.flow.original)
		if high>>16-low>>16 >= few {
			f.wide = append(f.wide, o)
			continue
		}
		for n := low >> 16; n <= high>>16; n++ {
			f.byNetwork[n] = append(f.byNetwork[n], o)
		}
	}
}

// toward are the outcomes that concern packets of the set, each with those packets:
// in the order of the walk but for the wide ones, which come last.
func (f *Flood) toward(sent packet.Set) iter.Seq2[*Outcome, flow] {
	near, wide := f.Outcomes, []*Outcome(nil)
	if low, high := span(sent); low>>16 == high>>16 {
		near, wide = f.byNetwork[low>>16], f.wide
	}
	return func(yield func(*Outcome, flow) bool) {
		for _, list := range [...][]*Outcome{near, wide} {
			for _, o := range list {
				if part := o.flow.keep(sent); !part.empty() && !yield(o, part) {
					return
				}
			}
		}
	}
}

// span is the lowest and the highest destination.
func span(s packet.Set) (low, high uint32) {
	low = packet.Addresses.High
	for _, b := range s {
		low, high = min(low, b[packet.Destination].Low), max(high, b[packet.Destination].High)
	}
	return low, high
}
