// Package configaggregator shows what AWS Config has recorded in all accounts of an
// organisation in one place, and has it check rules in all of them.
//
// It records nothing: the recorders of the accounts do. A rule of the organisation cannot be
// made as long as an account has none, unless it is excepted.
//
//   - https://docs.aws.amazon.com/config/latest/developerguide/aggregate-data.html
//   - https://docs.aws.amazon.com/config/latest/developerguide/config-rule-multi-account-deployment.html
package configaggregator

import (
	"encoding/json"
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/configconfigurationaggregator"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/configorganizationmanagedrule"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrole"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrolepolicyattachment"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/internal/arn"
	"hubspoke/internal/policy"
	"hubspoke/internal/tf"
)

// Config describes an aggregator.
type Config struct {
	// Name is that of the aggregator, and of the role with which it asks which accounts there are.
	Name string
	// Account is the administrator's, in the region where people look.
	Account arn.Account
	// Provider acts in the account and its region. Default: the stack's own.
	Provider cdktf.TerraformProvider
}

// Aggregator is what the construct made.
type Aggregator struct {
	// ARN is the aggregator's ARN.
	ARN *string
}

// New makes the aggregator `aws_config_configuration_aggregator.<id>` of all regions, the role
// `aws_iam_role.<id>` and what attaches AWS's policy to it, `aws_iam_role_policy_attachment.<id>`.
func New(scope constructs.Construct, id string, config Config) (*Aggregator, error) {
	if config.Name == "" || !config.Account.Complete() {
		return nil, fmt.Errorf("aggregator %q: want a name and the administrator's account", config.Name)
	}
	role := tf.Named(id, iamrole.NewIamRole(scope, tf.ID("aws_iam_role", id), &iamrole.IamRoleConfig{
		Name:             tf.String(config.Name),
		Description:      tf.String("Lets AWS Config see which accounts the organisation has"),
		AssumeRolePolicy: policy.AssumedBy("config.amazonaws.com", config.Account),
		Tags:             tf.Tags(config.Name),
	}))
	attached := tf.Named(id, iamrolepolicyattachment.NewIamRolePolicyAttachment(scope, tf.ID("aws_iam_role_policy_attachment", id), &iamrolepolicyattachment.IamRolePolicyAttachmentConfig{
		Role:      role.Name(),
		PolicyArn: tf.String(config.Account.ManagedPolicy("service-role/AWSConfigRoleForOrganizations")),
	}))
	aggregator := tf.Named(id, configconfigurationaggregator.NewConfigConfigurationAggregator(scope, tf.ID("aws_config_configuration_aggregator", id), &configconfigurationaggregator.ConfigConfigurationAggregatorConfig{
		Provider: config.Provider,
		Name:     tf.String(config.Name),
		OrganizationAggregationSource: &configconfigurationaggregator.ConfigConfigurationAggregatorOrganizationAggregationSource{
			AllRegions: true,
			RoleArn:    role.Arn(),
		},
		Tags:      tf.Tags(config.Name),
		DependsOn: tf.DependsOn(attached),
	}))
	return &Aggregator{ARN: aggregator.Arn()}, nil
}

// RuleConfig describes a rule that AWS manages, checked in all accounts in one region.
type RuleConfig struct {
	// Name is the rule's name.
	Name string
	// Identifier is what AWS calls the rule, `REQUIRED_TAGS`.
	Identifier string
	// Parameters are the rule's parameters. Default: those of AWS.
	Parameters map[string]string
	// Except are the numbers of accounts in which it is not checked, sorted. Default: none.
	Except []string
	// Provider acts in the administrator's account and the region. Default: the stack's own.
	Provider cdktf.TerraformProvider
}

// Rule is what the construct made.
type Rule struct {
	// ARN is the rule's ARN.
	ARN *string
}

// NewRule makes the rule `aws_config_organization_managed_rule.<id>`.
func NewRule(scope constructs.Construct, id string, config RuleConfig) (*Rule, error) {
	if config.Name == "" || config.Identifier == "" {
		return nil, fmt.Errorf("rule %q: want a name, and AWS's identifier", config.Name)
	}
	var parameters *string
	if len(config.Parameters) > 0 {
		text, err := json.Marshal(config.Parameters)
		if err != nil {
			return nil, fmt.Errorf("rule %q: %w", config.Name, err)
		}
		parameters = tf.String(string(text))
	}
	rule := &configorganizationmanagedrule.ConfigOrganizationManagedRuleConfig{
		Provider:        config.Provider,
		Name:            tf.String(config.Name),
		RuleIdentifier:  tf.String(config.Identifier),
		InputParameters: parameters,
	}
	if len(config.Except) > 0 {
		rule.ExcludedAccounts = tf.Strings(config.Except...)
	}
	made := tf.Named(id, configorganizationmanagedrule.NewConfigOrganizationManagedRule(scope, tf.ID("aws_config_organization_managed_rule", id), rule))
	return &Rule{ARN: made.Arn()}, nil
}
