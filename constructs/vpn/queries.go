package vpn

import "hubspoke/constructs/savedquery"

// queries are what one asks the logs of tunnels when one is down: what went wrong, and how
// often in which tunnel, which has a stream of its own. They ask the whole message, whatever
// its fields are called.
// https://docs.aws.amazon.com/vpn/latest/s2svpn/log-contents.html
var queries = map[string]string{
	"what-went-wrong": savedquery.Text(
		"fields @timestamp, @logStream, @message",
		"filter @message like /(?i)(fail|mismatch|no proposal|not match|down|timed out|timeout|delete)/",
		"sort @timestamp desc",
		"limit 100"),
	"events-by-tunnel": savedquery.Text(
		"fields @timestamp, @logStream",
		"stats count(*) as events, max(@timestamp) as last by @logStream",
		"sort events desc",
		"limit 50"),
}
