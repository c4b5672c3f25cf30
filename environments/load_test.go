package environments

import "testing"

func TestPikselLoads(t *testing.T) {
	e, err := Load("piksel")
	if err != nil {
		t.Fatal(err)
	}
	if len(e.Spokes) != 3 {
		t.Errorf("%d spokes, want 3", len(e.Spokes))
	}
	for _, s := range e.Plan("dev") {
		t.Log(s)
	}
	for _, s := range e.Stacks() {
		t.Log(s)
	}
}
