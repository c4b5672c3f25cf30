package restapi

import (
	"errors"
	"strings"

	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/apigatewayapikey"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/apigatewaystage"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/apigatewayusageplan"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/apigatewayusageplankey"

	"hubspoke/internal/tf"
)

// Key is a consumer of an API, with its limits.
type Key struct {
	// Rate is how many requests in a second the consumer may make, Burst how many at once.
	Rate, Burst int
	// Quota is how many requests it may make in a Period: `day`, `week` or `month`. Default: as many as it likes.
	Quota  int
	Period string
}

func (k Key) check() error {
	if k.Rate < 1 || k.Burst < 1 || k.Quota < 0 || (k.Quota > 0) != (k.Period != "") {
		return errors.New("want how many requests there may be, and the period of a quota")
	}
	return nil
}

// keys makes a key and a usage plan for each consumer: limits that consumers share are the
// API's own. AWS makes up the value of a key; Terraform's state has it, as that of any key.
//
//   - https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html
//   - https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/api_gateway_api_key
func (m *made) keys(stage apigatewaystage.ApiGatewayStage) map[string]*string {
	ids := map[string]*string{}
	for _, consumer := range tf.Keys(m.Keys) {
		limits, id, name := m.Keys[consumer], tf.Name(m.id, consumer), m.Name+"-"+consumer
		key := tf.Named(id, apigatewayapikey.NewApiGatewayApiKey(m.scope, tf.ID("aws_api_gateway_api_key", id), &apigatewayapikey.ApiGatewayApiKeyConfig{
			Name: tf.String(name), Description: tf.String(consumer + " at " + m.Name), Tags: tf.Tags(name),
		}))
		arguments := &apigatewayusageplan.ApiGatewayUsagePlanConfig{
			Name:      tf.String(name),
			ApiStages: []apigatewayusageplan.ApiGatewayUsagePlanApiStages{{ApiId: m.api.Id(), Stage: stage.StageName()}},
			ThrottleSettings: &apigatewayusageplan.ApiGatewayUsagePlanThrottleSettings{
				RateLimit: tf.Number(limits.Rate), BurstLimit: tf.Number(limits.Burst),
			},
			Tags: tf.Tags(name),
		}
		if limits.Quota > 0 {
			arguments.QuotaSettings = &apigatewayusageplan.ApiGatewayUsagePlanQuotaSettings{
				Limit: tf.Number(limits.Quota), Period: tf.String(strings.ToUpper(limits.Period)),
			}
		}
		plan := tf.Named(id, apigatewayusageplan.NewApiGatewayUsagePlan(m.scope, tf.ID("aws_api_gateway_usage_plan", id), arguments))
		tf.Named(id, apigatewayusageplankey.NewApiGatewayUsagePlanKey(m.scope, tf.ID("aws_api_gateway_usage_plan_key", id), &apigatewayusageplankey.ApiGatewayUsagePlanKeyConfig{
			KeyId: key.Id(), KeyType: tf.String("API_KEY"), UsagePlanId: plan.Id(),
		}))
		ids[consumer] = key.Id()
	}
	return ids
}
