package images

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.yaml.in/yaml/v3"

	"hubspoke/estate"
	"hubspoke/internal/pipeline"
)

const piksel = "../../environments/piksel"

// workflow is what of a workflow these tests read.
type workflow struct {
	Jobs map[string]struct {
		Env   map[string]string `yaml:"env"`
		Steps []struct {
			Uses string            `yaml:"uses"`
			Run  string            `yaml:"run"`
			With map[string]string `yaml:"with"`
			Env  map[string]string `yaml:"env"`
		} `yaml:"steps"`
	} `yaml:"jobs"`
}

func workflows(t *testing.T, e *estate.Estate) map[string]workflow {
	t.Helper()
	files, err := pipeline.Images(e)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]workflow{}
	for name, text := range files {
		var w workflow
		if err := yaml.Unmarshal(text, &w); err != nil {
			t.Fatal(err)
		}
		all[path.Dir(path.Dir(path.Dir(name)))] = w
	}
	return all
}

// block is a piece of YAML in Markdown.
var block = regexp.MustCompile("(?s)```yaml\n(.*?)```")

// documented is piksel's estate with the registry that docs/images.md has for the sample.
func documented(t *testing.T) *estate.Estate {
	t.Helper()
	var registry string
	for _, m := range block.FindAllStringSubmatch(read(t, "../../docs/images.md"), -1) {
		if strings.Contains(m[1], "sample/backend") {
			registry = m[1]
		}
	}
	if registry == "" {
		t.Fatal("docs/images.md has no registry for the sample")
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(piksel)); err != nil {
		t.Fatal(err)
	}
	hub := filepath.Join(dir, "hub.yaml")
	text := read(t, hub)
	from := strings.Index(text, "registry:\n")
	to := strings.Index(text, "  pull_through_cache:")
	if from < 0 || to < from {
		t.Fatal("piksel's registry is written in another way")
	}
	if err := os.WriteFile(hub, []byte(text[:from]+registry+text[to:]), 0o644); err != nil {
		t.Fatal(err)
	}
	e, err := estate.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// What the guide has people write builds the application that it gives them.
func TestTheWorkflowBuildsTheSample(t *testing.T) {
	all := workflows(t, documented(t))
	if len(all) != 1 {
		t.Fatalf("the sample is one repository's, and has %d workflows", len(all))
	}
	var built []string
	for _, w := range all {
		for _, job := range w.Jobs {
			for _, s := range job.Steps {
				if !strings.HasPrefix(s.Uses, "docker/build-push-action@") {
					continue
				}
				if file, ok := s.With["file"]; ok {
					t.Errorf("it builds by %s, not by the Dockerfile of the context", file)
				}
				if want := "linux/amd64,linux/arm64"; s.With["platforms"] != want {
					t.Errorf("it builds for %s, want %s", s.With["platforms"], want)
				}
				built = append(built, s.With["context"])
			}
		}
	}
	slices.Sort(built)
	if diff := cmp.Diff(parts, built); diff != "" {
		t.Errorf("-there +built: %s", diff)
	}
}

// policy is what of Kyverno's policies this test reads.
type policy struct {
	Spec struct {
		MatchImageReferences []struct {
			Glob string `yaml:"glob"`
		} `yaml:"matchImageReferences"`
		Attestors []struct {
			Cosign struct {
				Keyless struct {
					Identities []struct {
						Issuer        string `yaml:"issuer"`
						SubjectRegExp string `yaml:"subjectRegExp"`
					} `yaml:"identities"`
				} `yaml:"keyless"`
			} `yaml:"cosign"`
		} `yaml:"attestors"`
	} `yaml:"spec"`
}

// issuer is whose certificates the workflow takes.
var issuer = regexp.MustCompile(`--certificate-oidc-issuer (\S+)`)

// The workflow that signs an image and the cluster that admits it speak of one signer. Else a
// workflow that ends well leaves an image that no cluster takes, or a cluster takes another's.
func TestWhoSignsIsWhomClustersTake(t *testing.T) {
	for dir, golden := range map[string]string{
		piksel:                        "../testdata/golden/piksel/gitops/*/images/imagevalidatingpolicy-*.yaml",
		"../testdata/estates/options": "../testdata/golden/options/gitops/*/images/imagevalidatingpolicy-*.yaml",
	} {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			e, err := estate.Load(dir)
			if err != nil {
				t.Fatal(err)
			}
			signs := map[string][]string{}
			for _, w := range workflows(t, e) {
				for _, job := range w.Jobs {
					for _, s := range job.Steps {
						if m := issuer.FindStringSubmatch(s.Run); m != nil {
							signs[job.Env["IMAGE"]] = append(signs[job.Env["IMAGE"]], m[1]+" "+s.Env["SIGNERS"])
						}
					}
				}
			}
			policies, err := filepath.Glob(golden)
			if err != nil || len(policies) == 0 {
				t.Fatalf("no policies at %s (%v)", golden, err)
			}
			takes := map[string][]string{}
			for _, name := range policies {
				var p policy
				if err := yaml.Unmarshal([]byte(read(t, name)), &p); err != nil {
					t.Fatal(err)
				}
				image := p.Spec.MatchImageReferences[0].Glob
				for _, a := range p.Spec.Attestors {
					for _, i := range a.Cosign.Keyless.Identities {
						takes[image] = append(takes[image], i.Issuer+" "+i.SubjectRegExp)
					}
				}
			}
			if diff := cmp.Diff(signs, takes, cmpopts.SortSlices(strings.Compare)); diff != "" {
				t.Errorf("-signs +takes: %s", diff)
			}
		})
	}
}
