package test

import (
	"cmp"

	"hubspoke/estate"
	"hubspoke/estate/organization"
	"hubspoke/internal/fakeaws"
)

// existingOrganization is an estate's organisation as AWS has it when all is as the estate
// says, but the names of accounts that it does not state, their addresses and their tags. What
// stands in units that are not there yet stands in the root.
func existingOrganization(e *synthesis) fakeaws.Organization {
	const root = "r-ab12"
	o := fakeaws.Organization{
		ID: e.Org.ID, Root: root, Management: e.Accounts[estate.ManagementAccount],
		Services: e.Org.TrustedServices(), PolicyTypes: e.Org.EnabledPolicyTypes(), Delegates: map[string]string{},
	}
	parent := func(path string) string {
		if path == "" {
			return root
		}
		return cmp.Or(e.Org.Adopted.Units[path].ID, root)
	}
	for path, unit := range e.Org.Adopted.Units {
		o.Units = append(o.Units, fakeaws.Unit{ID: unit.ID, Name: e.Org.UnitName(path), Parent: parent(organization.Above(path))})
	}
	for _, account := range e.MemberAccounts() {
		if number := e.Accounts[account]; number != "" {
			name := cmp.Or(e.Org.AccountNames[account], "Somebody's name of "+account)
			o.Accounts = append(o.Accounts, fakeaws.Account{Number: number, Name: name, Email: "other+" + e.Org.EmailOf(account), Parent: parent(e.Org.UnitOf(account))})
		}
	}
	for service, account := range e.Org.Adopted.Delegates {
		o.Delegates[service] = e.Accounts[account]
	}
	return o
}

// moved is how many accounts of an organisation the estate moves into units that it makes.
func moved(e *synthesis) int {
	n := 0
	for _, account := range e.MemberAccounts() {
		if _, there := e.Org.Adopted.Units[e.Org.UnitOf(account)]; !there && e.HasNumber(account) {
			n++
		}
	}
	return n
}
