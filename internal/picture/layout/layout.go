// Package layout says where everything of a picture is drawn.
//
// Accounts stand in rows: those in the middle of the network above, the others below. Between
// them are the buses, a panel each, with a line across it for every route table of a transit
// gateway, every peering and every endpoint service. Lines lead straight from a VPC to the panels,
// and end in a dot on each lane that the VPC is tied to; those of VPCs in further rows run between
// the columns. So no line crosses a box or what is written, however many there are.
//
// All numbers are whole units of the drawing, so that the same network is the same bytes.
package layout

import (
	"hubspoke/internal/picture"
)

// Rect is a rectangle, from its upper left corner.
type Rect struct{ X, Y, W, H int }

// Contains says that another rectangle lies in this one.
func (r Rect) Contains(o Rect) bool {
	return r.X <= o.X && r.Y <= o.Y && o.X+o.W <= r.X+r.W && o.Y+o.H <= r.Y+r.H
}

// Overlaps says that two rectangles have an area in common.
func (r Rect) Overlaps(o Rect) bool {
	return r.X < o.X+o.W && o.X < r.X+r.W && r.Y < o.Y+o.H && o.Y < r.Y+r.H
}

// Box is a rectangle with a meaning.
type Box struct {
	Rect
	// Class says what it is, for style sheets: `account`, `vpc`, `subnet`, `chip`, `bus`.
	Class string
	// Title is shown to who points at it: the addresses of resources, a line each.
	Title string
	// Name is the party that the box stands for, in the words of intents; "" for none.
	Name string
}

// Line is a line with corners.
type Line struct {
	Points []Point
	// Class says what it is: the kind of the tie, and the colour of its lane.
	Class string
	Title string
	// Resources make it so.
	Resources []string
	// Name is the VPC that it leads from, "" for none.
	Name string
}

// Point is a corner of a line.
type Point struct{ X, Y int }

// Dot is where a line meets a lane.
type Dot struct {
	Point
	Class string
	Title string
}

// Text is a line of text. Its rectangle is where there is room for it.
type Text struct {
	Rect
	// Size is the height of letters.
	Size  int
	Class string
	Text  string
	// Title is the whole text, where there was no room for it.
	Title string
	// Middle says that it is centred.
	Middle bool
}

// Drawing is a picture with places.
type Drawing struct {
	Name          string
	Width, Height int
	Boxes         []Box
	Lines         []Line
	Dots          []Dot
	Texts         []Text
}

// Of places what a picture shows. It is no wider than [Widest], unless a VPC alone is.
func Of(p *picture.Picture) *Drawing {
	l := &layout{Drawing: &Drawing{Name: p.Name}, picture: p, lanes: map[*picture.Lane]int{}, colours: map[*picture.Lane]int{}, ties: map[*picture.VPC][]*picture.Tie{}}
	for _, t := range p.Ties {
		l.ties[t.VPC] = append(l.ties[t.VPC], t)
	}
	for _, b := range p.Buses {
		for _, lane := range b.Lanes {
			l.colours[lane] = len(l.colours)
		}
	}
	above, below := &section{up: true}, &section{}
	for _, a := range p.Accounts {
		s := below
		if a.Central && len(p.Buses) > 0 {
			s = above
		}
		s.accounts = append(s.accounts, a)
	}
	l.measure(above)
	l.measure(below)
	l.Width = 2*margin + max(above.width(), below.width(), narrowest)
	l.stretch(above)
	l.stretch(below)
	y := l.heading()
	y = l.placeAbove(above, y)
	y = l.placeBuses(y)
	y = l.placeBelow(below, y)
	l.connect(above, below)
	l.Height = l.legend(y) + margin
	return l.Drawing
}

// layout is a drawing in the making.
type layout struct {
	*Drawing
	picture *picture.Picture
	// lanes are the heights of lanes, and colours their numbers.
	lanes   map[*picture.Lane]int
	colours map[*picture.Lane]int
	ties    map[*picture.VPC][]*picture.Tie
	// busTop and busBottom are where the panels begin and end.
	busTop, busBottom int
	// taken are where lines cross the panels from top to bottom.
	taken []int
}

// Widest is the width at which all text is read without zooming in.
const Widest = 1400

const (
	margin    = 20
	narrowest = 880
	// labels is the width of what is written beside lanes.
	labels = 250
	pad    = 10
	// apart is the distance of lines that run side by side.
	apart = 12
)

func (l *layout) box(class string, r Rect, title, name string) {
	l.Boxes = append(l.Boxes, Box{r, class, title, name})
}

// text writes a text at a place, as much of it as there is room for, in a line.
func (l *layout) text(class string, size, x, y, w int, text string) {
	l.write(class, size, Rect{x, y, w, size + 3}, text, false)
}

func (l *layout) write(class string, size int, r Rect, text string, middle bool) {
	t := Text{Rect: r, Size: size, Class: class, Text: fit(text, size, r.W), Middle: middle}
	if t.Text != text {
		t.Title = text
	}
	l.Texts = append(l.Texts, t)
}
