package gitops

import (
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	admission "k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
	strictjson "sigs.k8s.io/json"
	"sigs.k8s.io/yaml"

	"hubspoke/estate"
	estatecluster "hubspoke/estate/cluster"
)

// kinds are all kinds of Kubernetes' own that a bundle may hold, with the type of each.
var kinds = func() *runtime.Scheme {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{
		admissionv1.AddToScheme, appsv1.AddToScheme, autoscalingv2.AddToScheme, batchv1.AddToScheme, corev1.AddToScheme, networkingv1.AddToScheme,
		policyv1.AddToScheme, rbacv1.AddToScheme, schedulingv1.AddToScheme, storagev1.AddToScheme,
	} {
		if err := add(scheme); err != nil {
			panic(err)
		}
	}
	return scheme
}()

// ours are the objects that Kubernetes itself has no types for.
var ours = map[schema.GroupVersionKind]func() any{
	{Group: "argoproj.io", Version: "v1alpha1", Kind: "Application"}:                  func() any { return &application{} },
	{Group: "elbv2.k8s.aws", Version: "v1beta1", Kind: "TargetGroupBinding"}:          func() any { return &targetGroupBinding{} },
	{Group: "helm.toolkit.fluxcd.io", Version: "v2", Kind: "HelmRelease"}:             func() any { return &fluxRelease{} },
	{Group: "karpenter.k8s.aws", Version: "v1", Kind: "EC2NodeClass"}:                 func() any { return &nodeClass{} },
	{Group: "karpenter.sh", Version: "v1", Kind: "NodePool"}:                          func() any { return &nodePool{} },
	{Group: "kustomize.toolkit.fluxcd.io", Version: "v1", Kind: "Kustomization"}:      func() any { return &fluxKustomization{} },
	{Group: "policies.kyverno.io", Version: "v1", Kind: "ImageValidatingPolicy"}:      func() any { return &imagePolicy{} },
	{Group: "security.istio.io", Version: "v1", Kind: "AuthorizationPolicy"}:          func() any { return &authorizationPolicy{} },
	{Group: "security.istio.io", Version: "v1", Kind: "PeerAuthentication"}:           func() any { return &peerAuthentication{} },
	{Group: "secrets-store.csi.x-k8s.io", Version: "v1", Kind: "SecretProviderClass"}: func() any { return &secretProviderClass{} },
	{Group: "source.toolkit.fluxcd.io", Version: "v1", Kind: "GitRepository"}:         func() any { return &fluxSource{} },
	{Group: "source.toolkit.fluxcd.io", Version: "v1", Kind: "HelmRepository"}:        func() any { return &fluxSource{} },
	{Group: "source.toolkit.fluxcd.io", Version: "v1", Kind: "OCIRepository"}:         func() any { return &fluxSource{} },
}

// strict decodes a manifest, and refuses what its type does not have.
func strict(content []byte) (any, schema.GroupVersionKind, error) {
	var meta metav1.TypeMeta
	if err := yaml.Unmarshal(content, &meta); err != nil {
		return nil, schema.GroupVersionKind{}, err
	}
	gvk := meta.GroupVersionKind()
	var object any
	if make, ok := ours[gvk]; ok {
		object = make()
	} else {
		typed, err := kinds.New(gvk)
		if err != nil {
			return nil, gvk, err
		}
		object = typed
	}
	text, err := yaml.YAMLToJSONStrict(content)
	if err != nil {
		return nil, gvk, err
	}
	problems, err := strictjson.UnmarshalStrict(text, object)
	if err == nil && len(problems) > 0 {
		err = problems[0]
	}
	return object, gvk, err
}

// objects are a cluster's objects of one type, by file.
func objects[T any](t *testing.T, v variant, cluster string) map[string]T {
	t.Helper()
	all := map[string]T{}
	for name, object := range v.decoded {
		if typed, ok := object.(T); ok && strings.HasPrefix(name, cluster+"/") {
			all[name] = typed
		}
	}
	return all
}

func eachCluster(t *testing.T, test func(t *testing.T, v variant, s *estate.Spoke, cluster string)) {
	eachVariant(t, func(t *testing.T, v variant) {
		for _, s := range v.Spokes {
			test(t, v, s, v.ClusterName(s.Name))
		}
	})
}

