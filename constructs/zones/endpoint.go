package zones

import (
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/route53record"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/internal/tf"
)

// EndpointConfig describes the private zone of an interface endpoint.
type EndpointConfig struct {
	PrivateConfig
	// Wildcard says that clients use names below the domain too.
	Wildcard bool
	// DNSName is the endpoint's regional name, and DNSZoneID the hosted zone of that name.
	DNSName, DNSZoneID *string
}

// NewEndpoint makes the zone `aws_route53_zone.<id>`, whose name is the name that
// clients of an AWS service use, with an alias to the endpoint. It holds nothing
// that anybody wrote, and may go together with its endpoint.
//
// https://docs.aws.amazon.com/whitepapers/latest/building-scalable-secure-multi-vpc-network-infrastructure/centralized-access-to-vpc-private-endpoints.html
func NewEndpoint(scope constructs.Construct, id string, config EndpointConfig) (*Zone, error) {
	if config.DNSName == nil || config.DNSZoneID == nil {
		return nil, fmt.Errorf("endpoint zone %s: want the endpoint's regional name and its zone", id)
	}
	zone, err := private(scope, id, config.PrivateConfig, &cdktf.TerraformResourceLifecycle{})
	if err != nil {
		return nil, err
	}
	zone.alias(id, config.Domain, config)
	if config.Wildcard {
		zone.alias(tf.Name(id, "wildcard"), "*."+config.Domain, config)
	}
	return zone, nil
}

func (z *Zone) alias(name, domain string, config EndpointConfig) {
	tf.Named(name, route53record.NewRoute53Record(z.scope, tf.ID("aws_route53_record", name), &route53record.Route53RecordConfig{
		ZoneId: z.ID,
		Name:   tf.String(domain),
		Type:   jsii.String("A"),
		Alias: &route53record.Route53RecordAlias{
			Name:   config.DNSName,
			ZoneId: config.DNSZoneID,
			// There is one target. To answer with nothing when it is ill would not
			// help anybody.
			EvaluateTargetHealth: false,
		},
	}))
}
