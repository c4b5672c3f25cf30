package hublogs

import (
	"slices"

	"hubspoke/estate"
	"hubspoke/internal/policy"
)

// senders are the accounts that deliver logs, and what their deliveries are known
// by. AWS services deliver in the name of an account; the conditions on it keep a
// stranger from having them deliver here:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
type senders struct {
	// accounts are the account numbers.
	accounts []string
	// logs are the ARNs of CloudWatch Logs in each account, which delivers flow logs and query logs.
	logs []string
	// trails are the ARNs of the accounts' trails. The trails come later than this stack: conditions may name what does not exist.
	trails []string
}

// sendersOf are the senders of an estate, sorted, so that a new account adds an
// element to each list and moves none.
func sendersOf(e *estate.Estate) senders {
	s := senders{accounts: e.AccountNumbers()}
	for _, account := range e.AccountNames() {
		s.logs = append(s.logs, e.Account(account).ARN("logs", "*"))
		s.trails = append(s.trails, e.Account(account).ARN("cloudtrail", "trail/"+e.TrailName(account)))
	}
	slices.Sort(s.logs)
	slices.Sort(s.trails)
	return s
}

// prefixes are where in a bucket AWS files the logs of each account.
func (s senders) prefixes(bucketARN string) []string {
	var prefixes []string
	for _, account := range s.accounts {
		prefixes = append(prefixes, bucketARN+"/AWSLogs/"+account+"/*")
	}
	return prefixes
}

// logDelivery admits flow logs and resolver query logs, which the same service
// delivers. A query log configuration is shared by all accounts, and AWS does not
// say whether its logs count as those of its owner or of the VPC's; both are the
// estate's.
//
// The statements are those that AWS itself would add to the bucket of someone who
// may change its policy, under the same Sids.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-S3.html
// https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-permissions.html
func (s senders) logDelivery(bucketARN string) []policy.Statement {
	return []policy.Statement{{
		Sid:       "AWSLogDeliveryAclCheck",
		Principal: policy.Service("delivery.logs.amazonaws.com"),
		Action:    []string{"s3:GetBucketAcl", "s3:ListBucket"},
		Resource:  []string{bucketARN},
		Condition: policy.Condition{
			"StringEquals": {"aws:SourceAccount": s.accounts},
			"ArnLike":      {"aws:SourceArn": s.logs},
		},
	}, {
		Sid:       "AWSLogDeliveryWrite",
		Principal: policy.Service("delivery.logs.amazonaws.com"),
		Action:    []string{"s3:PutObject"},
		Resource:  s.prefixes(bucketARN),
		Condition: policy.Condition{
			"StringEquals": {"aws:SourceAccount": s.accounts, "s3:x-amz-acl": {"bucket-owner-full-control"}},
			"ArnLike":      {"aws:SourceArn": s.logs},
		},
	}}
}

// logDeliveryKey lets the same service encrypt what it delivers.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-S3.html#AWS-logs-SSE-KMS-S3
func (s senders) logDeliveryKey() []policy.Statement {
	return []policy.Statement{{
		Sid:       "LogDeliveryEncrypts",
		Principal: policy.Service("delivery.logs.amazonaws.com"),
		Action:    []string{"kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"},
		Resource:  []string{"*"},
		Condition: policy.Condition{
			"StringEquals": {"aws:SourceAccount": s.accounts},
			"ArnLike":      {"aws:SourceArn": s.logs},
		},
	}}
}

// trail admits the estate's trails. That of a multi-Region trail is the ARN in its
// home Region.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-set-bucket-policy-for-multiple-accounts.html
func (s senders) trail(bucketARN string) []policy.Statement {
	return []policy.Statement{{
		Sid:       "AWSCloudTrailAclCheck",
		Principal: policy.Service("cloudtrail.amazonaws.com"),
		Action:    []string{"s3:GetBucketAcl"},
		Resource:  []string{bucketARN},
		Condition: policy.Condition{"StringEquals": {"aws:SourceArn": s.trails}},
	}, {
		Sid:       "AWSCloudTrailWrite",
		Principal: policy.Service("cloudtrail.amazonaws.com"),
		Action:    []string{"s3:PutObject"},
		Resource:  s.prefixes(bucketARN),
		Condition: policy.Condition{"StringEquals": {"aws:SourceArn": s.trails, "s3:x-amz-acl": {"bucket-owner-full-control"}}},
	}}
}

// trailKey lets the estate's trails encrypt what they deliver, and decrypt, which
// CloudTrail asks for where the bucket has an S3 Bucket Key. With such a key S3
// encrypts in the context of the bucket, so the condition is the trail's ARN and
// not CloudTrail's own encryption context.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
func (s senders) trailKey() []policy.Statement {
	return []policy.Statement{{
		Sid:       "CloudTrailEncrypts",
		Principal: policy.Service("cloudtrail.amazonaws.com"),
		Action:    []string{"kms:GenerateDataKey*", "kms:Decrypt", "kms:DescribeKey"},
		Resource:  []string{"*"},
		Condition: policy.Condition{"StringEquals": {"aws:SourceArn": s.trails}},
	}}
}
