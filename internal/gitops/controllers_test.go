package gitops

import (
	"path"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"hubspoke/estate"
	estatecluster "hubspoke/estate/cluster"
)

// installed are a cluster's Helm releases as the tool of the estate's choice sees them:
// chart, version and values, by name.
func installed(t *testing.T, v variant, cluster string) map[string]release {
	t.Helper()
	all := map[string]release{}
	for _, a := range objects[*application](t, v, cluster) {
		if s := a.Spec.Source; s.Chart != "" {
			all[s.Helm.ReleaseName] = release{
				chart: chart{repository: s.RepoURL, version: s.TargetRevision}, name: s.Chart, namespace: a.Spec.Destination.Namespace, values: s.Helm.ValuesObject,
				definitions: !a.Spec.SyncPolicy.Automated.Prune, skipDefinitions: s.Helm.SkipCrds,
			}
		}
	}
	sources := map[string]*fluxSource{}
	for _, s := range objects[*fluxSource](t, v, cluster) {
		sources[s.Kind+"/"+s.Name] = s
	}
	for name, f := range objects[*fluxRelease](t, v, cluster) {
		r := release{
			name: f.Name, namespace: f.Spec.TargetNamespace, values: f.Spec.Values,
			definitions:     f.Annotations["kustomize.toolkit.fluxcd.io/prune"] == "disabled",
			skipDefinitions: f.Spec.Install.CRDs == "Skip",
		}
		if ref := f.Spec.ChartRef; ref != nil {
			s := sources[ref.Kind+"/"+ref.Name]
			if s == nil {
				t.Fatalf("%s has no source", name)
			}
			r.name = path.Base(s.Spec.URL)
			r.chart = chart{repository: strings.TrimSuffix(s.Spec.URL, "/"+r.name), version: s.Spec.Ref.Tag}
		} else {
			s := sources[f.Spec.Chart.Spec.SourceRef.Kind+"/"+f.Spec.Chart.Spec.SourceRef.Name]
			if s == nil {
				t.Fatalf("%s has no source", name)
			}
			r.name = f.Spec.Chart.Spec.Chart
			r.chart = chart{repository: s.Spec.URL, version: f.Spec.Chart.Spec.Version}
		}
		all[f.Name] = r
	}
	return all
}

func TestBothToolsInstallTheSame(t *testing.T) {
	e := piksel(t)
	argo := installed(t, write(t, e), "piksel-dev")
	e.Spoke("dev").Cluster.GitOps = estatecluster.Flux
	flux := installed(t, write(t, e), "piksel-dev")
	if len(argo) != 5 || len(flux) != 5 {
		t.Fatalf("%d and %d releases", len(argo), len(flux))
	}
	for name, a := range argo {
		f := flux[name]
		f.repository = strings.TrimPrefix(f.repository, "oci://")
		x, _ := yaml.Marshal(a.values)
		y, _ := yaml.Marshal(f.values)
		if a.chart != f.chart || a.namespace != f.namespace || string(x) != string(y) ||
			a.definitions != f.definitions || a.skipDefinitions != f.skipDefinitions {
			t.Errorf("%s: %v and %v", name, a, f)
		}
	}
}

// What Terraform makes and what the controllers look for have one name.
func TestControllersFindWhatTerraformMakes(t *testing.T) {
	eachCluster(t, func(t *testing.T, v variant, s *estate.Spoke, cluster string) {
		releases := installed(t, v, cluster)
		settings := releases["karpenter"].values["settings"].(map[string]any)
		if settings["clusterName"] != cluster || settings["interruptionQueue"] != v.KarpenterQueue(s.Name) {
			t.Errorf("%s: Karpenter has %v", cluster, settings)
		}
		tags := releases["aws-load-balancer-controller"].values["vpcTags"].(map[string]any)
		if tags["Name"] != v.Prefix(s.Name) {
			t.Errorf("%s: the load balancer controller looks for a VPC with %v", cluster, tags)
		}
		dns, ok := releases["external-dns"]
		if _, want := s.RecordRoles["external-dns"]; want != ok {
			t.Errorf("%s: external-dns is there: %v, want %v", cluster, ok, want)
		}
		if ok && !slices.Contains(dns.values["extraArgs"].([]any), any("--aws-assume-role="+v.RoleARN("hub", v.RecordRole(s.Name, "external-dns")))) {
			t.Errorf("%s: external-dns has %v", cluster, dns.values["extraArgs"])
		}
		if releases["karpenter"].version != releases["karpenter-crd"].version {
			t.Errorf("%s: Karpenter %s with the definitions of %s", cluster, releases["karpenter"].version, releases["karpenter-crd"].version)
		}
		if pinned := s.Cluster.ChartVersions["karpenter"]; pinned != "" && releases["karpenter"].version != pinned {
			t.Errorf("%s: Karpenter %s, the estate pins %s", cluster, releases["karpenter"].version, pinned)
		}
	})
}

