package gitops

import (
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/labels"

	"hubspoke/estate"
	estatecluster "hubspoke/estate/cluster"
)

func TestMeshPoliciesAreWhatIstioTakes(t *testing.T) {
	definitions, checked := definitions(t, "istio"), map[string]int{}
	eachVariant(t, func(t *testing.T, v variant) {
		for _, name := range v.manifests() {
			object := decoded(t, v.files[name])
			kind, _ := object["kind"].(string)
			if d, ok := definitions[kind]; ok {
				checked[kind]++
				for _, problem := range d.problems(t, object) {
					t.Errorf("%s: %s", name, problem)
				}
			}
		}
	})
	if checked["AuthorizationPolicy"] == 0 || checked["PeerAuthentication"] == 0 {
		t.Errorf("checked %v", checked)
	}
}

// eachMesh visits the clusters that have a mesh.
func eachMesh(t *testing.T, test func(t *testing.T, v variant, s *estate.Spoke, cluster string)) {
	found := 0
	eachCluster(t, func(t *testing.T, v variant, s *estate.Spoke, cluster string) {
		if s.Cluster.Mesh == estatecluster.Istio {
			found++
			test(t, v, s, cluster)
		}
	})
	if found == 0 {
		t.Error("no cluster has a mesh")
	}
}

// Every pod of a workload is in the mesh, and speaks mutual TLS alone, except where
// somebody calls it who cannot.
func TestAMeshTakesMutualTLSAlone(t *testing.T) {
	eachMesh(t, func(t *testing.T, v variant, s *estate.Spoke, cluster string) {
		for _, n := range objects[*corev1.Namespace](t, v, cluster) {
			_, workloads := s.Cluster.Namespaces[n.Name]
			if got := n.Labels["istio.io/dataplane-mode"] == "ambient"; got != workloads {
				t.Errorf("%s: namespace %s is in the mesh: %v, want %v", cluster, n.Name, got, workloads)
			}
		}
		everywhere := false
		for name, p := range objects[*peerAuthentication](t, v, cluster) {
			if p.Spec.Mtls.Mode != "STRICT" {
				t.Errorf("%s is %s", name, p.Spec.Mtls.Mode)
			}
			everywhere = everywhere || p.Namespace == "istio-system" && p.Spec.Selector == nil
			if p.Namespace != "istio-system" && (p.Spec.Selector == nil || len(p.Spec.Selector.MatchLabels) == 0) {
				t.Errorf("%s is for all pods of the namespace", name)
			}
		}
		if !everywhere {
			t.Errorf("%s: nothing says that mutual TLS is strict", cluster)
		}
	})
}

// rule is what a policy admits to some pods: from addresses, and to ports.
type rule struct {
	Namespace, Name string
	Pods            map[string]string
	Addresses       []string
	Ports           []string
	FromPods        bool
}

// What the mesh admits is what network policies do, which themselves see only the tunnel.
func TestTheMeshAdmitsWhatNetworkPoliciesDo(t *testing.T) {
	eachMesh(t, func(t *testing.T, v variant, s *estate.Spoke, cluster string) {
		want, got, denied := map[string]rule{}, map[string]rule{}, map[string]bool{}
		for _, p := range objects[*networkingv1.NetworkPolicy](t, v, cluster) {
			if _, meshed := s.Cluster.Namespaces[p.Namespace]; !meshed || len(p.Spec.Ingress) == 0 || p.Name == "allow-probes" {
				continue
			}
			r := rule{Namespace: p.Namespace, Name: p.Name, Pods: p.Spec.PodSelector.MatchLabels}
			for _, peer := range p.Spec.Ingress[0].From {
				if peer.IPBlock != nil {
					r.Addresses = append(r.Addresses, peer.IPBlock.CIDR)
				}
				r.FromPods = r.FromPods || peer.PodSelector != nil
			}
			for _, port := range p.Spec.Ingress[0].Ports {
				if n := port.Port.IntValue(); n != 15008 {
					r.Ports = append(r.Ports, strconv.Itoa(n))
				}
			}
			want[p.Namespace+"/"+p.Name] = r
		}
		identities := sampleIdentities(t, v, cluster)
		for name, p := range objects[*authorizationPolicy](t, v, cluster) {
			if p.Name == "default-deny" && p.Spec.Selector == nil && p.Spec.Action == "ALLOW" && len(p.Spec.Rules) == 0 {
				denied[p.Namespace] = true
				continue
			}
			r := rule{Namespace: p.Namespace, Name: p.Name, Pods: p.Spec.Selector.MatchLabels, Ports: p.Spec.Rules[0].To[0].Operation.Ports}
			for _, from := range p.Spec.Rules[0].From {
				r.Addresses = append(r.Addresses, from.Source.IPBlocks...)
				if len(from.Source.IPBlocks) > 0 && !slices.Equal(from.Source.NotPrincipals, []string{"*"}) {
					t.Errorf("%s admits pods of the mesh for their addresses", name)
				}
				for _, principal := range from.Source.Principals {
					r.FromPods = true
					if !identities[principal] {
						t.Errorf("%s admits %s, which no pod is: there are %v", name, principal, identities)
					}
				}
			}
			got[p.Namespace+"/"+p.Name] = r
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-network policies +mesh):\n%s", cluster, diff)
		}
		for name := range s.Cluster.Namespaces {
			if !denied[name] {
				t.Errorf("%s: the mesh admits everything to namespace %s", cluster, name)
			}
		}
	})
}

