package proof

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/fatih/color"
	"github.com/jstemmer/go-junit-report/v2/junit"

	"hubspoke/internal/words"
	"hubspoke/proof/finding"
)

// Status is how far something is proven.
type Status = finding.Status

// The statuses, from good to bad: what is unproven may be fine, but nothing here
// says that it is.
const (
	Proven   = finding.Proven
	Unproven = finding.Unproven
	Violated = finding.Violated
)

// Report is what was proven about an estate, and what was not.
type Report struct {
	// Estate is the estate's name.
	Estate string `json:"estate"`
	Status Status `json:"status"`
	// Model counts what the proof knows of: VPCs, subnets and so on.
	Model []Count `json:"model"`
	// Intents are the promises of the estate, in the order of the file.
	Intents []Result `json:"intents"`
	// Invariants are what must hold in any network.
	Invariants []finding.Finding `json:"invariants"`
	// Matrix says who reaches whom. It is there if someone asked for it.
	Matrix *Matrix `json:"matrix,omitempty"`
}

// Count is a number of things.
type Count struct {
	What   string `json:"what"`
	Number int    `json:"number"`
}

// Result is what came of an intent.
type Result struct {
	// Intent is the intent in one line.
	Intent string `json:"intent"`
	// File and Line are where it stands; empty and 0 for a question asked on the spot.
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Status Status `json:"status"`
	// Summary says what was looked at, in one sentence.
	Summary string `json:"summary"`
	// Asked says that it was a question: then nothing was promised, and nothing is
	// violated.
	Asked bool `json:"asked,omitempty"`
	// Partly says of a question that some packets arrive and are answered, and others
	// are not.
	Partly bool `json:"partly,omitempty"`
	// doubted says that all that keeps it from being proven is what is not understood.
	doubted bool
	// Cases are the cases that decide: those that fail or, if none does, the first
	// one. Of those that fail for the same reason one is listed, and at most ten.
	Cases []Case `json:"cases,omitempty"`
}

// Case is one sender and receiver, or one question and its answer.
type Case struct {
	Status Status `json:"status"`
	// Question names the two ends, or who asks for which name.
	Question string `json:"question"`
	// Answer says what happens, and what decides it.
	Answer string `json:"answer"`
	// Packets are the fewest packets that show it.
	Packets string `json:"packets,omitempty"`
	// Alike is the number of further cases that differ in nothing but zones.
	Alike int `json:"alike,omitempty"`
	// Path is the way of these packets, up to where it is decided.
	Path []Step `json:"path,omitempty"`
	// Return is the way of the answers.
	Return []Step `json:"return,omitempty"`

	// explain fills in all but the status and the question, which takes longer than
	// to find out whether it is so.
	explain func(*Case)
	// partly says that some of the packets do arrive, and are answered.
	partly bool
	// kind is what cases have in common that differ in nothing but zones.
	kind [2]string
}

// explained is the case with its explanation.
func (c Case) explained() Case {
	if c.explain != nil {
		c.explain(&c)
		c.explain = nil
	}
	return c
}

// cause is what decides the case: the answer, and the last stage of the way. It is "" where
// no way is known.
func (c Case) cause() string {
	way := c.Path
	if len(c.Return) > 0 {
		way = c.Return
	}
	if len(way) == 0 {
		return ""
	}
	last := way[len(way)-1]
	return c.Answer + "\n" + last.Text + "\n" + last.Resource
}

// Step is a stage of a path.
type Step struct {
	Text string `json:"text"`
	// Resource is the stack and the address of the resource that makes it so.
	Resource string `json:"resource,omitempty"`
}

// JSON writes the report for machines.
func (r *Report) JSON(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(r)
}

var colours = map[Status]*color.Color{
	Proven:   color.New(color.FgGreen),
	Unproven: color.New(color.FgYellow),
	Violated: color.New(color.FgRed, color.Bold),
}

// label is a word of fixed width, on a terminal in the colour of the status.
func label(s Status, word string) string { return colours[s].Sprintf("%-8s", word) }

