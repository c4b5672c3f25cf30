// Package endpoints makes VPC endpoints: interface endpoints, which are addresses
// in subnets, and the S3 gateway endpoint, which is a route.
//
// https://docs.aws.amazon.com/vpc/latest/privatelink/concepts.html
package endpoints

import (
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/vpcendpoint"

	"hubspoke/constructs/vpc"
	"hubspoke/internal/arn"
	"hubspoke/internal/policy"
	"hubspoke/internal/tf"
)

// S3Config describes the S3 gateway endpoint of a VPC.
type S3Config struct {
	// Account is the VPC's.
	Account arn.Account
	// VPC is the VPC.
	VPC *vpc.VPC
	// Subnets are those whose route tables get the route. TableIDs are further route tables that get it.
	Subnets  []*vpc.Subnet
	TableIDs []*string
	// Accounts are the numbers of the accounts whose principals may use the endpoint.
	Accounts []string
}

// S3 is the S3 gateway endpoint of a VPC.
type S3 struct {
	// PrefixListID is the list of S3's addresses, for rules of security groups.
	PrefixListID *string
}

// NewS3 makes the endpoint `aws_vpc_endpoint.<id>`. It serves its own VPC alone:
// not what comes through a transit gateway. It costs nothing.
//
// https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-s3.html
func NewS3(scope constructs.Construct, id string, config S3Config) (*S3, error) {
	if config.VPC == nil || !config.Account.Complete() || len(config.Accounts) == 0 {
		return nil, fmt.Errorf("gateway endpoint %s: want a VPC, its account, and the accounts that may use it", id)
	}
	var tables []*string
	for _, t := range vpc.Tables(config.Subnets) {
		tables = append(tables, t.ID)
	}
	tables = append(tables, config.TableIDs...)
	endpoint := tf.Named(id, vpcendpoint.NewVpcEndpoint(scope, tf.ID("aws_vpc_endpoint", id), &vpcendpoint.VpcEndpointConfig{
		VpcId:           config.VPC.ID,
		VpcEndpointType: jsii.String("Gateway"),
		ServiceName:     tf.String("com.amazonaws." + config.Account.Region + ".s3"),
		RouteTableIds:   tf.Tokens(tables...),
		Policy:          config.policy(),
		Tags:            tf.Tags(config.VPC.Config.Name + "-s3"),
	}))
	return &S3{PrefixListID: endpoint.PrefixListId()}, nil
}

// policy admits the estate's principals to S3, and everything in the VPC to the
// buckets of AWS that nodes and instances read without being those principals:
// image layers come by links that ECR signs, package repositories by plain HTTPS.
//
//   - https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html#ecr-setting-up-s3-gateway
//   - https://docs.aws.amazon.com/systems-manager/latest/userguide/ssm-agent-minimum-s3-permissions.html
//   - https://repost.aws/knowledge-center/ec2-al1-al2-update-yum-without-internet
func (c S3Config) policy() *string {
	region := c.Account.Region
	objects := func(bucket string) string { return c.Account.Bucket(bucket + "/*") }
	return policy.Document(principals(c.Accounts, "s3:*"), policy.Statement{
		Sid:       "BucketsOfAWS",
		Principal: policy.Principal{Anyone: true},
		Action:    []string{"s3:GetObject"},
		Resource: []string{
			objects("prod-" + region + "-starport-layer-bucket"),
			objects("al2023-repos-" + region + "-de612dc2"),
			objects("amazon-ssm-" + region),
			objects("amazon-ssm-packages-" + region),
			objects("aws-ssm-" + region),
			objects("aws-ssm-document-attachments-" + region),
			objects("patch-baseline-snapshot-" + region),
			objects(region + "-birdwatcher-prod"),
		},
		Condition: policy.Condition{"StringEquals": {"aws:SourceVpc": {*c.VPC.ID}}},
	})
}
