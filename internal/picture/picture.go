// Package picture is what a drawing of a network shows: accounts, their VPCs with tiers and
// zones, and what connects them. [Of] reads it from what was synthesized, by way of the network
// proof's model, so that a picture shows what would be deployed and not what was meant.
//
// Package layout places it, package svg draws it, and package diagram writes it in the languages
// of other tools.
package picture

// Picture is what there is to draw.
type Picture struct {
	// Name is what the network is called.
	Name string
	// Accounts are in the order of their names: what is outside of AWS first, then those in the middle
	// of the network, which own its transit gateway or offer its services, then the others.
	Accounts []*Account
	// Buses are what VPCs connect by.
	Buses []*Bus
	// Ties are the connections of VPCs with the lanes of buses.
	Ties []*Tie
	// Unplaced is how many resources the model could not place. What they connect is not drawn.
	Unplaced int
}

// Account is an AWS account in a region, or what is outside of AWS.
type Account struct {
	// Name is the account's name, and Number its number; both are the same where nobody named it.
	Name, Number string
	// Region is where its VPCs are, "" where the provider does not say.
	Region string
	VPCs   []*VPC
	// Central says that others connect through what is in it.
	Central bool
	// Outside says that it is no account: its VPCs are networks behind VPNs and Direct Connect.
	Outside bool
	// Like are the names of further accounts whose VPCs are the same but for names and addresses,
	// and which are not drawn by themselves.
	Like []string
}

// VPC is a VPC, or a network outside of AWS, which has no tiers.
type VPC struct {
	// Name is what intents call it.
	Name string
	// Resource is the stack and the address of the resource that makes it.
	Resource string
	CIDRs    []string
	// Zones are the columns, and Tiers the rows.
	Zones []string
	Tiers []*Tier
	// Internet is the internet gateway's resource, and OnPremises that of a virtual private gateway; "" for none.
	Internet, OnPremises string
	// Notes are what else is in the VPC, a sentence each.
	Notes []Note
	// LookedUp says that no stack makes it: what is in it is not known.
	LookedUp bool
}

// Tier is the subnets of all zones with the same purpose.
type Tier struct {
	Name string
	// Subnets are in the order of the VPC's zones, nil where a zone has none.
	Subnets []*Subnet
}

// Subnet is the subnets of a tier in one zone: most often one.
type Subnet struct {
	CIDRs     []string
	Resources []string
	// Public says that a route of it leads to an internet gateway.
	Public bool
	Chips  []*Chip
}

// Chip is something in a subnet: a NAT gateway, the nodes of a cluster.
type Chip struct {
	Kind      ChipKind
	Resources []string
}

// ChipKind is what a chip stands for. It is also what is written on it.
type ChipKind string

// The kinds of chips.
const (
	NAT          ChipKind = "NAT"
	Firewall     ChipKind = "firewall"
	Appliance    ChipKind = "appliance"
	DNSIn        ChipKind = "DNS in"
	DNSOut       ChipKind = "DNS out"
	ControlPlane ChipKind = "EKS"
	Nodes        ChipKind = "nodes"
	Database     ChipKind = "database"
	LoadBalancer ChipKind = "load balancer"
	Instance     ChipKind = "instance"
	Function     ChipKind = "function"
	Connect      ChipKind = "connect"
	Interface    ChipKind = "interface"
)

// Note is a line about a VPC.
type Note struct {
	Text      string
	Resources []string
}

// Bus is what VPCs connect by: a transit gateway, peerings, endpoint services.
type Bus struct {
	Kind BusKind
	// Name is what it is called, and Resource what makes it, "" where it is many.
	Name, Resource string
	Lanes          []*Lane
}

// BusKind is how VPCs connect by a bus.
type BusKind string

// The kinds of buses.
const (
	TransitGateway BusKind = "transit gateway"
	Peering        BusKind = "VPC peering"
	PrivateLink    BusKind = "PrivateLink"
)

// Lane is a route table of a transit gateway, a peering, or an endpoint service.
type Lane struct {
	Name, Resource string
	// Notes are the static routes of a table, and what is not known.
	Notes []string
}

// Tie connects a VPC with a lane.
type Tie struct {
	Kind TieKind
	VPC  *VPC
	Lane *Lane
	// Text is the destination of a static route.
	Text string
	// Resources make it so: of several VPCs where accounts are drawn as one.
	Resources []string
}

// TieKind is how a VPC is connected with a lane.
type TieKind string

// The kinds of ties.
const (
	// Associated: packets from the VPC meet this route table.
	Associated TieKind = "associated"
	// Propagated: the table has routes to the VPC.
	Propagated TieKind = "propagated"
	// Routed: a static route of the table leads to the VPC.
	Routed TieKind = "routed"
	// Offers: the endpoint service leads into the VPC.
	Offers TieKind = "offers"
	// Uses: an endpoint in the VPC leads to the service.
	Uses TieKind = "uses"
	// Peered: the peering connects the VPC.
	Peered TieKind = "peered"
)

// Tied are the ties of a VPC, in the order of the picture.
func (p *Picture) Tied(v *VPC) []*Tie {
	var tied []*Tie
	for _, t := range p.Ties {
		if t.VPC == v {
			tied = append(tied, t)
		}
	}
	return tied
}
