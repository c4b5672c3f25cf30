package estate

import (
	"maps"
	"net/netip"
	"slices"
	"strings"

	"hubspoke/estate/internal/ipv4"
	"hubspoke/internal/arn"
	"hubspoke/internal/awsservice"
	"hubspoke/internal/subnet"
)

// This file holds the names that two stacks must agree on before either exists.

// Prefix is what every AWS name in an account begins with: `<project>-<account>`.
func (e *Estate) Prefix(account string) string { return e.Project + "-" + account }

// Account is one of the estate's accounts in the estate's region, as ARNs have it.
func (e *Estate) Account(name string) arn.Account {
	return arn.Account{Partition: e.Partition(), Region: e.Region, Number: e.Accounts[name]}
}

// RoleARN is the ARN of an IAM role in one of the estate's accounts.
func (e *Estate) RoleARN(account, role string) string {
	return e.Account(account).Role(role)
}

// The roles that bootstrap makes. PlanRole and ApplyRole exist in every account,
// two state roles for each account in the hub, and the two CI roles in the hub.

// PlanRole is the role with which Terraform plans in an account: it reads alone.
func (e *Estate) PlanRole() string { return e.Project + "-plan" }

// ApplyRole is the role with which Terraform applies in an account.
func (e *Estate) ApplyRole() string { return e.Project + "-apply" }

// StateRole is the role that writes the states of an account's stacks.
func (e *Estate) StateRole(account string) string { return e.Project + "-state-" + account }

// PlanStateRole is the role that reads what StateRole writes, and locks it.
func (e *Estate) PlanStateRole(account string) string { return e.Project + "-plan-state-" + account }

// CIPlanRole is the role of workflows that plan.
func (e *Estate) CIPlanRole() string { return e.Project + "-ci-plan" }

// CIApplyRole is the role of workflows that apply.
func (e *Estate) CIApplyRole() string { return e.Project + "-ci-apply" }

// BreakGlassRole is the role by which people come into every account on the day on which
// they cannot come in otherwise.
func (e *Estate) BreakGlassRole() string { return e.Project + "-break-glass" }

// BreakGlassPath is the path of the users who may assume it, and of their group.
const BreakGlassPath = "/break-glass/"

// RecordRole is the role in the hub with which a workload of a spoke writes records. The
// workload's own role in the spoke, which may assume it, is called the same.
func (e *Estate) RecordRole(spoke, workload string) string { return e.Prefix(spoke) + "-" + workload }

// PushRole is the name of a role that may push images.
func (e *Estate) PushRole(name string) string { return e.Project + "-push-" + name }

// StateKey is the key of a stack's state in the state bucket.
func (e *Estate) StateKey(stack string) string { return e.Project + "/" + stack + ".tfstate" }

// StateKeyAlias is the alias of the key that encrypts the state.
func (e *Estate) StateKeyAlias() string { return "alias/" + e.Project + "-terraform-state" }

// StateAccessLogs is the bucket that says who asked that of the states for what.
func (e *Estate) StateAccessLogs() string {
	return e.Project + "-state-access-logs-" + e.Accounts[HubAccount]
}

// SecurityTopic is the topic by which people are told of findings, and begins the names of
// the rules that tell them.
func (e *Estate) SecurityTopic() string { return e.Project + "-security" }

// FlowLogGroup is the log group of a VPC's flow logs.
func (e *Estate) FlowLogGroup(account string) string {
	return "/vpc/" + e.Prefix(account) + "/flow-logs"
}

// EgressFlowLogGroup is the log group of the egress VPC's flow logs.
func (e *Estate) EgressFlowLogGroup() string { return e.FlowLogGroup(EgressVPC) }

// FirewallLogGroup is the log group of the firewall's alerts.
func (e *Estate) FirewallLogGroup() string { return "/vpc/" + e.Prefix(EgressVPC) + "/firewall" }

// VPNLogGroup is the log group of the tunnels of all VPNs.
func (e *Estate) VPNLogGroup() string { return "/vpn/" + e.Prefix(HubAccount) + "/tunnels" }

// QueryLogGroup is the log group of the DNS queries of a VPC.
func (e *Estate) QueryLogGroup(account string) string {
	return "/vpc/" + e.Prefix(account) + "/dns-queries"
}

