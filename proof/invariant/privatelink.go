package invariant

import (
	"slices"
	"strings"

	"hubspoke/proof/config"
	"hubspoke/proof/network"
	"hubspoke/proof/stackjson"
)

// What is found here.
var (
	accepterInVain = catalogue.Add("accepter-in-vain",
		"A connection is accepted at an endpoint service that the endpoint is not for. AWS knows no such connection "+
			"there, and Terraform waits for it in vain. A note if the service requires no acceptance: the connection is there without it.",
		"Name the endpoint and the service that its `service_name` is of; leave the accepter out where the service's "+
			"`acceptance_required` is false.")
	endpointZoneNotServed = catalogue.Add("endpoint-zone-not-served",
		"An interface endpoint has a subnet in a zone in which no load balancer of its endpoint service is. AWS refuses it "+
			"(InvalidParameter: the endpoint service does not support the availability zone). Zones are compared by their ids: "+
			"a zone's name means another one in each account.",
		"Give the endpoint subnets in zones alone that the service's load balancer is in, or give that a subnet in the zone.")
	serviceBalancerWithoutGroup = catalogue.Add("service-balancer-without-group",
		"A network load balancer behind an endpoint service has no security group. Whatever routes lead to its addresses "+
			"connects to it past PrivateLink, and the principals and acceptances of the service do not matter to that. A load "+
			"balancer that was made without a group never gets one.",
		"Make it with a group without ingress rules, and set `enforce_security_group_inbound_rules_on_private_link_traffic` "+
			"to `off`, so that it takes what comes by endpoints alone.")
	serviceListenerWithoutTLS = catalogue.Add("service-listener-without-tls",
		"A listener of a load balancer behind an endpoint service is for TCP, and not for TLS. What comes through endpoints is "+
			"encrypted if those at both ends do so. Violated if an API verifies the name of what it calls there, and the health checks "+
			"say that targets speak plain HTTP: every request fails.",
		"Give the listener the protocol TLS with a certificate for the service's name, or let the targets speak TLS with one.")
	targetWithoutInterface = catalogue.Add("target-without-interface",
		"A target group has the address of a target, and no network interface of these stacks has it for certain. A note, since "+
			"something else may; violated if other targets of the group are the addresses of an endpoint, as was probably meant here.",
		"Correct the address. Give an endpoint its addresses with `subnet_configuration`, so that they are known before it is made.")
	routeWithoutAuthorizer = catalogue.Add("route-without-authorizer",
		"A route of an HTTP API has no authorizer, and leads through a VPC link: whoever reaches the API is passed on to what is in the VPC.",
		"Set `authorization_type` to JWT, AWS_IAM or CUSTOM. Nothing, if what is behind it decides by itself whom it answers.")
	privateAPIForAnybody = catalogue.Add("private-api-for-anybody",
		"The policy of a private REST API admits what comes by any interface endpoint. Whoever has an account of AWS makes one, and "+
			"calls the API.",
		"Admit what comes by your endpoints alone: an Allow with the condition StringEquals on aws:SourceVpce, and a Deny "+
			"with StringNotEquals on it, since whoever signs requests in the API's own account needs no Allow.")
	balancerWithoutGateway = catalogue.Add("balancer-without-gateway",
		"A load balancer is internet-facing, and its VPC has no internet gateway. AWS refuses it (InvalidSubnet: the VPC has "+
			"no internet gateway); with a gateway, it would be open to the internet as far as its groups are.",
		"Set `internal` to true. If the internet is to reach it, attach an internet gateway to the VPC first.")
)

// checkPrivateLink checks what endpoint services, those who use them, and APIs before them
// need of one another.
// https://docs.aws.amazon.com/vpc/latest/privatelink/create-endpoint-service.html
func (k *checker) checkPrivateLink() {
	k.checkAccepters()
	for _, v := range k.VPCs {
		for _, e := range v.Endpoints {
			if service := k.serviceOf(e); service != nil {
				k.checkServedZones(service, e)
			}
		}
	}
	for _, s := range k.EndpointServices {
		k.checkServiceBalancers(s)
	}
	k.checkTargets()
	k.checkAuthorizers()
	for _, api := range k.APIs {
		if api.Private && api.Anybody {
			k.Violation(privateAPIForAnybody, about(api.Resource), "the policy of %s admits endpoints of any account: name yours under aws:SourceVpce", api.Resource)
		}
	}
	seen := map[*config.Resource]bool{}
	for _, i := range k.Interfaces {
		if i.Kind == network.LoadBalancer && i.Public && i.VPC.InternetGateway == nil && len(i.VPC.Unknown) == 0 && !seen[i.Resource] {
			seen[i.Resource] = true
			k.Violation(balancerWithoutGateway, about(i.Resource, i.VPC.Resource), "%s is internet-facing, and %s has no internet gateway: set internal to true", i.Resource, i.VPC.Resource)
		}
	}
}

