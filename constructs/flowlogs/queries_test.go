package flowlogs

import (
	"net/netip"
	"strings"
	"testing"
)

// The design document's own query is saved, with a name for the count that it sorts
// by, without which there is nothing of that name to sort:
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-alias.html
func TestRejectedTrafficIsAskedForAsTheDocumentDoes(t *testing.T) {
	want := `fields @timestamp, srcAddr, dstAddr, dstPort, action
| filter action = "REJECT"
| stats count(*) as count by srcAddr, dstPort
| sort count desc
| limit 20`
	if got := Queries(netip.MustParsePrefix("10.0.0.0/16"))["rejected-by-source-and-port"]; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// What is unusual about an address is that it lies outside the VPC, so those queries
// name the VPC's range.
func TestQueriesKnowTheRangeOfTheVPC(t *testing.T) {
	for _, name := range []string{"unusual-sources", "data-leaving-the-vpc"} {
		if got := Queries(netip.MustParsePrefix("172.16.4.0/22"))[name]; !strings.Contains(got, `"172.16.4.0/22"`) {
			t.Errorf("%s does not name the range:\n%s", name, got)
		}
	}
}
