package test

import (
	"cmp"
	"reflect"
	"slices"
	"strings"
	"testing"

	"hubspoke/estate"
	"hubspoke/estate/organization"
	"hubspoke/internal/fakeaws"
	"hubspoke/internal/replacement"
	"hubspoke/internal/tf"
	"hubspoke/proof/stackjson"
)

// existingOrganization is an estate's organisation as AWS has it when all is as the estate
// says, but the names of accounts that it does not state, their addresses and their tags. What
// stands in units that are not there yet stands in the root.
func existingOrganization(e *synthesis) fakeaws.Organization {
	const root = "r-ab12"
	o := fakeaws.Organization{
		ID: e.Org.ID, Root: root, Management: e.Accounts[estate.ManagementAccount],
		Services: e.Org.TrustedServices(), PolicyTypes: e.Org.EnabledPolicyTypes(), Delegates: map[string]string{},
	}
	parent := func(path string) string {
		if path == "" {
			return root
		}
		return cmp.Or(e.Org.Adopted.Units[path].ID, root)
	}
	for path, unit := range e.Org.Adopted.Units {
		o.Units = append(o.Units, fakeaws.Unit{ID: unit.ID, Name: e.Org.UnitName(path), Parent: parent(organization.Above(path))})
	}
	for _, account := range e.MemberAccounts() {
		if number := e.Accounts[account]; number != "" {
			name := cmp.Or(e.Org.AccountNames[account], "Somebody's name of "+account)
			o.Accounts = append(o.Accounts, fakeaws.Account{Number: number, Name: name, Email: "other+" + e.Org.EmailOf(account), Parent: parent(e.Org.UnitOf(account))})
		}
	}
	for service, account := range e.Org.Adopted.Delegates {
		o.Delegates[service] = e.Accounts[account]
	}
	return o
}

// moved is how many accounts of an organisation the estate moves into units that it makes.
func moved(e *synthesis) int {
	n := 0
	for _, account := range e.MemberAccounts() {
		if _, there := e.Org.Adopted.Units[e.Org.UnitOf(account)]; !there && e.HasNumber(account) {
			n++
		}
	}
	return n
}

// byAddress are all resources of an estate, by stack and address.
func byAddress(e *synthesis) map[string]stackjson.Resource {
	all := map[string]stackjson.Resource{}
	for _, s := range e.stacks {
		for _, r := range s.Resources() {
			all[s.Name+"/"+r.Address()] = r
		}
	}
	return all
}

// An organisation begins with one stack, and every number that is written adds to what is
// there: no address goes, and no account waits for one that came later.
func TestAnOrganizationGrows(t *testing.T) {
	order := [][]string{{}, {"hub", "log-archive"}, {"security", "identity", "backup"}, {"dev"}, {"staging", "prod"}}
	var missing []string
	for _, accounts := range order {
		missing = append(missing, accounts...)
	}
	var before *synthesis
	for _, accounts := range order {
		for _, account := range accounts {
			missing = slices.DeleteFunc(missing, func(m string) bool { return m == account })
		}
		var edits []edit
		for _, account := range missing {
			edits = append(edits, edit{"estate.yaml", `(?m)^(  ` + account + `): "[0-9]{12}"`, "${1}: new"})
		}
		if before == nil {
			edits = append(edits, edit{"organization.yaml", `(?m)^id: .*\n`, ""})
		}
		after := edited(t, "innovate", edits...)
		if before == nil {
			if len(after.stacks) != 1 || after.stacks[0].Name != "organization" {
				t.Fatalf("at first there are %d stacks", len(after.stacks))
			}
			if imports := after.stacks[0].JSON["import"]; imports != nil {
				t.Errorf("what is not there is imported: %v", imports)
			}
			before = after
			continue
		}
		is := byAddress(after)
		for address := range byAddress(before) {
			if _, stays := is[address]; !stays {
				t.Errorf("with the numbers of %v, %s is gone", accounts, address)
			}
		}
		if len(after.stacks) <= len(before.stacks) {
			t.Errorf("with the numbers of %v there are %d stacks, after %d", accounts, len(after.stacks), len(before.stacks))
		}
		before = after
	}
	if len(missing) != 0 || len(before.stacks) != len(synthesized(t, "innovate").stacks) {
		t.Errorf("in the end there are %d stacks, and without numbers %v", len(before.stacks), missing)
	}
}

// Moving an account is one change in place.
func TestAnAccountMovesBetweenUnits(t *testing.T) {
	before := byAddress(synthesized(t, "innovate"))
	after := byAddress(edited(t, "innovate", edit{"organization.yaml", `\[staging, dev\]`, "[dev]"}, edit{"organization.yaml", `workloads/production: \[prod\]`, "workloads/production: [prod, staging]"}))
	const staging = "organization/aws_organizations_account.staging"
	if len(after) != len(before) {
		t.Errorf("there are %d resources, after %d", len(after), len(before))
	}
	for address, was := range before {
		if !strings.HasPrefix(address, "organization/") {
			continue
		}
		changed := differing(was.Body, after[address].Body)
		if address == staging && !slices.Equal(changed, []string{"parent_id"}) || address != staging && len(changed) > 0 {
			t.Errorf("%s: changed are %q", address, changed)
		}
	}
	if effect := replacement.EffectOf("aws_organizations_account", "parent_id"); effect != replacement.Updates {
		t.Errorf("a change of parent_id %s an account", effect)
	}
}

// differing are the arguments that are not the same, sorted.
func differing(was, is map[string]any) []string {
	var changed []string
	for _, argument := range tf.Keys(was) {
		if argument != "//" && !reflect.DeepEqual(was[argument], is[argument]) {
			changed = append(changed, argument)
		}
	}
	return changed
}

// What administers in a region comes after the account has it, and nothing in the
// organisation's stack acts anywhere but in the management account, with no role.
func TestDelegatesHaveTheirRegionsFirst(t *testing.T) {
	e := synthesized(t, "organization")
	s := e.stack("organization")
	designations := 0
	for _, r := range s.Resources() {
		if !slices.Contains([]string{"aws_guardduty_organization_admin_account", "aws_inspector2_delegated_admin_account", "aws_securityhub_organization_admin_account"}, r.Type) {
			continue
		}
		designations++
		if after := stackjson.List(r.Body["depends_on"]); !slices.Contains(after, any("aws_account_region.security_ap_southeast_3")) {
			t.Errorf("%s comes after %v", r.Address(), after)
		}
	}
	if designations != 5 {
		t.Errorf("%d designations, want GuardDuty and Inspector in two regions, and Security Hub in one", designations)
	}
	for _, account := range e.MemberAccounts() {
		if r, there := byAddress(e)["organization/aws_account_region."+tf.Name(account)+"_ap_southeast_3"]; !there || r.Body["enabled"] != true {
			t.Errorf("%s does not have its region", account)
		}
	}
	for _, p := range stackjson.List(s.JSON["provider"].(map[string]any)["aws"]) {
		if provider := p.(map[string]any); provider["assume_role"] != nil || !slices.Equal(stackjson.List(provider["allowed_account_ids"]), []any{e.Accounts[estate.ManagementAccount]}) {
			t.Errorf("a provider acts as %v in %v", provider["assume_role"], provider["allowed_account_ids"])
		}
	}
}
