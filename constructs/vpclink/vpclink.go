// Package vpclink makes what leads from API Gateway into a VPC: the link, whose interfaces
// the requests leave by, and load balancers before addresses that are no instances. A link
// can name no endpoint, and no address: it takes a load balancer of its own account.
//
// A link is for all APIs of a VPC, and each service has a load balancer of its own: AWS
// changes no link, and one load balancer for all would have another listener, and its health,
// with each service.
//
// It makes no APIs. It ends no TLS: the load balancers pass bytes on, so that who answers is
// who has the certificate that the API verifies.
//
//   - https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-vpc-links.html
//   - https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-private.html
package vpclink

import (
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/apigatewayv2vpclink"

	"hubspoke/constructs/securitygroup"
	"hubspoke/internal/tf"
)

// port is where load balancers listen, and what is behind them answers.
const port = 443

// Config describes a link.
type Config struct {
	// Name is the link's name, and its group's.
	Name string
	// VPCID is the VPC of the subnets.
	VPCID *string
	// SubnetIDs are where the link has interfaces, none of them in a zone that AWS makes none in.
	SubnetIDs []*string
}

// Link is what the construct made.
type Link struct {
	// ID is the link's id.
	ID *string

	id    string
	group *securitygroup.Group
}

// New makes the link `aws_apigatewayv2_vpc_link.<id>` and its group. AWS changes none: for
// other subnets there is another link, which the APIs change to before the old one goes.
func New(scope constructs.Construct, id string, config Config) (*Link, error) {
	if config.Name == "" || config.VPCID == nil || len(config.SubnetIDs) == 0 {
		return nil, fmt.Errorf("VPC link %q: want a name, a VPC and subnets in it", config.Name)
	}
	group, err := securitygroup.New(scope, id, securitygroup.Config{
		Name:        config.Name,
		Description: "Link of API Gateway: sends requests to load balancers",
		VPCID:       config.VPCID,
	})
	if err != nil {
		return nil, err
	}
	link := tf.Named(id, apigatewayv2vpclink.NewApigatewayv2VpcLink(scope, tf.ID("aws_apigatewayv2_vpc_link", id), &apigatewayv2vpclink.Apigatewayv2VpcLinkConfig{
		Name:             tf.String(config.Name),
		SubnetIds:        tf.Tokens(config.SubnetIDs...),
		SecurityGroupIds: tf.Tokens(group.ID),
		Tags:             tf.Tags(config.Name),
		Lifecycle:        tf.ReplacedFirst(),
	}))
	return &Link{ID: link.Id(), id: id, group: group}, nil
}
