package proof

import (
	"fmt"
	"maps"
	"net/netip"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"hubspoke/internal/yamldoc"
	"hubspoke/proof/intent"
)

// The VPCs of innovate, with the accounts that they are in. All leave by the egress VPC of
// the hub's account, past its firewall.
var innovateVPCs = []struct{ name, account, cidr string }{
	{"hub", "hub", "10.0.0.0/16"}, {"dev", "dev", "10.1.0.0/16"}, {"staging", "staging", "10.2.0.0/16"}, {"prod", "prod", "10.3.0.0/16"},
	{"egress", "hub", "10.255.254.0/23"},
}

var innovateAccounts = map[string]string{
	"hub": "111111111111", "log-archive": "222222222222", "dev": "333333333333", "staging": "444444444444", "prod": "555555555555",
	"security": "666666666666", "identity": "777777777777", "backup": "888888888888", "management": "999999999999",
}

// policyStack finds the stacks that have no part in the network.
var policyStack = regexp.MustCompile(`^(organization|security|identity)-|backup`)

var innovateRoles = map[string]string{"apply": "innovate-apply", "plan": "innovate-plan", "break-glass": "innovate-break-glass", "bootstrap": "OrganizationAccountAccessRole"}

// proveInnovate is the report on what was synthesized of innovate, changed, and on its
// intents, unless there are others.
func proveInnovate(t testing.TB, c change, intents ...string) *Report {
	t.Helper()
	s := readFrom(t, "../test/testdata/golden/innovate")
	// What policies of the organisation say is proven elsewhere, and would be asked anew here for every change of the network.
	for name := range s {
		if policyStack.MatchString(name) {
			delete(s, name)
		}
	}
	in := Input{Name: "innovate", Accounts: innovateAccounts, Roles: innovateRoles, IntentsFile: "intents.yaml", Expected: &Expected{Stacks: slices.Sorted(maps.Keys(s))}}
	c(s)
	in.Stacks = s.list()
	for _, v := range innovateVPCs {
		cidr := netip.MustParsePrefix(v.cidr)
		in.Expected.VPCs = append(in.Expected.VPCs, ExpectedVPC{Account: v.account, CIDR: cidr})
		in.VPCs = append(in.VPCs, NamedVPC{Name: v.name, Account: v.account, CIDR: cidr, Transit: v.name == "egress"})
	}
	text := []byte(strings.Join(intents, "\n"))
	if len(intents) == 0 {
		var err error
		if text, err = os.ReadFile("../environments/innovate/intents.yaml"); err != nil {
			t.Fatal(err)
		}
	}
	document := yamldoc.Decode("intents.yaml", text, &in.Intents)
	in.Intents.Locate(document)
	in.Intents = slices.DeleteFunc(in.Intents, func(i intent.Intent) bool { return i.May != nil || i.Forbid != nil })
	in.Intents.Validate(document, Of(Input{Stacks: in.Stacks, Accounts: in.Accounts, VPCs: in.VPCs, Roles: in.Roles}).Names())
	if err := document.Errors.Sorted(); err != nil {
		t.Fatal(err)
	}
	return Of(in).Prove()
}

// Where changes are made.
const (
	egressRoutes   = "hub-egress resource aws_route "
	firewallAt     = "hub-egress resource aws_networkfirewall_firewall main"
	firewallSays   = "hub-egress resource aws_networkfirewall_firewall_policy main firewall_policy"
	egressAttached = "hub-egress resource aws_ec2_transit_gateway_vpc_attachment egress"
	hubGateway     = "${data.terraform_remote_state.hub_network.outputs.transit_gateway_id}"
)

// innovateEndpoint is the id of the firewall's endpoint in a zone.
func innovateEndpoint(zone string) string {
	return `${one([for s in aws_networkfirewall_firewall.main.firewall_status[0].sync_states : s.attachment[0].endpoint_id if s.attachment[0].subnet_id == aws_subnet.firewall_apse1_az` + zone + `.id])}`
}

// routed has a route lead elsewhere, or makes it.
func routed(route, argument, target string) change {
	return func(s stacks) {
		for _, other := range []string{"vpc_endpoint_id", "nat_gateway_id", "transit_gateway_id", "gateway_id"} {
			put(route+" "+other, "null")(s)
		}
		put(route+" "+argument, fmt.Sprintf("%q", target))(s)
	}
}

