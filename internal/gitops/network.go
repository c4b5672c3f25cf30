package gitops

import (
	"net/netip"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	estatecluster "hubspoke/estate/cluster"
	"hubspoke/internal/subnet"
)

// The labels by which a pod asks for traffic beyond DNS. What a pod does not ask
// for, it does not get.
const (
	// componentLabel is Kubernetes' own. Pods whose component is `backend` reach the
	// database.
	componentLabel = "app.kubernetes.io/component"
	// loadBalancerLabel, on pods that a load balancer sends requests to, says which:
	// `public` or `internal`.
	loadBalancerLabel = "load-balancer"
	// apiLabel is for pods that use the Kubernetes API: `allowed`.
	apiLabel = "kubernetes-api"
	// webhookLabel is for pods that the Kubernetes API calls: `allowed`.
	webhookLabel = "kubernetes-webhook"
	// awsLabel is for pods that use AWS APIs, or any other with HTTPS: `allowed`.
	awsLabel = "aws-api"
)

// The ports that policies name.
const (
	appPort      = 8080
	webhookPort  = 9443
	databasePort = 5432
)

// apiService is the address of the Service `kubernetes`: the first of the range of
// services. The VPC CNI looks at packets before they are sent on from a Service to what
// is behind it, so that the address of the Service counts as well as those of the
// control plane.
//
//   - https://kubernetes.io/docs/concepts/services-networking/cluster-ip-allocation/
//   - https://docs.aws.amazon.com/eks/latest/userguide/cni-network-policy.html
func (c cluster) apiService() netip.Prefix {
	return netip.PrefixFrom(c.spoke.Cluster.ServiceCIDR.Addr().Next(), 32)
}

// The addresses on the node itself that pods talk to.
var (
	// https://kubernetes.io/docs/tasks/administer-cluster/nodelocaldns/
	nodeLocalDNS = netip.MustParsePrefix("169.254.20.10/32")
	// https://docs.aws.amazon.com/eks/latest/userguide/pod-id-agent-setup.html
	podIdentityAgent = netip.MustParsePrefix("169.254.170.23/32")
)

// allowProbes is the policy that admits the kubelet's probes in a mesh.
const allowProbes = "allow-probes"

var everywhere = netip.MustParsePrefix("0.0.0.0/0")

// networkPolicies deny everything in a namespace, and allow what workloads need of
// the cluster and of AWS. Traffic between workloads is their own business: it takes
// policies of theirs, as the sample application has.
func (c cluster) networkPolicies(namespace string) []object {
	policies := []object{
		newPolicy(namespace, "default-deny", nil).both(),
		newPolicy(namespace, "allow-dns", nil).egress(ports(udp(53), tcp(53)), coreDNS, block(nodeLocalDNS)),
		newPolicy(namespace, "allow-kubernetes-api", map[string]string{apiLabel: "allowed"}).
			egress(ports(tcp(443)), blocks(append([]netip.Prefix{c.apiService()}, c.subnets(subnet.Private)...))...),
		newPolicy(namespace, "allow-kubernetes-webhook", map[string]string{webhookLabel: "allowed"}).
			ingress(ports(tcp(webhookPort)), blocks(c.subnets(subnet.Private))...),
		newPolicy(namespace, "allow-aws-api", map[string]string{awsLabel: "allowed"}).
			egress(ports(tcp(443)), block(everywhere)).
			egress(ports(tcp(80)), block(podIdentityAgent)),
	}
	if c.Mesh == estatecluster.Istio {
		// From the node's own address the VPC CNI admits probes anyway.
		policies = append(policies, newPolicy(namespace, allowProbes, nil).ingress(nil, block(kubeletProbes)))
	}
	// A load balancer's addresses are those of its subnets.
	if public := c.subnets(subnet.Public); len(public) > 0 {
		policies = append(policies, newPolicy(namespace, "allow-public-load-balancer", map[string]string{loadBalancerLabel: "public"}).
			ingress(ports(tcp(appPort)), blocks(public)...))
	}
	policies = append(policies, newPolicy(namespace, "allow-internal-load-balancer", map[string]string{loadBalancerLabel: "internal"}).
		ingress(ports(tcp(appPort)), blocks(c.subnets(subnet.Private))...))
	if database := c.subnets(subnet.Database); len(database) > 0 {
		policies = append(policies, newPolicy(namespace, "allow-database", map[string]string{componentLabel: "backend"}).
			egress(ports(tcp(databasePort)), blocks(database)...))
	}
	return append(policies, c.servicePolicies(namespace)...)
}

