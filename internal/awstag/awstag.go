// Package awstag knows the keys of tags that somebody acts on: controllers in a
// cluster, which find subnets, groups, volumes and instances by them, and AWS. Such a
// tag belongs on what is meant and on nothing else. Estates refuse them as tags of
// everything, and the network proof looks for them, from this one table.
package awstag

import (
	"slices"
	"strings"
)

// The tags by which controllers find what is made here.
const (
	// Discovery is the tag of the subnets and security groups that Karpenter launches nodes
	// with. Its value is the cluster's name, by convention:
	// https://karpenter.sh/docs/concepts/nodeclasses/
	Discovery = "karpenter.sh/discovery"
	// PublicLoadBalancers and InternalLoadBalancers are the tags of the subnets that the AWS
	// Load Balancer Controller puts load balancers into. The value is 1, or empty:
	// https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/subnet_discovery/
	PublicLoadBalancers   = "kubernetes.io/role/elb"
	InternalLoadBalancers = "kubernetes.io/role/internal-elb"
)

// Cluster is the tag of what belongs to a cluster. Of the groups of a node, the AWS Load
// Balancer Controller opens the one that has it:
// https://docs.aws.amazon.com/eks/latest/userguide/network-load-balancing.html
func Cluster(name string) string { return "kubernetes.io/cluster/" + name }

// domains are those of keys that their owners act on, with the domains below them.
//
//   - https://github.com/kubernetes/cloud-provider-aws/blob/master/pkg/providers/v1/tags.go
//   - https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/
//   - https://karpenter.sh/docs/concepts/nodeclasses/#spectags
//   - https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/docs/tagging.md
var domains = []struct{ domain, owner string }{
	{"kubernetes.io", "Kubernetes"},
	{"k8s.io", "Kubernetes"},
	{"k8s.aws", "AWS's controllers in a cluster"},
	{"k8s.amazonaws.com", "AWS's controllers in a cluster"},
	{"csi.aws.com", "AWS's storage drivers in a cluster"},
	{"karpenter.sh", "Karpenter"},
}

// keys are single keys that their owners act on. Those of EKS Pod Identity are what
// policies know a pod by (aws:PrincipalTag): a role with such a tag would pass for one.
//
// https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html
var keys = []struct {
	owner string
	keys  []string
}{
	{"EKS Pod Identity", []string{
		"eks-cluster-arn", "eks-cluster-name", "kubernetes-namespace", "kubernetes-pod-name", "kubernetes-pod-uid",
		"kubernetes-service-account",
	}},
	{"Kubernetes", []string{"KubernetesCluster"}},
	{"AWS's storage drivers in a cluster", []string{"CSIVolumeName", "CSIVolumeSnapshotName"}},
}

// Owner is who acts on tags with the key, or "" if nobody is known to. Keys of AWS
// itself begin with `aws:`, which nobody else can set, or with `eks:`. The case of
// letters is ignored, as IAM does.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html#case-sensitivity
func Owner(key string) string {
	key = strings.ToLower(key)
	switch {
	case strings.HasPrefix(key, "aws:"):
		return "AWS"
	case strings.HasPrefix(key, "eks:"):
		return "EKS"
	}
	host, _, _ := strings.Cut(key, "/")
	for _, d := range domains {
		if host == d.domain || strings.HasSuffix(host, "."+d.domain) {
			return d.owner
		}
	}
	for _, k := range keys {
		if slices.ContainsFunc(k.keys, func(k string) bool { return strings.EqualFold(k, key) }) {
			return k.owner
		}
	}
	return ""
}
