package scaffold

import (
	"bytes"
	"cmp"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/rogpeppe/go-internal/diff"

	"hubspoke/estate"
)

// Draft is an estate, or a change of one, that is complete and valid but not
// written yet.
type Draft struct {
	// Dir is the estate's folder.
	Dir string
	// Estate is the estate as it will be.
	Estate *estate.Estate
	// Notes are what a person should look at, one line each.
	Notes []string

	// files are the files that will be new or different, by name; before are those of
	// them that are there.
	files, before map[string][]byte
}

// draft loads an estate as it will be with some files new or different. An error of
// type [estate.Errors] is about what the files would say.
func draft(dir string, files map[string][]byte) (*Draft, error) {
	d := &Draft{Dir: dir, files: files, before: map[string][]byte{}}
	staged, err := os.MkdirTemp("", "estate-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(staged)
	for name, text := range files {
		before, err := os.ReadFile(filepath.Join(dir, name))
		switch {
		case err == nil:
			d.before[name] = before
		case !errors.Is(err, fs.ErrNotExist):
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(staged, name), text, 0o644); err != nil {
			return nil, err
		}
	}
	if d.Estate, err = estate.LoadFS(overlay{os.DirFS(staged), os.DirFS(dir)}, dir); err != nil {
		return nil, err
	}
	return d, nil
}

// overlay are the files of one folder over those of another one. An estate names files of
// any kind in folders of its own, so that what it is read from is not known before it is read.
type overlay struct{ upper, lower fs.FS }

// Open implements [fs.FS].
func (o overlay) Open(name string) (fs.File, error) {
	file, err := o.upper.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return o.lower.Open(name)
	}
	return file, err
}

// ReadDir implements [fs.ReadDirFS].
func (o overlay) ReadDir(name string) ([]fs.DirEntry, error) {
	all := map[string]fs.DirEntry{}
	for _, files := range []fs.FS{o.lower, o.upper} {
		entries, err := fs.ReadDir(files, name)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		for _, entry := range entries {
			all[entry.Name()] = entry
		}
	}
	var entries []fs.DirEntry
	for _, name := range slices.Sorted(maps.Keys(all)) {
		entries = append(entries, all[name])
	}
	return entries, nil
}

// Files are the names of the files that are new or different: estate.yaml and
// hub.yaml first, intents.yaml last.
func (d *Draft) Files() []string {
	place := map[string]int{"estate.yaml": -2, "hub.yaml": -1, "intents.yaml": 1}
	return slices.SortedFunc(maps.Keys(d.files), func(a, b string) int {
		return cmp.Or(cmp.Compare(place[a], place[b]), cmp.Compare(a, b))
	})
}

// Diff is what [Draft.Write] would change, as a unified diff.
func (d *Draft) Diff() []byte {
	var out bytes.Buffer
	for _, name := range d.Files() {
		path := filepath.Join(d.Dir, name)
		old := path
		if _, ok := d.before[name]; !ok {
			old = os.DevNull
		}
		out.Write(diff.Diff(old, d.before[name], path, d.files[name]))
	}
	return out.Bytes()
}

// Write writes the files. All of them are complete beside their places before the
// first one takes its place, and new ones go first, so that whatever is in
// their way leaves the estate as it was.
func (d *Draft) Write() (err error) {
	if err := os.MkdirAll(d.Dir, 0o755); err != nil {
		return err
	}
	beside := map[string]string{}
	defer func() {
		for _, path := range beside {
			os.Remove(path)
		}
	}()
	for _, name := range d.Files() {
		// A name with a dot in front is none of an estate's files.
		file, err := os.CreateTemp(d.Dir, "."+name+".")
		if err != nil {
			return err
		}
		beside[name] = file.Name()
		_, err = file.Write(d.files[name])
		if err = errors.Join(err, file.Chmod(d.mode(name)), file.Close()); err != nil {
			return err
		}
	}
	names := d.Files()
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(len(d.before[a]), len(d.before[b])) })
	for _, name := range names {
		if err := os.Rename(beside[name], filepath.Join(d.Dir, name)); err != nil {
			return err
		}
		delete(beside, name)
	}
	return nil
}

// mode is who may read and write a file: as before, if it is there.
func (d *Draft) mode(name string) fs.FileMode {
	if info, err := os.Stat(filepath.Join(d.Dir, name)); err == nil {
		return info.Mode().Perm()
	}
	return 0o644
}
