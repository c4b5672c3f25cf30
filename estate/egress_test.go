package estate

import (
	"strings"
	"testing"

	"hubspoke/internal/subnet"
)

// withEgress gives the hub an egress VPC that dev uses, and makes further edits.
func withEgress(egress string, edits ...edit) []edit {
	return append([]edit{
		{"hub.yaml", "transit_gateway:\n", "egress: {" + egress + "}\ntransit_gateway:\n"},
		{"dev.yaml", "  nat: none", "  nat: central"},
	}, edits...)
}

var badEgress = []struct {
	name  string
	edits []edit
	want  string
}{
	{"central without an egress VPC", []edit{{"dev.yaml", "  nat: none", "  nat: central"}}, "acme/dev.yaml:5: network.nat: central is through the hub's egress VPC, and hub.yaml has none: give it `egress: {cidr: 10.255.254.0/23}`"},
	{"a misspelt key", withEgress("cidr: 10.255.0.0/23, zones: 3"), `acme/hub.yaml:6: egress.zones: unknown key: those here are az_count, cidr, firewall`},
	{"no range", withEgress("az_count: 2"), `acme/hub.yaml:6: egress.cidr: missing: write one, such as cidr: 10.255.0.0/23`},
	{"too small", withEgress("cidr: 10.255.0.0/24"), `acme/hub.yaml:6: egress.cidr: 10.255.0.0/24 is not one of /16 to /23, in which the egress VPC has room for three tiers in every zone`},
	{"host bits", withEgress("cidr: 10.255.1.0/23"), `acme/hub.yaml:6: egress.cidr: 10.255.1.0/23 has host bits set: write 10.255.0.0/23`},
	{"outside of the address space", withEgress("cidr: 172.16.0.0/23"), `acme/hub.yaml:6: egress.cidr: 172.16.0.0/23 lies outside the estate's address_space (10.0.0.0/8)`},
	{"public addresses", withEgress("cidr: 100.64.0.0/23"), `acme/hub.yaml:6: egress.cidr: 100.64.0.0/23 is not private address space (RFC 1918: 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16)`},
	{"in the VPC of a spoke", withEgress("cidr: 10.1.254.0/23"), `acme/hub.yaml:6: egress.cidr: 10.1.254.0/23 overlaps dev (10.1.0.0/16, dev.yaml:3)`},
	{"on-premises", withEgress("cidr: 192.168.0.0/23", edit{"estate.yaml", "[10.0.0.0/8]", "[10.0.0.0/8, 192.168.0.0/16]"}), `acme/hub.yaml:6: egress.cidr: 192.168.0.0/23 overlaps on-premises 192.168.0.0/16 (on_premises.cidrs in estate.yaml)`},
	{"fewer zones than a VPC uses", withEgress("cidr: 10.255.0.0/23, az_count: 2", edit{"prod.yaml", "  nat: one_per_az", "  nat: central"}), `acme/hub.yaml:6: egress.az_count: prod uses the zone apse3-az3, where the egress VPC has no NAT gateway: let it have as many zones`},
	{"more zones than the estate has", withEgress("cidr: 10.255.0.0/23, az_count: 3", edit{"estate.yaml", "[apse3-az1, apse3-az2, apse3-az3]", "[apse3-az1, apse3-az2]"}, edit{"hub.yaml", "  az_count: 3", "  az_count: 2"}, edit{"prod.yaml", "  az_count: 3", "  az_count: 2"}), `acme/hub.yaml:6: egress.az_count: 3 zones are more than the 2 that zones in estate.yaml names`},
	{"a segment of the name", withEgress("cidr: 10.255.0.0/23", edit{"estate.yaml", "  shared: {}", "  shared: {}\n  inspection: {}"}), `acme/estate.yaml:13: segments.inspection: inspection is the route table of the egress VPC: choose another name for the segment`},
	{"an account of the name", []edit{{"estate.yaml", "  audit:", "  egress:"}, {"estate.yaml", "account: audit", "account: hub"}}, `acme/estate.yaml:8: accounts.egress: "egress" is what routes and intents call what is in no account: choose another name`},
	{"central in a private-only network", withEgress("cidr: 10.255.0.0/23", edit{"dev.yaml", "  az_count: 2", "  az_count: 2\n  private_only: true"}), `acme/dev.yaml:6: network.nat: central is a way to the internet, and a private-only network has none: leave it out, or private_only`},
}

func TestBadEgressIsToldWithFileAndLine(t *testing.T) {
	for _, test := range badEgress {
		t.Run(test.name, func(t *testing.T) {
			_, err := load(edited(t, test.edits...), "acme", "acme")
			if err == nil {
				t.Fatalf("loads, want:\n%s", test.want)
			}
			if got := err.Error(); got != test.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, test.want)
			}
		})
	}
}

func TestAnEgressVPCThatNobodyUsesIsWarnedAbout(t *testing.T) {
	const want = "acme/hub.yaml:6: egress: its NAT gateways are paid for, and no VPC uses them: say `nat: central` in one, or leave egress out"
	e := loadEdited(t, withEgress("cidr: 10.255.0.0/23")[:1]...)
	if got := e.Warnings.Error(); !strings.Contains(got, want) {
		t.Errorf("got %s, want %s", got, want)
	}
}

// The egress VPC has as many zones as the largest VPC that uses it, and every slot stays
// where it is whatever is used.
func TestTheEgressVPCHasTheZonesOfItsUsers(t *testing.T) {
	small := loadEdited(t, withEgress("cidr: 10.255.0.0/23")...)
	large := loadEdited(t, withEgress("cidr: 10.255.0.0/23", edit{"prod.yaml", "  nat: one_per_az", "  nat: central"})...)
	if got := len(Subnets(small.EgressPlan(), subnet.Public)); got != 2 {
		t.Errorf("%d public subnets for a VPC of two zones", got)
	}
	if got := len(Subnets(large.EgressPlan(), subnet.Public)); got != 3 {
		t.Errorf("%d public subnets for a VPC of three zones", got)
	}
	for i, s := range small.EgressPlan() {
		if large.EgressPlan()[i].CIDR != s.CIDR {
			t.Errorf("%s in %s moves from %s to %s", s.Tier, s.Zone, s.CIDR, large.EgressPlan()[i].CIDR)
		}
		if !small.Hub.Egress.CIDR.Contains(s.CIDR.Addr()) {
			t.Errorf("%s lies outside of the VPC", s.CIDR)
		}
	}
}
