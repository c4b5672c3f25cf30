package invariant

import (
	"slices"
	"strings"

	"hubspoke/proof/config"
	"hubspoke/proof/network"
	"hubspoke/proof/packet"
)

// What is found here.
var (
	firewallHomeNet = catalogue.Add("firewall-home-net",
		"Packets of a VPC are led through a firewall whose policy does not count it among `HOME_NET`. Rules for `$HOME_NET`, "+
			"those of AWS's managed groups among them, take it for the outside and do not match what it sends. Without `policy_variables`, "+
			"`HOME_NET` is the range of the firewall's own VPC. A note is about a group of rules with a `HOME_NET` of its own and no `EXTERNAL_NET`, "+
			"which stays everything but the policy's `HOME_NET`.",
		"Name the ranges of all VPCs that are led through the firewall in `HOME_NET` of the policy's `policy_variables`, or ranges that hold "+
			"them. Set `EXTERNAL_NET` wherever a group sets `HOME_NET`.")
	firewallBypassed = catalogue.Add("firewall-bypassed",
		"A firewall's policy passes packets, or fragments of packets, that no stateless rule decides about (`aws:pass`). They never come to the stateful "+
			"rules: nothing looks at them.",
		"Set `stateless_default_actions` and `stateless_fragment_default_actions` to `aws:forward_to_sfe`.")
	firewallOnlyWatches = catalogue.Add("firewall-only-watches",
		"A firewall's policy drops nothing by default, and no rule of its groups drops everything, or a rule lets everything through: what no rule drops passes. "+
			"That packets pass a firewall, as `via: firewall` says, does not mean that it stops any.",
		"If the firewall is to let through what is allowed alone, read rules in strict order, add `aws:drop_established_app_layer_to_server` to "+
			"`stateful_default_actions`, and remove the rule that is named. If it is to watch for now, or to stop only what is known to be bad, nothing.")
	firewallSilent = catalogue.Add("firewall-silent",
		"What a firewall drops is not logged: it has no logging configuration, or none for alerts, or its policy has a drop among its default actions without "+
			"the alert that goes with it.",
		"Add an `aws_networkfirewall_logging_configuration` with the log type `ALERT`, and the alert beside the drop: "+
			"`aws:alert_established` beside `aws:drop_established`.")
	firewallOrder = catalogue.Add("firewall-order",
		"AWS refuses a firewall's policy for the order in which rules are read: a group of rules has another order than the policy; in strict order a group has no priority, "+
			"or that of another one; without it, groups have priorities or the policy has default actions; or default actions exclude each other.",
		"Give groups the policy's `rule_order`, and each its own `priority` if that is `STRICT_ORDER`. Of default actions, take one drop, and alerts "+
			"of the same kind.")
	firewallDomainList = catalogue.Add("firewall-domain-list",
		"In strict order, a list of names that are allowed comes before a group of rules that lets others through. AWS's lists drop what they do "+
			"not name, so that the later group never sees it.",
		"Put all names into one list; or write `pass` rules for them, and leave the rest to the policy's default action.")
	firewallPolicyElsewhere = catalogue.Add("firewall-policy-elsewhere",
		"No stack here makes the policy of a firewall, or which it is cannot be read. Nothing is known of its rules and of `HOME_NET`: it may pass everything.",
		"Prove the stack that makes the policy along with these, or check it there.")
)

// checkFirewalls checks what firewalls do with the packets that they see, as far as it does
// not depend on single rules.
func (k *checker) checkFirewalls() {
	policies := map[*config.Resource]*firewallPolicy{}
	for _, r := range k.config.All("aws_networkfirewall_firewall_policy") {
		p := readFirewallPolicy(r)
		policies[r] = p
		k.checkRuleOrder(p)
		k.checkDefaultActions(p)
		k.checkDomainLists(p)
		k.checkOwnHomeNets(p)
	}
	k.checkFirewallLogs()
	for _, r := range k.config.All("aws_networkfirewall_firewall") {
		p := policies[ref(r, "firewall_policy_arn")]
		switch {
		case p != nil:
			k.checkStateless(r, p)
			k.checkWatching(r, p)
			k.checkHomeNet(r, p)
		case r.Argument("firewall_policy_arn") != nil:
			k.Note(firewallPolicyElsewhere, about(r), "no stack here makes the policy of %s: what it does with packets is not known", r)
		}
	}
}

