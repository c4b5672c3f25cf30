package estate

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"hubspoke/estate/organization"
	"hubspoke/internal/quota"
	"hubspoke/internal/yamldoc"
	"hubspoke/proof/intent"
)

// The accounts of an organisation: what the files say of them, and what is left out of an
// estate as long as one of them has no number.

// shortestEmail and longestEmail are how long the address of an account may be:
// https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateAccount.html
const (
	shortestEmail = 6
	longestEmail  = 64
)

// validateMembers checks what makes an account: its address, its name and, if it exists,
// that it can be in the organisation.
func (e *Estate) validateMembers() {
	if e.settings.Broken("accounts") {
		return
	}
	for _, key := range []struct {
		section  string
		accounts []string
	}{{"emails", sortedKeys(e.Org.Emails)}, {"names", sortedKeys(e.Org.AccountNames)}} {
		for _, account := range key.accounts {
			if at := yamldoc.Child(key.section, account); account == ManagementAccount {
				e.org.Errorf(at, "the management account is not made here, and keeps what it has: leave this out")
			} else {
				e.validateAccount(e.org, at, account)
			}
		}
	}
	var numbered []string
	had, called := map[string]string{}, map[string]string{}
	for _, account := range sortedKeys(e.Accounts) {
		if account == ManagementAccount || e.Accounts[account] == "" {
			continue
		}
		if e.Accounts[account] != NewAccount {
			numbered = append(numbered, account)
		}
		e.validateEmail(account, had)
		name := e.Org.NameOf(account)
		if other, taken := called[name]; taken && !e.org.Incomplete("names") {
			e.org.Errorf("names", "%s and %s would both be called %q, and nobody could tell them apart in the console", other, account, name)
		}
		called[name] = account
	}
	if e.Org.ID == "" && len(numbered) > 0 && !e.org.Broken("id") {
		e.org.Reject(e.org.Line(""), "id", "missing: an organisation that is not there yet has no accounts, and estate.yaml has numbers of %s: write its id, or `new` in place of the numbers", strings.Join(numbered, ", "))
	}
}

func (e *Estate) validateEmail(account string, had map[string]string) {
	at := "email"
	if _, own := e.Org.Emails[account]; own {
		at = yamldoc.Child("emails", account)
	}
	email := e.Org.EmailOf(account)
	other, taken := had[strings.ToLower(email)]
	switch {
	case e.org.Incomplete("email") || e.org.Incomplete("emails"):
		return
	case email == "":
		e.org.Reject(e.org.Line(""), "email", "missing: no account is without an address, and %s has none: write email, in which {account} stands for its name, or emails.%s", account, account)
	case taken:
		e.org.Errorf(at, "no two AWS accounts have the same address: %s and %s would both have %s", other, account, email)
	case len(email) < shortestEmail || len(email) > longestEmail:
		e.org.Errorf(at, "the address of %s, %s, has %d characters: AWS takes %d to %d", account, email, len(email), shortestEmail, longestEmail)
	}
	had[strings.ToLower(email)] = account
}

// validateDelegates checks the accounts to which services are delegated.
func (e *Estate) validateDelegates() {
	for _, d := range []struct {
		section, account string
		there            bool
	}{
		{"security", e.delegate(organization.GuardDuty), e.Org.Security != nil},
		{"identity", e.delegate(organization.IdentityCenter), e.Org.Identity != nil},
		{"backup", e.delegate(organization.BackupService), e.Org.Backup != nil},
	} {
		at := yamldoc.Child(d.section, "account")
		if !d.there || e.org.Broken(at) {
			continue
		}
		if d.account == ManagementAccount {
			e.org.Errorf(at, "the management account administers nothing but the organisation: name a member account")
			continue
		}
		e.validateAccount(e.org, at, d.account)
	}
}

func (e *Estate) delegate(service string) string { return e.Org.Delegates()[service] }

