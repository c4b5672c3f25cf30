package layout

import (
	"fmt"
	"strings"

	"hubspoke/internal/picture"
)

// section is the rows of accounts on one side of the buses.
type section struct {
	accounts []*picture.Account
	// up says that it is above the buses.
	up bool
	// column is the width of a column, gutter that of the room between two, and columns how many
	// there are.
	column, gutter, columns int
	// left is where the first column begins.
	left int
	rows [][]*frame
}

// frame is an account, or as much of it as there is room for in a row.
type frame struct {
	Rect
	account *picture.Account
	vpcs    []*picture.VPC
	// first is the frame's first column, and places are those of its VPCs.
	first  int
	places []Rect
}

const (
	frameHeading = 42
	gap          = 20
	pillRoom     = 40
	// mostLike is how many lines the names of accounts have that are drawn as one.
	mostLike = 3
)

// measure finds how many columns a section has, and in which row each account is.
func (l *layout) measure(s *section) {
	if len(s.accounts) == 0 {
		return
	}
	vpcs, signs := 0, map[string]bool{}
	for _, a := range s.accounts {
		vpcs += max(1, len(a.VPCs))
		for _, v := range a.VPCs {
			s.column = max(s.column, vpcWidth(v)+2*pad)
			for _, r := range l.runs(v) {
				signs[l.sign(v, r)] = true
			}
		}
	}
	s.column = max(s.column, narrowVPC+2*pad)
	s.gutter = gap
	s.divide(vpcs)
	if len(s.rows) > 1 {
		s.gutter = gap + apart*len(signs)
		s.divide(vpcs)
	}
}

// divide puts accounts into rows.
func (s *section) divide(vpcs int) {
	most := max(1, (Widest-2*margin+gap)/(s.column+s.gutter))
	// As many in each row, rather than one alone in the last.
	rows := (vpcs + most - 1) / most
	s.columns = min(most, (vpcs+rows-1)/rows)
	s.rows = nil
	used := s.columns
	for _, a := range s.accounts {
		vpcs := a.VPCs
		for first := true; first || len(vpcs) > 0; first = false {
			n := min(max(1, len(vpcs)), s.columns)
			if used+n > s.columns {
				s.rows, used = append(s.rows, nil), 0
			}
			f := &frame{account: a, vpcs: vpcs[:min(n, len(vpcs))], first: used}
			vpcs = vpcs[len(f.vpcs):]
			last := len(s.rows) - 1
			s.rows[last] = append(s.rows[last], f)
			used += n
		}
	}
}

// gutters is how many gutters there are: one after the last column too, where lines of further
// rows need it.
func (s *section) gutters() int {
	if len(s.rows) > 1 {
		return s.columns
	}
	return max(0, s.columns-1)
}

func (s *section) width() int { return s.columns*s.column + s.gutters()*s.gutter }

// stretch makes columns as wide as there is room for, within reason.
func (l *layout) stretch(s *section) {
	if s.columns == 0 {
		return
	}
	room := l.Width - 2*margin
	s.column = min(s.column*6/5, (room-s.gutters()*s.gutter)/s.columns)
	s.left = margin + (room-s.width())/2
}

func (s *section) x(column int) int { return s.left + column*(s.column+s.gutter) }

// open says that no account stands across a gutter in rows nearer to the buses than a row.
func (s *section) open(gutter, row int) bool {
	for i, frames := range s.rows {
		if s.distance(i) >= s.distance(row) {
			continue
		}
		for _, f := range frames {
			if f.first <= gutter && gutter < f.first+max(1, len(f.vpcs))-1 {
				return false
			}
		}
	}
	return true
}

// distance is how many rows are between a row and the buses.
func (s *section) distance(row int) int {
	if s.up {
		return len(s.rows) - 1 - row
	}
	return row
}

// like says whom an account stands for.
func like(a *picture.Account) string {
	if len(a.Like) == 0 {
		return ""
	}
	return "like it: " + strings.Join(a.Like, ", ")
}

func (s *section) frameHeight(f *frame) int {
	h := 0
	for _, v := range f.vpcs {
		h = max(h, vpcHeight(v, s.column-2*pad))
	}
	if n := len(wrap(like(f.account), small, headingRoom(s), mostLike)); n > 0 {
		h += n*line + pad/2
	}
	return frameHeading + h + pad
}

// pills says whether something of a row leads to the internet or on-premises by itself.
func pills(frames []*frame) bool {
	for _, f := range frames {
		for _, v := range f.vpcs {
			if v.Internet != "" || v.OnPremises != "" {
				return true
			}
		}
	}
	return false
}

