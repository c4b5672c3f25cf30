package bucket

import (
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/s3bucket"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/s3bucketlogging"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/internal/arn"
	"hubspoke/internal/policy"
	"hubspoke/internal/tf"
)

// AccessLogsConfig describes a bucket for the access logs of others.
type AccessLogsConfig struct {
	// Name is the bucket's name, unique in all of AWS.
	Name string
	// Account is the bucket's, and that of the buckets whose logs it takes.
	Account arn.Account
	// Sources are the names of those buckets.
	Sources []string
	// ExpireAfterDays is the age at which logs are deleted.
	ExpireAfterDays int
}

// AccessLogs is a bucket for the access logs of others.
type AccessLogs struct {
	// ID is the bucket's name, known only after apply.
	ID *string
	// policy lets S3 write the logs.
	policy cdktf.ITerraformDependable
}

// NewAccessLogs makes the bucket `aws_s3_bucket.<id>`, as [New] does but for the key: S3
// writes access logs only where its own key encrypts, and where no object is locked.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
func NewAccessLogs(scope constructs.Construct, id string, config AccessLogsConfig) (*AccessLogs, error) {
	if len(config.Sources) == 0 || config.ExpireAfterDays <= 0 {
		return nil, fmt.Errorf("bucket %q: want the buckets whose access it logs, and how long", config.Name)
	}
	c := Config{Name: config.Name, Account: config.Account, ExpireAfterDays: config.ExpireAfterDays, takesAccessLogs: true}
	if err := c.check(); err != nil {
		return nil, err
	}
	var sources []string
	for _, name := range config.Sources {
		sources = append(sources, config.Account.Bucket(name))
	}
	c.Statements = []policy.Statement{{
		Sid:       "S3WritesAccessLogs",
		Principal: policy.Service("logging.s3.amazonaws.com"),
		Action:    []string{"s3:PutObject"},
		Resource:  []string{c.arn() + "/*"},
		Condition: policy.Condition{
			"ArnEquals":    {"aws:SourceArn": sources},
			"StringEquals": {"aws:SourceAccount": {config.Account.Number}},
		},
	}}
	made, admitted := c.make(scope, id)
	return &AccessLogs{ID: made.ID, policy: admitted}, nil
}

// logAccess has S3 log the requests to a bucket, under the bucket's name.
func (c Config) logAccess(scope constructs.Construct, id string, bucket s3bucket.S3Bucket) {
	tf.Named(id, s3bucketlogging.NewS3BucketLoggingA(scope, tf.ID("aws_s3_bucket_logging", id), &s3bucketlogging.S3BucketLoggingAConfig{
		Bucket:       bucket.Id(),
		TargetBucket: c.AccessLogs.ID,
		TargetPrefix: tf.String(c.Name + "/"),
		DependsOn:    tf.DependsOn(c.AccessLogs.policy),
	}))
}
