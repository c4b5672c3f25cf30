// Package gitops writes what runs inside the estate's clusters: Kubernetes
// manifests for kubectl, Argo CD or Flux to apply.
//
// Terraform plans what a cluster is made of, but not what is in it: a plan cannot
// know a custom resource whose definition a Helm chart is going to install. So the
// estate's one run writes both, and they meet in names that are known beforehand:
// roles, the queue, the tags of subnets and groups.
//
// The package knows Kubernetes and the estate, and makes nothing in AWS.
package gitops

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"hubspoke/estate"
	estatecluster "hubspoke/estate/cluster"
)

// Dir is the folder, in the output, that holds a bundle for each cluster.
const Dir = "gitops"

// Write writes the bundle of every cluster to `<outdir>/gitops/<cluster>`, or
// nothing if one of them cannot be right.
func Write(e *estate.Estate, outdir string) error {
	files := map[string][]byte{}
	var errs []error
	for _, s := range e.Spokes {
		if s.Cluster == nil {
			continue
		}
		c := cluster{Config: s.Cluster, estate: e, spoke: s, name: e.ClusterName(s.Name)}
		if err := c.bundle().render(c.name, files); err != nil {
			errs = append(errs, fmt.Errorf("the bundle of %s: %w", c.name, err))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	for name, content := range files {
		path := filepath.Join(outdir, Dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// cluster is a spoke's cluster, as the functions that make its objects see it.
type cluster struct {
	*estatecluster.Config
	estate *estate.Estate
	spoke  *estate.Spoke
	name   string
}

// bundle is the cluster's folder. Its parts stand in the order in which they can
// be applied.
func (c cluster) bundle() folder {
	top := folder{folders: existing(
		c.controllers(),
		folder{name: "cluster", objects: c.classes()},
		c.namespaces(),
		c.images(),
		c.meshPolicies(),
		folder{name: "karpenter", after: []string{"controllers"}, objects: c.nodePools()},
		c.services(),
		c.samples(),
	)}
	// Not a part of the whole: it has the whole applied.
	top.aside = existing(folder{name: "apps", objects: c.apps(top.folders)})
	return top
}
