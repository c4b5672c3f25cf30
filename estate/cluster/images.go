package cluster

import (
	"maps"
	"slices"

	"hubspoke/internal/yamldoc"
)

// validateImages checks what is said of the images that pods run, beside what the hub's
// registry has to do with it.
func (c *Config) validateImages(s yamldoc.Section) {
	verify := s.Key("verify_images")
	if verify.Broken() {
		return
	}
	if version := s.Key("chart_versions", kyvernoChart); version.Has() && c.VerifyImages == "" {
		version.Errorf("kyverno is not installed: set verify_images")
	}
	if _, ok := c.Namespaces[VerifierNamespace]; ok && c.VerifyImages != "" {
		s.Key("namespaces", VerifierNamespace).Errorf("%q is Kyverno's own namespace: workloads have others", VerifierNamespace)
	}
	for _, name := range slices.Sorted(maps.Keys(c.Namespaces)) {
		if at := s.Key("namespaces", name, "images"); len(c.Namespaces[name].Images) > 0 && c.VerifyImages == "" {
			at.Errorf("nobody looks at the images of pods: set %s to audit or enforce, or leave the key out", verify.Path())
		}
	}
}

// SystemNamespaces are the namespaces whose images nobody verifies: a cluster must start
// before Kyverno does, and the tool that applies the bundle installs it. Whoever may make
// pods there runs what they like.
func (c *Config) SystemNamespaces() []string {
	namespaces := []string{"amazon-guardduty", "argocd", ExternalDNS, "flux-system", "kube-node-lease", "kube-public", "kube-system", VerifierNamespace}
	if c.Mesh == Istio {
		namespaces = append(namespaces, MeshNamespace)
	}
	slices.Sort(namespaces)
	return namespaces
}
