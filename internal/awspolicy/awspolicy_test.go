package awspolicy

import "testing"

func TestAMisspeltPolicyIsFound(t *testing.T) {
	for name, want := range map[string]struct {
		problem  string
		doubtful bool
	}{
		"AdministratorAccess":               {"", false},
		"job-function/ViewOnlyAccess":       {"", false},
		"service-role/AWSQuickSightListIAM": {"", false},
		"AdministratorAcces":                {`AdministratorAcces is no policy of AWS (did you mean "AdministratorAccess"?)`, false},
		"ReadOnlyAcess":                     {`ReadOnlyAcess is no policy of AWS (did you mean "ReadOnlyAccess"?)`, false},
		"AWSQuickSightListIAM":              {"AWS has that policy by another path: write service-role/AWSQuickSightListIAM", false},
		"AmazonEC2FullAccess_v2":            {"AmazonEC2FullAccess_v2 is no policy of AWS that is known here: if AWS does not have it either, the deployment fails at it", true},
		"AWSTelepathyFullAccess":            {"AWSTelepathyFullAccess is no policy of AWS that is known here: if AWS does not have it either, the deployment fails at it", true},
	} {
		if problem, doubtful := Problem(name); problem != want.problem || doubtful != want.doubtful {
			t.Errorf("%s: %q, doubtful %t", name, problem, doubtful)
		}
	}
}
