package dns

import (
	"cmp"
	"net/netip"
	"slices"

	"hubspoke/proof/config"
	"hubspoke/proof/network"
)

// What is found here.
var (
	dhcpForeignServer = catalogue.Add("dhcp-foreign-server",
		"A VPC's DHCP options name a server that is not in the stacks. What clients that take it get for a name is for that "+
			"server to say: intents about names there are unproven. Some clients ask the first server of the list, others any "+
			"of them.",
		"Nothing, if that is meant. To have private zones and endpoints of the VPC answer, name `AmazonProvidedDNS` alone, "+
			"and forward your own domains to the server by a resolver rule.")
	dhcpOtherView = catalogue.Add("dhcp-other-view",
		"A VPC's DHCP options name the inbound endpoint of another VPC. Clients that take it see names as that VPC does: its "+
			"zones answer them, and zones, rules and private endpoints of their own VPC do not. Some clients ask the first "+
			"server of the list, others any of them: CoreDNS, which pods ask, chooses at random unless its Corefile says "+
			"otherwise.",
		"Nothing, if both give the same answers, or what the other VPC sees is no secret here. Otherwise name "+
			"`AmazonProvidedDNS` alone, and associate the zones with this VPC.")
	dhcpNobody = catalogue.Add("dhcp-nobody",
		"A VPC's DHCP options name a server at an address of a subnet here that neither an inbound endpoint nor an "+
			"instance has. Queries to it time out before the next server is asked.",
		"Correct the address, or give it to the inbound endpoint (`ip` in its `ip_address` block).")
	clusterNeedsAmazonDNS = catalogue.Add("cluster-needs-amazon-dns",
		"A cluster with private access is in a VPC whose DHCP options do not name `AmazonProvidedDNS`. EKS requires it. "+
			"Other resolvers give the API's private addresses if it has no public access, and its public ones if it has: "+
			"then nodes without a way to the internet do not join.",
		"Add `AmazonProvidedDNS` to `domain_name_servers` of the DHCP options.")
	dhcpUnreached = catalogue.Add("dhcp-unreached",
		"No name server of a VPC's DHCP options answers it: `AmazonProvidedDNS` is off or not among them, and there is no "+
			"path to the others. No name resolves there.",
		"Add `AmazonProvidedDNS`, with `enable_dns_support` on; or open the way to a server for UDP and TCP port 53: "+
			"routes, network ACLs both ways, the inbound endpoint's group.")
	ruleLoop = catalogue.Add("rule-loop",
		"A resolver rule forwards queries to an inbound endpoint from whose VPC they are forwarded back. Queries go round "+
			"until they fail (SERVFAIL).",
		"Take the rule's association with the VPC of the inbound endpoint away.")
	ruleTargetUnreached = catalogue.Add("rule-target-unreached",
		"A resolver rule forwards to an address in a VPC here that its outbound endpoint does not reach. Queries for the "+
			"rule's domain fail when that target is chosen.",
		"Open the way for UDP and TCP port 53: routes both ways, network ACLs, the groups of the outbound endpoint and of "+
			"what has the address.")
	ruleTargetElsewhere = catalogue.Add("rule-target-elsewhere",
		"A resolver rule forwards to an address in no VPC here, such as a server on-premises, and the stacks do not show "+
			"a way there. Whether queries are answered is not known.",
		"Make sure that the outbound endpoint's subnets have a route there, and that the server answers them. Routes that "+
			"a VPN or Direct Connect announces are not in the stacks.")
	resolverEndpointOneAddress = catalogue.Add("resolver-endpoint-one-address",
		"A resolver endpoint has fewer than two addresses. AWS refuses it: it wants two or more.",
		"Give it an `ip_address` block in each of two or three zones.")
	resolverEndpointOneZone = catalogue.Add("resolver-endpoint-one-zone",
		"All addresses of a resolver endpoint are in one availability zone. If the zone fails, names fail with it, "+
			"everywhere that they are asked for by this endpoint.",
		"Put its addresses into subnets of different zones.")
)

// checkServers checks the name servers of a VPC's DHCP options.
func (p *problems) checkServers(v *network.VPC) {
	servers, why := Servers(p.network, v)
	if why != "" || v.DHCP == nil {
		return
	}
	var views []*network.VPC
	for _, s := range servers {
		switch {
		case s.Amazon:
		case s.Inbound == nil:
			p.Note(dhcpForeignServer, about(v.DHCP.Resource, v.Resource),
				"clients in %s may ask %s, which is not in the configuration: what it answers is not known", v.Resource, s.Address)
		case s.Inbound.VPC != v && !slices.Contains(views, s.Inbound.VPC):
			views = append(views, s.Inbound.VPC)
			p.Note(dhcpOtherView, about(v.DHCP.Resource, v.Resource, s.Inbound.Resource),
				"clients in %s may ask %s, and then see names as %s does: its zones answer, and zones, rules and private "+
					"endpoints of %s itself do not; AmazonProvidedDNS alone would let those answer, and no others",
				v.Resource, s.Address, s.Inbound.VPC.Resource, v.Resource)
		}
	}
	if !slices.ContainsFunc(servers, func(s Server) bool { return s.Amazon }) {
		p.checkClusters(v)
	}
	for _, s := range servers {
		p.checkServerAddress(v, s)
	}
	p.checkServersReached(v, servers)
}

