package proof

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"hubspoke/proof/intent"
)

// Piksel's spokes reach the internet by way of a VPC of the hub's account, whose network
// firewall looks at everything: into a zone's attachment subnet, through the zone's
// firewall endpoint, out by its NAT gateway, and back the same way.
// https://docs.aws.amazon.com/prescriptive-guidance/latest/inline-traffic-inspection-third-party-appliances/architecture-3.html
var (
	inspectedSpokes = map[string][]string{"dev": {"1", "2"}, "staging": {"1", "2"}, "prod": {"1", "2", "3"}}
	inspectedZones  = []string{"1", "2", "3"}
)

// firewallIn is the id of the firewall's endpoint in the subnet of a zone.
func firewallIn(zone string) string {
	return `${one([for s in aws_networkfirewall_firewall.main.firewall_status[0].sync_states : s.attachment[0].endpoint_id if s.attachment[0].subnet_id == aws_subnet.firewall_` + zone + `.id])}`
}

// egressRoute puts a route into a table of the egress VPC.
func egressRoute(table, name, destination, argument, target string) change {
	return put("hub-network resource aws_route "+table+"_"+name, fmt.Sprintf(`{"route_table_id": "${aws_route_table.%s.id}", "destination_cidr_block": %q, %q: %q}`, table, destination, argument, target))
}

// inspected adds the egress VPC and sends the spokes' private subnets there.
func inspected(s stacks) {
	in := func(kind, name, value string) { put("hub-network resource "+kind+" "+name, value)(s) }
	in("aws_vpc", "egress", `{"cidr_block": "10.255.0.0/23"}`)
	in("aws_internet_gateway", "egress", `{"vpc_id": "${aws_vpc.egress.id}"}`)
	var attachments, mappings []string
	for i, zone := range inspectedZones {
		for j, tier := range []string{"passing", "firewall", "out"} {
			name := tier + "_" + zone
			in("aws_subnet", name, fmt.Sprintf(`{"vpc_id": "${aws_vpc.egress.id}", "availability_zone_id": "apse3-az%s", "cidr_block": "10.255.0.%d/28"}`, zone, 16*(3*i+j)))
			in("aws_route_table", name, `{"vpc_id": "${aws_vpc.egress.id}"}`)
			in("aws_route_table_association", name, fmt.Sprintf(`{"subnet_id": "${aws_subnet.%s.id}", "route_table_id": "${aws_route_table.%s.id}"}`, name, name))
		}
		in("aws_eip", "egress_"+zone, `{"domain": "vpc"}`)
		in("aws_nat_gateway", "egress_"+zone, fmt.Sprintf(`{"allocation_id": "${aws_eip.egress_%s.allocation_id}", "subnet_id": "${aws_subnet.out_%s.id}", "depends_on": ["aws_internet_gateway.egress"]}`, zone, zone))
		egressRoute("passing_"+zone, "on", "0.0.0.0/0", "vpc_endpoint_id", firewallIn(zone))(s)
		egressRoute("firewall_"+zone, "on", "0.0.0.0/0", "nat_gateway_id", "${aws_nat_gateway.egress_"+zone+".id}")(s)
		egressRoute("firewall_"+zone, "back", "10.0.0.0/8", "transit_gateway_id", "${aws_ec2_transit_gateway.main.id}")(s)
		egressRoute("out_"+zone, "on", "0.0.0.0/0", "gateway_id", "${aws_internet_gateway.egress.id}")(s)
		egressRoute("out_"+zone, "back", "10.0.0.0/8", "vpc_endpoint_id", firewallIn(zone))(s)
		attachments = append(attachments, `"${aws_subnet.passing_`+zone+`.id}"`)
		mappings = append(mappings, `{"subnet_id": "${aws_subnet.firewall_`+zone+`.id}"}`)
	}
	in("aws_networkfirewall_firewall", "main", `{"name": "main", "vpc_id": "${aws_vpc.egress.id}", "firewall_policy_arn": "arn:aws:network-firewall:ap-southeast-3:111111111111:firewall-policy/main", "subnet_mapping": [`+strings.Join(mappings, ", ")+`]}`)
	in("aws_ec2_transit_gateway_vpc_attachment", "egress", `{"subnet_ids": [`+strings.Join(attachments, ", ")+`], "vpc_id": "${aws_vpc.egress.id}", "transit_gateway_id": "${aws_ec2_transit_gateway.main.id}", "appliance_mode_support": "enable", "transit_gateway_default_route_table_association": false, "transit_gateway_default_route_table_propagation": false}`)
	in("aws_ec2_transit_gateway_route_table", "inspection", `{"transit_gateway_id": "${aws_ec2_transit_gateway.main.id}"}`)
	in("aws_ec2_transit_gateway_route_table_association", "egress", `{"transit_gateway_attachment_id": "${aws_ec2_transit_gateway_vpc_attachment.egress.id}", "transit_gateway_route_table_id": "${aws_ec2_transit_gateway_route_table.inspection.id}"}`)
	for i, private := range []string{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"} {
		in("aws_ec2_transit_gateway_route", fmt.Sprint("inspection_blackhole_", i), `{"blackhole": true, "destination_cidr_block": "`+private+`", "transit_gateway_route_table_id": "${aws_ec2_transit_gateway_route_table.inspection.id}"}`)
	}
	put("hub-network output inspection", `{"value": "${aws_ec2_transit_gateway_route_table.inspection.id}"}`)(s)
	for spoke, zones := range inspectedSpokes {
		in("aws_ec2_transit_gateway_route", spoke+"_egress", `{"destination_cidr_block": "0.0.0.0/0", "transit_gateway_attachment_id": "${aws_ec2_transit_gateway_vpc_attachment.egress.id}", "transit_gateway_route_table_id": "${aws_ec2_transit_gateway_route_table.`+spoke+`.id}"}`)
		put(spoke+"-link resource aws_ec2_transit_gateway_route_table_propagation inspection", `{"provider": "aws.hub", "transit_gateway_attachment_id": "${data.terraform_remote_state.`+spoke+`_network.outputs.attachment_id}", "transit_gateway_route_table_id": "${data.terraform_remote_state.hub_network.outputs.inspection}"}`)(s)
		for _, zone := range zones {
			route := spoke + "-network resource aws_route private_apse3_az" + zone + "_to_internet "
			drop(route + "nat_gateway_id")(s)
			put(route+"transit_gateway_id", `"${data.terraform_remote_state.hub_network.outputs.transit_gateway_id}"`)(s)
		}
		drop(spoke + "-network resource aws_nat_gateway")(s)
	}
}

