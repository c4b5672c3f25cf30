package awstag

import "testing"

func TestKeysThatSomebodyActsOnHaveAnOwner(t *testing.T) {
	for key, want := range map[string]string{
		Discovery:                            "Karpenter",
		"karpenter.sh":                       "Karpenter",
		"Karpenter.SH/nodepool":              "Karpenter",
		"karpenter.k8s.aws/ec2nodeclass":     "AWS's controllers in a cluster",
		PublicLoadBalancers:                  "Kubernetes",
		InternalLoadBalancers:                "Kubernetes",
		Cluster("acme-dev"):                  "Kubernetes",
		"k8s.io/cluster-autoscaler/enabled":  "Kubernetes",
		"elbv2.k8s.aws/cluster":              "AWS's controllers in a cluster",
		"node.k8s.amazonaws.com/instance_id": "AWS's controllers in a cluster",
		"ebs.csi.aws.com/cluster":            "AWS's storage drivers in a cluster",
		"CSIVolumeName":                      "AWS's storage drivers in a cluster",
		"KubernetesCluster":                  "Kubernetes",
		"eks:cluster-name":                   "EKS",
		"eks-cluster-name":                   "EKS Pod Identity",
		"Kubernetes-Namespace":               "EKS Pod Identity",
		"AWS:cloudformation:stack-name":      "AWS",
		"Owner":                              "",
		"CostCenter":                         "",
		"example.com/karpenter.sh":           "",
		"notkubernetes.io/role":              "",
		"kubernetes.io.example.com/role":     "",
		"team/eks-cluster-name":              "",
		"awstats":                            "",
		"kubernetes":                         "",
	} {
		if got := Owner(key); got != want {
			t.Errorf("%s: the owner is %q, want %q", key, got, want)
		}
	}
}
