package gitops

import (
	"cmp"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"hubspoke/estate"
	estatecluster "hubspoke/estate/cluster"
)

// charts are the Helm charts of the controllers, by the names that [estatecluster.Charts]
// lists, and the versions that the bundle takes where the estate names none.
//
//   - https://karpenter.sh/docs/upgrading/compatibility/
//   - https://github.com/aws/eks-charts/tree/master/stable/aws-load-balancer-controller
//   - https://github.com/kubernetes-sigs/external-dns/tree/master/charts/external-dns
//   - https://istio.io/latest/docs/releases/supported-releases/
//   - https://kyverno.io/docs/releases/
var charts = map[string]chart{
	"aws-load-balancer-controller": {repository: "https://aws.github.io/eks-charts", version: "3.5.0"},
	"external-dns":                 {repository: "https://kubernetes-sigs.github.io/external-dns", version: "1.21.1"},
	"istio":                        {repository: "https://istio-release.storage.googleapis.com/charts", version: "1.31.1"},
	"karpenter":                    {repository: "oci://public.ecr.aws/karpenter", version: "1.14.1"},
	"kyverno":                      {repository: "https://kyverno.github.io/kyverno", version: "3.9.1"},
}

type chart struct {
	// repository is the URL of a Helm repository, or of an OCI registry.
	repository string
	version    string
	// provider is who gives Flux the credentials for the repository: `aws` for a private
	// registry in ECR, nobody if it is empty.
	provider string
}

// release is a Helm chart with the values that the cluster needs.
type release struct {
	chart
	// name is the name of the release, and of the chart unless chartName is another.
	name      string
	chartName string
	namespace string
	values    map[string]any
	// after are the releases that must be there before this one.
	after []string
	// definitions says that the chart holds custom resource definitions. Whoever
	// deletes those deletes every object of theirs.
	definitions bool
	// skipDefinitions leaves out the definitions that the chart also has.
	skipDefinitions bool
	// generated are the parts of objects that the chart makes anew each time.
	generated []ignoredDifference
}

// of is the name of the release's chart.
func (r release) of() string { return cmp.Or(r.chartName, r.name) }

// controllers is the folder with the cluster's controllers, as releases for the
// tool of the estate's choice.
func (c cluster) controllers() folder {
	releases := []release{c.karpenterDefinitions(), c.karpenter(), c.loadBalancerController()}
	f := folder{name: "controllers"}
	if slices.ContainsFunc(c.estate.Controllers(c.spoke.Name), named(estatecluster.ExternalDNS)) {
		releases = append(releases, c.externalDNS())
		f.objects = append(f.objects, c.namespace("external-dns", estatecluster.Restricted))
		f.objects = append(f.objects, controllerPolicies("external-dns")...)
	}
	if registry, ok := c.ChartRegistry(); ok && c.GitOps == estatecluster.ArgoCD {
		f.objects = append(f.objects, c.ecrLogin(registry)...)
	}
	if c.Mesh == estatecluster.Istio {
		releases = append(releases, c.istio()...)
		f.objects = append(f.objects, c.namespace(estatecluster.MeshNamespace, estatecluster.Privileged))
	}
	if c.VerifyImages != "" {
		releases = append(releases, c.kyverno())
		f.objects = append(f.objects, c.namespace(estatecluster.VerifierNamespace, estatecluster.Restricted))
		f.folders = append(f.folders, folder{name: estatecluster.VerifierNamespace, objects: c.verifierPolicies()})
	}
	for _, r := range releases {
		if c.GitOps == estatecluster.Flux {
			f.objects = append(f.objects, helmRelease(r)...)
		} else {
			f.objects = append(f.objects, helmApplication(r))
		}
	}
	return f
}

// chart is a chart in the version that the cluster takes.
func (c cluster) chart(name string) chart {
	chart := charts[name]
	if version, ok := c.ChartVersions[name]; ok {
		chart.version = version
	}
	if c.ChartRepository != "" {
		chart.repository = c.ChartRepository
	}
	if _, ok := c.ChartRegistry(); ok {
		chart.provider = "aws"
	}
	return chart
}

// karpenterDefinitions are a chart of their own, since Helm upgrades definitions
// only where they are part of a release:
// https://karpenter.sh/docs/upgrading/upgrade-guide/#crd-upgrades
func (c cluster) karpenterDefinitions() release {
	return release{name: "karpenter-crd", chart: c.chart("karpenter"), namespace: "kube-system", definitions: true}
}

