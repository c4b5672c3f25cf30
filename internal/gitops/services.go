package gitops

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"hubspoke/estate"
	"hubspoke/internal/subnet"
)

// targetGroupBinding is the load balancer controller's object that puts the pods of a Service
// into a target group, as far as the bundle uses it. The tests check it against the published
// schema.
// https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/targetgroupbinding/targetgroupbinding/
type (
	targetGroupBinding struct {
		metav1.TypeMeta   `json:",inline"`
		metav1.ObjectMeta `json:"metadata"`
		Spec              targetGroupBindingSpec `json:"spec"`
	}
	targetGroupBindingSpec struct {
		TargetGroupName string           `json:"targetGroupName"`
		TargetType      string           `json:"targetType"`
		ServiceRef      serviceReference `json:"serviceRef"`
	}
	serviceReference struct {
		Name string             `json:"name"`
		Port intstr.IntOrString `json:"port"`
	}
)

// nameLabel is Kubernetes' own, by which pods say what they are: network policies know the
// pods of a service by it.
const nameLabel = "app.kubernetes.io/name"

// services is the folder of what puts pods into the target groups of the spoke's services,
// which Terraform makes. A binding finds its group by name, once, when it is made: it waits for
// the group, and one for another group has another name.
//
// It says nothing of networking, so that the controller changes no security group: Terraform
// admits the load balancer to the nodes.
func (c cluster) services() folder {
	f := folder{name: "services", after: []string{"controllers", "namespaces"}}
	for _, name := range slices.Sorted(maps.Keys(c.spoke.Services)) {
		s := c.spoke.Services[name]
		group := c.estate.ServiceTargetGroup(estate.ServiceRef{Spoke: c.spoke.Name, Name: name})
		f.objects = append(f.objects, &targetGroupBinding{
			TypeMeta:   metav1.TypeMeta{APIVersion: "elbv2.k8s.aws/v1beta1", Kind: "TargetGroupBinding"},
			ObjectMeta: metav1.ObjectMeta{Name: group, Namespace: s.Namespace},
			Spec: targetGroupBindingSpec{
				TargetGroupName: group, TargetType: "ip",
				ServiceRef: serviceReference{Name: s.Service, Port: intstr.FromInt(s.Port)},
			},
		})
	}
	return f
}

// gated has pods of a namespace with services wait, before they count as ready, until the load balancer finds
// them well. Otherwise a rollout takes the old ones away while it has not looked at the new ones yet, and nobody answers.
// In return no pod starts in the namespace while the controller is away.
// https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/pod_readiness_gate/
func (c cluster) gated(n *corev1.Namespace) *corev1.Namespace {
	if len(c.servicePorts(n.Name)) > 0 {
		n.Labels["elbv2.k8s.aws/pod-readiness-gate-inject"] = "enabled"
	}
	return n
}

// servicePolicies admit the load balancers of a namespace's services, whose addresses are those of
// the private subnets, to the pods behind each on the one port.
func (c cluster) servicePolicies(namespace string) []object {
	var policies []object
	for _, name := range slices.Sorted(maps.Keys(c.spoke.Services)) {
		s := c.spoke.Services[name]
		if s.Namespace != namespace {
			continue
		}
		policies = append(policies, newPolicy(namespace, "allow-service-"+name, map[string]string{nameLabel: s.Service}).
			ingress(ports(tcp(int32(s.Port))), blocks(c.subnets(subnet.Private))...))
	}
	return policies
}

// servicePorts are the ports of a namespace's services, sorted.
func (c cluster) servicePorts(namespace string) []int {
	var ports []int
	for _, s := range c.spoke.Services {
		if s.Namespace == namespace {
			ports = append(ports, s.Port)
		}
	}
	slices.Sort(ports)
	return slices.Compact(ports)
}
