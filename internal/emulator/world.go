package emulator

import (
	"maps"
	"net/netip"
	"path"
	"slices"
	"strings"

	"hubspoke/estate"
)

// World is what there is in AWS before an estate is deployed.
type World struct {
	// Region is the estate's.
	Region string `json:"region"`
	// Accounts are the numbers of all accounts.
	Accounts []string `json:"accounts"`
	// First is the account of whoever bootstraps. In each other account is Role, which trusts it.
	First string `json:"first"`
	Role  string `json:"role"`
	// People is the ARN of a role of the organisation's administrators, empty without one.
	People string `json:"people,omitempty"`
	// Operators is the ARN of a role of state.administrators where no workflow deploys, empty where one does.
	Operators string `json:"operators,omitempty"`
	// Profiles are the accounts that the profiles of the AWS CLI's configuration lead to, by profile.
	Profiles map[string]string `json:"profiles"`
	// Organization is the ARN of the organisation that all accounts are in, empty without one or if the estate makes it.
	Organization string `json:"organization,omitempty"`
	// Sharing says that the organisation shares within itself.
	Sharing bool `json:"sharing"`
	// Names are the accounts of an organisation that the estate takes over, by number, Emails their addresses.
	Names  map[string]string `json:"names"`
	Emails map[string]string `json:"emails"`
	// Units are the organizational units that there are, each after the one that it is in.
	Units []Unit `json:"units"`
	// Delegates are the accounts that administer services of the organisation already, by the service's principal; of
	// those that have an administrator in each region, in Regions.
	Delegates map[string]string `json:"delegates"`
	Regions   []string          `json:"regions"`
	// Monitors are the ARNs of anomaly monitors of Cost Explorer, Groups are what an identity provider has brought into IAM Identity
	// Center, in GroupsRegion.
	Monitors     []string `json:"monitors"`
	Groups       []string `json:"groups"`
	GroupsRegion string   `json:"groups_region,omitempty"`
	// Lines are gateways of Direct Connect in the hub's account.
	Lines []Line `json:"lines"`
	// Policies are the ARNs of policies that roles of clusters' identities attach, or permission sets name, and that neither AWS nor the estate makes.
	Policies []string `json:"policies"`
	// Sessions are the accounts where somebody has saved preferences of Session Manager.
	Sessions []string `json:"sessions"`
	// Roles are the ARNs of those whom clusters let in and whom the estate does not make.
	Roles []string `json:"roles"`
	// Networks are VPCs that the estate looks up.
	Networks []Network `json:"networks"`
	// Gateways are the ids of peering connections and of virtual private gateways, by account, that routes lead to.
	Gateways map[string][]string `json:"gateways"`
}

// Line is a gateway of Direct Connect.
type Line struct {
	Gateway string `json:"gateway"`
	// Attachment is the id that its attachment has when it is associated, empty if nobody knows it before.
	Attachment string `json:"attachment,omitempty"`
}

// Unit is an organizational unit; Parent is the id of the one that it is in, empty for the root.
type Unit struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Parent string `json:"parent"`
}

// Network is a VPC that somebody else has made.
type Network struct {
	Account string `json:"account"`
	VPC     string `json:"vpc"`
	CIDR    string `json:"cidr"`
	// Subnets are its subnets' ids and zone ids.
	Subnets []Subnet `json:"subnets"`
	// RouteTables are those of the private subnets, each with the subnets that have it.
	RouteTables    []string `json:"route_tables"`
	SecurityGroups []string `json:"security_groups"`
}

// Subnet is a subnet of a [Network].
type Subnet struct {
	ID   string `json:"id"`
	Zone string `json:"zone"`
	CIDR string `json:"cidr"`
}

