// Package logalarm counts the events of a log group that match a pattern, and raises an
// alarm when there are too many in five minutes.
//
// CloudWatch counts what is written from then on, and charges for the metric in the hours
// in which something matched.
//
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/MonitoringLogData.html
package logalarm

import (
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudwatchlogmetricfilter"

	"hubspoke/constructs/alarm"
	"hubspoke/internal/tf"
)

// mostPattern is how long a pattern may be:
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html
const mostPattern = 1024

// Config describes the alarm.
type Config struct {
	// Name is the name of the alarm and of the filter.
	Name string
	// Description says what is wrong when it rings.
	Description string
	// LogGroup is the group's name.
	LogGroup *string
	// Pattern is what is counted: `{ $.rcode = "SERVFAIL" }`.
	Pattern string
	// Namespace and Metric are what the number is called: `piksel/dns`, `failed`.
	Namespace, Metric string
	// Most is how many there may be in five minutes without an alarm. Default: none.
	Most int
	// Topics are the ARNs of the SNS topics that are told. Default: none.
	Topics []string
}

// LogAlarm is what the construct made.
type LogAlarm struct {
	// AlarmARN is the alarm's ARN.
	AlarmARN *string
}

// New makes the filter `aws_cloudwatch_log_metric_filter.<id>` and the alarm
// `aws_cloudwatch_metric_alarm.<id>`.
func New(scope constructs.Construct, id string, config Config) (*LogAlarm, error) {
	switch {
	case config.Name == "" || config.LogGroup == nil || config.Pattern == "" || config.Namespace == "" || config.Metric == "":
		return nil, fmt.Errorf("alarm of a log group %q: want a name, the group, a pattern and a metric", config.Name)
	case len(config.Pattern) > mostPattern:
		return nil, fmt.Errorf("alarm of a log group %s: the pattern has %d characters, and CloudWatch takes %d", config.Name, len(config.Pattern), mostPattern)
	}
	tf.Named(id, cloudwatchlogmetricfilter.NewCloudwatchLogMetricFilter(scope, tf.ID("aws_cloudwatch_log_metric_filter", id), &cloudwatchlogmetricfilter.CloudwatchLogMetricFilterConfig{
		Name:         tf.String(config.Name),
		LogGroupName: config.LogGroup,
		Pattern:      tf.String(config.Pattern),
		MetricTransformation: &cloudwatchlogmetricfilter.CloudwatchLogMetricFilterMetricTransformation{
			Name: tf.String(config.Metric), Namespace: tf.String(config.Namespace), Value: tf.String("1"),
		},
	}))
	made, err := alarm.New(scope, id, alarm.Config{
		Name: config.Name, Description: config.Description,
		Namespace: config.Namespace, Metric: config.Metric,
		Statistic: "Sum", Comparison: alarm.Above, Threshold: config.Most, Periods: 1,
		Topics: config.Topics,
	})
	if err != nil {
		return nil, err
	}
	return &LogAlarm{AlarmARN: made.ARN}, nil
}
