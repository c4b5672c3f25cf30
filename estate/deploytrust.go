package estate

import (
	"slices"

	"hubspoke/estate/organization"
	"hubspoke/internal/policy"
)

// ApplyTrust are those who may apply in an account: the workflows that apply and
// state.administrators, all of whom are in the hub.
//
// In the account that owns the organisation, and in one from which people get into it, they may
// not, since policies of the organisation do not bind the first: there the organisation's own
// administrators apply, and workflows if it says so.
func (e *Estate) ApplyTrust(account string) []policy.Trusted {
	switch {
	case e.AppliedByPeople(account):
		return []policy.Trusted{e.fromManagement()}
	case e.isManagement(account):
		return append(fromHub(e, e.ciRoles(e.CIApplyRole())), e.fromManagement())
	}
	return fromHub(e, append(e.ciRoles(e.CIApplyRole()), e.State.Administrators...))
}

// PlanTrust are those who may plan in an account: whoever applies there or in other
// accounts, and all workflows.
func (e *Estate) PlanTrust(account string) []policy.Trusted {
	trusted := fromHub(e, append(e.ciRoles(e.CIPlanRole(), e.CIApplyRole()), e.State.Administrators...))
	if e.isManagement(account) || e.AppliedByPeople(account) {
		trusted = append(trusted, e.fromManagement())
	}
	return trusted
}

// AppliedByPeople says that people alone apply the stacks of an account, with roles of the
// organisation's administrators: in the account that owns the organisation, and in the one that
// administers IAM Identity Center for it, as long as somebody has a permission set in the first.
// Who applies there can put anybody into a group, and so into the management account: AWS keeps
// permission sets of that account from the delegated administrator, but neither groups nor people.
// https://docs.aws.amazon.com/singlesignon/latest/userguide/delegated-admin.html
func (e *Estate) AppliedByPeople(account string) bool {
	if !e.IsOrganization() || e.Org.AppliedBy == organization.AppliedByCI {
		return false
	}
	return account == ManagementAccount || e.HasIdentity() && account == e.Org.Identity.Account && e.HasPeopleInManagement()
}

// AccountsAppliedByPeople are the accounts whose stacks people alone apply.
func (e *Estate) AccountsAppliedByPeople() []string {
	return slices.DeleteFunc(e.AccountNames(), func(account string) bool { return !e.AppliedByPeople(account) })
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
