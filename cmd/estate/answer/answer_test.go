package answer

import (
	"strings"
	"testing"
)

// ring leads back to itself, as resources do by their stacks.
type ring struct{ Next *ring }

func (*ring) MarshalText() ([]byte, error) { return []byte("ring"), nil }

// What writes itself is written so, and what it leads to is not looked at; of anything else a list is never null.
func TestListsAreNeverNull(t *testing.T) {
	loop := &ring{}
	loop.Next = loop
	type finding struct {
		About []*ring  `json:"about"`
		Names []string `json:"names"`
		Left  []string `json:"left,omitempty"`
	}
	var out strings.Builder
	if err := Write(&out, struct {
		Findings []finding `json:"findings"`
	}{[]finding{{About: []*ring{loop}}}}); err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(strings.Fields(out.String()), ""), `{"findings":[{"about":["ring"],"names":[]}]}`; got != want {
		t.Errorf("it writes %s, and not %s", got, want)
	}
}
