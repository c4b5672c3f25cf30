// Package organization is organization.yaml: the AWS organisation that an estate is, with
// its units, guardrails, security services, identities, backups and budgets.
//
// An estate without that file lies in somebody else's organisation, or in none, and says
// so under `organization` in estate.yaml. The sections stand in a file each.
package organization

import (
	"maps"
	"slices"
	"strings"
)

// Config is organization.yaml.
type Config struct {
	// ID is the organisation's id, `o-…`. Left out, `organization` creates it: the id then is an output of that stack, to be written here before anything else is deployed. With an id the organisation exists, and is imported.
	ID string `yaml:"id" format:"organization-id" example:"o-abcdefghij"`
	// Email is the address of the root user of an account; `{account}` stands for the account's name. An account that is `new` is made with it. Nothing changes the address of one that exists. Default: none, and `emails` has all.
	Email string `yaml:"email" format:"account-email" example:"aws+{account}@example.com"`
	// Emails are the addresses of accounts whose address is another one than `email` says, by account. Default: none.
	Emails map[string]string `yaml:"emails" keys:"account-name" format:"account-email"`
	// AccountNames are what AWS calls accounts whose name there is another one than here. An account that exists is renamed to what stands here, and to nothing else. Default: one that is `new` is called as here.
	AccountNames map[string]string `yaml:"names" keys:"account-name" format:"aws-account-name" example:"{prod: Acme Production}"`
	// Administrators are the ARNs of roles in the management account whose sessions deploy what is in it, and what is in that of IAM Identity Center if somebody has a permission set in management. `*` stands for any characters within a name.
	Administrators []string `yaml:"administrators" jsonschema:"required,minItems=1,uniqueItems=true" format:"role-arn" example:"['arn:aws:iam::111111111111:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_Organization_*']" why:"without one nobody could deploy in the management account"`
	// AppliedBy is who applies the stacks of the management account, and of the account of IAM Identity Center if somebody has a permission set in management: `people` (default), the roles under `administrators`; or `ci`, the repository that deploys the estate too. Policies do not bind that account: whoever applies there, or gets in there by a group, may do anything in the whole organisation.
	AppliedBy Appliers `yaml:"applied_by" default:"people"`
	// Units are the organizational units, as paths of up to five names, with the accounts that stand in them. Units above those of a path exist without being named. Every account but `management` stands in exactly one.
	Units map[string][]string `yaml:"units" jsonschema:"required" keys:"unit-path" example:"{security: [log-archive, security], workloads/production: [prod], suspended: []}"`
	// Services are trusted service principals that the organisation lets in beside those that the estate needs. What is not among them is switched off, so that an organisation which exists names all that it has: `estate adopt` prints them.
	Services []string `yaml:"services" jsonschema:"uniqueItems=true" format:"service-principal" example:"[reporting.trustedadvisor.amazonaws.com]"`
	// PolicyTypes are kinds of policies that are switched on beside those of the guardrails. What is not among them is switched off, and its policies with it. Default: none.
	PolicyTypes []string `yaml:"policy_types" jsonschema:"uniqueItems=true" format:"policy-type" example:"[BACKUP_POLICY]"`
	// Adopted is what an organisation had before this estate was its own, to be taken over and not made again: `estate adopt` prints it. Default: nothing.
	Adopted Adopted `yaml:"adopted"`
	// Contacts are whom AWS writes to about all accounts beside their root addresses, by what it is about. Default: none.
	Contacts map[string]Contact `yaml:"contacts" keys:"contact-kind" example:"{security: {name: Security, title: Security, email: security@example.com, phone: '+62 21 555 0100'}}"`
	// Guardrails are the policies of the organisation, which are there unless something is switched off.
	Guardrails Guardrails `yaml:"guardrails"`
	// Security are the security services, which an account administers for all. Default: none.
	Security *Security `yaml:"security"`
	// Identity is who of the company's people may do what in which accounts, by IAM Identity Center. Default: none.
	Identity *Identity `yaml:"identity"`
	// Backup is where the backups of accounts are kept beside the accounts themselves. Default: none.
	Backup *Backup `yaml:"backup"`
	// Billing is who is told of costs, and when. Default: none.
	Billing *Billing `yaml:"billing"`
	// BreakGlass are users for the day on which IAM Identity Center, or the identity provider behind it, is away. Default: none.
	BreakGlass *BreakGlass `yaml:"break_glass"`
}

// Contact is an alternate contact of an account.
// https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-update-contact-alternate.html
type Contact struct {
	// Name is what the contact is called.
	Name string `yaml:"name" jsonschema:"required" format:"contact-name" example:"Security"`
	// Title is what they are in the company.
	Title string `yaml:"title" jsonschema:"required" format:"contact-title" example:"Head of Security"`
	// Email is where AWS writes to them.
	Email string `yaml:"email" jsonschema:"required" format:"email"`
	// Phone is where AWS rings them.
	Phone string `yaml:"phone" jsonschema:"required" format:"phone"`
}

// Appliers are those who apply the stacks of the management account.
type Appliers string

// The values of [Appliers].
const (
	AppliedByPeople Appliers = "people"
	AppliedByCI     Appliers = "ci"
)

// Values lists what a file may say.
func (Appliers) Values() []string { return []string{string(AppliedByPeople), string(AppliedByCI)} }

// UnitPaths are the paths of all units, those above others included, sorted: each comes
// after the one above it.
func (c *Config) UnitPaths() []string {
	all := map[string]bool{}
	for path := range c.Units {
		for path != "" {
			all[path] = true
			path = Above(path)
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// Above is the path of the unit that another one is in; "" if that is the root.
func Above(path string) string {
	if i := strings.LastIndex(path, "/"); i >= 0 {
		return path[:i]
	}
	return ""
}

// UnitOf is the path of the unit that an account stands in; "" if that is the root.
func (c *Config) UnitOf(account string) string {
	for _, path := range slices.Sorted(maps.Keys(c.Units)) {
		if slices.Contains(c.Units[path], account) {
			return path
		}
	}
	return ""
}

// Below are the accounts that stand in a unit or in one below it, sorted.
func (c *Config) Below(unit string) []string {
	var accounts []string
	for path, in := range c.Units {
		if path == unit || strings.HasPrefix(path, unit+"/") {
			accounts = append(accounts, in...)
		}
	}
	slices.Sort(accounts)
	return accounts
}
