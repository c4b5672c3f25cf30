package invariant

import (
	"maps"
	"slices"

	"hubspoke/internal/awstag"
	"hubspoke/proof/config"
	"hubspoke/proof/network"
)

// What is found here.
var (
	controllerTagOnEverything = catalogue.Add("controller-tag-on-everything",
		"A provider's `default_tags` hold a tag that a controller in a cluster, or AWS, acts on. Everything that the provider "+
			"makes has it: Karpenter launches nodes in any subnet and with any group, load balancers come up anywhere, a role "+
			"passes for a pod's.",
		"Take the tag out of `default_tags`, and put it on the resources that are meant.")
	loadBalancerSubnet = catalogue.Add("load-balancer-subnet",
		"The tag by which the AWS Load Balancer Controller finds subnets is on one of the wrong kind: "+
			"`kubernetes.io/role/elb`, for load balancers on the internet, on a subnet without a route to an internet gateway, or "+
			"`kubernetes.io/role/internal-elb` on a subnet with one.",
		"Tag public subnets with the first and private ones with the second.")
	discoveryIncomplete = catalogue.Add("discovery-incomplete",
		"The tag `karpenter.sh/discovery` is on subnets with a value that no security group has, or the other way round. "+
			"Karpenter needs both, found by the same value: it launches nothing. Where the "+
			"VPC has no cluster, the tag waits for one, and nothing is said.",
		"Give subnets and groups of a cluster the same value, the cluster's name.")
	discoverySubnet = catalogue.Add("discovery-subnet",
		"The tag `karpenter.sh/discovery` is on a subnet where the cluster has no node group, or of another VPC than the "+
			"groups with the same value. Karpenter launches nodes there as well: among databases, or with public addresses. "+
			"What is proven about nodes is about the subnets of node groups.",
		"Take the tag from the subnet, or give a node group the subnet too, so that the proof knows of nodes there.")
	discoveryGroup = catalogue.Add("discovery-group",
		"The security groups with the tag `karpenter.sh/discovery` are not those of the cluster's node groups. Nodes that "+
			"Karpenter launches are let in and out differently, and what is proven about nodes is not about them.",
		"Tag the groups that all node groups have, and no others.")
	nodeClusterTag = catalogue.Add("node-cluster-tag",
		"A node has several security groups, and not exactly one of them has the tag `kubernetes.io/cluster/<name>`. The "+
			"AWS Load Balancer Controller does not know which one to open to its load balancers, and registers no targets. "+
			"The group that EKS makes for a cluster always has the tag.",
		"Tag the one group that load balancers are to be let into.")
)

// checkTags checks that the tags by which controllers choose are on what they are to
// choose. What a tag's value is after apply only is not looked at.
func (k *checker) checkTags() {
	k.checkDefaultTags()
	for _, v := range k.VPCs {
		for _, s := range v.Subnets {
			k.checkLoadBalancerSubnet(s)
		}
	}
	for _, s := range k.discoveries() {
		k.checkDiscovery(s)
	}
	k.checkClusterTags()
}

func (k *checker) checkDefaultTags() {
	for _, s := range k.config.Stacks {
		all := s.DefaultTags()
		for _, provider := range slices.Sorted(maps.Keys(all)) {
			for _, key := range slices.Sorted(maps.Keys(all[provider])) {
				if owner := awstag.Owner(key); owner != "" {
					k.Violation(controllerTagOnEverything, nil,
						"%s: everything that the provider %s makes has the tag %s, and %s acts on that: tag what is meant", s.Name, provider, key, owner)
				}
			}
		}
	}
}

// checkLoadBalancerSubnet checks that a subnet is of the kind that its tags say:
// https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/subnet_discovery/
func (k *checker) checkLoadBalancerSubnet(s *network.Subnet) {
	tags, _ := s.Resource.Tags()
	public := slices.ContainsFunc(s.Table.Routes, func(r *network.Route) bool { return r.Target.InternetGateway != nil })
	switch {
	case len(s.Table.Unknown) > 0 || mayTake(s.Table, network.Internet):
	case !public && tags[awstag.PublicLoadBalancers] != nil:
		k.Violation(loadBalancerSubnet, about(s.Resource), "%s has the tag %s, and no route to an internet gateway: load balancers there are not reached",
			s.Resource, awstag.PublicLoadBalancers)
	case public && tags[awstag.InternalLoadBalancers] != nil:
		k.Violation(loadBalancerSubnet, about(s.Resource), "%s has the tag %s, and a route to an internet gateway: internal load balancers belong into private subnets",
			s.Resource, awstag.InternalLoadBalancers)
	}
}

