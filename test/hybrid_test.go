package test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hubspoke/estate"
	"hubspoke/internal/compare"
	"hubspoke/proof/stackjson"
)

// hybrid connects piksel's hub and dev with an office, which is the whole of 192.168.0.0/16.
func hybrid(edits ...edit) []edit {
	return append([]edit{{"estate.yaml", `\nstate:`, `
on_premises:
  cidrs: [192.168.0.0/16]
  reached_by: [dev]
  vpns:
    office: {address: 203.0.113.10, asn: 65010, cidrs: [192.168.0.0/16]}
$0`}}, edits...)
}

// A VPC more, a range more, a segment more and a way more are additions: nothing that exists
// is replaced, moved or taken away, and no ACL loses a line.
func TestWaysToOnPremisesGrowInPlace(t *testing.T) {
	before := piksel(t, hybrid()...)
	staging, err := os.ReadFile(filepath.Join(estates["piksel"], "staging.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	qa := strings.NewReplacer("segment: staging", "segment: dev", "staging", "qa", "10.2.0.0/16", "10.4.0.0/16").Replace(string(staging))
	for name, edits := range map[string][]edit{
		"one more VPC in a segment that reaches it": {
			{file: "qa.yaml", text: qa},
			{"estate.yaml", `  staging: "333333333333"`, "$0\n  qa: \"555555555555\""},
			{"estate.yaml", `visible_to: \[hub, dev, staging, prod\]`, "visible_to: [hub, dev, staging, prod, qa]"},
			{"estate.yaml", `    dev\.piksel\.internal:\n`, "    qa.piksel.internal:\n      visible_to: [hub, qa]\n$0"},
		},
		"one more range":        {{"estate.yaml", `cidrs: \[192\.168\.0\.0/16\]`, "cidrs: [192.168.0.0/16, 172.30.0.0/16]"}},
		"one more segment":      {{"estate.yaml", `reached_by: \[dev\]`, "reached_by: [dev, prod]"}},
		"one more VPN":          {{"estate.yaml", `    office: .*\n`, "$0    branch: {address: 203.0.113.20, asn: 65020, cidrs: []}\n"}},
		"Direct Connect beside": {{"estate.yaml", `  vpns:\n`, "  direct_connect: {gateway_id: 5f294f92-bafb-4011-916d-9b0b12345678, allowed_prefixes: [10.0.0.0/8]}\n$0"}},
	} {
		t.Run(name, func(t *testing.T) {
			after := piksel(t, hybrid(edits...)...)
			stays(t, before, after)
			for _, f := range fates(t, before, after) {
				t.Errorf("does not stay as it is: %s", f)
			}
		})
	}
}

// Whatever is announced by BGP, no table of a VPC learns it; and what comes from on-premises
// meets a table without a way out.
func TestOnPremisesDecidesAboutNoPacketOfAVPC(t *testing.T) {
	eachEstate(t, func(t *testing.T, e *synthesis) {
		if !e.IsHybrid() {
			return
		}
		ways := map[string]bool{}
		for _, s := range e.stacks {
			for _, r := range s.Resources() {
				table, attachment := fmt.Sprint(r.Body["transit_gateway_route_table_id"]), fmt.Sprint(r.Body["transit_gateway_attachment_id"])
				outside := strings.Contains(attachment, "aws_vpn_connection") || strings.HasPrefix(attachment, "tgw-attach-")
				fromThere := strings.Contains(table, `"`+estate.OnPremisesTable+`"`)
				switch {
				case r.Type == "aws_ec2_transit_gateway_route_table_propagation" && outside:
					t.Errorf("%s: %s lets on-premises announce what it likes", s.Name, r.Address())
				case r.Type == "aws_ec2_transit_gateway_route" && fromThere:
					t.Errorf("%s: %s leads from on-premises to %v", s.Name, r.Address(), r.Body["destination_cidr_block"])
				case r.Type == "aws_ec2_transit_gateway_route_table_association" && outside:
					if ways[r.Name] = true; !fromThere {
						t.Errorf("%s: %s is not in the table of what comes from on-premises", s.Name, r.Address())
					}
				}
			}
		}
		carrying := slices.DeleteFunc(e.Ways(), func(w estate.Way) bool { return len(w.CIDRs) == 0 })
		if len(ways) != len(carrying) || len(ways) == 0 {
			t.Errorf("%d ways are associated, want %d", len(ways), len(carrying))
		}
	})
}

// A blackhole and a static route of one size in a table are two stacks' words for one thing,
// of which AWS takes the first.
func TestNoStaticRouteTakesThePlaceOfABlackhole(t *testing.T) {
	for name, e := range map[string]*synthesis{"options": synthesized(t, "options"), "piksel": piksel(t, hybrid()...)} {
		taken := map[string]string{}
		for _, s := range e.stacks {
			for _, r := range s.Resources() {
				if r.Type != "aws_ec2_transit_gateway_route" {
					continue
				}
				key := fmt.Sprint(segmentOf(r), " ", r.Body["destination_cidr_block"])
				if other, ok := taken[key]; ok {
					t.Errorf("%s: %s of %s is a route like %s: %s", name, r.Address(), s.Name, other, key)
				}
				taken[key] = s.Name + "/" + r.Address()
			}
		}
	}
}

// segmentOf is the segment of a route's table, whichever stack has the route.
func segmentOf(r stackjson.Resource) string {
	table := fmt.Sprint(r.Body["transit_gateway_route_table_id"])
	if _, rest, ok := strings.Cut(table, `["`); ok {
		return strings.TrimSuffix(rest, `"]}`)
	}
	name := strings.TrimSuffix(strings.TrimPrefix(table, "${aws_ec2_transit_gateway_route_table."), ".id}")
	return strings.ReplaceAll(name, "_", "-")
}

// Keys lie in Secrets Manager, and neither in what is synthesized nor in a state.
func TestNoStackHoldsTheKeyOfATunnel(t *testing.T) {
	n := 0
	eachStack(t, func(s *stackjson.Stack) []string {
		var problems []string
		for _, r := range s.Resources() {
			if r.Type != "aws_vpn_connection" {
				continue
			}
			n++
			if r.Body["preshared_key_storage"] != "SecretsManager" {
				problems = append(problems, r.Address()+" keeps its keys in the state")
			}
			for _, argument := range []string{"tunnel1_preshared_key", "tunnel2_preshared_key", "tunnel1_inside_cidr", "tunnel2_inside_cidr"} {
				if _, ok := r.Body[argument]; ok {
					problems = append(problems, r.Address()+" has "+argument)
				}
			}
		}
		return problems
	})
	if n == 0 {
		t.Error("no estate has a VPN: mend this test")
	}
}

// Who lives with what somebody else connects to the gateway, and then lets the estate make
// the way, loses no blackhole on the way and gets static routes that are longer.
func TestAnEstateThatBeginsToMakeItsWaysKeepsTheRest(t *testing.T) {
	before := piksel(t, edit{"estate.yaml", `\nstate:`, "\non_premises:\n  cidrs: [192.168.0.0/16]\n$0"})
	after := piksel(t, hybrid()...)
	for _, f := range fates(t, before, after) {
		t.Errorf("does not stay as it is: %s", f)
	}
	if promised := promises(t, piksel(t, hybrid(
		edit{"intents.yaml", `(?s)\A`, "- allow: {from: on-premises, to: [hub.private, dev.private], port: 443}\n- allow: {from: [hub.private, dev.private], to: 192.168.0.0/16, port: 443}\n"},
	)...)); promised == 0 {
		t.Error("nothing is promised")
	}
}

// Direct Connect comes in steps, of which each keeps what is promised.
func TestEveryStepTowardsDirectConnectIsProven(t *testing.T) {
	const (
		associated = "gateway_id: 5f294f92-bafb-4011-916d-9b0b12345678, allowed_prefixes: [10.0.0.0/8]"
		attached   = "attachment_id: tgw-attach-0123456789abcdef0"
		spoken     = "- allow: {from: on-premises, to: [hub.private, dev.private], port: 443}\n- allow: {from: [hub.private, dev.private], to: 192.168.0.0/20, port: 443}\n"
	)
	for name, test := range map[string]struct{ ways, intents string }{
		"associated":                         {"  direct_connect: {" + associated + "}\n", ""},
		"attached":                           {"  direct_connect: {" + associated + ", " + attached + "}\n", spoken},
		"associated elsewhere":               {"  direct_connect: {" + attached + "}\n", spoken},
		"associated, and a VPN carries":      {"  direct_connect: {" + associated + "}\n  vpns: {office: {address: 203.0.113.10, routing: static}}\n", spoken},
		"attached, and the VPN stands by":    {"  direct_connect: {" + associated + ", " + attached + "}\n  vpns: {office: {address: 203.0.113.10, routing: static, cidrs: []}}\n", spoken},
		"attached, and the VPN has it again": {"  direct_connect: {" + associated + ", " + attached + "}\n  vpns: {office: {address: 203.0.113.10, routing: static, cidrs: [192.168.0.0/20]}}\n", spoken},
	} {
		t.Run(name, func(t *testing.T) {
			edits := []edit{{"estate.yaml", `\nstate:`, "\non_premises:\n  cidrs: [192.168.0.0/20]\n  reached_by: [dev]\n" + test.ways + "$0"}}
			if test.intents != "" {
				edits = append(edits, edit{"intents.yaml", `(?s)\A`, test.intents})
			}
			promises(t, piksel(t, edits...))
		})
	}
}

// A VPN that is only called otherwise is the same to AWS: its gateway, its connection with
// the keys, and its place in the table are one with those before.
func TestAVPNThatIsCalledOtherwiseKeepsItsKeys(t *testing.T) {
	renamed := edit{"estate.yaml", `    office: \{address`, "    bureau: {address"}
	before := synthesized(t, "options")
	c := compared(before, edited(t, "options", renamed))
	if !slices.ContainsFunc(c.Findings, func(f compare.Finding) bool {
		return f.Address == "aws_vpn_connection.office" && f.RenamedTo == "bureau"
	}) {
		t.Errorf("nothing says how the connection stays: %q", told(c))
	}
	after := edited(t, "options", append([]edit{renamed}, history(before, c)...)...)
	for _, f := range compared(before, after).Findings {
		if f.Stack == "hub-hybrid" && (f.Kind == compare.Clash || strings.HasPrefix(f.Address, "aws_vpn_connection.")) {
			t.Errorf("%s: %s: %s, renamed to %q", f.Kind, f.Where(), f.Why, f.RenamedTo)
		}
	}
}
