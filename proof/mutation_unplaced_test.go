package proof

import "testing"

// What joins parts of a network in words that are not evaluated makes them unproven, and
// nothing violated: neither the default holds in its place, nor is it as if it were not
// there.
func TestWhatCannotBePlacedIsUnproven(t *testing.T) {
	t.Parallel()
	const dev, link = "dev-network resource ", "dev-link resource aws_ec2_transit_gateway_route_table_"
	const association = dev + "aws_route_table_association private_apse3_az1 "
	at := func(path, of string) change { return put(path, `"${element(`+of+`, 0)}"`) }
	for name, c := range map[string]change{
		"the subnet of an association":  at(association+"subnet_id", "[aws_subnet.private_apse3_az1.id]"),
		"the table of an association":   at(association+"route_table_id", "[aws_route_table.private_apse3_az1.id]"),
		"both":                          at(association+"subnet_id", "[1]").then(at(association+"route_table_id", "[1]")),
		"the table of a route":          at(dev+"aws_route private_apse3_az1_to_hub route_table_id", "[1]"),
		"the subnets of an attachment":  at(dev+"aws_ec2_transit_gateway_vpc_attachment hub subnet_ids", "[[aws_subnet.private_apse3_az1.id]]"),
		"one subnet of an attachment":   put(dev+"aws_ec2_transit_gateway_vpc_attachment hub subnet_ids", `["${element([aws_subnet.private_apse3_az1.id], 0)}"]`),
		"the VPC of an attachment":      at(dev+"aws_ec2_transit_gateway_vpc_attachment hub vpc_id", "[1]"),
		"the gateway of an attachment":  at(dev+"aws_ec2_transit_gateway_vpc_attachment hub transit_gateway_id", "[1]"),
		"the subnets of an ACL":         at(acl+" subnet_ids", "[[aws_subnet.private_apse3_az1.id]]"),
		"the groups of an instance":     at(dev+"aws_instance probe vpc_security_group_ids", "[[1]]"),
		"one group of an instance":      put(dev+"aws_instance probe vpc_security_group_ids", `["${element([1], 0)}"]`),
		"the group of a rule":           at(ingress+" security_group_id", "[1]"),
		"the main table of a VPC":       put(dev+"aws_main_route_table_association extra", `{"vpc_id": "${aws_vpc.main.id}", "route_table_id": "${element([1], 0)}"}`),
		"the subnet of an ACL's own":    put(dev+"aws_network_acl_association extra", `{"network_acl_id": "${aws_network_acl.private.id}", "subnet_id": "${element([1], 0)}"}`),
		"the ACL of a subnet":           put(dev+"aws_network_acl_association extra", `{"network_acl_id": "${element([1], 0)}", "subnet_id": "${aws_subnet.private_apse3_az1.id}"}`),
		"the ACL of a rule":             put(dev+"aws_network_acl_rule extra", `{"network_acl_id": "${element([1], 0)}", "rule_number": 1, "rule_action": "deny", "protocol": "-1", "cidr_block": "0.0.0.0/0"}`),
		"the table of an association 2": at(link+"association dev transit_gateway_route_table_id", "[1]"),
		"the attachment of one":         at(link+"association dev transit_gateway_attachment_id", "[1]"),
		"the attachment of another":     at(link+"propagation dev_to_shared transit_gateway_attachment_id", "[1]"),
		"the table of a propagation":    at(link+"propagation dev_to_shared transit_gateway_route_table_id", "[1]"),
	} {
		t.Run(name, func(t *testing.T) { unprovenOnly(t, prove(t, c)) })
	}
	// What is written otherwise and understood is what it was.
	for name, c := range map[string]change{
		"a local in between": put("dev-network locals private", `"${aws_subnet.private_apse3_az1.id}"`).then(put(association+"subnet_id", `"${local.private}"`)),
		"a reference":        put(association+"subnet_id", `"${aws_subnet.private_apse3_az1.id}"`),
	} {
		t.Run("harmless: "+name, func(t *testing.T) {
			if r := prove(t, c); r.Status != Proven {
				t.Errorf("it is %s", r.Status)
			}
		})
	}
}
