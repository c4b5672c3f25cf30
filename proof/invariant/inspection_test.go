package invariant

import "fmt"

// Firewalls in an otherwise good network.
func init() {
	mistakes = append(mistakes, []struct {
		name   string
		change func(estate)
		want   string
	}{
		{"a firewall to which no route leads", func(e estate) { e.firewall("1", "2") }, "firewall-without-route"},
		{"one of a firewall's endpoints to which no route leads, though it is in the zone", func(e estate) {
			e.outward(map[string]string{"1": "1", "2": "1"})
		}, "firewall-without-route? firewall-zone?"},
		{"a firewall in the zone of the NAT gateway alone, which both zones use", func(e estate) {
			e.outward(map[string]string{"1": "1", "2": "1"})
			e.set("one/aws_networkfirewall_firewall.main", "subnet_mapping", []any{map[string]any{"subnet_id": "${aws_subnet.firewall_apse3_az1.id}"}})
		}, ""},
		{"an endpoint of a gateway load balancer to which no route leads", func(e estate) {
			e.guard("private", "10.1.0.0/24")
			for _, zone := range []string{"1", "2"} {
				e.drop("one/aws_route.private_apse3_az" + zone + "_guarded")
			}
		}, "firewall-without-route?"},
		{"what the gateway hands over for the internet passes the firewall of a zone, without appliance mode", func(e estate) {
			e.handedOver("1", "2")
		}, "appliance-mode"},
		{"what the gateway hands over for the internet passes the firewall of a zone, in appliance mode", func(e estate) {
			e.handedOver("1", "2")
			e.set("one/aws_ec2_transit_gateway_vpc_attachment.hub", "appliance_mode_support", "enable")
		}, ""},
	}...)
}

// firewall puts a network firewall into the stack one, in subnets of its own.
func (e estate) firewall(zones ...string) {
	var mappings []any
	for i, zone := range zones {
		name := "firewall_apse3_az" + zone
		e.add("one/aws_subnet."+name, fmt.Sprintf(`{"vpc_id": "${aws_vpc.main.id}", "availability_zone_id": "apse3-az%s", "cidr_block": "10.1.48.%d/28"}`, zone, 16*i))
		e.add("one/aws_route_table."+name, `{"vpc_id": "${aws_vpc.main.id}"}`)
		e.add("one/aws_route_table_association."+name, `{"subnet_id": "${aws_subnet.`+name+`.id}", "route_table_id": "${aws_route_table.`+name+`.id}"}`)
		mappings = append(mappings, map[string]any{"subnet_id": "${aws_subnet." + name + ".id}"})
	}
	e.add("one/aws_networkfirewall_firewall.main", `{"name": "main", "vpc_id": "${aws_vpc.main.id}"}`)
	e.set("one/aws_networkfirewall_firewall.main", "subnet_mapping", mappings)
	e.add("one/aws_networkfirewall_logging_configuration.main", `{"firewall_arn": "${aws_networkfirewall_firewall.main.arn}", "logging_configuration": [{"log_destination_config": [
		{"log_type": "ALERT", "log_destination_type": "S3", "log_destination": {"bucketName": "alerts"}}]}]}`)
}

// toFirewall leads what a zone of a tier has for a range to the firewall's endpoint in a
// zone.
func (e estate) toFirewall(tier, zone, to, endpoint string) {
	table := tier + "_apse3_az" + zone
	e.add("one/aws_route."+table+"_guarded_"+to, `{"route_table_id": "${aws_route_table.`+table+`.id}", "destination_cidr_block": "`+to+`",
		"vpc_endpoint_id": "${one([for s in aws_networkfirewall_firewall.main.firewall_status[0].sync_states : s.attachment[0].endpoint_id if s.attachment[0].subnet_id == aws_subnet.firewall_apse3_az`+endpoint+`.id])}"}`)
}

// outward leads what private subnets have for the internet through the endpoint that is
// named for their zone, and answers through the one in the NAT gateway's.
func (e estate) outward(endpoints map[string]string) {
	e.firewall("1", "2")
	for zone, endpoint := range endpoints {
		e.drop("one/aws_route.private_apse3_az" + zone + "_to_internet")
		e.toFirewall("private", zone, "0.0.0.0/0", endpoint)
		e.add("one/aws_route.firewall_apse3_az"+zone+"_to_internet", `{"route_table_id": "${aws_route_table.firewall_apse3_az`+zone+`.id}", "destination_cidr_block": "0.0.0.0/0", "nat_gateway_id": "${aws_nat_gateway.main.id}"}`)
	}
	for _, zone := range []string{"1", "2"} {
		e.toFirewall("public", zone, "10.1.16.0/23", "1")
	}
}

// handedOver leads what comes by the gateway for the internet through a firewall's endpoint
// in each zone.
func (e estate) handedOver(zones ...string) {
	e.firewall(zones...)
	for _, zone := range zones {
		e.toFirewall("attachment", zone, "0.0.0.0/0", zone)
		e.add("one/aws_route.firewall_apse3_az"+zone+"_to_internet", `{"route_table_id": "${aws_route_table.firewall_apse3_az`+zone+`.id}", "destination_cidr_block": "0.0.0.0/0", "nat_gateway_id": "${aws_nat_gateway.main.id}"}`)
	}
}
