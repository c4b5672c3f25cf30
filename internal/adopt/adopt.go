// Package adopt writes the files of an estate that takes over an AWS organisation which
// exists, from what the AWS CLI says of it. It asks AWS nothing itself.
//
// What it writes changes nothing of the organisation: what is trusted and switched on stays
// so, units and accounts are imported, and are called as they are.
package adopt

import (
	"cmp"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"

	"hubspoke/estate"
	"hubspoke/estate/organization"
	"hubspoke/internal/arn"
)

// Commands are what a person runs in the management account: a script that writes the
// files which [Read] reads.
//
//go:embed commands.sh
var Commands string

// Found is an organisation as AWS has it.
type Found struct {
	ID, Management, FeatureSet string
	// Root is the id of the root.
	Root string
	// PolicyTypes are the kinds of policies that are switched on, Services the trusted ones, sorted.
	PolicyTypes, Services []string
	// Accounts are all accounts, by number, and Units all units, by id.
	Accounts map[string]Account
	Units    map[string]Unit
	// Delegates are the numbers of the accounts that administer services, by the service's principal.
	Delegates map[string][]string
}

// Account is an account, in a unit or in the root.
type Account struct{ Number, Name, Email, Status, Parent string }

// Unit is an organizational unit, in another one or in the root.
type Unit struct{ ID, Name, Parent string }

// The names of the files that [Commands] writes. What comes after a hyphen is an id.
const (
	organizationFile = "organization.json"
	rootsFile        = "roots.json"
	accountsFile     = "accounts.json"
	servicesFile     = "services.json"
	accountsIn       = "accounts-in-"
	unitsIn          = "units-in-"
	delegatedTo      = "delegated-to-"
)

// Read reads the files in a folder. The error says all that is missing.
func Read(files fs.FS) (*Found, error) {
	var org struct {
		Organization struct{ Id, MasterAccountId, FeatureSet string }
	}
	var roots struct {
		Roots []struct {
			Id          string
			PolicyTypes []struct{ Type, Status string }
		}
	}
	var services struct {
		EnabledServicePrincipals []struct{ ServicePrincipal string }
	}
	var accounts struct {
		Accounts []struct{ Id, Name, Email, Status string }
	}
	err := errors.Join(decode(files, organizationFile, &org), decode(files, rootsFile, &roots), decode(files, servicesFile, &services), decode(files, accountsFile, &accounts))
	if err != nil {
		return nil, err
	}
	if org.Organization.Id == "" || len(roots.Roots) != 1 {
		return nil, fmt.Errorf("%s and %s have no organisation with one root: write them with the commands that `estate adopt` prints", organizationFile, rootsFile)
	}
	f := &Found{
		ID: org.Organization.Id, Management: org.Organization.MasterAccountId, FeatureSet: org.Organization.FeatureSet,
		Root: roots.Roots[0].Id, Accounts: map[string]Account{}, Units: map[string]Unit{}, Delegates: map[string][]string{},
	}
	for _, p := range roots.Roots[0].PolicyTypes {
		if p.Status == "ENABLED" {
			f.PolicyTypes = append(f.PolicyTypes, p.Type)
		}
	}
	for _, s := range services.EnabledServicePrincipals {
		f.Services = append(f.Services, s.ServicePrincipal)
	}
	slices.Sort(f.PolicyTypes)
	slices.Sort(f.Services)
	for _, a := range accounts.Accounts {
		f.Accounts[a.Id] = Account{Number: a.Id, Name: a.Name, Email: a.Email, Status: a.Status}
	}
	return f, errors.Join(f.readUnits(files, f.Root), f.readDelegates(files), f.homeless())
}

// readUnits reads what is in a unit or in the root, and in the units in it.
func (f *Found) readUnits(files fs.FS, parent string) error {
	var accounts struct{ Accounts []struct{ Id string } }
	var units struct{ OrganizationalUnits []struct{ Id, Name string } }
	err := errors.Join(decode(files, accountsIn+parent+".json", &accounts), decode(files, unitsIn+parent+".json", &units))
	for _, a := range accounts.Accounts {
		account := f.Accounts[a.Id]
		account.Parent = parent
		f.Accounts[a.Id] = account
	}
	for _, u := range units.OrganizationalUnits {
		if _, twice := f.Units[u.Id]; twice {
			return fmt.Errorf("%s%s.json: the unit %s stands in another one too", unitsIn, parent, u.Id)
		}
		f.Units[u.Id] = Unit{ID: u.Id, Name: u.Name, Parent: parent}
		err = errors.Join(err, f.readUnits(files, u.Id))
	}
	return err
}

