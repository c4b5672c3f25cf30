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
	{"a zone takes away what others associate", func(e estate) {
		e.associate()
		e.set("hub/aws_route53_zone.zone", "lifecycle", map[string]any{})
	}, "not-awaited zone-vpcs-in-two-forms"},
	{"a zone is associated with a VPC of another region", func(e estate) {
		e.associate()
		e.set("one/aws_route53_zone_association.zone", "vpc_region", "us-east-1")
	}, "not-awaited zone-vpc-of-other-region"},
	{"an endpoint is for a service of another region", func(e estate) {
		e.set("hub/aws_vpc_endpoint.sts", "service_name", "com.amazonaws.eu-west-1.sts")
	}, "endpoint-of-other-region"},
	{"an endpoint is for a service of another region, and says so", func(e estate) {
		e.set("hub/aws_vpc_endpoint.sts", "service_name", "com.amazonaws.eu-west-1.sts")
		e.set("hub/aws_vpc_endpoint.sts", "service_region", "eu-west-1")
	}, ""},
	{"a public NAT gateway has no address", func(e estate) { delete(e.body("one/aws_nat_gateway.main"), "allocation_id") }, "nat-without-address"},
	{"a private NAT gateway has an address", func(e estate) { e.set("one/aws_nat_gateway.main", "connectivity_type", "private") }, "nat-without-address"},
	{"a role trusts an account that nobody knows", func(e estate) {
		e.trust(`{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::999999999999:root"}, "Action": "sts:AssumeRole"}`)
	}, "foreign-account"},
	{"a role trusts a service of somebody else, which says whom it works for", func(e estate) {
		e.trust(`{"Effect": "Allow", "Principal": {"AWS": "999999999999"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"sts:ExternalId": "x"}}}`)
	}, "foreign-account?"},
	{"a role trusts everybody", func(e estate) {
		e.trust(`{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}`)
	}, "open-to-everybody"},
	{"a role trusts all but one", func(e estate) {
		e.trust(`{"Effect": "Allow", "NotPrincipal": {"AWS": "arn:aws:iam::111111111111:root"}, "Action": "sts:AssumeRole"}`)
	}, "open-to-everybody"},
	{"a role trusts everybody whom no condition excludes", func(e estate) {
		e.trust(`{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Condition": {"StringNotEquals": {"aws:PrincipalAccount": "999999999999"}}}`)
	}, "open-to-everybody"},
	{"a role trusts its organisation", func(e estate) {
		e.trust(`{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}}}`)
	}, ""},
	{"a condition lets a foreign account in", func(e estate) {
		e.trust(`{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"aws:PrincipalAccount": "999999999999"}}}`)
	}, "foreign-account"},
	{"a subnet is shared with an account of the stacks", func(e estate) { e.lend("222222222222") }, "subnet-shared?"},
	{"a subnet is shared with another account", func(e estate) { e.lend("999999999999") }, "foreign-account subnet-shared"},
	{"a subnet is shared with an organisation", func(e estate) {
		e.lend("arn:aws:organizations::999999999999:organization/o-1234567890")
	}, "foreign-account? subnet-shared"},
	{"a provider assumes a role of another account", func(e estate) {
		e.stack("two")["provider"].(map[string]any)["aws"].([]any)[0].(map[string]any)["assume_role"] =
			[]any{map[string]any{"role_arn": "arn:aws:iam::222222222222:role/deploy"}}
	}, "role-of-other-account"},
	{"a provider may not work in an account", func(e estate) {
		e.stack("two")["provider"].(map[string]any)["aws"].([]any)[0].(map[string]any)["forbidden_account_ids"] = []any{"333333333333"}
	}, "role-of-other-account"},
	{"a provider assumes a role by one of another account", func(e estate) {
		e.stack("two")["provider"].(map[string]any)["aws"].([]any)[0].(map[string]any)["assume_role"] =
			[]any{map[string]any{"role_arn": "arn:aws:iam::111111111111:role/deploy"}, map[string]any{"role_arn": "arn:aws:iam::333333333333:role/deploy"}}
	}, ""},
	{"a database's group lets in the port of another engine", func(e estate) { e.database("mysql", `"from_port": 5432, "to_port": 5432, "protocol": "tcp"`) }, "port-not-admitted"},
	{"a database's group lets in its port", func(e estate) { e.database("postgres", `"from_port": 5432, "to_port": 5432, "protocol": "tcp"`) }, ""},
	{"a database's group lets in its port among others", func(e estate) { e.database("mysql", `"from_port": 0, "to_port": 0, "protocol": "-1"`) }, ""},
	{"a database's group lets in its port by UDP", func(e estate) { e.database("postgres", `"from_port": 5432, "to_port": 5432, "protocol": "udp"`) }, "port-not-admitted"},
	{"a database's group lets in nobody", func(e estate) {
		e.database("postgres", `"from_port": 5432, "to_port": 5432, "protocol": "tcp"`)
		e.set("one/aws_security_group.database", "ingress", []any{})
	}, "port-not-admitted?"},
	{"an attachment is associated with the table of another", func(e estate) {
		e.set("one/aws_ec2_transit_gateway_route_table_association.one", "transit_gateway_route_table_id", "${data.terraform_remote_state.hub.outputs.table_ids[\"shared\"]}")
	}, "route-to-nowhere table-without-attachment? wrong-table"},
	{"a VPC hands on to the internet", func(e estate) { e.egress() }, ""},
	{"a table of those who hand on has a wider route", func(e estate) {
		e.egress()
		e.add("hub/aws_ec2_transit_gateway_route.inspection_default", `{"destination_cidr_block": "0.0.0.0/0",
			"transit_gateway_attachment_id": "${aws_ec2_transit_gateway_vpc_attachment.hub.id}",
			"transit_gateway_route_table_id": "${aws_ec2_transit_gateway_route_table.inspection.id}"}`)
	}, "missing-return-route uneven-blackholes"},
	{"an address has two owners", func(e estate) {
		e.add("one/aws_eip_association.app", `{"instance_id": "${aws_instance.app.id}", "allocation_id": "${aws_eip.nat_main.id}"}`)
	}, "address-twice"},
}

