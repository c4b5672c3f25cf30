package flowlogs

import (
	"net/netip"
	"strings"

	"hubspoke/constructs/savedquery"
)

// Recorded is what queries know of the flow logs that they ask.
type Recorded struct {
	// VPC is the VPC's range.
	VPC netip.Prefix
	// Known are ranges beside it whose packets are nothing unusual: those of the other VPCs that it is connected with. Default: none.
	Known []netip.Prefix
	// Accepted says that the flows that were not refused are recorded too.
	Accepted bool
	// Databases says that the VPC has subnets for databases.
	Databases bool
}

// Queries are what one asks the flow logs of a VPC: who is refused, who looks around, who
// comes from elsewhere, and what leaves. Logs Insights knows the fields of flow logs in
// their default format:
//
//   - https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_AnalyzeLogData-discoverable-fields.html
//   - https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-Filter.html
func Queries(r Recorded) map[string]string {
	queries := map[string]string{
		"rejected-by-source-and-port": savedquery.Text(
			"fields @timestamp, srcAddr, dstAddr, dstPort, action",
			`filter action = "REJECT"`,
			"stats count(*) as count by srcAddr, dstPort",
			"sort count desc",
			"limit 20"),
		"unusual-sources": savedquery.Text(
			"fields srcAddr, dstAddr, dstPort, action",
			"filter "+r.elsewhere("srcAddr"),
			"stats count(*) as flows, count_distinct(dstAddr) as targets by srcAddr, action",
			"sort flows desc",
			"limit 50"),
		"port-scans": savedquery.Text(
			"fields srcAddr, dstAddr, dstPort, action",
			`filter action = "REJECT"`,
			"stats count_distinct(dstPort) as ports, count_distinct(dstAddr) as targets by srcAddr",
			"filter ports > 10 or targets > 10",
			"sort ports desc",
			"limit 50"),
	}
	if r.Accepted {
		queries["top-talkers"] = savedquery.Text(
			"fields srcAddr, dstAddr, dstPort, bytes",
			`filter action = "ACCEPT"`,
			"stats sum(bytes) as bytesSent, count(*) as flows by srcAddr, dstAddr, dstPort",
			"sort bytesSent desc",
			"limit 50")
		queries["data-leaving-the-vpc"] = savedquery.Text(
			"fields srcAddr, dstAddr, bytes",
			`filter action = "ACCEPT" and `+within("srcAddr", r.VPC)+" and "+r.elsewhere("dstAddr"),
			"stats sum(bytes) as bytesSent by srcAddr, dstAddr",
			"sort bytesSent desc",
			"limit 50")
	}
	if r.Databases {
		queries["rejected-at-databases"] = savedquery.Text(
			"fields @timestamp, srcAddr, dstAddr",
			`filter action = "REJECT" and dstPort = 5432`,
			"stats count(*) as flows by srcAddr, dstAddr",
			"sort flows desc",
			"limit 50")
	}
	return queries
}

// elsewhere is the condition that an address is neither the VPC's nor a known one.
func (r Recorded) elsewhere(field string) string {
	var conditions []string
	for _, p := range append([]netip.Prefix{r.VPC}, r.Known...) {
		conditions = append(conditions, "not "+within(field, p))
	}
	return strings.Join(conditions, " and ")
}

func within(field string, p netip.Prefix) string {
	return "isIpv4InSubnet(" + field + `, "` + p.String() + `")`
}
