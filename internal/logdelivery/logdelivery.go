// Package logdelivery writes the statements that let AWS services deliver the logs of an
// estate's accounts to the buckets of one of them: what the policies of these buckets, and
// of the key that encrypts them, say beside what they always do.
//
// Services deliver in the name of an account; the conditions on it keep a stranger from
// having them deliver here:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
//
// A bucket's policy has 20 KB at most, so what grows with the estate stands once in each
// statement: an account's number for what CloudWatch Logs delivers, and the ARN of its
// trail for CloudTrail, which is not documented to tell the account apart. Where in a
// bucket the logs of an account are filed, AWS chooses by that same account.
//
// In an organisation nothing grows: its id stands for the accounts, and it has one trail.
package logdelivery

import (
	"hubspoke/internal/arn"
	"hubspoke/internal/policy"
)

// Senders are the accounts that deliver logs, and what their deliveries are known by.
type Senders struct {
	// Archive is the account of the buckets, in the region of all.
	Archive arn.Account
	// Accounts are the account numbers, sorted, so that a new one adds an element to each list and moves none.
	Accounts []string
	// Organization is the id of the organisation that stands for the accounts, and Owner the number of the account that owns it. Default: none does.
	Organization, Owner string
	// Trails are the ARNs of the accounts' trails, sorted. The trails come later than the buckets: conditions may name what does not exist.
	Trails []string
}

// logs are CloudWatch Logs in any account; which one, says another condition.
func (s Senders) logs() []string { return []string{s.Archive.Of("*").ARN("logs", "*")} }

// source is the condition on whose deliveries they are. Whoever documents the account of
// a service's call has the organisation as well: AWS's own perimeter for services denies
// a call that has the one and not the other.
//
//   - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceorgid
//   - https://github.com/aws-samples/data-perimeter-policy-examples
func (s Senders) source() (key string, values []string) {
	if s.Organization != "" {
		return "aws:SourceOrgID", []string{s.Organization}
	}
	return "aws:SourceAccount", s.Accounts
}

// filed is where in a bucket AWS files the logs of accounts.
func filed(bucketARN string) string { return bucketARN + "/AWSLogs/*" }

// Logs admits flow logs and resolver query logs to a bucket, which the same service
// delivers. A query log configuration is shared by all accounts, and AWS does not say
// whether its logs count as those of its owner or of the VPC's; both are the estate's.
//
// The statements are those that AWS itself would add to the bucket of someone who may
// change its policy, under the same Sids.
//
//   - https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-S3.html
//   - https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-permissions.html
func (s Senders) Logs(bucketARN string) []policy.Statement {
	source, whose := s.source()
	return []policy.Statement{{
		Sid:       "AWSLogDeliveryAclCheck",
		Principal: policy.Service("delivery.logs.amazonaws.com"),
		Action:    []string{"s3:GetBucketAcl", "s3:ListBucket"},
		Resource:  []string{bucketARN},
		Condition: policy.Condition{
			"StringEquals": {source: whose},
			"ArnLike":      {"aws:SourceArn": s.logs()},
		},
	}, {
		Sid:       "AWSLogDeliveryWrite",
		Principal: policy.Service("delivery.logs.amazonaws.com"),
		Action:    []string{"s3:PutObject"},
		Resource:  []string{filed(bucketARN)},
		Condition: policy.Condition{
			"StringEquals": {source: whose, "s3:x-amz-acl": {"bucket-owner-full-control"}},
			"ArnLike":      {"aws:SourceArn": s.logs()},
		},
	}}
}

// LogsKey lets the same service encrypt what it delivers.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-S3.html#AWS-logs-SSE-KMS-S3
func (s Senders) LogsKey() []policy.Statement {
	source, whose := s.source()
	return []policy.Statement{{
		Sid:       "LogDeliveryEncrypts",
		Principal: policy.Service("delivery.logs.amazonaws.com"),
		Action:    []string{"kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"},
		Resource:  []string{"*"},
		Condition: policy.Condition{
			"StringEquals": {source: whose},
			"ArnLike":      {"aws:SourceArn": s.logs()},
		},
	}}
}

// trailsFiled is where in a bucket trails are filed: an organisation's below the
// organisation's id, and, as AWS wants it, below the owner's number, for the day on which
// the trail becomes one of that account alone.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-create-and-update-an-organizational-trail-by-using-the-aws-cli.html
func (s Senders) trailsFiled(bucketARN string) []string {
	if s.Organization == "" {
		return []string{filed(bucketARN)}
	}
	return []string{bucketARN + "/AWSLogs/" + s.Owner + "/*", bucketARN + "/AWSLogs/" + s.Organization + "/*"}
}

