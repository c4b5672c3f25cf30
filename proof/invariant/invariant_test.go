package invariant

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"hubspoke/proof/config"
	"hubspoke/proof/finding"
	"hubspoke/proof/network"
	"hubspoke/proof/reach"
	"hubspoke/proof/stackjson"
)

const testdata = "../network/testdata/estate"

// estate is stacks that a test changes.
type estate []*stackjson.Stack

func read(t testing.TB) estate {
	stacks, err := stackjson.Read(testdata)
	if err != nil {
		t.Fatal(err)
	}
	return stacks
}

// resources are the resources of a type in a stack.
func (e estate) resources(stack, kind string) map[string]any {
	for _, s := range e {
		if s.Name == stack {
			all := s.JSON["resource"].(map[string]any)
			if all[kind] == nil {
				all[kind] = map[string]any{}
			}
			return all[kind].(map[string]any)
		}
	}
	panic("there is no stack " + stack)
}

func split(address string) (stack, kind, name string) {
	stack, rest, _ := strings.Cut(address, "/")
	kind, name, _ = strings.Cut(rest, ".")
	return stack, kind, name
}

// body is the body of the resource at an address such as hub/aws_vpc.main.
func (e estate) body(address string) map[string]any {
	stack, kind, name := split(address)
	body, ok := e.resources(stack, kind)[name].(map[string]any)
	if !ok {
		panic("there is no " + address)
	}
	return body
}

// drop removes a resource.
func (e estate) drop(address string) {
	e.body(address)
	stack, kind, name := split(address)
	delete(e.resources(stack, kind), name)
}

// set sets an argument.
func (e estate) set(address, argument string, value any) { e.body(address)[argument] = value }

// swap replaces a text within a resource.
func (e estate) swap(address, old, new string) {
	before, err := json.Marshal(e.body(address))
	if err != nil {
		panic(err)
	}
	after := strings.ReplaceAll(string(before), old, new)
	if after == string(before) {
		panic(address + " does not say " + old)
	}
	var body map[string]any
	if err := json.Unmarshal([]byte(after), &body); err != nil {
		panic(err)
	}
	stack, kind, name := split(address)
	e.resources(stack, kind)[name] = body
}

// add adds a resource.
func (e estate) add(address, body string) {
	var b map[string]any
	if err := json.Unmarshal([]byte(body), &b); err != nil {
		panic(err)
	}
	stack, kind, name := split(address)
	e.resources(stack, kind)[name] = b
}

func (e estate) stack(name string) map[string]any {
	return e[slices.IndexFunc(e, func(s *stackjson.Stack) bool { return s.Name == name })].JSON
}

func (e estate) check() []finding.Finding {
	c := config.Of(e)
	n := network.Build(c)
	return Check(n, c, reach.Of(n))
}

// found are the findings' codes, with a ? after those of notes.
func found(findings []finding.Finding) []string {
	codes := map[string]bool{}
	for _, f := range findings {
		if f.Note() {
			codes[f.Kind.Code()+"?"] = true
		} else {
			codes[f.Kind.Code()] = true
		}
	}
	return slices.Sorted(maps.Keys(codes))
}

func TestANetworkWithoutMistakesHasNoFindings(t *testing.T) {
	for _, f := range read(t).check() {
		t.Error(f)
	}
}

