package pipeline

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"text/template"

	"hubspoke/estate"
	"hubspoke/estate/registry"
	"hubspoke/internal/workflow"
	"hubspoke/internal/yamldoc"
)

// imagesWorkflow is the workflow of one GitHub repository.
type imagesWorkflow struct {
	// Estate and Repository (`owner/name`) are what it was written from and for.
	Estate, Repository string
	// Branches and Tags are the patterns of what it runs for when it is pushed.
	Branches, Tags []string
	// Region and Account are the hub's.
	Region, Account string
	Signing         registry.Signing
	// ProfileARN is the signing profile, if AWS Signer signs.
	ProfileARN string
	Issuer     string
	Images     []image
}

// image is one that the repository pushes.
type image struct {
	// ECR is the name of the repository in ECR, and Job of it in job ids.
	ECR, Job  string
	Context   string
	Platforms []string
	Pushes    []push
}

// push is one role's job.
type push struct {
	// Name is the role's in the estate, Role in AWS.
	Name, Role, RoleARN string
	// Condition is the expression that is true for what the role is for.
	Condition, Environment string
	// Patterns are shell patterns of the tags that a rule of the lifecycle is about, behind
	// the kind of reference, and Prefixes the same for people.
	Patterns, Prefixes string
	// Signers is the expression of the identities that this role's runs sign with.
	Signers string
	// Image is the name to push to, without a tag.
	Image     string
	ECR, Job  string
	Mutable   bool
	Platforms []string
	Moves     []move
}

// move is the job that moves the digest in one overlay.
type move struct {
	Spoke, Push, Condition string
	// Repository is the GitOps repository, `Owner/Name`, Base its branch that the cluster
	// follows, and Branch that of the pull request.
	Repository, Owner, Name, Base, Branch string
	Path, Image                           string
	Commit                                bool
}

// Images writes the workflow of every GitHub repository that pushes images, at
// `<owner>/<name>/.github/workflows/images.yml`.
func Images(e *estate.Estate) (Files, error) {
	workflows, err := imagesWorkflows(e)
	if err != nil {
		return nil, err
	}
	files := Files{}
	for name, w := range workflows {
		var b bytes.Buffer
		if err := imagesTemplate.Execute(&b, w); err != nil {
			return nil, err
		}
		files[path.Join(name, ".github/workflows", workflow.ImagesFile)] = tidy(b.Bytes())
	}
	return files, nil
}

//go:embed images.yml.tmpl
var imagesText string