func TestEveryObjectIsOfItsTypeAndNothingElse(t *testing.T) {
	eachVariant(t, func(t *testing.T, v variant) {
		for _, name := range v.manifests() {
			object, gvk, err := strict(v.files[name])
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			want := strings.ToLower(gvk.Kind + "-" + object.(metav1.Object).GetName() + ".yaml")
			if path.Base(name) != want {
				t.Errorf("%s should be called %s", name, want)
			}
			if strings.Contains(string(v.files[name]), "creationTimestamp") || strings.Contains(string(v.files[name]), "status:") {
				t.Errorf("%s says what the cluster knows better", name)
			}
		}
	})
}

func TestStrictDecodingRefusesWhatIsWrong(t *testing.T) {
	for text, want := range map[string]string{
		"apiVersion: v1\nkind: Namespace\nmetadata: {name: a, lables: {}}": `unknown field "metadata.lables"`,
		"apiVersion: v1\nkind: Namespace\nMetadata: {name: a}":             `unknown field "Metadata"`,
		"apiVersion: v1\nkind: Namespace\nkind: Pod":                       "already set",
		"apiVersion: extensions/v1beta1\nkind: Ingress":                    "no kind",
	} {
		if _, _, err := strict([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q gives %v, want %s", text, err, want)
		}
	}
}

// A selector on spot alone leaves a pod waiting when EC2 has none. Capacity types are
// in lower case.
func TestNothingInsistsOnSpot(t *testing.T) {
	const capacity = "karpenter.sh/capacity-type"
	upper := regexp.MustCompile(`SPOT|ON_DEMAND|ON-DEMAND`)
	eachCluster(t, func(t *testing.T, v variant, s *estate.Spoke, cluster string) {
		for name, content := range v.files {
			if m := upper.Find(content); m != nil {
				t.Errorf("%s says %s", name, m)
			}
		}
		for name, d := range objects[*appsv1.Deployment](t, v, cluster) {
			pod := d.Spec.Template.Spec
			if _, ok := pod.NodeSelector[capacity]; ok {
				t.Errorf("%s selects a capacity type", name)
			}
			chosen := false
			for _, term := range pod.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms {
				for _, r := range term.MatchExpressions {
					if r.Key == capacity {
						chosen = true
						if !slices.Contains(r.Values, "spot") || !slices.Contains(r.Values, "on-demand") {
							t.Errorf("%s has no fall-back: %v", name, r.Values)
						}
					}
				}
			}
			if !chosen {
				t.Errorf("%s says nothing of capacity", name)
			}
		}
	})
}

// The three ways to choose an architecture.
func TestTheSampleChoosesArchitecturesInThreeWays(t *testing.T) {
	v := write(t, piksel(t))
	const dir = "piksel-dev/samples/sample/"
	all := objects[*appsv1.Deployment](t, v, "piksel-dev")
	if len(all) != 3 {
		t.Fatalf("%d deployments", len(all))
	}
	for name, arch := range map[string]string{"backend": "arm64", "frontend": "amd64", "worker": ""} {
		if got := all[dir+"deployment-"+name+".yaml"].Spec.Template.Spec.NodeSelector["kubernetes.io/arch"]; got != arch {
			t.Errorf("%s is for %q, want %q", name, got, arch)
		}
	}
	var preferred []string
	for _, p := range all[dir+"deployment-worker.yaml"].Spec.Template.Spec.Affinity.NodeAffinity.PreferredDuringSchedulingIgnoredDuringExecution {
		for _, r := range p.Preference.MatchExpressions {
			if r.Key == "kubernetes.io/arch" {
				preferred = append(preferred, r.Values...)
			}
		}
	}
	if !slices.Equal(preferred, []string{"arm64", "amd64"}) {
		t.Errorf("worker prefers %v", preferred)
	}
}

// Nothing may refer to what is not there.
func TestReferencesLeadSomewhere(t *testing.T) {
	eachCluster(t, func(t *testing.T, v variant, s *estate.Spoke, cluster string) {
		type key struct{ namespace, name string }
		namespaces, deployments, services := map[string]bool{}, map[key]*appsv1.Deployment{}, map[key]*corev1.Service{}
		priorities, ingressClasses := map[string]bool{}, map[string]bool{}
		for _, n := range objects[*corev1.Namespace](t, v, cluster) {
			namespaces[n.Name] = true
		}
		for _, p := range objects[*schedulingv1.PriorityClass](t, v, cluster) {
			priorities[p.Name] = true
		}
		for _, c := range objects[*networkingv1.IngressClass](t, v, cluster) {
			ingressClasses[c.Name] = true
		}
		for _, d := range objects[*appsv1.Deployment](t, v, cluster) {
			deployments[key{d.Namespace, d.Name}] = d
		}
		for _, svc := range objects[*corev1.Service](t, v, cluster) {
			services[key{svc.Namespace, svc.Name}] = svc
		}
		for name, o := range objects[metav1.Object](t, v, cluster) {
			if ns := o.GetNamespace(); ns != "" && !namespaces[ns] && ns != argoNamespace && ns != fluxNamespace {
				t.Errorf("%s is in namespace %s, which the bundle does not make", name, ns)
			}
		}
		for name, d := range objects[*appsv1.Deployment](t, v, cluster) {
			if p := d.Spec.Template.Spec.PriorityClassName; !priorities[p] {
				t.Errorf("%s has priority %q", name, p)
			}
			selector, _ := metav1.LabelSelectorAsSelector(d.Spec.Selector)
			if !selector.Matches(labels.Set(d.Spec.Template.Labels)) {
				t.Errorf("%s does not select its own pods", name)
			}
		}
		for name, h := range objects[*autoscalingv2.HorizontalPodAutoscaler](t, v, cluster) {
			d := deployments[key{h.Namespace, h.Spec.ScaleTargetRef.Name}]
			if d == nil || d.Spec.Replicas != nil {
				t.Errorf("%s scales nothing, or what scales itself", name)
			}
		}
		for name, p := range objects[*policyv1.PodDisruptionBudget](t, v, cluster) {
			if n := selected(t, deployments, p.Namespace, p.Spec.Selector); n != 1 {
				t.Errorf("%s is for %d deployments", name, n)
			}
		}
		for name, svc := range objects[*corev1.Service](t, v, cluster) {
			if n := selected(t, deployments, svc.Namespace, &metav1.LabelSelector{MatchLabels: svc.Spec.Selector}); n != 1 {
				t.Errorf("%s leads to %d deployments", name, n)
			}
		}
		for name, i := range objects[*networkingv1.Ingress](t, v, cluster) {
			if !ingressClasses[*i.Spec.IngressClassName] {
				t.Errorf("%s has class %s", name, *i.Spec.IngressClassName)
			}
			for _, p := range i.Spec.Rules[0].HTTP.Paths {
				svc := services[key{i.Namespace, p.Backend.Service.Name}]
				if svc == nil || svc.Spec.Ports[0].Name != p.Backend.Service.Port.Name {
					t.Errorf("%s leads nowhere", name)
				}
			}
		}
	})
}

// selected is the number of deployments whose pods a selector takes.
func selected[K comparable](t *testing.T, deployments map[K]*appsv1.Deployment, namespace string, by *metav1.LabelSelector) int {
	t.Helper()
	selector, err := metav1.LabelSelectorAsSelector(by)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, d := range deployments {
		if d.Namespace == namespace && selector.Matches(labels.Set(d.Spec.Template.Labels)) {
			n++
		}
	}
	return n
}

// What a namespace's limits refuse never starts, and says so only in an event.
func TestPodsFitTheirNamespace(t *testing.T) {
	checked := 0
	eachCluster(t, func(t *testing.T, v variant, s *estate.Spoke, cluster string) {
		limits, quotas := map[string]corev1.LimitRangeItem{}, map[string]corev1.ResourceList{}
		for _, l := range objects[*corev1.LimitRange](t, v, cluster) {
			limits[l.Namespace] = l.Spec.Limits[0]
		}
		for _, q := range objects[*corev1.ResourceQuota](t, v, cluster) {
			quotas[q.Namespace] = q.Spec.Hard
		}
		used := map[string]corev1.ResourceList{}
		for name, h := range objects[*autoscalingv2.HorizontalPodAutoscaler](t, v, cluster) {
			d := objects[*appsv1.Deployment](t, v, cluster)[path.Dir(name)+"/deployment-"+h.Spec.ScaleTargetRef.Name+".yaml"]
			if used[h.Namespace] == nil {
				used[h.Namespace] = corev1.ResourceList{}
			}
			for range h.Spec.MaxReplicas + d.Spec.Strategy.RollingUpdate.MaxSurge.IntVal {
				add(used[h.Namespace], corev1.ResourcePods, resource.MustParse("1"))
				for _, c := range d.Spec.Template.Spec.Containers {
					add(used[h.Namespace], corev1.ResourceRequestsCPU, *c.Resources.Requests.Cpu())
					add(used[h.Namespace], corev1.ResourceRequestsMemory, *c.Resources.Requests.Memory())
				}
			}
			for _, c := range d.Spec.Template.Spec.Containers {
				checked++
				if problem := refused(limits[h.Namespace], c.Resources); problem != "" {
					t.Errorf("%s: %s: %s", name, c.Name, problem)
				}
			}
		}
		for namespace, list := range used {
			for kind, sum := range list {
				if hard, ok := quotas[namespace][kind]; !ok || sum.Cmp(hard) > 0 {
					t.Errorf("%s: %s of %s, the quota is %s", namespace, &sum, kind, &hard)
				}
			}
		}
	})
	if checked == 0 {
		t.Error("there was nothing to check")
	}
}

// refused says why the API server refuses a container with these resources, or "": it
// fills in what the LimitRange has defaults for, and then compares.
// https://github.com/kubernetes/kubernetes/blob/master/plugin/pkg/admission/limitranger/admission.go
func refused(limits corev1.LimitRangeItem, r corev1.ResourceRequirements) string {
	for _, kind := range []corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory} {
		// A maximum is the default of limits that have none, and a limit, given or not, of
		// requests.
		limit, limited := first(kind, r.Limits, limits.Default, limits.Max)
		request, _ := first(kind, r.Requests, r.Limits, limits.DefaultRequest, limits.Default, limits.Min)
		least, most := limits.Min[kind], limits.Max[kind]
		switch _, capped := limits.Max[kind]; {
		case limited && request.Cmp(limit) > 0:
			return fmt.Sprintf("requests %s of %s, with a limit of %s", &request, kind, &limit)
		case request.Cmp(least) < 0:
			return fmt.Sprintf("requests %s of %s, less than %s", &request, kind, &least)
		case capped && limit.Cmp(most) > 0:
			return fmt.Sprintf("is limited to %s of %s, more than %s", &limit, kind, &most)
		}
	}
	return ""
}

