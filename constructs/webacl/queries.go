package webacl

import "hubspoke/constructs/savedquery"

// queries are what one asks the log of a web ACL: what was blocked, what would be if counting
// ended, and who asks most. The limit that the ACL has for each address is a rule as well.
// https://docs.aws.amazon.com/waf/latest/developerguide/logging-fields.html
var queries = map[string]string{
	"blocked-requests": savedquery.Text(
		"fields terminatingRuleId, httpRequest.clientIp, httpRequest.country, httpRequest.uri",
		`filter action = "BLOCK"`,
		"stats count(*) as requests by terminatingRuleId, httpRequest.clientIp, httpRequest.country, httpRequest.uri",
		"sort requests desc",
		"limit 50"),
	"counted-requests": savedquery.Text(
		"fields nonTerminatingMatchingRules.0.ruleId, httpRequest.clientIp, httpRequest.uri",
		"filter ispresent(nonTerminatingMatchingRules.0.ruleId)",
		"stats count(*) as requests by nonTerminatingMatchingRules.0.ruleId, httpRequest.clientIp, httpRequest.uri",
		"sort requests desc",
		"limit 50"),
	"busiest-callers": savedquery.Text(
		"fields httpRequest.clientIp, httpRequest.country, action",
		"stats count(*) as requests by httpRequest.clientIp, httpRequest.country, action",
		"sort requests desc",
		"limit 50"),
}