// serviceOf is the service of these stacks that an endpoint is for, nil if it is none of those.
func (k *checker) serviceOf(e *network.Endpoint) *network.EndpointService {
	name, ok := e.Resource.Argument("service_name").(config.Ref)
	at := slices.IndexFunc(k.EndpointServices, func(s *network.EndpointService) bool { return ok && s.Resource == name.Resource })
	if at < 0 {
		return nil
	}
	return k.EndpointServices[at]
}

func (k *checker) checkAccepters() {
	for _, r := range k.config.All("aws_vpc_endpoint_connection_accepter") {
		endpoint, service := ref(r, "vpc_endpoint_id"), ref(r, "vpc_endpoint_service_id")
		if endpoint == nil || service == nil {
			continue
		}
		named, ok := endpoint.Argument("service_name").(config.Ref)
		switch {
		case ok && named.Resource != service:
			k.Violation(accepterInVain, about(r, endpoint, service), "%s accepts %s at %s, and that endpoint is for %s: name its own service", r, endpoint, service, named.Resource)
		case service.Argument("acceptance_required") == false:
			k.Note(accepterInVain, about(r, service), "%s accepts a connection of %s, which requires no acceptance: leave it out", r, service)
		}
	}
}

// zoneID says whether a zone is known by its id, such as apse3-az1.
func zoneID(zone string) bool { return strings.Contains(zone, "-az") }

func (k *checker) checkServedZones(s *network.EndpointService, e *network.Endpoint) {
	var served []string
	for _, i := range s.Balancers {
		if !zoneID(i.Subnet.Zone) {
			return
		}
		served = append(served, i.Subnet.Zone)
	}
	slices.Sort(served)
	served = slices.Compact(served)
	for _, subnet := range e.Subnets {
		if len(served) > 0 && zoneID(subnet.Zone) && !slices.Contains(served, subnet.Zone) {
			k.Violation(endpointZoneNotServed, about(e.Resource, s.Resource), "%s has a subnet in %s, and %s is in %s alone: take the subnet out, or give its load balancer one there",
				e.Resource, subnet.Zone, s.Resource, strings.Join(served, ", "))
		}
	}
}

func (k *checker) checkServiceBalancers(s *network.EndpointService) {
	done := map[*config.Resource]bool{}
	for _, i := range s.Balancers {
		if done[i.Resource] {
			continue
		}
		done[i.Resource] = true
		if len(i.Groups) == 0 {
			k.Note(serviceBalancerWithoutGroup, about(i.Resource, s.Resource), "%s, which is behind %s, has no security group: whoever has a route to it reaches it past PrivateLink; make it with one", i.Resource, s.Resource)
		}
		for _, listener := range slices.Concat(k.config.All("aws_lb_listener"), k.config.All("aws_alb_listener")) {
			if ref(listener, "load_balancer_arn") == i.Resource && listener.Argument("protocol") == "TCP" {
				k.checkListener(s, i.Resource, listener)
			}
		}
	}
}

func (k *checker) checkListener(s *network.EndpointService, balancer, listener *config.Resource) {
	if k.verified(balancer) && slices.ContainsFunc(listener.References(), plaintext) {
		k.Violation(serviceListenerWithoutTLS, about(listener, s.Resource), "%s is for TCP, targets behind it speak plain HTTP, and an API verifies the name of what it calls there: "+
			"give it the protocol TLS and a certificate", listener)
		return
	}
	k.Note(serviceListenerWithoutTLS, about(listener, s.Resource), "%s of %s is for TCP: nothing here says that what comes through endpoints is encrypted", listener, s.Resource)
}

