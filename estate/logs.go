package estate

import (
	"slices"

	"hubspoke/internal/logdelivery"
)

// LogKind is a kind of logs that every account sends to the archive, each to a bucket of
// its own.
type LogKind string

// The kinds of logs. Query logs are of the hub's network, and of the VPCs that join it.
const (
	FlowLogs  LogKind = "flow-logs"
	QueryLogs LogKind = "query-logs"
	TrailLogs LogKind = "trail"
)

// LogBucket is the name of the bucket of a kind of logs.
func (e *Estate) LogBucket(kind LogKind) string {
	return e.Project + "-" + string(kind) + "-" + e.Accounts[e.Logs.Account]
}

// LogKinds are the kinds of logs that the estate has.
func (e *Estate) LogKinds() []LogKind {
	if !e.HasHubNetwork() {
		return []LogKind{FlowLogs, TrailLogs}
	}
	return []LogKind{FlowLogs, QueryLogs, TrailLogs}
}

// LogSenders are the accounts that send their logs to the archive.
func (e *Estate) LogSenders() logdelivery.Senders {
	s := logdelivery.Senders{Archive: e.Account(e.Logs.Account), Accounts: e.AccountNumbers()}
	for _, account := range e.AccountNames() {
		s.Trails = append(s.Trails, e.Account(account).ARN("cloudtrail", "trail/"+e.TrailName(account)))
	}
	slices.Sort(s.Trails)
	return s
}
