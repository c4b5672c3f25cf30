// Package bucket makes S3 buckets that keep what must not get lost or seen:
// versioned, encrypted with a key of one's own, closed to the public, reached over
// TLS only.
//
// Who asked them for what is logged to a further bucket of the same account and Region,
// which S3 can write to: it has neither the key nor object lock. A trail's data events
// would say more of each request, and cost something for each.
//
//   - https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html
//   - https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html
package bucket

import (
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/s3bucket"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/s3bucketlifecycleconfiguration"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/s3bucketobjectlockconfiguration"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/s3bucketownershipcontrols"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/s3bucketpolicy"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/s3bucketpublicaccessblock"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/s3bucketserversideencryptionconfiguration"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/s3bucketversioning"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/internal/arn"
	"hubspoke/internal/policy"
	"hubspoke/internal/tf"
)

// defaultNoncurrentDays leaves a month to notice that something was deleted or
// overwritten.
const defaultNoncurrentDays = 30

// abortUploadDays is the age at which the parts of an upload that was never
// completed are deleted. They are invisible, and paid for.
const abortUploadDays = 7

// Config describes a bucket.
type Config struct {
	// Name is the bucket's name, unique in all of AWS.
	Name string
	// Account is the bucket's.
	Account arn.Account
	// KeyARN is the KMS key that encrypts every object. Who reads or writes objects needs the key too.
	KeyARN *string
	// Statements are the bucket policy, beside the one that refuses requests without TLS.
	Statements []policy.Statement
	// ArchiveAfterDays is the age at which objects move to Glacier Instant Retrieval; 0 is never.
	ArchiveAfterDays int
	// ExpireAfterDays is the age at which objects are deleted, which makes them noncurrent; 0 is never.
	ExpireAfterDays int
	// NoncurrentDays is how long a version stays after it was deleted or overwritten. 0 is 30 days.
	NoncurrentDays int
	// ObjectLockDays is how long no version can be deleted, except by those who may bypass governance retention; 0 is off. Once on, S3 lets nobody switch object lock off again, only its days can change.
	ObjectLockDays int
	// AccessLogs is the bucket that logs of requests go to. Default: none, and requests are not logged.
	AccessLogs *AccessLogs

	// takesAccessLogs says that S3 writes to the bucket, which takes a key of S3's.
	takesAccessLogs bool
}

// Bucket is what the construct made.
type Bucket struct {
	// Name and ARN are known from the start. Policies use them, because a policy that names its own bucket must not wait for it.
	Name, ARN string
	// ID and ARNToken are the same, known only after apply: who uses them waits for the bucket.
	ID, ARNToken *string
}

// New makes the bucket `aws_s3_bucket.<id>`; its settings have the same name.
func New(scope constructs.Construct, id string, config Config) (*Bucket, error) {
	if err := config.check(); err != nil {
		return nil, err
	}
	made, _ := config.make(scope, id)
	return made, nil
}

// make returns the bucket, and its policy, which is the last that it needs to be used.
func (c Config) make(scope constructs.Construct, id string) (*Bucket, cdktf.ITerraformDependable) {
	bucket := tf.Named(id, s3bucket.NewS3Bucket(scope, tf.ID("aws_s3_bucket", id), &s3bucket.S3BucketConfig{
		Bucket:    tf.String(c.Name),
		Tags:      tf.Tags(c.Name),
		Lifecycle: tf.HardToLose(),
	}))
	c.encryption(scope, id, bucket)
	policy := c.access(scope, id, bucket)
	versioning := c.versioning(scope, id, bucket)
	c.lifecycle(scope, id, bucket, versioning)
	if c.ObjectLockDays > 0 {
		c.objectLock(scope, id, bucket, versioning)
	}
	if c.AccessLogs != nil {
		c.logAccess(scope, id, bucket)
	}
	return &Bucket{Name: c.Name, ARN: c.arn(), ID: bucket.Id(), ARNToken: bucket.Arn()}, policy
}

