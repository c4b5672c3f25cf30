package proof

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"
)

// foundIn are the codes of what is found in states, each once.
func foundIn(t *testing.T, states map[string]map[string]fields) []string {
	t.Helper()
	in := Input{Stacks: stacksOf(t, states), Accounts: map[string]string{"hub": hubNumber}, Tiers: &Tiers{}}
	codes := map[string]bool{}
	for _, f := range Of(in).Prove().Invariants {
		codes[f.Kind.Code()] = true
		t.Log(f)
	}
	return slices.Sorted(maps.Keys(codes))
}

func arnOf(service, resource string) string {
	return fmt.Sprintf("arn:aws:%s:eu-central-1:%s:%s", service, hubNumber, resource)
}

// A VPN's attachment has an id that its connection tells, and one of Direct Connect an id that a data source does.
func TestAttachmentsOfStatesHaveTheirTables(t *testing.T) {
	t.Parallel()
	states := func() map[string]map[string]fields {
		associated := func(attachment string) fields {
			return fields{"id": "tgw-rtb-01_" + attachment, "transit_gateway_attachment_id": attachment, "transit_gateway_route_table_id": "tgw-rtb-01", "resource_id": "something", "resource_type": "something"}
		}
		return map[string]map[string]fields{
			"network": {
				"aws_ec2_transit_gateway.main": {
					"id": "tgw-01", "arn": arnOf("ec2", "transit-gateway/tgw-01"), "owner_id": hubNumber, "default_route_table_association": "disable", "default_route_table_propagation": "disable",
				},
				"aws_ec2_transit_gateway_route_table.outside": {"id": "tgw-rtb-01", "arn": arnOf("ec2", "transit-gateway-route-table/tgw-rtb-01"), "transit_gateway_id": "tgw-01"},
			},
			"hybrid": {
				"aws_vpn_connection.office":                               {"id": "vpn-01", "arn": arnOf("ec2", "vpn-connection/vpn-01"), "transit_gateway_id": "tgw-01", "transit_gateway_attachment_id": "tgw-attach-01", "customer_gateway_id": "cgw-01", "type": "ipsec.1"},
				"aws_dx_gateway_association.line":                         {"id": "ga-01", "dx_gateway_id": "5f294f92-bafb-4011-916d-9b0b12345678", "associated_gateway_id": "tgw-01", "associated_gateway_type": "transitGateway", "allowed_prefixes": []any{"10.0.0.0/8"}},
				"data.aws_ec2_transit_gateway_dx_gateway_attachment.line": {"id": "tgw-attach-02", "arn": arnOf("ec2", "transit-gateway-attachment/tgw-attach-02"), "dx_gateway_id": "5f294f92-bafb-4011-916d-9b0b12345678", "transit_gateway_id": "tgw-01"},
				"aws_ec2_transit_gateway_route_table_association.office":  associated("tgw-attach-01"),
				"aws_ec2_transit_gateway_route_table_association.line":    associated("tgw-attach-02"),
			},
		}
	}
	if found := foundIn(t, states()); slices.Contains(found, "attachment-without-table") || slices.Contains(found, "not-understood") {
		t.Errorf("what is associated is taken for something else: %v", found)
	}
	for _, name := range []string{"office", "line"} {
		without := states()
		delete(without["hybrid"], "aws_ec2_transit_gateway_route_table_association."+name)
		if found := foundIn(t, without); !slices.Contains(found, "attachment-without-table") {
			t.Errorf("%s is associated with no table, and found is %v", name, found)
		}
	}
}

// The target of an HTTP API's route is a text with an integration's id in it.
func TestRoutesOfStatesLeadToTheirIntegrations(t *testing.T) {
	t.Parallel()
	states := func(target, authorization string) map[string]map[string]fields {
		return map[string]map[string]fields{"api": {
			"aws_apigatewayv2_api.shop":         {"id": "nyfdfsrx", "arn": "arn:aws:apigateway:eu-central-1::/apis/nyfdfsrx", "name": "shop", "protocol_type": "HTTP"},
			"aws_apigatewayv2_integration.shop": {"id": "tixqcmaf", "api_id": "nyfdfsrx", "integration_type": "HTTP_PROXY", "connection_type": "VPC_LINK", "connection_id": "ejdqmymo", "integration_uri": "arn:aws:elasticloadbalancing:eu-central-1:111111111111:listener/app/shop/1/2"},
			"aws_apigatewayv2_route.shop":       {"id": "nyaseojw", "api_id": "nyfdfsrx", "route_key": "$default", "authorization_type": authorization, "target": target},
		}}
	}
	for _, test := range []struct {
		target, authorization string
		want                  bool
	}{
		{"integrations/tixqcmaf", "NONE", true},
		{"integrations/tixqcmaf", "AWS_IAM", false},
		{"integrations/nobodys0", "NONE", false},
		{"integrations/nyfdfsrx", "NONE", false},
	} {
		if found := foundIn(t, states(test.target, test.authorization)); slices.Contains(found, "route-without-authorizer") != test.want {
			t.Errorf("%s, %s: found is %v", test.target, test.authorization, found)
		}
	}
}

