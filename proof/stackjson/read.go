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
// JSON files; else the folder itself.
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
	if err != nil || len(folders) > 0 {
		return folders, err
	}
	if files, err := files(dir); err != nil || len(files) == 0 {
		return nil, err
	}
	// The folder's name is the stack's, and `.` is none.
	dir, err = filepath.Abs(dir)
	return []string{dir}, err
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
		if !entry.IsDir() || strings.HasPrefix(entry.Name(), ".") {
			continue
		}
		folder := filepath.Join(dir, entry.Name())
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
		case overrides(name):
			last = append(last, filepath.Join(folder, name))
		case strings.HasSuffix(name, ".tf.json"), strings.HasSuffix(name, ".tf"):
			first = append(first, filepath.Join(folder, name))
		}
	}
	return slices.Concat(first, last), nil
}

func overrides(file string) bool {
	name := strings.TrimSuffix(filepath.Base(file), ".json")
	return name == "override.tf" || strings.HasSuffix(name, "_override.tf")
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
		if !strings.HasSuffix(file, ".json") {
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

// merger adds a file to a stack as Terraform does: blocks of one name may stand
// anywhere, and each once.
// https://developer.hashicorp.com/terraform/language/syntax/json
type merger struct {
	file      string
	into      map[string]any
	overrides bool
	problems  []error
}

func (m *merger) problem(path, format string, args ...any) {
	m.problems = append(m.problems, fmt.Errorf("%s: %s: %s", m.file, path, fmt.Sprintf(format, args...)))
}

// labels is how many names the blocks of a section have.
var labels = map[string]int{
	"resource": 2, "data": 2, "ephemeral": 2, "output": 1, "variable": 1, "module": 1, "provider": 1, "check": 1, "terraform": 0, "locals": 0,
}

func (m *merger) section(key string, value any) {
	depth, known := labels[key]
	switch {
	case key == "//" || value == nil:
	case !known:
		m.into[key] = append(List(m.into[key]), List(value)...)
	default:
		m.labelled(key, key, value, depth, m.into)
	}
}

// labelled adds blocks with so many labels still to come, below key.
func (m *merger) labelled(path, key string, value any, depth int, into map[string]any) {
	if depth == 0 {
		m.block(path, key, value, into)
		return
	}
	below, ok := into[key].(map[string]any)
	if !ok {
		below = map[string]any{}
		into[key] = below
	}
	for _, block := range m.objects(path, value) {
		for _, label := range keys(block) {
			if label != "//" {
				m.labelled(path+"."+label, label, block[label], depth-1, below)
			}
		}
	}
}

// block adds the body of a block. A provider may have several, with an alias each.
func (m *merger) block(path, key string, value any, into map[string]any) {
	section, _, _ := strings.Cut(path, ".")
	bodies := m.objects(path, value)
	switch {
	case len(bodies) == 0 && section != "provider":
		into[key] = map[string]any{}
	case section == "provider":
		if into[key] == nil {
			into[key] = value
			return
		}
		all := List(into[key])
		for _, body := range bodies {
			all = append(all, body)
		}
		into[key] = all
	case section == "terraform" || section == "locals":
		for _, body := range bodies {
			m.deepen(path, body, into, key)
		}
	default:
		for _, body := range bodies {
			old, ok := into[key].(map[string]any)
			switch {
			case !ok:
				into[key] = body
			case m.overrides:
				for _, argument := range keys(body) {
					old[argument] = body[argument]
				}
			default:
				m.problem(path, "it is there twice in the stack: each has its own name")
			}
		}
	}
}

// deepen adds the arguments of a block that may stand in several places.
func (m *merger) deepen(path string, body map[string]any, into map[string]any, key string) {
	old, ok := into[key].(map[string]any)
	if !ok {
		into[key] = body
		return
	}
	for _, argument := range keys(body) {
		inner, both := body[argument].(map[string]any)
		_, was := old[argument].(map[string]any)
		switch {
		case old[argument] == nil || m.overrides || argument == "//":
			old[argument] = body[argument]
		case both && was && path == "terraform":
			m.deepen(path+"."+argument, inner, old, argument)
		default:
			m.problem(path+"."+argument, "it is there twice in the stack")
		}
	}
}

// objects are the objects of a value that is one or a list of them.
func (m *merger) objects(path string, value any) []map[string]any {
	var all []map[string]any
	for _, item := range List(value) {
		if o, ok := item.(map[string]any); ok {
			all = append(all, o)
		} else {
			m.problem(path, "an object is wanted here, and this is %s", kind(item))
		}
	}
	return all
}

func kind(value any) string {
	switch value.(type) {
	case nil:
		return "null"
	case string:
		return "a text"
	case float64:
		return "a number"
	case bool:
		return "a truth value"
	case []any:
		return "a list"
	}
	return "an object"
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
