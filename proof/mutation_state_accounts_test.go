package proof

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"hubspoke/proof/planjson"
	"hubspoke/proof/stackjson"
)

// The accounts of sharedStates, and where things are in it.
const (
	hubNumber, devNumber = "111111111111", "222222222222"
	shareARN             = "arn:aws:ram:eu-central-1:111111111111:resource-share/1f07"
	gatewayARN           = "arn:aws:ec2:eu-central-1:111111111111:transit-gateway/tgw-0a1"
	queryLogARN          = "arn:aws:route53resolver:eu-central-1:111111111111:resolver-query-log-config/rqlc-0a1"
)

// sharedStates are states of roots as they are where two accounts hand things over: some roots work in both, and
// nothing in a state says which provider made a resource. By root and address; what came before is in "after".
func sharedStates() map[string]map[string]fields {
	const service = "com.amazonaws.vpce.eu-central-1.vpce-svc-0a1"
	return map[string]map[string]fields{
		"hub": {
			"aws_vpc_endpoint_service.main": {"id": "vpce-svc-0a1", "arn": "arn:aws:ec2:eu-central-1:111111111111:vpc-endpoint-service/vpce-svc-0a1", "service_name": service, "acceptance_required": false,
				"allowed_principals": []any{"arn:aws:iam::222222222222:root"}, "service_type": "Interface"},
			"aws_ec2_transit_gateway.main": {"id": "tgw-0a1", "arn": gatewayARN, "owner_id": hubNumber, "auto_accept_shared_attachments": "enable",
				"default_route_table_association": "disable", "default_route_table_propagation": "disable"},
			"aws_vpc.main":                               {"id": "vpc-0hub", "arn": "arn:aws:ec2:eu-central-1:111111111111:vpc/vpc-0hub", "owner_id": hubNumber, "cidr_block": "10.0.0.0/16"},
			"aws_route53_zone.main":                      {"id": "Z0A1", "zone_id": "Z0A1", "arn": "arn:aws:route53:::hostedzone/Z0A1", "name": "corp.internal", "vpc": []any{fields{"vpc_id": "vpc-0hub", "vpc_region": "eu-central-1"}}},
			"aws_route53_resolver_query_log_config.main": {"id": "rqlc-0a1", "arn": queryLogARN, "owner_id": hubNumber, "name": "queries", "destination_arn": "arn:aws:s3:::queries"},
		},
		"share": {
			"aws_ram_resource_share.main":             {"id": shareARN, "arn": shareARN, "name": "network", "allow_external_principals": true},
			"aws_ram_resource_association.gateway":    {"id": shareARN + "," + gatewayARN, "resource_arn": gatewayARN, "resource_share_arn": shareARN, "after": []any{"aws_ram_resource_share.main"}},
			"aws_ram_resource_association.queries":    {"id": shareARN + "," + queryLogARN, "resource_arn": queryLogARN, "resource_share_arn": shareARN, "after": []any{"aws_ram_resource_share.main"}},
			"aws_ram_principal_association.dev":       {"id": shareARN + "," + devNumber, "principal": devNumber, "resource_share_arn": shareARN, "after": []any{"aws_ram_resource_share.main"}},
			"aws_ram_resource_share_accepter.network": {"id": shareARN, "share_arn": shareARN, "receiver_account_id": devNumber, "sender_account_id": hubNumber, "status": "ACTIVE", "after": []any{"aws_ram_principal_association.dev"}},
		},
		"network": {
			"aws_vpc.main": {"id": "vpc-0dev", "arn": "arn:aws:ec2:eu-central-1:222222222222:vpc/vpc-0dev", "owner_id": devNumber, "cidr_block": "10.1.0.0/16"},
			"aws_vpc_endpoint.main": {"id": "vpce-0a1", "arn": "arn:aws:ec2:eu-central-1:222222222222:vpc-endpoint/vpce-0a1", "owner_id": devNumber, "service_name": service, "vpc_id": "vpc-0dev", "vpc_endpoint_type": "Interface",
				"subnet_ids": []any{"subnet-0dev"}, "security_group_ids": []any{}},
			"aws_subnet.main": {"id": "subnet-0dev", "arn": "arn:aws:ec2:eu-central-1:222222222222:subnet/subnet-0dev", "owner_id": devNumber, "vpc_id": "vpc-0dev", "cidr_block": "10.1.0.0/24", "availability_zone": "eu-central-1a"},
			"aws_ec2_transit_gateway_vpc_attachment.hub": {"id": "tgw-attach-0dev", "arn": "arn:aws:ec2:eu-central-1:222222222222:transit-gateway-attachment/tgw-attach-0dev", "subnet_ids": []any{"subnet-0dev"},
				"transit_gateway_id": "tgw-0a1", "vpc_id": "vpc-0dev", "vpc_owner_id": devNumber},
			"aws_route53_resolver_query_log_config_association.main": {"id": "rqlca-0dev", "resolver_query_log_config_id": "rqlc-0a1", "resource_id": "vpc-0dev"},
		},
		"link": {
			"aws_route53_vpc_association_authorization.main": {"id": "Z0A1:vpc-0dev", "vpc_id": "vpc-0dev", "vpc_region": "eu-central-1", "zone_id": "Z0A1"},
			"aws_route53_zone_association.main": {"id": "Z0A1:vpc-0dev:eu-central-1", "owning_account": hubNumber, "vpc_id": "vpc-0dev", "vpc_region": "eu-central-1", "zone_id": "Z0A1",
				"after": []any{"aws_route53_vpc_association_authorization.main"}},
		},
		"bootstrap": {
			"aws_iam_role.deploy_hub":          role(hubNumber, "deploy", `{"AWS":"arn:aws:iam::111111111111:role/ci"}`),
			"aws_iam_role.deploy_dev":          role(devNumber, "deploy", `{"AWS":"arn:aws:iam::111111111111:role/ci"}`),
			"aws_iam_role.ci":                  role(hubNumber, "ci", `{"Service":"ec2.amazonaws.com"}`),
			"aws_iam_role.ci_dev":              role(devNumber, "ci", `{"Service":"ec2.amazonaws.com"}`),
			"aws_iam_role_policy.ci":           rolePolicy("ci", `"sts:AssumeRole"`, `["arn:aws:iam::111111111111:role/deploy","arn:aws:iam::222222222222:role/deploy"]`, "aws_iam_role.ci"),
			"aws_iam_role_policy.ci_dev":       rolePolicy("ci", `"s3:GetObject"`, `"*"`, "aws_iam_role.ci_dev"),
			"aws_iam_role_policy.deploy_hub":   rolePolicy("deploy", `"ec2:*"`, `"*"`, "aws_iam_role.deploy_hub"),
			"aws_iam_role_policy.deploy_dev":   rolePolicy("deploy", `"ec2:*"`, `"*"`, "aws_iam_role.deploy_dev"),
			"aws_cloudwatch_event_target.main": {"id": "rule-bus", "rule": "rule", "arn": "arn:aws:events:eu-central-1:333333333333:event-bus/theirs", "target_id": "bus"},
		},
	}
}

