package estate

import (
	"slices"

	"hubspoke/internal/subnet"
	"hubspoke/proof/intent"
)

// intentNames are what intents.yaml may name. What is wrong elsewhere is said there: a
// spoke without an account number has its name all the same, and the tiers of a network
// that cannot be read are not known here.
func (e *Estate) intentNames() intent.Names {
	names := intent.Names{Accounts: append(sortedKeys(e.Accounts), HubAccount), Tiers: map[string][]string{}}
	for _, s := range e.Spokes {
		names.Accounts = append(names.Accounts, s.Name)
	}
	slices.Sort(names.Accounts)
	names.Accounts = slices.Compact(names.Accounts)
	for _, account := range names.Accounts {
		names.Tiers[account] = nil
	}
	for _, v := range e.vpcs() {
		if v.doc.Wrong("network") {
			delete(names.Tiers, v.name)
			continue
		}
		for _, tier := range subnet.Tiers() {
			if v.network.has(tier) {
				names.Tiers[v.name] = append(names.Tiers[v.name], string(tier))
			}
		}
	}
	if e.Hub.Egress != nil {
		names.VPCs = []string{EgressVPC}
		for _, tier := range egressTiers {
			names.Tiers[EgressVPC] = append(names.Tiers[EgressVPC], string(tier))
		}
	}
	return names
}

// has says whether the network has subnets of a tier.
func (n Network) has(tier subnet.Tier) bool {
	switch {
	case n.Explicit():
		return len(n.zones(tier)) > 0
	case tier == subnet.Public:
		return !n.PrivateOnly
	case tier == subnet.Database:
		return n.DatabaseSubnets
	}
	return true
}
