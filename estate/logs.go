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
	FlowLogKind  LogKind = "flow-logs"
	QueryLogKind LogKind = "query-logs"
	TrailKind    LogKind = "trail"
	// ConfigKind is what AWS Config records, of an organisation with security services.
	ConfigKind LogKind = "config"
)

// AccessLogs is the kind of the archive's own log: who asked the other buckets for what.
const AccessLogs LogKind = "access-logs"

// LogBucket is the name of the bucket of a kind of logs.
func (e *Estate) LogBucket(kind LogKind) string {
	return e.Project + "-" + string(kind) + "-" + e.Accounts[e.Logs.Account]
}

// LogKinds are the kinds of logs that the estate has.
func (e *Estate) LogKinds() []LogKind {
	var kinds []LogKind
	if e.Logs.FlowLogs.Bucket != NoFlows {
		kinds = append(kinds, FlowLogKind)
	}
	if e.HasHubNetwork() {
		kinds = append(kinds, QueryLogKind)
	}
	kinds = append(kinds, TrailKind)
	if e.HasSecurity() {
		kinds = append(kinds, ConfigKind)
	}
	return kinds
}

// LogSenders are the accounts that send their logs to the archive.
func (e *Estate) LogSenders() logdelivery.Senders {
	s := logdelivery.Senders{Archive: e.Account(e.Logs.Account), Accounts: e.AccountNumbers()}
	if e.IsOrganization() {
		s.Organization, s.Owner = e.Org.ID, e.Accounts[ManagementAccount]
	}
	for _, account := range e.AccountNames() {
		if !e.HasTrail(account) {
			continue
		}
		s.Trails = append(s.Trails, e.Account(account).ARN("cloudtrail", "trail/"+e.TrailName(account)))
	}
	slices.Sort(s.Trails)
	return s
}