// associate makes a zone of the hub answer in one.
func (e estate) associate() {
	e.add("hub/aws_route53_zone.zone", `{"name": "internal", "lifecycle": {"ignore_changes": ["vpc"]}, "vpc": [{"vpc_id": "${aws_vpc.main.id}"}]}`)
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

// trust gives one a role with a statement as its trust policy.
func (e estate) trust(statement string) {
	e.add("one/aws_iam_role.trust", `{"name": "trust", "assume_role_policy": "{}"}`)
	e.set("one/aws_iam_role.trust", "assume_role_policy", `{"Version": "2012-10-17", "Statement": [`+statement+`]}`)
}

// lend shares a subnet of the hub.
func (e estate) lend(principal string) {
	e.add("hub/aws_ram_resource_share.lent", `{"name": "lent", "allow_external_principals": false}`)
	e.add("hub/aws_ram_resource_association.lent", `{"resource_share_arn": "${aws_ram_resource_share.lent.arn}", "resource_arn": "${aws_subnet.private_apse3_az1.arn}"}`)
	e.add("hub/aws_ram_principal_association.lent", `{"resource_share_arn": "${aws_ram_resource_share.lent.arn}", "principal": "`+principal+`"}`)
}

// database makes a database in one whose group lets in some traffic.
func (e estate) database(engine, traffic string) {
	e.add("one/aws_db_subnet_group.database", `{"name": "database", "subnet_ids": ["${aws_subnet.private_apse3_az1.id}", "${aws_subnet.private_apse3_az2.id}"]}`)
	e.add("one/aws_security_group.database", `{"vpc_id": "${aws_vpc.main.id}", "ingress": [{`+traffic+`, "cidr_blocks": ["10.1.0.0/16"]}]}`)
	e.add("one/aws_db_instance.database", `{"engine": "`+engine+`", "db_subnet_group_name": "${aws_db_subnet_group.database.name}", "vpc_security_group_ids": ["${aws_security_group.database.id}"]}`)
}

// egress makes a VPC in the hub's account through which one reaches the internet. Two does
// not, though the VPC has a route for its range too.
func (e estate) egress() {
	e.add("hub/aws_vpc.egress", `{"cidr_block": "10.255.0.0/24"}`)
	e.add("hub/aws_internet_gateway.egress", `{"vpc_id": "${aws_vpc.egress.id}"}`)
	e.add("hub/aws_eip.egress", `{"domain": "vpc"}`)
	e.add("hub/aws_nat_gateway.egress", `{"subnet_id": "${aws_subnet.egress_public_apse3_az1.id}", "allocation_id": "${aws_eip.egress.allocation_id}"}`)
	for at, cidr := range map[string]string{"public": "10.255.0.0/28", "attachment": "10.255.0.16/28"} {
		name := "egress_" + at + "_apse3_az1"
		e.add("hub/aws_subnet."+name, `{"vpc_id": "${aws_vpc.egress.id}", "cidr_block": "`+cidr+`", "availability_zone_id": "apse3-az1"}`)
		e.add("hub/aws_route_table."+name, `{"vpc_id": "${aws_vpc.egress.id}"}`)
		e.add("hub/aws_route_table_association."+name, `{"subnet_id": "${aws_subnet.`+name+`.id}", "route_table_id": "${aws_route_table.`+name+`.id}"}`)
	}
	e.add("hub/aws_route.egress_out", `{"route_table_id": "${aws_route_table.egress_public_apse3_az1.id}", "destination_cidr_block": "0.0.0.0/0", "gateway_id": "${aws_internet_gateway.egress.id}"}`)
	e.add("hub/aws_route.egress_back", `{"route_table_id": "${aws_route_table.egress_public_apse3_az1.id}", "destination_cidr_block": "10.0.0.0/8", "transit_gateway_id": "${aws_ec2_transit_gateway.main.id}"}`)
	e.add("hub/aws_route.egress_on", `{"route_table_id": "${aws_route_table.egress_attachment_apse3_az1.id}", "destination_cidr_block": "0.0.0.0/0", "nat_gateway_id": "${aws_nat_gateway.egress.id}"}`)
	e.add("hub/aws_ec2_transit_gateway_vpc_attachment.egress", `{"vpc_id": "${aws_vpc.egress.id}", "subnet_ids": ["${aws_subnet.egress_attachment_apse3_az1.id}"],
		"transit_gateway_id": "${aws_ec2_transit_gateway.main.id}", "transit_gateway_default_route_table_association": false, "transit_gateway_default_route_table_propagation": false}`)
	const table = `"transit_gateway_route_table_id": "${aws_ec2_transit_gateway_route_table.inspection.id}"`
	e.add("hub/aws_ec2_transit_gateway_route_table.inspection", `{"transit_gateway_id": "${aws_ec2_transit_gateway.main.id}"}`)
	e.add("hub/aws_ec2_transit_gateway_route_table_association.egress", `{"transit_gateway_attachment_id": "${aws_ec2_transit_gateway_vpc_attachment.egress.id}", `+table+`}`)
	e.stack("hub")["output"].(map[string]any)["inspection"] = map[string]any{"value": "${aws_ec2_transit_gateway_route_table.inspection.id}"}
	for _, name := range []string{"one", "two"} {
		e.add(name+"/aws_ec2_transit_gateway_route_table_propagation."+name+"_to_inspection", `{"provider": "aws.hub",
			"transit_gateway_attachment_id": "${aws_ec2_transit_gateway_vpc_attachment.hub.id}", "transit_gateway_route_table_id": "${data.terraform_remote_state.hub.outputs.inspection}"}`)
		e.add("hub/aws_ec2_transit_gateway_route."+name+"_default", `{"destination_cidr_block": "0.0.0.0/0", "transit_gateway_attachment_id": "${aws_ec2_transit_gateway_vpc_attachment.egress.id}",
			"transit_gateway_route_table_id": "${aws_ec2_transit_gateway_route_table.`+name+`.id}"}`)
	}
	for _, zone := range []string{"1", "2"} {
		e.swap("one/aws_route.private_apse3_az"+zone+"_to_internet", `"nat_gateway_id":"${aws_nat_gateway.main.id}"`, `"transit_gateway_id":"${data.terraform_remote_state.hub.outputs.transit_gateway_id}"`)
	}
	e.drop("one/aws_nat_gateway.main")
	e.drop("one/aws_eip.nat_main")
}
