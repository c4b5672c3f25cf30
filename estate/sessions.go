package estate

import (
	"slices"

	"hubspoke/internal/yamldoc"
)

// HasSessionPreferences says that the estate makes the session preferences of an account.
func (e *Estate) HasSessionPreferences(account string) bool {
	return !slices.Contains(e.Sessions.Elsewhere, account)
}

// validateSessions checks what estate.yaml says of session preferences.
func (e *Estate) validateSessions() {
	d, x := e.settings, e.Sessions
	if x.IdleMinutes > x.MaxMinutes && !d.Broken("sessions.idle_minutes") && !d.Broken("sessions.max_minutes") {
		at := "sessions.idle_minutes"
		if !d.Has(at) {
			at = "sessions.max_minutes"
		}
		d.Errorf(at, "every session ends after %d minutes, and one in which nobody types after %d, which it never comes to: set idle_minutes to %[1]d or less", x.MaxMinutes, x.IdleMinutes)
	}
	for i, account := range x.Existing {
		at := yamldoc.Index("sessions.existing", i)
		if d.Broken(at) {
			continue
		}
		e.validateAccount(d, at, account)
		if slices.Contains(x.Elsewhere, account) {
			d.Errorf(at, "elsewhere has %s too, whose preferences are then not made here: leave out one of the two", account)
		}
	}
	for i, account := range x.Elsewhere {
		at := yamldoc.Index("sessions.elsewhere", i)
		if d.Broken(at) {
			continue
		}
		e.validateAccount(d, at, account)
		if s := e.Spoke(account); s != nil && s.Bastion != nil {
			d.Errorf(at, "the bastion of %s may use the key and the log of preferences that are made here, and no others: leave %[1]s out, or the bastion", account)
		}
	}
}
