package proof

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"hubspoke/internal/yamldoc"
	"hubspoke/proof/intent"
)

// The golden files of options are those of an estate with ways to on-premises.
const goldenOptions = "../test/testdata/golden/options"

// hybridIntents are what the ways to on-premises are for.
const hybridIntents = `
- allow: {from: on-premises, to: [apps-one.private, apps-two.private, hub.private], port: 443}
- allow: {from: [apps-one.private, apps-two.private, hub.private], to: [192.168.0.0/16, 10.0.0.0/16, 10.8.0.0/16], port: 443}
- deny: {from: on-premises, to: lab}
- deny: {from: lab, to: on-premises}
- deny: {from: on-premises, to: internet}
- deny: {from: on-premises, to: egress}
- deny: {from: on-premises, to: "*.public"}
- deny: {from: lab, to: [apps-one, apps-two], by: transit-gateway}
`

// proveHybrid proves those intents, and what holds in any network.
func proveHybrid(t *testing.T, c change) *Report {
	t.Helper()
	s := readFrom(t, goldenOptions)
	c(s)
	in := Input{Name: "options", Stacks: s.list(), IntentsFile: "intents.yaml", Accounts: map[string]string{
		"hub": "123123123123", "log-archive": "234234234234", "apps-one": "345345345345", "apps-two": "456456456456", "lab": "567567567567",
	}}
	for name, cidr := range map[string]string{"hub": "10.64.0.0/16", "apps-one": "10.65.0.0/16", "apps-two": "172.20.0.0/20", "lab": "10.66.0.0/16"} {
		in.VPCs = append(in.VPCs, NamedVPC{Name: name, Account: name, CIDR: netip.MustParsePrefix(cidr)})
	}
	in.VPCs = append(in.VPCs, NamedVPC{Name: "egress", Account: "hub", CIDR: netip.MustParsePrefix("172.31.254.0/23"), Transit: true})
	document := yamldoc.Decode("intents.yaml", []byte(hybridIntents), &in.Intents)
	in.Intents.Locate(document)
	in.Intents.Validate(document, intent.Names{Accounts: []string{"apps-one", "apps-two", "hub", "lab", "log-archive"}, VPCs: []string{"egress"}})
	if err := document.Errors.Sorted(); err != nil {
		t.Fatal(err)
	}
	return Of(in).Prove()
}

const hybrid = "hub-hybrid resource "

// ofHybrid are arguments about the attachment of the office, and a table of the gateway.
func ofHybrid(table, more string) string {
	return `{"transit_gateway_attachment_id": "${aws_vpn_connection.office.transit_gateway_attachment_id}",
		"transit_gateway_route_table_id": "${data.terraform_remote_state.hub_network.outputs.route_table_ids[\"` + table + `\"]}"` + more + `}`
}