// first is the first quantity that a list has.
func first(kind corev1.ResourceName, lists ...corev1.ResourceList) (resource.Quantity, bool) {
	for _, list := range lists {
		if q, ok := list[kind]; ok {
			return q, true
		}
	}
	return resource.Quantity{}, false
}

// Whoever names requests and no limits is as welcome as who names nothing.
func TestContainersOfAnySizeAreAdmitted(t *testing.T) {
	containers := map[string]corev1.ResourceRequirements{
		"nothing":                resources("", "", "", ""),
		"a request above 500m":   resources("700m", "", "", ""),
		"requests of a worker":   resources("2", "8Gi", "", ""),
		"requests of a database": resources("8", "64Gi", "", ""),
		"a limit alone":          resources("", "", "16", "128Gi"),
		"a limit above it":       resources("1", "1Gi", "2", "2Gi"),
	}
	limits := limitRange("shop").Spec.Limits[0]
	for name, r := range containers {
		if problem := refused(limits, r); problem != "" {
			t.Errorf("%s: %s", name, problem)
		}
	}
	for name, strict := range map[string]corev1.LimitRangeItem{
		"a default limit": {Default: quantities("500m", "512Mi"), DefaultRequest: quantities("100m", "128Mi")},
		"a maximum":       {Max: quantities("4", "32Gi"), DefaultRequest: quantities("100m", "128Mi")},
	} {
		if refused(strict, containers["requests of a database"]) == "" {
			t.Errorf("%s refuses nothing here, unlike in a cluster", name)
		}
	}
}

