package pipeline

import (
	"bytes"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
	"go.yaml.in/yaml/v3"

	"hubspoke/estate"
)

// AtlantisFile and AtlantisServerFile are what [Atlantis] writes. Atlantis reads the first from
// the repository's root; the second is for whoever runs the server, since hooks and workflows
// in a repository would let anybody who opens a pull request run commands there.
const (
	AtlantisFile       = "atlantis.yaml"
	AtlantisServerFile = "atlantis-server.yaml"
)

// https://www.runatlantis.io/docs/repo-level-atlantis-yaml
type atlantisRepository struct {
	Version       int               `yaml:"version"`
	ParallelPlan  bool              `yaml:"parallel_plan"`
	ParallelApply bool              `yaml:"parallel_apply"`
	Abort         bool              `yaml:"abort_on_execution_order_fail"`
	Projects      []atlantisProject `yaml:"projects"`
}

type atlantisProject struct {
	Name             string           `yaml:"name"`
	Dir              string           `yaml:"dir"`
	Workspace        string           `yaml:"workspace"`
	TerraformVersion string           `yaml:"terraform_version"`
	Group            int              `yaml:"execution_order_group"`
	DependsOn        []string         `yaml:"depends_on,omitempty"`
	Autoplan         atlantisAutoplan `yaml:"autoplan"`
}

type atlantisAutoplan struct {
	Enabled      bool     `yaml:"enabled"`
	WhenModified []string `yaml:"when_modified,flow"`
}

// https://www.runatlantis.io/docs/server-side-repo-config
type atlantisServer struct {
	Repos []atlantisRepo `yaml:"repos"`
}

type atlantisRepo struct {
	ID               string         `yaml:"id"`
	Branch           string         `yaml:"branch"`
	ApplyRequirement []string       `yaml:"apply_requirements,flow"`
	AllowedOverrides []string       `yaml:"allowed_overrides,flow"`
	Hooks            []atlantisHook `yaml:"pre_workflow_hooks"`
}

type atlantisHook struct {
	Run         string `yaml:"run"`
	Description string `yaml:"description"`
}

// Atlantis writes the projects of an estate for Atlantis, one for each stack that a pipeline
// applies, and the part of the server's configuration that synthesizes before each run. outdir
// is the folder of the synthesized stacks, and folder the estate's, both from the root of the
// repository. committed says that what was synthesized is in the repository: then a project is
// planned where its own JSON changes, and nothing is synthesized.
func Atlantis(e *estate.Estate, folder, outdir string, committed bool, all []Stack) (Files, error) {
	if err := deployable(e, folder); err != nil {
		return nil, err
	}
	if err := outdirInRepository(outdir); err != nil {
		return nil, err
	}
	waves, err := Waves(all)
	if err != nil {
		return nil, err
	}
	version, err := tool("terraform")
	if err != nil {
		return nil, err
	}
	repository := atlantisRepository{Version: 3, ParallelPlan: true, ParallelApply: true, Abort: true}
	for i, wave := range waves {
		for _, s := range wave {
			dir := path.Join(filepath.ToSlash(outdir), "stacks", s.Name)
			up := strings.Repeat("../", strings.Count(dir, "/")+1)
			modified := []string{"*.tf.json"}
			if !committed {
				modified = []string{up + filepath.ToSlash(folder) + "/**", up + "**/*.go", up + "go.mod"}
			}
			repository.Projects = append(repository.Projects, atlantisProject{
				Name: s.Name, Dir: dir, Workspace: "default", TerraformVersion: "v" + version,
				Group: i + 1, DependsOn: s.After, Autoplan: atlantisAutoplan{true, modified},
			})
		}
	}
	files := Files{}
	if files[AtlantisFile], err = yamlFile("atlantis", e.Name, repository); err != nil {
		return nil, err
	}
	if committed {
		return files, nil
	}
	name := e.GitHub.ApplyWorkflows().Name()
	branch, ok := strings.CutPrefix(e.GitHub.ApplyRef, branches)
	if !ok {
		return nil, fmt.Errorf("github.apply_ref is the tag %s, and Atlantis applies what pull requests into a branch say: name a branch", e.GitHub.ApplyRef)
	}
	server := atlantisServer{Repos: []atlantisRepo{{
		ID: "github.com/" + name, Branch: "/^" + strings.ReplaceAll(branch, ".", `\.`) + "$/",
		ApplyRequirement: []string{"approved", "mergeable", "undiverged"}, AllowedOverrides: []string{},
		Hooks: []atlantisHook{{
			Run:         fmt.Sprintf("ESTATE=%s CDKTF_OUTDIR=%s go run .", filepath.ToSlash(folder), filepath.ToSlash(outdir)),
			Description: "Synthesize the estate",
		}},
	}}}
	files[AtlantisServerFile], err = yamlFile("atlantis", e.Name, server)
	return files, err
}

