// Package bastion makes a way in for people: an instance in a private subnet without
// a public address or any inbound rule, which Session Manager alone reaches.
//
// Sessions are encrypted and logged as the account's session preferences say, which
// package sessionpreferences makes. IAM says who may start sessions. The instance has no
// tools and no rights of its own: people forward a port through it, and use their own.
//
// https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager.html
package bastion

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/constructs/managedinstance"
	"hubspoke/constructs/securitygroup"
	"hubspoke/constructs/vpc"
	"hubspoke/internal/arn"
	"hubspoke/internal/policy"
)

// Config describes a bastion.
type Config struct {
	// Name is the bastion's name.
	Name string
	// InstanceType is one with a Graviton processor.
	InstanceType string
	// VPCID, CIDR and Subnet say where it is. It sends HTTPS to that range, where endpoints, load balancers and the Kubernetes API are.
	VPCID  *string
	CIDR   netip.Prefix
	Subnet *vpc.Subnet
	// S3PrefixListID is the list of S3's addresses, where packages and updates of the SSM Agent are.
	S3PrefixListID *string
	// Sessions are what its agent needs for the account's session preferences, beside keeping the connection.
	Sessions []policy.Statement
	// After is what must exist before the instance starts: the endpoints that its agent calls.
	After []cdktf.ITerraformDependable
	// Account is the VPC's.
	Account arn.Account
}

// Bastion is what the construct made.
type Bastion struct {
	// ID is the instance's id, which sessions name as their target.
	ID *string
	// Group is the bastion's security group, for others to admit.
	Group *securitygroup.Group
}

// New makes the instance `aws_instance.<id>` with its role and group.
func New(scope constructs.Construct, id string, config Config) (*Bastion, error) {
	if config.Name == "" || config.VPCID == nil || config.Subnet == nil || !config.CIDR.IsValid() || !config.Account.Complete() {
		return nil, fmt.Errorf("bastion %q: want a name, a VPC with its range, a subnet and an account", config.Name)
	}
	group, err := securitygroup.New(scope, id, securitygroup.Config{
		Name:        config.Name,
		Description: "Bastion: reached by Session Manager alone",
		VPCID:       config.VPCID,
		Egress: []securitygroup.Rule{
			{Name: "https_to_vpc", Description: "Kubernetes API, load balancers and VPC endpoints", CIDR: config.CIDR, Protocol: "tcp", Port: 443},
			{Name: "https_to_s3", Description: "Packages and agent updates in S3", PrefixListID: config.S3PrefixListID, Protocol: "tcp", Port: 443},
		},
	})
	if err != nil {
		return nil, err
	}
	instance, err := managedinstance.New(scope, id, managedinstance.Config{
		Name:         config.Name,
		InstanceType: config.InstanceType,
		Purpose:      "Lets the bastion be reached by Session Manager and log its sessions.",
		PolicyName:   "log-sessions",
		Statements:   config.Sessions,
		Subnet:       config.Subnet,
		GroupIDs:     []*string{group.ID},
		After:        slices.Concat(config.After, group.Egress()),
		Account:      config.Account,
	})
	if err != nil {
		return nil, err
	}
	return &Bastion{ID: instance.ID, Group: group}, nil
}
