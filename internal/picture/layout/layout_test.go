package layout_test

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hubspoke/internal/picture"
	"hubspoke/internal/picture/layout"
	"hubspoke/internal/picture/picturetest"
	"hubspoke/internal/picture/svg"
	"hubspoke/proof"
)

const golden = "../../../test/testdata/golden"

// drawing is a network, what is drawn of it, and where.
type drawing struct {
	network *proof.Proof
	picture *picture.Picture
	*layout.Drawing
}

// drawings are every estate, and estates of many spokes that are alike, and that are not; each with
// what is alike drawn once, and with all drawn.
var drawings = sync.OnceValue(func() map[string]drawing {
	networks := map[string]*proof.Proof{}
	for _, name := range picturetest.Estates(tb, golden) {
		networks[name] = picturetest.Proof(tb, name, picturetest.Stacks(tb, filepath.Join(golden, name)), nil)
	}
	piksel := filepath.Join(golden, "piksel")
	networks["7 spokes"] = picturetest.Grown(tb, piksel, 7, 2)
	networks["100 spokes"] = picturetest.Grown(tb, piksel, 100, 0)
	networks["100 spokes, 20 apart"] = picturetest.Grown(tb, piksel, 100, 20)
	all := map[string]drawing{}
	for name, network := range networks {
		for _, whole := range []bool{false, true} {
			p := picture.Of(name, network, whole)
			all[fmt.Sprintf("%s/all=%v", name, whole)] = drawing{network, p, layout.Of(p)}
		}
	}
	return all
})

// tb is the test that asks for the drawings first.
var tb testing.TB

// each tests every drawing.
func each(t *testing.T, test func(t *testing.T, d drawing)) {
	tb = t
	for name, d := range drawings() {
		t.Run(name, func(t *testing.T) { test(t, d) })
	}
}

func TestBoxesLieWithinOneAnotherOrApart(t *testing.T) {
	each(t, func(t *testing.T, d drawing) {
		paper := layout.Rect{W: d.Width, H: d.Height}
		for i, a := range d.Boxes {
			if !paper.Contains(a.Rect) || a.W <= 0 || a.H <= 0 {
				t.Errorf("%s %v is not on the paper %v", a.Class, a.Rect, paper)
			}
			for _, b := range d.Boxes[i+1:] {
				if a.Overlaps(b.Rect) && !a.Contains(b.Rect) && !b.Contains(a.Rect) {
					t.Errorf("%s %v (%s) and %s %v (%s) overlap", a.Class, a.Rect, a.Title, b.Class, b.Rect, b.Title)
				}
			}
		}
	})
}

func TestTextsAreReadAndInTheWayOfNothing(t *testing.T) {
	each(t, func(t *testing.T, d drawing) {
		if d.Width > layout.Widest {
			t.Errorf("the drawing is %d wide: what is small in it is not read at %d", d.Width, layout.Widest)
		}
		for i, a := range d.Texts {
			if a.Size < 12 || a.Text == "" && a.Title != "" {
				t.Errorf("%q (%s) is %d high", a.Text, a.Title, a.Size)
			}
			if a.X < 0 || a.X+a.W > d.Width || a.Y+a.H > d.Height {
				t.Errorf("%q is not on the paper", a.Text)
			}
			for _, b := range d.Texts[i+1:] {
				if a.Overlaps(b.Rect) {
					t.Errorf("%q %v and %q %v overlap", a.Text, a.Rect, b.Text, b.Rect)
				}
			}
			for _, b := range d.Boxes {
				if a.Overlaps(b.Rect) && !b.Contains(a.Rect) {
					t.Errorf("%q %v crosses the edge of %s %v", a.Text, a.Rect, b.Class, b.Rect)
				}
			}
		}
	})
}

// segments are the straight parts of a line, as thin rectangles.
func segments(l layout.Line) []layout.Rect {
	var all []layout.Rect
	for i := 1; i < len(l.Points); i++ {
		a, b := l.Points[i-1], l.Points[i]
		all = append(all, layout.Rect{X: min(a.X, b.X), Y: min(a.Y, b.Y), W: max(1, a.X-b.X, b.X-a.X), H: max(1, a.Y-b.Y, b.Y-a.Y)})
	}
	return all
}

func TestLinesCrossNoTextAndNoBoxButTheirOwn(t *testing.T) {
	each(t, func(t *testing.T, d drawing) {
		for _, l := range d.Lines {
			for _, s := range segments(l) {
				for _, text := range d.Texts {
					if text.Text != "" && s.Overlaps(text.Rect) {
						t.Errorf("%s %v crosses %q %v", l.Class, s, text.Text, text.Rect)
					}
				}
				for _, b := range d.Boxes {
					if strings.HasPrefix(b.Class, "account") && s.Overlaps(b.Rect) && !holds(d.Drawing, b, l.Name) {
						t.Errorf("%s %v of %s crosses the account %v", l.Class, s, l.Name, b.Rect)
					}
					if inner := (layout.Rect{X: b.X + 1, Y: b.Y + 1, W: b.W - 2, H: b.H - 2}); s.Overlaps(inner) && !strings.HasPrefix(b.Class, "account") && b.Class != "bus" {
						t.Errorf("%s %v of %s crosses %s %v", l.Class, s, l.Name, b.Class, b.Rect)
					}
				}
			}
		}
	})
}