// subnets are the ranges of the subnets of a tier.
func (c cluster) subnets(tier subnet.Tier) []netip.Prefix {
	return c.estate.Ranges(c.spoke.Name, tier)
}

// networkPolicy is a Kubernetes network policy in the making.
type networkPolicy struct{ networkingv1.NetworkPolicy }

// newPolicy selects the pods of a namespace that have the labels, all of them if there
// are none. It says nothing yet about any direction.
func newPolicy(namespace, name string, labels map[string]string) *networkPolicy {
	return &networkPolicy{networkingv1.NetworkPolicy{
		TypeMeta:   metav1.TypeMeta{APIVersion: "networking.k8s.io/v1", Kind: "NetworkPolicy"},
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: namespace},
		Spec:       networkingv1.NetworkPolicySpec{PodSelector: metav1.LabelSelector{MatchLabels: labels}},
	}}
}

// both covers both directions, and so denies what no rule allows.
func (p *networkPolicy) both() *networkPolicy {
	p.Spec.PolicyTypes = []networkingv1.PolicyType{networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress}
	return p
}

func (p *networkPolicy) ingress(ports []networkingv1.NetworkPolicyPort, from ...networkingv1.NetworkPolicyPeer) *networkPolicy {
	p.Spec.PolicyTypes = []networkingv1.PolicyType{networkingv1.PolicyTypeIngress}
	p.Spec.Ingress = append(p.Spec.Ingress, networkingv1.NetworkPolicyIngressRule{From: from, Ports: ports})
	return p
}

func (p *networkPolicy) egress(ports []networkingv1.NetworkPolicyPort, to ...networkingv1.NetworkPolicyPeer) *networkPolicy {
	p.Spec.PolicyTypes = []networkingv1.PolicyType{networkingv1.PolicyTypeEgress}
	p.Spec.Egress = append(p.Spec.Egress, networkingv1.NetworkPolicyEgressRule{To: to, Ports: ports})
	return p
}

var coreDNS = networkingv1.NetworkPolicyPeer{
	NamespaceSelector: &metav1.LabelSelector{MatchLabels: map[string]string{corev1.LabelMetadataName: "kube-system"}},
	PodSelector:       &metav1.LabelSelector{MatchLabels: map[string]string{"k8s-app": "kube-dns"}},
}

func pods(labels map[string]string) networkingv1.NetworkPolicyPeer {
	return networkingv1.NetworkPolicyPeer{PodSelector: &metav1.LabelSelector{MatchLabels: labels}}
}

func block(cidr netip.Prefix) networkingv1.NetworkPolicyPeer {
	return networkingv1.NetworkPolicyPeer{IPBlock: &networkingv1.IPBlock{CIDR: cidr.String()}}
}

func blocks(cidrs []netip.Prefix) []networkingv1.NetworkPolicyPeer {
	var peers []networkingv1.NetworkPolicyPeer
	for _, cidr := range cidrs {
		peers = append(peers, block(cidr))
	}
	return peers
}

func ports(p ...networkingv1.NetworkPolicyPort) []networkingv1.NetworkPolicyPort { return p }

func tcp(port int32) networkingv1.NetworkPolicyPort { return protocolPort(corev1.ProtocolTCP, port) }
func udp(port int32) networkingv1.NetworkPolicyPort { return protocolPort(corev1.ProtocolUDP, port) }

func protocolPort(protocol corev1.Protocol, port int32) networkingv1.NetworkPolicyPort {
	return networkingv1.NetworkPolicyPort{Protocol: &protocol, Port: new(intstr.FromInt32(port))}
}
