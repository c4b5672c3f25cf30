package restapi

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"strings"

	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/apigatewaydeployment"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/apigatewayintegration"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/apigatewaymethod"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/apigatewayresource"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/constructs/httpapi"
	"hubspoke/internal/tf"
)

// split are the method and the path of a route.
func split(route string) (method, path string) {
	method, path, _ = strings.Cut(route, " ")
	return method, strings.TrimSuffix(path, "/")
}

// paths makes each part of a path that a route has, `aws_api_gateway_resource.<id>_<path>`,
// below the one before. It returns their ids, by path; that of the API itself is "".
func (m *made) paths() map[string]*string {
	ids := map[string]*string{"": m.api.RootResourceId()}
	for _, route := range tf.Keys(m.Routes) {
		_, path := split(route)
		parent := ""
		for _, part := range strings.Split(path, "/")[1:] {
			whole := parent + "/" + part
			if ids[whole] == nil {
				name := tf.Name(m.id, httpapi.RouteName(whole))
				ids[whole] = tf.Named(name, apigatewayresource.NewApiGatewayResource(m.scope, tf.ID("aws_api_gateway_resource", name), &apigatewayresource.ApiGatewayResourceConfig{
					RestApiId: m.api.Id(), ParentId: ids[parent], PathPart: tf.String(part),
				})).Id()
			}
			parent = whole
		}
	}
	return ids
}

// methods make `aws_api_gateway_method.<id>_<route>` for each route, with an integration that
// asks the service for the same path. The address of an integration does not say where
// requests go, which is the link's, but which name is asked for, and verified.
//
//   - https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-private-integration.html
//   - https://docs.aws.amazon.com/apigateway/latest/api/API_PutIntegration.html
func (m *made) methods(paths map[string]*string) []cdktf.ITerraformDependable {
	asks := "NONE"
	if m.IAM {
		asks = "AWS_IAM"
	}
	var all []cdktf.ITerraformDependable
	for _, route := range tf.Keys(m.Routes) {
		verb, path := split(route)
		taken, passed := map[string]any{}, map[string]string{}
		for _, variable := range variables.FindAllStringSubmatch(path, -1) {
			taken["method.request.path."+variable[1]] = true
			passed["integration.request.path."+variable[1]] = "method.request.path." + variable[1]
		}
		name := tf.Name(m.id, httpapi.RouteName(route))
		asked := &apigatewaymethod.ApiGatewayMethodConfig{
			RestApiId: m.api.Id(), ResourceId: paths[path], HttpMethod: tf.String(verb), Authorization: tf.String(asks), RequestParameters: flags(taken),
		}
		if len(m.Keys) > 0 {
			asked.ApiKeyRequired = true
		}
		method := tf.Named(name, apigatewaymethod.NewApiGatewayMethod(m.scope, tf.ID("aws_api_gateway_method", name), asked))
		service := m.Services[m.Routes[route]]
		arguments := &apigatewayintegration.ApiGatewayIntegrationConfig{
			RestApiId:             m.api.Id(),
			ResourceId:            paths[path],
			HttpMethod:            method.HttpMethod(),
			Type:                  tf.String("HTTP_PROXY"),
			IntegrationHttpMethod: tf.String(verb),
			Uri:                   tf.String("https://" + service.Domain + "/" + strings.TrimPrefix(variables.ReplaceAllString(path, "{$1}"), "/")),
			ConnectionType:        tf.String("VPC_LINK"),
			ConnectionId:          service.LinkID,
			TimeoutMilliseconds:   tf.Number(m.TimeoutSeconds * 1000),
		}
		if len(passed) > 0 {
			arguments.RequestParameters = tf.Map(passed)
		}
		all = append(all, method, tf.Named(name, apigatewayintegration.NewApiGatewayIntegration(m.scope, tf.ID("aws_api_gateway_integration", name), arguments)))
	}
	return all
}

// variables are those of a path: `{id}` and, for all the rest, `{proxy+}`.
var variables = regexp.MustCompile(`\{([^{}+]*)\+?\}`)

// flags are nil if there are none.
func flags(values map[string]any) *map[string]any {
	if len(values) == 0 {
		return nil
	}
	return &values
}

// deployment is what the stage has. A deployment never changes: another is made when anything
// differs that it holds, which are the routes, where they lead, the links, and who is let in,
// by the policy too, and the stage goes over to it before the old one is deleted.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-deploy-api.html
func (m *made) deployment(parts []cdktf.ITerraformDependable) *string {
	type target struct {
		Service, Domain string
	}
	content := struct {
		Routes  map[string]target
		IAM     bool
		Timeout int
		// Left out where there are none, as before there were any.
		Keys bool `json:",omitempty"`
	}{Routes: map[string]target{}, IAM: m.IAM, Timeout: m.TimeoutSeconds, Keys: len(m.Keys) > 0}
	triggers := map[string]*string{}
	if m.Private != nil {
		triggers["endpoint"] = m.Private.EndpointID // of which the policy is made
	}
	for route, service := range m.Routes {
		content.Routes[route] = target{service, m.Services[service].Domain}
		triggers[tf.Name("link", service)] = m.Services[service].LinkID
	}
	text, err := json.Marshal(content)
	if err != nil {
		panic(err) // texts always encode
	}
	sum := sha256.Sum256(text)
	triggers["content"] = tf.String(hex.EncodeToString(sum[:]))
	return tf.Named(m.id, apigatewaydeployment.NewApiGatewayDeployment(m.scope, tf.ID("aws_api_gateway_deployment", m.id), &apigatewaydeployment.ApiGatewayDeploymentConfig{
		RestApiId: m.api.Id(),
		Triggers:  &triggers,
		DependsOn: tf.DependsOn(parts...),
		Lifecycle: tf.ReplacedFirst(),
	})).Id()
}
