package hubegress

import (
	"hubspoke/constructs/attachment"
	"hubspoke/constructs/firewall"
	"hubspoke/constructs/vpc"
	"hubspoke/estate"
	"hubspoke/internal/base"
	"hubspoke/stacks/baseline"
)

// inspect makes the firewall, leads packets through it, and returns its ARN. What it allows
// follows from the estate; its own rules come first.
func inspect(s *base.Stack, v *vpc.VPC, attached *attachment.Attachment) (*string, error) {
	e, spec := s.Estate, s.Estate.Hub.Egress.Firewall
	config := firewall.Config{
		Name:         v.Config.Name,
		VPC:          v,
		Account:      e.Account(s.Account),
		HomeNetworks: e.HomeNetworks(),
		Enforce:      spec.Mode == estate.FirewallEnforces,
		ManagedRules: spec.ManagedRules,
		Protection:   !spec.Changeable,
		Logs: firewall.Logs{
			Group:         e.FirewallLogGroup(),
			RetentionDays: e.Logs.RetentionDays,
			KeyARN:        baseline.Read(s).LogKeyARN,
			Namespace:     e.Project + "/firewall",
			Topics:        e.Alarms.Topics,
		},
	}
	if e.Logs.FlowLogs.Bucket != estate.NoFlows {
		config.Logs.FlowBucket = e.LogBucket(estate.FlowLogKind)
	}
	if rules := e.OwnRules(); rules != "" {
		config.Groups = append(config.Groups, firewall.Group{Name: "own", First: true, Rules: rules, Capacity: estate.OwnRulesCapacity})
	}
	config.Groups = append(config.Groups, firewall.Group{Name: "allowed", Rules: e.FirewallRules(), Capacity: estate.AllowCapacity})
	f, err := firewall.New(s.Scope, "main", config)
	if err != nil {
		return nil, err
	}
	return f.ARN, throughFirewall(e, v, attached, f)
}
