package estate

import (
	"fmt"
	"slices"

	"hubspoke/internal/subnet"
	"hubspoke/internal/yamldoc"
)

// warnAddresses warns of a cluster that may grow out of its subnets. Pods without an
// address wait, and nothing but their events says what for.
func (e *Estate) warnAddresses(d *yamldoc.Document, s *Spoke) {
	if d.Incomplete("network") || d.Incomplete("cluster") || e.settings.Incomplete("zones") || e.settings.Incomplete("region") {
		return
	}
	plan, err := e.AddressPlan(s.Name, s.Network)
	private := Subnets(plan, subnet.Private)
	if err != nil || slices.ContainsFunc(private, func(s Slot) bool { return s.Existing != "" }) {
		return // validateRange says why, or only AWS knows how large they are
	}
	have := 0
	for _, slot := range private {
		have += slot.Hosts
	}
	groups := s.Cluster.GroupAddresses()
	pools, cpus := s.Cluster.PoolAddresses()
	if groups.Least+pools.Least <= have {
		return
	}
	at, remedy := "cluster.node_groups", "or lower max_size"
	if cpus > 0 {
		at = "cluster.node_pools"
		// As many as fit if all nodes are of the size that takes most addresses, or least.
		fit := func(groups, pools int) int { return max(0, have-groups) * cpus / pools }
		remedy = fmt.Sprintf("or the node pools cpu_limits of %d to %d in all, not %d", fit(groups.Most, pools.Most), fit(groups.Least, pools.Least), cpus)
	}
	d.Warnf(at, "as large as they may be, node groups and node pools hold %d to %d addresses, and the private subnets have %d: give the subnets more room, %s",
		groups.Least+pools.Least, groups.Most+pools.Most, have, remedy)
}
