package vpc

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/eip"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/internetgateway"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/natgateway"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/route"

	"hubspoke/internal/subnet"
	"hubspoke/internal/tf"
)

// routeToInternet makes the internet gateway, the NAT gateways and the default
// routes to them. A VPC without public subnets has none of it.
func (v *VPC) routeToInternet(id string) {
	public := v.Subnets(subnet.Public)
	if len(public) == 0 {
		return
	}
	gateway := tf.Named(id, internetgateway.NewInternetGateway(v.scope, tf.ID("aws_internet_gateway", id), &internetgateway.InternetGatewayConfig{
		VpcId: v.ID,
		Tags:  tf.Tags(v.Config.Name),
	}))
	for _, t := range Tables(public) {
		v.defaultRoute(t, &route.RouteConfig{GatewayId: gateway.Id()})
	}
	if len(v.Config.NATZones) == 0 {
		return
	}
	gateways := map[string]*string{}
	for _, s := range public {
		for _, zone := range v.Config.NATZones {
			if s.Zone == zone {
				gateways[zone] = v.natGateway(s, gateway)
			}
		}
	}
	inner := subnet.Private
	switch {
	case v.Config.Inspected:
		inner = subnet.Firewall
	case v.Config.Egress:
		inner = subnet.Attachment
	}
	for _, s := range v.Subnets(inner) {
		nat, ok := gateways[s.Zone]
		if !ok {
			nat = gateways[v.Config.NATZones[0]]
		}
		v.defaultRoute(s.Table, &route.RouteConfig{NatGatewayId: nat})
	}
}

// NATAddresses are the public addresses of the NAT gateways, by zone.
func (v *VPC) NATAddresses() map[string]*string { return v.natAddresses }

// natGateway makes a NAT gateway with an address of its own. It is named after
// its zone, so that a further one changes nothing about the first.
func (v *VPC) natGateway(s *Subnet, gateway internetgateway.InternetGateway) *string {
	name := tf.Name("nat", s.Zone)
	awsName := v.Config.Name + "-nat-" + s.Zone
	address := tf.Named(name, eip.NewEip(v.scope, tf.ID("aws_eip", name), &eip.EipConfig{
		Domain: jsii.String("vpc"),
		Tags:   tf.Tags(awsName),
		// An address of a VPC needs the VPC's internet gateway first.
		DependsOn: tf.DependsOn(gateway),
	}))
	v.natAddresses[s.Zone] = address.PublicIp()
	return tf.Named(name, natgateway.NewNatGateway(v.scope, tf.ID("aws_nat_gateway", name), &natgateway.NatGatewayConfig{
		AllocationId: address.AllocationId(),
		SubnetId:     s.ID,
		Tags:         tf.Tags(awsName),
		DependsOn:    tf.DependsOn(gateway),
		Lifecycle:    tf.ReplacedFirst(),
	})).Id()
}

// Route sends what private subnets have for a range to a peering connection
// (`pcx-…`), a virtual private gateway (`vgw-…`) or a transit gateway (`tgw-…`) that
// somebody else has connected the VPC with, from every private route table that is
// made here. The routes are called `<table>_to_<name>`.
func (v *VPC) Route(name string, destination netip.Prefix, via string) error {
	config := route.RouteConfig{DestinationCidrBlock: tf.CIDR(destination)}
	switch kind, _, _ := strings.Cut(via, "-"); kind {
	case "pcx":
		config.VpcPeeringConnectionId = tf.String(via)
	case "vgw":
		config.GatewayId = tf.String(via)
	case "tgw":
		config.TransitGatewayId = tf.String(via)
	default:
		return fmt.Errorf("vpc %s: no route can lead to %s", v.Config.Name, via)
	}
	for _, t := range Tables(v.Subnets(subnet.Private)) {
		config, id := config, tf.Name(t.Name, "to", name)
		config.RouteTableId = t.ID
		tf.Named(id, route.NewRoute(v.scope, tf.ID("aws_route", id), &config))
	}
	return nil
}

func (v *VPC) defaultRoute(t *RouteTable, config *route.RouteConfig) {
	name := tf.Name(t.Name, "to_internet")
	config.RouteTableId = t.ID
	config.DestinationCidrBlock = tf.CIDR(everywhere)
	tf.Named(name, route.NewRoute(v.scope, tf.ID("aws_route", name), config))
}
