// Package images tests the sample application of docs/examples/images: that its images are
// what the bundle's pods can run, and that the workflow of an estate builds them.
package images

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"hubspoke/internal/dockerfile"
)

const (
	application = "../../docs/examples/images"
	// bundle has the sample's pods, as reviewed.
	bundle = "../testdata/golden/options/gitops/options-lab/samples/shop"
)

// parts are the sample's images.
var parts = []string{"backend", "frontend"}

func read(t *testing.T, path ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func object[T any](t *testing.T, path ...string) T {
	t.Helper()
	var o T
	if err := yaml.UnmarshalStrict([]byte(read(t, path...)), &o); err != nil {
		t.Fatalf("%s: %v", filepath.Join(path...), err)
	}
	return o
}

func parsed(t *testing.T, part string) *dockerfile.File {
	t.Helper()
	f, err := dockerfile.Parse(part+"/Dockerfile", []byte(read(t, application, part, "Dockerfile")))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestDockerfilesHaveNoProblems(t *testing.T) {
	found, err := filepath.Glob(application + "/*/Dockerfile")
	if err != nil || len(found) != len(parts) {
		t.Fatalf("the parts are %v, there are %v (%v)", parts, found, err)
	}
	for _, part := range parts {
		for _, problem := range parsed(t, part).Problems() {
			t.Error(problem)
		}
	}
}

// The pods of the bundle say whom their program runs as and where it is asked: an image
// that is put into them has to agree.
func TestTheSamplesPodsCanRunTheImages(t *testing.T) {
	for _, part := range parts {
		f := parsed(t, part)
		pod := object[appsv1.Deployment](t, bundle, "deployment-"+part+".yaml").Spec.Template.Spec
		if want := fmt.Sprintf("%d:%d", *pod.SecurityContext.RunAsUser, *pod.SecurityContext.RunAsGroup); f.User() != want {
			t.Errorf("%s runs as %s, its pods as %s", part, f.User(), want)
		}
		container := pod.Containers[0]
		if want := []string{fmt.Sprint(container.Ports[0].ContainerPort)}; !slices.Equal(f.Ports(), want) {
			t.Errorf("%s listens on %v, its pods on %v", part, f.Ports(), want)
		}
		if !*container.SecurityContext.ReadOnlyRootFilesystem || !slices.ContainsFunc(container.VolumeMounts,
			func(m corev1.VolumeMount) bool { return m.MountPath == "/tmp" && !m.ReadOnly }) {
			t.Errorf("the pods of %s have another place to write to than /tmp", part)
		}
	}
}

// A secret that lies in the folder of somebody's working copy does not get into a layer.
func TestBuildsSeeWhatTheyNeedAlone(t *testing.T) {
	for _, part := range parts {
		lines := slices.DeleteFunc(strings.Split(strings.TrimSpace(read(t, application, part, ".dockerignore")), "\n"),
			func(l string) bool { return strings.HasPrefix(l, "#") })
		if lines[0] != "*" {
			t.Errorf("%s: .dockerignore begins with %s, not with everything", part, lines[0])
		}
		for _, line := range lines[1:] {
			name, admits := strings.CutPrefix(line, "!")
			if _, err := os.Stat(filepath.Join(application, part, name)); err != nil || !admits || strings.ContainsAny(name, "*?[") {
				t.Errorf("%s: .dockerignore: %s names no file to admit (%v)", part, line, err)
			}
		}
	}
}

var (
	requirement = regexp.MustCompile(`^([a-z0-9-]+)==([0-9.]+)((?: --hash=sha256:[0-9a-f]{64})+)$`)
	exactly     = regexp.MustCompile(`^[0-9]+\.[0-9]+\.[0-9]+$`)
)

func TestPackagesAreLocked(t *testing.T) {
	t.Run("backend", func(t *testing.T) {
		locked := map[string]string{}
		for line := range strings.Lines(strings.ReplaceAll(read(t, application, "backend/requirements.txt"), " \\\n   ", "")) {
			if strings.HasPrefix(line, "#") {
				continue
			}
			m := requirement.FindStringSubmatch(strings.TrimSpace(line))
			if m == nil {
				t.Errorf("requirements.txt: %q has no version or no hash", line)
				continue
			}
			locked[m[1]] = m[2]
		}
		for line := range strings.Lines(read(t, application, "backend/requirements.in")) {
			name, version, _ := strings.Cut(strings.TrimSpace(line), "==")
			if version == "" || locked[name] != version {
				t.Errorf("requirements.in wants %s, requirements.txt has %s", strings.TrimSpace(line), locked[name])
			}
		}
	})
	t.Run("frontend", func(t *testing.T) {
		var wanted struct{ Dependencies, DevDependencies map[string]string }
		var lock struct {
			Packages map[string]struct {
				Version, Integrity            string
				Dependencies, DevDependencies map[string]string
			}
		}
		for name, to := range map[string]any{"package.json": &wanted, "package-lock.json": &lock} {
			if err := json.Unmarshal([]byte(read(t, application, "frontend", name)), to); err != nil {
				t.Fatal(err)
			}
		}
		root := lock.Packages[""]
		if diff := cmp.Diff([]map[string]string{wanted.Dependencies, wanted.DevDependencies}, []map[string]string{root.Dependencies, root.DevDependencies}); diff != "" {
			t.Errorf("package-lock.json is of another package.json: %s", diff)
		}
		for _, dependencies := range []map[string]string{wanted.Dependencies, wanted.DevDependencies} {
			for name, version := range dependencies {
				if !exactly.MatchString(version) {
					t.Errorf("package.json takes %s of %s", version, name)
				}
			}
		}
		for name, p := range lock.Packages {
			if name != "" && !strings.HasPrefix(p.Integrity, "sha512-") {
				t.Errorf("package-lock.json does not say what %s is", name)
			}
		}
	})
}

// written are the places that nginx's configuration names to write to.
var written = regexp.MustCompile(`(?m)^\s*(?:pid|\w+_temp_path|error_log|access_log)\s+(\S+?)(?:\s\w+)?;`)

func TestTheFrontendWritesNowhereElseAndAsksTheBackend(t *testing.T) {
	conf := read(t, application, "frontend/nginx.conf")
	places := written.FindAllStringSubmatch(conf, -1)
	if len(places) < 8 {
		t.Errorf("of pid, logs and temporary paths, nginx.conf says %v", places)
	}
	for _, place := range places {
		if !strings.HasPrefix(place[1], "/tmp/") && !strings.HasPrefix(place[1], "/dev/std") && place[1] != "off" {
			t.Errorf("nginx writes to %s", place[1])
		}
	}
	backend := object[corev1.Service](t, bundle, "service-backend.yaml")
	for _, want := range []string{
		fmt.Sprintf("proxy_pass http://%s:%d;", backend.Name, backend.Spec.Ports[0].Port),
		"listen " + parsed(t, "frontend").Ports()[0] + ";",
	} {
		if !strings.Contains(conf, want) {
			t.Errorf("nginx.conf does not say %s", want)
		}
	}
	if want := `bind = "0.0.0.0:` + parsed(t, "backend").Ports()[0] + `"`; !strings.Contains(read(t, application, "backend/gunicorn.conf.py"), want) {
		t.Errorf("gunicorn.conf.py does not say %s", want)
	}
}

// The probes of the bundle ask for these paths.
func TestTheBackendAnswers(t *testing.T) {
	if err := exec.Command("python3", "-c", "import flask").Run(); err != nil {
		t.Skipf("needs python3 with Flask (%v): pip install --require-hashes -r %s/backend/requirements.txt", err, application)
	}
	run(t, filepath.Join(application, "backend"), "python3", "-B", "-m", "unittest")
}

// As the Dockerfile does it, in a folder that has what .dockerignore admits.
func TestTheFrontendIsBuilt(t *testing.T) {
	if os.Getenv("REQUIRE_NPM") == "" {
		t.Skip("REQUIRE_NPM=1 builds the frontend: it needs npm and its registry")
	}
	dir := t.TempDir()
	for line := range strings.Lines(read(t, application, "frontend/.dockerignore")) {
		name, admits := strings.CutPrefix(strings.TrimSpace(line), "!")
		if !admits {
			continue
		}
		from, to := filepath.Join(application, "frontend", name), filepath.Join(dir, name)
		if info, err := os.Stat(from); err != nil {
			t.Fatal(err)
		} else if info.IsDir() {
			if err := os.CopyFS(to, os.DirFS(from)); err != nil {
				t.Fatal(err)
			}
		} else if err := os.WriteFile(to, []byte(read(t, from)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	run(t, dir, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	run(t, dir, "npm", "run", "build")
	page := read(t, dir, "dist/index.html")
	script := regexp.MustCompile(`src="(/assets/[^"]+\.js)"`).FindStringSubmatch(page)
	if script == nil {
		t.Fatalf("the page has no script:\n%s", page)
	}
	if !strings.Contains(read(t, dir, "dist", script[1]), "/api/greeting") {
		t.Error("the page does not ask the backend")
	}
}

func run(t *testing.T, dir, name string, args ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", cmd, err, out)
	}
}
