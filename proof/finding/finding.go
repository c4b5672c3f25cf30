// Package finding is what the proof has to say beside its answers: that something
// cannot work, cannot be meant, or is not understood.
//
// Every finding is of a [Kind], which has a code, says what it means in terms of AWS,
// and what to do about it. Kinds are declared in a [Catalogue] next to the code that
// finds them, and cannot be made otherwise, so that no finding is without an
// explanation. docs/findings.md is made of them.
package finding

import (
	"cmp"
	"fmt"
	"slices"

	"hubspoke/proof/config"
)

// Status is how far something is proven.
type Status string

// The statuses, from good to bad: what is unproven may be fine, but nothing here
// says that it is.
const (
	Proven   Status = "proven"
	Unproven Status = "unproven"
	Violated Status = "violated"
)

// ExitCode is 0 for proven, 1 for violated and 2 for unproven.
func (s Status) ExitCode() int {
	switch s {
	case Proven:
		return 0
	case Violated:
		return 1
	}
	return 2
}

// Worse is the worse of two statuses.
func Worse(a, b Status) Status {
	for _, s := range []Status{Violated, Unproven} {
		if a == s || b == s {
			return s
		}
	}
	return Proven
}

// Finding is something that does not hold, is not understood, or deserves a second
// look.
type Finding struct {
	// Kind is what it is about. Its code stands for it in JSON.
	Kind Kind `json:"code"`
	// Status is Violated for what cannot work or cannot be meant, Unproven for what is
	// not understood, and Proven for a note about what works in a way that surprises.
	Status Status `json:"status"`
	// Sentence says what is wrong here, and what would be right.
	Sentence string `json:"sentence"`
	// Resources are those that it is about, the first one first; none if it is about a
	// stack as a whole. JSON has their stacks and addresses.
	Resources []*config.Resource `json:"resources,omitempty"`
}

// Note says whether the finding is only a note.
func (f Finding) Note() bool { return f.Status == Proven }

func (f Finding) String() string {
	if f.Note() {
		return fmt.Sprintf("note: %s: %s", f.Kind.code, f.Sentence)
	}
	return fmt.Sprintf("%s: %s: %s", f.Status, f.Kind.code, f.Sentence)
}

// List gathers findings.
type List struct{ all []Finding }

// Violation adds what cannot work, or cannot be meant.
func (l *List) Violation(kind Kind, about []*config.Resource, format string, args ...any) {
	l.all = append(l.all, Finding{kind, Violated, fmt.Sprintf(format, args...), about})
}

// Doubt adds what is not understood.
func (l *List) Doubt(kind Kind, about []*config.Resource, format string, args ...any) {
	l.all = append(l.all, Finding{kind, Unproven, fmt.Sprintf(format, args...), about})
}

// Note adds what deserves a second look: it works, in a way that surprises, or the
// model cannot decide it.
func (l *List) Note(kind Kind, about []*config.Resource, format string, args ...any) {
	l.all = append(l.all, Finding{kind, Proven, fmt.Sprintf(format, args...), about})
}

// All are the findings in the order in which they were added.
func (l *List) All() []Finding { return l.all }

// Sorted are the findings in a fixed order, each once: by status as in [ByStatus], then
// by code and sentence.
func (l *List) Sorted() []Finding {
	sorted := slices.SortedStableFunc(slices.Values(l.all), func(a, b Finding) int {
		return cmp.Or(byStatus(a, b), cmp.Compare(a.Kind.code, b.Kind.code), cmp.Compare(a.Sentence, b.Sentence))
	})
	return slices.CompactFunc(sorted, func(a, b Finding) bool { return a.Kind == b.Kind && a.Sentence == b.Sentence })
}

// ByStatus are violations, then what is not understood, then notes, otherwise in the
// order in which they are.
func ByStatus(findings []Finding) []Finding {
	return slices.SortedStableFunc(slices.Values(findings), byStatus)
}

func byStatus(a, b Finding) int {
	order := []Status{Violated, Unproven, Proven}
	return cmp.Compare(slices.Index(order, a.Status), slices.Index(order, b.Status))
}

// Kind is a kind of findings.
type Kind struct{ code, meaning, remedy string }

// Code is the kind's name, such as `route-without-attachment`. It does not change:
// reports and those who read them rely on it.
func (k Kind) Code() string { return k.code }

// Meaning says what a finding of this kind means, in AWS's terms. It is Markdown.
func (k Kind) Meaning() string { return k.meaning }

// Remedy says what to do about it. It is Markdown.
func (k Kind) Remedy() string { return k.remedy }

// MarshalText writes the code.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.code), nil }

// Catalogue is the kinds of a package's findings.
type Catalogue struct{ kinds []Kind }

// Add declares a kind. Its code must be its own, in the catalogue and in all others.
func (c *Catalogue) Add(code, meaning, remedy string) Kind {
	k := Kind{code, meaning, remedy}
	c.kinds = append(c.kinds, k)
	return k
}

// Kinds are those of the catalogue, in the order in which they were declared.
func (c *Catalogue) Kinds() []Kind { return slices.Clone(c.kinds) }