// checkStateless checks that packets come to the rules. Those that no stateless rule decides
// about go where the default actions say.
// https://docs.aws.amazon.com/network-firewall/latest/developerguide/stateless-default-actions.html
func (k *checker) checkStateless(firewall *config.Resource, p *firewallPolicy) {
	for _, actions := range []struct {
		named, what string
		are         []string
	}{
		{"stateless_default_actions", "packets", p.stateless},
		{"stateless_fragment_default_actions", "fragments of packets", p.fragments},
	} {
		if slices.Contains(actions.are, "aws:pass") {
			k.Violation(firewallBypassed, about(p.resource, firewall), "%s passes %s by %s, so that no stateful rule of %s sees them: set aws:forward_to_sfe",
				p.resource, actions.what, actions.named, firewall)
		}
	}
}

// checkWatching checks that something is dropped by default. A group that cannot be read may
// do so; those that AWS keeps do not.
// https://docs.aws.amazon.com/network-firewall/latest/developerguide/suricata-rule-evaluation-order.html
func (k *checker) checkWatching(firewall *config.Resource, p *firewallPolicy) {
	unread := slices.ContainsFunc(p.groups, func(g ruleGroup) bool { return !g.known && !g.managed })
	if !p.known || unread || !slices.Contains(p.stateless, "aws:forward_to_sfe") {
		return
	}
	tcp, passes := p.decide("tcp")
	udp, udpPasses := p.decide("udp")
	dropped := tcp != nil && !passes && udp != nil && !udpPasses
	switch {
	case tcp != nil && passes:
		k.Note(firewallOnlyWatches, about(tcp.resource, p.resource, firewall), "%s lets all connections through: what no rule of %s drops before passes %s", tcp.name, p.resource, firewall)
	case !dropped && !slices.ContainsFunc(p.defaults, isDrop):
		k.Note(firewallOnlyWatches, about(p.resource, firewall), "%s drops nothing by default: what no rule of it drops passes %s", p.resource, firewall)
	}
}

// isDrop says whether a default action drops packets.
func isDrop(action string) bool { return strings.HasPrefix(action, "aws:drop_") }

// checkDefaultActions checks that the default actions of a policy are those that AWS takes
// together, and that what they drop is logged: a drop without its alert has the engine keep
// silent.
//
//   - https://docs.aws.amazon.com/network-firewall/latest/developerguide/suricata-rule-evaluation-order.html
//   - https://aws.github.io/aws-security-services-best-practices/guides/network-firewall/
func (k *checker) checkDefaultActions(p *firewallPolicy) {
	if len(p.defaults) > 0 && p.order == actionOrder {
		k.Violation(firewallOrder, about(p.resource), "%s has stateful_default_actions, and does not read rules in strict order: AWS refuses it; set rule_order of stateful_engine_options to %s", p.resource, strictOrder)
	}
	var drops []string
	kinds := map[string]string{}
	for _, action := range p.defaults {
		if isDrop(action) {
			drops = append(drops, action)
		}
		for _, kind := range []string{"established_app_layer", "established"} {
			if strings.Contains(action, kind) {
				kinds[kind] = action
				break
			}
		}
	}
	if len(drops) > 1 {
		k.Violation(firewallOrder, about(p.resource), "%s has several drops among stateful_default_actions, %s: AWS takes one", p.resource, strings.Join(drops, " and "))
	}
	if len(kinds) > 1 {
		k.Violation(firewallOrder, about(p.resource), "%s has %s and %s among stateful_default_actions: AWS takes actions of one kind, with app_layer or without",
			p.resource, kinds["established"], kinds["established_app_layer"])
	}
	for _, drop := range drops {
		alert := strings.Replace(drop, "aws:drop_", "aws:alert_", 1)
		if p.defaultsKnown && !slices.Contains(p.defaults, alert) && !slices.Contains(p.defaults, "aws:alert_strict") {
			k.Note(firewallSilent, about(p.resource), "%s has %s without %s among stateful_default_actions: what is dropped is not logged", p.resource, drop, alert)
		}
	}
}

// checkRuleOrder checks that AWS takes the groups of a policy: in its order of rules, and in
// strict order with a priority for each.
// https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_StatefulRuleGroupReference.html
func (k *checker) checkRuleOrder(p *firewallPolicy) {
	first := map[int]ruleGroup{}
	for _, g := range p.groups {
		if p.order != "" && g.order != "" && p.order != g.order {
			k.Violation(firewallOrder, about(p.resource, g.resource), "%s reads rules in the order %s, and its group %s has %s: AWS refuses it; give both the same rule_order", p.resource, p.order, g.name, g.order)
		}
		switch {
		case !g.priorityKnown:
		case p.order == strictOrder && g.priority == 0:
			k.Violation(firewallOrder, about(p.resource, g.resource), "%s reads rules in strict order, and its group %s has no priority: AWS refuses it", p.resource, g.name)
		case p.order == actionOrder && g.priority != 0:
			k.Violation(firewallOrder, about(p.resource, g.resource), "%s does not read rules in strict order, and its group %s has the priority %d: AWS refuses it", p.resource, g.name, g.priority)
		case g.priority == 0:
		default:
			if other, taken := first[g.priority]; taken {
				k.Violation(firewallOrder, about(p.resource, other.resource, g.resource), "%s has two groups with the priority %d, %s and %s: AWS refuses it; give each its own", p.resource, g.priority, other.name, g.name)
				continue
			}
			first[g.priority] = g
		}
	}
}