// Trail admits the estate's trails to a bucket. That of a multi-Region trail is the ARN in
// its home Region. Of the two that AWS documents, one statement names the trails once; the
// condition on the ACL is of the call that has one.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-set-bucket-policy-for-multiple-accounts.html
func (s Senders) Trail(bucketARN string) []policy.Statement {
	return []policy.Statement{{
		Sid:       "AWSCloudTrail",
		Principal: policy.Service("cloudtrail.amazonaws.com"),
		Action:    []string{"s3:GetBucketAcl", "s3:PutObject"},
		Resource:  append([]string{bucketARN}, s.trailsFiled(bucketARN)...),
		Condition: policy.Condition{
			"StringEquals":         {"aws:SourceArn": s.Trails},
			"StringEqualsIfExists": {"s3:x-amz-acl": {"bucket-owner-full-control"}},
		},
	}}
}

// TrailKey lets the estate's trails encrypt what they deliver, and decrypt, which
// CloudTrail asks for where the bucket has an S3 Bucket Key. With such a key S3 encrypts
// in the context of the bucket, so the condition is the trail's ARN and not CloudTrail's
// own encryption context.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
func (s Senders) TrailKey() []policy.Statement {
	return []policy.Statement{{
		Sid:       "CloudTrailEncrypts",
		Principal: policy.Service("cloudtrail.amazonaws.com"),
		Action:    []string{"kms:GenerateDataKey*", "kms:Decrypt", "kms:DescribeKey"},
		Resource:  []string{"*"},
		Condition: policy.Condition{"StringEquals": {"aws:SourceArn": s.Trails}},
	}}
}

// Config admits what AWS Config records in the accounts of the organisation, present and to
// come: that statement does not grow. Config delivers with the permissions of a role first,
// which has none here, and then as itself. It looks whether the bucket is there before.
//
//   - https://docs.aws.amazon.com/config/latest/developerguide/s3-bucket-policy.html
//   - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceorgid
func (s Senders) Config(bucketARN string) []policy.Statement {
	return []policy.Statement{{
		Sid:       "ConfigLooks",
		Principal: policy.Service("config.amazonaws.com"),
		Action:    []string{"s3:GetBucketAcl", "s3:ListBucket"},
		Resource:  []string{bucketARN},
		Condition: policy.Condition{"StringEquals": {"aws:SourceOrgID": {s.Organization}}},
	}, {
		Sid:       "ConfigDelivers",
		Principal: policy.Service("config.amazonaws.com"),
		Action:    []string{"s3:PutObject"},
		Resource:  []string{filed(bucketARN)},
		Condition: policy.Condition{"StringEquals": {"aws:SourceOrgID": {s.Organization}, "s3:x-amz-acl": {"bucket-owner-full-control"}}},
	}}
}

// ConfigKey lets AWS Config encrypt what it delivers. Its service-linked role cannot use a
// key of another account, so Config comes as itself.
// https://docs.aws.amazon.com/config/latest/developerguide/s3-kms-key-policy.html
func (s Senders) ConfigKey() []policy.Statement {
	return []policy.Statement{{
		Sid:       "ConfigEncrypts",
		Principal: policy.Service("config.amazonaws.com"),
		Action:    []string{"kms:Decrypt", "kms:GenerateDataKey"},
		Resource:  []string{"*"},
		Condition: policy.Condition{"StringEquals": {"aws:SourceOrgID": {s.Organization}}},
	}}
}

// ToLogGroup lets the same service write to a log group, in the name of the group's own
// account alone. It stands in a policy of CloudWatch Logs, under a Sid that says whose logs
// they are.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-CWL.html
func ToLogGroup(sid string, account arn.Account, group string) policy.Statement {
	return policy.Statement{
		Sid:       sid,
		Principal: policy.Service("delivery.logs.amazonaws.com"),
		Action:    []string{"logs:CreateLogStream", "logs:PutLogEvents"},
		Resource:  []string{account.LogGroup(group) + ":log-stream:*"},
		Condition: policy.Condition{
			"StringEquals": {"aws:SourceAccount": {account.Number}},
			"ArnLike":      {"aws:SourceArn": {account.ARN("logs", "*")}},
		},
	}
}