// channel is the height of the room for the lines of a row that run along it.
func (l *layout) channel(frames []*frame) int {
	most := 0
	for _, f := range frames {
		for _, v := range f.vpcs {
			most = max(most, len(l.runs(v)))
		}
	}
	return gap + apart*most
}

// placeAbove draws the rows above the buses from y on, and returns where they end.
func (l *layout) placeAbove(s *section, y int) int {
	for _, frames := range s.rows {
		if pills(frames) {
			y += pillRoom
		}
		height := 0
		for _, f := range frames {
			height = max(height, s.frameHeight(f))
		}
		for _, f := range frames {
			h := s.frameHeight(f)
			l.placeFrame(s, f, y+height-h, h)
		}
		y += height + l.channel(frames)
	}
	return y
}

// placeBelow draws the rows below the buses.
func (l *layout) placeBelow(s *section, y int) int {
	for _, frames := range s.rows {
		y += l.channel(frames)
		height := 0
		for _, f := range frames {
			h := s.frameHeight(f)
			height = max(height, h)
			l.placeFrame(s, f, y, h)
		}
		y += height
		if pills(frames) {
			y += pillRoom
		}
	}
	return y + gap
}

func (l *layout) placeFrame(s *section, f *frame, y, h int) {
	n := max(1, len(f.vpcs))
	f.Rect = Rect{s.x(f.first), y, n*s.column + (n-1)*s.gutter, h}
	class, a := "account", f.account
	switch {
	case a.Outside:
		class = "account outside"
	case a.Central:
		class = "account central"
	case len(a.Like) > 0:
		class = "account many"
	}
	name := ""
	if a.Outside {
		name = a.Name
	}
	l.box(class, f.Rect, a.Number, name)
	l.frameHeading(s, f)
	bottom := y + h - pad
	names := like(a)
	lines := wrap(names, small, headingRoom(s), mostLike)
	for i, text := range lines {
		l.text("note", small, f.X+pad, bottom-(len(lines)-i)*line, headingRoom(s), text)
		l.Texts[len(l.Texts)-1].Title = names
	}
	if len(lines) > 0 {
		bottom -= len(lines)*line + pad/2
	}
	for i, v := range f.vpcs {
		vh := vpcHeight(v, s.column-2*pad)
		r := Rect{s.x(f.first+i) + pad, y + frameHeading, s.column - 2*pad, vh}
		if s.up {
			r.Y = bottom - vh
		}
		f.places = append(f.places, r)
		l.placeVPC(v, r)
		l.placePills(s, f, v, r)
	}
}

// headingRoom is the part of a frame's first column that what is written in the frame has. Lines lead
// through the rest.
func headingRoom(s *section) int { return (s.column-2*pad)*11/20 - 4 }

func (l *layout) frameHeading(s *section, f *frame) {
	a, room := f.account, headingRoom(s)
	name := a.Name
	if n := len(a.Like); n > 0 {
		name = fmt.Sprintf("%s ×%d", a.Name, n+1)
	}
	l.text("name", large, f.X+pad, f.Y+6, room, name)
	var about []string
	if a.Number != a.Name && a.Number != "" && len(a.Like) == 0 {
		about = append(about, a.Number)
	}
	if a.Region != "" {
		about = append(about, a.Region)
	}
	if a.Outside {
		about = []string{"behind the transit gateway"}
	}
	l.text("zone", small, f.X+pad, f.Y+25, room, strings.Join(about, " · "))
}

// placePills draws the ways of a VPC to what is outside, on its side away from the buses.
func (l *layout) placePills(s *section, f *frame, v *picture.VPC, r Rect) {
	right := r.X + r.W - 4
	for _, p := range []struct{ text, resource string }{{"internet", v.Internet}, {"on-premises", v.OnPremises}} {
		if p.resource == "" {
			continue
		}
		w := width(p.text, small) + 18
		at := Rect{right - w, f.Y + f.H + 14, w, 22}
		x := at.X + w/2
		from, to := Point{x, r.Y + r.H}, Point{x, at.Y}
		if s.up {
			at.Y = f.Y - 14 - at.H
			from, to = Point{x, r.Y}, Point{x, at.Y + at.H}
		}
		l.box("pill", at, p.resource, p.text)
		l.write("chiptext", small, Rect{at.X + 4, at.Y + 3, w - 8, small + 3}, p.text, true)
		l.Lines = append(l.Lines, Line{Points: []Point{from, to}, Class: "way", Title: p.resource, Resources: []string{p.resource}, Name: v.Name})
		right = at.X - 8
	}
}
