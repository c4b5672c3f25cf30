package proof

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// flawed are changes in what one account permits another one, in addresses and in
// endpoints, each with a finding of that code.
var flawed = []struct {
	name   string
	change change
	caught string
}{
	{"a zone association does not wait", drop("dev-link resource aws_route53_zone_association endpoint_ecr_api depends_on"), "not-awaited"},
	{"a zone association waits for another zone's authorization", put("dev-link resource aws_route53_zone_association endpoint_ecr_api depends_on", `["aws_route53_vpc_association_authorization.endpoint_ssm"]`), "not-awaited"},
	{"a zone is authorized in a stack that comes later", moved("dev-link", "dev-network", "aws_route53_zone_association", "private_dev_piksel_internal").then(all(
		replace("dev-network resource aws_route53_zone_association private_dev_piksel_internal", "data.terraform_remote_state.dev_network.outputs.vpc_id", "aws_vpc.main.id"),
		drop("dev-network resource aws_route53_zone_association private_dev_piksel_internal depends_on"))), "not-awaited"},
	{"a share is accepted without waiting for the invitation", put("dev-share resource aws_ram_resource_share_accepter network depends_on", `["aws_ram_resource_association.network_transit_gateway"]`), "not-awaited"},
	{"an endpoint is for a service of another region", put("hub-network resource aws_vpc_endpoint ecr_api service_name", `"com.amazonaws.us-east-1.ecr.api"`), "endpoint-of-other-region"},
	{"an endpoint is for a service of another region, and says so", all(put("hub-network resource aws_vpc_endpoint ecr_api service_name", `"com.amazonaws.us-east-1.ecr.api"`), put("hub-network resource aws_vpc_endpoint ecr_api service_region", `"us-east-1"`)), "closed"},
	{"a gateway endpoint is for the S3 of another region", put("dev-network resource aws_vpc_endpoint s3 service_name", `"com.amazonaws.us-east-1.s3"`), "allow *.private -> s3"},
	{"a provider names no region", put("hub-network provider aws", `[{"allowed_account_ids": ["111111111111"]}]`), "closed"},
	{"a NAT gateway has no address", drop("dev-network resource aws_nat_gateway nat_apse3_az1 allocation_id"), "nat-without-address"},
	{"two NAT gateways have one address", put("prod-network resource aws_nat_gateway nat_apse3_az2 allocation_id", `"${aws_eip.nat_apse3_az1.allocation_id}"`), "address-twice"},
	{"two NAT gateways have one address that no stack makes", all(put("prod-network resource aws_nat_gateway nat_apse3_az1 allocation_id", `"eipalloc-0123456789abcdef0"`), put("prod-network resource aws_nat_gateway nat_apse3_az2 allocation_id", `"eipalloc-0123456789abcdef0"`)), "address-twice"},
	{"an address of a NAT gateway is an instance's", put("dev-network resource aws_eip nat_apse3_az1 instance", `"${aws_instance.probe.id}"`), "address-twice"},
	{"a role trusts a foreign account instead of the hub's", replace("bootstrap resource aws_iam_role apply_prod", "111111111111", "999999999999"), "role-not-admitted"},
	{"a role trusts another account of the estate instead of the hub's", replace("bootstrap resource aws_iam_role apply_prod", "111111111111", "222222222222"), "role-not-admitted"},
	{"a role trusts a foreign account too", replace("bootstrap resource aws_iam_role apply_prod", `\"AWS\":[`, `\"AWS\":[\"arn:aws:iam::999999999999:root\",`), "foreign-account"},
	{"the role for records trusts a foreign account", replace("hub-dns resource aws_iam_role prod_external_dns", "arn:aws:iam::444444444444:root", "arn:aws:iam::999999999999:root"), "role-not-admitted"},
	{"a key lets a foreign account in", replace("dev-eks resource aws_kms_key cluster", "222222222222:root", "999999999999:root"), "foreign-account"},
	{"a repository lets a foreign account in", replace("hub-registry resource aws_ecr_repository_policy piksel_odc", "222222222222:root", "999999999999:root"), "foreign-account"},
	{"a bucket lets everybody in", put("dev-network resource aws_s3_bucket_policy extra", `{"bucket": "x", "policy": "{\"Statement\": [{\"Effect\": \"Allow\", \"Principal\": \"*\", \"Action\": \"s3:GetObject\", \"Resource\": \"*\"}]}"}`), "open-to-everybody"},
	{"the gateway is shared with a foreign account", put("dev-share resource aws_ram_principal_association extra", `{"provider": "aws.hub", "principal": "999999999999", "resource_share_arn": "${aws_ram_resource_share.network.arn}"}`), "foreign-account"},
	{"a subnet is shared with a foreign account", lent("999999999999"), "subnet-shared"},
	{"an endpoint service admits a foreign account", put("dev-network resource aws_vpc_endpoint_service extra", `{"acceptance_required": true, "gateway_load_balancer_arns": [], "allowed_principals": ["arn:aws:iam::999999999999:root"]}`), "foreign-account"},
	{"a provider assumes a role of another account", replace("prod-link provider", "arn:aws:iam::444444444444:role/piksel-apply", "arn:aws:iam::222222222222:role/piksel-apply"), "role-of-other-account"},
	{"a provider may not work where its role is", put("prod-eks provider aws", `[{"region": "ap-southeast-3", "forbidden_account_ids": ["444444444444"], "assume_role": [{"role_arn": "arn:aws:iam::444444444444:role/piksel-apply"}]}]`), "role-of-other-account"},
	{"a database admits the port of another engine", database("mysql", 5432), "port-not-admitted"},
	{"a database has a port of its own that nobody admits", database("postgres", 5432).then(put("dev-network resource aws_db_instance main port", `5433`)), "port-not-admitted"},
	{"a file system admits SSH alone", placedWith(22, "aws_efs_mount_target", `{"file_system_id": "fs-1", "subnet_id": "${aws_subnet.private_apse3_az1.id}", "security_groups": ["${aws_security_group.narrow.id}"]}`), "port-not-admitted"},
	{"a cache admits a database's port", placedWith(5432, "aws_elasticache_serverless_cache", `{"name": "x", "engine": "redis", "subnet_ids": ["${aws_subnet.private_apse3_az1.id}"], "security_group_ids": ["${aws_security_group.narrow.id}"]}`), "port-not-admitted"},
	{"a load balancer's group admits another port than its listener's", placedWith(80, "aws_lb", `{"internal": true, "subnets": ["${aws_subnet.private_apse3_az1.id}"], "security_groups": ["${aws_security_group.narrow.id}"]}`).then(
		put("dev-network resource aws_lb_listener extra", `{"load_balancer_arn": "${aws_lb.extra.arn}", "port": 443, "protocol": "HTTPS", "default_action": [{"type": "fixed-response"}]}`)), "port-not-admitted"},
	{"an endpoint admits port 80 alone", all(put("hub-network resource aws_vpc_security_group_ingress_rule endpoints_from_10_0_0_0_8 from_port", `80`), put("hub-network resource aws_vpc_security_group_ingress_rule endpoints_from_10_0_0_0_8 to_port", `80`)), "port-not-admitted"},
	{"DNS Firewall blocks a service", blocked("BLOCK", `"*.amazonaws.com"`), "closed"},
	{"DNS Firewall blocks a name by itself", blocked("BLOCK", `"api.ecr.ap-southeast-3.amazonaws.com."`), "resolve api.ecr"},
	{"DNS Firewall blocks all, and allows too late", blocked("BLOCK", `"*"`).then(blockedBy(200, "extra", "ALLOW", `"*.amazonaws.com"`)), "closed"},
	{"DNS Firewall has a list that AWS manages", blocked("BLOCK", `"evil.example"`).then(put("dev-network resource aws_route53_resolver_firewall_rule main firewall_domain_list_id", `"rslvr-fdl-0123456789abcdef"`)), "closed"},
	{"DNS Firewall has a group that no stack makes", put("dev-network resource aws_route53_resolver_firewall_rule_group_association main", `{"name": "x", "priority": 101, "vpc_id": "${aws_vpc.main.id}", "firewall_rule_group_id": "rslvr-frg-0123456789abcdef"}`), "closed"},
	{"dev is associated with the hub's table", put("dev-link resource aws_ec2_transit_gateway_route_table_association dev transit_gateway_route_table_id", `"${data.terraform_remote_state.hub_network.outputs.route_table_ids[\"shared\"]}"`), "wrong-table"},
	{"the gateway is peered with another one", put("hub-network resource aws_ec2_transit_gateway_peering_attachment extra", `{"transit_gateway_id": "${aws_ec2_transit_gateway.main.id}", "peer_transit_gateway_id": "tgw-0123456789abcdef0", "peer_region": "us-east-1", "peer_account_id": "999999999999"}`), "allow dev.private"},
	{"Direct Connect leads to a gateway that is not known", put("hub-network resource aws_dx_gateway_association extra", `{"dx_gateway_id": "x", "associated_gateway_id": "tgw-0123456789abcdef0"}`), "not-understood"},
	{"a document of a data source lets a foreign account in", documented("999999999999"), "foreign-account"},
	{"a zone is associated in a stack that does not read that of the authorization", moved("dev-link", "dev-eks", "aws_route53_zone_association", "private_dev_piksel_internal").then(all(
		put("dev-eks data terraform_remote_state hub_dns", `{"backend": "s3", "config": {"bucket": "piksel-terraform-state-111111111111", "key": "piksel/hub-dns.tfstate", "region": "ap-southeast-3"}}`),
		drop("dev-eks resource aws_route53_zone_association private_dev_piksel_internal depends_on"))), "not-awaited"},
	{"a NAT gateway is in a VPC without an internet gateway", drop("dev-network resource aws_internet_gateway main"), "nat-without-internet"},
}