// ProbeLogGroup is the log group of an account's probe.
func (e *Estate) ProbeLogGroup(account string) string { return "/probe/" + e.Prefix(account) }

// TrailLogGroup is the log group that an account's trail is copied to, for its alarms.
func (e *Estate) TrailLogGroup(account string) string { return "/trail/" + e.Prefix(account) }

// BastionName is the name of an account's bastion and its role.
func (e *Estate) BastionName(account string) string { return e.Prefix(account) + "-bastion" }

// SessionsName is the name of an account's session preferences: that of their key.
func (e *Estate) SessionsName(account string) string { return e.Prefix(account) + "-sessions" }

// SessionLogGroup is the log group of what is said in an account's sessions.
func (e *Estate) SessionLogGroup(account string) string {
	return "/sessions/" + e.Prefix(account)
}

// LoadBalancerGroup is the name of the security group of a spoke's load balancers:
// of the frontend's, or of internal ones.
func (e *Estate) LoadBalancerGroup(account string, frontend bool) string {
	if frontend {
		return e.Prefix(account) + "-frontend-alb"
	}
	return e.Prefix(account) + "-internal-alb"
}

// HasTrail says that an account has a CloudTrail trail of its own. In an organisation the
// trail of the account that owns it is that of all.
func (e *Estate) HasTrail(account string) bool { return !e.IsOrganization() || e.isManagement(account) }

// TrailName is the name of an account's CloudTrail trail.
func (e *Estate) TrailName(account string) string { return e.Prefix(account) + "-trail" }

// ClusterName is the name of a spoke's EKS cluster, which Karpenter finds its
// subnets and security groups by.
func (e *Estate) ClusterName(account string) string { return e.Prefix(account) }

// Network is the VPC of an account.
func (e *Estate) Network(account string) Network {
	if account == HubAccount {
		return e.Hub.Network
	}
	return e.Spoke(account).Network
}

// Plan is the address plan of an account's VPC. Loading has checked that it fits.
func (e *Estate) Plan(account string) []Slot {
	plan, err := e.AddressPlan(account, e.Network(account))
	if err != nil {
		panic("estate: the address plan of a validated estate: " + err.Error())
	}
	return plan
}

// minControlPlaneZones is how many zones EKS wants for a control plane:
// https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
const minControlPlaneZones = 2

// ControlPlaneZones are the zones in which the cluster of a spoke has its control
// plane's interfaces: those that the file names, or the two lowest of the network. EKS
// never lets a cluster into another zone or out of one, so they must not follow from how
// many zones the network uses.
func (e *Estate) ControlPlaneZones(spoke string) []string {
	s := e.Spoke(spoke)
	if zones := s.Cluster.ControlPlaneZones; len(zones) > 0 {
		return zones
	}
	zones := e.UsedZones(s.Network)
	return zones[:min(minControlPlaneZones, len(zones))]
}

// InboundAddresses are the addresses of the hub's inbound resolver endpoint,
// with the zones they are in.
func (e *Estate) InboundAddresses() []netip.Addr {
	var addresses []netip.Addr
	for _, s := range Subnets(e.Plan(HubAccount), subnet.Private)[:e.Hub.InboundResolver.ZoneCount] {
		addresses = append(addresses, InboundAddress(s.CIDR))
	}
	return addresses
}

// AsksInbound says whether the workloads of an account may ask the hub's inbound
// resolver endpoint. Who may sees what the hub's VPC does: every private zone.
func (e *Estate) AsksInbound(account string) bool {
	return e.ReachesHub(account) && (account == HubAccount || e.DNS.ResolverOrder != AmazonOnly)
}

// CentralEndpoints are the services with an interface endpoint in the hub,
// sorted.
func (e *Estate) CentralEndpoints() []string {
	services := append([]string{"ecr.api", "ecr.dkr"}, e.Hub.Endpoints...)
	slices.Sort(services)
	return slices.Compact(services)
}

