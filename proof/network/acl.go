package network

import (
	"cmp"
	"slices"
	"strings"

	"hubspoke/proof/config"
	"hubspoke/proof/packet"
)

func (b *builder) makeACLs() {
	b.makeACLsWithRules()
	b.each("aws_network_acl_association", b.associateACL)
	b.makeACLRules()
	for _, v := range b.VPCs {
		for _, a := range v.ACLs {
			slices.SortStableFunc(a.Ingress, byNumber)
			slices.SortStableFunc(a.Egress, byNumber)
			// The default ACL takes the subnets that have no other.
			if a.Resource.Type == "aws_default_network_acl" {
				for _, s := range v.Subnets {
					if s.ACL == nil {
						s.ACL = a
					}
				}
			}
		}
	}
}

// makeACLsWithRules makes the ACLs with the rules and subnets that they name.
func (b *builder) makeACLsWithRules() {
	for _, kind := range []string{"aws_network_acl", "aws_default_network_acl"} {
		b.each(kind, func(r *config.Resource, in block) {
			v := b.vpc(in)
			if kind == "aws_default_network_acl" {
				v = b.vpcs[in.ref("default_network_acl_id", "default_network_acl_id")]
			}
			if v == nil {
				in.note("a network ACL that belongs to no known VPC")
				return
			}
			a := &ACL{Resource: r, VPC: v}
			in.unknown = &a.Unknown
			// The default ACL has no other rules than those that are written in it:
			// https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/default_network_acl
			a.Inline = kind == "aws_default_network_acl" || in.has("ingress") || in.has("egress")
			for _, rule := range in.blocks("ingress") {
				a.Ingress = b.addACLRule(a.Ingress, rule, "action", "rule_no")
			}
			for _, rule := range in.blocks("egress") {
				a.Egress = b.addACLRule(a.Egress, rule, "action", "rule_no")
			}
			b.acls[r] = a
			v.ACLs = append(v.ACLs, a)
			for _, s := range b.subnetsOf(in, "subnet_ids") {
				if s.ACL != nil {
					in.note("%s has another network ACL too: %s", s.Resource, s.ACL.Resource)
				}
				s.ACL = a
			}
		})
	}
}

// makeACLRules adds the rules that are resources of their own.
func (b *builder) makeACLRules() {
	b.each("aws_network_acl_rule", func(r *config.Resource, in block) {
		a := b.acls[in.ref("network_acl_id")]
		if a == nil {
			b.unclearACLs(r, in)
			return
		}
		a.Separate = true
		in.unknown = &a.Unknown
		if in.bool("egress", false) {
			a.Egress = b.addACLRule(a.Egress, in, "rule_action", "rule_number")
		} else {
			a.Ingress = b.addACLRule(a.Ingress, in, "rule_action", "rule_number")
		}
	})
}

func byNumber(a, b ACLRule) int { return cmp.Compare(a.Number, b.Number) }

// addACLRule appends a rule about IPv4. A rule about IPv6 has no IPv4 range.
func (b *builder) addACLRule(rules []ACLRule, in block, action, number string) []ACLRule {
	cidr, ok := in.prefix("cidr_block")
	if !ok {
		if !in.isSet("ipv6_cidr_block") {
			in.note("a rule of a network ACL without a range")
		}
		return rules
	}
	protocol := in.text("protocol")
	t, ok := in.traffic(protocol)
	if !ok {
		return rules
	}
	switch {
	case t == packet.AnyTraffic:
	case t.Protocol.Low == packet.TCP || t.Protocol.Low == packet.UDP:
		t.Port, ok = in.ports(in.number("from_port"), in.number("to_port"))
	case t.Protocol.Low == packet.ICMP:
		// Without them, the provider asks for type and code 0, not for all.
		if ok = in.get("icmp_type") != nil && in.get("icmp_code") != nil; !ok {
			in.note("a rule about ICMP without a type and a code: -1 is all")
			return rules
		}
		t.Port, ok = in.icmp(in.number("icmp_type"), in.number("icmp_code"))
	}
	if !ok {
		return rules
	}
	allow := strings.EqualFold(in.text(action), "allow")
	if !allow && !strings.EqualFold(in.text(action), "deny") {
		in.note("a rule that neither allows nor denies: %q", in.text(action))
		return rules
	}
	return append(rules, ACLRule{
		Number: in.number(number), Allow: allow,
		Peer: packet.Prefix(cidr), Traffic: t, Resource: in.resource,
	})
}

// group is the group of an id. Groups come with a VPC and with a cluster too.
func (b *builder) group(in block, name string, value any) *Group {
	ref, ok := value.(config.Ref)
	if !ok {
		in.note("%s is not the id of a security group that is known: %v", name, value)
		return nil
	}
	// A cluster's own group, as a resource and in the words of a block.
	if ref.Resource.Type == "aws_eks_cluster" {
		ref.Attribute = "cluster_security_group_id"
	}
	g := b.groups[ref]
	if g == nil {
		in.note("%s: %s is not the id of a security group", name, ref)
	}
	return g
}
