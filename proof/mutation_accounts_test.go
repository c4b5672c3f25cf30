package proof

import (
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

func TestFlawsBetweenAccountsAreCaught(t *testing.T) {
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
	for _, test := range sound {
		t.Run(test.name, func(t *testing.T) {
			for _, f := range failures(prove(t, test.change)) {
				t.Errorf("flagged: %s", f)
			}
		})
	}
}
