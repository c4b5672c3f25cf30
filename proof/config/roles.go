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
}

// Assumptions are the roles that the stack's providers, its backend and its reads
// of other states assume.
func (s *Stack) Assumptions() []Assumption {
	var all []Assumption
	for _, name := range slices.Sorted(maps.Keys(s.providers)) {
		if role := s.evaluate(assumed(s.providers[name].configuration)); role != nil {
			all = append(all, Assumption{By: "provider " + name, Role: role})
		}
	}
	_, backend := s.source.Backend()
	if role := s.evaluate(assumed(backend)); role != nil {
		all = append(all, Assumption{By: "the backend", Role: role})
	}
	for _, r := range s.source.RemoteStates() {
		if role := s.evaluate(assumed(r.Config)); role != nil {
			reader := s.byAddress["data.terraform_remote_state."+r.Name]
			all = append(all, Assumption{By: reader.Address(), Resource: reader, Role: role})
		}
	}
	return all
}

// assumed is the role that a provider or a backend assumes, as it is written; nil
// for none. The second form is the S3 backend's older one:
// https://developer.hashicorp.com/terraform/language/backend/s3#assume-role-configuration
func assumed(configuration map[string]any) any {
	block := configuration["assume_role"]
	if list, ok := block.([]any); ok && len(list) > 0 {
		block = list[0]
	}
	if role := object(block)["role_arn"]; role != nil {
		return role
	}
	return configuration["role_arn"]
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
		// A state has no providers, and its resources say whose they are.
		for _, r := range s.Resources {
			if r.path != "" && r.Account != "" && !r.Data {
				accounts[r.Account] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(accounts))
}

// State is where the stack's state is, empty where others cannot read it.
func (s *Stack) State() string { return state(s.source.Backend()) }

// AccountOf is the account in an ARN, "" if the text is none:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
func AccountOf(arn string) string {
	if parts := strings.SplitN(arn, ":", 6); len(parts) == 6 && parts[0] == "arn" {
		return parts[4]
	}
	return ""
}