// inspectedIntents are what the egress VPC is there for.
func inspectedIntents() []intent.Intent {
	apart := func(from string, to ...string) intent.Intent {
		return intent.Intent{Deny: &intent.Flow{From: intent.Parties{from}, To: to, By: intent.ByTransitGateway}}
	}
	private := intent.Parties{"dev.private", "staging.private", "prod.private"}
	return []intent.Intent{
		apart("dev", "staging", "prod"), apart("staging", "dev", "prod"), apart("prod", "dev", "staging"),
		{Allow: &intent.Flow{From: private, To: intent.Parties{"internet"}, Port: intent.Ports{{First: 443, Last: 443}}, Via: intent.Waypoints{intent.ViaTransitGateway, intent.ViaFirewall, intent.ViaNAT}}},
		{Deny: &intent.Flow{From: intent.Parties{"internet"}, To: private}},
	}
}

// proveInspected is the report on the inspected network with a change.
func proveInspected(t testing.TB, c change) *Report {
	t.Helper()
	s := read(t)
	inspected(s)
	if c != nil {
		c(s)
	}
	in := piksel(t, s)
	in.Intents = inspectedIntents()
	in.Expected.VPCs = append(in.Expected.VPCs, ExpectedVPC{Account: "hub", CIDR: netip.MustParsePrefix("10.255.0.0/23")})
	return Of(in).Prove()
}

const inspectedRoutes = "hub-network resource aws_route "

// wrongEndpoint sends a route to the firewall's endpoint in another zone.
func wrongEndpoint(route, zone string) change {
	return put(inspectedRoutes+route+" vpc_endpoint_id", fmt.Sprintf("%q", firewallIn(zone)))
}

// past sends a route of the egress VPC elsewhere than to the firewall.
func past(route, argument, target string) change {
	return drop(inspectedRoutes + route + " vpc_endpoint_id").then(put(inspectedRoutes+route+" "+argument, fmt.Sprintf("%q", target)))
}

// endpointIs writes the endpoint of zone 1 in another form in both of its tables.
func endpointIs(text string) change {
	return put(inspectedRoutes+"passing_1_on vpc_endpoint_id", fmt.Sprintf("%q", text)).then(put(inspectedRoutes+"out_1_back vpc_endpoint_id", fmt.Sprintf("%q", text)))
}

