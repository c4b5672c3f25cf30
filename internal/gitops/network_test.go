package gitops

import (
	"net/netip"
	"testing"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"hubspoke/estate"
	"hubspoke/internal/subnet"
)

// Every workload namespace denies what nothing allows, in both directions.
func TestEveryNamespaceDeniesByDefault(t *testing.T) {
	eachCluster(t, func(t *testing.T, v variant, s *estate.Spoke, cluster string) {
		denied := map[string]bool{}
		for _, p := range objects[*networkingv1.NetworkPolicy](t, v, cluster) {
			all := len(p.Spec.PodSelector.MatchLabels)+len(p.Spec.PodSelector.MatchExpressions) == 0
			if all && len(p.Spec.PolicyTypes) == 2 && len(p.Spec.Ingress)+len(p.Spec.Egress) == 0 {
				denied[p.Namespace] = true
			}
		}
		for name := range s.Cluster.Namespaces {
			if !denied[name] {
				t.Errorf("%s: namespace %s is open", cluster, name)
			}
		}
	})
}

// network are the policies of one namespace.
type network []*networkingv1.NetworkPolicy

// end is one end of a connection: a pod of the namespace, or an address.
type end struct {
	pod     labels.Set
	address netip.Addr
}

// sends says whether the policies let a pod of the namespace send to the other end;
// receives, whether they let it receive from there.
func (n network) sends(t *testing.T, pod labels.Set, to end, port int32) bool {
	for _, p := range n {
		for _, rule := range p.Spec.Egress {
			if selects(t, &p.Spec.PodSelector, pod) && admits(t, rule.To, rule.Ports, to, port) {
				return true
			}
		}
	}
	return false
}

func (n network) receives(t *testing.T, pod labels.Set, from end, port int32) bool {
	for _, p := range n {
		for _, rule := range p.Spec.Ingress {
			if selects(t, &p.Spec.PodSelector, pod) && admits(t, rule.From, rule.Ports, from, port) {
				return true
			}
		}
	}
	return false
}

func admits(t *testing.T, peers []networkingv1.NetworkPolicyPeer, ports []networkingv1.NetworkPolicyPort, other end, port int32) bool {
	matches := len(ports) == 0
	for _, p := range ports {
		matches = matches || p.Port.IntVal == port
	}
	if !matches {
		return false
	}
	// No peer at all would be everybody.
	if len(peers) == 0 {
		return true
	}
	for _, peer := range peers {
		switch {
		case peer.IPBlock != nil:
			if other.address.IsValid() && netip.MustParsePrefix(peer.IPBlock.CIDR).Contains(other.address) {
				return true
			}
		case peer.NamespaceSelector == nil:
			if other.pod != nil && selects(t, peer.PodSelector, other.pod) {
				return true
			}
		}
	}
	return false
}

func selects(t *testing.T, by *metav1.LabelSelector, pod labels.Set) bool {
	t.Helper()
	selector, err := metav1.LabelSelectorAsSelector(by)
	if err != nil {
		t.Fatal(err)
	}
	return selector.Matches(pod)
}

