package network

import (
	"fmt"
	"strings"
	"testing"

	"hubspoke/proof/config"
	"hubspoke/proof/packet"
	"hubspoke/proof/stackjson"
)

// base is a VPC with two subnets, a table and a group, to which tests add.
const base = `
	"aws_vpc": {"main": {"cidr_block": "10.0.0.0/16"}},
	"aws_subnet": {
		"app_eu_az1": {"vpc_id": "${aws_vpc.main.id}", "cidr_block": "10.0.0.0/24", "availability_zone_id": "eu-az1"},
		"app_eu_az2": {"vpc_id": "${aws_vpc.main.id}", "cidr_block": "10.0.1.0/24", "availability_zone_id": "eu-az2", "tags": {"Tier": "other"}},
		"public": {"vpc_id": "${aws_vpc.main.id}", "cidr_block": "10.0.2.0/24", "map_public_ip_on_launch": true}},
	"aws_route_table": {"app": {"vpc_id": "${aws_vpc.main.id}"}},
	"aws_route_table_association": {"app": {"subnet_id": "${aws_subnet.app_eu_az1.id}", "route_table_id": "${aws_route_table.app.id}"}},
	"aws_security_group": {"app": {"vpc_id": "${aws_vpc.main.id}"}, "other": {"vpc_id": "${aws_vpc.main.id}"}}`

func build(t testing.TB, resources string) *Model {
	t.Helper()
	s, err := stackjson.Parse("s", "s", []byte(`{"resource": {`+base+resources+`}}`))
	if err != nil {
		t.Fatal(err)
	}
	return Build(config.Of([]*stackjson.Stack{s}))
}

func TestASubnetHasItsTableZoneAndTier(t *testing.T) {
	v := build(t, "").VPCs[0]
	a, b := v.Subnets[0], v.Subnets[1]
	if a.Zone != "eu-az1" || a.Tier != "app" || b.Tier != "other" {
		t.Errorf("the zone is %q, the tiers %q and %q", a.Zone, a.Tier, b.Tier)
	}
	if a.Table == v.Main || b.Table != v.Main {
		t.Error("one subnet has a table of its own, and the other the main one")
	}
}

