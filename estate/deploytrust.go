package estate

import (
	"hubspoke/estate/organization"
	"hubspoke/internal/policy"
)

// ApplyTrust are those who may apply in an account: the workflows that apply and
// state.administrators, all of whom are in the hub.
//
// In the account that owns the organisation they may not, since policies of the organisation
// do not bind it: there the organisation's own administrators apply, and workflows if it says so.
func (e *Estate) ApplyTrust(account string) []policy.Trusted {
	if !e.isManagement(account) {
		return fromHub(e, append(e.ciRoles(e.CIApplyRole()), e.State.Administrators...))
	}
	var trusted []policy.Trusted
	if e.Org.AppliedBy == organization.AppliedByCI {
		trusted = fromHub(e, e.ciRoles(e.CIApplyRole()))
	}
	return append(trusted, e.fromManagement())
}

// PlanTrust are those who may plan in an account: whoever applies there or in other
// accounts, and all workflows.
func (e *Estate) PlanTrust(account string) []policy.Trusted {
	trusted := fromHub(e, append(e.ciRoles(e.CIPlanRole(), e.CIApplyRole()), e.State.Administrators...))
	if e.isManagement(account) {
		trusted = append(trusted, e.fromManagement())
	}
	return trusted
}

// AppliedByPeople says that people alone apply the stacks of an account, with roles of the
// organisation's administrators.
func (e *Estate) AppliedByPeople(account string) bool {
	return e.isManagement(account) && e.Org.AppliedBy != organization.AppliedByCI
}

// isManagement says that an account owns the organisation that the estate is.
func (e *Estate) isManagement(account string) bool {
	return e.IsOrganization() && account == ManagementAccount
}

// ciRoles are the ARNs of roles of workflows, if any deploy the estate.
func (e *Estate) ciRoles(names ...string) []string {
	if e.GitHub.Repository == "" {
		return nil
	}
	var arns []string
	for _, name := range names {
		arns = append(arns, e.RoleARN(HubAccount, name))
	}
	return arns
}

func fromHub(e *Estate, roles []string) []policy.Trusted {
	if len(roles) == 0 {
		return nil
	}
	return []policy.Trusted{{Sid: "AssumedFromTheHub", Account: e.Account(HubAccount), ARNs: roles}}
}

func (e *Estate) fromManagement() policy.Trusted {
	return policy.Trusted{Sid: "AssumedFromManagement", Account: e.Account(ManagementAccount), ARNs: e.Org.Administrators}
}