// Without a request of its own, a container is refused by a quota of requests.
func TestEveryContainerHasARequestForTheQuota(t *testing.T) {
	limits := limitRange("shop").Spec.Limits[0]
	for kind := range resourceQuota("shop", estatecluster.Namespace{CPU: 1, MemoryGiB: 1, Pods: 1}).Spec.Hard {
		name, ok := strings.CutPrefix(string(kind), "requests.")
		if q, has := limits.DefaultRequest[corev1.ResourceName(name)]; ok && (!has || q.IsZero()) {
			t.Errorf("the quota counts %s, and containers that say nothing have none", kind)
		}
	}
}

func add(list corev1.ResourceList, kind corev1.ResourceName, q resource.Quantity) {
	sum := list[kind]
	sum.Add(q)
	list[kind] = sum
}

func evaluator(t *testing.T) policy.Evaluator {
	t.Helper()
	e, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestPodsAreRestricted(t *testing.T) {
	checks, checked := evaluator(t), 0
	eachCluster(t, func(t *testing.T, v variant, s *estate.Spoke, cluster string) {
		for name, d := range objects[*appsv1.Deployment](t, v, cluster) {
			checked++
			pod := d.Spec.Template
			if refused := refusals(t, checks, s.Cluster.Version, &pod); refused != "" {
				t.Errorf("%s: %s", name, refused)
			}
		}
	})
	if checked == 0 {
		t.Error("there was nothing to check")
	}
}

func TestPodSecurityRefusesWhatIsWrong(t *testing.T) {
	c := cluster{Config: piksel(t).Spoke("dev").Cluster, estate: piksel(t), spoke: piksel(t).Spoke("dev"), name: "piksel-dev"}
	d := c.deployment("sample", sample[backend])
	d.Spec.Template.Spec.Containers[0].SecurityContext.Capabilities = nil
	if refused := refusals(t, evaluator(t), "1.35", &d.Spec.Template); !strings.Contains(refused, "capabilities") {
		t.Errorf("took a pod with all its capabilities: %q", refused)
	}
}

// refusals says why the restricted level refuses a pod, or "".
func refusals(t *testing.T, checks policy.Evaluator, version string, pod *corev1.PodTemplateSpec) string {
	t.Helper()
	parsed, err := admission.ParseVersion("v" + version)
	if err != nil {
		t.Fatal(err)
	}
	result := policy.AggregateCheckResults(checks.EvaluatePod(
		admission.LevelVersion{Level: admission.LevelRestricted, Version: parsed}, &pod.ObjectMeta, &pod.Spec))
	return result.ForbiddenDetail()
}

func TestNamespacesEnforceTheirLevel(t *testing.T) {
	eachCluster(t, func(t *testing.T, v variant, s *estate.Spoke, cluster string) {
		found := map[string]string{}
		for name, n := range objects[*corev1.Namespace](t, v, cluster) {
			p, errs := admission.PolicyToEvaluate(n.Labels, admission.Policy{})
			if len(errs) > 0 {
				t.Errorf("%s: %v", name, errs)
			}
			if want := "v" + s.Cluster.Version; p.Enforce.Version.String() != want || p.Warn.Version.String() != want {
				t.Errorf("%s: version %s, want %s", name, p.Enforce.Version.String(), want)
			}
			if n.Annotations["argocd.argoproj.io/sync-options"] != "Prune=false" || n.Annotations["kustomize.toolkit.fluxcd.io/prune"] != "disabled" {
				t.Errorf("%s goes, with all that is in it, when the estate forgets it", name)
			}
			found[n.Name] = string(p.Enforce.Level)
		}
		want := map[string]string{}
		for name, n := range s.Cluster.Namespaces {
			want[name] = string(n.PodSecurity)
		}
		if _, ok := s.RecordRoles[estatecluster.ExternalDNS]; ok {
			want["external-dns"] = "restricted"
		}
		if s.Cluster.VerifyImages != "" {
			want["kyverno"] = "restricted"
		}
		if s.Cluster.Mesh == estatecluster.Istio {
			// What prepares the network of each pod needs the node's.
			want["istio-system"] = "privileged"
		}
		if !maps.Equal(found, want) {
			t.Errorf("%s: %v, want %v", cluster, found, want)
		}
	})
}

func TestThereIsOneDefaultOfEachClass(t *testing.T) {
	eachCluster(t, func(t *testing.T, v variant, s *estate.Spoke, cluster string) {
		defaults := 0
		for name, c := range objects[*storagev1.StorageClass](t, v, cluster) {
			if c.Annotations["storageclass.kubernetes.io/is-default-class"] == "true" {
				defaults++
			}
			if c.Parameters["encrypted"] != "true" {
				t.Errorf("%s makes volumes that are not encrypted", name)
			}
		}
		if defaults != 1 {
			t.Errorf("%s has %d default storage classes", cluster, defaults)
		}
		for name, p := range objects[*schedulingv1.PriorityClass](t, v, cluster) {
			if p.Value > 1_000_000_000 {
				t.Errorf("%s: the API server keeps such values for the system", name)
			}
		}
	})
}
