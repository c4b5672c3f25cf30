package invariant

// moreMistakes are mistakes about accounts, addresses and what waits for what.
var moreMistakes = []struct {
	name   string
	change func(e estate)
	want   string
}{
	{"a zone is associated without waiting for its authorization", func(e estate) { e.associate() }, "not-awaited"},
	{"a zone is associated after its authorization", func(e estate) {
		e.associate()
		e.set("one/aws_route53_zone_association.zone", "depends_on", []any{"aws_route53_vpc_association_authorization.zone"})
	}, ""},
	{"a zone is associated after what comes after its authorization", func(e estate) {
		e.associate()
		e.add("one/terraform_data.wait", `{"input": "${aws_route53_vpc_association_authorization.zone.id}"}`)
		e.set("one/aws_route53_zone_association.zone", "depends_on", []any{"terraform_data.wait"})
	}, ""},
	{"what is shared is used without waiting for its acceptance", func(e estate) {
		e.set("one/aws_ec2_transit_gateway_vpc_attachment.hub", "depends_on", []any{})
	}, "not-awaited"},
	{"an attachment is associated without waiting for its acceptance", func(e estate) { e.accept("hub") }, "not-awaited"},
	{"an attachment is associated by its acceptance", func(e estate) {
		e.accept("hub")
		for _, address := range []string{"aws_ec2_transit_gateway_route_table_association.one", "aws_ec2_transit_gateway_route_table_propagation.one_to_shared"} {
			e.swap("one/"+address, "aws_ec2_transit_gateway_vpc_attachment.hub.id", "aws_ec2_transit_gateway_vpc_attachment_accepter.hub.id")
		}
	}, ""},
	{"an endpoint is for a service of another region", func(e estate) {
		e.set("hub/aws_vpc_endpoint.sts", "service_name", "com.amazonaws.eu-west-1.sts")
	}, "endpoint-of-other-region"},
	{"an endpoint is for a service of another region, and says so", func(e estate) {
		e.set("hub/aws_vpc_endpoint.sts", "service_name", "com.amazonaws.eu-west-1.sts")
		e.set("hub/aws_vpc_endpoint.sts", "service_region", "eu-west-1")
	}, ""},
	{"a public NAT gateway has no address", func(e estate) { delete(e.body("one/aws_nat_gateway.main"), "allocation_id") }, "nat-without-address"},
	{"a private NAT gateway has an address", func(e estate) { e.set("one/aws_nat_gateway.main", "connectivity_type", "private") }, "nat-without-address"},
	{"an address has two owners", func(e estate) {
		e.add("one/aws_eip_association.app", `{"instance_id": "${aws_instance.app.id}", "allocation_id": "${aws_eip.nat_main.id}"}`)
	}, "address-twice"},
}

// associate makes a zone of the hub answer in one.
func (e estate) associate() {
	e.add("hub/aws_route53_zone.zone", `{"name": "internal", "vpc": [{"vpc_id": "${aws_vpc.main.id}"}]}`)
	e.stack("hub")["output"].(map[string]any)["zone_id"] = map[string]any{"value": "${aws_route53_zone.zone.zone_id}"}
	const at = `"zone_id": "${data.terraform_remote_state.hub.outputs.zone_id}", "vpc_id": "${aws_vpc.main.id}"`
	e.add("one/aws_route53_vpc_association_authorization.zone", `{"provider": "aws.hub", `+at+`}`)
	e.add("one/aws_route53_zone_association.zone", `{`+at+`}`)
}

// accept has the hub accept the attachment of one by hand, and that of two too.
func (e estate) accept(provider string) {
	e.set("hub/aws_ec2_transit_gateway.main", "auto_accept_shared_attachments", "disable")
	e.add("one/aws_ec2_transit_gateway_vpc_attachment_accepter.hub", `{"provider": "aws.`+provider+`", "transit_gateway_attachment_id": "${aws_ec2_transit_gateway_vpc_attachment.hub.id}",
		"transit_gateway_default_route_table_association": false, "transit_gateway_default_route_table_propagation": false}`)
	e.add("two/aws_ec2_transit_gateway_vpc_attachment_accepter.hub", `{"provider": "aws.`+provider+`", "transit_gateway_attachment_id": "${aws_ec2_transit_gateway_vpc_attachment.hub.id}",
		"transit_gateway_default_route_table_association": false, "transit_gateway_default_route_table_propagation": false}`)
	for _, address := range []string{"aws_ec2_transit_gateway_route_table_association.two", "aws_ec2_transit_gateway_route_table_propagation.two_to_shared"} {
		e.swap("two/"+address, "aws_ec2_transit_gateway_vpc_attachment.hub.id", "aws_ec2_transit_gateway_vpc_attachment_accepter.hub.id")
	}
}
