package guardrails

import (
	"fmt"
	"testing"
)

// Roles are in no region where nobody says which their provider works in, as in states. However many they are, the account's home is
// where its other resources are.
func TestWhatIsInNoRegionIsNoHome(t *testing.T) {
	s := readStacks(t)
	const account = "888888888888"
	stack := func(kind string, count int, provider map[string]any) map[string]any {
		resources := map[string]any{}
		for i := range count {
			resources[fmt.Sprint("of_", i)] = map[string]any{"description": kind}
		}
		return map[string]any{"provider": map[string]any{"aws": provider}, "resource": map[string]any{kind: resources}}
	}
	s["backup-keys"] = stack("aws_kms_key", 50, map[string]any{"allowed_account_ids": []any{account}, "region": "ap-southeast-2"})
	s["backup-roles"] = stack("aws_iam_role", 100, map[string]any{"allowed_account_ids": []any{account}})
	o := s.organization()
	if region := o.home(o.byNumber[account]); region != "ap-southeast-2" {
		t.Errorf("the account is at home in %q", region)
	}
}
