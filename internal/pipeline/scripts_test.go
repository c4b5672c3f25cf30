package pipeline_test

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// answering is a gh that answers requests whose arguments match a pattern of the shell with
// JSON, of which it prints what --jq asks for, as gh does.
func answering(answers map[string]string, rest string) string {
	var b strings.Builder
	b.WriteString("filter=.\nall=$*\nlast=${@: -1}\nwhile (( $# )); do [[ $1 == --jq ]] && filter=$2; shift; done\nset -- $all\ncase \"$all\" in\n")
	for _, pattern := range slices.Sorted(maps.Keys(answers)) {
		b.WriteString("  " + pattern + ") jq --raw-output \"$filter\" <<< '" + answers[pattern] + "' ;;\n")
	}
	return b.String() + "  " + rest + "\nesac\n"
}

// runner is a machine of GitHub's, as a step sees it, with programs that are made up.
type runner struct {
	t    *testing.T
	temp string
	env  []string
}

func newRunner(t *testing.T, programs map[string]string) *runner {
	if _, err := exec.LookPath("jq"); err != nil {
		t.Skip("the scripts of the workflows need jq, as GitHub's machines have it")
	}
	r := &runner{t: t, temp: t.TempDir()}
	bin := filepath.Join(r.temp, "fakes")
	for name, script := range programs {
		r.write("fakes/"+name, "#!/bin/bash\necho \""+name+" $*\" >> \"$RUNNER_TEMP/calls\"\n"+script)
		if err := os.Chmod(filepath.Join(bin, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	r.env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "RUNNER_TEMP="+r.temp, "GITHUB_OUTPUT="+filepath.Join(r.temp, "output"),
		"GITHUB_STEP_SUMMARY="+filepath.Join(r.temp, "summary"), "GITHUB_REPOSITORY=acme/estate", "GITHUB_SERVER_URL=https://github.com", "GITHUB_RUN_ID=7")
	return r
}

func (r *runner) write(name, text string) {
	path := filepath.Join(r.temp, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		r.t.Fatal(err)
	}
}

func (r *runner) read(name string) string {
	text, err := os.ReadFile(filepath.Join(r.temp, name))
	if err != nil && !os.IsNotExist(err) {
		r.t.Fatal(err)
	}
	return string(text)
}

// step runs the script of a step of a job, with variables of its own, as GitHub runs bash.
func (r *runner) step(file, job, name string, env ...string) (string, error) {
	r.t.Helper()
	f := parsed[flow](r.t, github(r.t, "piksel")[".github/workflows/"+file])
	for _, s := range f.Jobs[job].Steps {
		if s.Name == name {
			command := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", s.Run)
			command.Env = append(r.env, env...)
			command.Dir = r.temp
			text, err := command.CombinedOutput()
			return string(text), err
		}
	}
	r.t.Fatalf("%s has no step %s in %s", file, name, job)
	return "", nil
}

const marked = "<!-- hubspoke review 1 -->\nThe change $(touch \"$RUNNER_TEMP/injected\") `touch injected`\n"

// The comment of a run goes to the pull request that GitHub says it is of, and replaces the
// one before; others' comments stay as they are.
func TestTheCommentOfAReviewIsRenewed(t *testing.T) {
	gh := `case "$*" in
  *--input*) cp "${@: -1}" "$RUNNER_TEMP/sent.json" ;;
  *"/pulls"*) echo "$PULL" ;;
  *"/comments?per_page"*) echo "$MINE" ;;
esac`
	for name, c := range map[string]struct {
		artifact, text, pull, mine, repository string
		calls, body                            string
	}{
		"the first":             {"comment", marked, "12", "", "acme/estate", "--method POST repos/acme/estate/issues/12/comments", "The change $(touch"},
		"a newer one":           {"comment", marked, "12", "99", "acme/estate", "--method PATCH repos/acme/estate/issues/comments/99", "The change"},
		"with plans":            {"comment-with-plans", marked, "12", "", "acme/estate", "--method POST", "The change"},
		"of a fork":             {"comment", marked, "12", "", "somebody/estate", "--method POST", "_Written by the code of a fork"},
		"of what is closed":     {"comment", marked, "", "", "acme/estate", "", ""},
		"not one of a review":   {"comment", "Deploy me", "12", "", "somebody/estate", "", ""},
		"longer than a comment": {"comment", marked + strings.Repeat("ä", 80000), "12", "", "acme/estate", "--method POST", "The change"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRunner(t, map[string]string{"gh": gh})
			r.write("comments/"+c.artifact+"/review.md", c.text)
			if out, err := r.step("review-comment.yml", "comment", "Comment", "HEAD_REPOSITORY="+c.repository, "HEAD_OWNER=o", "HEAD_BRANCH=$(touch injected)", "HEAD_SHA=1", "PULL="+c.pull, "MINE="+c.mine); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			sent := r.read("sent.json")
			if (c.calls == "") != (sent == "") || !strings.Contains(r.read("calls"), c.calls) || !strings.Contains(sent, c.body) || len([]rune(sent)) > 65536 {
				t.Errorf("%s\n%.300s", r.read("calls"), sent)
			}
			if _, err := os.Stat(filepath.Join(r.temp, "injected")); err == nil {
				t.Error("text of a pull request has been run")
			}
		})
	}
}

// Plans as they were reviewed are applied; others wait for somebody, and where nobody would be
// asked they are not applied.
func TestWhatNobodyReviewedIsNotAppliedUnasked(t *testing.T) {
	wave := `WAVE=[{"stack":"a","account":"x"},{"stack":"b","account":"x"},{"stack":"c","account":"x","after":"z"}]`
	for name, c := range map[string]struct {
		files     []string
		reviewers string
		want      string // the outputs, "" if it stops
	}{
		"reviewed":                {[]string{"a.json", "c.json"}, "0", "stacks=[{\"stack\":\"a\",\"account\":\"x\"},{\"stack\":\"c\",\"account\":\"x\",\"after\":\"z\"}]\nunreviewed=false\n"},
		"nothing to do":           {nil, "0", "stacks=[]\nunreviewed=false\n"},
		"unreviewed":              {[]string{"a.json", "a.unreviewed"}, "1", "stacks=[{\"stack\":\"a\",\"account\":\"x\"}]\nunreviewed=true\n"},
		"unreviewed and unasked":  {[]string{"a.json", "a.unreviewed"}, "0", ""},
		"there is no environment": {[]string{"a.json", "a.unreviewed"}, "Not Found", ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRunner(t, map[string]string{"gh": `echo "$REVIEWERS"; [[ $REVIEWERS != Not* ]]`})
			for _, f := range c.files {
				r.write("wave/"+f, f+"\n")
			}
			out, err := r.step("deploy.yml", "decide-1", "Decide", wave, "REVIEWERS="+c.reviewers)
			if (err == nil) != (c.want != "") {
				t.Fatalf("%v\n%s", err, out)
			}
			if c.want != "" && r.read("output") != c.want {
				t.Errorf("%s", r.read("output"))
			}
			if c.want == "" && strings.Contains(r.read("output"), "unreviewed=") {
				t.Errorf("%s", r.read("output"))
			}
		})
	}
}

