package svg_test

import (
	"bytes"
	"encoding/xml"
	"io"
	"slices"
	"strings"
	"testing"

	"hubspoke/internal/picture"
	"hubspoke/internal/picture/layout"
	"hubspoke/internal/picture/picturetest"
	"hubspoke/internal/picture/svg"
)

// elements are those that a drawing consists of.
var elements = []string{"svg", "title", "style", "rect", "path", "circle", "text"}

// attributes are those that its elements have.
var attributes = []string{"xmlns", "class", "viewBox", "width", "height", "role", "x", "y", "rx", "d", "cx", "cy", "r", "font-size", "text-anchor", "data-name", "data-of"}

func check(t *testing.T, name string) {
	t.Helper()
	var b bytes.Buffer
	if err := svg.Write(&b, layout.Of(picture.Of(name, picturetest.Named(t, name), false))); err != nil {
		t.Fatal(err)
	}
	decoder := xml.NewDecoder(&b)
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatalf("%q: not XML: %v", name, err)
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if !slices.Contains(elements, start.Name.Local) {
			t.Errorf("%q made an element %s", name, start.Name.Local)
		}
		for _, a := range start.Attr {
			if !slices.Contains(attributes, a.Name.Local) {
				t.Errorf("%q made an attribute %s", name, a.Name.Local)
			}
		}
	}
}

func TestNamesAreText(t *testing.T) {
	for _, name := range picturetest.Hostile {
		check(t, name)
	}
	check(t, strings.Repeat("<long> & ", 100))
}

func FuzzNames(f *testing.F) {
	for _, name := range picturetest.Hostile {
		f.Add(name)
	}
	f.Fuzz(check)
}
