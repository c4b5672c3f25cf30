package estate

import (
	"cmp"
	"fmt"
	"slices"

	"hubspoke/internal/policy"
	"hubspoke/internal/quota"
	"hubspoke/internal/yamldoc"
)

// This file counts what an estate uses of AWS's quotas, from its files alone, so that the
// one which it meets first is known before Terraform meets it in the middle of an apply.
// Where a policy grows with the estate, it is written here as the stacks write it, and
// measured.

// noticePercent of a quota used are warned about: time to ask AWS for more.
const noticePercent = 80

var _ = yamldoc.NewFormat(yamldoc.Format{Name: "quota",
	Wanted: "a quota that AWS raises for who asks, and that an estate meets",
	Values: raisableQuotas()})

func raisableQuotas() []string {
	var keys []string
	for _, q := range quota.All() {
		if !q.Fixed() {
			keys = append(keys, q.Key)
		}
	}
	slices.Sort(keys)
	return keys
}

// Use is how much the estate uses of one quota, where it uses most of it.
type Use struct {
	Quota quota.Quota
	// Used is the number used, and Limit what the account has: the quota's default, or what the estate says that AWS has given.
	Used, Limit int
	// By says what uses it.
	By string
	// Remedy is what to do; "" if there is nothing but to ask AWS for more.
	Remedy string

	at yamldoc.Section
}

// Usage is what the estate uses of every quota that it can grow into, the one that it
// meets first at the beginning.
func (e *Estate) Usage() []Use {
	var uses []Use
	if e.HasHubNetwork() {
		uses = append(uses, e.gatewayUses()...)
		uses = append(uses, e.hubNetworkUses()...)
		uses = append(uses, e.nameUses()...)
	}
	uses = append(uses, e.firewallUses()...)
	uses = append(uses, e.archiveUses()...)
	uses = append(uses, e.roleUses()...)
	uses = append(uses, e.organizationUses()...)
	uses = append(uses, e.peopleUses()...)
	for _, s := range e.Spokes {
		uses = append(uses, e.spokeUses(s)...)
	}
	for i := range uses {
		uses[i].Limit = max(uses[i].Quota.Default, e.Quotas[uses[i].Quota.Key])
	}
	slices.SortStableFunc(uses, func(a, b Use) int { return cmp.Compare(b.Used*a.Limit, a.Used*b.Limit) })
	return uses
}

// gatewayUses are those of the transit gateway, which has a route table for each segment.
func (e *Estate) gatewayUses() []Use {
	routes := 0
	for segment := range e.Segments {
		routes += len(PrivateSpace()) // blackholes
		for _, account := range e.NetworkAccounts() {
			if e.Reaches(segment, e.Segment(account)) {
				routes++
			}
		}
	}
	tables, attachments, by := len(e.Segments), len(e.NetworkAccounts()), "one for each segment"
	if e.Hub.Egress != nil {
		tables, attachments, by = tables+1, attachments+1, by+", and one for the egress VPC"
		routes += len(PrivateSpace()) + len(e.BehindEgress()) + len(e.CentralSegments())
	}
	if e.IsHybrid() {
		tables, attachments, by = tables+1, attachments+len(e.Ways()), by+", and one for what comes from on-premises"
		routes += len(PrivateSpace()) + len(e.OnPremisesAccounts())
		for _, way := range e.Ways() {
			for _, p := range way.CIDRs {
				routes += len(e.OnPremisesSegments()) * len(StaticRoutes(p))
			}
		}
	}
	at := e.settings.Section("segments")
	var uses []Use
	if n := len(e.OnPremises.VPNs); n > 0 {
		uses = append(uses, Use{Quota: quota.VPNConnections, Used: n, at: e.settings.Section("on_premises.vpns"),
			By: "one for each VPN", Remedy: "let sites share a device, or reach on-premises by Direct Connect"})
	}
	return append(uses, []Use{
		{Quota: quota.TransitGatewayRouteTables, Used: tables, at: at,
			By:     by,
			Remedy: "put spokes that reach the same into one segment: as long as it does not name itself under reaches, they do not reach each other"},
		{Quota: quota.TransitGatewayRoutes, Used: routes, at: at,
			By:     "in each segment's table one for each VPC that it reaches",
			Remedy: "put spokes that reach the same into one segment"},
		{Quota: quota.TransitGatewayAttachments, Used: attachments, at: e.settings.Section("accounts"),
			By:     "one for each VPC",
			Remedy: "a second estate has a gateway of its own"},
	}...)
}

