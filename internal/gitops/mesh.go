package gitops

import (
	"maps"
	"net/netip"
	"slices"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	estatecluster "hubspoke/estate/cluster"
)

// Istio's objects, as far as the bundle uses them. The tests check them against the
// published schemas.
//
//   - https://istio.io/latest/docs/reference/config/security/authorization-policy/
//   - https://istio.io/latest/docs/reference/config/security/peer_authentication/
type (
	authorizationPolicy struct {
		metav1.TypeMeta   `json:",inline"`
		metav1.ObjectMeta `json:"metadata"`
		Spec              authorizationSpec `json:"spec"`
	}
	authorizationSpec struct {
		Selector *meshSelector       `json:"selector,omitempty"`
		Action   string              `json:"action"`
		Rules    []authorizationRule `json:"rules,omitempty"`
	}
	authorizationRule struct {
		From []authorizationFrom `json:"from"`
		To   []authorizationTo   `json:"to"`
	}
	authorizationFrom struct {
		Source authorizationSource `json:"source"`
	}
	authorizationSource struct {
		Principals    []string `json:"principals,omitempty"`
		NotPrincipals []string `json:"notPrincipals,omitempty"`
		IPBlocks      []string `json:"ipBlocks,omitempty"`
	}
	authorizationTo struct {
		Operation authorizationOperation `json:"operation"`
	}
	authorizationOperation struct {
		Ports []string `json:"ports"`
	}

	peerAuthentication struct {
		metav1.TypeMeta   `json:",inline"`
		metav1.ObjectMeta `json:"metadata"`
		Spec              peerAuthenticationSpec `json:"spec"`
	}
	peerAuthenticationSpec struct {
		Selector      *meshSelector        `json:"selector,omitempty"`
		Mtls          mutualTLS            `json:"mtls"`
		PortLevelMtls map[string]mutualTLS `json:"portLevelMtls,omitempty"`
	}
	mutualTLS struct {
		Mode string `json:"mode"`
	}
	meshSelector struct {
		MatchLabels map[string]string `json:"matchLabels"`
	}
)

// hbonePort is where pods of the mesh receive what other pods of it send to any of their
// ports, and kubeletProbes where the kubelet's probes then seem to come from:
// https://istio.io/latest/docs/ambient/usage/networkpolicy/
const hbonePort = 15008

var kubeletProbes = netip.MustParsePrefix("169.254.7.127/32")

// istio are the releases of Istio in ambient mode: no proxy in any pod, but one on each
// node, so that pods remain what the Pod Security Standards call restricted.
// https://istio.io/latest/docs/ambient/install/helm/
func (c cluster) istio() []release {
	installed := func(name, chartName string, after ...string) release {
		return release{
			name: name, chartName: chartName, chart: c.chart("istio"), namespace: estatecluster.MeshNamespace, after: after,
			values: map[string]any{"profile": "ambient"},
		}
	}
	definitions := installed("istio-base", "base")
	definitions.definitions = true
	definitions.generated = patchedWebhooks("ValidatingWebhookConfiguration", "istiod-default-validator")
	control := installed("istiod", "istiod", "istio-base")
	control.values["tolerations"] = systemTolerations
	control.values["autoscaleMin"] = c.replicas()
	control.values["resources"] = resources("250m", "1Gi", "", "1Gi")
	control.generated = slices.Concat(
		patchedWebhooks("ValidatingWebhookConfiguration", "istio-validator-"+estatecluster.MeshNamespace),
		patchedWebhooks("MutatingWebhookConfiguration", "istio-sidecar-injector"),
	)
	// The charts of what runs on each node tolerate every taint.
	return []release{
		definitions, control,
		installed("istio-cni", "cni", "istio-base", "istiod"),
		installed("ztunnel", "ztunnel", "istio-base", "istiod", "istio-cni"),
	}
}

// patchedWebhooks are what istiod writes into its webhooks once it can answer them.
func patchedWebhooks(kind, name string) []ignoredDifference {
	return []ignoredDifference{{
		Group: "admissionregistration.k8s.io", Kind: kind, Name: name,
		JQPathExpressions: []string{".webhooks[].clientConfig.caBundle", ".webhooks[].failurePolicy"},
	}}
}

// meshed makes a workloads' namespace part of the mesh, if there is one:
// https://istio.io/latest/docs/ambient/usage/add-workloads/
func (c cluster) meshed(n *corev1.Namespace) *corev1.Namespace {
	if c.Mesh == estatecluster.Istio {
		n.Labels["istio.io/dataplane-mode"] = "ambient"
	}
	return n
}

// podPorts are the ports at which a network policy has to admit one pod to another's port.
// In the mesh that is the tunnel's, in which all ports are: which of them, the
// mesh tells: see [authorize].
func (c cluster) podPorts(port int32) []networkingv1.NetworkPolicyPort {
	if c.Mesh == estatecluster.Istio {
		return ports(tcp(port), tcp(hbonePort))
	}
	return ports(tcp(port))
}

