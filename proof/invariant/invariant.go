// Package invariant checks what must hold in any network, whatever it is for:
// that addresses are unique among what can talk, that routes lead somewhere and
// back, that what takes two accounts is done in both, and that what guards
// something guards something.
//
// It says nothing about who may talk to whom, which only the network's owner
// knows, and nothing about names: that is for package dns.
package invariant

import (
	"slices"

	"hubspoke/proof/config"
	"hubspoke/proof/finding"
	"hubspoke/proof/network"
	"hubspoke/proof/reach"
)

// Kinds are the kinds of findings that [Check] can have.
func Kinds() []finding.Kind { return catalogue.Kinds() }

var catalogue finding.Catalogue

// Check finds what does not hold, violations before notes, by code and sentence. The
// network must be that of the configuration, and the analysis that of the network. Accounts
// that are known are the owner's too, or of those whom he trusts, beside those in which
// stacks work.
func Check(n *network.Model, c *config.Config, analysis *reach.Analysis, known ...string) []finding.Finding {
	k := &checker{
		Model: n, config: c, accounts: map[string]bool{}, known: map[string]bool{}, subnets: map[*config.Resource]*network.Subnet{},
		policies: map[policyOf]reading{}, expected: map[string][]*config.Resource{},
	}
	for _, account := range c.Accounts() {
		k.accounts[account] = true
	}
	for _, account := range known {
		k.known[account] = true
	}
	for _, v := range n.VPCs {
		for _, s := range v.Subnets {
			k.subnets[s.Resource] = s
		}
	}
	k.identities = k.readIdentities()
	k.checkStacks()
	k.checkAddresses()
	k.checkSubnets()
	k.checkRoutes()
	k.checkTiers()
	k.checkNATs()
	k.checkTransitGateways()
	k.checkTransit()
	k.checkOnPremises()
	k.checkPeerings()
	k.checkSymmetry(analysis)
	k.checkInspection()
	k.checkFirewalls()
	k.checkACLs()
	k.checkGroups()
	k.checkEndpoints()
	k.checkPrivateLink()
	k.checkWebACLs()
	k.checkPorts()
	k.checkSessions()
	k.checkTags()
	k.checkShares()
	k.checkHostedZones()
	k.checkWaiting()
	k.checkAccounts()
	k.checkPrincipals()
	k.checkForeign()
	k.noteExpected()
	k.checkRoles()
	k.checkAssumptions()
	return k.Sorted()
}

// checker gathers findings.
type checker struct {
	*network.Model
	finding.List
	config     *config.Config
	accounts   map[string]bool                      // those that the stacks work in
	known      map[string]bool                      // those that have been named beside
	subnets    map[*config.Resource]*network.Subnet // by the resources that make them
	identities identities
	policies   map[policyOf]reading
	balanced   map[*config.Resource][]int // the ports of listeners, by load balancer
	// expected are the ARNs that conditions let in and no stack here makes.
	expected map[string][]*config.Resource
	// clusters and nodesOf are filled when they are asked for.
	clusters map[clusterName]*config.Resource
	nodesOf  map[*config.Resource][]*network.Interface
}

// about is the resources that a finding is about.
func about(resources ...*config.Resource) []*config.Resource {
	return slices.DeleteFunc(resources, func(r *config.Resource) bool { return r == nil })
}

// ref is the resource that an argument refers to, nil if it is none of these
// stacks.
func ref(r *config.Resource, name string) *config.Resource {
	target, _ := r.Argument(name).(config.Ref)
	return target.Resource
}

// names lists resources for a sentence.
func names(resources []*config.Resource) string {
	var text string
	for i, r := range resources {
		switch {
		case i == 0:
		case i == len(resources)-1:
			text += " and "
		default:
			text += ", "
		}
		text += r.String()
	}
	return text
}
