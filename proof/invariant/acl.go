package invariant

import (
	"hubspoke/proof/network"
	"hubspoke/proof/packet"
)

// What is found here.
var (
	aclWithoutSubnet = catalogue.Add("acl-without-subnet",
		"A network ACL is associated with no subnet. It decides nothing, and the subnets that it was made for have "+
			"another one: if none is named, the VPC's default ACL, which lets everything through.",
		"Name its subnets in `subnet_ids`, or in an `aws_network_acl_association`; or remove it.")
	aclRulesInTwoForms = catalogue.Add("acl-rules-in-two-forms",
		"A network ACL has rules within `aws_network_acl` and rules in `aws_network_acl_rule`. Terraform takes the list "+
			"within for complete: each apply removes the rules of the other form, and the next one brings them back.",
		"Write all rules in one form. An empty `ingress` or `egress` is a form too: leave the argument out if the rules "+
			"are resources.")
	aclNumberTwice = catalogue.Add("acl-number-twice",
		"Two rules of one direction of a network ACL have one number. Numbers are unique: AWS refuses the second rule "+
			"(NetworkAclEntryAlreadyExists).",
		"Give one of them another number. The rule with the lowest number that matches a packet decides.")
	aclRuleShadowed = catalogue.Add("acl-rule-shadowed",
		"Rules with lower numbers match all that a rule of a network ACL matches: it never decides. Violated if one of "+
			"them does the opposite, so that something gets through that was to be denied, or the other way round; a note if "+
			"they do the same.",
		"If the rule is to decide, give it a lower number than the one that is named. Otherwise remove it: an ACL has "+
			"room for 20 rules in each direction, unless the quota is raised.")
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
				k.Violation(aclWithoutSubnet, about(a.Resource), "%s guards no subnet: name its subnets, or remove it", a.Resource)
			}
			if a.Inline && a.Separate {
				k.Violation(aclRulesInTwoForms, about(a.Resource),
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
				k.Violation(aclNumberTwice, about(a.Resource, rule.Resource, earlier.Resource),
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
			k.Violation(aclRuleShadowed, about(rule.Resource, opposite.Resource),
				"the %s rule %d of %s never decides, and the rule %d before it does the opposite: give it a lower number, or remove it",
				direction, rule.Number, a.Resource, opposite.Number)
		default:
			k.Note(aclRuleShadowed, about(rule.Resource, by.Resource),
				"the %s rule %d of %s never decides: the rules before it do the same", direction, rule.Number, a.Resource)
		}
	}
}

func box(rule network.ACLRule, peer packet.Field) packet.Box {
	return rule.Traffic.Box().With(peer, rule.Peer)
}
