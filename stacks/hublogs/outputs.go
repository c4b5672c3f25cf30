package hublogs

import (
	"hubspoke/internal/base"
	"hubspoke/internal/output"
	"hubspoke/stacks"
)

// Outputs are what hub-logs tells the stacks that deliver logs.
type Outputs struct {
	FlowLogsBucketARN  *string `output:"flow_logs_bucket_arn" doc:"The bucket that takes the flow logs of every VPC."`
	QueryLogsBucketARN *string `output:"query_logs_bucket_arn" doc:"The bucket that takes the DNS query logs of every VPC."`
	TrailBucket        *string `output:"trail_bucket" doc:"The name of the bucket that takes every account's CloudTrail trail."`
	ConfigBucket       *string `output:"config_bucket" doc:"The name of the bucket that takes what AWS Config records in every account."`
	KeyARN             *string `output:"key_arn" doc:"The key that encrypts the log buckets."`
}

// Read returns the outputs of hub-logs, as the stack reads them.
func Read(s *base.Stack) Outputs { return output.Read[Outputs](s.Remote(stacks.HubLogs.Name())) }
