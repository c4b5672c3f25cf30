package estate

import (
	"slices"

	"hubspoke/estate/cluster"
)

// Controllers are the workloads that a spoke's cluster needs itself, by name; none
// if it has no cluster. External-dns is one of them if the spoke has a record
// role of that name.
func (e *Estate) Controllers(spoke string) []cluster.Workload {
	s := e.Spoke(spoke)
	return s.Cluster.Controllers(sortedKeys(s.RecordRoles))
}

// NodeRole is the name of the role of the nodes that Karpenter launches in a
// spoke's cluster.
func (e *Estate) NodeRole(spoke string) string { return e.WorkloadRole(spoke, cluster.NodeRole) }

// ManagedNodeRole is the name of the role of the managed nodes, for which EKS
// makes the access entry itself.
func (e *Estate) ManagedNodeRole(spoke string) string {
	return e.WorkloadRole(spoke, cluster.ManagedNodeRole)
}

// ClusterRole is the name of the role of a spoke's cluster itself.
func (e *Estate) ClusterRole(spoke string) string { return e.WorkloadRole(spoke, cluster.Role) }

// WorkloadRole is the name of the role of a workload in a spoke's cluster. If the
// workload has a record role, that admits exactly this one.
func (e *Estate) WorkloadRole(spoke, workload string) string { return e.RecordRole(spoke, workload) }

// Grants are what a workload of a spoke's cluster gets beside what its identity spells
// out. One that writes records in the hub's zones has a role there, which admits this one.
func (e *Estate) Grants(spoke, workload string) cluster.Grants {
	grants := cluster.Grants{Account: e.Account(spoke), Images: []string{e.Account(HubAccount).ARN("ecr", "repository/*")}}
	if _, ok := e.Spoke(spoke).RecordRoles[workload]; ok {
		grants.RecordRole = e.RoleARN(HubAccount, e.RecordRole(spoke, workload))
	}
	for _, secret := range e.Spoke(spoke).readSecrets(workload) {
		grants.Secrets = append(grants.Secrets, e.SecretName(spoke, secret))
	}
	return grants
}

// KarpenterQueue is the name of the queue that tells Karpenter about instances
// that are going to be interrupted.
func (e *Estate) KarpenterQueue(spoke string) string { return e.Prefix(spoke) + "-karpenter" }

// ClusterKeyAlias is the alias of the key that encrypts a cluster's secrets.
func (e *Estate) ClusterKeyAlias(spoke string) string { return "alias/" + e.Prefix(spoke) + "-eks" }

// ClusterLogGroup is the log group to which EKS writes the control plane's logs.
// EKS chooses its name.
func (e *Estate) ClusterLogGroup(spoke string) string {
	return "/aws/eks/" + e.ClusterName(spoke) + "/cluster"
}

// AccessRoleARN is the ARN of the role of an access entry.
func (e *Estate) AccessRoleARN(spoke string, entry cluster.AccessEntry) string {
	return entry.ARN(func(name string) string { return e.RoleARN(spoke, name) })
}

// RegistryHost is where the hub's images are.
func (e *Estate) RegistryHost() string {
	return e.Accounts[HubAccount] + ".dkr.ecr." + e.Region + ".amazonaws.com"
}

// ChartRepositories are the repositories of the hub's registry that clusters take their
// charts from, by name and sorted.
func (e *Estate) ChartRepositories() []string {
	var names []string
	for _, s := range e.Spokes {
		names = append(names, e.chartRepositories(s)...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// chartRepositories are those of one spoke's cluster.
func (e *Estate) chartRepositories(s *Spoke) []string {
	if s.Cluster == nil {
		return nil
	}
	registry, ok := s.Cluster.ChartRegistry()
	if !ok || registry.Host != e.RegistryHost() {
		return nil
	}
	var names []string
	for _, release := range s.Cluster.Releases(sortedKeys(s.RecordRoles)) {
		names = append(names, registry.Path+"/"+release)
	}
	return names
}

// DatabaseName is the name of a spoke's database instance.
func (e *Estate) DatabaseName(spoke string) string { return e.Prefix(spoke) }

// DatabaseKeyAlias is the alias of the key that encrypts a spoke's database.
func (e *Estate) DatabaseKeyAlias(spoke string) string {
	return "alias/" + e.Prefix(spoke) + "-database"
}

// DatabaseMonitoringRole is the name of the role with which RDS writes what it
// measures in the operating system of a spoke's database.
func (e *Estate) DatabaseMonitoringRole(spoke string) string {
	return e.WorkloadRole(spoke, databaseMonitoring)
}