// ZonedEndpoints are those of [Estate.CentralEndpoints] that have a zone. Private APIs have
// none: their names resolve everywhere, to the endpoint's addresses, and a zone would hide those
// of all APIs that are not.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-private-api-test-invoke-url.html
func (e *Estate) ZonedEndpoints() []string {
	return slices.DeleteFunc(e.CentralEndpoints(), func(service string) bool { return service == PrivateAPIs })
}

// EndpointZone is the private zone that makes clients reach a service through
// its central interface endpoint.
type EndpointZone struct {
	// Service is the last part of the endpoint's service name.
	Service string
	// Name is the zone's domain name.
	Name string
	// Wildcard says that the zone answers for all names below it too.
	Wildcard bool
}

// EndpointZone returns the zone of a service in the estate's region; one without a
// name for a service that is neither one of [EndpointServices] nor named by the estate.
func (e *Estate) EndpointZone(service string) EndpointZone {
	zone := EndpointZone{Service: service}
	names := awsservice.Names(service, e.Region)
	if name, ok := e.EndpointNames[service]; ok {
		names = []string{name}
	}
	if len(names) > 0 {
		zone.Name, zone.Wildcard = strings.CutPrefix(names[0], "*.")
	}
	return zone
}

// VisibleZones are the private zones, by domain name and sorted, that an
// account's VPC resolves; those of the central endpoints are not among them.
func (e *Estate) VisibleZones(account string) []string {
	var zones []string
	for _, name := range sortedKeys(e.DNS.PrivateZones) {
		if slices.Contains(e.DNS.PrivateZones[name].VisibleTo, account) {
			zones = append(zones, name)
		}
	}
	return zones
}

// ParentZone is the public zone that delegates another one, or "".
func (e *Estate) ParentZone(zone string) string {
	parent := ""
	for _, candidate := range e.DNS.PublicZones {
		if strings.HasSuffix(zone, "."+candidate) && len(candidate) > len(parent) {
			parent = candidate
		}
	}
	return parent
}

// HasHubNetwork says that the hub has a network, which the spokes' VPCs are
// attached to. Without one every spoke stands alone.
func (e *Estate) HasHubNetwork() bool {
	return e.Hub.Network.CIDR.IsValid() || e.hub != nil && (e.hub.Has("network") || e.hub.Broken("network"))
}

// InvitesSpokes says that each spoke has to be invited to what the hub's network shares,
// and to accept: the organisation, if there is one, does not share by itself.
func (e *Estate) InvitesSpokes() bool {
	return e.HasHubNetwork() && !e.SharesInOrganization()
}

// Segment is the transit gateway segment of an account's VPC.
func (e *Estate) Segment(account string) string {
	if account == HubAccount {
		return e.Hub.Segment
	}
	return e.Spoke(account).Segment
}

// Reaches says whether VPCs in two segments exchange traffic. It is symmetric.
func (e *Estate) Reaches(a, b string) bool {
	return e.Segmentation == Mesh ||
		slices.Contains(e.Segments[a].Reaches, b) || slices.Contains(e.Segments[b].Reaches, a)
}

// ReachesHub says whether an account's VPC exchanges traffic with the hub's. One
// that does not must not be told to use what the hub shares.
func (e *Estate) ReachesHub(account string) bool {
	return account == HubAccount || e.HasHubNetwork() && e.Reaches(e.Segment(account), e.Hub.Segment)
}

// NetworkAccounts are the accounts that have a VPC: the hub first, if it has one,
// then spokes by name.
func (e *Estate) NetworkAccounts() []string {
	var accounts []string
	if e.HasHubNetwork() {
		accounts = append(accounts, HubAccount)
	}
	for _, s := range e.Spokes {
		accounts = append(accounts, s.Name)
	}
	return accounts
}

// Peers are the accounts other than its own that an account's VPC exchanges
// traffic with: the hub first, if it is one, then spokes by name.
func (e *Estate) Peers(account string) []string {
	if !e.HasHubNetwork() {
		return nil
	}
	var peers []string
	for _, other := range e.NetworkAccounts() {
		if other != account && e.Reaches(e.Segment(account), e.Segment(other)) {
			peers = append(peers, other)
		}
	}
	return peers
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// PrivateSpace is the private address space of RFC 1918.
func PrivateSpace() []netip.Prefix { return ipv4.PrivateSpace() }
