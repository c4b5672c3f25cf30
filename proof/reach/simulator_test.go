package reach

import (
	"slices"

	"hubspoke/proof/config"
	"hubspoke/proof/network"
	"hubspoke/proof/packet"
)

// The simulator is the slow reference: it follows one packet at a time, through
// every choice that AWS has, with nothing precomputed and without sets.

// header is one packet.
type header struct{ source, destination, protocol, sourcePort, destinationPort uint32 }

func (h header) set() packet.Set {
	return packet.Set{{
		packet.One(h.source), packet.One(h.destination), packet.One(h.protocol),
		packet.One(h.sourcePort), packet.One(h.destinationPort),
	}}
}

func in(r packet.Range, n uint32) bool { return r.Low <= n && n <= r.High }

func inPrefixes(v *network.VPC, address uint32) bool {
	return slices.ContainsFunc(v.CIDRs, func(p netipPrefix) bool { return in(packet.Prefix(p), address) })
}

func (h header) is(t packet.Traffic) bool {
	return in(t.Protocol, h.protocol) && in(t.Port, h.destinationPort)
}

// sim is the state of a packet under way.
type sim struct {
	header     header
	owner      *network.VPC
	public     bool
	nat        *network.NATGateway
	passed     []natted
	referenced references // what group rules may still name the sender's groups
	seen       []visit
}

// natted is a packet as it came to a NAT gateway.
type natted struct {
	before  header
	gateway *network.NATGateway
}

type references struct{ ingress, egress bool }

// visit is where a packet was, and whose address its source is: all else about it
// stays as it is.
type visit struct {
	subnet *network.Subnet
	nat    *network.NATGateway
}

// fate is what may become of a packet.
type fate struct {
	kind  string // subnet, internet, service, outside, dropped or unknown
	why   string
	at    *network.Subnet
	vpc   *network.VPC // that it left
	out   *network.Attachment
	state sim
}

type simulator struct {
	network *network.Model
	// sources and ports are those of a NAT gateway that can make a difference.
	sources func(*network.Subnet) []uint32
	ports   []uint32
}

func one(kind, why string, s sim) []fate { return []fate{{kind: kind, why: why, state: s}} }

func (m *simulator) aclAllows(rules []network.ACLRule, peer uint32, h header) bool {
	for _, r := range rules {
		if in(r.Peer, peer) && h.is(r.Traffic) {
			return r.Allow
		}
	}
	return false
}

func (m *simulator) out(s *network.Subnet, h header) bool {
	return s.ACL == nil || m.aclAllows(s.ACL.Egress, h.destination, h)
}

func (m *simulator) into(s *network.Subnet, h header) bool {
	return s.ACL == nil || m.aclAllows(s.ACL.Ingress, h.source, h)
}

// at follows a packet that is sent, or handed on, in a subnet.
func (m *simulator) at(s *network.Subnet, p sim) []fate {
	if slices.Contains(p.seen, visit{s, p.nat}) {
		return one("dropped", "circle", p)
	}
	p.seen = append(slices.Clone(p.seen), visit{s, p.nat})
	h := p.header
	if in(packet.Prefix(s.CIDR), h.destination) {
		return []fate{{kind: "subnet", at: s, state: p}}
	}
	if len(s.Table.Unknown) > 0 {
		return one("unknown", "table", p)
	}
	target, found := m.lookUp(s, h.destination)
	if !found {
		return one("dropped", "no route", p)
	}
	switch {
	case target.Unknown != "":
		return one("unknown", "target", p)
	case target.NAT != nil:
		return m.natGateway(s, target.NAT, p)
	case target.Endpoint != nil && target.Endpoint.Inspects():
		next := target.Endpoint.Subnets[0]
		if next.VPC != s.VPC {
			return one("dropped", "endpoint elsewhere", p)
		}
		if next != s && !(m.out(s, h) && m.into(next, h)) {
			return one("dropped", "acl", p)
		}
		p.referenced = references{}
		return m.at(next, p)
	}
	if !m.out(s, h) {
		return one("dropped", "acl", p)
	}
	switch {
	case target.Local:
		return m.local(s.VPC, p)
	case target.InternetGateway != nil:
		return m.internet(s, target.InternetGateway, p)
	case target.Peering != nil:
		return m.peer(s, target.Peering, p)
	case target.TransitGateway != nil:
		return m.transit(s, target.TransitGateway, p)
	case target.Endpoint != nil:
		if target.Endpoint.VPC != s.VPC || p.owner != s.VPC {
			return one("dropped", "endpoint serves its VPC", p)
		}
		return []fate{{kind: "service", vpc: s.VPC, why: target.Endpoint.Service, state: p}}
	default:
		if p.owner != s.VPC {
			return one("dropped", "vgw serves its VPC", p)
		}
		return []fate{{kind: "outside", vpc: s.VPC, state: p}}
	}
}

