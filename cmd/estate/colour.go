package main

import (
	"os"

	"github.com/fatih/color"
)

// colourFlag says when output has colours. Without it they are on a terminal alone, and
// NO_COLOR (https://no-color.org), CLICOLOR_FORCE (https://bixense.com/clicolors) and
// TERM=dumb are heeded, in this order.
type colourFlag struct {
	Color string `enum:"auto,always,never" default:"auto" help:"When to use colours: auto, on a terminal unless NO_COLOR is set; always; or never. Default: auto."`
}

// AfterApply switches colours on or off before the command runs.
func (f colourFlag) AfterApply() error {
	color.NoColor = !coloured(f.Color, os.LookupEnv, isTerminal(os.Stdout))
	return nil
}

// coloured says whether output has colours.
func coloured(when string, lookup func(string) (string, bool), terminal bool) bool {
	set := func(name string) bool {
		value, _ := lookup(name)
		return value != ""
	}
	force, _ := lookup("CLICOLOR_FORCE")
	dumb, _ := lookup("TERM")
	switch {
	case when != "auto":
		return when == "always"
	case set("NO_COLOR"):
		return false
	case force != "" && force != "0":
		return true
	}
	return terminal && dumb != "dumb"
}
