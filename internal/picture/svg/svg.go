// Package svg draws a picture whose places are known.
package svg

import (
	_ "embed"
	"fmt"
	"io"
	"strings"

	"hubspoke/internal/picture/layout"
)

// Style is the style sheet of drawings, for light and for dark.
//
//go:embed style.css
var Style string

// Write writes a drawing as an SVG file, with its style sheet.
func Write(w io.Writer, d *layout.Drawing) error {
	return write(w, d, fmt.Sprintf("<style>\n%s</style>\n", Style))
}

// Fragment writes a drawing for a page that has the style sheet.
func Fragment(w io.Writer, d *layout.Drawing) error { return write(w, d, "") }

func write(w io.Writer, d *layout.Drawing, style string) error {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" class="picture" viewBox="0 0 %d %d" width="%d" height="%d" role="img">`+"\n", d.Width, d.Height, d.Width, d.Height)
	fmt.Fprintf(&b, "<title>The network of %s</title>\n%s", escape(d.Name), style)
	fmt.Fprintf(&b, `<rect class="paper" width="%d" height="%d"/>`+"\n", d.Width, d.Height)
	// What is wanted in front comes last: boxes, then lines over them, then what is written.
	for _, x := range d.Boxes {
		drawBox(&b, x)
	}
	for _, x := range d.Lines {
		drawLine(&b, x)
	}
	for _, x := range d.Dots {
		drawDot(&b, x)
	}
	for _, x := range d.Texts {
		drawText(&b, x)
	}
	b.WriteString("</svg>\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// corners are how round boxes are.
var corners = map[string]int{"account": 10, "vpc": 6, "subnet": 4, "chip": 9, "pill": 11, "bus": 8, "key": 3}

func drawBox(b *strings.Builder, x layout.Box) {
	kind, _, _ := strings.Cut(x.Class, " ")
	fmt.Fprintf(b, `<rect class="%s"`, x.Class)
	if x.Name != "" {
		fmt.Fprintf(b, ` data-name="%s"`, escape(x.Name))
	}
	fmt.Fprintf(b, ` x="%d" y="%d" width="%d" height="%d" rx="%d"`, x.X, x.Y, x.W, x.H, corners[kind])
	end(b, "rect", x.Title)
}

func drawLine(b *strings.Builder, x layout.Line) {
	fmt.Fprintf(b, `<path class="line %s"`, x.Class)
	if x.Name != "" {
		fmt.Fprintf(b, ` data-of="%s"`, escape(x.Name))
	}
	b.WriteString(` d="`)
	for i, p := range x.Points {
		fmt.Fprintf(b, "%c%d %d", "ML"[min(i, 1)], p.X, p.Y)
	}
	b.WriteString(`"`)
	end(b, "path", x.Title)
}

func drawDot(b *strings.Builder, x layout.Dot) {
	switch kind, rest, _ := strings.Cut(x.Class, " "); kind {
	case "routed":
		fmt.Fprintf(b, `<path class="dot %s" d="M%d %dl6 6l-6 6l-6 -6z"`, x.Class, x.X, x.Y-6)
		end(b, "path", x.Title)
	case "joint":
		fmt.Fprintf(b, `<circle class="joint %s" cx="%d" cy="%d" r="2.5"/>`+"\n", rest, x.X, x.Y)
	default:
		fmt.Fprintf(b, `<circle class="dot %s" cx="%d" cy="%d" r="5"`, x.Class, x.X, x.Y)
		end(b, "circle", x.Title)
	}
}

func drawText(b *strings.Builder, x layout.Text) {
	if x.Text == "" {
		return
	}
	at, anchor := x.X, ""
	if x.Middle {
		at, anchor = x.X+x.W/2, ` text-anchor="middle"`
	}
	fmt.Fprintf(b, `<text class="%s" x="%d" y="%d" font-size="%d"%s>`, x.Class, at, x.Y+x.Size, x.Size, anchor)
	if x.Title != "" {
		fmt.Fprintf(b, "<title>%s</title>", escape(x.Title))
	}
	fmt.Fprintf(b, "%s</text>\n", escape(x.Text))
}

// end ends an element, with a title if it has one.
func end(b *strings.Builder, element, title string) {
	if title == "" {
		b.WriteString("/>\n")
		return
	}
	fmt.Fprintf(b, "><title>%s</title></%s>\n", escape(title), element)
}

var entities = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;")

// escape makes a text part of XML. Characters that XML has no way to write are left out.
func escape(text string) string {
	return entities.Replace(strings.Map(func(r rune) rune {
		if r < 0x20 && r != '\n' && r != '\t' || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD")))
}
