package cluster

import (
	"regexp"
	"slices"
)

// Registry is the private registry of an AWS account in ECR, and a path in it.
type Registry struct {
	// Host is its host name.
	Host string
	// Account is the number of the account, and Region its region.
	Account, Region string
	// Path is what the names of repositories begin with, before a slash.
	Path string
}

// https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html
var ecrRepository = regexp.MustCompile(`^oci://(([0-9]{12})\.dkr\.ecr(?:-fips)?\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?)/(.+)$`)

// ChartRegistry is where the cluster's charts are, if that is a private registry in ECR,
// which nobody reads without a token.
func (c *Config) ChartRegistry() (Registry, bool) {
	m := ecrRepository.FindStringSubmatch(c.ChartRepository)
	if m == nil {
		return Registry{}, false
	}
	return Registry{Host: m[1], Account: m[2], Region: m[3], Path: m[4]}, true
}

// chartReader is who reads the charts from ECR. Flux's source controller asks for its
// tokens itself. Its service account comes with Flux, and is not the bundle's to
// annotate, so its role comes by pod identity, whatever the cluster's identities are.
// Argo CD knows no roles in ECR, and a job of the bundle keeps a password up to date for
// it.
//
//   - https://fluxcd.io/flux/integrations/aws/#for-amazon-elastic-container-registry
//   - https://github.com/argoproj/argo-cd/issues/22984
func (c *Config) chartReader(w Workload) Workload {
	if c.GitOps == Flux {
		w.Namespace, w.ServiceAccount, w.Kind = "flux-system", "source-controller", PodIdentity
	}
	return w
}

// Releases are the charts of the cluster's bundle, sorted by name. Karpenter's
// definitions are a chart of their own.
func (c *Config) Releases(recordRoles []string) []string {
	releases := []string{"karpenter-crd"}
	for _, name := range Charts {
		switch {
		case name == istioCharts && c.Mesh == Istio:
			releases = append(releases, "base", "cni", "istiod", "ztunnel")
		case name == kyvernoChart && c.VerifyImages == "":
		case name == istioCharts, name == ExternalDNS && !slices.Contains(recordRoles, ExternalDNS):
		default:
			releases = append(releases, name)
		}
	}
	slices.Sort(releases)
	return releases
}
