package cluster

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"hubspoke/estate/internal/ipv4"
	"hubspoke/internal/yamldoc"
)

// Neighbour is a network that pods reach, or may come to reach.
type Neighbour struct {
	// Name says which it is, `the VPC of dev`.
	Name string
	// CIDR is its range.
	CIDR netip.Prefix
}

// validateControlPlaneZones checks the zones of the control plane's interfaces, which
// are private subnets of the network.
func (c *Config) validateControlPlaneZones(s yamldoc.Section, in Surroundings) {
	for i, zone := range c.ControlPlaneZones {
		if in.Zones != nil && !slices.Contains(in.Zones, zone) {
			s.Item(i).Errorf("the network has no private subnet in %q: it has some in %s. A cluster that has its control plane there keeps it there, so the network must not leave that zone",
				zone, strings.Join(in.Zones, ", "))
		}
	}
}

// The sizes of a range of services, as prefix lengths:
// https://docs.aws.amazon.com/eks/latest/APIReference/API_KubernetesNetworkConfigRequest.html
const (
	widestServices    = 12
	narrowestServices = 24
)

// serviceRanges are ranges to propose: first the two that EKS chooses from by itself.
var serviceRanges = []netip.Prefix{
	netip.MustParsePrefix("172.20.0.0/16"),
	netip.MustParsePrefix("10.100.0.0/16"),
	netip.MustParsePrefix("192.168.0.0/16"),
	netip.MustParsePrefix("10.255.0.0/16"),
	netip.MustParsePrefix("172.31.0.0/16"),
}

// validateServiceCIDR checks the range of services. A pod that sends to an address in
// it talks to a Service of its own cluster, or to nobody: a network there is out of
// reach. EKS itself refuses the range of the cluster's VPC alone.
func (c *Config) validateServiceCIDR(s yamldoc.Section, in Surroundings) {
	p := c.ServiceCIDR
	switch {
	case !p.IsValid():
		return // decoding says why
	case p != p.Masked():
		s.Errorf("%s has host bits set: write %s", p, p.Masked())
		return
	case p.Bits() < widestServices || p.Bits() > narrowestServices:
		s.Errorf("%s is not a size that EKS takes: /%d to /%d", p, narrowestServices, widestServices)
		return
	case !ipv4.Inside(p, ipv4.PrivateSpace()):
		s.Errorf("%s is not private address space (RFC 1918), which EKS wants for services", p)
		return
	}
	for _, n := range in.Neighbours {
		if n.CIDR.IsValid() && p.Overlaps(n.CIDR) {
			s.Errorf("%s overlaps %s (%s), which pods could not reach%s", p, n.Name, n.CIDR, in.freeServices())
			return
		}
	}
}

// freeServices proposes a range that overlaps no neighbour.
func (in Surroundings) freeServices() string {
	for _, p := range serviceRanges {
		if !slices.ContainsFunc(in.Neighbours, func(n Neighbour) bool { return n.CIDR.IsValid() && n.CIDR.Overlaps(p) }) {
			return fmt.Sprintf(": %s is free, for a cluster that is not made yet", p)
		}
	}
	return ": choose one that overlaps nothing, before the cluster is made"
}