// discovery is what Karpenter finds by one value of its tag.
type discovery struct {
	value   string
	subnets []*network.Subnet
	groups  []*network.Group
	// cluster is the cluster of that name, nil if no stack makes it.
	cluster *config.Resource
	// partly says that there may be more: the tags of something are not known.
	partly bool
}

// discoveries are what Karpenter finds, by account, region and value.
func (k *checker) discoveries() []*discovery {
	type place struct{ account, region string }
	partly := map[place]bool{}
	found := map[place]map[string]*discovery{}
	add := func(v *network.VPC, r *config.Resource) *discovery {
		at := place{v.Account, v.Region}
		tags, known := r.Tags()
		partly[at] = partly[at] || !known
		value, ok := tags[awstag.Discovery].(string)
		if !ok {
			partly[at] = partly[at] || tags[awstag.Discovery] != nil
			return &discovery{}
		}
		if found[at] == nil {
			found[at] = map[string]*discovery{}
		}
		if found[at][value] == nil {
			found[at][value] = &discovery{value: value, cluster: k.clusterNamed(v.Account, v.Region, value)}
		}
		return found[at][value]
	}
	for _, v := range k.VPCs {
		for _, s := range v.Subnets {
			d := add(v, s.Resource)
			d.subnets = append(d.subnets, s)
		}
	}
	for _, g := range k.Groups {
		if g.Resource.Type == "aws_security_group" {
			d := add(g.VPC, g.Resource)
			d.groups = append(d.groups, g)
		}
	}
	// A tag that is a resource of its own may be of anything.
	for _, r := range k.config.All("aws_ec2_tag") {
		if r.Argument("key") == awstag.Discovery {
			partly[place{r.Account, r.Region}] = true
		}
	}
	var all []*discovery
	for at, values := range found {
		for _, d := range values {
			d.partly = partly[at]
			all = append(all, d)
		}
	}
	return all
}

// clusterName is what tells clusters apart.
type clusterName struct{ account, region, name string }

// clusterNamed is the cluster with a name, nil if no stack makes it.
func (k *checker) clusterNamed(account, region, name string) *config.Resource {
	if k.clusters == nil {
		k.clusters = map[clusterName]*config.Resource{}
		for _, r := range k.config.All("aws_eks_cluster") {
			text, ok := r.Argument("name").(string)
			if at := (clusterName{r.Account, r.Region, text}); ok && k.clusters[at] == nil {
				k.clusters[at] = r
			}
		}
	}
	return k.clusters[clusterName{account, region, name}]
}

// clusterOf is the cluster of a node group, nil if no stack makes it.
func (k *checker) clusterOf(group *config.Resource) *config.Resource {
	if name, ok := group.Argument("cluster_name").(string); ok {
		return k.clusterNamed(group.Account, group.Region, name)
	}
	return ref(group, "cluster_name")
}

// nodes are the interfaces of a cluster's node groups, none of no cluster.
func (k *checker) nodes(cluster *config.Resource) []*network.Interface {
	if k.nodesOf == nil {
		k.nodesOf = map[*config.Resource][]*network.Interface{}
		for _, i := range k.Interfaces {
			if i.Kind != network.Nodes {
				continue
			}
			if of := k.clusterOf(i.Resource); of != nil {
				k.nodesOf[of] = append(k.nodesOf[of], i)
			}
		}
	}
	return k.nodesOf[cluster]
}

func (k *checker) checkDiscovery(d *discovery) {
	k.checkComplete(d)
	nodes := k.nodes(d.cluster)
	for _, s := range d.subnets {
		if i := slices.IndexFunc(d.groups, func(g *network.Group) bool { return g.VPC != s.VPC }); i >= 0 {
			k.Violation(discoverySubnet, about(s.Resource, d.groups[i].Resource), "%s and %s have the tag %s=%s, and are of different VPCs: no node can have both",
				s.Resource, d.groups[i].Resource, awstag.Discovery, d.value)
		} else if len(nodes) > 0 && !slices.ContainsFunc(nodes, func(i *network.Interface) bool { return i.Subnet == s }) {
			k.Violation(discoverySubnet, about(s.Resource, d.cluster), "%s has the tag %s=%s, and no node group of %s is there: Karpenter would launch nodes there too",
				s.Resource, awstag.Discovery, d.value, d.cluster)
		}
	}
	if len(nodes) > 0 {
		k.checkDiscoveredGroups(d, nodes)
	}
}

