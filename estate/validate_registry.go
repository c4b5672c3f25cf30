package estate

import (
	"hubspoke/internal/yamldoc"

	"strings"
)

// PublicRegistries are the registries that ECR caches without credentials:
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html
var PublicRegistries = []string{"public.ecr.aws", "quay.io", "registry.k8s.io"}

func (e *Estate) validateRegistry() {
	d := e.hub
	roles, unique := map[string]string{}, uniqueAddresses(d)
	for _, name := range sortedKeys(e.Hub.Registry.Repositories) {
		at := yamldoc.Child("registry.repositories", name)
		unique(at, name)
		e.validatePush(yamldoc.Child(at, "push"), e.Hub.Registry.Repositories[name].Push, roles)
		e.validateLifecycle(yamldoc.Child(at, "lifecycle"), e.Hub.Registry.Repositories[name].Lifecycle)
	}
}

// validatePush checks the push roles of one repository; roles holds those of the
// repositories before it, since role names are unique in an account.
func (e *Estate) validatePush(path string, push map[string]PushRole, roles map[string]string) {
	d := e.hub
	for _, name := range sortedKeys(push) {
		at := yamldoc.Child(path, name)
		if other, ok := roles[name]; ok {
			d.Errorf(at, "a push role %q stands at %s already", name, other)
		}
		roles[name] = at
		validateRef(d, yamldoc.Child(at, "ref"), push[name].Ref)
	}
}

func (e *Estate) validateLifecycle(at string, l Lifecycle) {
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
