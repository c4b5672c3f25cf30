package planjson

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"hubspoke/proof/stackjson"
)

// Read reads several roots together: files with a plan or a state, folders that hold one,
// folders of such folders, and folders of Terraform JSON. Ids lead back to the resources
// that have them, across all of them. The error tells of all that cannot be read.
func Read(paths ...string) ([]*stackjson.Stack, error) {
	var stacks []*stackjson.Stack
	var problems []error
	for _, path := range paths {
		found, err := read(path)
		if err != nil {
			problems = append(problems, err)
		}
		stacks = append(stacks, found...)
	}
	names := map[string]bool{}
	for _, s := range stacks {
		if names[s.Name] {
			problems = append(problems, fmt.Errorf("two roots are called %s: a root is called as its folder; name them apart", s.Name))
		}
		names[s.Name] = true
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	Link(stacks)
	return stacks, nil
}

func read(path string) ([]*stackjson.Stack, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	path, err = filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return readFile(path)
	}
	if file, err := only(path); err != nil {
		return nil, err
	} else if file != "" {
		return readFile(file)
	}
	var all []*stackjson.Stack
	folders, err := filepath.Glob(filepath.Join(path, "*"))
	if err != nil {
		return nil, err
	}
	for _, folder := range folders {
		file, err := only(folder)
		if err != nil {
			return nil, err
		}
		if file == "" {
			continue
		}
		s, err := readFile(file)
		if err != nil {
			return nil, err
		}
		all = append(all, s...)
	}
	if len(all) > 0 {
		return all, nil
	}
	stacks, err := stackjson.Read(path)
	if err != nil {
		return nil, fmt.Errorf("%w\n%s holds no plan and no state either: write one with `terraform show -json plan > plan.json`, or prove its *.tf files with --mock", err, path)
	}
	return stacks, nil
}

// only is the one plan or state in a folder, "" if there is none.
func only(folder string) (string, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil {
		return "", err
	}
	found := ""
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return "", err
		}
		if !Is(text) {
			continue
		}
		if found != "" {
			return "", fmt.Errorf("%s holds both %s and %s: name the one that is meant", folder, filepath.Base(found), filepath.Base(file))
		}
		found = file
	}
	return found, nil
}

func readFile(file string) ([]*stackjson.Stack, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	if !Is(text) {
		return nil, fmt.Errorf("%s is neither a plan nor a state: write it with `terraform show -json`", file)
	}
	folder := filepath.Dir(file)
	s, err := Parse(filepath.Base(folder), file, folder, text)
	if err != nil {
		return nil, err
	}
	if kind, configuration := backend(folder); kind != "" {
		s.JSON["terraform"] = map[string]any{"backend": map[string]any{kind: configuration}}
	}
	return []*stackjson.Stack{s}, nil
}

// backend is where a root keeps its state, which neither plans nor states tell: as
// `terraform init` has noted it, or as the source beside them says. "" if nobody says.
func backend(folder string) (kind string, configuration map[string]any) {
	var noted struct {
		Backend struct {
			Type   string
			Config map[string]any
		}
	}
	if text, err := os.ReadFile(filepath.Join(folder, ".terraform", "terraform.tfstate")); err == nil && json.Unmarshal(text, &noted) == nil && noted.Backend.Type != "" {
		return noted.Backend.Type, noted.Backend.Config
	}
	source := readSource(folder)
	if source == nil {
		return "", nil
	}
	for _, b := range source.folder(folder).Blocks {
		for _, inner := range b.Body.Blocks {
			if b.Type != "terraform" || inner.Type != "backend" || len(inner.Labels) != 1 {
				continue
			}
			configuration = map[string]any{}
			for name, a := range inner.Body.Attributes {
				if value, problems := a.Expr.Value(nil); !problems.HasErrors() {
					configuration[name] = plain(value)
				}
			}
			return inner.Labels[0], configuration
		}
	}
	return "", nil
}
