package explain

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// document is a file of an estate as a tree, of which a copy can be changed.
type document struct {
	// name is the file's name in the estate's folder, and kind that of its schema.
	name, kind string
	text       []byte
	root       *yaml.Node
}

// kindOf is the kind of a file of an estate, "" if it has no schema.
func kindOf(name string) string {
	switch stem, ok := strings.CutSuffix(name, ".yaml"); {
	case !ok:
		return ""
	case slices.Contains([]string{"estate", "hub", "intents", "organization"}, stem):
		return stem
	}
	return "spoke"
}

// documents are the files of an estate that have a schema, by name.
func documents(dir string) ([]*document, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil {
		return nil, err
	}
	var all []*document
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		d := &document{name: filepath.Base(file), kind: kindOf(filepath.Base(file)), text: text}
		if d.root, err = parsed(text); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		all = append(all, d)
	}
	return all, nil
}

func parsed(text []byte) (*yaml.Node, error) {
	var n yaml.Node
	if err := yaml.Unmarshal(text, &n); err != nil {
		return nil, err
	}
	if n.Kind == 0 {
		return &yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{{Kind: yaml.MappingNode, Tag: "!!map"}}}, nil
	}
	return &n, nil
}

// split is a path in parts: `zones[1]` and `repositories["a/b"].push` as they are written
// in messages too.
func split(path string) []string {
	var parts []string
	part := ""
	flush := func() {
		if part != "" {
			parts = append(parts, part)
		}
		part = ""
	}
	for i := 0; i < len(path); i++ {
		switch c := path[i]; {
		case c == '.':
			flush()
		case c == '[':
			flush()
			end := strings.IndexByte(path[i:], ']')
			if end < 0 {
				end = len(path) - i
			}
			parts = append(parts, strings.Trim(path[i+1:i+end], `"`))
			i += end
		default:
			part += string(c)
		}
	}
	flush()
	return parts
}

// joined is a path as messages write it.
func joined(parts []string) string {
	var b strings.Builder
	for _, p := range parts {
		switch {
		case isIndex(p):
			fmt.Fprintf(&b, "[%s]", p)
		case strings.ContainsAny(p, `./[]" `):
			fmt.Fprintf(&b, "[%q]", p)
		default:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(p)
		}
	}
	return b.String()
}

// at is the value at a path and the line of its key, nil if the file does not have it.
func at(root *yaml.Node, path []string) (*yaml.Node, int) {
	n, line := root.Content[0], 1
	for _, step := range path {
		next := -1
		switch n.Kind {
		case yaml.MappingNode:
			for i := 0; i+1 < len(n.Content); i += 2 {
				if n.Content[i].Value == step {
					next, line = i+1, n.Content[i].Line
				}
			}
		case yaml.SequenceNode:
			if i, err := strconv.Atoi(step); err == nil && i < len(n.Content) {
				next, line = i, n.Content[i].Line
			}
		}
		if next < 0 {
			return nil, 0
		}
		n = n.Content[next]
	}
	return n, line
}

// shown is a value on one line, not too long.
func shown(n *yaml.Node) string {
	flow := clone(n)
	var flatten func(*yaml.Node)
	flatten = func(n *yaml.Node) {
		n.HeadComment, n.LineComment, n.FootComment = "", "", ""
		if n.Kind != yaml.ScalarNode {
			n.Style = yaml.FlowStyle
		}
		for _, c := range n.Content {
			flatten(c)
		}
	}
	flatten(flow)
	text, err := yaml.Marshal(flow)
	if err != nil {
		return n.Value
	}
	line := strings.Join(strings.Fields(string(text)), " ")
	if r := []rune(line); len(r) > 120 {
		return string(r[:117]) + "..."
	}
	return line
}

func clone(n *yaml.Node) *yaml.Node {
	c := *n
	c.Content = nil
	for _, child := range n.Content {
		c.Content = append(c.Content, clone(child))
	}
	return &c
}

// change is another value at a place of a file; nil takes the key away.
type change struct {
	file  string
	path  []string
	value *yaml.Node
	// says is the other value in words.
	says string
}

// set changes a tree.
func (c change) set(root *yaml.Node) {
	n := root.Content[0]
	for i, step := range c.path {
		last := i == len(c.path)-1
		if n.Kind == yaml.SequenceNode {
			index, err := strconv.Atoi(step)
			if err != nil || index >= len(n.Content) {
				return
			}
			if last && c.value == nil {
				n.Content = slices.Delete(n.Content, index, index+1)
			} else if last {
				n.Content[index] = c.value
			} else {
				n = n.Content[index]
			}
			continue
		}
		if n = c.enter(n, step, last); n == nil {
			return
		}
	}
}

// enter is the next node in a section, which is made if it is not there. At the last step
// the value is put there, or taken away.
func (c change) enter(n *yaml.Node, step string, last bool) *yaml.Node {
	if n.Kind != yaml.MappingNode {
		*n = yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	}
	for k := 0; k+1 < len(n.Content); k += 2 {
		switch {
		case n.Content[k].Value != step:
			continue
		case last && c.value == nil:
			n.Content = slices.Delete(n.Content, k, k+2)
			return nil
		case last:
			n.Content[k+1] = c.value
		}
		return n.Content[k+1]
	}
	if c.value == nil {
		return nil
	}
	value := c.value
	if !last {
		value = &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	}
	n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: step}, value)
	return value
}

// changed are the texts of the files that changes are in, by name.
func changed(all []*document, changes []change) (map[string][]byte, error) {
	roots, texts := map[string]*yaml.Node{}, map[string][]byte{}
	// Items of lists go from the last one on, so that the others stay where they are.
	ordered := slices.Clone(changes)
	slices.Reverse(ordered)
	for _, c := range ordered {
		for _, d := range all {
			if d.name == c.file && roots[c.file] == nil {
				roots[c.file] = clone(d.root)
			}
		}
		if roots[c.file] == nil {
			return nil, fmt.Errorf("there is no file %s", c.file)
		}
		c.set(roots[c.file])
	}
	for name, root := range roots {
		var b bytes.Buffer
		encoder := yaml.NewEncoder(&b)
		encoder.SetIndent(2)
		if err := encoder.Encode(root); err != nil {
			return nil, err
		}
		texts[name] = b.Bytes()
	}
	return texts, nil
}