func TestTheMainTableTakesSubnetsWithoutOne(t *testing.T) {
	for name, resources := range map[string]string{
		"adopted":  `, "aws_default_route_table": {"main": {"default_route_table_id": "${aws_vpc.main.default_route_table_id}"}}`,
		"replaced": `, "aws_main_route_table_association": {"main": {"vpc_id": "${aws_vpc.main.id}", "route_table_id": "${aws_route_table.app.id}"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			if s := build(t, resources).VPCs[0].Subnets[1]; s.Table.Resource == nil {
				t.Error("the subnet's table has no resource")
			}
		})
	}
}

func TestRoutesLeadToTheirTargets(t *testing.T) {
	const nat = `, "aws_nat_gateway": {"n": {"subnet_id": "${aws_subnet.app_eu_az1.id}"}}`
	const internet = `, "aws_internet_gateway": {"i": {"vpc_id": "${aws_vpc.main.id}"}}`
	tests := []struct{ route, more, want string }{
		{`"nat_gateway_id": "${aws_nat_gateway.n.id}"`, nat, "nat s/aws_nat_gateway.n"},
		{`"gateway_id": "${aws_internet_gateway.i.id}"`, internet, "internet s/aws_internet_gateway.i"},
		{`"gateway_id": "local"`, "", "local"},
		{`"gateway_id": "${aws_vpn_gateway.v.id}"`, `, "aws_vpn_gateway": {"v": {"vpc_id": "${aws_vpc.main.id}"}}`, "on-premises s/aws_vpn_gateway.v"},
		{`"transit_gateway_id": "${aws_ec2_transit_gateway.t.id}"`, `, "aws_ec2_transit_gateway": {"t": {}}`, "transit s/aws_ec2_transit_gateway.t"},
		{`"vpc_endpoint_id": "${aws_vpc_endpoint.e.id}"`,
			`, "aws_vpc_endpoint": {"e": {"vpc_id": "${aws_vpc.main.id}", "vpc_endpoint_type": "GatewayLoadBalancer", "service_name": "x"}}`, "endpoint s/aws_vpc_endpoint.e"},
		{`"nat_gateway_id": "${aws_nat_gateway.gone.id}"`, "", "unknown"},
		{`"nat_gateway_id": "nat-1"`, "", "unmodelled"}, // somebody may have made it
		{`"nat_gateway_id": "1"`, "", "unknown"},
		{`"vpc_endpoint_id": "${element(aws_vpc_endpoint.e[*].id, 0)}"`, "", "unmodelled"},
		{`"gateway_id": "${aws_vpc.main.id}"`, "", "unknown"},
		{`"network_interface_id": "eni-1"`, "", "unmodelled"},
		{`"gateway_id": ""`, "", "unknown"},
	}
	for _, test := range tests {
		t.Run(test.route, func(t *testing.T) {
			n := build(t, `, "aws_route": {"r": {"route_table_id": "${aws_route_table.app.id}", "destination_cidr_block": "0.0.0.0/0", `+test.route+`}}`+test.more)
			routes := n.VPCs[0].Tables[0].Routes
			if len(routes) != 1 {
				t.Fatalf("the table has %d routes", len(routes))
			}
			if got := target(routes[0].Target); got != test.want {
				t.Errorf("it leads to %q, want %q", got, test.want)
			}
		})
	}
}

func TestAnIDThatNoStackMakesIsOnPremisesForOneVPCOnly(t *testing.T) {
	route := func(name, table, destination string) string {
		return `"` + name + `": {"route_table_id": "${aws_route_table.` + table + `.id}", "destination_cidr_block": "` + destination + `", "vpc_peering_connection_id": "pcx-1"}`
	}
	tests := []struct{ name, routes, want string }{
		{"one VPC", route("a", "app", "172.16.0.0/16"), "on-premises s/aws_route.a"},
		{"two VPCs", route("a", "app", "172.16.0.0/16") + "," + route("b", "two", "172.17.0.0/16"), "unmodelled"},
		{"the addresses of another VPC", route("a", "app", "10.9.1.0/24"), "unmodelled"},
		{"public addresses", route("a", "app", "0.0.0.0/0"), "unmodelled"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, err := stackjson.Parse("s", "s", []byte(`{"resource": {"aws_vpc": {"main": {"cidr_block": "10.0.0.0/16"}, "two": {"cidr_block": "10.9.0.0/16"}},
				"aws_route_table": {"app": {"vpc_id": "${aws_vpc.main.id}"}, "two": {"vpc_id": "${aws_vpc.two.id}"}}, "aws_route": {`+test.routes+`}}}`))
			if err != nil {
				t.Fatal(err)
			}
			n := Build(config.Of([]*stackjson.Stack{s}))
			if got := target(n.VPCs[0].Tables[0].Routes[0].Target); got != test.want {
				t.Errorf("it leads to %q, want %q", got, test.want)
			}
		})
	}
}

func TestAnAttachedVPNGatewayIsTheVPCs(t *testing.T) {
	for _, resources := range []string{
		`, "aws_vpn_gateway": {"v": {"vpc_id": "${aws_vpc.main.id}"}}`,
		`, "aws_vpn_gateway": {"v": {}}, "aws_vpn_gateway_attachment": {"a": {"vpc_id": "${aws_vpc.main.id}", "vpn_gateway_id": "${aws_vpn_gateway.v.id}"}}`,
	} {
		if r := build(t, resources).VPCs[0].VPNGateway; r == nil || r.Type != "aws_vpn_gateway" {
			t.Errorf("the VPC has the gateway %v", r)
		}
	}
}

func target(to Target) string {
	switch {
	case to.NAT != nil:
		return "nat " + to.NAT.Resource.String()
	case to.InternetGateway != nil:
		return "internet " + to.InternetGateway.String()
	case to.TransitGateway != nil:
		return "transit " + to.TransitGateway.Resource.String()
	case to.Endpoint != nil:
		return "endpoint " + to.Endpoint.Resource.String()
	case to.OnPremises != nil:
		return "on-premises " + to.OnPremises.String()
	case to.Local:
		return "local"
	case to.Unmodelled:
		return "unmodelled"
	}
	return "unknown"
}

func TestRoutesWithinATableAreRead(t *testing.T) {
	n := build(t, `, "aws_default_route_table": {"d": {"default_route_table_id": "${aws_vpc.main.default_route_table_id}",
		"route": [{"cidr_block": "10.9.0.0/16", "gateway_id": "local"}, {"ipv6_cidr_block": "::/0", "gateway_id": "local"}, {}]}}`)
	main := n.VPCs[0].Main
	if len(main.Routes) != 1 || main.Routes[0].Text != "10.9.0.0/16" {
		t.Errorf("the table has the routes %v", main.Routes)
	}
	if len(main.Unknown) != 1 {
		t.Errorf("a route without a destination is unknown: %v", main.Unknown)
	}
}

func TestRulesOfGroupsAreRead(t *testing.T) {
	separate := func(peer, traffic string) string {
		return `, "aws_vpc_security_group_ingress_rule": {"r": {"security_group_id": "${aws_security_group.app.id}", ` + peer + `, ` + traffic + `}}`
	}
	const https = `"ip_protocol": "tcp", "from_port": 443, "to_port": 443`
	tests := []struct{ resources, want string }{
		{separate(`"cidr_ipv4": "10.0.0.0/8"`, https), "10.0.0.0/8 tcp/443"},
		{separate(`"cidr_ipv4": "10.0.0.0/8"`, `"ip_protocol": "-1"`), "10.0.0.0/8 all"},
		{separate(`"cidr_ipv4": "10.0.0.0/8"`, `"ip_protocol": "TCP", "from_port": "80", "to_port": "90"`), "10.0.0.0/8 tcp/80-90"},
		{separate(`"cidr_ipv4": "10.0.0.0/8"`, `"ip_protocol": "icmp", "from_port": 3, "to_port": 4`), "10.0.0.0/8 icmp type 3"},
		{separate(`"cidr_ipv4": "10.0.0.0/8"`, `"ip_protocol": "50"`), "10.0.0.0/8 protocol 50"},
		{separate(`"referenced_security_group_id": "${aws_security_group.other.id}"`, https), "group s/aws_security_group.other tcp/443"},
		{separate(`"cidr_ipv6": "::/0"`, https), ""},
		{`, "aws_security_group_rule": {"r": {"type": "ingress", "security_group_id": "${aws_security_group.app.id}", "self": true,
			"cidr_blocks": ["10.0.0.0/8", "10.1.0.0/16"], "protocol": "udp", "from_port": 53, "to_port": 53}}`,
			"10.0.0.0/8,10.1.0.0/16 udp/53; group s/aws_security_group.app udp/53"},

		// What is not understood leaves the group unknown, and lets nothing through.
		{separate(`"cidr_ipv4": "10.0.0.0/8"`, `"ip_protocol": "tcp", "from_port": 90, "to_port": 80`), "; unknown"},
		{separate(`"cidr_ipv4": "10.0.0.0/8"`, `"ip_protocol": "tcp", "from_port": 0, "to_port": 70000`), "; unknown"},
		{separate(`"cidr_ipv4": "10.0.0.0/8"`, `"ip_protocol": "icmp", "from_port": 256, "to_port": 0`), "; unknown"},
		{separate(`"cidr_ipv4": "10.0.0.0/8"`, `"ip_protocol": "gre"`), "; unknown"},
		{separate(`"cidr_ipv4": "10.0.0.0/8"`, `"ip_protocol": "6x"`), "; unknown"},
		{separate(`"cidr_ipv4": "ten"`, https), "; unknown"},
		{separate(`"cidr_ipv4": "${aws_security_group.app.owner_id}"`, https), "; unknown"},
		{separate(`"referenced_security_group_id": "sg-1"`, https), "; unknown"},
		{separate(`"prefix_list_id": "pl-1"`, https), " tcp/443; unknown"},
		{separate(`"description": "none"`, https), "; unknown"},
	}
	for _, test := range tests {
		t.Run(test.want, func(t *testing.T) {
			for _, g := range build(t, test.resources).Groups {
				if g.Resource.Name != "app" {
					continue
				}
				var rules []string
				for _, r := range g.Ingress {
					rules = append(rules, peers(r)+" "+r.Traffic.String())
				}
				got := strings.Join(rules, "; ")
				if len(g.Unknown) > 0 {
					got += "; unknown"
				}
				if got != test.want {
					t.Errorf("the rules are %q, want %q: %v", got, test.want, g.Unknown)
				}
			}
		})
	}
}

func peers(r GroupRule) string {
	if r.Group != nil {
		return "group " + r.Group.Resource.String()
	}
	var ranges []string
	for _, p := range r.Peers {
		ranges = append(ranges, packet.Between(p))
	}
	return strings.Join(ranges, ",")
}

func TestACLRulesAreReadInOrder(t *testing.T) {
	n := build(t, `, "aws_network_acl": {"a": {"vpc_id": "${aws_vpc.main.id}", "subnet_ids": ["${aws_subnet.app_eu_az1.id}"], "ingress": [
			{"rule_no": 200, "action": "deny", "cidr_block": "10.0.0.0/8", "protocol": "-1", "from_port": 0, "to_port": 0},
			{"rule_no": 150, "action": "allow", "ipv6_cidr_block": "::/0", "protocol": "-1", "from_port": 0, "to_port": 0},
			{"rule_no": 300, "action": "allow", "cidr_block": "0.0.0.0/0", "protocol": "tcp", "from_port": 2, "to_port": 1}]}},
		"aws_network_acl_rule": {"r": {"network_acl_id": "${aws_network_acl.a.id}", "rule_number": 100, "rule_action": "allow", "cidr_block": "10.1.0.0/16",
			"protocol": "17", "from_port": 53, "to_port": 53, "egress": false}},
		"aws_default_network_acl": {"d": {"default_network_acl_id": "${aws_vpc.main.default_network_acl_id}"}}`)
	v := n.VPCs[0]
	acl := v.Subnets[0].ACL
	var got []string
	for _, r := range acl.Ingress {
		got = append(got, fmt.Sprint(r.Number, " ", r.Allow, " ", packet.Between(r.Peer), " ", r.Traffic))
	}
	if want := "100 true 10.1.0.0/16 udp/53, 200 false 10.0.0.0/8 all"; strings.Join(got, ", ") != want {
		t.Errorf("the rules are %v, want %s", got, want)
	}
	if len(acl.Unknown) != 1 {
		t.Errorf("the rule without a range of ports is unknown: %v", acl.Unknown)
	}
	if v.Subnets[1].ACL == nil || v.Subnets[1].ACL.Resource.Type != "aws_default_network_acl" {
		t.Error("the subnet without an ACL has the default one")
	}
}

func TestAttachmentsAreInTheTablesThatTheyAreAssociatedWith(t *testing.T) {
	const more = `, "aws_ec2_transit_gateway_vpc_attachment": {"a": {"transit_gateway_id": "${aws_ec2_transit_gateway.t.id}", "vpc_id": "${aws_vpc.main.id}",
			"subnet_ids": ["${aws_subnet.app_eu_az1.id}"] %s}},
		"aws_ec2_transit_gateway": {"t": {%s}}, "aws_ec2_transit_gateway_route_table": {"x": {"transit_gateway_id": "${aws_ec2_transit_gateway.t.id}"}} %s`
	const association = `, "aws_ec2_transit_gateway_route_table_association": {"x": {"transit_gateway_attachment_id": "${aws_ec2_transit_gateway_vpc_attachment.a.id}",
		"transit_gateway_route_table_id": "${aws_ec2_transit_gateway_route_table.x.id}"}}`
	tests := []struct{ name, attachment, gateway, association, want string }{
		{"by default", ``, ``, ``, "default"},
		{"refused", `, "transit_gateway_default_route_table_association": false`, ``, ``, "none"},
		{"switched off", ``, `"default_route_table_association": "disable"`, ``, "none"},
		{"associated", ``, `"default_route_table_association": "disable"`, association, "s/aws_ec2_transit_gateway_route_table.x"},
		{"associated too", ``, ``, association, "s/aws_ec2_transit_gateway_route_table.x, unknown"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := build(t, fmt.Sprintf(more, test.attachment, test.gateway, test.association)).TransitGateways[0].Attachments[0]
			got := "none"
			switch {
			case a.Table != nil && a.Table.Resource == nil:
				got = "default"
			case a.Table != nil:
				got = a.Table.Resource.String()
				if len(a.Table.Unknown) > 0 {
					got += ", unknown"
				}
			}
			if got != test.want {
				t.Errorf("the attachment is in %s, want %s", got, test.want)
			}
		})
	}
}

func TestInterfacesHaveTheGroupsThatAWSGivesThem(t *testing.T) {
	tests := []struct{ name, resources, want string }{
		{"an instance", `, "aws_instance": {"i": {"subnet_id": "${aws_subnet.app_eu_az1.id}", "vpc_security_group_ids": ["${aws_security_group.app.id}"], "private_ip": "10.0.0.9"}}`,
			"instance 10.0.0.9 app"},
		{"an instance without a group", `, "aws_instance": {"i": {"subnet_id": "${aws_subnet.app_eu_az1.id}"}}`, "instance 10.0.0.0/24 default"},
		{"an instance with an address elsewhere", `, "aws_instance": {"i": {"subnet_id": "${aws_subnet.app_eu_az1.id}", "private_ip": "10.9.0.9"}}`,
			"instance 10.0.0.0/24 default; unknown"},
		{"an instance of a template", `, "aws_launch_template": {"t": {"name": "t", "network_interfaces": [{"security_groups": ["${aws_security_group.other.id}"]}]}},
			"aws_instance": {"i": {"subnet_id": "${aws_subnet.app_eu_az1.id}", "launch_template": {"name": "t"}}}`, "instance 10.0.0.0/24 other"},
		{"a cluster and its nodes", `, "aws_eks_cluster": {"c": {"name": "c", "vpc_config": {"subnet_ids": ["${aws_subnet.app_eu_az1.id}"], "security_group_ids": ["${aws_security_group.app.id}"]}}},
			"aws_eks_node_group": {"n": {"cluster_name": "${aws_eks_cluster.c.name}", "subnet_ids": ["${aws_subnet.app_eu_az2.id}"]}}`,
			"control-plane 10.0.0.0/24 app+the cluster security group of s/aws_eks_cluster.c, nodes 10.0.1.0/24 the cluster security group of s/aws_eks_cluster.c"},
		{"an instance with groups in the older argument", `, "aws_instance": {"i": {"subnet_id": "${aws_subnet.app_eu_az1.id}", "security_groups": ["${aws_security_group.app.id}"]}}`, "instance 10.0.0.0/24 app"},
		{"an instance with a group attached", `, "aws_instance": {"i": {"subnet_id": "${aws_subnet.app_eu_az1.id}", "vpc_security_group_ids": ["${aws_security_group.app.id}"]}},
			"aws_network_interface_sg_attachment": {"a": {"network_interface_id": "${aws_instance.i.primary_network_interface_id}", "security_group_id": "${aws_security_group.other.id}"}}`,
			"instance 10.0.0.0/24 app+other"},
		{"nodes with an SSH key", `, "aws_eks_cluster": {"c": {"name": "c", "vpc_config": {"subnet_ids": ["${aws_subnet.app_eu_az1.id}"]}}},
			"aws_eks_node_group": {"n": {"cluster_name": "c", "subnet_ids": ["${aws_subnet.app_eu_az2.id}"], "remote_access": {"ec2_ssh_key": "k"}}}`,
			"control-plane 10.0.0.0/24 the cluster security group of s/aws_eks_cluster.c, nodes 10.0.1.0/24 the cluster security group of s/aws_eks_cluster.c+the remote access group of s/aws_eks_node_group.n"},
		{"a network load balancer", `, "aws_lb": {"l": {"load_balancer_type": "network", "subnets": ["${aws_subnet.app_eu_az1.id}"]}}`, "load-balancer 10.0.0.0/24 "},
		{"a database", `, "aws_db_subnet_group": {"g": {"name": "g", "subnet_ids": ["${aws_subnet.app_eu_az1.id}"]}}, "aws_db_instance": {"d": {"identifier": "d",
			"db_subnet_group_name": "g", "vpc_security_group_ids": ["${aws_security_group.app.id}"]}, "r": {"replicate_source_db": "d"}}`,
			"database 10.0.0.0/24 app, database 10.0.0.0/24 default"},
		{"a database nowhere", `, "aws_db_instance": {"d": {"db_subnet_group_name": ["g"]}}`, "; unknown"},
		{"an endpoint", `, "aws_vpc_endpoint": {"e": {"vpc_id": "${aws_vpc.main.id}", "vpc_endpoint_type": "Interface", "service_name": "com.amazonaws.eu.sts",
			"subnet_ids": ["${aws_subnet.app_eu_az1.id}"]}}`, "endpoint 10.0.0.0/24 default"},
		{"a function outside of a VPC", `, "aws_lambda_function": {"f": {}}`, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			n := build(t, test.resources)
			var all []string
			for _, i := range n.Interfaces {
				var groups []string
				for _, g := range i.Groups {
					groups = append(groups, g.Name)
				}
				all = append(all, fmt.Sprint(i.Kind, " ", packet.Between(i.Addresses), " ", strings.Join(groups, "+")))
			}
			got := strings.Join(all, ", ")
			if len(n.Unknown) > 0 {
				got += "; unknown"
			}
			if got != test.want {
				t.Errorf("the interfaces are\n%s\nwant\n%s\n%v", got, test.want, n.Unknown)
			}
		})
	}
}

func TestAPeeringAcceptsItselfWithinAnAccountOnly(t *testing.T) {
	const other = `{"terraform": {"backend": {"local": {"path": "o"}}}, "provider": {"aws": [{"allowed_account_ids": ["222222222222"]}]},
		"resource": {"aws_vpc": {"other": {"cidr_block": "10.1.0.0/16"}}}, "output": {"id": {"value": "${aws_vpc.other.id}"}}}`
	const near = `{"resource": {"aws_vpc": {"a": {"cidr_block": "10.0.0.0/16"}, "b": {"cidr_block": "10.1.0.0/16"}},
		"aws_vpc_peering_connection": {"p": {"vpc_id": "${aws_vpc.a.id}", "peer_vpc_id": "${aws_vpc.b.id}", "auto_accept": true}}}}`
	const far = `{"provider": {"aws": [{"allowed_account_ids": ["111111111111"]}]},
		"data": {"terraform_remote_state": {"o": {"backend": "local", "config": {"path": "o"}}}}, "resource": {"aws_vpc": {"a": {"cidr_block": "10.0.0.0/16"}},
		"aws_vpc_peering_connection": {"p": {"vpc_id": "${aws_vpc.a.id}", "peer_vpc_id": "${data.terraform_remote_state.o.outputs.id}", "auto_accept": true}}}}`
	for stack, want := range map[string]bool{near: true, far: false} {
		var stacks []*stackjson.Stack
		for name, text := range map[string]string{"o": other, "s": stack} {
			s, err := stackjson.Parse(name, name, []byte(text))
			if err != nil {
				t.Fatal(err)
			}
			stacks = append(stacks, s)
		}
		n := Build(config.Of(stacks))
		if len(n.Peerings) != 1 || n.Peerings[0].Accepted != want {
			t.Errorf("the peering is accepted: %v, want %v", !want, want)
		}
	}
}

func TestWhatIsNotUnderstoodIsUnknown(t *testing.T) {
	for _, resources := range []string{
		`, "aws_instance": {"i": {"subnet_id": "${aws_subnet.app_eu_az1.id}", "security_groups": ["default"]}}`,
		`, "aws_eip": {"e": {"network_interface": "eni-1"}}`,
		`, "aws_eip": {"e": {"instance": "${aws_vpc.main.id}"}}`,
		`, "aws_eip_association": {"e": {"allocation_id": "eipalloc-1"}}`,
		`, "aws_network_interface_sg_attachment": {"e": {"network_interface_id": "eni-1", "security_group_id": "${aws_security_group.app.id}"}}`,
		`, "aws_rds_cluster_instance": {"e": {"cluster_identifier": "gone", "publicly_accessible": true}}`,
		`, "aws_ec2_client_vpn_endpoint": {"e": {"vpc_id": "${aws_vpc.main.id}"}}`,
		`, "aws_ec2_client_vpn_network_association": {"e": {"subnet_id": "subnet-1"}}`,
		`, "aws_elb": {"e": {"subnets": ["subnet-1"]}}`,
		`, "aws_elb": {"e": {"subnets": "${tolist([aws_subnet.app_eu_az1.id])}"}}`,
		`, "aws_ec2_instance_connect_endpoint": {"e": {"subnet_id": "subnet-1"}}`,
		`, "aws_autoscaling_group": {"g": {"availability_zones": ["eu-central-1a"]}}`,
		`, "aws_autoscaling_group": {"g": {"vpc_zone_identifier": ["${aws_subnet.app_eu_az1.id}"]}}`,
		`, "aws_autoscaling_group": {"g": {"vpc_zone_identifier": ["${aws_subnet.app_eu_az1.id}"], "launch_configuration": "gone"}}`,
		`, "aws_redshift_cluster": {"c": {"cluster_subnet_group_name": "gone"}}`,
		`, "aws_vpclattice_resource_gateway": {"g": {"vpc_id": "vpc-1"}}`,
		`, "aws_verifiedaccess_endpoint": {"e": {}}`,
		`, "aws_dx_gateway_association": {"a": {"associated_gateway_id": "tgw-1"}}`,
		`, "aws_lb": {"l": {"subnets": ["${aws_subnet.app_eu_az1.id}"]}}, "aws_globalaccelerator_endpoint_group": {"e": {"endpoint_configuration": [{"endpoint_id": "${aws_lb.l.arn}"}]}}`,
		`, "aws_lb": {"l": {"subnets": ["${aws_subnet.app_eu_az1.id}"]}}, "aws_cloudfront_vpc_origin": {"e": {"vpc_origin_endpoint_config": [{"arn": "${aws_lb.l.arn}"}]}}`,
		`, "aws_vpc_security_group_rules_exclusive": {"e": {"security_group_id": "${aws_security_group.app.id}"}}`,
		`, "aws_main_route_table_association": {"m": {"vpc_id": "${aws_vpc.main.id}", "route_table_id": "rtb-1"}}`,
		`, "aws_nat_gateway": {"n": {"subnet_id": "subnet-1"}}`,
		`, "aws_ec2_transit_gateway_connect": {"c": {}}`,
		`, "aws_egress_only_internet_gateway": {"g": {}}`,
		`, "aws_route": {"r": {"route_table_id": "rtb-1"}}`,
		`, "aws_ec2_transit_gateway_route": {"r": {"transit_gateway_route_table_id": "tgw-rtb-1"}}`,
		`, "aws_ec2_transit_gateway_vpc_attachment": {"a": {"transit_gateway_id": "tgw-1", "vpc_id": "${aws_vpc.main.id}"}}`,
		`, "aws_vpc_peering_connection": {"p": {"vpc_id": "${aws_vpc.main.id}", "peer_vpc_id": "vpc-1"}}`,
		`, "aws_network_acl_rule": {"r": {"network_acl_id": "acl-1"}}`,
		`, "aws_network_acl": {"a": {"vpc_id": "vpc-1"}}`,
		`, "aws_eks_node_group": {"n": {"cluster_name": "gone", "subnet_ids": ["${aws_subnet.app_eu_az1.id}"]}}`,
		`, "aws_vpc_endpoint": {"e": {"vpc_id": "vpc-1"}}`,
		`, "aws_route53_zone_association": {"a": {"zone_id": "Z1", "vpc_id": "${aws_vpc.main.id}"}}`,
		`, "aws_vpc_dhcp_options_association": {"a": {"dhcp_options_id": "dopt-1", "vpc_id": "${aws_vpc.main.id}"}}`,
	} {
		t.Run(resources, func(t *testing.T) {
			if n := build(t, resources); len(n.Unknown) == 0 {
				t.Error("nothing is unknown")
			}
		})
	}
}

func TestAnEmptyArgumentIsAFormOfRulesToo(t *testing.T) {
	n := build(t, `, "aws_default_security_group": {"a": {"vpc_id": "${aws_vpc.main.id}", "ingress": []}},
		"aws_default_route_table": {"a": {"default_route_table_id": "${aws_vpc.main.default_route_table_id}", "route": []}},
		"aws_route": {"r": {"route_table_id": "${aws_vpc.main.default_route_table_id}", "destination_cidr_block": "10.0.0.0/16", "gateway_id": "local"},
			"app": {"route_table_id": "${aws_route_table.app.id}", "destination_cidr_block": "0.0.0.0/0", "gateway_id": "local"}},
		"aws_network_acl": {"a": {"vpc_id": "${aws_vpc.main.id}", "egress": []}, "bare": {"vpc_id": "${aws_vpc.main.id}"}},
		"aws_network_acl_rule": {"r": {"network_acl_id": "${aws_network_acl.a.id}", "rule_number": 1, "rule_action": "allow", "cidr_block": "10.0.0.0/8", "protocol": "-1"}},
		"aws_vpc_security_group_ingress_rule": {"r": {"security_group_id": "${aws_default_security_group.a.id}", "cidr_ipv4": "10.0.0.0/8", "ip_protocol": "-1"}}`)
	v := n.VPCs[0]
	for _, g := range n.Groups {
		if mixed := g.Inline && g.Separate; mixed != (g.Resource.Name == "a") {
			t.Errorf("%s has both forms: %v", g.Resource, mixed)
		}
	}
	for _, r := range v.Tables {
		if mixed := r.Inline && r.Separate; mixed != (r.Resource.Name == "a") {
			t.Errorf("%s has both forms: %v", r.Resource, mixed)
		}
	}
	for _, a := range v.ACLs {
		if mixed := a.Inline && a.Separate; mixed != (a.Resource.Name == "a") {
			t.Errorf("%s has both forms: %v", a.Resource, mixed)
		}
	}
}

func TestACLRulesThatAreHalfWrittenAreUnknown(t *testing.T) {
	for rule, want := range map[string]int{
		`"action": "ALLOW", "cidr_block": "10.0.0.0/8", "protocol": "-1"`:                                     0,
		`"action": "Deny", "cidr_block": "10.0.0.0/8", "protocol": "-1"`:                                      0,
		`"action": "permit", "cidr_block": "10.0.0.0/8", "protocol": "-1"`:                                    1,
		`"action": "allow", "cidr_block": "10.0.0.0/8", "protocol": "icmp"`:                                   1,
		`"action": "allow", "cidr_block": "10.0.0.0/8", "protocol": "icmp", "icmp_type": -1, "icmp_code": -1`: 0,
	} {
		t.Run(rule, func(t *testing.T) {
			a := build(t, `, "aws_network_acl": {"a": {"vpc_id": "${aws_vpc.main.id}", "ingress": [{"rule_no": 1, `+rule+`}]}}`).VPCs[0].ACLs[0]
			if len(a.Unknown) != want || len(a.Ingress) != 1-want {
				t.Fatalf("the rules are %v, and unknown %v", a.Ingress, a.Unknown)
			}
			if want == 0 && a.Ingress[0].Allow == strings.Contains(rule, "Deny") {
				t.Errorf("the rule allows: %v", a.Ingress[0].Allow)
			}
		})
	}
}

func TestAnAttachmentMayRefuseReferencesToGroups(t *testing.T) {
	for _, refuses := range []bool{true, false} {
		support := map[bool]string{true: `, "security_group_referencing_support": "disable"`, false: ""}[refuses]
		n := build(t, `, "aws_ec2_transit_gateway": {"t": {"security_group_referencing_support": "enable"}}, "aws_ec2_transit_gateway_vpc_attachment": {"a": {
			"transit_gateway_id": "${aws_ec2_transit_gateway.t.id}", "vpc_id": "${aws_vpc.main.id}", "subnet_ids": ["${aws_subnet.app_eu_az1.id}"]`+support+`}}`)
		if a := n.TransitGateways[0].Attachments[0]; a.NoGroupReferences != refuses {
			t.Errorf("it refuses: %v, want %v", a.NoGroupReferences, refuses)
		}
	}
}

func TestPublicAddressesAreFoundWhereverTheyAreGiven(t *testing.T) {
	const instance = `, "aws_instance": {"i": {"subnet_id": "${aws_subnet.app_eu_az1.id}"}}`
	const cluster = `, "aws_db_subnet_group": {"g": {"name": "g", "subnet_ids": ["${aws_subnet.app_eu_az1.id}"]}}, "aws_rds_cluster": {"d": {"cluster_identifier": "d", "db_subnet_group_name": "g"}}`
	const nodes = `, "aws_eks_cluster": {"c": {"name": "c", "vpc_config": {"subnet_ids": []}}}, "aws_eks_node_group": {"n": {"cluster_name": "c", "subnet_ids": [%q] %s}}`
	const template = `, "aws_launch_template": {"t": {"network_interfaces": [{"associate_public_ip_address": "%t"}]}}`
	uses := `, "launch_template": {"id": "${aws_launch_template.t.id}"}`
	tests := []struct {
		name, resources string
		want            bool
	}{
		{"none", instance, false},
		{"an address for the instance", instance + `, "aws_eip": {"e": {"instance": "${aws_instance.i.id}"}}`, true},
		{"an address for its interface", instance + `, "aws_eip": {"e": {"network_interface": "${aws_instance.i.primary_network_interface_id}"}}`, true},
		{"an association with its interface", instance + `, "aws_eip": {"e": {}}, "aws_eip_association": {"e": {"allocation_id": "${aws_eip.e.id}", "network_interface_id": "${aws_instance.i.primary_network_interface_id}"}}`, true},
		{"a network interface", `, "aws_network_interface": {"i": {"subnet_id": "${aws_subnet.app_eu_az1.id}"}}, "aws_eip": {"e": {"network_interface": "${aws_network_interface.i.id}"}}`, true},
		{"a launch template of an instance", fmt.Sprintf(template, true) + `, "aws_instance": {"i": {"subnet_id": "${aws_subnet.app_eu_az1.id}"` + uses + `}}`, true},
		{"a launch template of nodes", fmt.Sprintf(template, true) + fmt.Sprintf(nodes, "${aws_subnet.app_eu_az1.id}", uses), true},
		{"nodes", fmt.Sprintf(nodes, "${aws_subnet.app_eu_az1.id}", ""), false},
		{"nodes in a subnet that gives addresses", fmt.Sprintf(nodes, "${aws_subnet.public.id}", ""), true},
		{"nodes whose template refuses", fmt.Sprintf(template, false) + fmt.Sprintf(nodes, "${aws_subnet.public.id}", uses), false},
		{"a cluster of databases", cluster + `, "aws_rds_cluster_instance": {"i": {"cluster_identifier": "${aws_rds_cluster.d.id}", "publicly_accessible": false}}`, false},
		{"a public instance of a cluster", cluster + `, "aws_rds_cluster_instance": {"i": {"cluster_identifier": "${aws_rds_cluster.d.cluster_identifier}", "publicly_accessible": true}}`, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			n := build(t, test.resources)
			last := n.Interfaces[len(n.Interfaces)-1]
			if last.Public != test.want {
				t.Errorf("it has a public address: %v, want %v", last.Public, test.want)
			}
		})
	}
}

func TestWhatOpensNoWayIsNotUnknown(t *testing.T) {
	n := build(t, `, "aws_flow_log": {"f": {"vpc_id": "${aws_vpc.main.id}"}}, "aws_ssm_parameter": {"p": {"value": "${aws_security_group.app.id}"}},
		"aws_ec2_subnet_cidr_reservation": {"r": {"subnet_id": "${aws_subnet.app_eu_az1.id}"}}, "aws_lb_target_group": {"g": {"vpc_id": "${aws_vpc.main.id}"}},
		"aws_key_pair": {"k": {"public_key": "${file(\"key\")}"}}, "null_resource": {"n": {"triggers": {"vpc": "${aws_vpc.main.id}"}}}`)
	for _, u := range n.Unknown {
		t.Errorf("unknown: %s", u)
	}
}

func TestOnlyWhatIsNewInALookedUpVPCIsSetAside(t *testing.T) {
	const vpc = `"data": {"aws_vpc": {"there": {"tags": {"Name": "x"}}}, "aws_security_group": {"there": {"name": "x"}}, "aws_network_acls": {"there": {}}, "aws_route_table": {"there": {"vpc_id": "${data.aws_vpc.there.id}"}}}`
	const group = `"aws_security_group": {"new": {"vpc_id": "${data.aws_vpc.there.id}"}}`
	tests := []struct {
		name, account, resources string
		setAside                 bool
	}{
		{"a group", "222222222222", group, true},
		{"a rule of a new group", "222222222222", group + `, "aws_vpc_security_group_ingress_rule": {"r": {"security_group_id": "${aws_security_group.new.id}", "cidr_ipv4": "10.0.0.0/8", "ip_protocol": "-1"}}`, true},
		{"an endpoint", "222222222222", `"aws_vpc_endpoint": {"e": {"vpc_id": "${data.aws_vpc.there.id}", "service_name": "com.amazonaws.eu.s3"}}`, true},
		{"a group in an account of the model", "111111111111", group, false},
		{"a rule of a group that is looked up", "222222222222", `"aws_vpc_security_group_ingress_rule": {"r": {"security_group_id": "${data.aws_security_group.there.id}", "cidr_ipv4": "10.0.0.0/8", "ip_protocol": "-1"}}`, false},
		{"a rule of an ACL that is looked up", "222222222222", `"aws_network_acl_rule": {"r": {"network_acl_id": "${data.aws_network_acls.there.ids[0]}", "rule_number": 1}}`, false},
		{"a route in a table that is looked up", "222222222222", `"aws_route": {"r": {"route_table_id": "${data.aws_route_table.there.id}", "destination_cidr_block": "10.0.0.0/8"}}`, false},
		{"a gateway", "222222222222", `"aws_internet_gateway": {"g": {"vpc_id": "${data.aws_vpc.there.id}"}}`, false},
		{"an ACL", "222222222222", `"aws_network_acl": {"a": {"vpc_id": "${data.aws_vpc.there.id}"}}`, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var stacks []*stackjson.Stack
			for name, text := range map[string]string{
				"ours":   `{"provider": {"aws": [{"allowed_account_ids": ["111111111111"]}]}, "resource": {` + base + `}}`,
				"theirs": `{"provider": {"aws": [{"allowed_account_ids": ["` + test.account + `"]}]}, ` + vpc + `, "resource": {` + test.resources + `}}`,
			} {
				s, err := stackjson.Parse(name, name, []byte(text))
				if err != nil {
					t.Fatal(err)
				}
				stacks = append(stacks, s)
			}
			n := Build(config.Of(stacks))
			if aside := len(n.Unknown) == 0 && len(n.LookedUp) > 0; aside != test.setAside {
				t.Errorf("it is set aside: %v, want %v: %v", aside, test.setAside, n.Unknown)
			}
		})
	}
}
