package gitops

import (
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	storagev1 "k8s.io/api/storage/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// The classes that workloads choose from.
const (
	ingressClass = "alb"
	highPriority = "workload-high"
	lowPriority  = "workload-low"
)

// classes are what the whole cluster offers to its workloads.
func (c cluster) classes() []object {
	ingresses := newIngressClass()
	all := []object{
		storageClass("gp3", corev1.PersistentVolumeReclaimDelete, true),
		storageClass("gp3-retain", corev1.PersistentVolumeReclaimRetain, false),
		ingresses,
		priorityClass(highPriority, 1_000_000, corev1.PreemptLowerPriority, "Serves people: takes the place of other workloads if there is no room."),
		priorityClass("workload-normal", 100_000, corev1.PreemptLowerPriority, "What most workloads are."),
		priorityClass(lowPriority, 1_000, corev1.PreemptNever, "Can wait: takes nobody's place, and gives way to all others."),
	}
	if c.WAF != nil {
		params := c.webACL()
		ingresses.Spec.Parameters = &networkingv1.IngressClassParametersReference{APIGroup: new(elbv2Group), Kind: params.Kind, Name: params.Name}
		all = append(all, params)
	}
	return all
}

// classesAfter are the folders without which nobody knows a kind of what is in `cluster`.
func (c cluster) classesAfter() []string {
	if c.WAF == nil {
		return nil
	}
	return []string{"controllers"}
}

// storageClass makes encrypted gp3 volumes. See
// https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/docs/parameters.md
func storageClass(name string, reclaim corev1.PersistentVolumeReclaimPolicy, isDefault bool) *storagev1.StorageClass {
	class := &storagev1.StorageClass{
		TypeMeta:      metav1.TypeMeta{APIVersion: "storage.k8s.io/v1", Kind: "StorageClass"},
		ObjectMeta:    metav1.ObjectMeta{Name: name},
		Provisioner:   "ebs.csi.aws.com",
		Parameters:    map[string]string{"type": "gp3", "encrypted": "true"},
		ReclaimPolicy: new(reclaim),
		// A volume is in one zone: that of the node where its first pod runs.
		VolumeBindingMode:    new(storagev1.VolumeBindingWaitForFirstConsumer),
		AllowVolumeExpansion: new(true),
	}
	if isDefault {
		class.Annotations = map[string]string{"storageclass.kubernetes.io/is-default-class": "true"}
	}
	return class
}

// newIngressClass is for load balancers that are internal unless an Ingress says
// otherwise. See
// https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/ingress_class/
func newIngressClass() *networkingv1.IngressClass {
	return &networkingv1.IngressClass{
		TypeMeta: metav1.TypeMeta{APIVersion: "networking.k8s.io/v1", Kind: "IngressClass"},
		ObjectMeta: metav1.ObjectMeta{
			Name:        ingressClass,
			Annotations: map[string]string{networkingv1.AnnotationIsDefaultIngressClass: "true"},
		},
		Spec: networkingv1.IngressClassSpec{Controller: "ingress.k8s.aws/alb"},
	}
}

func priorityClass(name string, value int32, preemption corev1.PreemptionPolicy, description string) *schedulingv1.PriorityClass {
	return &schedulingv1.PriorityClass{
		TypeMeta:         metav1.TypeMeta{APIVersion: "scheduling.k8s.io/v1", Kind: "PriorityClass"},
		ObjectMeta:       metav1.ObjectMeta{Name: name},
		Value:            value,
		PreemptionPolicy: &preemption,
		Description:      description,
	}
}
