package proof

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"hubspoke/internal/yamldoc"
	"hubspoke/proof/intent"
)

// egress adds to piksel a VPC in the hub's account through which dev and staging reach
// the internet: attachment, firewall, NAT gateway and back, each zone by itself.
func egress() change {
	c := put("hub-network resource aws_ec2_transit_gateway_route_table inspection", `{"transit_gateway_id": "${aws_ec2_transit_gateway.main.id}"}`).
		then(put("hub-network output route_table_ids value inspection", `"${aws_ec2_transit_gateway_route_table.inspection.id}"`))
	for _, space := range []string{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"} {
		c = c.then(put("hub-network resource aws_ec2_transit_gateway_route inspection_"+space, `{"destination_cidr_block": "`+space+`", "blackhole": true, "transit_gateway_route_table_id": "${aws_ec2_transit_gateway_route_table.inspection.id}"}`))
	}
	for _, account := range []string{"dev", "staging"} {
		c = c.then(shared(account))
	}
	return c.then(put("hub-egress terraform backend s3", `{"bucket": "piksel-terraform-state-111111111111", "key": "piksel/hub-egress.tfstate", "region": "ap-southeast-3"}`)).
		then(put("hub-egress provider aws", `[{"region": "ap-southeast-3", "allowed_account_ids": ["111111111111"]}]`)).
		then(put("hub-egress data terraform_remote_state hub_network", `{"backend": "s3", "config": {"bucket": "piksel-terraform-state-111111111111", "key": "piksel/hub-network.tfstate", "region": "ap-southeast-3"}}`)).
		then(egressVPC()).then(zone("1")).then(zone("2")).then(zone("3"))
}

const gatewayID = `"${data.terraform_remote_state.hub_network.outputs.transit_gateway_id}"`

// shared leads an account's VPC to the internet through the gateway.
func shared(account string) change {
	c := put(account+"-link resource aws_ec2_transit_gateway_route_table_propagation "+account+"_to_inspection", propagation(account+"_network", "inspection")).
		then(put("hub-egress resource aws_ec2_transit_gateway_route "+account+"_to_internet", `{"destination_cidr_block": "0.0.0.0/0", "transit_gateway_attachment_id": "${aws_ec2_transit_gateway_vpc_attachment.egress.id}",
			"transit_gateway_route_table_id": "${data.terraform_remote_state.hub_network.outputs.route_table_ids[\"`+account+`\"]}"}`)).
		then(put(account+"-network resource aws_nat_gateway", `{}`)).then(put(account+"-network resource aws_eip", `{}`))
	for _, zone := range []string{"1", "2"} {
		route := account + "-network resource aws_route private_apse3_az" + zone + "_to_internet"
		c = c.then(drop(route + " nat_gateway_id")).then(put(route+" transit_gateway_id", gatewayID))
	}
	return c
}

func egressVPC() change {
	subnets := func(tier string) string {
		var ids []string
		for _, zone := range []string{"1", "2", "3"} {
			ids = append(ids, `"${aws_subnet.`+tier+`_apse3_az`+zone+`.id}"`)
		}
		return "[" + strings.Join(ids, ", ") + "]"
	}
	var mappings []string
	for _, zone := range []string{"1", "2", "3"} {
		mappings = append(mappings, `{"subnet_id": "${aws_subnet.firewall_apse3_az`+zone+`.id}"}`)
	}
	at := "hub-egress resource "
	return all(
		put(at+"aws_vpc main", `{"cidr_block": "10.255.0.0/23", "enable_dns_support": true}`),
		put(at+"aws_internet_gateway main", `{"vpc_id": "${aws_vpc.main.id}"}`),
		put(at+"aws_networkfirewall_firewall main", `{"name": "piksel", "vpc_id": "${aws_vpc.main.id}", "firewall_policy_arn": "arn:aws:network-firewall:ap-southeast-3:111111111111:firewall-policy/piksel", "subnet_mapping": [`+strings.Join(mappings, ", ")+`]}`),
		put(at+"aws_ec2_transit_gateway_vpc_attachment egress", `{"vpc_id": "${aws_vpc.main.id}", "transit_gateway_id": `+gatewayID+`, "subnet_ids": `+subnets("attachment")+`, "appliance_mode_support": "enable",
			"transit_gateway_default_route_table_association": false, "transit_gateway_default_route_table_propagation": false}`),
		put(at+"aws_ec2_transit_gateway_route_table_association egress", `{"transit_gateway_attachment_id": "${aws_ec2_transit_gateway_vpc_attachment.egress.id}", "transit_gateway_route_table_id": "${data.terraform_remote_state.hub_network.outputs.route_table_ids[\"inspection\"]}"}`),
	)
}

// endpoint is the id of the firewall's endpoint in a zone, in the form that is read.
func endpoint(zone string) string {
	return `"${one([for s in aws_networkfirewall_firewall.main.firewall_status[0].sync_states : s.attachment[0].endpoint_id if s.attachment[0].subnet_id == aws_subnet.firewall_apse3_az` + zone + `.id])}"`
}

