package gitops

import (
	"strconv"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// argoNamespace is where Argo CD and its Applications are.
const argoNamespace = "argocd"

// application is an Argo CD Application, as far as the bundle uses it:
// https://argo-cd.readthedocs.io/en/stable/user-guide/application-specification/
type application struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Spec              applicationSpec `json:"spec"`
}

type applicationSpec struct {
	Project           string                 `json:"project"`
	Source            applicationSource      `json:"source"`
	Destination       applicationDestination `json:"destination"`
	SyncPolicy        syncPolicy             `json:"syncPolicy"`
	IgnoreDifferences []ignoredDifference    `json:"ignoreDifferences,omitempty"`
}

type applicationSource struct {
	RepoURL        string           `json:"repoURL"`
	Chart          string           `json:"chart,omitempty"`
	Path           string           `json:"path,omitempty"`
	TargetRevision string           `json:"targetRevision"`
	Helm           *applicationHelm `json:"helm,omitempty"`
}

type applicationHelm struct {
	ReleaseName  string         `json:"releaseName"`
	SkipCrds     bool           `json:"skipCrds,omitempty"`
	ValuesObject map[string]any `json:"valuesObject,omitempty"`
}

type applicationDestination struct {
	Server    string `json:"server"`
	Namespace string `json:"namespace,omitempty"`
}

type syncPolicy struct {
	Automated   automatedSync `json:"automated"`
	SyncOptions []string      `json:"syncOptions"`
	Retry       retry         `json:"retry"`
}

type automatedSync struct {
	Prune    bool `json:"prune"`
	SelfHeal bool `json:"selfHeal"`
}

type retry struct {
	Limit   int     `json:"limit"`
	Backoff backoff `json:"backoff"`
}

type backoff struct {
	Duration    string `json:"duration"`
	Factor      int    `json:"factor"`
	MaxDuration string `json:"maxDuration"`
}

// ignoredDifference is a part of an object that Argo CD leaves as it is in the
// cluster.
type ignoredDifference struct {
	Group             string   `json:"group,omitempty"`
	Kind              string   `json:"kind"`
	Name              string   `json:"name,omitempty"`
	JSONPointers      []string `json:"jsonPointers,omitempty"`
	JQPathExpressions []string `json:"jqPathExpressions,omitempty"`
}

// loadBalancerCertificates are made anew whenever the load balancer controller's
// chart is rendered, which Argo CD does all the time:
// https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/1828
var loadBalancerCertificates = []ignoredDifference{
	{Kind: "Secret", Name: "aws-load-balancer-tls", JSONPointers: []string{"/data"}},
	{
		Group: "admissionregistration.k8s.io", Kind: "MutatingWebhookConfiguration", Name: "aws-load-balancer-webhook",
		JQPathExpressions: []string{".webhooks[].clientConfig.caBundle"},
	},
	{
		Group: "admissionregistration.k8s.io", Kind: "ValidatingWebhookConfiguration", Name: "aws-load-balancer-webhook",
		JQPathExpressions: []string{".webhooks[].clientConfig.caBundle"},
	},
}

// newApplication is an Application of this cluster, where Argo CD itself runs. It
// has no finalizer: an Application that goes leaves what it applied.
//
// It tries again for hours, because what it applies may need a definition that
// another one is about to install.
func newApplication(name string, wave int, source applicationSource, namespace string) *application {
	return &application{
		TypeMeta: metav1.TypeMeta{APIVersion: "argoproj.io/v1alpha1", Kind: "Application"},
		ObjectMeta: metav1.ObjectMeta{
			Name: name, Namespace: argoNamespace,
			Annotations: map[string]string{"argocd.argoproj.io/sync-wave": strconv.Itoa(wave)},
		},
		Spec: applicationSpec{
			Project:     "default",
			Source:      source,
			Destination: applicationDestination{Server: "https://kubernetes.default.svc", Namespace: namespace},
			SyncPolicy: syncPolicy{
				Automated: automatedSync{Prune: true, SelfHeal: true},
				// Some definitions are too large for the annotation that client-side apply keeps.
				SyncOptions: []string{"ServerSideApply=true"},
				Retry:       retry{Limit: 60, Backoff: backoff{Duration: "10s", Factor: 2, MaxDuration: "5m"}},
			},
		},
	}
}

// helmApplication is an Application for a Helm release.
func helmApplication(r release) *application {
	a := newApplication(r.name, len(r.after), applicationSource{
		// Argo CD takes an OCI registry by its name alone:
		// https://argo-cd.readthedocs.io/en/stable/user-guide/helm/
		RepoURL:        strings.TrimPrefix(r.repository, "oci://"),
		Chart:          r.of(),
		TargetRevision: r.version,
		Helm:           &applicationHelm{ReleaseName: r.name, SkipCrds: r.skipDefinitions, ValuesObject: r.values},
	}, r.namespace)
	if r.definitions {
		a.Annotations["argocd.argoproj.io/sync-options"] = "Prune=false"
		a.Spec.SyncPolicy.Automated.Prune = false
	}
	if len(r.generated) > 0 {
		a.Spec.IgnoreDifferences = r.generated
		a.Spec.SyncPolicy.SyncOptions = append(a.Spec.SyncPolicy.SyncOptions, "RespectIgnoreDifferences=true")
	}
	return a
}