func outdirInRepository(outdir string) error {
	if !filepath.IsLocal(outdir) || !plainPath.MatchString(filepath.ToSlash(outdir)) {
		return fmt.Errorf("--outdir %s: name the folder of the synthesized stacks as it is called from the root of the repository", outdir)
	}
	return nil
}

// heading is how a file begins that is written for a command.
func heading(command, estate string) string {
	return fmt.Sprintf("%s%s` from the estate %s. To change it, change the estate and write it again.\n", written, command, estate)
}

func yamlFile(command, estate string, document any) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(heading(command, estate))
	encoder := yaml.NewEncoder(&b)
	encoder.SetIndent(2)
	if err := encoder.Encode(document); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// TerramateFolder is the folder of the stacks that [Terramate] writes. They are beside what was
// synthesized, which is written anew each time.
const TerramateFolder = "terramate"

// TerramateStacks is the pattern of the files of Terramate's stacks.
const TerramateStacks = TerramateFolder + "/*/stack.tm.hcl"

// ByPeopleTag is the tag of stacks that people apply, and ByPipelineTag that of all others.
const (
	ByPeopleTag   = "by-people"
	ByPipelineTag = "by-pipeline"
)

// Terramate writes the stacks of an estate for Terramate: a folder for each, with what it comes
// after, tags, and the synthesized file whose change is its own; and scripts that run
// Terraform where that file is.
//
// https://terramate.io/docs/cli/reference/blocks/stack
func Terramate(e *estate.Estate, outdir string, all []Stack) (Files, error) {
	if err := outdirInRepository(outdir); err != nil {
		return nil, err
	}
	if _, err := Waves(all); err != nil {
		return nil, err
	}
	outdir = filepath.ToSlash(outdir)
	files := Files{}
	there := map[string]bool{}
	for _, s := range all {
		there[s.Name] = true
	}
	for _, s := range all {
		by := ByPipelineTag
		if s.ByPeople {
			by = ByPeopleTag
		}
		var after []cty.Value
		for _, name := range slices.Sorted(slices.Values(s.After)) {
			if there[name] {
				after = append(after, cty.StringVal("/"+path.Join(TerramateFolder, name)))
			}
		}
		file := hclwrite.NewEmptyFile()
		block := file.Body().AppendNewBlock("stack", nil).Body()
		block.SetAttributeValue("id", cty.StringVal(s.Name))
		block.SetAttributeValue("name", cty.StringVal(s.Name))
		block.SetAttributeValue("description", cty.StringVal("The stack "+s.Name+" of the estate "+e.Name+", in the account "+s.Account))
		block.SetAttributeValue("tags", cty.TupleVal([]cty.Value{cty.StringVal(by), cty.StringVal("account-" + s.Account)}))
		if len(after) > 0 {
			block.SetAttributeValue("after", cty.TupleVal(after))
		}
		block.SetAttributeValue("watch", cty.TupleVal([]cty.Value{cty.StringVal("/" + path.Join(outdir, "stacks", s.Name, "cdk.tf.json"))}))
		files[path.Join(TerramateFolder, s.Name, "stack.tm.hcl")] = append([]byte(heading("terramate", e.Name)), file.Bytes()...)
	}
	files[path.Join(TerramateFolder, "scripts.tm.hcl")] = append([]byte(heading("terramate", e.Name)), terramateScripts(outdir)...)
	return files, nil
}

// terramateScripts are what `terramate script run` does in each stack.
// https://terramate.io/docs/cli/reference/blocks/script
func terramateScripts(outdir string) []byte {
	up := "-chdir=../../" + outdir + "/stacks/${terramate.stack.name}"
	return fmt.Appendf(nil, `terramate {
  config {
    experiments = ["scripts"]
  }
}

script "plan" {
  description = "Plan the stack, and save the plan"
  job {
    commands = [
      ["terraform", "%[1]s", "init", "-input=false"],
      ["terraform", "%[1]s", "plan", "-input=false", "-lock-timeout=5m", "-out=saved.tfplan"],
    ]
  }
}

script "deploy" {
  description = "Plan the stack, and apply that plan"
  job {
    commands = [
      ["terraform", "%[1]s", "init", "-input=false"],
      ["terraform", "%[1]s", "plan", "-input=false", "-lock-timeout=5m", "-out=saved.tfplan"],
      ["terraform", "%[1]s", "apply", "-input=false", "-lock-timeout=5m", "saved.tfplan"],
    ]
  }
}
`, up)
}
