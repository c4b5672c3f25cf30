package test

import (
	"testing"

	"hubspoke/internal/estateproof"
	"hubspoke/internal/tf"
	"hubspoke/proof"
	"hubspoke/stacks"
)

// What an estate promises about its network holds for what was synthesized, and so
// does what must hold in any network.
func TestEveryEstateKeepsItsPromises(t *testing.T) {
	for _, name := range tf.Keys(estates) {
		t.Run(name, func(t *testing.T) {
			if promises(t, synthesized(t, name)) == 0 {
				t.Error("the estate promises nothing")
			}
		})
	}
}

// promises checks that all that an estate promises is proven, and says how much it is.
func promises(t *testing.T, e *synthesis) int {
	t.Helper()
	report := proof.Of(estateproof.Input(e.Estate, "", stacks.Names(e.list), e.stacks)).Prove()
	for _, r := range report.Intents {
		if r.Status != proof.Proven {
			t.Errorf("intents.yaml:%d: %s: %s: %s\n%+v", r.Line, r.Status, r.Intent, r.Summary, r.Cases)
		}
	}
	for _, f := range report.Invariants {
		// What Terraform calls for the types of ours is known.
		if f.Status != proof.Proven || f.Kind.Code() == "deployment-not-known" {
			t.Errorf("%s: %s: %s", f.Status, f.Kind.Code(), f.Sentence)
		}
	}
	return len(report.Intents)
}
