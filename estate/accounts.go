package estate

import (
	"slices"

	"hubspoke/estate/cluster"
)

// AccountNames are the names of all accounts: the hub first, the others sorted.
func (e *Estate) AccountNames() []string {
	names := []string{HubAccount}
	for _, name := range sortedKeys(e.Accounts) {
		if name != HubAccount {
			names = append(names, name)
		}
	}
	return names
}

// AccountNumbers are the numbers of all accounts, sorted.
func (e *Estate) AccountNumbers() []string {
	var numbers []string
	for _, name := range e.AccountNames() {
		numbers = append(numbers, e.Accounts[name])
	}
	slices.Sort(numbers)
	return numbers
}

// InExtendedSupport says that EKS charges extra for a version of Kubernetes on the day of
// the estate's last review.
func (e *Estate) InExtendedSupport(version string) bool {
	return cluster.InExtendedSupport(version, e.AsOf.day)
}

// HasProbe says whether an account's VPC has a probe.
func (e *Estate) HasProbe(account string) bool {
	if account == HubAccount {
		return e.Hub.Probe
	}
	spoke := e.Spoke(account)
	return spoke != nil && spoke.Probe
}
