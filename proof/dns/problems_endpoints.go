package dns

import (
	"slices"
	"strings"

	"hubspoke/internal/awsservice"
	"hubspoke/proof/network"
)

// What is found here.
var (
	endpointWithoutName = catalogue.Add("endpoint-without-name",
		"An interface endpoint has private DNS off, and no private zone leads the service's names to it. Clients that use "+
			"those names go to the service's public addresses, past the endpoint.",
		"Set `private_dns_enabled`; or, for an endpoint that several VPCs share, make a private zone of the service's "+
			"name with an alias of the endpoint, and associate it with those VPCs.")
	privateDNSConflict = catalogue.Add("private-dns-conflict",
		"Private DNS of an endpoint makes a zone of the service's name in the VPC, where a private zone of that name, or "+
			"another endpoint with private DNS, is already. AWS refuses the endpoint.",
		"Set `private_dns_enabled` of the endpoint to false, or take the zone or the other endpoint away.")
)

// checkEndpoint checks that the names of a service lead to its endpoint somewhere.
func (p *problems) checkEndpoint(e *network.Endpoint) {
	names, ok := begin(p.network, nil).privateNames(e)
	if !ok {
		return
	}
	if e.PrivateDNS {
		p.checkPrivateDNS(e, domains(names))
		return
	}
	var without []string
	for _, name := range names {
		// Any name shows what a wildcard does.
		example := strings.Replace(name, "*", "111111111111", 1)
		if !slices.ContainsFunc(p.network.VPCs, func(v *network.VPC) bool {
			return p.unfiltered(v, example).Endpoint == e
		}) {
			without = append(without, name)
		}
	}
	// Clients of these use the endpoint's own names: beside a gateway endpoint, and of private
	// APIs, since a zone would hide those that are not.
	if len(without) > 0 && !awsservice.HasGateway(e.Service) && e.Service != "execute-api" {
		p.Violation(endpointWithoutName, about(e.Resource),
			"%s has no private DNS, and no zone leads %s to it, so that clients go to public addresses: make a "+
				"private zone with an alias of the endpoint, and associate it with the VPCs that use it",
			e.Resource, strings.Join(without, " and "))
	}
}

// checkPrivateDNS finds zones with which private DNS of an endpoint cannot be:
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html
func (p *problems) checkPrivateDNS(e *network.Endpoint, domains []string) {
	for _, z := range p.network.Zones {
		if z.Private && associated(z, e.VPC) && slices.Contains(domains, z.Name) {
			p.Violation(privateDNSConflict, about(e.Resource, z.Resource, e.VPC.Resource),
				"private DNS of %s makes a zone %s in %s, with which %s is associated already: turn private DNS off "+
					"or take the zone away",
				e.Resource, z.Name, e.VPC.Resource, z.Resource)
		}
	}
	for _, other := range e.VPC.Endpoints {
		if other == e {
			return // the rest compare themselves with this one
		}
		if other.Type == network.InterfaceEndpoint && other.PrivateDNS && other.Service == e.Service {
			p.Violation(privateDNSConflict, about(other.Resource, e.Resource, e.VPC.Resource),
				"%s and %s have private DNS for %s in %s, where only one of them can",
				other.Resource, e.Resource, e.Service, e.VPC.Resource)
		}
	}
}
