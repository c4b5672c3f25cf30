// Package network is a model of AWS networks: what decides where a packet goes and
// what a name resolves to, in terms of AWS, and which resource of which stack
// says so. [Build] makes it from a configuration.
//
// IPv4 alone is modelled. An IPv6 range in a place that decides makes that place
// unknown.
package network

import (
	"net/netip"

	"hubspoke/proof/config"
	"hubspoke/proof/packet"
)

// Model is all VPCs of all accounts and what connects them.
type Model struct {
	VPCs              []*VPC
	TransitGateways   []*TransitGateway
	Peerings          []*Peering
	Interfaces        []*Interface
	Groups            []*Group
	Zones             []*Zone
	ResolverRules     []*ResolverRule
	ResolverEndpoints []*ResolverEndpoint
	EndpointServices  []*EndpointService
	APIs              []*API
	Relays            []Relay
	// Unknown is what could not be placed in the model: it may concern anything.
	Unknown []Unknown
	// LookedUp are resources in VPCs that the stacks look up and do not make: whose
	// subnets, routes and ACLs are not known. They are not in the model.
	LookedUp []*config.Resource
}

// Unknown is a resource that could not be understood, in whole or in part.
type Unknown struct {
	Resource *config.Resource // nil if it is not about one
	Why      string
}

func (u Unknown) String() string {
	if u.Resource == nil {
		return u.Why
	}
	return u.Resource.String() + ": " + u.Why
}

// VPC is a virtual private cloud.
type VPC struct {
	Resource        *config.Resource
	Account, Region string
	CIDRs           []netip.Prefix
	Subnets         []*Subnet
	Tables          []*RouteTable
	// Main is the table of subnets without one of their own. It has a resource only
	// where the configuration says which it is.
	Main            *RouteTable
	ACLs            []*ACL
	Endpoints       []*Endpoint
	InternetGateway *config.Resource
	// VPNGateway is the virtual private gateway that is attached.
	VPNGateway   *config.Resource
	DNSSupport   bool
	DNSHostnames bool
	// DHCP is nil for the default: AmazonProvidedDNS.
	DHCP *DHCPOptions
	// NameRules are the rules of DNS Firewall, of which the first that matches decides.
	NameRules []NameRule
	// NameGroups are the rule groups of DNS Firewall that the rules are of; those that no stack makes are left out.
	NameGroups []*config.Resource
	Unknown    []Unknown
}

// Subnet is a range of a VPC in one zone.
type Subnet struct {
	Resource *config.Resource
	VPC      *VPC
	CIDR     netip.Prefix
	// Zone is a zone's id or, failing that, its name.
	Zone string
	// Tier is what the subnets of all zones with the same purpose have in common:
	// `private` for the resource private_apse3_az1.
	Tier  string
	Table *RouteTable
	// ACL is nil for the VPC's default one, which lets all through.
	ACL            *ACL
	PublicOnLaunch bool
}

// RouteTable decides by destination where a packet goes next. The VPC's own
// ranges are local without a route.
type RouteTable struct {
	Resource *config.Resource // nil for a main table that no resource describes
	VPC      *VPC
	Routes   []*Route
	// Inline and Separate say in which forms the routes are written, as for a Group.
	Inline, Separate bool
	Unknown          []Unknown
}

// Route is where packets for some destinations go.
type Route struct {
	Resource     *config.Resource
	Table        *RouteTable
	Destinations []packet.Range
	// Text is how the configuration names the destination.
	Text   string
	Target Target
}

// Target is where a route leads. Exactly one field is set, but for ID, Unmodelled and
// MaybeInternet.
type Target struct {
	InternetGateway *config.Resource
	NAT             *NATGateway
	TransitGateway  *TransitGateway
	Peering         *Peering
	// Endpoint is a gateway endpoint or, for a firewall or a gateway load
	// balancer, the endpoint in whose subnet the packet goes on.
	Endpoint *Endpoint
	// OnPremises is a virtual private gateway or, for what no stack here makes, the
	// route that names it.
	OnPremises *config.Resource
	// ID is the id of what no stack here makes, such as a peering connection.
	ID string
	// Local is an explicit route to the VPC itself.
	Local bool
	// Unknown is a target that is not modelled, or does not exist.
	Unknown string
	// Unmodelled says of an Unknown target that it may well exist, and MaybeInternet that
	// it may be an internet gateway.
	Unmodelled, MaybeInternet bool
}

// NATGateway rewrites the source of packets to an address of its own.
type NATGateway struct {
	Resource *config.Resource
	Subnet   *Subnet
	Public   bool
}

// ACL is a network ACL: numbered rules, lowest first, without memory of
// connections.
type ACL struct {
	Resource        *config.Resource
	VPC             *VPC
	Ingress, Egress []ACLRule
	// Inline and Separate say in which forms the rules are written, as for a Group.
	Inline, Separate bool
	Unknown          []Unknown
}

