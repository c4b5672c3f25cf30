package words

import "testing"

func TestThereIsOneOfAThingOrSeveral(t *testing.T) {
	for want, got := range map[string]string{
		"0 stacks":   Count(0, "stack"),
		"1 stack":    Count(1, "stack"),
		"2 stacks":   Count(2, "stack"),
		"1 policy":   Count(1, "policy", "policies"),
		"3 policies": Count(3, "policy", "policies"),
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