// mistakes are changes to the estate and what is found then.
var mistakes = []struct {
	name   string
	change func(e estate)
	want   string // codes, with a ? after those of notes
}{
	{"two VPCs that a third one reaches have one range", func(e estate) {
		e.set("two/aws_vpc.main", "cidr_block", "10.1.0.0/16")
	}, "missing-return-route overlapping-vpcs route-to-nowhere? subnet-outside-vpc"},
	{"the hub's range is within that of a spoke", func(e estate) {
		e.set("one/aws_vpc.main", "cidr_block", "10.0.0.0/8")
	}, "missing-return-route overlapping-vpcs propagation-without-effect route-to-nowhere"},
	{"a subnet is outside of its VPC", func(e estate) {
		e.set("one/aws_subnet.public_apse3_az2", "cidr_block", "10.2.1.0/24")
	}, "subnet-outside-vpc"},
	{"two subnets overlap", func(e estate) {
		e.set("one/aws_subnet.public_apse3_az2", "cidr_block", "10.1.0.128/25")
	}, "overlapping-subnets"},
	{"a subnet lost its route table", func(e estate) {
		e.drop("one/aws_route_table_association.attachment_apse3_az2")
	}, "subnet-without-table"},
	{"a route leads to a NAT gateway that is gone", func(e estate) {
		e.drop("one/aws_nat_gateway.main")
	}, "broken-reference route-to-nowhere"},
	{"a route leads to the internet gateway of another VPC", func(e estate) {
		e.add("one/aws_vpc.other", `{"cidr_block": "10.8.0.0/16"}`)
		e.set("one/aws_internet_gateway.main", "vpc_id", "${aws_vpc.other.id}")
	}, "nat-without-internet route-to-nowhere"},
	{"a route leads to a network interface", func(e estate) {
		for _, zone := range []string{"1", "2"} {
			e.add("one/aws_route.private_apse3_az"+zone+"_to_firewall", `{"route_table_id": "${aws_route_table.private_apse3_az`+zone+`.id}",
				"destination_cidr_block": "10.7.0.0/16", "network_interface_id": "eni-1"}`)
		}
	}, "route-not-modelled?"},
	{"a VPC with routes to the gateway is not attached", func(e estate) {
		e.drop("one/aws_ec2_transit_gateway_vpc_attachment.hub")
	}, "broken-reference route-to-nowhere? route-without-attachment table-without-attachment?"},
	{"an attachment has no table", func(e estate) {
		e.drop("one/aws_ec2_transit_gateway_route_table_association.one")
	}, "attachment-without-table table-without-attachment?"},
	{"a propagation back is missing", func(e estate) {
		e.drop("one/aws_ec2_transit_gateway_route_table_propagation.one_to_shared")
	}, "missing-return-route route-to-nowhere"},
	{"a propagation there is missing", func(e estate) {
		e.drop("hub/aws_ec2_transit_gateway_route_table_propagation.hub_to_one")
	}, "missing-return-route route-to-nowhere"},
	{"the routes back to a VPC are missing", func(e estate) {
		e.drop("hub/aws_route.private_apse3_az1_to_one")
		e.drop("hub/aws_route.private_apse3_az2_to_one")
	}, "missing-return-route"},
	{"a route leads into a blackhole", func(e estate) {
		for _, zone := range []string{"1", "2"} {
			e.add("one/aws_route.private_apse3_az"+zone+"_to_two", `{"route_table_id": "${aws_route_table.private_apse3_az`+zone+`.id}",
				"destination_cidr_block": "10.2.0.0/16", "transit_gateway_id": "${data.terraform_remote_state.hub.outputs.transit_gateway_id}"}`)
		}
	}, "route-to-nowhere"},
	{"a route leads to what may be announced from elsewhere", func(e estate) {
		for _, zone := range []string{"1", "2"} {
			e.add("hub/aws_route.private_apse3_az"+zone+"_to_office", `{"route_table_id": "${aws_route_table.private_apse3_az`+zone+`.id}",
				"destination_cidr_block": "192.168.0.0/16", "transit_gateway_id": "${aws_ec2_transit_gateway.main.id}"}`)
		}
	}, "route-to-nowhere?"},
	{"a blackhole overrides a propagation", func(e estate) {
		e.set("hub/aws_ec2_transit_gateway_route.one_blackhole", "destination_cidr_block", "10.0.0.0/16")
	}, "missing-return-route propagation-without-effect route-to-nowhere uneven-blackholes"},
	{"a static route leads to a VPC that does not go on", func(e estate) {
		e.add("hub/aws_ec2_transit_gateway_route.one_default", `{"destination_cidr_block": "0.0.0.0/0",
			"transit_gateway_attachment_id": "${aws_ec2_transit_gateway_vpc_attachment.hub.id}",
			"transit_gateway_route_table_id": "${aws_ec2_transit_gateway_route_table.one.id}"}`)
		e.add("hub/aws_ec2_transit_gateway_route.one_far", `{"destination_cidr_block": "172.16.0.0/12",
			"transit_gateway_attachment_id": "${aws_ec2_transit_gateway_vpc_attachment.hub.id}",
			"transit_gateway_route_table_id": "${aws_ec2_transit_gateway_route_table.one.id}"}`)
	}, "transit-ends"},
	{"one route twice", func(e estate) {
		e.add("hub/aws_ec2_transit_gateway_route.one_again", `{"destination_cidr_block": "10.0.0.0/8",
			"transit_gateway_attachment_id": "${aws_ec2_transit_gateway_vpc_attachment.hub.id}",
			"transit_gateway_route_table_id": "${aws_ec2_transit_gateway_route_table.one.id}"}`)
	}, "route-twice"},
	{"an attachment is in a table of another gateway", func(e estate) {
		e.add("hub/aws_ec2_transit_gateway.other", `{"default_route_table_association": "disable", "default_route_table_propagation": "disable"}`)
		e.add("hub/aws_ec2_transit_gateway_route_table.other", `{"transit_gateway_id": "${aws_ec2_transit_gateway.other.id}"}`)
		e.set("hub/aws_ec2_transit_gateway_route_table_association.hub", "transit_gateway_route_table_id",
			"${aws_ec2_transit_gateway_route_table.other.id}")
	}, "foreign-table missing-return-route table-without-attachment?"},
	{"a table has a route to another gateway's attachment", func(e estate) {
		e.add("hub/aws_ec2_transit_gateway.other", `{"default_route_table_association": "disable", "default_route_table_propagation": "disable"}`)
		e.set("hub/aws_ec2_transit_gateway_route_table.one", "transit_gateway_id", "${aws_ec2_transit_gateway.other.id}")
	}, "foreign-attachment foreign-table table-without-attachment?"},
	{"a table lacks a blackhole that the others have", func(e estate) {
		e.drop("hub/aws_ec2_transit_gateway_route.one_blackhole")
	}, "uneven-blackholes"},
	{"a table stops what is meant for one VPC", func(e estate) {
		e.add("hub/aws_ec2_transit_gateway_route.one_not_two", `{"destination_cidr_block": "10.2.0.0/16", "blackhole": true,
			"transit_gateway_route_table_id": "${aws_ec2_transit_gateway_route_table.one.id}"}`)
	}, ""},
	{"a zone of a tier has another ACL", func(e estate) {
		e.set("one/aws_network_acl.private", "subnet_ids", []any{"${aws_subnet.private_apse3_az1.id}"})
	}, "uneven-tier"},
	{"a table that nothing uses", func(e estate) {
		e.add("hub/aws_ec2_transit_gateway_route_table.spare", `{"transit_gateway_id": "${aws_ec2_transit_gateway.main.id}"}`)
	}, "table-without-attachment?"},
	{"default association is on", func(e estate) {
		e.set("hub/aws_ec2_transit_gateway.main", "default_route_table_association", "enable")
	}, "default-tables?"},
	{"an attachment is in the default table", func(e estate) {
		e.set("hub/aws_ec2_transit_gateway_route_table_association.hub", "transit_gateway_route_table_id",
			"${aws_ec2_transit_gateway.main.association_default_route_table_id}")
	}, "default-table-used? missing-return-route route-to-nowhere table-without-attachment? uneven-blackholes"},
	{"a zone is in use without an attachment subnet", func(e estate) {
		e.set("one/aws_ec2_transit_gateway_vpc_attachment.hub", "subnet_ids", []any{"${aws_subnet.attachment_apse3_az1.id}"})
	}, "zone-without-attachment"},
	{"an attachment has two subnets of a zone", func(e estate) {
		e.set("one/aws_subnet.attachment_apse3_az2", "availability_zone_id", "apse3-az1")
	}, "attachment-subnet zone-without-attachment"},
	{"a zone's table lacks a route", func(e estate) {
		e.drop("one/aws_route.private_apse3_az2_to_hub")
	}, "uneven-tier"},
	{"a zone's table leads elsewhere", func(e estate) {
		e.drop("one/aws_route.private_apse3_az2_to_internet")
		e.add("one/aws_route.private_apse3_az2_to_internet", `{"route_table_id": "${aws_route_table.private_apse3_az2.id}",
			"destination_cidr_block": "0.0.0.0/0", "gateway_id": "${aws_internet_gateway.main.id}"}`)
	}, "uneven-tier"},
	{"a zone is not in the gateway endpoint", func(e estate) {
		e.set("one/aws_vpc_endpoint.s3", "route_table_ids", []any{"${aws_route_table.private_apse3_az1.id}"})
	}, "uneven-tier"},
	{"a NAT gateway is in a private subnet", func(e estate) {
		e.set("one/aws_nat_gateway.main", "subnet_id", "${aws_subnet.private_apse3_az1.id}")
	}, "nat-without-internet"},
	{"a NAT gateway has no use", func(e estate) {
		e.add("one/aws_nat_gateway.spare", `{"subnet_id": "${aws_subnet.public_apse3_az2.id}", "allocation_id": "${aws_eip.spare.id}"}`)
		e.add("one/aws_eip.spare", `{"domain": "vpc"}`)
	}, "nat-without-use?"},
	{"a route leads to a NAT gateway of another VPC", func(e estate) {
		e.stack("hub")["output"].(map[string]any)["nat_id"] = map[string]any{"value": "${aws_nat_gateway.main.id}"}
		for _, zone := range []string{"1", "2"} {
			e.set("one/aws_route.private_apse3_az"+zone+"_to_internet", "nat_gateway_id", "${data.terraform_remote_state.hub.outputs.nat_id}")
		}
	}, "nat-without-use? route-to-nowhere"},
	{"packets go through a peering, and their answers through the gateway", func(e estate) {
		e.peer("public")
	}, "asymmetric-path"},
	{"packets and answers go through a peering, beside the gateway", func(e estate) {
		e.peer("private", "public")
	}, ""},
	{"one direction passes a firewall", func(e estate) {
		e.guard("private", "10.1.0.0/24")
	}, "asymmetric-path"},
	{"both directions pass a firewall", func(e estate) {
		e.guard("private", "10.1.0.0/24")
		e.guard("public", "10.1.16.0/24")
		e.inspectOutward()
	}, ""},
	{"the answers of the internet pass a firewall that has not seen the packets", func(e estate) {
		e.guard("private", "10.1.0.0/24")
		e.guard("public", "10.1.16.0/24")
	}, "asymmetric-path"},
	{"a peering across accounts that nobody accepts", func(e estate) {
		e.stack("two")["output"] = map[string]any{"vpc_id": map[string]any{"value": "${aws_vpc.main.id}"}}
		data := e.stack("one")["data"].(map[string]any)["terraform_remote_state"].(map[string]any)
		data["two"] = map[string]any{"backend": "s3", "config": map[string]any{"bucket": "state-111111111111", "key": "two.tfstate"}}
		e.add("one/aws_vpc_peering_connection.two", `{"vpc_id": "${aws_vpc.main.id}", "auto_accept": true,
			"peer_vpc_id": "${data.terraform_remote_state.two.outputs.vpc_id}"}`)
		for _, zone := range []string{"1", "2"} {
			e.add("one/aws_route.private_apse3_az"+zone+"_to_two", `{"route_table_id": "${aws_route_table.private_apse3_az`+zone+`.id}",
				"destination_cidr_block": "10.2.0.0/16", "vpc_peering_connection_id": "${aws_vpc_peering_connection.two.id}"}`)
		}
	}, "missing-return-route peering-not-accepted"},
	{"a peering that no route leads through", func(e estate) {
		e.stack("hub")["output"].(map[string]any)["vpc_id"] = map[string]any{"value": "${aws_vpc.main.id}"}
		e.add("one/aws_vpc_peering_connection.hub", `{"vpc_id": "${aws_vpc.main.id}", "peer_vpc_id": "${data.terraform_remote_state.hub.outputs.vpc_id}"}`)
		e.add("one/aws_vpc_peering_connection_accepter.hub", `{"provider": "aws.hub", "vpc_peering_connection_id": "${aws_vpc_peering_connection.hub.id}", "auto_accept": true}`)
	}, "peering-without-route?"},
	{"an ACL guards nothing", func(e estate) {
		e.set("one/aws_network_acl.private", "subnet_ids", []any{})
	}, "acl-without-subnet"},
	{"a denial comes after what admits the same", func(e estate) {
		e.swap("one/aws_network_acl.private", `"rule_no":200`, `"rule_no":301`)
		e.swap("one/aws_network_acl.private", `"from_port":1024,"protocol":"tcp"`, `"from_port":0,"protocol":"-1"`)
	}, "acl-rule-shadowed"},
	{"an ACL rule repeats another", func(e estate) {
		e.swap("one/aws_network_acl.private", `10.9.0.0/16`, `10.1.4.0/24`)
	}, "acl-rule-shadowed?"},
	{"two ACL rules have one number", func(e estate) {
		e.swap("one/aws_network_acl.private", `"rule_no":101`, `"rule_no":102`)
	}, "acl-number-twice"},
	{"a group guards nothing", func(e estate) {
		e.drop("one/aws_instance.app")
	}, "group-without-member"},
	{"a group is only an output", func(e estate) {
		e.add("one/aws_security_group.spare", `{"vpc_id": "${aws_vpc.main.id}"}`)
		e.stack("one")["output"] = map[string]any{"group_id": map[string]any{"value": "${aws_security_group.spare.id}"}}
	}, "group-without-member?"},
	{"a group is only in a parameter", func(e estate) {
		e.add("one/aws_security_group.spare", `{"vpc_id": "${aws_vpc.main.id}"}`)
		e.add("one/aws_ssm_parameter.group", `{"name": "group", "type": "String", "value": "${aws_security_group.spare.id}"}`)
	}, "group-without-member?"},
	{"a group is only for Karpenter, without a cluster", func(e estate) {
		e.add("one/aws_security_group.spare", `{"vpc_id": "${aws_vpc.main.id}", "tags": {"karpenter.sh/discovery": "one"}}`)
	}, "group-without-member"},
	{"a cluster has all its tags where they belong", func(e estate) { e.cluster() }, ""},
	{"a cluster's tags come before the cluster", func(e estate) {
		e.tag("one/aws_subnet.private_apse3_az1", "karpenter.sh/discovery", "one")
		e.tag("one/aws_subnet.private_apse3_az2", "karpenter.sh/discovery", "one")
	}, ""},
	{"a cluster is found by its own name", func(e estate) {
		e.cluster()
		for _, address := range []string{"aws_subnet.private_apse3_az1", "aws_subnet.private_apse3_az2", "aws_security_group.nodes", "aws_security_group.more"} {
			e.tag("one/"+address, "karpenter.sh/discovery", "${aws_eks_cluster.main.name}")
		}
	}, ""},
	{"everything has a tag that Karpenter acts on", func(e estate) {
		e.defaultTags("one", `{"Owner": "me", "karpenter.sh/nodepool": "all"}`)
	}, "controller-tag-on-everything"},
	{"everything has a tag that nobody acts on", func(e estate) { e.defaultTags("one", `{"Owner": "me"}`) }, ""},
	{"default tags are those of all subnets and groups", func(e estate) {
		e.cluster()
		e.defaultTags("one", `{"karpenter.sh/discovery": "one"}`)
	}, "controller-tag-on-everything discovery-group discovery-subnet"},
	{"public load balancers are to be in private subnets", func(e estate) {
		e.tag("one/aws_subnet.private_apse3_az1", "kubernetes.io/role/elb", "1")
		e.tag("one/aws_subnet.private_apse3_az2", "kubernetes.io/role/elb", "1")
	}, "load-balancer-subnet"},
	{"internal load balancers are to be in public subnets", func(e estate) {
		e.tag("one/aws_subnet.public_apse3_az1", "kubernetes.io/role/internal-elb", "1")
		e.tag("one/aws_subnet.public_apse3_az2", "kubernetes.io/role/internal-elb", "1")
	}, "load-balancer-subnet"},
	{"controllers use one zone of two", func(e estate) {
		e.tag("one/aws_subnet.private_apse3_az1", "kubernetes.io/role/internal-elb", "1")
	}, "uneven-tier"},
	{"Karpenter finds no subnet", func(e estate) {
		e.cluster()
		e.untag("one/aws_subnet.private_apse3_az1", "karpenter.sh/discovery")
		e.untag("one/aws_subnet.private_apse3_az2", "karpenter.sh/discovery")
	}, "discovery-incomplete"},
	{"Karpenter finds no group", func(e estate) {
		e.cluster()
		e.untag("one/aws_security_group.nodes", "karpenter.sh/discovery")
		e.untag("one/aws_security_group.more", "karpenter.sh/discovery")
	}, "discovery-incomplete"},
	{"Karpenter finds a subnet by a tag that is a resource", func(e estate) {
		e.cluster()
		for _, zone := range []string{"1", "2"} {
			e.untag("one/aws_subnet.private_apse3_az"+zone, "karpenter.sh/discovery")
			e.add("one/aws_ec2_tag.az"+zone, `{"resource_id": "${aws_subnet.private_apse3_az`+zone+`.id}", "key": "karpenter.sh/discovery", "value": "one"}`)
		}
	}, ""},
	{"Karpenter finds the attachment's subnets too", func(e estate) {
		e.cluster()
		e.tag("one/aws_subnet.attachment_apse3_az1", "karpenter.sh/discovery", "one")
		e.tag("one/aws_subnet.attachment_apse3_az2", "karpenter.sh/discovery", "one")
	}, "discovery-subnet"},
	{"Karpenter finds a group of nobody's nodes", func(e estate) {
		e.cluster()
		e.tag("one/aws_security_group.app", "karpenter.sh/discovery", "one")
	}, "discovery-group"},
	{"Karpenter does not find a group of the nodes", func(e estate) {
		e.cluster()
		e.untag("one/aws_security_group.more", "karpenter.sh/discovery")
	}, "discovery-group"},
	{"Karpenter finds what a function makes of tags", func(e estate) {
		e.cluster()
		e.set("one/aws_security_group.more", "tags", "${merge({}, {})}")
	}, ""},
	{"two groups of a node are the cluster's", func(e estate) {
		e.cluster()
		e.tag("one/aws_security_group.more", "kubernetes.io/cluster/one", "owned")
	}, "node-cluster-tag"},
	{"no group of a node is the cluster's", func(e estate) {
		e.cluster()
		e.untag("one/aws_security_group.nodes", "kubernetes.io/cluster/one")
	}, "node-cluster-tag"},
	{"the one group of a node needs no tag", func(e estate) {
		e.cluster()
		e.untag("one/aws_security_group.nodes", "kubernetes.io/cluster/one")
		e.drop("one/aws_security_group.more")
		e.set("one/aws_launch_template.nodes", "vpc_security_group_ids", []any{"${aws_security_group.nodes.id}"})
	}, ""},
	{"a rule names a group without members", func(e estate) {
		e.drop("hub/aws_instance.app")
	}, "group-without-member rule-without-peer"},
	{"a group has rules in two forms", func(e estate) {
		e.set("one/aws_security_group.app", "egress", []any{map[string]any{"protocol": "-1", "from_port": 0.0, "to_port": 0.0, "cidr_blocks": []any{"0.0.0.0/0"}}})
	}, "group-rules-in-two-forms"},
	{"a network ACL has rules in two forms", func(e estate) {
		e.add("one/aws_network_acl_rule.more", `{"network_acl_id": "${aws_network_acl.private.id}", "rule_number": 50, "rule_action": "deny",
			"protocol": "-1", "cidr_block": "10.9.9.0/24"}`)
	}, "acl-rules-in-two-forms"},
	{"a route table has routes in two forms", func(e estate) {
		for _, zone := range []string{"1", "2"} {
			e.set("one/aws_route_table.private_apse3_az"+zone, "route", []any{})
		}
	}, "routes-in-two-forms"},
	{"a table has two routes for one range", func(e estate) {
		e.add("one/aws_route.again", `{"route_table_id": "${aws_route_table.private_apse3_az1.id}",
			"destination_cidr_block": "0.0.0.0/0", "nat_gateway_id": "${aws_nat_gateway.main.id}"}`)
	}, "route-twice"},
	{"a table has two routes for one prefix list", func(e estate) {
		for _, name := range []string{"az1", "az1_again", "az2"} {
			e.add("one/aws_route."+name, `{"route_table_id": "${aws_route_table.private_apse3_`+name[:3]+`.id}",
				"destination_prefix_list_id": "pl-1", "nat_gateway_id": "${aws_nat_gateway.main.id}"}`)
		}
	}, "route-twice"},
	{"a table has routes for two prefix lists, and ranges that overlap", func(e estate) {
		for _, name := range []string{"az1_1", "az1_2", "az2_1", "az2_2"} {
			e.add("one/aws_route."+name, `{"route_table_id": "${aws_route_table.private_apse3_`+name[:3]+`.id}",
				"destination_prefix_list_id": "pl-`+name[4:]+`", "nat_gateway_id": "${aws_nat_gateway.main.id}"}`)
			e.add("one/aws_route.wide_"+name, `{"route_table_id": "${aws_route_table.private_apse3_`+name[:3]+`.id}",
				"destination_cidr_block": "172.16.0.0/1`+name[4:]+`", "nat_gateway_id": "${aws_nat_gateway.main.id}"}`)
		}
	}, ""},
	{"the zones of a tier lead to connections that no stack makes, each to another", func(e estate) {
		for _, zone := range []string{"1", "2"} {
			e.add("one/aws_route.private_apse3_az"+zone+"_to_office", `{"route_table_id": "${aws_route_table.private_apse3_az`+zone+`.id}",
				"destination_cidr_block": "192.168.0.0/16", "vpc_peering_connection_id": "pcx-`+zone+`"}`)
		}
	}, "uneven-tier"},
	{"the zones of a tier lead to one connection that no stack makes", func(e estate) {
		for _, zone := range []string{"1", "2"} {
			e.add("one/aws_route.private_apse3_az"+zone+"_to_office", `{"route_table_id": "${aws_route_table.private_apse3_az`+zone+`.id}",
				"destination_cidr_block": "192.168.0.0/16", "vpc_peering_connection_id": "pcx-1"}`)
		}
	}, ""},
	{"the zones of a tier lead to what may be several things, each to another", func(e estate) {
		for _, zone := range []string{"1", "2"} {
			e.add("one/aws_route.private_apse3_az"+zone+"_to_two", `{"route_table_id": "${aws_route_table.private_apse3_az`+zone+`.id}",
				"destination_cidr_block": "10.2.0.0/16", "vpc_peering_connection_id": "pcx-`+zone+`"}`)
		}
	}, "route-not-modelled? uneven-tier"},
	{"a group is open to all", func(e estate) {
		e.set("one/aws_vpc_security_group_ingress_rule.app_https", "cidr_ipv4", "0.0.0.0/0")
	}, "open-to-all?"},
	{"a gateway endpoint is in no table", func(e estate) {
		e.set("one/aws_vpc_endpoint.s3", "route_table_ids", []any{})
	}, "endpoint-without-table"},
	{"an interface endpoint is in no subnet", func(e estate) {
		e.set("hub/aws_vpc_endpoint.sts", "subnet_ids", []any{})
	}, "endpoint-without-subnet"},
	{"an interface endpoint has the default group", func(e estate) {
		e.set("hub/aws_vpc_endpoint.sts", "security_group_ids", []any{"${aws_vpc.main.default_security_group_id}"})
	}, "endpoint-in-default-group? group-without-member"},
	{"an interface endpoint has the default group, which admits nothing", func(e estate) {
		e.set("hub/aws_vpc_endpoint.sts", "security_group_ids", []any{"${aws_vpc.main.default_security_group_id}"})
		e.add("hub/aws_default_security_group.main", `{"vpc_id": "${aws_vpc.main.id}"}`)
	}, "endpoint-in-default-group group-without-member"},
	{"an endpoint has no policy", func(e estate) {
		e.set("hub/aws_vpc_endpoint.sts", "policy", nil)
	}, "endpoint-without-policy?"},
	{"an endpoint is not admitted to the service of another account", func(e estate) {
		e.offer(`{"acceptance_required": false, "allowed_principals": ["arn:aws:iam::333333333333:root"]}`)
	}, "endpoint-not-allowed"},
	{"an endpoint is not accepted", func(e estate) {
		e.offer(`{"acceptance_required": true, "allowed_principals": ["arn:aws:iam::222222222222:root"]}`)
	}, "endpoint-not-accepted"},
	{"what another account uses is not shared", func(e estate) {
		e.drop("hub/aws_ram_resource_association.network_gateway")
	}, "not-shared share-without-resource?"},
	{"a resource is not shared with one of the accounts", func(e estate) {
		e.drop("hub/aws_ram_principal_association.network_one")
	}, "not-shared share-not-offered"},
	{"nobody accepts the share", func(e estate) {
		e.drop("one/aws_ram_resource_share_accepter.network")
		e.set("one/aws_ec2_transit_gateway_vpc_attachment.hub", "depends_on", []any{})
	}, "share-not-accepted"},
	{"an organisation shares, and there is no invitation to accept", func(e estate) {
		e.set("hub/aws_ram_principal_association.network_one", "principal", "arn:aws:organizations::999999999999:organization/o-a1b2c3d4e5")
	}, "foreign-account? share-not-offered"},
	{"nobody accepts the attachment", func(e estate) {
		e.set("hub/aws_ec2_transit_gateway.main", "auto_accept_shared_attachments", "disable")
	}, "attachment-not-accepted"},
	{"a propagation is made in the account of the attachment", func(e estate) {
		delete(e.body("one/aws_ec2_transit_gateway_route_table_propagation.one_to_shared"), "provider")
	}, "wrong-account"},
	{"a route of a VPC is made in another account", func(e estate) {
		e.set("one/aws_route.private_apse3_az1_to_hub", "provider", "aws.hub")
	}, "wrong-account"},
	{"a rule of a group is made in another account", func(e estate) {
		e.set("one/aws_vpc_security_group_ingress_rule.app_https", "provider", "aws.hub")
	}, "wrong-account"},
	{"a record is made in another account than its zone", func(e estate) {
		e.add("one/aws_route53_zone.public", `{"name": "one.example.com", "provider": "aws.hub"}`)
		e.add("one/aws_route53_record.www", `{"zone_id": "${aws_route53_zone.public.zone_id}", "name": "www.one.example.com", "type": "A", "ttl": 60, "records": ["192.0.2.1"]}`)
	}, "wrong-account"},
	{"a record is made in the account of its zone, which is not that of the stack", func(e estate) {
		e.add("one/aws_route53_zone.public", `{"name": "one.example.com", "provider": "aws.hub"}`)
		e.add("one/aws_route53_record.www", `{"provider": "aws.hub", "zone_id": "${aws_route53_zone.public.zone_id}", "name": "www.one.example.com", "type": "A", "ttl": 60, "records": ["192.0.2.1"]}`)
	}, ""},
	{"a provider that does not say its account makes a route", func(e estate) {
		providers := e.stack("hub")["provider"].(map[string]any)
		providers["aws"] = append(providers["aws"].([]any), map[string]any{"alias": "unsaid", "region": "ap-southeast-3"})
		e.set("hub/aws_route.private_apse3_az1_to_one", "provider", "aws.unsaid")
	}, ""},
	{"a policy names a role that does not exist", func(e estate) {
		e.swap("hub/aws_iam_role.records", "222222222222:root", "222222222222:role/reader")
	}, "role-not-admitted unknown-principal"},
	{"a condition names a role that does not exist", func(e estate) {
		e.drop("one/aws_iam_role_policy.writer")
		e.swap("hub/aws_iam_role.records", "role/writer", "role/reader")
	}, "unknown-principal?"},
	{"a role has another name than whom it is for believes", func(e estate) {
		e.set("hub/aws_iam_role.records", "name", "record")
	}, "role-not-permitted unknown-role"},
	{"a role does not let in who may assume it", func(e estate) {
		e.set("one/aws_iam_role.writer", "name", "author")
	}, "role-not-admitted unknown-principal?"},
	{"a role that is let in may not assume", func(e estate) {
		e.swap("one/aws_iam_role_policy.writer", "sts:AssumeRole", "sts:GetCallerIdentity")
	}, "role-not-permitted"},
	{"a condition leaves out the account of the role", func(e estate) {
		e.swap("one/aws_iam_role_policy.writer", `\"Effect\":\"Allow\"`, `\"Effect\":\"Allow\",\"Condition\":{\"StringEquals\":{\"aws:ResourceAccount\":[\"333333333333\"]}}`)
	}, "role-not-permitted"},
	{"a user's group lets them in", func(e estate) { e.user("sts:AssumeRole") }, ""},
	{"a user's group does not let them in", func(e estate) { e.user("sts:GetCallerIdentity") }, "role-not-permitted"},
	{"a provider of identities is missing", func(e estate) {
		e.drop("hub/aws_iam_openid_connect_provider.github")
	}, "unknown-principal"},
	{"a service is misspelt", func(e estate) {
		e.swap("one/aws_iam_role.writer", "pods.eks.amazonaws.com", "pods.eks.amazonaws.org")
	}, "unknown-principal"},
	{"a role that Terraform assumes is missing", func(e estate) {
		e.drop("hub/aws_iam_role.deploy_one")
	}, "unknown-role"},
	{"no role that Terraform assumes is made here", func(e estate) {
		for name := range e.resources("hub", "aws_iam_role") {
			if strings.HasPrefix(name, "deploy_") || name == "state" {
				e.drop("hub/aws_iam_role." + name)
			}
		}
	}, "roles-made-elsewhere?"},
	{"a role's trust is no policy document", func(e estate) {
		e.set("one/aws_iam_role.writer", "assume_role_policy", "{")
	}, "policy-not-read?"},
	{"a stack reads a state that nobody writes", func(e estate) {
		data := e.stack("one")["data"].(map[string]any)["terraform_remote_state"].(map[string]any)
		data["gone"] = map[string]any{"backend": "s3", "config": map[string]any{"bucket": "state-111111111111", "key": "gone.tfstate"}}
	}, "missing-stack"},
	{"two stacks have one state", func(e estate) {
		e.stack("two")["terraform"] = e.stack("one")["terraform"]
	}, "shared-state"},
	{"stacks read each other", func(e estate) {
		data := map[string]any{"one": map[string]any{"backend": "s3", "config": map[string]any{"bucket": "state-111111111111", "key": "one.tfstate"}}}
		e.stack("hub")["data"] = map[string]any{"terraform_remote_state": data}
	}, "stack-cycle"},
	{"a resource that another one names is gone", func(e estate) {
		e.drop("one/aws_iam_role.writer")
	}, "broken-reference unknown-principal?"},
	{"an output that another stack reads is gone", func(e estate) {
		delete(e.stack("hub")["output"].(map[string]any), "share_arn")
	}, "broken-reference share-not-accepted"},
	{"a value refers to itself", func(e estate) {
		e.stack("one")["locals"] = map[string]any{"a": "${local.b}", "b": "${local.a}"}
		e.set("one/aws_instance.app", "user_data", "${local.a}")
	}, "broken-reference"},
}

