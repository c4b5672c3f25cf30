package emulator

import (
	"maps"
	"slices"
	"strings"

	"hubspoke/estate"
	"hubspoke/estate/organization"
)

// own is the organisation that the estate takes over: whoever bootstraps is an administrator of it, and comes
// into the accounts by the roles that AWS Organizations makes there.
func (w *World) own(e *estate.Estate) {
	w.First, w.People = e.Accounts[estate.ManagementAccount], roleLike(e.Org.Administrators[0])
	for _, account := range e.AccountNames() {
		number := e.Accounts[account]
		w.Names[number], w.Emails[number] = e.Org.NameOf(account), e.Org.EmailOf(account)
	}
	units := e.Org.Adopted.Units
	for _, path := range slices.Sorted(maps.Keys(units)) { // a unit's path begins with that of the one around it
		parent := path[:max(0, strings.LastIndex(path, "/"))]
		w.Units = append(w.Units, Unit{ID: units[path].ID, Name: e.Org.UnitName(path), Parent: units[parent].ID})
	}
	for service, account := range e.Org.Adopted.Delegates {
		w.Delegates[service] = e.Accounts[account]
	}
	if e.Org.Security != nil {
		w.Regions = e.SecurityRegions()
	}
	if e.Org.Billing != nil && e.Org.Billing.Anomaly.Monitor != "" {
		w.Monitors = append(w.Monitors, e.Org.Billing.Anomaly.Monitor)
	}
	if e.HasIdentity() {
		w.identity(e)
	}
}

// identity are the groups that people have brought into IAM Identity Center, and in each account the policies that
// permission sets only name.
func (w *World) identity(e *estate.Estate) {
	w.GroupsRegion = e.IdentityRegion()
	for _, a := range e.Assignments() {
		if e.Org.Identity.Groups == organization.ExternalGroups && !slices.Contains(w.Groups, a.Group) {
			w.Groups = append(w.Groups, a.Group)
		}
		set := e.Org.Identity.PermissionSets[a.Set]
		for _, name := range append(slices.Clone(set.CustomerPolicies), set.CustomerBoundary) {
			if name != "" {
				w.Policies = append(w.Policies, e.Account(a.Account).In("").ARN("iam", "policy/"+name))
			}
		}
	}
}