// ACLRule lets packets through or stops them.
type ACLRule struct {
	Number int
	Allow  bool
	// Peer is the source of ingress, the destination of egress.
	Peer    packet.Range
	Traffic packet.Traffic
	// Resource is the ACL, or the rule where it is a resource of its own.
	Resource *config.Resource
}

// Group is a security group: rules that let packets through, with memory of
// connections.
type Group struct {
	Resource        *config.Resource
	VPC             *VPC
	Name            string
	Ingress, Egress []GroupRule
	// Inline and Separate say in which forms the rules are written. Terraform's two
	// forms overwrite each other. The argument is a form even where it is empty.
	Inline, Separate bool
	Unknown          []Unknown
}

// GroupRule lets packets of peers through.
type GroupRule struct {
	Resource *config.Resource
	// Peers are ranges of addresses, or Group the group that the peer must have.
	Peers   []packet.Range
	Group   *Group
	Traffic packet.Traffic
}

// Interface is a network interface, or several that nothing tells apart: it has
// an address in a subnet and security groups.
type Interface struct {
	Resource *config.Resource
	Kind     InterfaceKind
	// Name is the resource's name, or an endpoint's service.
	Name   string
	VPC    *VPC
	Subnet *Subnet
	// Addresses is the whole subnet where AWS chooses the address.
	Addresses packet.Range
	// Groups are empty only where groups do not apply.
	Groups []*Group
	// Public says whether it has a public address.
	Public bool
	// Exposed are the public addresses from which AWS lets HTTPS in at an address that
	// is not the VPC's: the public endpoint of a cluster.
	Exposed []packet.Range
}

// Relay passes on what comes to its interfaces, in connections of its own: a load
// balancer to its targets, an endpoint to the load balancer of its service, an API to the
// load balancer that its integration names.
type Relay struct {
	Resource *config.Resource
	// From are the interfaces that take connections, To those that open new ones.
	From, To []*Interface
	// API is set where it takes requests of an API, and no connections at interfaces.
	API *API
	// Service is set where it is an endpoint.
	Service *EndpointService
	// Known says that Ways is all that it does. If not, it may open connections to anything.
	Known bool
	Ways  []Way
	// Admitted is what the far end lets in of what comes to From, nil for all.
	Admitted *packet.Set
}

// Way is what a relay makes of connections to one port.
type Way struct {
	// Resource is the listener, or the integration.
	Resource *config.Resource
	Port     uint32
	Backends []Backend
}

// Backend is what a relay opens connections to, by TCP.
type Backend struct {
	// Resource says so: an attachment, a rule of a group, an integration.
	Resource *config.Resource
	// Interfaces are all those that it may be, each of which it is at times. Empty where it
	// is whatever has an address.
	Interfaces []*Interface
	Address    netip.Addr
	Subnet     *Subnet
	// Group is the one by which the interfaces are known, nil where it is by an address.
	Group *Group
	Ports packet.Range
}

// API is an HTTP API or a REST API of API Gateway. Authorizers decide about requests, and keep
// no packets away.
type API struct {
	Resource *config.Resource
	// Closed is why nobody reaches it, "" if the internet does, or, where it is Private, those who reach an endpoint.
	Closed string
	// Private says that it is called by interface endpoints alone: Entrances are those that its policy admits, and
	// MayEntrances those that it may admit.
	Private                 bool
	Entrances, MayEntrances []*Endpoint
	// Anybody says that endpoints of any account are admitted, MayAnybody that they may be.
	Anybody, MayAnybody bool
	// Unknown is why it is not known where it leads, "" if it is.
	Unknown string
}

// InterfaceKind is what an interface belongs to.
type InterfaceKind string

// The kinds of interfaces.
const (
	Instance         InterfaceKind = "instance"
	Nodes            InterfaceKind = "nodes"
	ControlPlane     InterfaceKind = "control-plane"
	EndpointAddress  InterfaceKind = "endpoint"
	ResolverAddress  InterfaceKind = "resolver"
	DatabaseInstance InterfaceKind = "database"
	LoadBalancer     InterfaceKind = "load-balancer"
	Function         InterfaceKind = "function"
	// ConnectEndpoint is an EC2 Instance Connect endpoint, from which people come whom IAM lets.
	ConnectEndpoint InterfaceKind = "connect-endpoint"
	OtherInterface  InterfaceKind = "interface"
)

// TransitGateway connects VPCs.
type TransitGateway struct {
	Resource    *config.Resource
	Tables      []*GatewayTable
	Attachments []*Attachment
	// DefaultAssociation and DefaultPropagation put attachments into the default
	// table unless they refuse.
	DefaultAssociation, DefaultPropagation bool
	// Default is the default table. It has no resource.
	Default *GatewayTable
	// GroupReferences lets groups name groups of other attached VPCs.
	GroupReferences bool
	Unknown         []Unknown
}

// GatewayTable is a route table of a transit gateway.
type GatewayTable struct {
	Resource     *config.Resource
	Gateway      *TransitGateway
	Routes       []GatewayRoute
	Propagations []Propagation
	Unknown      []Unknown
}

