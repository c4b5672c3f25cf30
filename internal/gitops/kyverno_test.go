package gitops

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// triedPods are two of a namespace for workloads, and one of a namespace that a cluster starts with.
const triedPods = `apiVersion: v1
kind: Namespace
metadata: {name: apps, labels: {kubernetes.io/metadata.name: apps}}
---
apiVersion: v1
kind: Namespace
metadata: {name: kube-system, labels: {kubernetes.io/metadata.name: kube-system}}
---
apiVersion: v1
kind: Pod
metadata: {name: signed, namespace: apps}
spec: {containers: [{name: a, image: "%[1]s@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}]}
---
apiVersion: v1
kind: Pod
metadata: {name: from-elsewhere, namespace: apps}
spec: {containers: [{name: a, image: "registry.invalid/somebody/something:1"}]}
---
apiVersion: v1
kind: Pod
metadata: {name: system, namespace: kube-system}
spec: {containers: [{name: a, image: "%[1]s@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}]}
`

// What Kyverno itself makes of the policies, where its command line is on the PATH. Signatures
// are in a registry that answers nobody here, so that no image of it may pass.
func TestKyvernosEngineReadsTheImagePolicies(t *testing.T) {
	kyverno, err := exec.LookPath("kyverno")
	if err != nil {
		t.Skip("kyverno is not on the PATH: https://kyverno.io/docs/kyverno-cli/install/")
	}
	const golden = "../../test/testdata/golden"
	for folder, test := range map[string]struct{ image, policy string }{
		"piksel/gitops/piksel-dev":   {"111111111111.dkr.ecr.ap-southeast-3.amazonaws.com/piksel/odc", "signed-piksel-odc"},
		"options/gitops/options-lab": {"123123123123.dkr.ecr.eu-central-1.amazonaws.com/team/service", "signed-team-service"},
	} {
		t.Run(folder, func(t *testing.T) {
			policies, err := filepath.Glob(filepath.Join(golden, folder, "images", "*policy*.yaml"))
			if err != nil || len(policies) < 3 {
				t.Fatalf("got policies %v (%v)", policies, err)
			}
			file := filepath.Join(t.TempDir(), "pods.yaml")
			if err := os.WriteFile(file, fmt.Appendf(nil, triedPods, test.image), 0o600); err != nil {
				t.Fatal(err)
			}
			// Kyverno's own policies and Kubernetes' are two runs: in one, its command line leaves results out.
			var printed string
			got := map[string]string{}
			for _, kind := range []string{"image", "validating"} {
				args := []string{"apply", "--resource", file, "--policy-report"}
				for _, path := range policies {
					if strings.HasPrefix(filepath.Base(path), kind) {
						args = append(args, path)
					}
				}
				// It exits with 1 where something fails, which is the point.
				said, _ := exec.Command(kyverno, args...).CombinedOutput()
				printed += string(said)
				maps.Copy(got, results(t, string(said)))
			}
			for what, want := range map[string]string{
				test.policy + " signed":         "error", // which failurePolicy decides
				test.policy + " from-elsewhere": "pass",
				test.policy + " system":         "",
				"image-sources signed":          "pass",
				"image-sources from-elsewhere":  "fail",
			} {
				if got[what] != want {
					t.Errorf("%s: got %q, want %q in\n%s", what, got[what], want, printed)
				}
			}
		})
	}
}

// results are those of each policy for each pod, as the report at the end of what Kyverno prints has them.
func results(t *testing.T, printed string) map[string]string {
	t.Helper()
	_, text, found := strings.Cut("\n"+printed, "\napiVersion: ")
	if !found {
		t.Fatalf("there is no report in\n%s", printed)
	}
	var report struct {
		Results []struct {
			Policy, Result string
			Resources      []struct{ Kind, Name string }
		}
	}
	if err := yaml.Unmarshal([]byte("apiVersion: "+text), &report); err != nil {
		t.Fatalf("%v in\n%s", err, printed)
	}
	all := map[string]string{}
	for _, r := range report.Results {
		for _, resource := range r.Resources {
			if resource.Kind == "Pod" {
				all[r.Policy+" "+resource.Name] = r.Result
			}
		}
	}
	if len(all) == 0 {
		t.Fatalf("the report is empty:\n%s", printed)
	}
	return all
}