// validateAdopted checks what is said to be there already.
func (e *Estate) validateAdopted() {
	s := e.org.Section("adopted")
	if e.Org.ID == "" && s.Has() && !e.org.Broken("id") {
		s.Errorf("organization.yaml has no id, so that nothing is there to be adopted: write the organisation's id")
	}
	ids := map[string]string{}
	for _, path := range sortedKeys(e.Org.Adopted.Units) {
		at, id := s.Key("units", path), e.Org.Adopted.Units[path].ID
		if other, taken := ids[id]; taken && id != "" {
			at.Key("id").Errorf("%s is %s already", id, other)
		}
		ids[id] = path
	}
	delegates := e.Org.Delegates()
	for _, service := range sortedKeys(e.Org.Adopted.Delegates) {
		at, account := s.Key("delegates", service), e.Org.Adopted.Delegates[service]
		switch wanted, known := delegates[service]; {
		case !known:
			at.Errorf("%s is not delegated by this estate: leave it out, and it stays as it is", service)
		case wanted != account:
			at.Errorf("%s is delegated to %s, and this estate would delegate it to %s: name the one account in both places, or take the delegation away first", service, account, wanted)
		}
	}
}

// warnOfOrganization says what has to be done before the rest of the estate is there.
func (e *Estate) warnOfOrganization() {
	if e.settings.Broken("accounts") {
		return
	}
	for _, account := range sortedKeys(e.Accounts) {
		if e.Accounts[account] == NewAccount {
			e.settings.Warnf(yamldoc.Child("accounts", account), "%s has no number yet, and no stack but organization: deploy that, then write the number that its output account_numbers shows", account)
		}
	}
	switch waiting := strings.Join(e.readOrganization(), ", "); {
	case e.Org.ID == "":
		e.org.Warnf("", "the organisation has no id yet, and the estate no stack but organization: deploy that, then write the id that its output organization_id shows")
	case !e.OrganizationReadable() && waiting != "":
		e.settings.Warnf("state", "the state of organization is in a folder, where the stacks that read it do not find it, and there are none: %s. "+
			"Deploy bootstrap, set state.bootstrap_in_bucket, and move both states into the bucket", waiting)
	}
}

// readOrganization are the stacks that read what `organization` has made. The declarations of
// stacks are above this package; a test there compares the two.
func (e *Estate) readOrganization() []string {
	waiting := []string{"organization-guardrails"}
	if account := e.SecurityAccount(); account != "" && e.HasNumber(account) {
		waiting = append(waiting, "security-services")
	}
	return waiting
}

// ByHand are the steps that a person takes in the console of the management account: what
// no API has, and its own regions, which have to be there before Terraform works in them.
//
//   - https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
//   - https://docs.aws.amazon.com/singlesignon/latest/userguide/enable-identity-center.html
//   - https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/monitor_estimated_charges_with_cloudwatch.html#turning_on_billing_metrics
func (e *Estate) ByHand() []string {
	var steps []string
	if !e.IsOrganization() {
		return nil
	}
	if regions := e.EnabledRegions(); len(regions) > 0 {
		steps = append(steps, "enable "+strings.Join(regions, ", ")+", which an account has on request alone: in all other accounts `organization` does")
	}
	if e.Org.Identity != nil {
		steps = append(steps, "enable IAM Identity Center in "+cmp.Or(e.Org.Identity.Region, e.Region)+", for the organisation")
	}
	if e.Org.Billing != nil {
		steps = append(steps, "tick \"Receive CloudWatch billing alerts\" under Billing preferences, Alert preferences")
	}
	return steps
}

// accountUses is how many accounts the organisation is to have. Those that are there AWS has
// given, so there is nothing to say of them until one more is to be made.
func (e *Estate) accountUses() []Use {
	members, wanted := len(e.MemberAccounts()), len(e.newAccounts)
	for _, number := range e.Accounts {
		if number == NewAccount { // they are not left out yet
			wanted++
		}
	}
	if wanted == 0 {
		return nil
	}
	return []Use{{Quota: quota.Accounts, Used: 1 + members, at: e.settings.Section("accounts"),
		By: "one for each account; those that were closed within 90 days, and those that the estate does not name, come to them", Remedy: "keep workloads of a kind in one account"}}
}

