package organization

import (
	"maps"
	"slices"
	"strings"

	"hubspoke/internal/awspolicy"
	"hubspoke/internal/yamldoc"
)

// Identity says who may do what in which accounts, by IAM Identity Center.
//
// A person enables Identity Center, in the console of the management account: no API does.
// People are made, and put into groups, in its directory or in the identity provider
// behind it: who works for the company is nothing that an estate should know.
// https://docs.aws.amazon.com/singlesignon/latest/userguide/what-is.html
type Identity struct {
	// Account is the delegated administrator of IAM Identity Center.
	Account string `yaml:"account" jsonschema:"required" format:"account-name" example:"identity"`
	// Region is the region in which a person enabled IAM Identity Center. Default: the estate's.
	Region string `yaml:"region" format:"any-region" example:"ap-southeast-1"`
	// Groups says where the groups under `assignments` come from: `managed` (default), they are made in Identity Center's own directory; or `external`, they come from an identity provider by SCIM, and are looked up by their names.
	Groups GroupSource `yaml:"groups" default:"managed"`
	// PermissionSets are what people may do in an account, by name. In each account where somebody has one it is a role, `AWSReservedSSO_<name>_<characters that AWS makes up>`.
	PermissionSets map[string]PermissionSet `yaml:"permission_sets" jsonschema:"required" keys:"permission-set-name" example:"{investigate: {policies: [SecurityAudit, ViewOnlyAccess]}}"`
	// Assignments are where a group has which permission sets: by group, and by permission set. Default: nobody has any.
	Assignments map[string]map[string]Targets `yaml:"assignments" keys:"group-name" example:"{security: {investigate: {everywhere: true}}}"`
}

// PermissionSet is what people may do in an account.
// https://docs.aws.amazon.com/singlesignon/latest/userguide/permissionsetsconcept.html
type PermissionSet struct {
	// Reason says why people need it, and is its description in AWS. Default: none; but AdministratorAccess wants one.
	Reason string `yaml:"reason" format:"reason" example:"deploys networks by hand if CI is away"`
	// Policies are policies of AWS by their names, such as `SecurityAudit`, with their path if they have one: `service-role/AWSQuickSightListIAM`. That of AWS's job functions need not be stated.
	Policies []string `yaml:"policies" jsonschema:"uniqueItems=true" format:"managed-policy" example:"[SecurityAudit, ViewOnlyAccess]"`
	// CustomerPolicies are policies of one's own by their names. Each account where somebody has the permission set has to have one of that name first.
	CustomerPolicies []string `yaml:"customer_policies" jsonschema:"uniqueItems=true" format:"customer-policy" example:"[developer]"`
	// Inline is a file in the estate's folder with a policy that is part of the permission set. Default: none.
	Inline string `yaml:"inline" format:"inline-policy-file" example:"developer.json"`
	// Boundary is a policy of AWS beyond which nothing is allowed. Default: none.
	Boundary string `yaml:"boundary" format:"managed-policy" example:"PowerUserAccess"`
	// CustomerBoundary is one of one's own in its place, which each account has to have first. Default: none.
	CustomerBoundary string `yaml:"customer_boundary" format:"customer-policy" example:"boundary"`
	// Hours is how long a session lasts, 1 to 12. Default: 1.
	Hours int `yaml:"hours" jsonschema:"maximum=12" default:"1" why:"sessions of Identity Center last 12 hours at most"`
	// RelayState is where the console opens, as a URL. Default: its home page.
	RelayState string `yaml:"relay_state" format:"console-url" example:"https://ap-southeast-1.console.aws.amazon.com/eks/home"`

	// InlineText is what the file Inline says, without white space. It is empty as long as nobody has read it.
	InlineText string `yaml:"-"`
}

// Targets are the accounts in which a group has a permission set.
type Targets struct {
	// Everywhere is every account but `management`. Default: those named.
	Everywhere bool `yaml:"everywhere"`
	// Units are units: every account in them, and in those below.
	Units []string `yaml:"units" jsonschema:"uniqueItems=true" format:"unit-path" example:"[workloads/development]"`
	// Accounts are accounts. The management account is named here alone.
	Accounts []string `yaml:"accounts" jsonschema:"uniqueItems=true" format:"account-name" example:"[dev]"`
}

