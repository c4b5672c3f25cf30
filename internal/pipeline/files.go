// Package pipeline writes the workflows by which CI does what an estate is made for: what
// they may do, from where and as whom follows from the estate, so that it cannot differ.
package pipeline

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// written is how a file that was written here begins. Others are somebody's own, and are
// left alone.
const written = "# Written by `estate pipeline "

// Files are files to write, with their content, by path below a folder, with /.
type Files map[string][]byte

// Names are the paths, in order.
func (f Files) Names() []string { return slices.Sorted(maps.Keys(f)) }

// Write puts the files below a folder. It writes none if one would replace a file that was
// not written here, unless it is told to.
func (f Files) Write(dir string, force bool) error {
	var errs []error
	for _, name := range f.Names() {
		path := filepath.Join(dir, filepath.FromSlash(name))
		before, err := os.ReadFile(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			errs = append(errs, err)
		case !force && !bytes.HasPrefix(before, []byte(written)):
			errs = append(errs, fmt.Errorf("%s was not written by estate pipeline: move it away, or replace it with --force", path))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	for _, name := range f.Names() {
		if err := replace(filepath.Join(dir, filepath.FromSlash(name)), f[name]); err != nil {
			return err
		}
	}
	return nil
}

// Stale are the files below a folder that match a pattern, as [filepath.Glob] reads it, were
// written here, and would not be written any more: those of a stack that is gone, say.
func (f Files) Stale(dir, pattern string) ([]string, error) {
	found, err := filepath.Glob(filepath.Join(dir, filepath.FromSlash(pattern)))
	if err != nil {
		return nil, err
	}
	var stale []string
	for _, path := range found {
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return nil, err
		}
		if _, ok := f[filepath.ToSlash(name)]; ok {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		if bytes.HasPrefix(text, []byte(written)) {
			stale = append(stale, path)
		}
	}
	return stale, nil
}

// replace writes a file whole or not at all.
func replace(path string, content []byte) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	beside, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(beside.Name())
		}
	}()
	_, err = beside.Write(content)
	if err = errors.Join(err, beside.Chmod(0o644), beside.Close()); err != nil {
		return err
	}
	return os.Rename(beside.Name(), path)
}

// Difference says in which lines what is below a folder differs from the files; "" if it
// does not.
func (f Files) Difference(dir string) (string, error) {
	var b strings.Builder
	for _, name := range f.Names() {
		path := filepath.Join(dir, filepath.FromSlash(name))
		there, err := os.ReadFile(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			fmt.Fprintf(&b, "%s is not there\n", path)
		case err != nil:
			return "", err
		case !bytes.Equal(there, f[name]):
			fmt.Fprintf(&b, "%s differs, - is there and + would be written:\n", path)
			differingLines(&b, strings.Split(string(there), "\n"), strings.Split(string(f[name]), "\n"))
		}
	}
	return b.String(), nil
}

// differingLines prints what is between the lines with which both texts begin and those with
// which both end, each with its number.
func differingLines(b *strings.Builder, there, wanted []string) {
	first := 0
	for first < min(len(there), len(wanted)) && there[first] == wanted[first] {
		first++
	}
	last := 0
	for last < min(len(there), len(wanted))-first && there[len(there)-1-last] == wanted[len(wanted)-1-last] {
		last++
	}
	for i, line := range there[first : len(there)-last] {
		fmt.Fprintf(b, "%5d - %s\n", first+i+1, line)
	}
	for i, line := range wanted[first : len(wanted)-last] {
		fmt.Fprintf(b, "%5d + %s\n", first+i+1, line)
	}
}