// karpenter launches nodes. See
// https://github.com/aws/karpenter-provider-aws/tree/main/charts/karpenter
func (c cluster) karpenter() release {
	settings := map[string]any{
		"clusterName":       c.name,
		"interruptionQueue": c.estate.KarpenterQueue(c.spoke.Name),
		"eksControlPlane":   true,
	}
	if c.spoke.Network.NAT == estate.NATNone {
		// Prices come from an API without an endpoint in VPCs.
		settings["isolatedVPC"] = true
	}
	return release{
		name: "karpenter", chart: c.chart("karpenter"), namespace: "kube-system",
		after: []string{"karpenter-crd"}, skipDefinitions: true,
		values: map[string]any{
			"settings":       settings,
			"serviceAccount": c.serviceAccountValues(estatecluster.Karpenter),
			"replicas":       c.replicas(),
			"tolerations":    systemTolerations,
			// The cluster's own DNS may be waiting for the nodes that Karpenter launches.
			"dnsPolicy": "Default",
			"controller": map[string]any{
				// The chart adds the digest of the image, which is the same in the cache.
				"image":     map[string]any{"repository": c.image("public.ecr.aws", "karpenter/controller")},
				"resources": resources("500m", "1Gi", "", "1Gi"),
				"env":       c.regionValues(),
			},
		},
	}
}

// loadBalancerController makes load balancers for Ingresses and Services. See
// https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/configurations/
func (c cluster) loadBalancerController() release {
	r := release{
		name: "aws-load-balancer-controller", chart: c.chart("aws-load-balancer-controller"), namespace: "kube-system",
		generated: loadBalancerCertificates,
		values: map[string]any{
			"clusterName": c.name,
			"region":      c.estate.Region,
			// The VPC's id is not known before there is one, and pods cannot ask the
			// instance's metadata service, which answers the node alone.
			"vpcTags":             map[string]any{"Name": c.estate.Prefix(c.spoke.Name)},
			"serviceAccount":      c.serviceAccountValues(estatecluster.LoadBalancerController),
			"replicaCount":        c.replicas(),
			"tolerations":         systemTolerations,
			"image":               map[string]any{"repository": c.image("public.ecr.aws", "eks/aws-load-balancer-controller")},
			"resources":           resources("100m", "256Mi", "", "256Mi"),
			"podDisruptionBudget": map[string]any{"maxUnavailable": 1},
			// The class is in the folder `cluster`.
			"createIngressClassResource": false,
			"ingressClassParams":         map[string]any{"create": false},
			// The webhook would stop every Service of the cluster while the controller is
			// away. Services that want a load balancer name its class,
			// `service.k8s.aws/nlb`.
			"enableServiceMutatorWebhook": false,
			"defaultTags":                 c.tags("aws-load-balancer-controller"),
		},
	}
	if existing := c.spoke.Network.Existing; existing != nil {
		delete(r.values, "vpcTags")
		r.values["vpcId"] = existing.VPCID
	}
	if c.spoke.Network.NAT == estate.NATNone {
		// These have no endpoint in a VPC, and the controller waits for them:
		// https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html
		for _, service := range []string{"enableShield", "enableWaf", "enableWafv2"} {
			r.values[service] = false
		}
	}
	return r
}

// externalDNS writes records in the hub's zones, by way of the role that the hub
// has for it. See
// https://kubernetes-sigs.github.io/external-dns/latest/docs/tutorials/aws/
func (c cluster) externalDNS() release {
	const workload = estatecluster.ExternalDNS
	zones := slices.Sorted(slices.Values(c.spoke.RecordRoles[workload].Zones))
	role := c.estate.RoleARN(estate.HubAccount, c.estate.RecordRole(c.spoke.Name, workload))
	return release{
		name: "external-dns", chart: c.chart("external-dns"), namespace: "external-dns",
		values: map[string]any{
			"provider":      map[string]any{"name": "aws"},
			"sources":       []string{"ingress", "service"},
			"domainFilters": zones,
			// Clusters share zones: each touches the records alone that it made itself. A
			// record that outlives its load balancer would point to whoever gets the name
			// next, so records go with what they stand for.
			"policy":             "sync",
			"registry":           "txt",
			"txtOwnerId":         c.name,
			"interval":           "5m",
			"triggerLoopOnEvent": true,
			"extraArgs": []string{
				"--aws-assume-role=" + role,
				"--aws-assume-role-external-id=" + workload + "-" + c.spoke.Name,
			},
			"serviceAccount": c.serviceAccountValues(workload),
			"tolerations":    systemTolerations,
			"image":          map[string]any{"repository": c.image("registry.k8s.io", "external-dns/external-dns")},
			"resources":      resources("50m", "128Mi", "", "128Mi"),
			"env":            c.regionValues(),
		},
	}
}

