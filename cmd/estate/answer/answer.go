// Package answer has what the commands of estate answer with --json. A program that reads
// one depends on these types alone, and on docs/schema, which is made of them.
//
// Every answer is one JSON object with schema_version and command. Keys are added without
// notice; the version rises when one changes its meaning, or goes. A command that cannot do
// what it was asked answers with a [Failure].
package answer

import (
	"encoding"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strings"

	"hubspoke/internal/yamldoc"
)

//go:generate go run ./internal/genschema

// Version is the schema_version of all answers.
const Version = 1

// Head is what all answers begin with.
type Head struct {
	// SchemaVersion is 1. Another number says that a key has changed its meaning, or has gone.
	SchemaVersion int `json:"schema_version" jsonschema:"enum=1"`
	// Command is the command that answers, `check` or `add spoke`.
	Command string `json:"command"`
	// Warnings are what is not wrong yet.
	Warnings []Problem `json:"warnings,omitempty"`
}

// Of is the head of a command's answer.
func Of(command string) Head { return Head{SchemaVersion: Version, Command: command} }

// Failure is the answer of a command that could not do what it was asked. Its exit status says so too.
type Failure struct {
	Head
	// Errors are everything that is wrong, by file and line as far as that is known.
	Errors []Problem `json:"errors" jsonschema:"minItems=1"`
}

// Problem is one thing that is wrong, or may be.
type Problem struct {
	// File is the file's path as the user gave it. It is not there if the problem is in no file.
	File string `json:"file,omitempty"`
	// Line is the line in the file, from 1. It is not there if the file as a whole is meant.
	Line int `json:"line,omitempty"`
	// Path is the place in the file, `network.cidr` or `zones[1]`.
	Path string `json:"path,omitempty"`
	// Message says what is wrong, and what would be right.
	Message string `json:"message"`
}

// Problems are what an error says, one by one.
func Problems(err error) []Problem {
	if err == nil {
		return nil
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all []Problem
		for _, one := range joined.Unwrap() {
			all = append(all, Problems(one)...)
		}
		return all
	}
	var many yamldoc.Errors
	if errors.As(err, &many) {
		return Located(many)
	}
	var one *yamldoc.Error
	if errors.As(err, &one) {
		return Located(yamldoc.Errors{one})
	}
	return []Problem{{Message: err.Error()}}
}

// Located are problems with their files and lines.
func Located(errs yamldoc.Errors) []Problem {
	var all []Problem
	for _, e := range errs {
		all = append(all, Problem{File: e.File, Line: e.Line, Path: e.Path, Message: e.Message})
	}
	return all
}

// Write writes an answer. A list is never null.
func Write(out io.Writer, answer any) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	whole := reflect.New(reflect.TypeOf(answer)).Elem()
	whole.Set(reflect.ValueOf(answer))
	fill(whole)
	return encoder.Encode(whole.Interface())
}

// fill makes lists that are nil and are written even so empty ones. What writes itself, such as a resource, which leads to
// all others of its stack and back, is left alone.
func fill(v reflect.Value) {
	if v.Type().Implements(marshaler) || v.Type().Implements(textMarshaler) {
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			fill(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			fill(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			field, told := v.Field(i), v.Type().Field(i)
			if !told.IsExported() {
				continue
			}
			if field.Kind() == reflect.Slice && field.IsNil() && field.CanSet() && !strings.Contains(told.Tag.Get("json"), ",omitempty") {
				field.Set(reflect.MakeSlice(field.Type(), 0, 0))
			}
			fill(field)
		}
	}
}

var (
	marshaler     = reflect.TypeFor[json.Marshaler]()
	textMarshaler = reflect.TypeFor[encoding.TextMarshaler]()
)