// peer connects one with the hub beside the gateway. Its private subnets use the
// peering, and the hub's tiers that are named.
func (e estate) peer(tiers ...string) {
	outputs := e.stack("hub")["output"].(map[string]any)
	outputs["vpc_id"] = map[string]any{"value": "${aws_vpc.main.id}"}
	e.add("one/aws_vpc_peering_connection.hub", `{"vpc_id": "${aws_vpc.main.id}", "peer_vpc_id": "${data.terraform_remote_state.hub.outputs.vpc_id}"}`)
	e.add("one/aws_vpc_peering_connection_accepter.hub", `{"provider": "aws.hub", "vpc_peering_connection_id": "${aws_vpc_peering_connection.hub.id}", "auto_accept": true}`)
	for _, zone := range []string{"1", "2"} {
		e.add("one/aws_route.private_apse3_az"+zone+"_to_peer", `{"route_table_id": "${aws_route_table.private_apse3_az`+zone+`.id}",
			"destination_cidr_block": "10.0.0.0/17", "vpc_peering_connection_id": "${aws_vpc_peering_connection.hub.id}"}`)
		for _, tier := range tiers {
			table := tier + "_apse3_az" + zone
			outputs[table] = map[string]any{"value": "${aws_route_table." + table + ".id}"}
			e.add("one/aws_route.hub_"+table, `{"provider": "aws.hub", "route_table_id": "${data.terraform_remote_state.hub.outputs.`+table+`}",
				"destination_cidr_block": "10.1.0.0/17", "vpc_peering_connection_id": "${aws_vpc_peering_connection.hub.id}"}`)
		}
	}
}