// hubNetworkUses are those of the hub's VPC.
func (e *Estate) hubNetworkUses() []Use {
	dns, by := 2, "two" // UDP and TCP
	if e.DNS.DoH != nil && *e.DNS.DoH {
		dns, by = 3, "three" // and HTTPS
	}
	askers := 1 + len(e.OnPremises.CIDRs)
	if slices.ContainsFunc(e.Spokes, func(s *Spoke) bool { return e.AsksInbound(s.Name) }) {
		askers += len(e.AddressSpace)
	}
	// The VPC's own range, S3 and the way out.
	const ownRoutes = 3
	return []Use{
		{Quota: quota.SecurityGroupRules, Used: dns * askers, at: e.settings.Section("address_space"),
			By:     "in the group of the inbound resolver " + by + " for the hub, and for each range of address_space and of on_premises.cidrs that asks",
			Remedy: "put neighbouring ranges together"},
		{Quota: quota.RouteTableRoutes, Used: ownRoutes + len(e.Peers(HubAccount)) + len(e.OnPremises.CIDRs), at: e.hub.Section("network"),
			By:     "in each table of the hub VPC one for each VPC that reaches it",
			Remedy: "leave segments that need nothing of the hub out of its reach"},
		{Quota: quota.InterfaceEndpoints, Used: len(e.CentralEndpoints()), at: e.hub.Section("endpoints"),
			By:     "one for each of endpoints",
			Remedy: "leave out what is called seldom, which leaves by NAT"},
		e.elasticIPs(HubAccount, e.hub),
	}
}

// nameUses are those of names and of the log of queries.
func (e *Estate) nameUses() []Use {
	seen := 1 // by the hub
	for _, s := range e.Spokes {
		if e.ReachesHub(s.Name) {
			seen++
		}
	}
	for _, zone := range e.DNS.PrivateZones {
		seen = max(seen, len(zone.VisibleTo))
	}
	logged := len(e.NetworkAccounts())
	if e.Logs.QueryLogGroup {
		logged++ // the hub's VPC is in its own log group too
	}
	zones := e.settings.Section("dns")
	return []Use{
		{Quota: quota.ZoneVPCs, Used: seen, at: zones,
			By:     "the zones of the central endpoints by every VPC that reaches them",
			Remedy: "AWS advises Route 53 Profiles from there on, which are not made here"},
		{Quota: quota.HostedZones, Used: len(e.DNS.PublicZones) + len(e.DNS.PrivateZones) + len(e.ZonedEndpoints()), at: zones,
			By:     "one for each zone and for each central endpoint",
			Remedy: "let several spokes share a private zone"},
		{Quota: quota.QueryLogVPCs, Used: logged, at: e.settings.Section("accounts"),
			By: "every VPC, by the hub's configurations"},
		{Quota: quota.ResolverRules, Used: len(e.OnPremises.Domains), at: e.settings.Section("on_premises.domains"),
			By:     "one for each domain",
			Remedy: "forward a domain above several of them"},
		e.domainListUse(),
	}
}

// domainListUse is that of the longest list of DNS Firewall: a name and all below it are two
// of its domains.
func (e *Estate) domainListUse() Use {
	f, at := e.DNS.Firewall, e.settings.Section("dns").Key("firewall")
	use := Use{Quota: quota.DomainListDomains, at: at, By: "two for each name", Remedy: "name a domain above several of them"}
	if f == nil {
		return use
	}
	longest := func(names int, at yamldoc.Section) {
		if 2*names > use.Used {
			use.Used, use.at = 2*names, at
		}
	}
	longest(len(f.Block), at.Key("block"))
	for _, spoke := range sortedKeys(f.AllowOnly) {
		longest(len(e.AllowedNames(spoke)), at.Key("allow_only", spoke))
	}
	if len(f.Managed) > 0 {
		longest(len(e.OwnNames()), at.Key("managed"))
	}
	return use
}

