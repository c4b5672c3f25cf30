package gitops

import (
	"bytes"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"

	"hubspoke/estate"
	estatecluster "hubspoke/estate/cluster"
)

// The repositories that the registry has for charts, and the role that reads them, follow
// from this list.
func TestTheEstateKnowsEveryReleaseOfTheBundle(t *testing.T) {
	eachCluster(t, func(t *testing.T, v variant, s *estate.Spoke, cluster string) {
		want := s.Cluster.Releases(slices.Sorted(maps.Keys(s.RecordRoles)))
		var got []string
		for _, r := range installed(t, v, cluster) {
			got = append(got, r.name)
		}
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-estate +bundle):\n%s", cluster, diff)
		}
	})
}

// Without credentials, ECR gives nobody a chart.
func TestChartsInECRAreReadWithCredentials(t *testing.T) {
	seen := map[estatecluster.GitOps]int{}
	eachCluster(t, func(t *testing.T, v variant, s *estate.Spoke, cluster string) {
		registry, inECR := s.Cluster.ChartRegistry()
		i := slices.IndexFunc(v.Controllers(s.Name), named(estatecluster.ChartReader))
		if (i >= 0) != inECR {
			t.Fatalf("%s: charts in ECR: %v, and a role that reads them: %v", cluster, inECR, i >= 0)
		}
		for file, source := range objects[*fluxSource](t, v, cluster) {
			if ours := inECR && source.Kind == "OCIRepository"; ours != (source.Spec.Provider == "aws") {
				t.Errorf("%s asks %q for credentials", file, source.Spec.Provider)
			}
		}
		secrets, jobs := objects[*corev1.Secret](t, v, cluster), objects[*batchv1.CronJob](t, v, cluster)
		if !inECR || s.Cluster.GitOps == estatecluster.Flux {
			if len(secrets)+len(jobs) > 0 {
				t.Errorf("%s logs in to ECR without a need", cluster)
			}
		}
		if !inECR {
			return
		}
		seen[s.Cluster.GitOps]++
		reader := v.Controllers(s.Name)[i]
		if s.Cluster.GitOps == estatecluster.Flux {
			if reader.Namespace != "flux-system" || reader.ServiceAccount != "source-controller" || reader.Kind != estatecluster.PodIdentity {
				t.Errorf("%s: Flux's charts are read by %+v", cluster, reader)
			}
			return
		}
		for _, secret := range secrets {
			for name, a := range objects[*application](t, v, cluster) {
				if a.Spec.Source.Chart != "" && !strings.HasPrefix(a.Spec.Source.RepoURL, secret.StringData["url"]) {
					t.Errorf("%s: no password for %s", name, a.Spec.Source.RepoURL)
				}
			}
			if secret.Labels["argocd.argoproj.io/secret-type"] != "repo-creds" || secret.StringData["type"] != "helm" || secret.StringData["enableOCI"] != "true" {
				t.Errorf("%s: Argo CD does not know the secret: %v", cluster, secret.Labels)
			}
			if _, ok := secret.StringData["password"]; ok || secret.Data != nil {
				t.Errorf("%s: the bundle would take the password away", cluster)
			}
		}
		if len(secrets) != 1 || len(jobs) != 1 {
			t.Fatalf("%s: %d secrets, %d jobs", cluster, len(secrets), len(jobs))
		}
		for _, job := range jobs {
			pod := job.Spec.JobTemplate.Spec.Template.Spec
			if job.Namespace != reader.Namespace || pod.ServiceAccountName != reader.ServiceAccount {
				t.Errorf("%s: the job runs as %s/%s, and the role is for %+v", cluster, job.Namespace, pod.ServiceAccountName, reader)
			}
			if env := pod.Containers[0].Env[0]; env.Name != "AWS_REGION" || env.Value != registry.Region {
				t.Errorf("%s: the job asks in %v", cluster, env)
			}
		}
		for _, role := range objects[*rbacv1.Role](t, v, cluster) {
			want := []rbacv1.PolicyRule{{APIGroups: []string{""}, Resources: []string{"secrets"}, ResourceNames: []string{ecrLoginName}, Verbs: []string{"patch"}}}
			if diff := cmp.Diff(want, role.Rules); diff != "" {
				t.Errorf("%s: %s", cluster, diff)
			}
		}
	})
	if seen[estatecluster.ArgoCD] == 0 || seen[estatecluster.Flux] == 0 {
		t.Errorf("not every tool was tried: %v", seen)
	}
}

// The script runs here with stand-ins for the AWS CLI and for curl.
func TestTheLoginWritesThePasswordAndNothingElse(t *testing.T) {
	dir := t.TempDir()
	put := func(name, content string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "home"), 0o755); err != nil {
		t.Fatal(err)
	}
	put("token", "service-account-token")
	put("curl", "#!/bin/sh\nprintf '%s\\n' \"$@\" >"+dir+"/arguments\ncat >"+dir+"/body\n")
	script := strings.ReplaceAll(ecrLoginScript, "/var/run/secrets/kubernetes.io/serviceaccount", dir)
	run := func() ([]byte, error) {
		command := exec.Command("/bin/sh", "-c", script)
		command.Env = []string{"PATH=" + dir + ":" + os.Getenv("PATH"), "HOME=" + dir + "/home", "NAMESPACE=argocd", "SECRET=ecr-login"}
		return command.CombinedOutput()
	}
	put("aws", "#!/bin/sh\n[ \"$*\" = 'ecr get-login-password' ] && echo secret-password\n")
	if out, err := run(); err != nil || len(out) > 0 {
		t.Fatalf("%v, %s", err, out)
	}
	read := func(name string) string {
		content, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(bytes.TrimSpace(content))
	}
	if got, want := read("body"), `{"data":{"password":"c2VjcmV0LXBhc3N3b3Jk"}}`; got != want {
		t.Errorf("sends %s, want %s", got, want)
	}
	if got := read("home/curl"); got != `header = "Authorization: Bearer service-account-token"` {
		t.Errorf("signs in with %s", got)
	}
	arguments := read("arguments")
	if !strings.HasSuffix(arguments, "\nhttps://kubernetes.default.svc/api/v1/namespaces/argocd/secrets/ecr-login") || strings.Contains(arguments, "token") {
		t.Errorf("calls curl with %s", arguments)
	}
	if err := os.Remove(filepath.Join(dir, "body")); err != nil {
		t.Fatal(err)
	}
	put("aws", "#!/bin/sh\nexit 255\n")
	if _, err := run(); err == nil {
		t.Error("no password, and no failure")
	}
	if _, err := os.Stat(filepath.Join(dir, "body")); err == nil {
		t.Error("an empty password was written")
	}
}
