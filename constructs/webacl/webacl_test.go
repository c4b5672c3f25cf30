package webacl

import "testing"

// Without Block every rule counts: none refuses anything.
func TestWithoutBlockNothingIsRefused(t *testing.T) {
	for _, block := range []bool{false, true} {
		rules := Config{Name: "x", Rate: 100, Block: block}.rules()
		if len(rules) != 1+len(managed) {
			t.Fatalf("%d rules", len(rules))
		}
		if refuses := rules[0].Action.Block != nil; refuses != block {
			t.Errorf("with Block %t the limit refuses: %t", block, refuses)
		}
		for _, rule := range rules[1:] {
			if refuses := rule.OverrideAction.None != nil; refuses != block {
				t.Errorf("with Block %t %s refuses: %t", block, *rule.Name, refuses)
			}
		}
	}
}

// AWS takes log groups by the beginning of their names alone.
func TestALogGroupOfAnotherNameIsRefused(t *testing.T) {
	id := "x"
	if err := (Config{Name: "x", ResourceARN: &id, Rate: 100, LogGroup: "/waf/x", RetentionDays: 1}).check(); err == nil {
		t.Error("taken")
	}
}
