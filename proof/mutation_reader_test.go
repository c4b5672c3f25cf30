package proof

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// Where the changes below are tried.
const (
	table   = "dev-network resource aws_route_table private_apse3_az1"
	acl     = "dev-network resource aws_network_acl private"
	probe   = "hub-network resource aws_security_group probe"
	ingress = "hub-network resource aws_vpc_security_group_ingress_rule endpoints_from_10_0_0_0_8"
	hubVPC  = "hub-network resource aws_vpc main"
	cluster = "dev-eks resource aws_eks_cluster cluster"
	route   = "dev-network resource aws_route private_apse3_az1_to_hub"
)

const everyPort22 = `{"ingress": {"for_each": [22], "content": {"protocol": "tcp", "from_port": 22, "to_port": 22, "cidr_blocks": ["0.0.0.0/0"]}}}`

// Each change says something that the proof does not read.
var passedOver = []struct {
	name   string
	change change
	caught string
}{
	// Dynamic blocks, wherever a block may stand.
	{"a dynamic route", put(table+" dynamic", `{"route": {"for_each": ["10.2.0.0/16"], "content": {"cidr_block": "${route.value}", "transit_gateway_id": "tgw-1"}}}`), "deny dev -> staging, prod"},
	{"dynamic rules of a group", put(probe+" dynamic", everyPort22), "deny internet, dev, staging, prod -> hub.instance.probe"},
	{"dynamic rules of an ACL", put(acl+" dynamic", `[{"ingress": {"for_each": [22], "content": {}}}]`), "allow"},
	{"a dynamic association of a zone", put("hub-dns resource aws_route53_zone private_dev_piksel_internal dynamic", `{"vpc": {"for_each": ["vpc-1"], "content": {"vpc_id": "${vpc.value}"}}}`), "not-understood"},
	{"a dynamic alias", put("hub-dns resource aws_route53_record endpoint_sts dynamic", `{"alias": {"for_each": [1], "content": {}}}`), "not-understood"},
	{"a dynamic block in a block", put(cluster+" vpc_config dynamic", `{"anything": {"for_each": [1], "content": {}}}`), "allow dev.nodes -> dev.control-plane"},
	{"a dynamic policy of a role", put("bootstrap resource aws_iam_role apply_dev dynamic", `{"inline_policy": {"for_each": [1], "content": {}}}`), "not-understood"},
	{"a dynamic provider", put("dev-network provider aws", `[{"region": "ap-southeast-3", "allowed_account_ids": ["222222222222"], "dynamic": {"assume_role": {"for_each": [1], "content": {}}}}]`), "not-understood"},

	// Arguments and blocks that nobody asks for.
	{"an argument of a newer provider", put(hubVPC+" region", `"eu-west-1"`), "deny"},
	{"a block that nobody knows", put(table+" blackhole", `[{"cidr_block": "10.0.0.0/8"}]`), "deny dev -> staging, prod"},
	{"an unknown argument in a block", rule("dev-network resource aws_network_acl private ingress", 410, "source_port", 22.0), "allow"},
	{"an unknown argument of a cluster's network", put(cluster+" vpc_config control_plane_egress", `"open"`), "allow dev.nodes -> dev.control-plane"},
	{"an argument of a rule", put(ingress+" also_from", `"0.0.0.0/0"`), "allow dev.nodes, staging.nodes, prod.nodes -> hub.endpoint"},
	{"an instance that forwards", put("dev-network resource aws_instance probe source_dest_check", `false`), "deny"},
	{"an instance with another interface", put("dev-network resource aws_instance probe network_interface", `[{"device_index": 0, "network_interface_id": "eni-1"}]`), "deny"},
	{"a cluster that launches nodes by itself", put(cluster+" compute_config", `{"enabled": true, "node_pools": ["system"]}`), "allow dev.nodes -> dev.control-plane"},
	{"a subnet on an outpost", put("dev-network resource aws_subnet private_apse3_az1 outpost_arn", `"arn:aws:outposts:x"`), "deny"},
	{"an endpoint that resolves for others", put("hub-network resource aws_vpc_endpoint sts ip_address_type", `"ipv6"`), "closed"},
	{"dynamic rules of a group that nobody holds", put("dev-network resource aws_default_security_group main dynamic", everyPort22), "deny"},
	{"a resolver that answers by HTTPS alone", put("hub-network resource aws_route53_resolver_endpoint inbound protocols", `["DoH"]`), "not-understood"},
	{"an endpoint of a service elsewhere", put("hub-network resource aws_vpc_endpoint sts service_region", `"eu-west-1"`), "closed"},
	{"subnets of an ACL that are not known", put(acl+" subnet_ids", `["${element(aws_subnet.private, 0)}", "${aws_subnet.private_apse3_az1.id}"]`), "allow *.private -> internet tcp/443"},
	{"a target of another port", put("hub-dns resource aws_route53_resolver_rule extra", `{"domain_name": "corp.example", "rule_type": "FORWARD", "target_ip": [{"ip": "192.168.0.2", "port": 5353}]}`).then(
		put("hub-dns resource aws_route53_resolver_rule_association extra", `{"resolver_rule_id": "${aws_route53_resolver_rule.extra.id}", "vpc_id": "${data.terraform_remote_state.hub_network.outputs.vpc_id}"}`)).then(
		put("hub-dns resource aws_route53_resolver_rule extra domain_name", `"sts.ap-southeast-3.amazonaws.com"`)), "closed"},

	// Terraform's own arguments.
	{"a resource many times", put(route+" count", `3`), "not-understood"},
	{"a resource for each", put(route+" for_each", `{"a": "b"}`), "not-understood"},
	{"a program on a resource of the network", put(hubVPC+" provisioner", `{"local-exec": {"command": "aws ec2 create-route"}}`), "not-understood"},
	{"a program on nothing", put("hub-network resource null_resource more", `{"provisioner": [{"local-exec": [{"command": "aws ec2 create-route"}]}]}`), "not-understood"},
	{"a program on a machine", put("hub-network resource terraform_data more", `{"provisioner": {"remote-exec": {"inline": ["aws"]}}}`), "not-understood"},
	{"rules whose changes never arrive", put(probe+" lifecycle", `{"ignore_changes": ["ingress"]}`), "deny internet, dev, staging, prod -> hub.instance.probe"},
	{"anything whose changes never arrive", put(acl+" lifecycle", `[{"ignore_changes": "all"}]`), "allow"},
	{"a port of a rule whose changes never arrive", put(ingress+" lifecycle", `{"ignore_changes": ["to_port"]}`), "allow dev.nodes, staging.nodes, prod.nodes -> hub.endpoint"},
	{"a trust whose changes never arrive", put("bootstrap resource aws_iam_role apply_dev lifecycle", `{"ignore_changes": ["assume_role_policy"]}`), "not-understood"},
	{"a part whose changes never arrive", put(cluster+" lifecycle", `{"ignore_changes": ["vpc_config[0].endpoint_public_access"]}`), "allow dev.nodes -> dev.control-plane"},
	{"an action after an update", put("dev-network resource aws_instance probe lifecycle", `{"action_trigger": [{"events": ["after_update"], "actions": ["action.aws_lambda_invoke.x"]}]}`), "not-understood"},
	{"a provider that is chosen later", put(route+" provider", `"${each.value}[\"a\"]"`), "not-understood"},

	// Beside the resources.
	{"a part of the network that is forgotten", put("dev-network removed", `[{"from": "aws_route.old", "lifecycle": {"destroy": false}}]`), "not-understood"},
	{"a part that is removed, and nobody says how", put("dev-network removed", `{"from": "aws_vpc_peering_connection.old"}`), "not-understood"},
	{"a module that is forgotten", put("dev-network removed", `{"from": "module.old", "lifecycle": [{"destroy": false}]}`), "not-understood"},
	{"a program as something is destroyed", put("dev-network removed", `[{"from": "aws_sqs_queue.old", "lifecycle": {"destroy": true}, "provisioner": {"local-exec": {"when": "destroy", "command": "x"}}}]`), "not-understood"},
	{"a group that is imported", put("hub-network import", `[{"to": "aws_security_group.probe", "id": "sg-1"}]`), "deny internet, dev, staging, prod -> hub.instance.probe"},
	{"an imported part in a module", put("hub-network import", `{"to": "module.a[0].aws_vpc.b[\"c\"]", "id": "vpc-1"}`), "not-understood"},
	{"an action", put("hub-network action", `{"aws_lambda_invoke": {"x": {"config": {"function_name": "x"}}}}`), "not-understood"},
	{"an ephemeral resource that calls a function", put("hub-network ephemeral", `{"aws_lambda_invocation": {"x": {"function_name": "x", "payload": "{}"}}}`), "not-understood"},
	{"a block of tomorrow's Terraform", put("hub-network overlay", `{"x": {}}`), "not-understood"},
	{"a setting of tomorrow's Terraform", put("hub-network terraform overlay", `{"x": {}}`), "not-understood"},
	{"a state of another workspace", put("dev-link data terraform_remote_state dev_network workspace", `"test"`), "missing-stack"},
	{"a state of a workspace that is not known", put("dev-link data terraform_remote_state dev_network workspace", `"${terraform.workspace}"`), "missing-stack"},
	{"an unknown argument of a zone", put("hub-dns resource aws_route53_zone private_dev_piksel_internal profile", `"x"`), "not-understood"},

	// Other providers, and what makes things for others.
	{"a route of another provider", put("hub-network resource awscc_ec2_transit_gateway_route extra", `{"destination_cidr_block": "10.3.0.0/16", "transit_gateway_attachment_id": "a", "transit_gateway_route_table_id": "b"}`), "not-understood"},
	{"a route of another provider with references", put("hub-network resource awscc_ec2_transit_gateway_route extra", `{"destination_cidr_block": "10.3.0.0/16", "transit_gateway_route_table_id": "${aws_ec2_transit_gateway_route_table.dev.id}"}`), "not-understood"},
	{"a provider that nobody knows", put("hub-network resource pulumi_thing extra", `{}`), "not-understood"},
	{"a service of a cluster, which may be a load balancer", put("dev-eks resource kubernetes_service_v1 extra", `{"spec": {"type": "LoadBalancer"}}`), "not-understood"},
	{"a chart", put("dev-eks resource helm_release extra", `{"chart": "x"}`), "not-understood"},
	{"a provider of that name from elsewhere", put("hub-network terraform required_providers aws source", `"example/aws"`), "not-understood"},
	{"AWS under a name of another provider", put("dev-network terraform required_providers mine", `{"source": "example/aws"}`).then(put("dev-network provider mine", `[{"region": "ap-southeast-3"}]`)).then(put(route+" provider", `"mine"`)), "not-understood"},
	{"a template that makes anything", put("dev-network resource aws_cloudformation_stack extra", `{"name": "x", "template_body": "{}"}`), "not-understood"},
	{"any type, by its name", put("dev-network resource aws_cloudcontrolapi_resource extra", `{"type_name": "AWS::EC2::Route", "desired_state": "{}"}`), "not-understood"},
	{"a function that is called", put("dev-network resource aws_lambda_invocation extra", `{"function_name": "x", "input": "{}"}`), "not-understood"},
	{"a function that is called to read", put("dev-network data aws_lambda_invocation extra", `{"function_name": "x", "input": "{}"}`), "not-understood"},
	{"a program that is run to read", put("hub-network data external extra", `{"program": ["sh", "-c", "true"]}`), "not-understood"},
	{"a document that runs", put("dev-network resource aws_ssm_association extra", `{"name": "AWS-x"}`), "not-understood"},
	{"a remediation", put("dev-network resource aws_config_remediation_configuration extra", `{"config_rule_name": "x"}`), "not-understood"},
	{"a stream into a VPC", put("dev-network resource aws_kinesis_firehose_delivery_stream extra", `{"opensearch_configuration": {"vpc_config": {"subnet_ids": ["${aws_subnet.private_apse3_az1.id}"]}}}`), "not-understood"},
	{"the account's first VPC", put("dev-network resource aws_default_vpc extra", `{}`), "not-understood"},
	{"a type that refers to subnets that are looked up", put("dev-network data aws_subnets all", `{}`).then(put("dev-network resource aws_mwaa_environment extra", `{"network_configuration": {"subnet_ids": "${data.aws_subnets.all.ids}"}}`)), "not-understood"},
	{"machines of a template", put("dev-network resource aws_ec2_fleet extra", `{"launch_template_config": {"launch_template_specification": {"launch_template_id": "${aws_launch_template.probe.id}"}}}`), "not-understood"},
	{"a type that refers to what cannot be read", put("dev-network resource aws_mwaa_environment extra", `{"anything": "${jsondecode(\"{}\")}"}`), "not-understood"},
	{"a machine with feet in two VPCs", all(
		put("hub-network data terraform_remote_state dev_network", `{"backend": "s3", "config": {"bucket": "piksel-terraform-state-111111111111", "key": "piksel/dev-network.tfstate", "region": "ap-southeast-3"}}`),
		put("dev-network output subnet", `{"value": "${aws_subnet.private_apse3_az1.id}"}`), put("dev-network output group", `{"value": "${aws_security_group.probe.id}"}`),
		put("hub-network resource aws_network_interface extra", `{"subnet_id": "${data.terraform_remote_state.dev_network.outputs.subnet}", "security_groups": ["${data.terraform_remote_state.dev_network.outputs.group}"]}`),
		put("hub-network resource aws_network_interface_attachment extra", `{"instance_id": "${aws_instance.probe.id}", "network_interface_id": "${aws_network_interface.extra.id}", "device_index": 1}`)), "not-understood"},
	{"an entry of a prefix list, beside it", put("hub-network resource aws_ec2_managed_prefix_list mine", `{"name": "mine", "address_family": "IPv4", "max_entries": 5, "entry": [{"cidr": "10.0.0.0/8"}]}`).then(all(
		put("hub-network resource aws_ec2_managed_prefix_list_entry all", `{"cidr": "0.0.0.0/0", "prefix_list_id": "${aws_ec2_managed_prefix_list.mine.id}"}`),
		drop(ingress+" cidr_ipv4"), put(ingress+" prefix_list_id", `"${aws_ec2_managed_prefix_list.mine.id}"`))), "open-to-all"},
}

