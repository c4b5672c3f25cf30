// Package firewall makes a firewall of AWS Network Firewall in a VPC: its endpoints, one in
// each firewall subnet, its policy with the groups of rules, what it logs, and routes to it.
//
// Rules are read in strict order, and nothing is decided before they are. It makes no rules
// that follow from names or ranges: those are given to it.
//
// https://docs.aws.amazon.com/network-firewall/latest/developerguide/what-is-aws-network-firewall.html
package firewall

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/networkfirewallfirewall"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/route"

	"hubspoke/constructs/vpc"
	"hubspoke/internal/arn"
	"hubspoke/internal/subnet"
	"hubspoke/internal/tf"
)

// Config describes a firewall.
type Config struct {
	// Name is the name of the firewall, of its policy, and what those of its groups of rules begin with.
	Name string
	// VPC is where it stands, with an endpoint in each firewall subnet.
	VPC *vpc.VPC
	// Account is the VPC's.
	Account arn.Account
	// HomeNetworks are the ranges that its rules call HOME_NET: those of all VPCs whose packets it sees. AWS's own default is the range of the firewall's VPC, in which nothing lives.
	HomeNetworks []netip.Prefix
	// Enforce drops what no rule lets through, and lets managed groups drop. Otherwise both only report.
	Enforce bool
	// Groups are the groups of rules of its own, in order: the first rule that matches decides.
	Groups []Group
	// ManagedRules are groups that AWS keeps, without `StrictOrder` at their end, in order. They come after the first of Groups, if that is First.
	ManagedRules []string
	// Protection has AWS refuse to delete the firewall, and to change its subnets.
	Protection bool
	// Logs is where it logs to.
	Logs Logs
}

// Group is a group of rules in the language of Suricata.
type Group struct {
	// Name is the last part of the group's name.
	Name string
	// First puts the group before the managed ones.
	First bool
	// Rules are its rules, one a line.
	Rules string
	// Capacity is how many rules it has room for. AWS never changes it.
	Capacity int
}

// Firewall is what the construct made.
type Firewall struct {
	// ARN is the firewall's ARN.
	ARN *string

	scope constructs.Construct
	id    string
	vpc   *vpc.VPC
}

// New makes the firewall `aws_networkfirewall_firewall.<id>`, with its policy and its
// logging of the same name.
func New(scope constructs.Construct, id string, config Config) (*Firewall, error) {
	if config.Name == "" || config.VPC == nil || !config.Account.Complete() {
		return nil, fmt.Errorf("firewall %q: want a name, a VPC and an account", config.Name)
	}
	subnets := config.VPC.Subnets(subnet.Firewall)
	if len(subnets) == 0 {
		return nil, fmt.Errorf("firewall %s: the VPC has no firewall subnets", config.Name)
	}
	if len(config.HomeNetworks) == 0 {
		return nil, fmt.Errorf("firewall %s: want the ranges of those whose packets it sees", config.Name)
	}
	policy, err := newPolicy(scope, id, config)
	if err != nil {
		return nil, err
	}
	var mappings []networkfirewallfirewall.NetworkfirewallFirewallSubnetMapping
	for _, s := range subnets {
		mappings = append(mappings, networkfirewallfirewall.NetworkfirewallFirewallSubnetMapping{SubnetId: s.ID})
	}
	made := tf.Named(id, networkfirewallfirewall.NewNetworkfirewallFirewall(scope, tf.ID("aws_networkfirewall_firewall", id), &networkfirewallfirewall.NetworkfirewallFirewallConfig{
		Name:                   tf.String(config.Name),
		VpcId:                  config.VPC.ID,
		FirewallPolicyArn:      policy,
		SubnetMapping:          mappings,
		DeleteProtection:       config.Protection,
		SubnetChangeProtection: config.Protection,
		Tags:                   tf.Tags(config.Name),
		// Routes lead to it. When it goes, they must lead elsewhere before.
		// https://docs.aws.amazon.com/network-firewall/latest/developerguide/deleting-firewall.html
		Lifecycle: tf.ReplacedFirst(),
	}))
	f := &Firewall{ARN: made.Arn(), scope: scope, id: id, vpc: config.VPC}
	if err := f.log(config); err != nil {
		return nil, err
	}
	return f, nil
}

// Route sends what subnets have for a range to the endpoint in the zone of each. The routes
// are called `<table>_to_<name>`. A subnet in a zone without an endpoint is an error.
func (f *Firewall) Route(name string, destination netip.Prefix, subnets ...*vpc.Subnet) error {
	for _, s := range subnets {
		endpoint, err := f.endpoint(s.Zone)
		if err != nil {
			return err
		}
		id := tf.Name(s.Table.Name, "to", name)
		tf.Named(id, route.NewRoute(f.scope, tf.ID("aws_route", id), &route.RouteConfig{
			RouteTableId:         s.Table.ID,
			DestinationCidrBlock: tf.CIDR(destination),
			VpcEndpointId:        endpoint,
		}))
	}
	return nil
}

// endpoint is the id of the firewall's endpoint in a zone. The provider tells endpoints in a
// set, by the names of zones, which mean another zone in every account; what is known of an
// endpoint beforehand is its subnet.
// https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/networkfirewall_firewall#attribute-reference
func (f *Firewall) endpoint(zone string) (*string, error) {
	subnets := f.vpc.Subnets(subnet.Firewall)
	i := slices.IndexFunc(subnets, func(s *vpc.Subnet) bool { return s.Zone == zone })
	if i < 0 {
		return nil, fmt.Errorf("firewall %s: no endpoint in %s", f.id, zone)
	}
	return jsii.String(fmt.Sprintf("${one([for s in aws_networkfirewall_firewall.%s.firewall_status[0].sync_states : s.attachment[0].endpoint_id if s.attachment[0].subnet_id == aws_subnet.%s.id])}",
		f.id, subnets[i].Name)), nil
}
