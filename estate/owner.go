package estate

import (
	"hubspoke/estate/organization"
)

// validateOwner checks who deploys in the account that owns the organisation, who comes in
// when nobody can otherwise, and where all that is done is recorded.
func (e *Estate) validateOwner() {
	number := e.Accounts[ManagementAccount]
	if e.settings.Incomplete("accounts") || !e.HasNumber(ManagementAccount) {
		number = ""
	}
	validateAdministrators(e.org.Section("administrators"), e.Org.Administrators, ManagementAccount, number)
	if e.Org.AppliedBy == organization.AppliedByCI && e.GitHub.Repository == "" && !e.settings.Incomplete("github") {
		e.org.Section("applied_by").Errorf("nothing deploys this estate but people: name github.repository in estate.yaml, or leave this out")
	}
	if e.Org.BreakGlass != nil && len(e.Alarms.Topics) == 0 && !e.settings.Incomplete("alarms") {
		e.org.Warnf("break_glass", "nobody is told when it is used: name alarms.topics in estate.yaml")
	}
	if at := e.Logs.Account; at == HubAccount || at == ManagementAccount || e.Spoke(at) != nil {
		e.settings.Warnf("logs.account", "whoever administers %s may delete what all accounts have done: keep the logs in an account that is for them alone", at)
	}
}
