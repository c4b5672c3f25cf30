package estate

import (
	"fmt"
	"slices"
	"strings"

	"hubspoke/estate/internal/format"
	"hubspoke/estate/organization"
	"hubspoke/internal/yamldoc"
)

// ManagementAccount is the name of the account that owns the organisation, where the estate
// is one.
const ManagementAccount = "management"

// NewAccount is what estate.yaml says in place of the number of an account that
// `organization` is to create.
const NewAccount = "new"

// usEast1 is the region of AWS's global services.
const usEast1 = "us-east-1"

// IsOrganization says that the estate is an AWS organisation: it has organization.yaml.
func (e *Estate) IsOrganization() bool { return e.Org != nil }

// EntryAccount is the account whose credentials the person has who deploys what comes
// before all roles of Terraform.
func (e *Estate) EntryAccount() string {
	if e.IsOrganization() {
		return ManagementAccount
	}
	return HubAccount
}

// GuardrailRegions are the regions that accounts may use something in, sorted. us-east-1 is
// one of them in any case, since AWS's global services are there, and so is that of copies
// of backups.
func (e *Estate) GuardrailRegions() []string {
	regions := append(e.fullRegions(), usEast1)
	if e.Org.Backup != nil && e.Org.Backup.OtherRegion != "" {
		regions = append(regions, e.Org.Backup.OtherRegion)
	}
	return sorted(regions)
}

// SecurityRegions are the regions in which the security services are on, sorted; none
// without such services.
func (e *Estate) SecurityRegions() []string {
	switch {
	case e.Org == nil || e.Org.Security == nil:
		return nil
	case len(e.Org.Security.Regions) > 0:
		return sorted(e.Org.Security.Regions)
	}
	return e.GuardrailRegions()
}

func sorted(texts []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(texts)))
}

// OrganizationReadable says that other stacks can read the state of `organization`: a person
// has moved it into the bucket of the states, or all states are in a folder.
func (e *Estate) OrganizationReadable() bool {
	return e.IsOrganization() && (e.State.Backend == BackendLocal || e.State.BootstrapInBucket)
}

// OnlyOrganization says that nothing but the organisation can be deployed yet: it has no id,
// or the accounts that all others rely on have no numbers.
func (e *Estate) OnlyOrganization() bool {
	return e.IsOrganization() && (e.Org.ID == "" || e.isNew(HubAccount) || e.isNew(e.Logs.Account))
}

// OrganizationARN is the ARN of the organisation that the accounts are in; "" if they are
// in none, or its id is not known.
func (e *Estate) OrganizationARN() string {
	if !e.IsOrganization() {
		return e.Organization.ARN
	}
	if e.Org.ID == "" {
		return ""
	}
	return e.Account(ManagementAccount).In("").ARN("organizations", "organization/"+e.Org.ID)
}

// SharesInOrganization says that what the hub's network shares is shared with the
// organisation, which takes it without invitations.
func (e *Estate) SharesInOrganization() bool {
	return e.IsOrganization() || e.Organization.ResourceSharing
}

// NewAccounts are the accounts that `organization` is to create, sorted. No other stack
// knows of them, until estate.yaml has their numbers.
func (e *Estate) NewAccounts() []string { return slices.Clone(e.newAccounts) }

// HasNumber says that an account has its number, and so may have stacks.
func (e *Estate) HasNumber(account string) bool {
	number := e.Accounts[account]
	return number != "" && number != NewAccount
}

func (e *Estate) isNew(account string) bool { return slices.Contains(e.newAccounts, account) }

// MemberAccounts are all accounts of the organisation but the one that owns it, sorted:
// those that have no number yet too.
func (e *Estate) MemberAccounts() []string {
	members := append(sortedKeys(e.Accounts), e.newAccounts...)
	return slices.DeleteFunc(sorted(members), func(account string) bool { return account == ManagementAccount })
}

// EnabledRegions are the regions that AWS switches on in an account on request alone, of
// those that the estate uses, sorted.
func (e *Estate) EnabledRegions() []string {
	used := append(e.SecurityRegions(), e.GuardrailRegions()...)
	return slices.DeleteFunc(sorted(append(used, e.Region)), func(region string) bool { return !OptIn(region) })
}

