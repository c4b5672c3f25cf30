package proof

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"

	"hubspoke/internal/yamldoc"
	"hubspoke/proof/planjson"
	"hubspoke/proof/stackjson"
)

// fields are the values of a resource.
type fields map[string]any

// realState is a state of two VPCs behind a transit gateway, with all that AWS and the
// provider say beside what is written: empty texts and lists, the rules and routes of
// other resources, tags_all, a policy that nobody wrote, addresses of instances.
func realState() map[string]fields {
	all := map[string]fields{"aws_ec2_transit_gateway.this": {
		"id": "tgw-0a1", "arn": "arn:aws:ec2:eu-central-1:111111111111:transit-gateway/tgw-0a1", "owner_id": "111111111111", "amazon_side_asn": 64512,
		"association_default_route_table_id": "tgw-rtb-0d", "propagation_default_route_table_id": "tgw-rtb-0d", "auto_accept_shared_attachments": "disable",
		"default_route_table_association": "disable", "default_route_table_propagation": "disable", "description": "", "dns_support": "enable",
		"multicast_support": "disable", "security_group_referencing_support": "disable", "transit_gateway_cidr_blocks": []any{}, "vpn_ecmp_support": "enable", "timeouts": nil,
		"tags": nil, "tags_all": fields{"Owner": "network"},
	}}
	for i, name := range []string{"dev", "shared"} {
		at := fmt.Sprintf("10.%d.", i)
		id := func(kind string) string { return kind + "-0" + name }
		arn := func(kind string) string { return "arn:aws:ec2:eu-central-1:111111111111:" + kind + "/" + name }
		all["aws_vpc."+name] = fields{
			"id": id("vpc"), "arn": arn("vpc"), "owner_id": "111111111111", "cidr_block": at + "0.0/16", "assign_generated_ipv6_cidr_block": false, "instance_tenancy": "default",
			"default_network_acl_id": id("acl"), "default_route_table_id": id("rtb-m"), "main_route_table_id": id("rtb-m"), "default_security_group_id": id("sg-d"),
			"dhcp_options_id": "dopt-1", "enable_dns_hostnames": false, "enable_dns_support": true, "enable_network_address_usage_metrics": false,
			"ipv4_ipam_pool_id": nil, "ipv4_netmask_length": nil, "ipv6_association_id": "", "ipv6_cidr_block": "", "ipv6_cidr_block_network_border_group": "", "ipv6_ipam_pool_id": "", "ipv6_netmask_length": 0,
			"tags": fields{"Name": name}, "tags_all": fields{"Name": name, "Owner": "network"},
		}
		all["aws_subnet."+name+"[0]"] = fields{
			"id": id("subnet"), "arn": arn("subnet"), "owner_id": "111111111111", "vpc_id": id("vpc"), "cidr_block": at + "0.0/20", "availability_zone": "eu-central-1a", "availability_zone_id": "euc1-az2",
			"assign_ipv6_address_on_creation": false, "customer_owned_ipv4_pool": "", "enable_dns64": false, "enable_lni_at_device_index": 0, "enable_resource_name_dns_a_record_on_launch": false,
			"enable_resource_name_dns_aaaa_record_on_launch": false, "ipv6_cidr_block": "", "ipv6_cidr_block_association_id": "", "ipv6_native": false, "map_customer_owned_ip_on_launch": false,
			"map_public_ip_on_launch": false, "outpost_arn": "", "private_dns_hostname_type_on_launch": "ip-name", "timeouts": nil, "tags": nil, "tags_all": fields{"Owner": "network"},
		}
		all["aws_route_table."+name] = fields{
			"id": id("rtb"), "arn": arn("route-table"), "owner_id": "111111111111", "vpc_id": id("vpc"), "propagating_vgws": []any{}, "timeouts": nil, "tags": nil, "tags_all": fields{"Owner": "network"},
			"route": []any{fields{"carrier_gateway_id": "", "cidr_block": "10.0.0.0/8", "core_network_arn": "", "destination_prefix_list_id": "", "egress_only_gateway_id": "", "gateway_id": "", "ipv6_cidr_block": "",
				"local_gateway_id": "", "nat_gateway_id": "", "network_interface_id": "", "transit_gateway_id": "tgw-0a1", "vpc_endpoint_id": "", "vpc_peering_connection_id": ""}},
		}
		all["aws_route."+name] = fields{
			"id": "r-" + id("rtb") + "1", "route_table_id": id("rtb"), "destination_cidr_block": "10.0.0.0/8", "destination_ipv6_cidr_block": "", "destination_prefix_list_id": "", "transit_gateway_id": "tgw-0a1",
			"gateway_id": "", "nat_gateway_id": "", "instance_id": "", "instance_owner_id": "", "network_interface_id": "", "origin": "CreateRoute", "state": "active", "timeouts": nil,
			"carrier_gateway_id": "", "core_network_arn": "", "egress_only_gateway_id": "", "local_gateway_id": "", "vpc_endpoint_id": "", "vpc_peering_connection_id": "",
		}
		all["aws_route_table_association."+name] = fields{"id": "rtbassoc-" + name, "gateway_id": "", "route_table_id": id("rtb"), "subnet_id": id("subnet"), "timeouts": nil}
		all["aws_ec2_transit_gateway_vpc_attachment."+name] = fields{
			"id": id("tgw-attach"), "arn": arn("transit-gateway-attachment"), "appliance_mode_support": "disable", "dns_support": "enable", "ipv6_support": "disable", "security_group_referencing_support": "enable",
			"subnet_ids": []any{id("subnet")}, "transit_gateway_id": "tgw-0a1", "vpc_id": id("vpc"), "vpc_owner_id": "111111111111",
			"transit_gateway_default_route_table_association": false, "transit_gateway_default_route_table_propagation": false, "tags": nil, "tags_all": fields{"Owner": "network"},
		}
		all["aws_ec2_transit_gateway_route_table."+name] = fields{"id": id("tgw-rtb"), "arn": arn("transit-gateway-route-table"), "default_association_route_table": false, "default_propagation_route_table": false,
			"transit_gateway_id": "tgw-0a1", "tags": nil, "tags_all": fields{"Owner": "network"}}
		all["aws_ec2_transit_gateway_route_table_association."+name] = fields{"id": id("tgw-rtb") + "_" + id("tgw-attach"), "replace_existing_association": nil, "resource_id": id("vpc"), "resource_type": "vpc",
			"transit_gateway_attachment_id": id("tgw-attach"), "transit_gateway_route_table_id": id("tgw-rtb")}
		other := []string{"shared", "dev"}[i]
		all["aws_ec2_transit_gateway_route_table_propagation."+name] = fields{"id": "tgw-rtb-0" + other + "_" + id("tgw-attach"), "resource_id": id("vpc"), "resource_type": "vpc",
			"transit_gateway_attachment_id": id("tgw-attach"), "transit_gateway_route_table_id": "tgw-rtb-0" + other}
		listGuards(all, name, at)
	}
	return all
}

