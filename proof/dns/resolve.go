package dns

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"hubspoke/internal/awsservice"
	"hubspoke/proof/network"
	"hubspoke/proof/packet"
)

// maxSteps is the number of steps after which a question is given up.
const maxSteps = 200

// vpcResolver is what AmazonProvidedDNS answers in a VPC.
func (q *query) vpcResolver(vpc *network.VPC, name string) Target {
	if !vpc.DNSSupport {
		q.step(vpc.Resource, "enable_dns_support is off, so AmazonProvidedDNS does not answer")
		return Target{Kind: Silent, Why: "enable_dns_support is off in " + vpc.Resource.String()}
	}
	where := question{vpc: vpc, name: name}
	switch {
	case q.asked[where]:
		return failed("%s leads back to itself in %s", name, vpc.Resource)
	case len(q.steps) > maxSteps:
		return unknown("%s takes more than %d steps", name, maxSteps)
	}
	q.asked[where] = true
	defer delete(q.asked, where)
	if to, stopped := q.filter(vpc, name); stopped {
		return to
	}

	authorities := q.authorities(vpc, name)
	if len(authorities) == 0 {
		return q.public(vpc, name)
	}
	a := authorities[0]
	if len(authorities) > 1 && authorities[1].compare(a) == 0 {
		q.step(vpc.Resource, "%s and %s both answer for %s", a, authorities[1], a.domain)
		return unknown("%s and %s both answer for %s in %s", a, authorities[1], a.domain, vpc.Resource)
	}
	switch {
	case a.why != "":
		return unknown("%s: %s", a, a.why)
	case a.rule != nil:
		return q.forward(a.rule, name)
	// https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html#vpc-private-hosted-zones
	// https://docs.aws.amazon.com/vpc/latest/privatelink/interface-endpoints.html#enable-private-dns-names
	case !vpc.DNSHostnames && a.rank == privateZone:
		return unknown("%s needs enable_dns_hostnames, which is off in %s", a, vpc.Resource)
	case a.zone != nil:
		return q.record(vpc, a.zone, name)
	}
	return q.private(a.endpoint, a.domain, name)
}

// authority answers for a domain and all names below it.
type authority struct {
	domain   string
	rank     rank
	rule     *network.ResolverRule
	zone     *network.Zone
	endpoint *network.Endpoint
	// why is set if what it answers is not known.
	why string
}

// rank orders the authorities of the same domain:
// https://repost.aws/knowledge-center/route-53-override-reverse-dns-rules
type rank int

const (
	resolverRule rank = iota
	privateZone
	autodefined
)

// compare is negative if a answers rather than b.
func (a authority) compare(b authority) int {
	if by := labels(b.domain) - labels(a.domain); by != 0 {
		return by
	}
	return int(a.rank - b.rank)
}

func (a authority) String() string {
	switch {
	case a.rule != nil:
		return "rule " + a.rule.Resource.String()
	case a.zone != nil:
		return "zone " + a.zone.Resource.String()
	case a.endpoint != nil:
		return "private DNS of " + a.endpoint.Resource.String()
	}
	return "Route 53 Resolver's own rule for " + a.domain
}

// authorities are what answers for the name in the VPC instead of public DNS, the
// one that does so first:
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html
func (q *query) authorities(vpc *network.VPC, name string) []authority {
	all := q.rules(vpc, name)
	for _, z := range q.network.Zones {
		if !below(name, z.Name) || !z.Private {
			continue
		}
		if why := undecided(z); why != "" {
			all = append(all, authority{domain: cmp.Or(z.Name, name), rank: privateZone, zone: z, why: why})
		} else if associated(z, vpc) {
			all = append(all, authority{domain: z.Name, rank: privateZone, zone: z})
		}
	}
	for _, e := range vpc.Endpoints {
		if e.Type == network.InterfaceEndpoint && e.PrivateDNS {
			all = append(all, q.endpointAuthority(e, name)...)
		}
	}
	for _, domain := range autodefinedDomains {
		if below(name, domain) {
			all = append(all, authority{domain: domain, rank: autodefined, why: "names that AWS gives to addresses are not modelled"})
		}
	}
	slices.SortStableFunc(all, authority.compare)
	return all
}