// guard routes what a tier of one sends to a range through a firewall, which is in a
// subnet of its own, and places an instance in the public tier.
func (e estate) guard(tier, to string) {
	e.add("one/aws_subnet.firewall_apse3_az1", `{"vpc_id": "${aws_vpc.main.id}", "availability_zone_id": "apse3-az1", "cidr_block": "10.1.48.0/28"}`)
	e.add("one/aws_route_table.firewall_apse3_az1", `{"vpc_id": "${aws_vpc.main.id}"}`)
	e.add("one/aws_route_table_association.firewall_apse3_az1", `{"subnet_id": "${aws_subnet.firewall_apse3_az1.id}", "route_table_id": "${aws_route_table.firewall_apse3_az1.id}"}`)
	e.add("one/aws_vpc_endpoint.firewall", `{"vpc_id": "${aws_vpc.main.id}", "vpc_endpoint_type": "GatewayLoadBalancer",
		"service_name": "com.amazonaws.vpce.ap-southeast-3.vpce-svc-1", "subnet_ids": ["${aws_subnet.firewall_apse3_az1.id}"]}`)
	e.add("one/aws_instance.web", `{"subnet_id": "${aws_subnet.public_apse3_az1.id}", "vpc_security_group_ids": ["${aws_security_group.app.id}"]}`)
	for _, zone := range []string{"1", "2"} {
		e.add("one/aws_route."+tier+"_apse3_az"+zone+"_guarded", `{"route_table_id": "${aws_route_table.`+tier+`_apse3_az`+zone+`.id}",
			"destination_cidr_block": "`+to+`", "vpc_endpoint_id": "${aws_vpc_endpoint.firewall.id}"}`)
	}
}

