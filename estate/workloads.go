package estate

import "strings"

// Workload is a Kubernetes service account that has an AWS role.
type Workload struct {
	// Name is the last part of the role's name, `<project>-<spoke>-<name>`.
	Name string
	// Namespace and ServiceAccount name the one service account that has the role.
	Namespace, ServiceAccount string
	// Kind is how the service account gets the role.
	Kind IdentityKind
}

// The names of the workloads that a cluster needs itself.
const (
	Karpenter              = "karpenter"
	EBSCSI                 = "ebs-csi"
	VPCCNI                 = "vpc-cni"
	LoadBalancerController = "load-balancer-controller"
	ExternalDNS            = "external-dns"
)

// controllers are the cluster's own workloads. The service accounts are those
// that the EKS add-ons and the Helm charts use where nothing else is said.
var controllers = []Workload{
	{Name: EBSCSI, Namespace: "kube-system", ServiceAccount: "ebs-csi-controller-sa"},
	{Name: ExternalDNS, Namespace: "external-dns", ServiceAccount: "external-dns"},
	{Name: Karpenter, Namespace: "kube-system", ServiceAccount: "karpenter"},
	{Name: LoadBalancerController, Namespace: "kube-system", ServiceAccount: "aws-load-balancer-controller"},
	{Name: VPCCNI, Namespace: "kube-system", ServiceAccount: "aws-node"},
}

// Controllers are the workloads that a spoke's cluster needs itself, by name; none
// if it has no cluster. External-dns is one of them if the spoke has a record
// role of that name.
func (e *Estate) Controllers(spoke string) []Workload {
	s := e.Spoke(spoke)
	if s.Cluster == nil {
		return nil
	}
	var workloads []Workload
	for _, w := range controllers {
		if _, ok := s.RecordRoles[ExternalDNS]; w.Name == ExternalDNS && !ok {
			continue
		}
		w.Kind = s.Cluster.Identity
		workloads = append(workloads, w)
	}
	return workloads
}

// NodeRole is the name of the role of the nodes that Karpenter launches in a
// spoke's cluster.
func (e *Estate) NodeRole(spoke string) string { return e.WorkloadRole(spoke, "nodes") }

// ManagedNodeRole is the name of the role of the managed nodes, for which EKS
// makes the access entry itself.
func (e *Estate) ManagedNodeRole(spoke string) string { return e.WorkloadRole(spoke, "managed-nodes") }

// ClusterRole is the name of the role of a spoke's cluster itself.
func (e *Estate) ClusterRole(spoke string) string { return e.WorkloadRole(spoke, "cluster") }

// WorkloadRole is the name of the role of a workload in a spoke's cluster. If the
// workload has a record role, that admits exactly this one.
func (e *Estate) WorkloadRole(spoke, workload string) string { return e.RecordRole(spoke, workload) }

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
func (e *Estate) AccessRoleARN(spoke string, entry AccessEntry) string {
	if strings.HasPrefix(entry.Role, "arn:") {
		return entry.Role
	}
	return e.RoleARN(spoke, entry.Role)
}

// RegistryHost is where the hub's images are.
func (e *Estate) RegistryHost() string {
	return e.Accounts[HubAccount] + ".dkr.ecr." + e.Region + ".amazonaws.com"
}
