// Package hubregistry is the stack of the container registry that all accounts
// pull from, and of the roles by which CI pushes to it.
package hubregistry

import (
	"hubspoke/constructs/github"
	"hubspoke/constructs/key"
	"hubspoke/constructs/registry"
	"hubspoke/estate"
	estateregistry "hubspoke/estate/registry"
	"hubspoke/internal/base"
	"hubspoke/internal/output"
)

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
	for _, spoke := range e.Spokes {
		config.Readers = append(config.Readers, e.Accounts[spoke.Name])
	}
	for name, r := range e.Hub.Registry.Repositories {
		config.Repositories[name] = repository(e, r)
	}
	made, err := registry.New(s.Scope, "registry", config)
	if err != nil {
		return err
	}
	output.Write(s.Scope, Outputs{
		RepositoryURLs: output.MapOf(made.RepositoryURLs),
		PushRoleARNs:   output.MapOf(made.PushRoleARNs),
	})
	return nil
}

func repository(e *estate.Estate, r estateregistry.Repository) registry.Repository {
	config := registry.Repository{
		MutableTags: r.MutableTags,
		Lifecycle:   registry.Lifecycle(r.Lifecycle),
		Push:        map[string]registry.PushRole{},
	}
	for name, role := range r.Push {
		workflows := github.Workflows{Repository: role.Repository}
		if role.Environment != "" {
			workflows.Environments = []string{role.Environment}
		} else {
			workflows.Refs = []string{role.Ref}
		}
		config.Push[name] = registry.PushRole{Name: e.PushRole(name), Workflows: workflows}
	}
	return config
}