// autodefinedDomains are the domains that Route 53 Resolver answers by itself:
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-overview-forward-vpc-to-network-autodefined-rules.html
var autodefinedDomains = []string{"compute.internal", "ec2.internal", "in-addr.arpa", "ip6.arpa", "localhost"}

// rules is the forwarding rule that applies, if any does. Of several the most
// specific one does; if that is a SYSTEM rule, the name is answered as without
// rules:
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-overview-forward-vpc-to-network-using-rules.html
func (q *query) rules(vpc *network.VPC, name string) []authority {
	var apply []authority
	for _, r := range q.network.ResolverRules {
		if below(name, r.Domain) && slices.ContainsFunc(r.Associations, func(a network.RuleAssociation) bool { return a.VPC == vpc }) {
			a := authority{domain: r.Domain, rank: resolverRule, rule: r}
			if len(r.Unknown) > 0 {
				a.domain, a.why = cmp.Or(r.Domain, name), r.Unknown[0].String()
			}
			apply = append(apply, a)
		}
	}
	slices.SortStableFunc(apply, authority.compare)
	if len(apply) > 0 && !apply[0].rule.Forward && apply[0].why == "" {
		return nil
	}
	return apply
}

// associated says whether the zone answers in the VPC.
func associated(z *network.Zone, vpc *network.VPC) bool {
	return slices.ContainsFunc(z.Associations, func(a network.ZoneAssociation) bool { return a.VPC == vpc })
}

// undecided says why it is not known in which VPCs the zone answers, or for which
// names.
func undecided(z *network.Zone) string {
	for _, u := range z.Unknown {
		if u.Resource == nil || u.Resource == z.Resource {
			return u.String()
		}
	}
	return ""
}

// endpointAuthority is the zone that an interface endpoint with private DNS makes
// in its VPC.
func (q *query) endpointAuthority(e *network.Endpoint, name string) []authority {
	a := authority{rank: privateZone, endpoint: e}
	names, ok := q.privateNames(e)
	switch {
	case !ok:
		// The names of services that are known are not this one's.
		if service, _, ok := awsservice.Of(name); ok && awsservice.Known(service) {
			return nil
		}
		a.domain, a.why = name, "which names its private DNS takes is not known"
		return []authority{a}
	// Beside a gateway endpoint, private DNS may be for queries of the inbound
	// endpoint alone:
	// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DnsOptionsSpecification.html
	case awsservice.HasGateway(e.Service):
		a.why = "whether private DNS for " + e.Service + " answers clients of the VPC is not modelled"
	}
	for _, domain := range domains(names) {
		if below(name, domain) {
			a.domain = domain
			return []authority{a}
		}
	}
	return nil
}

// privateNames are the names that private DNS of an endpoint takes. A service
// that is offered by a load balancer says its own.
func (q *query) privateNames(e *network.Endpoint) (names []string, ok bool) {
	for _, s := range q.network.EndpointServices {
		if e.Service == s.Resource.String()+".service_name" {
			name, ok := s.Resource.Argument("private_dns_name").(string)
			return []string{strings.ToLower(name)}, ok
		}
	}
	names = awsservice.Names(e.Service, e.VPC.Region)
	return names, len(names) > 0
}

// domains are the zones that names make, each once.
func domains(names []string) []string {
	var zones []string
	for _, n := range names {
		if zone := strings.TrimPrefix(n, "*."); !slices.Contains(zones, zone) {
			zones = append(zones, zone)
		}
	}
	return zones
}

// private is what the zone of an interface endpoint's private DNS answers.
func (q *query) private(e *network.Endpoint, domain, name string) Target {
	names, _ := q.privateNames(e)
	if slices.Contains(names, name) || name != domain && slices.Contains(names, "*."+domain) {
		q.step(e.Resource, "private DNS answers for %s", name)
		return q.endpoint(e)
	}
	q.step(e.Resource, "private DNS has a zone %s without %s, and public DNS is not asked", domain, name)
	return notFound("the zone that private DNS of %s makes hides %s", e.Resource, name)
}