// listGuards adds what guards the subnet of a VPC, and who is in it.
func listGuards(all map[string]fields, name, at string) {
	id := func(kind string) string { return kind + "-0" + name }
	arn := func(kind string) string { return "arn:aws:ec2:eu-central-1:111111111111:" + kind + "/" + name }
	all["aws_security_group."+name] = fields{
		"id": id("sg"), "arn": arn("security-group"), "owner_id": "111111111111", "name": name, "name_prefix": "", "description": "Managed by Terraform", "vpc_id": id("vpc"), "revoke_rules_on_delete": false, "timeouts": nil,
		"ingress": []any{listedRule(443, "10.0.0.0/8")}, "egress": []any{listedRule(443, "10.0.0.0/8")}, "tags": nil, "tags_all": fields{"Owner": "network"},
	}
	for _, way := range []string{"ingress", "egress"} {
		all["aws_vpc_security_group_"+way+"_rule."+name] = fields{"id": "sgr-" + name + way, "arn": arn("security-group-rule") + way, "security_group_rule_id": "sgr-" + name + way, "security_group_id": id("sg"), "cidr_ipv4": "10.0.0.0/8", "cidr_ipv6": nil,
			"description": nil, "from_port": 443, "to_port": 443, "ip_protocol": "tcp", "prefix_list_id": nil, "referenced_security_group_id": nil, "tags": nil, "tags_all": fields{}}
	}
	all["aws_network_acl."+name] = fields{
		"id": id("acl-o"), "arn": arn("network-acl"), "owner_id": "111111111111", "vpc_id": id("vpc"), "subnet_ids": []any{id("subnet")}, "tags": nil, "tags_all": fields{"Owner": "network"},
		"ingress": []any{listedACLRule}, "egress": []any{listedACLRule},
	}
	for _, way := range []string{"ingress", "egress"} {
		all["aws_network_acl_rule."+name+way] = fields{"id": "nacl-" + name + way, "network_acl_id": id("acl-o"), "egress": way == "egress", "rule_number": 100, "rule_action": "allow", "protocol": "-1",
			"cidr_block": "0.0.0.0/0", "ipv6_cidr_block": "", "from_port": 0, "to_port": 0, "icmp_code": nil, "icmp_type": nil}
	}
	all["aws_vpc_endpoint."+name] = fields{
		"id": id("vpce"), "arn": arn("vpc-endpoint"), "owner_id": "111111111111", "auto_accept": nil, "cidr_blocks": []any{"52.219.0.0/20"}, "dns_entry": []any{}, "dns_options": []any{}, "ip_address_type": "",
		"network_interface_ids": []any{}, "policy": `{"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}],"Version":"2008-10-17"}`, "prefix_list_id": "pl-1", "private_dns_enabled": false,
		"requester_managed": false, "resource_configuration_arn": "", "route_table_ids": []any{id("rtb")}, "security_group_ids": []any{}, "service_name": "com.amazonaws.eu-central-1.s3", "service_network_arn": "",
		"service_region": "eu-central-1", "state": "available", "subnet_configuration": []any{}, "subnet_ids": []any{}, "timeouts": nil, "vpc_endpoint_type": "Gateway", "vpc_id": id("vpc"), "tags": nil, "tags_all": fields{"Owner": "network"},
	}
	all["aws_instance."+name] = fields{
		"id": "i-0" + name, "arn": arn("instance"), "ami": "ami-1", "associate_public_ip_address": false, "availability_zone": "eu-central-1a", "instance_type": "t3.micro", "subnet_id": id("subnet"),
		"vpc_security_group_ids": []any{id("sg")}, "security_groups": []any{}, "private_ip": at + "0.10", "private_dns": "ip-10.internal", "public_ip": "", "public_dns": "", "secondary_private_ips": []any{},
		"source_dest_check": true, "primary_network_interface_id": "eni-0" + name, "network_interface": []any{}, "ipv6_addresses": []any{}, "ipv6_address_count": 0, "tenancy": "default", "instance_state": "running",
		"root_block_device": []any{fields{"device_name": "/dev/xvda", "volume_size": 8, "encrypted": true}}, "ebs_block_device": []any{}, "metadata_options": []any{fields{"http_tokens": "required"}}, "tags": nil, "tags_all": fields{"Owner": "network"},
	}
}

