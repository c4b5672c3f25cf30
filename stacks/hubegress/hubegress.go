// Package hubegress makes the VPC through which those with `nat: central` reach the
// internet: what a segment knows no way for comes by the transit gateway, passes the
// firewall if there is one, leaves by the NAT gateway of its zone, and comes back the same
// way. No workload runs there, and what a segment does not reach it does not reach by way of
// it either: the gateway's blackholes drop private addresses before.
//
// If it is told to, the firewall also stands between the spokes of different segments: then
// the gateway's tables lead from one to the other by way of this VPC.
//
//   - https://docs.aws.amazon.com/whitepapers/latest/building-scalable-secure-multi-vpc-network-infrastructure/using-nat-gateway-for-centralized-egress.html
//   - https://docs.aws.amazon.com/network-firewall/latest/developerguide/arch-igw-ngw.html
package hubegress

import (
	"hubspoke/constructs/vpc"
	"hubspoke/estate"
	"hubspoke/internal/base"
	"hubspoke/internal/output"
	"hubspoke/stacks/estatevpc"
)

// New fills the stack.
func New(s *base.Stack) error {
	e := s.Estate
	name := e.Prefix(estate.EgressVPC)
	config := vpc.Config{
		Name: name, CIDR: e.Hub.Egress.CIDR, NATZones: e.EgressZones(), Egress: true,
		Inspected: e.Inspects(estate.InspectInternet),
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
	attached, err := join(s, v)
	if err != nil {
		return err
	}
	outputs := Outputs{
		VPCID:               v.ID,
		PublicRouteTableIDs: (&estatevpc.VPC{VPC: v}).Outputs().PublicRouteTableIDs,
		NATAddresses:        output.MapOf(v.NATAddresses()),
	}
	if e.Hub.Egress.Firewall == nil {
		returnDirectly(e, v, attached)
	} else if outputs.FirewallARN, err = inspect(s, v, attached); err != nil {
		return err
	}
	output.Write(s.Scope, outputs)
	return nil
}
