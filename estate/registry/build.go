package registry

import (
	"maps"
	"slices"
	"strings"

	"hubspoke/internal/yamldoc"
)

// Build says how an image is built.
type Build struct {
	// Context is the folder of the GitHub repository that has the Dockerfile, and is all that the build sees. Images of one GitHub repository have a folder each. Default: `.`, the whole repository.
	Context string `yaml:"context" format:"repository-folder" default:"."`
	// Platforms are what the image is built for. Default: `linux/amd64`, `linux/arm64`, so that it runs on the nodes of every pool.
	Platforms []string `yaml:"platforms" jsonschema:"uniqueItems=true" format:"image-platform" default:"[linux/amd64, linux/arm64]"`
}

// Overlay is a kustomization in the repository of a cluster's bundle.
type Overlay struct {
	// From is the git reference whose images run there: `refs/heads/main`, or all releases with `refs/tags/v*`. A push role has to admit it.
	From string `yaml:"from" jsonschema:"required" format:"git-ref" example:"refs/heads/main"`
	// Path is the folder of the kustomization.
	Path string `yaml:"path" jsonschema:"required" format:"repository-folder" example:"apps/shop/dev"`
	// Commit moves the digest by a commit to the branch that the cluster follows. Default: false, by a pull request, which somebody has to approve.
	Commit bool `yaml:"commit" default:"false"`
}

// Platforms are what images are built for: what the nodes of clusters are.
var Platforms = []string{"linux/amd64", "linux/arm64"}

var _ = yamldoc.NewFormat(yamldoc.Format{Name: "image-platform",
	Wanted: "a platform that nodes have", Values: Platforms})

// validateOverlays checks that there is an image for each overlay.
func (r Repository) validateOverlays(s yamldoc.Section, push yamldoc.Section) {
	if len(r.Push) == 0 && len(r.Overlays) > 0 && !push.Incomplete() {
		s.Errorf("nobody pushes images whose digests could be moved: say under push who does, or leave the overlays out")
	}
	if push.Incomplete() || len(r.Push) == 0 || !r.pushesAny() {
		return // what is wrong there is said there
	}
	// One reference that is missing is missed by every overlay that takes it.
	told := map[string]bool{}
	for _, spoke := range slices.Sorted(maps.Keys(r.Overlays)) {
		from := r.Overlays[spoke].From
		if at := s.Key(spoke, "from"); !at.Wrong() && from != "" && !told[from] && !r.pushes(from) {
			told[from] = true
			at.Errorf("no push role admits %s: name it under refs of one, or take one that is there", from)
		}
	}
}

// pushesAny says that a push role admits something.
func (r Repository) pushesAny() bool {
	for _, role := range r.Push {
		if runs := role.Workflows(); len(runs.Refs)+len(runs.Environments) > 0 {
			return true
		}
	}
	return false
}

// pushes says that a push role admits every run for a reference: by name, by a wildcard that
// covers it, or by its environment, which admits what GitHub is told to.
func (r Repository) pushes(ref string) bool {
	for _, role := range r.Push {
		if role.Environment != "" {
			return true
		}
		for _, admitted := range role.Workflows().Refs {
			if Covers(admitted, ref) {
				return true
			}
		}
	}
	return false
}

// Covers says that a reference admits every one that another stands for. A `*` is any text,
// and only the last character of the admitting one is read as such: else both are the same.
func Covers(admitting, ref string) bool {
	if admitting == ref {
		return true
	}
	fixed, wild := strings.CutSuffix(admitting, "*")
	return wild && !strings.Contains(fixed, "*") && strings.HasPrefix(ref, fixed)
}