func (f *Found) readDelegates(files fs.FS) error {
	names, err := fs.Glob(files, delegatedTo+"*.json")
	for _, name := range names {
		var services struct {
			DelegatedServices []struct{ ServicePrincipal string }
		}
		err = errors.Join(err, decode(files, name, &services))
		number := strings.TrimSuffix(strings.TrimPrefix(name, delegatedTo), ".json")
		for _, s := range services.DelegatedServices {
			f.Delegates[s.ServicePrincipal] = append(f.Delegates[s.ServicePrincipal], number)
		}
	}
	return err
}

// homeless reports accounts of which no file says where they stand.
func (f *Found) homeless() error {
	var none []string
	for _, number := range slices.Sorted(maps.Keys(f.Accounts)) {
		if f.Accounts[number].Parent == "" {
			none = append(none, number)
		}
	}
	if len(none) > 0 {
		return fmt.Errorf("no file %s… says where these accounts stand: %s", accountsIn, strings.Join(none, ", "))
	}
	return nil
}

func decode(files fs.FS, name string, target any) error {
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return fmt.Errorf("%s: it cannot be read: write it with the commands that `estate adopt` prints", name)
	}
	if err := json.Unmarshal(text, target); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// Estate is what the files of the estate say of the organisation.
type Estate struct {
	// Organization is organization.yaml, Accounts the section of estate.yaml.
	Organization, Accounts string
	// Problems are what a person has to do before anything is deployed.
	Problems []string
}

// Called turns what a person calls accounts, with their numbers, into names by numbers. The
// error says all that cannot be.
func (f *Found) Called(call map[string]string) (map[string]string, error) {
	called := map[string]string{}
	var problems []error
	wrong := func(name, format string, args ...any) {
		problems = append(problems, fmt.Errorf("--call %s=%s: %s", name, call[name], fmt.Sprintf(format, args...)))
	}
	for _, name := range slices.Sorted(maps.Keys(call)) {
		number := call[name]
		account, there := f.Accounts[number]
		switch other := called[number]; {
		case name == estate.ManagementAccount || number == f.Management:
			wrong(name, "the management account is %s, and keeps the name %s: leave it out", f.Management, estate.ManagementAccount)
		case !there:
			wrong(name, "the organisation has no such account: it has %s", strings.Join(slices.Sorted(maps.Keys(f.Accounts)), ", "))
		case account.closed():
			wrong(name, "the account is %s, and no part of the estate: leave it out", account.Status)
		case other != "":
			wrong(name, "the account is called %s already: give it one name", other)
		case plain(name, "", longestAccount) != name || name != estate.HubAccount && estate.Reserved(name):
			wrong(name, "no name of an account: take up to %d lower-case letters, digits and hyphens, and none that the estate has for something else", longestAccount)
		default:
			called[number] = name
		}
	}
	return called, errors.Join(problems...)
}

// Write writes the files. Accounts may be given names, by their numbers: one of them is the
// hub.
func (f *Found) Write(called map[string]string) *Estate {
	e := &Estate{}
	if f.FeatureSet != "ALL" {
		e.problem("the organisation has no policies, since its features are %s: enable all features first, https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_org_support-all-features.html", f.FeatureSet)
	}
	names, paths := f.names(called), f.paths()
	e.writeAccounts(f, names)
	var w strings.Builder
	fmt.Fprintf(&w, "# yaml-language-server: $schema=../schema/organization.schema.json\n\n# The organisation as it was found: what is here is imported, and stays as it is.\nid: %s\n", f.ID)
	w.WriteString("emails:\n")
	members := f.members(names)
	for _, name := range members {
		fmt.Fprintf(&w, "  %s: %s\n", name, quoted(f.Accounts[names.number[name]].Email))
	}
	e.writeNames(&w, f, names, members)
	fmt.Fprintf(&w, "\n# Who deploys in the management account: put your people's role here.\nadministrators:\n  - %s\n",
		arn.Account{Partition: "aws", Number: f.Management}.Role("aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_AdministratorAccess_*"))
	e.writeUnits(&w, f, names, paths)
	e.writeSuspended(&w, paths, names, f)
	e.writeTrusted(&w, f)
	f.writeAdopted(&w, names, paths)
	e.Organization = w.String()
	return e
}

func (e *Estate) problem(format string, args ...any) {
	e.Problems = append(e.Problems, fmt.Sprintf(format, args...))
}

// accountNames are what the estate calls accounts.
type accountNames struct{ name, number map[string]string }

// closed says that an account is being closed, or is: it takes part in nothing.
func (a Account) closed() bool { return a.Status != "ACTIVE" }

// longest is how long the names of accounts and of units may be.
const (
	longestAccount = 20
	longestUnit    = 128
)