// controllerPolicies let a controller with a namespace of its own resolve names and call
// APIs, and nothing else.
func controllerPolicies(namespace string) []object {
	return []object{
		newPolicy(namespace, "default-deny", nil).both(),
		newPolicy(namespace, "allow-dns", nil).egress(ports(udp(53), tcp(53)), coreDNS, block(nodeLocalDNS)),
		newPolicy(namespace, "allow-apis", nil).
			egress(ports(tcp(443)), block(everywhere)).
			egress(ports(tcp(80)), block(podIdentityAgent)),
	}
}

// systemTolerations let the controllers run on the system nodes, which are there
// before Karpenter has launched any other.
var systemTolerations = []corev1.Toleration{{Key: "CriticalAddonsOnly", Operator: corev1.TolerationOpExists}}

// replicas is how many of a controller there are: each wants a node of its own.
func (c cluster) replicas() int { return min(2, *c.SystemNodes.MinSize) }

// serviceAccountValues are the chart's values for a controller's service account.
func (c cluster) serviceAccountValues(workload string) map[string]any {
	controllers := c.estate.Controllers(c.spoke.Name)
	w := controllers[slices.IndexFunc(controllers, named(workload))]
	values := map[string]any{"create": true, "name": w.ServiceAccount}
	if annotations := c.roleAnnotations(w.Name, w.Kind); annotations != nil {
		values["annotations"] = annotations
	}
	return values
}

// roleAnnotations bind a service account to its role, where nothing in AWS does:
// https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html
func (c cluster) roleAnnotations(workload string, kind estatecluster.IdentityKind) map[string]string {
	if kind != estatecluster.IRSA {
		return nil
	}
	return map[string]string{
		"eks.amazonaws.com/role-arn": c.estate.RoleARN(c.spoke.Name, c.estate.WorkloadRole(c.spoke.Name, workload)),
	}
}

func named(workload string) func(estatecluster.Workload) bool {
	return func(w estatecluster.Workload) bool { return w.Name == workload }
}

// regionValues say which region the controller is in, since it cannot ask the
// instance's metadata service.
func (c cluster) regionValues() []map[string]any {
	return []map[string]any{{"name": "AWS_REGION", "value": c.estate.Region}}
}

// image is the repository of a public image, in the hub's registry if that caches
// where it comes from.
func (c cluster) image(upstream, repository string) string {
	image := upstream + "/" + repository
	if slices.Contains(c.estate.Hub.Registry.PullThroughCache, upstream) {
		return c.estate.RegistryHost() + "/" + image
	}
	return image
}

// tags are those of what a controller makes in AWS, where Terraform's default tags
// do not reach.
func (c cluster) tags(controller string) map[string]string {
	tags := map[string]string{
		"Project":     c.estate.Project,
		"Environment": c.spoke.Name,
		"ManagedBy":   controller,
	}
	maps.Copy(tags, c.estate.Tags)
	return tags
}

// namespace is a namespace that enforces a level of the Pod Security Standards, and
// warns of what is below the highest one:
// https://kubernetes.io/docs/concepts/security/pod-security-admission/
//
// The version is the cluster's, so that a level means the same until the cluster is
// upgraded with a look at the warnings.
func (c cluster) namespace(name string, level estatecluster.PodSecurity) *corev1.Namespace {
	const prefix = "pod-security.kubernetes.io/"
	labels := map[string]string{
		prefix + "enforce": string(level),
		prefix + "audit":   string(estatecluster.Restricted),
		prefix + "warn":    string(estatecluster.Restricted),
	}
	for _, mode := range []string{"enforce", "audit", "warn"} {
		labels[prefix+mode+"-version"] = "v" + c.Version
	}
	return &corev1.Namespace{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Namespace"},
		ObjectMeta: metav1.ObjectMeta{
			Name: name, Labels: labels,
			// Everything in a namespace goes with it. That takes a person.
			Annotations: map[string]string{
				"argocd.argoproj.io/sync-options":   "Prune=false",
				"kustomize.toolkit.fluxcd.io/prune": "disabled",
			},
		},
	}
}