// GroupSource is where groups come from.
type GroupSource string

// The values of [GroupSource].
const (
	ManagedGroups  GroupSource = "managed"
	ExternalGroups GroupSource = "external"
)

// Values lists what a file may say.
func (GroupSource) Values() []string {
	return []string{string(ManagedGroups), string(ExternalGroups)}
}

// Assignment is that a group has a permission set in an account.
type Assignment struct{ Group, Set, Account string }

// ID is the assignment's name in Terraform. It is made of names alone, so that an account
// more moves no other.
func (a Assignment) ID() string {
	return GroupID(a.Group) + "_" + GroupID(a.Set) + "_" + GroupID(a.Account)
}

// GroupID is what Terraform calls a group, or a permission set.
func GroupID(name string) string { return slug.Replace(name) }

var slug = strings.NewReplacer(".", "_", "-", "_", " ", "_")

// management is the name of the account that owns the organisation.
const management = "management"

// Assigned are the assignments in those of the accounts that are given, sorted. An account
// that two of a group's targets hold is one assignment.
func (c *Config) Assigned(accounts []string) []Assignment {
	var all []Assignment
	for _, group := range slices.Sorted(maps.Keys(c.Identity.Assignments)) {
		sets := c.Identity.Assignments[group]
		for _, set := range slices.Sorted(maps.Keys(sets)) {
			in := c.in(sets[set], accounts)
			for _, account := range slices.Sorted(slices.Values(accounts)) {
				if in[account] {
					all = append(all, Assignment{group, set, account})
				}
			}
		}
	}
	return all
}

// in are the accounts that targets name.
func (c *Config) in(t Targets, accounts []string) map[string]bool {
	in := map[string]bool{}
	if t.Everywhere {
		for _, account := range accounts {
			in[account] = account != management
		}
	}
	for _, unit := range t.Units {
		for _, account := range c.Below(unit) {
			in[account] = true
		}
	}
	for _, account := range t.Accounts {
		in[account] = true
	}
	return in
}

// InManagement says that a permission set is for the management account: somebody has it
// there. AWS lets none but that account itself change such a set.
// https://docs.aws.amazon.com/singlesignon/latest/userguide/delegated-admin.html
func (i *Identity) InManagement(set string) bool {
	for _, sets := range i.Assignments {
		if slices.Contains(sets[set].Accounts, management) {
			return true
		}
	}
	return false
}

// Validate checks what the section says of itself: permission sets, and who has which of
// them. The organisation has the given accounts.
func (i *Identity) Validate(s yamldoc.Section, c *Config, accounts []string) {
	sets := s.Key("permission_sets")
	whole := !sets.Wrong()
	for _, name := range slices.Sorted(maps.Keys(i.PermissionSets)) {
		if p := i.PermissionSets[name]; whole && len(p.Policies)+len(p.CustomerPolicies) == 0 && p.Inline == "" {
			sets.Key(name).Errorf("allows nothing: name policies, customer_policies, or a file under inline")
		}
		i.PermissionSets[name].validate(sets.Key(name))
	}
	known := known{slices.Sorted(maps.Keys(i.PermissionSets)), sets.Incomplete()}
	for _, group := range slices.Sorted(maps.Keys(i.Assignments)) {
		at := s.Key("assignments", group)
		if len(i.Assignments[group]) == 0 && !at.Broken() {
			at.Errorf("names no permission set: say which the group has, or leave it out")
		}
		for _, set := range slices.Sorted(maps.Keys(i.Assignments[group])) {
			i.validateTargets(at.Key(set), set, i.Assignments[group][set], known)
		}
	}
	i.validateIDs(s, c.Assigned(accounts))
}

// known are the permission sets that assignments may name, and whether some of these could
// not be read.
type known struct {
	sets       []string
	setsBroken bool
}

