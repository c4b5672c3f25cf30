package stacks

import (
	"slices"
	"strings"

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
	// Organization makes the organisation, its units and accounts (stacks/organization). A person deploys it, before all others.
	Organization Kind = order.Organization
	// OrganizationGuardrails makes the organisation's policies (stacks/organizationguardrails).
	OrganizationGuardrails Kind = "organization-guardrails"
	// IdentityAccess makes groups, permission sets and who has which of them where (stacks/identityaccess).
	IdentityAccess Kind = "identity-access"
	// IdentityManagement makes the permission sets that somebody has in the management account (stacks/identityaccess).
	IdentityManagement Kind = "identity-management"
	// OrganizationBilling makes budgets and what else tells of costs (stacks/organizationbilling).
	OrganizationBilling Kind = "organization-billing"
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
	// SecurityServices makes what watches over all accounts of the organisation (stacks/securityservices).
	SecurityServices Kind = "security-services"
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
	// SpokeSecrets makes the secrets of a spoke, without their values (stacks/spokesecrets).
	SpokeSecrets Kind = "secrets"
	// BackupVaults makes the vault of copies of backups (stacks/backupvaults).
	BackupVaults Kind = "backup-vaults"
	// AccountBackup backs up the data of an account (stacks/accountbackup).
	AccountBackup Kind = "backup"
	// SpokeAPI makes what a spoke uses of others' services, and the APIs before them (stacks/spokeapi).
	SpokeAPI Kind = "api"
)

// Name is the name of the estate's one stack of the kind.
func (k Kind) Name() string { return string(k) }

// Of is the name of the account's stack of the kind.
func (k Kind) Of(account string) string { return account + "-" + string(k) }

// Package is the folder of the package that makes stacks of the kind.
func (k Kind) Package() string {
	switch k {
	case IdentityManagement:
		return IdentityAccess.Package()
	case AccountBackup:
		return "stacks/accountbackup"
	case SpokeShare, SpokeNetwork, SpokeLink, SpokeEKS, SpokeData, SpokeService, SpokeSecrets, SpokeAPI:
		return "stacks/spoke" + string(k)
	}
	return "stacks/" + strings.ReplaceAll(string(k), "-", "")
}

// declaration is what a kind says about itself: the stacks of it that an estate has.
type declaration struct {
	kind Kind
	// stacks need not say their kind.
	stacks func(*estate.Estate) []Stack
}

// declarations are those of all kinds. Their order has no meaning for deployment.
var declarations = []declaration{
	{Bootstrap, func(e *estate.Estate) []Stack {
		bootstrap := Stack{Name: Bootstrap.Name(), Account: estate.HubAccount}
		if e.IsOrganization() {
			bootstrap.After = []string{Organization.Name()} // it acts in the accounts
		}
		return []Stack{bootstrap}
	}},
	{Organization, func(e *estate.Estate) []Stack {
		if !e.IsOrganization() {
			return nil
		}
		return []Stack{{Name: Organization.Name(), Account: estate.ManagementAccount}}
	}},
	{OrganizationGuardrails, func(e *estate.Estate) []Stack {
		if !e.OrganizationReadable() {
			return nil
		}
		return []Stack{{Name: OrganizationGuardrails.Name(), Account: estate.ManagementAccount, Reads: []string{Organization.Name()},
			After: []string{Bootstrap.Name()}}} // whom they exempt by name, and nobody may make after
	}},
	{IdentityAccess, func(e *estate.Estate) []Stack {
		if !e.HasIdentity() {
			return nil
		}
		// The account is the delegated administrator by then.
		return []Stack{{Name: IdentityAccess.Name(), Account: e.Org.Identity.Account, After: []string{Organization.Name()}}}
	}},
	{IdentityManagement, func(e *estate.Estate) []Stack {
		if !e.HasPeopleInManagement() {
			return nil
		}
		return []Stack{{Name: IdentityManagement.Name(), Account: estate.ManagementAccount, Reads: []string{IdentityAccess.Name()}}}
	}},
	{OrganizationBilling, func(e *estate.Estate) []Stack {
		if !e.HasBilling() {
			return nil
		}
		// The policy that stops an account is of a type that is switched on there.
		return []Stack{{Name: OrganizationBilling.Name(), Account: estate.ManagementAccount, After: []string{Organization.Name()}}}
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
		registry := Stack{Name: HubRegistry.Name(), Account: estate.HubAccount}
		if e.OrganizationScansImages() && e.SecurityAccount() != "" && e.OrganizationReadable() {
			// Inspector is switched on from there, and with it the registry's setting.
			registry.After = []string{SecurityServices.Name()}
		}
		return []Stack{registry}
	}},
	{Baseline, func(e *estate.Estate) []Stack {
		var all []Stack
		for _, account := range e.AccountNames() {
			baseline := Stack{Name: Baseline.Of(account), Account: account}
			if e.HasTrail(account) || e.HasSecurity() {
				baseline.Reads = []string{HubLogs.Name()}
			}
			if !e.HasTrail(account) {
				// An account gives up its own trail once the organisation's is there.
				baseline.After = []string{Baseline.Of(estate.ManagementAccount)}
			}
			all = append(all, baseline)
		}
		return all
	}},
	{SecurityServices, func(e *estate.Estate) []Stack {
		if e.SecurityAccount() == "" || !e.OrganizationReadable() {
			return nil
		}
		security := Stack{Name: SecurityServices.Name(), Account: e.SecurityAccount(), Reads: []string{Organization.Name()}}
		for _, account := range e.AccountNames() {
			security.After = append(security.After, Baseline.Of(account)) // Security Hub judges what Config records there
		}
		return []Stack{security}
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
		if s.Cluster.WAF != nil {
			cluster.Reads = append(cluster.Reads, Baseline.Of(s.Name)) // the key of the log group
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
	{SpokeSecrets, forSpokes(func(e *estate.Estate, s *estate.Spoke) *Stack {
		if len(s.Secrets) == 0 {
			return nil
		}
		return &Stack{Name: SpokeSecrets.Of(s.Name)}
	})},
	{BackupVaults, func(e *estate.Estate) []Stack {
		if e.KeepsCopies() == "" {
			return nil
		}
		return []Stack{{Name: BackupVaults.Name(), Account: e.KeepsCopies()}}
	}},
	{AccountBackup, func(e *estate.Estate) []Stack {
		var all []Stack
		for _, account := range e.BackedUp() {
			backup := Stack{Name: AccountBackup.Of(account), Account: account, After: []string{BackupVaults.Name()}}
			if spoke := e.Spoke(account); spoke != nil && spoke.Database != nil {
				// What is restored goes into the subnets of the database.
				backup.After = append(backup.After, SpokeData.Of(account))
			}
			all = append(all, backup)
		}
		return all
	}},
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
