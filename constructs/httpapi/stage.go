package httpapi

import (
	"encoding/json"
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/apigatewayv2stage"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudwatchlogresourcepolicy"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/constructs/alarm"
	"hubspoke/constructs/loggroup"
	"hubspoke/constructs/savedquery"
	"hubspoke/internal/arn"
	"hubspoke/internal/logdelivery"
	"hubspoke/internal/policy"
	"hubspoke/internal/tf"
)

// Log is where an API logs its requests.
type Log struct {
	// Group is the name of the log group to make, RetentionDays how long it keeps its events.
	Group         string
	RetentionDays int
	// KeyARN is the key that encrypts the group. Default: a key of CloudWatch Logs itself.
	KeyARN *string
	// Admitted is what lets API Gateway write to the group.
	Admitted cdktf.ITerraformDependable
	// Folder is where the console shows the saved queries of the group. Default: none are made.
	Folder string
}

// DeliveryConfig describes who may write to the log groups of APIs.
type DeliveryConfig struct {
	// Name is the policy's name.
	Name string
	// Groups is what the names of the log groups begin with: `/apis/acme-gateway/`.
	Groups string
	// Account is the groups'.
	Account arn.Account
}

// Delivery is what the construct made.
type Delivery struct {
	// Admitted is what stages wait for.
	Admitted cdktf.ITerraformDependable
}

// NewDelivery lets the log delivery of API Gateway write to the log groups of all APIs of an
// account, in the name of this account alone: an account takes ten such policies. Without,
// whoever first makes a stage lets it, by a policy that Terraform does not know of.
//
//   - https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging.html
//   - https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-CWL.html
func NewDelivery(scope constructs.Construct, id string, config DeliveryConfig) (*Delivery, error) {
	if config.Name == "" || config.Groups == "" || !config.Account.Complete() {
		return nil, fmt.Errorf("log delivery of APIs %q: want a name, what the groups are called, and an account", config.Name)
	}
	made := tf.Named(id, cloudwatchlogresourcepolicy.NewCloudwatchLogResourcePolicy(scope, tf.ID("aws_cloudwatch_log_resource_policy", id), &cloudwatchlogresourcepolicy.CloudwatchLogResourcePolicyConfig{
		PolicyName:     tf.String(config.Name),
		PolicyDocument: policy.Document(logdelivery.ToLogGroup("APIsWriteLogs", config.Account, config.Groups+"*")),
	}))
	return &Delivery{Admitted: made}, nil
}

// stage is the one that has no name in paths, with its access log. It writes metrics of each
// route too.
func (m *made) stage() (apigatewayv2stage.Apigatewayv2Stage, error) {
	group, err := loggroup.New(m.scope, m.id, loggroup.Config{Name: m.Log.Group, RetentionDays: m.Log.RetentionDays, KeyARN: m.Log.KeyARN})
	if err != nil {
		return nil, err
	}
	if m.Log.Folder != "" {
		if _, err := savedquery.New(m.scope, m.id, savedquery.Config{Folder: m.Log.Folder, LogGroup: group.Name, Queries: queries}); err != nil {
			return nil, err
		}
	}
	return tf.Named(m.id, apigatewayv2stage.NewApigatewayv2Stage(m.scope, tf.ID("aws_apigatewayv2_stage", m.id), &apigatewayv2stage.Apigatewayv2StageConfig{
		ApiId:      m.api.Id(),
		Name:       tf.String("$default"),
		AutoDeploy: true,
		AccessLogSettings: &apigatewayv2stage.Apigatewayv2StageAccessLogSettings{
			DestinationArn: group.ARN, Format: tf.String(LogFormat(logged)),
		},
		DefaultRouteSettings: &apigatewayv2stage.Apigatewayv2StageDefaultRouteSettings{
			DetailedMetricsEnabled: true,
			ThrottlingRateLimit:    tf.Number(m.Rate),
			ThrottlingBurstLimit:   tf.Number(m.Burst),
		},
		Tags:      tf.Tags(m.Name),
		DependsOn: tf.DependsOn(m.Log.Admitted),
	})), nil
}

