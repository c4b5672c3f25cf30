package gitops

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"hubspoke/estate"
)

// The annotations of the controller's documentation that a Service here may have, with the
// values that they may have; nil takes any.
var nlbAnnotations = map[string][]string{
	"scheme":                  {"internal"},
	"nlb-target-type":         {"ip"},
	"target-group-attributes": {"preserve_client_ip.enabled=false"},
	"healthcheck-protocol":    {"http"},
	"ssl-cert":                nil,
	"subnets":                 nil,
}

// An annotation that the controller does not know, it ignores: the load balancer is then
// another one than is meant.
func TestTheBackendHasAnInternalNetworkLoadBalancer(t *testing.T) {
	found := 0
	eachCluster(t, func(t *testing.T, v variant, s *estate.Spoke, cluster string) {
		for name, svc := range objects[*corev1.Service](t, v, cluster) {
			if svc.Spec.Type != corev1.ServiceTypeLoadBalancer {
				continue
			}
			found++
			for key, value := range svc.Annotations {
				key, ours := strings.CutPrefix(key, "service.beta.kubernetes.io/aws-load-balancer-")
				known, ok := nlbAnnotations[key]
				if ours && (!ok || known != nil && known[0] != value) {
					t.Errorf("%s: %s: %q is nothing that the controller takes here", name, key, value)
				}
			}
			for key, known := range nlbAnnotations {
				if known != nil && svc.Annotations["service.beta.kubernetes.io/aws-load-balancer-"+key] == "" {
					t.Errorf("%s does not say %s", name, key)
				}
			}
			if class := svc.Spec.LoadBalancerClass; class == nil || *class != "service.k8s.aws/nlb" {
				t.Errorf("%s is for no controller", name)
			}
			secret, port := svc.Annotations["service.beta.kubernetes.io/aws-load-balancer-ssl-cert"] != "", svc.Spec.Ports[0].Port
			if secret != (s.Cluster.CertificateARN != "") || secret != (port == 443) {
				t.Errorf("%s answers port %d, with certificate: %v", name, port, secret)
			}
		}
	})
	if found == 0 {
		t.Error("no bundle has a Network Load Balancer")
	}
}
