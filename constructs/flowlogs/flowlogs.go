// Package flowlogs records what every network interface of a VPC sends, receives
// and is refused: to a log group of the VPC's own account, where one looks first,
// and to a central bucket, where it stays.
//
// https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html
package flowlogs

import (
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudwatchquerydefinition"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/flowlog"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrole"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrolepolicy"

	"hubspoke/constructs/loggroup"
	"hubspoke/internal/arn"
	"hubspoke/internal/policy"
	"hubspoke/internal/tf"
)

// aggregationSeconds is the shorter of the two intervals that AWS offers.
const aggregationSeconds = 60

// Config describes the flow logs of a VPC.
type Config struct {
	// Name is the VPC's name.
	Name string
	// VPCID is the VPC.
	VPCID *string
	// LogGroup is the name of the log group to make.
	LogGroup string
	// RetentionDays is how long the log group keeps its events.
	RetentionDays int
	// BucketARN is the central bucket, which admits this account.
	BucketARN *string
	// Queries are saved queries of Logs Insights over the log group, by name.
	Queries map[string]string
	// Account is the VPC's.
	Account arn.Account
}

// FlowLogs is what the construct made.
type FlowLogs struct {
	// LogGroup is the log group's name.
	LogGroup *string
}

// New makes the flow logs `aws_flow_log.<id>_to_log_group` and
// `aws_flow_log.<id>_to_bucket`.
func New(scope constructs.Construct, id string, config Config) (*FlowLogs, error) {
	if config.Name == "" || config.VPCID == nil || config.BucketARN == nil || !config.Account.Complete() {
		return nil, fmt.Errorf("flow logs of %q: want the name of the VPC, the VPC, a bucket and an account", config.Name)
	}
	name := tf.Name(id, "flow_logs")
	group, err := loggroup.New(scope, name, loggroup.Config{Name: config.LogGroup, RetentionDays: config.RetentionDays})
	if err != nil {
		return nil, err
	}
	toGroup := tf.Name(id, "to_log_group")
	tf.Named(toGroup, flowlog.NewFlowLog(scope, tf.ID("aws_flow_log", toGroup), &flowlog.FlowLogConfig{
		VpcId:                  config.VPCID,
		TrafficType:            jsii.String("ALL"),
		MaxAggregationInterval: tf.Number(aggregationSeconds),
		LogDestinationType:     jsii.String("cloud-watch-logs"),
		LogDestination:         group.ARN,
		IamRoleArn:             config.role(scope, name),
		Tags:                   tf.Tags(config.Name + "-to-log-group"),
	}))
	toBucket := tf.Name(id, "to_bucket")
	tf.Named(toBucket, flowlog.NewFlowLog(scope, tf.ID("aws_flow_log", toBucket), &flowlog.FlowLogConfig{
		VpcId:                  config.VPCID,
		TrafficType:            jsii.String("ALL"),
		MaxAggregationInterval: tf.Number(aggregationSeconds),
		LogDestinationType:     jsii.String("s3"),
		LogDestination:         config.BucketARN,
		DestinationOptions: &flowlog.FlowLogDestinationOptions{
			FileFormat:       jsii.String("parquet"),
			PerHourPartition: true,
		},
		Tags: tf.Tags(config.Name + "-to-bucket"),
	}))
	for _, query := range tf.Keys(config.Queries) {
		name := tf.Name(id, query)
		tf.Named(name, cloudwatchquerydefinition.NewCloudwatchQueryDefinition(scope, tf.ID("aws_cloudwatch_query_definition", name), &cloudwatchquerydefinition.CloudwatchQueryDefinitionConfig{
			Name:          tf.String(config.Name + "/flow-logs/" + query),
			LogGroupNames: tf.Tokens(group.Name),
			QueryString:   tf.String(config.Queries[query]),
		}))
	}
	return &FlowLogs{LogGroup: group.Name}, nil
}

// role is what the flow logs service writes to the log group with:
// https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
func (c Config) role(scope constructs.Construct, name string) *string {
	role := tf.Named(name, iamrole.NewIamRole(scope, tf.ID("aws_iam_role", name), &iamrole.IamRoleConfig{
		Name:             tf.String(c.Name + "-flow-logs"),
		Description:      jsii.String("Writes the VPC's flow logs to their log group."),
		AssumeRolePolicy: policy.AssumedBy("vpc-flow-logs.amazonaws.com", c.Account),
	}))
	group := c.Account.LogGroup(c.LogGroup)
	tf.Named(name, iamrolepolicy.NewIamRolePolicy(scope, tf.ID("aws_iam_role_policy", name), &iamrolepolicy.IamRolePolicyConfig{
		Name: jsii.String("write-flow-logs"),
		Role: role.Id(),
		Policy: policy.Document(policy.Statement{
			Sid:      "WriteFlowLogs",
			Action:   []string{"logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"},
			Resource: []string{group, group + ":*"},
		}, policy.Statement{
			Sid: "FindLogGroups",
			// This action knows no resources.
			Action:   []string{"logs:DescribeLogGroups"},
			Resource: []string{"*"},
		}),
	}))
	return role.Arn()
}