var imagesTemplate = template.Must(template.New("images.yml").Option("missingkey=error").Funcs(template.FuncMap{
	"uses": uses, "tool": tool, "downloadURL": downloadURL, "downloadSum": downloadSum,
	"join":   func(s []string) string { return strings.Join(s, ",") },
	"arch":   func(platform string) string { return strings.TrimPrefix(platform, "linux/") },
	"quote":  func(s string) string { return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"` },
	"single": func(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" },
}).Parse(imagesText))

var blankLines = regexp.MustCompile(`\n{3,}`)

// tidy leaves one empty line where the template's parts leave several.
func tidy(text []byte) []byte {
	return append(bytes.TrimRight(blankLines.ReplaceAll(text, []byte("\n\n")), "\n"), '\n')
}

func imagesWorkflows(e *estate.Estate) (map[string]*imagesWorkflow, error) {
	workflows := map[string]*imagesWorkflow{}
	var errs []error
	for _, ecr := range slices.Sorted(maps.Keys(e.Hub.Registry.Repositories)) {
		r := e.Hub.Registry.Repositories[ecr]
		for _, name := range slices.Sorted(maps.Keys(r.Push)) {
			role := r.Push[name]
			at := yamldoc.Child(yamldoc.Child("registry.repositories", ecr)+".push", name)
			condition, err := conditionOf(role.Workflows().Refs)
			if err = errors.Join(err, untidied(role, r.Lifecycle)); err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", at, err))
				continue
			}
			w := workflows[role.Workflows().Name()]
			if w == nil {
				w = newImagesWorkflow(e, role.Workflows().Name())
				workflows[w.Repository] = w
			}
			w.admit(role, r.Lifecycle)
			w.add(ecr, r, newPush(e, ecr, r, name, condition))
		}
	}
	if len(workflows)+len(errs) == 0 {
		errs = append(errs, fmt.Errorf("no GitHub repository pushes images: name one at registry.repositories.<name>.push in hub.yaml"))
	}
	for _, name := range slices.Sorted(maps.Keys(workflows)) {
		errs = append(errs, workflows[name].finish(e))
	}
	return workflows, errors.Join(errs...)
}

func newImagesWorkflow(e *estate.Estate, repository string) *imagesWorkflow {
	return &imagesWorkflow{
		Estate: e.Name, Repository: repository, Region: e.Region, Account: e.Accounts[estate.HubAccount],
		Signing: e.Hub.Registry.Signing, ProfileARN: signingProfile(e), Issuer: workflow.Issuer,
	}
}

func newPush(e *estate.Estate, ecr string, r registry.Repository, name, condition string) push {
	role := r.Push[name]
	return push{
		Name: name, Role: e.PushRole(name), RoleARN: e.RoleARN(estate.HubAccount, e.PushRole(name)),
		Condition: condition, Environment: role.Environment,
		Patterns: patterns(r.Lifecycle), Prefixes: strings.Join(slices.Concat(r.Lifecycle.ReleaseTags, r.Lifecycle.BranchTags), ", "),
		Signers: role.Workflows().Signers(),
		Image:   e.RegistryHost() + "/" + ecr, ECR: ecr, Job: jobOf(ecr), Mutable: r.MutableTags, Platforms: r.Build.Platforms,
	}
}

// jobOf is the name of an ECR repository in the ids of jobs. What tells two of them apart
// tells two Terraform addresses apart, which the estate's validation has seen to.
func jobOf(ecr string) string { return strings.NewReplacer("/", "-", ".", "-", "_", "-").Replace(ecr) }

// add puts a role's job with its image.
func (w *imagesWorkflow) add(ecr string, r registry.Repository, p push) {
	if n := len(w.Images); n == 0 || w.Images[n-1].ECR != ecr {
		w.Images = append(w.Images, image{ECR: ecr, Job: jobOf(ecr), Context: r.Build.Context, Platforms: r.Build.Platforms})
	}
	i := &w.Images[len(w.Images)-1]
	i.Pushes = append(i.Pushes, p)
}

// admit has the workflow run for what a role admits. A `*` of a trust policy is any text, and
// so is a `**` of a workflow. A role of an environment admits what GitHub is told to: the
// workflow runs for all that a rule of the lifecycle is about.
func (w *imagesWorkflow) admit(role registry.PushRole, l registry.Lifecycle) {
	refs := role.Workflows().Refs
	if role.Environment != "" {
		for _, prefix := range l.BranchTags {
			refs = append(refs, "refs/heads/"+prefix+"*")
			// The - may have been a / in the branch's name.
			if before, ok := strings.CutSuffix(prefix, "-"); ok {
				refs = append(refs, "refs/heads/"+before+"/*")
			}
		}
		for _, prefix := range l.ReleaseTags {
			refs = append(refs, "refs/tags/"+prefix+"*")
		}
	}
	for _, ref := range refs {
		pattern := strings.ReplaceAll(ref, "*", "**")
		if branch, ok := strings.CutPrefix(pattern, branches); ok {
			w.Branches = append(w.Branches, branch)
		} else {
			w.Tags = append(w.Tags, strings.TrimPrefix(pattern, tags))
		}
	}
}

const (
	branches = "refs/heads/"
	tags     = "refs/tags/"
)

// conditionOf is the expression that is true for a run for one of the references.
func conditionOf(refs []string) (string, error) {
	var any []string
	for _, ref := range refs {
		before, after, wild := strings.Cut(ref, "*")
		switch {
		case !wild:
			any = append(any, "github.ref == '"+ref+"'")
		case strings.Contains(after, "*"):
			return "", fmt.Errorf("%s has several *, which a workflow's condition cannot say: write references with one", ref)
		case after == "":
			any = append(any, "startsWith(github.ref, '"+before+"')")
		default:
			any = append(any, "(startsWith(github.ref, '"+before+"') && endsWith(github.ref, '"+after+"'))")
		}
	}
	if len(any) == 1 {
		return any[0], nil
	}
	return "(" + strings.Join(any, " || ") + ")", nil
}

// untidied says which images of a role no rule of the lifecycle would ever delete by its
// prefix, since the workflow makes tags of the names of branches and tags.
func untidied(role registry.PushRole, l registry.Lifecycle) error {
	var errs []error
	for _, ref := range role.Workflows().Refs {
		fixed, _, _ := strings.Cut(ref, "*")
		prefixes, key, name := l.ReleaseTags, "release_tags", strings.TrimPrefix(fixed, tags)
		if branch, ok := strings.CutPrefix(fixed, branches); ok {
			prefixes, key, name = l.BranchTags, "branch_tags", inTag(branch)
		}
		if !slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(name, p) || strings.HasPrefix(p, name) }) {
			errs = append(errs, fmt.Errorf("no rule of the lifecycle is about the images of %s: add what their tags begin with to %s (now %s)", ref, key, strings.Join(prefixes, ", ")))
		}
	}
	return errors.Join(errs...)
}

