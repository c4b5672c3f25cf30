package pipeline_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rhysd/actionlint"
	"go.yaml.in/yaml/v3"

	"hubspoke/estate"
	"hubspoke/estate/registry"
	"hubspoke/internal/pipeline"
	"hubspoke/internal/workflow"
)

var update = flag.Bool("update", false, "write the golden files")

// estates are those whose workflows are tested, with each way to sign.
var estates = map[string]string{
	"piksel":  "../../environments/piksel",
	"options": "../../test/testdata/estates/options",
}

func load(t *testing.T, name string, signing registry.Signing) *estate.Estate {
	t.Helper()
	e, err := estate.Load(estates[name])
	if err != nil {
		t.Fatal(err)
	}
	e.Hub.Registry.Signing = signing
	return e
}

func files(t *testing.T, e *estate.Estate) pipeline.Files {
	t.Helper()
	f, err := pipeline.Images(e)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// each runs a test for every workflow that is written for estates, signed in each way.
func each(t *testing.T, test func(t *testing.T, e *estate.Estate, name string, text []byte)) {
	for name := range estates {
		for _, signing := range []registry.Signing{registry.Unsigned, registry.Keyless, registry.Signer} {
			e := load(t, name, signing)
			for file, text := range files(t, e) {
				t.Run(name+"/"+string(signing)+"/"+file, func(t *testing.T) { test(t, e, file, text) })
			}
		}
	}
}

func TestWorkflowsAreAsReviewed(t *testing.T) {
	for _, signing := range []registry.Signing{registry.Unsigned, registry.Keyless, registry.Signer} {
		for name, text := range files(t, load(t, "piksel", signing)) {
			golden := filepath.Join("testdata", "piksel", string(signing), strings.Replace(path.Dir(path.Dir(path.Dir(name))), "/", "-", 1)+".yml")
			if *update {
				if err := os.MkdirAll(filepath.Dir(golden), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(golden, text, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(text)); diff != "" {
				t.Errorf("%s (-reviewed +written; -update if it is right):\n%s", golden, diff)
			}
		}
	}
}

func TestActionlintHasNothingToSay(t *testing.T) {
	each(t, func(t *testing.T, _ *estate.Estate, name string, text []byte) {
		for _, found := range lint(t, name, text) {
			t.Error(found)
		}
	})
	// It does find what is wrong.
	if lint(t, "bad.yml", []byte("on: push\njobs: {a: {runs-on: ubuntu-24.04, steps: [{run: 'echo ${{ github.event.head_commit.message }}'}]}}\n")) == nil {
		t.Error("actionlint does not see untrusted text in a script")
	}
}

func lint(t *testing.T, name string, text []byte) []*actionlint.Error {
	t.Helper()
	l, err := actionlint.NewLinter(&bytes.Buffer{}, &actionlint.LinterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	found, err := l.Lint(name, text, nil)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// What of a workflow these tests read.
type document struct {
	On struct {
		PullRequest any                 `yaml:"pull_request"`
		Push        map[string][]string `yaml:"push"`
	} `yaml:"on"`
	Permissions map[string]string  `yaml:"permissions"`
	Jobs        map[string]flowJob `yaml:"jobs"`
}

func (j flowJob) step(name string) *flowStep {
	for i := range j.Steps {
		if j.Steps[i].Name == name || strings.HasPrefix(j.Steps[i].Uses, name+"@") {
			return &j.Steps[i]
		}
	}
	return nil
}

// Whoever opens a pull request decides what runs in it.
func TestJobsHaveNoMoreThanTheyNeed(t *testing.T) {
	pinned := regexp.MustCompile(`^[a-z-]+/[a-z-]+@[0-9a-f]{40}$`)
	each(t, func(t *testing.T, _ *estate.Estate, _ string, text []byte) {
		d := parsed[document](t, text)
		if d.Permissions == nil || len(d.Permissions) > 0 {
			t.Errorf("the workflow's token may do %v", d.Permissions)
		}
		for id, j := range d.Jobs {
			var want map[string]string
			kind, _, _ := strings.Cut(id, "-")
			switch kind {
			case "build":
				want = map[string]string{"contents": "read"}
				if strings.Contains(j.text(), "secrets.") {
					t.Errorf("%s, which pull requests run, reads secrets", id)
				}
			case "push":
				want = map[string]string{"id-token": "write"}
				if !strings.HasPrefix(j.If, "github.event_name == 'push' && ") {
					t.Errorf("%s runs for pull requests: %s", id, j.If)
				}
			case "move":
				want = map[string]string{}
			}
			if diff := cmp.Diff(want, j.Permissions); diff != "" {
				t.Errorf("the token of %s: %s", id, diff)
			}
			if j.Timeout == 0 {
				t.Errorf("%s has no time-out", id)
			}
			for _, s := range j.Steps {
				if strings.Contains(s.Run, "${{") {
					t.Errorf("%s: %s has an expression in its script, which is text that others choose", id, s.Name)
				}
				if s.Uses != "" && !pinned.MatchString(s.Uses) {
					t.Errorf("%s uses %s, which is no commit", id, s.Uses)
				}
				if strings.HasPrefix(s.Uses, "actions/checkout@") && s.With["persist-credentials"] != "false" {
					t.Errorf("%s leaves a token behind in the repository", id)
				}
			}
		}
	})
}

func (j flowJob) text() string {
	text, _ := yaml.Marshal(j)
	return string(text)
}

// What a role's trust policy admits, its job runs for, and no other job asks for the role.
func TestJobsAskForTheRolesThatTrustThem(t *testing.T) {
	asked := map[string]bool{}
	each(t, func(t *testing.T, e *estate.Estate, name string, text []byte) {
		d := parsed[document](t, text)
		repository := path.Dir(path.Dir(path.Dir(name)))
		for id, j := range d.Jobs {
			asks := j.step("aws-actions/configure-aws-credentials")
			if asks == nil {
				continue
			}
			var role registry.PushRole
			var r registry.Repository
			for _, r = range e.Hub.Registry.Repositories {
				for n, p := range r.Push {
					if e.RoleARN(estate.HubAccount, e.PushRole(n)) == asks.With["role-to-assume"] {
						role = p
					}
				}
				if role.Repository != "" {
					break
				}
			}
			runs := role.Workflows()
			if role.Repository == "" || runs.Name() != repository {
				t.Fatalf("%s of %s asks for %s", id, repository, asks.With["role-to-assume"])
			}
			asked[e.Name+asks.With["role-to-assume"]] = true
			if j.Environment != role.Environment {
				t.Errorf("%s runs in environment %q, its role trusts %q", id, j.Environment, role.Environment)
			}
			for _, ref := range examples(r.Lifecycle) {
				subject := "repo:" + runs.Repository + ":ref:" + ref
				if role.Environment != "" {
					subject = "repo:" + runs.Repository + ":environment:" + role.Environment
				}
				trusted := slices.ContainsFunc(runs.Subjects(), func(s string) bool { return glob(s).MatchString(subject) })
				if runs := holds(t, j.If, ref); runs && !trusted {
					t.Errorf("%s runs for %s, which its role does not trust", id, ref)
				} else if trusted && !runs && role.Environment == "" {
					t.Errorf("%s does not run for %s, which its role trusts", id, ref)
				}
				if holds(t, j.If, ref) && !starts(d, ref) && trusted && role.Environment == "" {
					t.Errorf("the workflow is not started by %s, which %s is for", ref, id)
				}
			}
		}
	})
	for name := range estates {
		e := load(t, name, registry.Unsigned)
		for role, runs := range e.TrustedWorkflows() {
			if strings.Contains(role, "-push-") && !asked[e.Name+e.RoleARN(estate.HubAccount, role)] {
				t.Errorf("no job of %s asks for %s", runs.Repository, role)
			}
		}
	}
}

// examples are references of every kind.
func examples(l registry.Lifecycle) []string {
	refs := []string{"refs/heads/hotfix/1", "refs/heads/mainly", "refs/heads/v2", "refs/tags/main-1", "refs/tags/nightly", "refs/heads/feature", "refs/heads/feature/a", "refs/heads/feature/a/b"}
	for _, p := range l.BranchTags {
		refs = append(refs, "refs/heads/"+p)
	}
	for _, p := range l.ReleaseTags {
		refs = append(refs, "refs/tags/"+p+"1.2.3")
	}
	return refs
}

// glob is how IAM's StringLike and, with two stars, GitHub's filters read a `*`.
func glob(pattern string) *regexp.Regexp {
	return regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, ".*") + "$")
}

// starts says that a push of a reference starts the workflow.
func starts(d document, ref string) bool {
	kind, name := "tags", strings.TrimPrefix(ref, "refs/tags/")
	if branch, ok := strings.CutPrefix(ref, "refs/heads/"); ok {
		kind, name = "branches", branch
	}
	return slices.ContainsFunc(d.On.Push[kind], func(p string) bool {
		if strings.Contains(strings.ReplaceAll(p, "**", ""), "*") {
			return false // one star stops at a slash
		}
		return glob(p).MatchString(name)
	})
}

// holds evaluates what conditions are made of, for a push of a reference.
func holds(t *testing.T, condition, ref string) bool {
	t.Helper()
	// What the shell calls a test, in its own words.
	expression := strings.ReplaceAll(condition, "github.event_name == 'push'", "true")
	expression = strings.ReplaceAll(expression, "github.ref_type != ''", "true")
	for pattern, with := range map[string]func(string) bool{
		`github\.ref == '([^']*)'`:             func(s string) bool { return ref == s },
		`startsWith\(github\.ref, '([^']*)'\)`: func(s string) bool { return strings.HasPrefix(ref, s) },
		`endsWith\(github\.ref, '([^']*)'\)`:   func(s string) bool { return strings.HasSuffix(ref, s) },
	} {
		re := regexp.MustCompile(pattern)
		expression = re.ReplaceAllStringFunc(expression, func(m string) string {
			if with(re.FindStringSubmatch(m)[1]) {
				return "true"
			}
			return "false"
		})
	}
	if rest := regexp.MustCompile(`true|false|[()!&| ]`).ReplaceAllString(expression, ""); rest != "" {
		t.Fatalf("%q of %q is not understood", rest, condition)
	}
	return exec.Command("bash", "-c", strings.NewReplacer("(", "{ ", ")", "; }", "!", "! ").Replace(expression)).Run() == nil
}

// The rules are those of the stack as it is reviewed.
func TestTagsMatchOneRuleOfTheLifecycle(t *testing.T) {
	e := load(t, "piksel", registry.Unsigned)
	golden, err := os.ReadFile("../../test/testdata/golden/piksel/hub-registry.json")
	if err != nil {
		t.Fatal(err)
	}
	rules := prefixRules(t, golden)
	for name, text := range files(t, e) {
		for id, j := range parsed[document](t, text).Jobs {
			choose := j.step("Choose the tag")
			if choose == nil {
				continue
			}
			ecr := j.step("Push")
			repository := regexp.MustCompile(`--repository-name (\S+)`).FindStringSubmatch(ecr.Run)[1]
			if len(rules[repository]) == 0 {
				t.Fatalf("the stack has no rules for %s", repository)
			}
			for ref, want := range map[string]string{
				"refs/heads/main":                                "main-0123456789012345678901234567890123456789",
				"refs/heads/feature/a+b":                         "feature-a-b-0123456789012345678901234567890123456789",
				"refs/heads/feature/" + strings.Repeat("x", 200): "feature-" + strings.Repeat("x", 72) + "-0123456789012345678901234567890123456789",
				"refs/tags/v1.2.3":                               "v1.2.3",
				"refs/heads/v2":                                  "", // would count as a release
				"refs/tags/main-1":                               "", // would go with the branches
				"refs/tags/v1.2+rc1":                             "", // no tag of an image
			} {
				got := chosen(t, choose.Run, ref)
				if got != want {
					t.Errorf("%s: %s makes the tag %q of %s, want %q", name, id, got, ref, want)
				}
				matching := 0
				for _, prefix := range rules[repository] {
					if got != "" && strings.HasPrefix(got, prefix) {
						matching++
					}
				}
				if got != "" && matching != 1 {
					t.Errorf("%d rules of %s are about %s", matching, repository, got)
				}
			}
		}
	}
}

// prefixRules are the prefixes that the lifecycle rules of a stack name, by repository.
func prefixRules(t *testing.T, stack []byte) map[string][]string {
	t.Helper()
	var s struct {
		Resource struct {
			Repositories map[string]struct{ Name string }               `json:"aws_ecr_repository"`
			Policies     map[string]struct{ Policy, Repository string } `json:"aws_ecr_lifecycle_policy"`
		}
	}
	if err := json.Unmarshal(stack, &s); err != nil {
		t.Fatal(err)
	}
	prefixes := map[string][]string{}
	for address, p := range s.Resource.Policies {
		var document struct {
			Rules []struct {
				Selection struct{ TagPrefixList []string }
			}
		}
		if err := json.Unmarshal([]byte(p.Policy), &document); err != nil {
			t.Fatal(err)
		}
		for _, r := range document.Rules {
			name := s.Resource.Repositories[address].Name
			prefixes[name] = append(prefixes[name], r.Selection.TagPrefixList...)
		}
	}
	return prefixes
}

// chosen runs the script that chooses a tag; "" if it refuses.
func chosen(t *testing.T, script, ref string) string {
	t.Helper()
	env := filepath.Join(t.TempDir(), "env")
	kind, name := "tag", strings.TrimPrefix(ref, "refs/tags/")
	if branch, ok := strings.CutPrefix(ref, "refs/heads/"); ok {
		kind, name = "branch", branch
	}
	c := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script)
	c.Env = append(os.Environ(), "GITHUB_ENV="+env, "GITHUB_REF_TYPE="+kind, "GITHUB_REF_NAME="+name, "GITHUB_SHA=0123456789012345678901234567890123456789")
	if c.Run() != nil {
		return ""
	}
	text, err := os.ReadFile(env)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimPrefix(strings.TrimSpace(string(text)), "TAG=")
}

// A certificate names the file of the workflow and the reference that it ran for.
func TestWhoSignsIsWhomClustersBelieve(t *testing.T) {
	for name := range estates {
		e := load(t, name, registry.Keyless)
		for file, text := range files(t, e) {
			for id, j := range parsed[document](t, text).Jobs {
				verify := j.step("Verify as clusters do")
				if verify == nil {
					continue
				}
				if sign := j.step("Sign"); !strings.Contains(sign.Run, `"$IMAGE@$DIGEST"`) {
					t.Errorf("%s: %s does not sign a digest", file, id)
				}
				believed := regexp.MustCompile(verify.Env["SIGNERS"])
				for _, ref := range examples(registry.Lifecycle{}) {
					identity := "https://github.com/" + file[:strings.Index(file, "/.github/")] + "/.github/workflows/" + path.Base(file) + "@" + ref
					if holds(t, j.If, ref) && !believed.MatchString(identity) {
						t.Errorf("%s: %s signs as %s, whom nobody believes", file, id, identity)
					}
				}
				if believed.MatchString("https://github.com/somebody/else/.github/workflows/" + workflow.ImagesFile + "@refs/heads/main") {
					t.Errorf("%s: %s believes anybody", file, id)
				}
			}
		}
	}
}

// A digest moves only where an overlay says, and for what it says.
func TestDigestsMoveWhereOverlaysSay(t *testing.T) {
	jobs := parsed[document](t, files(t, load(t, "piksel", registry.Unsigned))["piksel-ina/piksel-odc/.github/workflows/images.yml"]).Jobs
	for id, want := range map[string]struct {
		ref, other, overlay, base string
		proposes                  bool
	}{
		"move-odc-dev":  {"refs/heads/main", "refs/tags/v1", "apps/odc/dev", "main", false},
		"move-odc-prod": {"refs/tags/v1", "refs/heads/main", "apps/odc/prod", "main", true},
	} {
		j, ok := jobs[id]
		if !ok {
			t.Fatalf("no job %s", id)
		}
		if !holds(t, j.If, want.ref) || holds(t, j.If, want.other) || j.Env["OVERLAY"] != want.overlay || j.Env["BASE"] != want.base {
			t.Errorf("%s: if %s, %v", id, j.If, j.Env)
		}
		token := j.step("actions/create-github-app-token").With
		if token["owner"] != "piksel-ina" || token["repositories"] != "piksel-gitops" || (token["permission-pull-requests"] == "write") != want.proposes {
			t.Errorf("%s has a token for %v", id, token)
		}
		if run := j.step("Move the digest").Run; strings.Contains(run, "gh pr create") != want.proposes {
			t.Errorf("%s proposes: %v", id, !want.proposes)
		}
	}
}

func TestWhatCannotBeWrittenIsTold(t *testing.T) {
	role := func(refs ...string) map[string]registry.PushRole {
		return map[string]registry.PushRole{"app": {Repository: "acme/app", Refs: refs}}
	}
	lifecycle := registry.Lifecycle{ReleaseTags: []string{"v"}, BranchTags: []string{"main"}}
	for _, test := range []struct {
		name         string
		repositories map[string]registry.Repository
		want         string
	}{
		{"nobody pushes", nil, `no GitHub repository pushes images: name one at registry.repositories.<name>.push in hub.yaml`},
		{"a branch without a rule", map[string]registry.Repository{"app": {Push: role("refs/heads/hotfix/*"), Lifecycle: lifecycle}},
			`registry.repositories.app.push.app: no rule of the lifecycle is about the images of refs/heads/hotfix/*: add what their tags begin with to branch_tags (now main)`},
		{"a tag without a rule", map[string]registry.Repository{"app": {Push: role("refs/tags/release-*"), Lifecycle: lifecycle}},
			`registry.repositories.app.push.app: no rule of the lifecycle is about the images of refs/tags/release-*: add what their tags begin with to release_tags (now v)`},
		{"two stars", map[string]registry.Repository{"app": {Push: role("refs/heads/main/*/a/*"), Lifecycle: lifecycle}},
			`registry.repositories.app.push.app: refs/heads/main/*/a/* has several *, which a workflow's condition cannot say: write references with one`},
		{"two images of one folder", map[string]registry.Repository{
			"app": {Push: role("refs/heads/main"), Lifecycle: lifecycle, Build: registry.Build{Context: "."}},
			"web": {Push: map[string]registry.PushRole{"web": {Repository: "acme/app", Ref: "refs/heads/main"}}, Lifecycle: lifecycle, Build: registry.Build{Context: "."}},
		}, `acme/app: app and web are both built from .: give each a folder of its own at build.context`},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := load(t, "piksel", registry.Unsigned)
			e.Hub.Registry.Repositories = test.repositories
			if _, err := pipeline.Images(e); err == nil || err.Error() != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}
