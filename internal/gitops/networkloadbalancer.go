package gitops

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"hubspoke/internal/subnet"
)

// nlbClass gives a Service to the load balancer controller, which does not take Services
// that do not ask for it.
const nlbClass = "service.k8s.aws/nlb"

// networkLoadBalancer puts a workload behind an internal Network Load Balancer: a second
// Service, since the first one's port is that which pods use and policies name.
//
// The targets are the pods themselves, so that no node needs a port for them, and they
// see the addresses of the load balancer: with those of clients, policies would have to
// admit everybody who may call.
//
//   - https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/annotations/
//   - https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html
func (c cluster) networkLoadBalancer(namespace string, w workload) *corev1.Service {
	const prefix = "service.beta.kubernetes.io/aws-load-balancer-"
	meta := w.meta(namespace)
	meta.Name += "-nlb"
	meta.Annotations = map[string]string{
		prefix + "scheme":                  "internal",
		prefix + "nlb-target-type":         "ip",
		prefix + "target-group-attributes": "preserve_client_ip.enabled=false",
		prefix + "healthcheck-protocol":    "http",
	}
	port := corev1.ServicePort{Name: "http", Port: 80, TargetPort: intstr.FromString("http")}
	if c.CertificateARN != "" {
		meta.Annotations[prefix+"ssl-cert"] = c.CertificateARN
		port.Name, port.Port = "https", 443
	}
	if host := c.sampleHost(namespace); host != "" {
		meta.Annotations["external-dns.alpha.kubernetes.io/hostname"] = w.Name + "." + host
	}
	if given, _ := c.estate.Given(c.spoke.Name, subnet.Private); given != nil {
		// The controller finds others by their tags.
		meta.Annotations[prefix+"subnets"] = strings.Join(given, ",")
	}
	return &corev1.Service{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Service"},
		ObjectMeta: meta,
		Spec: corev1.ServiceSpec{
			Type:                          corev1.ServiceTypeLoadBalancer,
			LoadBalancerClass:             new(nlbClass),
			AllocateLoadBalancerNodePorts: new(false),
			Selector:                      w.selector(),
			Ports:                         []corev1.ServicePort{port},
		},
	}
}