// GatewayRoute is a static route.
type GatewayRoute struct {
	Resource    *config.Resource
	Destination packet.Range
	Text        string
	Blackhole   bool
	Attachment  *Attachment
}

// Propagation adds routes for all ranges of an attachment's VPC.
type Propagation struct {
	Resource   *config.Resource
	Attachment *Attachment
}

// Attachment is a VPC's connection to a transit gateway, or another network's.
type Attachment struct {
	Resource *config.Resource
	Gateway  *TransitGateway
	// VPC is nil for what is outside of AWS: a VPN or Direct Connect.
	VPC     *VPC
	Subnets []*Subnet
	// MoreSubnets says that it has subnets that are not known.
	MoreSubnets bool
	// Table is the route table that packets from the attachment meet, nil for none.
	Table       *GatewayTable
	Association *config.Resource
	Appliance   bool
	// NoGroupReferences keeps groups from naming those of the VPC, and the VPC's from
	// naming others.
	NoGroupReferences bool
	// External are the ranges behind an attachment without a VPC, as far as static
	// VPN routes name them.
	External []packet.Range
	// ID is that of an attachment that no stack here makes, "" for others.
	ID string
	// nameless says that nobody has named the attachment yet, which AWS makes.
	nameless bool
}

// Peering connects two VPCs.
type Peering struct {
	Resource            *config.Resource
	Requester, Accepter *VPC
	Accepted            bool
}

// Endpoint is a VPC endpoint.
type Endpoint struct {
	Resource *config.Resource
	VPC      *VPC
	Type     EndpointType
	// Service is the end of the service's name: `ecr.api`; or the whole name of a
	// service that is not one of AWS.
	Service    string
	Tables     []*RouteTable // of a gateway endpoint
	Subnets    []*Subnet
	Groups     []*Group
	PrivateDNS bool
	// Policy says whether the endpoint has a policy of its own.
	Policy bool
}

// EndpointType is what an endpoint is to the network.
type EndpointType string

// The types of endpoints.
const (
	GatewayEndpoint             EndpointType = "Gateway"
	InterfaceEndpoint           EndpointType = "Interface"
	GatewayLoadBalancerEndpoint EndpointType = "GatewayLoadBalancer"
	// FirewallEndpoint is one that a network firewall makes in a subnet.
	FirewallEndpoint EndpointType = "Firewall"
)

// Inspects says whether the endpoint hands packets to a firewall or another appliance,
// which hands them back into the endpoint's subnet.
func (e *Endpoint) Inspects() bool {
	return e.Type == GatewayLoadBalancerEndpoint || e.Type == FirewallEndpoint
}

// EndpointService offers a load balancer to other VPCs.
type EndpointService struct {
	Resource           *config.Resource
	AcceptanceRequired bool
	Principals         []string
	Accepted           []config.Ref // endpoints that were accepted
	// Balancers are the interfaces of its load balancers.
	Balancers []*Interface
}

// DHCPOptions tell the instances of a VPC which name servers to ask.
type DHCPOptions struct {
	Resource *config.Resource
	// Servers are addresses, and AmazonProvidedDNS.
	Servers []string
	Unknown []Unknown
}

// Zone is a hosted zone.
type Zone struct {
	Resource *config.Resource
	Name     string // without the dot at the end
	Private  bool
	// Associations are the VPCs in which a private zone answers.
	Associations   []ZoneAssociation
	Authorizations []ZoneAuthorization
	Records        []*Record
	Unknown        []Unknown
}

// ZoneAssociation makes a private zone answer in a VPC.
type ZoneAssociation struct {
	// Resource is the zone itself for those that it is made with.
	Resource *config.Resource
	VPC      *VPC
}

// ZoneAuthorization lets another account associate its VPC.
type ZoneAuthorization struct {
	Resource *config.Resource
	VPC      *VPC
}

// Record is a record set of a zone.
type Record struct {
	Resource *config.Resource
	Name     string // without the dot at the end; may begin with `*.`
	Type     string
	// Values are texts or, where AWS decides, Refs.
	Values []any
	// Alias is what an alias record leads to, a text or a Ref.
	Alias any
}

// ResolverEndpoint is a Route 53 resolver endpoint.
type ResolverEndpoint struct {
	Resource   *config.Resource
	VPC        *VPC
	Inbound    bool
	onlyIPv6   bool
	Interfaces []*Interface
}

// ResolverRule forwards queries for a domain.
type ResolverRule struct {
	Resource *config.Resource
	Domain   string // without the dot at the end
	// Forward is false for a SYSTEM rule, which answers as without rules.
	Forward      bool
	Targets      []netip.Addr
	Endpoint     *ResolverEndpoint
	Associations []RuleAssociation
	Unknown      []Unknown
}

// RuleAssociation makes a rule apply in a VPC.
type RuleAssociation struct {
	Resource *config.Resource
	VPC      *VPC
}
