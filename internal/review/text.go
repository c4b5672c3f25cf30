package review

import (
	"fmt"
	"html"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
)

// Text writes the review for a terminal: all of it, in the order of the Markdown.
func (r *Review) Text(out io.Writer) error {
	if _, err := fmt.Fprintf(out, "%s: %s\n", r.Estate, r.Headline.line(r.Unchanged())); err != nil {
		return err
	}
	for _, s := range r.sections() {
		if err := s.plain(out); err != nil {
			return err
		}
	}
	return nil
}

// Diff writes who reaches whom alone, and by which controls what stays closed is stopped.
func (r *Review) Diff(out io.Writer) error {
	if len(r.Reachability.Opened)+len(r.Reachability.Closed)+len(r.Reachability.Doubtful)+len(r.Reachability.Layers) == 0 {
		_, err := fmt.Fprintln(out, "nobody reaches more or less than before, and what is closed is so by the same controls")
		return err
	}
	for _, s := range r.sections()[1:3] {
		if err := s.plain(out); err != nil {
			return err
		}
	}
	return nil
}

// plain writes a section without markup.
func (s section) plain(out io.Writer) error {
	if len(s.rows) == 0 && s.intro == "" {
		return nil
	}
	title := strings.TrimPrefix(s.title, "⚠️ ")
	if _, err := fmt.Fprintf(out, "\n%s\n", unmarked(title)); err != nil {
		return err
	}
	if s.intro != "" {
		fmt.Fprintf(out, "  %s\n", unmarked(s.intro))
	}
	if s.header != nil && len(s.rows) > 0 {
		return s.table(out)
	}
	for _, line := range s.rows {
		line = strings.TrimPrefix(line, "- ")
		if _, err := fmt.Fprintf(out, "  %s\n", strings.ReplaceAll(unmarked(line), "<br>", "\n      ")); err != nil {
			return err
		}
	}
	return nil
}

// table writes the rows of a table below its header, in columns.
func (s section) table(out io.Writer) error {
	var text strings.Builder
	columns := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	for _, line := range slices.Concat([]string{row(s.header...)}, s.rows) {
		cells := strings.Split(strings.TrimSuffix(strings.TrimPrefix(line, "| "), " |"), " | ")
		for i, cell := range cells {
			cells[i] = unmarked(cell)
		}
		fmt.Fprintf(columns, "  %s\n", strings.Join(cells, "\t"))
	}
	if err := columns.Flush(); err != nil {
		return err
	}
	for line := range strings.Lines(text.String()) {
		if _, err := fmt.Fprintln(out, strings.TrimRight(line, " \n")); err != nil {
			return err
		}
	}
	return nil
}

// unmarked takes back what [clean] and [code] do.
func unmarked(text string) string {
	text = strings.NewReplacer("\\|", "|", "\\*", "*", "\\_", "_", "\\[", "[", "\\]", "]", "\\~", "~", "**", "", "`", "", "&#64;", "@").Replace(text)
	pieces := strings.Split(text, "<br>")
	for i := range pieces {
		pieces[i] = html.UnescapeString(pieces[i])
	}
	return strings.Join(pieces, "<br>")
}

// Text writes what a plan of a stack would do.
func (p *Planned) Text(out io.Writer, stack string) error {
	var counts Counts
	for _, one := range p.Resources {
		counts.count(one.Effect)
	}
	if len(p.Resources) == 0 {
		_, err := fmt.Fprintf(out, "%s: no changes\n", stack)
		return err
	}
	return section{title: stack + ": " + counts.counts(), rows: each(p.Resources, Resource.markdown)}.plain(out)
}