func listedRule(port int, cidr string) fields {
	return fields{"cidr_blocks": []any{cidr}, "description": "", "from_port": port, "to_port": port, "protocol": "tcp", "self": false, "ipv6_cidr_blocks": []any{}, "prefix_list_ids": []any{}, "security_groups": []any{}}
}

var listedACLRule = fields{"action": "allow", "cidr_block": "0.0.0.0/0", "from_port": 0, "to_port": 0, "icmp_code": 0, "icmp_type": 0, "ipv6_cidr_block": "", "protocol": "-1", "rule_no": 100}

func proveState(t *testing.T, change func(map[string]fields)) *Report {
	t.Helper()
	all := realState()
	if change != nil {
		change(all)
	}
	var resources []any
	for address, values := range all {
		kind, name, _ := strings.Cut(strings.TrimSuffix(address, "[0]"), ".")
		resources = append(resources, fields{"address": address, "mode": "managed", "type": kind, "name": name, "provider_name": "registry.terraform.io/hashicorp/aws", "values": values})
	}
	text, err := json.Marshal(fields{"format_version": "1.0", "terraform_version": "1.9.0", "values": fields{"root_module": fields{"resources": resources}}})
	if err != nil {
		t.Fatal(err)
	}
	s, err := planjson.Parse("network", "state.json", "", text)
	if err != nil {
		t.Fatal(err)
	}
	planjson.Link([]*stackjson.Stack{s})
	in := Input{Stacks: []*stackjson.Stack{s}, Accounts: map[string]string{"network": "111111111111"}, Tiers: &Tiers{}}
	const intents = `- allow: {from: dev.instance.dev, to: shared.instance.shared, port: 443, via: transit-gateway}
- allow: {from: shared.instance.shared, to: dev.instance.dev, port: 443, via: transit-gateway}
- allow: {from: dev, to: shared}
- allow: {from: shared, to: dev}
- deny: {from: internet, to: "*"}
`
	if err := yamldoc.Decode("intents.yaml", []byte(intents), &in.Intents).Errors.Sorted(); err != nil {
		t.Fatal(err)
	}
	return Of(in).Prove()
}

