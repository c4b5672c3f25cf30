package test

import (
	"cmp"
	"encoding/json"
	"fmt"
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
	for address := range after {
		if _, there := before[address]; !there && strings.HasPrefix(address, "organization/") {
			t.Errorf("%s is new", address)
		}
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

// largeOrganization is innovate with some accounts more, whose names are of one length.
func largeOrganization(t *testing.T, more int) *synthesis {
	t.Helper()
	var numbers, names strings.Builder
	for i := range more {
		fmt.Fprintf(&numbers, "  team-%03d: \"%012d\"\n", i, 600000000000+i)
		fmt.Fprintf(&names, ", team-%03d", i)
	}
	return edited(t, "innovate", edit{"estate.yaml", `(?m)^  dev: "`, numbers.String() + "$0"}, edit{"organization.yaml", `staging, dev`, "staging, dev" + names.String()})
}

// size is how many resources an estate has, and how many characters of them.
func size(e *synthesis) (resources, characters int) {
	for _, s := range e.stacks {
		resources += len(s.Resources())
		text, _ := json.Marshal(s.JSON)
		characters += len(text)
	}
	return resources, characters
}

// Hundreds of accounts keep within every quota, and no account costs more than the one
// before: what has a line for each of them is known, and all else does not grow.
func TestAnOrganizationHasHundredsOfAccounts(t *testing.T) {
	grows := map[string]string{
		"organization":      "makes them",
		"bootstrap":         "their roles",
		"identity-access":   "who has everywhere something",
		"security-services": "whom Inspector watches",
		"hub-network":       "whose calls endpoints let through",
		"dev-network":       "the same", "staging-network": "the same", "prod-network": "the same",
	}
	few, hundred, hundreds := largeOrganization(t, 1), largeOrganization(t, 101), largeOrganization(t, 301)
	for _, s := range hundreds.stacks {
		for _, problem := range tooLarge(s) {
			t.Errorf("%s: %s", s.Name, problem)
		}
		before := hundred.stack(s.Name)
		if before != nil && grows[s.Name] == "" && !reflect.DeepEqual(before.JSON, s.JSON) {
			t.Errorf("%s grows with the accounts of the organisation", s.Name)
		}
	}
	resources, characters := size(few)
	resources100, characters100 := size(hundred)
	resources300, characters300 := size(hundreds)
	if resources300-resources100 != 2*(resources100-resources) {
		t.Errorf("%d resources, with 100 accounts more %d, and with 200 more %d", resources, resources100, resources300)
	}
	// Numbers in a list have commas between them.
	if first, then := (characters100-characters)/100, (characters300-characters100)/200; then > first+first/100 {
		t.Errorf("an account has %d characters, and of hundreds each has %d", first, then)
	}
}

// What an organisation cannot have again, or can be without for no minute, a plan does not
// take away.
func TestWhatAnOrganizationStandsOnIsHardToLose(t *testing.T) {
	for name, addresses := range map[string][]string{
		"innovate": {
			"organization/aws_organizations_organization.this", "organization/aws_organizations_account.log_archive", "organization/aws_organizations_organizational_unit.workloads",
			"management-baseline/aws_cloudtrail.account", "hub-logs/aws_s3_bucket.trail", "hub-logs/aws_s3_bucket.config",
			"identity-access/aws_ssoadmin_permission_set.AdministratorAccess", "identity-management/aws_ssoadmin_permission_set.Organization",
			"backup-vaults/aws_backup_vault.copies", "backup-vaults/aws_kms_key.copies", "prod-backup/aws_backup_vault.main", "prod-backup/aws_backup_vault.other_region", "prod-backup/aws_kms_key.main",
		},
		"organization": {"backup-vaults/aws_backup_vault_lock_configuration.copies"},
	} {
		all := byAddress(synthesized(t, name))
		for _, address := range addresses {
			if r, there := all[address]; !there {
				t.Errorf("%s: there is no %s", name, address)
			} else if lifecycle, _ := r.Body["lifecycle"].(map[string]any); lifecycle["prevent_destroy"] != true {
				t.Errorf("%s: a plan may take %s away", name, address)
			}
		}
	}
}

// In a region that accounts have on request alone, each has it before anything else of it:
// bootstrap comes after the stack that asks for it, and makes the roles by which all others
// come into the account.
func TestAccountsHaveTheirRegionBeforeAllElse(t *testing.T) {
	e := synthesized(t, "organization")
	if !slices.Contains(e.listed("bootstrap").Earlier(), "organization") {
		t.Error("bootstrap does not wait for the accounts' regions")
	}
	for _, s := range e.stacks {
		providers, _ := s.JSON["provider"].(map[string]any)["aws"].([]any)
		for _, p := range providers {
			roles := stackjson.List(p.(map[string]any)["assume_role"])
			if s.Name == "organization" || s.Name == "bootstrap" {
				continue
			}
			if len(roles) != 1 || !strings.HasSuffix(fmt.Sprint(roles[0].(map[string]any)["role_arn"]), ":role/"+e.ApplyRole()) {
				t.Errorf("%s comes into its account by %v", s.Name, roles)
			}
		}
	}
}
