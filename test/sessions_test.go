package test

import (
	"slices"
	"testing"
)

// A bastion's session preferences are the account's. They refuse a session on an
// instance that cannot use their key, or cannot write their log.
func TestSessionsOnNodesAreLoggedAsThoseOfTheBastion(t *testing.T) {
	before := synthesized(t, "artos")
	after := edited(t, "artos", edit{"production.yaml", `\ncluster:\n`, "$0  node_sessions: true\n"})
	stays(t, before, after)
	report(t, aboutNothing(t, after))

	var key string
	for _, r := range after.stack("production-network").Resources() {
		if r.Address() == "aws_kms_alias.bastion" {
			key = text(r.Body["name"])
		}
	}
	logged := map[string]bool{}
	eachPolicy(after.stack("production-eks"), func(where string, statements []statement) {
		for _, st := range statements {
			if slices.Contains(st.Action, "kms:Decrypt") && slices.Contains(st.Condition["ForAnyValue:StringEquals"]["kms:ResourceAliases"], key) {
				logged[where] = true
			}
		}
	})
	for _, role := range []string{"aws_iam_role_policy.nodes_sessions.policy", "aws_iam_role_policy.managed_nodes_sessions.policy"} {
		if !logged[role] {
			t.Errorf("%s does not admit the key %q of sessions: %v", role, key, logged)
		}
	}
}
