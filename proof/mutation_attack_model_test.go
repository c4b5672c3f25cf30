package proof

import (
	"slices"
	"strings"
	"testing"
)

// second is an interface more of the hub's machine, with a group and a subnet.
func second(subnet, group, attachment string) change {
	c := put("hub-network resource aws_network_interface extra", `{"subnet_id": "${aws_subnet.`+subnet+`.id}", "security_groups": ["${aws_security_group.`+group+`.id}"]}`)
	if attachment == "" {
		return c.then(put("hub-network resource aws_network_interface extra attachment", `[{"instance": "${aws_instance.probe.id}", "device_index": 1}]`))
	}
	return c.then(put("hub-network resource aws_network_interface_attachment extra", `{"instance_id": "${aws_instance.probe.id}", "network_interface_id": "${aws_network_interface.extra.id}", "device_index": 1}`))
}

// connect puts a Connect endpoint with a group next to the hub's machine, which has the
// group too.
func connect(group string) change {
	list := `["${aws_security_group.` + group + `.id}"]`
	return put("hub-network resource aws_ec2_instance_connect_endpoint extra", `{"subnet_id": "${aws_subnet.private_apse3_az1.id}", "security_group_ids": `+list+`, "preserve_client_ip": false}`).then(
		put("hub-network resource aws_instance probe vpc_security_group_ids", list))
}

// template starts a machine of dev with a version of a launch template.
func template(version string) change {
	return put("dev-network resource aws_launch_template closed", `{"vpc_security_group_ids": ["${aws_security_group.probe.id}"]}`).then(
		put("dev-network resource aws_instance extra", `{"subnet_id": "${aws_subnet.private_apse3_az1.id}", "launch_template": [{"id": "${aws_launch_template.closed.id}", "version": "`+version+`"}]}`))
}

// attacks are survivors of an attack on the model, by what catches them.
var attacks = []struct {
	name   string
	change change
	caught string
}{
	{"a second interface, attached by itself", wide("hub").then(second("private_apse3_az1", "open", "")), "deny"},
	{"a second interface, attached by an attachment", wide("hub").then(second("private_apse3_az1", "open", "own")), "deny"},
	{"a second interface in a public subnet, with an address", wide("hub").then(second("public_apse3_az1", "open", "own")).then(
		put("hub-network resource aws_eip extra", `{"network_interface": "${aws_network_interface.extra.id}"}`)), "deny internet -> "},
	{"a machine with an address in a private subnet", wide("dev").then(put("dev-network resource aws_instance extra", `{"subnet_id": "${aws_subnet.private_apse3_az1.id}", "vpc_security_group_ids": `+openGroup+`, "associate_public_ip_address": true}`)), "deny internet -> *.private"},
	{"an interface with an Elastic IP in a private subnet", wide("dev").then(all(
		put("dev-network resource aws_network_interface extra", `{"subnet_id": "${aws_subnet.private_apse3_az1.id}", "security_groups": `+openGroup+`}`),
		put("dev-network resource aws_eip extra", `{"network_interface": "${aws_network_interface.extra.id}"}`))), "deny internet -> *.private"},
	{"a tunnel to what admits it", wide("hub").then(connect("open")), "deny internet -> "},
	{"a machine of an old version of a template", template("1"), "deny"},
	{"a machine of a version of another's", template("${aws_vpc.main.id}"), "deny"},
	{"an inbound resolver with IPv6 addresses alone", put("hub-network resource aws_route53_resolver_endpoint inbound resolver_endpoint_type", `"IPV6"`), ""},
	{"an inbound resolver for delegations", put("hub-network resource aws_route53_resolver_endpoint inbound direction", `"INBOUND_DELEGATION"`), ""},
	{"an outbound resolver with IPv6 addresses alone", put("hub-network resource aws_route53_resolver_endpoint outbound resolver_endpoint_type", `"IPV6"`), ""},
}

func TestAttacksOnTheModelAreCaught(t *testing.T) {
	for _, a := range attacks {
		t.Run(a.name, func(t *testing.T) {
			found := failures(prove(t, a.change))
			if !slices.ContainsFunc(found, func(f string) bool { return strings.HasPrefix(f, a.caught) }) {
				t.Errorf("not caught: %v", found)
			}
		})
	}
}

// halves gives a public table two routes for all addresses instead of one.
func halves(account, zone string) change {
	at := account + "-network resource aws_route public_apse3_" + zone
	route := func(cidr string) string {
		return `{"route_table_id": "${aws_route_table.public_apse3_` + zone + `.id}", "gateway_id": "${aws_internet_gateway.main.id}", "destination_cidr_block": "` + cidr + `"}`
	}
	return all(drop(at+"_to_internet"), put(at+"_low", route("0.0.0.0/1")), put(at+"_high", route("128.0.0.0/1")))
}

// twins are what the attacks look like where they do no harm.
var twins = []struct {
	name   string
	change change
}{
	{"a second interface with the machine's group", second("private_apse3_az1", "probe", "")},
	{"a resolver with both kinds of addresses", put("hub-network resource aws_route53_resolver_endpoint inbound resolver_endpoint_type", `"DUALSTACK"`)},
	{"a machine without an address in a private subnet", put("dev-network resource aws_instance extra", `{"subnet_id": "${aws_subnet.private_apse3_az1.id}", "vpc_security_group_ids": ["${aws_security_group.probe.id}"]}`)},
	{"a tunnel to nothing", put("hub-network resource aws_security_group shut", `{"vpc_id": "${aws_vpc.main.id}"}`).then(
		put("hub-network resource aws_ec2_instance_connect_endpoint extra", `{"subnet_id": "${aws_subnet.private_apse3_az1.id}", "security_group_ids": ["${aws_security_group.shut.id}"], "preserve_client_ip": false}`))},
	{"the latest version of a template", template("$Latest")},
	{"the default version of a template", template("$Default")},
	{"a template's own latest version", template("${aws_launch_template.closed.latest_version}")},
	{"a template's own default version", template("${aws_launch_template.closed.default_version}")},
	{"a NAT gateway's way in two halves", halves("dev", "az1").then(halves("dev", "az2"))},
	{"a zone's range by a prefix list that holds it", put("dev-network resource aws_ec2_managed_prefix_list all", `{"name": "all", "address_family": "IPv4", "max_entries": 1, "entry": [{"cidr": "0.0.0.0/0"}]}`).then(all(
		drop("dev-network resource aws_route private_apse3_az1_to_internet destination_cidr_block"),
		put("dev-network resource aws_route private_apse3_az1_to_internet destination_prefix_list_id", `"${aws_ec2_managed_prefix_list.all.id}"`)))},
	{"a zone's name with a dot and capitals", put("hub-dns resource aws_route53_zone private_piksel_internal name", `"Piksel.internal."`)},
	{"a resolver with IPv4 addresses", put("hub-network resource aws_route53_resolver_endpoint inbound resolver_endpoint_type", `"IPV4"`)},
}

func TestTwinsOfAttacksOnTheModelAreNotFlagged(t *testing.T) {
	for _, twin := range twins {
		t.Run(twin.name, func(t *testing.T) {
			for _, f := range failures(prove(t, twin.change)) {
				t.Errorf("flagged: %s", f)
			}
		})
	}
}
