package proof

import (
	"slices"
	"strings"
	"testing"
)

func TestAWaySaysWhatArrivesAndWhatStopsTheRest(t *testing.T) {
	p := Of(piksel(t, read(t)))
	for _, test := range []struct {
		from, to string
		// arrives is a resource on the way of what arrives, "" if nothing does, and stopped what the
		// reason for the rest says, "" if all arrives.
		arrives, stopped string
	}{
		{"dev.private", "hub.private", "hub-network/aws_ec2_transit_gateway_route_table.dev", ""},
		{"dev.private", "prod.private", "", "stopped: "},
		{"internet", "dev.public", "dev-network/aws_internet_gateway.main", "network ACL"},
		{"internet", "dev.private", "", "stopped: "},
		{"dev.private", "internet", "dev-network/aws_nat_gateway.", ""},
	} {
		way, ok := p.Way(test.from, test.to)
		if !ok {
			t.Errorf("there is no %s or %s", test.from, test.to)
			continue
		}
		if test.arrives == "" != (way.Arrives == nil) {
			t.Errorf("%s -> %s: arrives is %+v", test.from, test.to, way.Arrives)
		} else if way.Arrives != nil && !slices.ContainsFunc(way.Arrives.Path, func(s Step) bool { return strings.Contains(s.Resource, test.arrives) }) {
			t.Errorf("%s -> %s: the way has no %s: %+v", test.from, test.to, test.arrives, way.Arrives.Path)
		}
		if test.stopped != "" && (way.Stopped == nil || !strings.Contains(way.Stopped.Answer, test.stopped)) {
			t.Errorf("%s -> %s: stopped is %+v, want %s", test.from, test.to, way.Stopped, test.stopped)
		}
	}
	if _, ok := p.Way("dev.private", "nobody"); ok {
		t.Error("there is a way to nobody")
	}
}

// What a matrix says that arrives has a way, and what it says that does not has none.
func TestWaysAgreeWithTheMatrix(t *testing.T) {
	p := Of(piksel(t, read(t)))
	passes := map[[2]string]bool{}
	for _, c := range p.Matrix(true).Cells {
		passes[[2]string{c.From, c.To}] = c.Packets != ""
	}
	for _, from := range p.Ends() {
		for _, to := range p.Ends() {
			a, _, _ := strings.Cut(from, ".")
			b, _, _ := strings.Cut(to, ".")
			if way, _ := p.Way(from, to); a != b && (way.Arrives != nil) != passes[[2]string{from, to}] {
				t.Errorf("%s -> %s: the matrix says %v, and the way is %+v", from, to, passes[[2]string{from, to}], way.Arrives)
			}
		}
	}
}

func TestAMissingLinkIsAWayThatStops(t *testing.T) {
	s := read(t)
	drop("dev-link resource aws_ec2_transit_gateway_route_table_association")(s)
	way, _ := Of(piksel(t, s)).Way("dev.private", "hub.private")
	if way.Arrives != nil || way.Stopped == nil {
		t.Errorf("got %+v", way)
	}
}

func TestKnownNamesAreLookedUpInEveryVPC(t *testing.T) {
	p := Of(piksel(t, read(t)))
	names := p.KnownNames()
	const name = "sts.ap-southeast-3.amazonaws.com"
	if !slices.Contains(names, name) || slices.ContainsFunc(names, func(n string) bool { return strings.Contains(n, "*") }) {
		t.Errorf("got %v", names)
	}
	asked := map[string]string{}
	for _, l := range p.Lookups([]string{name}) {
		asked[l.VPC] = l.Answer
	}
	for _, vpc := range []string{"hub", "dev", "staging", "prod"} {
		if asked[vpc] != "endpoint hub-network/aws_vpc_endpoint.sts" {
			t.Errorf("%s gets %q", vpc, asked[vpc])
		}
	}
}
