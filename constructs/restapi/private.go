package restapi

import (
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/apigatewayrestapi"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/apigatewayrestapipolicy"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/apigatewaystage"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/internal/policy"
	"hubspoke/internal/tf"
)

// endpoint says where the API is called. That an endpoint is named gives the API a name below
// it, which resolves everywhere to the endpoint's addresses, and hides no other API's.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/associate-private-api-with-vpc-endpoint.html
func (c Config) endpoint() *apigatewayrestapi.ApiGatewayRestApiEndpointConfiguration {
	if c.Private == nil {
		return &apigatewayrestapi.ApiGatewayRestApiEndpointConfiguration{Types: tf.Strings("REGIONAL")}
	}
	return &apigatewayrestapi.ApiGatewayRestApiEndpointConfiguration{Types: tf.Strings("PRIVATE"), VpcEndpointIds: tf.Tokens(c.Private.EndpointID)}
}

// url is where callers reach the API, if it has no domain.
func (m *made) url(stage apigatewaystage.ApiGatewayStage) *string {
	if m.Private == nil {
		return stage.InvokeUrl()
	}
	return tf.String("https://" + *m.api.Id() + "-" + *m.Private.EndpointID + ".execute-api." + m.Private.Region + ".amazonaws.com/" + StageName)
}

// policy makes `aws_api_gateway_rest_api_policy.<id>` of a private API, which AWS deploys no
// such API without. It admits what comes by the endpoint, and refuses all else, since whoever
// signs requests in the API's own account needs no permission here.
//
//   - https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-examples.html
//   - https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html
func (m *made) policy() []cdktf.ITerraformDependable {
	if m.Private == nil {
		return nil
	}
	statement := func(sid, effect, operator string) policy.Statement {
		return policy.Statement{
			Sid: sid, Effect: effect, Principal: policy.Principal{Anyone: true},
			Action: []string{"execute-api:Invoke"}, Resource: []string{*m.api.ExecutionArn() + "/*"},
			Condition: policy.Condition{operator: {"aws:SourceVpce": {*m.Private.EndpointID}}},
		}
	}
	made := tf.Named(m.id, apigatewayrestapipolicy.NewApiGatewayRestApiPolicy(m.scope, tf.ID("aws_api_gateway_rest_api_policy", m.id), &apigatewayrestapipolicy.ApiGatewayRestApiPolicyConfig{
		RestApiId: m.api.Id(),
		Policy:    policy.Document(statement("ByTheEndpoint", "Allow", "StringEquals"), statement("ByNothingElse", "Deny", "StringNotEquals")),
	}))
	return []cdktf.ITerraformDependable{made}
}
