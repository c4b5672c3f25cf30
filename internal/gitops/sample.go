package gitops

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	estatecluster "hubspoke/estate/cluster"
	"hubspoke/internal/subnet"
)

// sampleImage stands in for the images of a real application. It is there for both
// architectures, and runs as somebody else than root.
const sampleImage = "nginx/nginx-unprivileged:1.29-alpine"

// nginxUser is the image's user.
const nginxUser = 101

// workload is a Deployment of the sample application with what belongs to it. What it
// takes of the cluster, the estate knows, which has checked that there is so much.
type workload struct {
	estatecluster.SampleWorkload
	priority string
	// placement says which nodes it may run on.
	placement placement
	// labels are what its pods ask for.
	labels map[string]string
	// serves says that others send it requests.
	serves bool
}

func (w workload) cpu() string    { return fmt.Sprintf("%dm", w.MilliCPU) }
func (w workload) memory() string { return fmt.Sprintf("%dMi", w.MemoryMiB) }

// placement is the part of a pod that says where it may run.
type placement struct {
	nodeSelector map[string]string
	required     []corev1.NodeSelectorRequirement
	preferred    []corev1.PreferredSchedulingTerm
}

const archLabel = corev1.LabelArchStable

// onlyOn places pods on one architecture.
func onlyOn(arch estatecluster.Architecture) placement {
	return placement{nodeSelector: map[string]string{archLabel: string(arch)}}.spotFirst()
}

// firstOn places pods on the first of some architectures that has room.
func firstOn(archs ...estatecluster.Architecture) placement {
	p := placement{required: []corev1.NodeSelectorRequirement{isIn(archLabel, archs...)}}
	for i, arch := range archs {
		p.preferred = append(p.preferred, corev1.PreferredSchedulingTerm{
			Weight:     int32(100 / (i + 1)),
			Preference: corev1.NodeSelectorTerm{MatchExpressions: []corev1.NodeSelectorRequirement{isIn(archLabel, arch)}},
		})
	}
	return p.spotFirst()
}

// spotFirst takes spot capacity, and on-demand where there is none. A node selector
// on spot would never fall back: it is a requirement.
// https://karpenter.sh/docs/concepts/scheduling/
func (p placement) spotFirst() placement {
	const key = "karpenter.sh/capacity-type"
	p.required = append(p.required, isIn(key, estatecluster.Spot, estatecluster.OnDemand))
	p.preferred = append(p.preferred, corev1.PreferredSchedulingTerm{
		Weight:     10,
		Preference: corev1.NodeSelectorTerm{MatchExpressions: []corev1.NodeSelectorRequirement{isIn(key, estatecluster.Spot)}},
	})
	return p
}

func isIn[S ~string](key string, values ...S) corev1.NodeSelectorRequirement {
	r := corev1.NodeSelectorRequirement{Key: key, Operator: corev1.NodeSelectorOpIn}
	for _, v := range values {
		r.Values = append(r.Values, string(v))
	}
	return r
}

// sample is the sample application.
var sample = []workload{
	{
		SampleWorkload: estatecluster.SampleBackend, priority: highPriority, serves: true,
		placement: onlyOn(estatecluster.SampleBackend.Architectures[0]),
	},
	{
		SampleWorkload: estatecluster.SampleFrontend, priority: highPriority, serves: true,
		placement: onlyOn(estatecluster.SampleFrontend.Architectures[0]),
		labels:    map[string]string{loadBalancerLabel: "internal"},
	},
	{
		SampleWorkload: estatecluster.SampleWorker, priority: lowPriority,
		placement: firstOn(estatecluster.SampleWorker.Architectures...),
	},
}

