// Package flowlogs records what every network interface of a VPC sends, receives
// and is refused: to a log group of the VPC's own account, where one looks first,
// and to a central bucket, where it stays. Each takes all flows, or only those that
// were refused, or none: AWS charges for each GB that it delivers, twice for what
// goes to both.
//
// https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html
package flowlogs

import (
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/flowlog"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrole"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrolepolicy"

	"hubspoke/constructs/loggroup"
	"hubspoke/constructs/savedquery"
	"hubspoke/internal/arn"
	"hubspoke/internal/policy"
	"hubspoke/internal/tf"
)

// Traffic is which flows are recorded, as AWS calls it. The zero value is none.
type Traffic string

// The values of [Traffic].
const (
	All      Traffic = "ALL"
	Rejected Traffic = "REJECT"
)

// Config describes the flow logs of a VPC.
type Config struct {
	// Name is the VPC's name.
	Name string
	// VPCID is the VPC.
	VPCID *string
	// IntervalSeconds is how long packets are counted before they become a record: 60 or 600. An interface of a Nitro instance is never counted longer than 60 seconds.
	IntervalSeconds int
	// ToLogGroup is what a log group records. Default: nothing, and there is no group.
	ToLogGroup Traffic
	// LogGroup is the name of the log group to make.
	LogGroup string
	// RetentionDays is how long the log group keeps its events.
	RetentionDays int
	// KeyARN is the key that encrypts the log group. Default: a key of CloudWatch Logs itself.
	KeyARN *string
	// ToBucket is what the central bucket records. Default: nothing.
	ToBucket Traffic
	// BucketARN is the central bucket, which admits this account.
	BucketARN *string
	// Queries are saved queries of Logs Insights over the log group, by name.
	Queries map[string]string
	// Account is the VPC's.
	Account arn.Account
}

// FlowLogs is what the construct made.
type FlowLogs struct {
	// LogGroup is the log group's name; nil if there is none.
	LogGroup *string
}

// New makes the flow logs `aws_flow_log.<id>_to_log_group`, with the log group
// `aws_cloudwatch_log_group.<id>_flow_logs` and its saved queries, and
// `aws_flow_log.<id>_to_bucket`.
func New(scope constructs.Construct, id string, config Config) (*FlowLogs, error) {
	if err := config.check(); err != nil {
		return nil, err
	}
	made := &FlowLogs{}
	if config.ToLogGroup != "" {
		group, err := config.toLogGroup(scope, id)
		if err != nil {
			return nil, err
		}
		made.LogGroup = group
	}
	if config.ToBucket != "" {
		config.toBucket(scope, tf.Name(id, "to_bucket"))
	}
	return made, nil
}

func (c Config) check() error {
	switch {
	case c.Name == "" || c.VPCID == nil || !c.Account.Complete():
		return fmt.Errorf("flow logs of %q: want the name of the VPC, the VPC and an account", c.Name)
	case c.ToLogGroup == "" && c.ToBucket == "":
		return fmt.Errorf("flow logs of %s: want a log group or a bucket that records something", c.Name)
	case c.ToBucket != "" && c.BucketARN == nil:
		return fmt.Errorf("flow logs of %s: want the bucket", c.Name)
	case c.IntervalSeconds != 60 && c.IntervalSeconds != 600:
		return fmt.Errorf("flow logs of %s: AWS counts packets for 60 or for 600 seconds, not for %d", c.Name, c.IntervalSeconds)
	}
	return nil
}

// toLogGroup returns the log group's name.
func (c Config) toLogGroup(scope constructs.Construct, id string) (*string, error) {
	name := tf.Name(id, "flow_logs")
	group, err := loggroup.New(scope, name, loggroup.Config{Name: c.LogGroup, RetentionDays: c.RetentionDays, KeyARN: c.KeyARN})
	if err != nil {
		return nil, err
	}
	toGroup := tf.Name(id, "to_log_group")
	tf.Named(toGroup, flowlog.NewFlowLog(scope, tf.ID("aws_flow_log", toGroup), &flowlog.FlowLogConfig{
		VpcId:                  c.VPCID,
		TrafficType:            tf.String(string(c.ToLogGroup)),
		MaxAggregationInterval: tf.Number(c.IntervalSeconds),
		LogDestinationType:     jsii.String("cloud-watch-logs"),
		LogDestination:         group.ARN,
		IamRoleArn:             c.role(scope, name),
		Tags:                   tf.Tags(c.Name + "-to-log-group"),
	}))
	if _, err := savedquery.New(scope, id, savedquery.Config{
		Folder: c.Name + "/flow-logs", LogGroup: group.Name, Queries: c.Queries,
	}); err != nil {
		return nil, err
	}
	return group.Name, nil
}

func (c Config) toBucket(scope constructs.Construct, id string) {
	tf.Named(id, flowlog.NewFlowLog(scope, tf.ID("aws_flow_log", id), &flowlog.FlowLogConfig{
		VpcId:                  c.VPCID,
		TrafficType:            tf.String(string(c.ToBucket)),
		MaxAggregationInterval: tf.Number(c.IntervalSeconds),
		LogDestinationType:     jsii.String("s3"),
		LogDestination:         c.BucketARN,
		DestinationOptions: &flowlog.FlowLogDestinationOptions{
			FileFormat:       jsii.String("parquet"),
			PerHourPartition: true,
		},
		Tags: tf.Tags(c.Name + "-to-bucket"),
	}))
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