// Text writes the report for people, with what is wrong first: intents and findings that
// are violated, then those that are unproven, then what is proven, and notes. A brief one
// has a line for each intent, paths for what is not proven, each cause once, and no notes.
func (r *Report) Text(w io.Writer, brief bool) error {
	var b strings.Builder
	asked := slices.ContainsFunc(r.Intents, func(r Result) bool { return r.Asked })
	told := map[string]bool{}
	for _, f := range r.Invariants {
		if hides(f) {
			findingText(&b, f)
		}
	}
	if b.Len() > 0 && !asked {
		b.WriteString("\n")
	}
	for _, status := range []Status{Violated, Unproven, Proven} {
		before := b.Len()
		for _, result := range r.Intents {
			if result.Status == status {
				result.text(&b, brief && !asked, told)
			}
		}
		for _, f := range r.Invariants {
			if f.Status == status && !(brief && f.Note()) && !hides(f) {
				findingText(&b, f)
			}
		}
		if b.Len() > before && !asked {
			b.WriteString("\n")
		}
	}
	if !asked {
		b.WriteString(r.summary())
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func findingText(b *strings.Builder, f finding.Finding) {
	word := label(f.Status, string(f.Status))
	if f.Note() {
		word = "note    "
	}
	fmt.Fprintf(b, "%s %s: %s\n", word, f.Kind.Code(), f.Sentence)
	for _, resource := range f.Resources {
		fmt.Fprintf(b, "           %s\n", resource)
	}
}

// text writes the result. Where it is brief, a cause that was told is named, and not
// shown again.
// hides says whether a finding is about what is not there or not understood, which what
// else is found may be a consequence of: it comes first.
func hides(f finding.Finding) bool {
	return f.Status != Proven && slices.Contains([]string{
		notUnderstood.Code(), stackNotSynthesized.Code(), foreignStack.Code(), staleSynthesis.Code(), "missing-stack", "broken-reference",
	}, f.Kind.Code())
}

func (r Result) text(b *strings.Builder, brief bool, told map[string]bool) {
	at := ""
	if r.Line > 0 {
		at = fmt.Sprintf("  (%s:%d)", r.File, r.Line)
	}
	status := label(r.Status, string(r.Status))
	if r.Asked {
		word := map[Status]string{Proven: "reached", Unproven: "unknown", Violated: "stopped"}[r.Status]
		if r.Partly && r.Status == Violated {
			word = "partly"
		}
		status = label(r.Status, word)
	}
	fmt.Fprintf(b, "%s %s%s\n", status, r.Intent, at)
	if brief && r.Status == Proven {
		return
	}
	fmt.Fprintf(b, "         %s\n", r.Summary)
	if brief && r.doubted {
		return // the path is that of what would be proven
	}
	cases := r.Cases
	if brief && len(cases) > 1 {
		cases = cases[:1]
	}
	for _, c := range cases {
		fmt.Fprintf(b, "         %s: %s\n", c.Question, c.Answer)
		if cause := c.cause(); brief && cause != "" {
			if told[cause] {
				b.WriteString("           for the cause that is shown above\n")
				continue
			}
			told[cause] = true
		}
		if c.Alike > 0 {
			fmt.Fprintf(b, "           and %d more in other zones\n", c.Alike)
		}
		if c.Packets != "" {
			fmt.Fprintf(b, "           packets: %s\n", first(c.Packets))
		}
		steps(b, "", c.Path)
		steps(b, "back: ", c.Return)
	}
	if more := len(r.Cases) - len(cases); more > 0 {
		fmt.Fprintf(b, "         and %d others; with --all they are shown\n", more)
	}
}

// first is the beginning of a list of packets.
func first(packets string) string {
	parts := strings.Split(packets, "; ")
	if len(parts) > 3 {
		return fmt.Sprintf("%s; and %d ranges more", strings.Join(parts[:3], "; "), len(parts)-3)
	}
	return packets
}

func steps(b *strings.Builder, prefix string, path []Step) {
	width := 0
	for _, s := range path {
		width = max(width, len([]rune(s.Text)))
	}
	for i, s := range path {
		if i > 0 {
			prefix = strings.Repeat(" ", len(prefix))
		}
		line := fmt.Sprintf("           %s%-*s  %s", prefix, width, s.Text, s.Resource)
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
}

// summary is the last lines of the text: what was looked at, and what came of it.
func (r *Report) summary() string {
	var counts []string
	for _, c := range r.Model {
		counts = append(counts, words.Count(c.Number, c.What))
	}
	intents, failed := map[Status]int{}, map[Status]int{}
	for _, result := range r.Intents {
		intents[result.Status]++
	}
	notes := 0
	for _, f := range r.Invariants {
		if f.Note() {
			notes++
		} else {
			failed[f.Status]++
		}
	}
	text := fmt.Sprintf("Looked at %s.\n", strings.Join(counts, ", "))
	text += fmt.Sprintf("%d intents: %d proven, %d violated, %d unproven. Invariants: %d violated, %d unproven, %d notes.\n",
		len(r.Intents), intents[Proven], intents[Violated], intents[Unproven], failed[Violated], failed[Unproven], notes)
	return text + fmt.Sprintf("%s: %s\n", r.Estate, colours[r.Status].Sprint(string(r.Status)))
}

// JUnit writes the report as test results, which most CI systems show.
func (r *Report) JUnit(w io.Writer) error {
	intents := junit.Testsuite{Name: r.Estate + " intents"}
	for _, result := range r.Intents {
		var text strings.Builder
		result.text(&text, false, nil)
		test := junit.Testcase{Name: result.Intent, Classname: fmt.Sprintf("%s:%d", result.File, result.Line)}
		if result.Status != Proven {
			test.Failure = &junit.Result{Message: string(result.Status), Data: text.String()}
		}
		intents.AddTestcase(test)
	}
	invariants := junit.Testsuite{Name: r.Estate + " invariants"}
	for _, f := range r.Invariants {
		test := junit.Testcase{Name: f.Sentence, Classname: f.Kind.Code()}
		if !f.Note() {
			var resources []string
			for _, r := range f.Resources {
				resources = append(resources, r.String())
			}
			test.Failure = &junit.Result{Message: string(f.Status), Data: strings.Join(resources, "\n")}
		}
		invariants.AddTestcase(test)
	}
	var all junit.Testsuites
	all.AddSuite(intents)
	all.AddSuite(invariants)
	return all.WriteXML(w)
}
