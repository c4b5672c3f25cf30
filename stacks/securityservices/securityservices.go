// Package securityservices makes what watches over all accounts of the organisation, from the
// account that administers it: GuardDuty, Security Hub, Inspector, analyzers of IAM Access
// Analyzer and what AWS Config shows of all, and tells people of what they find.
//
// That the account administers them is said in the management account, by `organization`;
// nothing here acts there. What an account itself needs, such as the recorder of AWS Config,
// is in its baseline.
package securityservices

import (
	"maps"
	"slices"

	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/constructs/analyzer"
	"hubspoke/constructs/configaggregator"
	"hubspoke/constructs/findings"
	"hubspoke/constructs/guardduty"
	"hubspoke/constructs/inspector"
	"hubspoke/constructs/securityhub"
	security "hubspoke/estate/organization"
	"hubspoke/internal/arn"
	"hubspoke/internal/base"
	"hubspoke/internal/tf"
	"hubspoke/stacks/organization"
)

// New fills the stack.
func New(s *base.Stack) error {
	e := s.Estate
	in := map[string]cdktf.TerraformProvider{}
	for _, region := range e.SecurityRegions() {
		in[region] = s.ProviderIn(s.Account, region)
	}
	for _, region := range e.SecurityRegions() {
		if err := watch(s, e.Account(s.Account).In(region), in[region]); err != nil {
			return err
		}
	}
	home := e.SecurityHome()
	if err := judge(s, e.Account(s.Account).In(home), in[home]); err != nil {
		return err
	}
	// People look at Config in the estate's own region.
	if _, err := configaggregator.New(s.Scope, "organization", configaggregator.Config{
		Name: e.Project + "-config-aggregator", Account: e.Account(s.Account),
	}); err != nil {
		return err
	}
	if days := e.Org.Security.UnusedAccessDays; days > 0 {
		if _, err := analyzer.New(s.Scope, "unused_access", analyzer.Config{Name: e.Project + "-unused-access", UnusedDays: days}); err != nil {
			return err
		}
	}
	return nil
}

// watch makes what is made in each region.
func watch(s *base.Stack, account arn.Account, provider cdktf.TerraformProvider) error {
	e, id := s.Estate, tf.Name(account.Region)
	if _, err := guardduty.New(s.Scope, id, guardduty.Config{
		Account:  account,
		Runtime:  e.Org.Security.GuardDuty.Runtime,
		Malware:  e.Org.Security.GuardDuty.Malware,
		Provider: provider,
	}); err != nil {
		return err
	}
	if len(e.Org.Security.Inspector) > 0 {
		config := inspector.Config{Account: account, Resources: e.Org.Security.Inspector, Members: map[string]string{}, Provider: provider}
		for _, name := range e.SecurityMembers() {
			config.Members[name] = e.Accounts[name]
			if e.InUse(name, security.InspectorInUse) {
				config.Associated = append(config.Associated, name)
			}
		}
		if _, err := inspector.New(s.Scope, id, config); err != nil {
			return err
		}
	}
	if _, err := analyzer.New(s.Scope, id, analyzer.Config{Name: e.Project + "-organization", Provider: provider}); err != nil {
		return err
	}
	return rules(s, account.Region, provider)
}

// rules makes the estate's rules of AWS Config in a region. An account that is to be closed has
// no recorder at last, and a rule that is deployed into it would fail for all.
func rules(s *base.Stack, region string, provider cdktf.TerraformProvider) error {
	e := s.Estate
	for _, name := range slices.Sorted(maps.Keys(e.Org.Security.Config.Rules)) {
		rule := e.Org.Security.Config.Rules[name]
		var except []string
		for _, account := range append(e.SuspendedAccounts(), rule.Except...) {
			if number := e.Accounts[account]; number != "" {
				except = append(except, number)
			}
		}
		slices.Sort(except)
		except = slices.Compact(except)
		if _, err := configaggregator.NewRule(s.Scope, tf.Name(region, name), configaggregator.RuleConfig{
			Name:       e.Project + "-" + name,
			Identifier: rule.Identifier,
			Parameters: rule.Parameters,
			Except:     except,
			Provider:   provider,
		}); err != nil {
			return err
		}
	}
	return nil
}

// judge makes what is made in Security Hub's home region, for all regions.
func judge(s *base.Stack, account arn.Account, provider cdktf.TerraformProvider) error {
	e := s.Estate
	var standards []string
	for _, standard := range e.Org.Security.SecurityHub.Standards {
		standards = append(standards, security.StandardResource(standard))
	}
	slices.Sort(standards)
	linked := slices.DeleteFunc(e.SecurityRegions(), func(region string) bool { return region == account.Region })
	if _, err := securityhub.New(s.Scope, "organization", securityhub.Config{
		Name:      e.Project + "-organization",
		Account:   account,
		Linked:    linked,
		Standards: standards,
		Disabled:  slices.Sorted(maps.Keys(e.Org.Security.SecurityHub.Disabled)),
		TargetID:  organization.Read(s).RootID,
		Provider:  provider,
	}); err != nil {
		return err
	}
	if len(e.Org.Security.Notify) == 0 {
		return nil
	}
	_, err := findings.New(s.Scope, "findings", findings.Config{
		Name:     e.SecurityTopic(),
		Account:  account,
		Emails:   e.Org.Security.Notify,
		Provider: provider,
	})
	return err
}
