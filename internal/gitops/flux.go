package gitops

import (
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// fluxNamespace is where Flux and its objects are.
const fluxNamespace = "flux-system"

// The Flux objects, as far as the bundle uses them:
//
//   - https://fluxcd.io/flux/components/source/
//   - https://fluxcd.io/flux/components/helm/helmreleases/
//   - https://fluxcd.io/flux/components/kustomize/kustomizations/
type (
	fluxSource struct {
		metav1.TypeMeta   `json:",inline"`
		metav1.ObjectMeta `json:"metadata"`
		Spec              fluxSourceSpec `json:"spec"`
	}
	// fluxSourceSpec is that of a HelmRepository, an OCIRepository or a GitRepository.
	fluxSourceSpec struct {
		URL           string             `json:"url"`
		Provider      string             `json:"provider,omitempty"`
		Interval      string             `json:"interval"`
		Ref           *fluxSourceRef     `json:"ref,omitempty"`
		LayerSelector *fluxLayerSelector `json:"layerSelector,omitempty"`
		SecretRef     *fluxReference     `json:"secretRef,omitempty"`
	}
	fluxSourceRef struct {
		Tag    string `json:"tag,omitempty"`
		Branch string `json:"branch,omitempty"`
	}
	fluxLayerSelector struct {
		MediaType string `json:"mediaType"`
		Operation string `json:"operation"`
	}
	fluxReference struct {
		Kind string `json:"kind,omitempty"`
		Name string `json:"name"`
	}

	fluxRelease struct {
		metav1.TypeMeta   `json:",inline"`
		metav1.ObjectMeta `json:"metadata"`
		Spec              fluxReleaseSpec `json:"spec"`
	}
	fluxReleaseSpec struct {
		ReleaseName     string          `json:"releaseName"`
		TargetNamespace string          `json:"targetNamespace"`
		Interval        string          `json:"interval"`
		Chart           *fluxChart      `json:"chart,omitempty"`
		ChartRef        *fluxReference  `json:"chartRef,omitempty"`
		DependsOn       []fluxReference `json:"dependsOn,omitempty"`
		Install         fluxInstall     `json:"install"`
		Upgrade         fluxInstall     `json:"upgrade"`
		Values          map[string]any  `json:"values,omitempty"`
	}
	fluxChart struct {
		Spec fluxChartSpec `json:"spec"`
	}
	fluxChartSpec struct {
		Chart     string        `json:"chart"`
		Version   string        `json:"version"`
		SourceRef fluxReference `json:"sourceRef"`
	}
	fluxInstall struct {
		CRDs        string          `json:"crds"`
		Remediation fluxRemediation `json:"remediation"`
	}
	fluxRemediation struct {
		Retries int `json:"retries"`
	}

	fluxKustomization struct {
		metav1.TypeMeta   `json:",inline"`
		metav1.ObjectMeta `json:"metadata"`
		Spec              fluxKustomizationSpec `json:"spec"`
	}
	fluxKustomizationSpec struct {
		Interval      string          `json:"interval"`
		RetryInterval string          `json:"retryInterval"`
		Timeout       string          `json:"timeout"`
		Path          string          `json:"path"`
		SourceRef     fluxReference   `json:"sourceRef"`
		DependsOn     []fluxReference `json:"dependsOn,omitempty"`
		Prune         bool            `json:"prune"`
		Wait          bool            `json:"wait"`
	}
)

func newFluxSource(kind, name string, spec fluxSourceSpec) *fluxSource {
	return &fluxSource{
		TypeMeta:   metav1.TypeMeta{APIVersion: "source.toolkit.fluxcd.io/v1", Kind: kind},
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: fluxNamespace},
		Spec:       spec,
	}
}

// helmRelease is a HelmRelease with the source of its chart.
func helmRelease(r release) []object {
	f := &fluxRelease{
		TypeMeta:   metav1.TypeMeta{APIVersion: "helm.toolkit.fluxcd.io/v2", Kind: "HelmRelease"},
		ObjectMeta: metav1.ObjectMeta{Name: r.name, Namespace: fluxNamespace},
		Spec: fluxReleaseSpec{
			ReleaseName:     r.name,
			TargetNamespace: r.namespace,
			Interval:        "1h",
			Install:         fluxInstall{CRDs: "CreateReplace", Remediation: fluxRemediation{Retries: 10}},
			Upgrade:         fluxInstall{CRDs: "CreateReplace", Remediation: fluxRemediation{Retries: 3}},
			Values:          r.values,
		},
	}
	if r.skipDefinitions {
		f.Spec.Install.CRDs, f.Spec.Upgrade.CRDs = "Skip", "Skip"
	}
	if r.definitions {
		f.Annotations = map[string]string{"kustomize.toolkit.fluxcd.io/prune": "disabled"}
	}
	for _, name := range r.after {
		f.Spec.DependsOn = append(f.Spec.DependsOn, fluxReference{Name: name})
	}
	var source *fluxSource
	if strings.HasPrefix(r.repository, "oci://") {
		source = newFluxSource("OCIRepository", r.name, fluxSourceSpec{
			URL: r.repository + "/" + r.of(), Provider: r.provider, Interval: "1h",
			Ref: &fluxSourceRef{Tag: r.version},
			// The chart itself, among what the registry keeps with it.
			LayerSelector: &fluxLayerSelector{MediaType: "application/vnd.cncf.helm.chart.content.v1.tar+gzip", Operation: "copy"},
		})
		f.Spec.ChartRef = &fluxReference{Kind: source.Kind, Name: source.Name}
	} else {
		source = newFluxSource("HelmRepository", r.name, fluxSourceSpec{URL: r.repository, Interval: "1h"})
		f.Spec.Chart = &fluxChart{Spec: fluxChartSpec{
			Chart: r.of(), Version: r.version, SourceRef: fluxReference{Kind: source.Kind, Name: source.Name},
		}}
	}
	return []object{source, f}
}
