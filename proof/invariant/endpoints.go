package invariant

import (
	"slices"

	"hubspoke/proof/config"
	"hubspoke/proof/network"
)

// checkEndpoints checks that VPC endpoints can be used, and that those of
// endpoint services are admitted there.
func (k *checker) checkEndpoints() {
	for _, v := range k.VPCs {
		for _, e := range v.Endpoints {
			switch {
			case e.Type == network.GatewayEndpoint && len(e.Tables) == 0:
				k.error("endpoint-without-table", about(e.Resource), "%s is in no route table: nothing uses it; name the tables of the subnets that should", e.Resource)
			case e.Type != network.GatewayEndpoint && len(e.Subnets) == 0:
				k.error("endpoint-without-subnet", about(e.Resource), "%s is in no subnet: nothing reaches it; name a subnet for each zone", e.Resource)
			}
			k.checkEndpointGroups(e)
			service, offered := e.Resource.Argument("service_name").(config.Ref)
			if !offered && !e.Policy && e.Type != network.GatewayLoadBalancerEndpoint {
				k.note("endpoint-without-policy", about(e.Resource), "%s has no policy: through it, every principal reaches every account's resources", e.Resource)
			}
			if offered {
				k.checkEndpointService(e, service.Resource)
			}
		}
	}
}

// checkEndpointGroups checks that an interface endpoint has groups of its own. It
// gets the VPC's default group if it names none:
// https://docs.aws.amazon.com/vpc/latest/privatelink/interface-endpoints.html
func (k *checker) checkEndpointGroups(e *network.Endpoint) {
	for _, g := range e.Groups {
		switch {
		case e.Type != network.InterfaceEndpoint || g.Resource.Type != "aws_vpc" && g.Resource.Type != "aws_default_security_group":
		case len(g.Ingress) == 0 && len(g.Unknown) == 0:
			k.error("endpoint-in-default-group", about(e.Resource, g.Resource),
				"%s has the VPC's default security group, which lets nothing in: give it a group that admits its clients to port 443", e.Resource)
		default:
			k.note("endpoint-in-default-group", about(e.Resource, g.Resource),
				"%s has the VPC's default security group: give it a group that admits its clients to port 443", e.Resource)
		}
	}
}

// checkEndpointService checks that an endpoint is admitted to a service that a
// stack here offers.
// https://docs.aws.amazon.com/vpc/latest/privatelink/configure-endpoint-service.html
func (k *checker) checkEndpointService(e *network.Endpoint, service *config.Resource) {
	at := slices.IndexFunc(k.EndpointServices, func(s *network.EndpointService) bool { return s.Resource == service })
	if at < 0 {
		return
	}
	s, own := k.EndpointServices[at], e.Resource.Account == service.Account
	admits := func(principal string) bool { return principal == "*" || accountOf(principal) == e.Resource.Account }
	if !own && !slices.ContainsFunc(s.Principals, admits) {
		k.error("endpoint-not-allowed", about(e.Resource, service), "%s does not admit the account %s, where %s is made: add %s to its allowed principals",
			service, e.Resource.Account, e.Resource, iam(e.Resource.Account, "root"))
	}
	// Within an account, an endpoint can accept itself.
	self := own && e.Resource.Argument("auto_accept") == true
	accepted := slices.Contains(s.Accepted, config.Ref{Resource: e.Resource, Attribute: "id"})
	if s.AcceptanceRequired && !accepted && !self {
		k.error("endpoint-not-accepted", about(e.Resource, service),
			"%s requires acceptance, and nobody accepts %s: add an accepter in the service's account, or require none", service, e.Resource)
	}
}
