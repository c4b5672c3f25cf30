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

// accountsFile says what plans and states do not: which name an account goes by, and in
// which account a root works.
type accountsFile struct {
	// Accounts are the numbers of accounts, by the names under which intents know them.
	Accounts map[string]string `yaml:"accounts" jsonschema:"required"`
	// Roots are the names of the accounts in which roots work, by the names of the roots' folders. Default: what the root's provider, or the owners and ARNs in its state, say.
	Roots map[string]string `yaml:"roots"`
}

// terraform is what there is to prove about folders of anybody's Terraform.
func (c proveCommand) terraform(stacks []*stackjson.Stack) (proof.Input, error) {
	in := proof.Input{Name: strings.Join(slices.Concat(c.Terraform, c.Mock), ", "), Stacks: stacks, Accounts: map[string]string{}}
	if c.Accounts != "" {
		var file accountsFile
		document, err := decode(c.Accounts, &file)
		if err != nil {
			return in, err
		}
		in.Accounts = file.Accounts
		place(document, file, stacks)
		if err := document.Errors.Sorted(); err != nil {
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

// place says of roots in which account they work, where they do not say so themselves.
func place(document *yamldoc.Document, file accountsFile, stacks []*stackjson.Stack) {
	for root, account := range file.Roots {
		path := yamldoc.Child("roots", root)
		number, known := file.Accounts[account]
		if !known {
			document.Errorf(path, "%q is not one of the accounts", account)
		}
		found := false
		for _, s := range stacks {
			if s.Name != root {
				continue
			}
			found = true
			if !s.Place(number) {
				document.Errorf(path, "the root says itself in which account it works: leave it out here")
			}
		}
		if !found {
			document.Errorf(path, "there is no root of that name")
		}
	}
}

// roots reads what --terraform names.
func (c proveCommand) roots() (proof.Input, error) {
	if c.Estate != "" {
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
	if c.Intents == "" {
		for _, dir := range slices.Concat(c.Terraform, c.Mock) {
			if file := filepath.Join(dir, "intents.yaml"); exists(file) {
				return proof.Input{}, fmt.Errorf("%s is not read unless it is named: say --intents %[1]s", file)
			}
		}
	}
	return c.terraform(stacks)
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}
