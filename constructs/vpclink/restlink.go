package vpclink

import (
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/apigatewayvpclink"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/lb"

	"hubspoke/internal/tf"
)

// restLink makes the link `aws_api_gateway_vpc_link.<id>`, by which REST APIs of the account
// reach one load balancer, and nothing else does. AWS changes no link: for another load balancer
// there is another one, which the APIs go over to before the old one goes.
//
//   - https://docs.aws.amazon.com/apigateway/latest/developerguide/vpc-links-v1.html
//   - https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-nlb-for-vpclink-using-console.html
func restLink(scope constructs.Construct, id, label string, balancer lb.Lb) *string {
	return tf.Named(id, apigatewayvpclink.NewApiGatewayVpcLink(scope, tf.ID("aws_api_gateway_vpc_link", id), &apigatewayvpclink.ApiGatewayVpcLinkConfig{
		Name:       tf.String(label),
		TargetArns: tf.Tokens(balancer.Arn()),
		Tags:       tf.Tags(label),
		Lifecycle:  tf.ReplacedFirst(),
	})).Id()
}
