package test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"hubspoke/internal/tf"
	"hubspoke/proof/stackjson"
)

// What a query is made of. Of the fields of an event Logs Insights knows those alone that the
// log's format has: another one is no error, but an answer with nothing in it.
var (
	quoted     = regexp.MustCompile(`"[^"]*"|'[^']*'|/(?:[^/\\]|\\.)+/`)
	identifier = regexp.MustCompile(`@?[A-Za-z_][\w]*(?:\.\w+)*`)
	alias      = regexp.MustCompile(`\bas (\w+)`)
	captured   = regexp.MustCompile(`\(\?<(\w+)>`)
)

// commandsOfInsights begin a line, and wordsOfInsights stand in it.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
var (
	commandsOfInsights = []string{"fields", "filter", "limit", "parse", "sort", "stats"}
	wordsOfInsights    = []string{"and", "as", "asc", "by", "coalesce", "count", "count_distinct", "desc", "in", "ispresent", "isIpv4InSubnet", "like", "max", "min", "not", "or", "pct", "strlen", "sum"}
)

// formats are the fields of the logs that queries ask, by what their folder ends in. What begins
// with one of them is part of it. The access logs of APIs state their own.
//
//   - https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_AnalyzeLogData-discoverable-fields.html
//   - https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-query-logs-format.html
//   - https://docs.aws.amazon.com/network-firewall/latest/developerguide/firewall-logging-contents.html
//   - https://docs.aws.amazon.com/waf/latest/developerguide/logging-fields.html
//   - https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
//   - https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/
var formats = map[string][]string{
	"/flow-logs": {"version", "accountId", "interfaceId", "srcAddr", "dstAddr", "srcPort", "dstPort", "protocol", "packets", "bytes", "start", "end", "action", "logStatus"},
	"/dns-queries": {"version", "account_id", "region", "vpc_id", "query_timestamp", "query_name", "query_type", "query_class", "rcode", "answers", "srcaddr", "srcport", "transport", "srcids",
		"firewall_rule_action", "firewall_rule_group_id", "firewall_domain_list_id"},
	"/firewall": {"firewall_name", "availability_zone", "event_timestamp", "event"},
	"/waf":      {"action", "terminatingRuleId", "terminatingRuleType", "nonTerminatingMatchingRules", "ruleGroupList", "rateBasedRuleList", "httpRequest", "responseCodeSent"},
	"-trail": {"eventVersion", "userIdentity", "eventTime", "eventSource", "eventName", "awsRegion", "sourceIPAddress", "userAgent", "errorCode", "errorMessage", "requestParameters", "responseElements",
		"additionalEventData", "eventType", "recipientAccountId"},
	"/audit": {"level", "auditID", "stage", "requestURI", "verb", "user", "impersonatedUser", "sourceIPs", "userAgent", "objectRef", "responseStatus", "annotations"},
	// Whatever a message of a tunnel has.
	"/tunnels":  {},
	"-sessions": {"eventVersion", "eventTime", "awsRegion", "target", "userIdentity", "runAsUser", "sessionId", "sessionData"},
}

// accessLog are the fields of the access log whose group an API's queries ask.
func accessLog(s *stackjson.Stack, group string) []string {
	for _, r := range s.Resources() {
		for _, item := range stackjson.List(r.Body["access_log_settings"]) {
			settings, _ := item.(map[string]any)
			if strings.TrimSuffix(text(settings["destination_arn"]), ".arn}") == strings.TrimSuffix(group, ".name}") {
				var fields []string
				for _, m := range regexp.MustCompile(`"(\w+)":`).FindAllStringSubmatch(text(settings["format"]), -1) {
					fields = append(fields, m[1])
				}
				return fields
			}
		}
	}
	return nil
}

// badQuery says what of a query Logs Insights would not take, or would find in no event.
func badQuery(query string, fields []string) []string {
	var bad []string
	known := slices.Concat(fields, wordsOfInsights, commandsOfInsights)
	for _, m := range slices.Concat(alias.FindAllStringSubmatch(query, -1), captured.FindAllStringSubmatch(query, -1)) {
		known = append(known, m[1])
	}
	for _, line := range strings.Split(query, "\n| ") {
		if command, _, _ := strings.Cut(line, " "); !slices.Contains(commandsOfInsights, command) {
			bad = append(bad, "no command: "+line)
		}
		bare := quoted.ReplaceAllString(line, " ")
		if strings.Count(bare, "(") != strings.Count(bare, ")") {
			bad = append(bad, "a bracket is open: "+line)
		}
		for _, word := range identifier.FindAllString(bare, -1) {
			first, _, _ := strings.Cut(word, ".")
			if !slices.Contains(known, first) && !slices.Contains([]string{"@timestamp", "@message", "@logStream"}, word) {
				bad = append(bad, "no field: "+word)
			}
		}
	}
	return bad
}

// Every saved query asks a log group that its own stack makes, for fields that the log has.
func TestSavedQueriesAskWhatTheirLogsHave(t *testing.T) {
	asked := map[string]bool{}
	for _, name := range tf.Keys(estates) {
		e := synthesized(t, name)
		for _, s := range e.stacks {
			made := map[string]bool{}
			for _, r := range s.Resources() {
				if r.Type == "aws_cloudwatch_log_group" && !r.Data {
					made["${"+r.Address()+".name}"] = true
				}
			}
			for _, r := range s.Resources() {
				if r.Type != "aws_cloudwatch_query_definition" {
					continue
				}
				groups := stackjson.List(r.Body["log_group_names"])
				if len(groups) != 1 || !made[text(groups[0])] {
					t.Errorf("%s: %s asks %v, which its stack does not make", s.Name, r.Address(), groups)
					continue
				}
				full := text(r.Body["name"])
				folder := full[:strings.LastIndex(full, "/")]
				if !strings.HasPrefix(full, e.Project+"-") && !strings.HasPrefix(full, e.Project+"/") {
					t.Errorf("%s: %s is called %s, which does not begin with the project", s.Name, r.Address(), full)
				}
				fields := accessLog(s, text(groups[0]))
				for _, end := range tf.Keys(formats) {
					if strings.HasSuffix(folder, end) {
						fields = append(fields, formats[end]...)
						asked[end] = true
					}
				}
				for _, bad := range badQuery(text(r.Body["query_string"]), fields) {
					t.Errorf("%s: %s: %s", s.Name, full, bad)
				}
			}
		}
	}
	for _, end := range tf.Keys(formats) {
		if !asked[end] {
			t.Errorf("no estate has queries of %s", end)
		}
	}
}

// A field that is misspelt, or a command, is found.
func TestWrongQueriesAreFound(t *testing.T) {
	for query, want := range map[string]string{
		"fields srcaddr\n| limit 20":                             "no field: srcaddr",
		"fields srcAddr\n| where action = \"REJECT\"":            "no command: where",
		"stats count(*) as flows by srcAddr\n| sort flow desc":   "no field: flow",
		"filter isIpv4InSubnet(srcAddr, \"10.0.0.0/8\"\n| limit": "a bracket is open",
	} {
		if got := strings.Join(badQuery(query, formats["/flow-logs"]), "; "); !strings.Contains(got, want) {
			t.Errorf("%q: got %q, want %q", query, got, want)
		}
	}
}
