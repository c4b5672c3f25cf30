package layout

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"hubspoke/internal/picture"
)

// run is all ties of one kind that a VPC has: one line.
type run struct {
	kind  picture.TieKind
	lanes []*picture.Lane
	ties  []*picture.Tie
}

// runs are the lines of a VPC.
func (l *layout) runs(v *picture.VPC) []run {
	var runs []run
	for _, t := range l.ties[v] {
		at := slices.IndexFunc(runs, func(r run) bool { return r.kind == t.Kind })
		if at < 0 {
			at = len(runs)
			runs = append(runs, run{kind: t.Kind})
		}
		r := &runs[at]
		if !slices.Contains(r.lanes, t.Lane) {
			r.lanes = append(r.lanes, t.Lane)
		}
		r.ties = append(r.ties, t)
	}
	return runs
}

// sign is what runs have in common that may share a line: how it looks, and the lanes.
func (l *layout) sign(v *picture.VPC, r run) string {
	var lanes []int
	for _, lane := range r.lanes {
		lanes = append(lanes, l.colours[lane])
	}
	slices.Sort(lanes)
	return fmt.Sprint(l.class(v, r), lanes)
}

// title names what makes the ties of a run.
func (r run) title() (title string, resources []string) {
	var b strings.Builder
	for _, t := range r.ties {
		resources = append(resources, t.Resources...)
		fmt.Fprintf(&b, "%s: %s", t.Kind, t.Lane.Name)
		if t.Text != "" {
			b.WriteString(" " + t.Text)
		}
		b.WriteString("\n")
		for _, resource := range t.Resources {
			b.WriteString(resource + "\n")
		}
	}
	return strings.TrimSuffix(b.String(), "\n"), resources
}

// class is the kind of a run and, of the lanes that it leads to, the colour, if they have one: of
// propagations, that of the table that the VPC is associated with.
func (l *layout) class(v *picture.VPC, r run) string {
	lane := r.lanes[0]
	if r.kind == picture.Propagated {
		for _, t := range l.ties[v] {
			if t.Kind == picture.Associated {
				lane = t.Lane
			}
		}
	} else if len(r.lanes) > 1 {
		return string(r.kind)
	}
	return string(r.kind) + " " + l.colour(lane)
}

// trunk is a line between columns, which the VPCs of further rows share.
type trunk struct {
	x, far int
	class  string
	lanes  []*picture.Lane
}

// connect draws the lines of all VPCs. Those of further rows are first, since they have less choice.
func (l *layout) connect(above, below *section) {
	for _, s := range []*section{above, below} {
		trunks := map[string]*trunk{}
		var order []*trunk
		for row, frames := range s.rows {
			if s.distance(row) == 0 {
				continue
			}
			for _, f := range frames {
				for i, v := range f.vpcs {
					order = append(order, l.connectFar(s, row, f, i, v, trunks)...)
				}
			}
		}
		for _, t := range order {
			l.draw(t.x, t.far, t.class, t.lanes, Line{Class: t.class})
		}
	}
	for _, s := range []*section{above, below} {
		for row, frames := range s.rows {
			if s.distance(row) != 0 {
				continue
			}
			for _, f := range frames {
				for i, v := range f.vpcs {
					l.connectNear(s, f.places[i], v)
				}
			}
		}
	}
}

// connectNear leads the lines of a VPC straight to the lanes.
func (l *layout) connectNear(s *section, r Rect, v *picture.VPC) {
	from := r.Y
	if s.up {
		from = r.Y + r.H
	}
	for _, run := range l.runs(v) {
		title, resources := run.title()
		class := l.class(v, run)
		x := free(&l.taken, r)
		l.draw(x, from, class, run.lanes, Line{Class: class, Title: title, Resources: resources, Name: v.Name})
	}
}

// connectFar leads the lines of a VPC to trunks, and returns those that are new.
func (l *layout) connectFar(s *section, row int, f *frame, i int, v *picture.VPC, trunks map[string]*trunk) []*trunk {
	var fresh []*trunk
	r, gutter := f.places[i], f.first+i
	for !s.open(gutter, row) {
		gutter++
	}
	var used []int
	for n, run := range l.runs(v) {
		title, resources := run.title()
		class := l.class(v, run)
		x := free(&used, r)
		from, along := r.Y, f.Y-gap/2-n*apart
		if s.up {
			from, along = r.Y+r.H, f.Y+f.H+gap/2+n*apart
		}
		key := fmt.Sprintf("%d %s", gutter, l.sign(v, run))
		t := trunks[key]
		if t == nil {
			t = &trunk{x: l.gutter(s, gutter), far: along, class: class, lanes: run.lanes}
			trunks[key] = t
			fresh = append(fresh, t)
		}
		if s.up {
			t.far = min(t.far, along)
		} else {
			t.far = max(t.far, along)
		}
		l.Lines = append(l.Lines, Line{
			Points: []Point{{x, from}, {x, along}, {t.x, along}},
			Class:  class, Title: title, Resources: resources, Name: v.Name,
		})
		l.Dots = append(l.Dots, Dot{Point: Point{t.x, along}, Class: "joint " + class})
	}
	return fresh
}

// gutter is a place for another line in a gutter.
func (l *layout) gutter(s *section, column int) int {
	x := s.x(column) + s.column + gap/2
	for slices.Contains(l.taken, x) {
		x += apart
	}
	l.taken = append(l.taken, x)
	return x
}

// draw leads a line from a height to lanes, and puts a dot on each.
func (l *layout) draw(x, from int, class string, lanes []*picture.Lane, line Line) {
	lanes = slices.SortedFunc(slices.Values(lanes), func(a, b *picture.Lane) int { return cmp.Compare(l.lanes[a], l.lanes[b]) })
	to := l.lanes[lanes[0]]
	if from < to {
		to = l.lanes[lanes[len(lanes)-1]]
	}
	line.Points = []Point{{x, from}, {x, to}}
	l.Lines = append(l.Lines, line)
	for _, lane := range lanes {
		l.Dots = append(l.Dots, Dot{Point{x, l.lanes[lane]}, class, line.Title})
	}
}

// free is where there is a place for another line from a VPC: in its right half, where no heading
// is, beside the lines that are there.
func free(taken *[]int, r Rect) int {
	least := max(r.X+r.W*11/20, margin+labels+apart)
	for distance := apart; distance > 0; distance /= 2 {
		for x := r.X + r.W - 18; x >= least; x -= distance {
			near := func(other int) bool { return x-distance < other && other < x+distance }
			if !slices.ContainsFunc(*taken, near) {
				*taken = append(*taken, x)
				return x
			}
		}
	}
	return least
}
