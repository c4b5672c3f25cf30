// Package spokeservice makes what a spoke serves to VPCs of other accounts by AWS
// PrivateLink: an endpoint service for each of the spoke's services. Pods are put behind it
// by the GitOps bundle, and connections to it are accepted where its consumers are made.
package spokeservice

import (
	"hubspoke/constructs/endpointservice"
	"hubspoke/constructs/securitygroup"
	"hubspoke/estate"
	"hubspoke/internal/base"
	"hubspoke/internal/output"
	"hubspoke/internal/subnet"
	"hubspoke/internal/tf"
	"hubspoke/stacks/hubdns"
	"hubspoke/stacks/spokeeks"
	"hubspoke/stacks/spokenetwork"
)

// New fills the stack.
func New(s *base.Stack) error {
	e := s.Estate
	network, cluster, dns := spokenetwork.Read(s, s.Account), spokeeks.Read(s, s.Account), hubdns.Read(s)
	hub := s.Provider(estate.HubAccount)
	names, ids := map[string]*string{}, map[string]*string{}
	for _, name := range tf.Keys(e.Spoke(s.Account).Services) {
		ref := estate.ServiceRef{Spoke: s.Account, Name: name}
		spec := e.Service(ref)
		config := endpointservice.Config{
			Name:         e.ServiceName(ref),
			TargetGroup:  e.ServiceTargetGroup(ref),
			VPCID:        network.VPCID,
			Subnets:      map[string]*string{},
			Nodes:        &securitygroup.Group{ID: cluster.PodsGroupID},
			Port:         spec.Port,
			Plaintext:    spec.Plaintext,
			HealthPath:   spec.HealthPath,
			Domain:       spec.Domain,
			ZoneProvider: hub,
			ZoneID:       dns.PublicZoneIDs.Get(e.PublicZoneOf(spec.Domain)),
			Topics:       e.Alarms.Topics,
		}
		for _, slot := range estate.Subnets(e.Plan(s.Account), subnet.Private) {
			config.Subnets[slot.Zone] = network.PrivateSubnetIDs.Get(slot.Zone)
		}
		for _, consumer := range spec.Consumers {
			config.Principals = append(config.Principals, e.Account(consumer).Root())
		}
		made, err := endpointservice.New(s.Scope, tf.Name(name), config)
		if err != nil {
			return err
		}
		names[name], ids[name] = made.ServiceName, made.ID
	}
	output.Write(s.Scope, Outputs{ServiceNames: output.MapOf(names), ServiceIDs: output.MapOf(ids)})
	return nil
}
