package estate

import (
	"slices"

	"hubspoke/estate/organization"
	"hubspoke/internal/yamldoc"
)

// HasSecurity says that the estate is an organisation with security services.
func (e *Estate) HasSecurity() bool { return e.Org != nil && e.Org.Security != nil }

// SecurityAccount is the account that administers the security services; "" if there is
// none, or it has no number yet.
func (e *Estate) SecurityAccount() string {
	if !e.HasSecurity() || e.Accounts[e.Org.Security.Account] == "" {
		return ""
	}
	return e.Org.Security.Account
}

// SuspendedAccounts are the accounts that are to be closed, which nothing is deployed into any
// more.
func (e *Estate) SuspendedAccounts() []string {
	unit := e.Org.SuspendedUnit()
	if unit == "" {
		return nil
	}
	return slices.Sorted(slices.Values(e.Org.Below(unit)))
}

// SecurityMembers are the accounts that the security services look at beside the one that
// administers them.
func (e *Estate) SecurityMembers() []string {
	suspended := e.SuspendedAccounts()
	return slices.DeleteFunc(e.AccountNames(), func(account string) bool {
		return account == e.SecurityAccount() || slices.Contains(suspended, account)
	})
}

// SecurityHome is the region in which Security Hub collects the findings of all regions, is
// configured for all, and judges what has no region, such as IAM: the estate's, or us-east-1
// where the estate's is one that has to be enabled, which Security Hub does not take. There
// AWS Config records IAM, which it does not in every younger region.
//
//   - https://docs.aws.amazon.com/securityhub/latest/userguide/finding-aggregation-enable.html
//   - https://docs.aws.amazon.com/config/latest/developerguide/select-resources.html
func (e *Estate) SecurityHome() string {
	if OptIn(e.Region) {
		return usEast1
	}
	return e.Region
}

// InUse says that a service of organization.yaml's security.in_use was in use in an account
// before the estate was.
func (e *Estate) InUse(account, service string) bool {
	return slices.Contains(e.Org.Security.InUse[account], service)
}

// RuntimeMonitoring says that GuardDuty watches the processes of all accounts, with agents
// that it installs and endpoints that it makes in their VPCs.
func (e *Estate) RuntimeMonitoring() bool { return e.HasSecurity() && e.Org.Security.GuardDuty.Runtime }

// validateSecurity checks the section security of organization.yaml against the other files.
func (e *Estate) validateSecurity() {
	if !e.HasSecurity() {
		return
	}
	security, s := e.Org.Security, e.org.Section("security")
	if security.Account == e.Logs.Account && security.Account != "" && !e.settings.Broken("logs.account") {
		s.Key("account").Errorf("%s keeps the logs: who administers the services that read them must not be able to change them", security.Account)
	}
	e.validateSecurityRegions(s.Key("regions"))
	if slices.Contains(security.Inspector, "lambda-code") && !slices.Contains(security.Inspector, "lambda") {
		s.Key("inspector").Errorf("Inspector scans the code of functions with what they depend on alone: add lambda")
	}
	for _, name := range sortedKeys(security.Config.Rules) {
		for i, account := range security.Config.Rules[name].Except {
			e.validateAccount(e.org, s.Key("config", "rules", name, "except").Item(i).Path(), account)
		}
	}
	for _, account := range sortedKeys(security.InUse) {
		at := s.Key("in_use", account)
		e.validateAccount(e.org, at.Path(), account)
		for i, service := range security.InUse[account] {
			if account != ManagementAccount && service != organization.ConfigInUse && service != organization.InspectorInUse && slices.Contains(securityServices, service) {
				at.Item(i).Errorf("%s is prepared in the management account alone: in %s it is switched on from %s, whether or not it is in use", service, account, security.Account)
			}
		}
	}
	if !e.RuntimeMonitoring() {
		return
	}
	for _, spoke := range e.Spokes {
		if spoke.Cluster != nil && spoke.Cluster.GuardDutyAgent {
			e.spokes[spoke.Name].Errorf("cluster.guardduty_agent", "GuardDuty installs and updates its agent itself, as security.guardduty.runtime of organization.yaml says: leave this out")
		}
	}
}

var securityServices = []string{organization.ConfigInUse, organization.GuardDutyInUse, organization.InspectorInUse, organization.SecurityHubInUse}

// validateSecurityRegions checks where the services are on.
func (e *Estate) validateSecurityRegions(s yamldoc.Section) {
	if s.Broken() || e.org.Broken("guardrails.regions") {
		return
	}
	allowed := e.GuardrailRegions()
	for i, region := range e.Org.Security.Regions {
		switch at := s.Item(i); {
		case !slices.Contains(Regions(), region):
			at.Errorf("%q is no region of AWS's that is known here%s", region, yamldoc.Suggest(region, Regions()))
		case !slices.Contains(allowed, region):
			at.Errorf("guardrails.regions denies %s, where security.regions turns GuardDuty on", region)
		}
	}
	on := e.SecurityRegions()
	for _, region := range allowed {
		if !slices.Contains(on, region) {
			s.Warnf("accounts may use %s, and nothing watches what they do there: name it here", region)
		}
	}
	switch home := e.SecurityHome(); {
	case e.settings.Broken("region") || regionZones[e.Region] == nil:
	case !slices.Contains(on, e.Region):
		s.Errorf("%s is the estate's region, and nothing would watch it: name it here", e.Region)
	case !slices.Contains(on, home):
		s.Errorf("Security Hub collects the findings of all regions in one that every account has from the beginning, which %s is not: name %s here", e.Region, home)
	}
}