// spokesPeered peers dev and staging; routes lead there from the spokes named.
func spokesPeered(routed ...string) change {
	c := all(
		put("dev-link resource aws_vpc_peering_connection extra", `{"vpc_id": "${data.terraform_remote_state.dev_network.outputs.vpc_id}", "peer_vpc_id": "${data.terraform_remote_state.staging_network.outputs.vpc_id}", "peer_owner_id": "333333333333"}`),
		put("dev-link data terraform_remote_state staging_network", `{"backend": "s3", "config": {"bucket": "piksel-terraform-state-111111111111", "key": "piksel/staging-network.tfstate", "region": "ap-southeast-3"}}`),
		put("staging-link data terraform_remote_state dev_link", `{"backend": "s3", "config": {"bucket": "piksel-terraform-state-111111111111", "key": "piksel/dev-link.tfstate", "region": "ap-southeast-3"}}`),
		put("staging-link resource aws_vpc_peering_connection_accepter extra", `{"vpc_peering_connection_id": "${data.terraform_remote_state.dev_link.outputs.peering}", "auto_accept": true}`),
		put("dev-link output peering", `{"value": "${aws_vpc_peering_connection.extra.id}"}`))
	for _, spoke := range routed {
		to := map[string]string{"dev": "10.2.0.0/16", "staging": "10.1.0.0/16"}[spoke]
		c = c.then(put(spoke+"-link resource aws_route extra", `{"destination_cidr_block": "`+to+`", "route_table_id": "${data.terraform_remote_state.`+spoke+`_network.outputs.private_route_table_ids[\"apse3-az1\"]}", "vpc_peering_connection_id": "${`+map[string]string{"dev": "aws_vpc_peering_connection.extra.id", "staging": "data.terraform_remote_state.dev_link.outputs.peering"}[spoke]+`}"}`))
	}
	return c
}

func gatewayRoute(table, destination, attachment string) change {
	return put("hub-network resource aws_ec2_transit_gateway_route extra_"+table, `{"destination_cidr_block": "`+destination+`", "transit_gateway_attachment_id": "${aws_ec2_transit_gateway_vpc_attachment.`+attachment+`.id}", "transit_gateway_route_table_id": "${aws_ec2_transit_gateway_route_table.`+table+`.id}"}`)
}

const (
	outByAll  = "allow dev.private, staging.private, prod.private -> internet"
	devApart  = "deny dev -> staging, prod"
	prodApart = "deny prod -> dev, staging"
)

