package pipeline

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"text/template"

	"hubspoke/estate"
	"hubspoke/internal/order"
)

// Stack is what a pipeline knows of a stack.
type Stack struct {
	// Name is the stack's, and Account the name of the account that it is in.
	Name, Account string
	// After are the names of the stacks that are deployed before it.
	After []string
	// ByPeople says that no pipeline applies it. It is planned all the same.
	ByPeople bool
}

// ID is the stack's name.
func (s Stack) ID() string { return s.Name }

// Earlier are the names of the stacks that are deployed before it.
func (s Stack) Earlier() []string { return s.After }

// MaxMatrix is how many jobs GitHub makes of one matrix at most.
// https://docs.github.com/en/actions/reference/limits#existing-system-limits
const MaxMatrix = 256

// Waves are the stacks that a pipeline applies, those of a wave side by side. A wave of more
// than [MaxMatrix] stacks is several, since one matrix makes the jobs of a wave.
func Waves(all []Stack) ([][]Stack, error) {
	waves, err := order.Waves(applied(all))
	if err != nil {
		return nil, err
	}
	var out [][]Stack
	for _, wave := range waves {
		out = slices.AppendSeq(out, slices.Chunk(wave, MaxMatrix))
	}
	return out, nil
}

// applied are the stacks that a pipeline applies, each after those of them that it comes
// after, also by way of others.
func applied(all []Stack) []Stack {
	by := map[string]Stack{}
	for _, s := range all {
		by[s.Name] = s
	}
	var out []Stack
	for _, s := range all {
		if !s.ByPeople {
			s.After = slices.DeleteFunc(ancestors(by, s.Name, nil), func(name string) bool { return by[name].ByPeople })
			slices.Sort(s.After)
			out = append(out, s)
		}
	}
	return out
}

// ancestors are all stacks that one comes after, added to those that are known.
func ancestors(by map[string]Stack, name string, known []string) []string {
	for _, after := range by[name].After {
		if _, there := by[after]; there && !slices.Contains(known, after) {
			known = ancestors(by, after, append(known, after))
		}
	}
	return known
}

// deployment is what the workflows of an estate's own repository are written from.
type deployment struct {
	Name, Path            string
	Region, Account       string
	PlanRole, ApplyRole   string
	ApplyRef, Branch, Tag string
	Waves                 []wave
	People                []string
	Drift                 []driftPart
	Accounts              []string
	AllStacks             []string // each behind its account and a colon
}

// wave is one wave, and the number of the one before it, 0 for the first.
type wave struct {
	Number, Before int
	Stacks         []string
}

// driftPart are as many stacks as fit into a matrix.
type driftPart struct {
	Number int
	Matrix string
}

// Cell is what a job of a matrix is about.
type Cell struct {
	Stack   string `json:"stack"`
	Account string `json:"account"`
	// After are the stacks of the same run that it comes after, parted by spaces.
	After string `json:"after,omitempty"`
}

// GitHub writes the workflows that review a change of an estate, deploy what is merged, and
// look for what has changed outside of Terraform. folder is the estate's, from the root of
// its repository; all are its stacks, but for those that come before all roles.
func GitHub(e *estate.Estate, folder string, all []Stack) (Files, error) {
	if err := deployable(e, folder); err != nil {
		return nil, err
	}
	d, err := newDeployment(e, folder, all)
	if err != nil {
		return nil, err
	}
	files := Files{}
	for _, name := range []string{"review", "review-comment", "deploy", "drift"} {
		var b bytes.Buffer
		if err := githubTemplates.ExecuteTemplate(&b, name+".yml.tmpl", d); err != nil {
			return nil, err
		}
		// Where one template follows another, steps would stand apart.
		text := bytes.ReplaceAll(tidy(b.Bytes()), []byte("\n\n      - "), []byte("\n      - "))
		files[".github/workflows/"+name+".yml"] = text
	}
	return files, nil
}

// plainPath is a path that needs no quotes in a shell, in YAML or in HCL.
var plainPath = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_./-]*$`)

// deployable says what an estate lacks to be deployed by a pipeline.
func deployable(e *estate.Estate, folder string) error {
	var errs []error
	if e.GitHub.Repository == "" {
		errs = append(errs, fmt.Errorf("no workflow may deploy the estate %s: name its repository at github.repository in estate.yaml", e.Name))
	}
	return errors.Join(append(errs, inRepository(folder))...)
}

// inRepository says what is wrong with the path of an estate's folder.
func inRepository(folder string) error {
	if !filepath.IsLocal(folder) || !plainPath.MatchString(filepath.ToSlash(folder)) {
		return fmt.Errorf("%s: name the estate's folder as it is called from the root of the repository, such as environments/acme, without blanks", folder)
	}
	return nil
}

func newDeployment(e *estate.Estate, folder string, all []Stack) (*deployment, error) {
	waves, err := Waves(all)
	if err != nil {
		return nil, err
	}
	if len(waves) == 0 {
		return nil, fmt.Errorf("the estate %s has no stack that a pipeline applies: people deploy all that there are", e.Name)
	}
	d := &deployment{
		Name: e.Name, Path: filepath.ToSlash(folder), Region: e.Region, Account: e.Accounts[estate.HubAccount],
		PlanRole: e.RoleARN(estate.HubAccount, e.CIPlanRole()), ApplyRole: e.RoleARN(estate.HubAccount, e.CIApplyRole()),
		ApplyRef: e.GitHub.ApplyRef,
	}
	if branch, ok := strings.CutPrefix(d.ApplyRef, branches); ok {
		d.Branch = branch
	} else {
		d.Tag = strings.TrimPrefix(d.ApplyRef, tags)
	}
	for i, w := range waves {
		d.Waves = append(d.Waves, wave{Number: i + 1, Before: i, Stacks: names(w)})
	}
	var cells []Cell
	for _, s := range all {
		if s.ByPeople {
			d.People = append(d.People, s.Name)
		}
		cells = append(cells, Cell{Stack: s.Name, Account: s.Account})
		d.Accounts = append(d.Accounts, s.Account)
		d.AllStacks = append(d.AllStacks, s.Account+":"+s.Name)
	}
	slices.Sort(d.People)
	slices.Sort(d.AllStacks)
	slices.Sort(d.Accounts)
	d.Accounts = slices.Compact(d.Accounts)
	slices.SortFunc(cells, func(a, b Cell) int { return strings.Compare(a.Stack, b.Stack) })
	for part := range slices.Chunk(cells, MaxMatrix) {
		text, err := json.Marshal(part)
		if err != nil {
			return nil, err
		}
		d.Drift = append(d.Drift, driftPart{Number: len(d.Drift) + 1, Matrix: string(text)})
	}
	return d, nil
}

func names(stacks []Stack) []string {
	var out []string
	for _, s := range stacks {
		out = append(out, s.Name)
	}
	return out
}

//go:embed github
var githubTexts embed.FS

// The delimiters are no text of GitHub's expressions or of a shell.
var githubTemplates = template.Must(template.New("").Delims("{%", "%}").Option("missingkey=error").Funcs(template.FuncMap{
	"uses": uses, "tool": tool,
	"join":   func(s []string) string { return strings.Join(s, ", ") },
	"words":  func(s []string) string { return strings.Join(s, " ") },
	"quote":  func(s string) string { return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"` },
	"single": func(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" },
}).ParseFS(githubTexts, "github/*.tmpl"))
