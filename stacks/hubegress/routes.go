package hubegress

import (
	"net/netip"

	"hubspoke/constructs/attachment"
	"hubspoke/constructs/firewall"
	"hubspoke/constructs/gatewayassociation"
	"hubspoke/constructs/vpc"
	"hubspoke/estate"
	"hubspoke/internal/base"
	"hubspoke/internal/output"
	"hubspoke/internal/subnet"
	"hubspoke/internal/tf"
	"hubspoke/stacks/hubnetwork"
)

var everywhere = netip.MustParsePrefix("0.0.0.0/0")

// join attaches the VPC to the transit gateway, and leads every segment with a VPC that
// shares it here.
func join(s *base.Stack, v *vpc.VPC) (*attachment.Attachment, error) {
	e, hub := s.Estate, hubnetwork.Read(s)
	attached, err := attachment.New(s.Scope, estate.EgressVPC, attachment.Config{
		Name: v.Config.Name, GatewayID: hub.TransitGatewayID, VPC: v, Appliance: true,
	})
	if err != nil {
		return nil, err
	}
	defaults := map[string]*string{}
	for _, segment := range e.CentralSegments() {
		defaults[segment] = hub.RouteTableIDs.Get(segment)
	}
	_, err = gatewayassociation.New(s.Scope, estate.EgressVPC, gatewayassociation.Config{
		AttachmentID: attached.ID,
		RouteTableID: hub.RouteTableIDs.Get(estate.Inspection),
		Defaults:     defaults,
		Routes:       between(e, hub.RouteTableIDs),
	})
	return attached, err
}

// between are the routes of segments to spokes of other segments that go by the firewall.
// They stand where otherwise a propagation would, and win over one that is still there.
// https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html#tgw-route-evaluation-overview
func between(e *estate.Estate, tables output.Map) map[string]map[string]gatewayassociation.Route {
	routes := map[string]map[string]gatewayassociation.Route{}
	for _, segment := range tf.Keys(e.Segments) {
		for _, account := range e.NetworkAccounts() {
			if !e.InspectedBetween(segment, e.Segment(account)) {
				continue
			}
			if routes[segment] == nil {
				routes[segment] = map[string]gatewayassociation.Route{}
			}
			routes[segment][account] = gatewayassociation.Route{TableID: tables.Get(segment), CIDR: e.Network(account).CIDR}
		}
	}
	return routes
}

// returnDirectly leads answers from the NAT gateways to those who asked.
func returnDirectly(e *estate.Estate, v *vpc.VPC, attached *attachment.Attachment) {
	for _, account := range e.CentralAccounts() {
		attached.Route(account, e.Network(account).CIDR, v.Subnets(subnet.Public)...)
	}
}

// throughFirewall leads what comes by the transit gateway to the firewall's endpoint of its
// zone, and answers from the internet to the same one. What has passed goes on: to the NAT
// gateway, which the VPC leads it to, or back to the transit gateway.
//
// A route that led to a NAT gateway or to the transit gateway before there was a firewall
// changes in place.
func throughFirewall(e *estate.Estate, v *vpc.VPC, attached *attachment.Attachment, f *firewall.Firewall) error {
	inner, public, inspected := v.Subnets(subnet.Attachment), v.Subnets(subnet.Public), v.Subnets(subnet.Firewall)
	internet := e.Inspects(estate.InspectInternet)
	if internet {
		if err := f.Route("internet", everywhere, inner...); err != nil {
			return err
		}
	}
	for _, account := range e.BehindEgress() {
		cidr := e.Network(account).CIDR
		peers := len(e.InspectedPeers(account)) > 0
		if internet || peers {
			attached.Route(account, cidr, inspected...)
		}
		if peers && !internet {
			if err := f.Route(account, cidr, inner...); err != nil {
				return err
			}
		}
		if e.Network(account).NAT != estate.NATCentral {
			continue
		}
		if !internet {
			attached.Route(account, cidr, public...)
		} else if err := f.Route(account, cidr, public...); err != nil {
			return err
		}
	}
	return nil
}
