package estate

import (
	"slices"
	"strings"

	"hubspoke/estate/internal/format"
	"hubspoke/internal/awstag"
	"hubspoke/internal/yamldoc"
)

// validateSettings checks the sections of estate.yaml that stand alone, or nearly so.
func (e *Estate) validateSettings() {
	d := e.settings
	e.Organization.validate(d.Section("organization"))
	hub := e.Accounts[HubAccount]
	if d.Incomplete("accounts") || hub == NewAccount {
		hub = ""
	}
	e.State.validate(d.Section("state"), hub)
	e.validateBootstrap(d)
	if e.GitHub.Repository == "" && len(e.State.Administrators) == 0 && !d.Incomplete("github") && !d.Incomplete("state.administrators") {
		d.Errorf("state", "nobody could assume the deploy roles: name github.repository or state.administrators")
	}
	e.validateAccount(d, "logs.account", e.Logs.Account)
	e.Logs.validate(d.Section("logs"))
	e.GitHub.validate(d.Section("github"))
	validateTags(d.Section("tags"), e.Tags)
}

// organizationAccess is the role that AWS Organizations puts into the accounts that it
// creates. It trusts the management account, and no other:
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_access-cross-account-role.html
const organizationAccess = "OrganizationAccountAccessRole"

// validateBootstrap checks with what bootstrap acts in the accounts. It warns of a role
// that cannot let it in from the hub, where that is known.
func (e *Estate) validateBootstrap(d *yamldoc.Document) {
	for _, account := range sortedKeys(e.State.BootstrapProfiles) {
		e.validateAccount(d, yamldoc.Child("state.bootstrap_profiles", account), account)
	}
	m := format.OrganizationARN.Find(e.Organization.ARN)
	if m == nil || e.State.BootstrapRole != organizationAccess || e.State.BootstrapProfiles[HubAccount] != "" || d.Incomplete("accounts") {
		return
	}
	var missing []string
	for _, account := range e.AccountNames() {
		if account != HubAccount && e.State.BootstrapProfiles[account] == "" {
			missing = append(missing, account)
		}
	}
	if management := m[1]; management != e.Accounts[HubAccount] && len(missing) > 0 {
		d.Warnf("state.bootstrap_role", "%s trusts the management account, %s, alone, and bootstrap assumes it with credentials of the hub: "+
			"name a role that trusts the hub, or state.bootstrap_profiles for %s", organizationAccess, management, strings.Join(missing, ", "))
	}
}

func (o Organization) validate(s yamldoc.Section) {
	if o.ResourceSharing && o.ARN == "" && !s.Key("arn").Broken() {
		s.Key("resource_sharing").Errorf("sharing within the organisation needs organization.arn")
	}
}

// validate checks the state's folder, and its administrators, whose roles are in the
// account with the given number; "" if that is not known.
func (st State) validate(s yamldoc.Section, hub string) {
	if slices.Contains(strings.Split(st.Path, "/"), "..") {
		s.Key("path").Errorf("%q is not %s", st.Path, format.FolderPath.Wanted)
	}
	validateAdministrators(s.Key("administrators"), st.Administrators, HubAccount, hub)
}

// validateAdministrators checks ARNs of roles of an account with the given number; "" if
// that is not known.
func validateAdministrators(s yamldoc.Section, arns []string, account, number string) {
	for i, arn := range arns {
		at, m := s.Item(i), format.RoleARN.Find(arn)
		switch {
		case m == nil:
		case m[1] != number && number != "":
			at.Errorf("%s is in account %s: administrators come through the %s account, %s", arn, m[1], account, number)
		case strings.Trim(m[2], "*/") == "":
			at.Errorf("%s is every role of the %s account: name those of administrators", arn, account)
		}
	}
}

func (l Logs) validate(s yamldoc.Section) {
	if s.Incomplete() {
		return
	}
	if l.ExpireAfterDays <= l.ArchiveAfterDays {
		s.Key("expire_after_days").Errorf("objects expire after %d days, so they cannot be archived after %d", l.ExpireAfterDays, l.ArchiveAfterDays)
	}
	if l.ExpireAfterDays < l.ObjectLockDays {
		s.Key("object_lock_days").Errorf("objects are locked for %d days but expire after %d", l.ObjectLockDays, l.ExpireAfterDays)
	}
	if l.FlowLogs.Bucket == NoFlows && l.FlowLogs.LogGroup == NoFlows {
		s.Key("flow_logs").Errorf("flows would be recorded nowhere: say rejected of one of the two")
	}
	if l.FlowLogs.LogGroup == NoFlows && s.Key("flow_log_days").Has() {
		s.Key("flow_log_days").Errorf("flow_logs.log_group is none, so there is no log group that would keep them: leave the key out")
	}
}

func (g GitHub) validate(s yamldoc.Section) {
	format.CheckRepository(s.Key("repository"), g.Repository)
	at := s.Key("apply_ref")
	format.CheckRef(at, g.ApplyRef)
	if strings.Contains(g.ApplyRef, "*") {
		at.Errorf("%q has a wildcard: name the one branch or tag that may apply", g.ApplyRef)
	}
}

// reservedTags are those that every resource gets anyway.
var reservedTags = []string{"Name", "Project", "Environment", "Stack", "ManagedBy"}

// validateTags checks what tags of every resource may not be. IAM does not tell keys
// apart that differ in case only, and EKS refuses values that begin like AWS's own keys:
//
//   - https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html#case-sensitivity
//   - https://docs.aws.amazon.com/eks/latest/userguide/eks-using-tags.html#tag-restrictions
func validateTags(s yamldoc.Section, tags map[string]string) {
	seen := map[string]string{}
	for _, key := range reservedTags {
		seen[strings.ToLower(key)] = key
	}
	for _, key := range sortedKeys(tags) {
		at, lower := s.Key(key), strings.ToLower(key)
		if other := seen[lower]; slices.Contains(reservedTags, other) {
			at.Errorf("%q is set on every resource already", other)
		} else if other != "" {
			at.Errorf("%q and %q differ in case only, which IAM ignores", key, other)
		} else {
			seen[lower] = key
		}
		switch owner := awstag.Owner(key); {
		case strings.HasPrefix(lower, "aws:"):
			at.Errorf("%q begins with aws:, which AWS keeps for itself", key)
		case owner != "":
			at.Errorf("%s acts on what has the tag %q, and these tags are on everything: leave it out, it is set where it belongs", owner, key)
		}
		if value := tags[key]; strings.HasPrefix(strings.ToLower(value), "aws:") {
			at.Errorf("the value %q begins with aws:, which AWS keeps for itself", value)
		}
	}
}