// samples is the folder with the sample application of each namespace that asks for
// it.
func (c cluster) samples() folder {
	all := folder{name: "samples", after: []string{"cluster", "namespaces", "karpenter", "controllers"}}
	for _, namespace := range slices.Sorted(maps.Keys(c.Namespaces)) {
		if !c.Namespaces[namespace].Sample {
			continue
		}
		f := folder{name: namespace, objects: c.meshSample(namespace)}
		for _, w := range sample {
			f.objects = append(f.objects, c.deployment(namespace, w))
			if w.serves {
				f.objects = append(f.objects, service(namespace, w))
			}
			f.objects = append(f.objects, autoscaler(namespace, w), disruptionBudget(namespace, w))
		}
		f.objects = append(f.objects, c.ingress(namespace, sample[frontend]), c.frontendToBackend(namespace), c.backendFromFrontend(namespace),
			c.backendBalancer(namespace), backendFromLoadBalancer(c, namespace))
		all.folders = append(all.folders, f)
	}
	return all
}

// selector are the labels that tell a workload's pods from all others.
func (w workload) selector() map[string]string {
	return map[string]string{nameLabel: w.Name, "app.kubernetes.io/part-of": "sample"}
}

func (w workload) podLabels() map[string]string {
	labels := w.selector()
	labels[componentLabel] = w.Name
	maps.Copy(labels, w.labels)
	return labels
}

func (w workload) meta(namespace string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Name: w.Name, Namespace: namespace, Labels: w.selector()}
}

func (c cluster) deployment(namespace string, w workload) *appsv1.Deployment {
	return &appsv1.Deployment{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"},
		ObjectMeta: w.meta(namespace),
		// No number of replicas: that is the autoscaler's to say.
		Spec: appsv1.DeploymentSpec{
			Selector: &metav1.LabelSelector{MatchLabels: w.selector()},
			Strategy: appsv1.DeploymentStrategy{
				Type: appsv1.RollingUpdateDeploymentStrategyType,
				RollingUpdate: &appsv1.RollingUpdateDeployment{
					MaxUnavailable: new(intstr.FromInt32(0)), MaxSurge: new(intstr.FromInt32(estatecluster.SampleSurge)),
				},
			},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: w.podLabels()},
				Spec:       c.pod(w),
			},
		},
	}
}

// pod is what the Pod Security Standards call restricted, which the estate's
// namespaces enforce.
func (c cluster) pod(w workload) corev1.PodSpec {
	probe := corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: "/", Port: intstr.FromString("http")}}
	return corev1.PodSpec{
		ServiceAccountName:           c.serviceAccount(w),
		AutomountServiceAccountToken: new(false),
		PriorityClassName:            w.priority,
		NodeSelector:                 w.placement.nodeSelector,
		Affinity: &corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{
			RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{
				NodeSelectorTerms: []corev1.NodeSelectorTerm{{MatchExpressions: w.placement.required}},
			},
			PreferredDuringSchedulingIgnoredDuringExecution: w.placement.preferred,
		}},
		TopologySpreadConstraints: []corev1.TopologySpreadConstraint{
			w.spread(corev1.LabelTopologyZone), w.spread(corev1.LabelHostname),
		},
		SecurityContext: &corev1.PodSecurityContext{
			RunAsNonRoot:   new(true),
			RunAsUser:      new(int64(nginxUser)),
			RunAsGroup:     new(int64(nginxUser)),
			SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
		},
		// Longer than the pause below and what nginx then takes to finish.
		TerminationGracePeriodSeconds: new(int64(45)),
		Containers: []corev1.Container{{
			Name:           w.Name,
			Image:          c.image("public.ecr.aws", sampleImage),
			Ports:          []corev1.ContainerPort{{Name: "http", ContainerPort: appPort}},
			Resources:      resources(w.cpu(), w.memory(), "500m", w.memory()),
			LivenessProbe:  &corev1.Probe{ProbeHandler: probe, PeriodSeconds: 20, FailureThreshold: 3},
			ReadinessProbe: &corev1.Probe{ProbeHandler: probe, PeriodSeconds: 5, FailureThreshold: 2},
			// Requests go on coming until everybody has heard that the pod is on its way out.
			Lifecycle: &corev1.Lifecycle{PreStop: &corev1.LifecycleHandler{Sleep: &corev1.SleepAction{Seconds: 15}}},
			SecurityContext: &corev1.SecurityContext{
				AllowPrivilegeEscalation: new(false),
				ReadOnlyRootFilesystem:   new(true),
				Capabilities:             &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
			},
			VolumeMounts: []corev1.VolumeMount{{Name: "tmp", MountPath: "/tmp"}},
		}},
		Volumes: []corev1.Volume{{
			Name:         "tmp",
			VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{SizeLimit: new(resource.MustParse("64Mi"))}},
		}},
	}
}