// A failure keeps back what comes after it, and nothing else.
func TestAStackWaitsForWhatItComesAfter(t *testing.T) {
	for after, ok := range map[string]bool{"": true, "a": true, "a b": false} {
		r := newRunner(t, nil)
		r.write("done/a", "a")
		if out, err := r.step("deploy.yml", "plan-2", "Is what it comes after deployed?", "STACK=c", "AFTER="+after); (err == nil) != ok {
			t.Errorf("%q: %v\n%s", after, err, out)
		}
	}
}

// Terraform and the companion tool, made up: what they answer is in variables.
var programs = map[string]string{
	"terraform": `[[ $1 == plan ]] && exit "${CHANGES:-0}"
[[ $1 == apply && -n $FAILS ]] && exit 1
[[ $1 == show && $2 == -json ]] && echo '{}'
exit 0`,
	"estate": `if [[ $2 == beyond ]]; then [[ -z $BEYOND ]] || { echo "$BEYOND"; exit 1; }; else cat; fi`,
}

func TestAPlanIsComparedWithTheReviewedOne(t *testing.T) {
	for name, c := range map[string]struct {
		reviewed         bool
		changes, beyond  string
		done, unreviewed bool
		fails            bool
	}{
		"no change":            {true, "0", "", true, false, false},
		"as reviewed":          {true, "2", "", false, false, false},
		"not as reviewed":      {true, "2", "a.b: is destroyed", false, true, false},
		"without a review":     {false, "2", "", false, true, false},
		"it cannot be planned": {true, "1", "", false, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRunner(t, programs)
			for _, dir := range []string{"plan/stacks/c/x", "wave/x", "done/x"} {
				r.write(dir, "")
			}
			if c.reviewed {
				r.write("reviewed/c.json", "{}")
			}
			out, err := r.step("deploy.yml", "plan-1", "Plan", "STACK=c", "CHANGES="+c.changes, "BEYOND="+c.beyond)
			if (err != nil) != c.fails {
				t.Fatalf("%v\n%s", err, out)
			}
			if got := r.read("done/c") != ""; got != c.done {
				t.Errorf("it is done: %v", got)
			}
			if got := r.read("wave/c.unreviewed"); (got != "") != c.unreviewed || !strings.Contains(got, c.beyond) {
				t.Errorf("unreviewed: %q", got)
			}
		})
	}
}

