// Package dockerfile reads Dockerfiles as BuildKit does, and says what of them a cluster of an
// estate would refuse or its people regret: an image that may change under its name, a
// program that runs as root, a secret in a layer. It builds nothing.
//
// https://docs.docker.com/reference/dockerfile/
package dockerfile

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

// File is a Dockerfile.
type File struct {
	name   string
	stages []instructions.Stage
	args   []instructions.ArgCommand
	// warnings are what BuildKit itself has to say.
	warnings []string
}

// Parse reads a Dockerfile. Its name stands before line numbers.
func Parse(name string, text []byte) (*File, error) {
	f := &File{name: name}
	tree, err := parser.Parse(bytes.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	for _, w := range tree.Warnings {
		where := 1
		if w.Location != nil {
			where = w.Location.Start.Line
		}
		f.warnings = append(f.warnings, f.at(where, w.Short))
	}
	lint := linter.New(&linter.Config{Warn: func(rule, _, _, message string, where []parser.Range) {
		f.warnings = append(f.warnings, f.at(line(where), fmt.Sprintf("%s (%s)", message, rule)))
	}})
	if f.stages, f.args, err = instructions.Parse(tree.AST, lint); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(f.stages) == 0 {
		return nil, fmt.Errorf("%s: there is no FROM", name)
	}
	return f, nil
}

func line(where []parser.Range) int {
	if len(where) == 0 {
		return 1
	}
	return where[0].Start.Line
}

func (f *File) at(line int, message string) string {
	return fmt.Sprintf("%s:%d: %s", f.name, line, message)
}

// final is the stage that becomes the image, before it the stages that it is based on, the
// nearest last.
func (f *File) final() []instructions.Stage {
	chain := []instructions.Stage{f.stages[len(f.stages)-1]}
	for i := len(f.stages) - 1; ; {
		based, ok := f.stageBefore(i, f.stages[i].BaseName)
		if !ok {
			slices.Reverse(chain)
			return chain
		}
		chain = append(chain, f.stages[based])
		i = based
	}
}

// stageBefore is the stage that a name or a number means to one further down.
func (f *File) stageBefore(i int, name string) (int, bool) {
	for j := i - 1; j >= 0; j-- {
		if f.stages[j].Name != "" && strings.EqualFold(f.stages[j].Name, name) {
			return j, true
		}
	}
	return 0, false
}

// User is whom the image runs as, as written: `uid`, `uid:gid` or names; "" if the Dockerfile
// leaves that to its base.
func (f *File) User() string {
	user := ""
	for _, stage := range f.final() {
		for _, c := range stage.Commands {
			if c, ok := c.(*instructions.UserCommand); ok {
				user = c.User
			}
		}
	}
	return user
}

// Ports are those that the image exposes, as written: `8080` or `8080/tcp`.
func (f *File) Ports() []string {
	var ports []string
	for _, stage := range f.final() {
		for _, c := range stage.Commands {
			if c, ok := c.(*instructions.ExposeCommand); ok {
				ports = append(ports, c.Ports...)
			}
		}
	}
	return ports
}

// Images are those of registries that the build takes, as written.
func (f *File) Images() []string {
	var images []string
	for i, stage := range f.stages {
		if _, ok := f.stageBefore(i, stage.BaseName); !ok && stage.BaseName != "scratch" {
			images = append(images, stage.BaseName)
		}
		for _, c := range stage.Commands {
			for _, from := range sources(c) {
				if !f.isStage(i, from) {
					images = append(images, from)
				}
			}
		}
	}
	return images
}

// isStage says that what stage i copies from is another stage.
func (f *File) isStage(i int, from string) bool {
	if n, err := strconv.Atoi(from); err == nil {
		return n >= 0 && n < i
	}
	_, ok := f.stageBefore(i, from)
	return ok
}

// sources are the stages and images that an instruction copies or mounts from.
func sources(c instructions.Command) []string {
	var from []string
	switch c := c.(type) {
	case *instructions.CopyCommand:
		from = append(from, c.From)
	case *instructions.RunCommand:
		for _, mount := range instructions.GetMounts(c) {
			from = append(from, mount.From)
		}
	}
	return slices.DeleteFunc(from, func(s string) bool { return s == "" })
}