// inHalves splits a route into two for halves of its range.
func inHalves(route, one, other string) change {
	return func(s stacks) {
		copied := maps.Clone(s.at(route))
		copied["destination_cidr_block"] = other
		s.at(route)["destination_cidr_block"] = one
		i := strings.LastIndex(route, " ")
		s.at(route[:i])[route[i+1:]+"_too"] = copied
	}
}

// innovatePropagation is a propagation of an account's attachment to a table.
func innovatePropagation(account, table string) change {
	return put(account+"-link resource aws_ec2_transit_gateway_route_table_propagation extra", propagation(account+"_network", table))
}

// ownWayOut gives dev a NAT gateway of its own, and all zones a route to it if they are to
// have one.
func ownWayOut(route bool) change {
	c := all(put("dev-network resource aws_eip own", `{"domain": "vpc"}`),
		put("dev-network resource aws_nat_gateway own", `{"allocation_id": "${aws_eip.own.allocation_id}", "subnet_id": "${aws_subnet.public_apse1_az1.id}", "depends_on": ["aws_internet_gateway.main"]}`))
	if route {
		c = c.then(routed("dev-network resource aws_route private_apse1_az1_to_internet", "nat_gateway_id", "${aws_nat_gateway.own.id}")).
			then(routed("dev-network resource aws_route private_apse1_az2_to_internet", "nat_gateway_id", "${aws_nat_gateway.own.id}"))
	}
	return c
}

// withoutZone takes the firewall's endpoint in zone 3 away. What led there leads to the
// endpoint of another zone, if there is one to lead to.
func withoutZone(other string) change {
	return func(s stacks) {
		edit(firewallAt+" subnet_mapping", func(l []any) []any { return l[:2] })(s)
		if other == "" {
			return
		}
		for route, body := range s.at(strings.TrimSpace(egressRoutes)) {
			if strings.Contains(fmt.Sprint(body.(map[string]any)["vpc_endpoint_id"]), "firewall_apse1_az3") {
				routed(egressRoutes+route, "vpc_endpoint_id", innovateEndpoint(other))(s)
			}
		}
	}
}

const (
	allByFirewall = "egress of * but *.public, egress via firewall"
	allGetOut     = "allow *.private -> internet tcp/443 via"
	homeNetAt     = firewallSays + " policy_variables rule_variables"
)

// homeNet changes what the policy calls HOME_NET.
func homeNet(f func([]any) []any) change {
	return edit(homeNetAt, func(variables []any) []any {
		set := variables[0].(map[string]any)["ip_set"].(map[string]any)
		set["definition"] = f(set["definition"].([]any))
		return variables
	})
}