// logged are the fields of the access log: who asked for what, what the answer was, how long
// it took, and what went wrong, on the way to the service or before.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
var logged = map[string]string{
	"requestId":               "$context.requestId",
	"requestTime":             "$context.requestTime",
	"sourceIp":                "$context.identity.sourceIp",
	"userAgent":               "$context.identity.userAgent",
	"domainName":              "$context.domainName",
	"httpMethod":              "$context.httpMethod",
	"path":                    "$context.path",
	"routeKey":                "$context.routeKey",
	"protocol":                "$context.protocol",
	"status":                  "$context.status",
	"responseLength":          "$context.responseLength",
	"responseLatency":         "$context.responseLatency",
	"errorMessage":            "$context.error.message",
	"errorType":               "$context.error.responseType",
	"authorizerError":         "$context.authorizer.error",
	"caller":                  "$context.identity.userArn",
	"certificate":             "$context.identity.clientCert.subjectDN",
	"subject":                 "$context.authorizer.claims.sub",
	"integrationStatus":       "$context.integrationStatus",
	"integrationLatency":      "$context.integrationLatency",
	"integrationErrorMessage": "$context.integrationErrorMessage",
}

// LogFormat is the format of an access log that logs these fields, by what they are called
// in it: one line of JSON. Every value is a text: a number that is missing is logged as a
// hyphen, which is no JSON.
func LogFormat(fields map[string]string) string {
	text, err := json.Marshal(fields)
	if err != nil {
		panic(err) // a map of strings always encodes
	}
	return string(text)
}

// queries are what one asks the access log.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
var queries = map[string]string{
	"failed-requests": savedquery.Text(
		"fields @timestamp, httpMethod, path, status, integrationStatus, integrationErrorMessage, errorMessage, requestId",
		"filter status >= 500",
		"sort @timestamp desc",
		"limit 100"),
	"refused-callers": savedquery.Text(
		"fields sourceIp, caller, subject, status, authorizerError",
		"filter status in [401, 403, 429]",
		"stats count(*) as requests by sourceIp, status, authorizerError",
		"sort requests desc",
		"limit 50"),
	"slowest-routes": savedquery.Text(
		"fields routeKey, responseLatency, integrationLatency",
		"stats count(*) as requests, pct(responseLatency, 50) as median, pct(responseLatency, 99) as slowest, pct(integrationLatency, 99) as slowestService by routeKey",
		"sort slowest desc",
		"limit 50"),
}

// What alarms ring at.
const (
	// mostFailures is how many requests may fail in five minutes.
	mostFailures = 10
	// slowPercent is how much of the timeout requests may take on the average.
	slowPercent = 50
)

// namespace has the metrics of APIs.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html
const namespace = "AWS/ApiGateway"

// dimensions are those of the API's metrics.
func (m *made) dimensions() map[string]*string {
	return map[string]*string{"ApiId": m.api.Id(), "Stage": tf.String("$default")}
}

// watch tells the topics when many requests fail, or take long.
func (m *made) watch() error {
	if len(m.Topics) == 0 {
		return nil
	}
	dimensions := m.dimensions()
	if _, err := alarm.New(m.scope, tf.Name(m.id, "failed"), alarm.Config{
		Name:        m.Name + "-failed",
		Description: fmt.Sprintf("More than %d requests in five minutes were answered with a status of 500 or more: the saved query failed-requests says why (%s)", mostFailures, m.Name),
		Namespace:   namespace, Metric: "5xx", Dimensions: dimensions,
		Statistic: "Sum", Comparison: alarm.Above, Threshold: mostFailures, Periods: 1,
		Topics: m.Topics,
	}); err != nil {
		return err
	}
	_, err := alarm.New(m.scope, tf.Name(m.id, "slow"), alarm.Config{
		Name:        m.Name + "-slow",
		Description: fmt.Sprintf("For ten minutes services have taken half of the time that they have for an answer, or more: the saved query slowest-routes says which (%s)", m.Name),
		Namespace:   namespace, Metric: "IntegrationLatency", Dimensions: dimensions,
		Statistic: "Average", Comparison: alarm.AtLeast, Threshold: m.TimeoutSeconds * 1000 * slowPercent / 100, Periods: 2,
		Topics: m.Topics,
	})
	return err
}
