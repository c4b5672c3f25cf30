package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"hubspoke/internal/yamldoc"
	"hubspoke/proof"
	"hubspoke/proof/planjson"
	"hubspoke/proof/stackjson"
)

// terraform is what there is to prove about folders of anybody's Terraform.
func (c proveCommand) terraform(stacks []*stackjson.Stack) (proof.Input, error) {
	in := proof.Input{Name: strings.Join(slices.Concat(c.Terraform, c.Mock), ", "), Stacks: stacks, Accounts: map[string]string{}, Tiers: &proof.Tiers{}}
	if c.Accounts != "" {
		if err := mapped(c.Accounts, &in); err != nil {
			return in, err
		}
	}
	if c.Intents == "" {
		return in, nil
	}
	document, err := decode(c.Intents, &in.Intents)
	if err != nil {
		return in, err
	}
	in.IntentsFile = c.Intents
	in.Intents.Locate(document)
	in.Intents.Validate(document, proof.Of(in).Names())
	return in, document.Errors.Sorted()
}

// decode reads a YAML file strictly.
func decode(file string, target any) (*yamldoc.Document, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	document := yamldoc.Decode(file, text, target)
	return document, document.Errors.Sorted()
}

// roots reads what --terraform names.
func (c proveCommand) roots() (proof.Input, error) {
	// One that the environment names is for other commands.
	if c.Estate != "" && c.Estate != os.Getenv("ESTATE") {
		return proof.Input{}, errors.New("--terraform needs no estate: leave " + c.Estate + " out, or name each folder with a --terraform of its own")
	}
	stacks, err := planjson.Read(c.Terraform...)
	if err != nil {
		return proof.Input{}, err
	}
	mocked, err := mockRoots(c.Mock)
	if err != nil {
		return proof.Input{}, err
	}
	stacks = append(stacks, mocked...)
	// A question needs no promises, and a matrix only notes what they speak of.
	if c.Intents == "" && c.Query == nil {
		if c.Intents, err = c.besides(); err != nil && !c.Matrix {
			return proof.Input{}, err
		}
	}
	return c.terraform(stacks)
}

// besides is the intents.yaml that lies in one of the folders, "" if none has one.
func (c proveCommand) besides() (string, error) {
	found := ""
	for _, dir := range slices.Concat(c.Terraform, c.Mock) {
		file := filepath.Join(dir, "intents.yaml")
		if !exists(file) {
			continue
		}
		if found != "" {
			return "", fmt.Errorf("both %s and %s say what the network promises: say which with --intents", found, file)
		}
		found = file
	}
	return found, nil
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}
