package pipeline

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Changed are the names of those stacks of two outputs of synthesis whose Terraform differs,
// given the folder of each stack now by name. before is the folder of the earlier output; a
// stack that was not there has changed.
func Changed(before string, folders map[string]string) ([]string, error) {
	var changed []string
	for name, folder := range folders {
		was, err := contents(filepath.Join(before, "stacks", name))
		if err != nil {
			return nil, err
		}
		is, err := contents(folder)
		if err != nil {
			return nil, err
		}
		if !equal(was, is) {
			changed = append(changed, name)
		}
	}
	slices.Sort(changed)
	return changed, nil
}

func equal(a, b map[string][]byte) bool {
	if len(a) != len(b) {
		return false
	}
	for name, text := range a {
		if other, ok := b[name]; !ok || !bytes.Equal(text, other) {
			return false
		}
	}
	return true
}

// contents are the files that synthesis wrote for a stack, by path; none if it is not there.
// What Terraform leaves in the folder is not among them.
func contents(dir string) (map[string][]byte, error) {
	files := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist) && path == dir:
			return filepath.SkipAll
		case err != nil:
			return err
		case entry.IsDir() && entry.Name() == ".terraform":
			return filepath.SkipDir
		case !entry.Type().IsRegular() || strings.HasSuffix(path, ".tfplan") || entry.Name() == ".terraform.lock.hcl":
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		if strings.HasSuffix(name, ".tf.json") {
			if text, err = withoutMetadata(text); err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
		}
		files[name] = text
		return nil
	})
	return files, err
}

// withoutMetadata is a stack's JSON in one form, without what CDKTF says of itself.
func withoutMetadata(text []byte) ([]byte, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var document any
	if err := decoder.Decode(&document); err != nil {
		return nil, err
	}
	return json.Marshal(stripped(document))
}

func stripped(value any) any {
	switch v := value.(type) {
	case map[string]any:
		delete(v, "//")
		for k, inner := range v {
			v[k] = stripped(inner)
		}
	case []any:
		for i, inner := range v {
			v[i] = stripped(inner)
		}
	}
	return value
}

// WithReaders adds to stacks that change all that come after them: what those read may change
// with them. Only the plan of each knows.
func WithReaders(all []Stack, changed []string) []string {
	by := map[string]Stack{}
	for _, s := range all {
		by[s.Name] = s
	}
	var out []string
	for _, s := range all {
		earlier := append(ancestors(by, s.Name, nil), s.Name)
		if slices.ContainsFunc(earlier, func(name string) bool { return slices.Contains(changed, name) }) {
			out = append(out, s.Name)
		}
	}
	slices.Sort(out)
	return out
}

// WriteOutputs writes, as outputs of a step of GitHub Actions, which of the stacks are to be
// planned: `stacks`, all of them, and `wave1` to `waveN`, those that a pipeline applies, as the
// workflow with so many waves has its jobs. Without a number of waves there is `stacks` alone.
func WriteOutputs(out io.Writer, all []Stack, chosen []string, waves int) error {
	var flat []Cell
	for _, s := range all {
		if slices.Contains(chosen, s.Name) {
			flat = append(flat, Cell{Stack: s.Name, Account: s.Account})
		}
	}
	slices.SortFunc(flat, func(a, b Cell) int { return strings.Compare(a.Stack, b.Stack) })
	if waves == 0 {
		if len(flat) > MaxMatrix {
			fmt.Fprintf(os.Stderr, "%d stacks change, and one matrix plans %d: the others are planned as they are deployed\n", len(flat), MaxMatrix)
			flat = flat[:MaxMatrix]
		}
		return output(out, "stacks", flat)
	}
	there, err := Waves(all)
	if err != nil {
		return err
	}
	if len(there) != waves {
		return fmt.Errorf("the estate's stacks go in %d waves, and the workflow is written for %d: run estate pipeline github, and commit what it writes", len(there), waves)
	}
	for i, wave := range there {
		var cells []Cell
		for _, s := range wave {
			if !slices.Contains(chosen, s.Name) {
				continue
			}
			after := slices.DeleteFunc(slices.Clone(s.After), func(name string) bool { return !slices.Contains(chosen, name) })
			cells = append(cells, Cell{Stack: s.Name, Account: s.Account, After: strings.Join(after, " ")})
		}
		if err := output(out, fmt.Sprintf("wave%d", i+1), cells); err != nil {
			return err
		}
	}
	return nil
}

func output(out io.Writer, name string, cells []Cell) error {
	if cells == nil {
		cells = []Cell{}
	}
	text, err := json.Marshal(cells)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s=%s\n", name, text)
	return err
}