// lookUp is the longest prefix; of equal ones, the written one beats the local one.
func (m *simulator) lookUp(s *network.Subnet, destination uint32) (network.Target, bool) {
	best, found := uint32(0), false
	var target network.Target
	for _, r := range s.Table.Routes {
		for _, d := range r.Destinations {
			if in(d, destination) && (!found || d.High-d.Low < best) {
				best, found, target = d.High-d.Low, true, r.Target
			}
		}
	}
	for _, cidr := range s.VPC.CIDRs {
		d := packet.Prefix(cidr)
		if in(d, destination) && (!found || d.High-d.Low < best) {
			best, found, target = d.High-d.Low, true, network.Target{Local: true}
		}
	}
	return target, found
}

func (m *simulator) local(v *network.VPC, p sim) []fate {
	for _, s := range v.Subnets {
		if in(packet.Prefix(s.CIDR), p.header.destination) {
			if !m.into(s, p.header) {
				return one("dropped", "acl", p)
			}
			return []fate{{kind: "subnet", at: s, state: p}}
		}
	}
	return one("dropped", "no subnet", p)
}

func (m *simulator) natGateway(s *network.Subnet, gateway *network.NATGateway, p sim) []fate {
	h := p.header
	if gateway.Subnet.VPC != s.VPC {
		return one("dropped", "nat elsewhere", p)
	}
	if gateway.Subnet != s && !(m.out(s, h) && m.into(gateway.Subnet, h)) {
		return one("dropped", "acl", p)
	}
	if h.protocol != packet.TCP && h.protocol != packet.UDP && h.protocol != packet.ICMP {
		return one("dropped", "protocol", p)
	}
	p.passed = append(slices.Clone(p.passed), natted{h, gateway})
	p.owner, p.public, p.nat, p.referenced = gateway.Subnet.VPC, gateway.Public, gateway, references{}
	var fates []fate
	for _, source := range m.sources(gateway.Subnet) {
		for _, port := range m.ports {
			next := p
			next.header.source = source
			if h.protocol != packet.ICMP {
				next.header.sourcePort = port
			}
			fates = append(fates, m.at(gateway.Subnet, next)...)
		}
	}
	return fates
}

func (m *simulator) internet(s *network.Subnet, gateway *config.Resource, p sim) []fate {
	known := slices.ContainsFunc(network.Internet, func(r packet.Range) bool { return in(r, p.header.destination) })
	if s.VPC.InternetGateway != gateway || !known || p.owner != s.VPC || !p.public {
		return one("dropped", "internet", p)
	}
	return []fate{{kind: "internet", vpc: s.VPC, state: p}}
}

func (m *simulator) peer(s *network.Subnet, peering *network.Peering, p sim) []fate {
	var other *network.VPC
	switch s.VPC {
	case peering.Requester:
		other = peering.Accepter
	case peering.Accepter:
		other = peering.Requester
	}
	if other == nil || !peering.Accepted || p.owner != s.VPC || !inPrefixes(other, p.header.destination) {
		return one("dropped", "peering", p)
	}
	if peering.Requester.Region != peering.Accepter.Region {
		p.referenced = references{}
	}
	return m.local(other, p)
}

func (m *simulator) transit(s *network.Subnet, gateway *network.TransitGateway, p sim) []fate {
	for _, a := range gateway.Attachments {
		if a.VPC != s.VPC {
			continue
		}
		for _, in := range a.Subnets {
			if in.Zone == s.Zone {
				if !m.into(in, p.header) {
					return one("dropped", "acl", p)
				}
				return m.gateway(a, s.Zone, p)
			}
		}
	}
	return one("dropped", "not attached", p)
}

