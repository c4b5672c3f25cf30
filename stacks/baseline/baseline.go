// Package baseline gives an account what every account of the estate has from the
// first day: its trail, delivered to the log archive and watched, the key of its log
// groups, and account-wide settings.
package baseline

import (
	"slices"

	"hubspoke/constructs/baseline"
	"hubspoke/constructs/key"
	"hubspoke/constructs/loggroup"
	"hubspoke/constructs/trail"
	"hubspoke/internal/base"
	"hubspoke/internal/output"
	"hubspoke/internal/policy"
	"hubspoke/stacks/hublogs"
)

// New fills the stack.
func New(s *base.Stack) error {
	e, logs := s.Estate, hublogs.Read(s)
	logKey, err := logGroupKey(s)
	if err != nil {
		return err
	}
	config := trail.Config{
		Name:    e.TrailName(s.Account),
		Bucket:  logs.TrailBucket,
		KeyARN:  logs.KeyARN,
		Account: e.Account(s.Account),
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
	if _, err := trail.New(s.Scope, "account", config); err != nil {
		return err
	}
	if _, err := baseline.New(s.Scope, "account", baseline.Config{Analyzer: s.Prefix() + "-analyzer"}); err != nil {
		return err
	}
	if hasNetwork(s) {
		output.Write(s.Scope, Outputs{LogKeyARN: logKey})
	}
	return nil
}

func hasNetwork(s *base.Stack) bool { return slices.Contains(s.Estate.NetworkAccounts(), s.Account) }

// logGroupKey is the key that encrypts the account's log groups but those of clusters,
// databases and bastions, which have keys of their own; nil if there is no such group.
func logGroupKey(s *base.Stack) (*string, error) {
	e := s.Estate
	groups := []string{e.TrailLogGroup(s.Account)}
	if hasNetwork(s) {
		groups = append(groups, e.FlowLogGroup(s.Account), e.QueryLogGroup(s.Account), e.ProbeLogGroup(s.Account))
	} else if len(e.Alarms.Topics) == 0 {
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
