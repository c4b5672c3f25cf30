package explain

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v3"

	"hubspoke/estate"
)

// most is how many other values of a key are looked at.
const most = 12

// alternatives are other values of a key, those first that are likely to be legal and to
// show what it does. What is not legal the estate itself says.
func alternatives(d *document, path []string, s *schema) []change {
	now, _ := at(d.root, path)
	var all []change
	add := func(value *yaml.Node, says string) {
		if now != nil && value != nil && now.Kind == yaml.ScalarNode && value.Value == now.Value && value.Kind == yaml.ScalarNode {
			return
		}
		all = append(all, change{d.name, path, value, says})
	}
	scalar := func(text, tag string) {
		add(&yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: text}, text)
	}
	current := fmt.Sprint(s.Default)
	if now != nil {
		current = now.Value
	}
	switch s.kind() {
	case "yes or no":
		if current == "true" {
			scalar("false", "!!bool")
		} else {
			scalar("true", "!!bool")
			if now == nil && s.Default == nil {
				scalar("false", "!!bool")
			}
		}
	case "number":
		numbers(s, current, scalar)
	default:
		for _, v := range s.Enum {
			if text := fmt.Sprint(v); text != current {
				scalar(text, "!!str")
			}
		}
	}
	for _, example := range s.Examples {
		if n := nodeOf(example); n != nil && (now == nil || shown(n) != shown(now)) {
			add(n, shown(n))
		}
	}
	if now != nil {
		if now.Kind == yaml.ScalarNode && s.kind() == "text" && len(s.Enum) == 0 {
			for _, text := range alike(now.Value) {
				scalar(text, "!!str")
			}
			scalar(now.Value+"x", "!!str")
			scalar("x"+now.Value, "!!str")
		}
		if now.Kind == yaml.SequenceNode && len(now.Content) > 1 {
			shorter := clone(now)
			shorter.Content = shorter.Content[:len(shorter.Content)-1]
			add(shorter, shown(shorter))
			shorter = clone(now)
			shorter.Content = shorter.Content[1:]
			add(shorter, shown(shorter))
		}
		add(nil, "left out")
	}
	return all[:min(len(all), most)]
}

// alike are other texts of the kind that a text is of: address ranges of the same size
// further on, and numbers of accounts.
func alike(text string) []string {
	if p, err := netip.ParsePrefix(text); err == nil && p.Addr().Is4() {
		var ranges []string
		for _, further := range []uint32{1, 7, 90, 150} {
			address := p.Addr().As4()
			n := binary.BigEndian.Uint32(address[:]) + further<<(32-p.Bits())
			binary.BigEndian.PutUint32(address[:], n)
			ranges = append(ranges, netip.PrefixFrom(netip.AddrFrom4(address), p.Bits()).String())
		}
		return ranges
	}
	if len(text) == 12 && isIndex(text) {
		return []string{"987654321098", "987654321099"}
	}
	return nil
}

// numbers are the neighbours of a number.
func numbers(s *schema, current string, scalar func(text, tag string)) {
	n, err := strconv.Atoi(current)
	if err != nil && s.Minimum != nil {
		n = int(*s.Minimum) - 1
	}
	for _, other := range []int{n + 1, n - 1, n * 2} {
		if (s.Minimum == nil || other >= int(*s.Minimum)) && (s.Maximum == nil || other <= int(*s.Maximum)) {
			scalar(strconv.Itoa(other), "!!int")
		}
	}
}

func nodeOf(value any) *yaml.Node {
	text, err := yaml.Marshal(value)
	if err != nil {
		return nil
	}
	var n yaml.Node
	if yaml.Unmarshal(text, &n) != nil || len(n.Content) == 0 {
		return nil
	}
	return n.Content[0]
}

// copied writes the estate, with changes, into a folder below scratch that has its name,
// and returns the folder.
func copied(dir, scratch string, texts map[string][]byte) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	into := filepath.Join(scratch, filepath.Base(abs))
	if err := os.RemoveAll(into); err != nil {
		return "", err
	}
	if err := os.CopyFS(into, os.DirFS(dir)); err != nil {
		return "", err
	}
	for name, text := range texts {
		if err := os.WriteFile(filepath.Join(into, name), text, 0o644); err != nil {
			return "", err
		}
	}
	return into, nil
}

// legal says what is wrong with an estate that is changed; nil if nothing is.
func legal(dir string, all []*document, changes []change) error {
	texts, err := changed(all, changes)
	if err != nil {
		return err
	}
	scratch, err := os.MkdirTemp("", "estate-explain-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	into, err := copied(dir, scratch, texts)
	if err != nil {
		return err
	}
	_, err = estate.Load(into)
	return err
}

// leaves are the paths of the values of a file, and of its lists as a whole.
func (d *document) leaves() [][]string {
	var all [][]string
	var walk func(n *yaml.Node, path []string)
	walk = func(n *yaml.Node, path []string) {
		switch {
		case n.Kind == yaml.MappingNode && len(n.Content) > 0:
			for i := 0; i+1 < len(n.Content); i += 2 {
				walk(n.Content[i+1], append(slices.Clone(path), n.Content[i].Value))
			}
		case n.Kind == yaml.SequenceNode && len(n.Content) > 0 && n.Content[0].Kind == yaml.MappingNode:
			for i, item := range n.Content {
				walk(item, append(slices.Clone(path), strconv.Itoa(i)))
			}
		case len(path) > 0:
			all = append(all, path)
		}
	}
	walk(d.root.Content[0], nil)
	return all
}
