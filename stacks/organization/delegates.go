package organization

import (
	"strings"

	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/backupglobalsettings"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/guarddutyorganizationadminaccount"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/inspector2delegatedadminaccount"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/organizationsaccount"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/organizationsdelegatedadministrator"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/securityhuborganizationadminaccount"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/estate/organization"
	"hubspoke/internal/tf"
)

// delegate lets member accounts administer services for the organisation, after the
// regions in which they do are enabled: some services by Organizations, and those that ask
// for it in every region, or in their home region, by themselves. These switch themselves
// on in the delegate.
//
// The role of Access Analyzer in the management account, which analyzers of the
// organisation need, is there by then: the account's baseline makes an analyzer.
//
//   - https://docs.aws.amazon.com/guardduty/latest/ug/delegated-admin-designate.html
//   - https://docs.aws.amazon.com/inspector/latest/user/designating-admin.html
//   - https://docs.aws.amazon.com/securityhub/latest/userguide/designate-orgs-admin-account.html
//   - https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-delegated-administrator.html
func (m *maker) delegate(accounts map[string]organizationsaccount.OrganizationsAccount, ready map[string][]cdktf.ITerraformDependable) {
	delegates := m.Estate.Org.Delegates()
	for _, service := range tf.Keys(delegates) {
		account := delegates[service]
		number, after := accounts[account].Id(), tf.DependsOn(ready[account]...)
		switch service {
		case organization.GuardDuty:
			for _, region := range m.Estate.SecurityRegions() {
				id := tf.Name(region)
				tf.Named(id, guarddutyorganizationadminaccount.NewGuarddutyOrganizationAdminAccount(m.Scope, tf.ID("aws_guardduty_organization_admin_account", id), &guarddutyorganizationadminaccount.GuarddutyOrganizationAdminAccountConfig{
					AdminAccountId: number, Provider: m.in(region), DependsOn: after,
				}))
				m.adoptDelegate("aws_guardduty_organization_admin_account."+id, service, "")
			}
		case organization.Inspector:
			for _, region := range m.Estate.SecurityRegions() {
				id := tf.Name(region)
				tf.Named(id, inspector2delegatedadminaccount.NewInspector2DelegatedAdminAccount(m.Scope, tf.ID("aws_inspector2_delegated_admin_account", id), &inspector2delegatedadminaccount.Inspector2DelegatedAdminAccountConfig{
					AccountId: number, Provider: m.in(region), DependsOn: after,
				}))
				m.adoptDelegate("aws_inspector2_delegated_admin_account."+id, service, "")
			}
		case organization.SecurityHub:
			tf.Named("this", securityhuborganizationadminaccount.NewSecurityhubOrganizationAdminAccount(m.Scope, tf.ID("aws_securityhub_organization_admin_account", "this"), &securityhuborganizationadminaccount.SecurityhubOrganizationAdminAccountConfig{
				AdminAccountId: number, Provider: m.in(m.Estate.SecurityHome()), DependsOn: after,
			}))
			m.adoptDelegate("aws_securityhub_organization_admin_account.this", service, "")
		default:
			id := tf.Name(strings.TrimSuffix(service, ".amazonaws.com"))
			tf.Named(id, organizationsdelegatedadministrator.NewOrganizationsDelegatedAdministrator(m.Scope, tf.ID("aws_organizations_delegated_administrator", id), &organizationsdelegatedadministrator.OrganizationsDelegatedAdministratorConfig{
				AccountId: number, ServicePrincipal: tf.String(service),
			}))
			m.adoptDelegate("aws_organizations_delegated_administrator."+id, service, "/"+service)
		}
	}
	if m.Estate.Org.Backup != nil {
		// Copies go from one account to another only if the organisation lets them:
		// https://docs.aws.amazon.com/aws-backup/latest/devguide/create-cross-account-backup.html
		tf.Named("this", backupglobalsettings.NewBackupGlobalSettings(m.Scope, tf.ID("aws_backup_global_settings", "this"), &backupglobalsettings.BackupGlobalSettingsConfig{
			GlobalSettings: &map[string]*string{"isCrossAccountBackupEnabled": jsii.String("true")},
			DependsOn:      tf.DependsOn(m.organization),
			// The provider reads whatever AWS has beside that, and would take it away in every plan.
			Lifecycle: &cdktf.TerraformResourceLifecycle{
				IgnoreChanges: tf.Strings(`global_settings["isDelegatedAdministratorEnabled"]`, `global_settings["isMpaEnabled"]`),
			},
		}))
	}
}

// in is a provider for the management account in a region: one for each, whoever asks.
func (m *maker) in(region string) cdktf.TerraformProvider {
	if p, ok := m.providers[region]; ok {
		return p
	}
	m.providers[region] = m.ProviderIn(m.Account, region)
	return m.providers[region]
}

// adoptDelegate has a delegation imported that is there, by the number of its account and
// what its id has after that. An account without a number has none.
func (m *maker) adoptDelegate(address, service, suffix string) {
	if number := m.Estate.Accounts[m.Estate.Org.Adopted.Delegates[service]]; number != "" {
		m.adopt(address, number+suffix)
	}
}