func TestWhatHasChangedSinceItWasShownIsNotApplied(t *testing.T) {
	for beyond, applied := range map[string]bool{"": true, "a.b: is replaced": false} {
		r := newRunner(t, programs)
		r.write("apply/stacks/c/x", "")
		out, err := r.step("deploy.yml", "apply-1", "Apply what was shown, and nothing else", "STACK=c", "BEYOND="+beyond)
		if (err == nil) != applied || strings.Contains(r.read("calls"), "terraform apply") != applied || (r.read("done/c") != "") != applied {
			t.Errorf("%q: %v\n%s", beyond, err, out)
		}
	}
}

// What an apply has made is known afterwards, although the machine is gone.
func TestAStateThatCouldNotBeWrittenIsWrittenBeforeTheJobEnds(t *testing.T) {
	for _, unwritten := range []bool{true, false} {
		r := newRunner(t, programs)
		r.write("apply/stacks/c/x", "")
		if unwritten {
			r.write("apply/stacks/c/errored.tfstate", "{}")
		}
		out, err := r.step("deploy.yml", "apply-1", "Apply what was shown, and nothing else", "STACK=c", "FAILS=1")
		if err == nil || r.read("done/c") != "" || strings.Contains(r.read("calls"), "terraform state push -lock-timeout=5m errored.tfstate") != unwritten {
			t.Errorf("unwritten %v: %v\n%s\n%s", unwritten, err, r.read("calls"), out)
		}
	}
}

func TestEachAccountHasOneIssueAboutDrift(t *testing.T) {
	r := newRunner(t, map[string]string{"gh": `case "$1 $2" in
  "api --paginate") echo '{"number": 3, "title": "Drift in the account dev"}'; echo '{"number": 4, "title": "Drift in the account prod"}'; echo '{"number": 5, "title": "Something else"}' ;;
  "issue "*) while (( $# )); do [[ $1 == --body-file ]] && cat "$2" >> "$RUNNER_TEMP/bodies"; shift; done ;;
esac`})
	r.write("drift/hub-dns.json", `{"stack": "hub-dns", "account": "hub", "failed": false, "changes": ["update `+"`aws_route53_zone.main`"+`"]}`)
	r.write("drift/dev-network.json", `{"stack": "dev-network", "account": "dev", "failed": true, "changes": []}`)
	r.write("drift/prod-network.json", `{"stack": "prod-network", "account": "prod", "failed": false, "changes": []}`)
	out, err := r.step("drift.yml", "tell", "Tell", "ACCOUNTS=hub dev prod staging", "STACKS=hub:hub-dns dev:dev-network prod:prod-network staging:staging-link")
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	calls := r.read("calls")
	for _, want := range []string{"gh issue create --repo acme/estate --title Drift in the account hub", "gh issue edit 3", "gh issue close 4", "gh issue create --repo acme/estate --title Drift in the account staging"} {
		if strings.Count(calls, want) != 1 {
			t.Errorf("%q is not done once:\n%s", want, calls)
		}
	}
	if strings.Contains(calls, " 5 ") || strings.Count(calls, "gh issue") != 4 {
		t.Errorf("%s", calls)
	}
	for _, want := range []string{"### hub-dns\n\n- update `aws_route53_zone.main`", "### dev-network\n\nIt could not be planned", "### staging-link\n\nIt could not be planned"} {
		if !strings.Contains(r.read("bodies"), want) {
			t.Errorf("%q is not told:\n%s", want, r.read("bodies"))
		}
	}
}

