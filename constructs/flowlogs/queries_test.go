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
	if got := Queries(Recorded{VPC: netip.MustParsePrefix("10.0.0.0/16")})["rejected-by-source-and-port"]; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// What is unusual about an address is that it lies outside the VPC, so those queries
// name the VPC's range.
func TestQueriesKnowTheRangeOfTheVPC(t *testing.T) {
	for _, name := range []string{"unusual-sources", "data-leaving-the-vpc"} {
		if got := Queries(Recorded{VPC: netip.MustParsePrefix("172.16.4.0/22"), Accepted: true})[name]; !strings.Contains(got, `"172.16.4.0/22"`) {
			t.Errorf("%s does not name the range:\n%s", name, got)
		}
	}
}

// A VPC that others are connected with hears from them all day.
func TestWhatComesFromTheEstateIsNotUnusual(t *testing.T) {
	r := Recorded{VPC: netip.MustParsePrefix("10.1.0.0/16"), Known: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("192.168.0.0/16")}}
	const want = `filter not isIpv4InSubnet(srcAddr, "10.1.0.0/16") and not isIpv4InSubnet(srcAddr, "10.0.0.0/8") and not isIpv4InSubnet(srcAddr, "192.168.0.0/16")`
	if got := Queries(r)["unusual-sources"]; !strings.Contains(got, want) {
		t.Errorf("got\n%s\nwant %s", got, want)
	}
}

// A query about flows that are not recorded finds nothing, and says so of an estate in
// which there is something.
func TestOnlyWhatIsRecordedIsAskedFor(t *testing.T) {
	rejected := Queries(Recorded{VPC: netip.MustParsePrefix("10.1.0.0/16")})
	for name, text := range rejected {
		if strings.Contains(text, "ACCEPT") || strings.Contains(text, "5432") {
			t.Errorf("%s asks for what is not there:\n%s", name, text)
		}
	}
	all := Queries(Recorded{VPC: netip.MustParsePrefix("10.1.0.0/16"), Accepted: true, Databases: true})
	if len(rejected) != 3 || len(all) != 6 {
		t.Errorf("got %d queries of what is refused and %d of everything, want 3 and 6", len(rejected), len(all))
	}
}