// inspectOutward leads what private subnets of one have for the internet through the
// firewall, which hands it to the NAT gateway.
func (e estate) inspectOutward() {
	for _, zone := range []string{"1", "2"} {
		route := "one/aws_route.private_apse3_az" + zone + "_to_internet"
		e.set(route, "nat_gateway_id", nil)
		e.set(route, "vpc_endpoint_id", "${aws_vpc_endpoint.firewall.id}")
	}
	e.add("one/aws_route.firewall_to_internet", `{"route_table_id": "${aws_route_table.firewall_apse3_az1.id}",
		"destination_cidr_block": "0.0.0.0/0", "nat_gateway_id": "${aws_nat_gateway.main.id}"}`)
}

// offer lets the stack two offer a service, and one use it.
func (e estate) offer(service string) {
	e.add("two/aws_vpc_endpoint_service.api", service)
	e.stack("two")["output"] = map[string]any{"service": map[string]any{"value": "${aws_vpc_endpoint_service.api.service_name}"}}
	data := e.stack("one")["data"].(map[string]any)["terraform_remote_state"].(map[string]any)
	data["two"] = map[string]any{"backend": "s3", "config": map[string]any{"bucket": "state-111111111111", "key": "two.tfstate"}}
	e.add("one/aws_vpc_endpoint.api", `{"vpc_id": "${aws_vpc.main.id}", "vpc_endpoint_type": "Interface",
		"service_name": "${data.terraform_remote_state.two.outputs.service}",
		"subnet_ids": ["${aws_subnet.private_apse3_az1.id}"], "security_group_ids": ["${aws_security_group.app.id}"]}`)
}