func (i *Identity) validateTargets(s yamldoc.Section, set string, t Targets, known known) {
	if !slices.Contains(known.sets, set) && !known.setsBroken {
		s.Errorf("there is no permission set %q: permission_sets has %s%s", set, strings.Join(known.sets, ", "), yamldoc.Suggest(set, known.sets))
	}
	if !t.Everywhere && len(t.Units)+len(t.Accounts) == 0 && !s.Incomplete() {
		s.Errorf("names no account: say units, accounts, or `everywhere: true`")
	}
	elsewhere := t.Everywhere || len(t.Units) > 0 || slices.ContainsFunc(t.Accounts, func(a string) bool { return a != management })
	if elsewhere && i.InManagement(set) {
		s.Errorf("somebody has %s in the management account too, and AWS lets the delegated administrator manage sets outside management only: make a second one", set)
	}
}

// validateIDs checks that no two assignments, no two groups and no two sets have one name in
// Terraform: `a-b` and `c`, and `a` and `b-c`.
func (i *Identity) validateIDs(s yamldoc.Section, assigned []Assignment) {
	groups, sets, ids := map[string]string{}, map[string]string{}, map[string]Assignment{}
	for _, group := range slices.Sorted(maps.Keys(i.Assignments)) {
		if other, ok := groups[GroupID(group)]; ok {
			s.Key("assignments", group).Errorf("%s and %s would be one group to Terraform, which knows no difference between blanks, dots, hyphens and _: rename one", group, other)
		}
		groups[GroupID(group)] = group
	}
	for _, a := range assigned {
		if other, ok := ids[a.ID()]; ok && groups[GroupID(a.Group)] == a.Group {
			s.Key("assignments", a.Group, a.Set).Errorf("%s with %s and %s with %s would be one thing to Terraform in %s: rename one of them", a.Group, a.Set, other.Group, other.Set, a.Account)
		}
		ids[a.ID()] = a
	}
	for _, set := range slices.Sorted(maps.Keys(i.PermissionSets)) {
		if other, ok := sets[GroupID(set)]; ok {
			s.Key("permission_sets", set).Errorf("%s and %s would be one permission set to Terraform, which knows no difference between blanks, dots, hyphens and _: rename one", set, other)
		}
		sets[GroupID(set)] = set
	}
}

// administers are the policies of AWS that let their holder do anything, or let themselves.
var administers = []string{"AdministratorAccess", "IAMFullAccess"}

// Administers says that who has the set may do anything in an account.
func (p PermissionSet) Administers() bool {
	return slices.ContainsFunc(p.Policies, func(name string) bool { return slices.Contains(administers, name) })
}

func (p PermissionSet) validate(s yamldoc.Section) {
	for i, name := range p.Policies {
		validateManaged(s.Key("policies").Item(i), name)
	}
	if p.Boundary != "" {
		validateManaged(s.Key("boundary"), p.Boundary)
	}
	if p.Boundary != "" && p.CustomerBoundary != "" {
		s.Key("customer_boundary").Errorf("a permission set has one boundary, and boundary names it already")
	}
	if p.Administers() && p.Reason == "" && !s.Key("reason").Broken() {
		s.Errorf("who has it may do anything: say why under reason")
	}
}

// validateManaged checks that AWS has a policy.
func validateManaged(at yamldoc.Section, name string) {
	if at.Broken() {
		return
	}
	switch problem, doubtful := awspolicy.Problem(ManagedPolicy(name)); {
	case doubtful:
		at.Warnf("%s", problem)
	case problem != "":
		at.Errorf("%s", problem)
	}
}

// jobFunctions are the policies of AWS that stand under the path of job functions, where
// everybody forgets it.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_job-functions.html
var jobFunctions = []string{
	"Billing", "DatabaseAdministrator", "DataScientist", "NetworkAdministrator", "SupportUser", "SystemAdministrator", "ViewOnlyAccess",
}

// ManagedPolicy is the name of a policy of AWS with its path.
func ManagedPolicy(name string) string {
	if slices.Contains(jobFunctions, name) {
		return "job-function/" + name
	}
	return name
}
