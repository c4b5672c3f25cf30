package dns

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"hubspoke/internal/awsservice"
	"hubspoke/proof/config"
	"hubspoke/proof/finding"
	"hubspoke/proof/network"
)

// What is found here.
var (
	publicZoneAssociated = catalogue.Add("public-zone-associated",
		"A public hosted zone is associated with a VPC. AWS refuses that: only private zones answer in VPCs.",
		"Remove the association. For names that the VPC alone shall see, make a private zone (an `aws_route53_zone` with "+
			"a `vpc` block).")
	zoneWithoutVPC = catalogue.Add("zone-without-vpc",
		"A private hosted zone is associated with no VPC: it answers nobody.",
		"Associate it, first with a VPC of its own account in its `vpc` block, then with the others by "+
			"`aws_route53_zone_association`.")
	zoneNotAssociated = catalogue.Add("zone-not-associated",
		"A private zone's account lets a VPC of another account be associated with it, and nothing associates them. The "+
			"names do not resolve in that VPC.",
		"Add an `aws_route53_zone_association` in the VPC's account, after the authorization; or remove the "+
			"authorization.")
	zoneNotAuthorized = catalogue.Add("zone-not-authorized",
		"A VPC is associated with a private zone of another account, which has not authorized it. The apply ends with "+
			"NotAuthorizedException.",
		"Add an `aws_route53_vpc_association_authorization` in the zone's account, and let the association depend on it.")
	zoneAssociatedByOtherAccount = catalogue.Add("zone-associated-by-other-account",
		"A VPC is associated with a zone of another account by an account that does not own the VPC. The VPC's owner "+
			"alone may do that.",
		"Set `provider` of the association to a configuration that works in the VPC's account.")
	zonesOfOneName = catalogue.Add("zones-of-one-name",
		"Two private zones of one name are associated with one VPC. Route 53 refuses the second association "+
			"(ConflictingDomainExists).",
		"Keep one of the two zones for this VPC, and put the records of the other into it.")
	ruleHidesZone = catalogue.Add("rule-hides-zone",
		"A resolver rule forwards the very domain of a private zone that is associated with the same VPC. Rules come "+
			"first: the zone never answers there.",
		"Nothing, if the servers that the rule names shall answer. Otherwise take the rule's association with this VPC "+
			"away, or add a `SYSTEM` rule for the names that the zone shall answer.")
	recordOverridden = catalogue.Add("record-overridden",
		"A record has a name for which a more specific private zone of the same VPC has a record too. The more specific "+
			"zone answers there, and this record does not.",
		"Nothing, if the VPC shall get the other answer. Otherwise remove one of the two records.")
	recordHidden = catalogue.Add("record-hidden",
		"A record has a name below a more specific private zone that the same VPC sees, and that zone has no such record. "+
			"Route 53 asks the most specific zone alone: the name does not exist there (NXDOMAIN).",
		"Put the record into the more specific zone, too or instead; or do not associate that zone with this VPC.")
	dnsAttributesOff = catalogue.Add("dns-attributes-off",
		"A VPC has `enable_dns_support` or `enable_dns_hostnames` off. A private zone does not answer there, and AWS "+
			"refuses an endpoint with private DNS.",
		"Set both attributes of the `aws_vpc` to true.")
	recordLeadsNowhere = catalogue.Add("record-leads-nowhere",
		"An alias or a CNAME leads to a name that does not exist where the record is asked for, or to a resource that no "+
			"stack makes. Clients get NXDOMAIN, or no address.",
		"Correct what it leads to. If that is a name of another private zone, associate that zone with the same VPCs.")
	endpointWithoutName = catalogue.Add("endpoint-without-name",
		"An interface endpoint has private DNS off, and no private zone leads the service's names to it. Clients that use "+
			"those names go to the service's public addresses, past the endpoint.",
		"Set `private_dns_enabled`; or, for an endpoint that several VPCs share, make a private zone of the service's "+
			"name with an alias of the endpoint, and associate it with those VPCs.")
	privateDNSConflict = catalogue.Add("private-dns-conflict",
		"Private DNS of an endpoint makes a zone of the service's name in the VPC, where a private zone of that name, or "+
			"another endpoint with private DNS, is already. AWS refuses the endpoint.",
		"Set `private_dns_enabled` of the endpoint to false, or take the zone or the other endpoint away.")
	dhcpForeignServer = catalogue.Add("dhcp-foreign-server",
		"A VPC's DHCP options name a server first that is not in the stacks. What its clients get for a name is for that "+
			"server to say: intents about names there are unproven.",
		"Nothing, if that is meant. To have private zones and endpoints of the VPC answer, put `AmazonProvidedDNS` first, "+
			"and forward your own domains to the server by a resolver rule.")
	dhcpOtherView = catalogue.Add("dhcp-other-view",
		"A VPC's DHCP options name the inbound endpoint of another VPC first. Clients see names as that VPC does: zones, "+
			"rules and private endpoints of their own VPC do not answer.",
		"Nothing, if all names are to come from there. Otherwise put `AmazonProvidedDNS` first, and associate the zones "+
			"with this VPC.")
	dhcpNobody = catalogue.Add("dhcp-nobody",
		"A VPC's DHCP options name a server at an address of a subnet here that neither an inbound endpoint nor an "+
			"instance has. Queries to it time out before the next server is asked.",
		"Correct the address, or give it to the inbound endpoint (`ip` in its `ip_address` block).")
	clusterNeedsAmazonDNS = catalogue.Add("cluster-needs-amazon-dns",
		"A cluster with private access is in a VPC whose DHCP options do not name `AmazonProvidedDNS`. EKS needs it to "+
			"resolve the name of the API to its private addresses: elsewhere the name leads to public ones, or nowhere, and "+
			"nodes do not join.",
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

// Kinds are the kinds of findings that [Problems] can have.
func Kinds() []finding.Kind { return catalogue.Kinds() }

var catalogue finding.Catalogue

// Problems are what is wrong with names whatever anyone wants of them, in a fixed
// order. Whether servers are reached is left out where reached is nil.
func Problems(n *network.Model, reached Reached) []finding.Finding {
	p := &problems{network: n, reached: reached}
	for _, z := range n.Zones {
		p.checkAssociations(z)
		p.checkRecords(z)
	}
	for _, v := range n.VPCs {
		p.checkZones(v)
		p.checkAttributes(v)
		p.checkServers(v)
		for _, e := range v.Endpoints {
			if e.Type == network.InterfaceEndpoint {
				p.checkEndpoint(e)
			}
		}
	}
	for _, r := range n.ResolverRules {
		p.checkRule(r)
	}
	for _, e := range n.ResolverEndpoints {
		p.checkResolverEndpoint(e)
	}
	return finding.Sorted(p.found)
}

type problems struct {
	network *network.Model
	reached Reached
	found   []finding.Finding
}

func (p *problems) problem(kind finding.Kind, about []*config.Resource, format string, args ...any) {
	p.report(kind, finding.Violated, about, format, args...)
}

// note reports what may be meant: it works, in a way that surprises.
func (p *problems) note(kind finding.Kind, about []*config.Resource, format string, args ...any) {
	p.report(kind, finding.Proven, about, format, args...)
}

func (p *problems) report(kind finding.Kind, status finding.Status, about []*config.Resource, format string, args ...any) {
	p.found = append(p.found, finding.Finding{Kind: kind, Status: status, Sentence: fmt.Sprintf(format, args...), Resources: about})
}

func about(resources ...*config.Resource) []*config.Resource { return resources }

// checkAssociations checks in which VPCs a zone answers, and who lets it:
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-associate-vpcs-different-accounts.html
func (p *problems) checkAssociations(z *network.Zone) {
	if !z.Private {
		for _, a := range z.Associations {
			p.problem(publicZoneAssociated, about(a.Resource, z.Resource),
				"%s associates %s, which is a public zone: only a private zone answers in VPCs", a.Resource, z.Resource)
		}
		return
	}
	if len(z.Associations) == 0 && undecided(z) == "" {
		p.problem(zoneWithoutVPC, about(z.Resource),
			"%s (%s) is associated with no VPC, so it answers nobody: associate it, beginning with a VPC of its "+
				"own account",
			z.Resource, z.Name)
	}
	for _, a := range z.Authorizations {
		if !associated(z, a.VPC) {
			p.problem(zoneNotAssociated, about(a.Resource, z.Resource, a.VPC.Resource),
				"%s lets %s be associated with %s (%s), and nothing associates it: the VPC's account must, with an "+
					"aws_route53_zone_association",
				a.Resource, a.VPC.Resource, z.Resource, z.Name)
		}
	}
	for _, a := range z.Associations {
		p.checkAssociation(z, a)
	}
}

func (p *problems) checkAssociation(z *network.Zone, a network.ZoneAssociation) {
	zone, vpc := z.Resource.Account, a.VPC.Account
	if zone == "" || vpc == "" || zone == vpc {
		return
	}
	resources := about(a.Resource, z.Resource, a.VPC.Resource)
	if !slices.ContainsFunc(z.Authorizations, func(b network.ZoneAuthorization) bool { return b.VPC == a.VPC }) {
		p.problem(zoneNotAuthorized, resources,
			"%s associates %s with %s (%s) of another account, which has not authorized it: account %s needs an "+
				"aws_route53_vpc_association_authorization",
			a.Resource, a.VPC.Resource, z.Resource, z.Name, zone)
	}
	if a.Resource.Account != vpc {
		p.problem(zoneAssociatedByOtherAccount, resources,
			"%s associates %s with %s (%s) from account %s, but only the VPC's account, %s, may do that",
			a.Resource, a.VPC.Resource, z.Resource, z.Name, a.Resource.Account, vpc)
	}
}

// checkZones checks the zones of a VPC against each other and its rules:
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html
func (p *problems) checkZones(v *network.VPC) {
	var zones []*network.Zone
	for _, z := range p.network.Zones {
		if z.Private && associated(z, v) {
			zones = append(zones, z)
		}
	}
	for i, z := range zones {
		for _, other := range zones[i+1:] {
			if other.Name == z.Name {
				p.problem(zonesOfOneName, about(z.Resource, other.Resource, v.Resource),
					"%s and %s are both called %s, and Route 53 associates only one of them with %s",
					z.Resource, other.Resource, z.Name, v.Resource)
			}
		}
		for _, other := range zones {
			if other.Name != z.Name && below(other.Name, z.Name) {
				p.checkHidden(v, z, other)
			}
		}
		for _, r := range p.network.ResolverRules {
			applies := slices.ContainsFunc(r.Associations, func(a network.RuleAssociation) bool { return a.VPC == v })
			if r.Forward && applies && r.Domain == z.Name {
				p.note(ruleHidesZone, about(r.Resource, z.Resource, v.Resource),
					"%s forwards %s from %s, so that %s never answers there: a rule comes before a zone of the same name",
					r.Resource, z.Name, v.Resource, z.Resource)
			}
		}
	}
}

// checkHidden finds the records of a zone that a more specific one hides in a VPC.
func (p *problems) checkHidden(v *network.VPC, z, specific *network.Zone) {
	for _, r := range z.Records {
		if !below(r.Name, specific.Name) || r.Type == "NS" && r.Name == specific.Name {
			continue
		}
		if _, ok := match(specific, r.Name); ok {
			p.note(recordOverridden, about(r.Resource, specific.Resource, v.Resource),
				"%s (%s) does not answer in %s: %s is more specific than %s, and has a record of its own for the name",
				r.Resource, r.Name, v.Resource, specific.Resource, z.Resource)
			continue
		}
		p.problem(recordHidden, about(r.Resource, specific.Resource, v.Resource),
			"%s (%s) does not answer in %s: %s is more specific than %s, and has no such record, so there is no "+
				"such name; put it there",
			r.Resource, r.Name, v.Resource, specific.Resource, z.Resource)
	}
}

// checkAttributes checks that a VPC with private zones has the attributes that they need.
func (p *problems) checkAttributes(v *network.VPC) {
	if v.DNSSupport && v.DNSHostnames {
		return
	}
	const text = "%s needs enable_dns_support and enable_dns_hostnames in %s, to answer there"
	for _, z := range p.network.Zones {
		if z.Private && associated(z, v) {
			p.problem(dnsAttributesOff, about(v.Resource, z.Resource), text, z.Resource, v.Resource)
		}
	}
	for _, e := range v.Endpoints {
		if e.Type == network.InterfaceEndpoint && e.PrivateDNS {
			p.problem(dnsAttributesOff, about(v.Resource, e.Resource), text,
				"private DNS of "+e.Resource.String(), v.Resource)
		}
	}
}

// checkRecords checks that the aliases and CNAMEs of a zone lead somewhere, wherever
// the zone answers.
func (p *problems) checkRecords(z *network.Zone) {
	for _, r := range z.Records {
		if r.Alias == nil && r.Type != "CNAME" {
			continue
		}
		if !z.Private {
			// Public DNS is asked from anywhere: take a VPC that sees no private zone.
			p.checkTarget(&network.VPC{Resource: z.Resource, DNSSupport: true, DNSHostnames: true}, z, r)
			continue
		}
		for _, a := range z.Associations {
			if a.VPC.DNSSupport {
				p.checkTarget(a.VPC, z, r)
			}
		}
	}
}

func (p *problems) checkTarget(v *network.VPC, z *network.Zone, r *network.Record) {
	to := begin(p.network, nil).value(v, z, r)
	where := "in " + v.Resource.String()
	if !z.Private {
		where = "in public DNS"
	}
	switch to.Kind {
	case NotFound, Failed:
		p.problem(recordLeadsNowhere, about(r.Resource, z.Resource),
			"%s (%s) leads nowhere %s: %s", r.Resource, r.Name, where, to.Why)
	case Unknown:
		if value, ok := target(r).(config.Unknown); ok {
			p.problem(recordLeadsNowhere, about(r.Resource, z.Resource), "%s (%s) leads nowhere: %s", r.Resource, r.Name, value.Why)
		}
	case Internet:
		if name, ok := target(r).(string); ok && z.Private {
			p.checkPrivateName(v, r, name)
		}
	}
}

// checkPrivateName finds a name in a zone that the VPC does not see.
func (p *problems) checkPrivateName(v *network.VPC, r *network.Record, name string) {
	name, _ = canonical(name)
	for _, z := range p.network.Zones {
		if !z.Private || !below(name, z.Name) || associated(z, v) {
			continue
		}
		if _, ok := match(z, name); ok {
			p.problem(recordLeadsNowhere, about(r.Resource, z.Resource, v.Resource),
				"%s (%s) leads to %s, a name of %s, which is not associated with %s: associate it there too",
				r.Resource, r.Name, name, z.Resource, v.Resource)
		}
	}
}

// target is what a record with one value leads to.
func target(r *network.Record) any {
	if r.Alias != nil {
		return plain(r.Alias)
	}
	if len(r.Values) == 1 {
		return plain(r.Values[0])
	}
	return nil
}

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
			return Resolve(p.network, v, example).To.Endpoint == e
		}) {
			without = append(without, name)
		}
	}
	// Clients of these use the endpoint's own names, beside a gateway endpoint.
	if len(without) > 0 && !awsservice.HasGateway(e.Service) {
		p.problem(endpointWithoutName, about(e.Resource),
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
			p.problem(privateDNSConflict, about(e.Resource, z.Resource, e.VPC.Resource),
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
			p.problem(privateDNSConflict, about(other.Resource, e.Resource, e.VPC.Resource),
				"%s and %s have private DNS for %s in %s, where only one of them can",
				other.Resource, e.Resource, e.Service, e.VPC.Resource)
		}
	}
}

