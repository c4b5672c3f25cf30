package querylog

import (
	"fmt"

	"hubspoke/constructs/savedquery"
)

// longLabel is how long a label of a name is that nobody chose for people: longer than the
// longest that AWS makes up, which are those of internal load balancers (`internal-`, a name
// of 32, a hyphen and ten digits: 52). Programs that carry data out in names fill labels up.
// A label has 63 at most.
const (
	longLabel    = 53
	longestLabel = 63
)

// queries are what one asks the query logs of a VPC: what fails, who asks for what there is
// not, who asks one domain for ever new names and, if there are rules, what they met. Logs
// Insights knows the fields of the logs:
//
//   - https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-query-logs-format.html
//   - https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-Parse.html
func queries(firewall bool) map[string]string {
	queries := map[string]string{
		"failed-names": savedquery.Text(
			"fields query_name, rcode, srcaddr",
			`filter rcode != "NOERROR"`,
			"stats count(*) as queries, count_distinct(srcaddr) as askers by query_name, rcode",
			"sort queries desc",
			"limit 50"),
		"missing-names-by-asker": savedquery.Text(
			"fields query_name, rcode, srcaddr, srcids.instance",
			`filter rcode = "NXDOMAIN"`,
			"stats count(*) as queries, count_distinct(query_name) as names by srcaddr, srcids.instance",
			"sort names desc",
			"limit 50"),
		"names-below-a-domain": savedquery.Text(
			"fields query_name, srcaddr, query_type",
			`parse query_name /(?<domain>[^.]+\.[^.]+)\.$/`,
			"stats count_distinct(query_name) as names, count(*) as queries by domain, srcaddr",
			"sort names desc",
			"limit 50"),
		"long-names": savedquery.Text(
			"fields @timestamp, query_name, query_type, srcaddr, srcids.instance",
			fmt.Sprintf(`filter query_name like /[A-Za-z0-9_-]{%d,%d}/ or strlen(query_name) > 150`, longLabel, longestLabel),
			"sort @timestamp desc",
			"limit 50"),
	}
	if firewall {
		queries["blocked-names"] = savedquery.Text(
			"fields query_name, firewall_rule_action, firewall_domain_list_id, srcaddr",
			"filter ispresent(firewall_rule_action)",
			"stats count(*) as queries, count_distinct(srcaddr) as askers by query_name, firewall_rule_action, firewall_domain_list_id",
			"sort queries desc",
			"limit 50")
		queries["blocked-askers"] = savedquery.Text(
			"fields query_name, firewall_rule_action, srcaddr, srcids.instance",
			"filter ispresent(firewall_rule_action)",
			"stats count(*) as queries, count_distinct(query_name) as names by srcaddr, srcids.instance, firewall_rule_action",
			"sort queries desc",
			"limit 50")
	}
	return queries
}
