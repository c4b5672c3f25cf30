package reach

import (
	"hubspoke/proof/config"
	"hubspoke/proof/network"
	"hubspoke/proof/packet"
)

// walk follows packets through the network, from one subnet's route table to the
// next, and collects what becomes of them.
type walk struct {
	analysis *Analysis
	flood    *Flood
}

// tooMany is more outcomes than a network that makes sense has. Choices multiply, so
// that a tangle of transit gateways could keep the walk busy for ever.
const tooMany = 100_000

func (w *walk) end(kind outcomeKind, f flow, at Location, reason string) {
	if f.empty() {
		return
	}
	w.flood.Outcomes = append(w.flood.Outcomes, &Outcome{
		At: at, Unknown: kind == unknown, kind: kind, flow: f, reason: reason,
	})
}

func (w *walk) drop(f flow, reason string) { w.end(dropped, f, Location{}, reason) }

func (w *walk) undecided(f flow, why string) { w.end(unknown, f, Location{}, why) }

func (w *walk) arrive(f flow, at Location) { w.end(arrived, f, at, "") }

// from sends packets on their way from an address in the subnet: a workload's, or
// that of a gateway that hands them on.
func (w *walk) from(at *network.Subnet, f flow) {
	if f.empty() {
		return
	}
	if len(w.flood.Outcomes) > tooMany {
		w.undecided(f, "there are too many ways to follow")
		return
	}
	if f.trail.visited(at, f.owner.nat) {
		w.drop(f, "the packets go in a circle")
		return
	}
	f.trail = f.trail.add(step{kind: SubnetHop, subnet: at, nat: f.owner.nat})
	// Within a subnet neither route tables nor network ACLs matter:
	// https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html
	here, f := f.split(packet.Set{packet.All.With(packet.Destination, w.analysis.cidr(at))})
	w.arrive(here, Location{Kind: InSubnet, Subnet: at})
	switch {
	case len(at.VPC.Unknown) > 0:
		w.undecided(f, at.VPC.Unknown[0].String())
		return
	case at.Table == nil:
		w.undecided(f, "the route table of "+name(at.Resource)+" is not known")
		return
	case len(at.Table.Unknown) > 0:
		w.undecided(f, at.Table.Unknown[0].String())
		return
	}
	routing := w.analysis.routing(at.Table)
	for _, r := range routing.routes {
		if part := f.narrow(f.seen.Intersect(r.packets)); !part.empty() {
			part.trail = part.trail.add(step{kind: RouteTableHop, table: at.Table, route: r.route})
			w.follow(at, r.route, part)
		}
	}
	none := f.narrow(f.seen.Intersect(routing.none))
	none.trail = none.trail.add(step{kind: RouteTableHop, table: at.Table})
	w.drop(none, "the route table has no route for it")
}

// follow takes a route out of a subnet.
func (w *walk) follow(at *network.Subnet, r *network.Route, f flow) {
	switch t := r.Target; {
	case t.Unknown != "":
		w.undecided(f, t.Unknown)
	case t.NAT != nil:
		w.nat(at, t.NAT, f)
	case t.Endpoint != nil && t.Endpoint.Inspects():
		w.firewall(at, t.Endpoint, f)
	case t.Local:
		w.local(at, f)
	case t.InternetGateway != nil:
		w.internet(at, t.InternetGateway, w.leave(at, f))
	case t.TransitGateway != nil:
		w.transit(at, t.TransitGateway, w.leave(at, f))
	case t.Peering != nil:
		w.peer(at, t.Peering, w.leave(at, f))
	case t.Endpoint != nil:
		w.service(at, t.Endpoint, w.leave(at, f))
	case t.OnPremises != nil:
		w.onPremises(at, t, w.leave(at, f))
	default:
		w.undecided(f, "the route has no target")
	}
}

// leave takes packets out of a subnet, past its network ACL.
func (w *walk) leave(s *network.Subnet, f flow) flow { return w.pass(direction{s.ACL, true}, s, f) }

// enter takes packets into a subnet, past its network ACL.
func (w *walk) enter(s *network.Subnet, f flow) flow { return w.pass(direction{s.ACL, false}, s, f) }

const deniedByACL = "the network ACL denies it"

func (w *walk) pass(d direction, s *network.Subnet, f flow) flow {
	if d.acl == nil || f.empty() {
		return f
	}
	f.trail = f.trail.add(step{kind: ACLHop, acl: d, subnet: s})
	if len(d.acl.Unknown) > 0 {
		w.undecided(f, d.acl.Unknown[0].String())
		return flow{}
	}
	in, out := f.split(w.analysis.allowed(d))
	w.drop(out, deniedByACL)
	return in
}

// cross goes from a gateway's subnet to another.
func (w *walk) cross(from, to *network.Subnet, f flow) flow {
	if from == to {
		return f
	}
	return w.enter(to, w.leave(from, f))
}

// local goes from a subnet to the others of its VPC.
func (w *walk) local(at *network.Subnet, f flow) {
	var ranges []packet.Range
	for _, s := range at.VPC.Subnets {
		ranges = append(ranges, w.analysis.cidr(s))
	}
	f, nowhere := f.split(destinedTo(disjoint(ranges)))
	w.drop(nowhere, noSubnet)
	w.deliver(at.VPC, w.leave(at, f))
}

const noSubnet = "no subnet has the address"

