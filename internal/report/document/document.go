// Package document is what every report is made of: sections with words, rows and commands,
// which are written as Markdown, as plain text, or as JSON.
package document

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"unicode/utf8"
)

// Document is a report.
type Document struct {
	// Title is the heading: `Encryption of piksel`.
	Title string `json:"title"`
	// About are sentences on what the report says, and what it does not know.
	About []string `json:"about,omitempty"`
	// Sections are its parts, in the order in which they are read.
	Sections []*Section `json:"sections"`
}

// Section is a part of a report. It has words, rows, steps, or some of each, in this order.
type Section struct {
	// Title is the section's heading.
	Title string `json:"title"`
	// Text are paragraphs before the rest.
	Text []string `json:"text,omitempty"`
	// Columns are the headings of the rows. A section without columns has no rows.
	Columns []string `json:"-"`
	// Rows have a cell for each column.
	Rows [][]string `json:"-"`
	// Steps are what to do, one after the other.
	Steps []Step `json:"steps,omitempty"`
}

// Step is something to do.
type Step struct {
	// Text says what it is for.
	Text string `json:"text"`
	// Account is the name of the account in which it is done, "" where that is none or plain from the text.
	Account string `json:"account,omitempty"`
	// Commands are those of a shell, a line each.
	Commands []string `json:"commands,omitempty"`
}

// Section adds a section.
func (d *Document) Section(title string, text ...string) *Section {
	s := &Section{Title: title, Text: text}
	d.Sections = append(d.Sections, s)
	return s
}

// Table gives the section columns.
func (s *Section) Table(columns ...string) *Section {
	s.Columns = columns
	return s
}

// Row adds a row, with a cell for each column: more or fewer are a mistake of the program.
func (s *Section) Row(cells ...string) {
	if len(cells) != len(s.Columns) {
		panic(fmt.Sprintf("%s: %d cells in %d columns", s.Title, len(cells), len(s.Columns)))
	}
	s.Rows = append(s.Rows, cells)
}

// Do adds a step.
func (s *Section) Do(account, text string, commands ...string) {
	s.Steps = append(s.Steps, Step{Text: text, Account: account, Commands: commands})
}

// MarshalJSON writes the rows as objects, a key for each column.
func (s *Section) MarshalJSON() ([]byte, error) {
	type plain Section
	rows := make([]map[string]string, len(s.Rows))
	for i, cells := range s.Rows {
		rows[i] = map[string]string{}
		for column, cell := range cells {
			rows[i][s.Columns[column]] = cell
		}
	}
	return json.Marshal(struct {
		*plain
		Rows []map[string]string `json:"rows,omitempty"`
	}{(*plain)(s), rows})
}

// Formats are the formats that Write knows.
const Formats = "markdown,json,text"

// Write writes the document in a format of [Formats].
func (d *Document) Write(out io.Writer, format string) error {
	switch format {
	case "json":
		encoder := json.NewEncoder(out)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		return encoder.Encode(d)
	case "markdown":
		return d.markdown(out)
	case "text":
		return d.text(out)
	}
	return fmt.Errorf("a report is written as one of %s, and not as %q", Formats, format)
}

func (d *Document) markdown(out io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n", d.Title)
	for _, text := range d.About {
		fmt.Fprintf(&b, "\n%s\n", text)
	}
	for _, s := range d.Sections {
		fmt.Fprintf(&b, "\n## %s\n", s.Title)
		for _, text := range s.Text {
			fmt.Fprintf(&b, "\n%s\n", text)
		}
		if len(s.Rows) > 0 {
			fmt.Fprintf(&b, "\n| %s |\n|%s\n", strings.Join(s.Columns, " | "), strings.Repeat(" --- |", len(s.Columns)))
		}
		for _, cells := range s.Rows {
			fmt.Fprintf(&b, "| %s |\n", strings.Join(inTable(cells), " | "))
		}
		for i, step := range s.Steps {
			number := fmt.Sprintf("%d. ", i+1)
			fmt.Fprintf(&b, "\n%s%s\n", number, step.sentence())
			if len(step.Commands) > 0 {
				// What is indented less than the sentence would end the list.
				indent := strings.Repeat(" ", len(number))
				fmt.Fprintf(&b, "\n%[1]s```sh\n%[1]s%[2]s\n%[1]s```\n", indent, strings.Join(step.Commands, "\n"+indent))
			}
		}
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// inTable are cells as a table of Markdown takes them.
func inTable(cells []string) []string {
	all := make([]string, len(cells))
	for i, cell := range cells {
		all[i] = strings.NewReplacer("|", `\|`, "\n", "<br>", "<", "&lt;", "*", `\*`).Replace(cell)
	}
	return all
}

func (s Step) sentence() string {
	if s.Account == "" {
		return s.Text
	}
	return fmt.Sprintf("%s (in the account %s)", s.Text, s.Account)
}

func (d *Document) text(out io.Writer) error {
	heading := func(text, line string) {
		fmt.Fprintf(out, "%s\n%s\n", text, strings.Repeat(line, utf8.RuneCountInString(text)))
	}
	heading(d.Title, "=")
	for _, text := range d.About {
		fmt.Fprintf(out, "\n%s\n", text)
	}
	for _, s := range d.Sections {
		fmt.Fprintln(out)
		heading(s.Title, "-")
		for _, text := range s.Text {
			fmt.Fprintf(out, "\n%s\n", text)
		}
		if err := s.table(out); err != nil {
			return err
		}
		for i, step := range s.Steps {
			fmt.Fprintf(out, "\n%d. %s\n", i+1, step.sentence())
			for _, command := range step.Commands {
				fmt.Fprintf(out, "     %s\n", command)
			}
		}
	}
	return nil
}

func (s *Section) table(out io.Writer) error {
	if len(s.Rows) == 0 {
		return nil
	}
	fmt.Fprintln(out)
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, strings.ToUpper(strings.Join(s.Columns, "\t")))
	for _, cells := range s.Rows {
		fmt.Fprintln(t, strings.Join(strings.Split(strings.Join(cells, "\t"), "\n"), "; "))
	}
	return t.Flush()
}