// Each change breaks what innovate promises, or what must hold of its firewall, and is
// caught by what begins with the text. Beside it stands one that looks like it and breaks
// nothing.
var innovateBroken = []struct {
	name     string
	change   change
	caught   string
	harmless string
	twin     change
}{
	{
		"answers for dev come back to the endpoint of another zone", routed(egressRoutes+"public_apse1_az1_to_dev", "vpc_endpoint_id", innovateEndpoint("2")), allByFirewall,
		"answers for dev come back by two halves of its range", inHalves(egressRoutes+"public_apse1_az1_to_dev", "10.1.0.0/17", "10.1.128.0/17").
			then(inHalves(egressRoutes+"public_apse1_az2_to_dev", "10.1.0.0/17", "10.1.128.0/17")).then(inHalves(egressRoutes+"public_apse1_az3_to_dev", "10.1.0.0/17", "10.1.128.0/17")),
	},
	{
		"the same is an asymmetric path", routed(egressRoutes+"public_apse1_az1_to_dev", "vpc_endpoint_id", innovateEndpoint("2")), "asymmetric-path",
		"a zone goes by the endpoint and the NAT gateway of another, both ways", routed(egressRoutes+"attachment_apse1_az1_to_internet", "vpc_endpoint_id", innovateEndpoint("2")),
	},
	{
		"answers for prod come back past the firewall", routed(egressRoutes+"public_apse1_az3_to_prod", "transit_gateway_id", hubGateway), allByFirewall,
		"the way back of the firewall's subnet is for more than prod", put(egressRoutes+"firewall_apse1_az3_to_all", `{"route_table_id": "${aws_route_table.firewall_apse1_az3.id}", "destination_cidr_block": "10.0.0.0/8", "transit_gateway_id": "`+hubGateway+`"}`).
			then(put(egressRoutes+"firewall_apse1_az1_to_all", `{"route_table_id": "${aws_route_table.firewall_apse1_az1.id}", "destination_cidr_block": "10.0.0.0/8", "transit_gateway_id": "`+hubGateway+`"}`)).
			then(put(egressRoutes+"firewall_apse1_az2_to_all", `{"route_table_id": "${aws_route_table.firewall_apse1_az2.id}", "destination_cidr_block": "10.0.0.0/8", "transit_gateway_id": "`+hubGateway+`"}`)),
	},
	{
		"packets leave past the firewall", routed(egressRoutes+"attachment_apse1_az2_to_internet", "nat_gateway_id", "${aws_nat_gateway.nat_apse1_az2.id}"), allByFirewall,
		"packets go to the firewall by two halves of all addresses", inHalves(egressRoutes+"attachment_apse1_az2_to_internet", "0.0.0.0/1", "128.0.0.0/1").
			then(inHalves(egressRoutes+"attachment_apse1_az1_to_internet", "0.0.0.0/1", "128.0.0.0/1")).then(inHalves(egressRoutes+"attachment_apse1_az3_to_internet", "0.0.0.0/1", "128.0.0.0/1")),
	},
	{
		"no appliance mode", drop(egressAttached + " appliance_mode_support"), "appliance-mode",
		"another order of the attachment's subnets", reversed(egressAttached + " subnet_ids"),
	},
	{
		"HOME_NET lacks staging", homeNet(func(l []any) []any { return slices.DeleteFunc(l, func(r any) bool { return r == "10.2.0.0/16" }) }), "firewall-home-net",
		"another order of HOME_NET", homeNet(func(l []any) []any { slices.Reverse(l); return l }),
	},
	{
		"HOME_NET is left at the range of the egress VPC", drop(firewallSays + " policy_variables"), "firewall-home-net",
		"HOME_NET is wider than the VPCs", homeNet(func([]any) []any { return []any{"10.0.0.0/8"} }),
	},
	{
		"HOME_NET has half of prod", homeNet(func(l []any) []any {
			return append(slices.DeleteFunc(l, func(r any) bool { return r == "10.3.0.0/16" }), "10.3.0.0/17")
		}), "firewall-home-net",
		"HOME_NET has prod in two halves", homeNet(func(l []any) []any {
			return append(slices.DeleteFunc(l, func(r any) bool { return r == "10.3.0.0/16" }), "10.3.128.0/17", "10.3.0.0/17")
		}),
	},
	{
		"a blackhole of dev's segment is gone: what dev has for staging goes by the firewall", drop("hub-network resource aws_ec2_transit_gateway_route dev_blackhole_10_0_0_0_8"), "deny dev -> staging, prod by transit-gateway",
		"a further blackhole of dev's segment for what one stops already", put("hub-network resource aws_ec2_transit_gateway_route extra", `{"blackhole": true, "destination_cidr_block": "10.2.0.0/16", "transit_gateway_route_table_id": "${aws_ec2_transit_gateway_route_table.dev.id}"}`),
	},
	{
		"the blackholes of a segment and of inspection are gone", drop("hub-network resource aws_ec2_transit_gateway_route prod_blackhole_10_0_0_0_8").then(drop("hub-network resource aws_ec2_transit_gateway_route inspection_blackhole_10_0_0_0_8")), "deny prod -> dev, staging by transit-gateway",
		// Nothing leads there by a wider route.
		"a blackhole of inspection alone is gone, where no wider route is", drop("hub-network resource aws_ec2_transit_gateway_route inspection_blackhole_10_0_0_0_8"),
	},
	{
		"a blackhole of inspection is gone, and a wider route is there", drop("hub-network resource aws_ec2_transit_gateway_route inspection_blackhole_10_0_0_0_8").
			then(put("hub-network resource aws_ec2_transit_gateway_route extra", `{"destination_cidr_block": "0.0.0.0/0", "transit_gateway_attachment_id": "${aws_ec2_transit_gateway_vpc_attachment.hub.id}", "transit_gateway_route_table_id": "${aws_ec2_transit_gateway_route_table.inspection.id}"}`)), "uneven-blackholes",
		"a route of a segment is written beside the propagation that says the same", put("hub-network resource aws_ec2_transit_gateway_route extra", `{"destination_cidr_block": "10.0.0.0/16", "transit_gateway_attachment_id": "${aws_ec2_transit_gateway_vpc_attachment.hub.id}", "transit_gateway_route_table_id": "${aws_ec2_transit_gateway_route_table.dev.id}"}`),
	},
	{
		"prod's segment has no default route", drop("hub-egress resource aws_ec2_transit_gateway_route prod_to_internet"), allGetOut,
		"prod's segment has its default route in two halves", inHalves("hub-egress resource aws_ec2_transit_gateway_route prod_to_internet", "0.0.0.0/1", "128.0.0.0/1"),
	},
	{
		"staging is not propagated to inspection", drop("staging-link resource aws_ec2_transit_gateway_route_table_propagation staging_to_inspection"), allGetOut,
		"staging has a route in inspection instead of a propagation", drop("staging-link resource aws_ec2_transit_gateway_route_table_propagation staging_to_inspection").
			then(put("staging-link resource aws_ec2_transit_gateway_route staging_to_inspection", strings.Replace(propagation("staging_network", "inspection"), "{", `{"destination_cidr_block": "10.2.0.0/16", `, 1))),
	},
	{
		"the firewall has an endpoint less", withoutZone(""), "route-to-nowhere",
		"the firewall has an endpoint less, and its zone goes by another's", withoutZone("2"),
	},
	{
		"the endpoint that a route names is of a subnet without one", routed(egressRoutes+"attachment_apse1_az1_to_internet", "vpc_endpoint_id", strings.Replace(innovateEndpoint("1"), "firewall_apse1", "public_apse1", 1)), "route-to-nowhere",
		"another name for the loop's variable", routed(egressRoutes+"attachment_apse1_az1_to_internet", "vpc_endpoint_id", strings.ReplaceAll(strings.Replace(innovateEndpoint("1"), "for s in", "for state in", 1), " s.", " state.")),
	},
	{
		"packets pass the firewall's rules unseen", put(firewallSays+" stateless_default_actions", `["aws:pass"]`), "firewall-bypassed",
		"another order of the firewall's subnets", reversed(firewallAt + " subnet_mapping"),
	},
	{
		"fragments pass the firewall's rules unseen", put(firewallSays+" stateless_fragment_default_actions", `["aws:pass"]`), "firewall-bypassed",
		"fragments are dropped", put(firewallSays+" stateless_fragment_default_actions", `["aws:drop"]`),
	},
	{
		"dev has a NAT gateway of its own", ownWayOut(true), allByFirewall,
		"dev has a NAT gateway of its own, to which no route leads", ownWayOut(false),
	},
	{
		"dev's private subnets lead to its internet gateway", routed("dev-network resource aws_route private_apse1_az1_to_internet", "gateway_id", "${aws_internet_gateway.main.id}").
			then(routed("dev-network resource aws_route private_apse1_az2_to_internet", "gateway_id", "${aws_internet_gateway.main.id}")), allByFirewall,
		"dev's private subnets lead to the gateway by two halves of all addresses", inHalves("dev-network resource aws_route private_apse1_az1_to_internet", "0.0.0.0/1", "128.0.0.0/1").
			then(inHalves("dev-network resource aws_route private_apse1_az2_to_internet", "0.0.0.0/1", "128.0.0.0/1")),
	},
	{
		"dev is propagated to staging's segment", innovatePropagation("dev", "staging"), "deny staging -> dev, prod by transit-gateway",
		"dev is propagated to inspection twice", innovatePropagation("dev", "inspection"),
	},
	{
		"the egress VPC is associated with dev's segment", replace("hub-egress resource aws_ec2_transit_gateway_route_table_association", `[\"inspection\"]`, `[\"dev\"]`), allGetOut,
		"the egress VPC is associated by a resource with another name", func(s stacks) {
			all := s.at("hub-egress resource aws_ec2_transit_gateway_route_table_association")
			all["way_out"] = all["egress"]
			delete(all, "egress")
		},
	},
	{
		"what passes the firewall in zone 1 has no way back to prod", drop(egressRoutes + "firewall_apse1_az1_to_prod"), allGetOut,
		"a rule more", replace("hub-egress resource aws_networkfirewall_rule_group own rule_group rules_source", `sid:1000002; rev:1;)\n`, `sid:1000002; rev:1;)\nreject tcp $HOME_NET any -\u003e $EXTERNAL_NET 23 (flow:to_server; sid:1000003; rev:1;)\n`),
	},
	{
		"a group of rules has another order than the policy", drop("hub-egress resource aws_networkfirewall_rule_group own rule_group stateful_rule_options"), "firewall-order",
		"the groups are named in another order", reversed(firewallSays + " stateful_rule_group_reference"),
	},
	{
		"two groups of rules have one priority", edit(firewallSays+" stateful_rule_group_reference", func(l []any) []any {
			l[0].(map[string]any)["priority"] = l[1].(map[string]any)["priority"]
			return l
		}), "firewall-order",
		"the policy only reports", put(firewallSays+" stateful_default_actions", `["aws:alert_established_app_layer_to_server"]`).then(edit(firewallSays+" stateful_rule_group_reference", func(l []any) []any {
			l[2].(map[string]any)["override"] = map[string]any{"action": "DROP_TO_ALERT"}
			return l
		})),
	},
	{
		"default actions that AWS does not take together", put(firewallSays+" stateful_default_actions", `["aws:drop_established_app_layer_to_server", "aws:alert_established"]`), "firewall-order",
		"another pair of default actions", put(firewallSays+" stateful_default_actions", `["aws:drop_established", "aws:alert_established"]`),
	},
}

