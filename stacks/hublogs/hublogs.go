// Package hublogs makes the central log archive: a bucket each for the flow logs
// of every VPC, for what resolvers were asked, for every account's trail, and for what
// AWS Config records in an organisation with security services, all
// encrypted with one key. Only the estate's accounts deliver to them.
//
// It makes nothing that reads the logs. Who may is decided by the policies of the
// archive's own account.
package hublogs

import (
	"slices"

	"hubspoke/constructs/bucket"
	"hubspoke/constructs/key"
	"hubspoke/estate"
	"hubspoke/internal/base"
	"hubspoke/internal/output"
	"hubspoke/internal/policy"
	"hubspoke/internal/tf"
)

// New fills the stack.
func New(s *base.Stack) error {
	senders := s.Estate.LogSenders()
	statements := append(senders.LogsKey(), senders.TrailKey()...)
	if s.Estate.HasSecurity() {
		statements = append(statements, senders.ConfigKey()...)
	}
	logKey, err := key.New(s.Scope, "logs", key.Config{
		Alias:       "alias/" + s.Estate.Project + "-logs",
		Description: "Encrypts the central log buckets.",
		Account:     s.Estate.Account(s.Account),
		Statements:  statements,
	})
	if err != nil {
		return err
	}
	accessLogs, err := accessLogs(s)
	if err != nil {
		return err
	}
	outputs := Outputs{KeyARN: logKey.ARN}
	if s.Estate.Logs.FlowLogs.Bucket != estate.NoFlows {
		flowLogs, err := archive(s, logKey, accessLogs, estate.FlowLogKind, senders.Logs)
		if err != nil {
			return err
		}
		outputs.FlowLogsBucketARN = flowLogs.ARNToken
	}
	if s.Estate.HasHubNetwork() {
		queryLogs, err := archive(s, logKey, accessLogs, estate.QueryLogKind, senders.Logs)
		if err != nil {
			return err
		}
		outputs.QueryLogsBucketARN = queryLogs.ARNToken
	}
	trail, err := archive(s, logKey, accessLogs, estate.TrailKind, senders.Trail)
	if err != nil {
		return err
	}
	outputs.TrailBucket = trail.ID
	if s.Estate.HasSecurity() {
		config, err := archive(s, logKey, accessLogs, estate.ConfigKind, senders.Config)
		if err != nil {
			return err
		}
		outputs.ConfigBucket = config.ID
	}
	output.Write(s.Scope, outputs)
	return nil
}

// accessLogs makes the bucket that says who read the others. Their names are known, and
// its policy may name what does not exist yet.
func accessLogs(s *base.Stack) (*bucket.AccessLogs, error) {
	e := s.Estate
	var sources []string
	for _, kind := range e.LogKinds() {
		sources = append(sources, e.LogBucket(kind))
	}
	slices.Sort(sources)
	return bucket.NewAccessLogs(s.Scope, "access_logs", bucket.AccessLogsConfig{
		Name:            e.LogBucket(estate.AccessLogs),
		Account:         e.Account(s.Account),
		Sources:         sources,
		ExpireAfterDays: e.Logs.RetentionDays,
	})
}

// archive makes one of the buckets. Its policy names it, so it is a function of
// the bucket's ARN.
func archive(s *base.Stack, k *key.Key, accessLogs *bucket.AccessLogs, kind estate.LogKind, admit func(bucketARN string) []policy.Statement) (*bucket.Bucket, error) {
	e := s.Estate
	name := e.LogBucket(kind)
	lockDays := e.Logs.ObjectLockDays
	if kind == estate.ConfigKind {
		// Config delivers to no bucket that retains what is put into it by default:
		// https://docs.aws.amazon.com/config/latest/developerguide/manage-delivery-channel.html
		lockDays = 0
	}
	return bucket.New(s.Scope, tf.Name(string(kind)), bucket.Config{
		Name:             name,
		Account:          e.Account(s.Account),
		KeyARN:           k.ARN,
		Statements:       admit(e.Account(s.Account).Bucket(name)),
		ArchiveAfterDays: e.Logs.ArchiveAfterDays,
		ExpireAfterDays:  e.Logs.ExpireAfterDays,
		ObjectLockDays:   lockDays,
		AccessLogs:       accessLogs,
	})
}