var notInTag = regexp.MustCompile(`[^A-Za-z0-9_.-]`)

// inTag is the name of a branch as the workflow writes it into a tag.
func inTag(branch string) string { return notInTag.ReplaceAllString(branch, "-") }

// patterns are the shell patterns of tags that a rule of the lifecycle is about. A branch may
// not make a tag that counts as a release, nor a tag one that goes with the branches.
func patterns(l registry.Lifecycle) string {
	var all []string
	for _, prefix := range l.ReleaseTags {
		all = append(all, "tag:"+prefix+"*")
	}
	for _, prefix := range l.BranchTags {
		all = append(all, "branch:"+prefix+"*")
	}
	return strings.Join(all, " | ")
}

// finish settles what follows from all roles and images of the repository together.
func (w *imagesWorkflow) finish(e *estate.Estate) error {
	for _, list := range []*[]string{&w.Branches, &w.Tags} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	var errs []error
	built := map[string]string{}
	for i := range w.Images {
		image := &w.Images[i]
		if other, ok := built[image.Context]; ok {
			errs = append(errs, fmt.Errorf("%s: %s and %s are both built from %s: give each a folder of its own at build.context",
				w.Repository, other, image.ECR, image.Context))
		}
		built[image.Context] = image.ECR
		image.exclude()
		errs = append(errs, image.move(e))
	}
	return errors.Join(errs...)
}

// exclude leaves to roles of an environment what no other role of the image is for, so that
// no image is pushed twice.
func (i *image) exclude() {
	var others []string
	for _, p := range i.Pushes {
		if p.Environment == "" {
			others = append(others, p.Condition)
		}
	}
	for n := range i.Pushes {
		p := &i.Pushes[n]
		switch {
		case p.Environment == "":
		case len(others) == 0:
			p.Condition = "github.ref_type != ''"
		default:
			p.Condition = "!(" + strings.Join(others, " || ") + ")"
		}
	}
}

// move gives each overlay's job to the first role that pushes what the overlay runs: one for
// references before one for an environment.
func (i *image) move(e *estate.Estate) error {
	r := e.Hub.Registry.Repositories[i.ECR]
	for _, spoke := range slices.Sorted(maps.Keys(r.Overlays)) {
		overlay := r.Overlays[spoke]
		condition, err := conditionOf([]string{overlay.From})
		if err != nil {
			return fmt.Errorf("%s: %w", yamldoc.Child(yamldoc.Child("registry.repositories", i.ECR)+".overlays", spoke), err)
		}
		p := i.pusher(r, overlay.From)
		if p == nil {
			continue // another GitHub repository's role pushes it
		}
		repository, base := e.Spoke(spoke).GitOpsRepository()
		owner, name, _ := strings.Cut(repository, "/")
		p.Moves = append(p.Moves, move{
			Spoke: spoke, Push: p.Name, Condition: condition,
			Repository: repository, Owner: owner, Name: name, Base: base, Branch: "images/" + i.Job + "-" + spoke,
			Path: overlay.Path, Image: p.Image, Commit: overlay.Commit,
		})
	}
	return nil
}

func (i *image) pusher(r registry.Repository, ref string) *push {
	environment := -1
	for n, p := range i.Pushes {
		if p.Environment != "" {
			environment = n
			continue
		}
		for _, admitted := range r.Push[p.Name].Workflows().Refs {
			if registry.Covers(admitted, ref) {
				return &i.Pushes[n]
			}
		}
	}
	if environment < 0 {
		return nil
	}
	return &i.Pushes[environment]
}

// signingProfile is the ARN of the profile by which AWS Signer signs images.
func signingProfile(e *estate.Estate) string {
	return e.Account(estate.HubAccount).ARN("signer", "/signing-profiles/"+e.SigningProfile())
}
