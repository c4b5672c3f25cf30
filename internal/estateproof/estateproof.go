// Package estateproof hands an estate to the network proof. The proof knows no estates:
// it gets the names of accounts, the promises, and what was to be synthesized, as plain
// data.
package estateproof

import (
	"path/filepath"

	"hubspoke/estate"
	"hubspoke/estate/organization"
	"hubspoke/proof"
	"hubspoke/proof/stackjson"
)

// Input is what there is to prove about the estate in the folder dir: names are those of
// all its stacks, and synthesized is what was found of them. As long as there is nothing but
// the organisation, nothing is promised.
func Input(e *estate.Estate, dir string, names []string, synthesized []*stackjson.Stack) proof.Input {
	expected := &proof.Expected{Stacks: names}
	if e.OnlyOrganization() {
		return proof.Input{Name: e.Name, Stacks: synthesized, Accounts: e.Accounts, IntentsFile: filepath.Join(dir, "intents.yaml"), Expected: expected, Early: true}
	}
	var vpcs []proof.NamedVPC
	for _, account := range e.NetworkAccounts() {
		// An account's own VPC bears its name, whatever other VPCs are there.
		vpcs = append(vpcs, proof.NamedVPC{Name: account, Account: account, CIDR: e.Network(account).CIDR})
		expected.VPCs = append(expected.VPCs, proof.ExpectedVPC{Account: account, CIDR: e.Network(account).CIDR})
	}
	if e.Hub.Egress != nil {
		vpcs = append(vpcs, proof.NamedVPC{Name: estate.EgressVPC, Account: estate.HubAccount, CIDR: e.Hub.Egress.CIDR, Transit: true})
		expected.VPCs = append(expected.VPCs, proof.ExpectedVPC{Account: estate.HubAccount, CIDR: e.Hub.Egress.CIDR})
	}
	return proof.Input{
		Name: e.Name, Stacks: synthesized, Accounts: e.Accounts, VPCs: vpcs,
		Intents: e.Intents, IntentsFile: filepath.Join(dir, "intents.yaml"),
		Expected: expected,
		Roles:    e.RoleWords(), ManagedByCI: e.IsOrganization() && e.Org.AppliedBy == organization.AppliedByCI,
	}
}
