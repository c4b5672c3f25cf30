// Package recorder has AWS Config record the resources of an account in one region, and
// deliver what it records to a bucket of another account.
//
// The recorder and its delivery channel are called `default`, as AWS's console calls them:
// an account has one of each in a region, so where they are there already they are taken
// over. It makes no rules, and not the role, of which an account has one for all regions.
//
//   - https://docs.aws.amazon.com/config/latest/developerguide/stop-start-recorder.html
//   - https://docs.aws.amazon.com/config/latest/developerguide/manage-delivery-channel.html
package recorder

import (
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/configconfigurationrecorder"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/configconfigurationrecorderstatus"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/configdeliverychannel"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamservicelinkedrole"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/internal/arn"
	"hubspoke/internal/tf"
)

// name is that of the recorder and of the delivery channel.
const name = "default"

// principal is AWS Config.
const principal = "config.amazonaws.com"

// Config describes a recorder.
type Config struct {
	// Account is the recorder's own, of which Config's service-linked role is used: Security Hub asks for it (Config.1).
	Account arn.Account
	// Bucket is the name of the bucket that it delivers to, and KeyARN the key of that.
	Bucket, KeyARN *string
	// Daily says that a change is recorded once a day. Default: as it happens.
	Daily bool
	// IAM says that users, groups, roles and policies of the account, which belong to no region, are recorded here. Default: they are not.
	IAM bool
	// Provider acts in the account and its region. Default: the stack's own.
	Provider cdktf.TerraformProvider
	// After is the role, if Terraform makes it. Default: nothing.
	After []cdktf.ITerraformDependable
}

// Recorder is what the construct made.
type Recorder struct {
	// Name is the recorder's name.
	Name *string
}

// New makes the recorder `aws_config_configuration_recorder.<id>`, its delivery channel
// `aws_config_delivery_channel.<id>`, and `aws_config_configuration_recorder_status.<id>`,
// which switches it on.
func New(scope constructs.Construct, id string, config Config) (*Recorder, error) {
	if !config.Account.Complete() || config.Bucket == nil || config.KeyARN == nil {
		return nil, fmt.Errorf("recorder %s: want an account, a bucket and its key", id)
	}
	frequency := "CONTINUOUS"
	if config.Daily {
		frequency = "DAILY"
	}
	recorder := tf.Named(id, configconfigurationrecorder.NewConfigConfigurationRecorder(scope, tf.ID("aws_config_configuration_recorder", id), &configconfigurationrecorder.ConfigConfigurationRecorderConfig{
		Provider: config.Provider,
		Name:     jsii.String(name),
		RoleArn:  jsii.String(config.Account.Role("aws-service-role/" + principal + "/AWSServiceRoleForConfig")),
		RecordingGroup: &configconfigurationrecorder.ConfigConfigurationRecorderRecordingGroup{
			AllSupported:               true,
			IncludeGlobalResourceTypes: config.IAM,
		},
		RecordingMode: &configconfigurationrecorder.ConfigConfigurationRecorderRecordingMode{RecordingFrequency: tf.String(frequency)},
		DependsOn:     tf.DependsOn(config.After...),
	}))
	channel := tf.Named(id, configdeliverychannel.NewConfigDeliveryChannel(scope, tf.ID("aws_config_delivery_channel", id), &configdeliverychannel.ConfigDeliveryChannelConfig{
		Provider:     config.Provider,
		Name:         jsii.String(name),
		S3BucketName: config.Bucket,
		S3KmsKeyArn:  config.KeyARN,
		DependsOn:    tf.DependsOn(recorder), // a channel is one of a recorder
	}))
	tf.Named(id, configconfigurationrecorderstatus.NewConfigConfigurationRecorderStatus(scope, tf.ID("aws_config_configuration_recorder_status", id), &configconfigurationrecorderstatus.ConfigConfigurationRecorderStatusConfig{
		Provider:  config.Provider,
		Name:      recorder.Name(),
		IsEnabled: true,
		DependsOn: tf.DependsOn(channel), // nothing is recorded that cannot be delivered
	}))
	return &Recorder{Name: recorder.Name()}, nil
}

// RoleConfig describes the service-linked role of AWS Config in an account.
type RoleConfig struct {
	// Account is the role's.
	Account arn.Account
}

// Role is the service-linked role, for recorders to come after.
type Role struct {
	// Made is what recorders come after.
	Made cdktf.ITerraformDependable
}

// NewRole makes the service-linked role `aws_iam_service_linked_role.<id>`, which AWS makes
// once in an account: where Config has been in use, it is there.
// https://docs.aws.amazon.com/config/latest/developerguide/using-service-linked-roles.html
func NewRole(scope constructs.Construct, id string, config RoleConfig) (*Role, error) {
	if !config.Account.Complete() {
		return nil, fmt.Errorf("role %s: want an account", id)
	}
	role := tf.Named(id, iamservicelinkedrole.NewIamServiceLinkedRole(scope, tf.ID("aws_iam_service_linked_role", id), &iamservicelinkedrole.IamServiceLinkedRoleConfig{
		AwsServiceName: jsii.String(principal),
		Tags:           tf.Tags("AWSServiceRoleForConfig"),
	}))
	return &Role{Made: role}, nil
}
