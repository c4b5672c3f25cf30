// Package alarm makes CloudWatch alarms on one metric with a fixed limit. Who is told is
// the topics' business: an alarm without one is seen in CloudWatch alone.
//
// It makes neither composite alarms nor topics.
//
//   - https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html
//   - https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-metrics-insights-alarms.html
package alarm

import (
	"cmp"
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudwatchmetricalarm"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/internal/tf"
)

// periodSeconds is how long values are gathered before they are compared, if nothing else
// is said.
const periodSeconds = 300

// Comparison is how a value breaks the threshold, as CloudWatch calls it.
type Comparison string

// The values of [Comparison].
const (
	Above   Comparison = "GreaterThanThreshold"
	AtLeast Comparison = "GreaterThanOrEqualToThreshold"
	Below   Comparison = "LessThanThreshold"
	AtMost  Comparison = "LessThanOrEqualToThreshold"
)

// Config describes an alarm.
type Config struct {
	// Name is the alarm's name.
	Name string
	// Description says what is wrong when it rings.
	Description string
	// Namespace and Metric are the metric: `AWS/RDS`, `CPUUtilization`.
	Namespace, Metric string
	// Dimensions are what the metric is about. Default: none, as metrics of log events have.
	Dimensions map[string]*string
	// Query is a query of CloudWatch Metrics Insights, whose one value is compared in place of Namespace, Metric, Dimensions and Statistic. It sees three hours. Default: the metric.
	Query string
	// Statistic is what is compared of the values of a period: `Average`, `Maximum`, `Sum`.
	Statistic string
	// Comparison and Threshold are the limit.
	Comparison Comparison
	Threshold  int
	// PeriodSeconds is how long values are gathered before they are compared. Default: five minutes.
	PeriodSeconds int
	// Periods is for how many periods the limit has to be broken.
	Periods int
	// SilenceIsBad says that an alarm rings if there are no values. Default: silence is good.
	SilenceIsBad bool
	// Topics are the ARNs of the SNS topics that are told, of the alarm and of its end. Default: none.
	Topics []string
	// Provider acts in the region of the metric. Default: the stack's own.
	Provider cdktf.TerraformProvider
}

// Alarm is what the construct made.
type Alarm struct {
	// ARN is the alarm's ARN.
	ARN *string
}

// New makes the alarm `aws_cloudwatch_metric_alarm.<id>`.
func New(scope constructs.Construct, id string, config Config) (*Alarm, error) {
	metric := config.Namespace != "" && config.Metric != "" && config.Statistic != ""
	if config.Name == "" || metric == (config.Query != "") || config.Comparison == "" || config.Periods < 1 {
		return nil, fmt.Errorf("alarm %q: want a name, a metric, a limit and for how long it has to be broken", config.Name)
	}
	silence := "notBreaching"
	if config.SilenceIsBad {
		silence = "breaching"
	}
	arguments := &cloudwatchmetricalarm.CloudwatchMetricAlarmConfig{
		AlarmName:          tf.String(config.Name),
		AlarmDescription:   tf.String(config.Description),
		EvaluationPeriods:  tf.Number(config.Periods),
		ComparisonOperator: tf.String(string(config.Comparison)),
		Threshold:          tf.Number(config.Threshold),
		TreatMissingData:   tf.String(silence),
		Tags:               tf.Tags(config.Name),
		Provider:           config.Provider,
	}
	period := tf.Number(cmp.Or(config.PeriodSeconds, periodSeconds))
	if config.Query != "" {
		arguments.MetricQuery = []cloudwatchmetricalarm.CloudwatchMetricAlarmMetricQuery{{
			Id: tf.String("found"), Expression: tf.String(config.Query), Period: period, ReturnData: true,
		}}
	} else {
		arguments.Namespace, arguments.MetricName = tf.String(config.Namespace), tf.String(config.Metric)
		arguments.Statistic, arguments.Period = tf.String(config.Statistic), period
	}
	if len(config.Dimensions) > 0 {
		arguments.Dimensions = &config.Dimensions
	}
	if len(config.Topics) > 0 {
		arguments.AlarmActions, arguments.OkActions = tf.Strings(config.Topics...), tf.Strings(config.Topics...)
	}
	made := tf.Named(id, cloudwatchmetricalarm.NewCloudwatchMetricAlarm(scope, tf.ID("aws_cloudwatch_metric_alarm", id), arguments))
	return &Alarm{ARN: made.Arn()}, nil
}
