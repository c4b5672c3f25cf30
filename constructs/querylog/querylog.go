// Package querylog logs what the resolver of a VPC is asked, and by whom: to a central
// bucket, where it stays, or to a log group of the VPC's own account, where alarms ring
// when names are not answered, blocked, or carry data. A VPC may have one of each.
//
// The configuration can be shared through AWS RAM as
// route53resolver:ResolverQueryLogConfig; other accounts then associate their own
// VPCs with it. The share is not made here. The bucket's policy must admit the
// delivery.
//
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-query-logs.html
package querylog

import (
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/route53resolverquerylogconfig"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/route53resolverquerylogconfigassociation"

	"hubspoke/internal/tf"
)

// Config describes a query logging configuration.
type Config struct {
	// Name is the configuration's name.
	Name string
	// BucketARN is the bucket that takes the logs, of any account. AWS files them under AWSLogs/<account>/vpcdnsquerylogs/<VPC>.
	BucketARN *string
	// VPCID is the VPC of the configuration's own account to log.
	VPCID *string
}

// QueryLog is what the construct made.
type QueryLog struct {
	// ID is what VPCs are associated with, and ARN what a share names.
	ID, ARN *string
}

// New makes the configuration `aws_route53_resolver_query_log_config.<id>`. It
// logs the VPC through the association of the same name.
func New(scope constructs.Construct, id string, config Config) (*QueryLog, error) {
	if config.BucketARN == nil || config.VPCID == nil {
		return nil, fmt.Errorf("query log %s: want a bucket and a VPC", config.Name)
	}
	log := tf.Named(id, route53resolverquerylogconfig.NewRoute53ResolverQueryLogConfig(scope, tf.ID("aws_route53_resolver_query_log_config", id), &route53resolverquerylogconfig.Route53ResolverQueryLogConfigConfig{
		Name:           tf.String(config.Name),
		DestinationArn: config.BucketARN,
		Tags:           tf.Tags(config.Name),
	}))
	if _, err := NewAssociation(scope, id, AssociationConfig{QueryLogID: log.Id(), VPCID: config.VPCID}); err != nil {
		return nil, err
	}
	return &QueryLog{ID: log.Id(), ARN: log.Arn()}, nil
}

// AssociationConfig describes the association of a VPC with a configuration.
type AssociationConfig struct {
	// QueryLogID is the configuration, of this account or shared by another one.
	QueryLogID *string
	// VPCID is the VPC to log.
	VPCID *string
}

// Association is the association of a VPC with a configuration.
type Association struct {
	// ID is the association's id.
	ID *string
}

// NewAssociation logs what the resolver of a VPC is asked, as
// `aws_route53_resolver_query_log_config_association.<id>`.
func NewAssociation(scope constructs.Construct, id string, config AssociationConfig) (*Association, error) {
	if config.QueryLogID == nil || config.VPCID == nil {
		return nil, fmt.Errorf("association of query log %s: want a configuration and a VPC", id)
	}
	made := tf.Named(id, route53resolverquerylogconfigassociation.NewRoute53ResolverQueryLogConfigAssociation(scope, tf.ID("aws_route53_resolver_query_log_config_association", id), &route53resolverquerylogconfigassociation.Route53ResolverQueryLogConfigAssociationConfig{
		ResolverQueryLogConfigId: config.QueryLogID,
		ResourceId:               config.VPCID,
	}))
	return &Association{ID: made.Id()}, nil
}
