package network

import (
	"cmp"
	"slices"
	"strings"

	"hubspoke/proof/config"
)

// NameRule is a rule of DNS Firewall: what happens to queries for some domains.
type NameRule struct {
	Resource *config.Resource
	// Domains are names, or with `*.` before them all names below; `*` is every name.
	Domains []string
	// Blocks says that such queries get no answer; those of other rules pass.
	Blocks bool
	// Override says that the answer is another one.
	Override bool
	// Trusts says that the rule looks at the name that a client asks for alone: of what that leads to, no rule is asked if this one lets the name pass.
	Trusts bool
	// Unknown says why it is not known which domains they are; empty if it is. Whole says that neither is it what becomes of them, as in a group that no stack makes.
	Unknown string
	Whole   bool
}

// Matches says whether the rule is about a name, in lower case without a dot at the end.
func (r NameRule) Matches(name string) bool {
	return slices.ContainsFunc(r.Domains, func(d string) bool {
		rest, wild := strings.CutPrefix(d, "*")
		return d == name || wild && strings.HasSuffix(name, rest)
	})
}

// makeDNSFirewall gives VPCs the rules of the groups that are associated with them, in the
// order in which they are asked: by the priority of the group, then by that of the rule.
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall-vpc-protections-components.html
func (b *builder) makeDNSFirewall() {
	type numbered struct {
		priority int
		rule     NameRule
	}
	groups := map[*config.Resource][]numbered{}
	made := map[*config.Resource]bool{}
	// What is asked of a resource at all is looked at as a whole.
	b.each("aws_route53_resolver_firewall_rule_group", func(r *config.Resource, in block) { made[r], _ = true, in.isSet("name") })
	b.each("aws_route53_resolver_firewall_domain_list", func(r *config.Resource, _ block) { made[r] = true })
	b.each("aws_route53_resolver_firewall_config", func(_ *config.Resource, in block) { _ = in.isSet("resource_id") })
	b.each("aws_route53_resolver_firewall_rule", func(r *config.Resource, in block) {
		group := in.ref("firewall_rule_group_id")
		if group == nil {
			in.note("a rule of a group of DNS Firewall that is not known")
			return
		}
		// Names are asked for their IPv4 addresses.
		if kind := in.text("q_type"); kind != "" && kind != "A" {
			return
		}
		groups[group] = append(groups[group], numbered{in.number("priority"), b.nameRule(in, made)})
	})
	type association struct {
		priority int
		vpc      *VPC
		rules    []NameRule
	}
	var all []association
	b.each("aws_route53_resolver_firewall_rule_group_association", func(r *config.Resource, in block) {
		v := b.vpc(in)
		if v == nil {
			in.note("DNS Firewall in a VPC that is not known")
			return
		}
		a := association{priority: in.number("priority"), vpc: v}
		group, ok := in.get("firewall_rule_group_id").(config.Ref)
		if !ok || !made[group.Resource] {
			a.rules = []NameRule{{Resource: r, Whole: true, Unknown: "which names DNS Firewall blocks is not known: no stack here makes the group of " + r.String()}}
		} else {
			v.NameGroups = append(v.NameGroups, group.Resource)
			slices.SortStableFunc(groups[group.Resource], func(x, y numbered) int { return cmp.Compare(x.priority, y.priority) })
			for _, n := range groups[group.Resource] {
				a.rules = append(a.rules, n.rule)
			}
		}
		all = append(all, a)
	})
	slices.SortStableFunc(all, func(x, y association) int { return cmp.Compare(x.priority, y.priority) })
	for _, a := range all {
		a.vpc.NameRules = append(a.vpc.NameRules, a.rules...)
	}
}

// nameRule reads a rule. The lists that AWS manages, and those of others, are not known.
func (b *builder) nameRule(in block, made map[*config.Resource]bool) NameRule {
	rule := NameRule{
		Resource: in.resource, Blocks: in.text("action") == "BLOCK", Override: in.text("block_response") == "OVERRIDE",
		Trusts: in.text("firewall_domain_redirection_action") == "TRUST_REDIRECTION_DOMAIN",
	}
	list, ok := in.get("firewall_domain_list_id").(config.Ref)
	if !ok || !made[list.Resource] {
		rule.Unknown = "which names are in the domain list of " + in.resource.String() + " is not known: no stack here makes it"
		return rule
	}
	of := blockOf(list.Resource, in.unknown)
	for _, item := range of.list("domains") {
		if text, ok := item.(string); ok {
			rule.Domains = append(rule.Domains, domain(text))
		} else {
			rule.Unknown = "a domain of " + list.Resource.String() + " is not known"
		}
	}
	return rule
}