// leaveOutNew takes the accounts that have no number yet out of what is made: no stack but
// `organization` knows of them, and nothing of other accounts names them.
func (e *Estate) leaveOutNew() {
	for _, account := range sortedKeys(e.Accounts) {
		if e.Accounts[account] == NewAccount {
			e.newAccounts = append(e.newAccounts, account)
			delete(e.Accounts, account)
		}
	}
	if len(e.newAccounts) == 0 {
		return
	}
	e.Spokes = slices.DeleteFunc(e.Spokes, func(s *Spoke) bool { return e.isNew(s.Name) })
	for name, zone := range e.DNS.PrivateZones {
		zone.VisibleTo = slices.DeleteFunc(slices.Clone(zone.VisibleTo), e.isNew)
		e.DNS.PrivateZones[name] = zone
	}
	for _, account := range e.newAccounts {
		delete(e.State.BootstrapProfiles, account)
		if e.DNS.Firewall != nil {
			delete(e.DNS.Firewall.AllowOnly, account)
		}
		if e.Hub.Egress != nil && e.Hub.Egress.Firewall != nil {
			delete(e.Hub.Egress.Firewall.AllowFor, account)
		}
	}
	if f := e.DNS.Firewall; f != nil && len(f.Block)+len(f.Managed)+len(f.AllowOnly) == 0 {
		e.DNS.Firewall = nil
	}
	for _, s := range e.Spokes {
		s.leaveOut(e.isNew)
	}
	e.leaveOutPromises()
}

// leaveOut takes accounts out of what a spoke serves and uses. A service that has no
// consumer left is not made, nor an API that leads nowhere.
func (s *Spoke) leaveOut(gone func(account string) bool) {
	for name, service := range s.Services {
		service.Consumers = slices.DeleteFunc(slices.Clone(service.Consumers), gone)
		s.Services[name] = service
		if len(service.Consumers) == 0 {
			delete(s.Services, name)
		}
	}
	of := func(ref string) bool { return gone(ParseServiceRef(ref).Spoke) }
	for ref := range s.PrivateEndpoints {
		if of(ref) {
			delete(s.PrivateEndpoints, ref)
		}
	}
	for name, api := range s.APIs {
		for route, target := range api.Routes {
			if of(target) {
				delete(api.Routes, route)
			}
		}
		if len(api.Routes) == 0 {
			delete(s.APIs, name)
		}
	}
}

// leaveOutActs takes promises about policies out of intents.yaml while there are none yet, and says that nobody
// checks them.
func (e *Estate) leaveOutActs() {
	if !e.IsOrganization() || e.intents == nil || e.OrganizationReadable() && !e.OnlyOrganization() {
		return
	}
	var lines []string
	e.Intents = slices.DeleteFunc(e.Intents, func(i intent.Intent) bool {
		act := i.May != nil || i.Forbid != nil
		if act {
			lines = append(lines, strconv.Itoa(i.Line))
		}
		return act
	})
	if len(lines) > 0 {
		e.intents.Warnf("", "organization-guardrails is no stack yet, and what is promised of it is not checked: that of line %s", strings.Join(lines, ", "))
	}
}

// leaveOutPromises takes what is not made yet out of what intents.yaml promises, and says
// that nobody checks it.
func (e *Estate) leaveOutPromises() {
	if e.intents == nil {
		return
	}
	names := e.intentNames()
	var lines []string
	var all intent.Intents
	for _, i := range e.Intents {
		left := false
		rest, some := i.Without(func(party string) bool {
			account, _, _ := strings.Cut(party, ".")
			_, err := names.Party(party)
			gone := err != nil || e.isNew(account)
			left = left || gone
			return gone
		})
		if left {
			lines = append(lines, strconv.Itoa(i.Line))
		}
		if some {
			all = append(all, rest)
		}
	}
	e.Intents = all
	if len(lines) > 0 {
		e.intents.Warnf("", "accounts without a number have no network yet, and what is promised of them is not checked: that of line %s", strings.Join(lines, ", "))
	}
}
