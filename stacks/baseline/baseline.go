// Package baseline gives an account what every account of the estate has from the
// first day: its trail, delivered to the log archive, and account-wide settings.
package baseline

import (
	"hubspoke/constructs/baseline"
	"hubspoke/constructs/trail"
	"hubspoke/internal/base"
	"hubspoke/stacks/hublogs"
)

// New fills the stack.
func New(s *base.Stack) error {
	logs := hublogs.Read(s)
	if _, err := trail.New(s.Scope, "account", trail.Config{
		Name:   s.Estate.TrailName(s.Account),
		Bucket: logs.TrailBucket,
		KeyARN: logs.KeyARN,
	}); err != nil {
		return err
	}
	_, err := baseline.New(s.Scope, "account", baseline.Config{Analyzer: s.Prefix() + "-analyzer"})
	return err
}
