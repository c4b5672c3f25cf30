// Package hubegress makes the VPC through which those with `nat: central` reach the
// internet: what a segment knows no way for comes by the transit gateway, leaves by the NAT
// gateway of its zone, and comes back the same way. No workload runs there, and what a
// segment does not reach it does not reach by way of it either: the gateway's blackholes
// drop private addresses before.
//
// https://docs.aws.amazon.com/whitepapers/latest/building-scalable-secure-multi-vpc-network-infrastructure/using-nat-gateway-for-centralized-egress.html
package hubegress

import (
	"hubspoke/constructs/attachment"
	"hubspoke/constructs/gatewayassociation"
	"hubspoke/constructs/vpc"
	"hubspoke/estate"
	"hubspoke/internal/base"
	"hubspoke/internal/output"
	"hubspoke/internal/subnet"
	"hubspoke/stacks/estatevpc"
	"hubspoke/stacks/hubnetwork"
)

// New fills the stack.
func New(s *base.Stack) error {
	e := s.Estate
	name := e.Prefix(estate.EgressVPC)
	config := vpc.Config{
		Name: name, CIDR: e.Hub.Egress.CIDR, NATZones: e.EgressZones(), Egress: true,
		Reachable: e.AddressSpace,
	}
	for _, slot := range e.EgressPlan() {
		if slot.Used {
			config.Subnets = append(config.Subnets, vpc.SubnetConfig{Tier: slot.Tier, Zone: slot.Zone, CIDR: slot.CIDR})
		}
	}
	v, err := vpc.New(s.Scope, "main", config)
	if err != nil {
		return err
	}
	if err := estatevpc.LogFlows(s, v.ID, estatevpc.Flows{Name: name, LogGroup: e.EgressFlowLogGroup(), CIDR: config.CIDR}); err != nil {
		return err
	}
	if err := join(s, v); err != nil {
		return err
	}
	output.Write(s.Scope, Outputs{
		VPCID:               v.ID,
		PublicRouteTableIDs: (&estatevpc.VPC{VPC: v}).Outputs().PublicRouteTableIDs,
		NATAddresses:        output.MapOf(v.NATAddresses()),
	})
	return nil
}

// join attaches the VPC to the transit gateway, and leads every segment with a VPC that
// shares it here.
func join(s *base.Stack, v *vpc.VPC) error {
	e, hub := s.Estate, hubnetwork.Read(s)
	attached, err := attachment.New(s.Scope, estate.EgressVPC, attachment.Config{
		Name: v.Config.Name, GatewayID: hub.TransitGatewayID, VPC: v, Appliance: true,
	})
	if err != nil {
		return err
	}
	for _, account := range e.CentralAccounts() {
		attached.Route(account, e.Network(account).CIDR, v.Subnets(subnet.Public)...)
	}
	defaults := map[string]*string{}
	for _, segment := range e.CentralSegments() {
		defaults[segment] = hub.RouteTableIDs.Get(segment)
	}
	_, err = gatewayassociation.New(s.Scope, estate.EgressVPC, gatewayassociation.Config{
		AttachmentID: attached.ID,
		RouteTableID: hub.RouteTableIDs.Get(estate.Inspection),
		Defaults:     defaults,
	})
	return err
}
