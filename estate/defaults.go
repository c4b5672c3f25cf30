package estate

import (
	"net/netip"
	"slices"

	"hubspoke/internal/subnet"
)

// applyDefaults gives every value that the files leave out the default that the
// schema documents. It is the only place that knows them.
func (e *Estate) applyDefaults() {
	if len(e.AddressSpace) == 0 {
		e.AddressSpace = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	}
	def(&e.Segmentation, Segments)
	def(&e.DNS.ResolverOrder, AmazonFirst)
	def(&e.State.Backend, BackendS3)
	def(&e.State.Bucket, e.Project+"-terraform-state-"+e.Accounts[HubAccount])
	def(&e.State.Path, ".state")
	def(&e.State.BootstrapRole, "OrganizationAccountAccessRole")
	def(&e.Logs.Account, HubAccount)
	def(&e.Logs.RetentionDays, 90)
	def(&e.Logs.FlowLogDays, e.Logs.RetentionDays)
	def(&e.Logs.ArchiveAfterDays, 90)
	def(&e.Logs.ExpireAfterDays, 400)
	def(&e.GitHub.ApplyRef, "refs/heads/main")

	def(&e.Hub.Segment, "shared")
	def(&e.Hub.TransitGateway.ASN, 64512)
	def(&e.Hub.InboundResolver.ZoneCount, 2)
	e.Hub.Network.applyDefaults()
	for name, r := range e.Hub.Registry.Repositories {
		def(&r.Lifecycle.KeepReleases, 15)
		if len(r.Lifecycle.ReleaseTags) == 0 {
			r.Lifecycle.ReleaseTags = []string{"v"}
		}
		def(&r.Lifecycle.BranchDays, 45)
		if len(r.Lifecycle.BranchTags) == 0 {
			r.Lifecycle.BranchTags = []string{"dev", "feature", "main"}
		}
		def(&r.Lifecycle.UntaggedDays, 7)
		def(&r.Lifecycle.AnyDays, 60)
		e.Hub.Registry.Repositories[name] = r
	}
	for _, s := range e.Spokes {
		if s.Database != nil {
			s.Database.applyDefaults()
			if !e.spokes[s.Name].Has("network.database_subnets") {
				s.Network.DatabaseSubnets = true
			}
		}
		s.Network.applyDefaults()
		if s.Network.EnableVPCEndpoints == nil {
			s.Network.EnableVPCEndpoints = new(s.Network.NAT == NATNone && !e.HasHubNetwork())
		}
		if s.Cluster != nil {
			s.Cluster.applyDefaults()
		}
		if s.Bastion != nil {
			def(&s.Bastion.InstanceType, "t4g.micro")
		}
	}
}

func (n *Network) applyDefaults() {
	if n.Explicit() {
		n.AZCount = len(n.privateZones())
		n.DatabaseSubnets = len(n.zones(subnet.Database)) > 0
	}
	def(&n.AZCount, 2)
	if n.PrivateOnly {
		def(&n.NAT, NATNone)
	}
	def(&n.NAT, NATSingle)
	def(&n.PrefixLengths.Public, 24)
	def(&n.PrefixLengths.Private, 18)
	def(&n.PrefixLengths.Database, 24)
}

func def[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// sortLists puts every list whose order has no meaning into one order, so that
// moving a line in a file changes nothing in the output. It comes after
// validation, whose messages count in the file's order.
func (e *Estate) sortLists() {
	slices.Sort(e.Zones)
	slices.SortFunc(e.AddressSpace, netip.Prefix.Compare)
	slices.Sort(e.DNS.PublicZones)
	slices.SortFunc(e.OnPremises.CIDRs, netip.Prefix.Compare)
	for _, servers := range e.OnPremises.Domains {
		slices.SortFunc(servers, netip.Addr.Compare)
	}
	for _, z := range e.DNS.PrivateZones {
		slices.Sort(z.VisibleTo)
	}
	for _, s := range e.Segments {
		slices.Sort(s.Reaches)
	}
	slices.Sort(e.State.Administrators)
	slices.Sort(e.Hub.Endpoints)
	slices.Sort(e.Hub.Registry.PullThroughCache)
	for _, r := range e.Hub.Registry.Repositories {
		slices.Sort(r.Lifecycle.ReleaseTags)
		slices.Sort(r.Lifecycle.BranchTags)
	}
	for _, s := range e.Spokes {
		if s.Database != nil {
			slices.Sort(s.Database.Alarms.Topics)
		}
		for _, r := range s.RecordRoles {
			slices.Sort(r.Zones)
		}
		slices.Sort(s.Network.Endpoints)
		if s.Network.Existing != nil {
			slices.Sort(s.Network.Existing.PrivateRouteTableIDs)
		}
		if s.SecurityGroups != nil {
			slices.Sort(s.SecurityGroups.AdditionalSecurityGroupIDs)
		}
	}
}
