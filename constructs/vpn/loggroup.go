package vpn

import (
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudwatchlogresourcepolicy"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/constructs/loggroup"
	"hubspoke/constructs/savedquery"
	"hubspoke/internal/arn"
	"hubspoke/internal/logdelivery"
	"hubspoke/internal/policy"
	"hubspoke/internal/tf"
)

// LogGroupConfig describes the log group of tunnels.
type LogGroupConfig struct {
	// Name is what the name of its policy begins with.
	Name string
	// LogGroup is the name of the log group to make, RetentionDays how long it keeps its events.
	LogGroup      string
	RetentionDays int
	// KeyARN is the key that encrypts the group. Default: a key of CloudWatch Logs itself.
	KeyARN *string
	// Account is the connections'.
	Account arn.Account
}

// LogGroup is a log group that tunnels write to, each to a stream of its own.
type LogGroup struct {
	// ARN is the group's.
	ARN *string

	admitted cdktf.ITerraformDependable
}

// NewLogGroup makes the group `aws_cloudwatch_log_group.<id>`. Many connections share one:
// an account takes ten policies like the one of the group. Without that policy, whoever
// first makes a connection lets its log delivery write, by one that Terraform does not know of:
// https://docs.aws.amazon.com/vpn/latest/s2svpn/log-contents.html
func NewLogGroup(scope constructs.Construct, id string, config LogGroupConfig) (*LogGroup, error) {
	if config.Name == "" || !config.Account.Complete() {
		return nil, fmt.Errorf("log group of the VPNs %q: want a name and an account", config.Name)
	}
	group, err := loggroup.New(scope, id, loggroup.Config{Name: config.LogGroup, RetentionDays: config.RetentionDays, KeyARN: config.KeyARN})
	if err != nil {
		return nil, err
	}
	if _, err := savedquery.New(scope, id, savedquery.Config{Folder: config.Name + "/tunnels", LogGroup: group.Name, Queries: queries}); err != nil {
		return nil, err
	}
	admitted := tf.Named(id, cloudwatchlogresourcepolicy.NewCloudwatchLogResourcePolicy(scope, tf.ID("aws_cloudwatch_log_resource_policy", id), &cloudwatchlogresourcepolicy.CloudwatchLogResourcePolicyConfig{
		PolicyName:     tf.String(config.Name + "-tunnels"),
		PolicyDocument: policy.Document(logdelivery.ToLogGroup("TunnelsWriteLogs", config.Account, config.LogGroup)),
	}))
	return &LogGroup{ARN: group.ARN, admitted: admitted}, nil
}
