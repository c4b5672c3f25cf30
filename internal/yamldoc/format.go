package yamldoc

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Format is what a text looks like. Tags of fields name it: `format:"name"` asks it of
// the field's text, of each item of its list, or of each value of its map, and
// `keys:"name"` of the keys of its map. Decoding enforces it, and the JSON Schema says
// it, so that an editor refuses what decoding refuses.
type Format struct {
	// Name is what tags call the format.
	Name string
	// Wanted completes the message `"x" is not …`.
	Wanted string
	// Pattern, if any, is a regular expression that the text matches, in the syntax that Go and JSON Schema share. It is anchored.
	Pattern *regexp.Regexp
	// Portable, if any, is what the JSON Schema says in place of Pattern, where that is in words that not every validator has, such as `\p{L}`. It matches whatever Pattern matches.
	Portable *regexp.Regexp
	// Except, if any, is a regular expression of the same kind that the text does not match, though it matches Pattern.
	Except *regexp.Regexp
	// Because completes the message `"x" …` about a text that matches Except.
	Because string
	// MinLength and MaxLength, if any, are how many characters the text has.
	MinLength, MaxLength int
	// Values, if any, are the only texts, or the only whole numbers, that there are. A message lists them.
	Values []string
	// Suggested, if any, are some of the texts that there are, which an editor offers.
	Suggested []string
	// Hints are what to say of texts that are wrong and yet often tried, in place of the rest of the message.
	Hints map[string]string
	// Example, if any, is a text that an editor shows.
	Example string
}

// formats are those that tags may name.
var formats = map[string]*Format{}

// NewFormat lets tags name a format. It is called to initialize the variables of a
// package, and panics if the name is taken.
func NewFormat(f Format) *Format {
	if formats[f.Name] != nil {
		panic("yamldoc: two formats are called " + f.Name)
	}
	formats[f.Name] = &f
	return &f
}

// formatNamed is the format that a tag names; nil if it names none.
func formatNamed(name string) *Format {
	if name == "" {
		return nil
	}
	f := formats[name]
	if f == nil {
		panic("yamldoc: a tag names the format " + name + ", which there is not")
	}
	return f
}

// Match says that a text has the format.
func (f *Format) Match(text string) bool {
	length := utf8.RuneCountInString(text)
	return (f.Pattern == nil || f.Pattern.MatchString(text)) && !f.excepts(text) &&
		length >= f.MinLength && (f.MaxLength == 0 || length <= f.MaxLength) &&
		(f.Values == nil || slices.Contains(f.Values, text))
}

func (f *Format) excepts(text string) bool { return f.Except != nil && f.Except.MatchString(text) }

// Find returns the text and what the groups of the pattern match in it, as
// [regexp.Regexp.FindStringSubmatch] does; nil if it has not the format.
func (f *Format) Find(text string) []string {
	if !f.Match(text) {
		return nil
	}
	return f.Pattern.FindStringSubmatch(text)
}

// Problem says what is wrong with a text that has not the format; "" if nothing is.
func (f *Format) Problem(text string) string {
	if f.Match(text) {
		return ""
	}
	if hint, ok := f.Hints[text]; ok {
		return text + " " + hint
	}
	if f.excepts(text) && (f.Pattern == nil || f.Pattern.MatchString(text)) {
		return shown(text) + " " + f.Because
	}
	if f.Values == nil {
		return fmt.Sprintf("%s is not %s", shown(text), f.Wanted)
	}
	return fmt.Sprintf("%s is not %s%s: those are %s", shown(text), f.Wanted, Suggest(text, f.Values), strings.Join(f.Values, ", "))
}

// numberProblem is [Format.Problem] of a whole number.
func (f *Format) numberProblem(i int) string {
	if f.Match(strconv.Itoa(i)) {
		return ""
	}
	return fmt.Sprintf("%d is not %s: those are %s", i, f.Wanted, strings.Join(f.Values, ", "))
}

// shown is a text in quotes, without its end if it is long.
func shown(text string) string {
	const most = 100
	runes := []rune(text)
	if len(runes) <= most {
		return strconv.Quote(text)
	}
	return fmt.Sprintf("%q… (%d characters)", string(runes[:most/2]), len(runes))
}

// What a scalar of the standard library looks like.
const (
	octet = `(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])`
	addr  = octet + `(\.` + octet + `){3}`
)

// The formats of what has a type of its own, and of any text at all.
var (
	// AddressRange is the format of a netip.Prefix.
	AddressRange = &Format{Name: "address-range", Wanted: "an IPv4 address range like 10.1.0.0/16", Example: "10.1.0.0/16",
		Pattern: regexp.MustCompile(`^` + addr + `/(3[0-2]|[12]?[0-9])$`)}
	// Address is the format of a netip.Addr.
	Address = &Format{Name: "address", Wanted: "an IPv4 address like 192.168.0.10", Example: "192.168.0.10",
		Pattern: regexp.MustCompile(`^` + addr + `$`)}
	// Text is the format of every other text.
	Text = &Format{Name: "text", Wanted: "a text that says something", Pattern: regexp.MustCompile(`\S`)}
)