// spread keeps pods apart where that is possible.
func (w workload) spread(topology string) corev1.TopologySpreadConstraint {
	return corev1.TopologySpreadConstraint{
		MaxSkew: 1, TopologyKey: topology, WhenUnsatisfiable: corev1.ScheduleAnyway,
		LabelSelector: &metav1.LabelSelector{MatchLabels: w.selector()},
	}
}

// service has the port of the pods as its own. Network policies are checked before
// and after the address of a Service is replaced, depending on the CNI, and so name
// the right port either way.
func service(namespace string, w workload) *corev1.Service {
	return &corev1.Service{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Service"},
		ObjectMeta: w.meta(namespace),
		Spec: corev1.ServiceSpec{
			Type:     corev1.ServiceTypeClusterIP,
			Selector: w.selector(),
			Ports:    []corev1.ServicePort{{Name: "http", Port: appPort, TargetPort: intstr.FromString("http")}},
		},
	}
}

func autoscaler(namespace string, w workload) *autoscalingv2.HorizontalPodAutoscaler {
	utilization := func(name corev1.ResourceName, percent int32) autoscalingv2.MetricSpec {
		return autoscalingv2.MetricSpec{
			Type: autoscalingv2.ResourceMetricSourceType,
			Resource: &autoscalingv2.ResourceMetricSource{
				Name:   name,
				Target: autoscalingv2.MetricTarget{Type: autoscalingv2.UtilizationMetricType, AverageUtilization: &percent},
			},
		}
	}
	return &autoscalingv2.HorizontalPodAutoscaler{
		TypeMeta:   metav1.TypeMeta{APIVersion: "autoscaling/v2", Kind: "HorizontalPodAutoscaler"},
		ObjectMeta: w.meta(namespace),
		Spec: autoscalingv2.HorizontalPodAutoscalerSpec{
			ScaleTargetRef: autoscalingv2.CrossVersionObjectReference{APIVersion: "apps/v1", Kind: "Deployment", Name: w.Name},
			MinReplicas:    new(int32(w.Least)),
			MaxReplicas:    int32(w.Most),
			Metrics:        []autoscalingv2.MetricSpec{utilization(corev1.ResourceCPU, 70), utilization(corev1.ResourceMemory, 80)},
		},
	}
}

// disruptionBudget lets nodes be emptied one pod at a time. Pods that do not work are
// no reason to keep a node.
func disruptionBudget(namespace string, w workload) *policyv1.PodDisruptionBudget {
	return &policyv1.PodDisruptionBudget{
		TypeMeta:   metav1.TypeMeta{APIVersion: "policy/v1", Kind: "PodDisruptionBudget"},
		ObjectMeta: w.meta(namespace),
		Spec: policyv1.PodDisruptionBudgetSpec{
			MaxUnavailable:             new(intstr.FromInt32(1)),
			Selector:                   &metav1.LabelSelector{MatchLabels: w.selector()},
			UnhealthyPodEvictionPolicy: new(policyv1.AlwaysAllow),
		},
	}
}

const (
	backend  = 0
	frontend = 1
)