// forward is what the servers answer that a forwarding rule names. Route 53
// Resolver chooses one of them at random:
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-forwarding-outbound-queries.html
func (q *query) forward(rule *network.ResolverRule, name string) Target {
	q.step(rule.Resource, "forwards %s", orRoot(rule.Domain))
	if rule.Endpoint == nil || rule.Endpoint.VPC == nil || len(rule.Targets) == 0 {
		return unknown("%s forwards through no known outbound endpoint or to no known address", rule.Resource)
	}
	var views []*network.VPC
	var external []netip.Addr
	answers := 0
	for _, address := range rule.Targets {
		flow := Flow{From: rule.Endpoint.VPC, Outbound: rule.Endpoint, To: address, Inbound: q.inbound(address)}
		q.needs = append(q.needs, flow)
		if q.reached != nil && !q.reached(flow) {
			q.step(rule.Resource, "%s is not reached from %s", address, rule.Endpoint.Resource)
			continue
		}
		answers++
		if flow.Inbound == nil {
			external = append(external, address)
		} else if !slices.Contains(views, flow.Inbound.VPC) {
			q.step(flow.Inbound.Resource, "has the address %s, and answers as in %s", address, flow.Inbound.VPC.Resource)
			views = append(views, flow.Inbound.VPC)
		}
	}
	switch {
	case answers == 0:
		return failed("no server of %s is reached", rule.Resource)
	case len(external) > 0:
		return unknown("%s answers for %s, and is not in the configuration", external[0], orRoot(rule.Domain))
	}
	return q.agreed(len(views), func(i int) Target { return q.anew(views[i], name) }, "the servers of "+rule.Resource.String())
}

// agreed is the answer that all of several give.
func (q *query) agreed(n int, answer func(int) Target, who string) Target {
	first := answer(0)
	for i := 1; i < n; i++ {
		if other := answer(i); !other.Same(first) {
			return unknown("%s do not give one answer: %s, and %s", who, first, other)
		}
	}
	return first
}

func orRoot(domain string) string {
	if domain == "" {
		return "all names"
	}
	return domain
}

// inbound is the inbound endpoint that has the address.
func (q *query) inbound(address netip.Addr) *network.ResolverEndpoint {
	if !address.Is4() {
		return nil
	}
	for _, e := range q.network.ResolverEndpoints {
		if !e.Inbound || e.VPC == nil {
			continue
		}
		for _, i := range e.Interfaces {
			if i.Addresses == packet.One(packet.Address(address)) {
				return e
			}
		}
	}
	return nil
}

// public is what public DNS answers: the configuration's public zones, and the
// names of AWS services.
func (q *query) public(vpc *network.VPC, name string) Target {
	var best []*network.Zone
	for _, z := range q.network.Zones {
		if z.Private || !below(name, z.Name) {
			continue
		}
		if len(best) > 0 && labels(z.Name) > labels(best[0].Name) {
			best = nil
		}
		if len(best) == 0 || z.Name == best[0].Name {
			best = append(best, z)
		}
	}
	switch {
	case len(best) > 1:
		return unknown("%s and %s are public zones of the same name: which one answers is for the parent domain to say",
			best[0].Resource, best[1].Resource)
	case len(best) == 1 && undecided(best[0]) != "":
		return unknown("%s", undecided(best[0]))
	case len(best) == 1:
		return q.record(vpc, best[0], name)
	}
	if isGenerated(name) {
		q.step(nil, "AWS makes up names like %s", name)
		return unknown("what %s leads to cannot be told from the name", name)
	}
	if service, region, ok := awsservice.Of(name); ok {
		q.step(nil, "public DNS answers for %s, with public addresses of %s in %s", name, service, region)
		return publicService(service, region, vpc.Region)
	}
	q.step(nil, "public DNS answers for %s", name)
	return Target{Kind: Internet, Addresses: network.Internet}
}
