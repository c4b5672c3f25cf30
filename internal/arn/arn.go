// Package arn names AWS resources whose names are known before they exist: it knows
// the partition, the region and the account, and so what their ARNs begin with.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
package arn

import "github.com/aws/aws-sdk-go-v2/aws/arn"

// Account is an AWS account in one region, as ARNs have it. Services that know no
// region or no account leave these out of their ARNs; the methods say which do.
type Account struct {
	// Partition is the AWS partition, `aws`, or `aws-cn` in China.
	Partition string
	// Region is the region, `ap-southeast-3`.
	Region string
	// Number is the account's number, twelve digits.
	Number string
}

// ARN is that of a resource in the account and region: `arn:aws:eks:ap-southeast-3:222222222222:cluster/dev`
// for the service `eks` and the resource `cluster/dev`.
func (a Account) ARN(service, resource string) string {
	return arn.ARN{
		Partition: a.Partition, Service: service, Region: a.Region, AccountID: a.Number, Resource: resource,
	}.String()
}

// In is the same account in another region. Empty stands for a service without
// regions, and `*`, in policies, for any region.
func (a Account) In(region string) Account {
	a.Region = region
	return a
}

// Of is another account in the same region. Empty stands for what belongs to no
// account, such as public images, `aws` for AWS itself where a service writes it so,
// and `*`, in policies, for any account.
func (a Account) Of(number string) Account {
	a.Number = number
	return a
}

// IAM is the ARN of a resource of IAM, which knows no region: `role/deploy`.
func (a Account) IAM(resource string) string { return a.In("").ARN("iam", resource) }

// Root is the ARN of the account itself: whoever it lets.
func (a Account) Root() string { return a.IAM("root") }

// Role is the ARN of one of the account's roles.
func (a Account) Role(name string) string { return a.IAM("role/" + name) }

// ManagedPolicy is the ARN of a policy that AWS manages, by its path and name:
// `ReadOnlyAccess`, `service-role/AmazonRDSEnhancedMonitoringRole`.
func (a Account) ManagedPolicy(name string) string { return a.Of("aws").IAM("policy/" + name) }

// Bucket is the ARN of an S3 bucket, whose name is unique in its partition. What
// follows a slash is the key of an object.
func (a Account) Bucket(name string) string { return a.In("").Of("").ARN("s3", name) }

// LogGroup is the ARN of a group of CloudWatch Logs; with `:*` behind it, of its
// streams.
func (a Account) LogGroup(name string) string { return a.ARN("logs", "log-group:"+name) }

// Complete says that partition, region and number are known.
func (a Account) Complete() bool { return a.Partition != "" && a.Region != "" && a.Number != "" }
