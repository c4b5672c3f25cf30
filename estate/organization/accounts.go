package organization

import (
	"cmp"
	"slices"
	"strings"
)

// Adopted is what an organisation had before.
type Adopted struct {
	// Units are the organizational units that exist, by path.
	Units map[string]AdoptedUnit `yaml:"units" keys:"unit-path" example:"{workloads: {id: ou-ab12-abcdefgh, name: Workloads}}"`
	// Delegates are the accounts that administer services for the organisation already, by the service's principal: of those services that this estate delegates. A service of which each region has an administrator of its own (`guardduty`, `inspector2`, `securityhub`) has the same one in every region.
	Delegates map[string]string `yaml:"delegates" keys:"service-principal" format:"account-name" example:"{sso.amazonaws.com: identity}"`
}

// AdoptedUnit is a unit that exists.
type AdoptedUnit struct {
	// ID is its id, `ou-…`.
	ID string `yaml:"id" jsonschema:"required" format:"unit-id"`
	// Name is what AWS calls it. Default: the last name of its path.
	Name string `yaml:"name" format:"aws-unit-name" example:"Workloads"`
}

// EmailOf is the address of an account's root user; "" if nobody says it.
func (c *Config) EmailOf(account string) string {
	return cmp.Or(c.Emails[account], strings.ReplaceAll(c.Email, "{account}", account))
}

// NameOf is what AWS calls an account.
func (c *Config) NameOf(account string) string { return cmp.Or(c.AccountNames[account], account) }

// UnitName is what AWS calls the unit with a path.
func (c *Config) UnitName(path string) string {
	return cmp.Or(c.Adopted.Units[path].Name, path[strings.LastIndex(path, "/")+1:])
}

// guardrailPolicies are the kinds of policies that the guardrails are made of.
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies.html
var guardrailPolicies = []string{
	"AISERVICES_OPT_OUT_POLICY", "DECLARATIVE_POLICY_EC2", "RESOURCE_CONTROL_POLICY", "SERVICE_CONTROL_POLICY", "TAG_POLICY",
}

// EnabledPolicyTypes are the kinds of policies that are switched on, sorted.
func (c *Config) EnabledPolicyTypes() []string {
	return sorted(slices.Concat(guardrailPolicies, c.PolicyTypes))
}

// GuardrailPolicyTypes are those of them that the estate needs itself.
func GuardrailPolicyTypes() []string { return slices.Clone(guardrailPolicies) }

// The principals of services that a delegate administers.
const (
	AccessAnalyzer = "access-analyzer.amazonaws.com"
	BackupService  = "backup.amazonaws.com"
	ConfigService  = "config.amazonaws.com"
	ConfigRules    = "config-multiaccountsetup.amazonaws.com"
	GuardDuty      = "guardduty.amazonaws.com"
	Inspector      = "inspector2.amazonaws.com"
	SecurityHub    = "securityhub.amazonaws.com"
	IdentityCenter = "sso.amazonaws.com"
)

// TrustedServices are the principals of all services that the organisation lets into its
// accounts, sorted: those that the sections need, and those that the file names beside.
//
//   - https://docs.aws.amazon.com/organizations/latest/userguide/orgs_integrate_services_list.html
func (c *Config) TrustedServices() []string { return sorted(append(c.NeededServices(), c.Services...)) }

// NeededServices are those of [Config.TrustedServices] that the estate needs itself, sorted.
func (c *Config) NeededServices() []string {
	services := []string{
		"account.amazonaws.com",         // contacts, and regions that have to be enabled
		"cloudtrail.amazonaws.com",      // the organisation's trail
		"iam.amazonaws.com",             // root credentials are the organisation's
		"ram.amazonaws.com",             // the hub's network is shared without invitations
		"tagpolicies.tag.amazonaws.com", // the guardrails of tags
	}
	if c.Security != nil {
		services = append(services, AccessAnalyzer, ConfigService, ConfigRules, GuardDuty, "malware-protection.guardduty.amazonaws.com", Inspector, SecurityHub)
	}
	if c.Identity != nil {
		services = append(services, IdentityCenter)
	}
	if c.Backup != nil {
		services = append(services, BackupService)
	}
	return sorted(services)
}

// Delegates are the accounts that administer services for the organisation, by the
// service's principal: what AWS calls a delegated administrator.
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_integrate_delegated_admin.html
func (c *Config) Delegates() map[string]string {
	delegates := map[string]string{}
	if c.Security != nil {
		for _, service := range []string{AccessAnalyzer, ConfigService, ConfigRules, GuardDuty, Inspector, SecurityHub} {
			delegates[service] = c.Security.Account
		}
	}
	if c.Identity != nil {
		delegates[IdentityCenter] = c.Identity.Account
	}
	if c.Backup != nil {
		delegates[BackupService] = c.Backup.Account
	}
	return delegates
}

func sorted(texts []string) []string {
	texts = slices.Clone(texts)
	slices.Sort(texts)
	return slices.Compact(texts)
}
