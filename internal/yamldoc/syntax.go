package yamldoc

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// parse reads the one YAML document of a file, or returns what is wrong with it.
func parse(file string, text []byte) (*yaml.Node, *Document) {
	if line := notUTF8(text); line > 0 {
		return nil, Unreadable(file, line, "not UTF-8 text")
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var root, more yaml.Node
	switch err := decoder.Decode(&root); {
	case errors.Is(err, io.EOF):
		return nil, Unreadable(file, 0, "the file is empty: write something into it, or remove it")
	case err != nil:
		return nil, notYAML(file, string(text), err)
	}
	if err := decoder.Decode(&more); err == nil {
		return nil, Unreadable(file, more.Line, "a second YAML document: one file holds one document")
	} else if !errors.Is(err, io.EOF) {
		return nil, notYAML(file, string(text), err)
	}
	return &root, nil
}

var (
	yamlLine = regexp.MustCompile(`^line (\d+): `)
	// parserError finds the errors whose lines the library counts from 0, and
	// leaves out if they are 0.
	parserError = regexp.MustCompile(`^(did not find expected (node content|key|'-' indicator|',' or|<)|found (undefined tag handle|duplicate %|incompatible))`)
	// blockError finds the errors about a block that goes on in the wrong way.
	blockError = regexp.MustCompile(`^did not find expected (key|'-' indicator|<document start>)`)
	// unknownAnchor finds the error about an alias of nothing, which has no line.
	unknownAnchor = regexp.MustCompile(`^unknown anchor '(.*)' referenced$`)
	// tabbed is a line with a tab where YAML wants spaces: before its first word, or
	// behind the `-` or `:` that begins a group.
	tabbed = regexp.MustCompile(`^[ -]*\t`)
	// control is what no text holds.
	control = regexp.MustCompile(`[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]`)
)

// notYAML is the document of a file with a syntax error. The library's words are kept
// where they tell a person what to do.
func notYAML(file, text string, err error) *Document {
	message, line := strings.TrimPrefix(err.Error(), "yaml: "), 0
	if m := yamlLine.FindStringSubmatch(message); m != nil {
		message = message[len(m[0]):]
		line, _ = strconv.Atoi(m[1])
	}
	if parserError.MatchString(message) {
		line++
	}
	lines := strings.Split(text, "\n")
	// The line that the library names can be the one before, where it began to read on.
	first, last := max(1, line), line+1
	if strings.HasSuffix(message, "cannot start any token") || strings.Contains(message, "tab character") {
		last = len(lines) // behind blank lines and comments
	}
	if at := lineOf(lines, tabbed, first, last); at > 0 {
		return Unreadable(file, at, "not YAML: the line is indented with a tab, and YAML takes spaces alone")
	}
	if m := unknownAnchor.FindStringSubmatch(message); m != nil {
		at := lineOf(lines, regexp.MustCompile(`\*`+regexp.QuoteMeta(m[1])+`\b`), 1, len(lines))
		return Unreadable(file, at, "not YAML: * begins an alias, and there is no %q to stand for: write the value out, or put it in quotes", m[1])
	}
	if at := lineOf(lines, control, 1, len(lines)); at > 0 && line == 0 {
		return Unreadable(file, at, "not YAML: the line holds a control character, which an editor may not show: write it anew")
	}
	switch {
	case strings.HasSuffix(message, "unexpected end of stream") && syntaxError(lines[0]) != nil:
		line = 1 // the library names the last line if a quote opens in the first
	case line == 0 || blockError.MatchString(message):
		line = whereBroken(text, message)
	}
	return Unreadable(file, line, "not YAML: %s", inOtherWords(message))
}

// whereBroken is the line at which a file stops being YAML. The library names the line
// where the block begins that is not continued, and the first line not at all.
func whereBroken(text, message string) int {
	lines := strings.SplitAfter(text, "\n")
	return 1 + sort.Search(len(lines)-1, func(i int) bool {
		err := syntaxError(strings.Join(lines[:i+1], ""))
		return err != nil && strings.HasSuffix(err.Error(), message)
	})
}

// syntaxError is what is wrong with a text as YAML; nil if nothing is.
func syntaxError(text string) error {
	decoder := yaml.NewDecoder(strings.NewReader(text))
	for {
		var n yaml.Node
		if err := decoder.Decode(&n); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// otherWords say what to do about an error of the library's, which it says in the words of
// YAML's grammar.
var otherWords = []struct{ error, words string }{
	{"did not find expected node content", "a value is missing here, or a bracket before is not closed"},
	{"did not find expected ',' or ']'", "a list that begins with [ goes on here: a comma or the closing ] is missing"},
	{"did not find expected ',' or '}'", "a group that begins with { goes on here: a comma or the closing } is missing"},
	{"did not find expected key", "the line is indented like nothing above it: it, or those before it, stand too deep or not deep enough, or below a key that has a value already, such as {}"},
	{"did not find expected <document start>", "the line is indented less than those above it, which begin the file"},
	{"did not find expected '-' indicator", "the line stands in a list, and neither begins with - nor is indented like what it belongs to"},
	{"mapping values are not allowed in this context", "a key where a value is: the line is indented too deep, the key above it is missing, or the text holds a colon and needs quotes"},
	{"could not find expected ':'", "a line without `key: value`: the colon is missing, or the text above goes on here and needs quotes"},
	{"did not find expected alphabetic or numeric character", "* and & begin an alias or an anchor: put a text that begins with one in quotes"},
	{"found character that cannot start any token", "a text cannot begin with @, % or a backtick: put it in quotes"},
	{"found unexpected end of stream", "a quote is not closed"},
	{"found a tab character that violates indentation", "the line is indented with a tab, and YAML takes spaces alone"},
}

func inOtherWords(message string) string {
	for _, o := range otherWords {
		if strings.HasSuffix(message, o.error) {
			return o.words
		}
	}
	return message
}

// lineOf is the first line, from and to included, that a pattern finds; 0 if it finds none.
func lineOf(lines []string, pattern *regexp.Regexp, from, to int) int {
	i := slices.IndexFunc(lines[min(from-1, len(lines)):min(to, len(lines))], pattern.MatchString)
	if i < 0 {
		return 0
	}
	return from + i
}

// notUTF8 is the line of the first byte that is not UTF-8 text, or 0.
func notUTF8(text []byte) int {
	for i, line := range bytes.Split(text, []byte("\n")) {
		if !utf8.Valid(line) {
			return i + 1
		}
	}
	return 0
}
