package httpapi

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"

	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/apigatewayv2integration"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/apigatewayv2route"

	"hubspoke/internal/tf"
)

// maxTimeout is how long an HTTP API waits for an answer, in seconds:
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
const maxTimeout = 30

// integrations are one for each service that a route leads to, by its name. Without the
// parameter, what a service is asked for would begin with the name of the stage, if that
// had one in paths.
//
//   - https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-private.html
//   - https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-parameter-mapping.html
func (m *made) integrations() map[string]*string {
	used, ids := map[string]bool{}, map[string]*string{}
	for _, service := range m.Routes {
		used[service] = true
	}
	for _, service := range tf.Keys(used) {
		name := tf.Name(m.id, service)
		ids[service] = tf.Named(name, apigatewayv2integration.NewApigatewayv2Integration(m.scope, tf.ID("aws_apigatewayv2_integration", name), &apigatewayv2integration.Apigatewayv2IntegrationConfig{
			ApiId:                m.api.Id(),
			Description:          tf.String("The service " + service),
			IntegrationType:      tf.String("HTTP_PROXY"),
			IntegrationMethod:    tf.String("ANY"),
			IntegrationUri:       m.Services[service].ListenerARN,
			ConnectionType:       tf.String("VPC_LINK"),
			ConnectionId:         m.LinkID,
			PayloadFormatVersion: tf.String("1.0"),
			RequestParameters:    tf.Map(map[string]string{"overwrite:path": "$request.path"}),
			TimeoutMilliseconds:  tf.Number(m.TimeoutSeconds * 1000),
			TlsConfig:            &apigatewayv2integration.Apigatewayv2IntegrationTlsConfig{ServerNameToVerify: tf.String(m.Services[service].Domain)},
		})).Id()
	}
	return ids
}

// routes make `aws_apigatewayv2_route.<id>_<route>` for each route. All of them ask for the same.
func (m *made) routes(integrations map[string]*string, authorizer *string) {
	asks := "NONE"
	switch {
	case m.Callers.JWT != nil:
		asks = "JWT"
	case m.Callers.IAM:
		asks = "AWS_IAM"
	}
	for _, route := range tf.Keys(m.Routes) {
		name := tf.Name(m.id, RouteName(route))
		tf.Named(name, apigatewayv2route.NewApigatewayv2Route(m.scope, tf.ID("aws_apigatewayv2_route", name), &apigatewayv2route.Apigatewayv2RouteConfig{
			ApiId:             m.api.Id(),
			RouteKey:          tf.String(route),
			AuthorizationType: tf.String(asks),
			AuthorizerId:      authorizer,
			Target:            tf.String("integrations/" + *integrations[m.Routes[route]]),
		}))
	}
}

// RouteName is the name of a route in Terraform: its words, and, since routes that differ may
// have the same words, the beginning of its hash. `ANY /orders/{proxy+}` is
// `any_orders_proxy_a0b39b`.
func RouteName(route string) string {
	words := strings.Trim(notWords.ReplaceAllString(strings.ToLower(route), "_"), "_")
	sum := sha256.Sum256([]byte(route))
	return words + "_" + hex.EncodeToString(sum[:3])
}

var notWords = regexp.MustCompile(`[^a-z0-9]+`)
