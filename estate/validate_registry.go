package estate

import (
	"hubspoke/internal/yamldoc"

	"regexp"
	"slices"
	"strings"
)

// repositoryName is ECR's own pattern:
// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
var repositoryName = regexp.MustCompile(`^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$`)

// PublicRegistries are the registries that ECR caches without credentials:
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html
var PublicRegistries = []string{"public.ecr.aws", "quay.io", "registry.k8s.io"}

func (e *Estate) validateRegistry() {
	d := e.hub
	roles, unique := map[string]string{}, uniqueAddresses(d)
	for _, name := range sortedKeys(e.Hub.Registry.Repositories) {
		at := yamldoc.Child("registry.repositories", name)
		if !repositoryName.MatchString(name) || len(name) < 2 || len(name) > 256 {
			d.Errorf(at, "%q is not a repository name: lower-case letters and digits, parted by . _ - and /", name)
		}
		unique(at, name)
		e.validatePush(yamldoc.Child(at, "push"), e.Hub.Registry.Repositories[name].Push, roles)
		e.validateLifecycle(yamldoc.Child(at, "lifecycle"), e.Hub.Registry.Repositories[name].Lifecycle)
	}
	for i, registry := range e.Hub.Registry.PullThroughCache {
		at := yamldoc.Index("registry.pull_through_cache", i)
		if !slices.Contains(PublicRegistries, registry) {
			d.Errorf(at, "ECR does not cache %q without credentials%s; it caches %s", registry, yamldoc.Suggest(registry, PublicRegistries), strings.Join(PublicRegistries, ", "))
		}
		if slices.Index(e.Hub.Registry.PullThroughCache, registry) < i {
			d.Errorf(at, "%q is named twice", registry)
		}
	}
}

// validatePush checks the push roles of one repository; roles holds those of the
// repositories before it, since role names are unique in an account.
func (e *Estate) validatePush(path string, push map[string]PushRole, roles map[string]string) {
	d := e.hub
	for _, name := range sortedKeys(push) {
		at := yamldoc.Child(path, name)
		if !label.MatchString(name) {
			d.Errorf(at, "%q is not a role name of up to 30 lower-case letters, digits and hyphens that begins with a letter", name)
		}
		if other, ok := roles[name]; ok {
			d.Errorf(at, "a push role %q stands at %s already", name, other)
		}
		roles[name] = at
		validateRepository(d, yamldoc.Child(at, "repository"), push[name].Repository)
		validateRef(d, yamldoc.Child(at, "ref"), push[name].Ref)
	}
}

// tagPrefix is what an image tag can begin with:
// https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
var tagPrefix = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$`)

func (e *Estate) validateLifecycle(at string, l Lifecycle) {
	for _, list := range []struct {
		key      string
		prefixes []string
	}{{"release_tags", l.ReleaseTags}, {"branch_tags", l.BranchTags}} {
		for i, prefix := range list.prefixes {
			if !tagPrefix.MatchString(prefix) {
				e.hub.Errorf(yamldoc.Index(yamldoc.Child(at, list.key), i), "%q is not what an image tag begins with: letters, digits, and then . _ - too", prefix)
			}
		}
	}
	if e.hub.Incomplete(at) {
		return
	}
	for _, branch := range l.BranchTags {
		for _, release := range l.ReleaseTags {
			if strings.HasPrefix(branch, release) || strings.HasPrefix(release, branch) {
				e.hub.Errorf(yamldoc.Child(at, "branch_tags"), "%q (a branch) and %q (a release) begin alike: some tags would be both", branch, release)
			}
		}
	}
}
