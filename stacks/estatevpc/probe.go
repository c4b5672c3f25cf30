package estatevpc

import (
	"fmt"
	"net/netip"
	"slices"

	"hubspoke/constructs/probe"
	"hubspoke/constructs/vpc"
	"hubspoke/estate"
	"hubspoke/internal/base"
	"hubspoke/internal/subnet"
	"hubspoke/internal/tf"
	"hubspoke/stacks/baseline"
)

// Probe makes the account's connectivity probe in the first private subnet, with
// further security groups if it has any to carry.
func Probe(s *base.Stack, v *vpc.VPC, groups ...*string) (*probe.Probe, error) {
	e, first := s.Estate, v.Subnets(subnet.Private)[0]
	return probe.New(s.Scope, "probe", probe.Config{
		Name:          s.Prefix() + "-probe",
		VPCID:         v.ID,
		Subnet:        first,
		Address:       estate.ProbeAddress(first.CIDR),
		GroupIDs:      groups,
		Networks:      e.AddressSpace,
		LogGroup:      e.ProbeLogGroup(s.Account),
		RetentionDays: e.Logs.RetentionDays,
		KeyARN:        baseline.Read(s).LogKeyARN,
		Sessions:      baseline.SessionStatements(s),
		Checks:        checks(e, s.Account),
		Account:       e.Account(s.Account),
	})
}

// checks are what the estate promises to the VPC of an account: its zones, its own
// endpoints or the central ones, the inbound resolver, and the other accounts' probes. What
// two spokes say to each other within their segments is up to their groups, so
// only silence between segments that do not meet is checked there.
func checks(e *estate.Estate, account string) []probe.Check {
	var checks []probe.Check
	for _, zone := range e.VisibleZones(account) {
		checks = append(checks, probe.Check{ID: "zone-" + zone, Name: "zone " + zone, Kind: "zone", Host: zone})
	}
	if !e.HasHubNetwork() {
		return append(checks, ownEndpoints(e, account)...)
	}
	if e.ReachesHub(account) {
		for _, service := range e.ZonedEndpoints() {
			name := e.EndpointZone(service).Name
			checks = append(checks,
				probe.Check{ID: "resolve-" + service, Name: "resolve " + service, Kind: "resolve", Host: name, Within: e.Hub.Network.CIDR.String()},
				probe.Check{ID: "connect-" + service, Name: "connect " + service, Kind: "connect", Host: name, Port: 443})
		}
		for _, a := range e.InboundAddresses() {
			check := probe.Check{ID: "resolver-" + a.String(), Name: "connect inbound resolver " + a.String(), Kind: "connect", Host: a.String(), Port: 53}
			if !e.AsksInbound(account) {
				check = probe.Check{ID: check.ID, Name: "kept from inbound resolver " + a.String(), Kind: "silent", Hosts: []string{a.String()}, Port: 53}
			}
			checks = append(checks, check)
		}
	}
	if account == estate.HubAccount {
		return append(checks, answers(e)...)
	}
	checks = append(checks, privateLink(e, account)...)
	return append(checks, isolation(e, account)...)
}

// privateLink are the checks of a spoke's private endpoints, each address of which is asked
// for what the service's load balancer asks its pods for, and of its APIs, if the VPC has a way
// to the internet, where they are.
func privateLink(e *estate.Estate, account string) []probe.Check {
	var checks []probe.Check
	for _, ref := range e.ConsumedServices(account) {
		addresses, service := e.EndpointAddresses(account, ref), e.Service(ref)
		for _, zone := range tf.Keys(addresses) {
			checks = append(checks, probe.Ask("private-endpoint-"+ref.String()+"-"+zone, "ask private endpoint of "+ref.String()+" in "+zone,
				service.Domain, service.HealthPath, lowestWell, highestWell).At(addresses[zone]))
		}
	}
	if e.Network(account).NAT == estate.NATNone {
		return checks
	}
	apis := e.Spoke(account).APIs
	for _, name := range tf.Keys(apis) {
		if apis[name].Domain != "" {
			checks = append(checks, api(e, name, apis[name])...)
		}
	}
	return checks
}

// Statuses of answers.
const (
	lowestWell, highestWell = 200, 399 // as load balancers take them of pods that are well

	unauthorized = 401 // of an HTTP API, to who has no token: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-troubleshooting-jwt.html
	forbidden    = 403 // of an API, to who signs nothing: https://docs.aws.amazon.com/apigateway/latest/developerguide/permissions.html
)

// api are the checks of an API with a domain. One that lets in everybody is asked for the
// health paths of its services, if its routes lead there. One that wants to know who calls has
// to refuse the probe, which has no credentials for it. Where nothing can be asked for that
// is known to be harmless, and where only who has a certificate is heard, its port has to answer.
func api(e *estate.Estate, name string, api estate.API) []probe.Check {
	id, what := "api-"+name, "API "+name
	well := e.HealthPaths(api)
	var checks []probe.Check
	switch {
	case api.MutualTLS != nil:
	case api.Open:
		for _, service := range tf.Keys(well) {
			checks = append(checks, probe.Ask(id+"-"+service, "ask "+what+" for "+service, api.Domain, well[service], lowestWell, highestWell))
		}
	case api.AnyPath() != "":
		refuses := forbidden
		if api.JWT != nil {
			refuses = unauthorized
		}
		checks = append(checks, probe.Ask(id, "refused by "+what, api.Domain, api.AnyPath(), refuses, refuses))
	}
	if len(checks) == 0 {
		checks = append(checks, probe.Check{ID: id, Name: "connect " + what, Kind: "connect", Host: api.Domain, Port: 443})
	}
	return checks
}

// answers are the hub's checks of the spokes that it reaches: their group for DNS
// admits the hub.
func answers(e *estate.Estate) []probe.Check {
	var checks []probe.Check
	for _, s := range e.Spokes {
		if s.Probe && e.Reaches(e.Segment(estate.HubAccount), s.Segment) {
			checks = append(checks, probe.Check{ID: "spoke-" + s.Name, Name: "connect " + s.Name, Kind: "connect", Host: address(e, s.Name).String(), Port: 53})
		}
	}
	return checks
}

// perParameter is how many addresses a check names: a parameter holds 4 KB.
// https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html
const perParameter = 200

// isolation is a check for each segment that the account's does not reach. One for
// each spoke would be as many parameters as there are pairs of spokes.
func isolation(e *estate.Estate, account string) []probe.Check {
	hosts := map[string][]string{}
	for _, s := range e.Spokes {
		if s.Probe && s.Name != account && !e.Reaches(e.Segment(account), s.Segment) {
			hosts[s.Segment] = append(hosts[s.Segment], address(e, s.Name).String())
		}
	}
	var checks []probe.Check
	for _, segment := range tf.Keys(hosts) {
		name := segment
		for part := range slices.Chunk(hosts[segment], perParameter) {
			checks = append(checks, probe.Check{ID: "segment-" + name, Name: "isolated from segment " + name, Kind: "silent", Hosts: part, Port: 53})
			name = fmt.Sprintf("%s-%d", segment, len(checks)+1)
		}
	}
	return checks
}

// ownEndpoints are the checks of the endpoints in the VPC itself.
func ownEndpoints(e *estate.Estate, account string) []probe.Check {
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
func address(e *estate.Estate, account string) netip.Addr {
	return estate.ProbeAddress(estate.Subnets(e.Plan(account), subnet.Private)[0].CIDR)
}
