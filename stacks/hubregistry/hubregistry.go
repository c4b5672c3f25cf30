// Package hubregistry is the stack of the container registry that all accounts
// pull from, and of the roles by which CI pushes to it.
package hubregistry

import (
	"hubspoke/constructs/key"
	"hubspoke/constructs/registry"
	"hubspoke/estate"
	estateregistry "hubspoke/estate/registry"
	"hubspoke/internal/base"
	"hubspoke/internal/output"
)

// chartUntaggedDays is the age at which what is left of a failed push of a chart is
// deleted. A chart itself stays: ECR cannot know which clusters still need it.
const chartUntaggedDays = 7

// New fills the stack.
func New(s *base.Stack) error {
	e := s.Estate
	encryption, err := key.New(s.Scope, "registry", key.Config{
		Alias:       "alias/" + s.Prefix() + "-registry",
		Description: "Container images of " + e.Project,
		Account:     e.Account(s.Account),
	})
	if err != nil {
		return err
	}
	config := registry.Config{
		Account:      e.Account(s.Account),
		KeyARN:       encryption.ARN,
		Repositories: map[string]registry.Repository{},
		Caches:       e.Hub.Registry.PullThroughCache,
		CacheRole:    s.Prefix() + "-registry-cache",
	}
	if e.Hub.Registry.Signing == estateregistry.Signer && len(e.SignedRepositories()) > 0 {
		config.SigningProfile = e.SigningProfile()
	}
	for _, spoke := range e.Spokes {
		config.Readers = append(config.Readers, e.Accounts[spoke.Name])
	}
	for name, r := range e.Hub.Registry.Repositories {
		config.Repositories[name] = repository(e, name, r)
	}
	for _, name := range e.ChartRepositories() {
		if _, named := config.Repositories[name]; !named {
			config.Repositories[name] = registry.Repository{Lifecycle: registry.Lifecycle{UntaggedDays: chartUntaggedDays}}
		}
	}
	made, err := registry.New(s.Scope, "registry", config)
	if err != nil {
		return err
	}
	output.Write(s.Scope, Outputs{
		RepositoryURLs: output.MapOf(made.RepositoryURLs),
		PushRoleARNs:   output.MapOf(made.PushRoleARNs),
		SigningProfile: made.SigningProfileARN,
	})
	return nil
}

func repository(e *estate.Estate, name string, r estateregistry.Repository) registry.Repository {
	l := r.Lifecycle
	config := registry.Repository{
		MutableTags: r.MutableTags,
		Lifecycle: registry.Lifecycle{
			KeepReleases: l.KeepReleases, ReleaseTags: l.ReleaseTags,
			BranchDays: l.BranchDays, BranchTags: l.BranchTags,
			UntaggedDays: l.UntaggedDays, AnyDays: l.AnyDays,
			KeepSignatures: e.Hub.Registry.Signs(name),
		},
		Push: map[string]registry.PushRole{},
	}
	for name, role := range r.Push {
		config.Push[name] = registry.PushRole{Name: e.PushRole(name), Workflows: role.Workflows()}
	}
	return config
}
