package reach

import (
	"fmt"
	"net/netip"

	"hubspoke/proof/config"
	"hubspoke/proof/network"
	"hubspoke/proof/packet"
)

// The tests' networks are made by hand: a plan is a network under construction.
type plan struct {
	network.Model
	stack config.Stack
}

func newPlan() *plan { return &plan{stack: config.Stack{Name: "test"}} }

func (p *plan) resource(kind, name string) *config.Resource {
	return &config.Resource{Stack: &p.stack, Type: kind, Name: name}
}

func (p *plan) vpc(name, cidr string) *network.VPC {
	v := &network.VPC{Resource: p.resource("aws_vpc", name), CIDRs: []netip.Prefix{netip.MustParsePrefix(cidr)}}
	v.Main = &network.RouteTable{VPC: v}
	p.VPCs = append(p.VPCs, v)
	return v
}

// subnet adds a subnet with a route table of its own.
func (p *plan) subnet(v *network.VPC, name, cidr, zone string) *network.Subnet {
	t := &network.RouteTable{Resource: p.resource("aws_route_table", name), VPC: v}
	s := &network.Subnet{
		Resource: p.resource("aws_subnet", name), VPC: v, CIDR: netip.MustParsePrefix(cidr), Zone: zone, Table: t,
	}
	v.Tables = append(v.Tables, t)
	v.Subnets = append(v.Subnets, s)
	return s
}

func (p *plan) route(s *network.Subnet, destination string, target network.Target) *network.Route {
	r := &network.Route{
		Resource: p.resource("aws_route", s.Resource.Name+" "+destination), Table: s.Table, Text: destination,
		Destinations: []packet.Range{ranged(destination)}, Target: target,
	}
	s.Table.Routes = append(s.Table.Routes, r)
	return r
}

// ranged is the range of a prefix or an address.
func ranged(text string) packet.Range {
	if p, err := netip.ParsePrefix(text); err == nil {
		return packet.Prefix(p)
	}
	return packet.One(packet.Address(netip.MustParseAddr(text)))
}

func (p *plan) internetGateway(v *network.VPC) network.Target {
	v.InternetGateway = p.resource("aws_internet_gateway", v.Resource.Name)
	return network.Target{InternetGateway: v.InternetGateway}
}

func (p *plan) nat(s *network.Subnet, public bool) network.Target {
	return network.Target{NAT: &network.NATGateway{
		Resource: p.resource("aws_nat_gateway", s.Resource.Name), Subnet: s, Public: public,
	}}
}

func (p *plan) transitGateway() (*network.TransitGateway, network.Target) {
	g := &network.TransitGateway{Resource: p.resource("aws_ec2_transit_gateway", "main")}
	p.TransitGateways = append(p.TransitGateways, g)
	return g, network.Target{TransitGateway: g}
}

func (p *plan) gatewayTable(g *network.TransitGateway, name string) *network.GatewayTable {
	t := &network.GatewayTable{Resource: p.resource("aws_ec2_transit_gateway_route_table", name), Gateway: g}
	g.Tables = append(g.Tables, t)
	return t
}

// attach attaches a VPC, or with no subnets something outside of AWS.
func (p *plan) attach(g *network.TransitGateway, name string, t *network.GatewayTable, subnets ...*network.Subnet) *network.Attachment {
	a := &network.Attachment{
		Resource: p.resource("aws_ec2_transit_gateway_vpc_attachment", name), Gateway: g, Subnets: subnets, Table: t,
	}
	if len(subnets) > 0 {
		a.VPC = subnets[0].VPC
	}
	g.Attachments = append(g.Attachments, a)
	return a
}

func (p *plan) propagate(t *network.GatewayTable, attachments ...*network.Attachment) {
	for _, a := range attachments {
		t.Propagations = append(t.Propagations, network.Propagation{
			Resource:   p.resource("aws_ec2_transit_gateway_route_table_propagation", t.Resource.Name+" "+a.Resource.Name),
			Attachment: a,
		})
	}
}

func (p *plan) gatewayRoute(t *network.GatewayTable, destination string, a *network.Attachment) {
	t.Routes = append(t.Routes, network.GatewayRoute{
		Resource:    p.resource("aws_ec2_transit_gateway_route", t.Resource.Name+" "+destination),
		Destination: ranged(destination), Text: destination, Blackhole: a == nil, Attachment: a,
	})
}

func (p *plan) peering(requester, accepter *network.VPC) network.Target {
	peering := &network.Peering{
		Resource:  p.resource("aws_vpc_peering_connection", requester.Resource.Name),
		Requester: requester, Accepter: accepter, Accepted: true,
	}
	p.Peerings = append(p.Peerings, peering)
	return network.Target{Peering: peering}
}

func (p *plan) gatewayEndpoint(v *network.VPC, service string) network.Target {
	e := &network.Endpoint{Resource: p.resource("aws_vpc_endpoint", service), VPC: v, Type: network.GatewayEndpoint, Service: service}
	v.Endpoints = append(v.Endpoints, e)
	return network.Target{Endpoint: e}
}

func (p *plan) firewall(s *network.Subnet) network.Target {
	e := &network.Endpoint{
		Resource: p.resource("aws_vpc_endpoint", "firewall_"+s.Resource.Name), VPC: s.VPC,
		Type: network.GatewayLoadBalancerEndpoint, Subnets: []*network.Subnet{s},
	}
	s.VPC.Endpoints = append(s.VPC.Endpoints, e)
	return network.Target{Endpoint: e}
}

func (p *plan) acl(v *network.VPC, name string, subnets ...*network.Subnet) *network.ACL {
	a := &network.ACL{Resource: p.resource("aws_network_acl", name), VPC: v}
	v.ACLs = append(v.ACLs, a)
	for _, s := range subnets {
		s.ACL = a
	}
	return a
}

func aclRule(number int, allow bool, peer string, t packet.Traffic) network.ACLRule {
	return network.ACLRule{Number: number, Allow: allow, Peer: ranged(peer), Traffic: t}
}

func (p *plan) group(v *network.VPC, name string) *network.Group {
	g := &network.Group{Resource: p.resource("aws_security_group", name), VPC: v, Name: name}
	p.Groups = append(p.Groups, g)
	return g
}

func peers(t packet.Traffic, ranges ...string) network.GroupRule {
	r := network.GroupRule{Traffic: t}
	for _, text := range ranges {
		r.Peers = append(r.Peers, ranged(text))
	}
	return r
}

func members(g *network.Group, t packet.Traffic) network.GroupRule {
	return network.GroupRule{Group: g, Traffic: t}
}

func (p *plan) instance(s *network.Subnet, address string, groups ...*network.Group) *network.Interface {
	i := &network.Interface{
		Resource: p.resource("aws_instance", fmt.Sprint("instance_", address)), Kind: network.Instance,
		VPC: s.VPC, Subnet: s, Addresses: ranged(address), Groups: groups,
	}
	p.Interfaces = append(p.Interfaces, i)
	return i
}

func tcp(low, high uint32) packet.Traffic {
	return packet.Traffic{Protocol: packet.One(packet.TCP), Port: packet.Range{Low: low, High: high}}
}