// checkDomainLists checks that no list of allowed names drops what a later group lets
// through. In the order of actions, what passes comes first.
// https://docs.aws.amazon.com/network-firewall/latest/developerguide/stateful-rule-groups-domain-names.html
func (k *checker) checkDomainLists(p *firewallPolicy) {
	if p.order != strictOrder {
		return
	}
	for _, list := range p.groups {
		for _, later := range p.groups {
			harmed := slices.ContainsFunc(list.allowed, func(target string) bool { return slices.Contains(later.passes, target) })
			if harmed && list.priorityKnown && later.priorityKnown && list.priority < later.priority && !apart(list.home, later.home) {
				k.Note(firewallDomainList, about(list.resource, later.resource, p.resource), "%s comes before %s in %s, and drops what it does not name: names that %s lets through never come to it",
					list.name, later.name, p.resource, later.name)
			}
		}
	}
}

// apart says whether two groups have a HOME_NET each, of which none has a part of the other.
func apart(a, b variable) bool {
	return a.set && b.set && a.unread == "" && b.unread == "" && len(packet.Common(a.ranges, b.ranges)) == 0
}

// checkOwnHomeNets checks that a group with a HOME_NET of its own has an EXTERNAL_NET too.
// https://docs.aws.amazon.com/network-firewall/latest/developerguide/suricata-limitations-caveats.html
func (k *checker) checkOwnHomeNets(p *firewallPolicy) {
	for _, g := range p.groups {
		if g.home.set && !g.external {
			k.Note(firewallHomeNet, about(g.resource, p.resource), "%s has a HOME_NET of its own, and the EXTERNAL_NET of %s, which is everything but the HOME_NET there: set EXTERNAL_NET too", g.name, p.resource)
		}
	}
}

// checkFirewallLogs checks that firewalls log what their rules find.
// https://docs.aws.amazon.com/network-firewall/latest/developerguide/firewall-logging.html
func (k *checker) checkFirewallLogs() {
	logs := map[*config.Resource]*config.Resource{}
	for _, r := range k.config.All("aws_networkfirewall_logging_configuration") {
		firewall := ref(r, "firewall_arn")
		if firewall == nil {
			return // it may be any firewall's
		}
		logs[firewall] = r
	}
	for _, firewall := range k.config.All("aws_networkfirewall_firewall") {
		r := logs[firewall]
		switch {
		case r == nil:
			k.Note(firewallSilent, about(firewall), "%s logs nothing, neither what it drops nor what its rules find: no stack here has a logging configuration for it", firewall)
		case silent(r):
			k.Note(firewallSilent, about(r, firewall), "%s has no log of the type ALERT: neither what %s drops is logged, nor what its rules find", r, firewall)
		}
	}
}

// silent says whether a logging configuration is known to have no log of alerts.
func silent(r *config.Resource) bool {
	alerts := false
	configurations, all := blocksOf(r, "logging_configuration")
	for _, c := range configurations {
		destinations, known := blocks(c, "log_destination_config")
		all = all && known
		for _, d := range destinations {
			kind, known := text(d["log_type"])
			all = all && known
			alerts = alerts || kind == "ALERT"
		}
	}
	return all && !alerts
}

// checkHomeNet checks that the policy's HOME_NET has the ranges of all subnets whose packets
// the firewall sees, if a group of rules goes by it.
// https://docs.aws.amazon.com/network-firewall/latest/developerguide/rule-variables.html
func (k *checker) checkHomeNet(firewall *config.Resource, p *firewallPolicy) {
	certain, perhaps := p.usesHome()
	v := k.vpcOf(firewall)
	if v == nil || !certain && !perhaps {
		return
	}
	home, named := p.home.ranges, "HOME_NET of "+p.resource.String()
	if !p.home.set {
		home, named = vpcRanges(v), "HOME_NET, which "+p.resource.String()+" leaves at the range of "+v.Resource.String()+","
	}
	said := map[*network.VPC]bool{}
	for _, s := range k.seenBy(firewall, v) {
		if said[s.VPC] || holds(packet.Prefix(s.CIDR), home) {
			continue
		}
		said[s.VPC] = true
		switch {
		case p.home.unread != "":
			k.Doubt(firewallHomeNet, about(p.resource, s.VPC.Resource, firewall), "whether %s has the range of %s, whose packets %s sees, is not known: %s", named, s.VPC.Resource, firewall, p.home.unread)
		case !certain:
			k.Doubt(firewallHomeNet, about(p.resource, s.VPC.Resource, firewall), "%s lacks the range of %s, whose packets %s sees, and whether a group of rules goes by it is not known", named, s.VPC.Resource, firewall)
		default:
			k.Violation(firewallHomeNet, about(p.resource, s.VPC.Resource, s.Resource, firewall), "%s lacks %s of %s, whose packets %s sees: rules for $HOME_NET do not match them; add the range of %s",
				named, s.CIDR, s.Resource, firewall, s.VPC.Resource)
		}
	}
}

