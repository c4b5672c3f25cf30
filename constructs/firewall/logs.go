package firewall

import (
	"fmt"

	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudwatchlogresourcepolicy"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/networkfirewallloggingconfiguration"

	"hubspoke/constructs/alarm"
	"hubspoke/constructs/logalarm"
	"hubspoke/constructs/loggroup"
	"hubspoke/constructs/savedquery"
	"hubspoke/internal/logdelivery"
	"hubspoke/internal/policy"
	"hubspoke/internal/subnet"
	"hubspoke/internal/tf"
)

// mostBlocked is how many packets in five minutes may be blocked without an alarm: a job
// that asks for one more name every minute should wake nobody.
const mostBlocked = 100

// Logs is where a firewall logs to. AWS takes one place for each kind of log.
type Logs struct {
	// Group is the name of the log group to make for alerts: what rules dropped, or would have dropped.
	Group string
	// RetentionDays is how long the group keeps them.
	RetentionDays int
	// KeyARN is the key that encrypts the group. Default: a key of CloudWatch Logs itself.
	KeyARN *string
	// FlowBucket is the name of the bucket that takes every flow, of any account. AWS files them under AWSLogs/<account>/network-firewall. Default: flows are not logged.
	FlowBucket string
	// Namespace is the one of the metric of what is blocked: `piksel/firewall`.
	Namespace string
	// Topics are the ARNs of the SNS topics that the alarm tells. Default: none, and there is no alarm.
	Topics []string
}

// log makes the log group of alerts with its alarm and saved queries, and has the firewall
// log to it.
// https://docs.aws.amazon.com/network-firewall/latest/developerguide/firewall-logging.html
func (f *Firewall) log(config Config) error {
	l := config.Logs
	group, err := loggroup.New(f.scope, f.id, loggroup.Config{Name: l.Group, RetentionDays: l.RetentionDays, KeyARN: l.KeyARN})
	if err != nil {
		return err
	}
	admitted := tf.Named(f.id, cloudwatchlogresourcepolicy.NewCloudwatchLogResourcePolicy(f.scope, tf.ID("aws_cloudwatch_log_resource_policy", f.id), &cloudwatchlogresourcepolicy.CloudwatchLogResourcePolicyConfig{
		PolicyName:     tf.String(config.Name + "-firewall"),
		PolicyDocument: policy.Document(logdelivery.ToLogGroup("FirewallWritesAlerts", config.Account, l.Group)),
	}))
	destinations := []networkfirewallloggingconfiguration.NetworkfirewallLoggingConfigurationLoggingConfigurationLogDestinationConfig{{
		LogType: jsii.String("ALERT"), LogDestinationType: jsii.String("CloudWatchLogs"),
		LogDestination: &map[string]*string{"logGroup": group.Name},
	}}
	if l.FlowBucket != "" {
		destinations = append(destinations, networkfirewallloggingconfiguration.NetworkfirewallLoggingConfigurationLoggingConfigurationLogDestinationConfig{
			LogType: jsii.String("FLOW"), LogDestinationType: jsii.String("S3"),
			LogDestination: tf.Map(map[string]string{"bucketName": l.FlowBucket}),
		})
	}
	tf.Named(f.id, networkfirewallloggingconfiguration.NewNetworkfirewallLoggingConfiguration(f.scope, tf.ID("aws_networkfirewall_logging_configuration", f.id), &networkfirewallloggingconfiguration.NetworkfirewallLoggingConfigurationConfig{
		FirewallArn:          f.ARN,
		LoggingConfiguration: &networkfirewallloggingconfiguration.NetworkfirewallLoggingConfigurationLoggingConfiguration{LogDestinationConfig: destinations},
		DependsOn:            tf.DependsOn(admitted),
	}))
	if _, err := savedquery.New(f.scope, f.id, savedquery.Config{Folder: config.Name + "/firewall", LogGroup: group.Name, Queries: queries}); err != nil {
		return err
	}
	if len(l.Topics) == 0 {
		return nil
	}
	if err := f.watch(config); err != nil {
		return err
	}
	_, err = logalarm.New(f.scope, tf.Name(f.id, "blocked"), logalarm.Config{
		Name:        config.Name + "-firewall-blocked",
		Description: fmt.Sprintf("More than %d packets in five minutes were blocked by the firewall %s: something asks for what nobody allowed, or a name is missing in the list", mostBlocked, config.Name),
		LogGroup:    group.Name,
		Pattern:     `{ $.event.alert.action = "blocked" }`,
		Namespace:   l.Namespace,
		Metric:      config.Name + "-blocked",
		Most:        mostBlocked,
		Topics:      l.Topics,
	})
	return err
}

// mostHalfSeen is how many packets of connections that it knows nothing of a zone's endpoint
// may meet in five minutes: after a change of the policy, or of one of its hosts, there are
// some for a moment.
const mostHalfSeen = 100

// watch tells the topics when an endpoint sees one half of connections alone, which no log
// says: routes lead answers another way.
// https://docs.aws.amazon.com/network-firewall/latest/developerguide/monitoring-cloudwatch.html
func (f *Firewall) watch(config Config) error {
	for _, s := range f.vpc.Subnets(subnet.Firewall) {
		_, err := alarm.New(f.scope, tf.Name(f.id, "half_seen", s.Zone), alarm.Config{
			Name:        config.Name + "-firewall-half-seen-" + s.Zone,
			Description: fmt.Sprintf("The endpoint of the firewall %s in %s met more than %d packets of connections that it has not seen begin, in each of three times five minutes: answers come back another way", config.Name, s.Zone, mostHalfSeen),
			Namespace:   "AWS/NetworkFirewall",
			Metric:      "StreamExceptionPolicyPackets",
			Dimensions: map[string]*string{
				"FirewallName": tf.String(config.Name), "Engine": jsii.String("Stateful"),
				"AvailabilityZone": jsii.String("${aws_subnet." + s.Name + ".availability_zone}"),
			},
			Statistic: "Sum", Comparison: alarm.Above, Threshold: mostHalfSeen, Periods: 3,
			Topics: config.Logs.Topics,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// queries are what one asks the alerts: which names were not allowed, by whom, and which
// rules found something. Their fields are those of Suricata's events:
// https://docs.aws.amazon.com/network-firewall/latest/developerguide/firewall-logging-contents.html
var queries = map[string]string{
	"names-not-allowed": `fields event.src_ip as source, coalesce(event.tls.sni, event.http.hostname, event.dest_ip) as name, event.dest_port as port, event.alert.action as action
| stats count(*) as packets by name, port, source, action
| sort packets desc
| limit 100`,
	"rules-that-matched": `fields event.alert.signature as rule, event.alert.action as action, event.src_ip as source
| stats count(*) as packets, count_distinct(source) as sources by rule, action
| sort packets desc
| limit 50`,
}
