// Package spokeeks makes the EKS cluster of a spoke, with its nodes, its add-ons and
// the roles of what runs in it. What is inside the cluster is the GitOps bundle's.
package spokeeks

import (
	"net/netip"
	"slices"

	"hubspoke/constructs/eks"
	"hubspoke/constructs/karpenter"
	"hubspoke/constructs/securitygroup"
	"hubspoke/estate"
	estatecluster "hubspoke/estate/cluster"
	"hubspoke/internal/base"
	"hubspoke/internal/output"
	"hubspoke/internal/subnet"
	"hubspoke/internal/tf"
	"hubspoke/stacks/baseline"
	"hubspoke/stacks/spokenetwork"
)

// New fills the stack.
func New(s *base.Stack) error {
	e, spec := s.Estate, s.Estate.Spoke(s.Account).Cluster
	cluster, err := newCluster(s)
	if err != nil {
		return err
	}
	interruptions, err := karpenter.New(s.Scope, "karpenter", karpenter.Config{
		Name:        s.Prefix() + "-karpenter",
		QueueName:   e.KarpenterQueue(s.Account),
		ClusterName: e.ClusterName(s.Account),
		Account:     e.Account(s.Account),
	})
	if err != nil {
		return err
	}
	roles, err := workloadRoles(s, cluster, interruptions.QueueARN)
	if err != nil {
		return err
	}
	options := addOns(e.Controllers(s.Account), spec, roles)
	options.NameServers = nameServers(e, s.Account)
	if err := cluster.AddOnsForNodes(options); err != nil {
		return err
	}
	if err := addNodes(cluster, spec); err != nil {
		return err
	}
	if err := cluster.AddOnsOnNodes(options); err != nil {
		return err
	}
	if err := admit(s, cluster); err != nil {
		return err
	}
	if err := webACL(s); err != nil {
		return err
	}
	out := outputs(cluster, roles)
	if e.Spoke(s.Account).Database != nil {
		out.NodesGroupID = cluster.Nodes.ID
	}
	if len(e.Spoke(s.Account).Services) > 0 {
		out.PodsGroupID = cluster.Nodes.ID
	}
	output.Write(s.Scope, out)
	return nil
}

// newCluster makes the cluster without nodes. The hub's VPC reaches the API, as
// far as the transit gateway lets it, since that is where people come in; where the
// hub has none, they come in through the VPC itself.
func newCluster(s *base.Stack) (*eks.Cluster, error) {
	e, spec := s.Estate, s.Estate.Spoke(s.Account).Cluster
	network := spokenetwork.Read(s, s.Account)
	clients := map[string]netip.Prefix{}
	if e.ReachesHub(s.Account) {
		clients[estate.HubAccount] = e.Hub.Network.CIDR
	} else if !e.HasHubNetwork() {
		clients["vpc"] = e.Network(s.Account).CIDR
	}
	config := eks.Config{
		Name:          e.ClusterName(s.Account),
		Version:       spec.Version,
		Account:       e.Account(s.Account),
		VPCID:         network.VPCID,
		ServiceCIDR:   spec.ServiceCIDR,
		PublicAccess:  spec.PublicAccess,
		Clients:       clients,
		Role:          e.ClusterRole(s.Account),
		NodeRole:      e.ManagedNodeRole(s.Account),
		Pull:          pull(e),
		Sessions:      sessions(s),
		Mesh:          spec.Mesh == estatecluster.Istio,
		KeyAlias:      e.ClusterKeyAlias(s.Account),
		LogGroup:      e.ClusterLogGroup(s.Account),
		RetentionDays: e.Logs.RetentionDays,
		Tags:          s.Tags(s.Account),
	}
	if e.HasHubNetwork() {
		config.NodeGroupIDs = []*string{network.DNSGroupID}
	}
	if e.Spoke(s.Account).SecurityGroups != nil {
		config.ControlPlane = &securitygroup.Group{ID: network.ClusterGroupID}
		config.Nodes = &securitygroup.Group{ID: network.NodesGroupID}
	}
	for _, slot := range estate.Subnets(e.Plan(s.Account), subnet.Private) {
		id := network.PrivateSubnetIDs.Get(slot.Zone)
		config.NodeSubnetIDs = append(config.NodeSubnetIDs, id)
		if slices.Contains(e.ControlPlaneZones(s.Account), slot.Zone) {
			config.ControlPlaneSubnetIDs = append(config.ControlPlaneSubnetIDs, id)
		}
	}
	return eks.New(s.Scope, "cluster", config)
}

// pull is the hub's registry.
func pull(e *estate.Estate) eks.Pull {
	return eks.Pull{Account: e.Account(estate.HubAccount), Caches: e.Hub.Registry.PullThroughCache}
}

