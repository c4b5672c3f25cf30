package cluster

import (
	"maps"
	"slices"
	"strings"
)

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
	ChartReader            = "chart-reader"
	ImageVerifier          = "image-verifier"
)

// The last parts of the names of the roles that are nobody's workload: of the cluster
// itself, of the nodes that Karpenter launches, and of the managed nodes.
const (
	Role            = "cluster"
	NodeRole        = "nodes"
	ManagedNodeRole = "managed-nodes"
)

// SystemNodeGroup is the name of the node group of [Config.SystemNodes].
const SystemNodeGroup = "system"

// AddOns are the EKS add-ons of a cluster; the first two have to be asked for.
var AddOns = []string{guardDutyAgent, secretsStore, "aws-ebs-csi-driver", "coredns", "eks-pod-identity-agent", "kube-proxy", "metrics-server", "vpc-cni"}

const (
	guardDutyAgent = "aws-guardduty-agent"
	secretsStore   = "aws-secrets-store-csi-driver-provider"
)

// Charts are the Helm charts of the bundle whose versions can be pinned. Those of Karpenter
// and its definitions have one version, and those of the mesh: see [Config.Releases].
var Charts = []string{"aws-load-balancer-controller", "external-dns", istioCharts, "karpenter", kyvernoChart}

const (
	istioCharts  = "istio"
	kyvernoChart = "kyverno"
)

// MeshNamespace is the namespace of the mesh's own workloads.
const MeshNamespace = "istio-system"

// VerifierNamespace is the namespace of Kyverno, which verifies images.
const VerifierNamespace = "kyverno"

// controllers are the cluster's own workloads. The service accounts are those
// that the EKS add-ons and the Helm charts use where nothing else is said.
var controllers = []Workload{
	{Name: ChartReader, Namespace: "argocd", ServiceAccount: "ecr-login"},
	{Name: EBSCSI, Namespace: "kube-system", ServiceAccount: "ebs-csi-controller-sa"},
	{Name: ExternalDNS, Namespace: "external-dns", ServiceAccount: "external-dns"},
	{Name: ImageVerifier, Namespace: VerifierNamespace, ServiceAccount: "kyverno-admission-controller"},
	{Name: Karpenter, Namespace: "kube-system", ServiceAccount: "karpenter"},
	{Name: LoadBalancerController, Namespace: "kube-system", ServiceAccount: "aws-load-balancer-controller"},
	{Name: VPCCNI, Namespace: "kube-system", ServiceAccount: "aws-node"},
}

// Controllers are the workloads that a cluster needs itself, by name; none if there is
// no cluster. External-dns is one of them if it is among the workloads with a record
// role, the chart reader if the charts are in ECR, and the image verifier if images are
// verified.
func (c *Config) Controllers(recordRoles []string) []Workload {
	if c == nil {
		return nil
	}
	var workloads []Workload
	for _, w := range controllers {
		w.Kind = c.Identity
		switch w.Name {
		case ExternalDNS:
			if !slices.Contains(recordRoles, ExternalDNS) {
				continue
			}
		case ChartReader:
			if _, ok := c.ChartRegistry(); !ok {
				continue
			}
			w = c.chartReader(w)
		case ImageVerifier:
			if c.VerifyImages == "" {
				continue
			}
		}
		workloads = append(workloads, w)
	}
	return workloads
}

// UsesPodIdentity says that a workload of the cluster gets its role by pod identity.
func (c *Config) UsesPodIdentity() bool {
	return slices.ContainsFunc(c.Controllers(nil), func(w Workload) bool { return w.Kind == PodIdentity }) ||
		slices.ContainsFunc(slices.Collect(maps.Values(c.Identities)), func(i Identity) bool { return i.Kind == PodIdentity })
}

// ARN is the ARN of the entry's role, for which the entry may state the name alone.
func (a AccessEntry) ARN(roleARN func(name string) string) string {
	if strings.HasPrefix(a.Role, "arn:") {
		return a.Role
	}
	return roleARN(a.Role)
}

// Taint keeps pods off a node that do not tolerate it.
type Taint struct {
	// Key and Value are what a toleration names. The value may be empty.
	Key, Value string
	// Effect is `NoSchedule`, `PreferNoSchedule` or `NoExecute`.
	Effect string
}

// ParseTaint reads a taint as kubectl writes it: `key=value:Effect` or `key:Effect`.
func ParseTaint(text string) (Taint, bool) {
	m := taintText.Find(text)
	if m == nil {
		return Taint{}, false
	}
	group := func(name string) string { return m[taintText.Pattern.SubexpIndex(name)] }
	return Taint{Key: group("key"), Value: group("value"), Effect: group("effect")}, true
}