// sound are changes of the same kind that break nothing.
var sound = []struct {
	name   string
	change change
}{
	{"a zone association waits by way of another resource", put("dev-link resource terraform_data wait", `{"triggers_replace": ["${aws_route53_vpc_association_authorization.endpoint_ecr_api.id}"]}`).then(
		put("dev-link resource aws_route53_zone_association endpoint_ecr_api depends_on", `["terraform_data.wait"]`))},
	{"a zone association waits by a reference", all(drop("dev-link resource aws_route53_zone_association endpoint_ecr_api depends_on"),
		put("dev-link resource aws_route53_zone_association endpoint_ecr_api zone_id", `"${aws_route53_vpc_association_authorization.endpoint_ecr_api.zone_id}"`))},
	{"an endpoint names its own region", put("hub-network resource aws_vpc_endpoint ecr_api service_region", `"ap-southeast-3"`)},
	{"the gateway is shared with an organisation of another account", put("dev-share resource aws_ram_principal_association extra", `{"provider": "aws.hub", "principal": "arn:aws:organizations::999999999999:organization/o-1234567890", "resource_share_arn": "${aws_ram_resource_share.network.arn}"}`)},
	{"a subnet is shared with an account of the estate", lent("222222222222")},
	{"a service of somebody else assumes a role by its customer's id", put("dev-network resource aws_iam_role vendor", `{"name": "vendor", "assume_role_policy": "{\"Statement\": [{\"Effect\": \"Allow\", \"Principal\": {\"AWS\": \"arn:aws:iam::999999999999:root\"}, \"Action\": \"sts:AssumeRole\", \"Condition\": {\"StringEquals\": {\"sts:ExternalId\": \"x\"}}}]}"}`)},
	{"a bucket lets the organisation in", put("dev-network resource aws_s3_bucket_policy extra", `{"bucket": "x", "policy": "{\"Statement\": [{\"Effect\": \"Allow\", \"Principal\": \"*\", \"Action\": \"s3:GetObject\", \"Resource\": \"*\", \"Condition\": {\"StringEquals\": {\"aws:PrincipalOrgID\": \"o-1234567890\"}}}]}"}`)},
	{"a bucket denies everybody without TLS", put("dev-network resource aws_s3_bucket_policy extra", `{"bucket": "x", "policy": "{\"Statement\": [{\"Effect\": \"Deny\", \"Principal\": \"*\", \"Action\": \"s3:*\", \"Resource\": \"*\", \"Condition\": {\"Bool\": {\"aws:SecureTransport\": \"false\"}}}]}"}`)},
	{"a provider may work in one more account", put("prod-eks provider aws", `[{"region": "ap-southeast-3", "allowed_account_ids": ["444444444444", "555555555555"], "assume_role": [{"role_arn": "arn:aws:iam::444444444444:role/piksel-apply"}]}]`)},
	{"a database admits its port", database("postgres", 5432)},
	{"a file system admits NFS", placedWith(2049, "aws_efs_mount_target", `{"file_system_id": "fs-1", "subnet_id": "${aws_subnet.private_apse3_az1.id}", "security_groups": ["${aws_security_group.narrow.id}"]}`)},
	{"a table of the gateway stops space that nobody uses", put("hub-network resource aws_ec2_transit_gateway_route unused", `{"blackhole": true, "destination_cidr_block": "172.16.0.0/12", "transit_gateway_route_table_id": "${aws_ec2_transit_gateway_route_table.dev.id}"}`)},
	{"DNS Firewall blocks a name that nobody needs", blocked("BLOCK", `"evil.example", "*.evil.example"`)},
	{"DNS Firewall blocks a domain, but for the names below it", blocked("BLOCK", `"amazonaws.com"`)},
	{"DNS Firewall reports all names", blocked("ALERT", `"*"`)},
	{"DNS Firewall allows before it blocks", blocked("BLOCK", `"*.amazonaws.com"`).then(blockedBy(50, "extra", "ALLOW", `"*"`))},
	{"DNS Firewall fails open", put("dev-network resource aws_route53_resolver_firewall_config main", `{"resource_id": "${aws_vpc.main.id}", "firewall_fail_open": "ENABLED"}`)},
	{"Direct Connect is associated with the gateway", put("hub-network resource aws_dx_gateway extra", `{"name": "x", "amazon_side_asn": "64600"}`).then(
		put("hub-network resource aws_dx_gateway_association extra", `{"dx_gateway_id": "${aws_dx_gateway.extra.id}", "associated_gateway_id": "${aws_ec2_transit_gateway.main.id}", "allowed_prefixes": ["10.0.0.0/8"]}`)).then(all(
		put("hub-network data aws_ec2_transit_gateway_dx_gateway_attachment extra", `{"dx_gateway_id": "${aws_dx_gateway.extra.id}", "transit_gateway_id": "${aws_ec2_transit_gateway.main.id}"}`),
		put("hub-network resource aws_ec2_transit_gateway_route_table on_premises", `{"transit_gateway_id": "${aws_ec2_transit_gateway.main.id}"}`),
		put("hub-network resource aws_ec2_transit_gateway_route_table_association on_premises", `{"transit_gateway_attachment_id": "${data.aws_ec2_transit_gateway_dx_gateway_attachment.extra.id}", "transit_gateway_route_table_id": "${aws_ec2_transit_gateway_route_table.on_premises.id}"}`)))},
	{"a document of a data source lets an account of the estate in", documented("222222222222")},
	{"a NAT gateway has an address that another stack makes", put("dev-network resource aws_nat_gateway nat_apse3_az1 allocation_id", `"eipalloc-0123456789abcdef0"`)},
}

