package scaffold

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// text is a YAML file with its nodes, to be changed at places and copied in parts.
// Offsets count bytes, lines count from 0.
type text struct {
	bytes []byte
	root  *yaml.Node
	lines []int // where each line begins, and the end of the file
	edits []edit
}

// edit puts something between two offsets, in place of what is there.
type edit struct {
	from, to int
	text     string
}

// parse reads a file that the estate was loaded from.
func parse(content []byte) (*text, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(content, &document); err != nil {
		return nil, err
	}
	t := &text{bytes: content, root: document.Content[0], lines: []int{0}}
	for i, b := range content {
		if b == '\n' && i+1 < len(content) {
			t.lines = append(t.lines, i+1)
		}
	}
	t.lines = append(t.lines, len(content))
	return t, nil
}

// String is the file with all edits made.
func (t *text) String() string { return t.part(0, len(t.bytes), t.edits) }

// part is a part of the file, with edits of its own. Of lines that are put in the same
// place, those that stand deeper belong to what is there, and go first.
func (t *text) part(from, to int, edits []edit) string {
	edits = slices.Clone(edits)
	indent := func(e edit) int { return len(e.text) - len(strings.TrimLeft(e.text, " ")) }
	slices.SortStableFunc(edits, func(a, b edit) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(indent(b), indent(a)))
	})
	var out strings.Builder
	for _, e := range edits {
		out.Write(t.bytes[from:e.from])
		out.WriteString(e.text)
		from = e.to
	}
	out.Write(t.bytes[from:to])
	if bytes.Contains(t.bytes, []byte("\r\n")) {
		return strings.ReplaceAll(strings.ReplaceAll(out.String(), "\r\n", "\n"), "\n", "\r\n")
	}
	return out.String()
}

// change adds edits to those of the file.
func (t *text) change(edits []edit, err error) error {
	t.edits = append(t.edits, edits...)
	return err
}

// behind puts whole lines behind a line.
func (t *text) behind(line int, s string) edit {
	at := t.lines[line+1]
	if at == len(t.bytes) && !bytes.HasSuffix(t.bytes, []byte("\n")) {
		s = "\n" + strings.TrimSuffix(s, "\n")
	}
	return edit{at, at, s}
}

// start is where a node begins.
func (t *text) start(n *yaml.Node) int {
	at := t.lines[n.Line-1]
	for range n.Column - 1 {
		_, size := utf8.DecodeRune(t.bytes[at:])
		at += size
	}
	return at
}

// end is where a scalar on one or more lines, or what stands in brackets or braces,
// ends.
func (t *text) end(n *yaml.Node) (int, error) {
	at := t.start(n)
	switch {
	case n.Kind == yaml.ScalarNode && n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0, n.Kind != yaml.ScalarNode && n.Style&yaml.FlowStyle == 0:
		return 0, fmt.Errorf("line %d is in a block", n.Line)
	case n.Kind != yaml.ScalarNode:
		at++
		for _, child := range n.Content {
			var err error
			if at, err = t.end(child); err != nil {
				return 0, err
			}
		}
		at = t.skip(at, " \t\r\n,")
		return at + 1, nil
	case n.Style&yaml.DoubleQuotedStyle != 0:
		for at++; t.bytes[at] != '"'; at++ {
			if t.bytes[at] == '\\' {
				at++
			}
		}
		return at + 1, nil
	case n.Style&yaml.SingleQuotedStyle != 0:
		for at++; t.bytes[at] != '\'' || t.bytes[at+1] == '\''; at++ {
			if t.bytes[at] == '\'' {
				at++
			}
		}
		return at + 1, nil
	}
	for i, word := range strings.Fields(n.Value) {
		if i > 0 {
			at = t.skip(at, " \t\r\n")
		}
		at += len(word)
	}
	return at, nil
}

// skip is the first offset from at on that holds none of the characters and is in no
// comment.
func (t *text) skip(at int, characters string) int {
	for at < len(t.bytes) {
		switch {
		case strings.IndexByte(characters, t.bytes[at]) >= 0:
			at++
		case t.bytes[at] == '#':
			at += bytes.IndexByte(append(t.bytes[at:len(t.bytes):len(t.bytes)], '\n'), '\n')
		default:
			return at
		}
	}
	return at
}

// block is a node with the lines that it stands on, and what it is in.
type block struct {
	key, value *yaml.Node
	// first and last are lines, unless what it is in stands in brackets or braces.
	first, last int
	flow        bool
}

// whole is the file's root.
func (t *text) whole() block {
	return block{value: t.root, last: len(t.lines) - 2}
}

