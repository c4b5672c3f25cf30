package view

import (
	"net/netip"

	"hubspoke/estate"
)

// SlotsOf are the ranges of an estate's VPCs, made or kept free. Those of subnets that exist already are not known.
func SlotsOf(e *estate.Estate) []Slot {
	var all []Slot
	add := func(plan []estate.Slot, cidr netip.Prefix) {
		whole := ""
		if cidr.IsValid() {
			whole = cidr.String()
		}
		for _, s := range plan {
			if s.CIDR.IsValid() {
				all = append(all, Slot{VPC: s.VPC, Range: whole, Tier: string(s.Tier), Zone: s.Zone, CIDR: s.CIDR.String(), Used: s.Used})
			}
		}
	}
	for _, account := range e.NetworkAccounts() {
		add(e.Plan(account), e.Network(account).CIDR)
	}
	if e.Hub.Egress != nil {
		add(e.EgressPlan(), e.Hub.Egress.CIDR)
	}
	return all
}
