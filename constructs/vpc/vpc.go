// Package vpc makes a VPC: subnets by tier and zone, the ways out of it, a route
// table for each subnet or tier and a network ACL for each tier. A VPC that is there
// already is looked up and never changed; subnets can be added to it.
//
// It makes no route to other networks and nothing that lives in subnets. Those
// add themselves through [VPC.Subnets].
//
// https://docs.aws.amazon.com/vpc/latest/userguide/how-it-works.html
package vpc

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/defaultsecuritygroup"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ec2subnetcidrreservation"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/routetable"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/routetableassociation"
	awssubnet "github.com/cdktf/cdktf-provider-aws-go/aws/v19/subnet"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/vpc"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/internal/subnet"
	"hubspoke/internal/tf"
)

// Config describes a VPC.
type Config struct {
	// Name is the VPC's name, which its parts' names begin with.
	Name string
	// ExistingID is the id of a VPC that is there already. Default: a VPC is made.
	ExistingID string
	// CIDR is the VPC's range.
	CIDR netip.Prefix
	// Subnets are the subnets to make. An internet gateway comes with the first public one.
	Subnets []SubnetConfig
	// NATZones are the zones whose public subnet gets a NAT gateway. Private subnets of other zones use the first.
	NATZones []string
	// Egress makes the VPC one through which others reach the internet: what comes by the attachment subnets leaves by the NAT gateways, each zone's by its own, and nothing is served to the internet.
	Egress bool
	// Inspected has what comes by the attachment subnets of such a VPC pass the firewall subnets before: these have the way to the NAT gateways, and who makes the firewall leads the others there.
	Inspected bool
	// Reachable are the ranges outside the VPC that its network ACLs admit; every other private range is denied. At most ten, since an ACL has 20 rules.
	Reachable []netip.Prefix
	// TablePerTier gives all subnets of a tier one route table, where zones are not routed differently: without NAT.
	TablePerTier bool
	// ExistingPrivateTables are the route tables of private subnets that are there already. They must not lead to the internet.
	ExistingPrivateTables []string
}

// SubnetConfig describes a subnet.
type SubnetConfig struct {
	// Tier decides how the subnet is routed and guarded.
	Tier subnet.Tier
	// Zone is the zone id, `apse3-az1`.
	Zone string
	// ExistingID is the id of a subnet that is there already, in a VPC that is. It has no CIDR, Reserved or Tags here.
	ExistingID string
	// CIDR is the subnet's range.
	CIDR netip.Prefix
	// Reserved, if set, is a part of the subnet whose addresses AWS hands out only to who asks for one of them by name.
	Reserved netip.Prefix
	// Tags are added to the subnet, for controllers that find subnets by tag.
	Tags map[string]string
}

// VPC is what the construct made.
type VPC struct {
	// ID is the VPC's id.
	ID *string
	// Config is what the VPC was made from.
	Config Config

	scope   constructs.Construct
	subnets []*Subnet
	tables  map[string]*RouteTable
	// natAddresses are the public addresses of NAT gateways, by zone.
	natAddresses map[string]*string
	// existingTables are those of private subnets that are there already.
	existingTables []*string
}

// Subnet is a subnet with its route table.
type Subnet struct {
	SubnetConfig
	// Name is the Terraform name of the subnet and what belongs to it: `private_apse3_az1`.
	Name string
	// ID is the subnet's id.
	ID *string
	// Table is the subnet's route table; nil if the subnet is there already.
	Table *RouteTable

	reservation cdktf.ITerraformDependable
}

// RouteTable is a route table, of one subnet or of all of a tier.
type RouteTable struct {
	// Name is the table's Terraform name, which those of its routes begin with.
	Name string
	// ID is the table's id.
	ID *string
}

// Tables are the route tables of subnets, each once.
func Tables(subnets []*Subnet) []*RouteTable {
	var tables []*RouteTable
	for _, s := range subnets {
		if s.Table != nil && !slices.Contains(tables, s.Table) {
			tables = append(tables, s.Table)
		}
	}
	return tables
}

// Reservations are what must exist before anything takes an address of the subnets,
// whoever chooses it: until then AWS may hand out a reserved one, and whoever is to have
// it by name finds it taken.
func Reservations(subnets ...*Subnet) []cdktf.ITerraformDependable {
	var reservations []cdktf.ITerraformDependable
	for _, s := range subnets {
		if s.reservation != nil {
			reservations = append(reservations, s.reservation)
		}
	}
	return reservations
}

// IDs are the ids of subnets.
func IDs(subnets []*Subnet) []*string {
	var ids []*string
	for _, s := range subnets {
		ids = append(ids, s.ID)
	}
	return ids
}

