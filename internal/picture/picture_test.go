package picture_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"hubspoke/internal/picture"
	"hubspoke/internal/picture/picturetest"
)

const golden = "../../test/testdata/golden/"

func of(t *testing.T, estate string) *picture.Picture {
	t.Helper()
	return picture.Of(estate, picturetest.Proof(t, estate, picturetest.Stacks(t, golden+estate), nil), false)
}

// inventory counts what is drawn of an estate, by kind.
func inventory(p *picture.Picture) string {
	counts := map[string]int{}
	for _, a := range p.Accounts {
		for _, v := range a.VPCs {
			switch {
			case a.Outside:
				counts["outside"]++
			case v.LookedUp:
				counts["existing VPC"]++
			default:
				counts["VPC"]++
			}
			for word, resource := range map[string]string{"internet": v.Internet, "virtual private gateway": v.OnPremises} {
				if resource != "" {
					counts[word]++
				}
			}
			for _, tier := range v.Tiers {
				for _, s := range tier.Subnets {
					if s == nil {
						continue
					}
					counts["subnet"]++
					for _, c := range s.Chips {
						counts[string(c.Kind)] += len(c.Resources)
					}
				}
			}
		}
	}
	for _, tie := range p.Ties {
		counts[string(tie.Kind)] += len(tie.Resources)
	}
	var all []string
	for word, n := range counts {
		all = append(all, fmt.Sprintf("%s %d", word, n))
	}
	slices.SortFunc(all, func(a, b string) int { return cmp.Compare(strings.ToLower(a), strings.ToLower(b)) })
	return strings.Join(all, ", ")
}

func TestPicturesHaveWhatEstatesHave(t *testing.T) {
	for estate, want := range map[string]string{
		"piksel":      "associated 4, DNS in 2, EKS 7, instance 4, internet 4, NAT 6, nodes 7, propagated 6, subnet 30, VPC 4",
		"innovate":    "associated 5, DNS in 2, firewall 3, instance 4, internet 5, NAT 3, propagated 10, routed 4, subnet 46, VPC 5",
		"options":     "associated 8, database 11, DNS in 3, DNS out 2, EKS 4, firewall 3, instance 2, interface 2, internet 5, load balancer 5, NAT 7, nodes 11, offers 1, outside 4, propagated 11, routed 9, subnet 47, uses 1, VPC 5",
		"privatelink": "associated 3, DNS in 2, EKS 2, instance 1, interface 2, internet 1, load balancer 4, nodes 2, offers 1, propagated 4, subnet 14, uses 1, VPC 3",
		"artos":       "database 3, EKS 3, existing VPC 1, instance 1, nodes 3, subnet 8, VPC 2",
	} {
		if got := inventory(of(t, estate)); got != want {
			t.Errorf("%s: got\n%s, want\n%s", estate, got, want)
		}
	}
}

// own is a network with what no estate here has: a peering, of which nobody says that it is accepted, a virtual
// private gateway, an attachment without a table, a route table that drops, and one nobody is in.
const own = `{
  "provider": {"aws": [{"region": "eu-central-1", "allowed_account_ids": ["111111111111"]}]},
  "resource": {
    "aws_vpc": {"a": {"cidr_block": "10.1.0.0/16"}, "b": {"cidr_block": "10.2.0.0/16"}},
    "aws_subnet": {"a": {"vpc_id": "${aws_vpc.a.id}", "cidr_block": "10.1.0.0/24", "availability_zone": "eu-central-1a"}},
    "aws_vpc_peering_connection": {"a_b": {"vpc_id": "${aws_vpc.a.id}", "peer_vpc_id": "${aws_vpc.b.id}"}},
    "aws_vpn_gateway": {"a": {"vpc_id": "${aws_vpc.a.id}"}},
    "aws_ec2_transit_gateway": {"g": {"default_route_table_association": "disable", "default_route_table_propagation": "disable"}},
    "aws_ec2_transit_gateway_vpc_attachment": {"a": {"transit_gateway_id": "${aws_ec2_transit_gateway.g.id}", "vpc_id": "${aws_vpc.a.id}", "subnet_ids": ["${aws_subnet.a.id}"]}},
    "aws_ec2_transit_gateway_route_table": {"t": {"transit_gateway_id": "${aws_ec2_transit_gateway.g.id}"}},
    "aws_ec2_transit_gateway_route": {
      "drop": {"transit_gateway_route_table_id": "${aws_ec2_transit_gateway_route_table.t.id}", "destination_cidr_block": "10.9.0.0/16", "blackhole": true},
      "to_a": {"transit_gateway_route_table_id": "${aws_ec2_transit_gateway_route_table.t.id}", "destination_cidr_block": "10.1.0.0/16", "transit_gateway_attachment_id": "${aws_ec2_transit_gateway_vpc_attachment.a.id}"}
    }
  }
}`

func TestWhatEstatesDoNotHaveIsDrawnToo(t *testing.T) {
	p := picture.Of("own", picturetest.Proof(t, "own", map[string]string{"net": own}, map[string]string{"net": "111111111111"}), false)
	if got, want := inventory(p), "peered 2, routed 1, subnet 1, virtual private gateway 1, VPC 2"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	var lanes []string
	for _, b := range p.Buses {
		for _, l := range b.Lanes {
			lanes = append(lanes, fmt.Sprintf("%s %s %q", b.Kind, l.Name, l.Notes))
		}
	}
	if got, want := strings.Join(lanes, "; "), `transit gateway t ["10.1.0.0/16 to a" "drops 10.9.0.0/16"]; VPC peering a_b ["not accepted here"]`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if notes := fmt.Sprint(p.Accounts[0].VPCs[0].Notes); !strings.Contains(notes, "associated with no route table") {
		t.Errorf("got %s", notes)
	}
}

// Accounts that differ in anything but names and addresses are drawn each.
func TestOnlyWhatIsAlikeIsDrawnAsOne(t *testing.T) {
	p := picture.Of("7", picturetest.Grown(t, golden+"piksel", 7, 1), false)
	var got []string
	for _, a := range p.Accounts {
		got = append(got, fmt.Sprint(a.Name, a.Like))
	}
	// Those of segments with two spokes alone are drawn each too.
	if want := "hub[] spoke-001[] spoke-002[] spoke-003[] spoke-004[] spoke-005[] spoke-006[] spoke-007[]"; strings.Join(got, " ") != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
