package estate

import "testing"

func TestOverlaysThatCannotBeMovedAreTold(t *testing.T) {
	overlay := func(text string) edit {
		return edit{"hub.yaml", "  pull_through_cache", "      overlays: " + text + "\n  pull_through_cache"}
	}
	const at = `acme/hub.yaml:31: registry.repositories["acme/web"].overlays`
	for _, test := range []struct {
		name  string
		edits []edit
		want  string
	}{
		{"a spoke that there is not", []edit{overlay(`{devv: {from: refs/tags/v*, path: web}}`)}, at + `.devv: there is no spoke "devv" (did you mean "dev"?)`},
		{"a spoke without a cluster", []edit{overlay(`{dev: {from: refs/tags/v*, path: web}}`)}, at + `.dev: dev has no cluster: take a spoke that has one`},
		{"a reference that nobody pushes", []edit{overlay(`{prod: {from: refs/heads/main, path: web}}`)}, at + `.prod.from: no push role admits refs/heads/main: name it under refs of one, or take one that is there`},
		{"a folder above", []edit{overlay(`{prod: {from: refs/tags/v*, path: ../web}}`)}, at + `.prod.path: "../web" is not a folder of a Git repository, written with / and without .., or . for all of it`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := load(editedFiles(t, acme, test.edits...), "acme", "acme"); err == nil || err.Error() != test.want {
				t.Errorf("got %v\nwant %s", err, test.want)
			}
		})
	}
}

func TestGitHubRepositoriesAreReadFromTheURLsOfBundles(t *testing.T) {
	e := loadLone(t, edit{"production.yaml", "cluster: {}", "cluster: {bundle: {repository: https://github.com/acme/gitops.git}}"})
	s := e.Spoke("production")
	for url, want := range map[string]string{
		"https://github.com/acme/gitops":         "acme/gitops",
		"https://github.com/acme/gitops.git":     "acme/gitops",
		"git@github.com:acme/gitops.git":         "acme/gitops",
		"ssh://git@github.com/acme/git.ops.git":  "acme/git.ops",
		"https://github.com.example.com/a/b.git": "",
		"https://gitlab.com/acme/gitops":         "",
		"":                                       "",
	} {
		s.Cluster.Bundle.Repository = url
		if got, _ := s.GitOpsRepository(); got != want {
			t.Errorf("%s: %q, want %q", url, got, want)
		}
	}
}
