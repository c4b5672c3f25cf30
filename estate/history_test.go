package estate

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// madeOf says that a stack makes exactly these.
func madeOf(addresses ...string) func(string) bool {
	return func(a string) bool { return slices.Contains(addresses, a) }
}

func TestWhatIsRenamedMovesOnceItIsMadeUnderTheNewNameAlone(t *testing.T) {
	e := &Estate{Settings: Settings{Renamed: map[string]string{
		"dev-eks/aws_kms_key.a":     "b",
		"dev-eks/aws_kms_key.b":     "c",
		"dev-eks/aws_kms_key.x":     "y",
		"dev-network/aws_kms_key.a": "z",
	}}}
	tests := []struct {
		name  string
		makes func(string) bool
		want  map[string]string
	}{
		{"by way of names in between", madeOf("aws_kms_key.c"), map[string]string{"aws_kms_key.a": "aws_kms_key.b", "aws_kms_key.b": "aws_kms_key.c"}},
		{"not while the old one is made", madeOf("aws_kms_key.x"), map[string]string{}},
		{"not to what is not made", madeOf(), map[string]string{}},
		{"not where both are made", madeOf("aws_kms_key.x", "aws_kms_key.y"), map[string]string{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, e.Moved("dev-eks", test.makes)); diff != "" {
				t.Errorf("moved (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhatIsRetiredIsForgottenOnceItIsNotMade(t *testing.T) {
	e := &Estate{Settings: Settings{Retire: []string{"dev-network", "dev-network/aws_kms_key.a", "dev-network/aws_kms_key.b", "prod-network/aws_kms_key.c"}}}
	want := []string{"aws_kms_key.a"}
	if diff := cmp.Diff(want, e.Retired("dev-network", madeOf("aws_kms_key.b"))); diff != "" {
		t.Errorf("retired (-want +got):\n%s", diff)
	}
}