func role(account, name, principal string) fields {
	return fields{"id": name, "name": name, "path": "/", "arn": "arn:aws:iam::" + account + ":role/" + name,
		"assume_role_policy": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":` + principal + `}]}`}
}

func rolePolicy(role, action, resource, after string) fields {
	return fields{"id": role + ":main", "name": "main", "role": role, "after": []any{after},
		"policy": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":` + action + `,"Resource":` + resource + `}]}`}
}

// stacksOf are states as they are read.
func stacksOf(t *testing.T, states map[string]map[string]fields) []*stackjson.Stack {
	t.Helper()
	var stacks []*stackjson.Stack
	for _, root := range slices.Sorted(maps.Keys(states)) {
		var resources []any
		for _, address := range slices.Sorted(maps.Keys(states[root])) {
			values := maps.Clone(states[root][address])
			after := values["after"]
			delete(values, "after")
			mode, own := "managed", address
			if looked, ok := strings.CutPrefix(address, "data."); ok {
				mode, own = "data", looked
			}
			kind, name, _ := strings.Cut(own, ".")
			resources = append(resources, fields{"address": address, "mode": mode, "type": kind, "name": name, "provider_name": "registry.terraform.io/hashicorp/aws", "values": values, "depends_on": after})
		}
		text, err := json.Marshal(fields{"format_version": "1.0", "terraform_version": "1.9.0", "values": fields{"root_module": fields{"resources": resources}}})
		if err != nil {
			t.Fatal(err)
		}
		s, err := planjson.Parse(root, "state.json", "", text)
		if err != nil {
			t.Fatal(err)
		}
		stacks = append(stacks, s)
	}
	planjson.Link(stacks)
	return stacks
}

// stateChange is a change to states, by root and address.
type stateChange func(map[string]map[string]fields)

func goneFrom(root, address string) stateChange {
	return func(all map[string]map[string]fields) {
		if all[root][address] == nil {
			panic(address)
		}
		delete(all[root], address)
	}
}

func setIn(root, address, name string, value any) stateChange {
	return func(all map[string]map[string]fields) {
		if all[root][address] == nil {
			panic(address)
		}
		maps.Copy(all[root][address], fields{name: value})
	}
}

// What two accounts hand over is found in states as it is in what is written: a state says in which account a resource is by its
// owner, its ARN, or what it is part of. What it does not say is unproven, and nothing is claimed of it.
func TestStatesOfSeveralAccountsAreProven(t *testing.T) {
	t.Parallel()
	const unshared, unaccepted, unoffered = "violated not-shared", "violated share-not-accepted", "violated share-not-offered"
	for name, test := range map[string]struct {
		change stateChange
		roots  map[string]string // that the mapping places
		want   []string
	}{
		"as it is":                   {nil, nil, nil},
		"nobody accepts":             {goneFrom("share", "aws_ram_resource_share_accepter.network"), nil, []string{unaccepted, unaccepted}},
		"nobody is invited":          {goneFrom("share", "aws_ram_principal_association.dev"), nil, []string{unshared, unshared, unoffered}},
		"another account is invited": {setIn("share", "aws_ram_principal_association.dev", "principal", hubNumber), nil, []string{unshared, unshared, unoffered}},
		"another account accepts":    {setIn("share", "aws_ram_resource_share_accepter.network", "receiver_account_id", hubNumber), nil, []string{unaccepted, unaccepted, unoffered}},
		"the gateway is not in it":   {goneFrom("share", "aws_ram_resource_association.gateway"), nil, []string{unshared}},
		"the query log is not in it": {goneFrom("share", "aws_ram_resource_association.queries"), nil, []string{unshared}},
		"attachments have to be accepted": {setIn("hub", "aws_ec2_transit_gateway.main", "auto_accept_shared_attachments", "disable"), nil,
			[]string{"violated attachment-not-accepted"}},
		"the service admits nobody":   {setIn("hub", "aws_vpc_endpoint_service.main", "allowed_principals", []any{}), nil, []string{"violated endpoint-not-allowed"}},
		"the service wants to accept": {setIn("hub", "aws_vpc_endpoint_service.main", "acceptance_required", true), nil, []string{"violated endpoint-not-accepted"}},
		"whose service it is is not told": {func(all map[string]map[string]fields) {
			setIn("hub", "aws_vpc_endpoint_service.main", "allowed_principals", []any{})(all)
			setIn("hub", "aws_vpc_endpoint_service.main", "arn", "")(all)
		}, nil, []string{"unproven endpoint-not-allowed"}},
		"the zone is not authorized":     {goneFrom("link", "aws_route53_vpc_association_authorization.main"), nil, []string{"violated zone-not-authorized"}},
		"the role may assume none":       {setIn("bootstrap", "aws_iam_role_policy.ci", "policy", `{"Version":"2012-10-17","Statement":[]}`), nil, []string{"violated role-not-permitted"}},
		"the other role of its name may": {setIn("bootstrap", "aws_iam_role_policy.ci", "after", []any{"aws_iam_role.ci_dev"}), nil, []string{"violated role-not-admitted", "violated role-not-admitted", "violated role-not-permitted"}},
		"which role it is of is not known": {func(all map[string]map[string]fields) {
			setIn("bootstrap", "aws_iam_role_policy.ci", "after", []any{})(all)
			setIn("bootstrap", "aws_iam_role_policy.ci", "policy", `{"Version":"2012-10-17","Statement":[]}`)(all)
		}, nil, nil},
		"a VPC that is not here": {setIn("network", "aws_route53_resolver_query_log_config_association.main", "resource_id", "vpc-0other"), nil, []string{"unproven not-shared"}},
		"harmless: a VPC that is not here, of an account that is invited": {setIn("network", "aws_route53_resolver_query_log_config_association.main", "resource_id", "vpc-0other"),
			map[string]string{"network": devNumber}, nil},
		"a VPC that is not here, of an account that is not": {setIn("network", "aws_route53_resolver_query_log_config_association.main", "resource_id", "vpc-0other"),
			map[string]string{"network": "333333333333"}, []string{unshared}},
		"harmless: a root is placed, and AWS says otherwise": {nil, map[string]string{"share": devNumber, "link": hubNumber, "bootstrap": devNumber}, nil},
		"who accepts is not told":                            {setIn("share", "aws_ram_resource_share_accepter.network", "receiver_account_id", ""), nil, []string{unaccepted, unaccepted, "unproven share-not-offered"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			states := sharedStates()
			if test.change != nil {
				test.change(states)
			}
			got := handedOverIn(t, states, test.roots)
			slices.Sort(got)
			want := slices.Sorted(slices.Values(test.want))
			if !slices.Equal(got, want) {
				t.Errorf("found %q, and not %q", got, want)
			}
		})
	}
}

// handedOverIn are the findings about what accounts hand over, of roots that the mapping places.
func handedOverIn(t *testing.T, states map[string]map[string]fields, roots map[string]string) []string {
	t.Helper()
	in := Input{Stacks: stacksOf(t, states), Accounts: map[string]string{"hub": hubNumber, "dev": devNumber}, Tiers: &Tiers{}}
	for _, s := range in.Stacks {
		if account := roots[s.Name]; account != "" {
			s.Place(account)
		}
	}
	var got []string
	for _, f := range Of(in).Prove().Invariants {
		if !f.Note() && slices.Contains(handedOver, f.Kind.Code()) {
			got = append(got, string(f.Status)+" "+f.Kind.Code())
			t.Log(f)
		}
	}
	return got
}

// handedOver are the kinds of findings that need accounts.
var handedOver = []string{
	"not-shared", "share-not-accepted", "share-not-offered", "attachment-not-accepted", "role-not-permitted", "role-not-admitted", "unknown-role",
	"endpoint-not-allowed", "endpoint-not-accepted", "zone-not-authorized", "zone-not-associated", "zone-associated-by-other-account", "wrong-account", "not-awaited", "foreign-account",
}
