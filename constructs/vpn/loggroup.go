package vpn

import (
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudwatchlogresourcepolicy"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/constructs/loggroup"
	"hubspoke/internal/arn"
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
// an account takes ten policies like the one of the group.
func NewLogGroup(scope constructs.Construct, id string, config LogGroupConfig) (*LogGroup, error) {
	if config.Name == "" || !config.Account.Complete() {
		return nil, fmt.Errorf("log group of the VPNs %q: want a name and an account", config.Name)
	}
	group, err := loggroup.New(scope, id, loggroup.Config{Name: config.LogGroup, RetentionDays: config.RetentionDays, KeyARN: config.KeyARN})
	if err != nil {
		return nil, err
	}
	admitted := tf.Named(id, cloudwatchlogresourcepolicy.NewCloudwatchLogResourcePolicy(scope, tf.ID("aws_cloudwatch_log_resource_policy", id), &cloudwatchlogresourcepolicy.CloudwatchLogResourcePolicyConfig{
		PolicyName:     tf.String(config.Name + "-tunnels"),
		PolicyDocument: policy.Document(config.delivery()),
	}))
	return &LogGroup{ARN: group.ARN, admitted: admitted}, nil
}

// delivery lets the log delivery of the tunnels write to the group, in the name of this
// account alone. Without, whoever first makes a connection lets it, by a policy that
// Terraform does not know of.
//
//   - https://docs.aws.amazon.com/vpn/latest/s2svpn/log-contents.html
//   - https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-CWL.html
func (c LogGroupConfig) delivery() policy.Statement {
	return policy.Statement{
		Sid:       "TunnelsWriteLogs",
		Principal: policy.Service("delivery.logs.amazonaws.com"),
		Action:    []string{"logs:CreateLogStream", "logs:PutLogEvents"},
		Resource:  []string{c.Account.LogGroup(c.LogGroup) + ":log-stream:*"},
		Condition: policy.Condition{
			"StringEquals": {"aws:SourceAccount": {c.Account.Number}},
			"ArnLike":      {"aws:SourceArn": {c.Account.ARN("logs", "*")}},
		},
	}
}