// cluster adds a cluster with nodes in the private subnets of the stack one, and the
// tags by which controllers find what is its.
func (e estate) cluster() {
	const private = `["${aws_subnet.private_apse3_az1.id}", "${aws_subnet.private_apse3_az2.id}"]`
	e.add("one/aws_eks_cluster.main", `{"name": "one", "vpc_config": [{"subnet_ids": `+private+`}]}`)
	for _, name := range []string{"nodes", "more"} {
		e.add("one/aws_security_group."+name, `{"vpc_id": "${aws_vpc.main.id}"}`)
		e.tag("one/aws_security_group."+name, "karpenter.sh/discovery", "one")
	}
	e.tag("one/aws_security_group.nodes", "kubernetes.io/cluster/one", "owned")
	e.add("one/aws_launch_template.nodes", `{"vpc_security_group_ids": ["${aws_security_group.nodes.id}", "${aws_security_group.more.id}"]}`)
	e.add("one/aws_eks_node_group.system", `{"cluster_name": "${aws_eks_cluster.main.name}", "subnet_ids": `+private+`, "launch_template": [{"id": "${aws_launch_template.nodes.id}"}]}`)
	for _, zone := range []string{"1", "2"} {
		e.tag("one/aws_subnet.private_apse3_az"+zone, "karpenter.sh/discovery", "one")
		e.tag("one/aws_subnet.private_apse3_az"+zone, "kubernetes.io/role/internal-elb", "1")
		e.tag("one/aws_subnet.public_apse3_az"+zone, "kubernetes.io/role/elb", "1")
	}
}

