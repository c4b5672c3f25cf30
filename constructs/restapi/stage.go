package restapi

import (
	"fmt"
	"maps"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/apigatewayaccount"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/apigatewaymethodsettings"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/apigatewaystage"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrole"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrolepolicyattachment"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/constructs/alarm"
	"hubspoke/constructs/httpapi"
	"hubspoke/constructs/loggroup"
	"hubspoke/constructs/savedquery"
	"hubspoke/internal/arn"
	"hubspoke/internal/policy"
	"hubspoke/internal/tf"
)

// StageName is the name of the stage, which is in the path of the API where it has no domain.
const StageName = "live"

// AccountConfig describes the settings of REST APIs in an account and region.
type AccountConfig struct {
	// Role is the name of the role by which API Gateway writes logs.
	Role string
	// Account is the one.
	Account arn.Account
}

// Account is what the construct made.
type Account struct {
	// Admitted is what stages wait for.
	Admitted cdktf.ITerraformDependable
}

// NewAccount makes `aws_api_gateway_account.<id>`, of which there is one in an account and
// region, and the role that it names: without, API Gateway refuses a stage of a REST API that
// logs. The settings outlive the APIs, and lose the role with it.
//
// https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
func NewAccount(scope constructs.Construct, id string, config AccountConfig) (*Account, error) {
	if config.Role == "" || !config.Account.Complete() {
		return nil, fmt.Errorf("settings of REST APIs: want the name of a role, and an account, and not %q", config.Role)
	}
	role := tf.Named(id, iamrole.NewIamRole(scope, tf.ID("aws_iam_role", id), &iamrole.IamRoleConfig{
		Name:        tf.String(config.Role),
		Description: tf.String("Logs of the account's REST APIs"),
		AssumeRolePolicy: policy.Document(policy.Statement{
			Sid:       "AssumedByAPIGateway",
			Principal: policy.Service("apigateway.amazonaws.com"),
			Action:    []string{"sts:AssumeRole"},
		}),
		Tags: tf.Tags(config.Role),
	}))
	attached := tf.Named(id, iamrolepolicyattachment.NewIamRolePolicyAttachment(scope, tf.ID("aws_iam_role_policy_attachment", id), &iamrolepolicyattachment.IamRolePolicyAttachmentConfig{
		Role:      role.Name(),
		PolicyArn: tf.String(config.Account.ManagedPolicy("service-role/AmazonAPIGatewayPushToCloudWatchLogs")),
	}))
	return &Account{Admitted: tf.Named(id, apigatewayaccount.NewApiGatewayAccount(scope, tf.ID("aws_api_gateway_account", id), &apigatewayaccount.ApiGatewayAccountConfig{
		CloudwatchRoleArn: role.Arn(),
		DependsOn:         tf.DependsOn(attached),
	}))}, nil
}

// stage is what callers reach, with its access log and limits. It writes metrics of each
// method too.
func (m *made) stage(deployment *string) (apigatewaystage.ApiGatewayStage, error) {
	group, err := loggroup.New(m.scope, m.id, loggroup.Config{Name: m.Log.Group, RetentionDays: m.Log.RetentionDays, KeyARN: m.Log.KeyARN})
	if err != nil {
		return nil, err
	}
	if m.Log.Folder != "" {
		if _, err := savedquery.New(m.scope, m.id, savedquery.Config{Folder: m.Log.Folder, LogGroup: group.Name, Queries: m.queries()}); err != nil {
			return nil, err
		}
	}
	stage := tf.Named(m.id, apigatewaystage.NewApiGatewayStage(m.scope, tf.ID("aws_api_gateway_stage", m.id), &apigatewaystage.ApiGatewayStageConfig{
		RestApiId:    m.api.Id(),
		DeploymentId: deployment,
		StageName:    tf.String(StageName),
		AccessLogSettings: &apigatewaystage.ApiGatewayStageAccessLogSettings{
			DestinationArn: group.ARN, Format: tf.String(httpapi.LogFormat(m.logged())),
		},
		Tags:      tf.Tags(m.Name),
		DependsOn: tf.DependsOn(m.Log.Admitted),
	}))
	tf.Named(m.id, apigatewaymethodsettings.NewApiGatewayMethodSettings(m.scope, tf.ID("aws_api_gateway_method_settings", m.id), &apigatewaymethodsettings.ApiGatewayMethodSettingsConfig{
		RestApiId:  m.api.Id(),
		StageName:  stage.StageName(),
		MethodPath: tf.String("*/*"),
		Settings: &apigatewaymethodsettings.ApiGatewayMethodSettingsSettings{
			MetricsEnabled: true, ThrottlingRateLimit: tf.Number(m.Rate), ThrottlingBurstLimit: tf.Number(m.Burst),
		},
	}))
	return stage, nil
}

// logged are the fields of the access log: who asked for what, what the answer was, how long
// it took, and what went wrong, on the way to the service or before.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
var logged = map[string]string{
	"requestId":               "$context.requestId",
	"requestTime":             "$context.requestTime",
	"sourceIp":                "$context.identity.sourceIp",
	"userAgent":               "$context.identity.userAgent",
	"domainName":              "$context.domainName",
	"httpMethod":              "$context.httpMethod",
	"path":                    "$context.path",
	"resourcePath":            "$context.resourcePath",
	"protocol":                "$context.protocol",
	"status":                  "$context.status",
	"responseLength":          "$context.responseLength",
	"responseLatency":         "$context.responseLatency",
	"errorMessage":            "$context.error.message",
	"errorType":               "$context.error.responseType",
	"caller":                  "$context.identity.userArn",
	"certificate":             "$context.identity.clientCert.subjectDN",
	"webACLStatus":            "$context.waf.status",
	"integrationStatus":       "$context.integration.status",
	"integrationLatency":      "$context.integration.latency",
	"integrationErrorMessage": "$context.integration.error",
}

// logged are the fields of the API's own log: with keys, whose request it was too, by the id.
func (m *made) logged() map[string]string {
	if len(m.Keys) == 0 {
		return logged
	}
	all := maps.Clone(logged)
	all["apiKeyId"] = "$context.identity.apiKeyId"
	return all
}

// queries are what one asks the API's own log.
func (m *made) queries() map[string]string {
	if len(m.Keys) == 0 {
		return queries
	}
	all := maps.Clone(queries)
	all["requests-by-key"] = savedquery.Text(
		"fields apiKeyId, status",
		"stats count(*) as requests by apiKeyId, status",
		"sort requests desc",
		"limit 50")
	return all
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
		"fields sourceIp, caller, status, errorType",
		"filter status in [401, 403, 429]",
		"stats count(*) as requests by sourceIp, status, errorType",
		"sort requests desc",
		"limit 50"),
	"slowest-routes": savedquery.Text(
		"fields resourcePath, responseLatency, integrationLatency",
		"stats count(*) as requests, pct(responseLatency, 50) as median, pct(responseLatency, 99) as slowest, pct(integrationLatency, 99) as slowestService by httpMethod, resourcePath",
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
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
const namespace = "AWS/ApiGateway"

// dimensions are those of the API's metrics.
func (m *made) dimensions() map[string]*string {
	return map[string]*string{"ApiName": m.api.Name(), "Stage": tf.String(StageName)}
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
		Namespace:   namespace, Metric: "5XXError", Dimensions: dimensions,
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
