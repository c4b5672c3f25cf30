package yamldoc

import "fmt"

// Section is what stands at a path of a document, and below it. It lets the rules of a
// section be written without knowing where in which file the section is.
type Section struct {
	doc  *Document
	path string
}

// Section is the section at a path; the whole document at "".
func (d *Document) Section(path string) Section { return Section{d, path} }

// Key is the section at a key, or at several, one below the other.
func (s Section) Key(keys ...string) Section {
	for _, key := range keys {
		s.path = Child(s.path, key)
	}
	return s
}

// Item is the section of the i-th item of a list.
func (s Section) Item(i int) Section { return Section{s.doc, Index(s.path, i)} }

// Path is the path of the section in its document.
func (s Section) Path() string { return s.path }

// Errorf is [Document.Errorf] at the section.
func (s Section) Errorf(format string, args ...any) { s.doc.Errorf(s.path, format, args...) }

// Warnf is [Document.Warnf] at the section.
func (s Section) Warnf(format string, args ...any) { s.doc.Warnf(s.path, format, args...) }

// Has is [Document.Has] of the section.
func (s Section) Has() bool { return s.doc.Has(s.path) }

// Broken is [Document.Broken] of the section.
func (s Section) Broken() bool { return s.doc.Broken(s.path) }

// Wrong is [Document.Wrong] of the section.
func (s Section) Wrong() bool { return s.doc.Wrong(s.path) }

// Incomplete is [Document.Incomplete] of the section.
func (s Section) Incomplete() bool { return s.doc.Incomplete(s.path) }

// Warnf records something about the value at path that is not wrong yet, unless decoding
// has rejected the value.
func (d *Document) Warnf(path, format string, args ...any) {
	if !d.Broken(path) {
		d.Warnings = append(d.Warnings, &Error{File: d.File, Line: d.Line(path), Path: path, Message: fmt.Sprintf(format, args...)})
	}
}