// zone adds the three subnets of a zone with their tables.
func zone(z string) change {
	at := "hub-egress resource "
	var c change = func(stacks) {}
	for i, tier := range []string{"attachment", "firewall", "public"} {
		name := tier + "_apse3_az" + z
		cidr := fmt.Sprintf("10.255.%d.%d/28", i/2, i%2*128+16*int(z[0]-'1'))
		c = c.then(all(
			put(at+"aws_subnet "+name, `{"vpc_id": "${aws_vpc.main.id}", "availability_zone_id": "apse3-az`+z+`", "cidr_block": "`+cidr+`"}`),
			put(at+"aws_route_table "+name, `{"vpc_id": "${aws_vpc.main.id}"}`),
			put(at+"aws_route_table_association "+name, `{"subnet_id": "${aws_subnet.`+name+`.id}", "route_table_id": "${aws_route_table.`+name+`.id}"}`),
		))
	}
	return c.then(all(
		put(at+"aws_eip nat_apse3_az"+z, `{"domain": "vpc"}`),
		put(at+"aws_nat_gateway nat_apse3_az"+z, `{"subnet_id": "${aws_subnet.public_apse3_az`+z+`.id}", "allocation_id": "${aws_eip.nat_apse3_az`+z+`.id}"}`),
		leads("attachment", z, "0.0.0.0/0", "vpc_endpoint_id", endpoint(z)),
		leads("firewall", z, "0.0.0.0/0", "nat_gateway_id", `"${aws_nat_gateway.nat_apse3_az`+z+`.id}"`),
		leads("firewall", z, "10.0.0.0/8", "transit_gateway_id", gatewayID),
		leads("public", z, "0.0.0.0/0", "gateway_id", `"${aws_internet_gateway.main.id}"`),
		leads("public", z, "10.0.0.0/8", "vpc_endpoint_id", endpoint(z)),
	))
}

// leads is the route of a tier's table in a zone.
func leads(tier, zone, to, target, value string) change {
	name := tier + "_apse3_az" + zone
	return put("hub-egress resource aws_route "+name+"_"+to, `{"route_table_id": "${aws_route_table.`+name+`.id}", "destination_cidr_block": "`+to+`", "`+target+`": `+value+`}`)
}

// egressIntents are what the egress VPC is for.
const egressIntents = `
- allow: {from: [dev.private, staging.private], to: internet, port: 443, via: [transit-gateway, firewall, nat-gateway]}
- deny: {from: dev, to: [staging, prod], by: transit-gateway}
- deny: {from: staging, to: [dev, prod], by: transit-gateway}
- deny: {from: internet, to: [dev.private, staging.private]}
- deny: {from: [dev, staging], to: prod}
`

// proveEgress proves those intents, and what holds in any network.
func proveEgress(t *testing.T, changes ...change) *Report {
	t.Helper()
	s := read(t)
	s["hub-egress"] = map[string]any{}
	egress()(s)
	for _, c := range changes {
		c(s)
	}
	in := piksel(t, s)
	in.Expected, in.Intents = nil, nil
	document := yamldoc.Decode("intents.yaml", []byte(egressIntents), &in.Intents)
	in.Intents.Locate(document)
	in.Intents.Validate(document, intent.Names{Accounts: []string{"dev", "hub", "prod", "staging"}})
	if err := document.Errors.Sorted(); err != nil {
		t.Fatal(err)
	}
	return Of(in).Prove()
}

