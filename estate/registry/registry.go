// Package registry is the section `registry` of hub.yaml: the container repositories of
// the estate in ECR, who pushes to them, and which images are deleted.
package registry

import (
	"maps"
	"slices"
	"strings"

	"hubspoke/estate/internal/format"
	"hubspoke/internal/quota"
	"hubspoke/internal/workflow"
	"hubspoke/internal/yamldoc"
)

// Config is the hub's registry: repositories, and public registries that it caches.
type Config struct {
	// Repositories are the ECR repositories, by name (`piksel/odc`).
	Repositories map[string]Repository `yaml:"repositories" keys:"image-repository"`
	// PullThroughCache lists public registries that the registry caches: `public.ecr.aws`, `registry.k8s.io`, `quay.io`. Images are then at `<registry>/<name of the public registry>/…`.
	PullThroughCache []string `yaml:"pull_through_cache" jsonschema:"uniqueItems=true" format:"public-registry"`
	// Signing is how the images of the repositories that have push roles are signed: `keyless`, by the identity of the workflow that pushes them, with Sigstore's public services; `signer`, by a profile of AWS Signer in the hub's account, which also clusters without internet can verify; or `none` (default). `keyless` writes the names of the repository and its workflow into a log that everybody can read. What clusters ask of images is `cluster.verify_images`.
	Signing Signing `yaml:"signing" default:"none"`
	// Scanning is how images are scanned for vulnerabilities, and who is told of what is found.
	Scanning Scanning `yaml:"scanning"`
}

// Repository is an ECR repository.
type Repository struct {
	// Push are the GitHub repositories whose workflows may push images, by role name; the role in AWS is `<project>-push-<name>`.
	Push map[string]PushRole `yaml:"push" keys:"label" example:"{app: {repository: owner/name, ref: refs/heads/main}}"`
	// MutableTags makes this repository the exception whose tags may move. Default: false, a tag names one image for ever.
	MutableTags bool `yaml:"mutable_tags" default:"false"`
	// Lifecycle says which images are deleted.
	Lifecycle Lifecycle `yaml:"lifecycle"`
	// Build says how the workflow that `estate pipeline images` writes builds the image.
	Build Build `yaml:"build"`
	// Overlays are the kustomizations that say which image runs, by the spoke whose cluster applies them: the workflow moves the image's digest there. They are in the repository of the cluster's bundle, which has to be on GitHub.
	Overlays map[string]Overlay `yaml:"overlays" keys:"account-name" example:"{dev: {from: refs/heads/main, path: apps/shop/dev}}"`
}

// PushRole is a GitHub repository and those of its workflows that may push: either by
// `ref`, by `refs` or by `environment`.
type PushRole struct {
	// Repository is `owner/name` on GitHub, in upper and lower case as GitHub shows it and without wildcards. One that was made, renamed or transferred since 2026-07-15 is `owner@<id>/name@<id>`: `estate check --subjects` prints the command that says so.
	Repository string `yaml:"repository" jsonschema:"required" format:"github-repository"`
	// Ref is the git reference, `refs/heads/main` or `refs/tags/v*`, if there is one alone.
	Ref string `yaml:"ref" format:"git-ref"`
	// Refs are the git references, if there are several: the branches and tags that images are built of.
	Refs []string `yaml:"refs" jsonschema:"uniqueItems=true" format:"git-ref" example:"[refs/heads/main, refs/heads/feature/*, refs/tags/v*]"`
	// Environment is the GitHub environment that the job names. Its tokens name no reference then: which branches and tags may deploy to the environment, and who approves, is set in GitHub.
	Environment string `yaml:"environment" format:"github-environment" example:"production"`
}

// Workflows are the workflow runs that may push.
func (p PushRole) Workflows() workflow.Runs {
	refs := slices.Clone(p.Refs)
	if p.Ref != "" {
		refs = append(refs, p.Ref)
	}
	runs := workflow.Runs{Repository: p.Repository, Refs: refs}
	if p.Environment != "" {
		runs.Environments = []string{p.Environment}
	}
	return runs
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
	// UntaggedDays is the age at which untagged images are deleted. Default: 7, and never if the repository's images are signed: signatures have no tag.
	UntaggedDays int `yaml:"untagged_days" default:"7"`
	// AnyDays, if set, is the age at which images are deleted whose tags begin with none of those prefixes. ECR cannot know which images run, so it deletes those too. Default: none, they stay.
	AnyDays int `yaml:"any_days"`
}

// Signing is how images are signed.
type Signing string

// The values of [Signing].
const (
	Unsigned Signing = "none"
	Keyless  Signing = "keyless"
	Signer   Signing = "signer"
)

// Values lists what a file may say.
func (Signing) Values() []string { return []string{string(Unsigned), string(Keyless), string(Signer)} }

// Signed are the repositories whose images are signed, by name and sorted.
func (c *Config) Signed() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(c.Repositories)), func(name string) bool { return !c.Signs(name) })
}

// Signs says that a repository's images are signed: those that workflows push.
func (c *Config) Signs(repository string) bool {
	return (c.Signing == Keyless || c.Signing == Signer) && len(c.Repositories[repository].Push) > 0
}

