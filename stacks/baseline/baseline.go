// Package baseline gives an account what every account of the estate has from the
// first day: its trail, delivered to the log archive and watched, the key of its log
// groups, account-wide settings, its session preferences and, in an organisation with security services, what those
// need in it.
//
// In an organisation the account that owns it has the trail, which is that of all accounts:
// a second one in each would deliver, and cost, everything twice.
package baseline

import (
	"slices"

	"hubspoke/constructs/baseline"
	"hubspoke/constructs/key"
	"hubspoke/constructs/loggroup"
	"hubspoke/constructs/shield"
	"hubspoke/constructs/trail"
	"hubspoke/estate"
	"hubspoke/internal/base"
	"hubspoke/internal/output"
	"hubspoke/internal/policy"
	"hubspoke/stacks/hublogs"
)

// New fills the stack.
func New(s *base.Stack) error {
	e := s.Estate
	logKey, err := logGroupKey(s)
	if err != nil {
		return err
	}
	if e.HasTrail(s.Account) {
		if err := makeTrail(s, logKey); err != nil {
			return err
		}
	}
	if _, err := baseline.New(s.Scope, "account", baseline.Config{Analyzer: s.Prefix() + "-analyzer"}); err != nil {
		return err
	}
	if err := sessions(s); err != nil {
		return err
	}
	if err := watched(s); err != nil {
		return err
	}
	if e.HasShield(s.Account) {
		if _, err := shield.New(s.Scope, "account", shield.Config{Accepted: true, Ends: !*e.Shield.Renew}); err != nil {
			return err
		}
	}
	if slices.Contains(e.NetworkAccounts(), s.Account) {
		output.Write(s.Scope, Outputs{LogKeyARN: logKey})
	}
	return nil
}

// makeTrail makes the trail. An organisation's is where that of its account would be, and so
// becomes it in place.
func makeTrail(s *base.Stack, logKey *string) error {
	e, logs := s.Estate, hublogs.Read(s)
	config := trail.Config{
		Name:    e.TrailName(s.Account),
		Bucket:  logs.TrailBucket,
		KeyARN:  logs.KeyARN,
		Account: e.Account(s.Account),
	}
	if e.IsOrganization() {
		config.Organization = e.Org.ID
	}
	if len(e.Alarms.Topics) > 0 {
		config.Alarms = &trail.Alarms{
			Topics:        e.Alarms.Topics,
			LogGroup:      e.TrailLogGroup(s.Account),
			RetentionDays: e.Logs.RetentionDays,
			KeyARN:        logKey,
			Namespace:     e.Project + "/trail",
		}
	}
	if config.Alarms != nil && e.IsOrganization() && e.Org.BreakGlass != nil {
		config.Alarms.BreakGlass = &trail.BreakGlass{
			Users: e.Account(s.Account).IAM("user" + estate.BreakGlassPath + "*"),
			Role:  e.BreakGlassRole(),
		}
	}
	_, err := trail.New(s.Scope, "account", config)
	return err
}

// logGroups are the groups of an account that the key is for.
func logGroups(e *estate.Estate, account string) []string {
	var groups []string
	if len(e.Alarms.Topics) > 0 && e.HasTrail(account) {
		groups = append(groups, e.TrailLogGroup(account))
	}
	if !slices.Contains(e.NetworkAccounts(), account) {
		return groups
	}
	if e.Logs.FlowLogs.LogGroup != estate.NoFlows {
		groups = append(groups, e.FlowLogGroup(account))
		if account == estate.HubAccount && e.Hub.Egress != nil {
			groups = append(groups, e.EgressFlowLogGroup())
			if e.Hub.Egress.Firewall != nil {
				groups = append(groups, e.FirewallLogGroup())
			}
		}
	}
	if account == estate.HubAccount && len(e.OnPremises.VPNs) > 0 {
		groups = append(groups, e.VPNLogGroup())
	}
	if e.Logs.QueryLogGroup {
		groups = append(groups, e.QueryLogGroup(account))
	}
	if e.HasProbe(account) {
		groups = append(groups, e.ProbeLogGroup(account))
	}
	if spoke := e.Spoke(account); spoke != nil && len(spoke.APIs) > 0 {
		// Another API changes no key.
		groups = append(groups, e.APILogGroup(account, "*"))
	}
	if e.Spoke(account) != nil && e.HasWAF(account) {
		groups = append(groups, e.WAFLogGroup(account, "*"))
	}
	return groups
}

// logGroupKey is the key that encrypts the account's log groups but those of clusters,
// databases and sessions, which have keys of their own; nil if there is no such group.
func logGroupKey(s *base.Stack) (*string, error) {
	e := s.Estate
	groups := logGroups(e, s.Account)
	if len(groups) == 0 {
		return nil, nil
	}
	made, err := key.New(s.Scope, "log_groups", key.Config{
		Alias:       "alias/" + s.Prefix() + "-log-groups",
		Description: "Log groups of " + s.Prefix(),
		Account:     e.Account(s.Account),
		Statements:  []policy.Statement{loggroup.KeyStatement("AccountLogs", e.Account(s.Account), groups...)},
	})
	if err != nil {
		return nil, err
	}
	return made.ARN, nil
}