// tag adds a tag to a resource, and untag removes one.
func (e estate) tag(address, key, value string) {
	body := e.body(address)
	if body["tags"] == nil {
		body["tags"] = map[string]any{}
	}
	body["tags"].(map[string]any)[key] = value
}

func (e estate) untag(address, key string) { delete(e.body(address)["tags"].(map[string]any), key) }

// defaultTags are the default_tags of a stack's own provider.
func (e estate) defaultTags(stack, tags string) {
	var parsed any
	if err := json.Unmarshal([]byte(`[{"tags": `+tags+`}]`), &parsed); err != nil {
		panic(err)
	}
	e.stack(stack)["provider"].(map[string]any)["aws"].([]any)[0].(map[string]any)["default_tags"] = parsed
}

func TestEveryMistakeIsFoundAndNothingElse(t *testing.T) {
	for _, test := range slices.Concat(mistakes, moreMistakes, hybridMistakes, privateLinkMistakes, sessionMistakes, webACLMistakes) {
		t.Run(test.name, func(t *testing.T) {
			e := read(t)
			test.change(e)
			findings := e.check()
			if got := strings.Join(found(findings), " "); got != test.want {
				t.Errorf("found %q, want %q", got, test.want)
				for _, f := range findings {
					t.Log(f)
				}
			}
		})
	}
}