// Each change is about the same things, and changes nothing.
var understood = []struct {
	name   string
	change change
}{
	{"dynamic timeouts", put(table+" dynamic", `{"timeouts": {"for_each": [1], "content": {"create": "5m"}}}`)},
	{"dynamic disks", put("dev-network resource aws_instance probe dynamic", `[{"ebs_block_device": {"for_each": [1], "content": {}}}]`)},
	{"dynamic blocks of a bystander", put("hub-network resource aws_sqs_queue more", `{"dynamic": {"anything": {"for_each": [1], "content": {}}}}`)},
	{"arguments that change nothing", all(put(hubVPC+" instance_tenancy", `"default"`), put(table+" timeouts", `{"create": "5m"}`), put(probe+" revoke_rules_on_delete", `true`),
		put("dev-network resource aws_instance probe monitoring", `true`), put(cluster+" upgrade_policy", `{"support_type": "STANDARD"}`))},
	{"arguments that a plan writes, without a value", all(put(hubVPC+" region", `null`), put(table+" blackhole", `[]`), put(cluster+" vpc_config control_plane_egress", `""`),
		put(route+" network_interface_id", `""`), put(route+" vpc_endpoint_id", `""`), put(hubVPC+" ipv6_cidr_block", `""`), put(cluster+" compute_config", `[{"enabled": null, "node_pools": []}]`))},
	{"the default of an argument that could change much", all(put("dev-network resource aws_instance probe source_dest_check", `true`),
		put("dev-network resource aws_subnet private_apse3_az1 map_customer_owned_ip_on_launch", `false`), put(cluster+" compute_config", `{"enabled": false}`),
		put("hub-network resource aws_vpc_endpoint sts ip_address_type", `"ipv4"`), put("hub-network resource aws_vpc_endpoint sts service_region", `"ap-southeast-3"`))},
	{"what lifecycle says without a change", put(hubVPC+" lifecycle", `[{"prevent_destroy": true, "create_before_destroy": true, "replace_triggered_by": ["aws_internet_gateway.main"],
		"precondition": {"condition": true, "error_message": "x"}, "postcondition": [{"condition": "${self.id != \"\"}", "error_message": "x"}]}]`)},
	{"tags whose changes never arrive", put(hubVPC+" lifecycle", `{"ignore_changes": ["tags", "${tags_all}", "tags[\"a\"]"]}`)},
	{"an image whose changes never arrive", put("dev-network resource aws_instance probe lifecycle", `{"ignore_changes": ["ami", "user_data"]}`)},
	{"a bystander whose changes never arrive", put("hub-network resource aws_sqs_queue more", `{"lifecycle": {"ignore_changes": "all"}}`)},
	{"a file for a machine, and how to get there", put("dev-network resource aws_instance probe provisioner", `[{"file": {"source": "a", "destination": "b"}}]`).then(put("dev-network resource aws_instance probe connection", `{"host": "x"}`))},
	{"a provider in braces", put("dev-link resource aws_ec2_transit_gateway_route_table_propagation dev_to_shared provider", `"${aws.hub}"`)},
	{"what is destroyed", put("dev-network removed", `[{"from": "aws_route.old", "lifecycle": {"destroy": true}}, {"from": "aws_route.older", "lifecycle": [{"destroy": "true"}]}]`)},
	{"a queue that is forgotten", put("dev-network removed", `[{"from": "aws_sqs_queue.old", "lifecycle": {"destroy": false}}]`)},
	{"a queue that is imported", put("dev-network import", `{"to": "aws_sqs_queue.old", "id": "x"}`)},
	{"what moved, and checks", put("dev-network moved", `[{"from": "aws_route.old", "to": "aws_route.private_apse3_az1_to_hub"}]`).then(
		put("dev-network check", `{"health": {"data": {"http": {"x": {"url": "https://example.com"}}}, "assert": {"condition": true, "error_message": "x"}}}`))},
	{"a secret that is made and never kept", put("hub-network ephemeral", `{"random_password": {"x": {"length": 8}}, "aws_secretsmanager_secret_version": {"y": {"secret_id": "x"}}}`)},
	{"the default workspace", put("dev-link data terraform_remote_state dev_network workspace", `"default"`)},
	{"defaults of outputs that are there", put("dev-link data terraform_remote_state dev_network defaults", `{"attachment_id": "none"}`)},
	{"providers that change nothing in AWS", all(put("hub-network resource null_resource more", `{"triggers": {"a": "${aws_vpc.main.id}"}}`), put("hub-network resource random_password more", `{"length": 8}`),
		put("hub-network resource time_sleep more", `{"create_duration": "1s"}`), put("hub-network resource local_file more", `{"content": "${jsonencode(aws_vpc.main)}"}`),
		put("hub-network resource terraform_data more", `{"input": "${aws_subnet.private_apse3_az1.id}"}`), put("hub-network resource tls_private_key more", `{}`),
		put("hub-network resource github_repository more", `{"name": "x"}`), put("hub-network data archive_file more", `{"type": "zip"}`))},
	{"AWS's provider under a name of our own", put("dev-network terraform required_providers mine", `{"source": "hashicorp/aws"}`).then(
		put("dev-network provider mine", `[{"region": "ap-southeast-3", "allowed_account_ids": ["222222222222"]}]`)).then(put(route+" provider", `"mine"`))},
	{"where AWS's provider is kept", put("hub-network terraform required_providers aws source", `"registry.terraform.io/hashicorp/aws"`)},
	{"a resolver that answers by HTTPS too", put("hub-network resource aws_route53_resolver_endpoint inbound protocols", `["Do53", "DoH"]`)},
	{"a type that refers to facts", put("dev-network data aws_region here", `{}`).then(put("dev-network resource aws_mwaa_environment extra", `{"name": "${data.aws_region.here.name}", "kms_key": "${data.aws_caller_identity.me.account_id}"}`)).then(put("dev-network data aws_caller_identity me", `{}`))},
	{"services that are no network", all(put("dev-network resource aws_kinesis_stream more", `{"name": "x"}`), put("dev-network resource aws_sfn_state_machine more", `{"definition": "{\"StartAt\": \"a\", \"States\": {\"a\": {\"Type\": \"Succeed\"}}}"}`),
		put("dev-network resource aws_ssm_document more", `{"content": "${jsonencode({})}"}`), put("dev-network resource aws_organizations_policy more", `{"content": "${file(\"x\")}"}`))},
	{"an interface more of a machine, in its VPC", put("hub-network resource aws_network_interface extra", `{"subnet_id": "${aws_subnet.private_apse3_az1.id}", "security_groups": ["${aws_security_group.probe.id}"]}`).then(
		put("hub-network resource aws_network_interface_attachment extra", `{"instance_id": "${aws_instance.probe.id}", "network_interface_id": "${aws_network_interface.extra.id}", "device_index": 1}`))},
	{"a prefix list in two forms", put("hub-network resource aws_ec2_managed_prefix_list mine", `{"name": "mine", "address_family": "IPv4", "max_entries": 5, "entry": [{"cidr": "10.0.0.0/9"}]}`).then(all(
		put("hub-network resource aws_ec2_managed_prefix_list_entry more", `{"cidr": "10.128.0.0/9", "description": "x", "prefix_list_id": "${aws_ec2_managed_prefix_list.mine.id}"}`),
		drop(ingress+" cidr_ipv4"), put(ingress+" prefix_list_id", `"${aws_ec2_managed_prefix_list.mine.id}"`)))},
}

