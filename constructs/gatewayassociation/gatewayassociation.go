// Package gatewayassociation places an attachment in the route tables of a transit gateway:
// it is associated with the one table that its own packets are routed by, and
// propagated to every table that shall lead to it. Tables may lead to it by default.
//
// https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html#tgw-routing-overview
package gatewayassociation

import (
	"fmt"
	"net/netip"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ec2transitgatewayroute"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ec2transitgatewayroutetableassociation"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ec2transitgatewayroutetablepropagation"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/internal/tf"
)

// Config describes the routing of an attachment.
type Config struct {
	// Provider acts in the gateway's account. Nil is the stack's own.
	Provider cdktf.TerraformProvider
	// AttachmentID is the attachment. The gateway must have accepted it.
	AttachmentID *string
	// RouteTableID is the route table that decides where the attachment's packets go.
	RouteTableID *string
	// Propagations are the route tables that learn the attachment's ranges, by the name of their segment.
	Propagations map[string]*string
	// Routes are the route tables that send a range to the attachment, whatever others propagate for it, by the name of their segment and then by a name of the range.
	Routes map[string]map[string]Route
	// Defaults are the route tables that send to the attachment what they know no longer prefix for, blackholes included, by the name of their segment.
	Defaults map[string]*string
}

// Route is a route of one of the gateway's tables to an attachment.
type Route struct {
	// TableID is the route table.
	TableID *string
	// CIDR is the range.
	CIDR netip.Prefix
}

// Association is what the construct made.
type Association struct {
	// ID is the association's id.
	ID *string
}

// New makes the association `aws_ec2_transit_gateway_route_table_association.<id>`
// and a propagation `aws_ec2_transit_gateway_route_table_propagation.<id>_to_<segment>`
// for each segment, and `aws_ec2_transit_gateway_route.<segment>_to_internet` for each
// default and `<segment>_to_<name>` for each other route.
func New(scope constructs.Construct, id string, config Config) (*Association, error) {
	if config.AttachmentID == nil || config.RouteTableID == nil {
		return nil, fmt.Errorf("association %s: want an attachment and a route table", id)
	}
	association := tf.Named(id, ec2transitgatewayroutetableassociation.NewEc2TransitGatewayRouteTableAssociation(scope, tf.ID("aws_ec2_transit_gateway_route_table_association", id), &ec2transitgatewayroutetableassociation.Ec2TransitGatewayRouteTableAssociationConfig{
		Provider:                   config.Provider,
		TransitGatewayAttachmentId: config.AttachmentID,
		TransitGatewayRouteTableId: config.RouteTableID,
	}))
	for _, segment := range tf.Keys(config.Propagations) {
		name := tf.Name(id, "to", segment)
		tf.Named(name, ec2transitgatewayroutetablepropagation.NewEc2TransitGatewayRouteTablePropagation(scope, tf.ID("aws_ec2_transit_gateway_route_table_propagation", name), &ec2transitgatewayroutetablepropagation.Ec2TransitGatewayRouteTablePropagationConfig{
			Provider:                   config.Provider,
			TransitGatewayAttachmentId: config.AttachmentID,
			TransitGatewayRouteTableId: config.Propagations[segment],
		}))
	}
	for _, segment := range tf.Keys(config.Defaults) {
		name := tf.Name(segment, "to_internet")
		tf.Named(name, ec2transitgatewayroute.NewEc2TransitGatewayRoute(scope, tf.ID("aws_ec2_transit_gateway_route", name), &ec2transitgatewayroute.Ec2TransitGatewayRouteConfig{
			Provider:                   config.Provider,
			TransitGatewayAttachmentId: config.AttachmentID,
			TransitGatewayRouteTableId: config.Defaults[segment],
			DestinationCidrBlock:       jsii.String("0.0.0.0/0"),
		}))
	}
	for _, segment := range tf.Keys(config.Routes) {
		for _, to := range tf.Keys(config.Routes[segment]) {
			r, name := config.Routes[segment][to], tf.Name(segment, "to", to)
			tf.Named(name, ec2transitgatewayroute.NewEc2TransitGatewayRoute(scope, tf.ID("aws_ec2_transit_gateway_route", name), &ec2transitgatewayroute.Ec2TransitGatewayRouteConfig{
				Provider:                   config.Provider,
				TransitGatewayAttachmentId: config.AttachmentID,
				TransitGatewayRouteTableId: r.TableID,
				DestinationCidrBlock:       tf.CIDR(r.CIDR),
			}))
		}
	}
	return &Association{ID: association.Id()}, nil
}
