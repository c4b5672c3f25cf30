package baseline

import (
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/constructs/guardduty"
	"hubspoke/constructs/recorder"
	"hubspoke/constructs/securityhub"
	"hubspoke/estate"
	"hubspoke/estate/organization"
	"hubspoke/internal/base"
	"hubspoke/internal/tf"
	"hubspoke/stacks/hublogs"
)

// watched makes what the organisation's security services need in an account itself: the
// recorders of AWS Config, without which Security Hub judges nothing, in each region that
// they watch.
func watched(s *base.Stack) error {
	e := s.Estate
	if !e.HasSecurity() {
		return nil
	}
	logs := hublogs.Read(s)
	var role []cdktf.ITerraformDependable
	if !e.InUse(s.Account, organization.ConfigInUse) {
		made, err := recorder.NewRole(s.Scope, "config", recorder.RoleConfig{Account: e.Account(s.Account)})
		if err != nil {
			return err
		}
		role = append(role, made.Made)
	}
	for _, region := range e.SecurityRegions() {
		provider := s.ProviderIn(s.Account, region)
		if _, err := recorder.New(s.Scope, tf.Name(region), recorder.Config{
			Account:  e.Account(s.Account).In(region),
			Bucket:   logs.ConfigBucket,
			KeyARN:   logs.KeyARN,
			Daily:    e.Org.Security.Config.Recording == organization.Daily,
			IAM:      region == e.SecurityHome(),
			Provider: provider,
			After:    role,
		}); err != nil {
			return err
		}
		if err := ofManagement(s, region, provider); err != nil {
			return err
		}
	}
	if s.Account == estate.ManagementAccount && !e.InUse(s.Account, organization.GuardDutyInUse) {
		if _, err := guardduty.NewRole(s.Scope, "guardduty", guardduty.RoleConfig{Account: e.Account(s.Account)}); err != nil {
			return err
		}
	}
	return nil
}

// ofManagement switches Security Hub on in the management account: in all others AWS does.
func ofManagement(s *base.Stack, region string, provider cdktf.TerraformProvider) error {
	if s.Account != estate.ManagementAccount || s.Estate.InUse(s.Account, organization.SecurityHubInUse) {
		return nil
	}
	_, err := securityhub.NewAccount(s.Scope, tf.Name(region), securityhub.AccountConfig{Account: s.Estate.Account(s.Account).In(region), Provider: provider})
	return err
}
