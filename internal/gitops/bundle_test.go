package gitops

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"hubspoke/estate"
	estatecluster "hubspoke/estate/cluster"
)

// piksel is the estate that the tests begin with.
func piksel(t *testing.T) *estate.Estate {
	t.Helper()
	e, err := estate.Load("../../environments/piksel")
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// variants are piksel, and piksel with what it leaves off turned on.
var variants = map[string]func(e *estate.Estate){
	"piksel": func(*estate.Estate) {},
	"flux, IRSA, everything from upstream": func(e *estate.Estate) {
		e.Hub.Registry.PullThroughCache = nil
		for _, s := range e.Spokes {
			s.Cluster.GitOps = estatecluster.Flux
			s.Cluster.Identity = estatecluster.IRSA
			s.Cluster.Bundle = estatecluster.Bundle{
				Repository: "ssh://git@example.com/bundles.git", Revision: "live", Path: "clusters/" + s.Name, Secret: "deploy-key",
			}
			s.Cluster.ChartVersions = map[string]string{"karpenter": "1.14.0"}
		}
	},
	"private, with a database, and limits": func(e *estate.Estate) {
		for _, s := range e.Spokes {
			s.Network.NAT = estate.NATNone
			s.Network.DatabaseSubnets = true
			s.Cluster.PrefixDelegation = true
			s.Cluster.CertificateARN = "arn:aws:acm:ap-southeast-3:222222222222:certificate/01234567-89ab-cdef-0123-456789abcdef"
			s.Cluster.NodeImageRelease = "v20260810"
			s.Cluster.SystemNodes.MinSize = new(1)
			s.Cluster.Bundle.Repository = "https://example.com/bundles.git"
			s.Cluster.NodePools = maps.Clone(s.Cluster.NodePools)
			for name, p := range s.Cluster.NodePools {
				p.MemoryLimitGiB, p.Weight = 512, 10
				s.Cluster.NodePools[name] = p
			}
		}
	},
	"images that must be signed": func(e *estate.Estate) { verifyImages(e) },
	"a mesh":                     func(e *estate.Estate) { addMesh(e) },
	"a mesh, with Flux and charts in ECR": func(e *estate.Estate) {
		addMesh(e)
		mirrorCharts(e)
		for _, s := range e.Spokes {
			s.Cluster.GitOps = estatecluster.Flux
			s.Cluster.ChartVersions = map[string]string{"istio": "1.30.5"}
		}
	},
	"secrets in pods": func(e *estate.Estate) {
		for _, s := range e.Spokes {
			s.Cluster.Secrets = true
			s.Cluster.Identities = maps.Clone(s.Cluster.Identities)
			for name, kind := range map[string]estatecluster.IdentityKind{"shop": estatecluster.PodIdentity, "till": estatecluster.IRSA} {
				s.Cluster.Identities[name] = estatecluster.Identity{Namespace: "odc", ServiceAccount: name, Kind: kind, SecretFiles: map[string]string{
					"api-key": name + "/api-key", "database.json": "arn:aws:secretsmanager:ap-southeast-3:222222222222:secret:rds!db-0123abcd-AbC123",
				}}
			}
		}
	},
	"services for other accounts": func(e *estate.Estate) { addServices(e) },
	"services for other accounts, in a mesh": func(e *estate.Estate) {
		addServices(e)
		addMesh(e)
	},
	"charts in ECR": func(e *estate.Estate) { mirrorCharts(e) },
	"charts in ECR, with Flux and IRSA": func(e *estate.Estate) {
		mirrorCharts(e)
		for _, s := range e.Spokes {
			s.Cluster.GitOps, s.Cluster.Identity = estatecluster.Flux, estatecluster.IRSA
		}
	},
	"no record roles, no namespaces": func(e *estate.Estate) {
		for _, s := range e.Spokes {
			s.RecordRoles = nil
			s.Cluster.Namespaces = nil
		}
	},
}

// addServices are two services of one namespace, one of which speaks TLS to its load balancer.
func addServices(e *estate.Estate) {
	for _, s := range e.Spokes {
		s.Services = map[string]estate.PrivateService{
			"orders":  {Namespace: "odc", Service: "orders-api", Port: 8443, HealthPath: "/healthz", Domain: "orders.app.piksel.big.go.id"},
			"reports": {Namespace: "odc", Service: "reports", Port: 9000, Plaintext: true, HealthPath: "/", Domain: "reports.app.piksel.big.go.id"},
		}
	}
}

func addMesh(e *estate.Estate) {
	for _, s := range e.Spokes {
		s.Cluster.Mesh = estatecluster.Istio
	}
}

// verifyImages refuses what is not signed, in two namespaces that admit other images too.
func verifyImages(e *estate.Estate) {
	for _, s := range e.Spokes {
		s.Cluster.VerifyImages = estatecluster.Enforce
		s.Cluster.Namespaces = maps.Clone(s.Cluster.Namespaces)
		for name, images := range map[string][]string{"odc": {"public.ecr.aws/nginx/nginx", "docker.io/library/redis"}, "jupyter": {"quay.io/jupyter/*"}} {
			n := s.Cluster.Namespaces[name]
			n.Images = images
			s.Cluster.Namespaces[name] = n
		}
	}
}

func mirrorCharts(e *estate.Estate) {
	for _, s := range e.Spokes {
		s.Cluster.ChartRepository = "oci://" + e.RegistryHost() + "/mirror/charts"
	}
}

// variant is a changed estate with its bundles: the files, and the objects that their
// text decodes to.
type variant struct {
	*estate.Estate
	files   map[string][]byte
	decoded map[string]any
}

// write writes an estate's bundles, and reads them back.
func write(t *testing.T, e *estate.Estate) variant {
	t.Helper()
	dir := t.TempDir()
	if err := Write(e, dir); err != nil {
		t.Fatal(err)
	}
	v := variant{Estate: e, files: read(t, filepath.Join(dir, Dir)), decoded: map[string]any{}}
	for _, name := range v.manifests() {
		object, _, err := strict(v.files[name])
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		v.decoded[name] = object
	}
	return v
}

func read(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	root := os.DirFS(dir)
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) || err != nil || entry.IsDir() {
			return err
		}
		files[name], err = fs.ReadFile(root, name)
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return files
}