// plaintext says whether the health checks of a target group speak HTTP at the port of the
// requests.
func plaintext(group *config.Resource) bool {
	for _, item := range stackjson.List(group.Argument("health_check")) {
		if check, ok := item.(map[string]any); ok && check["protocol"] == "HTTP" && (check["port"] == nil || check["port"] == "traffic-port") {
			return true
		}
	}
	return false
}

// verified says whether an API that verifies names leads to a load balancer, through others.
func (k *checker) verified(balancer *config.Resource) bool {
	var reached []*network.Interface
	for _, r := range k.Relays {
		for _, way := range r.Ways {
			if r.API == nil || !verifies(way.Resource) {
				continue
			}
			for _, b := range way.Backends {
				reached = append(reached, b.Interfaces...)
			}
		}
	}
	seen := map[*config.Resource]bool{}
	for len(reached) > 0 {
		i := reached[0]
		reached = reached[1:]
		if i.Resource == balancer {
			return true
		}
		if seen[i.Resource] {
			continue
		}
		seen[i.Resource] = true
		for _, r := range k.Relays {
			if !slices.Contains(r.From, i) {
				continue
			}
			if r.Service != nil {
				reached = append(reached, r.To...)
			}
			for _, way := range r.Ways {
				for _, b := range way.Backends {
					reached = append(reached, b.Interfaces...)
				}
			}
		}
	}
	return false
}

// verifies says whether an integration of an API verifies the name of what it calls: that of an
// HTTP API says which, and that of a REST API does by the address that it calls.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-api-with-vpclink-using-swagger.html
func verifies(integration *config.Resource) bool {
	if integration.Type != "aws_api_gateway_integration" {
		return integration.Argument("tls_config") != nil
	}
	for _, item := range stackjson.List(integration.Argument("tls_config")) {
		if tls, ok := item.(map[string]any); ok && tls["insecure_skip_verification"] == true {
			return false
		}
	}
	uri, _ := integration.Argument("uri").(string)
	return strings.HasPrefix(uri, "https://")
}

// checkTargets checks that targets by address are something.
func (k *checker) checkTargets() {
	for _, r := range k.Relays {
		if r.Service != nil {
			continue // these are its load balancer's
		}
		for _, way := range r.Ways {
			ofEndpoint := slices.ContainsFunc(way.Backends, func(b network.Backend) bool {
				return slices.ContainsFunc(b.Interfaces, func(i *network.Interface) bool { return i.Kind == network.EndpointAddress })
			})
			for _, b := range way.Backends {
				if len(b.Interfaces) > 0 {
					continue
				}
				report := k.Note
				if ofEndpoint {
					report = k.Violation
				}
				report(targetWithoutInterface, about(b.Resource), "%s is for %s, and no network interface of these stacks is known to have that address: correct it", b.Resource, b.Address)
			}
		}
	}
}

// checkAuthorizers notes routes by which anybody is passed on.
func (k *checker) checkAuthorizers() {
	for _, r := range k.config.All("aws_apigatewayv2_route") {
		kind := r.Argument("authorization_type")
		if kind != nil && kind != "" && kind != "NONE" {
			continue
		}
		for _, to := range r.References() {
			if to.Type == "aws_apigatewayv2_integration" && to.Argument("connection_id") != nil {
				k.Note(routeWithoutAuthorizer, about(r, to), "%s has no authorizer: whoever reaches the API is passed on by %s", r, to)
			}
		}
	}
	for _, r := range k.config.All("aws_api_gateway_integration") {
		method := k.methodOf(r)
		if r.Argument("connection_id") != nil && method != nil && method.Argument("authorization") == "NONE" {
			k.Note(routeWithoutAuthorizer, about(method, r), "%s has no authorizer: whoever reaches the API is passed on by %s", method, r)
		}
	}
}

// methodOf is the method of a REST API that an integration is of, nil if it is not known.
func (k *checker) methodOf(integration *config.Resource) *config.Resource {
	if method := ref(integration, "http_method"); method != nil {
		return method
	}
	for _, method := range k.config.All("aws_api_gateway_method") {
		if ref(method, "resource_id") == ref(integration, "resource_id") && ref(method, "rest_api_id") == ref(integration, "rest_api_id") &&
			method.Argument("http_method") == integration.Argument("http_method") {
			return method
		}
	}
	return nil
}
