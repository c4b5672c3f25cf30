package invariant

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hubspoke/proof/config"
	"hubspoke/proof/dns"
	"hubspoke/proof/finding"
	"hubspoke/proof/network"
	"hubspoke/proof/reach"
	"hubspoke/proof/stackjson"
)

// place is somewhere in a stack's JSON, for a test to put something else.
type place struct {
	get    func() any
	set    func(any)
	remove func()
}

// places are all places in a value, in a fixed order.
func places(value any, all []place) []place {
	switch v := value.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			all = append(all, place{func() any { return v[key] }, func(x any) { v[key] = x }, func() { delete(v, key) }})
			all = places(v[key], all)
		}
	case []any:
		for i := range v {
			all = append(all, place{func() any { return v[i] }, func(x any) { v[i] = x }, func() { v[i] = nil }})
			all = places(v[i], all)
		}
	}
	return all
}

// odd are values that no one expects where they are put.
var odd = []any{
	nil, true, "", "x", "-1", -1.0, 0.0, 1e300, []any{}, map[string]any{}, []any{nil}, []any{[]any{}}, []any{map[string]any{}},
	"10.0.0.0/8", "10.0.0.0/33", "0.0.0.0/0", "::/0", "::ffff:10.0.0.0/104", "10.0.0.1", "2001:db8::1", "*", "icmp", "tcp", "local",
	"${aws_vpc.main.id}", "${aws_subnet.public_apse3_az1.id}", "${aws_nat_gateway.main}", "${aws_route_table.public_apse3_az1.id}",
	"${aws_vpc.main.cidr_block}", "${aws_security_group.app.id}", "${aws_ec2_transit_gateway_vpc_attachment.hub.id}", "${aws_vpc.gone.id}",
	"${data.terraform_remote_state.hub.outputs.table_ids}", "${upper(\"x\")}", "a${aws_vpc.main.id}b", "${local.none}", "${",
	map[string]any{"cidr_block": "10.0.0.0/8", "vpc_id": "${aws_vpc.main.id}", "subnet_id": "${aws_subnet.public_apse3_az1.id}"},
	`{"Statement": {"Effect": "Allow", "Principal": "*"}}`, `{"Statement": [1]}`, "{",
}

// kinds are types of resources that the estate has none of.
var kinds = []string{
	"aws_default_route_table", "aws_default_network_acl", "aws_default_security_group", "aws_security_group_rule", "aws_network_acl_rule",
	"aws_network_acl_association", "aws_main_route_table_association", "aws_vpc_peering_connection", "aws_vpc_peering_connection_accepter",
	"aws_eks_cluster", "aws_eks_node_group", "aws_launch_template", "aws_db_instance", "aws_rds_cluster", "aws_db_subnet_group", "aws_lb",
	"aws_lambda_function", "aws_eip", "aws_efs_mount_target", "aws_network_interface", "aws_vpn_connection", "aws_vpn_gateway",
	"aws_ec2_managed_prefix_list", "aws_vpc_ipv4_cidr_block_association", "aws_vpc_endpoint_service", "aws_vpc_endpoint_connection_accepter",
	"aws_vpc_endpoint_policy", "aws_vpc_endpoint_security_group_association", "aws_vpc_endpoint_route_table_association", "aws_vpc_dhcp_options",
	"aws_vpc_dhcp_options_association", "aws_route53_zone", "aws_route53_record", "aws_route53_zone_association",
	"aws_route53_vpc_association_authorization", "aws_route53_resolver_endpoint", "aws_route53_resolver_rule",
	"aws_route53_resolver_rule_association", "aws_ec2_transit_gateway_vpc_attachment_accepter", "aws_iam_user", "aws_iam_role_policy_attachment",
	"aws_internet_gateway_attachment", "aws_ssm_parameter",
}

// arguments are what resources of those types are given.
var arguments = []string{
	"vpc_id", "peer_vpc_id", "subnet_id", "subnet_ids", "subnets", "security_group_ids", "vpc_config", "cidr_block", "ingress", "egress", "route", "name",
	"vpc", "ip_address", "target_ip", "domain_name", "zone_id", "type", "default_route_table_id", "launch_template", "network_interfaces", "entry",
	"db_subnet_group_name", "replicate_source_db", "alias", "records", "transit_gateway_id", "policy", "role", "policy_arn", "domain_name_servers",
	"network_acl_id", "route_table_id", "security_group_id", "resolver_endpoint_id", "resolver_rule_id", "vpc_endpoint_service_id", "vpc_endpoint_id",
}

// mutate changes the estate as the bytes say, four for each change.
func mutate(e estate, changes []byte) {
	for i := 0; i+3 < len(changes) && i < 48; i += 4 {
		s := e[int(changes[i])%len(e)]
		value := odd[int(changes[i+3])%len(odd)]
		if changes[i]&0x80 != 0 {
			kind := kinds[int(changes[i+1])%len(kinds)]
			all, _ := s.JSON["resource"].(map[string]any)[kind].(map[string]any)
			if all == nil {
				all = map[string]any{}
				s.JSON["resource"].(map[string]any)[kind] = all
			}
			body, _ := all["odd"].(map[string]any)
			if body == nil {
				body = map[string]any{}
				all["odd"] = body
			}
			body[arguments[int(changes[i+2])%len(arguments)]] = value
			continue
		}
		all := places(s.JSON["resource"], nil)
		if len(all) == 0 {
			continue
		}
		p := all[(int(changes[i+1])<<8|int(changes[i+2]))*7%len(all)]
		if changes[i]&0x40 != 0 {
			p.remove()
		} else {
			p.set(value)
		}
	}
}

func sentences(findings []finding.Finding) []string {
	var all []string
	for _, f := range findings {
		all = append(all, f.String())
	}
	return all
}

func FuzzNetwork(f *testing.F) {
	pristine := read(f)
	texts := map[string][]byte{}
	for _, s := range pristine {
		texts[s.Name] = s.Text
	}
	f.Add([]byte{})
	for i := range 256 {
		f.Add([]byte{byte(i), byte(i * 3), byte(i * 5), byte(i * 7), byte(i + 1), byte(i * 11), byte(i * 13), byte(i * 17)})
	}
	f.Fuzz(func(t *testing.T, changes []byte) {
		var e estate
		for _, s := range pristine {
			var content map[string]any
			if err := json.Unmarshal(texts[s.Name], &content); err != nil {
				t.Fatal(err)
			}
			e = append(e, &stackjson.Stack{Name: s.Name, JSON: content})
		}
		mutate(e, changes)
		c := config.Of(e)
		n := network.Build(c)
		findings := Check(n, c, reach.Of(n))
		d := config.Of(e)
		again := network.Build(d)
		if diff := cmp.Diff(sentences(findings), sentences(Check(again, d, reach.Of(again)))); diff != "" {
			t.Errorf("what is found depends on chance: %s", diff)
		}
		for _, f := range findings {
			if f.Kind.Code() == "" || f.Sentence == "" {
				t.Errorf("a finding says nothing: %+v", f)
			}
		}
		dns.Problems(n, nil)
		analysis := reach.Of(n)
		for _, v := range n.VPCs {
			for _, s := range v.Subnets {
				analysis.FromSubnet(s, true)
			}
			analysis.FromEdge(v)
		}
	})
}
