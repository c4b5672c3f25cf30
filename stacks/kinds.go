package stacks

import (
	"slices"

	"hubspoke/estate"
	"hubspoke/internal/order"
)

// Kind is what a stack makes. Its text is the name of the stack where an estate has
// one of the kind, and what follows the account's name where it has several.
type Kind string

// The kinds of stacks. The package that makes each is named beside it.
const (
	// Bootstrap makes the bucket of all other states and the roles that deploy them (stacks/bootstrap). A person deploys it.
	Bootstrap Kind = order.Bootstrap
	// HubLogs makes the central log archive (stacks/hublogs).
	HubLogs Kind = "hub-logs"
	// HubNetwork makes the network that all accounts share (stacks/hubnetwork).
	HubNetwork Kind = "hub-network"
	// HubEgress makes the VPC through which others reach the internet (stacks/hubegress).
	HubEgress Kind = "hub-egress"
	// HubHybrid makes the ways to on-premises (stacks/hubhybrid).
	HubHybrid Kind = "hub-hybrid"
	// HubDNS makes the hosted zones and the rules about names, and logs queries (stacks/hubdns).
	HubDNS Kind = "hub-dns"
	// HubRegistry makes the container registry (stacks/hubregistry).
	HubRegistry Kind = "hub-registry"
	// Baseline makes what every account has from the first day (stacks/baseline).
	Baseline Kind = "baseline"
	// SpokeShare shares the hub's transit gateway, forwarding rules, query log and rules about names with a spoke, and accepts them in it (stacks/spokeshare).
	SpokeShare Kind = "share"
	// SpokeNetwork makes the VPC of a spoke (stacks/spokenetwork).
	SpokeNetwork Kind = "network"
	// SpokeLink connects a spoke with the hub (stacks/spokelink).
	SpokeLink Kind = "link"
	// SpokeEKS makes the cluster of a spoke (stacks/spokeeks).
	SpokeEKS Kind = "eks"
	// SpokeData makes the database of a spoke (stacks/spokedata).
	SpokeData Kind = "data"
	// SpokeService makes what a spoke serves to VPCs of other accounts (stacks/spokeservice).
	SpokeService Kind = "service"
	// SpokeAPI makes what a spoke uses of others' services, and the APIs before them (stacks/spokeapi).
	SpokeAPI Kind = "api"
)

// Name is the name of the estate's one stack of the kind.
func (k Kind) Name() string { return string(k) }

// Of is the name of the account's stack of the kind.
func (k Kind) Of(account string) string { return account + "-" + string(k) }

// declaration is what a kind says about itself: the stacks of it that an estate has.
type declaration struct {
	kind Kind
	// stacks need not say their kind.
	stacks func(*estate.Estate) []Stack
}

