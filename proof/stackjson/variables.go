package stackjson

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// variableFiles are the files of a folder that give values to variables, in the order in
// which Terraform reads them: of two values, the later one holds.
// https://developer.hashicorp.com/terraform/language/values/variables#variable-definition-precedence
func variableFiles(folder string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var found []string
	for _, name := range []string{"terraform.tfvars", "terraform.tfvars.json"} {
		if slices.ContainsFunc(entries, func(e os.DirEntry) bool { return e.Name() == name }) {
			found = append(found, filepath.Join(folder, name))
		}
	}
	for _, entry := range entries {
		if strings.HasSuffix(entry.Name(), ".auto.tfvars") || strings.HasSuffix(entry.Name(), ".auto.tfvars.json") {
			found = append(found, filepath.Join(folder, entry.Name()))
		}
	}
	return found, nil
}

// readVariables reads what the files beside a stack say of its variables. Nothing in them
// is evaluated: Terraform allows no expressions there.
func (s *Stack) readVariables(folder string) []error {
	files, err := variableFiles(folder)
	if err != nil {
		return []error{err}
	}
	var problems []error
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		values, err := ParseVariables(file, text)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		if s.Variables == nil {
			s.Variables = map[string]any{}
		}
		for name, value := range values {
			s.Variables[name] = value
		}
	}
	return problems
}

// ParseVariables reads the text of a file with values of variables, in JSON if its name
// says so. What Terraform refuses there, a reference or a call of a function, is an error.
func ParseVariables(file string, text []byte) (map[string]any, error) {
	if strings.HasSuffix(file, ".json") {
		var values map[string]any
		if err := json.Unmarshal(text, &values); err != nil {
			return nil, fmt.Errorf("%s%s: this is not a JSON object: %w", file, position(text, err), err)
		}
		delete(values, "//")
		return values, nil
	}
	if TooDeep(text) {
		return nil, fmt.Errorf("%s: this is nested too deeply to read", file)
	}
	parsed, problems := hclsyntax.ParseConfig(text, file, hcl.InitialPos)
	if problems.HasErrors() {
		return nil, fmt.Errorf("%s: this cannot be read: %w", file, problems)
	}
	attributes, problems := parsed.Body.JustAttributes()
	if problems.HasErrors() {
		return nil, fmt.Errorf("%s: this cannot be read: %w", file, problems)
	}
	values := map[string]any{}
	for name, attribute := range attributes {
		value, problems := attribute.Expr.Value(nil)
		if problems.HasErrors() {
			return nil, fmt.Errorf("%s: %s is not a value: %w", file, name, problems)
		}
		plain, err := plainValue(value)
		if err != nil {
			return nil, fmt.Errorf("%s: %s is not a value: %w", file, name, err)
		}
		values[name] = plain
	}
	return values, nil
}

// plainValue is a value as JSON has it.
func plainValue(value cty.Value) (any, error) {
	switch kind := value.Type(); {
	case value.IsNull():
		return nil, nil
	case !value.IsKnown():
		return nil, errors.New("it is not known")
	case kind == cty.String:
		return value.AsString(), nil
	case kind == cty.Bool:
		return value.True(), nil
	case kind == cty.Number:
		number, _ := value.AsBigFloat().Float64()
		return number, nil
	case kind.IsObjectType() || kind.IsMapType():
		object := map[string]any{}
		for name, item := range value.AsValueMap() {
			plain, err := plainValue(item)
			if err != nil {
				return nil, err
			}
			object[name] = plain
		}
		return object, nil
	}
	list := []any{}
	for _, item := range value.AsValueSlice() {
		plain, err := plainValue(item)
		if err != nil {
			return nil, err
		}
		list = append(list, plain)
	}
	return list, nil
}

// The bounds of TooDeep: levels of nesting, operators, and bytes. No configuration comes
// near them.
const (
	deepest   = 1000
	operating = 1 << 16
	longest   = 1 << 20
)

// TooDeep says whether HCL's parser, which calls itself for every bracket and every
// operator before an operand, would follow a text beyond reason: a malformed one could
// exhaust the stack or the memory.
func TooDeep[T string | []byte](text T) bool {
	nested, operators := 0, 0
	for i := range len(text) {
		switch text[i] {
		case '(', '[', '{':
			nested++
		case ')', ']', '}':
			nested = max(nested-1, 0)
		case '!', '-', '?':
			operators++
		}
		if nested > deepest {
			return true
		}
	}
	return operators > operating || len(text) > longest
}
