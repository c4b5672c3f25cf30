// Package spokelink connects a spoke with the hub. It makes what takes both
// accounts: the attachment's place in the transit gateway's route tables, and the
// VPC's association with the hub's private zones.
package spokelink

import (
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/constructs/gatewayassociation"
	"hubspoke/constructs/zoneassociation"
	"hubspoke/estate"
	"hubspoke/internal/base"
	"hubspoke/internal/tf"
	"hubspoke/stacks/estatevpc"
	"hubspoke/stacks/hubdns"
	"hubspoke/stacks/hubnetwork"
	"hubspoke/stacks/spokenetwork"
)

// New fills the stack.
func New(s *base.Stack) error {
	hub := s.Provider(estate.HubAccount)
	spoke := spokenetwork.Read(s, s.Account)
	if err := route(s, hub, spoke); err != nil {
		return err
	}
	return associate(s, hub, spoke)
}

// route associates the attachment with the spoke's segment, and propagates it to
// every segment that reaches this one.
func route(s *base.Stack, hub cdktf.TerraformProvider, spoke spokenetwork.Outputs) error {
	e := s.Estate
	tables := hubnetwork.Read(s).RouteTableIDs
	propagations := map[string]*string{}
	for _, segment := range estatevpc.Propagations(e, s.Account) {
		propagations[segment] = tables.Get(segment)
	}
	_, err := gatewayassociation.New(s.Scope, tf.Name(s.Account), gatewayassociation.Config{
		Provider:     hub,
		AttachmentID: spoke.AttachmentID,
		RouteTableID: tables.Get(e.Segment(s.Account)),
		Propagations: propagations,
	})
	return err
}

// associate makes the VPC resolve the private zones that the spoke sees, and
// those of the central endpoints. A VPC without a way to the endpoints keeps the
// public names of AWS's services.
func associate(s *base.Stack, hub cdktf.TerraformProvider, spoke spokenetwork.Outputs) error {
	e := s.Estate
	dns := hubdns.Read(s)
	zoneIDs := map[string]*string{}
	for _, domain := range e.VisibleZones(s.Account) {
		zoneIDs[tf.Name("private", domain)] = dns.PrivateZoneIDs.Get(domain)
	}
	if e.ReachesHub(s.Account) {
		for _, service := range e.ZonedEndpoints() {
			zoneIDs[tf.Name("endpoint", service)] = dns.EndpointZoneIDs.Get(service)
		}
	}
	for _, name := range tf.Keys(zoneIDs) {
		if _, err := zoneassociation.New(s.Scope, name, zoneassociation.Config{
			ZoneProvider: hub,
			ZoneID:       zoneIDs[name],
			VPCID:        spoke.VPCID,
			Region:       e.Region,
		}); err != nil {
			return err
		}
	}
	return nil
}