func TestEveryKindOfFindingIsMadeByAMistake(t *testing.T) {
	made := map[string]bool{}
	for _, test := range slices.Concat(mistakes, moreMistakes, hybridMistakes, privateLinkMistakes, sessionMistakes, webACLMistakes) {
		for _, code := range strings.Fields(test.want) {
			made[strings.TrimSuffix(code, "?")] = true
		}
	}
	for _, k := range Kinds() {
		if !made[k.Code()] {
			t.Errorf("no mistake is found as %s", k.Code())
		}
	}
}

// user adds a user of one account who may assume a role of another, and whose group lets
// them do something to it.
func (e estate) user(action string) {
	e.add("one/aws_iam_user.person", `{"name": "person", "path": "/people/"}`)
	e.add("one/aws_iam_group.people", `{"name": "people"}`)
	e.add("one/aws_iam_group_policy.people", `{"group": "${aws_iam_group.people.name}", "policy": "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"`+action+`\",\"Resource\":\"arn:aws:iam::*:role/glass\"}]}"}`)
	e.add("one/aws_iam_user_group_membership.person", `{"user": "${aws_iam_user.person.name}", "groups": ["${aws_iam_group.people.name}"]}`)
	e.add("hub/aws_iam_role.glass", `{"name": "glass", "assume_role_policy": "{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::222222222222:root\"},\"Action\":\"sts:AssumeRole\",\"Condition\":{\"ArnEquals\":{\"aws:PrincipalArn\":\"arn:aws:iam::222222222222:user/people/person\"}}}]}"}`)
}
