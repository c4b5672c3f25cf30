package scaffold

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// schemaFor is the folder of the JSON Schemas as files in dir name it: the one beside
// the estate, or else the one of the checkout that this runs in. An editor finds it
// from where the file is, so the path is relative.
func schemaFor(dir string) (string, error) {
	target, err := resolved(dir)
	if err != nil {
		return "", err
	}
	candidates := []string{filepath.Join(filepath.Dir(target), "schema")}
	if here, err := filepath.Abs(filepath.Join("environments", "schema")); err == nil {
		candidates = append(candidates, here)
	}
	for _, folder := range candidates {
		if _, err := os.Stat(filepath.Join(folder, "estate.schema.json")); err != nil {
			continue
		}
		if folder, err = filepath.EvalSymlinks(folder); err != nil {
			return "", err
		}
		relative, err := filepath.Rel(target, folder)
		return filepath.ToSlash(relative), err
	}
	return "", errors.New("there is no environments/schema here, which the first line of every file names: run this in hubspoke's own folder")
}

// resolved is the path of a folder that may not exist yet, without symbolic links, so
// that `..` in a relative path means what it says.
func resolved(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for above, below := dir, "."; ; above, below = filepath.Dir(above), filepath.Join(filepath.Base(above), below) {
		if real, err := filepath.EvalSymlinks(above); err == nil {
			return filepath.Join(real, below), nil
		} else if above == filepath.Dir(above) {
			return "", fmt.Errorf("%s: %w", dir, err)
		}
	}
}
