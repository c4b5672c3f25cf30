// Package guardduty switches GuardDuty on in every account of an organisation, in one
// region, from the account that administers it.
//
// It makes no detector: AWS makes that of the administrator when the management account
// designates it, and those of the others by what is set here. Every plan is set, those that
// are off to NONE: an organisation's feature that Terraform forgets stays as it was. The plans of
// the administrator's own account are not the organisation's, and so are set on its detector.
//
//   - https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_organizations.html
//   - https://docs.aws.amazon.com/guardduty/latest/ug/guardduty-features-activation-model.html
package guardduty

import (
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/dataawsguarddutydetector"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/guarddutydetectorfeature"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/guarddutyorganizationconfiguration"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/guarddutyorganizationconfigurationfeature"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamservicelinkedrole"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/internal/arn"
	"hubspoke/internal/tf"
)

// all and none are for which accounts something is switched on: those there are and those
// to come, or those of them that say so themselves.
const (
	all  = "ALL"
	none = "NONE"
)

// agents are what runtime monitoring installs its agent on. The provider compares them as a
// list, so that another order would replace the feature.
var agents = []string{"EKS_ADDON_MANAGEMENT", "ECS_FARGATE_AGENT_MANAGEMENT", "EC2_AGENT_MANAGEMENT"}

// Config describes what GuardDuty watches.
type Config struct {
	// Account is the administrator's, in the region.
	Account arn.Account
	// Runtime says that processes are watched, by agents that GuardDuty installs on clusters, tasks and instances. Default: false.
	Runtime bool
	// Malware says that the volumes of instances are scanned about which there is a finding. Default: false.
	Malware bool
	// Provider acts in the account and its region. Default: the stack's own.
	Provider cdktf.TerraformProvider
}

// GuardDuty is what the construct made.
type GuardDuty struct {
	// DetectorID is the id of the administrator's detector.
	DetectorID *string
}

// New looks up the detector `data.aws_guardduty_detector.<id>`, and makes
// `aws_guardduty_organization_configuration.<id>` and, for each plan, the features
// `aws_guardduty_organization_configuration_feature.<id>_<plan>` and
// `aws_guardduty_detector_feature.<id>_<plan>`.
func New(scope constructs.Construct, id string, config Config) (*GuardDuty, error) {
	if !config.Account.Complete() {
		return nil, fmt.Errorf("guardduty %s: want the administrator's account", id)
	}
	detector := tf.Named(id, dataawsguarddutydetector.NewDataAwsGuarddutyDetector(scope, tf.ID("data.aws_guardduty_detector", id), &dataawsguarddutydetector.DataAwsGuarddutyDetectorConfig{
		Provider: config.Provider,
	}))
	organization := tf.Named(id, guarddutyorganizationconfiguration.NewGuarddutyOrganizationConfiguration(scope, tf.ID("aws_guardduty_organization_configuration", id), &guarddutyorganizationconfiguration.GuarddutyOrganizationConfigurationConfig{
		Provider:                      config.Provider,
		DetectorId:                    detector.Id(),
		AutoEnableOrganizationMembers: jsii.String(all),
	}))
	for _, p := range []plan{
		{"s3", "S3_DATA_EVENTS", true, nil},
		{"eks_audit", "EKS_AUDIT_LOGS", true, nil},
		{"rds", "RDS_LOGIN_EVENTS", true, nil},
		{"lambda", "LAMBDA_NETWORK_LOGS", true, nil},
		{"malware", "EBS_MALWARE_PROTECTION", config.Malware, nil},
		{"runtime", "RUNTIME_MONITORING", config.Runtime, agents},
	} {
		p.ofMembers(scope, tf.Name(id, p.name), config.Provider, detector.Id(), organization)
		p.ofAdministrator(scope, tf.Name(id, p.name), config.Provider, detector.Id())
	}
	return &GuardDuty{DetectorID: detector.Id()}, nil
}