func (c Config) check() error {
	switch {
	case c.Name == "" || !c.Account.Complete() || c.KeyARN == nil && !c.takesAccessLogs:
		return fmt.Errorf("bucket %q: want a name, an account and a key", c.Name)
	case c.ArchiveAfterDays < 0 || c.ExpireAfterDays < 0 || c.NoncurrentDays < 0 || c.ObjectLockDays < 0:
		return fmt.Errorf("bucket %s: days are not negative", c.Name)
	case c.ExpireAfterDays > 0 && c.ArchiveAfterDays >= c.ExpireAfterDays:
		return fmt.Errorf("bucket %s: objects expire after %d days, so they cannot be archived after %d", c.Name, c.ExpireAfterDays, c.ArchiveAfterDays)
	}
	return nil
}

func (c Config) arn() string { return c.Account.Bucket(c.Name) }

// encryption is with the key or, where there is none, with one of S3.
func (c Config) encryption(scope constructs.Construct, id string, bucket s3bucket.S3Bucket) {
	rule := s3bucketserversideencryptionconfiguration.S3BucketServerSideEncryptionConfigurationRuleA{
		ApplyServerSideEncryptionByDefault: &s3bucketserversideencryptionconfiguration.S3BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultA{
			SseAlgorithm: jsii.String("AES256"),
		},
	}
	if c.KeyARN != nil {
		// One call to KMS for many objects: logs are many small ones.
		rule.BucketKeyEnabled = true
		rule.ApplyServerSideEncryptionByDefault.SseAlgorithm = jsii.String("aws:kms")
		rule.ApplyServerSideEncryptionByDefault.KmsMasterKeyId = c.KeyARN
	}
	tf.Named(id, s3bucketserversideencryptionconfiguration.NewS3BucketServerSideEncryptionConfigurationA(scope, tf.ID("aws_s3_bucket_server_side_encryption_configuration", id), &s3bucketserversideencryptionconfiguration.S3BucketServerSideEncryptionConfigurationAConfig{
		Bucket: bucket.Id(),
		Rule:   []s3bucketserversideencryptionconfiguration.S3BucketServerSideEncryptionConfigurationRuleA{rule},
	}))
}

// access makes the bucket's owner the only one whose policies count, and writes
// that policy. The public access block comes before it, so that S3 itself refuses
// a policy that would open the bucket. One waits for the other, because S3 rejects
// such changes when they are made at the same time:
// https://github.com/hashicorp/terraform-provider-aws/issues/7628
func (c Config) access(scope constructs.Construct, id string, bucket s3bucket.S3Bucket) cdktf.ITerraformDependable {
	ownership := tf.Named(id, s3bucketownershipcontrols.NewS3BucketOwnershipControls(scope, tf.ID("aws_s3_bucket_ownership_controls", id), &s3bucketownershipcontrols.S3BucketOwnershipControlsConfig{
		Bucket: bucket.Id(),
		Rule:   &s3bucketownershipcontrols.S3BucketOwnershipControlsRule{ObjectOwnership: jsii.String("BucketOwnerEnforced")},
	}))
	block := tf.Named(id, s3bucketpublicaccessblock.NewS3BucketPublicAccessBlock(scope, tf.ID("aws_s3_bucket_public_access_block", id), &s3bucketpublicaccessblock.S3BucketPublicAccessBlockConfig{
		Bucket:                bucket.Id(),
		BlockPublicAcls:       true,
		BlockPublicPolicy:     true,
		IgnorePublicAcls:      true,
		RestrictPublicBuckets: true,
		DependsOn:             tf.DependsOn(ownership),
	}))
	return tf.Named(id, s3bucketpolicy.NewS3BucketPolicy(scope, tf.ID("aws_s3_bucket_policy", id), &s3bucketpolicy.S3BucketPolicyConfig{
		Bucket:    bucket.Id(),
		Policy:    policy.Document(policy.Bucket(c.arn(), c.Statements...)...),
		DependsOn: tf.DependsOn(block),
	}))
}

func (c Config) versioning(scope constructs.Construct, id string, bucket s3bucket.S3Bucket) s3bucketversioning.S3BucketVersioningA {
	return tf.Named(id, s3bucketversioning.NewS3BucketVersioningA(scope, tf.ID("aws_s3_bucket_versioning", id), &s3bucketversioning.S3BucketVersioningAConfig{
		Bucket:                  bucket.Id(),
		VersioningConfiguration: &s3bucketversioning.S3BucketVersioningVersioningConfiguration{Status: jsii.String("Enabled")},
	}))
}

