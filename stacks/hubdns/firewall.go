package hubdns

import (
	"hubspoke/constructs/dnsfirewall"
	"hubspoke/estate"
	"hubspoke/internal/base"
	"hubspoke/internal/output"
	"hubspoke/internal/tf"
	"hubspoke/stacks/hubnetwork"
)

// The places of the rule groups of a VPC. The group of a VPC that resolves some names alone
// decides about every name, and so it comes first: what the group for all allows before
// AWS's lists are the names that any VPC of the estate needs.
const (
	AllowOnlyPlace = 500
	ForAllPlace    = 1000
)

// managedPlaces are the places of AWS's lists in the group for all. Each has its own for
// ever: two rules that change places in one apply are refused.
var managedPlaces = map[string]int{"aggregate": 1000, "botnet": 1100, "guardduty": 1200, "malware": 1300}

// The places of the rules of a group.
const (
	firstRule  = 100
	secondRule = 200
	lastRule   = 900
)

// ruleGroups are the rule groups of DNS Firewall.
type ruleGroups struct {
	all       *dnsfirewall.Group            // for all VPCs; nil if there is none
	allowOnly map[string]*dnsfirewall.Group // by spoke
}

// arns are what is shared, by a name for each.
func (g ruleGroups) arns() map[string]*string {
	arns := map[string]*string{}
	if g.all != nil {
		arns["dns_firewall"] = g.all.ARN
	}
	for spoke, group := range g.allowOnly {
		arns[tf.Name("allow_only", spoke)] = group.ARN
	}
	return arns
}

// write fills in what spokes read of the groups.
func (g ruleGroups) write(outputs *Outputs, invites bool) {
	ids, arns := map[string]*string{}, map[string]*string{}
	for spoke, group := range g.allowOnly {
		ids[spoke], arns[spoke] = group.ID, group.ARN
	}
	outputs.AllowOnlyGroupIDs = output.MapOf(ids)
	if invites {
		outputs.AllowOnlyGroupARNs = output.MapOf(arns)
	}
	if g.all != nil {
		outputs.FirewallGroupID = g.all.ID
		if invites {
			outputs.FirewallGroupARN = g.all.ARN
		}
	}
}

// firewall makes the rule groups, and puts the hub's VPC behind the one for all. What
// networks on-premises ask the inbound endpoint meets its rules too.
func firewall(s *base.Stack, network hubnetwork.Outputs) (ruleGroups, error) {
	e := s.Estate
	groups := ruleGroups{allowOnly: map[string]*dnsfirewall.Group{}}
	if e.DNS.Firewall == nil {
		return groups, nil
	}
	for _, spoke := range tf.Keys(e.DNS.Firewall.AllowOnly) {
		group, err := allowOnly(s, spoke)
		if err != nil {
			return groups, err
		}
		groups.allowOnly[spoke] = group
	}
	if !e.DNS.Firewall.BlocksForAll() {
		return groups, nil
	}
	all, err := dnsfirewall.New(s.Scope, "names", dnsfirewall.Config{Name: e.Project + "-names", Rules: rulesForAll(e)})
	if err != nil {
		return groups, err
	}
	groups.all = all
	_, err = dnsfirewall.NewVPC(s.Scope, "names", dnsfirewall.VPCConfig{
		Name: s.Prefix(), VPCID: network.VPCID, FailOpen: e.DNS.Firewall.FailOpen,
		Groups: []dnsfirewall.Association{{Name: "all", GroupID: all.ID, Priority: ForAllPlace}},
	})
	return groups, err
}

// rulesForAll are the rules for all VPCs. Before AWS's lists come the names that the VPCs
// need themselves: what AWS puts into its lists tomorrow must not cut an estate off from its
// own endpoints.
func rulesForAll(e *estate.Estate) []dnsfirewall.Rule {
	f := e.DNS.Firewall
	var rules []dnsfirewall.Rule
	if len(f.Block) > 0 {
		rules = append(rules, dnsfirewall.Rule{Name: "blocked", Priority: firstRule, Action: against(f), Domains: f.Block})
	}
	if len(f.Managed) > 0 {
		rules = append(rules, dnsfirewall.Rule{Name: "own", Priority: secondRule, Action: dnsfirewall.Allow, Domains: e.OwnNames()})
	}
	for _, list := range tf.Keys(f.Managed) {
		rules = append(rules, dnsfirewall.Rule{Name: list, Priority: managedPlaces[list], Action: against(f), ListID: f.Managed[list]})
	}
	return rules
}

// allowOnly makes the group of a spoke that resolves some names alone. What is blocked for
// all is blocked in it too.
func allowOnly(s *base.Stack, spoke string) (*dnsfirewall.Group, error) {
	e, f := s.Estate, s.Estate.DNS.Firewall
	var rules []dnsfirewall.Rule
	if len(f.Block) > 0 {
		rules = append(rules, dnsfirewall.Rule{Name: "blocked", Priority: firstRule, Action: against(f), Domains: f.Block})
	}
	rules = append(rules,
		dnsfirewall.Rule{Name: "allowed", Priority: secondRule, Action: dnsfirewall.Allow, Domains: e.AllowedNames(spoke)},
		dnsfirewall.Rule{Name: "others", Priority: lastRule, Action: against(f), Domains: []string{dnsfirewall.Everything}},
	)
	return dnsfirewall.New(s.Scope, tf.Name("names", spoke), dnsfirewall.Config{Name: e.Prefix(spoke) + "-names", Rules: rules})
}

// against is what becomes of queries that the rules are against.
func against(f *estate.DNSFirewall) dnsfirewall.Action {
	if f.Mode == estate.FirewallAlerts {
		return dnsfirewall.Alert
	}
	return dnsfirewall.Block
}