// holds says that the VPC with a name is in a box. Lines of no VPC may lie in any, but for accounts.
func holds(d *layout.Drawing, box layout.Box, name string) bool {
	return slices.ContainsFunc(d.Boxes, func(b layout.Box) bool { return b.Name == name && name != "" && box.Contains(b.Rect) })
}

func TestLinesDoNotLieOnOneAnother(t *testing.T) {
	each(t, func(t *testing.T, d drawing) {
		var upright []layout.Rect
		for _, l := range d.Lines {
			for _, s := range segments(l) {
				if s.W > 1 {
					continue
				}
				for _, o := range upright {
					if o.X == s.X && o.Y < s.Y+s.H && s.Y < o.Y+o.H {
						t.Errorf("%s %v lies on %v", l.Class, s, o)
					}
				}
				upright = append(upright, s)
			}
		}
	})
}

// Every association and propagation of a transit gateway is drawn, and every peering and endpoint service.
func TestWhatConnectsIsDrawn(t *testing.T) {
	drawn := 0
	each(t, func(t *testing.T, d drawing) {
		var shown []string
		for _, l := range d.Lines {
			shown = append(shown, l.Resources...)
		}
		slices.Sort(shown)
		for _, kind := range []string{
			"aws_ec2_transit_gateway_route_table_association", "aws_ec2_transit_gateway_route_table_propagation",
			"aws_vpc_peering_connection", "aws_vpc_endpoint_service", "aws_internet_gateway",
		} {
			for _, r := range d.network.Configuration().All(kind) {
				drawn++
				// One internet gateway is drawn for all that are alike.
				if kind == "aws_internet_gateway" && strings.HasSuffix(t.Name(), "all=false") {
					continue
				}
				if _, found := slices.BinarySearch(shown, r.String()); !found {
					t.Errorf("%s is not drawn", r)
				}
			}
		}
	})
	if drawn < 1000 {
		t.Errorf("only %d things to draw: the networks have changed", drawn)
	}
}

func TestTheSameNetworkIsTheSameBytes(t *testing.T) {
	folder := filepath.Join(golden, "options")
	var first []byte
	for range 5 {
		p := picture.Of("options", picturetest.Proof(t, "options", picturetest.Stacks(t, folder), nil), false)
		var b bytes.Buffer
		if err := svg.Write(&b, layout.Of(p)); err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = b.Bytes()
		} else if !bytes.Equal(first, b.Bytes()) {
			t.Fatal("drawn twice, it is another picture")
		}
	}
}

// limit is how large the picture of 100 spokes may be: a page that is looked at in a browser.
const limit = 300_000

func TestAHundredSpokesAreASmallPicture(t *testing.T) {
	for _, apart := range []int{0, 20} {
		network := picturetest.Grown(t, filepath.Join(golden, "piksel"), 100, apart)
		var b bytes.Buffer
		if err := svg.Write(&b, layout.Of(picture.Of("100", network, false))); err != nil {
			t.Fatal(err)
		}
		t.Logf("%d apart: %d bytes", apart, b.Len())
		if b.Len() > limit {
			t.Errorf("%d apart: %d bytes, more than %d", apart, b.Len(), limit)
		}
	}
}

func TestEqualSpokesAreDrawnOnce(t *testing.T) {
	p := picture.Of("100", picturetest.Grown(t, filepath.Join(golden, "piksel"), 100, 0), false)
	like := map[string]int{}
	for _, a := range p.Accounts {
		like[a.Name] = len(a.Like)
	}
	if want := "map[hub:0 spoke-001:33 spoke-002:32 spoke-003:32]"; fmt.Sprint(like) != want {
		t.Errorf("got %v, want %s", like, want)
	}
}

// BenchmarkAHundredSpokes is the time from the model to the bytes.
func BenchmarkAHundredSpokes(b *testing.B) {
	network := picturetest.Grown(b, filepath.Join(golden, "piksel"), 100, 20)
	for b.Loop() {
		var out bytes.Buffer
		if err := svg.Write(&out, layout.Of(picture.Of("100", network, false))); err != nil {
			b.Fatal(err)
		}
	}
	if each := b.Elapsed() / time.Duration(b.N); each > 100*time.Millisecond {
		b.Errorf("%v for each picture, more than 100 ms", each)
	}
}