func TestWhatIsNotReadIsNotProven(t *testing.T) {
	t.Parallel()
	for _, test := range passedOver {
		t.Run(test.name, func(t *testing.T) {
			r := prove(t, test.change)
			failed := failures(r)
			if r.Status == Proven || !slices.ContainsFunc(failed, func(f string) bool { return strings.HasPrefix(f, test.caught) }) {
				t.Errorf("not caught by %q:\n%s", test.caught, strings.Join(failed, "\n"))
			}
		})
	}
}

func TestWhatChangesNothingIsNotFlagged(t *testing.T) {
	t.Parallel()
	for _, test := range understood {
		t.Run(test.name, func(t *testing.T) {
			r := prove(t, test.change)
			for _, f := range failures(r) {
				t.Errorf("flagged: %s", f)
			}
			if t.Failed() {
				t.Log(doubts(r))
			}
		})
	}
}

// doubts are what is not proven, with the first reason of each.
func doubts(r *Report) string {
	var all []string
	for _, f := range r.Invariants {
		if f.Status != Proven {
			all = append(all, f.Sentence)
		}
	}
	for _, i := range r.Intents {
		if i.Status != Proven && len(i.Cases) > 0 {
			all = append(all, i.Cases[0].Answer)
		}
	}
	return strings.Join(slices.Compact(all), "\n")
}