// declarations are those of all kinds. Their order has no meaning for deployment.
var declarations = []declaration{
	{Bootstrap, func(e *estate.Estate) []Stack {
		return []Stack{{Name: Bootstrap.Name(), Account: estate.HubAccount}}
	}},
	{HubLogs, func(e *estate.Estate) []Stack {
		return []Stack{{Name: HubLogs.Name(), Account: e.Logs.Account}}
	}},
	{HubNetwork, func(e *estate.Estate) []Stack {
		if !e.HasHubNetwork() {
			return nil
		}
		return []Stack{{Name: HubNetwork.Name(), Account: estate.HubAccount, Reads: readsOfLogs(e, estate.HubAccount)}}
	}},
	{HubEgress, func(e *estate.Estate) []Stack {
		if e.Hub.Egress == nil {
			return nil
		}
		return []Stack{{Name: HubEgress.Name(), Account: estate.HubAccount, Reads: append(readsOfLogs(e, estate.HubAccount), HubNetwork.Name())}}
	}},
	{HubHybrid, func(e *estate.Estate) []Stack {
		if !e.IsHybrid() {
			return nil
		}
		reads := []string{HubNetwork.Name()}
		if len(e.OnPremises.VPNs) > 0 {
			reads = append(reads, Baseline.Of(estate.HubAccount)) // the key of the log group
		}
		return []Stack{{Name: HubHybrid.Name(), Account: estate.HubAccount, Reads: reads}}
	}},
	{HubDNS, func(e *estate.Estate) []Stack {
		if !e.HasHubNetwork() {
			return nil
		}
		return []Stack{{Name: HubDNS.Name(), Account: estate.HubAccount, Reads: []string{HubLogs.Name(), HubNetwork.Name()}}}
	}},
	{HubRegistry, func(e *estate.Estate) []Stack {
		return []Stack{{Name: HubRegistry.Name(), Account: estate.HubAccount}}
	}},
	{Baseline, func(e *estate.Estate) []Stack {
		var all []Stack
		for _, account := range e.AccountNames() {
			all = append(all, Stack{Name: Baseline.Of(account), Account: account, Reads: []string{HubLogs.Name()}})
		}
		return all
	}},
	{SpokeShare, forSpokes(func(e *estate.Estate, s *estate.Spoke) *Stack {
		if !e.InvitesSpokes() {
			return nil
		}
		return &Stack{Name: SpokeShare.Of(s.Name), Reads: []string{HubNetwork.Name(), HubDNS.Name()}}
	})},
	{SpokeNetwork, forSpokes(func(e *estate.Estate, s *estate.Spoke) *Stack {
		network := &Stack{Name: SpokeNetwork.Of(s.Name), Reads: readsOfLogs(e, s.Name)}
		if e.HasHubNetwork() {
			network.Reads = append(network.Reads, HubNetwork.Name(), HubDNS.Name())
		}
		if e.InvitesSpokes() {
			// What it attaches to and associates with does not exist for the account before it is shared.
			network.After = []string{SpokeShare.Of(s.Name)}
		}
		if s.Network.NAT == estate.NATCentral {
			// Before there is a way out, a default route would lead nowhere.
			network.After = append(network.After, HubEgress.Name())
		}
		return network
	})},
	{SpokeLink, forSpokes(func(e *estate.Estate, s *estate.Spoke) *Stack {
		if !e.HasHubNetwork() {
			return nil
		}
		return &Stack{Name: SpokeLink.Of(s.Name), Reads: []string{HubNetwork.Name(), HubDNS.Name(), SpokeNetwork.Of(s.Name)}}
	})},
	{SpokeEKS, forSpokes(func(e *estate.Estate, s *estate.Spoke) *Stack {
		if s.Cluster == nil {
			return nil
		}
		cluster := &Stack{Name: SpokeEKS.Of(s.Name), Reads: []string{SpokeNetwork.Of(s.Name)}}
		if e.HasHubNetwork() {
			// The nodes pull their images over the link.
			cluster.After = []string{SpokeLink.Of(s.Name)}
		}
		return cluster
	})},
	{SpokeData, forSpokes(func(e *estate.Estate, s *estate.Spoke) *Stack {
		if s.Database == nil {
			return nil
		}
		return &Stack{Name: SpokeData.Of(s.Name), Reads: []string{SpokeNetwork.Of(s.Name), SpokeEKS.Of(s.Name)}}
	})},
	{SpokeService, forSpokes(func(e *estate.Estate, s *estate.Spoke) *Stack {
		if len(s.Services) == 0 {
			return nil
		}
		return &Stack{Name: SpokeService.Of(s.Name), Reads: []string{SpokeNetwork.Of(s.Name), SpokeEKS.Of(s.Name), HubDNS.Name()}}
	})},
	{SpokeAPI, forSpokes(func(e *estate.Estate, s *estate.Spoke) *Stack {
		if len(s.PrivateEndpoints) == 0 {
			return nil
		}
		api := &Stack{Name: SpokeAPI.Of(s.Name), Reads: []string{SpokeNetwork.Of(s.Name)}}
		for _, ref := range e.ConsumedServices(s.Name) {
			if service := SpokeService.Of(ref.Spoke); !slices.Contains(api.Reads, service) {
				api.Reads = append(api.Reads, service)
			}
		}
		if len(s.APIs) > 0 {
			api.Reads = append(api.Reads, Baseline.Of(s.Name)) // the key of the log groups
		}
		for _, a := range s.APIs {
			if a.Domain != "" {
				api.Reads = append(api.Reads, HubDNS.Name())
				break
			}
		}
		if e.HasPrivateAPIs(s.Name) {
			api.Reads = append(api.Reads, HubNetwork.Name()) // the endpoint by which they are called
		}
		return api
	})},
}

// readsOfLogs is what an account's network reads to log its flows: the key of the log
// group and, unless the estate does without, the central bucket.
func readsOfLogs(e *estate.Estate, account string) []string {
	reads := []string{Baseline.Of(account)}
	if e.Logs.FlowLogs.Bucket != estate.NoFlows {
		reads = append(reads, HubLogs.Name())
	}
	return reads
}

// forSpokes are the stacks of a kind of which each spoke has one in its account, or,
// where it is nil, none.
func forSpokes(stack func(*estate.Estate, *estate.Spoke) *Stack) func(*estate.Estate) []Stack {
	return func(e *estate.Estate) []Stack {
		var all []Stack
		for _, spoke := range e.Spokes {
			if s := stack(e, spoke); s != nil {
				s.Account = spoke.Name
				all = append(all, *s)
			}
		}
		return all
	}
}