// checkServers checks the name servers of a VPC's DHCP options.
func (p *problems) checkServers(v *network.VPC) {
	servers, why := Servers(p.network, v)
	if why != "" || v.DHCP == nil {
		return
	}
	amazon := slices.IndexFunc(servers, func(s Server) bool { return s.Amazon })
	before := servers
	if amazon >= 0 {
		before = servers[:amazon]
	}
	var views []*network.VPC
	for _, s := range before {
		switch {
		case s.Inbound == nil:
			p.note(dhcpForeignServer, about(v.DHCP.Resource, v.Resource),
				"%s asks %s first, which is not in the configuration: what it answers is not known", v.Resource, s.Address)
		case s.Inbound.VPC != v && !slices.Contains(views, s.Inbound.VPC):
			views = append(views, s.Inbound.VPC)
			p.note(dhcpOtherView, about(v.DHCP.Resource, v.Resource, s.Inbound.Resource),
				"%s asks %s first, so it sees names as %s does: zones, rules and private endpoints of %s itself do "+
					"not answer; AmazonProvidedDNS first would let them",
				v.Resource, s.Address, s.Inbound.VPC.Resource, v.Resource)
		}
	}
	if amazon < 0 {
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
			p.problem(dhcpNobody, about(v.DHCP.Resource, v.Resource, subnet.Resource),
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
			p.problem(clusterNeedsAmazonDNS, about(v.DHCP.Resource, i.Resource),
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
	p.problem(dhcpUnreached, about(v.DHCP.Resource, v.Resource),
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
			p.problem(ruleLoop, append(about(r.Resource, a.Resource), loop...),
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
			p.problem(ruleTargetUnreached, about(r.Resource, r.Endpoint.Resource),
				"%s forwards to %s, which %s does not reach: UDP and TCP to port 53 need a path", r.Resource, address, r.Endpoint.Resource)
		} else {
			p.note(ruleTargetElsewhere, about(r.Resource, r.Endpoint.Resource),
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
		p.problem(resolverEndpointOneAddress, about(e.Resource),
			"%s has %d address: Route 53 Resolver wants two or more, in different zones", e.Resource, len(e.Interfaces))
		return
	}
	zone := e.Interfaces[0].Subnet.Zone
	if !slices.ContainsFunc(e.Interfaces, func(i *network.Interface) bool { return i.Subnet.Zone != zone }) {
		p.problem(resolverEndpointOneZone, about(e.Resource),
			"%s has all its addresses in %s: put them into different zones", e.Resource, zone)
	}
}