// plan is one of GuardDuty's protection plans.
type plan struct {
	// name is what addresses call it, feature what GuardDuty does.
	name, feature string
	on            bool
	// agents are what it installs its agent on, if it has one.
	agents []string
}

func (p plan) ofMembers(scope constructs.Construct, id string, provider cdktf.TerraformProvider, detector *string, organization cdktf.ITerraformDependable) {
	accounts := none
	if p.on {
		accounts = all
	}
	var additional any
	if p.agents != nil {
		var list []guarddutyorganizationconfigurationfeature.GuarddutyOrganizationConfigurationFeatureAdditionalConfiguration
		for _, agent := range p.agents {
			list = append(list, guarddutyorganizationconfigurationfeature.GuarddutyOrganizationConfigurationFeatureAdditionalConfiguration{
				Name: tf.String(agent), AutoEnable: tf.String(accounts),
			})
		}
		additional = list
	}
	tf.Named(id, guarddutyorganizationconfigurationfeature.NewGuarddutyOrganizationConfigurationFeature(scope, tf.ID("aws_guardduty_organization_configuration_feature", id), &guarddutyorganizationconfigurationfeature.GuarddutyOrganizationConfigurationFeatureConfig{
		Provider:                provider,
		DetectorId:              detector,
		Name:                    tf.String(p.feature),
		AutoEnable:              tf.String(accounts),
		AdditionalConfiguration: additional,
		DependsOn:               tf.DependsOn(organization), // both change one configuration
	}))
}

// ofAdministrator sets the plan of the administrator's own account, with the agents in the same order.
// https://docs.aws.amazon.com/guardduty/latest/ug/guardduty-features-activation-model.html
func (p plan) ofAdministrator(scope constructs.Construct, id string, provider cdktf.TerraformProvider, detector *string) {
	status := "DISABLED"
	if p.on {
		status = "ENABLED"
	}
	var additional any
	if p.agents != nil {
		var list []guarddutydetectorfeature.GuarddutyDetectorFeatureAdditionalConfiguration
		for _, agent := range p.agents {
			list = append(list, guarddutydetectorfeature.GuarddutyDetectorFeatureAdditionalConfiguration{Name: tf.String(agent), Status: tf.String(status)})
		}
		additional = list
	}
	tf.Named(id, guarddutydetectorfeature.NewGuarddutyDetectorFeature(scope, tf.ID("aws_guardduty_detector_feature", id), &guarddutydetectorfeature.GuarddutyDetectorFeatureConfig{
		Provider:                provider,
		DetectorId:              detector,
		Name:                    tf.String(p.feature),
		Status:                  tf.String(status),
		AdditionalConfiguration: additional,
	}))
}

// RoleConfig describes the service-linked role of GuardDuty in an account.
type RoleConfig struct {
	// Account is the role's.
	Account arn.Account
}

// Role is what the construct made.
type Role struct {
	// ARN is the role's ARN.
	ARN *string
}

// NewRole makes the service-linked role `aws_iam_service_linked_role.<id>`, without which the
// administrator cannot switch GuardDuty on in the management account. Members get it by
// themselves.
// https://docs.aws.amazon.com/guardduty/latest/ug/delegated-admin-designate.html
func NewRole(scope constructs.Construct, id string, config RoleConfig) (*Role, error) {
	if !config.Account.Complete() {
		return nil, fmt.Errorf("role %s: want an account", id)
	}
	role := tf.Named(id, iamservicelinkedrole.NewIamServiceLinkedRole(scope, tf.ID("aws_iam_service_linked_role", id), &iamservicelinkedrole.IamServiceLinkedRoleConfig{
		AwsServiceName: jsii.String("guardduty.amazonaws.com"),
		Tags:           tf.Tags("AWSServiceRoleForAmazonGuardDuty"),
	}))
	return &Role{ARN: role.Arn()}, nil
}
