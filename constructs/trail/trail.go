// Package trail makes an account's CloudTrail trail: who did what in the account,
// in every Region, delivered to a central bucket and signed, so that a change to
// a delivered file shows. The account that owns an organisation can make one that records
// this of all accounts.
//
// With topics it goes to a log group as well, where alarms ring when something happens
// that CIS wants to be known at once.
//
// It records management events. Data events (single objects, single invocations) are paid
// for by their number; an estate that wants them says so first.
//
//   - https://docs.aws.amazon.com/awscloudtrail/latest/userguide/best-practices-security.html
//   - https://docs.aws.amazon.com/awscloudtrail/latest/userguide/send-cloudtrail-events-to-cloudwatch-logs.html
package trail

import (
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudtrail"

	"hubspoke/internal/arn"
	"hubspoke/internal/tf"
)

// Config describes a trail.
type Config struct {
	// Name is the trail's name. The policies of the bucket and the key know the trail by the ARN that follows from it.
	Name string
	// Bucket is the name of the bucket, of any account, and KeyARN the key that encrypts the logs.
	Bucket, KeyARN *string
	// Organization is the id of the organisation whose accounts it records; the trail's account owns it. Default: the trail records its own account alone.
	Organization string
	// Alarms are those about what the trail records. Default: none, and no log group.
	Alarms *Alarms
	// Account is the trail's.
	Account arn.Account
}

// Trail is what the construct made.
type Trail struct {
	// ARN is the trail's ARN, in the Region that it was made in.
	ARN *string
}

// New makes the trail `aws_cloudtrail.<id>` and, with alarms, the log group
// `aws_cloudwatch_log_group.<id>_trail` with an alarm `<id>_<what>` for each thing to know.
func New(scope constructs.Construct, id string, config Config) (*Trail, error) {
	if config.Name == "" || config.Bucket == nil || config.KeyARN == nil || !config.Account.Complete() {
		return nil, fmt.Errorf("trail %q: want a name, a bucket, a key and an account", config.Name)
	}
	arguments := &cloudtrail.CloudtrailConfig{
		Name:                tf.String(config.Name),
		S3BucketName:        config.Bucket,
		KmsKeyId:            config.KeyARN,
		EnableLogging:       true,
		IsMultiRegionTrail:  true,
		IsOrganizationTrail: organizations(config.Organization),
		// IAM, STS and CloudFront have no Region of their own.
		IncludeGlobalServiceEvents: true,
		EnableLogFileValidation:    true,
		Tags:                       tf.Tags(config.Name),
	}
	if config.Organization != "" {
		arguments.Lifecycle = tf.HardToLose() // without it nobody knows what any account does
	}
	if config.Alarms != nil {
		if err := config.watch(scope, id, arguments); err != nil {
			return nil, err
		}
	}
	made := tf.Named(id, cloudtrail.NewCloudtrail(scope, tf.ID("aws_cloudtrail", id), arguments))
	return &Trail{ARN: made.Arn()}, nil
}

// organizations says that a trail is an organisation's; nothing, if it is not.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/creating-trail-organization.html
func organizations(id string) any {
	if id == "" {
		return nil
	}
	return true
}