// A real state is proven, whatever AWS says in it beside what is written; and what breaks
// it is caught.
func TestARealStateIsProven(t *testing.T) {
	t.Parallel()
	set := func(address, name string, value any) func(map[string]fields) {
		return func(all map[string]fields) { maps.Copy(all[address], fields{name: value}) }
	}
	gone := func(addresses ...string) func(map[string]fields) {
		return func(all map[string]fields) {
			for _, address := range addresses {
				delete(all, address)
			}
		}
	}
	for name, test := range map[string]struct {
		change func(map[string]fields)
		want   Status
	}{
		"as it is":                          {nil, Proven},
		"harmless: nothing is listed twice": {set("aws_route_table.dev", "route", []any{}), Proven},
		"harmless: routes in the table":     {gone("aws_route.dev"), Proven},
		"no route": {func(all map[string]fields) {
			gone("aws_route.dev")(all)
			set("aws_route_table.dev", "route", []any{})(all)
		}, Violated},
		"associated with the other's table": {set("aws_ec2_transit_gateway_route_table_association.dev", "transit_gateway_route_table_id", "tgw-rtb-0shared"), Violated},
		"no propagation":                    {gone("aws_ec2_transit_gateway_route_table_propagation.dev"), Violated},
		"an ACL that denies": {func(all map[string]fields) {
			set("aws_network_acl_rule.devingress", "rule_action", "deny")(all)
			denies := maps.Clone(listedACLRule)
			denies["action"] = "deny"
			set("aws_network_acl.dev", "ingress", []any{denies})(all)
		}, Violated},
		"another port": {func(all map[string]fields) {
			set("aws_vpc_security_group_ingress_rule.dev", "from_port", 444)(all)
			set("aws_vpc_security_group_ingress_rule.dev", "to_port", 444)(all)
			set("aws_security_group.dev", "ingress", []any{listedRule(444, "10.0.0.0/8")})(all)
		}, Violated},
		"a table that is not here": {set("aws_route_table_association.dev", "route_table_id", "rtb-0elsewhere"), Unproven},
		"IPv6":                     {set("aws_vpc.dev", "ipv6_cidr_block", "2a05:d018::/56"), Unproven},
	} {
		t.Run(name, func(t *testing.T) {
			r := proveState(t, test.change)
			if r.Status != test.want {
				var b strings.Builder
				_ = r.Text(&b, true)
				t.Errorf("it is %s, not %s:\n%s", r.Status, test.want, b.String())
			}
		})
	}
}