// vpcOf is the VPC in which a firewall has its endpoints, nil if it is not known.
func (k *checker) vpcOf(firewall *config.Resource) *network.VPC {
	i := slices.IndexFunc(k.VPCs, func(v *network.VPC) bool {
		return slices.ContainsFunc(v.Endpoints, func(e *network.Endpoint) bool { return e.Resource == firewall })
	})
	if i < 0 {
		return nil
	}
	return k.VPCs[i]
}

// holds says whether ranges have all addresses of one.
func holds(r packet.Range, ranges []packet.Range) bool {
	left := []packet.Range{r}
	for _, some := range ranges {
		left = packet.Without(left, some)
	}
	return len(left) == 0
}

// seenBy are the subnets whose packets a firewall in a VPC sees: those of the VPC itself with
// a route to it, unless the VPC only hands on what others send; and those of other VPCs that
// send what a transit gateway hands to the VPC, and the attachment's subnets there to the
// firewall.
func (k *checker) seenBy(firewall *config.Resource, v *network.VPC) []*network.Subnet {
	toFirewall := func(r *network.Route) bool {
		e := r.Target.Endpoint
		return e != nil && e.Type == network.FirewallEndpoint && e.Resource == firewall
	}
	everywhere := []packet.Range{packet.Addresses}
	handsOn := map[*network.Subnet]bool{}
	var seen []*network.Subnet
	for _, g := range k.TransitGateways {
		for _, a := range g.Attachments {
			if a.VPC != v {
				continue
			}
			var inspected []packet.Range
			for _, s := range a.Subnets {
				handsOn[s] = true
				inspected = append(inspected, led(s.Table, everywhere, toFirewall)...)
			}
			if k.handsOn(a) {
				for _, s := range v.Subnets {
					handsOn[s] = true
				}
			}
			seen = append(seen, k.handedTo(a, inspected)...)
		}
	}
	for _, r := range k.config.All("aws_nat_gateway") {
		if s := k.subnets[ref(r, "subnet_id")]; s != nil {
			handsOn[s] = true
		}
	}
	for _, i := range k.Interfaces {
		delete(handsOn, i.Subnet)
	}
	for _, s := range v.Subnets {
		if !handsOn[s] && len(led(s.Table, everywhere, toFirewall)) > 0 {
			seen = append(seen, s)
		}
	}
	return seen
}

// handedTo are the subnets of other VPCs that send something for the ranges to a transit
// gateway which hands it to an attachment.
func (k *checker) handedTo(a *network.Attachment, to []packet.Range) []*network.Subnet {
	toGateway := func(r *network.Route) bool { return r.Target.TransitGateway == a.Gateway }
	var from []*network.Subnet
	for _, other := range a.Gateway.Attachments {
		if other.VPC == nil || other.VPC == a.VPC || other.Table == nil {
			continue
		}
		var handed []packet.Range
		routes := entries(other.Table)
		for _, r := range to {
			for _, c := range choose(routes, r) {
				if c.entry != nil && c.entry.out == a {
					handed = append(handed, c.part)
				}
			}
		}
		for _, s := range other.VPC.Subnets {
			if len(led(s.Table, handed, toGateway)) > 0 {
				from = append(from, s)
			}
		}
	}
	return from
}

// led are the parts of ranges that a table sends by routes of a kind: the longest prefix
// decides, whether of a route or of the VPC itself.
// https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html
func led(t *network.RouteTable, to []packet.Range, kind func(*network.Route) bool) []packet.Range {
	if t == nil {
		return nil
	}
	all := vpcRanges(t.VPC)
	for _, r := range t.Routes {
		all = append(all, r.Destinations...)
	}
	var parts []packet.Range
	for _, r := range t.Routes {
		if !kind(r) {
			continue
		}
		for _, d := range r.Destinations {
			left := packet.Common([]packet.Range{d}, to)
			for _, closer := range all {
				if size(closer) < size(d) {
					left = packet.Without(left, closer)
				}
			}
			parts = append(parts, left...)
		}
	}
	return parts
}