func (m *simulator) gateway(from *network.Attachment, zone string, p sim) []fate {
	p.referenced.egress = false
	p.referenced.ingress = p.referenced.ingress && from.Gateway.GroupReferences
	if from.Table == nil {
		return one("dropped", "not associated", p)
	}
	if len(from.Table.Unknown) > 0 {
		return one("unknown", "gateway table", p)
	}
	next := chosen(from.Table, p.header.destination)
	if len(next) == 0 {
		return one("dropped", "no gateway route", p)
	}
	var fates []fate
	for _, a := range next {
		fates = append(fates, m.handOver(a, zone, p)...)
	}
	return fates
}

// chosen are the attachments to which a table sends an address: several where AWS may
// choose, and nil for a blackhole.
func chosen(table *network.GatewayTable, destination uint32) []*network.Attachment {
	var next []*network.Attachment // nil in it is a blackhole
	best, static := uint32(0), false
	take := func(d packet.Range, isStatic bool, a *network.Attachment) {
		size := d.High - d.Low
		switch {
		case !in(d, destination):
		case next == nil || size < best || size == best && isStatic && !static:
			next, best, static = []*network.Attachment{a}, size, isStatic
		case size == best && isStatic == static && !slices.Contains(next, a):
			next = append(next, a)
		}
	}
	for _, r := range table.Routes {
		if r.Blackhole {
			take(r.Destination, true, nil)
		} else {
			take(r.Destination, true, r.Attachment)
		}
	}
	for _, r := range table.Propagations {
		if r.Attachment.VPC != nil {
			for _, cidr := range r.Attachment.VPC.CIDRs {
				take(packet.Prefix(cidr), false, r.Attachment)
			}
		}
		for _, d := range r.Attachment.External {
			take(d, false, r.Attachment)
		}
	}
	return next
}

func (m *simulator) handOver(a *network.Attachment, zone string, p sim) []fate {
	if a == nil {
		return one("dropped", "blackhole", p)
	}
	if a.VPC == nil {
		return []fate{{kind: "outside", out: a, state: p}}
	}
	var fates []fate
	for _, s := range a.Subnets {
		if s.Zone == zone && !a.Appliance {
			return m.at(s, p)
		}
		fates = append(fates, m.at(s, p)...)
	}
	return fates
}

// fates are all that may become of a packet that is sent from a place.
func (m *simulator) fates(from Place, h header) []fate {
	s := from.subnet()
	return m.at(s, sim{header: h, owner: s.VPC, public: from.public(), referenced: references{true, true}})
}

// answer is what the simulator says of one packet.
type answer struct{ always, ever, forward, unknown bool }

func (m *simulator) ask(from, to Place, h header) answer {
	switch {
	case from.Internet:
		v := to.subnet().VPC
		if v.InternetGateway == nil || !to.public() {
			return answer{}
		}
		home := func(f fate) bool { return f.kind == "internet" && f.vpc == v }
		return m.judge(from, to, m.local(v, sim{header: h}), home)
	case from.OnPremises:
		return m.askFromOutside(from, to, h)
	}
	return m.judge(from, to, m.fates(from, h), func(f fate) bool { return f.kind == "subnet" && f.at == from.subnet() })
}

// askFromOutside lets the packet in by every way there is.
func (m *simulator) askFromOutside(from, to Place, h header) answer {
	var result answer
	enter := func(fates []fate) {
		got := m.judge(from, to, fates, func(f fate) bool { return f.kind == "outside" })
		result.always = result.always || got.always
		result.ever = result.ever || got.ever
		result.forward = result.forward || got.forward
		result.unknown = result.unknown || got.unknown
	}
	if s := to.subnet(); s != nil {
		for _, t := range s.VPC.Tables {
			for _, r := range t.Routes {
				if r.Target.OnPremises != nil {
					enter(m.local(s.VPC, sim{header: h}))
				}
			}
		}
	}
	for _, g := range m.network.TransitGateways {
		for _, a := range g.Attachments {
			if a.VPC == nil && slices.ContainsFunc(a.External, func(r packet.Range) bool { return in(r, h.source) }) {
				enter(m.gateway(a, "", sim{header: h}))
			}
		}
	}
	return result
}

