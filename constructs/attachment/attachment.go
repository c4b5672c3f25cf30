// Package attachment connects a VPC to a transit gateway, and routes to it.
//
// What the gateway does with the packets is up to its route tables.
//
// https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html
package attachment

import (
	"errors"
	"net/netip"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ec2transitgatewayvpcattachment"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/route"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/constructs/vpc"
	"hubspoke/internal/subnet"
	"hubspoke/internal/tf"
)

// Config describes an attachment.
type Config struct {
	// Name is the attachment's name.
	Name string
	// GatewayID is the transit gateway.
	GatewayID *string
	// Shared says that the gateway belongs to another account, which then decides about its route tables. It must be shared, and the share accepted, some time before: AWS does not know the gateway in this account at once.
	Shared bool
	// Appliance keeps both directions of a connection in one zone of the VPC, which a firewall there needs: https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-appliance-scenario.html
	Appliance bool
	// VPC is attached with all its attachment subnets. AWS reaches only zones that have one.
	VPC *vpc.VPC
}

// Attachment is what the construct made.
type Attachment struct {
	// ID is the attachment's id.
	ID *string

	scope     constructs.Construct
	gatewayID *string
	resource  cdktf.ITerraformDependable
}

// New makes the attachment `aws_ec2_transit_gateway_vpc_attachment.<id>`.
func New(scope constructs.Construct, id string, config Config) (*Attachment, error) {
	if config.Name == "" || config.GatewayID == nil || config.VPC == nil {
		return nil, errors.New("attachment " + config.Name + ": want a name, a transit gateway and a VPC")
	}
	subnets := config.VPC.Subnets(subnet.Attachment)
	if len(subnets) == 0 {
		return nil, errors.New("attachment " + config.Name + ": the VPC has no attachment subnets")
	}
	arguments := &ec2transitgatewayvpcattachment.Ec2TransitGatewayVpcAttachmentConfig{
		TransitGatewayId: config.GatewayID,
		VpcId:            config.VPC.ID,
		SubnetIds:        tf.Tokens(vpc.IDs(subnets)...),
		Tags:             tf.Tags(config.Name),
		DependsOn:        tf.DependsOn(vpc.Reservations(subnets...)...),
	}
	if config.Appliance {
		arguments.ApplianceModeSupport = jsii.String("enable")
	}
	if !config.Shared {
		// For a shared gateway the provider can neither set nor read these.
		arguments.TransitGatewayDefaultRouteTableAssociation = false
		arguments.TransitGatewayDefaultRouteTablePropagation = false
	}
	resource := tf.Named(id, ec2transitgatewayvpcattachment.NewEc2TransitGatewayVpcAttachment(scope, tf.ID("aws_ec2_transit_gateway_vpc_attachment", id), arguments))
	return &Attachment{ID: resource.Id(), scope: scope, gatewayID: config.GatewayID, resource: resource}, nil
}

// Route sends what subnets have for a range to the gateway, from every one of
// their route tables. The routes are called `<table>_to_<name>`.
func (a *Attachment) Route(name string, destination netip.Prefix, subnets ...*vpc.Subnet) {
	for _, t := range vpc.Tables(subnets) {
		id := tf.Name(t.Name, "to", name)
		tf.Named(id, route.NewRoute(a.scope, tf.ID("aws_route", id), &route.RouteConfig{
			RouteTableId:         t.ID,
			DestinationCidrBlock: tf.CIDR(destination),
			TransitGatewayId:     a.gatewayID,
			// AWS takes a route to a gateway only once the VPC is attached.
			DependsOn: tf.DependsOn(a.resource),
		}))
	}
}
