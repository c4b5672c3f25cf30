package config

import (
	"maps"
	"slices"
	"strings"
)

// Assumption is a role that Terraform assumes to work on a stack.
type Assumption struct {
	// By is what assumes it: `provider aws.dev`, `the backend`.
	By string
	// Resource is the data source that assumes it, nil for the rest.
	Resource *Resource
	// Role is the role's ARN, a text or a Ref.
	Role any
	// Between says that another role is assumed by this one, to work with that.
	Between bool
	// Allowed are the accounts in which it may work, any if there are none, and Forbidden
	// those in which it may not.
	Allowed, Forbidden []string
}

// Assumptions are the roles that the stack's providers, its backend and its reads
// of other states assume.
func (s *Stack) Assumptions() []Assumption {
	var all []Assumption
	add := func(by string, resource *Resource, configuration map[string]any) {
		roles := assumed(configuration)
		for i, role := range roles {
			if role = s.evaluate(role); role != nil {
				all = append(all, Assumption{
					By: by, Resource: resource, Role: role, Between: i < len(roles)-1,
					Allowed: s.accountIDs(configuration["allowed_account_ids"]), Forbidden: s.accountIDs(configuration["forbidden_account_ids"]),
				})
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.providers)) {
		add("provider "+name, nil, s.providers[name].configuration)
	}
	_, backend := s.source.Backend()
	add("the backend", nil, backend)
	for _, r := range s.source.RemoteStates() {
		reader := s.byAddress["data.terraform_remote_state."+r.Name]
		add(reader.Address(), reader, r.Config)
	}
	return all
}

// accountIDs are the texts of a list of accounts.
func (s *Stack) accountIDs(value any) []string {
	var ids []string
	Each(s.evaluate(value), func(leaf any) {
		if text, ok := leaf.(string); ok {
			ids = append(ids, text)
		}
	})
	return ids
}

// assumed are the roles that a provider or a backend assumes, as they are written, one by
// the other: it works with the last. The second form is the S3 backend's older one.
//   - https://developer.hashicorp.com/terraform/language/backend/s3#assume-role-configuration
//   - https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs#assuming-an-iam-role
func assumed(configuration map[string]any) []any {
	var roles []any
	for _, name := range []string{"assume_role_with_web_identity", "assume_role"} {
		blocks, ok := configuration[name].([]any)
		if !ok {
			blocks = []any{configuration[name]}
		}
		for _, block := range blocks {
			if role := object(block)["role_arn"]; role != nil {
				roles = append(roles, role)
			}
		}
	}
	if role := configuration["role_arn"]; role != nil && len(roles) == 0 {
		roles = append(roles, role)
	}
	return roles
}

// Accounts are the numbers of the accounts that the stacks work in, sorted.
func (c *Config) Accounts() []string {
	accounts := map[string]bool{}
	for _, s := range c.Stacks {
		for _, p := range s.providers {
			if p.account != "" {
				accounts[p.account] = true
			}
		}
		if s.source.Account != "" {
			accounts[s.source.Account] = true
		}
		// A state has no providers, and its resources say whose they are.
		for _, r := range s.Resources {
			if r.path != "" && r.Account != "" && !r.Data {
				accounts[r.Account] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(accounts))
}

// AccountOf is the account in an ARN, "" if the text is none:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
func AccountOf(arn string) string {
	if parts := strings.SplitN(arn, ":", 6); len(parts) == 6 && parts[0] == "arn" {
		return parts[4]
	}
	return ""
}

// MadeBy is the role that makes the resource: the last that its provider assumes, a text or a
// Ref, nil if it assumes none.
func (r *Resource) MadeBy() any {
	roles := assumed(r.provider.configuration)
	if len(roles) == 0 {
		return nil
	}
	return r.Stack.evaluate(roles[len(roles)-1])
}