func (m *simulator) judge(from, to Place, fates []fate, home func(fate) bool) answer {
	result := answer{always: true}
	for _, f := range fates {
		if f.kind == "unknown" {
			result.unknown, result.always = true, false
			continue
		}
		if !m.there(to, f) {
			result.always = false
			continue
		}
		if !m.groups(from, to, f, true, true) || !m.groups(to, from, f, false, true) {
			result.always = false
		}
		if !m.groups(from, to, f, true, false) {
			result.unknown = result.unknown || unsure(from)
			continue
		}
		if !m.groups(to, from, f, false, false) {
			result.unknown = result.unknown || unsure(to)
			continue
		}
		result.forward = true
		back := m.back(to, f, home)
		result.ever = result.ever || back.ever
		result.always = result.always && back.always
		result.unknown = result.unknown || back.unknown
	}
	return result
}

func (m *simulator) there(to Place, f fate) bool {
	switch {
	case to.subnet() != nil:
		return f.kind == "subnet" && f.at == to.subnet()
	case to.Internet:
		return f.kind == "internet"
	case to.Service != "":
		return f.kind == "internet" || f.kind == "service" && f.why == to.Service
	}
	return f.kind == "outside"
}

// groups says whether the security groups of an end let through what arrives.
func (m *simulator) groups(own, peer Place, f fate, egress, always bool) bool {
	address, referenced := f.state.header.source, f.state.referenced.ingress
	if egress {
		address, referenced = f.state.header.destination, f.state.referenced.egress
	}
	for _, g := range held(own) {
		rules := g.Ingress
		if egress {
			rules = g.Egress
		}
		for _, r := range rules {
			if !f.state.header.is(r.Traffic) {
				continue
			}
			if r.Group != nil && referenced && m.holds(peer, r.Group, always) {
				return true
			}
			for _, p := range r.Peers {
				if r.Group == nil && in(p, address) {
					return true
				}
			}
		}
	}
	return len(held(own)) == 0
}

func held(p Place) []*network.Group {
	if p.Interface != nil {
		return p.Interface.Groups
	}
	return p.Groups
}

func unsure(p Place) bool {
	return slices.ContainsFunc(held(p), func(g *network.Group) bool { return len(g.Unknown) > 0 })
}

func (m *simulator) holds(p Place, g *network.Group, always bool) bool {
	if p.Interface != nil {
		return slices.Contains(p.Interface.Groups, g)
	}
	if p.Groups != nil {
		return slices.Contains(p.Groups, g)
	}
	if p.Subnet == nil || always || slices.Contains(p.Without, g) {
		return false
	}
	return p.Subnet.VPC == g.VPC
}

func (h header) reply() header {
	return header{h.destination, h.source, h.protocol, h.destinationPort, h.sourcePort}
}

// back sends the answer, and takes it from NAT gateway to NAT gateway.
func (m *simulator) back(to Place, f fate, home func(fate) bool) answer {
	if p := f.state.header.protocol; p != packet.TCP && p != packet.UDP {
		return answer{always: true, ever: true}
	}
	result := answer{always: true, ever: true}
	take := func(fates []fate, home func(fate) bool) {
		ever := false
		for _, b := range fates {
			good := home(b) && len(b.state.passed) == 0
			ever = ever || good
			result.always = result.always && good
			result.unknown = result.unknown || b.kind == "unknown"
		}
		result.ever = result.ever && ever
	}
	packets, homes := []header{}, []func(fate) bool{home}
	for _, n := range f.state.passed {
		packets = append(packets, n.before)
		homes = append(homes, func(b fate) bool { return b.kind == "subnet" && b.at == n.gateway.Subnet })
	}
	packets = append(packets, f.state.header)
	last := len(packets) - 1
	take(m.answering(to, f, packets[last].reply()), homes[last])
	for i := last - 1; i >= 0; i-- {
		take(m.at(f.state.passed[i].gateway.Subnet, sim{header: packets[i].reply()}), homes[i])
	}
	return result
}

// answering is what becomes of the answer of who got the packet.
func (m *simulator) answering(to Place, f fate, reply header) []fate {
	switch {
	case f.kind == "subnet":
		return m.at(f.at, sim{header: reply, owner: f.at.VPC, public: to.public()})
	case f.out != nil:
		return m.gateway(f.out, "", sim{header: reply})
	}
	return m.local(f.vpc, sim{header: reply})
}