// validateOrganization checks organization.yaml against the other files.
func (e *Estate) validateOrganization() {
	if e.org == nil {
		for _, account := range sortedKeys(e.Accounts) {
			if e.Accounts[account] == NewAccount {
				e.settings.Errorf(yamldoc.Child("accounts", account), "%q is not %s: only an estate with organization.yaml makes accounts", NewAccount, format.AccountNumber.Wanted)
			}
		}
		return
	}
	if e.Organization != (Organization{}) {
		e.settings.Errorf("organization", "organization.yaml says which organisation it is: leave this out")
	}
	if _, ok := e.Accounts[ManagementAccount]; !ok {
		e.missingAccount(ManagementAccount, "the estate is an organisation, and no account is named \"management\": add `management: \"<12 digits>\"`")
	}
	if e.Accounts[ManagementAccount] == NewAccount {
		e.settings.Errorf(yamldoc.Child("accounts", ManagementAccount), "the management account is there before its organisation is: write its number")
	}
	if e.Spoke(ManagementAccount) != nil {
		e.spokes[ManagementAccount].Errorf("", "the management account is for the organisation alone: workloads stand in accounts that policies bind")
	}
	e.validateUnits()
	e.validateUnitNames()
	e.validateMembers()
	e.validateDelegates()
	e.validateAdopted()
	e.warnOfOrganization()
	e.validateGuardrails()
	e.validateOwner()
	e.validateIdentity()
	e.validateBilling()
}

// mostLevels is how many units may stand one in another, and longestUnit how long the name
// of one may be: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
const (
	mostLevels  = 5
	longestUnit = 128
)

func (e *Estate) validateUnits() {
	s := e.org.Section("units")
	in := map[string]string{}
	for _, path := range sortedKeys(e.Org.Units) {
		at := s.Key(path)
		if levels := strings.Count(path, "/") + 1; levels > mostLevels {
			at.Errorf("%s has %d levels: AWS takes %d", path, levels, mostLevels)
		}
		for _, part := range strings.Split(path, "/") {
			if len(part) > longestUnit {
				at.Errorf("%q has %d characters, and the name of a unit %d at most", part, len(part), longestUnit)
			}
		}
		for i, account := range e.Org.Units[path] {
			item := at.Item(i)
			other, taken := in[account]
			switch {
			case account == ManagementAccount:
				item.Errorf("the management account stands at the root: service control policies do not bind it anywhere")
			case taken:
				item.Errorf("%s stands in %s already", account, other)
			default:
				e.validateAccount(e.org, yamldoc.Index(yamldoc.Child("units", path), i), account)
			}
			in[account] = path
		}
	}
	if s.Incomplete() || e.settings.Broken("accounts") {
		return
	}
	var outside []string
	for _, account := range e.AccountNames() {
		if _, ok := in[account]; !ok && account != ManagementAccount {
			outside = append(outside, account)
		}
	}
	if len(outside) > 0 {
		s.Errorf("no unit has %s: policies of the root alone would bind what stands in none", strings.Join(outside, ", "))
	}
}

// validateUnitNames checks the names of units wherever one is used. A unit that is missing
// is one mistake, however many places name it.
func (e *Estate) validateUnitNames() {
	if e.org.Incomplete("units") {
		return
	}
	paths, unknown := e.Org.UnitPaths(), uses{}
	use := func(at yamldoc.Section, unit string) {
		if !slices.Contains(paths, unit) && organization.UnitPath.Match(unit) && !at.Broken() {
			unknown.add(unit, e.org, at.Path())
		}
	}
	all := func(at yamldoc.Section, units []string) {
		for i, unit := range units {
			use(at.Item(i), unit)
		}
	}
	for _, unit := range sortedKeys(e.Org.Adopted.Units) {
		use(e.org.Section("adopted").Key("units", unit), unit)
	}
	s, g := e.org.Section("guardrails"), e.Org.Guardrails
	for _, unit := range sortedKeys(g.Off) {
		use(s.Key("off", unit), unit)
	}
	use(s.Key("suspended"), g.Suspended)
	for _, name := range sortedKeys(g.Own) {
		all(s.Key("own", name, "units"), g.Own[name].Units)
	}
	if e.HasIdentity() {
		for _, group := range sortedKeys(e.Org.Identity.Assignments) {
			sets := e.Org.Identity.Assignments[group]
			for _, set := range sortedKeys(sets) {
				all(e.org.Section("identity").Key("assignments", group, set, "units"), sets[set].Units)
			}
		}
	}
	if e.Org.Backup != nil {
		all(e.org.Section("backup").Key("units"), e.Org.Backup.Units)
	}
	unknown.report(func(unit string) string {
		return fmt.Sprintf("there is no unit %q: units has %s%s", unit, strings.Join(paths, ", "), yamldoc.Suggest(unit, paths))
	})
}