// sessions are what nodes need for shells by Session Manager, if the estate lets people
// have them: the account's preferences encrypt and log sessions on nodes as well.
func sessions(s *base.Stack) *eks.Sessions {
	if !s.Estate.Spoke(s.Account).Cluster.NodeSessions {
		return nil
	}
	return &eks.Sessions{Statements: baseline.SessionStatements(s)}
}

// addNodes makes the system nodes first: the add-ons wait for those.
func addNodes(cluster *eks.Cluster, spec *estatecluster.Config) error {
	system := nodeGroup(estatecluster.SystemNodeGroup, spec.SystemNodes)
	system.Taints = append([]eks.Taint{eks.CriticalAddOns}, system.Taints...)
	if err := cluster.AddNodes(system); err != nil {
		return err
	}
	for _, name := range tf.Keys(spec.NodeGroups) {
		if err := cluster.AddNodes(nodeGroup(name, spec.NodeGroups[name])); err != nil {
			return err
		}
	}
	return nil
}

func nodeGroup(name string, spec estatecluster.NodeGroup) eks.NodeGroup {
	group := eks.NodeGroup{
		Name:          name,
		Image:         string(spec.Image),
		Architecture:  string(spec.Architecture),
		InstanceTypes: spec.InstanceTypes,
		Spot:          spec.Capacity == estatecluster.Spot,
		MinSize:       *spec.MinSize,
		DesiredSize:   spec.DesiredSize,
		MaxSize:       spec.MaxSize,
		DiskGiB:       spec.DiskGiB,
		Labels:        spec.Labels,
	}
	for _, text := range slices.Sorted(slices.Values(spec.Taints)) {
		// Loading has checked that it is one.
		taint, _ := estatecluster.ParseTaint(text)
		group.Taints = append(group.Taints, eks.Taint(taint))
	}
	return group
}

// admit gives access to the Kubernetes API to whom the estate names, and to the
// nodes that Karpenter launches.
func admit(s *base.Stack, cluster *eks.Cluster) error {
	e, spec := s.Estate, s.Estate.Spoke(s.Account).Cluster
	role, err := eks.NewNodeRole(s.Scope, "nodes", eks.NodeRoleConfig{
		Name:        e.NodeRole(s.Account),
		Description: "Nodes of " + e.ClusterName(s.Account) + " that Karpenter launches",
		Account:     e.Account(s.Account),
		// IAM has no endpoint in a VPC.
		InstanceProfile: e.Spoke(s.Account).Network.NAT == estate.NATNone,
		Pull:            pull(e),
		Sessions:        sessions(s),
	})
	if err != nil {
		return err
	}
	cluster.AdmitNodes("nodes", role)
	for _, name := range tf.Keys(spec.Access) {
		entry := spec.Access[name]
		if err := cluster.Admit(name, eks.AccessEntry{
			RoleARN:    e.AccessRoleARN(s.Account, entry),
			Policy:     entry.Policy,
			Namespaces: entry.Namespaces,
			Groups:     entry.Groups,
		}); err != nil {
			return err
		}
	}
	return nil
}

// nameServers are those that pods' names are asked of where the VPC's DHCP options
// name several: CoreDNS would choose one at random. None where there is one anyway, so
// that the add-on keeps AWS's own Corefile.
//
// With the VPC's resolver first, the others are not asked even if it fails: pods would
// then see the names of other environments.
func nameServers(e *estate.Estate, account string) []string {
	switch {
	case !e.AsksInbound(account):
		return nil
	case e.DNS.ResolverOrder == estate.AmazonFirst:
		return []string{eks.VPCResolver}
	}
	var servers []string
	for _, a := range e.InboundAddresses() {
		servers = append(servers, a.String())
	}
	return append(servers, eks.VPCResolver)
}

// addOns are the options of the cluster's add-ons, two of which have roles.
func addOns(workloads []estatecluster.Workload, spec *estatecluster.Config, roles map[string]*string) eks.AddOns {
	options := eks.AddOns{
		Versions:              spec.AddOnVersions,
		Identities:            map[string]eks.Identity{},
		PrefixDelegation:      spec.PrefixDelegation,
		IgnoreNetworkPolicies: spec.IgnoreNetworkPolicies,
		GuardDuty:             spec.GuardDutyAgent,
		Secrets:               spec.Secrets,
	}
	for _, w := range workloads {
		if name, ok := addOnOf[w.Name]; ok {
			identity := eks.Identity{RoleARN: roles[w.Name]}
			if w.Kind == estatecluster.PodIdentity {
				identity.PodIdentity = w.ServiceAccount
			}
			options.Identities[name] = identity
		}
	}
	return options
}

// addOnOf are the controllers that are EKS add-ons. EKS associates their service
// accounts with their roles itself.
var addOnOf = map[string]string{
	estatecluster.EBSCSI: eks.EBSCSIDriver,
	estatecluster.VPCCNI: eks.VPCCNI,
}
