package runner

import (
	"context"
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"hubspoke/internal/provider"
)

// startProviders starts the installed providers, once for all that follows.
func (i *Installation) startProviders(ctx context.Context) error {
	binaries, err := i.binaries()
	if err != nil {
		return err
	}
	f, err := i.folder(i.home, i.Environment())
	if err != nil {
		return err
	}
	for _, binary := range binaries {
		p, err := provider.Start(ctx, binary, f.environment())
		if err != nil {
			return err
		}
		i.providers = append(i.providers, p)
	}
	return nil
}

// binaries are the paths of the installed providers:
// <host>/<namespace>/<name>/<version>/<platform>/<executable>
func (i *Installation) binaries() ([]string, error) {
	return filepath.Glob(filepath.Join(i.mirror(), "*", "*", "*", "*", "*", "terraform-provider-*"))
}

// Served has the providers answer Terraforms of an environment, as os.Environ has it, and returns the value of
// [provider.Variable] that makes Terraform ask them. Of the types of resources and data sources they know those that the
// installation's stacks have, and those that configurations below a folder name.
func (i *Installation) Served(environment []string, dir string) (string, error) {
	types := maps.Clone(i.types)
	if err := addNamesIn(types, dir); err != nil {
		return "", err
	}
	return i.served(environment, func(name string) bool { return types[name] })
}

// served is Served with the types that named says; all, if it is nil.
func (i *Installation) served(environment []string, named func(string) bool) (string, error) {
	var all []json.RawMessage
	for _, p := range i.providers {
		one, err := p.Serve(environment, named)
		if err != nil {
			return "", err
		}
		all = append(all, one)
	}
	return provider.Join(all...)
}

// name is what a type of resources is called, in any language: that of its provider, and its own, which the only one of a provider may not
// have, as data "http". Whatever else is a word is no type's name.
var name = regexp.MustCompile(`[a-z0-9_]+`)

func addNames(names map[string]bool, text []byte) {
	for _, n := range name.FindAll(text, -1) {
		names[string(n)] = true
	}
}

// addNamesIn adds the names in all configurations below a folder.
func addNamesIn(names map[string]bool, dir string) error {
	return filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".tf") && !strings.HasSuffix(path, ".tf.json") {
			return err
		}
		text, err := os.ReadFile(path)
		addNames(names, text)
		return err
	})
}
