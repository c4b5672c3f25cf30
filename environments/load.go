package environments

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// HubAccount is the name of the account that holds what all others share.
const HubAccount = "hub"

// The files of an estate that are not spokes.
const (
	settingsFile = "estate.yaml"
	hubFile      = "hub.yaml"
	intentsFile  = "intents.yaml"
)

// Estate is a whole estate, validated and with its defaults filled in.
type Estate struct {
	Settings
	// Name is the name of the estate's folder.
	Name string
	// Hub is the account that all others share.
	Hub Hub
	// Spokes are the workload accounts, sorted by name.
	Spokes []*Spoke

	settings, hub *document
	spokes        map[string]*document
}

// Find resolves what a user calls an estate: the name of a folder under
// environments/, or the path of a folder anywhere.
func Find(nameOrPath string) string {
	if nameOrPath == "" {
		nameOrPath = "piksel"
	}
	if !strings.ContainsAny(nameOrPath, `/\`) && nameOrPath != "." && nameOrPath != ".." {
		return filepath.Join("environments", nameOrPath)
	}
	return nameOrPath
}

// Load reads and validates the estate in the folder dir. If anything is wrong
// with it, the error is of type [Errors] and holds all that is.
func Load(dir string) (*Estate, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	return load(os.DirFS(dir), dir, filepath.Base(abs))
}

// load is [Load] for any file system, so that tests and fuzzing need no disk.
// Files are called by their path below dir in messages.
func load(files fs.FS, dir, name string) (*Estate, error) {
	entries, err := fs.ReadDir(files, ".")
	if err != nil {
		return nil, Errors{{File: dir, Message: "cannot read the estate: " + reason(err)}}
	}
	e := &Estate{Name: name, spokes: map[string]*document{}}
	e.settings = read(files, dir, settingsFile, &e.Settings)
	e.hub = read(files, dir, hubFile, &e.Hub)
	for _, entry := range entries {
		file := entry.Name()
		if entry.IsDir() || strings.HasPrefix(file, ".") || slices.Contains([]string{settingsFile, hubFile, intentsFile}, file) {
			continue
		}
		switch filepath.Ext(file) {
		case ".yaml":
			spoke := &Spoke{Name: strings.TrimSuffix(file, ".yaml")}
			e.spokes[spoke.Name] = read(files, dir, file, spoke)
			e.Spokes = append(e.Spokes, spoke)
		case ".yml":
			e.settings.errs = append(e.settings.errs, &Error{File: filepath.Join(dir, file), Message: "would be ignored: rename it to end in .yaml"})
		}
	}
	e.applyDefaults()
	errs := e.overrideBackend(os.Getenv("STATE_BACKEND"))
	e.validate()
	errs = slices.Concat(errs, e.settings.errs, e.hub.errs)
	for _, d := range e.spokes {
		errs = append(errs, d.errs...)
	}
	if err := errs.sorted(); err != nil {
		return nil, err
	}
	return e, nil
}

// overrideBackend lets a first try keep its state in a folder, whatever the
// estate says.
func (e *Estate) overrideBackend(backend string) Errors {
	if backend == "" {
		return nil
	}
	if known := Backend("").Values(); !slices.Contains(known, backend) {
		return Errors{{File: "STATE_BACKEND", Message: fmt.Sprintf("%q is not one of %s", backend, strings.Join(known, ", "))}}
	}
	e.State.Backend = Backend(backend)
	return nil
}

func read(files fs.FS, dir, name string, target any) *document {
	file := filepath.Join(dir, name)
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return &document{file: file, errs: Errors{{File: file, Message: "cannot read the file: " + reason(err)}}}
	}
	return decode(file, text, target)
}

// reason is an I/O error without the path, which the message has already.
func reason(err error) string {
	if errors.Is(err, fs.ErrNotExist) {
		return "it does not exist"
	}
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}

// Spoke returns the spoke with that name, or nil.
func (e *Estate) Spoke(name string) *Spoke {
	for _, s := range e.Spokes {
		if s.Name == name {
			return s
		}
	}
	return nil
}
