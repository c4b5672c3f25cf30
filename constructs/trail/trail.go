// Package trail makes an account's CloudTrail trail: who did what in the account,
// in every Region, delivered to a central bucket and signed, so that a change to
// a delivered file shows.
//
// It records management events. Data events (single objects, single invocations)
// are paid for by their number, and copies to CloudWatch Logs a second time; an
// estate that wants them says so first.
//
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/best-practices-security.html
package trail

import (
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudtrail"

	"hubspoke/internal/tf"
)

// Config describes a trail.
type Config struct {
	// Name is the trail's name. The policies of the bucket and the key know the trail by the ARN that follows from it.
	Name string
	// Bucket is the name of the bucket, of any account, and KeyARN the key that encrypts the logs.
	Bucket, KeyARN *string
}

// Trail is what the construct made.
type Trail struct {
	// ARN is the trail's ARN, in the Region that it was made in.
	ARN *string
}

// New makes the trail `aws_cloudtrail.<id>`.
func New(scope constructs.Construct, id string, config Config) (*Trail, error) {
	if config.Name == "" || config.Bucket == nil || config.KeyARN == nil {
		return nil, fmt.Errorf("trail %q: want a name, a bucket and a key", config.Name)
	}
	trail := tf.Named(id, cloudtrail.NewCloudtrail(scope, tf.ID("aws_cloudtrail", id), &cloudtrail.CloudtrailConfig{
		Name:               tf.String(config.Name),
		S3BucketName:       config.Bucket,
		KmsKeyId:           config.KeyARN,
		EnableLogging:      true,
		IsMultiRegionTrail: true,
		// IAM, STS and CloudFront have no Region of their own.
		IncludeGlobalServiceEvents: true,
		EnableLogFileValidation:    true,
		Tags:                       tf.Tags(config.Name),
	}))
	return &Trail{ARN: trail.Arn()}, nil
}
