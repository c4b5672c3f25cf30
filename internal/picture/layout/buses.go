package layout

import (
	"fmt"
	"strings"

	"hubspoke/internal/picture"
	"hubspoke/internal/words"
)

const (
	busHeading = 46
	laneHeight = 30
	noteLine   = 16
	// mostRoutes is how many lines the routes of a table have.
	mostRoutes = 3
	// colours is how many colours lanes have before they begin again.
	colours = 8
)

// heading writes what the picture is of.
func (l *layout) heading() int {
	accounts, vpcs := 0, 0
	for _, a := range l.picture.Accounts {
		if a.Outside {
			continue
		}
		accounts += 1 + len(a.Like)
		vpcs += (1 + len(a.Like)) * len(a.VPCs)
	}
	l.text("headline", headline, margin, margin-6, l.Width/3, l.Name)
	about := fmt.Sprintf("%s with a network, %s", words.Count(accounts, "account"), words.Count(vpcs, "VPC"))
	if l.picture.Unplaced > 0 {
		about += fmt.Sprintf(" · not understood, and not drawn: %s", words.Count(l.picture.Unplaced, "resource"))
	}
	l.text("zone", medium, margin, margin+headline, l.Width-2*margin, about)
	return margin + headline + 32
}

// placeBuses draws a panel for each bus.
func (l *layout) placeBuses(y int) int {
	l.busTop = y
	for i, b := range l.picture.Buses {
		if i > 0 {
			y += gap / 2
		}
		top, at := y, len(l.Boxes)
		l.box("bus", Rect{}, b.Resource, "")
		l.text("zone", small, margin+pad, y+6, labels-2*pad, string(b.Kind))
		l.text("name", large, margin+pad, y+22, labels-2*pad, b.Name)
		y += busHeading
		for _, lane := range b.Lanes {
			y = l.placeLane(lane, y)
		}
		l.Boxes[at].Rect = Rect{margin, top, l.Width - 2*margin, y - top + pad/2}
		y += pad / 2
	}
	l.busBottom = y
	return y
}

func (l *layout) placeLane(lane *picture.Lane, y int) int {
	colour := l.colour(lane)
	height := y + laneHeight/2 - 2
	l.lanes[lane] = height
	room := labels - 2*pad - 16
	l.box("key "+colour, Rect{margin + pad, height - 6, 12, 12}, lane.Resource, "")
	l.text("lanename", medium, margin+pad+18, height-9, room, lane.Name)
	l.Lines = append(l.Lines, Line{
		Points: []Point{{margin + labels, height}, {l.Width - margin - pad, height}},
		Class:  "lane " + colour, Title: lane.Resource,
	})
	y += laneHeight
	notes := strings.Join(lane.Notes, ", ")
	for _, text := range wrap(notes, small, room, mostRoutes) {
		l.text("note", small, margin+pad+18, y-6, room, text)
		l.Texts[len(l.Texts)-1].Title = strings.Join(lane.Notes, "\n")
		y += noteLine
	}
	return y
}

func (l *layout) colour(lane *picture.Lane) string {
	return fmt.Sprintf("c%d", l.colours[lane]%colours)
}

// legend says what lines mean, where there are any.
func (l *layout) legend(y int) int {
	seen := map[picture.TieKind]bool{}
	for _, t := range l.picture.Ties {
		seen[t.Kind] = true
	}
	x := margin
	for _, k := range []struct {
		kind picture.TieKind
		text string
	}{
		{picture.Associated, "associated: packets of the VPC meet this table"},
		{picture.Propagated, "propagated: the table has routes to the VPC"},
		{picture.Routed, "a static route leads there"},
		{picture.Offers, "offers the service"},
		{picture.Uses, "has an endpoint of it"},
		{picture.Peered, "peered"},
	} {
		if !seen[k.kind] {
			continue
		}
		w := width(k.text, small)
		if x > margin && x+46+w > l.Width-margin {
			x, y = margin, y+20
		}
		l.Lines = append(l.Lines, Line{Points: []Point{{x, y + 8}, {x + 36, y + 8}}, Class: string(k.kind)})
		l.Dots = append(l.Dots, Dot{Point: Point{x + 18, y + 8}, Class: string(k.kind)})
		l.text("note", small, x+44, y, w, k.text)
		x += 44 + w + gap
	}
	if len(seen) > 0 {
		y += 20
	}
	return y
}
