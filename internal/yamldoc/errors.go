package yamldoc

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Error is one thing that is wrong with an estate.
type Error struct {
	// File is the file's path as the user gave it.
	File string
	// Line is the line in the file, counted from 1; 0 if the file as a whole is meant.
	Line int
	// Path is the place in the file, for example `network.cidr` or `zones[1]`.
	Path string
	// Message says what is wrong and what would be right.
	Message string
}

// Error formats as `file:line: path: message`, which editors and terminals
// turn into a link.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d", e.Line)
	}
	if e.Path != "" {
		b.WriteString(": " + e.Path)
	}
	b.WriteString(": " + e.Message)
	return b.String()
}

// Errors is everything that is wrong with an estate, by file and line.
type Errors []*Error

// Error puts each error on a line of its own.
func (es Errors) Error() string {
	lines := make([]string, len(es))
	for i, e := range es {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}

// Warning puts each error on a line of its own that begins with `warning: `; ""
// if there are none.
func (es Errors) Warning() string {
	var b strings.Builder
	for _, e := range es {
		fmt.Fprintf(&b, "warning: %s\n", e)
	}
	return b.String()
}

// Sorted returns the errors by file, line, path and message, each once; nil if
// there are none.
func (es Errors) Sorted() error {
	if len(es) == 0 {
		return nil
	}
	slices.SortFunc(es, func(a, b *Error) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Message, b.Message))
	})
	return slices.CompactFunc(es, func(a, b *Error) bool { return *a == *b })
}