// Each change breaks the inspected network, and is caught by what begins with the text,
// as violated or as unproven.
var inspectedBroken = []struct {
	name   string
	change change
	caught string
	status Status
}{
	{"the answers of zone 1 return through zone 2's endpoint", wrongEndpoint("out_1_back", "2"), outByAll, Violated},
	{"the answers of zone 3, which one spoke alone uses, do", wrongEndpoint("out_3_back", "1"), outByAll, Violated},
	{"the same is an asymmetric path", wrongEndpoint("out_1_back", "2"), "asymmetric-path", Violated},
	{"the answers return past the firewall", past("out_1_back", "transit_gateway_id", "${aws_ec2_transit_gateway.main.id}"), outByAll, Violated},
	{"half of the answers return past the firewall", all(egressRoute("out_1", "more", "10.1.64.0/18", "transit_gateway_id", "${aws_ec2_transit_gateway.main.id}")), outByAll, Violated},
	{"one spoke's answers alone do", egressRoute("out_2", "more", "10.3.0.0/16", "transit_gateway_id", "${aws_ec2_transit_gateway.main.id}"), outByAll, Violated},
	{"packets go past the firewall", past("passing_1_on", "nat_gateway_id", "${aws_nat_gateway.egress_1.id}"), outByAll, Violated},
	{"packets to half of the internet go past the firewall", egressRoute("passing_1", "more", "128.0.0.0/1", "nat_gateway_id", "${aws_nat_gateway.egress_1.id}"), outByAll, Violated},
	{"a zone's firewall subnet goes out by another zone's NAT gateway, whose answers take its endpoint", put(inspectedRoutes+"firewall_1_on nat_gateway_id", `"${aws_nat_gateway.egress_2.id}"`), outByAll, Violated},
	{"the firewall has no endpoint in zone 3", edit("hub-network resource aws_networkfirewall_firewall main subnet_mapping", func(l []any) []any { return l[:2] }), "route-to-nowhere", Violated},
	{"no appliance mode", drop("hub-network resource aws_ec2_transit_gateway_vpc_attachment egress appliance_mode_support"), "appliance-mode", Violated},
	{"dev has no way to the internet", drop("hub-network resource aws_ec2_transit_gateway_route dev_egress"), outByAll, Violated},
	{"the answers for dev do not come back into its table", drop("dev-link resource aws_ec2_transit_gateway_route_table_propagation inspection"), outByAll, Violated},
	{"dev's blackhole is missing: what is not known goes to the egress VPC and back", drop("hub-network resource aws_ec2_transit_gateway_route dev_blackhole_10_0_0_0_8"), devApart, Violated},
	{"a more specific route than the blackhole leads to the egress VPC", gatewayRoute("dev", "10.2.0.0/16", "egress"), devApart, Violated},
	{"a route for a part of prod leads there", gatewayRoute("dev", "10.3.64.0/24", "egress"), devApart, Violated},
	{"dev and staging are peered, with routes both ways", spokesPeered("dev", "staging"), devApart, Violated},
	{"dev and staging are peered, with a route from dev", spokesPeered("dev"), devApart, Violated},
	{"dev and staging are peered, with a route from staging", spokesPeered("staging"), "deny staging -> dev", Violated},
	{"the endpoint is an element of a list", endpointIs(`${element(tolist(aws_networkfirewall_firewall.main.firewall_status[0].sync_states), 0).attachment[0].endpoint_id}`), outByAll, Unproven},
	{"the endpoint is chosen by an index", endpointIs(`${tolist(aws_networkfirewall_firewall.main.firewall_status[0].sync_states)[0].attachment[0].endpoint_id}`), outByAll, Unproven},
	{"the endpoint is chosen by a zone's name", endpointIs(`${one([for s in aws_networkfirewall_firewall.main.firewall_status[0].sync_states : s.attachment[0].endpoint_id if s.availability_zone == "ap-southeast-3a"])}`), outByAll, Unproven},
	{"the endpoint is chosen by another subnet than it is not", endpointIs(strings.Replace(firewallIn("1"), "==", "!=", 1)), outByAll, Unproven},
	{"the loop tells a subnet instead", endpointIs(strings.Replace(firewallIn("1"), ".endpoint_id", ".subnet_id", 1)), outByAll, Unproven},
	{"the endpoint is a condition's", endpointIs(`${true ? "vpce-1" : "vpce-2"}`), outByAll, Unproven},
	{"the endpoint is of another attachment than the first", endpointIs(strings.Replace(firewallIn("1"), "attachment[0].endpoint", "attachment[1].endpoint", 1)), outByAll, Unproven},
	{"the way out is a network interface", past("passing_1_on", "network_interface_id", "eni-0123456789abcdef0"), outByAll, Unproven},
}

func TestBrokenInspectionIsCaught(t *testing.T) {
	t.Parallel()
	for _, test := range inspectedBroken {
		t.Run(test.name, func(t *testing.T) {
			r := proveInspected(t, test.change)
			var all []string
			for _, result := range r.Intents {
				all = append(all, fmt.Sprintf("%s: %s", result.Status, result.Intent))
				if strings.HasPrefix(result.Intent, test.caught) && result.Status == test.status {
					return
				}
			}
			for _, f := range r.Invariants {
				all = append(all, fmt.Sprintf("%s: %s: %s", f.Status, f.Kind.Code(), f.Sentence))
				if f.Kind.Code() == test.caught && f.Status == test.status {
					return
				}
			}
			t.Errorf("not caught by %q as %s:\n%s", test.caught, test.status, strings.Join(all, "\n"))
		})
	}
}

// Whoever reads that answers take another endpoint is told which, and by which route.
func TestBothEndpointsAreNamedWhereAnswersTakeAnother(t *testing.T) {
	t.Parallel()
	r := proveInspected(t, wrongEndpoint("out_1_back", "2"))
	var answers string
	for _, result := range r.Intents {
		for _, c := range result.Cases {
			answers += c.Answer + "\n"
		}
	}
	if !strings.Contains(answers, "through firewall main by its endpoint in firewall_1, but the answers come back through firewall main by its endpoint in firewall_2") {
		t.Errorf("the answers are\n%s", answers)
	}
	for _, f := range r.Invariants {
		if f.Kind.Code() == "asymmetric-path" && !strings.Contains(f.Sentence, "hub-network/aws_route.out_1_back") {
			t.Errorf("the route is not named: %s", f.Sentence)
		}
	}
}

