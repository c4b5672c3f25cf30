// Package subnet holds the one word that the estate's addresses and the VPC made
// from them have in common: the tier of a subnet.
package subnet

// Tier is a kind of subnet: what its route table and its network ACL let through.
type Tier string

// The tiers of a VPC.
const (
	// Public subnets have a default route to the internet gateway: load balancers, NAT gateways.
	Public Tier = "public"
	// Private subnets hold nodes, endpoints and everything else that works. They have a default route to a NAT gateway, if there is one.
	Private Tier = "private"
	// Database subnets have the local route alone.
	Database Tier = "database"
	// Attachment subnets hold nothing but the transit gateway's interfaces.
	Attachment Tier = "attachment"
	// Firewall subnets hold nothing but the endpoints of a network firewall. A VPC that others reach the internet through has them.
	Firewall Tier = "firewall"
)

// Tiers are those of an account's VPC, in the order in which the address plan places them in it.
func Tiers() []Tier { return []Tier{Public, Database, Attachment, Private} }