// written are the variants that have been written. Tests must not change them.
var written = map[string]variant{}

func eachVariant(t *testing.T, test func(t *testing.T, v variant)) {
	for _, name := range slices.Sorted(maps.Keys(variants)) {
		t.Run(name, func(t *testing.T) {
			if _, ok := written[name]; !ok {
				e := piksel(t)
				variants[name](e)
				written[name] = write(t, e)
			}
			test(t, written[name])
		})
	}
}

// manifests are the files that hold an object, sorted.
func (v variant) manifests() []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(v.files)) {
		if path.Base(name) != "kustomization.yaml" {
			names = append(names, name)
		}
	}
	return names
}

func TestEveryClusterHasABundle(t *testing.T) {
	eachVariant(t, func(t *testing.T, v variant) {
		clusters := map[string]bool{}
		for name := range v.files {
			clusters[strings.Split(name, "/")[0]] = true
		}
		want := []string{"piksel-dev", "piksel-prod", "piksel-staging"}
		if diff := cmp.Diff(want, slices.Sorted(maps.Keys(clusters))); diff != "" {
			t.Error(diff)
		}
	})
}

func TestTheSameEstateGivesTheSameBytes(t *testing.T) {
	eachVariant(t, func(t *testing.T, v variant) {
		if diff := cmp.Diff(v.files, write(t, v.Estate).files); diff != "" {
			t.Error(diff)
		}
	})
}

func TestASpokeWithoutAClusterHasNoBundle(t *testing.T) {
	e := piksel(t)
	for _, s := range e.Spokes {
		s.Cluster = nil
	}
	if files := write(t, e).files; len(files) > 0 {
		t.Errorf("wrote %v", slices.Sorted(maps.Keys(files)))
	}
}

// What is in a folder and not in its kustomization would never be applied; what is in
// the kustomization alone would stop all of it.
func TestAKustomizationListsExactlyItsFolder(t *testing.T) {
	eachVariant(t, func(t *testing.T, v variant) {
		inFolder, listed := map[string][]string{}, map[string][]string{}
		for name, content := range v.files {
			dir := path.Dir(name)
			if path.Base(name) != "kustomization.yaml" {
				inFolder[dir] = append(inFolder[dir], path.Base(name))
				continue
			}
			if parent := path.Dir(dir); parent != "." && path.Base(dir) != "apps" {
				inFolder[parent] = append(inFolder[parent], path.Base(dir))
			}
			var k kustomization
			if err := yaml.UnmarshalStrict(content, &k); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if k.SortOptions.Order != "fifo" {
				t.Errorf("%s: kustomize would choose the order", name)
			}
			listed[dir] = k.Resources
		}
		for _, lists := range []map[string][]string{inFolder, listed} {
			for dir := range lists {
				lists[dir] = slices.Sorted(slices.Values(lists[dir]))
			}
		}
		if diff := cmp.Diff(inFolder, listed); diff != "" {
			t.Errorf("(-there +listed)\n%s", diff)
		}
	})
}