// checkComplete checks that both subnets and groups are found, where there is a cluster
// for which they would be.
func (k *checker) checkComplete(d *discovery) {
	inUse := slices.ContainsFunc(k.Interfaces, func(i *network.Interface) bool {
		return i.Kind == network.ControlPlane &&
			(slices.ContainsFunc(d.subnets, func(s *network.Subnet) bool { return s.VPC == i.VPC }) ||
				slices.ContainsFunc(d.groups, func(g *network.Group) bool { return g.VPC == i.VPC }))
	})
	switch {
	case d.partly || !inUse:
	case len(d.subnets) == 0:
		k.Violation(discoveryIncomplete, about(d.groups[0].Resource), "%s has the tag %s=%s, and no subnet has it: Karpenter finds none to launch nodes in",
			d.groups[0].Resource, awstag.Discovery, d.value)
	case len(d.groups) == 0:
		k.Violation(discoveryIncomplete, about(d.subnets[0].Resource), "%s has the tag %s=%s, and no security group has it: Karpenter finds none for its nodes",
			d.subnets[0].Resource, awstag.Discovery, d.value)
	}
}

// checkDiscoveredGroups compares the groups of nodes that Karpenter launches with those
// of the cluster's node groups.
func (k *checker) checkDiscoveredGroups(d *discovery, nodes []*network.Interface) {
	held := func(g *network.Group) func(*network.Interface) bool {
		return func(i *network.Interface) bool { return slices.Contains(i.Groups, g) }
	}
	for _, g := range d.groups {
		if !slices.ContainsFunc(nodes, held(g)) {
			k.Violation(discoveryGroup, about(g.Resource, d.cluster), "%s has the tag %s=%s, and no node group of %s has the group: Karpenter's nodes would",
				g.Resource, awstag.Discovery, d.value, d.cluster)
		}
	}
	if d.partly || len(d.groups) == 0 {
		return
	}
	for _, g := range nodes[0].Groups {
		lacking := func(i *network.Interface) bool { return !held(g)(i) }
		if g.Resource.Type == "aws_security_group" && !slices.Contains(d.groups, g) && !slices.ContainsFunc(nodes, lacking) {
			k.Violation(discoveryGroup, about(g.Resource, d.cluster), "the node groups of %s have %s, which has no tag %s=%s: Karpenter's nodes would not have it",
				d.cluster, g.Resource, awstag.Discovery, d.value)
		}
	}
}

// checkClusterTags checks that controllers know which group of a node to open:
// https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/1897
func (k *checker) checkClusterTags() {
	seen := map[*config.Resource]bool{}
	for _, i := range k.Interfaces {
		if i.Kind != network.Nodes || seen[i.Resource] || len(i.Groups) < 2 {
			continue
		}
		seen[i.Resource] = true
		cluster := k.clusterOf(i.Resource)
		if cluster == nil {
			continue
		}
		name, _ := cluster.Argument("name").(string)
		var tagged []*config.Resource
		all := name != ""
		for _, g := range i.Groups {
			tags, known := g.Resource.Tags()
			all = all && known
			if g.Resource == cluster || g.Resource.Type == "aws_security_group" && tags[awstag.Cluster(name)] != nil {
				tagged = append(tagged, g.Resource)
			}
		}
		switch {
		case !all || len(tagged) == 1:
		case len(tagged) == 0:
			k.Violation(nodeClusterTag, about(i.Resource), "none of the groups of %s has the tag %s: the load balancer controller needs it on one", i.Resource, awstag.Cluster(name))
		default:
			k.Violation(nodeClusterTag, append(about(i.Resource), tagged...), "%s of %s have the tag %s: the load balancer controller needs it on one alone",
				names(tagged), i.Resource, awstag.Cluster(name))
		}
	}
}

// checkTagsOfTier checks that controllers choose all subnets of a tier, or none.
func (k *checker) checkTagsOfTier(tier string, subnets []*network.Subnet) {
	first, known := subnets[0].Resource.Tags()
	for _, s := range subnets[1:] {
		tags, ok := s.Resource.Tags()
		for _, key := range []string{awstag.Discovery, awstag.PublicLoadBalancers, awstag.InternalLoadBalancers} {
			if ok && known && tags[key] != first[key] {
				k.Violation(unevenTier, about(s.Resource, subnets[0].Resource),
					"%s and %s, which is of the same tier (%s), differ in the tag %s: controllers use one zone and not the other; tag both, or none",
					s.Resource, subnets[0].Resource, tier, key)
			}
		}
	}
}