// archiveUses are those of the log archive, whose policies name every account; none in an
// organisation, which they name instead.
func (e *Estate) archiveUses() []Use {
	if e.IsOrganization() {
		return nil
	}
	at, senders := e.settings.Section("accounts"), e.LogSenders()
	const remedy = "keep accounts in a second estate, with an archive of its own"
	var uses []Use
	for _, kind := range e.LogKinds() {
		admit := senders.Logs
		if kind == TrailKind {
			admit = senders.Trail
		}
		arn := e.Account(e.Logs.Account).Bucket(e.LogBucket(kind))
		uses = append(uses, Use{Quota: quota.BucketPolicy, Used: size(policy.Bucket(arn, admit(arn)...)), at: at,
			By: "that of " + e.LogBucket(kind) + " names every account", Remedy: remedy})
	}
	key := policy.Key(e.Account(e.Logs.Account), append(senders.LogsKey(), senders.TrailKey()...)...)
	return append(uses, Use{Quota: quota.KeyPolicy, Used: size(key), at: at, By: "that of the log archive's key names every account", Remedy: remedy})
}

// roleUses are those of the hub's roles.
func (e *Estate) roleUses() []Use {
	roles := 0
	for _, s := range e.Spokes {
		roles += len(s.RecordRoles)
	}
	for _, r := range e.Hub.Registry.Repositories {
		roles += len(r.Push)
	}
	// Each account has two state roles. The hub has its own two deploy roles, and two for CI.
	const statePer, own = 2, 4
	uses := []Use{
		{Quota: quota.Roles, Used: own + statePer*len(e.Accounts) + roles, at: e.settings.Section("accounts"),
			By:     "in the hub two for each account, and one for each record role and push role",
			Remedy: "keep accounts in a second estate"},
		{Quota: quota.TrustPolicy, Used: len(*policy.AssumedByRoles(e.PlanTrust(HubAccount)...)), at: e.settings.Section("state.administrators"),
			By:     "that of the plan roles names every one of state.administrators",
			Remedy: "name several by a pattern, such as AWSReservedSSO_AdministratorAccess_*"},
	}
	if e.IsOrganization() {
		uses = append(uses, Use{Quota: quota.TrustPolicy, Used: len(*policy.AssumedByRoles(e.PlanTrust(ManagementAccount)...)), at: e.org.Section("administrators"),
			By:     "that of the management account's plan role names every one of administrators, and of state.administrators",
			Remedy: "name several by a pattern, such as AWSReservedSSO_Organization_*"})
	}
	return uses
}

// spokeUses are those of a spoke's own account.
func (e *Estate) spokeUses(s *Spoke) []Use {
	d := e.spokes[s.Name]
	uses := []Use{e.elasticIPs(s.Name, d)}
	if n := len(e.OwnEndpoints(s.Name)) + len(s.PrivateEndpoints); n > 0 {
		uses = append(uses, Use{Quota: quota.InterfaceEndpoints, Used: n, at: d.Section("network"),
			By: "one for each service that the spoke calls", Remedy: "leave out what is called seldom"})
	}
	if n := len(s.Services) + len(e.RoutedServices(s.Name)); n > 0 {
		uses = append(uses, Use{Quota: quota.NetworkLoadBalancers, Used: n, at: d.Section("services"),
			By: "one for each of services, and for each service that an API leads to; the cluster's own come to them", Remedy: "let pods of a kind share a service"})
	}
	keys := 0
	for _, api := range s.APIs {
		keys += len(api.Keys)
	}
	if keys > 0 {
		uses = append(uses, Use{Quota: quota.UsagePlans, Used: keys, at: d.Section("apis"),
			By: "one for each of the keys of all APIs", Remedy: "let consumers of a kind share a key"})
	}
	for _, name := range sortedKeys(s.APIs) {
		uses = append(uses, Use{Quota: quota.APIRoutes, Used: len(s.APIs[name].Routes), at: d.Section(yamldoc.Child("apis", name)).Key("routes"),
			By: "one for each line of " + yamldoc.Child("apis", name) + ".routes", Remedy: "let routes with {proxy+} stand for many, or make another API"})
	}
	if s.Cluster == nil {
		return uses
	}
	at := d.Section("cluster")
	uses = append(uses, Use{Quota: quota.NodeGroups, Used: 1 + len(s.Cluster.NodeGroups), at: at.Key("node_groups"),
		By: "the system nodes and one for each of node_groups", Remedy: "let Karpenter place workloads by node_pools"})
	for _, name := range sortedKeys(s.Cluster.Identities) {
		uses = append(uses, e.identityUses(s, name, at.Key("identities", name))...)
	}
	return uses
}

