package network

import (
	"hubspoke/proof/config"
	"hubspoke/proof/packet"
)

// addDefaultGroup adds the group that a VPC comes with: members reach each
// other, and everything.
// https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html
func (b *builder) addDefaultGroup(v *VPC) {
	g := &Group{Resource: v.Resource, VPC: v, Name: "default"}
	g.Ingress = []GroupRule{{Resource: v.Resource, Group: g, Traffic: packet.AnyTraffic}}
	g.Egress = []GroupRule{{Resource: v.Resource, Peers: []packet.Range{packet.Addresses}, Traffic: packet.AnyTraffic}}
	b.groups[config.Ref{Resource: v.Resource, Attribute: "default_security_group_id"}] = g
	b.Groups = append(b.Groups, g)
}

func (b *builder) defaultGroup(v *VPC) *Group {
	return b.groups[config.Ref{Resource: v.Resource, Attribute: "default_security_group_id"}]
}

func (b *builder) makeGroups() {
	b.each("aws_security_group", func(r *config.Resource, in block) {
		v := b.vpc(in)
		if v == nil {
			in.note("a security group that belongs to no known VPC")
			return
		}
		g := &Group{Resource: r, VPC: v, Name: in.text("name")}
		if g.Name == "" {
			g.Name = r.Name
		}
		b.groups[config.Ref{Resource: r, Attribute: "id"}] = g
		b.Groups = append(b.Groups, g)
	})
	// What adopts the default group removes its rules first.
	b.each("aws_default_security_group", func(r *config.Resource, in block) {
		if v := b.vpc(in); v != nil {
			g := b.defaultGroup(v)
			g.Resource, g.Ingress, g.Egress = r, nil, nil
			b.groups[config.Ref{Resource: r, Attribute: "id"}] = g
		}
	})
	// A cluster makes a group of its own, for its network interfaces and its nodes:
	// https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html
	b.each("aws_eks_cluster", func(r *config.Resource, in block) {
		subnets := b.subnetsOf(in.first("vpc_config"), "subnet_ids")
		if len(subnets) == 0 {
			return
		}
		g := &Group{Resource: r, VPC: subnets[0].VPC, Name: "the cluster security group of " + r.String()}
		g.Ingress = []GroupRule{{Resource: r, Group: g, Traffic: packet.AnyTraffic}}
		g.Egress = []GroupRule{{Resource: r, Peers: []packet.Range{packet.Addresses}, Traffic: packet.AnyTraffic}}
		b.groups[config.Ref{Resource: r, Attribute: "cluster_security_group_id"}] = g
		b.Groups = append(b.Groups, g)
	})
	b.makeInlineRules()
	b.makeSeparateRules()
}

func (b *builder) makeInlineRules() {
	for _, kind := range []string{"aws_security_group", "aws_default_security_group"} {
		b.each(kind, func(r *config.Resource, in block) {
			g := b.groups[config.Ref{Resource: r, Attribute: "id"}]
			if g == nil {
				return
			}
			in.unknown = &g.Unknown
			g.Inline = g.Inline || in.has("ingress") || in.has("egress")
			for _, rule := range in.blocks("ingress") {
				g.Ingress = b.addRules(g, g.Ingress, rule, "protocol", "security_groups")
			}
			for _, rule := range in.blocks("egress") {
				g.Egress = b.addRules(g, g.Egress, rule, "protocol", "security_groups")
			}
		})
	}
}

func (b *builder) makeSeparateRules() {
	b.each("aws_security_group_rule", func(r *config.Resource, in block) {
		g := b.group(in, "security_group_id", in.get("security_group_id"))
		if g == nil {
			b.unclearRules(r, in)
			return
		}
		g.Separate = true
		in.unknown = &g.Unknown
		switch in.text("type") {
		case "ingress":
			g.Ingress = b.addRules(g, g.Ingress, in, "protocol", "source_security_group_id")
		case "egress":
			g.Egress = b.addRules(g, g.Egress, in, "protocol", "source_security_group_id")
		default:
			in.note("a rule that is neither ingress nor egress")
		}
	})
	b.each("aws_vpc_security_group_ingress_rule", func(r *config.Resource, in block) {
		if g := b.group(in, "security_group_id", in.get("security_group_id")); g != nil {
			g.Separate = true
			in.unknown = &g.Unknown
			g.Ingress = b.addRule(g.Ingress, in)
		} else {
			b.unclearRules(r, in)
		}
	})
	b.each("aws_vpc_security_group_egress_rule", func(r *config.Resource, in block) {
		if g := b.group(in, "security_group_id", in.get("security_group_id")); g != nil {
			g.Separate = true
			in.unknown = &g.Unknown
			g.Egress = b.addRule(g.Egress, in)
		} else {
			b.unclearRules(r, in)
		}
	})
}

// addRules adds a rule in the form that may name several peers.
func (b *builder) addRules(g *Group, rules []GroupRule, in block, protocol, groups string) []GroupRule {
	t, ok := in.groupTraffic(in.text(protocol))
	if !ok {
		return rules
	}
	peers := in.prefixes("cidr_blocks")
	for _, list := range in.list("prefix_list_ids") {
		peers = append(peers, b.prefixList(in, "prefix_list_ids", list)...)
	}
	if len(peers) > 0 {
		rules = append(rules, GroupRule{Resource: in.resource, Peers: peers, Traffic: t})
	}
	if in.bool("self", false) {
		rules = append(rules, GroupRule{Resource: in.resource, Group: g, Traffic: t})
	}
	for _, item := range in.list(groups) {
		if other := b.group(in, groups, item); other != nil {
			rules = append(rules, GroupRule{Resource: in.resource, Group: other, Traffic: t})
		}
	}
	return rules
}

// addRule adds a rule in the form that names one peer.
func (b *builder) addRule(rules []GroupRule, in block) []GroupRule {
	t, ok := in.groupTraffic(in.text("ip_protocol"))
	if !ok {
		return rules
	}
	rule := GroupRule{Resource: in.resource, Traffic: t}
	switch {
	case in.isSet("cidr_ipv4"):
		p, ok := in.prefix("cidr_ipv4")
		if !ok {
			return rules
		}
		rule.Peers = []packet.Range{packet.Prefix(p)}
	case in.isSet("referenced_security_group_id"):
		rule.Group = b.group(in, "referenced_security_group_id", in.get("referenced_security_group_id"))
		if rule.Group == nil {
			return rules
		}
	case in.isSet("prefix_list_id"):
		rule.Peers = b.prefixList(in, "prefix_list_id", in.get("prefix_list_id"))
	case in.isSet("cidr_ipv6"):
		return rules
	default:
		in.note("a rule without a peer")
		return rules
	}
	return append(rules, rule)
}
