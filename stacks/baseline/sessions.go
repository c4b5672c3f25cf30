package baseline

import (
	"slices"

	"github.com/aws/jsii-runtime-go"

	"hubspoke/constructs/sessionpreferences"
	"hubspoke/internal/awsservice"
	"hubspoke/internal/base"
	"hubspoke/internal/policy"
)

// sessions makes the account's session preferences, or imports those that somebody has saved.
func sessions(s *base.Stack) error {
	e := s.Estate
	if !e.HasSessionPreferences(s.Account) {
		return nil
	}
	made, err := sessionpreferences.New(s.Scope, "sessions", sessionpreferences.Config{
		Name:          e.SessionsName(s.Account),
		LogGroup:      e.SessionLogGroup(s.Account),
		RetentionDays: e.Logs.RetentionDays,
		IdleMinutes:   e.Sessions.IdleMinutes,
		MaxMinutes:    e.Sessions.MaxMinutes,
		RunAs:         e.Sessions.RunAs,
		Account:       e.Account(s.Account),
	})
	if err != nil {
		return err
	}
	if slices.Contains(e.Sessions.Existing, s.Account) {
		s.Scope.AddOverride(jsii.String("import"), []map[string]any{{"to": made.Document, "id": awsservice.SessionPreferences}})
	}
	return nil
}

// SessionStatements are what instances of the stack's account need for sessions by its
// preferences; none if they are made elsewhere.
func SessionStatements(s *base.Stack) []policy.Statement {
	e := s.Estate
	if !e.HasSessionPreferences(s.Account) {
		return nil
	}
	return sessionpreferences.Statements(e.Account(s.Account), e.SessionsName(s.Account), e.SessionLogGroup(s.Account))
}
