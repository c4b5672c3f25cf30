package test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hubspoke/internal/gitops"
	"hubspoke/internal/tf"
	"hubspoke/proof/stackjson"
)

// The golden files are the reviewed output: a change of code shows there as the
// change of infrastructure that it is.
func TestStacksAreAsReviewed(t *testing.T) {
	eachEstate(t, func(t *testing.T, e *synthesis) {
		dir := filepath.Join("testdata", "golden", e.Name)
		want := map[string]string{"addresses.txt": addresses(e)}
		for _, s := range e.stacks {
			want[s.Name+".json"] = readable(t, s)
		}
		for name, text := range tree(t, e.outdir) {
			if strings.HasPrefix(name, gitops.Dir+"/") {
				want[name] = text
			}
		}
		if *update {
			rewrite(t, dir, want)
			return
		}
		matches(t, dir, want)
	})
}

// addresses lists every resource of the estate, one on each line.
func addresses(e *synthesis) string {
	var text strings.Builder
	for _, s := range e.stacks {
		for _, r := range s.Resources() {
			fmt.Fprintln(&text, s.Name, r.Address())
		}
	}
	return text.String()
}

// readable is a stack's JSON for people, without CDKTF's own comments.
func readable(t *testing.T, s *stackjson.Stack) string {
	t.Helper()
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(stackjson.Strip(s.JSON)); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

func matches(t *testing.T, dir string, got map[string]string) {
	t.Helper()
	const advice = "If this is meant, run `make update` and review the change in version control."
	for _, name := range tf.Keys(got) {
		want, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Errorf("%v\n%s", err, advice)
			continue
		}
		if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got[name], "\n")); diff != "" {
			t.Errorf("%s changed (-golden +synthesized):\n%s\n%s", filepath.Join(dir, name), diff, advice)
		}
	}
	for _, stale := range unknown(t, dir, got) {
		t.Errorf("%s belongs to a stack or cluster that is gone. %s", stale, advice)
	}
}

func rewrite(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for _, stale := range unknown(t, dir, files) {
		if err := os.Remove(stale); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range files {
		write(t, filepath.Join(dir, name), text)
	}
}

func unknown(t *testing.T, dir string, known map[string]string) []string {
	t.Helper()
	if _, err := os.Stat(dir); err != nil {
		return nil
	}
	var unknown []string
	for name := range tree(t, dir) {
		if _, ok := known[name]; !ok {
			unknown = append(unknown, filepath.Join(dir, name))
		}
	}
	return unknown
}

func TestNoGoldenFolderIsLeftBehind(t *testing.T) {
	dirs, err := filepath.Glob("testdata/golden/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range dirs {
		if _, ok := estates[filepath.Base(dir)]; !ok {
			t.Errorf("%s belongs to no estate under test: delete it", dir)
		}
	}
}
