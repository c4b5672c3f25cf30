package gitops

import (
	"cmp"
	"path"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	estatecluster "hubspoke/estate/cluster"
)

// apps point Argo CD or Flux at each of the bundle's folders, in Git. There are
// none if the estate does not say where in Git the bundle is.
func (c cluster) apps(folders []folder) []object {
	if c.Bundle.Repository == "" {
		return nil
	}
	if c.GitOps == estatecluster.Flux {
		return c.fluxApps(folders)
	}
	return c.argoApps(folders)
}

func (c cluster) path(f folder) string {
	return path.Join(cmp.Or(c.Bundle.Path, Dir+"/"+c.name), f.name)
}

func (c cluster) argoApps(folders []folder) []object {
	var apps []object
	for wave, f := range folders {
		a := newApplication(c.name+"-"+f.name, wave, applicationSource{
			RepoURL: c.Bundle.Repository, TargetRevision: c.Bundle.Revision, Path: c.path(f),
		}, "")
		// Waves order what one Application applies, but do not wait for what a Helm chart
		// of another one installs.
		a.Spec.SyncPolicy.SyncOptions = append(a.Spec.SyncPolicy.SyncOptions, "SkipDryRunOnMissingResource=true")
		apps = append(apps, a)
	}
	return apps
}

func (c cluster) fluxApps(folders []folder) []object {
	spec := fluxSourceSpec{URL: c.Bundle.Repository, Interval: "5m", Ref: &fluxSourceRef{Branch: c.Bundle.Revision}}
	if c.Bundle.Secret != "" {
		spec.SecretRef = &fluxReference{Name: c.Bundle.Secret}
	}
	source := newFluxSource("GitRepository", c.name, spec)
	apps := []object{source}
	exists := map[string]bool{}
	for _, f := range folders {
		exists[f.name] = true
		k := &fluxKustomization{
			TypeMeta:   metav1.TypeMeta{APIVersion: "kustomize.toolkit.fluxcd.io/v1", Kind: "Kustomization"},
			ObjectMeta: metav1.ObjectMeta{Name: c.name + "-" + f.name, Namespace: fluxNamespace},
			Spec: fluxKustomizationSpec{
				Interval: "1h", RetryInterval: "1m", Timeout: "15m",
				Path:      "./" + c.path(f),
				SourceRef: fluxReference{Kind: source.Kind, Name: source.Name},
				Prune:     true,
				Wait:      true,
			},
		}
		for _, name := range f.after {
			if exists[name] {
				k.Spec.DependsOn = append(k.Spec.DependsOn, fluxReference{Name: c.name + "-" + name})
			}
		}
		apps = append(apps, k)
	}
	return apps
}