func (e *Estate) identityUses(s *Spoke, name string, at yamldoc.Section) []Use {
	identity := s.Cluster.Identities[name]
	return []Use{
		{Quota: quota.RoleInlinePolicies, Used: size(identity.Statements(e.Grants(s.Name, name))), at: at,
			By:     "what the workload is allowed",
			Remedy: "name several actions or resources by one with a wildcard, or make a managed policy of your own and name it under managed_policies"},
		{Quota: quota.RoleManagedPolicies, Used: len(identity.ManagedPolicies), at: at.Key("managed_policies"),
			By: "those of managed_policies", Remedy: "put several into one policy of your own"},
	}
}

// elasticIPs are those of an account's NAT gateways.
func (e *Estate) elasticIPs(account string, d *yamldoc.Document) Use {
	n := e.Network(account)
	used := map[NAT]int{NATSingle: 1, NATOnePerAZ: len(e.UsedZones(n))}[n.NAT]
	if account == HubAccount && e.Hub.Egress != nil {
		used += len(e.EgressZones())
	}
	return Use{Quota: quota.ElasticIPs, Used: used, at: d.Section("network.nat"), By: "one for each NAT gateway", Remedy: "take a single NAT gateway"}
}

// size is how long a policy of these statements is. IAM counts no white space, and there
// is none between its parts.
func size(statements []policy.Statement) int { return len(*policy.Document(statements...)) }

// validateQuotas warns about quotas that are nearly used up, and refuses an estate that
// AWS would refuse whatever it is asked. What is counted follows from the whole estate, so
// there is nothing to say while anything else is wrong with it.
func (e *Estate) validateQuotas() {
	e.validateRaised()
	for _, d := range e.documents() {
		if len(d.Errors) > 0 {
			return
		}
	}
	told := map[string]bool{}
	for _, u := range e.Usage() {
		// The first is the nearest; of several alike, one message is enough.
		place := u.Quota.Key + " " + u.at.Path()
		if told[place] || 100*u.Used < noticePercent*u.Limit {
			continue
		}
		told[place] = true
		u.tell()
	}
}

// tell records what is said about a quota that is nearly used up, or more.
func (u Use) tell() {
	used := fmt.Sprintf("%d of %d %s are used (%s): ", u.Used, u.Limit, u.Quota.Name, u.By)
	ask := "ask AWS for more, and state what it gives under quotas." + u.Quota.Key + " in estate.yaml"
	switch {
	case u.Quota.Fixed() && u.Used > u.Limit:
		u.at.Errorf("%sAWS gives nobody more: %s", used, u.Remedy)
	case u.Quota.Max > 0 && u.Used > u.Quota.Max:
		u.at.Errorf("%sAWS gives nobody more than %d: %s", used, u.Quota.Max, u.Remedy)
	case u.Quota.Fixed():
		u.at.Warnf("%sAWS gives nobody more: %s", used, u.Remedy)
	case u.Remedy == "":
		u.at.Warnf("%s%s", used, ask)
	default:
		u.at.Warnf("%s%s; or %s", used, u.Remedy, ask)
	}
}

// validateRaised checks what estate.yaml says that AWS has given.
func (e *Estate) validateRaised() {
	for _, key := range sortedKeys(e.Quotas) {
		at, given := e.settings.Section("quotas").Key(key), e.Quotas[key]
		q, ok := quota.Named(key)
		switch {
		case !ok || q.Fixed(): // decoding says so
		case given <= q.Default:
			at.Errorf("every account has %d %s without asking: state more, or leave this out", q.Default, q.Name)
		case q.Max > 0 && given > q.Max:
			at.Errorf("AWS gives nobody more than %d %s", q.Max, q.Name)
		}
	}
}
