package dns

import (
	"slices"

	"hubspoke/proof/config"
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
)

// checkAssociations checks in which VPCs a zone answers, and who lets it:
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-associate-vpcs-different-accounts.html
func (p *problems) checkAssociations(z *network.Zone) {
	if !z.Private {
		for _, a := range z.Associations {
			p.Violation(publicZoneAssociated, about(a.Resource, z.Resource),
				"%s associates %s, which is a public zone: only a private zone answers in VPCs", a.Resource, z.Resource)
		}
		return
	}
	if len(z.Associations) == 0 && undecided(z) == "" {
		p.Violation(zoneWithoutVPC, about(z.Resource),
			"%s (%s) is associated with no VPC, so it answers nobody: associate it, beginning with a VPC of its "+
				"own account",
			z.Resource, z.Name)
	}
	for _, a := range z.Authorizations {
		if !associated(z, a.VPC) {
			p.Violation(zoneNotAssociated, about(a.Resource, z.Resource, a.VPC.Resource),
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
		p.Violation(zoneNotAuthorized, resources,
			"%s associates %s with %s (%s) of another account, which has not authorized it: account %s needs an "+
				"aws_route53_vpc_association_authorization",
			a.Resource, a.VPC.Resource, z.Resource, z.Name, zone)
	}
	if a.Resource.Account != "" && a.Resource.Account != vpc {
		p.Violation(zoneAssociatedByOtherAccount, resources,
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
				p.Violation(zonesOfOneName, about(z.Resource, other.Resource, v.Resource),
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
				p.Note(ruleHidesZone, about(r.Resource, z.Resource, v.Resource),
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
			p.Note(recordOverridden, about(r.Resource, specific.Resource, v.Resource),
				"%s (%s) does not answer in %s: %s is more specific than %s, and has a record of its own for the name",
				r.Resource, r.Name, v.Resource, specific.Resource, z.Resource)
			continue
		}
		p.Violation(recordHidden, about(r.Resource, specific.Resource, v.Resource),
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
			p.Violation(dnsAttributesOff, about(v.Resource, z.Resource), text, z.Resource, v.Resource)
		}
	}
	for _, e := range v.Endpoints {
		if e.Type == network.InterfaceEndpoint && e.PrivateDNS {
			p.Violation(dnsAttributesOff, about(v.Resource, e.Resource), text,
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
		p.Violation(recordLeadsNowhere, about(r.Resource, z.Resource),
			"%s (%s) leads nowhere %s: %s", r.Resource, r.Name, where, to.Why)
	case Unknown:
		if value, ok := target(r).(config.Unknown); ok {
			p.Violation(recordLeadsNowhere, about(r.Resource, z.Resource), "%s (%s) leads nowhere: %s", r.Resource, r.Name, value.Why)
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
			p.Violation(recordLeadsNowhere, about(r.Resource, z.Resource, v.Resource),
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
