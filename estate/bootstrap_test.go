package estate

import "testing"

// Whoever bootstraps from the hub with the role that AWS Organizations makes is not let
// in, unless the hub is the management account.
func TestARoleThatTrustsTheManagementAccountAloneIsWarnedOf(t *testing.T) {
	const begin = `acme/estate.yaml:36: state.bootstrap_role: OrganizationAccountAccessRole trusts the management account, 444444444444, alone, ` +
		`and bootstrap assumes it with credentials of the hub: name a role that trusts the hub, or state.bootstrap_profiles for `
	own := edit{"estate.yaml", "bootstrap_role: Bootstrap", "bootstrap_role: OrganizationAccountAccessRole"}
	for _, test := range []struct {
		name  string
		edits []edit
		want  string
	}{
		{"a role of one's own", nil, ""},
		{"the role of AWS Organizations", []edit{own}, begin + "audit, dev, prod"},
		{"profiles for some", []edit{own, {"estate.yaml", "  path: .state\n", "  path: .state\n  bootstrap_profiles: {dev: acme-dev}\n"}}, "acme/estate.yaml:37" + begin[len("acme/estate.yaml:36"):] + "audit, prod"},
		{"profiles for all", []edit{own, {"estate.yaml", "  path: .state\n", "  path: .state\n  bootstrap_profiles: {dev: a, prod: b, audit: c}\n"}}, ""},
		{"another account than the hub's", []edit{own, {"estate.yaml", "  path: .state\n", "  path: .state\n  bootstrap_profiles: {hub: a}\n"}}, ""},
		{"the hub manages the organisation", []edit{own, {"estate.yaml", "organizations::444444444444", "organizations::111111111111"}}, ""},
		{"no organisation is named", []edit{own, {"estate.yaml", "  arn: arn:aws:organizations::444444444444:organization/o-abcdefghij\n  resource_sharing: true\n", "  resource_sharing: false\n"}}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := ""
			for _, warning := range loadEdited(t, test.edits...).Warnings {
				got += warning.Error()
			}
			if got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}
