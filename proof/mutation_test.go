package proof

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hubspoke/internal/yamldoc"
	"hubspoke/proof/intent"
	"hubspoke/proof/stackjson"
)

// The golden files of piksel are what was synthesized, as another test says.
const golden = "../test/testdata/golden/piksel"

// accounts are those of piksel, which an estate would know.
var accounts = map[string]string{"hub": "111111111111", "dev": "222222222222", "staging": "333333333333", "prod": "444444444444"}

// piksel is what there is to prove about stacks of piksel.
func piksel(t testing.TB, s stacks) Input {
	t.Helper()
	in := Input{Name: "piksel", Stacks: s.list(), Accounts: accounts, IntentsFile: "intents.yaml", Expected: &Expected{}}
	for i, account := range []string{"hub", "dev", "prod", "staging"} {
		number := []int{0, 1, 3, 2}[i]
		in.Expected.VPCs = append(in.Expected.VPCs, ExpectedVPC{Account: account, CIDR: netip.MustParsePrefix(fmt.Sprintf("10.%d.0.0/16", number))})
	}
	for name := range read(t) {
		in.Expected.Stacks = append(in.Expected.Stacks, name)
	}
	slices.Sort(in.Expected.Stacks)
	text, err := os.ReadFile("../environments/piksel/intents.yaml")
	if err != nil {
		t.Fatal(err)
	}
	document := yamldoc.Decode("intents.yaml", text, &in.Intents)
	in.Intents.Locate(document)
	in.Intents.Validate(document, intent.Names{Accounts: slices.Sorted(maps.Keys(accounts))})
	if err := document.Errors.Sorted(); err != nil {
		t.Fatal(err)
	}
	return in
}

// stacks are the synthesized stacks, each by its name, to be changed.
type stacks map[string]map[string]any

func read(t testing.TB) stacks { return readFrom(t, golden) }

// readFrom reads the synthesized stacks in a folder.
func readFrom(t testing.TB, dir string) stacks {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("found %v, %v", files, err)
	}
	all := stacks{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var content map[string]any
		if err := json.Unmarshal(text, &content); err != nil {
			t.Fatal(err)
		}
		all[strings.TrimSuffix(filepath.Base(file), ".json")] = content
	}
	return all
}

