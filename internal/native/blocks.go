package native

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Blocks are the nested blocks that a block may have, by their names. What else it has are
// attributes, those that hold objects too.
type Blocks map[string]Blocks

// Advice is what to do where a type is not in the table.
const Advice = "add it to the estates under test, and run `go test ./test -run TestTheTableOfBlocksIsTheProviders -update`"

//go:embed blocks.txt
var table string

// known is the table, read once.
var known = sync.OnceValue(func() map[string]Blocks { return read(table) })

// Known are the blocks of a resource, a data source or a provider, as section says, and whether
// the table has it.
func Known(section, kind string) (Blocks, bool) {
	if kind == "terraform_remote_state" { // Terraform's own
		return nil, true
	}
	blocks, ok := known()[section+" "+kind]
	return blocks, ok
}

// frequent is how long a text has to be to be written once where it stands twice.
const frequent = 60

// Table is the text of blocks.txt: a line for each type, `resource aws_x: a b(c)` where it has
// blocks a and b, and c in b. What many blocks have in them has a line of its own, with
// a number, and stands in the others as that: `b(@1)`.
func Table(types map[string]Blocks) string {
	uses := map[string]int{}
	var count func(b Blocks)
	count = func(b Blocks) {
		text := plain(b)
		if uses[text]++; uses[text] > 1 {
			return // Those in it were counted.
		}
		for _, child := range b {
			count(child)
		}
	}
	for _, blocks := range types {
		count(blocks)
	}
	numbers := map[string]int{}
	var lines []string
	var write func(b Blocks, top bool) string
	write = func(b Blocks, top bool) string {
		text := plain(b)
		shared := !top && len(text) >= frequent && uses[text] > 1
		if n, ok := numbers[text]; ok && shared {
			return "@" + strconv.Itoa(n)
		}
		var items []string
		for _, name := range slices.Sorted(maps.Keys(b)) {
			if inner := write(b[name], false); inner != "" {
				name += "(" + inner + ")"
			}
			items = append(items, name)
		}
		line := strings.Join(items, " ")
		if shared {
			n := len(numbers) + 1
			numbers[text] = n
			lines = append(lines, fmt.Sprintf("@%d: %s", n, line))
			return "@" + strconv.Itoa(n)
		}
		return line
	}
	for _, kind := range slices.Sorted(maps.Keys(types)) {
		line := kind + ":"
		if inner := write(types[kind], true); inner != "" {
			line += " " + inner
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n") + "\n"
}

// plain is all that is in a block.
func plain(b Blocks) string {
	var items []string
	for _, name := range slices.Sorted(maps.Keys(b)) {
		if inner := plain(b[name]); inner != "" {
			name += "(" + inner + ")"
		}
		items = append(items, name)
	}
	return strings.Join(items, " ")
}

// read reads what [Table] wrote.
func read(text string) map[string]Blocks {
	types := map[string]Blocks{}
	for line := range strings.Lines(text) {
		name, content, _ := strings.Cut(strings.TrimSpace(line), ":")
		blocks, _ := readBlocks(strings.TrimSpace(content), types)
		types[name] = blocks
	}
	return types
}

// readBlocks reads blocks up to the bracket that closes them, and returns the rest.
func readBlocks(text string, types map[string]Blocks) (Blocks, string) {
	blocks := Blocks{}
	for text != "" && text[0] != ')' {
		end := strings.IndexAny(text+" ", " ()")
		name := text[:end]
		text = text[end:]
		inner := Blocks{}
		if strings.HasPrefix(text, "(") {
			inner, text = readBlocks(text[1:], types)
			text = strings.TrimPrefix(text, ")")
		}
		if strings.HasPrefix(name, "@") {
			return types[name], text
		}
		blocks[name] = inner
		text = strings.TrimPrefix(text, " ")
	}
	return blocks, text
}
