// Package loggroup makes log groups of CloudWatch Logs: named before whoever writes
// to them exists, so that no service makes one itself, without retention and key.
//
// It makes no subscriptions, metric filters or resource policies.
//
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html
package loggroup

import (
	"fmt"
	"slices"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudwatchloggroup"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/internal/arn"
	"hubspoke/internal/policy"
	"hubspoke/internal/tf"
)

// Config describes a log group.
type Config struct {
	// Name is the group's name, `/aws/eks/dev/cluster`.
	Name string
	// RetentionDays is how long events are kept, one of the numbers that CloudWatch Logs knows.
	RetentionDays int
	// KeyARN is the key that encrypts the group, whose policy has [KeyStatement]. Default: a key of CloudWatch Logs itself.
	KeyARN *string
	// Expendable says that nobody misses the events. Default: a plan that would delete the group fails.
	Expendable bool
}

// LogGroup is what the construct made.
type LogGroup struct {
	// Name and ARN are the group's, known only after apply: who uses them waits for the group.
	Name, ARN *string
	// Resource is the group itself, for what must wait for it and names it by another way.
	Resource cdktf.ITerraformDependable
}

// New makes the group `aws_cloudwatch_log_group.<id>`.
func New(scope constructs.Construct, id string, config Config) (*LogGroup, error) {
	if config.Name == "" || config.RetentionDays <= 0 {
		return nil, fmt.Errorf("log group %q: want a name and how many days it keeps its events", config.Name)
	}
	arguments := &cloudwatchloggroup.CloudwatchLogGroupConfig{
		Name:            tf.String(config.Name),
		RetentionInDays: tf.Number(config.RetentionDays),
		KmsKeyId:        config.KeyARN,
		Tags:            tf.Tags(config.Name),
	}
	if !config.Expendable {
		arguments.Lifecycle = tf.HardToLose()
	}
	group := tf.Named(id, cloudwatchloggroup.NewCloudwatchLogGroup(scope, tf.ID("aws_cloudwatch_log_group", id), arguments))
	return &LogGroup{Name: group.Name(), ARN: group.Arn(), Resource: group}, nil
}

// KeyStatement lets CloudWatch Logs use a key for some log groups of an account, by
// name, and for no others. It stands in the key's policy, under a Sid that says whose
// logs they are.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
func KeyStatement(sid string, account arn.Account, groups ...string) policy.Statement {
	var arns []string
	for _, name := range slices.Sorted(slices.Values(groups)) {
		arns = append(arns, account.LogGroup(name))
	}
	return policy.Statement{
		Sid:       sid,
		Principal: policy.Service("logs." + account.Region + ".amazonaws.com"),
		Action:    []string{"kms:Decrypt*", "kms:Describe*", "kms:Encrypt*", "kms:GenerateDataKey*", "kms:ReEncrypt*"},
		Resource:  []string{"*"},
		Condition: policy.Condition{"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": arns}},
	}
}