var brokenEgress = []struct {
	name   string
	change change
	caught string
}{
	{"answers come back through another zone's firewall", leads("public", "1", "10.0.0.0/8", "vpc_endpoint_id", endpoint("2")), "allow dev.private, staging.private -> internet tcp/443 via transit-gateway via firewall"},
	{"answers come back through another zone's firewall, as an invariant says", leads("public", "1", "10.0.0.0/8", "vpc_endpoint_id", endpoint("2")), "asymmetric-path"},
	{"answers come back past the firewall", leads("public", "1", "10.0.0.0/8", "transit_gateway_id", gatewayID), "asymmetric-path"},
	{"answers come back past the firewall, as a promise", leads("public", "2", "10.0.0.0/8", "transit_gateway_id", gatewayID), "allow dev.private, staging.private -> internet tcp/443 via"},
	{"packets leave past the firewall", leads("attachment", "1", "0.0.0.0/0", "nat_gateway_id", `"${aws_nat_gateway.nat_apse3_az1.id}"`), "allow dev.private, staging.private -> internet tcp/443 via"},
	{"the firewall hands packets to another zone's NAT gateway", leads("firewall", "1", "0.0.0.0/0", "nat_gateway_id", `"${aws_nat_gateway.nat_apse3_az2.id}"`), "asymmetric-path"},
	{"a blackhole is gone", drop("hub-network resource aws_ec2_transit_gateway_route dev_blackhole_10_0_0_0_8"), "deny dev -> staging, prod by transit-gateway"},
	{"a segment has no default route", drop("hub-egress resource aws_ec2_transit_gateway_route dev_to_internet"), "allow dev.private, staging.private -> internet tcp/443"},
	{"what comes back finds no way to dev", drop("dev-link resource aws_ec2_transit_gateway_route_table_propagation dev_to_inspection"), "allow dev.private, staging.private -> internet tcp/443"},
	{"a zone has no endpoint", put("hub-egress resource aws_networkfirewall_firewall main subnet_mapping", `[{"subnet_id": "${aws_subnet.firewall_apse3_az2.id}"}, {"subnet_id": "${aws_subnet.firewall_apse3_az3.id}"}]`), "route-to-nowhere"},
	{"dev's blackhole is for less than staging", put("hub-network resource aws_ec2_transit_gateway_route dev_blackhole_10_0_0_0_8 destination_cidr_block", `"10.0.0.0/15"`), "deny dev -> staging, prod by transit-gateway"},
	{"dev and staging are peered, and only dev has a route", put("dev-link resource aws_vpc_peering_connection extra", `{"vpc_id": "${data.terraform_remote_state.dev_network.outputs.vpc_id}", "peer_vpc_id": "${data.terraform_remote_state.staging_network.outputs.vpc_id}", "peer_owner_id": "333333333333"}`).
		then(put("dev-link data terraform_remote_state staging_network", `{"backend": "s3", "config": {"bucket": "piksel-terraform-state-111111111111", "key": "piksel/staging-network.tfstate", "region": "ap-southeast-3"}}`)).
		then(put("dev-link output peering", `{"value": "${aws_vpc_peering_connection.extra.id}"}`)).then(peered("dev", "10.2.0.0/16")), "deny dev -> staging, prod by transit-gateway"},
	{"a firewall's endpoint is named in a form that is not read", leads("attachment", "1", "0.0.0.0/0", "vpc_endpoint_id", `"${tolist(aws_networkfirewall_firewall.main.firewall_status[0].sync_states)[0].attachment[0].endpoint_id}"`), "allow dev.private, staging.private -> internet tcp/443"},
	{"the endpoint of another subnet than the firewall's", leads("attachment", "1", "0.0.0.0/0", "vpc_endpoint_id", strings.ReplaceAll(endpoint("1"), "firewall_apse3_az1", "public_apse3_az1")), "route-to-nowhere"},
}

var harmlessEgress = []struct {
	name   string
	change change
}{
	{"nothing", func(stacks) {}},
	{"a zone leaves and comes back through the firewall and the NAT gateway of another, which costs and does not break", leads("attachment", "2", "0.0.0.0/0", "vpc_endpoint_id", endpoint("1"))},
	{"another name for the loop's variable, and the comparison turned round", leads("attachment", "1", "0.0.0.0/0", "vpc_endpoint_id", `"${one([for state in aws_networkfirewall_firewall.main.firewall_status[0].sync_states: state.attachment[0].endpoint_id if aws_subnet.firewall_apse3_az1.id == state.attachment[0].subnet_id])}"`)},
	{"another order of the firewall's subnets", reversed("hub-egress resource aws_networkfirewall_firewall main subnet_mapping")},
	{"answers come back by two halves of the range", drop("hub-egress resource aws_route public_apse3_az1_10.0.0.0/8").then(leads("public", "1", "10.0.0.0/9", "vpc_endpoint_id", endpoint("1"))).then(leads("public", "1", "10.128.0.0/9", "vpc_endpoint_id", endpoint("1"))).
		then(drop("hub-egress resource aws_route public_apse3_az2_10.0.0.0/8").then(leads("public", "2", "10.0.0.0/9", "vpc_endpoint_id", endpoint("2"))).then(leads("public", "2", "10.128.0.0/9", "vpc_endpoint_id", endpoint("2")))).
		then(drop("hub-egress resource aws_route public_apse3_az3_10.0.0.0/8").then(leads("public", "3", "10.0.0.0/9", "vpc_endpoint_id", endpoint("3"))).then(leads("public", "3", "10.128.0.0/9", "vpc_endpoint_id", endpoint("3"))))},
}

func TestEveryBrokenEgressIsCaught(t *testing.T) {
	t.Parallel()
	for _, test := range brokenEgress {
		t.Run(test.name, func(t *testing.T) {
			failed := failures(proveEgress(t, test.change))
			if !slices.ContainsFunc(failed, func(f string) bool { return strings.HasPrefix(f, test.caught) }) {
				t.Errorf("not caught by %q, but by:\n%s", test.caught, strings.Join(failed, "\n"))
			}
		})
	}
}

// ofTheWayOut are the failures of a report whose intents speak of the way out alone: that
// nobody speaks of the rest is no failure of it.
func ofTheWayOut(r *Report) []string {
	return slices.DeleteFunc(failures(r), func(f string) bool { return f == notPromised.Code() })
}

func TestHarmlessChangesOfTheEgressAreNotFlagged(t *testing.T) {
	t.Parallel()
	for _, test := range harmlessEgress {
		t.Run(test.name, func(t *testing.T) {
			r := proveEgress(t, test.change)
			for _, f := range ofTheWayOut(r) {
				t.Errorf("flagged: %s", f)
			}
		})
	}
}