// The pull request is the one that GitHub knows by the commit, not another of the same branch
// name, nor one whose commit has been replaced since.
func TestACommentGoesToTheCommitThatWasReviewed(t *testing.T) {
	pulls := `[{"number": 1, "head": {"sha": "old", "repo": {"full_name": "acme/estate"}}}, {"number": 2, "head": {"sha": "new", "repo": null}},
		{"number": 3, "head": {"sha": "new", "repo": {"full_name": "acme/fork"}}}, {"number": 4, "head": {"sha": "new", "repo": {"full_name": "acme/estate"}}}]`
	comments := `[{"id": 7, "user": {"login": "somebody"}, "body": "<!-- hubspoke review x -->"}, {"id": 8, "user": {"login": "github-actions[bot]"}, "body": "Hello"},
		{"id": 9, "user": {"login": "github-actions[bot]"}, "body": "<!-- hubspoke review piksel -->"}]`
	for sha, want := range map[string]string{"new": "issues/comments/9", "gone": ""} {
		r := newRunner(t, map[string]string{"gh": answering(map[string]string{"*/pulls*": pulls, "*/issues/4/comments*per_page*": comments}, `*--input*) cp "$last" "$RUNNER_TEMP/sent.json" ;;`)})
		r.write("comments/review.md", marked)
		if out, err := r.step("review-comment.yml", "comment", "Comment", "HEAD_REPOSITORY=acme/estate", "HEAD_OWNER=acme", "HEAD_BRANCH=b", "HEAD_SHA="+sha); err != nil {
			t.Fatalf("%v\n%s\n%s", err, out, r.read("calls"))
		}
		if (r.read("sent.json") != "") != (want != "") || !strings.Contains(r.read("calls"), want) {
			t.Errorf("%s: %s", sha, r.read("calls"))
		}
	}
}

// Plans that a fork left are no plans: whoever opens a pull request chooses what is in them.
func TestPlansOfForksWereReviewedByNobody(t *testing.T) {
	for name, c := range map[string]struct {
		pulls string
		want  bool
	}{
		"a branch":         {`[{"merged_at": null, "head": {"sha": "x", "repo": {"full_name": "acme/estate"}}}, {"merged_at": "2026", "head": {"sha": "y", "repo": {"full_name": "acme/estate"}}}]`, true},
		"a fork":           {`[{"merged_at": "2026", "head": {"sha": "y", "repo": {"full_name": "somebody/estate"}}}]`, false},
		"a fork that left": {`[{"merged_at": "2026", "head": {"sha": "y", "repo": null}}]`, false},
		"a push":           {`[]`, false},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRunner(t, map[string]string{"gh": answering(map[string]string{"*/commits/s/pulls*": c.pulls, "*/review.yml/runs*head_sha=y*": `{"workflow_runs": [{"id": 6, "head_repository": {"full_name": "somebody/estate"}}, {"id": 7, "head_repository": null}, {"id": 5, "head_repository": {"full_name": "acme/estate"}}]}`},
				`"run download 5 "*) mkdir -p "$RUNNER_TEMP/downloaded/reviewed-c"; echo '{}' > "$RUNNER_TEMP/downloaded/reviewed-c/c.json" ;;`)})
			out, err := r.step("deploy.yml", "changes", "What was reviewed?", "GITHUB_SHA=s")
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			if got := r.read("reviewed/c.json") != ""; got != c.want {
				t.Errorf("it was reviewed: %v\n%s\n%s", got, out, r.read("calls"))
			}
		})
	}
}

// Changes are counted from the last run in which all was done.
func TestWhatAFailedDeploymentLeftIsDeployedNext(t *testing.T) {
	for name, c := range map[string]struct {
		runs, all, base string // what GitHub knows, what somebody asked for, and whether the commit is there
		want            string
	}{
		"the last one that was done":   {`{"workflow_runs": [{"head_sha": "abc"}]}`, "", "0", "--before"},
		"all, since somebody asked":    {`{"workflow_runs": [{"head_sha": "abc"}]}`, "true", "0", ""},
		"the first one":                {`{"workflow_runs": []}`, "false", "0", ""},
		"a commit that is gone":        {`{"workflow_runs": [{"head_sha": "abc"}]}`, "", "1", ""},
		"one that cannot be made anew": {`{"workflow_runs": [{"head_sha": "abc"}]}`, "", "broken", ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRunner(t, map[string]string{
				"gh":     answering(map[string]string{"*/deploy.yml/runs*branch=main*status=success*": c.runs}, "*) exit 9 ;;"),
				"git":    `[[ $1 == cat-file && $BASE == 1 ]] && exit 1; [[ $1 == worktree ]] && mkdir "$RUNNER_TEMP/base"; exit 0`,
				"go":     `[[ $BASE != broken ]]`,
				"estate": `echo 'wave1=[]'`,
			})
			out, err := r.step("deploy.yml", "changes", "Which stacks change?", "GITHUB_REF_NAME=main", "ALL="+c.all, "BASE="+c.base)
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			if calls := r.read("calls"); strings.Contains(calls, "--before") != (c.want != "") || r.read("output") != "wave1=[]\n" {
				t.Errorf("%s\n%s", calls, r.read("output"))
			}
		})
	}
}