// PublicRegistries are the registries that ECR caches without credentials:
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html
var PublicRegistries = []string{"public.ecr.aws", "quay.io", "registry.k8s.io"}

var _ = yamldoc.NewFormat(yamldoc.Format{Name: "public-registry",
	Wanted: "a registry that ECR caches without credentials",
	Values: PublicRegistries})

// Validate checks what the section of the registry says, beside what its tags ask.
func (c *Config) Validate(s yamldoc.Section) {
	c.Scanning.validate(s.Key("scanning"))
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
		r.validateOverlays(at.Key("overlays"), at.Key("push"))
		r.Lifecycle.validate(at.Key("lifecycle"))
		if c.Signs(name) {
			r.validateSigned(at, c.Signing)
		}
		r.warnSourceless(at)
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
		r.Push[name].validate(at)
	}
}

func (p PushRole) validate(s yamldoc.Section) {
	format.CheckRepository(s.Key("repository"), p.Repository)
	format.CheckRef(s.Key("ref"), p.Ref)
	for i, ref := range p.Refs {
		format.CheckRef(s.Key("refs").Item(i), ref)
	}
	ways := 0
	for _, stated := range []bool{p.Ref != "", len(p.Refs) > 0, p.Environment != ""} {
		if stated {
			ways++
		}
	}
	switch {
	case s.Incomplete():
	case ways == 0:
		s.Errorf("say which workflows may push: name ref or refs, git references, or environment, which their job names")
	case ways > 1:
		s.Errorf("choose one of ref, refs and environment: the tokens of a job that names an environment name no reference")
	}
}

func (l Lifecycle) validate(s yamldoc.Section) {
	if s.Incomplete() {
		return
	}
	for _, branch := range l.BranchTags {
		for _, release := range l.ReleaseTags {
			if beginAlike(branch, release) {
				s.Key("branch_tags").Errorf("%q (a branch) and %q (a release) begin alike: some tags would be both", branch, release)
			}
		}
	}
	validatePrefixes(s.Key("branch_tags"), l.BranchTags)
	validatePrefixes(s.Key("release_tags"), l.ReleaseTags)
	const others = 2 // for untagged images and for all others
	if n := len(l.BranchTags) + len(l.ReleaseTags) + others; n > quota.LifecycleRules.Max {
		s.Errorf("each prefix is a rule of its own, which makes %d with those for untagged and for other images: ECR takes %d", n, quota.LifecycleRules.Max)
	}
	if l.AnyDays > 0 {
		s.Key("any_days").Warnf("images whose tags begin with none of %s are deleted after %d days, also those that run somewhere: leave the key out to keep them",
			strings.Join(slices.Concat(l.ReleaseTags, l.BranchTags), ", "), l.AnyDays)
	}
}

// validatePrefixes checks that no rule takes away all images of another one: an image
// belongs to the first rule that selects it.
func validatePrefixes(s yamldoc.Section, prefixes []string) {
	for i, prefix := range prefixes {
		for _, other := range prefixes[:i] {
			if prefix != other && beginAlike(prefix, other) {
				s.Item(i).Errorf("%q and %q begin alike: the shorter one's rule is for both", prefix, other)
			}
		}
	}
}

func beginAlike(a, b string) bool { return strings.HasPrefix(a, b) || strings.HasPrefix(b, a) }

// warnSourceless names the branch prefixes, where the file states them, that none of the
// references which push can be the source of. Releases are not asked about: a workflow of
// the main branch can make them.
func (r Repository) warnSourceless(s yamldoc.Section) {
	at := s.Key("lifecycle", "branch_tags")
	if len(r.Push) == 0 || !at.Has() || s.Key("push").Incomplete() {
		return
	}
	var without []string
	for _, prefix := range r.Lifecycle.BranchTags {
		if !r.pushedFrom("refs/heads/" + prefix) {
			without = append(without, prefix)
		}
	}
	if len(without) > 0 {
		at.Warnf("no push role admits a branch that begins with %s: name it under refs, or leave the prefix out", strings.Join(without, ", "))
	}
}

// pushedFrom says that a push role admits a reference that begins with a prefix.
func (r Repository) pushedFrom(prefix string) bool {
	for _, role := range r.Push {
		for _, ref := range role.Workflows().Refs {
			if fixed, _, _ := strings.Cut(ref, "*"); beginAlike(fixed, prefix) {
				return true
			}
		}
	}
	return false
}

// validateSigned checks a repository whose images are signed.
func (r Repository) validateSigned(s yamldoc.Section, how Signing) {
	if days := s.Key("lifecycle", "untagged_days"); days.Has() && !days.Broken() {
		days.Errorf("signatures are images without a tag, and would be deleted before what they sign: leave the key out, ECR deletes them with what they sign")
	}
	for _, name := range slices.Sorted(maps.Keys(r.Push)) {
		if at := s.Key("push", name, "environment"); how == Keyless && r.Push[name].Environment != "" && !at.Broken() {
			at.Warnf("keyless signatures name no environment, so those of %s are taken for every branch and tag of %s: name refs instead to take fewer", workflow.ImagesFile, r.Push[name].Repository)
		}
	}
}
