package gitops

import (
	"maps"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"hubspoke/estate"
	"hubspoke/internal/subnet"
)

func TestTargetGroupBindingsAreWhatTheControllerTakes(t *testing.T) {
	taken(t, "load-balancer-controller", "TargetGroupBinding")
}

func TestTheDefinitionOfTargetGroupBindingsRefusesWhatIsWrong(t *testing.T) {
	definition := definitions(t, "load-balancer-controller")["TargetGroupBinding"]
	for name, spec := range map[string]map[string]any{
		"a target type that there is not": {"targetGroupName": "a", "targetType": "lambda", "serviceRef": map[string]any{"name": "a", "port": int64(443)}},
		"no Service":                      {"targetGroupName": "a", "targetType": "ip"},
		"an unknown field":                {"targetGroup": "a", "targetType": "ip", "serviceRef": map[string]any{"name": "a", "port": int64(443)}},
	} {
		object := map[string]any{"apiVersion": "elbv2.k8s.aws/v1beta1", "kind": "TargetGroupBinding", "metadata": map[string]any{"name": "a"}, "spec": spec}
		if len(definition.problems(t, object)) == 0 {
			t.Errorf("%s: it is taken", name)
		}
	}
}

// The controller changes no security group unless a binding says what to admit, and a
// binding finds its group by the name that Terraform gives it.
func TestEachServiceHasABindingToItsTargetGroup(t *testing.T) {
	eachCluster(t, func(t *testing.T, v variant, s *estate.Spoke, cluster string) {
		got := map[string]string{}
		for name, b := range objects[*targetGroupBinding](t, v, cluster) {
			if !strings.HasPrefix(name, cluster+"/services/") || strings.Contains(string(v.files[name]), "networking") || b.Spec.TargetType != "ip" {
				t.Errorf("%s: %s", name, v.files[name])
			}
			got[b.Spec.TargetGroupName] = b.Namespace + "/" + b.Spec.ServiceRef.Name + ":" + b.Spec.ServiceRef.Port.String()
		}
		want := map[string]string{}
		for name, service := range s.Services {
			port := intstr.FromInt(service.Port)
			want[v.ServiceTargetGroup(estate.ServiceRef{Spoke: s.Name, Name: name})] = service.Namespace + "/" + service.Service + ":" + port.String()
		}
		if !maps.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", cluster, got, want)
		}
	})
}

// A rollout would take away the old pods before the load balancer has looked at the new ones.
func TestPodsOfServicesAreReadyWhenTheirLoadBalancerFindsThemWell(t *testing.T) {
	eachCluster(t, func(t *testing.T, v variant, s *estate.Spoke, cluster string) {
		serving := map[string]bool{}
		for _, service := range s.Services {
			serving[service.Namespace] = true
		}
		for name, n := range objects[*corev1.Namespace](t, v, cluster) {
			if got := n.Labels["elbv2.k8s.aws/pod-readiness-gate-inject"] == "enabled"; got != serving[n.Name] {
				t.Errorf("%s: gates %v, serves %v", name, got, serving[n.Name])
			}
		}
	})
}

// A binding knows its group's ARN from the day that it was made, and the group of another
// protocol is another group.
func TestABindingToAnotherTargetGroupIsAnotherBinding(t *testing.T) {
	bindings := func(plaintext bool) []string {
		e := piksel(t)
		e.Spoke("dev").Services = map[string]estate.PrivateService{"orders": {Namespace: "odc", Service: "orders", Port: 8443, Plaintext: plaintext}}
		var names []string
		for name := range objects[*targetGroupBinding](t, write(t, e), "piksel-dev") {
			names = append(names, name)
		}
		return names
	}
	tls, plain := bindings(false), bindings(true)
	if len(tls) != 1 || len(plain) != 1 || slices.Equal(tls, plain) {
		t.Errorf("got %v and %v", tls, plain)
	}
}

// What a load balancer sends comes from the private subnets, to one port of the pods that
// the service's name is on; and of the mesh, without a certificate of the mesh.
func TestTheLoadBalancersOfServicesAreAdmittedToTheirPods(t *testing.T) {
	eachCluster(t, func(t *testing.T, v variant, s *estate.Spoke, cluster string) {
		policies := map[string]*networkingv1.NetworkPolicy{}
		for _, p := range objects[*networkingv1.NetworkPolicy](t, v, cluster) {
			policies[p.Namespace+"/"+p.Name] = p
		}
		authentications := map[string]*peerAuthentication{}
		for _, a := range objects[*peerAuthentication](t, v, cluster) {
			authentications[a.Namespace+"/"+a.Name] = a
		}
		for name, service := range s.Services {
			at := service.Namespace + "/allow-service-" + name
			p := policies[at]
			if p == nil {
				t.Errorf("%s: no policy %s", cluster, at)
				continue
			}
			var from []string
			for _, peer := range p.Spec.Ingress[0].From {
				from = append(from, peer.IPBlock.CIDR)
			}
			var want []string
			for _, r := range v.Ranges(s.Name, subnet.Private) {
				want = append(want, r.String())
			}
			if !slices.Equal(from, want) || len(p.Spec.Ingress) != 1 || len(p.Spec.Ingress[0].Ports) != 1 || p.Spec.Ingress[0].Ports[0].Port.IntValue() != service.Port {
				t.Errorf("%s: %s admits %v to %v", cluster, at, from, p.Spec.Ingress)
			}
			if got := p.Spec.PodSelector; !maps.Equal(got.MatchLabels, map[string]string{nameLabel: service.Service}) || !slices.Equal(p.Spec.PolicyTypes, []networkingv1.PolicyType{networkingv1.PolicyTypeIngress}) {
				t.Errorf("%s: %s is for %s", cluster, at, metav1.FormatLabelSelector(&got))
			}
			if s.Cluster.Mesh == "" {
				continue
			}
			port := intstr.FromInt(service.Port)
			if a := authentications[at]; a == nil || a.Spec.PortLevelMtls[port.String()].Mode != "PERMISSIVE" || a.Spec.Mtls != strictTLS {
				t.Errorf("%s: in the mesh, %s: %+v", cluster, at, a)
			}
		}
	})
}
