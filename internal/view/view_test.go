package view_test

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hubspoke/estate"
	"hubspoke/internal/compare"
	"hubspoke/internal/cost"
	"hubspoke/internal/estateproof"
	"hubspoke/internal/picture/picturetest"
	"hubspoke/internal/view"
	"hubspoke/proof"
	"hubspoke/proof/stackjson"
	"hubspoke/stacks"
)

const (
	golden       = "../../test/testdata/golden"
	environments = "../../environments"
)

// reviewed is the page of an estate, from its reviewed stacks.
func reviewed(t testing.TB, name string) view.Input {
	t.Helper()
	dir := filepath.Join(environments, name)
	e, err := estate.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	list := picturetest.Parsed(t, picturetest.Stacks(t, filepath.Join(golden, name)))
	in := view.Input{Name: name, Proof: proof.Of(estateproof.Input(e, dir, stacks.Names(stacks.Of(e)), list)), Stacks: list}
	for _, r := range e.AddressSpace {
		in.Ranges = append(in.Ranges, r.String())
	}
	in.Slots = view.SlotsOf(e)
	if in.Costs, err = cost.Of(list, cost.Options{}); err != nil {
		t.Fatal(err)
	}
	return in
}

func page(t testing.TB, in view.Input) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := view.Write(&b, in); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestPagesAreSmall(t *testing.T) {
	for _, name := range []string{"piksel", "artos", "innovate", "privatelink"} {
		if n := len(page(t, reviewed(t, name))); n > 1<<20 {
			t.Errorf("%s: %d bytes, more than 1 MB", name, n)
		}
	}
	for _, apart := range []int{0, 30} {
		grown := picturetest.Grown(t, filepath.Join(golden, "piksel"), 100, apart)
		start := time.Now()
		text := page(t, view.Input{Name: "100 spokes", Proof: grown})
		n := len(text)
		if !bytes.Contains(text, []byte(`"tiers":null`)) {
			t.Errorf("100 spokes, %d apart: the matrix has tiers", apart)
		}
		// Between any two ends that are told of there is at least one case.
		if ways := bytes.Count(text, []byte(`{"f":`)); ways < 100 || ways > 40*40 {
			t.Errorf("100 spokes, %d apart: %d ways", apart, ways)
		}
		t.Logf("100 spokes, %d apart: %d bytes in %v", apart, n, time.Since(start))
		if n > 5<<20 {
			t.Errorf("100 spokes, %d apart: %d bytes, more than 5 MB", apart, n)
		}
	}
}

func TestTheSameNetworkIsTheSamePage(t *testing.T) {
	if first := page(t, reviewed(t, "innovate")); !bytes.Equal(first, page(t, reviewed(t, "innovate"))) {
		t.Error("written twice, it is another page")
	}
}

// tags counts what would begin or end an element of a page early.
func tags(text []byte) string {
	var all []string
	for _, tag := range []string{"<script", "</script", "<style", "</style", "<template", "</template", "<img", "<svg", "<!--"} {
		all = append(all, fmt.Sprint(tag, " ", strings.Count(strings.ToLower(string(text)), tag)))
	}
	return strings.Join(all, ", ")
}

// FuzzNames has names of all kinds in a page: nothing that is named begins or ends an element.
func FuzzNames(f *testing.F) {
	for _, name := range picturetest.Hostile {
		f.Add(name)
	}
	want := tags(page(f, view.Input{Name: "harmless", Proof: picturetest.Named(f, "harmless")}))
	f.Fuzz(func(t *testing.T, name string) {
		in := view.Input{Name: name, Proof: picturetest.Named(t, name), Slots: []view.Slot{{VPC: name, Range: "10.0.0.0/8", CIDR: "10.0.0.0/16", Tier: name, Zone: name}}}
		if got := tags(page(t, in)); got != want {
			t.Errorf("%q: %s, want %s", name, got, want)
		}
	})
}

func TestWhatChangedIsSaid(t *testing.T) {
	after := picturetest.Stacks(t, filepath.Join(golden, "piksel"))
	before := picturetest.Stacks(t, filepath.Join(golden, "piksel"))
	// Before, what came from the hub's VPC to that of dev had no route back, and the link was not there.
	delete(before, "dev-link")
	was := view.Earlier{Stacks: picturetest.Parsed(t, before), Proof: picturetest.Proof(t, "piksel", before, nil)}
	is := view.Earlier{Stacks: picturetest.Parsed(t, after), Proof: picturetest.Proof(t, "piksel", after, nil)}
	change := view.Compare(was, is)
	if len(change.Resources) == 0 {
		t.Error("no resource changes")
	}
	for _, r := range change.Resources {
		if r.Stack != "dev-link" || r.Effect != compare.Create {
			t.Errorf("got %+v", r)
		}
	}
	if len(change.Opened) == 0 || len(change.Closed) > 0 {
		t.Errorf("got %d opened and %d closed", len(change.Opened), len(change.Closed))
	}
	if same := view.Compare(is, is); len(same.Opened)+len(same.Closed)+len(same.Layers)+len(same.Resources) > 0 {
		t.Errorf("nothing changed, and got %+v", same)
	}
	backwards := view.Compare(is, was)
	if len(backwards.Closed) != len(change.Opened) || len(backwards.Resources) != len(change.Resources) || backwards.Resources[0].Effect != compare.Delete {
		t.Errorf("backwards: got %+v", backwards)
	}
}

func TestAnArgumentThatChangesIsAChange(t *testing.T) {
	stack := func(cidr string) view.Earlier {
		s := &stackjson.Stack{Name: "net", JSON: map[string]any{"resource": map[string]any{"aws_vpc": map[string]any{"main": map[string]any{"cidr_block": cidr}}}}}
		return view.Earlier{Stacks: []*stackjson.Stack{s}, Proof: proof.Of(proof.Input{Stacks: []*stackjson.Stack{s}})}
	}
	got := view.Compare(stack("10.1.0.0/16"), stack("10.2.0.0/16")).Resources
	if len(got) != 1 || got[0].Stack != "net" || got[0].Address != "aws_vpc.main" || got[0].Effect != compare.Replace || got[0].Why == "" {
		t.Errorf("got %+v, want aws_vpc.main to be replaced", got)
	}
}
