package emulator_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// found is what the emulator has and no state does, and what a state has and the emulator does not, each as
// its type and id.
func (d *deployment) found() (unknown, lost []string) {
	d.t.Helper()
	return d.compared(d.ids())
}

// compared is what the emulator has, compared with these ids by stack and address.
func (d *deployment) compared(ids map[string]string) (unknown, lost []string) {
	d.t.Helper()
	e := d.load()
	held, err := d.Inventory(e.AccountNumbers())
	if err != nil {
		d.t.Fatal(err)
	}
	left := map[string]int{}
	for kind, ids := range held {
		for _, id := range ids {
			left[kind+" "+id]++
		}
	}
	for address, id := range ids {
		_, address, _ = strings.Cut(address, ": ")
		kind, _, _ := strings.Cut(address, ".")
		if _, looked := held[kind]; looked {
			left[kind+" "+id]--
		}
	}
	for _, thing := range slices.Sorted(maps.Keys(left)) {
		_, id, _ := strings.Cut(thing, " ")
		switch n := left[thing]; {
		case n < 0:
			lost = append(lost, thing)
		case n > 0 && id != e.State.BootstrapRole:
			unknown = append(unknown, thing)
		}
	}
	return unknown, lost
}

// once fails if something is there twice or lost: if the emulator has what no state has, but for what earlier parts
// have left there, or a state has what is not there.
func once(t *testing.T, d *deployment) {
	t.Helper()
	unknown, lost := d.found()
	for _, thing := range unknown {
		if !slices.Contains(d.strays, thing) {
			t.Errorf("%s is there, and in no state", thing)
		}
	}
	for _, thing := range lost {
		t.Errorf("%s is in a state, and not there", thing)
	}
}

// doubled notes that one thing of a type is there twice, and fails if it is not.
func (d *deployment) doubled(kind string) {
	d.t.Helper()
	unknown, _ := d.found()
	unknown = slices.DeleteFunc(unknown, func(thing string) bool { return slices.Contains(d.strays, thing) })
	if len(unknown) != 1 || !strings.HasPrefix(unknown[0], kind+" ") {
		d.t.Errorf("one %s is there twice, and nothing else; there is %v", kind, unknown)
	}
	d.strays = append(d.strays, unknown...)
}
