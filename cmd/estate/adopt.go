package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"hubspoke/cmd/estate/answer"
	"hubspoke/internal/adopt"
)

type adoptCommand struct {
	Folder string            `arg:"" optional:"" help:"The folder with what the AWS CLI said. Default: none, and the commands are printed that write it."`
	Call   map[string]string `mapsep:"," placeholder:"hub=NUMBER,prod=NUMBER" help:"What to call accounts, by their numbers. Default: their names in AWS, in lower case."`
	Into   string            `placeholder:"FOLDER" help:"Write organization.yaml into this folder of an estate, unless it has one. Default: print it."`
	jsonFlag
}

func (c adoptCommand) Run(out io.Writer) error {
	if c.Folder == "" && c.JSON {
		return answer.Write(out, answer.Adopt{Head: answer.Of("adopt"), Commands: adopt.Commands})
	}
	if c.Folder == "" {
		fmt.Fprint(out, adopt.Commands)
		return nil
	}
	found, err := adopt.Read(os.DirFS(c.Folder))
	if err != nil {
		return err
	}
	called, err := found.Called(c.Call)
	if err != nil {
		return err
	}
	e := found.Write(called)
	if c.JSON {
		if c.Into != "" {
			if err := create(filepath.Join(c.Into, "organization.yaml"), e.Organization); err != nil {
				return err
			}
		}
		return answer.Write(out, answer.Adopt{Head: answer.Of("adopt"), Organization: e.Organization, Accounts: e.Accounts, ToDo: e.Problems})
	}
	if c.Into == "" {
		fmt.Fprintf(out, "# organization.yaml\n%s\n", e.Organization)
	} else if err := create(filepath.Join(c.Into, "organization.yaml"), e.Organization); err != nil {
		return err
	}
	fmt.Fprintf(out, "# estate.yaml has these accounts\n%s", e.Accounts)
	for _, problem := range e.Problems {
		fmt.Fprintf(os.Stderr, "to do: %s\n", problem)
	}
	return nil
}

// create writes a file that is not there yet.
func create(path, text string) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	switch {
	case errors.Is(err, fs.ErrExist):
		return fmt.Errorf("--into: %s is there already, and is not overwritten: move it away, or leave --into out and take over what is printed", path)
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("--into: there is no folder %s: `estate new` writes an estate", filepath.Dir(path))
	case err != nil:
		return err
	}
	_, err = file.WriteString(text)
	if closing := file.Close(); err == nil {
		err = closing
	}
	return err
}
