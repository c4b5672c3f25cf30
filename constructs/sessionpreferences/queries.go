package sessionpreferences

import "hubspoke/constructs/savedquery"

// queries are what one asks the log of sessions: who had one where, and what was said in it.
// Fields are those of streamed session data:
// https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-logging-cwl-streaming.html
var queries = map[string]string{
	"who-was-where": savedquery.Text(
		"fields sessionId, userIdentity.arn, target.id, runAsUser",
		"stats min(@timestamp) as begun, max(@timestamp) as ended, count(*) as events by sessionId, userIdentity.arn, target.id, runAsUser",
		"sort begun desc",
		"limit 100"),
	"what-was-said": savedquery.Text(
		"fields @timestamp, sessionId, userIdentity.arn, target.id, @message",
		"sort @timestamp asc",
		"limit 1000"),
	"becoming-root": savedquery.Text(
		"fields @timestamp, sessionId, userIdentity.arn, target.id, @message",
		`filter @message like /\b(sudo|su) /`,
		"sort @timestamp desc",
		"limit 100"),
}
