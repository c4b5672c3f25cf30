package stackjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	sjson "sigs.k8s.io/json"
)

// Read reads all stacks in a folder, sorted by name: those that CDKTF wrote to it,
// each in a folder below `stacks`; else one in every folder below with Terraform
// JSON files, and in the folder itself if it has some.
//
// An error tells of all that cannot be read, a line for each.
func Read(dir string) ([]*Stack, error) {
	folders, err := find(dir)
	if err != nil {
		return nil, err
	}
	if len(folders) == 0 {
		return nil, fmt.Errorf("there are no synthesized stacks in %s", dir)
	}
	var stacks []*Stack
	var problems []error
	alike := texts{}
	for _, folder := range folders {
		s, err := readStack(folder, alike)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		stacks = append(stacks, s)
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	return stacks, nil
}

// find finds the folders of stacks.
func find(dir string) ([]string, error) {
	if _, err := os.ReadDir(dir); err != nil {
		return nil, err
	}
	if written, err := below(filepath.Join(dir, "stacks")); err == nil && len(written) > 0 {
		return written, nil
	}
	folders, err := below(dir)
	if err != nil {
		return nil, err
	}
	if files, err := files(dir); err != nil || len(files) == 0 {
		return folders, err
	}
	// The folder's name is the stack's, and `.` is none.
	dir, err = filepath.Abs(dir)
	return append([]string{dir}, folders...), err
}

// below are the folders in dir with Terraform files, hidden ones left out: what
// Terraform downloads is in those.
func below(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var folders []string
	for _, entry := range entries {
		folder := filepath.Join(dir, entry.Name())
		// A link may lead to a folder too.
		info, err := os.Stat(folder)
		if err != nil || !info.IsDir() || strings.HasPrefix(entry.Name(), ".") {
			continue
		}
		found, err := files(folder)
		if err != nil {
			return nil, err
		}
		if len(found) > 0 {
			folders = append(folders, folder)
		}
	}
	return folders, nil
}

// files are the Terraform files of a folder in the order in which Terraform
// merges them: what overrides comes last.
// https://developer.hashicorp.com/terraform/language/files/override
func files(folder string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var first, last []string
	for _, entry := range entries {
		name := entry.Name()
		switch {
		case entry.IsDir() || strings.HasPrefix(name, "."):
		case !slices.ContainsFunc(endings, func(ending string) bool { return strings.HasSuffix(name, ending) }):
		case overrides(name):
			last = append(last, filepath.Join(folder, name))
		default:
			first = append(first, filepath.Join(folder, name))
		}
	}
	return slices.Concat(first, last), nil
}

// endings are how the files end that make a stack. OpenTofu reads the latter two, in the
// place of a Terraform file of the same name.
// https://opentofu.org/docs/language/files/#file-extension
var endings = []string{".tf.json", ".tf", ".tofu.json", ".tofu"}

// overrides says whether a file changes what others say.
func overrides(file string) bool {
	name := strings.TrimSuffix(filepath.Base(file), ".json")
	name = strings.TrimSuffix(strings.TrimSuffix(name, ".tf"), ".tofu")
	return name == "override" || strings.HasSuffix(name, "_override")
}

// readStack reads the files of a folder as one stack.
func readStack(folder string, alike texts) (*Stack, error) {
	s := &Stack{Name: filepath.Base(folder), JSON: map[string]any{}}
	all, err := files(folder)
	if err != nil {
		return nil, err
	}
	var problems []error
	for _, file := range all {
		switch {
		case strings.HasSuffix(file, ".tofu"), strings.HasSuffix(file, ".tofu.json"):
			problems = append(problems, fmt.Errorf("%s: OpenTofu reads this and Terraform does not, so that the stack is two: write it as .tf.json", file))
			continue
		case !strings.HasSuffix(file, ".json"):
			problems = append(problems, fmt.Errorf("%s: this is not JSON, and nothing else is read: write it as %s.json", file, filepath.Base(file)))
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		if s.Text == nil {
			s.Text = text
		}
		problems = append(problems, s.add(file, text, alike)...)
	}
	problems = append(problems, s.readVariables(folder)...)
	return s, errors.Join(problems...)
}

// Parse reads the text of one file as a stack. The file's name is for errors.
func Parse(name, file string, text []byte) (*Stack, error) {
	s := &Stack{Name: name, Text: text, JSON: map[string]any{}}
	return s, errors.Join(s.add(file, text, texts{})...)
}

// add adds what stands in a file to the stack.
func (s *Stack) add(file string, text []byte, alike texts) []error {
	content, ok := decode(text, alike)
	var problems []error
	if !ok {
		if err := json.Unmarshal(text, &content); err != nil {
			return []error{fmt.Errorf("%s%s: this is not valid JSON: %w", file, position(text, err), err)}
		}
		// Of two keys of one name, the decoder forgets the first.
		twice, err := sjson.UnmarshalStrict(text, new(any), sjson.DisallowDuplicateFields)
		if err != nil {
			twice = append(twice, err)
		}
		for _, err := range twice {
			problems = append(problems, fmt.Errorf("%s: %w", file, err))
		}
	}
	m := &merger{file: file, into: s.JSON, overrides: overrides(file)}
	for _, block := range m.objects("the file", content) {
		for _, key := range keys(block) {
			m.section(key, block[key])
		}
	}
	return append(problems, m.problems...)
}

// position is the place in the text that a JSON error is about, `:line:column`.
func position(text []byte, err error) string {
	var offset int64
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &kind):
		offset = kind.Offset
	default:
		return ""
	}
	// The offset counts the byte at which the decoder gave up.
	before := text[:min(max(int(offset)-1, 0), len(text))]
	line := bytes.Count(before, []byte("\n")) + 1
	column := len(before) - bytes.LastIndexByte(before, '\n')
	return fmt.Sprintf(":%d:%d", line, column)
}

// List is the items of a list that may be written as its one item, as Terraform's JSON
// syntax has it for blocks:
// https://developer.hashicorp.com/terraform/language/syntax/json#nested-block-mapping
func List(value any) []any {
	switch v := value.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{value}
}

// Empty says that a value is none, however that is written: null, an empty text, list or object.
func Empty(value any) bool {
	switch v := value.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}