// Each change leaves the inspected network as good as it was.
var inspectedHarmless = []struct {
	name   string
	change change
}{
	{"nothing", nil},
	{"zone 1 leaves and returns through zone 2's endpoint and NAT gateway", wrongEndpoint("passing_1_on", "2")},
	{"another name of the loop's variable", endpointIs(strings.ReplaceAll(strings.Replace(firewallIn("1"), "for s in", "for state in", 1), " s.", " state."))},
	{"lines and spaces in the expression", endpointIs(strings.ReplaceAll(strings.ReplaceAll(firewallIn("1"), " : ", "\n  : "), " == ", "  ==  "))},
	{"the subnet comes first in the comparison", endpointIs(strings.Replace(firewallIn("1"), "s.attachment[0].subnet_id == aws_subnet.firewall_1.id", "aws_subnet.firewall_1.id == s.attachment[0].subnet_id", 1))},
	{"another order of the firewall's subnets", reversed("hub-network resource aws_networkfirewall_firewall main subnet_mapping")},
	{"another order of the attachment's subnets", reversed("hub-network resource aws_ec2_transit_gateway_vpc_attachment egress subnet_ids")},
	{"the way back in two halves", all(
		put(inspectedRoutes+"out_1_back destination_cidr_block", `"10.0.0.0/9"`),
		egressRoute("out_1", "more", "10.128.0.0/9", "vpc_endpoint_id", firewallIn("1")))},
	{"a blackhole of staging in dev's table beside that of everything", put("hub-network resource aws_ec2_transit_gateway_route extra", `{"blackhole": true, "destination_cidr_block": "10.2.0.0/16", "transit_gateway_route_table_id": "${aws_ec2_transit_gateway_route_table.dev.id}"}`)},
	{"a log of the firewall", put("hub-network resource aws_networkfirewall_logging_configuration main", `{"firewall_arn": "${aws_networkfirewall_firewall.main.arn}", "logging_configuration": [{"log_destination_config": [{"log_type": "ALERT", "log_destination_type": "CloudWatchLogs", "log_destination": {"logGroup": "x"}}]}]}`)},
}

func TestGoodInspectionIsNotFlagged(t *testing.T) {
	t.Parallel()
	for _, test := range inspectedHarmless {
		t.Run(test.name, func(t *testing.T) {
			r := proveInspected(t, test.change)
			for _, f := range ofTheWayOut(r) {
				t.Errorf("flagged: %s, of %v", f, r.Invariants)
			}
		})
	}
}

// eastWest leads dev and staging to each other through the firewall: past the gateway's
// own blackholes, and with no network ACL in the way.
func eastWest() change {
	c := all(gatewayRoute("dev", "10.2.0.0/16", "egress"), gatewayRoute("staging", "10.1.0.0/16", "egress"))
	for spoke, to := range map[string]string{"dev": "10.2.0.0/16", "staging": "10.1.0.0/16"} {
		c = c.then(put(spoke+"-network resource aws_network_acl private subnet_ids", `[]`))
		for _, zone := range inspectedSpokes[spoke] {
			c = c.then(put(spoke+"-network resource aws_route across_"+zone, `{"destination_cidr_block": "`+to+`", "route_table_id": "${aws_route_table.private_apse3_az`+zone+`.id}", "transit_gateway_id": "${data.terraform_remote_state.hub_network.outputs.transit_gateway_id}"}`))
		}
	}
	return c
}

// Between zones, appliance mode alone makes both directions meet in one of them.
func TestSpokesMeetInTheFirewallOfOneZone(t *testing.T) {
	t.Parallel()
	across := intent.Intents{{Allow: &intent.Flow{From: intent.Parties{"dev.private"}, To: intent.Parties{"staging.private"}, Protocol: intent.ProtocolTCP, Via: intent.Waypoints{intent.ViaFirewall}}}}
	for _, test := range []struct {
		name   string
		change change
		want   Status
	}{
		{"in appliance mode", nil, Proven},
		{"without appliance mode", drop("hub-network resource aws_ec2_transit_gateway_vpc_attachment egress appliance_mode_support"), Violated},
		{"the answers past the firewall", drop("hub-network resource aws_ec2_transit_gateway_route extra_staging").then(put("dev-link resource aws_ec2_transit_gateway_route_table_propagation back", propagation("dev_network", "staging"))), Violated},
		{"the endpoint of a zone that is not known", endpointIs(notEvaluated[0]), Unproven},
	} {
		s := read(t)
		all(inspected, eastWest())(s)
		if test.change != nil {
			test.change(s)
		}
		in := piksel(t, s)
		in.Intents = across
		if got := Of(in).Prove().Intents[0]; got.Status != test.want {
			t.Errorf("%s, it is %s, want %s: %s", test.name, got.Status, test.want, got.Summary)
		}
	}
}
