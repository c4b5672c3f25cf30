package dns

import "hubspoke/proof/network"

// chain is what DNS Firewall knows, in a VPC, of the name that is being followed.
type chain struct {
	// led says that another name led to it.
	led bool
	// trusted says that a rule let the name pass that trusts what it leads to.
	trusted bool
}

// filter is what DNS Firewall answers in place of the resolver, if it does.
func (q *query) filter(vpc *network.VPC, name string) (Target, bool) {
	c := q.chain[vpc]
	if q.unfiltered || c.trusted {
		return Target{}, false
	}
	to, stopped, trusted := q.firewall(vpc, name, c.led)
	if trusted {
		c.trusted = true
		q.chain[vpc] = c
	}
	return to, stopped
}

// led is what a name answers that another one led to. Rules are asked of it too, unless the
// one that let the first pass trusts what it leads to.
func (q *query) led(vpc *network.VPC, name string, ask func(*network.VPC, string) Target) Target {
	was := q.chain[vpc]
	q.chain[vpc] = chain{led: true, trusted: was.trusted}
	defer func() { q.chain[vpc] = was }()
	return ask(vpc, name)
}

// anew is what a VPC's resolver answers to whom another one forwards: what the rules of this
// one let pass is a first name to those of the other.
func (q *query) anew(vpc *network.VPC, name string) Target {
	was := q.chain
	q.chain = map[*network.VPC]chain{}
	defer func() { q.chain = was }()
	return q.vpcResolver(vpc, name)
}

// firewall is what DNS Firewall answers in place of the resolver, if it does, or else
// whether it trusts what the name leads to. The first rule that is about the name decides. A
// rule of which it is not known what it is about leaves the answer open, unless what
// decides after it does the same.
//
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall-rules.html
func (q *query) firewall(vpc *network.VPC, name string, led bool) (to Target, stopped, trusted bool) {
	var doubts []network.NameRule
	for _, r := range vpc.NameRules {
		switch {
		case r.Unknown != "":
			doubts = append(doubts, r)
			continue
		case !r.Matches(name):
			continue
		case led && r.Trusts:
			// Whether a rule that looks at first names alone is about this one is not written.
			r.Unknown = "whether " + r.Resource.String() + " is asked of what a name leads to is not known"
			return q.open(r, name)
		}
		for _, d := range doubts {
			if d.Whole || d.Blocks != r.Blocks || d.Override || r.Override || d.Trusts != r.Trusts {
				return q.open(d, name)
			}
		}
		switch {
		case !r.Blocks:
			return Target{}, false, r.Trusts
		case r.Override:
			q.step(r.Resource, "DNS Firewall answers for %s", name)
			return unknown("%s gives another answer", r.Resource), true, false
		}
		q.step(r.Resource, "DNS Firewall blocks %s", name)
		return notFound("%s blocks it", r.Resource), true, false
	}
	for _, d := range doubts {
		if d.Whole || d.Blocks {
			return q.open(d, name)
		}
	}
	return Target{}, false, false
}

// open is the answer where it is not known what a rule is about.
func (q *query) open(r network.NameRule, name string) (Target, bool, bool) {
	q.step(r.Resource, "DNS Firewall may block %s", name)
	return unknown("%s", r.Unknown), true, false
}