// meshPolicies is the folder of what the mesh refuses and admits: mutual TLS everywhere,
// and in each namespace nothing but what its network policies admit. Without these, a
// network policy that admits a pod to the tunnel would admit it to every port.
func (c cluster) meshPolicies() folder {
	f := folder{name: "mesh", after: []string{"controllers", "namespaces"}}
	if c.Mesh != estatecluster.Istio {
		return f
	}
	f.objects = []object{newPeerAuthentication(estatecluster.MeshNamespace, "default", peerAuthenticationSpec{Mtls: strictTLS})}
	for _, name := range slices.Sorted(maps.Keys(c.Namespaces)) {
		objects := []object{newAuthorizationPolicy(name, "default-deny", authorizationSpec{Action: "ALLOW"})}
		for _, o := range c.networkPolicies(name) {
			if p := o.(*networkPolicy); len(p.Spec.Ingress) > 0 && p.Name != allowProbes {
				objects = append(objects, authorize(p), c.admitPlaintext(p))
			}
		}
		f.folders = append(f.folders, folder{name: name, objects: objects})
	}
	return f
}

// authorize says of the mesh what a network policy says of packets: who may send to which
// ports of the same pods. Peers that are pods are known by their identities, which are
// given. Those that are addresses have none: a pod of the mesh is not admitted for the
// address that it has.
func authorize(p *networkPolicy, principals ...string) *authorizationPolicy {
	spec := authorizationSpec{Selector: &meshSelector{p.Spec.PodSelector.MatchLabels}, Action: "ALLOW"}
	for _, rule := range p.Spec.Ingress {
		var sources []authorizationFrom
		var addresses []string
		for _, peer := range rule.From {
			if peer.IPBlock != nil {
				addresses = append(addresses, peer.IPBlock.CIDR)
			}
		}
		if len(addresses) > 0 {
			sources = append(sources, authorizationFrom{authorizationSource{IPBlocks: addresses, NotPrincipals: []string{"*"}}})
		}
		if len(principals) > 0 {
			sources = append(sources, authorizationFrom{authorizationSource{Principals: principals}})
		}
		var numbers []string
		for _, port := range rule.Ports {
			if port.Port.IntVal != hbonePort {
				numbers = append(numbers, strconv.Itoa(int(port.Port.IntVal)))
			}
		}
		spec.Rules = append(spec.Rules, authorizationRule{From: sources, To: []authorizationTo{{authorizationOperation{numbers}}}})
	}
	return newAuthorizationPolicy(p.Namespace, p.Name, spec)
}

// admitPlaintext lets the pods of a network policy be called from outside of the mesh: a
// load balancer and the Kubernetes API know no certificates of the mesh. A pod has one
// such object, the oldest one, if it has the labels of several: so each is for all ports
// at which anybody calls from there, and who may is said by [authorize].
func (c cluster) admitPlaintext(p *networkPolicy) *peerAuthentication {
	permissive := mutualTLS{"PERMISSIVE"}
	ports := map[string]mutualTLS{strconv.Itoa(appPort): permissive, strconv.Itoa(webhookPort): permissive}
	for _, port := range c.servicePorts(p.Namespace) {
		ports[strconv.Itoa(port)] = permissive
	}
	return newPeerAuthentication(p.Namespace, p.Name, peerAuthenticationSpec{
		Selector: &meshSelector{p.Spec.PodSelector.MatchLabels}, Mtls: strictTLS,
		PortLevelMtls: ports,
	})
}

var strictTLS = mutualTLS{"STRICT"}

// principal is the identity that a service account's pods have in the mesh:
// https://istio.io/latest/docs/concepts/security/#istio-identity
func principal(namespace, serviceAccount string) string {
	return "cluster.local/ns/" + namespace + "/sa/" + serviceAccount
}

func newAuthorizationPolicy(namespace, name string, spec authorizationSpec) *authorizationPolicy {
	return &authorizationPolicy{
		TypeMeta:   metav1.TypeMeta{APIVersion: "security.istio.io/v1", Kind: "AuthorizationPolicy"},
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: namespace}, Spec: spec,
	}
}

func newPeerAuthentication(namespace, name string, spec peerAuthenticationSpec) *peerAuthentication {
	return &peerAuthentication{
		TypeMeta:   metav1.TypeMeta{APIVersion: "security.istio.io/v1", Kind: "PeerAuthentication"},
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: namespace}, Spec: spec,
	}
}

// meshSample are what the sample application has in a mesh: an identity for each of its
// workloads, and the rights of the two that call the backend.
func (c cluster) meshSample(namespace string) []object {
	if c.Mesh != estatecluster.Istio {
		return nil
	}
	var objects []object
	for _, w := range sample {
		objects = append(objects, &corev1.ServiceAccount{
			TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "ServiceAccount"},
			ObjectMeta: metav1.ObjectMeta{Name: c.serviceAccount(w), Namespace: namespace, Labels: w.selector()},
			// Its pods have no use for a token of the Kubernetes API.
			AutomountServiceAccountToken: new(false),
		})
	}
	caller, balancer := c.backendFromFrontend(namespace), backendFromLoadBalancer(c, namespace)
	return append(objects, authorize(caller, principal(namespace, c.serviceAccount(sample[frontend]))), authorize(balancer), c.admitPlaintext(balancer))
}

// serviceAccount is that of a workload of the sample, "" for the namespace's own: only a
// mesh tells workloads by it.
func (c cluster) serviceAccount(w workload) string {
	if c.Mesh == estatecluster.Istio {
		return "sample-" + w.Name
	}
	return ""
}
