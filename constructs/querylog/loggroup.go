package querylog

import (
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudwatchlogresourcepolicy"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudwatchquerydefinition"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/route53resolverquerylogconfig"

	"hubspoke/constructs/logalarm"
	"hubspoke/constructs/loggroup"
	"hubspoke/internal/arn"
	"hubspoke/internal/policy"
	"hubspoke/internal/tf"
)

// mostFailures is how many queries in five minutes may fail without an alarm: one name
// server elsewhere that is slow for a moment should wake nobody.
const mostFailures = 50

// LogGroupConfig describes query logs in a log group, with their alarm.
type LogGroupConfig struct {
	// Name is the VPC's name.
	Name string
	// VPCID is the VPC of the log group's own account to log.
	VPCID *string
	// LogGroup is the name of the log group to make, RetentionDays how long it keeps its events.
	LogGroup      string
	RetentionDays int
	// KeyARN is the key that encrypts the group. Default: a key of CloudWatch Logs itself.
	KeyARN *string
	// Namespace is the one of the metric of queries that failed: `piksel/dns`.
	Namespace string
	// Topics are the ARNs of the SNS topics that the alarm tells. Default: none, and there is no alarm.
	Topics []string
	// Account is the VPC's.
	Account arn.Account
}

// LogGroup is what the construct made.
type LogGroup struct {
	// Name is the log group's name.
	Name *string
}

// NewLogGroup makes the configuration `aws_route53_resolver_query_log_config.<id>` with
// its log group, the alarm `<id>_failed` and the saved query `<id>_failed_names`.
func NewLogGroup(scope constructs.Construct, id string, config LogGroupConfig) (*LogGroup, error) {
	if config.Name == "" || config.VPCID == nil || config.Namespace == "" || !config.Account.Complete() {
		return nil, fmt.Errorf("query logs of %q: want the name of the VPC, the VPC, a namespace and an account", config.Name)
	}
	group, err := loggroup.New(scope, id, loggroup.Config{Name: config.LogGroup, RetentionDays: config.RetentionDays, KeyARN: config.KeyARN})
	if err != nil {
		return nil, err
	}
	admitted := tf.Named(id, cloudwatchlogresourcepolicy.NewCloudwatchLogResourcePolicy(scope, tf.ID("aws_cloudwatch_log_resource_policy", id), &cloudwatchlogresourcepolicy.CloudwatchLogResourcePolicyConfig{
		PolicyName:     tf.String(config.Name + "-dns-queries"),
		PolicyDocument: policy.Document(config.delivery()),
	}))
	made := tf.Named(id, route53resolverquerylogconfig.NewRoute53ResolverQueryLogConfig(scope, tf.ID("aws_route53_resolver_query_log_config", id), &route53resolverquerylogconfig.Route53ResolverQueryLogConfigConfig{
		Name:           tf.String(config.Name + "-dns-queries"),
		DestinationArn: group.ARN,
		Tags:           tf.Tags(config.Name + "-dns-queries"),
		DependsOn:      tf.DependsOn(admitted),
	}))
	if _, err := NewAssociation(scope, id, AssociationConfig{QueryLogID: made.Id(), VPCID: config.VPCID}); err != nil {
		return nil, err
	}
	if len(config.Topics) > 0 {
		if err := config.alarm(scope, tf.Name(id, "failed"), group.Name); err != nil {
			return nil, err
		}
	}
	query := tf.Name(id, "failed_names")
	tf.Named(query, cloudwatchquerydefinition.NewCloudwatchQueryDefinition(scope, tf.ID("aws_cloudwatch_query_definition", query), &cloudwatchquerydefinition.CloudwatchQueryDefinitionConfig{
		Name:          tf.String(config.Name + "/dns-queries/failed-names"),
		LogGroupNames: tf.Tokens(group.Name),
		QueryString: jsii.String(`fields query_name, rcode, srcaddr
| filter rcode != "NOERROR"
| stats count(*) as queries, count_distinct(srcaddr) as askers by query_name, rcode
| sort queries desc
| limit 50`),
	}))
	return &LogGroup{Name: group.Name}, nil
}

// alarm rings when many queries are not answered. Names that do not exist are no reason:
// search lists of pods ask for many.
func (c LogGroupConfig) alarm(scope constructs.Construct, id string, group *string) error {
	_, err := logalarm.New(scope, id, logalarm.Config{
		Name:        c.Name + "-dns-failed",
		Description: fmt.Sprintf("More than %d DNS queries in five minutes were not answered (SERVFAIL): a name server elsewhere, or the way to it, is down (%s)", mostFailures, c.Name),
		LogGroup:    group,
		Pattern:     `{ $.rcode = "SERVFAIL" }`,
		Namespace:   c.Namespace,
		Metric:      c.Name + "-failed",
		Most:        mostFailures,
		Topics:      c.Topics,
	})
	return err
}

// delivery lets the resolver's log delivery write to the group, in the name of this
// account alone:
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-CWL.html
func (c LogGroupConfig) delivery() policy.Statement {
	return policy.Statement{
		Sid:       "ResolverWritesQueries",
		Principal: policy.Service("delivery.logs.amazonaws.com"),
		Action:    []string{"logs:CreateLogStream", "logs:PutLogEvents"},
		Resource:  []string{c.Account.LogGroup(c.LogGroup) + ":log-stream:*"},
		Condition: policy.Condition{
			"StringEquals": {"aws:SourceAccount": {c.Account.Number}},
			"ArnLike":      {"aws:SourceArn": {c.Account.ARN("logs", "*")}},
		},
	}
}
