package deploy

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"
	"time"
)

// outcome is what became of a stack.
type outcome string

const (
	applied     outcome = "applied"
	unchanged   outcome = "unchanged"
	planned     outcome = "planned"
	notYet      outcome = "not yet"
	declined    outcome = "declined"
	skipped     outcome = "skipped"
	failed      outcome = "failed"
	interrupted outcome = "interrupted"
)

// because is how an outcome is the reason of another's.
func (o outcome) because() string {
	switch o {
	case declined:
		return "was declined"
	case skipped, interrupted:
		return "was " + string(o)
	case notYet:
		return "could not be planned"
	}
	return string(o)
}

// Conclusion is what became of one stack.
type Conclusion struct {
	// Stack is its name.
	Stack string
	// Outcome is a word: applied, destroyed, unchanged, empty, planned, not yet, declined, skipped, failed or interrupted.
	Outcome string
	// Detail says why, where that is not plain.
	Detail string
	// Took is how long it took, 0 if nothing was begun.
	Took time.Duration
}

type result struct {
	outcome outcome
	detail  string
	took    time.Duration
}

// summary writes what became of each stack. The error says whether something is left
// to do: in a run that only plans, that a stack cannot be planned yet is none.
func (d *deployment) summary(stacks []Stack) error {
	counts := map[outcome]int{}
	var table bytes.Buffer
	t := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	for _, s := range stacks {
		r := d.result(s.Name)
		counts[r.outcome]++
		if d.Concluded != nil {
			d.Concluded(Conclusion{s.Name, d.word(r.outcome), r.detail, r.took})
		}
		took := ""
		if r.took > 0 {
			took = fmt.Sprintf("%.1fs", r.took.Seconds())
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", d.word(r.outcome), s.Name, took, r.detail)
	}
	t.Flush()
	d.line("\n%s", trimmed(table.String()))
	if d.PlanOnly && counts[planned] > 0 {
		d.line("\nThe plans are saved; `make deploy` makes its own, and asks before it applies them.")
	}
	good := counts[applied] + counts[unchanged]
	if d.PlanOnly {
		good += counts[planned] + counts[notYet]
	}
	if good < len(stacks) {
		return fmt.Errorf("%w: %s", ErrIncomplete, d.tally(counts))
	}
	return nil
}

// word is an outcome in the words of what was asked for.
func (d *deployment) word(o outcome) string {
	switch {
	case d.Destroy && o == applied:
		return "destroyed"
	case d.Destroy && o == unchanged:
		return "empty"
	}
	return string(o)
}

func (d *deployment) tally(counts map[outcome]int) string {
	var parts []string
	for _, o := range []outcome{applied, unchanged, planned, notYet, declined, failed, skipped, interrupted} {
		if counts[o] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", counts[o], d.word(o)))
		}
	}
	return strings.Join(parts, ", ")
}

// trimmed is text without blanks at the ends of its lines.
func trimmed(text string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	return strings.Join(lines, "\n")
}

// printer writes whole lines, and blocks of lines that belong together, for stacks that
// run side by side.
type printer struct {
	writing sync.Mutex
	out     io.Writer
}

func (p *printer) line(format string, args ...any) {
	p.ask(format+"\n", args...)
}

// ask writes a line without its end.
func (p *printer) ask(format string, args ...any) {
	p.writing.Lock()
	defer p.writing.Unlock()
	fmt.Fprintf(p.out, format, args...)
}

// block writes a text under a title, in one piece.
func (p *printer) block(title, text string) {
	p.line("\n── %s\n%s\n", title, text)
}

// prefixed is a writer that puts a stack's name before each line.
func (p *printer) prefixed(stack string) io.Writer {
	return &prefixWriter{printer: p, prefix: stack}
}

type prefixWriter struct {
	*printer
	prefix string
	rest   []byte
}

// Write writes the lines that are complete. Terraform ends its last one.
func (w *prefixWriter) Write(text []byte) (int, error) {
	w.rest = append(w.rest, text...)
	for {
		line, rest, ended := bytes.Cut(w.rest, []byte("\n"))
		if !ended {
			return len(text), nil
		}
		if line := strings.TrimSpace(string(line)); line != "" {
			w.line("%s | %s", w.prefix, line)
		}
		w.rest = slices.Clone(rest)
	}
}

// answers are the lines that somebody types.
type answers struct {
	lines chan string
}

// newAnswers begins to read, so that waiting for an answer can be interrupted. Where a
// person types, a line that comes while nobody waits for one is no answer: who wrote it
// had not seen what the next question is about.
func newAnswers(in io.Reader, typed bool) *answers {
	a := &answers{lines: make(chan string)}
	go func() {
		defer close(a.lines)
		scanner := bufio.NewScanner(in)
		for scanner.Scan() {
			line := strings.TrimSpace(scanner.Text())
			if !typed {
				a.lines <- line
				continue
			}
			select {
			case a.lines <- line:
			default:
			}
		}
	}()
	return a
}

// next is the next answer. It is an error if there is none.
func (a *answers) next(ctx context.Context) (string, error) {
	select {
	case line, ok := <-a.lines:
		if !ok {
			return "", io.EOF
		}
		return line, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}
