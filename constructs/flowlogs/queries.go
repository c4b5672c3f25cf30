package flowlogs

import (
	"net/netip"
	"strings"
)

// Queries are what one asks the flow logs of a VPC that keeps its traffic to itself:
// who is refused, who looks around, who comes from elsewhere, and what leaves. Logs
// Insights knows the fields of flow logs in their default format:
//
//   - https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_AnalyzeLogData-discoverable-fields.html
//   - https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-Filter.html
func Queries(vpc netip.Prefix) map[string]string {
	within := func(field string) string { return "isIpv4InSubnet(" + field + `, "` + vpc.String() + `")` }
	return map[string]string{
		"rejected-by-source-and-port": query(
			"fields @timestamp, srcAddr, dstAddr, dstPort, action",
			`filter action = "REJECT"`,
			"stats count(*) as count by srcAddr, dstPort",
			"sort count desc",
			"limit 20"),
		"unusual-sources": query(
			"fields srcAddr, dstAddr, dstPort, action",
			"filter not "+within("srcAddr"),
			"stats count(*) as flows, count_distinct(dstAddr) as targets by srcAddr, action",
			"sort flows desc",
			"limit 50"),
		"port-scans": query(
			"fields srcAddr, dstAddr, dstPort, action",
			`filter action = "REJECT"`,
			"stats count_distinct(dstPort) as ports, count_distinct(dstAddr) as targets by srcAddr",
			"filter ports > 10 or targets > 10",
			"sort ports desc",
			"limit 50"),
		"data-leaving-the-vpc": query(
			"fields srcAddr, dstAddr, bytes",
			`filter action = "ACCEPT" and `+within("srcAddr")+" and not "+within("dstAddr"),
			"stats sum(bytes) as bytesSent by srcAddr, dstAddr",
			"sort bytesSent desc",
			"limit 50"),
		"rejected-at-databases": query(
			"fields @timestamp, srcAddr, dstAddr",
			`filter action = "REJECT" and dstPort = 5432`,
			"stats count(*) as flows by srcAddr, dstAddr",
			"sort flows desc",
			"limit 50"),
	}
}

func query(commands ...string) string { return strings.Join(commands, "\n| ") }
