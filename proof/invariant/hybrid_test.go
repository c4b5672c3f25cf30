package invariant

import "fmt"

// office connects a device, which 192.168.0.0/16 is behind, to the gateway: in a table of its
// own, which leads to the hub's VPC, and from the hub's segment by a static route.
func (e estate) office() {
	e.add("hub/aws_vpn_connection.office", `{"customer_gateway_id": "cgw-1", "type": "ipsec.1", "transit_gateway_id": "${aws_ec2_transit_gateway.main.id}"}`)
	e.add("hub/aws_ec2_transit_gateway_route_table.on_premises", `{"transit_gateway_id": "${aws_ec2_transit_gateway.main.id}"}`)
	e.place("aws_ec2_transit_gateway_route_table_association.office", "aws_vpn_connection.office", "on_premises")
	e.add("hub/aws_ec2_transit_gateway_route_table_propagation.hub_to_on_premises", `{"transit_gateway_attachment_id": "${aws_ec2_transit_gateway_vpc_attachment.hub.id}",
		"transit_gateway_route_table_id": "${aws_ec2_transit_gateway_route_table.on_premises.id}"}`)
	e.place("aws_ec2_transit_gateway_route.office", "aws_vpn_connection.office", "shared")
	e.set("hub/aws_ec2_transit_gateway_route.office", "destination_cidr_block", "192.168.0.0/16")
	for _, zone := range []string{"1", "2"} {
		e.add("hub/aws_route.private_apse3_az"+zone+"_to_office", `{"destination_cidr_block": "192.168.0.0/16", "route_table_id": "${aws_route_table.private_apse3_az`+zone+`.id}",
			"transit_gateway_id": "${aws_ec2_transit_gateway.main.id}"}`)
	}
}

// place adds what is about the attachment of a VPN, and a table of the gateway.
func (e estate) place(address, connection, table string) {
	e.add("hub/"+address, fmt.Sprintf(`{"transit_gateway_attachment_id": "${%s.transit_gateway_attachment_id}", "transit_gateway_route_table_id": "${aws_ec2_transit_gateway_route_table.%s.id}"}`, connection, table))
}

// branch connects another device, of which no table knows.
func (e estate) branch() {
	e.add("hub/aws_vpn_connection.branch", `{"customer_gateway_id": "cgw-2", "type": "ipsec.1", "transit_gateway_id": "${aws_ec2_transit_gateway.main.id}"}`)
}

var hybridMistakes = []struct {
	name   string
	change func(e estate)
	want   string
}{
	{"a VPN with a table of its own", func(e estate) { e.office() }, ""},
	{"a VPN that stands by", func(e estate) { e.office(); e.branch() }, "attachment-without-table?"},
	{"a VPN without a table, to which a route leads", func(e estate) {
		e.office()
		e.branch()
		e.place("aws_ec2_transit_gateway_route.branch", "aws_vpn_connection.branch", "shared")
		e.set("hub/aws_ec2_transit_gateway_route.branch", "destination_cidr_block", "172.16.0.0/16")
	}, "attachment-without-table"},
	{"a VPN is in the table of a VPC", func(e estate) {
		e.office()
		e.drop("hub/aws_ec2_transit_gateway_route_table.on_premises")
		e.drop("hub/aws_ec2_transit_gateway_route_table_propagation.hub_to_on_premises")
		e.place("aws_ec2_transit_gateway_route_table_association.office", "aws_vpn_connection.office", "shared")
	}, "missing-return-route shared-with-on-premises?"},
	{"one VPN is in the table of a VPC, and another is not", func(e estate) {
		e.office()
		e.branch()
		e.place("aws_ec2_transit_gateway_route_table_association.branch", "aws_vpn_connection.branch", "one")
	}, "missing-return-route shared-with-on-premises"},
	{"what a VPN announces decides in the table of a VPC", func(e estate) {
		e.office()
		e.place("aws_ec2_transit_gateway_route_table_propagation.office_to_one", "aws_vpn_connection.office", "one")
	}, "announced-routes?"},
	{"what a VPN announces decides beside static routes", func(e estate) {
		e.office()
		e.place("aws_ec2_transit_gateway_route_table_propagation.office_to_shared", "aws_vpn_connection.office", "shared")
	}, "announced-routes"},
	{"the VPC has no route back to a VPN that reaches it", func(e estate) {
		e.office()
		e.drop("hub/aws_route.private_apse3_az1_to_office")
		e.drop("hub/aws_route.private_apse3_az2_to_office")
	}, "missing-return-route"},
	{"the VPC has a wider route back to a VPN", func(e estate) {
		e.office()
		for _, zone := range []string{"1", "2"} {
			e.set("hub/aws_route.private_apse3_az"+zone+"_to_office", "destination_cidr_block", "192.0.0.0/8")
		}
	}, ""},
	{"a VPN reaches a VPC whose table does not lead back", func(e estate) {
		e.office()
		e.drop("hub/aws_ec2_transit_gateway_route.office")
	}, "missing-return-route route-to-nowhere?"},
	{"an attachment is known by its id alone", func(e estate) {
		e.office()
		for _, kind := range []string{"aws_ec2_transit_gateway_route_table_association.office", "aws_ec2_transit_gateway_route.office"} {
			e.set("hub/"+kind, "transit_gateway_attachment_id", "tgw-attach-0123456789abcdef0")
		}
	}, "attachment-without-table?"},
}