// names gives every account that is not closed a name that an estate takes.
func (f *Found) names(called map[string]string) accountNames {
	n := accountNames{name: map[string]string{}, number: map[string]string{}}
	give := func(number, name string) {
		n.name[number], n.number[name] = name, number
	}
	give(f.Management, estate.ManagementAccount)
	for _, number := range slices.Sorted(maps.Keys(called)) {
		give(number, called[number])
	}
	for _, number := range slices.Sorted(maps.Keys(f.Accounts)) {
		if account := f.Accounts[number]; n.name[number] == "" && !account.closed() {
			name := plain(account.Name, "account", longestAccount)
			if name != estate.HubAccount && estate.Reserved(name) {
				name = plain("aws-"+name, "account", longestAccount)
			}
			give(number, unique(name, longestAccount, func(name string) bool { return n.number[name] != "" }))
		}
	}
	return n
}

// members are the names of all accounts but the management account, sorted.
func (f *Found) members(names accountNames) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(names.number)), func(name string) bool { return name == estate.ManagementAccount })
}

// paths are the paths of all units, by id.
func (f *Found) paths() map[string]string {
	paths, taken := map[string]string{f.Root: ""}, map[string]bool{}
	var walk func(parent string)
	walk = func(parent string) {
		for _, id := range slices.Sorted(maps.Keys(f.Units)) {
			if u := f.Units[id]; u.Parent == parent {
				within := ""
				if paths[parent] != "" {
					within = paths[parent] + "/"
				}
				name := unique(plain(u.Name, "unit", longestUnit), longestUnit, func(name string) bool { return taken[within+name] })
				paths[id], taken[within+name] = within+name, true
				walk(id)
			}
		}
	}
	walk(f.Root)
	return paths
}

var unusual = regexp.MustCompile(`[^a-z0-9]+`)

// plain is a name in lower-case letters, digits and hyphens that begins with a letter.
func plain(name, otherwise string, longest int) string {
	name = strings.Trim(unusual.ReplaceAllString(strings.ToLower(name), "-"), "-")
	if name == "" || name[0] < 'a' {
		name = strings.TrimSuffix(otherwise+"-"+name, "-")
	}
	return strings.Trim(name[:min(len(name), longest)], "-")
}

// unique is a name that nothing has yet, with a number at its end if it must be.
func unique(name string, longest int, taken func(string) bool) string {
	for n, next := 2, name; ; n++ {
		if !taken(next) {
			return next
		}
		end := fmt.Sprintf("-%d", n)
		next = strings.Trim(name[:min(len(name), longest-len(end))], "-") + end
	}
}

func (e *Estate) writeAccounts(f *Found, names accountNames) {
	var w strings.Builder
	w.WriteString("accounts:\n")
	for _, name := range slices.Sorted(maps.Keys(names.number)) {
		fmt.Fprintf(&w, "  %s: %q\n", name, names.number[name])
	}
	e.Accounts = w.String()
	if names.number[estate.HubAccount] == "" {
		e.problem("no account is called hub: say which one is, --call hub=NUMBER, or add `hub: new`")
	}
	for _, number := range slices.Sorted(maps.Keys(f.Accounts)) {
		if a := f.Accounts[number]; a.closed() {
			e.problem("%s (%s) is %s, and left out", number, a.Name, a.Status)
		}
	}
}

// writeNames writes the names that AWS has for accounts, where they are others.
func (e *Estate) writeNames(w *strings.Builder, f *Found, names accountNames, members []string) {
	first := true
	for _, name := range members {
		called := f.Accounts[names.number[name]].Name
		if called == name {
			continue
		}
		if !organization.AccountNameFormat.Match(called) {
			e.problem("the name of %s, %q, has characters that an estate does not take: it is left out, and the account keeps it", name, called)
			continue
		}
		if first {
			w.WriteString("names:\n")
			first = false
		}
		fmt.Fprintf(w, "  %s: %s\n", name, quoted(called))
	}
}

// arrivals is the unit for accounts that stand in the root.
const arrivals = "arrivals"

func (e *Estate) writeUnits(w *strings.Builder, f *Found, names accountNames, paths map[string]string) {
	in := map[string][]string{}
	for _, path := range paths {
		in[path] = nil
	}
	for number, name := range names.name {
		if name != estate.ManagementAccount {
			in[paths[f.Accounts[number].Parent]] = append(in[paths[f.Accounts[number].Parent]], name)
		}
	}
	w.WriteString("\nunits:\n")
	if atRoot := in[""]; len(atRoot) > 0 {
		home := unique(arrivals, longestUnit, func(name string) bool { _, there := in[name]; return there })
		in[home] = atRoot
		slices.Sort(atRoot)
		e.problem("%s stood in the root, where no unit has them: a deployment moves them into the unit %s, unless you write them into another one", strings.Join(atRoot, ", "), home)
	}
	delete(in, "")
	for _, path := range slices.Sorted(maps.Keys(in)) {
		slices.Sort(in[path])
		fmt.Fprintf(w, "  %s: [%s]\n", path, strings.Join(in[path], ", "))
	}
	if len(in) == 0 {
		w.WriteString("  {}\n")
	}
}