// checkServerAddress finds name servers in a subnet of these VPCs where no inbound endpoint
// is. An address outside may be anyone's.
func (p *problems) checkServerAddress(v *network.VPC, s Server) {
	if s.Amazon || s.Inbound != nil {
		return
	}
	for _, other := range p.network.VPCs {
		for _, subnet := range other.Subnets {
			if !subnet.CIDR.Contains(s.Address) || slices.ContainsFunc(p.network.Interfaces, func(i *network.Interface) bool {
				a, fixed := i.Address()
				return fixed && a == s.Address
			}) {
				continue
			}
			p.Violation(dhcpNobody, about(v.DHCP.Resource, v.Resource, subnet.Resource),
				"%s asks %s, an address in %s that neither an inbound endpoint nor an instance has: "+
					"correct it, or give that address to the endpoint", v.Resource, s.Address, subnet.Resource)
		}
	}
}

// checkClusters finds clusters whose private name does not resolve in their VPC.
func (p *problems) checkClusters(v *network.VPC) {
	for _, i := range p.network.Interfaces {
		if i.Kind != network.ControlPlane || i.VPC != v {
			continue
		}
		if access, ok := vpcConfig(i.Resource); ok && access.private {
			p.Violation(clusterNeedsAmazonDNS, about(v.DHCP.Resource, i.Resource),
				"%s has private access, which needs AmazonProvidedDNS among the name servers of %s "+
					"(https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html)",
				i.Resource, v.Resource)
		}
	}
}

// checkServersReached finds VPCs whose clients reach no name server.
func (p *problems) checkServersReached(v *network.VPC, servers []Server) {
	for _, s := range servers {
		flow := Flow{From: v, To: s.Address, Inbound: s.Inbound}
		if s.Amazon && v.DNSSupport || !s.Amazon && (p.reached == nil || p.reached(flow)) {
			return
		}
	}
	p.Violation(dhcpUnreached, about(v.DHCP.Resource, v.Resource),
		"no name server of %s answers it: add AmazonProvidedDNS with enable_dns_support, or a path for UDP and TCP to port 53", v.Resource)
}

// checkRule checks where a forwarding rule leads.
func (p *problems) checkRule(r *network.ResolverRule) {
	if !r.Forward || len(r.Unknown) > 0 {
		return
	}
	for _, a := range r.Associations {
		// Any name shows what a rule for all names does.
		if loop := p.loop(a.VPC, a.VPC, cmp.Or(r.Domain, "name.invalid"), nil); loop != nil {
			p.Violation(ruleLoop, append(about(r.Resource, a.Resource), loop...),
				"%s sends queries for %s from %s back to where they come from: a forwarding rule must not be "+
					"associated with the VPC of the inbound endpoint that it leads to",
				r.Resource, orRoot(r.Domain), a.VPC.Resource)
		}
	}
	if r.Endpoint == nil || r.Endpoint.VPC == nil || len(r.Targets) == 0 || p.reached == nil {
		return
	}
	for _, address := range r.Targets {
		flow := Flow{From: r.Endpoint.VPC, Outbound: r.Endpoint, To: address, Inbound: begin(p.network, nil).inbound(address)}
		if p.reached(flow) {
			continue
		}
		if p.ours(address) {
			p.Violation(ruleTargetUnreached, about(r.Resource, r.Endpoint.Resource),
				"%s forwards to %s, which %s does not reach: UDP and TCP to port 53 need a path", r.Resource, address, r.Endpoint.Resource)
		} else {
			p.Note(ruleTargetElsewhere, about(r.Resource, r.Endpoint.Resource),
				"%s forwards to %s, which is in no VPC here: whether %s reaches it is not known", r.Resource, address, r.Endpoint.Resource)
		}
	}
}

// ours says whether the address is in one of the VPCs.
func (p *problems) ours(a netip.Addr) bool {
	return slices.ContainsFunc(p.network.VPCs, func(v *network.VPC) bool {
		return slices.ContainsFunc(v.CIDRs, func(c netip.Prefix) bool { return c.Contains(a) })
	})
}

// loop follows a query for a name from VPC to VPC, over rules alone, and returns the
// inbound endpoints on the way if it comes back to where it started.
func (p *problems) loop(start, v *network.VPC, name string, seen []*network.VPC) []*config.Resource {
	q := begin(p.network, nil)
	authorities := q.authorities(v, name)
	if len(authorities) == 0 || authorities[0].rule == nil {
		return nil
	}
	for _, address := range authorities[0].rule.Targets {
		inbound := q.inbound(address)
		if inbound == nil || slices.Contains(seen, inbound.VPC) {
			continue
		}
		if inbound.VPC == start {
			return about(inbound.Resource)
		}
		seen = append(seen, inbound.VPC)
		if rest := p.loop(start, inbound.VPC, name, seen); rest != nil {
			return append(about(inbound.Resource), rest...)
		}
	}
	return nil
}

// checkResolverEndpoint checks that a resolver endpoint survives the loss of a zone:
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/best-practices-resolver-endpoint-scaling.html
func (p *problems) checkResolverEndpoint(e *network.ResolverEndpoint) {
	if len(e.Interfaces) < 2 {
		p.Violation(resolverEndpointOneAddress, about(e.Resource),
			"%s has %d address: Route 53 Resolver wants two or more, in different zones", e.Resource, len(e.Interfaces))
		return
	}
	zone := e.Interfaces[0].Subnet.Zone
	if !slices.ContainsFunc(e.Interfaces, func(i *network.Interface) bool { return i.Subnet.Zone != zone }) {
		p.Violation(resolverEndpointOneZone, about(e.Resource),
			"%s has all its addresses in %s: put them into different zones", e.Resource, zone)
	}
}