// sampleIdentities are the identities of deployments whose service accounts exist.
func sampleIdentities(t *testing.T, v variant, cluster string) map[string]bool {
	exists, identities := map[string]bool{}, map[string]bool{}
	for _, a := range objects[*corev1.ServiceAccount](t, v, cluster) {
		exists[a.Namespace+"/"+a.Name] = true
	}
	for name, d := range objects[*appsv1.Deployment](t, v, cluster) {
		account := d.Spec.Template.Spec.ServiceAccountName
		if !exists[d.Namespace+"/"+account] {
			t.Errorf("%s has the service account %q, which the bundle does not make", name, account)
		}
		identities["cluster.local/ns/"+d.Namespace+"/sa/"+account] = true
	}
	return identities
}

// The tunnel is open between the pods that may talk to each other, and no others.
func TestNetworkPoliciesAdmitTheTunnel(t *testing.T) {
	eachMesh(t, func(t *testing.T, v variant, s *estate.Spoke, cluster string) {
		var n network
		for _, p := range objects[*networkingv1.NetworkPolicy](t, v, cluster) {
			if p.Namespace == "sample" {
				n = append(n, p)
			}
		}
		if n == nil {
			return
		}
		pod := func(i int) labels.Set { return sample[i].podLabels() }
		const worker = 2
		for name, test := range map[string]struct{ got, want bool }{
			"frontend to backend":       {n.sends(t, pod(frontend), end{pod: pod(backend)}, 15008), true},
			"backend from frontend":     {n.receives(t, pod(backend), end{pod: pod(frontend)}, 15008), true},
			"backend to frontend":       {n.sends(t, pod(backend), end{pod: pod(frontend)}, 15008), false},
			"worker to backend":         {n.sends(t, pod(worker), end{pod: pod(backend)}, 15008), false},
			"backend from worker":       {n.receives(t, pod(backend), end{pod: pod(worker)}, 15008), false},
			"backend from a subnet":     {n.receives(t, pod(backend), end{address: v.Network(s.Name).CIDR.Addr().Next()}, 15008), false},
			"probes of the kubelet":     {n.receives(t, pod(worker), end{address: kubeletProbes.Addr()}, 8080), true},
			"other addresses on a node": {n.receives(t, pod(worker), end{address: kubeletProbes.Addr().Next()}, 8080), false},
		} {
			if test.got != test.want {
				t.Errorf("%s: %s: %v, want %v", cluster, name, test.got, test.want)
			}
		}
	})
}

// The four charts are made for each other.
func TestTheMeshIsOfOneVersion(t *testing.T) {
	eachMesh(t, func(t *testing.T, v variant, s *estate.Spoke, cluster string) {
		releases := installed(t, v, cluster)
		for name, of := range map[string]string{"istio-base": "base", "istiod": "istiod", "istio-cni": "cni", "ztunnel": "ztunnel"} {
			r := releases[name]
			if r.name != of || r.namespace != "istio-system" || r.values["profile"] != "ambient" || r.version != releases["istiod"].version {
				t.Errorf("%s: %s is chart %s %s in %s with %v", cluster, name, r.name, r.version, r.namespace, r.values)
			}
		}
		if !releases["istio-base"].definitions {
			t.Errorf("%s: the mesh's definitions can be pruned", cluster)
		}
		if pinned := s.Cluster.ChartVersions["istio"]; pinned != "" && releases["istiod"].version != pinned {
			t.Errorf("%s: istiod %s, the estate pins %s", cluster, releases["istiod"].version, pinned)
		}
	})
}
