package runner

import (
	"context"
	"encoding/json"
	"io/fs"
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
	for _, binary := range binaries {
		p, err := provider.Start(ctx, binary)
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

// served has the providers answer Terraforms of an environment, and returns what makes Terraform ask them. They
// have the types that named says; all, if it is nil.
func (i *Installation) served(environment map[string]string, named func(string) bool) (string, error) {
	var list []string
	for name, value := range environment {
		list = append(list, name+"="+value)
	}
	var all []json.RawMessage
	for _, p := range i.providers {
		one, err := p.Serve(list, named)
		if err != nil {
			return "", err
		}
		all = append(all, one)
	}
	return provider.Join(all...)
}

// name is what a type of resources is called, in any language: that of its provider, and its own.
var name = regexp.MustCompile(`[a-z0-9]+(_[a-z0-9]+)+`)

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