// moved takes a resource to another stack.
func moved(from, to, kind, name string) change {
	return func(s stacks) {
		at := s.at(from + " resource " + kind)
		body := at[name]
		if body == nil {
			panic("there is no " + name)
		}
		delete(at, name)
		all := s.at(to + " resource")
		if all[kind] == nil {
			all[kind] = map[string]any{}
		}
		all[kind].(map[string]any)[name] = body
	}
}

// lent shares a private subnet of prod.
func lent(principal string) change {
	return all(
		put("prod-network resource aws_ram_resource_share lent", `{"name": "lent", "allow_external_principals": false}`),
		put("prod-network resource aws_ram_resource_association lent", `{"resource_share_arn": "${aws_ram_resource_share.lent.arn}", "resource_arn": "${aws_subnet.private_apse3_az1.arn}"}`),
		put("prod-network resource aws_ram_principal_association lent", `{"resource_share_arn": "${aws_ram_resource_share.lent.arn}", "principal": "`+principal+`"}`))
}

// placedWith makes something in dev with a group that admits a port from dev's own range.
func placedWith(port int, kind, body string) change {
	return all(
		put("dev-network resource aws_security_group narrow", fmt.Sprintf(`{"vpc_id": "${aws_vpc.main.id}", "ingress": [{"protocol": "tcp", "from_port": %d, "to_port": %d, "cidr_blocks": ["10.1.0.0/16"]}]}`, port, port)),
		put("dev-network resource "+kind+" extra", body))
}