func TestDefinitionsComeBeforeWhatTheyDefine(t *testing.T) {
	eachVariant(t, func(t *testing.T, v variant) {
		for _, s := range v.Spokes {
			var top kustomization
			if err := yaml.Unmarshal(v.files[v.ClusterName(s.Name)+"/kustomization.yaml"], &top); err != nil {
				t.Fatal(err)
			}
			order := []string{"controllers", "cluster", "namespaces", "images", "mesh", "karpenter", "services", "samples"}
			want := slices.DeleteFunc(order, func(name string) bool { return !slices.Contains(top.Resources, name) })
			if diff := cmp.Diff(want, top.Resources); diff != "" {
				t.Errorf("%s: %s", s.Name, diff)
			}
			if !slices.Contains(top.Resources, "controllers") || !slices.Contains(top.Resources, "karpenter") {
				t.Errorf("%s has %v", s.Name, top.Resources)
			}
		}
	})
}

func TestEveryChartOfTheEstatesSchemaIsInTheBundle(t *testing.T) {
	if diff := cmp.Diff(estatecluster.Charts, slices.Sorted(maps.Keys(charts))); diff != "" {
		t.Error(diff)
	}
}

// The bundle's own image names, those in the charts' values among them.
func TestImagesComeFromTheHubsCache(t *testing.T) {
	e := piksel(t)
	cached := write(t, e)
	host := e.RegistryHost() + "/"
	e.Hub.Registry.PullThroughCache = []string{"quay.io"}
	direct := write(t, e)
	for name, content := range cached.files {
		for _, upstream := range []string{"public.ecr.aws/karpenter/controller", "public.ecr.aws/eks/", "public.ecr.aws/nginx/", "registry.k8s.io/"} {
			text := string(content)
			if strings.Count(text, upstream) != strings.Count(text, host+upstream) {
				t.Errorf("%s takes an image from %s", name, upstream)
			}
			if path.Base(path.Dir(name)) == "images" {
				continue // these name the hub's own repositories
			}
			text = string(direct.files[name])
			if strings.Contains(text, host) {
				t.Errorf("%s takes an image from a cache that does not have it", name)
			}
		}
	}
}

func TestBadInputWritesNothing(t *testing.T) {
	tests := map[string]struct {
		change func(c *estatecluster.Config)
		want   string
	}{
		"a name that Kubernetes does not take": {
			func(c *estatecluster.Config) {
				c.Namespaces = map[string]estatecluster.Namespace{"../up": {PodSecurity: "restricted", CPU: 1, MemoryGiB: 1, Pods: 1}}
			},
			`the bundle of piksel-dev: Namespace "../up": `,
		},
		"two service accounts in one file": {
			func(c *estatecluster.Config) {
				c.Namespaces = map[string]estatecluster.Namespace{"a": {PodSecurity: "restricted", CPU: 1, MemoryGiB: 1, Pods: 1}}
				i := estatecluster.Identity{Namespace: "a", ServiceAccount: "one"}
				c.Identities = map[string]estatecluster.Identity{"x": i, "y": i}
			},
			"piksel-dev/namespaces/a/serviceaccount-one.yaml would be written twice",
		},
	}
	for _, name := range slices.Sorted(maps.Keys(tests)) {
		t.Run(name, func(t *testing.T) {
			e := piksel(t)
			tests[name].change(e.Spoke("dev").Cluster)
			dir := t.TempDir()
			err := Write(e, dir)
			if err == nil || !strings.Contains(err.Error(), tests[name].want) {
				t.Errorf("got %v, want %s", err, tests[name].want)
			}
			if files := read(t, filepath.Join(dir, Dir)); len(files) > 0 {
				t.Errorf("wrote %d files all the same", len(files))
			}
		})
	}
}