var brokenHybrid = []struct {
	name   string
	change change
	caught string
}{
	{"a VPN is in the table of a segment", put(hybrid+"aws_ec2_transit_gateway_route_table_association vpn_office", ofHybrid("apps", "")), "shared-with-on-premises"},
	{"a VPN is in the table of a segment with a way to the internet, which is open to it", put(hybrid+"aws_ec2_transit_gateway_route_table_association vpn_office", ofHybrid("apps", "")).then(openEgress()), "deny on-premises -> internet"},
	{"a VPN is in the hub's table", put(hybrid+"aws_ec2_transit_gateway_route_table_association vpn_office", ofHybrid("core", "")), "deny on-premises -> lab"},
	{"Direct Connect is in the table of a segment", replace(hybrid+"aws_ec2_transit_gateway_route_table_association direct_connect", "on-premises", "apps"), "shared-with-on-premises"},
	{"what the office announces decides in a segment", put(hybrid+"aws_ec2_transit_gateway_route_table_propagation office_to_apps", ofHybrid("apps", "")), "announced-routes"},
	{"what the office announces decides in a segment that does not reach it", put(hybrid+"aws_ec2_transit_gateway_route_table_propagation office_to_lab", ofHybrid("lab", "")), "deny lab -> apps-one, apps-two by transit-gateway"},
	{"the way back to a spoke is missing", drop("apps-two-link resource aws_ec2_transit_gateway_route_table_propagation apps_two_to_on_premises"), "allow on-premises -> apps-one.private, apps-two.private"},
	{"the way back to the hub is missing", drop("hub-network resource aws_ec2_transit_gateway_route_table_propagation hub_to_on_premises"), "allow on-premises -> apps-one.private, apps-two.private"},
	{"the way back to a spoke is missing, as an invariant says", drop("apps-two-link resource aws_ec2_transit_gateway_route_table_propagation apps_two_to_on_premises"), "missing-return-route"},
	{"a static route of a segment is missing", drop(hybrid + "aws_ec2_transit_gateway_route apps_to_on_premises_10_8_0_0_16"), "allow apps-one.private, apps-two.private, hub.private -> 192.168.0.0/16"},
	{"a static route of a segment is missing, as an invariant says", drop(hybrid + "aws_ec2_transit_gateway_route core_to_on_premises_192_168_0_0_17"), "missing-return-route"},
	{"a static route leads to another way", put(hybrid+"aws_ec2_transit_gateway_route apps_to_on_premises_10_8_0_0_16", ofHybrid("apps", `, "destination_cidr_block": "10.8.0.0/16"`)), "missing-return-route"},
	{"a segment that does not reach on-premises has a route there", put(hybrid+"aws_ec2_transit_gateway_route lab_to_office", ofHybrid("lab", `, "destination_cidr_block": "192.168.0.0/17"`)).
		then(put("lab-network resource aws_route extra", `{"destination_cidr_block": "192.168.0.0/16", "route_table_id": "${aws_route_table.private_euc1_az2.id}", "transit_gateway_id": "${data.terraform_remote_state.hub_network.outputs.transit_gateway_id}"}`)), "missing-return-route"},
	{"on-premises gets into the laboratory", put("lab-link resource aws_ec2_transit_gateway_route_table_propagation extra", `{"provider": "aws.hub", "transit_gateway_attachment_id": "${data.terraform_remote_state.lab_network.outputs.attachment_id}",
		"transit_gateway_route_table_id": "${data.terraform_remote_state.hub_network.outputs.route_table_ids[\"on-premises\"]}"}`), "deny on-premises -> lab"},
	{"on-premises gets to the internet", wayOut().then(openEgress()), "deny on-premises -> internet"},
	{"a zone of a spoke has no route to on-premises", drop("apps-one-network resource aws_route private_euc1_az1_to_on_premises_10_8_0_0_16"), "allow apps-one.private, apps-two.private, hub.private -> 192.168.0.0/16"},
	{"the ACL of a spoke stops on-premises", rule("apps-two-network resource aws_network_acl private ingress", 103, "action", "deny"), "allow on-premises -> apps-one.private, apps-two.private"},
	{"a route to an attachment that only its id names is for a VPC of the estate", put(hybrid+"aws_ec2_transit_gateway_route extra", `{"transit_gateway_attachment_id": "tgw-attach-0123456789abcdef0", "destination_cidr_block": "10.65.0.0/24",
		"transit_gateway_route_table_id": "${data.terraform_remote_state.hub_network.outputs.route_table_ids[\"core\"]}"}`), "allow on-premises -> apps-one.private"},
	{"a route to an attachment that only its id names is for the internet", put(hybrid+"aws_ec2_transit_gateway_route extra", `{"transit_gateway_attachment_id": "tgw-attach-0123456789abcdef0", "destination_cidr_block": "8.8.8.0/24",
		"transit_gateway_route_table_id": "${data.terraform_remote_state.hub_network.outputs.route_table_ids[\"core\"]}"}`), "allow on-premises -> apps-one.private"},
	{"a VPN that stands by is led to", put(hybrid+"aws_ec2_transit_gateway_route extra", `{"transit_gateway_attachment_id": "${aws_vpn_connection.standby.transit_gateway_attachment_id}", "destination_cidr_block": "192.168.7.0/24",
		"transit_gateway_route_table_id": "${data.terraform_remote_state.hub_network.outputs.route_table_ids[\"core\"]}"}`), "attachment-without-table"},
}