// suspendedNames are what the names of units begin with that are for accounts which nobody
// may use.
var suspendedNames = []string{"suspended", "quarantine", "closed", "decommissioned"}

// writeSuspended names the unit in which everything is denied, if there is one by another name
// than the estate's.
func (e *Estate) writeSuspended(w *strings.Builder, paths map[string]string, names accountNames, f *Found) {
	const usual = "suspended"
	var found []string
	for _, path := range slices.Sorted(maps.Values(paths)) {
		last := path[strings.LastIndex(path, "/")+1:]
		if slices.ContainsFunc(suspendedNames, func(name string) bool { return strings.HasPrefix(last, name) }) {
			found = append(found, path)
		}
	}
	if len(found) == 0 {
		return
	}
	unit := found[0]
	if slices.Contains(found, usual) {
		unit = usual
	}
	var in []string
	for number, name := range names.name {
		if at := paths[f.Accounts[number].Parent]; at == unit || strings.HasPrefix(at, unit+"/") {
			in = append(in, name)
		}
	}
	if slices.Sort(in); len(in) > 0 {
		e.problem("in the unit %s everything will be denied but deployment: %s, which it has, cannot be used then", unit, strings.Join(in, ", "))
	}
	if len(found) > 1 {
		e.problem("%s are units for accounts that nobody may use, as it seems: guardrails.suspended names one of them; put the accounts of the others there", strings.Join(found, ", "))
	}
	if unit != usual {
		fmt.Fprintf(w, "\n# Where everything is denied but deployment.\nguardrails:\n  suspended: %s\n", unit)
	}
}

// writeTrusted writes what is switched on, and the estate does not switch on itself.
func (e *Estate) writeTrusted(w *strings.Builder, f *Found) {
	needed := (&organization.Config{}).NeededServices()
	if more := without(f.Services, needed); len(more) > 0 {
		fmt.Fprintf(w, "\n# Trusted already. What is taken out of this list is switched off in all accounts.\nservices:\n")
		for _, service := range more {
			fmt.Fprintf(w, "  - %s\n", service)
		}
	}
	var listed []string
	for _, kind := range without(f.PolicyTypes, organization.GuardrailPolicyTypes()) {
		if organization.PolicyTypeFormat.Match(kind) {
			listed = append(listed, kind)
			continue
		}
		e.problem("policies of the kind %s are switched on, which this version of Terraform's provider does not know: every deployment of organization would switch them off: see with `aws organizations list-policies --filter %s` which there are, and do without them before", kind, kind)
	}
	if len(listed) > 0 {
		fmt.Fprintf(w, "policy_types: [%s]\n", strings.Join(listed, ", "))
	}
}

func without(all, some []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(one string) bool { return slices.Contains(some, one) })
}

// writeAdopted writes the units, with their ids. Delegations are none of the estate's as
// long as no section of organization.yaml delegates the service.
func (f *Found) writeAdopted(w *strings.Builder, names accountNames, paths map[string]string) {
	if len(f.Units)+len(f.Delegates) == 0 {
		return
	}
	w.WriteString("\nadopted:\n")
	if len(f.Units) > 0 {
		w.WriteString("  units:\n")
	}
	for _, id := range slices.SortedFunc(maps.Keys(f.Units), func(a, b string) int { return cmp.Compare(paths[a], paths[b]) }) {
		path := paths[id]
		fmt.Fprintf(w, "    %s: {id: %s", path, id)
		if name := f.Units[id].Name; name != path[strings.LastIndex(path, "/")+1:] {
			fmt.Fprintf(w, ", name: %s", quoted(name))
		}
		w.WriteString("}\n")
	}
	if len(f.Units) == 0 {
		w.WriteString("  units: {}\n")
	}
	if len(f.Delegates) > 0 {
		w.WriteString("  # Delegated already. Each belongs here once a section of this file delegates it, to the same account:\n  # delegates:\n")
	}
	for _, service := range slices.Sorted(maps.Keys(f.Delegates)) {
		for _, number := range f.Delegates[service] {
			fmt.Fprintf(w, "  #   %s: %s\n", service, cmp.Or(names.name[number], number))
		}
	}
}

// quoted is a text in double quotes, as YAML and JSON have it.
func quoted(text string) string {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(text); err != nil {
		panic(err) // a text always encodes
	}
	return strings.TrimSpace(b.String())
}
