package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"hubspoke/cmd/estate/answer"
	"hubspoke/internal/native"
	"hubspoke/internal/words"
	"hubspoke/proof/stackjson"
)

type hclCommand struct {
	Stacks []string `arg:"" optional:"" name:"stack" help:"The stacks to write. Default: all."`
	Outdir string   `default:"cdktf.out" env:"CDKTF_OUTDIR" placeholder:"FOLDER" help:"What synthesis wrote. Default: cdktf.out."`
	jsonFlag
	Out string `default:"hcl" placeholder:"FOLDER" help:"Where the stacks are written, each to a folder below stacks, as in --outdir. Default: hcl."`
}

func (c hclCommand) Run(out io.Writer) error {
	all, err := stackjson.Read(c.Outdir)
	if err != nil {
		return fmt.Errorf("%w\nrun `make synth` first", err)
	}
	chosen, err := stacksNamed(all, c.Stacks)
	if err != nil {
		return err
	}
	// What cannot be written, and what must not be overwritten, is said before anything is.
	files := map[string]map[string][]byte{}
	var problems []error
	for _, s := range chosen {
		written, err := native.Files(s)
		files[s.Name] = written
		problems = append(problems, err, c.movesState(s), occupied(c.folder(s)))
	}
	if err := errors.Join(problems...); err != nil {
		return err
	}
	for _, s := range chosen {
		if err := writeStack(filepath.Join(c.Outdir, "stacks", s.Name), c.folder(s), files[s.Name]); err != nil {
			return err
		}
	}
	if c.JSON {
		a := answer.Files{Head: answer.Of("hcl")}
		for _, s := range chosen {
			for _, name := range slices.Sorted(maps.Keys(files[s.Name])) {
				a.Files = append(a.Files, filepath.Join(c.folder(s), name))
			}
		}
		return answer.Write(out, a)
	}
	_, err = fmt.Fprintf(out, "%s: %s in HCL\n", c.Out, words.Count(len(chosen), "stack"))
	return err
}

// folder is where a stack is written: as deep below --out as it is below --outdir.
func (c hclCommand) folder(s *stackjson.Stack) string {
	return filepath.Join(c.Out, "stacks", s.Name)
}

// movesState says that Terraform would look for the state of a stack elsewhere, because the path
// that its local backend has is relative to the folder of the stack.
func (c hclCommand) movesState(s *stackjson.Stack) error {
	kind, config := s.Backend()
	path, _ := config["path"].(string)
	if kind != "local" || filepath.IsAbs(path) {
		return nil
	}
	from, err := filepath.Abs(c.Outdir)
	if err != nil {
		return err
	}
	to, err := filepath.Abs(c.Out)
	if err != nil {
		return err
	}
	if filepath.Dir(from) == filepath.Dir(to) {
		return nil
	}
	return fmt.Errorf("%s: its state is local, at %s, which is another place from %s: choose a folder beside %s with --out", s.Name, path, c.folder(s), c.Outdir)
}

// stacksNamed are the stacks with these names, or all.
func stacksNamed(all []*stackjson.Stack, names []string) ([]*stackjson.Stack, error) {
	if len(names) == 0 {
		return all, nil
	}
	var chosen []*stackjson.Stack
	var problems []error
	for _, name := range names {
		at := slices.IndexFunc(all, func(s *stackjson.Stack) bool { return s.Name == name })
		if at < 0 {
			problems = append(problems, fmt.Errorf("%s is none of the stacks that were synthesized", name))
			continue
		}
		chosen = append(chosen, all[at])
	}
	return chosen, errors.Join(problems...)
}

// generated is the first line of every file that the command writes, by which it knows its own.
const generated = "# Written by `estate hcl`, which overwrites this file as long as this line is there.\n\n"

// occupied says that a folder has configuration that the command did not write: Terraform
// would read both.
func occupied(dir string) error {
	there, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		return err
	}
	var problems []error
	for _, path := range there {
		name := filepath.Base(path)
		if !strings.HasSuffix(name, ".tf") && !strings.HasSuffix(name, ".tf.json") {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			problems = append(problems, err)
		} else if !strings.HasPrefix(string(text), generated) {
			problems = append(problems, fmt.Errorf("%s was not written by this command, or is edited by hand since: choose another folder with --out, or move it away", path))
		}
	}
	return errors.Join(problems...)
}

// writeStack writes the files of a stack, takes away those of the command that it has no more,
// and copies the lock file of providers, if there is one.
func writeStack(from, dir string, files map[string][]byte) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	there, err := filepath.Glob(filepath.Join(dir, "*.tf"))
	if err != nil {
		return err
	}
	for _, path := range there {
		if files[filepath.Base(path)] == nil {
			if err := os.Remove(path); err != nil {
				return err
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := os.WriteFile(filepath.Join(dir, name), append([]byte(generated), files[name]...), 0o644); err != nil {
			return err
		}
	}
	const lock = ".terraform.lock.hcl"
	text, err := os.ReadFile(filepath.Join(from, lock))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, lock), text, 0o644)
}
