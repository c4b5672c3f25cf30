// Package transitgateway makes a transit gateway with one route table for each
// segment.
//
// Nothing is routed by default: an attachment that nobody associates with a
// segment reaches nothing. Associations and propagations are made where the
// attachments are known, not here.
//
// https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html
package transitgateway

import (
	"fmt"
	"net/netip"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ec2transitgateway"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ec2transitgatewayroute"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ec2transitgatewayroutetable"

	"hubspoke/internal/tf"
)

// Config describes a transit gateway.
type Config struct {
	// Name is the gateway's name.
	Name string
	// ASN is the autonomous system number on Amazon's side.
	ASN int
	// Segments are the route tables, by name, with the ranges that each drops. A propagated route wins over a blackhole if its prefix is longer, and loses if it is the same.
	Segments map[string][]netip.Prefix
}

// Gateway is what the construct made.
type Gateway struct {
	// ID is what is attached and routed to, and ARN what a share names.
	ID, ARN *string
	// RouteTableIDs are the route tables, by segment.
	RouteTableIDs map[string]*string
}

// New makes the gateway `aws_ec2_transit_gateway.<id>`.
func New(scope constructs.Construct, id string, config Config) (*Gateway, error) {
	if config.Name == "" || config.ASN == 0 {
		return nil, fmt.Errorf("transit gateway %q: want a name and an autonomous system number", config.Name)
	}
	gateway := tf.Named(id, ec2transitgateway.NewEc2TransitGateway(scope, tf.ID("aws_ec2_transit_gateway", id), &ec2transitgateway.Ec2TransitGatewayConfig{
		Description:                  tf.String(config.Name),
		AmazonSideAsn:                tf.Number(config.ASN),
		DefaultRouteTableAssociation: jsii.String("disable"),
		DefaultRouteTablePropagation: jsii.String("disable"),
		// The RAM share says who may attach: the estate's spokes, or all accounts of an
		// organisation that shares by itself. A second approval by hand would only
		// stop the first deployment halfway, and an attachment has no route table
		// until the hub gives it one.
		AutoAcceptSharedAttachments: jsii.String("enable"),
		DnsSupport:                  jsii.String("enable"),
		VpnEcmpSupport:              jsii.String("enable"),
		Tags:                        tf.Tags(config.Name),
	}))
	g := &Gateway{ID: gateway.Id(), ARN: gateway.Arn(), RouteTableIDs: map[string]*string{}}
	for _, segment := range tf.Keys(config.Segments) {
		name := tf.Name(segment)
		table := tf.Named(name, ec2transitgatewayroutetable.NewEc2TransitGatewayRouteTable(scope, tf.ID("aws_ec2_transit_gateway_route_table", name), &ec2transitgatewayroutetable.Ec2TransitGatewayRouteTableConfig{
			TransitGatewayId: g.ID,
			Tags:             tf.Tags(config.Name + "-" + segment),
		}))
		g.RouteTableIDs[segment] = table.Id()
		for _, p := range config.Segments[segment] {
			blackhole(scope, name, table.Id(), p)
		}
	}
	return g, nil
}

// blackhole drops what no longer prefix matches, so that a default route which
// the table may get one day does not carry private traffic out.
func blackhole(scope constructs.Construct, segment string, table *string, p netip.Prefix) {
	name := tf.Name(segment, "blackhole", p.String())
	tf.Named(name, ec2transitgatewayroute.NewEc2TransitGatewayRoute(scope, tf.ID("aws_ec2_transit_gateway_route", name), &ec2transitgatewayroute.Ec2TransitGatewayRouteConfig{
		TransitGatewayRouteTableId: table,
		DestinationCidrBlock:       tf.CIDR(p),
		Blackhole:                  true,
	}))
}