// entries are the entries of a mapping, or the items of a list.
func (t *text) entries(b block) []block {
	var all []block
	n, step := b.value, 1
	if n.Kind == yaml.MappingNode {
		step = 2
	} else if n.Kind != yaml.SequenceNode {
		return nil
	}
	for i := 0; i+step <= len(n.Content); i += step {
		e := block{value: n.Content[i+step-1], flow: b.flow || n.Style&yaml.FlowStyle != 0}
		if step == 2 {
			e.key = n.Content[i]
		}
		e.first = n.Content[i].Line - 1
		e.last = b.last
		if i+step < len(n.Content) {
			e.last = n.Content[i+step].Line - 2
		}
		e.last = t.trim(e.first, e.last, n.Column-1)
		all = append(all, e)
	}
	return all
}

// trim takes from the end of a block what belongs to the next one: empty lines, and
// comments that do not stand deeper than the block itself.
func (t *text) trim(first, last, column int) int {
	for last > first {
		line := string(t.bytes[t.lines[last]:t.lines[last+1]])
		content := strings.TrimSpace(line)
		indent := len(line) - len(strings.TrimLeft(line, " "))
		if content != "" && (content[0] != '#' || indent > column) {
			break
		}
		last--
	}
	return last
}

// entry is what stands at a path of keys; false if it is not there.
func (t *text) entry(path ...string) (block, bool) {
	b := t.whole()
	for _, key := range path {
		all := t.entries(b)
		i := slices.IndexFunc(all, func(e block) bool { return e.key != nil && e.key.Value == key })
		if i < 0 {
			return block{}, false
		}
		b = all[i]
	}
	return b, true
}

// added puts something behind the last entry of a mapping or list that has some: as
// lines of its own, indented as the others are, or behind a comma.
func (t *text) added(b block, s string) ([]edit, error) {
	all := t.entries(b)
	last := all[len(all)-1]
	if last.flow {
		at, err := t.end(last.value)
		return []edit{{at, at, ", " + s}}, err
	}
	indent := strings.Repeat(" ", b.value.Column-1)
	return []edit{t.behind(last.last, indent+strings.ReplaceAll(s, "\n", "\n"+indent)+"\n")}, nil
}

// joined puts further items behind those of a list, or behind the one text that stands
// for a list of one.
func (t *text) joined(b block, items ...string) ([]edit, error) {
	var written []string
	for _, item := range items {
		written = append(written, scalar(item))
	}
	switch {
	case b.value.Kind == yaml.ScalarNode:
		start := t.start(b.value)
		end, err := t.end(b.value)
		return []edit{{start, start, "["}, {end, end, ", " + strings.Join(written, ", ") + "]"}}, err
	case b.value.Style&yaml.FlowStyle != 0:
		return t.added(b, strings.Join(written, ", "))
	}
	return t.added(b, "- "+strings.Join(written, "\n- "))
}

// copied puts a copy of an entry of a mapping, with some of its scalars renamed, behind
// the last entry.
func (t *text) copied(mapping, entry block, rename func(string) string) ([]edit, error) {
	edits, err := t.renamed(append(scalars(entry.key), scalars(entry.value)...), rename)
	if err != nil {
		return nil, err
	}
	if entry.flow {
		end, err := t.end(entry.value)
		if err != nil {
			return nil, err
		}
		return t.added(mapping, t.part(t.start(entry.key), end, edits))
	}
	all := t.entries(mapping)
	return []edit{t.behind(all[len(all)-1].last, t.part(t.lines[entry.first], t.lines[entry.last+1], edits))}, nil
}

// without takes away a block's lines, and the comment and the empty lines before them.
func (t *text) without(b block) edit {
	first := b.first
	line := func(n int) string { return strings.TrimSpace(string(t.bytes[t.lines[n]:t.lines[n+1]])) }
	for first > 0 && strings.HasPrefix(line(first-1), "#") {
		first--
	}
	for first > 0 && line(first-1) == "" {
		first--
	}
	return edit{from: t.lines[first], to: t.lines[b.last+1]}
}

// renamed are the edits that rename some scalars, each in the quotes that it has.
func (t *text) renamed(nodes []*yaml.Node, rename func(string) string) ([]edit, error) {
	var edits []edit
	for _, n := range nodes {
		name := rename(n.Value)
		if name == n.Value {
			continue
		}
		end, err := t.end(n)
		if err != nil {
			return nil, err
		}
		written := scalar(name)
		if out, err := yaml.Marshal(name); err == nil && n.Style == 0 && strings.TrimSpace(string(out)) == name {
			written = name // what made the old text need no quotes is in the new one too
		}
		if n.Style&yaml.SingleQuotedStyle != 0 {
			written = "'" + strings.ReplaceAll(name, "'", "''") + "'"
		} else if n.Style&yaml.DoubleQuotedStyle != 0 {
			written = strconv.Quote(name)
		}
		edits = append(edits, edit{t.start(n), end, written})
	}
	return edits, nil
}

// scalars are all scalars of a node, in the order of the file.
func scalars(n *yaml.Node) []*yaml.Node {
	if n.Kind == yaml.ScalarNode {
		return []*yaml.Node{n}
	}
	var all []*yaml.Node
	for _, child := range n.Content {
		all = append(all, scalars(child)...)
	}
	return all
}
