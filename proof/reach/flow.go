package reach

import (
	"hubspoke/proof/network"
	"hubspoke/proof/packet"
)

// flow is packets on their way.
type flow struct {
	// original are the packets as the sender made them, seen as they are now. They
	// differ once a NAT gateway chose another source for them: then each original
	// packet may be any of those seen with its destination, protocol and destination
	// port.
	original, seen packet.Set
	owner          owner
	translation    *translation
	trail          *trail
}

// owner says who has the address that packets have as their source.
type owner struct {
	vpc    *network.VPC // nil outside of VPCs, and for answers that a NAT gateway hands on
	public bool
	nat    *network.NATGateway
}

// translation is the packets as they came to a NAT gateway.
type translation struct {
	gateway *network.NATGateway
	before  packet.Set
	earlier *translation
}

// keys are all packets with the destination, protocol and destination port of one
// in the set.
func keys(s packet.Set) packet.Set {
	var boxes []packet.Box
	for _, b := range s {
		boxes = append(boxes, b.With(packet.Source, packet.Addresses).With(packet.SourcePort, packet.Ports))
	}
	return packet.Of(boxes...)
}

// narrow is the flow's packets that are seen as one of a part of those seen.
func (f flow) narrow(seen packet.Set) flow {
	if f.translation == nil {
		f.original = seen
	} else {
		f.original = f.original.Intersect(keys(seen))
	}
	f.seen = seen
	return f
}

// keep is the flow's packets whose original is in the set.
func (f flow) keep(original packet.Set) flow {
	f.original = f.original.Intersect(original)
	if f.original.Empty() {
		return flow{}
	}
	if f.translation == nil {
		f.seen = f.original
	} else {
		f.seen = f.seen.Intersect(keys(f.original))
	}
	return f
}

// split divides the flow by what is seen.
func (f flow) split(through packet.Set) (in, out flow) {
	return f.narrow(f.seen.Intersect(through)), f.narrow(f.seen.Subtract(through))
}

func (f flow) empty() bool { return f.seen.Empty() }

// stages are the packets between the sender, the NAT gateways on the way, and the
// end, in that order.
func (f flow) stages() []stage {
	var stages []stage
	packets := f.seen
	for t := f.translation; t != nil; t = t.earlier {
		stages = append(stages, stage{packets, t.gateway})
		packets = t.before.Intersect(keys(f.seen))
		if t.earlier == nil {
			packets = f.original
		}
	}
	stages = append(stages, stage{packets, nil})
	for i, j := 0, len(stages)-1; i < j; i, j = i+1, j-1 {
		stages[i], stages[j] = stages[j], stages[i]
	}
	return stages
}

// stage is packets with the same source, that of the sender or of a NAT gateway.
type stage struct {
	packets packet.Set
	gateway *network.NATGateway // nil for the sender
}

// translate gives packets a source of the gateway's. Which address it has in its
// subnet, AWS decides; the ports are 1024 to 65535:
// https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html
func (f flow) translate(gateway *network.NATGateway) flow {
	f.translation = &translation{gateway: gateway, before: f.seen, earlier: f.translation}
	var boxes []packet.Box
	for _, protocol := range []uint32{packet.ICMP, packet.TCP, packet.UDP} {
		ports := EphemeralPorts
		if protocol == packet.ICMP {
			ports = packet.Ports
		}
		for _, b := range f.seen.Restrict(packet.Protocol, packet.One(protocol)) {
			boxes = append(boxes, b.With(packet.Source, packet.Prefix(gateway.Subnet.CIDR)).With(packet.SourcePort, ports))
		}
	}
	f.seen = packet.Of(boxes...)
	f.owner = owner{vpc: gateway.Subnet.VPC, public: gateway.Public, nat: gateway}
	return f
}
