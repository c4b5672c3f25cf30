package dns

import (
	"net/netip"
	"strings"
	"testing"

	"hubspoke/internal/awsservice"
	"hubspoke/proof/config"
	"hubspoke/proof/network"
	"hubspoke/proof/packet"
)

const region = "ap-southeast-3"

// The accounts of the test networks.
var accounts = map[string]string{"hub": "111111111111", "dev": "222222222222", "prod": "333333333333"}

// world is a model to make small networks by hand.
type world struct {
	*network.Model
	stacks map[string]*config.Stack
}

func newWorld() *world {
	return &world{&network.Model{}, map[string]*config.Stack{}}
}

func (e *world) resource(account, kind, name string) *config.Resource {
	if e.stacks[account] == nil {
		e.stacks[account] = &config.Stack{Name: account}
	}
	return &config.Resource{Stack: e.stacks[account], Type: kind, Name: name, Account: accounts[account], Region: region}
}

// vpc adds a VPC with a subnet in two zones.
func (e *world) vpc(account, cidr string) *network.VPC {
	v := &network.VPC{
		Resource: e.resource(account, "aws_vpc", "main"), Account: accounts[account], Region: region,
		CIDRs: []netip.Prefix{netip.MustParsePrefix(cidr)}, DNSSupport: true, DNSHostnames: true,
	}
	for i, zone := range []string{"apse3-az1", "apse3-az2"} {
		low := packet.Prefix(v.CIDRs[0]).Low + uint32(i)<<8
		v.Subnets = append(v.Subnets, &network.Subnet{
			Resource: e.resource(account, "aws_subnet", zone), VPC: v, Zone: zone, CIDR: netip.PrefixFrom(packet.Addr(low), 24),
		})
	}
	e.VPCs = append(e.VPCs, v)
	return v
}

// add adds an interface in the VPC's subnets, at an address where there is one.
func (e *world) add(r *config.Resource, v *network.VPC, kind network.InterfaceKind, addresses ...string) []*network.Interface {
	var added []*network.Interface
	for n, s := range v.Subnets {
		i := &network.Interface{Resource: r, Kind: kind, VPC: v, Subnet: s, Addresses: packet.Prefix(s.CIDR)}
		if n < len(addresses) {
			i.Addresses = packet.One(packet.Address(netip.MustParseAddr(addresses[n])))
		}
		added = append(added, i)
	}
	e.Interfaces = append(e.Interfaces, added...)
	return added
}

func (e *world) endpoint(v *network.VPC, service string, privateDNS bool) *network.Endpoint {
	r := e.resource(v.Resource.Stack.Name, "aws_vpc_endpoint", strings.ReplaceAll(service, ".", "_"))
	end := &network.Endpoint{Resource: r, VPC: v, Type: network.InterfaceEndpoint, Service: service, PrivateDNS: privateDNS}
	v.Endpoints = append(v.Endpoints, end)
	e.add(r, v, network.EndpointAddress)
	return end
}

// zone adds a private zone of the first VPC's account, with authorizations for
// the VPCs of others.
func (e *world) zone(name string, vpcs ...*network.VPC) *network.Zone {
	account := "hub"
	if len(vpcs) > 0 {
		account = vpcs[0].Resource.Stack.Name
	}
	z := &network.Zone{Resource: e.resource(account, "aws_route53_zone", name), Name: name, Private: true}
	for _, v := range vpcs {
		association := network.ZoneAssociation{Resource: z.Resource, VPC: v}
		if v.Account != z.Resource.Account {
			association.Resource = e.resource(v.Resource.Stack.Name, "aws_route53_zone_association", name)
			authorization := e.resource(account, "aws_route53_vpc_association_authorization", name)
			z.Authorizations = append(z.Authorizations, network.ZoneAuthorization{Resource: authorization, VPC: v})
		}
		z.Associations = append(z.Associations, association)
	}
	e.Zones = append(e.Zones, z)
	return z
}

func (e *world) record(z *network.Zone, name, kind string, values ...any) *network.Record {
	r := &network.Record{Name: name, Type: kind, Values: values}
	r.Resource = e.resource(z.Resource.Stack.Name, "aws_route53_record", name)
	z.Records = append(z.Records, r)
	return r
}

func (e *world) alias(z *network.Zone, name string, to any) *network.Record {
	r := e.record(z, name, "A")
	r.Alias = to
	return r
}

// nameOf is the name that AWS makes up for an endpoint.
func nameOf(e *network.Endpoint) config.Ref {
	return config.Ref{Resource: e.Resource, Attribute: "dns_entry[0].dns_name"}
}

// central is an endpoint without private DNS, and a zone with an alias of it.
func (e *world) central(v *network.VPC, service string, visible ...*network.VPC) (*network.Endpoint, *network.Zone) {
	end := e.endpoint(v, service, false)
	names := awsservice.Names(service, region)
	z := e.zone(strings.TrimPrefix(names[0], "*."), append([]*network.VPC{v}, visible...)...)
	for _, name := range names {
		e.alias(z, name, nameOf(end))
	}
	return end, z
}

func (e *world) resolver(v *network.VPC, inbound bool, addresses ...string) *network.ResolverEndpoint {
	name := map[bool]string{true: "inbound", false: "outbound"}[inbound]
	r := &network.ResolverEndpoint{VPC: v, Inbound: inbound}
	r.Resource = e.resource(v.Resource.Stack.Name, "aws_route53_resolver_endpoint", name)
	r.Interfaces = e.add(r.Resource, v, network.ResolverAddress, addresses...)
	e.ResolverEndpoints = append(e.ResolverEndpoints, r)
	return r
}

func (e *world) rule(domain string, through *network.ResolverEndpoint, targets []string, vpcs ...*network.VPC) *network.ResolverRule {
	r := &network.ResolverRule{
		Resource: e.resource("hub", "aws_route53_resolver_rule", "to_"+domain), Domain: domain,
		Forward: len(targets) > 0, Endpoint: through,
	}
	for _, t := range targets {
		r.Targets = append(r.Targets, netip.MustParseAddr(t))
	}
	for _, v := range vpcs {
		association := e.resource(v.Resource.Stack.Name, "aws_route53_resolver_rule_association", domain)
		r.Associations = append(r.Associations, network.RuleAssociation{Resource: association, VPC: v})
	}
	e.ResolverRules = append(e.ResolverRules, r)
	return r
}

func (e *world) dhcp(v *network.VPC, servers ...string) {
	r := e.resource(v.Resource.Stack.Name, "aws_vpc_dhcp_options", "main")
	v.DHCP = &network.DHCPOptions{Resource: r, Servers: servers}
}

// expect fails unless the target reads as wanted: its kind, or all of its text.
func expect(t *testing.T, a Answer, want string) {
	t.Helper()
	if a.VPC == nil {
		a.VPC = &network.VPC{}
	}
	if got := a.To.String(); got != want && string(a.To.Kind) != want {
		t.Errorf("%s in %v: got %s, want %s\nby %v", a.Name, a.VPC.Resource, got, want, a.By)
	}
}

// expectAll fails unless there is an answer for each of what is wanted, in this order.
func expectAll(t *testing.T, answers []Answer, want ...string) {
	t.Helper()
	if len(answers) != len(want) {
		t.Fatalf("%d answers, want %d: %+v", len(answers), len(want), answers)
	}
	for i, a := range answers {
		expect(t, a, want[i])
	}
}

func host(i int) string { return netip.AddrFrom4([4]byte{10, 0, 0, byte(i)}).String() }