func TestEveryBrokenFirewallIsCaught(t *testing.T) {
	t.Parallel()
	for _, test := range innovateBroken {
		t.Run(test.name, func(t *testing.T) {
			r := proveInnovate(t, test.change)
			failed := failures(r)
			if !slices.ContainsFunc(failed, func(f string) bool { return strings.HasPrefix(f, test.caught) }) {
				t.Errorf("not caught by %q, but by:\n%s\n%v", test.caught, strings.Join(failed, "\n"), r.Invariants)
			}
		})
	}
}

func TestHarmlessChangesOfTheFirewallAreNotFlagged(t *testing.T) {
	t.Parallel()
	for _, test := range innovateBroken {
		t.Run(test.harmless, func(t *testing.T) {
			r := proveInnovate(t, test.twin)
			for _, f := range failures(r) {
				t.Errorf("flagged: %s, of %v", f, r.Invariants)
			}
		})
	}
}

// What works, and may not be meant, is said beside the answers.
func TestWhatAFirewallDoesOrDoesNotIsNoted(t *testing.T) {
	t.Parallel()
	const group = `{"name": "names", "type": "STATEFUL", "capacity": 10, "rule_group": {"rules_source": {"rules_source_list": {"generated_rules_type": "ALLOWLIST", "target_types": ["TLS_SNI"], "targets": ["example.com"]}},
		"rule_variables": {"ip_sets": [{"key": "HOME_NET", "ip_set": {"definition": ["10.0.0.0/8"]}}]}, "stateful_rule_options": {"rule_order": "STRICT_ORDER"}}}`
	names := put("hub-egress resource aws_networkfirewall_rule_group names", group)
	first := func(priority float64) change {
		return names.then(edit(firewallSays+" stateful_rule_group_reference", func(l []any) []any {
			return append(l, map[string]any{"priority": priority, "resource_arn": "${aws_networkfirewall_rule_group.names.arn}"})
		}))
	}
	for _, test := range []struct {
		name   string
		change change
		want   string
	}{
		{"nothing", func(stacks) {}, ""},
		{"the policy only reports", put(firewallSays+" stateful_default_actions", `["aws:alert_established_app_layer_to_server"]`), "firewall-only-watches"},
		{"a rule lets everything through", replace("hub-egress resource aws_networkfirewall_rule_group own rule_group rules_source", `pass tcp 10.3.0.0/16 any -\u003e 203.0.113.40 22`, `pass ip any any -\u003e any any`), "firewall-only-watches"},
		{"the policy drops in silence", put(firewallSays+" stateful_default_actions", `["aws:drop_established_app_layer_to_server"]`), "firewall-silent"},
		{"the firewall has no logs", drop("hub-egress resource aws_networkfirewall_logging_configuration main"), "firewall-silent"},
		{"the firewall logs no alerts", edit("hub-egress resource aws_networkfirewall_logging_configuration main logging_configuration log_destination_config", func(l []any) []any { return l[1:] }), "firewall-silent"},
		{"a list of names before the estate's own", first(10), "firewall-domain-list firewall-home-net"},
		{"a list of names after the estate's own", first(950), "firewall-home-net"},
		{"a policy that no stack makes", put(firewallAt+" firewall_policy_arn", `"arn:aws:network-firewall:ap-southeast-1:111111111111:firewall-policy/central"`), "firewall-policy-elsewhere"},
	} {
		r := proveInnovate(t, test.change)
		var notes []string
		for _, f := range r.Invariants {
			if strings.HasPrefix(f.Kind.Code(), "firewall-") {
				notes = append(notes, f.Kind.Code())
			}
		}
		slices.Sort(notes)
		if got := strings.Join(slices.Compact(notes), " "); got != test.want || r.Status != Proven {
			t.Errorf("%s: noted %q, want %q; %s: %v", test.name, got, test.want, r.Status, failures(r))
		}
	}
}
