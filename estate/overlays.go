package estate

import (
	"regexp"

	"hubspoke/internal/yamldoc"
)

// onGitHub is the URL of a repository on GitHub, in the forms that Argo CD and Flux take,
// with the repository's `owner/name`.
var onGitHub = regexp.MustCompile(`^(?:https://github\.com/|git@github\.com:|ssh://git@github\.com/)([A-Za-z0-9-]+/[A-Za-z0-9._-]+?)(?:\.git)?/?$`)

// GitOpsRepository is the GitHub repository, `owner/name`, that the cluster of a spoke
// follows, and the branch. It is "" if there is none, or it is elsewhere than on GitHub.
func (s *Spoke) GitOpsRepository() (repository, branch string) {
	if s.Cluster == nil {
		return "", ""
	}
	m := onGitHub.FindStringSubmatch(s.Cluster.Bundle.Repository)
	if m == nil {
		return "", ""
	}
	return m[1], s.Cluster.Bundle.Revision
}

// validateOverlays checks that the workflows of images can move digests where the registry's
// section says: to what a cluster follows.
func (e *Estate) validateOverlays() {
	for _, name := range sortedKeys(e.Hub.Registry.Repositories) {
		at := e.hub.Section(yamldoc.Child("registry.repositories", name)).Key("overlays")
		for _, spoke := range sortedKeys(e.Hub.Registry.Repositories[name].Overlays) {
			e.validateOverlay(at.Key(spoke), spoke)
		}
	}
}

func (e *Estate) validateOverlay(at yamldoc.Section, spoke string) {
	s := e.Spoke(spoke)
	switch {
	case e.misnamed[spoke] || at.Wrong():
	case s == nil:
		at.Errorf("there is no spoke %q%s", spoke, yamldoc.Suggest(spoke, sortedKeys(e.spokes)))
	case e.spokes[spoke].Incomplete("cluster"):
	case s.Cluster == nil:
		at.Errorf("%s has no cluster: take a spoke that has one", spoke)
	default:
		if repository, _ := s.GitOpsRepository(); repository == "" {
			at.Errorf("cluster.bundle.repository of %s names no repository on GitHub: the workflow could not move the image there", spoke)
		}
	}
}
