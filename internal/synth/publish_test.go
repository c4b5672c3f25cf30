package synth

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// tree writes files, each with its own name in it.
func tree(t *testing.T, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// list is everything below a folder, empty folders included.
func list(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		if entry.IsDir() {
			if inside, err := os.ReadDir(path); err != nil || len(inside) > 0 {
				return err
			}
		}
		name, err := filepath.Rel(dir, path)
		names = append(names, name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestPublishingReplacesWhatWasThere(t *testing.T) {
	to := tree(t,
		"manifest.json",
		"gitops/.git/config.yaml",
		"gitops/gone/kustomization.yaml",
		"gitops/gone/samples/app/deployment-app.yaml",
		"gitops/kept/README.md",
		"gitops/kept/kustomization.yaml",
		"gitops/kept/samples/app/deployment-app.yaml",
		"stacks/gone/.terraform.lock.hcl",
		"stacks/gone/cdk.tf.json",
		"stacks/kept/.terraform.lock.hcl",
		"stacks/kept/cdk.tf.json",
	)
	from := tree(t, "manifest.json", "gitops/kept/kustomization.yaml", "gitops/kept/cluster/ingressclass-alb.yaml", "stacks/kept/cdk.tf.json")
	if err := publish(from, to); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"gitops/.git/config.yaml",
		"gitops/kept/README.md",
		"gitops/kept/cluster/ingressclass-alb.yaml",
		"gitops/kept/kustomization.yaml",
		"manifest.json",
		"stacks/gone/.terraform.lock.hcl",
		"stacks/kept/.terraform.lock.hcl",
		"stacks/kept/cdk.tf.json",
	}
	if diff := cmp.Diff(want, list(t, to)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// Without a manifest the synthesis did not come to its end.
func TestPublishingWithoutAManifestRemovesNothing(t *testing.T) {
	to := tree(t, "manifest.json", "gitops/a/kustomization.yaml", "stacks/a/cdk.tf.json")
	before := list(t, to)
	if err := publish(tree(t, "stacks/b/cdk.tf.json"), to); err == nil {
		t.Error("published")
	}
	if diff := cmp.Diff(before, list(t, to)[:len(before)]); diff != "" {
		t.Error(diff)
	}
}
