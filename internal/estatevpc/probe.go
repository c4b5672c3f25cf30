package estatevpc

import (
	"net/netip"

	"hubspoke/constructs/probe"
	"hubspoke/constructs/vpc"
	"hubspoke/environments"
	"hubspoke/internal/stack"
)

// Probe makes the account's connectivity probe in the first private subnet, with
// further security groups if it has any to carry.
func Probe(s *stack.Stack, v *vpc.VPC, groups ...*string) error {
	e, subnet := s.Estate, v.Subnets(vpc.Private)[0]
	return probe.New(s.Scope, "probe", probe.Config{
		Name:          s.Prefix() + "-probe",
		VPCID:         v.ID,
		Subnet:        subnet,
		Address:       environments.ProbeAddress(subnet.CIDR),
		GroupIDs:      groups,
		Networks:      e.AddressSpace,
		LogGroup:      "/probe/" + s.Prefix(),
		RetentionDays: e.Logs.RetentionDays,
		Checks:        checks(e, s.Account),
		Partition:     e.Partition(),
		Region:        e.Region,
		Account:       s.Number(),
	})
}

// checks are what the estate promises to the VPC of an account: its zones, its own
// endpoints or the central ones, the inbound resolver, and the other accounts' probes. What
// two spokes say to each other within their segments is up to their groups, so
// only silence between segments that do not meet is checked there.
func checks(e *environments.Estate, account string) []probe.Check {
	var checks []probe.Check
	for _, zone := range e.VisibleZones(account) {
		checks = append(checks, probe.Check{ID: "zone-" + zone, Name: "zone " + zone, Kind: "zone", Host: zone})
	}
	if !e.HasHubNetwork() {
		return append(checks, ownEndpoints(e, account)...)
	}
	if e.ReachesHub(account) {
		for _, service := range e.CentralEndpoints() {
			name := e.EndpointZone(service).Name
			checks = append(checks,
				probe.Check{ID: "resolve-" + service, Name: "resolve " + service, Kind: "resolve", Host: name, Within: e.Hub.Network.CIDR.String()},
				probe.Check{ID: "connect-" + service, Name: "connect " + service, Kind: "connect", Host: name, Port: 443})
		}
		for _, a := range e.InboundAddresses() {
			checks = append(checks, probe.Check{ID: "resolver-" + a.String(), Name: "connect inbound resolver " + a.String(), Kind: "connect", Host: a.String(), Port: 53})
		}
	}
	for _, other := range e.Spokes {
		if other.Name == account || !other.Probe {
			continue
		}
		check := probe.Check{ID: "spoke-" + other.Name, Kind: "connect", Host: address(e, other.Name).String(), Port: 53}
		switch reaches := e.Reaches(e.Segment(account), other.Segment); {
		case account == environments.HubAccount && reaches:
			// The spoke's group for DNS admits the hub.
			check.Name = "connect " + other.Name
			checks = append(checks, check)
		case account != environments.HubAccount && !reaches:
			check.Name, check.Blocked = "isolated from "+other.Name, true
			checks = append(checks, check)
		}
	}
	return checks
}

// ownEndpoints are the checks of the endpoints in the VPC itself.
func ownEndpoints(e *environments.Estate, account string) []probe.Check {
	var checks []probe.Check
	for _, endpoint := range e.OwnEndpoints(account) {
		service, name := endpoint.Service, e.EndpointZone(endpoint.Service).Name
		checks = append(checks,
			probe.Check{ID: "resolve-" + service, Name: "resolve " + service, Kind: "resolve", Host: name, Within: e.Network(account).CIDR.String()},
			probe.Check{ID: "connect-" + service, Name: "connect " + service, Kind: "connect", Host: name, Port: 443})
	}
	return checks
}

// address is that of an account's probe.
func address(e *environments.Estate, account string) netip.Addr {
	return environments.ProbeAddress(environments.Subnets(e.Plan(account), environments.Private)[0].CIDR)
}
