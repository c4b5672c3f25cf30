// Package hubhybrid makes the ways to on-premises: VPNs, and the transit gateway's place in
// a Direct Connect gateway. What comes by them is routed by a table of its own, which leads
// to the VPCs that exchange traffic with on-premises and nowhere else: neither to the
// internet nor from one way to another.
//
// The segments of those VPCs have static routes for the ranges of on-premises, and no
// propagation: whatever is announced by BGP there, it takes no VPC's packets.
//
// https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html#tgw-route-evaluation-overview
package hubhybrid

import (
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/constructs/directconnect"
	"hubspoke/constructs/gatewayassociation"
	"hubspoke/constructs/vpn"
	"hubspoke/estate"
	"hubspoke/internal/base"
	"hubspoke/internal/output"
	"hubspoke/internal/tf"
	"hubspoke/stacks/baseline"
	"hubspoke/stacks/estatevpc"
	"hubspoke/stacks/hubnetwork"
)

// New fills the stack.
func New(s *base.Stack) error {
	connections, err := vpns(s)
	if err != nil {
		return err
	}
	associated, err := directConnect(s)
	if err != nil {
		return err
	}
	for _, way := range s.Estate.Ways() {
		if len(way.CIDRs) == 0 {
			// It stands by: its tunnels are up, and the gateway announces nothing there and
			// takes nothing from there. Answers would leave by another way.
			continue
		}
		config := gatewayassociation.Config{}
		if way.VPN != "" {
			config.AttachmentID = connections[way.VPN].AttachmentID
		} else {
			config.AttachmentID, config.After = tf.String(s.Estate.OnPremises.DirectConnect.AttachmentID), associated
		}
		if err := route(s, way, config); err != nil {
			return err
		}
	}
	ids, first, second, keys := map[string]*string{}, map[string]*string{}, map[string]*string{}, map[string]*string{}
	for name, c := range connections {
		ids[name], first[name], second[name], keys[name] = c.ID, c.Addresses[0], c.Addresses[1], c.KeyARN
	}
	output.Write(s.Scope, Outputs{
		VPNConnectionIDs: output.MapOf(ids), Tunnel1Addresses: output.MapOf(first), Tunnel2Addresses: output.MapOf(second),
		PresharedKeyARNs: output.MapOf(keys),
	})
	return nil
}

// vpns are the VPNs of the estate, by name, with the log group that they share.
func vpns(s *base.Stack) (map[string]*vpn.Connection, error) {
	e := s.Estate
	if len(e.OnPremises.VPNs) == 0 {
		return nil, nil
	}
	logs, err := vpn.NewLogGroup(s.Scope, "tunnels", vpn.LogGroupConfig{
		Name:          s.Prefix(),
		LogGroup:      e.VPNLogGroup(),
		RetentionDays: e.Logs.RetentionDays,
		KeyARN:        baseline.Read(s).LogKeyARN,
		Account:       e.Account(s.Account),
	})
	if err != nil {
		return nil, err
	}
	made := map[string]*vpn.Connection{}
	for _, name := range tf.Keys(e.OnPremises.VPNs) {
		v := e.OnPremises.VPNs[name]
		made[name], err = vpn.New(s.Scope, tf.Name(name), vpn.Config{
			Name:      s.Prefix() + "-vpn-" + name,
			GatewayID: hubnetwork.Read(s).TransitGatewayID,
			Address:   v.Address,
			ASN:       v.ASN,
			Logs:      logs,
			Topics:    e.Alarms.Topics,
		})
		if err != nil {
			return nil, err
		}
	}
	return made, nil
}

// directConnect associates the transit gateway with the Direct Connect gateway, if the
// estate does, and returns what the routes to it wait for.
func directConnect(s *base.Stack) ([]cdktf.ITerraformDependable, error) {
	d := s.Estate.OnPremises.DirectConnect
	if d == nil || d.GatewayID == "" {
		return nil, nil
	}
	made, err := directconnect.New(s.Scope, tf.Name(estate.DirectConnectWay), directconnect.Config{
		GatewayID: d.GatewayID, TransitGatewayID: hubnetwork.Read(s).TransitGatewayID, AllowedPrefixes: d.AllowedPrefixes,
	})
	if err != nil {
		return nil, err
	}
	return []cdktf.ITerraformDependable{made.Resource}, nil
}

// route places a way's attachment in the table of what comes from on-premises, and leads
// the ranges behind it there from the segments that reach them.
func route(s *base.Stack, way estate.Way, config gatewayassociation.Config) error {
	tables := hubnetwork.Read(s).RouteTableIDs
	config.RouteTableID = tables.Get(estate.OnPremisesTable)
	config.Routes = map[string]map[string]gatewayassociation.Route{}
	for _, segment := range s.Estate.OnPremisesSegments() {
		config.Routes[segment] = map[string]gatewayassociation.Route{}
		for _, p := range way.CIDRs {
			for _, destination := range estate.StaticRoutes(p) {
				config.Routes[segment][estatevpc.OnPremises(destination)] = gatewayassociation.Route{TableID: tables.Get(segment), CIDR: destination}
			}
		}
	}
	_, err := gatewayassociation.New(s.Scope, tf.Name(way.Name), config)
	return err
}
