package zones

import (
	"fmt"
	"strings"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/route53record"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/route53zone"

	"hubspoke/internal/tf"
)

// delegationTTL is how long resolvers keep a delegation, in seconds. Route 53's
// own default is two days, for which a wrong delegation would stay wrong.
const delegationTTL = 300

// PublicConfig describes a public hosted zone.
type PublicConfig struct {
	// Domain is the zone's domain name.
	Domain string
	// Comment says what the zone is for.
	Comment string
}

// NewPublic makes the zone `aws_route53_zone.<id>`.
func NewPublic(scope constructs.Construct, id string, config PublicConfig) (*Zone, error) {
	if config.Domain == "" {
		return nil, fmt.Errorf("public zone %s: no domain", id)
	}
	resource := tf.Named(id, route53zone.NewRoute53Zone(scope, tf.ID("aws_route53_zone", id), &route53zone.Route53ZoneConfig{
		Name:         tf.String(config.Domain),
		Comment:      tf.String(config.Comment),
		ForceDestroy: false,
		Tags:         tf.Tags(config.Domain),
		// A new zone would have other name servers, which every parent domain
		// would have to learn.
		Lifecycle: tf.HardToLose(),
	}))
	return &Zone{Domain: config.Domain, ID: resource.ZoneId(), ARN: resource.Arn(), NameServers: resource.NameServers(), scope: scope}, nil
}

// Delegate makes the parent zone refer to a zone below it, with the record
// `aws_route53_record.delegation_<domain>`. The record is not kept from being
// replaced: it follows from the zones, and it moves when a parent in between
// is made.
//
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-routing-traffic-for-subdomains.html
func (parent *Zone) Delegate(child *Zone) error {
	if !strings.HasSuffix(child.Domain, "."+parent.Domain) {
		return fmt.Errorf("public zone %s cannot delegate %s, which is not below it", parent.Domain, child.Domain)
	}
	name := tf.Name("delegation", child.Domain)
	tf.Named(name, route53record.NewRoute53Record(parent.scope, tf.ID("aws_route53_record", name), &route53record.Route53RecordConfig{
		ZoneId:  parent.ID,
		Name:    tf.String(child.Domain),
		Type:    jsii.String("NS"),
		Ttl:     tf.Number(delegationTTL),
		Records: child.NameServers,
	}))
	return nil
}