// deliver hands packets to the VPC's subnets.
func (w *walk) deliver(v *network.VPC, f flow) {
	if f.empty() {
		return
	}
	if len(v.Unknown) > 0 {
		w.undecided(f, v.Unknown[0].String())
		return
	}
	for _, s := range v.Subnets {
		var in flow
		in, f = f.split(packet.Set{packet.All.With(packet.Destination, w.analysis.cidr(s))})
		if in = w.enter(s, in); !in.empty() {
			in.trail = in.trail.add(step{kind: SubnetHop, subnet: s})
			w.arrive(in, Location{Kind: InSubnet, Subnet: s})
		}
	}
	w.drop(f, noSubnet)
}

// nat goes through a NAT gateway, which is an interface in a subnet.
// https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html
func (w *walk) nat(at *network.Subnet, gateway *network.NATGateway, f flow) {
	if gateway.Subnet == nil {
		w.undecided(f, "the subnet of "+name(gateway.Resource)+" is not known")
		return
	}
	if gateway.Subnet.VPC != at.VPC {
		w.drop(f, "the NAT gateway is in another VPC than the route table")
		return
	}
	f = w.cross(at, gateway.Subnet, f)
	if f.empty() {
		return
	}
	f.trail = f.trail.add(step{kind: NATHop, nat: gateway})
	f, other := f.split(translated)
	w.drop(other, "a NAT gateway handles TCP, UDP and ICMP alone")
	w.from(gateway.Subnet, f.translate(gateway))
}

var translated = packet.Set{
	packet.All.With(packet.Protocol, packet.One(packet.ICMP)),
	packet.All.With(packet.Protocol, packet.One(packet.TCP)),
	packet.All.With(packet.Protocol, packet.One(packet.UDP)),
}

// firewall goes through an endpoint that hands packets to a firewall or another
// appliance and gets them back.
// https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-load-balancer-endpoints.html
func (w *walk) firewall(at *network.Subnet, endpoint *network.Endpoint, f flow) {
	if len(endpoint.Subnets) != 1 {
		w.undecided(f, "the subnet of "+name(endpoint.Resource)+" is not known")
		return
	}
	in := endpoint.Subnets[0]
	if in.VPC != at.VPC {
		w.drop(f, "the endpoint is in another VPC than the route table")
		return
	}
	f = w.cross(at, in, f)
	if f.empty() {
		return
	}
	f.trail = f.trail.add(step{kind: FirewallHop, endpoint: endpoint})
	w.from(in, f)
}

// internet goes out by an internet gateway, which translates the public addresses
// of its VPC one to one.
// https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html
func (w *walk) internet(at *network.Subnet, gateway *config.Resource, f flow) {
	if f.empty() {
		return
	}
	f.trail = f.trail.add(step{kind: InternetGatewayHop, gateway: gateway})
	if at.VPC.InternetGateway != gateway {
		w.drop(f, "the internet gateway is not attached to this VPC")
		return
	}
	f, private := f.split(public)
	w.drop(private, "the internet has no route to private addresses")
	if f.owner.vpc != at.VPC || !f.owner.public {
		w.drop(f, "the sender has no public address in this VPC")
		return
	}
	w.arrive(f, Location{Kind: OnInternet, VPC: at.VPC, Gateway: gateway})
}

var public = destinedTo(network.Internet)

// peer goes to the other VPC of a peering connection, and no further: what comes
// from beyond the VPC, or goes beyond the other, is not carried.
// https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html#vpc-peering-limitations
func (w *walk) peer(at *network.Subnet, p *network.Peering, f flow) {
	if f.empty() {
		return
	}
	f.trail = f.trail.add(step{kind: PeeringHop, peering: p})
	other, ours := otherSide(p, at.VPC)
	switch {
	case !ours:
		w.drop(f, "the peering connection is not one of this VPC")
		return
	case other == nil:
		w.undecided(f, "the other VPC of the peering connection is not known")
		return
	case !p.Accepted:
		w.drop(f, "the peering connection is not accepted")
		return
	case f.owner.vpc != at.VPC:
		w.drop(f, "a peering connection carries nothing that comes from beyond its VPC")
		return
	}
	var ranges []packet.Range
	for _, cidr := range other.CIDRs {
		ranges = append(ranges, packet.Prefix(cidr))
	}
	f, beyond := f.split(destinedTo(disjoint(ranges)))
	w.drop(beyond, "a peering connection leads to the ranges of the other VPC alone")
	w.deliver(other, f)
}

// service goes to a service by a gateway endpoint, which serves its own VPC only.
// https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
func (w *walk) service(at *network.Subnet, endpoint *network.Endpoint, f flow) {
	if f.empty() {
		return
	}
	f.trail = f.trail.add(step{kind: EndpointHop, endpoint: endpoint})
	switch {
	case endpoint.Type != network.GatewayEndpoint:
		w.undecided(f, "a route to an endpoint of this type is not modelled")
	case endpoint.VPC != at.VPC:
		w.drop(f, "the endpoint is in another VPC than the route table")
	case f.owner.vpc != at.VPC:
		w.drop(f, "a gateway endpoint serves its own VPC only")
	default:
		w.arrive(f, Location{Kind: AtService, Endpoint: endpoint, VPC: at.VPC})
	}
}

// onPremises goes out by a virtual private gateway, or a connection that is made
// elsewhere: it serves its own VPC only.
// https://docs.aws.amazon.com/vpn/latest/s2svpn/VPC_VPN.html
func (w *walk) onPremises(at *network.Subnet, to network.Target, f flow) {
	if f.empty() {
		return
	}
	f.trail = f.trail.add(step{kind: VPNGatewayHop, gateway: to.OnPremises, id: to.ID})
	if f.owner.vpc != at.VPC {
		w.drop(f, "a virtual private gateway carries nothing that comes from beyond its VPC")
		return
	}
	w.arrive(f, Location{Kind: Outside, VPC: at.VPC, Gateway: to.OnPremises})
}