// A service account that Terraform trusts with another role, or another account that it
// trusts with this one, has no permissions at all.
func TestServiceAccountsAreThoseThatTerraformTrusts(t *testing.T) {
	const annotation = "eks.amazonaws.com/role-arn"
	names := map[string]string{"karpenter": "karpenter", "aws-load-balancer-controller": "load-balancer-controller", "external-dns": "external-dns"}
	eachCluster(t, func(t *testing.T, v variant, s *estate.Spoke, cluster string) {
		for chart, r := range installed(t, v, cluster) {
			i := slices.IndexFunc(v.Controllers(s.Name), named(names[chart]))
			if i < 0 {
				continue
			}
			w := v.Controllers(s.Name)[i]
			account := r.values["serviceAccount"].(map[string]any)
			annotations, _ := account["annotations"].(map[string]any)
			role, _ := annotations[annotation].(string)
			want := ""
			if w.Kind == estatecluster.IRSA {
				want = v.RoleARN(s.Name, v.WorkloadRole(s.Name, w.Name))
			}
			if role != want || account["name"] != w.ServiceAccount || r.namespace != w.Namespace {
				t.Errorf("%s: %s is %s/%s with %q, want %v with %q", cluster, chart, r.namespace, account["name"], role, w, want)
			}
		}
		found := 0
		for name, a := range objects[*corev1.ServiceAccount](t, v, cluster) {
			if a.Namespace == argoNamespace || a.Labels["app.kubernetes.io/part-of"] == "sample" {
				continue // the job's that reads charts, and those that only the mesh knows
			}
			found++
			for workload, i := range s.Cluster.Identities {
				if i.Namespace != a.Namespace || i.ServiceAccount != a.Name {
					continue
				}
				want := ""
				if i.Kind == estatecluster.IRSA {
					want = v.RoleARN(s.Name, v.WorkloadRole(s.Name, workload))
				}
				if a.Annotations[annotation] != want {
					t.Errorf("%s: %q, want %q", name, a.Annotations[annotation], want)
				}
			}
		}
		want := 0
		for _, i := range s.Cluster.Identities {
			if _, ok := s.Cluster.Namespaces[i.Namespace]; ok {
				want++
			}
		}
		if found != want {
			t.Errorf("%s: %d service accounts, want %d", cluster, found, want)
		}
	})
}

// The controllers must run before there is any node but the system's.
func TestControllersRunOnTheSystemNodes(t *testing.T) {
	eachCluster(t, func(t *testing.T, v variant, s *estate.Spoke, cluster string) {
		for name, r := range installed(t, v, cluster) {
			switch name {
			case "karpenter-crd", "istio-base":
				continue // nothing of theirs runs
			case "istio-cni", "ztunnel":
				continue // these run on every node, and their charts tolerate everything
			}
			tolerations := r.values["tolerations"]
			if global, ok := r.values["global"].(map[string]any); ok {
				tolerations = global["tolerations"]
			}
			text, _ := yaml.Marshal(tolerations)
			if !strings.Contains(string(text), "CriticalAddonsOnly") {
				t.Errorf("%s: %s tolerates %s", cluster, name, text)
			}
			for _, key := range []string{"replicas", "replicaCount"} {
				if n, ok := r.values[key].(int64); ok && n > int64(*s.Cluster.SystemNodes.MinSize) {
					t.Errorf("%s: %d of %s on %d nodes", cluster, n, name, *s.Cluster.SystemNodes.MinSize)
				}
			}
		}
	})
}

// Who deletes a definition deletes every object of that kind: all nodes, for one.
func TestDefinitionsAreNeverPruned(t *testing.T) {
	eachCluster(t, func(t *testing.T, v variant, s *estate.Spoke, cluster string) {
		releases := installed(t, v, cluster)
		if r := releases["karpenter-crd"]; !r.definitions {
			t.Errorf("%s: Karpenter's definitions can be pruned", cluster)
		}
		if r := releases["karpenter"]; r.definitions || !r.skipDefinitions {
			t.Errorf("%s: Karpenter's chart has the definitions too", cluster)
		}
		for name, a := range objects[*application](t, v, cluster) {
			if len(a.Finalizers) > 0 {
				t.Errorf("%s takes along what it applied", name)
			}
		}
	})
}

func TestAppsPointAtEveryFolder(t *testing.T) {
	eachCluster(t, func(t *testing.T, v variant, s *estate.Spoke, cluster string) {
		root := cluster
		if p := s.Cluster.Bundle.Path; p != "" {
			root = p
		} else {
			root = path.Join("gitops", cluster)
		}
		var paths, names []string
		for file, a := range objects[*application](t, v, cluster) {
			if path.Base(path.Dir(file)) == "apps" {
				paths = append(paths, a.Spec.Source.Path)
			}
		}
		for _, k := range objects[*fluxKustomization](t, v, cluster) {
			paths = append(paths, strings.TrimPrefix(k.Spec.Path, "./"))
			names = append(names, k.Name)
		}
		for file, k := range objects[*fluxKustomization](t, v, cluster) {
			if strings.HasSuffix(k.Name, "-karpenter") && !slices.Contains(k.Spec.DependsOn, fluxReference{Name: cluster + "-controllers"}) {
				t.Errorf("%s does not wait for Karpenter's definitions", file)
			}
			for _, d := range k.Spec.DependsOn {
				if !slices.Contains(names, d.Name) {
					t.Errorf("%s waits for %s for ever", file, d.Name)
				}
			}
		}
		var top kustomization
		if err := yaml.Unmarshal(v.files[cluster+"/kustomization.yaml"], &top); err != nil {
			t.Fatal(err)
		}
		var want []string
		if s.Cluster.Bundle.Repository != "" {
			for _, name := range top.Resources {
				want = append(want, root+"/"+name)
			}
		}
		slices.Sort(paths)
		slices.Sort(want)
		if !slices.Equal(paths, want) {
			t.Errorf("%s: %v, want %v", cluster, paths, want)
		}
		if slices.Contains(top.Resources, "apps") {
			t.Errorf("%s: the bundle would apply itself twice", cluster)
		}
	})
}
