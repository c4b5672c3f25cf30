package estate

import (
	"slices"
	"strings"

	"hubspoke/estate/internal/format"
	"hubspoke/internal/yamldoc"
)

// validateChartRepository checks where a cluster takes its charts from, if that is in
// ECR. Their repositories in the hub's registry are made without being named.
func (e *Estate) validateChartRepository(d *yamldoc.Document, s *Spoke) {
	at := "cluster.chart_repository"
	registry, ok := s.Cluster.ChartRegistry()
	if !ok || d.Broken(at) || e.settings.Incomplete("accounts") || e.settings.Broken("region") {
		return
	}
	if registry.Host != e.RegistryHost() {
		d.Warnf(at, "%s is not the hub's registry (%s): its repositories are not made here, and their policies have to admit account %s",
			registry.Host, e.RegistryHost(), e.Accounts[s.Name])
		return
	}
	if !format.ImageRepository.Match(registry.Path) {
		d.Errorf(at, "%q cannot begin the name of a repository in ECR: those are of lower-case letters and digits, parted by single . _ - and /", registry.Path)
		return
	}
	if e.hub.Incomplete("registry") {
		return
	}
	first, _, _ := strings.Cut(registry.Path, "/")
	if slices.Contains(e.Hub.Registry.PullThroughCache, first) {
		d.Errorf(at, "repositories below %s are those of the pull-through cache: choose another path", first)
		return
	}
	for _, name := range e.chartRepositories(s) {
		repository, named := e.Hub.Registry.Repositories[name]
		if named && repository.Lifecycle.AnyDays > 0 {
			e.hub.Warnf(yamldoc.Child("registry.repositories", name), "charts are deleted after %d days here, those that clusters install too: leave the repository out, and it is made without that rule", repository.Lifecycle.AnyDays)
		}
		for _, other := range sortedKeys(e.Hub.Registry.Repositories) {
			if !named {
				addresses := format.Addresses{}
				addresses.Check(d.Section(at), other)
				addresses.Check(d.Section(at), name)
			}
		}
	}
}