func (s stacks) list() []*stackjson.Stack {
	var list []*stackjson.Stack
	for name, content := range s {
		list = append(list, &stackjson.Stack{Name: name, JSON: content})
	}
	slices.SortFunc(list, func(a, b *stackjson.Stack) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// at is the object at a path such as `dev-link resource aws_vpc main`.
func (s stacks) at(path string) map[string]any {
	keys := strings.Fields(path)
	object := s[keys[0]]
	for _, key := range keys[1:] {
		next, ok := object[key].(map[string]any)
		if !ok {
			panic("there is nothing at " + path + ", from " + key)
		}
		object = next
	}
	return object
}

// A change is made to the stacks. It panics if there is nothing to change.
type change func(stacks)

// drop removes what is at the path.
func drop(path string) change {
	return func(s stacks) {
		i := strings.LastIndex(path, " ")
		parent, key := s.at(path[:i]), path[i+1:]
		if _, ok := parent[key]; !ok {
			panic("there is nothing at " + path)
		}
		delete(parent, key)
	}
}

// put sets what is at the path, which may be new, to JSON.
func put(path, value string) change {
	var parsed any
	if err := json.Unmarshal([]byte(value), &parsed); err != nil {
		panic(err)
	}
	return func(s stacks) {
		keys := strings.Fields(path)
		object := s[keys[0]]
		for _, key := range keys[1 : len(keys)-1] {
			if object[key] == nil {
				object[key] = map[string]any{}
			}
			object = object[key].(map[string]any)
		}
		object[keys[len(keys)-1]] = parsed
	}
}

// replace replaces a text everywhere below the path.
func replace(path, old, new string) change {
	return func(s stacks) {
		text, _ := json.Marshal(s.at(path))
		changed := strings.ReplaceAll(string(text), old, new)
		if changed == string(text) {
			panic("there is no " + old + " at " + path)
		}
		object := s.at(path)
		clear(object)
		if err := json.Unmarshal([]byte(changed), &object); err != nil {
			panic(err)
		}
	}
}

// edit changes the list at the path.
func edit(path string, f func([]any) []any) change {
	return func(s stacks) {
		i := strings.LastIndex(path, " ")
		parent, key := s.at(path[:i]), path[i+1:]
		parent[key] = f(parent[key].([]any))
	}
}

// less removes the first item of the list at the path; reversed turns it around.
func less(path string) change { return edit(path, func(l []any) []any { return l[1:] }) }
func reversed(path string) change {
	return edit(path, func(l []any) []any { slices.Reverse(l); return l })
}

// rule changes a rule of the ACL's list at the path, found by its number.
func rule(path string, number float64, key string, value any) change {
	return edit(path, func(rules []any) []any {
		i := slices.IndexFunc(rules, func(r any) bool { return r.(map[string]any)["rule_no"] == number })
		if value == nil {
			return slices.Delete(rules, i, i+1)
		}
		rules[i].(map[string]any)[key] = value
		return rules
	})
}

func all(changes ...change) change {
	return func(s stacks) {
		for _, c := range changes {
			c(s)
		}
	}
}

// prove is the report on the changed stacks.
func prove(t testing.TB, c change) *Report {
	t.Helper()
	s := read(t)
	if c != nil {
		c(s)
	}
	return Of(piksel(t, s)).Prove()
}

// failures are what is not proven: intents, and the codes of invariants.
func failures(r *Report) []string {
	var failed []string
	for _, result := range r.Intents {
		if result.Status != Proven {
			failed = append(failed, result.Intent)
		}
	}
	for _, f := range r.Invariants {
		if f.Status != Proven {
			failed = append(failed, f.Kind.Code())
		}
	}
	return failed
}

// Each change breaks a promise. It is caught by the intent that begins with the
// text, or by the invariant of that code.
var broken = []struct {
	name   string
	change change
	caught string
}{
	// Transit gateway.
	{"dev is propagated to staging", put("dev-link resource aws_ec2_transit_gateway_route_table_propagation extra", propagation("dev_network", "staging")), "missing-return-route"},
	{"dev and staging are propagated to each other", all(put("dev-link resource aws_ec2_transit_gateway_route_table_propagation extra", propagation("dev_network", "staging")), put("staging-link resource aws_ec2_transit_gateway_route_table_propagation extra", propagation("staging_network", "dev"))), "deny dev -> staging, prod"},
	{"dev's association is missing", drop("dev-link resource aws_ec2_transit_gateway_route_table_association dev"), "attachment-without-table"},
	{"dev is associated with the hub's table", replace("dev-link resource aws_ec2_transit_gateway_route_table_association", `[\"dev\"]`, `[\"shared\"]`), "deny dev -> staging, prod"},
	{"the hub is not propagated to prod", drop("hub-network resource aws_ec2_transit_gateway_route_table_propagation hub_to_prod"), "allow dev.private, staging.private, prod.private -> hub.private"},
	{"dev is not propagated to the hub", drop("dev-link resource aws_ec2_transit_gateway_route_table_propagation dev_to_shared"), "allow hub.private -> dev.private"},
	{"a static route leads from prod to dev", put("dev-link resource aws_ec2_transit_gateway_route extra", `{"provider": "aws.hub", "destination_cidr_block": "10.1.64.0/18", "transit_gateway_attachment_id": "${data.terraform_remote_state.dev_network.outputs.attachment_id}", "transit_gateway_route_table_id": "${data.terraform_remote_state.hub_network.outputs.route_table_ids[\"prod\"]}"}`), "deny prod -> dev, staging"},
	{"a blackhole is missing", drop("hub-network resource aws_ec2_transit_gateway_route dev_blackhole_10_0_0_0_8"), "uneven-blackholes"},
	{"a blackhole swallows the hub", put("hub-network resource aws_ec2_transit_gateway_route extra", `{"blackhole": true, "destination_cidr_block": "10.0.0.0/16", "transit_gateway_route_table_id": "${aws_ec2_transit_gateway_route_table.dev.id}"}`), "allow dev.private, staging.private, prod.private -> hub.private"},
	{"the gateway associates by default", put("hub-network resource aws_ec2_transit_gateway main default_route_table_association", `"enable"`), "deny"},
	{"a zone has no attachment subnet", less("dev-network resource aws_ec2_transit_gateway_vpc_attachment hub subnet_ids"), "zone-without-attachment"},
	{"the attachment names a private subnet of the same zone twice", put("dev-network resource aws_ec2_transit_gateway_vpc_attachment hub subnet_ids", `["${aws_subnet.attachment_apse3_az1.id}", "${aws_subnet.private_apse3_az1.id}", "${aws_subnet.attachment_apse3_az2.id}"]`), "attachment-subnet"},

	{"dev and staging meet in the hub, which routes back into the gateway", put("hub-network resource aws_ec2_transit_gateway_route extra", `{"destination_cidr_block": "10.2.0.0/16", "transit_gateway_attachment_id": "${aws_ec2_transit_gateway_vpc_attachment.hub.id}", "transit_gateway_route_table_id": "${aws_ec2_transit_gateway_route_table.dev.id}"}`), "deny dev -> staging, prod"},

	// Routes and their tables.
	{"one zone of the hub has no route to dev", drop("hub-network resource aws_route private_apse3_az2_to_dev"), "allow hub.private -> dev.private"},
	{"one zone of dev has no route to the hub", drop("dev-network resource aws_route private_apse3_az1_to_hub"), "allow dev.private, staging.private, prod.private -> hub.private"},
	{"one public table lacks the route to the hub", drop("dev-network resource aws_route public_apse3_az1_to_hub"), "uneven-tier"},
	{"a private table leads to the internet gateway", put("prod-network resource aws_route extra", `{"destination_cidr_block": "0.0.0.0/0", "gateway_id": "${aws_internet_gateway.main.id}", "route_table_id": "${aws_route_table.private_apse3_az1.id}"}`), "uneven-tier"},
	{"all private tables lead to the internet gateway", all(direct("dev", "1"), direct("dev", "2")), "allow *.private -> internet tcp/443 via nat-gateway"},
	{"private subnets use the public tables", all(associated("dev", "1"), associated("dev", "2")), "allow *.private -> internet tcp/443 via nat-gateway"},
	{"a subnet's association is missing", drop("staging-network resource aws_route_table_association private_apse3_az2"), "allow dev.private, staging.private, prod.private -> hub.private"},
	{"a NAT gateway stands in a private subnet", put("dev-network resource aws_nat_gateway nat_apse3_az1 subnet_id", `"${aws_subnet.private_apse3_az1.id}"`), "allow *.private -> internet tcp/443"},
	{"the public subnets have no way out", all(drop("dev-network resource aws_route public_apse3_az1_to_internet"), drop("dev-network resource aws_route public_apse3_az2_to_internet")), "allow internet -> *.public"},
	{"a route leads to what no stack makes", put("dev-network resource aws_route private_apse3_az1_to_hub transit_gateway_id", `"tgw-0123456789abcdef0"`), "allow dev.private, staging.private, prod.private -> hub.private"},
	{"dev and staging are peered, with routes and without network ACLs", all(
		put("dev-link resource aws_vpc_peering_connection extra", `{"vpc_id": "${data.terraform_remote_state.dev_network.outputs.vpc_id}", "peer_vpc_id": "${data.terraform_remote_state.staging_network.outputs.vpc_id}", "peer_owner_id": "333333333333"}`),
		put("dev-link data terraform_remote_state staging_network", `{"backend": "s3", "config": {"bucket": "piksel-terraform-state-111111111111", "key": "piksel/staging-network.tfstate", "region": "ap-southeast-3"}}`),
		put("staging-link data terraform_remote_state dev_link", `{"backend": "s3", "config": {"bucket": "piksel-terraform-state-111111111111", "key": "piksel/dev-link.tfstate", "region": "ap-southeast-3"}}`),
		put("staging-link resource aws_vpc_peering_connection_accepter extra", `{"vpc_peering_connection_id": "${data.terraform_remote_state.dev_link.outputs.peering}", "auto_accept": true}`),
		put("dev-link output peering", `{"value": "${aws_vpc_peering_connection.extra.id}"}`), peered("dev", "10.2.0.0/16"), peered("staging", "10.1.0.0/16")), "deny dev -> staging, prod"},
	{"dev has the addresses of staging", replace("dev-network", `10.1.`, `10.2.`), "overlapping-vpcs"},
	{"a subnet lies outside of its VPC", put("dev-network resource aws_subnet public_apse3_az2 cidr_block", `"10.9.1.0/24"`), "subnet-outside-vpc"},

	// Network ACLs.
	{"an ACL denies the hub before it allows it", rule("dev-network resource aws_network_acl private egress", 200, "rule_no", 90.0), "allow dev.private, staging.private, prod.private -> hub.private"},
	{"an ACL rule is shadowed", put("dev-network resource aws_network_acl attachment ingress", `[{"action": "allow", "cidr_block": "0.0.0.0/0", "protocol": "-1", "rule_no": 100}, {"action": "deny", "cidr_block": "10.2.0.0/16", "protocol": "-1", "rule_no": 200}]`), "acl-rule-shadowed"},
	{"answers from the internet are denied", rule("dev-network resource aws_network_acl private ingress", 410, "", nil), "allow *.private -> internet tcp/443"},
	{"an ACL lets SSH in from the internet", rule("prod-network resource aws_network_acl public ingress", 300, "to_port", 443.0).then(rule("prod-network resource aws_network_acl public ingress", 300, "from_port", 20.0)), "deny internet -> *.public tcp/22"},
	{"one subnet has no ACL", less("dev-network resource aws_network_acl private subnet_ids"), "uneven-tier"},
	{"an ACL guards no subnet", put("dev-network resource aws_network_acl private subnet_ids", `[]`), "acl-without-subnet"},

	// Security groups.
	{"the endpoints admit nobody", drop("hub-network resource aws_vpc_security_group_ingress_rule endpoints_from_10_0_0_0_8"), "allow dev.nodes, staging.nodes, prod.nodes -> hub.endpoint.ecr.api"},
	{"the endpoints admit everyone", put("hub-network resource aws_vpc_security_group_ingress_rule endpoints_from_10_0_0_0_8 cidr_ipv4", `"0.0.0.0/0"`), "open-to-all"},
	{"the endpoints admit SSH", put("hub-network resource aws_vpc_security_group_ingress_rule extra", `{"cidr_ipv4": "10.0.0.0/8", "from_port": 22, "to_port": 22, "ip_protocol": "tcp", "security_group_id": "${aws_security_group.endpoints.id}"}`), "deny * -> hub.endpoint"},
	{"the probe receives", put("hub-network resource aws_vpc_security_group_ingress_rule extra", `{"cidr_ipv4": "10.1.0.0/16", "from_port": 80, "to_port": 80, "ip_protocol": "tcp", "security_group_id": "${aws_security_group.probe.id}"}`), "deny internet, dev, staging, prod -> hub.instance.probe"},
	{"nodes do not admit DNS from the hub", drop("dev-network resource aws_vpc_security_group_ingress_rule dns_from_hub_udp"), "allow hub.private -> dev.nodes, staging.nodes, prod.nodes udp/53"},
	{"nodes may not send", drop("dev-eks resource aws_vpc_security_group_egress_rule cluster_nodes_to_anywhere"), "allow dev.nodes -> dev.control-plane"},
	{"the control plane does not admit nodes", drop("dev-eks resource aws_vpc_security_group_ingress_rule cluster_control_plane_from_nodes"), "allow dev.nodes -> dev.control-plane"},
	{"nodes do not admit the control plane to the kubelets", drop("prod-eks resource aws_vpc_security_group_ingress_rule cluster_nodes_from_control_plane_kubelet"), "allow prod.control-plane -> prod.nodes"},
	{"the inbound resolver does not admit the hub", drop("hub-network resource aws_vpc_security_group_ingress_rule inbound_udp_from_hub"), "allow hub.private -> hub.resolver udp/53"},
	{"the inbound resolver admits prod", asksInbound("prod", "10.3.0.0/16"), "deny dev, staging, prod -> hub.resolver"},
	{"a group guards nothing", put("dev-network resource aws_security_group extra", `{"name": "extra", "vpc_id": "${aws_vpc.main.id}"}`), "group-without-member"},
	{"an endpoint has no group", drop("hub-network resource aws_vpc_endpoint ecr_api security_group_ids"), "endpoint-in-default-group"},
	{"an instance without an address in the private network is opened to the internet", all(put("dev-network resource aws_instance probe subnet_id", `"${aws_subnet.public_apse3_az1.id}"`), drop("dev-network resource aws_instance probe private_ip"), put("dev-network resource aws_instance probe associate_public_ip_address", `true`), put("dev-network resource aws_vpc_security_group_ingress_rule extra", `{"cidr_ipv4": "0.0.0.0/0", "ip_protocol": "-1", "security_group_id": "${aws_security_group.probe.id}"}`)), "deny internet -> *.instance"},

	// Endpoints and names.
	{"a VPC has no S3 endpoint", drop("dev-network resource aws_vpc_endpoint s3"), "allow *.private -> s3"},
	{"the S3 endpoint is missing from a table", edit("prod-network resource aws_vpc_endpoint s3 route_table_ids", func(l []any) []any {
		return slices.DeleteFunc(l, func(t any) bool { return strings.Contains(t.(string), "private_apse3_az3") })
	}), "uneven-tier"},
	{"the S3 endpoint is missing from the tables of a zone", edit("prod-network resource aws_vpc_endpoint s3 route_table_ids", func(l []any) []any {
		return slices.DeleteFunc(l, func(t any) bool { return strings.Contains(t.(string), "apse3_az3") })
	}), "allow *.private -> s3"},
	{"an endpoint is in no subnet", put("hub-network resource aws_vpc_endpoint sts subnet_ids", `[]`), "endpoint-without-subnet"},
	{"an endpoint has no zone", all(drop("hub-dns resource aws_route53_zone endpoint_sts"), drop("hub-dns resource aws_route53_record endpoint_sts")), "closed"},
	{"an endpoint's zone has no record", drop("hub-dns resource aws_route53_record endpoint_ecr_api"), "resolve api.ecr"},
	{"the registry's zone has no wildcard", drop("hub-dns resource aws_route53_record endpoint_ecr_dkr_wildcard"), "resolve 111111111111.dkr.ecr"},
	{"a record leads to another endpoint", replace("hub-dns resource aws_route53_record endpoint_ecr_api", `[\"ecr.api\"]`, `[\"ecr.dkr\"]`), "resolve api.ecr"},
	{"a zone is not associated", drop("dev-link resource aws_route53_zone_association endpoint_ecr_api"), "zone-not-associated"},
	{"a zone is not authorized", drop("dev-link resource aws_route53_vpc_association_authorization endpoint_ecr_api"), "zone-not-authorized"},
	{"a zone is associated with the wrong VPC", replace("dev-link resource aws_route53_zone_association private_dev_piksel_internal", "dev_network.outputs.vpc_id", "hub_network.outputs.vpc_id"), "resolve dev.piksel.internal from dev"},
	{"staging sees dev's names", all(put("staging-link resource aws_route53_zone_association extra", visible), put("staging-link resource aws_route53_vpc_association_authorization extra", visible)), "resolve dev.piksel.internal from staging, prod -> nothing"},
	{"staging may ask the hub for names, and is told so", amazonFirst("staging", "10.2.0.0/16"), "resolve dev.piksel.internal from staging, prod -> nothing"},
	{"staging may ask the hub for names, and is not told so", asksInbound("staging", "10.2.0.0/16"), "resolve dev.piksel.internal from staging, prod -> nothing"},
	{"staging may ask the hub for names by TCP alone", admitted("tcp", "staging", "10.2.0.0/16"), "resolve dev.piksel.internal from staging, prod -> nothing"},
	{"a part of staging may ask the hub for names", asksInbound("staging", "10.2.64.0/24"), "resolve dev.piksel.internal from staging, prod -> nothing"},
	{"clients of dev may choose a server that is not theirs", foreign("dev"), "resolve"},
	{"spokes ask the hub for names, which does not answer", put("dev-network resource aws_vpc_dhcp_options main domain_name_servers", `["10.0.64.20", "10.0.128.20"]`), "resolve staging.piksel.internal from dev, prod -> nothing"},
	{"spokes ask servers that are nobody's", put("dev-network resource aws_vpc_dhcp_options main domain_name_servers", `["10.0.64.99"]`), "resolve"},
	{"the inbound endpoint moves", amazonFirst("dev", "10.1.0.0/16").then(replace("hub-network resource aws_route53_resolver_endpoint", "10.0.64.20", "10.0.64.22")), "dhcp-nobody"},
	{"DNS support is off", put("dev-network resource aws_vpc main enable_dns_support", `false`), "resolve"},
	{"an endpoint takes its name for itself, beside the zone", put("hub-network resource aws_vpc_endpoint sts private_dns_enabled", `true`), "private-dns-conflict"},

	// Tags by which controllers choose.
	{"everything of dev's network is Karpenter's to choose", put("dev-network provider aws", `[{"region": "ap-southeast-3", "allowed_account_ids": ["222222222222"], "default_tags": [{"tags": {"karpenter.sh/discovery": "piksel-dev"}}]}]`), "controller-tag-on-everything"},
	{"the estate's tags make every role pass for a pod's", put("prod-eks provider aws", `[{"region": "ap-southeast-3", "allowed_account_ids": ["444444444444"], "default_tags": [{"tags": {"kubernetes-namespace": "kube-system"}}]}]`), "controller-tag-on-everything"},
	{"Karpenter finds the public subnets too", all(put("dev-network resource aws_subnet public_apse3_az1 tags karpenter.sh/discovery", `"piksel-dev"`), put("dev-network resource aws_subnet public_apse3_az2 tags karpenter.sh/discovery", `"piksel-dev"`)), "discovery-subnet"},
	{"Karpenter finds a subnet less", drop("dev-network resource aws_subnet private_apse3_az2 tags karpenter.sh/discovery"), "uneven-tier"},
	{"Karpenter looks for another cluster's subnets", replace("dev-network resource aws_subnet", `"karpenter.sh/discovery":"piksel-dev"`, `"karpenter.sh/discovery":"piksel-prod"`), "discovery-incomplete"},
	{"Karpenter's nodes do not admit DNS from the hub", drop("dev-network resource aws_security_group dns_from_hub tags karpenter.sh/discovery"), "discovery-group"},
	{"Karpenter's nodes have the control plane's group", put("dev-eks resource aws_security_group cluster_control_plane tags karpenter.sh/discovery", `"piksel-dev"`), "discovery-group"},
	{"public load balancers come up in private subnets", replace("prod-network resource aws_subnet", "kubernetes.io/role/internal-elb", "kubernetes.io/role/elb"), "load-balancer-subnet"},
	{"the load balancer controller finds two groups of a node", put("dev-network resource aws_security_group dns_from_hub tags kubernetes.io/cluster/piksel-dev", `"owned"`), "node-cluster-tag"},
	{"the load balancer controller finds no group of a node", drop("dev-eks resource aws_security_group cluster_nodes tags kubernetes.io/cluster/piksel-dev"), "node-cluster-tag"},

	// From stack to stack.
	{"the gateway is not shared with dev", all(drop("dev-share resource aws_ram_principal_association network_dev"), drop("dev-share resource aws_ram_resource_share_accepter network depends_on")), "not-shared"},
	{"the share holds no gateway", all(drop("dev-share resource aws_ram_resource_association network_transit_gateway"), drop("dev-share resource aws_ram_resource_share_accepter network depends_on")), "not-shared"},
	{"the share is not accepted", drop("dev-share resource aws_ram_resource_share_accepter network"), "share-not-accepted"},
	{"the VPC has another range than the estate says", put("dev-network resource aws_vpc main cidr_block", `"10.9.0.0/16"`), "stale-synthesis"},
	{"a stack that nobody reads is missing", func(s stacks) { delete(s, "dev-baseline") }, "stack-not-synthesized"},
	{"a stack is missing", func(s stacks) { delete(s, "hub-dns") }, "missing-stack"},
	{"an output is missing", drop("hub-network output transit_gateway_id"), "not-understood"},
	{"an output gives something else", put("dev-network output attachment_id value", `"${aws_vpc.main.id}"`), "not-understood"},
	{"a stack reads another one's state by mistake", replace("dev-link data terraform_remote_state dev_network", "piksel/dev-network", "piksel/prod-network"), "attachment-without-table"},
	{"two stacks read each other", put("hub-network data terraform_remote_state dev_network", `{"backend": "s3", "config": {"bucket": "piksel-terraform-state-111111111111", "key": "piksel/dev-network.tfstate", "region": "ap-southeast-3"}}`), "stack-cycle"},
	{"two stacks have one state", replace("prod-link terraform", "piksel/prod-link", "piksel/dev-link"), "shared-state"},
	{"a role that Terraform assumes is missing", drop("bootstrap resource aws_iam_role apply_dev"), "unknown-role"},

	// What the model knows in part.
	{"a group of the hub is looked up and opened", all(
		put("hub-network data aws_vpc again", `{"tags": {"Name": "hub"}}`),
		put("hub-network data aws_security_group again", `{"vpc_id": "${data.aws_vpc.again.id}", "name": "endpoints"}`),
		put("hub-network resource aws_vpc_security_group_ingress_rule extra", `{"security_group_id": "${data.aws_security_group.again.id}", "cidr_ipv4": "0.0.0.0/0", "ip_protocol": "-1"}`)), "not-understood"},
	{"a network ACL is looked up and opened", all(
		put("hub-network data aws_vpc again", `{"tags": {"Name": "hub"}}`),
		put("hub-network data aws_network_acls again", `{"vpc_id": "${data.aws_vpc.again.id}"}`),
		put("hub-network resource aws_network_acl_rule extra", `{"network_acl_id": "${data.aws_network_acls.again.ids[0]}", "rule_number": 1, "rule_action": "allow", "protocol": "-1", "cidr_block": "0.0.0.0/0"}`)), "not-understood"},
	{"a client VPN leads into a VPC", put("dev-network resource aws_ec2_client_vpn_network_association extra", `{"client_vpn_endpoint_id": "cvpn-endpoint-0123456789abcdef0", "subnet_id": "${aws_subnet.private_apse3_az1.id}"}`), "not-understood"},
	{"a control plane has a public endpoint", put("dev-eks resource aws_eks_cluster cluster vpc_config endpoint_public_access", `true`), "deny internet -> *.private, *.nodes, *.control-plane"},
	{"a load balancer takes from the internet", wide("dev").then(put("dev-network resource aws_lb extra", `{"subnets": ["${aws_subnet.public_apse3_az1.id}", "${aws_subnet.public_apse3_az2.id}"], "security_groups": ["${aws_security_group.open.id}"]}`)), "deny internet -> *.private, *.nodes, *.control-plane"},
	{"an endpoint of dev leads to a load balancer of staging", wide("dev").then(all(
		put("dev-network resource aws_vpc_endpoint extra", `{"vpc_id": "${aws_vpc.main.id}", "vpc_endpoint_type": "Interface", "service_name": "com.amazonaws.vpce.ap-southeast-3.vpce-svc-0123456789abcdef0", "subnet_ids": ["${aws_subnet.private_apse3_az1.id}"], "security_group_ids": ["${aws_security_group.open.id}"]}`),
		put("staging-network resource aws_lb extra", `{"internal": true, "load_balancer_type": "network", "subnets": ["${aws_subnet.private_apse3_az1.id}"]}`),
		put("staging-network resource aws_vpc_endpoint_service extra", `{"acceptance_required": false, "network_load_balancer_arns": ["${aws_lb.extra.arn}"]}`))), "deny dev -> staging, prod"},
	{"nodes let SSH in for a key", put("dev-eks resource aws_eks_node_group extra", `{"cluster_name": "${aws_eks_cluster.cluster.name}", "subnet_ids": "${aws_eks_node_group.system.subnet_ids}", "remote_access": {"ec2_ssh_key": "key"}}`), "open-to-all"},
	{"dev and staging lead to one peering that no stack makes", toPeeringOfOthers("dev", "10.2.0.0/16").then(toPeeringOfOthers("staging", "10.1.0.0/16")), "deny dev -> staging, prod"},
}

// then makes one change after another.
func (c change) then(d change) change { return all(c, d) }

func propagation(network, table string) string {
	return `{"provider": "aws.hub", "transit_gateway_attachment_id": "${data.terraform_remote_state.` + network + `.outputs.attachment_id}", "transit_gateway_route_table_id": "${data.terraform_remote_state.hub_network.outputs.route_table_ids[\"` + table + `\"]}"}`
}

// direct sends a private table's packets to the internet gateway.
func direct(account, zone string) change {
	at := account + "-network resource aws_route private_apse3_az" + zone + "_to_internet"
	return drop(at + " nat_gateway_id").then(put(at+" gateway_id", `"${aws_internet_gateway.main.id}"`))
}

// associated gives a private subnet the public table of its zone.
func associated(account, zone string) change {
	return put(account+"-network resource aws_route_table_association private_apse3_az"+zone+" route_table_id", `"${aws_route_table.public_apse3_az`+zone+`.id}"`)
}

// peered routes a VPC's private subnets to a peering that dev-link makes.
func peered(account, to string) change {
	c := put(account+"-network data terraform_remote_state dev_link", `{"backend": "s3", "config": {"bucket": "piksel-terraform-state-111111111111", "key": "piksel/dev-link.tfstate", "region": "ap-southeast-3"}}`).
		then(put(account+"-network resource aws_network_acl private subnet_ids", `[]`))
	for _, zone := range []string{"1", "2"} {
		c = c.then(put(account+"-network resource aws_route extra"+zone, `{"destination_cidr_block": "`+to+`", "route_table_id": "${aws_route_table.private_apse3_az`+zone+`.id}", "vpc_peering_connection_id": "${data.terraform_remote_state.dev_link.outputs.peering}"}`))
	}
	return c
}

// admitted opens the hub's inbound endpoint for a range to ask it by a protocol.
func admitted(protocol, name, cidr string) change {
	return put("hub-network resource aws_vpc_security_group_ingress_rule inbound_"+protocol+"_from_"+name, `{"cidr_ipv4": "`+cidr+`", "from_port": 53, "ip_protocol": "`+protocol+`", "security_group_id": "${aws_security_group.inbound.id}", "to_port": 53}`)
}

// asksInbound opens it for both protocols.
func asksInbound(name, cidr string) change {
	return all(admitted("udp", name, cidr), admitted("tcp", name, cidr))
}

// amazonFirst gives a spoke's clients the list of the estate's `amazon-first`, with the
// endpoint open to them.
func amazonFirst(spoke, cidr string) change {
	return asksInbound(spoke, cidr).then(told(spoke))
}

// told names the hub's inbound endpoint in the DHCP options of a spoke.
func told(spoke string) change {
	return put(spoke+"-network resource aws_vpc_dhcp_options main domain_name_servers", `["AmazonProvidedDNS", "10.0.64.20", "10.0.128.20"]`)
}

// wide makes a security group that lets all through.
func wide(account string) change {
	return put(account+"-network resource aws_security_group open", `{"vpc_id": "${aws_vpc.main.id}", "ingress": [{"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}], "egress": [{"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}]}`)
}

// toPeeringOfOthers routes a VPC's private subnets to a peering that no stack makes.
func toPeeringOfOthers(account, to string) change {
	c := put(account+"-network resource aws_network_acl private subnet_ids", `[]`)
	for _, zone := range []string{"1", "2"} {
		c = c.then(put(account+"-network resource aws_route extra"+zone, `{"destination_cidr_block": "`+to+`", "route_table_id": "${aws_route_table.private_apse3_az`+zone+`.id}", "vpc_peering_connection_id": "pcx-0123456789abcdef0"}`))
	}
	return c
}

const visible = `{"provider": "aws.hub", "vpc_id": "${data.terraform_remote_state.staging_network.outputs.vpc_id}", "zone_id": "${data.terraform_remote_state.hub_dns.outputs.private_zone_ids[\"dev.piksel.internal\"]}"}`

// Each change is harmless.
var harmless = []struct {
	name   string
	change change
}{
	{"a tag on everything", put("prod-network provider aws", `[{"region": "ap-southeast-3", "allowed_account_ids": ["444444444444"], "default_tags": [{"tags": {"CostCenter": "42", "example.com/role": "db"}}]}]`)},
	{"a discovery tag on what Karpenter does not choose", put("hub-network resource aws_vpc main tags karpenter.sh/discovery", `"piksel-dev"`)},
	{"a discovery tag that a VPC without a cluster has", put("hub-network resource aws_subnet private_apse3_az1 tags karpenter.sh/discovery", `"piksel-hub"`).then(all(
		put("hub-network resource aws_subnet private_apse3_az2 tags karpenter.sh/discovery", `"piksel-hub"`), put("hub-network resource aws_subnet private_apse3_az3 tags karpenter.sh/discovery", `"piksel-hub"`)))},
	{"a tag", put("dev-network resource aws_vpc main tags CostCenter", `"42"`)},
	{"a description", put("hub-network resource aws_security_group endpoints description", `"Endpoints"`)},
	{"the description of a rule", put("hub-network resource aws_vpc_security_group_ingress_rule endpoints_from_10_0_0_0_8 description", `"dev"`)},
	{"another order of subnets", reversed("dev-network resource aws_ec2_transit_gateway_vpc_attachment hub subnet_ids")},
	{"another order of ACL rules", reversed("dev-network resource aws_network_acl private ingress")},
	{"another order of groups", reversed("dev-network resource aws_instance probe vpc_security_group_ids")},
	{"another order of the S3 endpoint's tables", reversed("dev-network resource aws_vpc_endpoint s3 route_table_ids")},
	{"a comment of CDKTF", put("dev-network resource aws_vpc main //", `{"metadata": {"path": "x"}}`)},
	{"another number of an ACL rule", rule("dev-network resource aws_network_acl private egress", 500, "rule_no", 600.0)},
	{"an output that nobody reads", put("dev-network output more", `{"value": "${aws_vpc.main.arn}"}`)},
	{"a parameter", put("dev-network resource aws_ssm_parameter more", `{"name": "/more", "type": "String", "value": "x"}`)},
	{"how long logs are kept", put("dev-network resource aws_cloudwatch_log_group main_flow_logs retention_in_days", `365`)},
	{"a rule in two halves", put("hub-network resource aws_vpc_security_group_ingress_rule endpoints_from_10_0_0_0_8 cidr_ipv4", `"10.0.0.0/9"`).then(put("hub-network resource aws_vpc_security_group_ingress_rule endpoints_from_10_0_0_0_8_2", `{"cidr_ipv4": "10.128.0.0/9", "from_port": 443, "ip_protocol": "tcp", "security_group_id": "${aws_security_group.endpoints.id}", "to_port": 443}`))},
	{"a record in a private zone", put("hub-dns resource aws_route53_record more", `{"name": "db.dev.piksel.internal", "records": ["10.1.64.50"], "ttl": 60, "type": "A", "zone_id": "${aws_route53_zone.private_dev_piksel_internal.zone_id}"}`)},
	{"a machine type", put("dev-network resource aws_launch_template probe instance_type", `"t4g.micro"`)},
	{"the hub's name servers, which do not answer, are told beside the VPC's own", told("staging")},
	{"what is on-premises may ask the hub for names", asksInbound("on_premises", "192.168.0.0/16")},
	{"another order of the hub's own resolvers", put("hub-network resource aws_vpc_dhcp_options main", `{"domain_name_servers": ["10.0.64.20", "AmazonProvidedDNS"]}`).then(put("hub-network resource aws_vpc_dhcp_options_association main", `{"vpc_id": "${aws_vpc.main.id}", "dhcp_options_id": "${aws_vpc_dhcp_options.main.id}"}`))},
	{"the name of a session", replace("dev-link", `"session_name":"dev-link"`, `"session_name":"me"`)},
}

func TestPikselKeepsItsPromises(t *testing.T) {
	r := prove(t, nil)
	for _, f := range failures(r) {
		t.Errorf("not proven: %s", f)
	}
	if len(r.Intents) < 30 {
		t.Errorf("piksel states %d intents", len(r.Intents))
	}
}

func TestEveryBrokenNetworkIsCaught(t *testing.T) {
	t.Parallel()
	if len(broken) < 40 {
		t.Errorf("there are %d mutations", len(broken))
	}
	for _, test := range broken {
		t.Run(test.name, func(t *testing.T) {
			r := prove(t, test.change)
			failed := failures(r)
			if r.Status == Proven || len(failed) == 0 {
				t.Fatal("not caught")
			}
			if !slices.ContainsFunc(failed, func(f string) bool { return strings.HasPrefix(f, test.caught) }) {
				t.Errorf("caught, but not by %q:\n%s", test.caught, strings.Join(failed, "\n"))
			}
		})
	}
}

func TestHarmlessChangesAreNotFlagged(t *testing.T) {
	t.Parallel()
	for _, test := range harmless {
		t.Run(test.name, func(t *testing.T) {
			for _, f := range failures(prove(t, test.change)) {
				t.Errorf("flagged: %s", f)
			}
		})
	}
}
