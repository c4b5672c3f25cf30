package dns

import "hubspoke/proof/network"

// firewall is what DNS Firewall answers in place of the resolver, if it does. The first rule
// that is about the name decides, so that one of which that is not known leaves open what
// those after it would.
//
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall-rules.html
func (q *query) firewall(vpc *network.VPC, name string) (Target, bool) {
	for _, r := range vpc.NameRules {
		switch {
		case r.Unknown != "":
			q.step(r.Resource, "DNS Firewall may block %s", name)
			return unknown("%s", r.Unknown), true
		case !r.Matches(name):
		case !r.Blocks:
			return Target{}, false
		case r.Override:
			q.step(r.Resource, "DNS Firewall answers for %s", name)
			return unknown("%s gives another answer", r.Resource), true
		default:
			q.step(r.Resource, "DNS Firewall blocks %s", name)
			return notFound("%s blocks it", r.Resource), true
		}
	}
	return Target{}, false
}
