package cluster

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"hubspoke/internal/yamldoc"
)

// warnNodes warns of nodes that may all be gone at once.
func (c *Config) warnNodes(s yamldoc.Section) {
	system := s.Key("system_nodes")
	if c.SystemNodes.Capacity == Spot {
		system.Key("capacity").Warnf("the %d nodes that carry CoreDNS, Karpenter and the load balancer controller are spot instances: EC2 may take all of them back at once, two minutes ahead, and then nobody launches others: make these on-demand, and leave spot to node pools",
			*c.SystemNodes.MinSize)
	} else {
		warnOneType(system, c.SystemNodes)
	}
	for _, name := range slices.Sorted(maps.Keys(c.NodeGroups)) {
		if g := c.NodeGroups[name]; g.Capacity == Spot {
			warnOneType(s.Key("node_groups", name), g)
		}
	}
}

// warnOneType warns of a group whose nodes can be of one type alone. AWS asks for several
// where the capacity is spot:
// https://docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html#managed-node-group-capacity-types
func warnOneType(s yamldoc.Section, g NodeGroup) {
	if len(g.InstanceTypes) == 1 {
		s.Key("instance_types").Warnf("%d to %d nodes can be %s alone, and a zone that has none left gets no node: name another one of the same size too",
			*g.MinSize, g.MaxSize, g.InstanceTypes[0])
	}
}

// Addresses are how many addresses of the private subnets nodes hold: at least, and at
// most, depending on which of their instance types they are.
type Addresses struct{ Least, Most int }

// GroupAddresses are those that all node groups hold when they are as large as they may
// be.
func (c *Config) GroupAddresses() Addresses {
	var all Addresses
	for _, g := range append(slices.Collect(maps.Values(c.NodeGroups)), c.SystemNodes) {
		all = all.plus(c.holdings(g.InstanceTypes, func(string) int { return g.MaxSize }))
	}
	return all
}

// PoolAddresses are those that all node pools hold when they have as many vCPUs as they
// may have, and how many these are.
func (c *Config) PoolAddresses() (held Addresses, cpus int) {
	for _, p := range c.NodePools {
		cpus += p.CPULimit
		held = held.plus(c.holdings(p.InstanceTypes, func(name string) int {
			each := vCPUs(name)
			return (p.CPULimit + each - 1) / each
		}))
	}
	return held, cpus
}

func (a Addresses) plus(b Addresses) Addresses { return Addresses{a.Least + b.Least, a.Most + b.Most} }

// holdings are the addresses of nodes of one of some types, of which there are count.
func (c *Config) holdings(types []string, count func(name string) int) Addresses {
	var a Addresses
	for i, name := range types {
		held := count(name) * c.heldBy(name)
		if i == 0 {
			a = Addresses{held, held}
		}
		a = Addresses{min(a.Least, held), max(a.Most, held)}
	}
	return a
}

// heldBy is how many addresses a node has as soon as a pod runs on it. The VPC CNI keeps
// one interface more than it needs, with all its addresses, or with prefix delegation one
// block of 16 more, beside the node's own address.
//
//   - https://docs.aws.amazon.com/eks/latest/best-practices/vpc-cni.html
//   - https://docs.aws.amazon.com/eks/latest/best-practices/prefix-mode-linux.html
func (c *Config) heldBy(name string) int {
	if c.PrefixDelegation {
		return 1 + 2*16
	}
	return 2 * perInterface(name)
}

// perInterface is how many addresses an interface has on an instance of a type. The sizes
// of a generation agree, but for a few: so this is for what needs no more than that.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/AvailableIpPerENI.html
func perInterface(name string) int {
	family, size, _ := strings.Cut(name, ".")
	burstable := strings.HasPrefix(family, "t")
	switch vcpus := vCPUs(name); {
	case size == "nano" || size == "micro":
		return 2
	case size == "small":
		return 4
	case size == "medium" && burstable:
		return 6
	case size == "medium":
		return 4
	case size == "large" && burstable:
		return 12
	case size == "large":
		return 10
	case vcpus <= 8:
		return 15
	case vcpus <= 48:
		return 30
	}
	return 50
}

// vCPUs is how many virtual processors an instance of a type has, by its size: 64 for
// `metal`, which is about what there is.
// https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
func vCPUs(name string) int {
	family, size, _ := strings.Cut(name, ".")
	if times, ok := strings.CutSuffix(strings.TrimPrefix(size, "metal-"), "xl"); ok {
		size = times + "xlarge"
	}
	switch {
	case size == "medium" && !strings.HasPrefix(family, "t"):
		return 1
	case size == "nano" || size == "micro" || size == "small" || size == "medium" || size == "large":
		return 2
	case size == "xlarge":
		return 4
	}
	times, ok := strings.CutSuffix(size, "xlarge")
	if n, err := strconv.Atoi(times); ok && err == nil && n > 0 {
		return 4 * n
	}
	return 64
}
