package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"hubspoke/cmd/estate/answer"
	"hubspoke/estate"
)

// jsonFlag is the flag of all commands that answer programs too.
type jsonFlag struct {
	JSON bool `name:"json" help:"Answer in JSON, as docs/cli.md says, errors too."`
}

// asksJSON says that the command which was chosen was asked for JSON.
func asksJSON(command *kong.Context) bool {
	for _, flag := range command.Flags() {
		set, isBool := command.FlagValue(flag).(bool)
		if flag.Name == "json" && isBool && set {
			return true
		}
		if flag.Name == "format" && fmt.Sprint(command.FlagValue(flag)) == "json" {
			return true
		}
	}
	return false
}

// named is the name of the command that was chosen, without its arguments.
func named(command *kong.Context) string {
	var words []string
	for _, word := range strings.Fields(command.Command()) {
		if !strings.HasPrefix(word, "<") {
			words = append(words, word)
		}
	}
	return strings.Join(words, " ")
}

// fail writes what went wrong as an answer.
func fail(out io.Writer, command string, err error) error {
	return answer.Write(out, answer.Failure{Head: answer.Of(command), Errors: answer.Problems(err)})
}

// warn tells warnings where people see them, or puts them into the head of an answer.
func (f jsonFlag) warn(head *answer.Head, warnings estate.Errors) {
	if f.JSON {
		head.Warnings = append(head.Warnings, answer.Located(warnings)...)
		return
	}
	fmt.Fprint(os.Stderr, warnings.Warning())
}

// refusedArguments answers for arguments that kong does not take, and ends the program.
func refusedArguments(parser *kong.Kong, args []string, err error) {
	if slices.Contains(args, "--json") || slices.Contains(args, "--format=json") || strings.Contains(strings.Join(args, " "), "--format json") {
		command := ""
		var parse *kong.ParseError
		if errors.As(err, &parse) && parse.Context != nil {
			command = named(parse.Context)
		}
		if writing := fail(os.Stdout, command, err); writing != nil {
			parser.FatalIfErrorf(writing)
		}
		os.Exit(wrongUsage)
	}
	parser.FatalIfErrorf(err)
}

// wrongUsage is the exit status for arguments that no command takes. Kong has it so.
const wrongUsage = 80