// database makes a database in dev whose group admits a port.
func database(engine string, port int) change {
	return placedWith(port, "aws_db_subnet_group", `{"name": "extra", "subnet_ids": ["${aws_subnet.private_apse3_az1.id}", "${aws_subnet.private_apse3_az2.id}"]}`).then(
		put("dev-network resource aws_db_instance main", `{"engine": "`+engine+`", "db_subnet_group_name": "${aws_db_subnet_group.extra.name}", "vpc_security_group_ids": ["${aws_security_group.narrow.id}"]}`))
}

// blocked gives dev DNS Firewall with a rule about domains, and blockedBy another rule.
func blocked(action, domains string) change {
	return all(
		put("dev-network resource aws_route53_resolver_firewall_rule_group main", `{"name": "main"}`),
		put("dev-network resource aws_route53_resolver_firewall_rule_group_association main", `{"name": "main", "priority": 5000, "vpc_id": "${aws_vpc.main.id}", "firewall_rule_group_id": "${aws_route53_resolver_firewall_rule_group.main.id}"}`),
		blockedBy(100, "main", action, domains))
}

func blockedBy(priority int, name, action, domains string) change {
	return all(
		put("dev-network resource aws_route53_resolver_firewall_domain_list "+name, `{"name": "`+name+`", "domains": [`+domains+`]}`),
		put("dev-network resource aws_route53_resolver_firewall_rule "+name, fmt.Sprintf(`{"name": %q, "action": %q, "block_response": "NODATA", "priority": %d,
			"firewall_rule_group_id": "${aws_route53_resolver_firewall_rule_group.main.id}", "firewall_domain_list_id": "${aws_route53_resolver_firewall_domain_list.%s.id}"}`, name, action, priority, name)))
}

