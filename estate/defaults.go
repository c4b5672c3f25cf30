package estate

import (
	"cmp"
	"net/netip"
	"slices"

	"hubspoke/internal/subnet"
	"hubspoke/internal/yamldoc"
)

// applyDefaults gives every value that the files leave out the default that the schema
// documents: those that are always the same stand in the schema's tags, and those that
// follow from something else here, and in the packages of their sections.
func (e *Estate) applyDefaults() {
	yamldoc.ApplyDefaults(&e.Settings)
	yamldoc.ApplyDefaults(&e.Hub)
	if e.Org != nil {
		yamldoc.ApplyDefaults(e.Org)
		if e.Org.Billing != nil {
			e.Org.Billing.ApplyDefaults()
		}
	}
	def(&e.State.Bucket, e.Project+"-terraform-state-"+e.Accounts[HubAccount])
	def(&e.Logs.FlowLogDays, e.Logs.RetentionDays)
	e.Hub.Network.applyDefaults()
	defer e.applyEgressDefaults()
	e.applyHybridDefaults()
	for _, s := range e.Spokes {
		yamldoc.ApplyDefaults(s)
		if s.Database != nil {
			s.Database.ApplyDefaults()
			if len(s.Database.Alarms.Topics) == 0 {
				s.Database.Alarms.Topics = slices.Clone(e.Alarms.Topics)
			}
			if !e.spokes[s.Name].Has("network.database_subnets") {
				s.Network.DatabaseSubnets = true
			}
		}
		for _, api := range s.APIs {
			api.applyDefaults()
		}
		s.Network.applyDefaults()
		if s.Network.EnableVPCEndpoints == nil {
			s.Network.EnableVPCEndpoints = new(s.Network.NAT == NATNone && !e.HasHubNetwork())
		}
		if s.Cluster != nil {
			s.Cluster.ApplyDefaults()
		}
	}
}

// applyDefaults gives a network those defaults that follow from what it states.
func (n *Network) applyDefaults() {
	if n.Explicit() {
		n.AZCount = cmp.Or(len(n.privateZones()), n.AZCount)
		n.DatabaseSubnets = len(n.zones(subnet.Database)) > 0
	}
	if n.PrivateOnly {
		def(&n.NAT, NATNone)
	}
	def(&n.NAT, NATSingle)
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
	e.DNS.Firewall.sort()
	slices.SortFunc(e.OnPremises.CIDRs, netip.Prefix.Compare)
	slices.Sort(e.OnPremises.ReachedBy)
	for _, v := range e.OnPremises.VPNs {
		slices.SortFunc(v.CIDRs, netip.Prefix.Compare)
	}
	if d := e.OnPremises.DirectConnect; d != nil {
		slices.SortFunc(d.CIDRs, netip.Prefix.Compare)
		slices.SortFunc(d.AllowedPrefixes, netip.Prefix.Compare)
	}
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
	if e.Org != nil {
		slices.Sort(e.Org.Administrators)
		if e.Org.BreakGlass != nil {
			slices.Sort(e.Org.BreakGlass.Users)
		}
	}
	slices.Sort(e.Retire)
	slices.Sort(e.Alarms.Topics)
	slices.Sort(e.Hub.Endpoints)
	slices.Sort(e.Hub.Registry.PullThroughCache)
	for _, r := range e.Hub.Registry.Repositories {
		slices.Sort(r.Lifecycle.ReleaseTags)
		slices.Sort(r.Lifecycle.BranchTags)
		slices.Sort(r.Build.Platforms)
		for _, role := range r.Push {
			slices.Sort(role.Refs)
		}
	}
	for _, s := range e.Spokes {
		if s.Database != nil {
			slices.Sort(s.Database.Alarms.Topics)
		}
		for _, r := range s.RecordRoles {
			slices.Sort(r.Zones)
		}
		if s.Cluster != nil {
			slices.Sort(s.Cluster.ControlPlaneZones)
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
