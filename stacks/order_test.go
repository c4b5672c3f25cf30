package stacks

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// deployable fails where a stack comes before one that it has to come after.
func deployable(t *rapid.T, ordered []Stack) {
	done := map[string]bool{}
	for _, s := range ordered {
		for _, earlier := range s.Earlier() {
			if !done[earlier] {
				t.Fatalf("%s comes before %s", s.Name, earlier)
			}
		}
		if done[s.Name] {
			t.Fatalf("%s comes twice", s.Name)
		}
		done[s.Name] = true
	}
}

// acyclic draws stacks that can be deployed, in any order.
func acyclic(t *rapid.T) []Stack {
	all := make([]Stack, rapid.IntRange(0, 12).Draw(t, "stacks"))
	for i, n := range rapid.Permutation(numbers(len(all))).Draw(t, "names") {
		all[i].Name = fmt.Sprintf("s%02d", n)
		for _, earlier := range all[:i] {
			switch rapid.IntRange(0, 5).Draw(t, "edge") {
			case 0:
				all[i].Reads = append(all[i].Reads, earlier.Name)
			case 1:
				all[i].After = append(all[i].After, earlier.Name)
			}
		}
	}
	return rapid.Permutation(all).Draw(t, "order")
}

func numbers(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

func TestEveryStackComesAfterWhatItReads(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := acyclic(t)
		ordered, err := Order(all)
		if err != nil {
			t.Fatal(err)
		}
		deployable(t, ordered)
		if len(ordered) != len(all) {
			t.Fatalf("%d stacks of %d", len(ordered), len(all))
		}
	})
}

// Which order the kinds are listed in says nothing.
func TestTheOrderIsThatOfTheNamesAndNotOfTheList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := acyclic(t)
		one, err := Waves(all)
		if err != nil {
			t.Fatal(err)
		}
		other, err := Waves(rapid.Permutation(all).Draw(t, "other order"))
		if err != nil || !reflect.DeepEqual(one, other) {
			t.Fatalf("%v, %v; %v", one, other, err)
		}
		for _, wave := range one {
			if names := Names(wave); !slices.IsSorted(names) {
				t.Fatalf("a wave is %v", names)
			}
		}
	})
}

// A stack that waits longer than it must would make a deployment longer; one that has
// nothing to do with another's stacks has nothing to wait for there.
func TestEveryStackIsInTheFirstWaveThatItCanBeIn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		waves, err := Waves(acyclic(t))
		if err != nil {
			t.Fatal(err)
		}
		in := map[string]int{}
		for i, wave := range waves {
			for _, s := range wave {
				first := 0
				for _, earlier := range s.Earlier() {
					first = max(first, in[earlier]+1)
				}
				if first != i {
					t.Fatalf("%s is in wave %d of %v, and can be in %d", s.Name, i, waves, first)
				}
			}
			for _, s := range wave {
				in[s.Name] = i
			}
		}
	})
}

// What nothing waits for moves nothing.
func TestAStackMoreLeavesTheOthersInTheirOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := acyclic(t)
		before, err := Order(all)
		if err != nil {
			t.Fatal(err)
		}
		more := Stack{Name: "s" + rapid.StringMatching(`[0-9]{2}x`).Draw(t, "name")}
		if len(all) > 0 {
			more.Reads = []string{rapid.SampledFrom(all).Draw(t, "read").Name}
		}
		after, err := Order(append(slices.Clone(all), more))
		if err != nil {
			t.Fatal(err)
		}
		if rest := slices.DeleteFunc(after, func(s Stack) bool { return s.Name == more.Name }); !slices.Equal(Names(rest), Names(before)) {
			t.Fatalf("%v, and before %v", Names(rest), Names(before))
		}
	})
}

func TestStacksThatWaitForEachOtherAreNamed(t *testing.T) {
	all := []Stack{
		{Name: "a-waits-too", Reads: []string{"hub"}},
		{Name: "free"},
		{Name: "hub", Reads: []string{"free", "spoke"}},
		{Name: "link", After: []string{"hub"}},
		{Name: "spoke", Reads: []string{"link"}},
	}
	const want = "stacks wait for each other, and none can be deployed first: hub → spoke → link → hub"
	if _, err := Order(all); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if _, err := Waves([]Stack{{Name: "self", Reads: []string{"self"}}}); err == nil || !strings.HasSuffix(err.Error(), "self → self") {
		t.Errorf("a stack that reads itself: %v", err)
	}
}

// Whatever waits in a circle, the circle that is named is one.
func TestTheCycleThatIsNamedIsOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := acyclic(t)
		if len(all) == 0 {
			return
		}
		ordered, err := Order(all)
		if err != nil {
			t.Fatal(err)
		}
		// Makes an early stack wait for one that waits for it, or for itself.
		i := rapid.IntRange(0, len(ordered)-1).Draw(t, "early")
		j := rapid.IntRange(i, len(ordered)-1).Draw(t, "late")
		waits := waitsFor(ordered, ordered[j].Name, ordered[i].Name)
		ordered[i].Reads = append(slices.Clone(ordered[i].Reads), ordered[j].Name)
		_, err = Order(ordered)
		if (err != nil) != waits {
			t.Fatalf("error %v, and there is a circle: %v", err, waits)
		}
		if err == nil {
			return
		}
		_, text, _ := strings.Cut(err.Error(), "first: ")
		names := strings.Split(text, " → ")
		if len(names) < 2 || names[0] != names[len(names)-1] {
			t.Fatalf("%q is no circle", text)
		}
		for k, name := range names[:len(names)-1] {
			s := ordered[slices.IndexFunc(ordered, func(s Stack) bool { return s.Name == name })]
			if !slices.Contains(s.Earlier(), names[k+1]) {
				t.Fatalf("in %q, %s does not wait for %s", text, name, names[k+1])
			}
		}
	})
}

// waitsFor says whether a stack comes after another, however many are between.
func waitsFor(ordered []Stack, name, other string) bool {
	waiting := map[string]bool{other: true}
	for _, s := range ordered {
		if slices.ContainsFunc(s.Earlier(), func(earlier string) bool { return waiting[earlier] }) {
			waiting[s.Name] = true
		}
	}
	return waiting[name]
}

func TestAReadOfAStackThatIsNotThereIsNamed(t *testing.T) {
	_, err := Order([]Stack{
		{Name: "dev-link", Reads: []string{"hub-network", "dev-network"}, After: []string{"dev-firewall"}},
		{Name: "dev-network"},
		{Name: "dev-network"},
	})
	want := strings.Join([]string{
		"two stacks are called dev-network",
		"the stack dev-link reads, or comes after, hub-network, and there is no such stack",
		"the stack dev-link reads, or comes after, dev-firewall, and there is no such stack",
	}, "\n")
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
