// Package zoneassociation makes a VPC resolve a private hosted zone of another
// account: the zone's account authorizes the VPC, and the VPC's account
// associates it.
//
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-associate-vpcs-different-accounts.html
package zoneassociation

import (
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/route53vpcassociationauthorization"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/route53zoneassociation"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/internal/tf"
)

// Config describes an association.
type Config struct {
	// ZoneProvider acts in the zone's account, and VPCProvider in the VPC's. Nil is the stack's own.
	ZoneProvider, VPCProvider cdktf.TerraformProvider
	// ZoneID is the private hosted zone.
	ZoneID *string
	// VPCID is the VPC, in Region.
	VPCID  *string
	Region string
}

// Association is what the construct made.
type Association struct {
	// ID is the association's id.
	ID *string
}

// New makes the association `aws_route53_zone_association.<id>` and the
// authorization `aws_route53_vpc_association_authorization.<id>`.
//
// Route 53 looks at the authorization only when the association is made. It is
// kept all the same, because a replaced association needs it again.
func New(scope constructs.Construct, id string, config Config) (*Association, error) {
	if config.ZoneID == nil || config.VPCID == nil {
		return nil, fmt.Errorf("zone association %s: want a zone and a VPC", id)
	}
	authorization := tf.Named(id, route53vpcassociationauthorization.NewRoute53VpcAssociationAuthorization(scope, tf.ID("aws_route53_vpc_association_authorization", id), &route53vpcassociationauthorization.Route53VpcAssociationAuthorizationConfig{
		Provider:  config.ZoneProvider,
		ZoneId:    config.ZoneID,
		VpcId:     config.VPCID,
		VpcRegion: tf.String(config.Region),
	}))
	association := tf.Named(id, route53zoneassociation.NewRoute53ZoneAssociation(scope, tf.ID("aws_route53_zone_association", id), &route53zoneassociation.Route53ZoneAssociationConfig{
		Provider:  config.VPCProvider,
		ZoneId:    config.ZoneID,
		VpcId:     config.VPCID,
		VpcRegion: tf.String(config.Region),
		DependsOn: tf.DependsOn(authorization),
	}))
	return &Association{ID: association.Id()}, nil
}
