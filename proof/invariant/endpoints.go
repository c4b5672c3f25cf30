package invariant

import (
	"hubspoke/proof/config"
	"hubspoke/proof/network"
)

// What is found here.
var (
	endpointWithoutTable = catalogue.Add("endpoint-without-table",
		"A gateway endpoint is in no route table. It is a route and nothing else: packets to the service go by a NAT or "+
			"internet gateway, or nowhere.",
		"Name the route tables of the subnets that use the service in `route_table_ids`.")
	endpointWithoutSubnet = catalogue.Add("endpoint-without-subnet",
		"An interface endpoint, or one of a gateway load balancer, is in no subnet. It has no network interface, and "+
			"nothing reaches it.",
		"Name a subnet for each zone in `subnet_ids`.")
	endpointInDefaultGroup = catalogue.Add("endpoint-in-default-group",
		"An interface endpoint has the VPC's default security group, because it names none or because it names that. The "+
			"group admits its own members alone, unless somebody has changed it: other clients run into timeouts. Violated if "+
			"it admits nothing at all.",
		"Give the endpoint a group of its own that admits its clients to TCP port 443.")
	endpointNotAllowed = catalogue.Add("endpoint-not-allowed",
		"An endpoint is for an endpoint service of another account, which does not admit the endpoint's account. AWS "+
			"answers as if there were no such service (InvalidServiceName). Unproven if it is not known in which account one of the two is.",
		"Add `arn:aws:iam::<account>:root` to `allowed_principals` of the service.")
	endpointNotAccepted = catalogue.Add("endpoint-not-accepted",
		"An endpoint service requires acceptance, and nothing accepts this endpoint. It stays `pendingAcceptance` and "+
			"carries nothing.",
		"Add an `aws_vpc_endpoint_connection_accepter` in the service's account, or set `acceptance_required` of the "+
			"service to false.")
	endpointOfOtherRegion = catalogue.Add("endpoint-of-other-region",
		"An endpoint's `service_name` is that of a service in another region. AWS takes that with `service_region` alone, "+
			"and for some services (InvalidServiceName otherwise); and names of the endpoint's own region do not lead to it, "+
			"so that it closes nothing.",
		"Name the service of the VPC's region: `com.amazonaws.<region>.<service>`.")
	endpointWithoutPolicy = catalogue.Add("endpoint-without-policy",
		"An endpoint has no policy of its own, and AWS's default lets every principal do everything with every account's "+
			"resources through it. Who gets into the VPC can carry data to an account of his own by it.",
		"Add a `policy` that names your own principals and resources, for example by `aws:PrincipalOrgID` and "+
			"`aws:ResourceOrgID`. Leave room for what AWS keeps in its own accounts, such as the bucket with ECR's layers.")
)

// checkEndpoints checks that VPC endpoints can be used, and that those of
// endpoint services are admitted there.
func (k *checker) checkEndpoints() {
	for _, v := range k.VPCs {
		for _, e := range v.Endpoints {
			switch {
			case e.Type == network.GatewayEndpoint && len(e.Tables) == 0:
				k.Violation(endpointWithoutTable, about(e.Resource), "%s is in no route table: nothing uses it; name the tables of the subnets that should", e.Resource)
			case e.Type != network.GatewayEndpoint && len(e.Subnets) == 0:
				k.Violation(endpointWithoutSubnet, about(e.Resource), "%s is in no subnet: nothing reaches it; name a subnet for each zone", e.Resource)
			}
			k.checkEndpointGroups(e)
			k.checkEndpointRegion(e)
			service, offered := e.Resource.Argument("service_name").(config.Ref)
			if !offered && !e.Policy && !e.Inspects() {
				k.Note(endpointWithoutPolicy, about(e.Resource), "%s has no policy: through it, every principal reaches every account's resources", e.Resource)
			}
			if offered {
				k.checkEndpointService(e, service.Resource)
			}
		}
	}
}

// checkEndpointRegion checks that an endpoint is for a service of its own region.
// https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint-aws.html
func (k *checker) checkEndpointRegion(e *network.Endpoint) {
	name, _ := e.Resource.Argument("service_name").(string)
	region, _ := network.ServiceName(name)
	if own := e.Resource.Region; region != "" && own != "" && region != own && e.Resource.Argument("service_region") != region {
		k.Violation(endpointOfOtherRegion, about(e.Resource, e.VPC.Resource), "%s is for %s, a service of another region than its own, %s: "+
			"AWS refuses it, and it closes nothing; name the service of %s", e.Resource, name, own, own)
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
			k.Violation(endpointInDefaultGroup, about(e.Resource, g.Resource),
				"%s has the VPC's default security group, which lets nothing in: give it a group that admits its clients to port 443", e.Resource)
		default:
			k.Note(endpointInDefaultGroup, about(e.Resource, g.Resource),
				"%s has the VPC's default security group: give it a group that admits its clients to port 443", e.Resource)
		}
	}
}

// checkEndpointService checks that an endpoint is admitted to a service that a
// stack here offers.
// https://docs.aws.amazon.com/vpc/latest/privatelink/configure-endpoint-service.html
func (k *checker) checkEndpointService(e *network.Endpoint, service *config.Resource) {
	s := k.serviceOf(e)
	if s == nil {
		return
	}
	switch {
	case s.Admits(e):
	case !foreign(e.Resource, service):
		k.Doubt(endpointNotAllowed, about(e.Resource, service), "%s may not admit %s: in which account one of them is, is not known: %s", service, e.Resource, sayAccount)
	default:
		k.Violation(endpointNotAllowed, about(e.Resource, service), "%s does not admit the account %s, where %s is made: add %s to its allowed principals",
			service, e.Resource.Account, e.Resource, iam(e.Resource.Account, "root"))
	}
	if !s.Accepts(e) {
		k.Violation(endpointNotAccepted, about(e.Resource, service),
			"%s requires acceptance, and nobody accepts %s: add an accepter in the service's account, or require none", service, e.Resource)
	}
}

// admits says of a principal whether it lets an endpoint's account in.
func admits(e *network.Endpoint) func(principal string) bool {
	return func(principal string) bool { return network.Principal(principal, e.Resource.Account) }
}
