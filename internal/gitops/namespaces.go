package gitops

import (
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	estatecluster "hubspoke/estate/cluster"
)

// namespaces is the folder with a folder for each of the workloads' namespaces.
func (c cluster) namespaces() folder {
	all := folder{name: "namespaces"}
	for _, name := range slices.Sorted(maps.Keys(c.Namespaces)) {
		n := c.Namespaces[name]
		all.folders = append(all.folders, folder{name: name, objects: slices.Concat(
			[]object{c.gated(c.meshed(c.namespace(name, n.PodSecurity))), limitRange(name), resourceQuota(name, n)},
			c.serviceAccounts(name),
			c.secretProviderClasses(name),
			c.networkPolicies(name),
		)})
	}
	return all
}

// limitRange gives containers that say nothing modest requests, without which the quota
// would refuse them. It sets no limits. A default limit would refuse every container that
// requests more and names no limit, and a maximum becomes such a default by itself; how
// much a container may have, the namespace's quota says.
// https://kubernetes.io/docs/concepts/policy/limit-range/
func limitRange(namespace string) *corev1.LimitRange {
	return &corev1.LimitRange{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "LimitRange"},
		ObjectMeta: metav1.ObjectMeta{Name: "containers", Namespace: namespace},
		Spec: corev1.LimitRangeSpec{Limits: []corev1.LimitRangeItem{{
			Type:           corev1.LimitTypeContainer,
			DefaultRequest: quantities("100m", "128Mi"),
			Min:            quantities("10m", "16Mi"),
		}}},
	}
}

func resourceQuota(namespace string, n estatecluster.Namespace) *corev1.ResourceQuota {
	return &corev1.ResourceQuota{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "ResourceQuota"},
		ObjectMeta: metav1.ObjectMeta{Name: "namespace", Namespace: namespace},
		Spec: corev1.ResourceQuotaSpec{Hard: corev1.ResourceList{
			corev1.ResourceRequestsCPU:    count(n.CPU),
			corev1.ResourceRequestsMemory: gibibytes(n.MemoryGiB),
			corev1.ResourcePods:           count(n.Pods),
		}},
	}
}

// serviceAccounts are those of the namespace that have a role in AWS.
func (c cluster) serviceAccounts(namespace string) []object {
	var accounts []object
	for _, name := range slices.Sorted(maps.Keys(c.Identities)) {
		i := c.Identities[name]
		if i.Namespace != namespace {
			continue
		}
		accounts = append(accounts, &corev1.ServiceAccount{
			TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "ServiceAccount"},
			ObjectMeta: metav1.ObjectMeta{
				Name: i.ServiceAccount, Namespace: namespace,
				Annotations: c.roleAnnotations(name, i.Kind),
			},
			// Both kinds of identity bring a token of their own. Only a pod that uses the
			// Kubernetes API needs another one.
			AutomountServiceAccountToken: new(false),
		})
	}
	return accounts
}

func count(n int) resource.Quantity { return *resource.NewQuantity(int64(n), resource.DecimalSI) }

func gibibytes(n int) resource.Quantity { return resource.MustParse(fmt.Sprintf("%dGi", n)) }

// quantities of CPU and memory; an empty one is left out.
func quantities(cpu, memory string) corev1.ResourceList {
	list := corev1.ResourceList{}
	if cpu != "" {
		list[corev1.ResourceCPU] = resource.MustParse(cpu)
	}
	if memory != "" {
		list[corev1.ResourceMemory] = resource.MustParse(memory)
	}
	return list
}

// resources of a container: what it requests, and what it may use at most.
func resources(cpu, memory, cpuLimit, memoryLimit string) corev1.ResourceRequirements {
	return corev1.ResourceRequirements{Requests: quantities(cpu, memory), Limits: quantities(cpuLimit, memoryLimit)}
}
