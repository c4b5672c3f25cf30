package proof

import (
	"slices"
	"testing"

	"hubspoke/proof/finding"
	"hubspoke/proof/intent"
)

// A tier that only `*` or its account's name means is one that nobody has thought of, even
// where the two VPCs have promises about other tiers.
func TestATierThatNoIntentNamesIsFound(t *testing.T) {
	t.Parallel()
	unspoken := func(r *Report) bool {
		return slices.ContainsFunc(r.Invariants, func(f finding.Finding) bool { return f.Kind == notPromised })
	}
	for _, table := range []string{"private", "attachment", "public"} {
		if r := prove(t, another(table)); !unspoken(r) {
			t.Errorf("a new tier on the %s table reaches the hub, and nothing is said", table)
		}
	}
	in := piksel(t, read(t))
	if r := Of(in).Prove(); unspoken(r) {
		t.Errorf("flagged: %v", r.Invariants)
	}
	s := read(t)
	another("private")(s)
	in = piksel(t, s)
	in.Intents = append(in.Intents, only("prod.dmz -> hub.private"))
	if r := Of(in).Prove(); unspoken(r) {
		t.Errorf("flagged though named: %v", r.Invariants)
	}
}

func TestAnExceptionOfEverybodyToComePromisesNothing(t *testing.T) {
	t.Parallel()
	for want, flows := range map[Status][]intent.Flow{
		Unproven: {
			{From: intent.Parties{"*"}, FromExcept: intent.Parties{"*"}, To: intent.Parties{"hub"}},
			{From: intent.Parties{"*.private"}, FromExcept: intent.Parties{"*"}, To: intent.Parties{"hub"}},
			{From: intent.Parties{"*.private"}, FromExcept: intent.Parties{"*.private"}, To: intent.Parties{"hub"}},
			{From: intent.Parties{"*"}, FromExcept: intent.Parties{"hub", "dev", "staging", "prod", "*"}, To: intent.Parties{"hub"}},
		},
		Proven: {{From: intent.Parties{"*"}, FromExcept: intent.Parties{"hub", "dev", "staging", "prod"}, To: intent.Parties{"hub"}}},
	} {
		for _, f := range flows {
			in := piksel(t, read(t))
			in.Intents = append(in.Intents, intent.Intent{Deny: &f})
			r := Of(in).Prove()
			if got := r.Intents[len(r.Intents)-1]; got.Status != want {
				t.Errorf("%s is %s, want %s: %s", got.Intent, got.Status, want, got.Summary)
			}
		}
	}
}
