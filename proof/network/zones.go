package network

import (
	"net/netip"
	"slices"
	"strings"

	"hubspoke/proof/config"
	"hubspoke/proof/packet"
)

func (b *builder) makeResolvers() {
	b.each("aws_route53_resolver_endpoint", func(r *config.Resource, in block) {
		e := &ResolverEndpoint{Resource: r, Inbound: in.text("direction") == "INBOUND"}
		// Only DELEGATE records lead to one of the direction INBOUND_DELEGATION, and nothing of
		// IPv4 leads to one with IPv6 addresses alone:
		// https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_CreateResolverEndpoint.html
		if in.text("resolver_endpoint_type") == "IPV6" {
			e.Inbound, e.onlyIPv6 = false, true
		}
		groups := b.groupsOf(in, "security_group_ids")
		if protocols := in.texts("protocols"); len(protocols) > 0 && !slices.Contains(protocols, "Do53") {
			in.note("it does not answer at port 53, and what asks it otherwise is not modelled")
		}
		for _, address := range in.blocks("ip_address") {
			for _, i := range b.addInterfaces(in, ResolverAddress, r.Name, b.subnetList(address, "subnet_id"), groups) {
				fixAddress(in, i, address.text("ip"))
				e.VPC = i.VPC
				e.Interfaces = append(e.Interfaces, i)
			}
		}
		b.resolvers[r] = e
		b.ResolverEndpoints = append(b.ResolverEndpoints, e)
	})
	rules := map[*config.Resource]*ResolverRule{}
	b.each("aws_route53_resolver_rule", func(r *config.Resource, in block) {
		rule := &ResolverRule{Resource: r, Domain: domain(in.text("domain_name")), Forward: in.text("rule_type") == "FORWARD"}
		in.unknown = &rule.Unknown
		rule.Endpoint = b.resolvers[in.ref("resolver_endpoint_id")]
		if rule.Endpoint != nil && rule.Endpoint.onlyIPv6 {
			in.note("%s has IPv6 addresses alone, and asks no server with an IPv4 address: make it IPV4 or DUALSTACK", rule.Endpoint.Resource)
		}
		for _, target := range in.blocks("target_ip") {
			if a, err := netip.ParseAddr(target.text("ip")); err == nil && a.Is4() {
				rule.Targets = append(rule.Targets, a)
			} else {
				in.note("the address of a target is not known")
			}
		}
		rules[r] = rule
		b.ResolverRules = append(b.ResolverRules, rule)
	})
	b.each("aws_route53_resolver_rule_association", func(r *config.Resource, in block) {
		rule, v := rules[in.ref("resolver_rule_id")], b.vpc(in)
		if rule == nil || v == nil {
			in.note("an association of a resolver rule that is not understood")
			return
		}
		rule.Associations = append(rule.Associations, RuleAssociation{r, v})
	})
}

func (b *builder) makeZones() {
	b.each("aws_route53_zone", func(r *config.Resource, in block) {
		z := &Zone{Resource: r, Name: domain(in.text("name")), Private: in.get("vpc") != nil}
		in.unknown = &z.Unknown
		for _, association := range in.blocks("vpc") {
			if v := b.vpc(association); v != nil {
				z.Associations = append(z.Associations, ZoneAssociation{r, v})
			}
		}
		b.zones[r] = z
		b.Zones = append(b.Zones, z)
	})
	b.each("aws_route53_vpc_association_authorization", func(r *config.Resource, in block) {
		z, v := b.zones[in.ref("zone_id", "zone_id", "id")], b.vpc(in)
		if z == nil || v == nil {
			in.note("an authorization of a zone that is not understood")
			return
		}
		z.Authorizations = append(z.Authorizations, ZoneAuthorization{r, v})
	})
	b.each("aws_route53_zone_association", func(r *config.Resource, in block) {
		z, v := b.zones[in.ref("zone_id", "zone_id", "id")], b.vpc(in)
		if z == nil || v == nil {
			in.note("an association of a zone that is not understood")
			return
		}
		z.Associations = append(z.Associations, ZoneAssociation{r, v})
	})
	b.each("aws_route53_record", func(r *config.Resource, in block) {
		z := b.zones[in.ref("zone_id", "zone_id", "id")]
		if z == nil {
			in.note("a record of a zone that is not known")
			return
		}
		in.unknown = &z.Unknown
		record := &Record{Resource: r, Name: domain(in.text("name")), Type: in.text("type")}
		// A name without the zone's is one within the zone.
		if record.Name == "" {
			record.Name = z.Name
		} else if record.Name != z.Name && !strings.HasSuffix(record.Name, "."+z.Name) {
			record.Name += "." + z.Name
		}
		record.Values = in.list("records")
		if in.isSet("alias") {
			record.Alias = in.first("alias").get("name")
		}
		z.Records = append(z.Records, record)
	})
}

// domain is a name in lower case without the dot at the end.
func domain(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) }

// Address is the one address of an interface that has a fixed one.
func (i *Interface) Address() (netip.Addr, bool) {
	return packet.Addr(i.Addresses.Low), i.Addresses.Low == i.Addresses.High
}