func TestPoliciesLetThroughWhatTheyShould(t *testing.T) {
	e := piksel(t)
	e.Spoke("dev").Network.DatabaseSubnets = true
	v := write(t, e)
	var n network
	for _, p := range objects[*networkingv1.NetworkPolicy](t, v, "piksel-dev") {
		if p.Namespace == "sample" {
			n = append(n, p)
		}
	}
	pod := func(i int) labels.Set { return sample[i].podLabels() }
	const worker = 2
	within := func(tier subnet.Tier) end {
		return end{address: estate.Subnets(e.Plan("dev"), tier)[1].CIDR.Addr().Next()}
	}
	at := func(address string) end { return end{address: netip.MustParseAddr(address)} }
	for name, test := range map[string]struct{ got, want bool }{
		"backend to the database":            {n.sends(t, pod(backend), within(subnet.Database), 5432), true},
		"backend to the database's ssh":      {n.sends(t, pod(backend), within(subnet.Database), 22), false},
		"backend to port 5432 anywhere":      {n.sends(t, pod(backend), within(subnet.Private), 5432), false},
		"frontend to the database":           {n.sends(t, pod(frontend), within(subnet.Database), 5432), false},
		"worker to the database":             {n.sends(t, pod(worker), within(subnet.Database), 5432), false},
		"frontend to backend":                {n.sends(t, pod(frontend), end{pod: pod(backend)}, 8080), true},
		"backend from frontend":              {n.receives(t, pod(backend), end{pod: pod(frontend)}, 8080), true},
		"worker to backend":                  {n.receives(t, pod(backend), end{pod: pod(worker)}, 8080), false},
		"backend to frontend":                {n.sends(t, pod(backend), end{pod: pod(frontend)}, 8080), false},
		"internal load balancer to frontend": {n.receives(t, pod(frontend), within(subnet.Private), 8080), true},
		"internal load balancer to backend":  {n.receives(t, pod(backend), within(subnet.Private), 8080), true},
		"internal load balancer to worker":   {n.receives(t, pod(worker), within(subnet.Private), 8080), false},
		"the internet's subnets to backend":  {n.receives(t, pod(backend), within(subnet.Public), 8080), false},
		"the internet's subnets to frontend": {n.receives(t, pod(frontend), within(subnet.Public), 8080), false},
		"frontend to the internet":           {n.sends(t, pod(frontend), at("192.0.2.1"), 443), false},
		"frontend to the Kubernetes API":     {n.sends(t, pod(frontend), at("172.20.0.1"), 443), false},
		"a controller to the Kubernetes API": {n.sends(t, labels.Set{apiLabel: "allowed"}, at("172.20.0.1"), 443), true},
		"a controller to any other service":  {n.sends(t, labels.Set{apiLabel: "allowed"}, at("172.20.0.2"), 443), false},
		"a controller to another range":      {n.sends(t, labels.Set{apiLabel: "allowed"}, at("10.100.0.1"), 443), false},
		"a controller to the control plane":  {n.sends(t, labels.Set{apiLabel: "allowed"}, within(subnet.Private), 443), true},
		"the control plane to a webhook":     {n.receives(t, labels.Set{webhookLabel: "allowed"}, within(subnet.Private), 9443), true},
		"a workload to AWS":                  {n.sends(t, labels.Set{awsLabel: "allowed"}, at("192.0.2.1"), 443), true},
		"a workload to its identity's agent": {n.sends(t, labels.Set{awsLabel: "allowed"}, at("169.254.170.23"), 80), true},
		"a workload to the instance's role":  {n.sends(t, labels.Set{awsLabel: "allowed"}, at("169.254.169.254"), 80), false},
		"public load balancer to its pods":   {n.receives(t, labels.Set{loadBalancerLabel: "public"}, within(subnet.Public), 8080), true},
		"public load balancer to a database": {n.receives(t, labels.Set{loadBalancerLabel: "public"}, within(subnet.Public), 5432), false},
	} {
		if test.got != test.want {
			t.Errorf("%s: %v, want %v", name, test.got, test.want)
		}
	}
}

// Names are resolved by the cluster's DNS, and by nobody else's.
func TestEveryPodReachesTheClustersDNS(t *testing.T) {
	eachCluster(t, func(t *testing.T, v variant, s *estate.Spoke, cluster string) {
		open := map[string]bool{}
		for _, p := range objects[*networkingv1.NetworkPolicy](t, v, cluster) {
			for _, rule := range p.Spec.Egress {
				for _, peer := range rule.To {
					if peer.NamespaceSelector != nil && len(p.Spec.PodSelector.MatchLabels) == 0 && rule.Ports[0].Port.IntVal == 53 &&
						peer.NamespaceSelector.MatchLabels["kubernetes.io/metadata.name"] == "kube-system" && peer.PodSelector.MatchLabels["k8s-app"] == "kube-dns" {
						open[p.Namespace] = true
					}
				}
			}
		}
		for name := range s.Cluster.Namespaces {
			if !open[name] {
				t.Errorf("%s: pods of %s resolve no name", cluster, name)
			}
		}
	})
}

// Without database subnets there is no database to reach.
func TestPoliciesNameTheSubnetsThatThereAre(t *testing.T) {
	eachCluster(t, func(t *testing.T, v variant, s *estate.Spoke, cluster string) {
		found := 0
		for _, p := range objects[*networkingv1.NetworkPolicy](t, v, cluster) {
			if p.Name == "allow-database" {
				found += len(p.Spec.Egress[0].To)
			}
		}
		want := len(estate.Subnets(v.Plan(s.Name), subnet.Database)) * len(s.Cluster.Namespaces)
		if found != want {
			t.Errorf("%s: %d database subnets, want %d", cluster, found, want)
		}
	})
}