// documented gives prod a role whose trust policy is a data source's.
func documented(account string) change {
	return all(
		put("prod-network data aws_iam_policy_document extra", `{"statement": [{"actions": ["sts:AssumeRole"], "principals": [{"type": "AWS", "identifiers": ["arn:aws:iam::`+account+`:root"]}]}]}`),
		put("prod-network resource aws_iam_role extra", `{"name": "extra", "assume_role_policy": "${data.aws_iam_policy_document.extra.json}"}`))
}

func TestFlawsBetweenAccountsAreCaught(t *testing.T) {
	t.Parallel()
	for _, test := range flawed {
		t.Run(test.name, func(t *testing.T) {
			failed := failures(prove(t, test.change))
			if !slices.ContainsFunc(failed, func(f string) bool { return strings.HasPrefix(f, test.caught) }) {
				t.Errorf("not caught by %q:\n%s", test.caught, strings.Join(failed, "\n"))
			}
		})
	}
}

func TestSoundChangesBetweenAccountsAreNotFlagged(t *testing.T) {
	t.Parallel()
	for _, test := range sound {
		t.Run(test.name, func(t *testing.T) {
			for _, f := range failures(prove(t, test.change)) {
				t.Errorf("flagged: %s", f)
			}
		})
	}
}

// sentences are all that is said about intents and findings that fail.
func sentences(r *Report) string {
	var b strings.Builder
	for _, result := range r.Intents {
		if result.Status != Proven {
			fmt.Fprintf(&b, "%+v\n", result)
		}
	}
	for _, f := range r.Invariants {
		fmt.Fprintln(&b, f.Sentence)
	}
	return b.String()
}

func TestAForeignAccountLeavesIntentsProven(t *testing.T) {
	t.Parallel()
	r := prove(t, replace("dev-eks resource aws_kms_key cluster", "222222222222:root", "999999999999:root"))
	if failed := failures(r); r.Status != Unproven || len(failed) != 1 {
		t.Errorf("%s: %v", r.Status, failed)
	}
}

func TestMessagesLeadToWhatIsWrong(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		change change
		says   string
	}{
		{"a leak is closed first", put("dev-link resource aws_ec2_transit_gateway_route_table_propagation extra", propagation("dev_network", "prod")), "if the two are not to talk, remove dev-link/aws_ec2_transit_gateway_route_table_propagation.extra"},
		{"a route is too narrow", all(put("dev-network resource aws_route private_apse3_az1_to_hub destination_cidr_block", `"10.0.0.0/24"`), put("dev-network resource aws_route private_apse3_az2_to_hub destination_cidr_block", `"10.0.0.0/24"`)), "or for too small a range"},
		{"a resolver is outbound", put("hub-network resource aws_route53_resolver_endpoint inbound direction", `"OUTBOUND"`), "is there, and is outbound"},
		{"a rule names another range", put("hub-network resource aws_vpc_security_group_ingress_rule endpoints_from_10_0_0_0_8 cidr_ipv4", `"10.9.0.0/16"`), "only for other peers: hub-network/aws_vpc_security_group_ingress_rule.endpoints_from_10_0_0_0_8"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if text := sentences(prove(t, test.change)); !strings.Contains(text, test.says) {
				t.Errorf("%q is not said in\n%s", test.says, text)
			}
		})
	}
}
