package emulator_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"hubspoke/internal/emulator"
)

// An organisation with all that organization.yaml can say is taken over, in a region that accounts have on request alone, as
// docs/organization.md says; and then there is nothing left to do. What follows begins from where the part before it ended.
func TestAnOrganisationIsTakenOver(t *testing.T) {
	all(t)
	d := started(t, filepath.Join("test", "testdata", "estates", "organization"))
	d.run("people deploy what is the organisation's, in README's order", stepped)
	d.apply()
	d.run("a second plan has no changes", unchanged)
	d.run("the proof says the same of states", provenAlike)
	d.run("what was there is imported", adopted)
	d.run("a policy of the organisation changes in place", guarded)
	d.run("an account that was made gets its stacks", counted)
}

// stepped: the owners of the organisation deploy first, then those of the hub the bucket of the trail, people what is in the
// management account, and those of the hub the rest.
func stepped(t *testing.T, d *deployment) {
	var who []string
	for _, s := range d.steps {
		who = append(who, s.Who)
	}
	if got := strings.Join(who, ", "); got != "administrator, state.administrators, people, state.administrators" {
		t.Errorf("the steps are by %s", got)
	}
	by := map[string]string{}
	for _, s := range d.steps {
		for _, stack := range s.Stacks {
			by[stack] = s.Who
		}
	}
	for stack, want := range map[string]string{
		"organization": "administrator", "bootstrap": "administrator", "hub-logs": "state.administrators",
		"organization-guardrails": "people", "organization-billing": "people", "management-baseline": "people",
		"security-services": "state.administrators", "identity-access": "state.administrators",
	} {
		if by[stack] != want {
			t.Errorf("%s is deployed by %s, want %s", stack, by[stack], want)
		}
	}
}

// adopted: units, accounts and delegates that were there have the ids that they had, and whoever deploys in the hub does not
// deploy what is the organisation's.
func adopted(t *testing.T, d *deployment) {
	ids := d.ids()
	for address, want := range map[string]string{
		"aws_organizations_organization.this":                         "o-orbitorbit",
		"aws_organizations_organizational_unit.workloads":             "ou-ab12-abcdefgh",
		"aws_organizations_organizational_unit.workloads_development": "ou-ab12-ijklmnop",
		"aws_organizations_account.dev":                               "333333333333",
		"aws_organizations_delegated_administrator.sso":               "777777777777/sso.amazonaws.com",
	} {
		if got := ids["organization: "+address]; got != want {
			t.Errorf("%s is %s, and was %s", address, got, want)
		}
	}
	_, err := d.Changes(t.Context(), []emulator.Step{{Who: "state.administrators", Stacks: []string{"organization-guardrails"}}})
	if err == nil || !strings.Contains(err.Error(), "AccessDenied") {
		t.Errorf("who deploys in the hub changes the organisation's policies: %v", err)
	}
}

// guarded: another region is another revision of the same policies.
func guarded(t *testing.T, d *deployment) {
	before := d.ids()
	d.revise(edit{"organization.yaml", "  regions: [ap-southeast-3]\n  off:", "  regions: [ap-southeast-3, ap-southeast-1]\n  off:"})
	if changes := d.updated(t, before, "organization-guardrails", "aws_organizations_policy"); len(changes) == 0 {
		t.Error("nothing is to change")
	}
}

// counted: the number of the account that Terraform has made is written down, and the account gets its roles and its
// network. What was there keeps its id.
func counted(t *testing.T, d *deployment) {
	before := d.ids()
	number := before["organization: aws_organizations_account.qa"]
	if !regexp.MustCompile(`^\d{12}$`).MatchString(number) {
		t.Fatalf("the account has the number %q", number)
	}
	if _, err := os.Stat(filepath.Join(d.Dir, "stacks", "qa-network")); err == nil {
		t.Error("the account has stacks without a number")
	}
	d.revise(edit{"estate.yaml", "qa: new", `qa: "` + number + `"`})
	d.apply()
	after := d.ids()
	kept(t, before, after)
	if after["qa-network: aws_vpc.main"] == "" {
		t.Error("the account has no network")
	}
	unchanged(t, d)
}
