package picturetest

import (
	"encoding/json"
	"strings"
	"testing"

	"hubspoke/proof"
)

// Hostile are names that are no text to whoever does not write them as such.
var Hostile = []string{
	`</title><script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `]]>&amp;<!--`, `'--><svg onload=alert(1)>`,
	"`]) --> end\nsubgraph", `"; } digraph { x="`, `\" -> \\ ${x} #quot;`, "\x00\x1b[31m\u202e", "</script>", "日本語 * _ {}",
}

// Named is a network in which everything that people name has one name: account, VPC, tier, route
// table and peer.
func Named(tb testing.TB, name string) *proof.Proof {
	tb.Helper()
	quoted, err := json.Marshal(strings.ReplaceAll(strings.ReplaceAll(name, "${", "$"), "%{", "%"))
	if err != nil {
		tb.Fatal(err)
	}
	text := strings.ReplaceAll(named, `"NAME"`, string(quoted))
	return Proof(tb, name, map[string]string{"net": text}, map[string]string{name: "111111111111"})
}

const named = `{
  "provider": {"aws": [{"region": "eu-central-1", "allowed_account_ids": ["111111111111"]}]},
  "resource": {
    "aws_vpc": {
      "a": {"cidr_block": "10.1.0.0/16", "tags": {"Name": "NAME"}},
      "b": {"cidr_block": "10.2.0.0/16", "tags": {"Name": "NAME"}}
    },
    "aws_subnet": {
      "a": {"vpc_id": "${aws_vpc.a.id}", "cidr_block": "10.1.0.0/24", "availability_zone": "NAME", "tags": {"Tier": "NAME"}},
      "b": {"vpc_id": "${aws_vpc.b.id}", "cidr_block": "10.2.0.0/24", "availability_zone": "NAME", "tags": {"Tier": "NAME"}}
    },
    "aws_ec2_transit_gateway": {"g": {"tags": {"Name": "NAME"}}},
    "aws_ec2_transit_gateway_vpc_attachment": {
      "a": {"transit_gateway_id": "${aws_ec2_transit_gateway.g.id}", "vpc_id": "${aws_vpc.a.id}", "subnet_ids": ["${aws_subnet.a.id}"]},
      "b": {"transit_gateway_id": "${aws_ec2_transit_gateway.g.id}", "vpc_id": "${aws_vpc.b.id}", "subnet_ids": ["${aws_subnet.b.id}"]}
    }
  }
}`