// Of every type in the golden files, one resource gets an argument that no provider has.
func TestNoTypeHasAnArgumentThatIsPassedOver(t *testing.T) {
	t.Parallel()
	seen, noticed, harmless := map[string]bool{}, 0, all()
	for name, content := range read(t) {
		for _, kind := range slices.Sorted(maps.Keys(content["resource"].(map[string]any))) {
			resources := content["resource"].(map[string]any)[kind].(map[string]any)
			if seen[kind] {
				continue
			}
			seen[kind] = true
			change := put(name+" resource "+kind+" "+slices.Sorted(maps.Keys(resources))[0]+" brand_new", `{"open": "0.0.0.0/0"}`)
			if !concerns(kind) {
				harmless = harmless.then(change)
				continue
			}
			noticed++
			if r := prove(t, change); r.Status == Proven {
				t.Errorf("a new argument of %s is passed over", kind)
			}
		}
	}
	if r := prove(t, harmless); r.Status != Proven {
		t.Errorf("bystanders are flagged:\n%s", doubts(r))
	}
	if noticed < 30 {
		t.Errorf("there are %d types", noticed)
	}
}

// concerns says whether a type of the golden files says anything about the network, or who
// may change it.
func concerns(kind string) bool {
	for _, word := range []string{
		"aws_vpc", "aws_subnet", "aws_route", "aws_internet", "aws_nat", "aws_network_acl", "aws_security", "aws_ec2_transit", "aws_instance", "aws_eks_cluster",
		"aws_eks_node_group", "aws_eip", "aws_db_instance", "aws_db_subnet", "aws_default", "aws_iam_role", "aws_iam_openid", "aws_ram", "aws_launch_template",
	} {
		if strings.HasPrefix(kind, word) && !strings.HasPrefix(kind, "aws_route53_resolver_query_log") && kind != "aws_ec2_subnet_cidr_reservation" {
			return true
		}
	}
	return false
}