// backendBalancer is the backend's way in for whoever is not in the cluster: a Network
// Load Balancer, or an Application Load Balancer in the group that the network has for
// it, whose rules are those of HTTPS.
func (c cluster) backendBalancer(namespace string) object {
	if c.spoke.SecurityGroups != nil {
		return c.ingress(namespace, sample[backend])
	}
	return c.networkLoadBalancer(namespace, sample[backend])
}

// ingress puts a workload behind an internal load balancer. To face the internet
// takes the scheme `internet-facing`, a certificate, and the label
// `load-balancer: public` on the pods. See
// https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/
func (c cluster) ingress(namespace string, w workload) *networkingv1.Ingress {
	ingress := &networkingv1.Ingress{
		TypeMeta:   metav1.TypeMeta{APIVersion: "networking.k8s.io/v1", Kind: "Ingress"},
		ObjectMeta: w.meta(namespace),
		Spec: networkingv1.IngressSpec{
			IngressClassName: new(ingressClass),
			Rules: []networkingv1.IngressRule{{
				Host: c.sampleHost(namespace),
				IngressRuleValue: networkingv1.IngressRuleValue{HTTP: &networkingv1.HTTPIngressRuleValue{
					Paths: []networkingv1.HTTPIngressPath{{
						Path: "/", PathType: new(networkingv1.PathTypePrefix),
						Backend: networkingv1.IngressBackend{Service: &networkingv1.IngressServiceBackend{
							Name: w.Name, Port: networkingv1.ServiceBackendPort{Name: "http"},
						}},
					}},
				}},
			}},
		},
	}
	ingress.Annotations = c.loadBalancer(w)
	return ingress
}

// loadBalancer says what a workload's load balancer is like. Groups that the network
// makes are known by name, before they have an id; the controller then makes none.
func (c cluster) loadBalancer(w workload) map[string]string {
	const prefix = "alb.ingress.kubernetes.io/"
	annotations := map[string]string{
		prefix + "scheme":       "internal",
		prefix + "target-type":  "ip",
		prefix + "listen-ports": `[{"HTTP": 80}]`,
	}
	if c.CertificateARN != "" {
		annotations[prefix+"certificate-arn"] = c.CertificateARN
		annotations[prefix+"listen-ports"] = `[{"HTTPS": 443}]`
	}
	if c.spoke.SecurityGroups != nil {
		annotations[prefix+"security-groups"] = c.estate.LoadBalancerGroup(c.spoke.Name, w.Name == sample[frontend].Name)
	}
	if given, _ := c.estate.Given(c.spoke.Name, subnet.Private); given != nil {
		// The controller finds others by their tags.
		annotations[prefix+"subnets"] = strings.Join(given, ",")
	}
	return annotations
}

// sampleHost is a name in the first private zone that external-dns writes to; "" if
// there is none, which answers to any name.
func (c cluster) sampleHost(namespace string) string {
	for _, zone := range slices.Sorted(slices.Values(c.spoke.RecordRoles[estatecluster.ExternalDNS].Zones)) {
		if _, private := c.estate.DNS.PrivateZones[zone]; private {
			return namespace + "." + zone
		}
	}
	return ""
}

func (c cluster) frontendToBackend(namespace string) *networkPolicy {
	return newPolicy(namespace, "frontend-to-backend", sample[frontend].selector()).
		egress(c.podPorts(appPort), pods(sample[backend].selector()))
}

func (c cluster) backendFromFrontend(namespace string) *networkPolicy {
	return newPolicy(namespace, "backend-from-frontend", sample[backend].selector()).
		ingress(c.podPorts(appPort), pods(sample[frontend].selector()))
}

// backendFromLoadBalancer lets in what the load balancer of the backend sends.
func backendFromLoadBalancer(c cluster, namespace string) *networkPolicy {
	return newPolicy(namespace, "backend-from-load-balancer", sample[backend].selector()).
		ingress(ports(tcp(appPort)), blocks(c.subnets(subnet.Private))...)
}
