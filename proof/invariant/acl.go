package invariant

import (
	"hubspoke/proof/network"
	"hubspoke/proof/packet"
)

// checkACLs checks that every network ACL guards a subnet, that its rules are written
// in one of Terraform's forms, and that each can match something. The rule with the lowest number that matches decides:
// https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html
func (k *checker) checkACLs() {
	for _, v := range k.VPCs {
		guards := map[*network.ACL]bool{}
		for _, s := range v.Subnets {
			guards[s.ACL] = true
		}
		for _, a := range v.ACLs {
			if !guards[a] && a.Resource.Type == "aws_network_acl" && len(a.Unknown) == 0 {
				k.error("acl-without-subnet", about(a.Resource), "%s guards no subnet: name its subnets, or remove it", a.Resource)
			}
			if a.Inline && a.Separate {
				k.error("acl-rules-in-two-forms", about(a.Resource),
					"%s has rules within it and rules of their own: each apply removes those of the other form; choose one form", a.Resource)
			}
			k.checkACL(a, a.Ingress, packet.Source, "ingress")
			k.checkACL(a, a.Egress, packet.Destination, "egress")
		}
	}
}

func (k *checker) checkACL(a *network.ACL, rules []network.ACLRule, peer packet.Field, direction string) {
	for i, rule := range rules {
		left := packet.Set{box(rule, peer)}
		var by, opposite *network.ACLRule
		for j := range rules[:i] {
			earlier := &rules[j]
			if earlier.Number == rule.Number {
				k.error("acl-number-twice", about(a.Resource, rule.Resource, earlier.Resource),
					"%s has two %s rules with the number %d: AWS refuses the second one", a.Resource, direction, rule.Number)
			}
			matched := packet.Set{box(*earlier, peer)}
			if left.Intersect(matched).Empty() {
				continue
			}
			if by = earlier; earlier.Allow != rule.Allow {
				opposite = earlier
			}
			left = left.Subtract(matched)
		}
		switch {
		case !left.Empty() || by == nil:
		case opposite != nil:
			k.error("acl-rule-shadowed", about(rule.Resource, opposite.Resource),
				"the %s rule %d of %s never decides, and the rule %d before it does the opposite: give it a lower number, or remove it",
				direction, rule.Number, a.Resource, opposite.Number)
		default:
			k.note("acl-rule-shadowed", about(rule.Resource, by.Resource),
				"the %s rule %d of %s never decides: the rules before it do the same", direction, rule.Number, a.Resource)
		}
	}
}

func box(rule network.ACLRule, peer packet.Field) packet.Box {
	return rule.Traffic.Box().With(peer, rule.Peer)
}
