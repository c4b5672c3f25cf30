package network

import (
	"slices"
	"testing"
)

// attached is a transit gateway with two tables, and a VPC in one of them.
const attached = `, "aws_ec2_transit_gateway": {"g": {"default_route_table_association": "disable", "default_route_table_propagation": "disable"}},
	"aws_ec2_transit_gateway_route_table": {"vpcs": {"transit_gateway_id": "${aws_ec2_transit_gateway.g.id}"}, "outside": {"transit_gateway_id": "${aws_ec2_transit_gateway.g.id}"}},
	"aws_ec2_transit_gateway_vpc_attachment": {"main": {"transit_gateway_id": "${aws_ec2_transit_gateway.g.id}", "vpc_id": "${aws_vpc.main.id}", "subnet_ids": ["${aws_subnet.app_eu_az1.id}"]}}`

const direct = `, "aws_dx_gateway_association": {"d": {"dx_gateway_id": "5f294f92-bafb-4011-916d-9b0b12345678", "associated_gateway_id": "${aws_ec2_transit_gateway.g.id}"}}`

// named is a resource about an attachment that its id names, and a table.
func named(kind, name, table, more string) string {
	return `, "` + kind + `": {"` + name + `": {"transit_gateway_attachment_id": "tgw-attach-` + name + `", "transit_gateway_route_table_id": "${aws_ec2_transit_gateway_route_table.` + table + `.id}"` + more + `}}`
}

const (
	association = "aws_ec2_transit_gateway_route_table_association"
	route       = "aws_ec2_transit_gateway_route"
)

func TestAnIDOfAnAttachmentIsThatOfWhatIsAssociatedHere(t *testing.T) {
	for name, test := range map[string]struct {
		resources string
		kinds     []string
	}{
		"Direct Connect":               {direct + named(association, "1", "outside", ""), []string{"aws_dx_gateway_association"}},
		"what is made elsewhere":       {named(association, "1", "outside", ""), []string{association}},
		"both":                         {direct + named(association, "1", "outside", "") + named(route, "2", "vpcs", `, "destination_cidr_block": "192.168.0.0/16"`) + named("aws_ec2_transit_gateway_route_table_propagation", "2", "vpcs", ""), []string{"aws_dx_gateway_association", "aws_ec2_transit_gateway_route_table_propagation"}},
		"Direct Connect by no id":      {direct, []string{"aws_dx_gateway_association"}},
		"one id in two resources":      {named(association, "1", "outside", "") + named(route, "1", "vpcs", `, "destination_cidr_block": "192.168.0.0/16"`), []string{association}},
		"an id in an unknown table":    {`, "aws_ec2_transit_gateway_route_table_association": {"1": {"transit_gateway_attachment_id": "tgw-attach-1", "transit_gateway_route_table_id": "tgw-rtb-1"}}`, nil},
		"an id that is something else": {`, "aws_ec2_transit_gateway_route_table_association": {"1": {"transit_gateway_attachment_id": "vpc-1", "transit_gateway_route_table_id": "${aws_ec2_transit_gateway_route_table.outside.id}"}}`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var kinds []string
			for _, a := range build(t, attached+test.resources).TransitGateways[0].Attachments {
				if a.VPC == nil {
					kinds = append(kinds, a.Resource.Type)
				}
			}
			if !slices.Equal(kinds, test.kinds) {
				t.Errorf("attachments of %v, want %v", kinds, test.kinds)
			}
		})
	}
}

// What is behind an id is on-premises for private addresses that no VPC has. Whatever else
// may be there is not known, and neither is the table of an attachment that nobody here
// associates.
func TestWhatIsBehindAnIDIsOnPremisesOrNotKnown(t *testing.T) {
	for destination, known := range map[string]bool{"192.168.0.0/16": true, "10.0.1.0/24": false, "10.0.0.0/8": false, "8.8.8.0/24": false, "0.0.0.0/0": false} {
		t.Run(destination, func(t *testing.T) {
			g := build(t, attached+named(association, "1", "outside", "")+named(route, "1", "vpcs", `, "destination_cidr_block": "`+destination+`"`)).TransitGateways[0]
			table := g.Tables[slices.IndexFunc(g.Tables, func(t *GatewayTable) bool { return t.Resource.Name == "vpcs" })]
			if got := len(table.Unknown) == 0 && len(table.Routes) == 1; got != known {
				t.Errorf("known: %v, want %v: %v", got, known, table.Unknown)
			}
		})
	}
	g := build(t, attached+named(route, "1", "vpcs", `, "destination_cidr_block": "192.168.0.0/16"`)).TransitGateways[0]
	if len(g.Unknown) == 0 {
		t.Error("the table of an attachment that nobody associates is taken for known")
	}
}
