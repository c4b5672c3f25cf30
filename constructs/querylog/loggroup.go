package querylog

import (
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudwatchlogresourcepolicy"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/route53resolverquerylogconfig"

	"hubspoke/constructs/loggroup"
	"hubspoke/constructs/savedquery"
	"hubspoke/internal/arn"
	"hubspoke/internal/logdelivery"
	"hubspoke/internal/policy"
	"hubspoke/internal/tf"
)

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
	// Namespace is the one of the metrics that alarms watch: `piksel/dns`.
	Namespace string
	// Firewall says that the VPC is behind DNS Firewall, which marks what its rules met: there are queries and an alarm for that.
	Firewall bool
	// MostBlocked is how many marked queries there may be in five minutes without an alarm. Default: none.
	MostBlocked int
	// Topics are the ARNs of the SNS topics that the alarms tell. Default: none, and there are no alarms.
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
// its log group, the alarms `<id>_failed`, `<id>_missing`, `<id>_long` and `<id>_blocked`, and
// the saved queries `<id>_<query>`.
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
		PolicyDocument: policy.Document(logdelivery.ToLogGroup("ResolverWritesQueries", config.Account, config.LogGroup)),
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
		if err := config.alarms(scope, id, group.Name); err != nil {
			return nil, err
		}
	}
	if _, err := savedquery.New(scope, id, savedquery.Config{
		Folder: config.Name + "/dns-queries", LogGroup: group.Name, Queries: queries(config.Firewall),
	}); err != nil {
		return nil, err
	}
	return &LogGroup{Name: group.Name}, nil
}
