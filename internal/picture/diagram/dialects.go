package diagram

import (
	"fmt"
	"strings"
	"unicode"
)

// page is the text of a diagram, by lines that are indented by their depth.
type page struct {
	strings.Builder
	depth int
}

func (p *page) line(format string, args ...any) {
	fmt.Fprintf(p, strings.Repeat("  ", p.depth)+format+"\n", args...)
}

// labelled makes a label of lines: each is written by quote, and none has a control character.
func labelled(label []string, separator string, quote *strings.Replacer) string {
	var lines []string
	for _, text := range label {
		text = strings.Map(func(r rune) rune {
			if unicode.IsControl(r) {
				return ' '
			}
			return r
		}, strings.ToValidUTF8(text, "\uFFFD"))
		lines = append(lines, quote.Replace(text))
	}
	return strings.Join(lines, separator)
}

// mermaid writes a flowchart: https://mermaid.js.org/syntax/flowchart.html
type mermaid struct{ page }

// Codes of entities are how Mermaid writes what it would read, or what would be Markdown or HTML:
// https://mermaid.js.org/syntax/flowchart.html#entity-codes-to-escape-characters
var mermaidText = strings.NewReplacer("#", "#35;", `"`, "#quot;", "&", "#amp;", "<", "#lt;", ">", "#gt;", "`", "#96;", "*", "#42;", "_", "#95;", "\\", "#92;")

func (m *mermaid) begin(string) {
	m.line("flowchart TB")
	m.depth++
}

func (m *mermaid) group(id string, label []string) {
	m.line(`subgraph %s["%s"]`, id, labelled(label, "<br/>", mermaidText))
	m.depth++
}

func (m *mermaid) node(id string, label []string, s shape) {
	open, closed := "[", "]"
	if s == round {
		open, closed = "([", "])"
	}
	m.line(`%s%s"%s"%s`, id, open, labelled(label, "<br/>", mermaidText), closed)
}

func (m *mermaid) end() {
	m.depth--
	m.line("end")
}

func (m *mermaid) edge(from, to, label string, dashed bool) {
	arrow := "---"
	if dashed {
		arrow = "-.-"
	}
	if label != "" {
		arrow += fmt.Sprintf(`|"%s"|`, labelled([]string{label}, "", mermaidText))
	}
	m.line("%s %s %s", from, arrow, to)
}

func (m *mermaid) finish() {}

// d2 writes D2: https://d2lang.com/tour/intro
type d2 struct {
	page
	within []string
	paths  map[string]string
}

// In double quotes D2 reads backslashes, and $ begins a variable: https://d2lang.com/tour/strings
var d2Text = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "$", `\$`)

func (d *d2) begin(string) { d.paths = map[string]string{} }

func (d *d2) group(id string, label []string) {
	d.line(`%s: "%s" {`, id, labelled(label, `\n`, d2Text))
	d.depth++
	d.within = append(d.within, id)
}

func (d *d2) node(id string, label []string, s shape) {
	d.paths[id] = strings.Join(append(append([]string{}, d.within...), id), ".")
	d.line(`%s: "%s"`, id, labelled(label, `\n`, d2Text))
	if s == round {
		d.line("%s.shape: oval", id)
	}
}

func (d *d2) end() {
	d.depth--
	d.within = d.within[:len(d.within)-1]
	d.line("}")
}

func (d *d2) edge(from, to, label string, dashed bool) {
	text := fmt.Sprintf("%s -- %s", d.paths[from], d.paths[to])
	if label != "" {
		text += fmt.Sprintf(`: "%s"`, labelled([]string{label}, "", d2Text))
	}
	if dashed {
		text += " {style.stroke-dash: 4}"
	}
	d.line("%s", text)
}

func (d *d2) finish() {}

// dot writes Graphviz's DOT: https://graphviz.org/doc/info/lang.html
type dot struct{ page }

var dotText = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

func (d *dot) begin(name string) {
	d.line(`graph "%s" {`, labelled([]string{name}, "", dotText))
	d.depth++
	d.line(`graph [fontname="sans-serif"]; node [fontname="sans-serif", shape=box]; edge [fontname="sans-serif"]`)
}

func (d *dot) group(id string, label []string) {
	d.line("subgraph cluster_%s {", id)
	d.depth++
	d.line(`label="%s"`, labelled(label, `\n`, dotText))
}

func (d *dot) node(id string, label []string, s shape) {
	rounded := ""
	if s == round {
		rounded = ", style=rounded"
	}
	d.line(`%s [label="%s"%s]`, id, labelled(label, `\n`, dotText), rounded)
}

func (d *dot) end() {
	d.depth--
	d.line("}")
}

func (d *dot) edge(from, to, label string, dashed bool) {
	style := ""
	if dashed {
		style = ", style=dashed"
	}
	d.line(`%s -- %s [label="%s"%s]`, from, to, labelled([]string{label}, "", dotText), style)
}

func (d *dot) finish() {
	d.depth--
	d.line("}")
}