// lifecycle waits for versioning, since rules about noncurrent versions mean
// nothing without it.
func (c Config) lifecycle(scope constructs.Construct, id string, bucket s3bucket.S3Bucket, versioning s3bucketversioning.S3BucketVersioningA) {
	noncurrentDays := c.NoncurrentDays
	if noncurrentDays == 0 {
		noncurrentDays = defaultNoncurrentDays
	}
	cleanUp := lifecycleRule("clean-up")
	cleanUp.AbortIncompleteMultipartUpload = []s3bucketlifecycleconfiguration.S3BucketLifecycleConfigurationRuleAbortIncompleteMultipartUpload{{
		DaysAfterInitiation: tf.Number(abortUploadDays),
	}}
	cleanUp.NoncurrentVersionExpiration = []s3bucketlifecycleconfiguration.S3BucketLifecycleConfigurationRuleNoncurrentVersionExpiration{{
		NoncurrentDays: tf.Number(noncurrentDays),
	}}
	// A deleted object whose versions are all gone leaves its delete marker.
	cleanUp.Expiration = []s3bucketlifecycleconfiguration.S3BucketLifecycleConfigurationRuleExpiration{{
		ExpiredObjectDeleteMarker: true,
	}}
	rules := []s3bucketlifecycleconfiguration.S3BucketLifecycleConfigurationRule{cleanUp}
	if c.ArchiveAfterDays > 0 {
		archive := lifecycleRule("archive")
		archive.Transition = []s3bucketlifecycleconfiguration.S3BucketLifecycleConfigurationRuleTransition{{
			Days: tf.Number(c.ArchiveAfterDays), StorageClass: jsii.String("GLACIER_IR"),
		}}
		rules = append(rules, archive)
	}
	if c.ExpireAfterDays > 0 {
		expire := lifecycleRule("expire")
		expire.Expiration = []s3bucketlifecycleconfiguration.S3BucketLifecycleConfigurationRuleExpiration{{
			Days: tf.Number(c.ExpireAfterDays),
		}}
		rules = append(rules, expire)
	}
	tf.Named(id, s3bucketlifecycleconfiguration.NewS3BucketLifecycleConfiguration(scope, tf.ID("aws_s3_bucket_lifecycle_configuration", id), &s3bucketlifecycleconfiguration.S3BucketLifecycleConfigurationConfig{
		Bucket:    bucket.Id(),
		Rule:      rules,
		DependsOn: tf.DependsOn(versioning),
	}))
}

// lifecycleRule is a rule for every object of the bucket.
func lifecycleRule(id string) s3bucketlifecycleconfiguration.S3BucketLifecycleConfigurationRule {
	return s3bucketlifecycleconfiguration.S3BucketLifecycleConfigurationRule{
		Id:     jsii.String(id),
		Status: jsii.String("Enabled"),
		Filter: []s3bucketlifecycleconfiguration.S3BucketLifecycleConfigurationRuleFilter{{}},
	}
}

// objectLock switches object lock on after versioning, which S3 accepts at any
// time, rather than by the bucket's own argument, which would replace the bucket.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-configure.html
func (c Config) objectLock(scope constructs.Construct, id string, bucket s3bucket.S3Bucket, versioning s3bucketversioning.S3BucketVersioningA) {
	tf.Named(id, s3bucketobjectlockconfiguration.NewS3BucketObjectLockConfigurationA(scope, tf.ID("aws_s3_bucket_object_lock_configuration", id), &s3bucketobjectlockconfiguration.S3BucketObjectLockConfigurationAConfig{
		Bucket: bucket.Id(),
		Rule: &s3bucketobjectlockconfiguration.S3BucketObjectLockConfigurationRuleA{
			DefaultRetention: &s3bucketobjectlockconfiguration.S3BucketObjectLockConfigurationRuleDefaultRetentionA{
				Mode: jsii.String("GOVERNANCE"), Days: tf.Number(c.ObjectLockDays),
			},
		},
		DependsOn: tf.DependsOn(versioning),
	}))
}
