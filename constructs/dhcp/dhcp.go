// Package dhcp tells the instances of a VPC which name servers to ask.
//
// https://docs.aws.amazon.com/vpc/latest/userguide/DHCPOptionSetConcepts.html
package dhcp

import (
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/vpcdhcpoptions"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/vpcdhcpoptionsassociation"

	"hubspoke/internal/tf"
)

// AmazonProvidedDNS is the VPC's own resolver, which knows the private zones
// associated with the VPC and the private endpoints of clusters.
const AmazonProvidedDNS = "AmazonProvidedDNS"

// maxNameServers is what a DHCP option set takes.
const maxNameServers = 4

// Config describes an option set. It has no domain name: a custom one changes
// the names of nodes, which then fail to join their cluster.
type Config struct {
	// Name is the option set's name.
	Name string
	// VPCID is the VPC.
	VPCID *string
	// NameServers are addresses or AmazonProvidedDNS, at most four. Some clients try them in this order, others take any.
	NameServers []string
}

// Options is what the construct made.
type Options struct {
	// ID is the option set's id.
	ID *string
}

// New makes the option set `aws_vpc_dhcp_options.<id>` and gives it to the VPC.
func New(scope constructs.Construct, id string, config Config) (*Options, error) {
	if n := len(config.NameServers); n < 1 || n > maxNameServers {
		return nil, fmt.Errorf("dhcp options %s: %d name servers, want 1 to %d", config.Name, n, maxNameServers)
	}
	options := tf.Named(id, vpcdhcpoptions.NewVpcDhcpOptions(scope, tf.ID("aws_vpc_dhcp_options", id), &vpcdhcpoptions.VpcDhcpOptionsConfig{
		DomainNameServers: tf.Strings(config.NameServers...),
		Tags:              tf.Tags(config.Name),
		// AWS does not change a set: another list is another set. The VPC goes from one
		// to the other, and has servers all the time.
		Lifecycle: tf.ReplacedFirst(),
	}))
	tf.Named(id, vpcdhcpoptionsassociation.NewVpcDhcpOptionsAssociation(scope, tf.ID("aws_vpc_dhcp_options_association", id), &vpcdhcpoptionsassociation.VpcDhcpOptionsAssociationConfig{
		VpcId:         config.VPCID,
		DhcpOptionsId: options.Id(),
	}))
	return &Options{ID: options.Id()}, nil
}