// WorldOf is what an estate needs to be there.
func WorldOf(e *estate.Estate) World {
	w := World{
		Region: e.Region, Accounts: e.AccountNumbers(), First: e.Accounts[estate.HubAccount], Role: e.State.BootstrapRole,
		Profiles: map[string]string{}, Organization: e.OrganizationARN(), Sharing: e.Organization.ResourceSharing,
		Names: map[string]string{}, Emails: map[string]string{}, Units: []Unit{}, Delegates: map[string]string{},
		Regions: []string{}, Monitors: []string{}, Groups: []string{},
		Lines: []Line{}, Policies: []string{}, Roles: []string{}, Sessions: []string{}, Networks: []Network{}, Gateways: map[string][]string{},
	}
	if e.GitHub.Repository == "" && len(e.State.Administrators) > 0 {
		w.Operators = roleLike(e.State.Administrators[0])
	}
	for account, profile := range e.State.BootstrapProfiles {
		w.Profiles[profile] = e.Accounts[account]
	}
	for _, account := range e.Sessions.Existing {
		w.Sessions = append(w.Sessions, e.Accounts[account])
	}
	if e.IsOrganization() && e.Org.ID != "" {
		w.own(e)
	}
	if d := e.OnPremises.DirectConnect; d != nil && d.GatewayID != "" {
		w.Lines = append(w.Lines, Line{d.GatewayID, d.AttachmentID})
	}
	for _, account := range e.AccountNames() {
		number := e.Accounts[account]
		if account == estate.HubAccount || e.Spoke(account) != nil {
			for _, name := range slices.Sorted(maps.Keys(e.Network(account).Routes)) {
				w.Gateways[number] = append(w.Gateways[number], e.Network(account).Routes[name].Via)
			}
		}
		spoke := e.Spoke(account)
		if spoke != nil && spoke.Network.Existing != nil {
			w.Networks = append(w.Networks, existing(number, spoke))
		}
		if spoke != nil && spoke.Cluster != nil {
			w.Roles = append(w.Roles, letIn(e, account, spoke)...)
			for _, identity := range spoke.Cluster.Identities {
				w.Policies = append(w.Policies, slices.DeleteFunc(slices.Clone(identity.ManagedPolicies), func(arn string) bool { return strings.Contains(arn, "::aws:policy/") })...)
			}
		}
	}
	slices.Sort(w.Roles)
	w.Roles = slices.Compact(w.Roles)
	slices.Sort(w.Policies)
	w.Policies = slices.Compact(w.Policies)
	return w
}

// roleLike is the ARN of a role that an ARN with asterisks stands for.
func roleLike(arn string) string { return strings.ReplaceAll(arn, "*", "0123456789abcdef") }

// letIn are the roles of a cluster's access entries, but for those that are called after the project, as all are that
// the estate makes.
func letIn(e *estate.Estate, account string, spoke *estate.Spoke) []string {
	var roles []string
	for _, entry := range spoke.Cluster.Access {
		arn := e.AccessRoleARN(account, entry)
		if !strings.HasPrefix(path.Base(arn), e.Project+"-") {
			roles = append(roles, arn)
		}
	}
	return roles
}

// existing is the VPC of a spoke that was there before. The estate does not say which ranges its
// subnets have: they get the last ones of the VPC.
func existing(account string, spoke *estate.Spoke) Network {
	have := spoke.Network.Existing
	n := Network{Account: account, VPC: have.VPCID, CIDR: spoke.Network.CIDR.String(), RouteTables: have.PrivateRouteTableIDs}
	for _, of := range []map[string]string{have.PrivateSubnetIDs, have.DatabaseSubnetIDs} {
		for _, zone := range slices.Sorted(maps.Keys(of)) {
			n.Subnets = append(n.Subnets, Subnet{ID: of[zone], Zone: zone, CIDR: fromEnd(spoke.Network.CIDR, len(n.Subnets)+1).String()})
		}
	}
	var groups []string
	if g := spoke.SecurityGroups; g != nil {
		groups = append(slices.Clone(g.AdditionalSecurityGroupIDs), g.BastionSecurityGroupID)
	}
	slices.Sort(groups)
	n.SecurityGroups = slices.DeleteFunc(slices.Compact(groups), func(id string) bool { return id == "" })
	return n
}

// fromEnd is a sixteenth part of a range, the nth from its end.
func fromEnd(cidr netip.Prefix, nth int) netip.Prefix {
	bits := cidr.Bits() + 4
	address := cidr.Masked().Addr().As4()
	part := uint32(16-nth) << (32 - bits)
	for i := range address {
		address[i] |= byte(part >> (24 - 8*i))
	}
	return netip.PrefixFrom(netip.AddrFrom4(address), bits)
}