// New makes the VPC as `aws_vpc.<id>`, or looks it up as `data.aws_vpc.<id>`. It
// fails if the configuration contradicts itself.
func New(scope constructs.Construct, id string, config Config) (*VPC, error) {
	if config.Name == "" || !config.CIDR.IsValid() {
		return nil, fmt.Errorf("vpc %q: want a name and a range", config.Name)
	}
	if len(config.Reachable) > maxReachable {
		return nil, fmt.Errorf("vpc %s: %d reachable ranges do not fit into a network ACL, which takes %d", config.Name, len(config.Reachable), maxReachable)
	}
	for _, zone := range config.NATZones {
		if !slices.ContainsFunc(config.Subnets, func(s SubnetConfig) bool { return s.Tier == subnet.Public && s.Zone == zone }) {
			return nil, fmt.Errorf("vpc %s: no public subnet for the NAT gateway in %s", config.Name, zone)
		}
	}
	if config.TablePerTier && len(config.NATZones) > 0 {
		return nil, fmt.Errorf("vpc %s: NAT gateways by zone want a route table for each subnet", config.Name)
	}
	v := &VPC{Config: config, scope: scope, tables: map[string]*RouteTable{}, natAddresses: map[string]*string{}}
	if config.ExistingID != "" {
		v.lookUp(id)
	} else {
		v.make(id)
	}
	for _, s := range config.Subnets {
		if s.ExistingID != "" && config.ExistingID == "" {
			return nil, fmt.Errorf("vpc %s: subnet %s cannot be there before its VPC", config.Name, s.ExistingID)
		}
		v.addSubnet(s)
	}
	v.routeToInternet(id)
	v.guard()
	return v, nil
}

// make makes a VPC that lets nobody in.
func (v *VPC) make(id string) {
	v.ID = tf.Named(id, vpc.NewVpc(v.scope, tf.ID("aws_vpc", id), &vpc.VpcConfig{
		CidrBlock:          tf.CIDR(v.Config.CIDR),
		EnableDnsSupport:   true,
		EnableDnsHostnames: true,
		Tags:               tf.Tags(v.Config.Name),
	})).Id()
	v.closeDefaultGroup(id)
}

// Subnets are the subnets of one tier, in the order of Config.
func (v *VPC) Subnets(tier subnet.Tier) []*Subnet {
	var subnets []*Subnet
	for _, s := range v.subnets {
		if s.Tier == tier {
			subnets = append(subnets, s)
		}
	}
	return subnets
}

// closeDefaultGroup takes every rule from the security group that AWS gives to
// whatever is made without one:
// https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-2
func (v *VPC) closeDefaultGroup(id string) {
	tf.Named(id, defaultsecuritygroup.NewDefaultSecurityGroup(v.scope, tf.ID("aws_default_security_group", id), &defaultsecuritygroup.DefaultSecurityGroupConfig{
		VpcId: v.ID,
		Tags:  tf.Tags(v.Config.Name + "-default-closed"),
	}))
}

func (v *VPC) addSubnet(config SubnetConfig) {
	s := &Subnet{SubnetConfig: config, Name: tf.Name(string(config.Tier), config.Zone)}
	v.subnets = append(v.subnets, s)
	if config.ExistingID != "" {
		v.lookUpSubnet(s)
		return
	}
	tags := tf.Tags(fmt.Sprintf("%s-%s-%s", v.Config.Name, config.Tier, config.Zone), config.Tags)
	s.ID = tf.Named(s.Name, awssubnet.NewSubnet(v.scope, tf.ID("aws_subnet", s.Name), &awssubnet.SubnetConfig{
		VpcId:              v.ID,
		CidrBlock:          tf.CIDR(config.CIDR),
		AvailabilityZoneId: jsii.String(config.Zone),
		Tags:               tags,
		Lifecycle:          tf.ReplacedFirst(),
	})).Id()
	s.reserve(v.scope)
	s.Table = v.table(config)
	tf.Named(s.Name, routetableassociation.NewRouteTableAssociation(v.scope, tf.ID("aws_route_table_association", s.Name), &routetableassociation.RouteTableAssociationConfig{
		SubnetId:     s.ID,
		RouteTableId: s.Table.ID,
	}))
}

// table is the route table of a subnet, which others of its tier may have already.
func (v *VPC) table(config SubnetConfig) *RouteTable {
	parts := []string{string(config.Tier), config.Zone}
	if v.Config.TablePerTier {
		parts = parts[:1]
	}
	name := tf.Name(parts...)
	if t, ok := v.tables[name]; ok {
		return t
	}
	made := tf.Named(name, routetable.NewRouteTable(v.scope, tf.ID("aws_route_table", name), &routetable.RouteTableConfig{
		VpcId:     v.ID,
		Tags:      tf.Tags(strings.Join(append([]string{v.Config.Name}, parts...), "-")),
		Lifecycle: tf.ReplacedFirst(),
	}))
	v.tables[name] = &RouteTable{Name: name, ID: made.Id()}
	return v.tables[name]
}

// reserve keeps the subnet's fixed addresses free:
// https://docs.aws.amazon.com/vpc/latest/userguide/subnet-cidr-reservation.html
func (s *Subnet) reserve(scope constructs.Construct) {
	if !s.Reserved.IsValid() {
		return
	}
	s.reservation = tf.Named(s.Name, ec2subnetcidrreservation.NewEc2SubnetCidrReservation(scope, tf.ID("aws_ec2_subnet_cidr_reservation", s.Name), &ec2subnetcidrreservation.Ec2SubnetCidrReservationConfig{
		SubnetId:        s.ID,
		CidrBlock:       tf.CIDR(s.Reserved),
		ReservationType: jsii.String("explicit"),
		Description:     jsii.String("Addresses that are given by hand"),
	}))
}
