package zones

import (
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/route53zone"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/internal/tf"
)

// PrivateConfig describes a private hosted zone.
type PrivateConfig struct {
	// Domain is the zone's domain name. A public zone may have the same.
	Domain string
	// Comment says what the zone is for.
	Comment string
	// VPCID is a VPC of the zone's account, in Region, that resolves the zone.
	VPCID  *string
	Region string
}

// NewPrivate makes the zone `aws_route53_zone.<id>`.
func NewPrivate(scope constructs.Construct, id string, config PrivateConfig) (*Zone, error) {
	return private(scope, id, config, tf.HardToLose())
}

func private(scope constructs.Construct, id string, config PrivateConfig, lifecycle *cdktf.TerraformResourceLifecycle) (*Zone, error) {
	if config.Domain == "" || config.VPCID == nil {
		return nil, fmt.Errorf("private zone %s: want a domain and a VPC", id)
	}
	// The block lists every associated VPC. Without this, an apply would remove
	// those that were associated elsewhere:
	// https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/route53_zone_association
	lifecycle.IgnoreChanges = tf.Strings("vpc")
	resource := tf.Named(id, route53zone.NewRoute53Zone(scope, tf.ID("aws_route53_zone", id), &route53zone.Route53ZoneConfig{
		Name:         tf.String(config.Domain),
		Comment:      tf.String(config.Comment),
		ForceDestroy: false,
		Vpc:          []route53zone.Route53ZoneVpc{{VpcId: config.VPCID, VpcRegion: tf.String(config.Region)}},
		Tags:         tf.Tags(config.Domain),
		Lifecycle:    lifecycle,
	}))
	return &Zone{Domain: config.Domain, ID: resource.ZoneId(), ARN: resource.Arn(), NameServers: resource.NameServers(), scope: scope}, nil
}