var harmlessHybrid = []struct {
	name   string
	change change
}{
	{"nothing", func(stacks) {}},
	{"a range moves to the VPN that stood by", replace("hub-hybrid resource", "aws_vpn_connection.branch.transit_gateway_attachment_id", "aws_vpn_connection.standby.transit_gateway_attachment_id")},
	{"a blackhole less in the table of what comes from on-premises, where nothing leads further", drop("hub-network resource aws_ec2_transit_gateway_route on_premises_blackhole_192_168_0_0_16")},
	{"a route for a part of what goes there anyway", put(hybrid+"aws_ec2_transit_gateway_route extra", ofHybrid("apps", `, "destination_cidr_block": "192.168.7.0/24"`))},
	{"another attachment that only its id names", replace(hybrid+"aws_ec2_transit_gateway_route", "tgw-attach-0123456789abcdef0", "tgw-attach-0fedcba9876543210").
		then(replace(hybrid+"aws_ec2_transit_gateway_route_table_association", "tgw-attach-0123456789abcdef0", "tgw-attach-0fedcba9876543210"))},
	{"the association with Direct Connect is made elsewhere", drop(hybrid + "aws_dx_gateway_association").then(func(s stacks) {
		for _, kind := range []string{"aws_ec2_transit_gateway_route", "aws_ec2_transit_gateway_route_table_association"} {
			for _, body := range s.at(hybrid + kind) {
				delete(body.(map[string]any), "depends_on")
			}
		}
	})},
	{"a way to the internet, which the ACL of the egress VPC stops", wayOut()},
	{"no VPN stands by", drop(hybrid + "aws_vpn_connection standby").then(drop(hybrid + "aws_customer_gateway standby")).then(drop(hybrid + "aws_cloudwatch_metric_alarm")).then(drop("hub-hybrid output"))},
	{"a spoke has wider routes to the gateway too", all(widely("1"), widely("2"))},
}

// wayOut leads what comes from on-premises to the egress VPC.
func wayOut() change {
	return put("hub-egress resource aws_ec2_transit_gateway_route extra", `{"destination_cidr_block": "0.0.0.0/0", "transit_gateway_attachment_id": "${aws_ec2_transit_gateway_vpc_attachment.egress.id}",
		"transit_gateway_route_table_id": "${data.terraform_remote_state.hub_network.outputs.route_table_ids[\"on-premises\"]}"}`)
}

// openEgress has the NAT gateways' subnets admit every address.
func openEgress() change {
	const everything = `[{"action": "allow", "cidr_block": "0.0.0.0/0", "from_port": 0, "to_port": 0, "protocol": "-1", "rule_no": 100}]`
	return put("hub-egress resource aws_network_acl public ingress", everything).then(put("hub-egress resource aws_network_acl public egress", everything))
}

// widely gives a zone of a spoke a wider route beside those to on-premises.
func widely(zone string) change {
	return put("apps-two-network resource aws_route wide_"+zone, `{"destination_cidr_block": "192.0.0.0/8", "route_table_id": "${aws_route_table.private_euc1_az`+zone+`.id}", "transit_gateway_id": "${data.terraform_remote_state.hub_network.outputs.transit_gateway_id}"}`)
}

func TestEveryBrokenWayToOnPremisesIsCaught(t *testing.T) {
	t.Parallel()
	for _, test := range brokenHybrid {
		t.Run(test.name, func(t *testing.T) {
			failed := failures(proveHybrid(t, test.change))
			if !slices.ContainsFunc(failed, func(f string) bool { return strings.HasPrefix(f, test.caught) }) {
				t.Errorf("not caught by %q, but by:\n%s", test.caught, strings.Join(failed, "\n"))
			}
		})
	}
}

func TestHarmlessChangesOfTheWaysToOnPremisesAreNotFlagged(t *testing.T) {
	t.Parallel()
	for _, test := range harmlessHybrid {
		t.Run(test.name, func(t *testing.T) {
			r := proveHybrid(t, test.change)
			for _, f := range ofTheWayOut(r) {
				t.Errorf("flagged: %s", f)
			}
		})
	}
}