// The policy of a private API names endpoints, or their VPC, by their ids.
func TestPrivateAPIsOfStatesAreForTheirEndpoints(t *testing.T) {
	t.Parallel()
	allow := func(key string, ids ...string) string {
		statement := func(effect, operator string) fields {
			return fields{"Effect": effect, "Principal": "*", "Action": "execute-api:Invoke", "Resource": arnOf("execute-api", "qffaujqfaa/*"), "Condition": fields{operator: fields{key: ids}}}
		}
		text, err := json.Marshal(fields{"Version": "2012-10-17", "Statement": []fields{statement("Allow", "StringEquals"), statement("Deny", "StringNotEquals")}})
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	states := func(policy string) map[string]map[string]fields {
		return map[string]map[string]fields{
			"network": {
				"aws_vpc.main":    {"id": "vpc-01", "arn": arnOf("ec2", "vpc/vpc-01"), "owner_id": hubNumber, "cidr_block": "10.0.0.0/16"},
				"aws_subnet.main": {"id": "subnet-01", "arn": arnOf("ec2", "subnet/subnet-01"), "owner_id": hubNumber, "vpc_id": "vpc-01", "cidr_block": "10.0.0.0/24", "availability_zone_id": "euc1-az1"},
				"aws_vpc_endpoint.apis": {
					"id": "vpce-01", "arn": arnOf("ec2", "vpc-endpoint/vpce-01"), "owner_id": hubNumber, "vpc_id": "vpc-01", "vpc_endpoint_type": "Interface",
					"service_name": "com.amazonaws.eu-central-1.execute-api", "subnet_ids": []any{"subnet-01"}, "private_dns_enabled": false,
				},
			},
			"api": {
				"aws_api_gateway_rest_api.stock": {
					"id": "qffaujqfaa", "arn": "arn:aws:apigateway:eu-central-1::/restapis/qffaujqfaa", "name": "stock", "policy": policy,
					"endpoint_configuration": []any{fields{"types": []any{"PRIVATE"}, "vpc_endpoint_ids": []any{}}},
				},
			},
		}
	}
	for _, test := range []struct {
		name, policy string
		// entered says that the endpoint is admitted, and others that somebody else's may be.
		entered, others bool
	}{
		{"an endpoint", allow("aws:SourceVpce", "vpce-01"), true, false},
		{"a VPC", allow("aws:SourceVpc", "vpc-01"), true, false},
		{"an endpoint and somebody else's", allow("aws:SourceVpce", "vpce-01", "vpce-0somebody"), true, true},
		{"somebody else's endpoint", allow("aws:SourceVpce", "vpce-0somebody"), false, true},
	} {
		apis := Of(Input{Stacks: stacksOf(t, states(test.policy)), Accounts: map[string]string{"hub": hubNumber}, Tiers: &Tiers{}}).Network().APIs
		if len(apis) != 1 {
			t.Fatalf("there are %d APIs", len(apis))
		}
		api := apis[0]
		if len(api.Entrances) == 1 != test.entered || len(api.MayEntrances) > 0 || api.MayAnybody != test.others || api.Anybody {
			t.Errorf("%s: admitted are %d endpoints, and perhaps %d; anybody: %t, perhaps: %t", test.name, len(api.Entrances), len(api.MayEntrances), api.Anybody, api.MayAnybody)
		}
	}
}

// What is in states is there: whoever administers something for the organisation was let before, whichever states its root has read.
func TestWhatIsInStatesIsThere(t *testing.T) {
	t.Parallel()
	states := func() map[string]map[string]fields {
		return map[string]map[string]fields{
			"organization": {
				"aws_organizations_organization.this": {
					"id": "o-a1b2c3d4e5", "arn": "arn:aws:organizations::999999999999:organization/o-a1b2c3d4e5", "feature_set": "ALL", "master_account_id": "999999999999",
				},
				"aws_organizations_delegated_administrator.config": {
					"id": hubNumber + "/config.amazonaws.com", "account_id": hubNumber, "service_principal": "config.amazonaws.com",
					"arn": "arn:aws:organizations::999999999999:account/o-a1b2c3d4e5/" + hubNumber,
				},
			},
			"security": {"aws_config_configuration_aggregator.all": {
				"id": "all", "arn": arnOf("config", "config-aggregator/config-aggregator-01"), "name": "all", "organization_aggregation_source": []any{fields{"all_regions": true, "role_arn": "arn:aws:iam::" + hubNumber + ":role/aggregator"}},
			}},
		}
	}
	const code = "delegate-not-designated"
	if found := foundIn(t, states()); slices.Contains(found, code) {
		t.Errorf("found is %v", found)
	}
	without := states()
	delete(without["organization"], "aws_organizations_delegated_administrator.config")
	if found := foundIn(t, without); !slices.Contains(found, code) {
		t.Errorf("nobody lets the account administer Config, and found is %v", found)
	}
}
