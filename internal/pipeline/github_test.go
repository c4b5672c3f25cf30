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
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclparse"
	"go.yaml.in/yaml/v3"

	"hubspoke/estate"
	"hubspoke/internal/order"
	"hubspoke/internal/pipeline"
	"hubspoke/stacks"
)

// deployed are the estates whose pipelines are reviewed.
var deployed = []string{"piksel", "innovate"}

func loaded(t *testing.T, name string) (*estate.Estate, string, []pipeline.Stack) {
	t.Helper()
	folder := "environments/" + name
	e, err := estate.Load("../../" + folder)
	if err != nil {
		t.Fatal(err)
	}
	all, err := stacks.Order(stacks.Of(e))
	if err != nil {
		t.Fatal(err)
	}
	var out []pipeline.Stack
	for _, s := range all {
		if !order.BeforeRoles(s.Name) {
			out = append(out, pipeline.Stack{Name: s.Name, Account: s.Account, After: slices.DeleteFunc(s.Earlier(), order.BeforeRoles), ByPeople: e.AppliedByPeople(s.Account)})
		}
	}
	return e, folder, out
}

func github(t *testing.T, name string) pipeline.Files {
	t.Helper()
	files, err := pipeline.GitHub(loaded(t, name))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestPipelinesAreAsReviewed(t *testing.T) {
	for _, name := range deployed {
		e, folder, all := loaded(t, name)
		atlantis, err := pipeline.Atlantis(e, folder, "cdktf.out", false, all)
		if err != nil {
			t.Fatal(err)
		}
		terramate, err := pipeline.Terramate(e, "cdktf.out", all)
		if err != nil {
			t.Fatal(err)
		}
		for _, files := range []pipeline.Files{github(t, name), atlantis, terramate} {
			for _, file := range files.Names() {
				golden := filepath.Join("testdata", "deployed", name, strings.ReplaceAll(strings.TrimPrefix(file, ".github/"), "/", "-"))
				if flag.Lookup("update").Value.String() == "true" {
					if err := os.MkdirAll(filepath.Dir(golden), 0o755); err != nil {
						t.Fatal(err)
					}
					if err := os.WriteFile(golden, files[file], 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(golden)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(string(want), string(files[file])); diff != "" {
					t.Errorf("%s (-reviewed +written; -update if it is right):\n%s", golden, diff)
				}
			}
		}
	}
}

func TestActionlintHasNothingToSayOfPipelines(t *testing.T) {
	for _, name := range []string{"piksel", "innovate", "artos", "privatelink"} {
		e, folder, all := loaded(t, name)
		if name == "artos" {
			e.GitHub.ApplyRef = "refs/tags/deployed" // by a tag that is moved
		}
		files, err := pipeline.GitHub(e, folder, all)
		if err != nil {
			t.Fatal(err)
		}
		for file, text := range files {
			for _, f := range lint(t, file, text) {
				t.Errorf("%s: %v", name, f)
			}
		}
	}
}

// What of a workflow these tests read.
type (
	flow struct {
		On          map[string]any    `yaml:"on"`
		Permissions map[string]string `yaml:"permissions"`
		Concurrency map[string]any    `yaml:"concurrency"`
		Env         map[string]string `yaml:"env"`
		Jobs        map[string]flowJob
	}
	flowJob struct {
		If          string            `yaml:"if"`
		Needs       any               `yaml:"needs"`
		Environment string            `yaml:"environment"`
		Permissions map[string]string `yaml:"permissions"`
		Timeout     int               `yaml:"timeout-minutes"`
		Env         map[string]string `yaml:"env"`
		Strategy    struct {
			FailFast    *bool `yaml:"fail-fast"`
			MaxParallel int   `yaml:"max-parallel"`
		} `yaml:"strategy"`
		Steps []flowStep `yaml:"steps"`
	}
	flowStep struct {
		Name string            `yaml:"name"`
		Uses string            `yaml:"uses"`
		Run  string            `yaml:"run"`
		With map[string]string `yaml:"with"`
		Env  map[string]string `yaml:"env"`
	}
)

// parsed is a workflow, or the part of it that a type has.
func parsed[Workflow any](t *testing.T, text []byte) Workflow {
	t.Helper()
	var w Workflow
	if err := yaml.Unmarshal(text, &w); err != nil {
		t.Fatal(err)
	}
	return w
}

// role is the one that a job asks for, "" if it asks for none.
func (j flowJob) role() string {
	for _, s := range j.Steps {
		if strings.HasPrefix(s.Uses, "aws-actions/configure-aws-credentials@") {
			return s.With["role-to-assume"]
		}
	}
	return ""
}

func (j flowJob) checksOut() bool {
	return slices.ContainsFunc(j.Steps, func(s flowStep) bool { return strings.HasPrefix(s.Uses, "actions/checkout@") })
}

// Whoever opens a pull request decides what runs in the jobs that build it.
func TestJobsOfPipelinesHaveNoMoreThanTheyNeed(t *testing.T) {
	pinned := regexp.MustCompile(`^[a-z-]+/[a-z-]+@[0-9a-f]{40}$`)
	secret := regexp.MustCompile(`\$\{\{[^}]*\bsecrets\b`)
	for _, name := range deployed {
		for file, text := range github(t, name) {
			f := parsed[flow](t, text)
			if f.Permissions == nil || len(f.Permissions) > 0 {
				t.Errorf("%s: the workflow's token may do %v", file, f.Permissions)
			}
			if f.Concurrency["group"] == nil {
				t.Errorf("%s: runs are not kept apart", file)
			}
			if _, ok := f.On["pull_request_target"]; ok || secret.Match(text) {
				t.Errorf("%s gives secrets to what others write", file)
			}
			for id, j := range f.Jobs {
				if j.Permissions == nil || j.Timeout == 0 {
					t.Errorf("%s: %s has no permissions of its own, or no time-out", file, id)
				}
				if (j.role() != "") != (j.Permissions["id-token"] == "write") {
					t.Errorf("%s: %s may ask for a token and asks for the role %q", file, id, j.role())
				}
				writes := 0
				for _, level := range j.Permissions {
					if level == "write" {
						writes++
					}
				}
				if writes > 1 {
					t.Errorf("%s: %s may write more than one thing: %v", file, id, j.Permissions)
				}
				if writes > 0 && j.checksOut() {
					t.Errorf("%s: %s may write, and checks code out", file, id)
				}
				for _, s := range j.Steps {
					if text, err := exec.Command("bash", "-n", "-c", s.Run).CombinedOutput(); err != nil {
						t.Errorf("%s: %s: %q is no script: %s", file, id, s.Name, text)
					}
					if strings.Contains(s.Run, "${{") {
						t.Errorf("%s: %s: %q has an expression in its script, which is text that others choose", file, id, s.Name)
					}
					if s.Uses != "" && !pinned.MatchString(s.Uses) {
						t.Errorf("%s: %s uses %s, which is no commit", file, id, s.Uses)
					}
					if strings.HasPrefix(s.Uses, "actions/checkout@") && s.With["persist-credentials"] != "false" {
						t.Errorf("%s: %s leaves a token behind in the repository", file, id)
					}
				}
			}
		}
	}
}

// trust is what the synthesized bootstrap lets assume its roles of workflows: the subjects, by
// the role's name.
func trust(t *testing.T, name string) map[string][]string {
	t.Helper()
	text, err := os.ReadFile("../../test/testdata/golden/" + name + "/bootstrap.json")
	if err != nil {
		t.Fatal(err)
	}
	var stack struct {
		Resource struct {
			Roles map[string]struct {
				Name   string
				Policy string `json:"assume_role_policy"`
			} `json:"aws_iam_role"`
		}
	}
	if err := json.Unmarshal(text, &stack); err != nil {
		t.Fatal(err)
	}
	subjects := map[string][]string{}
	for _, r := range stack.Resource.Roles {
		var policy struct {
			Statement []struct {
				Effect    string
				Action    []string
				Condition map[string]map[string][]string
			}
		}
		if err := json.Unmarshal([]byte(r.Policy), &policy); err != nil {
			continue // of accounts, whose principals are no list
		}
		for _, s := range policy.Statement {
			if s.Effect != "Allow" || !slices.Equal(s.Action, []string{"sts:AssumeRoleWithWebIdentity"}) {
				continue
			}
			if len(s.Condition) != 1 || s.Condition["StringEquals"] == nil {
				t.Fatalf("the trust of %s is not understood: %v", r.Name, s.Condition)
			}
			subjects[r.Name] = s.Condition["StringEquals"]["token.actions.githubusercontent.com:sub"]
		}
	}
	return subjects
}

// A role trusts the subject of each job that asks for it, whatever starts the workflow, and a
// job that is started by a pull request does not ask for the role that applies.
func TestRolesTrustTheJobsThatAskForThem(t *testing.T) {
	for _, name := range deployed {
		e, _, _ := loaded(t, name)
		trusted := trust(t, name)
		asked := map[string]bool{}
		for file, text := range github(t, name) {
			f := parsed[flow](t, text)
			var subjects []string
			for event := range f.On {
				switch event {
				case "pull_request":
					subjects = append(subjects, "repo:"+e.GitHub.Repository+":pull_request")
				case "push", "schedule", "workflow_dispatch":
					// What is started otherwise than from this reference stops before it asks.
					if !strings.Contains(string(text), e.GitHub.ApplyRef) {
						t.Errorf("%s does not say that it runs for %s alone", file, e.GitHub.ApplyRef)
					}
					subjects = append(subjects, "repo:"+e.GitHub.Repository+":ref:"+e.GitHub.ApplyRef)
				case "workflow_run":
				default:
					t.Errorf("nobody knows the subject of %s in %s", event, file)
				}
			}
			for id, j := range f.Jobs {
				role := j.role()
				if role == "" {
					continue
				}
				asked[path.Base(role)] = true
				if j.Environment != "" {
					t.Errorf("%s: %s has an environment, which changes the subject of its token", file, id)
				}
				for _, subject := range subjects {
					if !slices.Contains(trusted[path.Base(role)], subject) {
						t.Errorf("%s: %s asks for %s as %s, which that does not trust (%v)", file, id, role, subject, trusted[path.Base(role)])
					}
				}
				if file == ".github/workflows/review.yml" && !strings.Contains(j.If, "head.repo.full_name == github.repository") {
					t.Errorf("%s: %s asks for a role for pull requests from forks", file, id)
				}
			}
		}
		if !asked[e.CIPlanRole()] || !asked[e.CIApplyRole()] {
			t.Errorf("%s: only %v are asked for", name, asked)
		}
		if slices.Contains(trusted[e.CIApplyRole()], "repo:"+e.GitHub.Repository+":pull_request") {
			t.Errorf("%s: pull requests may apply", name)
		}
	}
}

// The waves are those of the stacks' order, and no stack is in the wave of one that it reads.
func TestWavesFollowTheOrderOfStacks(t *testing.T) {
	for _, name := range deployed {
		_, _, all := loaded(t, name)
		waves, err := pipeline.Waves(all)
		if err != nil {
			t.Fatal(err)
		}
		f := parsed[flow](t, github(t, name)[".github/workflows/deploy.yml"])
		done := map[string]bool{}
		for i, wave := range waves {
			number := string(rune('1' + i))
			for _, job := range []string{"plan-", "decide-", "approve-", "apply-"} {
				if _, ok := f.Jobs[job+number]; !ok {
					t.Errorf("%s: there is no job %s%s", name, job, number)
				}
			}
			if i > 0 && !strings.Contains(jobText(t, f.Jobs["plan-"+number]), "apply-"+string(rune('0'+i))) {
				t.Errorf("%s: wave %s does not wait for the one before it", name, number)
			}
			for _, s := range wave {
				for _, after := range s.After {
					if !done[after] {
						t.Errorf("%s: %s is in the wave of %s, or before it", name, s.Name, after)
					}
				}
			}
			for _, s := range wave {
				done[s.Name] = true
			}
		}
		if _, ok := f.Jobs["plan-"+string(rune('1'+len(waves)))]; ok {
			t.Errorf("%s has more waves than stacks need", name)
		}
		for _, s := range all {
			if done[s.Name] == s.ByPeople {
				t.Errorf("%s: the pipeline applies %s: %v", name, s.Name, done[s.Name])
			}
		}
	}
}

func jobText(t *testing.T, j flowJob) string {
	t.Helper()
	text, err := yaml.Marshal(j.Needs)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// One matrix makes 256 jobs at most.
func TestAWaveOfManyStacksIsSeveral(t *testing.T) {
	all := []pipeline.Stack{{Name: "hub"}}
	for i := range 300 {
		all = append(all, pipeline.Stack{Name: "spoke" + string(rune('a'+i/26)) + string(rune('a'+i%26)), After: []string{"hub"}})
	}
	waves, err := pipeline.Waves(all)
	if err != nil {
		t.Fatal(err)
	}
	if got := []int{len(waves), len(waves[1]), len(waves[2])}; !slices.Equal(got, []int{3, 256, 44}) {
		t.Errorf("%v", got)
	}
}

func TestOnlyWhatChangesAndItsReadersArePlanned(t *testing.T) {
	before, after := t.TempDir(), t.TempDir()
	write := func(dir, stack, text string) string {
		folder := filepath.Join(dir, "stacks", stack)
		if err := os.MkdirAll(filepath.Join(folder, ".terraform"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, "cdk.tf.json"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return folder
	}
	for _, s := range []string{"hub", "dev", "prod", "people"} {
		write(before, s, `{"//": {"metadata": 1}, "output": {"a": {"value": 1}}}`)
	}
	folders := map[string]string{
		"hub":    write(after, "hub", `{"output": {"a": {"//": 3, "value": 1}}}`), // only CDKTF's own words
		"dev":    write(after, "dev", `{"output": {"a": {"value": 2}}}`),
		"prod":   write(after, "prod", `{"output": {"a": {"value": 1}}}`),
		"people": write(after, "people", `{"output": {"a": {"value": 1}}}`),
		"new":    write(after, "new", `{}`),
	}
	if err := os.WriteFile(filepath.Join(folders["prod"], ".terraform", "state"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	changed, err := pipeline.Changed(before, folders)
	if err != nil || !slices.Equal(changed, []string{"dev", "new"}) {
		t.Fatalf("%v, %v", changed, err)
	}
	all := []pipeline.Stack{
		{Name: "hub", Account: "hub"}, {Name: "people", Account: "m", ByPeople: true, After: []string{"dev"}}, {Name: "dev", Account: "dev", After: []string{"hub"}},
		{Name: "new", Account: "new"}, {Name: "prod", Account: "prod", After: []string{"people"}},
	}
	chosen := pipeline.WithReaders(all, changed)
	if !slices.Equal(chosen, []string{"dev", "new", "people", "prod"}) {
		t.Errorf("%v", chosen)
	}
	var out bytes.Buffer
	if err := pipeline.WriteOutputs(&out, all, chosen, 3); err != nil {
		t.Fatal(err)
	}
	// prod waits for dev by way of a stack that people deploy.
	want := `wave1=[{"stack":"new","account":"new"}]
wave2=[{"stack":"dev","account":"dev"}]
wave3=[{"stack":"prod","account":"prod","after":"dev"}]
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
	if err := pipeline.WriteOutputs(&out, all, chosen, 2); err == nil || !strings.Contains(err.Error(), "run estate pipeline github") {
		t.Errorf("a workflow with fewer waves loses stacks: %v", err)
	}
}

func TestFilesThatNoLongerFitAreTold(t *testing.T) {
	e, folder, all := loaded(t, "piksel")
	dir := t.TempDir()
	files := github(t, "piksel")
	if err := files.Write(dir, false); err != nil {
		t.Fatal(err)
	}
	e.GitHub.ApplyRef = "refs/heads/release"
	changed, err := pipeline.GitHub(e, folder, all)
	if err != nil {
		t.Fatal(err)
	}
	if difference, err := changed.Difference(dir); err != nil || !strings.Contains(difference, "release") {
		t.Errorf("%v: %s", err, difference)
	}
	if difference, err := files.Difference(dir); err != nil || difference != "" {
		t.Errorf("%v: %s", err, difference)
	}
	for _, bad := range []string{"/tmp/estate", "../estate", "environments/my estate", `a"b`} {
		if _, err := pipeline.GitHub(e, bad, all); err == nil {
			t.Errorf("%s is in no repository", bad)
		}
	}
	for i := range all {
		all[i].ByPeople = true
	}
	if _, err := pipeline.GitHub(e, folder, all); err == nil || !strings.Contains(err.Error(), "people deploy all") {
		t.Error(err)
	}
	e.GitHub.Repository = ""
	if _, err := pipeline.GitHub(e, folder, all); err == nil || !strings.Contains(err.Error(), "github.repository") {
		t.Error(err)
	}
}

// Every key is one that Atlantis knows, and a project comes after what it depends on.
func TestAtlantisAppliesInTheOrderOfStacks(t *testing.T) {
	for _, name := range deployed {
		e, folder, all := loaded(t, name)
		files, err := pipeline.Atlantis(e, folder, "cdktf.out", true, all)
		if err != nil {
			t.Fatal(err)
		}
		var document struct {
			Projects []struct {
				Name, Dir string
				Group     int      `yaml:"execution_order_group"`
				DependsOn []string `yaml:"depends_on"`
			}
		}
		if err := yaml.Unmarshal(files[pipeline.AtlantisFile], &document); err != nil {
			t.Fatal(err)
		}
		group := map[string]int{}
		for _, p := range document.Projects {
			group[p.Name] = p.Group
			for _, s := range all {
				if s.Name == p.Name && s.ByPeople {
					t.Errorf("Atlantis applies %s, which people do", p.Name)
				}
			}
		}
		for _, p := range document.Projects {
			for _, after := range p.DependsOn {
				if group[after] == 0 || group[after] >= p.Group {
					t.Errorf("%s of group %d depends on %s of group %d", p.Name, p.Group, after, group[after])
				}
			}
		}
	}
}

var stackSchema = &hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{{Type: "stack"}}}

func TestTerramateReadsItsStacks(t *testing.T) {
	known := []string{"id", "name", "description", "tags", "after", "watch"}
	tag := regexp.MustCompile(`^[a-z][a-z0-9_-]*[a-z0-9]$`)
	for _, name := range deployed {
		e, _, all := loaded(t, name)
		files, err := pipeline.Terramate(e, "cdktf.out", all)
		if err != nil {
			t.Fatal(err)
		}
		for file, text := range files {
			parsed, diagnostics := hclparse.NewParser().ParseHCL(text, file)
			if diagnostics.HasErrors() {
				t.Fatalf("%s: %v", file, diagnostics)
			}
			if path.Base(file) != "stack.tm.hcl" {
				continue
			}
			content, _, diagnostics := parsed.Body.PartialContent(stackSchema)
			if diagnostics.HasErrors() || len(content.Blocks) != 1 {
				t.Fatalf("%s: %v", file, diagnostics)
			}
			attributes, diagnostics := content.Blocks[0].Body.JustAttributes()
			if diagnostics.HasErrors() {
				t.Fatalf("%s: %v", file, diagnostics)
			}
			for key, a := range attributes {
				if !slices.Contains(known, key) {
					t.Errorf("%s: Terramate knows no %s", file, key)
				}
				value, diagnostics := a.Expr.Value(nil)
				if diagnostics.HasErrors() {
					t.Fatal(diagnostics)
				}
				switch key {
				case "tags":
					for _, v := range value.AsValueSlice() {
						if !tag.MatchString(v.AsString()) {
							t.Errorf("%s: %q is no tag", file, v.AsString())
						}
					}
				case "after":
					for _, v := range value.AsValueSlice() {
						if files[strings.TrimPrefix(v.AsString(), "/")+"/stack.tm.hcl"] == nil {
							t.Errorf("%s comes after %s, which is not there", file, v.AsString())
						}
					}
				}
			}
		}
	}
}
