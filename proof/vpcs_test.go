package proof

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"hubspoke/proof/intent"
)

// twoInHub is piksel with a second VPC in the hub's account, which has a way to the
// internet and serves no names.
func twoInHub(t *testing.T, named ...NamedVPC) Input {
	t.Helper()
	s := read(t)
	all(
		put("hub-network resource aws_vpc egress", `{"cidr_block": "10.90.0.0/16", "tags": {"Name": "way out"}}`),
		put("hub-network resource aws_subnet egress", `{"vpc_id": "${aws_vpc.egress.id}", "cidr_block": "10.90.1.0/24", "availability_zone_id": "apse3-az1", "tags": {"Tier": "public"}}`),
		put("hub-network resource aws_internet_gateway egress", `{"vpc_id": "${aws_vpc.egress.id}"}`),
		put("hub-network resource aws_route_table egress", `{"vpc_id": "${aws_vpc.egress.id}", "route": [{"cidr_block": "0.0.0.0/0", "gateway_id": "${aws_internet_gateway.egress.id}"}]}`),
		put("hub-network resource aws_route_table_association egress", `{"subnet_id": "${aws_subnet.egress.id}", "route_table_id": "${aws_route_table.egress.id}"}`),
	)(s)
	in := piksel(t, s)
	in.VPCs = named
	return in
}

var (
	theHubs   = NamedVPC{Name: "hub", Account: "hub", CIDR: netip.MustParsePrefix("10.0.0.0/16")}
	theEgress = NamedVPC{Name: "egress", Account: "hub", Address: "hub-network/aws_vpc.egress", Transit: true}
)

func TestASecondVPCInAnAccountHasANameOfItsOwn(t *testing.T) {
	for name, test := range map[string]struct {
		named []NamedVPC
		want  []string // the VPCs, by the parties that mean them
	}{
		"both are named":          {[]NamedVPC{theHubs, theEgress}, []string{"hub: 10.0.0.0/16", "egress: 10.90.0.0/16"}},
		"the hub's own is named":  {[]NamedVPC{theHubs}, []string{"hub: 10.0.0.0/16", "way-out: 10.90.0.0/16"}},
		"the other one is named":  {[]NamedVPC{theEgress}, []string{"hub: 10.0.0.0/16", "egress: 10.90.0.0/16"}},
		"none is, and hub is two": {nil, []string{"hub: 10.0.0.0/16 10.90.0.0/16", "way-out: 10.90.0.0/16"}},
		"both bear one name":      {[]NamedVPC{{Name: "net", Account: "hub"}}, []string{"net: 10.0.0.0/16 10.90.0.0/16", "hub: 10.0.0.0/16 10.90.0.0/16"}},
	} {
		t.Run(name, func(t *testing.T) {
			p := Of(twoInHub(t, test.named...))
			for _, want := range test.want {
				party, _, _ := strings.Cut(want, ": ")
				places, err := p.places(intent.Parties{party})
				var cidrs []string
				for _, v := range vpcs(places) {
					cidrs = append(cidrs, v.CIDRs[0].String())
				}
				slices.Sort(cidrs)
				if got := party + ": " + strings.Join(cidrs, " "); err != nil || got != want {
					t.Errorf("%s, %v, want %s", got, err, want)
				}
			}
		})
	}
}

// What is demanded of everyone is not demanded of a VPC that holds no workloads; what is
// forbidden to everyone is forbidden to it.
func TestVPCsWithoutWorkloadsAreHeldToProhibitions(t *testing.T) {
	names, way := resolves("*", "api.ecr.ap-southeast-3.amazonaws.com", "hub.endpoint.ecr.api"), deny("internet", "->", "*.public")
	way.Deny.Port = nil
	for name, test := range map[string]struct {
		transit bool
		intent  intent.Intent
		vpc     string
		fails   bool
	}{
		"it resolves nothing, and holds workloads":    {false, names, "egress", true},
		"it resolves nothing, and need not":           {true, names, "egress", false},
		"it is open, and that is forbidden everybody": {true, way, "egress", true},
	} {
		t.Run(name, func(t *testing.T) {
			named := theEgress
			named.Transit = test.transit
			r := Of(twoInHub(t, theHubs, named)).intent(test.intent)
			fails := slices.ContainsFunc(r.Cases, func(c Case) bool { return c.Status != Proven && strings.Contains(c.Question, test.vpc) })
			if fails != test.fails {
				t.Errorf("%s: %+v", r.Status, r.Cases)
			}
		})
	}
}

func TestANameWithoutAVPCListsThoseThereAre(t *testing.T) {
	_, err := Of(twoInHub(t, theHubs, theEgress)).places(intent.Parties{"egres.public"})
	if err == nil || !strings.Contains(err.Error(), "dev, hub, prod, staging, egress, internet") || !strings.Contains(err.Error(), `did you mean "egress"`) {
		t.Error(err)
	}
}

func TestWhoeverIsExceptedIsNotMeant(t *testing.T) {
	flow := func(from, except, to string) intent.Intent {
		f := &intent.Flow{From: intent.Parties{from}, To: intent.Parties{to}}
		if except != "" {
			f.FromExcept = strings.Fields(except)
		}
		return intent.Intent{Deny: f}
	}
	for name, test := range map[string]struct {
		intent intent.Intent
		want   Status
		says   string
	}{
		"everyone but the hub":               {flow("*", "hub dev", "dev"), Proven, "no packet arrives"},
		"everyone, the hub among them":       {flow("*", "dev", "dev"), Violated, "pairs fail"},
		"an account but a tier":              {flow("hub", "hub.private hub.public", "dev.nodes"), Proven, "no packet arrives"},
		"an exception that is not meant":     {flow("staging", "dev", "prod"), Unproven, "dev is excepted from staging, which does not mean it"},
		"nobody is left":                     {flow("staging", "staging", "prod"), Unproven, "nobody is left of staging but staging"},
		"nobody else is there yet":           {flow("*", "hub dev staging prod", "prod"), Proven, "there is nobody yet among * but hub"},
		"an exception that is not there":     {flow("*", "qa", "prod"), Unproven, "qa"},
		"the internet but a range":           {flow("internet", "203.0.113.0/24", "dev.public"), Violated, "fail"},
		"all nodes, which a tier has in it":  {flow("*.nodes", "dev staging prod", "hub"), Proven, "there is nobody yet"},
		"those of a tier who hold no group ": {flow("dev.private", "dev.nodes", "prod"), Proven, "no packet arrives"},
	} {
		t.Run(name, func(t *testing.T) {
			r := Of(piksel(t, read(t))).intent(test.intent)
			if r.Status != test.want || !strings.Contains(r.Summary, test.says) {
				t.Errorf("%s: %s, want %s: %s", r.Status, r.Summary, test.want, test.says)
			}
		})
	}
}
