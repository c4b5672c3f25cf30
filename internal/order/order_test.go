package order

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// one is a stack, written as its name and those that it waits for.
type one string

func (s one) ID() string        { return strings.Fields(string(s))[0] }
func (s one) Earlier() []string { return strings.Fields(string(s))[1:] }

func TestAWaveStandsAsItWasGiven(t *testing.T) {
	waves, err := Waves([]one{"link network hub", "registry", "hub", "network hub"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]one{{"registry", "hub"}, {"network hub"}, {"link network hub"}}, waves); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestStacksWithoutAnOrderAreAnError(t *testing.T) {
	for want, stacks := range map[string][]one{
		"none can be deployed first: b → c → b":                                                     {"a", "b c", "c b"},
		"none can be deployed first: a → a":                                                         {"a a"},
		"two stacks are called a\nthe stack b reads, or comes after, c, and there is no such stack": {"a", "b c", "a"},
	} {
		if waves, err := Waves(stacks); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%v: got %v, %v, want %s", stacks, waves, err, want)
		}
	}
}
