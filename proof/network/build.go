package network

import (
	"cmp"
	"slices"

	"hubspoke/proof/config"
)

// Build makes the model of what a configuration describes. It never fails: what
// it cannot understand is unknown, in the part of the model that it concerns.
func Build(c *config.Config) *Model {
	b := newBuilder(c)
	b.build()
	return b.Model
}

func newBuilder(c *config.Config) *builder {
	return &builder{
		config: c, Model: &Model{},
		vpcs: map[*config.Resource]*VPC{}, subnets: map[*config.Resource]*Subnet{},
		tables: map[*config.Resource]*RouteTable{}, acls: map[*config.Resource]*ACL{},
		groups: map[config.Ref]*Group{}, nats: map[*config.Resource]*NATGateway{},
		gateways: map[*config.Resource]*TransitGateway{}, gatewayTables: map[*config.Resource]*GatewayTable{},
		attachments: map[config.Ref]*Attachment{}, madeElsewhere: map[string]*Attachment{}, endpoints: map[*config.Resource]*Endpoint{}, firewallEndpoints: map[config.Ref]*Endpoint{}, unreadFirewalls: map[*config.Resource]bool{},
		peerings: map[*config.Resource]*Peering{}, internet: map[*config.Resource]bool{},
		externalIDs: map[string]map[*VPC]bool{}, modelled: map[string]bool{},
		unclearOf: map[*VPC][]Unknown{},
		zones:     map[*config.Resource]*Zone{}, resolvers: map[*config.Resource]*ResolverEndpoint{},
	}
}

func (b *builder) build() {
	for _, why := range b.config.Unknown {
		b.Unknown = append(b.Unknown, Unknown{Why: why})
	}
	// In an order in which everything is there when it is referred to.
	b.makeVPCs()
	b.makeSubnets()
	b.makeTables()
	b.makeGroups()
	b.makeTransitGateways()
	b.makePeerings()
	b.makeGateways()
	b.makeEndpoints()
	b.makeRoutes()
	b.makeACLs()
	b.makeInterfaces()
	b.makeResolvers()
	b.makeZones()
	b.makeDHCP()
	b.makeDNSFirewall()
	b.makeEndpointServices()
	b.makeRelays()
	b.noteUnmodelled()
	b.noteUnread()
	slices.SortStableFunc(b.Unknown, func(x, y Unknown) int { return cmp.Compare(x.String(), y.String()) })
	b.setAside()
}

// builder holds what was made, by the resource that it was made of.
type builder struct {
	*Model
	config        *config.Config
	modelled      map[string]bool // the types that were asked for
	vpcs          map[*config.Resource]*VPC
	subnets       map[*config.Resource]*Subnet
	tables        map[*config.Resource]*RouteTable
	acls          map[*config.Resource]*ACL
	groups        map[config.Ref]*Group // a cluster and a VPC have groups beside those of resources
	nats          map[*config.Resource]*NATGateway
	internet      map[*config.Resource]bool
	gateways      map[*config.Resource]*TransitGateway
	gatewayTables map[*config.Resource]*GatewayTable
	attachments   map[config.Ref]*Attachment
	// madeElsewhere are the attachments that no stack here makes, by id.
	madeElsewhere map[string]*Attachment
	endpoints     map[*config.Resource]*Endpoint
	peerings      map[*config.Resource]*Peering
	// unclearOf are the associations of route tables that may concern any subnet of a VPC.
	unclearOf map[*VPC][]Unknown
	// firewallEndpoints are those of network firewalls, by their ids.
	firewallEndpoints map[config.Ref]*Endpoint
	unreadFirewalls   map[*config.Resource]bool // those that may have more endpoints
	externalIDs       map[string]map[*VPC]bool  // which VPCs have routes to what no stack here makes, by its id
	zones             map[*config.Resource]*Zone
	resolvers         map[*config.Resource]*ResolverEndpoint
}

// each calls make for every resource of the type.
func (b *builder) each(kind string, make func(r *config.Resource, in block)) {
	b.modelled[kind] = true
	for _, r := range b.config.All(kind) {
		make(r, blockOf(r, &b.Unknown))
	}
}

// unmodelled are the types of resources that move packets or names in ways that
// the model does not know, whether or not they refer to a network.
var unmodelled = []string{
	"aws_ec2_transit_gateway_policy_table",
	"aws_ec2_transit_gateway_prefix_list_reference",
	"aws_ec2_transit_gateway_multicast_domain",
	"aws_egress_only_internet_gateway",
	"aws_networkmanager_core_network",
	"aws_route53profiles_association",
	"aws_vpc_ipv6_cidr_block_association",
	"aws_vpc_block_public_access_options",
}

func (b *builder) noteUnmodelled() {
	b.noteWays()
	for _, kind := range unmodelled {
		b.each(kind, func(r *config.Resource, in block) { in.note("the model knows no %s", kind) })
	}
	b.joinMachines()
	for _, s := range b.config.Stacks {
		for _, r := range s.Resources {
			if why := b.strange(r); why != "" {
				b.Unknown = append(b.Unknown, Unknown{r, why})
			}
		}
	}
}
