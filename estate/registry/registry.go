// Package registry is the section `registry` of hub.yaml: the container repositories of
// the estate in ECR, who pushes to them, and which images are deleted.
package registry

import (
	"maps"
	"slices"
	"strings"

	"hubspoke/estate/internal/format"
	"hubspoke/internal/quota"
	"hubspoke/internal/yamldoc"
)

// Config is the hub's registry: repositories, and public registries that it caches.
type Config struct {
	// Repositories are the ECR repositories, by name (`piksel/odc`).
	Repositories map[string]Repository `yaml:"repositories" keys:"image-repository"`
	// PullThroughCache lists public registries that the registry caches: `public.ecr.aws`, `registry.k8s.io`, `quay.io`. Images are then at `<registry>/<name of the public registry>/…`.
	PullThroughCache []string `yaml:"pull_through_cache" jsonschema:"uniqueItems=true" format:"public-registry"`
}

// Repository is an ECR repository.
type Repository struct {
	// Push are the GitHub repositories whose workflows may push images, by role name; the role in AWS is `<project>-push-<name>`.
	Push map[string]PushRole `yaml:"push" keys:"label" example:"{app: {repository: owner/name, ref: refs/heads/main}}"`
	// MutableTags makes this repository the exception whose tags may move. Default: false, a tag names one image for ever.
	MutableTags bool `yaml:"mutable_tags" default:"false"`
	// Lifecycle says which images are deleted.
	Lifecycle Lifecycle `yaml:"lifecycle"`
}

// PushRole is a GitHub repository with a git reference, or an environment, whose workflows
// may push.
type PushRole struct {
	// Repository is `owner/name` on GitHub, without wildcards; `owner@<id>/name@<id>` if its tokens name it so.
	Repository string `yaml:"repository" jsonschema:"required" format:"github-repository"`
	// Ref is the git reference, `refs/heads/main` or `refs/tags/v*`. Either this or `environment`.
	Ref string `yaml:"ref" format:"git-ref" example:"refs/heads/main"`
	// Environment is the GitHub environment that the job names. Its tokens name no reference then: which branches and tags may deploy to the environment, and who approves, is set in GitHub.
	Environment string `yaml:"environment" format:"github-environment" example:"production"`
}

// Lifecycle says which images of a repository are deleted, in ECR's terms.
type Lifecycle struct {
	// KeepReleases is how many images with a release tag are kept. Default: 15.
	KeepReleases int `yaml:"keep_releases" default:"15"`
	// ReleaseTags are the prefixes of release tags. Default: `v`.
	ReleaseTags []string `yaml:"release_tags" jsonschema:"uniqueItems=true" format:"image-tag-prefix" default:"[v]"`
	// BranchDays is the age at which images with a branch tag are deleted. Default: 45.
	BranchDays int `yaml:"branch_days" default:"45"`
	// BranchTags are the prefixes of branch tags. Default: `main`, `dev`, `feature`.
	BranchTags []string `yaml:"branch_tags" jsonschema:"uniqueItems=true" format:"image-tag-prefix" default:"[main, dev, feature]"`
	// UntaggedDays is the age at which untagged images are deleted. Default: 7.
	UntaggedDays int `yaml:"untagged_days" default:"7"`
	// AnyDays is the age at which every other image is deleted. Default: 60.
	AnyDays int `yaml:"any_days" default:"60"`
}

// PublicRegistries are the registries that ECR caches without credentials:
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html
var PublicRegistries = []string{"public.ecr.aws", "quay.io", "registry.k8s.io"}

var _ = yamldoc.NewFormat(yamldoc.Format{Name: "public-registry",
	Wanted: "a registry that ECR caches without credentials",
	Values: PublicRegistries})

// Validate checks what the section of the registry says, beside what its tags ask.
func (c *Config) Validate(s yamldoc.Section) {
	roles, addresses := map[string]string{}, format.Addresses{}
	for _, name := range slices.Sorted(maps.Keys(c.Repositories)) {
		at, r := s.Key("repositories", name), c.Repositories[name]
		addresses.Check(at, name)
		for _, cached := range c.PullThroughCache {
			// https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html
			if name == cached || strings.HasPrefix(name, cached+"/") {
				at.Errorf("%s is where the registry caches images of %s: choose another name", name, cached)
			}
		}
		r.validatePush(at.Key("push"), roles)
		r.Lifecycle.validate(at.Key("lifecycle"))
	}
}

// validatePush checks the push roles of one repository; roles holds those of the
// repositories before it, since role names are unique in an account.
func (r Repository) validatePush(s yamldoc.Section, roles map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(r.Push)) {
		at := s.Key(name)
		if other, ok := roles[name]; ok {
			at.Errorf("a push role %q stands at %s already", name, other)
		}
		roles[name] = at.Path()
		format.CheckRef(at.Key("ref"), r.Push[name].Ref)
		switch role := r.Push[name]; {
		case at.Incomplete():
		case role.Ref == "" && role.Environment == "":
			at.Errorf("say which workflows may push: name ref, a git reference, or environment, which their job names")
		case role.Ref != "" && role.Environment != "":
			at.Errorf("the tokens of a job that names an environment name no reference: choose ref or environment")
		}
	}
}

func (l Lifecycle) validate(s yamldoc.Section) {
	if s.Incomplete() {
		return
	}
	// Untagged images and all others have a rule each, beside those of the prefixes.
	if n := len(l.ReleaseTags) + len(l.BranchTags) + 2; n > quota.LifecycleRules.Max {
		s.Errorf("release_tags and branch_tags make a policy of %d rules, and ECR takes %d: name fewer prefixes", n, quota.LifecycleRules.Max)
	}
	for _, branch := range l.BranchTags {
		for _, release := range l.ReleaseTags {
			if strings.HasPrefix(branch, release) || strings.HasPrefix(release, branch) {
				s.Key("branch_tags").Errorf("%q (a branch) and %q (a release) begin alike: some tags would be both", branch, release)
			}
		}
	}
}
