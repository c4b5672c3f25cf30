// Package securityhub has Security Hub (CSPM) judge every account of an organisation by the
// same standards, in all regions that matter, and collects the findings of all in one: central
// configuration, from the account that administers it, in its home region.
//
// It does not switch Security Hub on in the administrator's account: AWS does, when the
// management account designates it. Once the policy is in force, that account cannot change
// its own settings either.
//
//   - https://docs.aws.amazon.com/securityhub/latest/userguide/start-central-configuration.html
//   - https://docs.aws.amazon.com/securityhub/latest/userguide/finding-aggregation-enable.html
package securityhub

import (
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/securityhubaccount"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/securityhubconfigurationpolicy"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/securityhubconfigurationpolicyassociation"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/securityhubfindingaggregator"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/securityhuborganizationconfiguration"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/internal/arn"
	"hubspoke/internal/tf"
)

// Config describes what Security Hub judges by.
type Config struct {
	// Name is the name of the policy.
	Name string
	// Account is the administrator's, in the home region.
	Account arn.Account
	// Linked are the other regions whose findings are collected and for which the policy holds, sorted. Default: none.
	Linked []string
	// Standards are the ends of the ARNs of the standards that are checked.
	Standards []string
	// Disabled are the ids of controls that are not checked, sorted. Default: none.
	Disabled []string
	// TargetID is the root of the organisation, or the unit, for which the policy holds.
	TargetID *string
	// Provider acts in the account and the home region. Default: the stack's own.
	Provider cdktf.TerraformProvider
}

// SecurityHub is what the construct made.
type SecurityHub struct {
	// PolicyARN is the ARN of the policy.
	PolicyARN *string
}

// New makes `aws_securityhub_finding_aggregator.<id>`, then
// `aws_securityhub_organization_configuration.<id>`, which makes the configuration central,
// then the policy `aws_securityhub_configuration_policy.<id>`, and
// `aws_securityhub_configuration_policy_association.<id>`, which puts it in force: AWS takes
// each only after the one before.
func New(scope constructs.Construct, id string, config Config) (*SecurityHub, error) {
	if config.Name == "" || !config.Account.Complete() || len(config.Standards) == 0 || config.TargetID == nil {
		return nil, fmt.Errorf("security hub %s: want a name, the administrator's account, standards and for whom they hold", id)
	}
	aggregator := tf.Named(id, securityhubfindingaggregator.NewSecurityhubFindingAggregator(scope, tf.ID("aws_securityhub_finding_aggregator", id), config.aggregator()))
	central := tf.Named(id, securityhuborganizationconfiguration.NewSecurityhubOrganizationConfiguration(scope, tf.ID("aws_securityhub_organization_configuration", id), &securityhuborganizationconfiguration.SecurityhubOrganizationConfigurationConfig{
		Provider: config.Provider,
		// The policy says so, and with it AWS takes nothing else here.
		AutoEnable:          false,
		AutoEnableStandards: jsii.String("NONE"),
		OrganizationConfiguration: &securityhuborganizationconfiguration.SecurityhubOrganizationConfigurationOrganizationConfiguration{
			ConfigurationType: jsii.String("CENTRAL"),
		},
		DependsOn: tf.DependsOn(aggregator),
	}))
	var standards []string
	for _, standard := range config.Standards {
		standards = append(standards, config.Account.Of("").ARN("securityhub", standard))
	}
	policy := tf.Named(id, securityhubconfigurationpolicy.NewSecurityhubConfigurationPolicy(scope, tf.ID("aws_securityhub_configuration_policy", id), &securityhubconfigurationpolicy.SecurityhubConfigurationPolicyConfig{
		Provider:    config.Provider,
		Name:        tf.String(config.Name),
		Description: jsii.String("What every account of the organisation is judged by."),
		ConfigurationPolicy: &securityhubconfigurationpolicy.SecurityhubConfigurationPolicyConfigurationPolicy{
			ServiceEnabled:      true,
			EnabledStandardArns: tf.Strings(standards...),
			// Those that are off are named, so that controls which AWS adds are on.
			SecurityControlsConfiguration: &securityhubconfigurationpolicy.SecurityhubConfigurationPolicyConfigurationPolicySecurityControlsConfiguration{
				DisabledControlIdentifiers: tf.Strings(config.Disabled...),
			},
		},
		DependsOn: tf.DependsOn(central),
	}))
	tf.Named(id, securityhubconfigurationpolicyassociation.NewSecurityhubConfigurationPolicyAssociation(scope, tf.ID("aws_securityhub_configuration_policy_association", id), &securityhubconfigurationpolicyassociation.SecurityhubConfigurationPolicyAssociationConfig{
		Provider: config.Provider,
		PolicyId: policy.Id(),
		TargetId: config.TargetID,
	}))
	return &SecurityHub{PolicyARN: policy.Arn()}, nil
}

func (c Config) aggregator() *securityhubfindingaggregator.SecurityhubFindingAggregatorConfig {
	aggregator := &securityhubfindingaggregator.SecurityhubFindingAggregatorConfig{
		Provider:    c.Provider,
		LinkingMode: jsii.String("NO_REGIONS"),
	}
	if len(c.Linked) > 0 {
		aggregator.LinkingMode = jsii.String("SPECIFIED_REGIONS")
		aggregator.SpecifiedRegions = tf.Strings(c.Linked...)
	}
	return aggregator
}

// AccountConfig describes Security Hub in an account that it is not switched on in from
// elsewhere.
type AccountConfig struct {
	// Account is the account, in the region.
	Account arn.Account
	// Provider acts in the account and its region. Default: the stack's own.
	Provider cdktf.TerraformProvider
}

// Account is what the construct made.
type Account struct {
	// ARN is the ARN of the account's hub.
	ARN *string
}

// NewAccount makes `aws_securityhub_account.<id>`. The management account alone needs it: AWS
// switches Security Hub on in all accounts of an organisation but that one. What is checked
// there says the policy.
// https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-settingup.html
func NewAccount(scope constructs.Construct, id string, config AccountConfig) (*Account, error) {
	if !config.Account.Complete() {
		return nil, fmt.Errorf("security hub %s: want an account", id)
	}
	hub := tf.Named(id, securityhubaccount.NewSecurityhubAccount(scope, tf.ID("aws_securityhub_account", id), &securityhubaccount.SecurityhubAccountConfig{
		Provider:                config.Provider,
		EnableDefaultStandards:  false,
		ControlFindingGenerator: jsii.String("SECURITY_CONTROL"), // at once: under a policy it cannot be changed
		Lifecycle:               &cdktf.TerraformResourceLifecycle{IgnoreChanges: &[]*string{jsii.String("control_finding_generator"), jsii.String("auto_enable_controls")}},
	}))
	return &Account{ARN: hub.Arn()}, nil
}
