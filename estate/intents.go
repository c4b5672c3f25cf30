package estate

import (
	"hubspoke/internal/subnet"
	"hubspoke/proof/intent"
)

// intentNames are what intents.yaml may name. What is wrong with a network is said in
// its own file, so that the tiers of one that cannot be read are not known here.
func (e *Estate) intentNames() intent.Names {
	names := intent.Names{Accounts: sortedKeys(e.Accounts), Tiers: map[string][]string{}}
	for _, account := range names.Accounts {
		names.Tiers[account] = nil
	}
	for _, v := range e.vpcs() {
		if v.doc.Incomplete("network") {
			delete(names.Tiers, v.name)
			continue
		}
		for _, tier := range subnet.Tiers() {
			if v.network.has(tier) {
				names.Tiers[v.name] = append(names.Tiers[v.name], string(tier))
			}
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
